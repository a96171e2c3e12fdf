/* What a confined process may still open and reach. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/confine.h"
#include "base/file.h"
#include "tests/unit/suite.h"

static char *in_folder(const char *name)
{
	return path_join(test_arena(), test_folder(), name);
}

enum { KERNEL_HAS_NO_LANDLOCK = 77, KERNEL_HAS_NO_SECCOMP = 78, KERNEL_HAS_NO_PORTS = 79 };

static int confined(void *arg)
{
	const char *readable = in_folder("readable"), *writable = in_folder("writable"),
		   *one = in_folder("outside/one");
	struct bytes got, data = bytes_of_text("x");
	bool active;

	(void)arg;
	if (confine_files((const char *const[]){ readable, one, in_folder("not-there"), NULL },
		    (const char *const[]){ writable, NULL }, &active) != OK)
		return 1;
	if (!active)
		return KERNEL_HAS_NO_LANDLOCK;
	if (file_read(test_arena(), path_join(test_arena(), readable, "a"), 10, &got) != OK ||
		file_read(test_arena(), one, 10, &got) != OK)
		return 2;
	if (file_write(path_join(test_arena(), writable, "a"), data, 0600) != OK ||
		file_create(path_join(test_arena(), writable, "b"), data, 0600) != OK ||
		file_read(test_arena(), path_join(test_arena(), writable, "a"), 10, &got) != OK ||
		folder_make(path_join(test_arena(), writable, "c/d"), 0700) != OK ||
		unlink(path_join(test_arena(), writable, "b")) != 0)
		return 3;
	if (file_write(path_join(test_arena(), readable, "b"), data, 0600) != ERR_DENIED)
		return 4;
	if (file_read(test_arena(), in_folder("outside/two"), 10, &got) != ERR_DENIED)
		return 5;
	if (open(one, O_WRONLY | O_CLOEXEC) >= 0 || unlink(one) == 0)
		return 6;
	return 0;
}

TEST("SEC-6: a confined process opens what it was given and nothing else")
{
	int result;

	assert_ok(folder_make(in_folder("readable"), 0700));
	assert_ok(folder_make(in_folder("writable"), 0700));
	assert_ok(folder_make(in_folder("outside"), 0700));
	assert_ok(file_write(in_folder("readable/a"), bytes_of_text("x"), 0600));
	assert_ok(file_write(in_folder("outside/one"), bytes_of_text("x"), 0600));
	assert_ok(file_write(in_folder("outside/two"), bytes_of_text("x"), 0600));
	result = test_child(confined, NULL);
	if (WEXITSTATUS(result) == KERNEL_HAS_NO_LANDLOCK) {
		print_message("this kernel has no Landlock: nothing was tested\n");
		skip();
	}
	assert_int_equal(0, result);
}

static int shut(void *arg)
{
	(void)arg;
	if (confine_self() != OK)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 2;
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_GET_DUMPABLE) != 0)
		return 3;
#endif
	return 0;
}

TEST("SEC-6: no core dumps, no new privileges, not traceable")
{
	assert_int_equal(0, test_child(shut, NULL));
}

static bool refused(long domain)
{
	errno = 0;
	return syscall(SYS_socket, domain, SOCK_STREAM, 0) == -1 && errno == EPERM;
}

static int without_network(void *arg)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK };
	int probe[2];
	bool active;

	(void)arg;
	if (confine_no_network(&active) != OK)
		return 1;
	if (!active)
		return KERNEL_HAS_NO_SECCOMP;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (!refused(families[i]))
			return 2;
	if (!refused(AF_INET | 1L << 32)) /* the kernel drops that bit */
		return 3;
	if (syscall(SYS_io_uring_setup, 1, NULL) != -1 || errno != EPERM)
		return 4;
	if (socket(AF_UNIX, SOCK_STREAM, 0) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, probe) != 0)
		return 5;
	return file_write(in_folder("a"), bytes_of_text("new"), 0600) == OK ? 0 : 6;
}

TEST("SEC-6: a process that left the network makes local sockets and no other, and works on")
{
	struct bytes got;
	int result;

	assert_ok(file_write(in_folder("a"), bytes_of_text("old"), 0600));
	result = test_child(without_network, NULL);
	if (WEXITSTATUS(result) == KERNEL_HAS_NO_SECCOMP) {
		print_message("this kernel takes no seccomp filter: nothing was tested\n");
		skip();
	}
	assert_int_equal(0, result);
	assert_ok(file_read(test_arena(), in_folder("a"), 10, &got));
	assert_true(bytes_equal(bytes_of_text("new"), got));
}

/* Two servers on this machine, and a process that may reach the first. */
static int ports[2];

static int listen_here(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(0, bind(fd, (const struct sockaddr *)&at, sizeof at));
	assert_int_equal(0, listen(fd, 8));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&at, &len));
	*port = ntohs(at.sin_port);
	return fd;
}

static struct sockaddr_in at_port(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)
	};
}

/* 0, or why not. */
static int connecting(int port)
{
	struct sockaddr_in to = at_port(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int why = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;

	close(fd);
	return why;
}

static int connecting_by_sending(int port)
{
	struct sockaddr_in to = at_port(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int why = sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&to, sizeof to) == 1 ? 0 : errno;

	close(fd);
	return why;
}

static int with_one_port(void *arg)
{
	static const int families[] = { AF_PACKET, AF_VSOCK, AF_AX25, AF_IPX };
	static const int protocols[] = { IPPROTO_SCTP, IPPROTO_MPTCP };
	struct sockaddr_in any = at_port(0);
	bool active;

	(void)arg;
	if (connecting(ports[0]) != 0 || connecting(ports[1]) != 0)
		return 1;
	if (confine_tcp((const int[]){ ports[0], 0 }, &active) != OK)
		return 2;
	if (!active)
		return KERNEL_HAS_NO_PORTS;
	if (connecting(ports[0]) != 0)
		return 3;
	if (connecting(ports[1]) != EACCES)
		return 4;
	if (connecting_by_sending(ports[1]) != EPERM)
		return 5;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (!refused(families[i]))
			return 6;
	if (!refused(AF_PACKET | 1L << 32))
		return 7;
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
		if (socket(AF_INET, SOCK_STREAM, protocols[i]) != -1 || errno != EPERM)
			return 8;
	if (bind(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&any, sizeof any) == 0)
		return 9;
	if (socket(AF_INET, SOCK_DGRAM, 0) < 0 || socket(AF_UNIX, SOCK_STREAM, 0) < 0 ||
		socket(AF_NETLINK, SOCK_RAW, 0) < 0)
		return 10;
	return 0;
}

TEST("SEC-6: a process that is left one port connects to it and to no other, by no other way, and waits for nobody")
{
	int one = listen_here(&ports[0]), other = listen_here(&ports[1]), result = test_child(with_one_port, NULL);

	close(one);
	close(other);
	if (WEXITSTATUS(result) == KERNEL_HAS_NO_PORTS) {
		print_message("this kernel's Landlock knows no ports: nothing was tested\n");
		skip();
	}
	assert_int_equal(0, result);
}
