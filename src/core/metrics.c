/* Counters in shared memory. The file's first bytes name its layout: another layout is started anew. */
#include "base/log.h"
#include "base/text.h"
#include "core/metrics.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 128, CLASSES = 6, BUCKETS = 10, PROGRAM_LEN = 16, LAYOUT = 0x59584d33 /* "YXM3" */ };

/* First words of the patterns, so that a line of the output stays one line a page family. The last takes all others. */
static const char *const families[] = { "home", "login", "logout", "edition", "welcome", "agreements", "me", "certs",
	"orgs", "messages", "records", "scan", "s", "tickets", "collect", "keys", "oauth2", "csc", ".well-known", "pki",
	"healthz", "readyz", "metrics", "other" };
enum { FAMILIES = sizeof families / sizeof families[0] };
/* Upper bounds in µs. */
static const int64_t bounds[BUCKETS] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000 };

static const char *const connectors[] = { [CONNECTOR_SMS] = "sms", [CONNECTOR_CA] = "ca" };
enum { CONNECTORS = sizeof connectors / sizeof connectors[0] };

struct slot {
	_Atomic int32_t pid;
	char program[PROGRAM_LEN];
	_Atomic uint64_t requests[FAMILIES][CLASSES];
	_Atomic uint64_t buckets[BUCKETS + 1], us;
	_Atomic uint64_t busy_us, asked[CONNECTORS], failed[CONNECTORS], unopened;
};
struct file {
	uint32_t layout, size;
	struct slot slots[SLOTS];
};
struct metrics {
	struct file *file;
	struct slot *own;
	int64_t busy_us; /* what of the process's share stands in the slot */
};

static bool is_free(struct slot *slot, const char *program)
{
	int32_t pid = atomic_load(&slot->pid);

	if (!pid)
		return !slot->program[0] || !strcmp(slot->program, program);
	return !strcmp(slot->program, program) && kill(pid, 0) && errno == ESRCH;
}

/* Under the file's lock, so that two processes never take one slot. */
static struct slot *take_slot(struct file *file, const char *program)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &file->slots[i];

		if (!is_free(slot, program))
			continue;
		snprintf(slot->program, sizeof slot->program, "%s", program);
		atomic_store(&slot->pid, (int32_t)getpid());
		return slot;
	}
	return NULL;
}

static struct file *map_file(int fd)
{
	struct stat is;
	struct file *file;

	if (fstat(fd, &is) || (is.st_size != (off_t)sizeof(struct file) && ftruncate(fd, sizeof(struct file))))
		return NULL;
	file = mmap(NULL, sizeof *file, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return NULL;
	if (file->layout != LAYOUT || file->size != sizeof *file) {
		memset(file, 0, sizeof *file);
		file->layout = LAYOUT;
		file->size = sizeof *file;
	}
	return file;
}

enum err metrics_open(const char *path, const char *program, struct metrics **out)
{
	struct metrics *metrics = NULL;
	struct file *file = NULL;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);

	*out = NULL;
	if (fd < 0)
		return ERR_UNAVAILABLE;
	if (!flock(fd, LOCK_EX))
		file = map_file(fd);
	if (file) {
		metrics = calloc(1, sizeof *metrics);
		if (metrics)
			*metrics = (struct metrics){ .file = file, .own = take_slot(file, program) };
	}
	/* The mapping keeps the open file and with it the lock: closing alone would not give it back. */
	flock(fd, LOCK_UN);
	close(fd);
	if (!metrics || !metrics->own) {
		if (file)
			munmap(file, sizeof *file);
		free(metrics);
		return ERR_UNAVAILABLE;
	}
	*out = metrics;
	return OK;
}

void metrics_close(struct metrics **metrics)
{
	if (!*metrics)
		return;
	atomic_store(&(*metrics)->own->pid, 0);
	munmap((*metrics)->file, sizeof *(*metrics)->file);
	free(*metrics);
	*metrics = NULL;
}

static size_t family_of(const char *pattern)
{
	size_t len = pattern ? strcspn(pattern + 1, "/") : 0;

	for (size_t i = 0; len && i < FAMILIES - 1; i++)
		if (strlen(families[i]) == len && !strncmp(families[i], pattern + 1, len))
			return i;
	return FAMILIES - 1;
}

void metrics_count(struct metrics *metrics, const char *pattern, int status, int64_t us)
{
	int class = status / 100;
	size_t bucket = 0;

	if (!metrics)
		return;
	atomic_fetch_add(&metrics->own->requests[family_of(pattern)][class > 0 && class < CLASSES ? class : 0], 1);
	while (bucket < BUCKETS && us > bounds[bucket])
		bucket++;
	atomic_fetch_add(&metrics->own->buckets[bucket], 1);
	atomic_fetch_add(&metrics->own->us, (uint64_t)(us > 0 ? us : 0));
}

void metrics_busy(struct metrics *metrics, int64_t us)
{
	if (!metrics || us <= metrics->busy_us)
		return;
	atomic_fetch_add(&metrics->own->busy_us, (uint64_t)(us - metrics->busy_us));
	metrics->busy_us = us;
}

void metrics_connector(struct metrics *metrics, enum connector connector, bool failed)
{
	if (!metrics)
		return;
	atomic_fetch_add(&metrics->own->asked[connector], 1);
	if (failed)
		atomic_fetch_add(&metrics->own->failed[connector], 1);
}

void metrics_unopened(struct metrics *metrics)
{
	if (metrics)
		atomic_fetch_add(&metrics->own->unopened, 1);
}

