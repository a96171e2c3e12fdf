/* Network file systems (place.h). The numbers are those of Linux's magic.h and of the file systems that stand outside
 * the kernel's tree. FUSE has one number for local and for network file systems: there the mount table's type decides.
 */
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "base/text.h"
#include "store/place.h"

static const uint32_t network_magics[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB2 */
	0x01021997, /* 9P */
	0x00c36400, /* Ceph */
	0x0bd00bd0, /* Lustre */
	0x5346414f, /* AFS */
	0x6b414653, /* kAFS */
	0x73757245, /* Coda */
	0x564c,     /* NCP */
	0x01161970, /* GFS2 */
	0x7461636f, /* OCFS2 */
	0x47504653, /* GPFS */
	0xaad7aaea, /* PanFS */
	0x19830326, /* BeeGFS */
	0x013111a8, /* IBRIX */
};

enum { FUSE_MAGIC = 0x65735546 };

static const char *const network_fuse[] = { "sshfs", "glusterfs", "ceph", "s3fs", "rclone", "juicefs", "curlftpfs",
	"davfs", "goofys", "gcsfuse", "moosefs", "mfs", "lizardfs", "seaweedfs", "smbnetfs", "nfs", "ossfs", "cosfs",
	"obsfs" };

bool place_is_network(long magic, const char *type)
{
	for (size_t i = 0; i < sizeof network_magics / sizeof *network_magics; i++)
		if ((uint32_t)magic == network_magics[i])
			return true;
	if ((uint32_t)magic != FUSE_MAGIC || !type || !text_starts(type, "fuse."))
		return false;
	for (size_t i = 0; i < sizeof network_fuse / sizeof *network_fuse; i++)
		if (text_starts(type + strlen("fuse."), network_fuse[i]))
			return true;
	return false;
}

/* The type of the file system with this device number, NULL where the mount table doesn't tell. */
static const char *mount_type(struct arena *arena, dev_t device)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	char line[4096], type[64], *tail;
	const char *found = NULL;
	unsigned major, minor;

	while (table && fgets(line, sizeof line, table)) {
		if (sscanf(line, "%*d %*d %u:%u", &major, &minor) != 2 || makedev(major, minor) != device)
			continue;
		tail = strstr(line, " - ");
		if (tail && sscanf(tail, " - %63s", type) == 1)
			found = arena_text(arena, type);
	}
	if (table)
		fclose(table);
	return found;
}

static char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return arena_text(arena, ".");
	return slash == path ? arena_text(arena, "/") : arena_text_n(arena, path, (size_t)(slash - path));
}

enum err place_check(struct arena *arena, const char *path, const char **why)
{
	const char *folder = folder_of(arena, path);
	struct statfs fs;
	struct stat is;

	if (statfs(folder, &fs) != 0 || stat(folder, &is) != 0) {
		*why = arena_printf(arena, "the folder %s cannot be looked at: %s", folder, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_DENIED;
	}
	if (!place_is_network((long)fs.f_type, mount_type(arena, is.st_dev)))
		return OK;
	*why = arena_printf(arena, "the folder %s lies on a network file system, where a database loses data", folder);
	return ERR_INVALID;
}
