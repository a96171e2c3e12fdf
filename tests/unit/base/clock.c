/* Time and ids. */
#include "tests/unit/suite.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/err.h"
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

static struct civil civil(int year, int month, int day, int hour, int minute, int second, int ms)
{
	return (struct civil){ year, month, day, hour, minute, second, ms };
}

TEST("LOG-5: calendar and ms agree with the C library from the year 1 to 9999, both ways")
{
	for (int64_t ms = -62135596800000; ms < 253402300800000; ms += 7 * (int64_t)DAY + 3723456) {
		time_t seconds = (time_t)(ms >= 0 ? ms / SECOND : (ms - SECOND + 1) / SECOND);
		struct civil c = civil_utc(ms);
		struct tm tm;

		gmtime_r(&seconds, &tm);
		assert_int_equal(tm.tm_year + 1900, c.year);
		assert_int_equal(tm.tm_mon + 1, c.month);
		assert_int_equal(tm.tm_mday, c.day);
		assert_int_equal(tm.tm_hour, c.hour);
		assert_int_equal(tm.tm_min, c.minute);
		assert_int_equal(tm.tm_sec, c.second);
		assert_int_equal(ms, civil_to_ms_utc(c));
	}
}

TEST("LOG-5: leap days and the turns of years and centuries")
{
	assert_true(civil_is_date(2000, 2, 29) && civil_is_date(2024, 2, 29) && civil_is_date(2026, 12, 31));
	assert_false(civil_is_date(1900, 2, 29) || civil_is_date(2100, 2, 29) || civil_is_date(2026, 2, 29));
	assert_false(civil_is_date(2026, 4, 31) || civil_is_date(2026, 0, 1) || civil_is_date(2026, 13, 1));
	assert_false(civil_is_date(2026, 1, 0) || civil_is_date(2026, 1, 32) || civil_is_date(0, 1, 1));
	assert_string_equal("2024-02-29T23:59:59.999Z", time_iso(test_arena(), 1709251199999));
	assert_string_equal("2024-03-01T00:00:00.000Z", time_iso(test_arena(), 1709251200000));
	assert_string_equal("1969-12-31T23:59:59.999Z", time_iso(test_arena(), -1));
	assert_string_equal("1970-01-01T00:00:00.000Z", time_iso(test_arena(), 0));
}

TEST("LOG-5: Beijing is eight hours ahead, over midnight and new year")
{
	int64_t ms = civil_to_ms_utc(civil(2026, 12, 31, 16, 0, 0, 5));
	struct civil c = civil_beijing(ms);

	assert_int_equal(2027, c.year);
	assert_int_equal(1, c.month);
	assert_int_equal(1, c.day);
	assert_int_equal(0, c.hour);
	assert_int_equal(5, c.ms);
	assert_int_equal(ms, civil_to_ms_beijing(c));
	/* 1988 had summer time in China; Asia/Shanghai's present offset is used for all times */
	assert_int_equal(8, civil_beijing(civil_to_ms_utc(civil(1988, 7, 1, 0, 0, 0, 0))).hour);
}

TEST("time: fields beyond their bounds are carried over")
{
	assert_int_equal(
		civil_to_ms_utc(civil(2027, 1, 1, 0, 0, 0, 0)), civil_to_ms_utc(civil(2026, 13, 1, 0, 0, 0, 0)));
	assert_int_equal(
		civil_to_ms_utc(civil(2025, 12, 1, 0, 0, 0, 0)), civil_to_ms_utc(civil(2026, 0, 1, 0, 0, 0, 0)));
	assert_int_equal(
		civil_to_ms_utc(civil(2026, 3, 1, 0, 0, 0, 0)), civil_to_ms_utc(civil(2026, 2, 29, 0, 0, 0, 0)));
	assert_int_equal(
		civil_to_ms_utc(civil(2026, 2, 28, 0, 0, 0, 0)), civil_to_ms_utc(civil(2026, 3, 0, 0, 0, 0, 0)));
	assert_int_equal(
		civil_to_ms_utc(civil(2026, 1, 1, 23, 59, 59, 0)), civil_to_ms_utc(civil(2026, 1, 2, 0, 0, -1, 0)));
}