/* Whether a slot of this program stood before; its counts were then summed with that one's. */
static bool is_repeat(const struct file *file, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(file->slots[i].program, file->slots[at].program))
			return true;
	return false;
}

static uint64_t sum_requests(const struct file *file, const char *program, size_t family, size_t class)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (!strcmp(file->slots[i].program, program))
			sum += atomic_load(&file->slots[i].requests[family][class]);
	return sum;
}

static uint64_t sum_bucket(const struct file *file, const char *program, size_t bucket)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (!strcmp(file->slots[i].program, program))
			sum += atomic_load(&file->slots[i].buckets[bucket]);
	return sum;
}

static void print_requests(const struct file *file, const char *program, struct buf *out)
{
	for (size_t family = 0; family < FAMILIES; family++)
		for (size_t class = 0; class < CLASSES; class ++) {
			uint64_t count = sum_requests(file, program, family, class);

			if (count)
				buf_printf(out,
					"yinxin_requests_total{program=\"%s\",family=\"%s\",status=\"%zuxx\"} %llu\n",
					program, families[family], class, (unsigned long long)count);
		}
}

static void print_durations(const struct file *file, const char *program, struct buf *out)
{
	unsigned long long count = 0, us = 0;

	for (size_t bucket = 0; bucket <= BUCKETS; bucket++)
		count += sum_bucket(file, program, bucket);
	if (!count)
		return; /* a lane of the worker, which answers nobody */
	count = 0;
	for (size_t bucket = 0; bucket <= BUCKETS; bucket++) {
		count += sum_bucket(file, program, bucket);
		if (bucket < BUCKETS)
			buf_printf(out, "yinxin_request_seconds_bucket{program=\"%s\",le=\"%g\"} %llu\n", program,
				(double)bounds[bucket] / 1e6, count);
	}
	for (size_t i = 0; i < SLOTS; i++)
		if (!strcmp(file->slots[i].program, program))
			us += atomic_load(&file->slots[i].us);
	buf_printf(out, "yinxin_request_seconds_bucket{program=\"%s\",le=\"+Inf\"} %llu\n", program, count);
	buf_printf(out, "yinxin_request_seconds_sum{program=\"%s\"} %.6f\n", program, (double)us / 1e6);
	buf_printf(out, "yinxin_request_seconds_count{program=\"%s\"} %llu\n", program, count);
}

static void print_busy(const struct file *file, const char *program, struct buf *out)
{
	uint64_t us = 0;

	for (size_t i = 0; i < SLOTS; i++)
		if (!strcmp(file->slots[i].program, program))
			us += atomic_load(&file->slots[i].busy_us);
	buf_printf(out, "yinxin_store_busy_seconds_total{program=\"%s\"} %.6f\n", program, (double)us / 1e6);
}

/* Each connector is one program's affair, so its counts are summed over all. */
static void print_connectors(const struct file *file, struct buf *out)
{
	unsigned long long asked[CONNECTORS] = { 0 }, failed[CONNECTORS] = { 0 };

	for (size_t i = 0; i < SLOTS * CONNECTORS; i++) {
		const struct slot *slot = &file->slots[i / CONNECTORS];

		asked[i % CONNECTORS] += atomic_load(&slot->asked[i % CONNECTORS]);
		failed[i % CONNECTORS] += atomic_load(&slot->failed[i % CONNECTORS]);
	}
	buf_text(out,
		"# HELP yinxin_connector_calls_total Calls of services.\n"
		"# TYPE yinxin_connector_calls_total counter\n");
	for (size_t i = 0; i < CONNECTORS; i++)
		buf_printf(out, "yinxin_connector_calls_total{connector=\"%s\"} %llu\n", connectors[i], asked[i]);
	buf_text(out,
		"# HELP yinxin_connector_errors_total Calls that failed or were refused.\n"
		"# TYPE yinxin_connector_errors_total counter\n");
	for (size_t i = 0; i < CONNECTORS; i++)
		buf_printf(out, "yinxin_connector_errors_total{connector=\"%s\"} %llu\n", connectors[i], failed[i]);
}

static void print_unopened(const struct file *file, struct buf *out)
{
	unsigned long long count = 0;

	for (size_t i = 0; i < SLOTS; i++)
		count += atomic_load(&file->slots[i].unopened);
	buf_text(out,
		"# HELP yinxin_tickets_unopened_total Requests that ended before anybody opened them.\n"
		"# TYPE yinxin_tickets_unopened_total counter\n");
	buf_printf(out, "yinxin_tickets_unopened_total %llu\n", count);
}

static void each_program(
	const struct file *file, struct buf *out, void (*print)(const struct file *, const char *, struct buf *))
{
	for (size_t i = 0; i < SLOTS; i++)
		if (file->slots[i].program[0] && !is_repeat(file, i))
			print(file, file->slots[i].program, out);
}

void metrics_print(const struct metrics *metrics, struct buf *out)
{
	if (!metrics)
		return;
	buf_text(out, "# HELP yinxin_requests_total Requests answered.\n# TYPE yinxin_requests_total counter\n");
	each_program(metrics->file, out, print_requests);
	buf_text(out,
		"# HELP yinxin_request_seconds Time from request to answer.\n# TYPE yinxin_request_seconds "
		"histogram\n");
	each_program(metrics->file, out, print_durations);
	buf_text(out,
		"# HELP yinxin_store_busy_seconds_total Time inside the database.\n"
		"# TYPE yinxin_store_busy_seconds_total counter\n");
	each_program(metrics->file, out, print_busy);
	print_connectors(metrics->file, out);
	print_unopened(metrics->file, out);
}
