/* Time: milliseconds since 1970-01-01 UTC in an int64_t, everywhere. Calendars only at the edges. */
#pragma once
#include "base/arena.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* Requests at once read the clock one after the other, so that one finds rows a little ahead of its own now. What lies
 * further ahead was written before the clock was set back: nobody waits until that time comes again. */
enum { CLOCK_AHEAD = MINUTE };

/* The time now. After clock_use_file, the whole number of ms that the file holds is added: tests move the clock of a
 * running instance with it. The file is looked at again at each call; a missing file adds nothing. */
int64_t clock_now(void);
void clock_use_file(const char *path);
int64_t clock_ticks(void); /* monotonic, microseconds: only for durations */

struct civil {
	int year, month, day, hour, minute, second, ms;
};
struct civil civil_utc(int64_t ms);
struct civil civil_beijing(int64_t ms); /* UTC+8, no summer time */
int64_t civil_to_ms_utc(struct civil);  /* fields normalised as by timegm */
int64_t civil_to_ms_beijing(struct civil);
bool civil_is_date(int year, int month, int day); /* a real day of the Gregorian calendar */

char *time_iso(struct arena *, int64_t ms);  /* 2026-11-24T06:52:01.123Z */
char *time_asn1(struct arena *, int64_t ms); /* 20261124065201Z */
char *time_http(struct arena *, int64_t ms); /* Tue, 24 Nov 2026 06:52:01 GMT */
