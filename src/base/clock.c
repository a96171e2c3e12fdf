/* The clock, and calendars by whole-day arithmetic (proleptic Gregorian, no leap seconds, as POSIX counts). */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BEIJING = 8 * HOUR };

static struct {
	char path[PATH_MAX]; /* empty: no file moves the clock */
	int fd;
	int64_t offset; /* the last whole number read: a file that is being rewritten moves nothing */
} moved = { .fd = -1 };

static void close_file(void)
{
	if (moved.fd >= 0)
		close(moved.fd);
	moved.fd = -1;
	moved.offset = 0;
}

void clock_use_file(const char *path)
{
	close_file();
	if (snprintf(moved.path, sizeof moved.path, "%s", path ? path : "") >= (int)sizeof moved.path)
		log_die("clock-path-too-long");
}

static int64_t file_offset(void)
{
	char text[32];
	struct stat state;
	ssize_t len;

	/* a file replaced by rename has no link any more */
	if (moved.fd >= 0 && (fstat(moved.fd, &state) != 0 || state.st_nlink == 0))
		close_file();
	if (moved.fd < 0)
		moved.fd = open(moved.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (moved.fd < 0)
		return 0;
	len = pread(moved.fd, text, sizeof text - 1, 0);
	if (len > 0) {
		text[len] = 0;
		text[strcspn(text, " \r\n")] = 0;
		parse_int(text, INT64_MIN / 2, INT64_MAX / 2, &moved.offset);
	}
	return moved.offset;
}

int64_t clock_now(void)
{
	struct timespec now;
	int64_t ms;
	int saved = errno;

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
	if (moved.path[0])
		ms += file_offset();
	errno = saved;
	return ms;
}

int64_t clock_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days from 1970-01-01 to the first of a month (1 to 12). Years are counted from March, so that the leap day ends them.
 */
static int64_t days_to_month(int64_t year, int month)
{
	int64_t y = month > 2 ? year : year - 1, era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_utc(int64_t ms)
{
	int64_t days = floor_div(ms, DAY), rest = ms - days * DAY, shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097), day = shifted - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365, month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	return (struct civil){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)day + 1,
		.hour = (int)(rest / HOUR),
		.minute = (int)(rest / MINUTE % 60),
		.second = (int)(rest / SECOND % 60),
		.ms = (int)(rest % SECOND),
	};
}

struct civil civil_beijing(int64_t ms)
{
	return civil_utc(ms + BEIJING);
}

int64_t civil_to_ms_utc(struct civil c)
{
	int64_t months = (int64_t)c.year * 12 + c.month - 1, year = floor_div(months, 12);
	int64_t days = days_to_month(year, (int)(months - year * 12) + 1) + c.day - 1;

	return days * DAY + (int64_t)c.hour * HOUR + (int64_t)c.minute * MINUTE + (int64_t)c.second * SECOND + c.ms;
}

int64_t civil_to_ms_beijing(struct civil c)
{
	return civil_to_ms_utc(c) - BEIJING;
}

bool civil_is_date(int year, int month, int day)
{
	struct civil back;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	back = civil_utc(civil_to_ms_utc((struct civil){ year, month, day, 0, 0, 0, 0 }));
	return back.month == month;
}

char *time_iso(struct arena *arena, int64_t ms)
{
	struct civil c = civil_utc(ms);

	return arena_printf(
		arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms);
}

char *time_asn1(struct arena *arena, int64_t ms)
{
	struct civil c = civil_utc(ms);

	return arena_printf(arena, "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

char *time_http(struct arena *arena, int64_t ms)
{
	static const char days[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
		"Wed" }; /* 1970-01-01 was a Thursday */
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		"Dec" };
	struct civil c = civil_utc(ms);
	int64_t day = floor_div(ms, DAY);

	return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[day - floor_div(day, 7) * 7], c.day,
		months[c.month - 1], c.year, c.hour, c.minute, c.second);
}
