/* The process shuts itself off: prctl, Landlock (by raw system calls, since the C library has no names for them) and
 * seccomp. */
#include "base/confine.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) /* ABI 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#endif

#define ACCESS_READ (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_CHANGE                                                                                                  \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |              \
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |             \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |                \
		LANDLOCK_ACCESS_FS_TRUNCATE)
/* Devices are never made. */
#define ACCESS_NEVER (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* What has a meaning for a path that is no folder. */
#define ACCESS_OF_FILE                                                                                                 \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |                   \
		LANDLOCK_ACCESS_FS_TRUNCATE)

enum err confine_self(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ERR_UNAVAILABLE;
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces the process */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return ERR_UNAVAILABLE;
#endif
	return OK;
}

/* The rights that this kernel's Landlock can guard. */
static uint64_t guarded(long abi)
{
	uint64_t rights = ACCESS_READ | ACCESS_CHANGE | ACCESS_NEVER;

	if (abi < 2)
		rights &= ~LANDLOCK_ACCESS_FS_REFER;
	if (abi < 3)
		rights &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	return rights;
}

static enum err allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat state;
	enum err err = OK;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? OK : errno == EACCES ? ERR_DENIED : ERR_UNAVAILABLE;
	if (fstat(rule.parent_fd, &state) != 0)
		err = ERR_UNAVAILABLE;
	else if (!S_ISDIR(state.st_mode))
		rule.allowed_access &= ACCESS_OF_FILE;
	if (err == OK && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		err = ERR_UNAVAILABLE;
	close(rule.parent_fd);
	return err;
}

static enum err allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
	for (; *paths; paths++)
		TRY(allow(ruleset, *paths, rights));
	return OK;
}

enum err confine_files(const char *const *readable, const char *const *writable, bool *active)
{
	struct landlock_ruleset_attr attr = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset;
	enum err err;

	*active = false;
	if (abi < 1)
		return OK; /* an older kernel, Landlock switched off, or a container that knows no such call */
	attr.handled_access_fs = guarded(abi);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0)
		return ERR_UNAVAILABLE;
	err = allow_all(ruleset, readable, ACCESS_READ & guarded(abi));
	if (err == OK) /* what can be written can't be run */
		err = allow_all(ruleset, writable,
			((ACCESS_READ & ~LANDLOCK_ACCESS_FS_EXECUTE) | ACCESS_CHANGE) & guarded(abi));
	if (err == OK &&
		(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
		err = ERR_UNAVAILABLE;
	close(ruleset);
	if (err == OK)
		*active = true;
	return err;
}

/* All but the local family, and not a list of the others: the filter compares 64 bits of the argument, the kernel takes
 * 32, so a list would be passed by with a bit above them. io_uring makes sockets without socket(). */
static bool fill_filter(scmp_filter_ctx filter)
{
	return !seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX)) &&
		!seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(io_uring_setup), 0);
}

/* Without a filter to read, a kernel that takes filters says EFAULT. */
static bool takes_filters(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}

static enum err load(bool (*fill)(scmp_filter_ctx))
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool loaded = filter && fill(filter) && seccomp_load(filter) == 0;

	if (filter)
		seccomp_release(filter);
	return loaded ? OK : ERR_UNAVAILABLE;
}

enum err confine_no_network(bool *active)
{
	*active = false;
	if (!takes_filters())
		return OK;
	TRY(load(fill_filter));
	*active = true;
	return OK;
}

/* TCP by ports. */

/* linux/landlock.h of kernel 6.7 (ABI 4), which is newer than the headers that this may be built with. */
enum { ABI_OF_PORTS = 4, NET_BIND = 1, NET_CONNECT = 2, RULE_NET_PORT = 2 };
struct net_ruleset {
	uint64_t files, net;
};
struct net_port {
	uint64_t access, port;
};

static enum err shut_ports(const int *ports)
{
	const struct net_ruleset guards = { .net = NET_BIND | NET_CONNECT };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &guards, sizeof guards, 0);
	bool shut = ruleset >= 0;

	for (; shut && *ports; ports++) {
		const struct net_port rule = { NET_CONNECT, (uint64_t)*ports };

		shut = syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) == 0;
	}
	shut = shut && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (ruleset >= 0)
		close(ruleset);
	return shut ? OK : ERR_UNAVAILABLE;
}

/* Landlock sees connect() of TCP alone. Other protocols and families are refused, and what connects by sending: the
 * numbers above those that are left together, for the reason above, those below one by one. */
static bool fill_tcp_filter(scmp_filter_ctx filter)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	bool filled = !seccomp_rule_add(filter, no, SCMP_SYS(io_uring_setup), 0) &&
		!seccomp_rule_add(filter, no, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_NETLINK)) &&
		!seccomp_rule_add(filter, no, SCMP_SYS(socket), 1, SCMP_A2(SCMP_CMP_GT, IPPROTO_UDP)) &&
		!seccomp_rule_add(
			filter, no, SCMP_SYS(sendto), 1, SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)) &&
		!seccomp_rule_add(
			filter, no, SCMP_SYS(sendmsg), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)) &&
		!seccomp_rule_add(
			filter, no, SCMP_SYS(sendmmsg), 1, SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN));

	for (unsigned family = AF_INET + 1; filled && family < AF_NETLINK; family++)
		filled = family == AF_INET6 ||
			!seccomp_rule_add(filter, no, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, family));
	return filled;
}

enum err confine_tcp(const int *ports, bool *active)
{
	*active = false;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < ABI_OF_PORTS ||
		!takes_filters())
		return OK;
	TRY(shut_ports(ports));
	TRY(load(fill_tcp_filter));
	*active = true;
	return OK;
}