TEST("LOG-5: the three written forms")
{
	int64_t ms = civil_to_ms_utc(civil(2026, 11, 24, 6, 52, 1, 123));

	assert_string_equal("2026-11-24T06:52:01.123Z", time_iso(test_arena(), ms));
	assert_string_equal("20261124065201Z", time_asn1(test_arena(), ms));
	assert_string_equal("Tue, 24 Nov 2026 06:52:01 GMT", time_http(test_arena(), ms));
	assert_string_equal("Thu, 01 Jan 1970 00:00:00 GMT", time_http(test_arena(), 0));
	assert_string_equal("Wed, 31 Dec 1969 23:59:59 GMT", time_http(test_arena(), -1));
	assert_string_equal(
		"Sun, 06 Nov 1994 08:49:37 GMT", time_http(test_arena(), 784111777000)); /* RFC 9110 5.6.7 */
}

static int64_t system_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

static void assert_moved_by(int64_t seconds)
{
	int64_t before = system_ms(), now = clock_now(), after = system_ms();

	assert_true(now >= before + seconds * SECOND && now <= after + seconds * SECOND);
}

TEST("clock: follows its file as it appears, changes, is replaced and goes")
{
	const char *path = path_join(test_arena(), test_folder(), "clock");
	FILE *file;

	assert_moved_by(0);
	clock_use_file(path);
	assert_moved_by(0);
	assert_ok(file_write(path, bytes_of_text("86400000\n"), 0600));
	assert_moved_by(86400);
	assert_ok(file_write(path, bytes_of_text("-3600000"), 0600));
	assert_moved_by(-3600);
	file = fopen(path, "w"); /* the same file, rewritten: while it is empty the last number holds */
	assert_non_null(file);
	assert_moved_by(-3600);
	fputs("5000", file);
	fclose(file);
	assert_moved_by(5);
	unlink(path);
	assert_moved_by(0);
	assert_ok(file_write(path, bytes_of_text("7000"), 0600));
	assert_moved_by(7);
	clock_use_file(NULL);
	assert_moved_by(0);
}

TEST("clock: ticks do not run backwards")
{
	int64_t last = clock_ticks();

	for (int i = 0; i < 1000; i++) {
		int64_t next = clock_ticks();

		assert_true(next >= last);
		last = next;
	}
}

TEST("id: each is above the last one, also within a ms and when the clock goes back")
{
	int64_t now = civil_to_ms_utc(civil(2027, 1, 1, 0, 0, 0, 0)), last = 0;

	for (int i = 0; i < 100000; i++) {
		int64_t id = id_new(i % 2 ? now : now - HOUR);

		assert_true(id > last);
		last = id;
	}
	/* so many in one ms borrow from the next few, no more */
	assert_true(id_time(last) >= now && id_time(last) < now + 2);
}

TEST("id: where the clock is set back by more than ids may run ahead, they follow it")
{
	int64_t now = civil_to_ms_utc(civil(2028, 1, 1, 0, 0, 0, 0)), last = id_new(now), back;

	assert_true(id_new(now - ID_AHEAD_MS + 1) > last); /* as far as a list by time still looks */
	back = now - ID_AHEAD_MS - SECOND;
	assert_int_equal(back, id_time(id_new(back)));
}

TEST("id: carries its time, and its low bits are random")
{
	int64_t now = civil_to_ms_utc(civil(2030, 1, 1, 0, 0, 0, 0)), differing = 0;

	for (int i = 1; i <= 64; i++) {
		int64_t id = id_new(now + i * (int64_t)SECOND);

		assert_int_equal(now + i * (int64_t)SECOND, id_time(id));
		differing |= id & 0x3FFFFF;
	}
	assert_int_equal(0x3FFFFF, differing);
}

TEST("SEC-5: ids are read from their one decimal form only")
{
	static const char *const bad[] = { "", "0", "01", "-1", "+1", " 1", "1 ", "1a", "9223372036854775808" };
	int64_t id = 0;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(id_parse(bad[i], &id));
	assert_false(id_parse(NULL, &id));
	assert_true(id_parse("1", &id) && id == 1);
	assert_true(id_parse("9223372036854775807", &id) && id == INT64_MAX);
	assert_string_equal("9223372036854775807", id_text(test_arena(), INT64_MAX));
}
