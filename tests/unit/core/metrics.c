/* Counts that all processes of an installation keep together: OPS-8. */
#include "core/metrics.h"
#include "base/file.h"
#include "tests/unit/suite.h"

TEST("OPS-8: counts of several processes are summed, and go on after one of them")
{
	const char *path = path_join(test_arena(), test_folder(), "metrics");
	struct metrics *one, *two, *lane;
	struct buf out = buf_new(test_arena());

	assert_ok(metrics_open(path, "portal", &one));
	assert_ok(metrics_open(path, "portal", &two));
	assert_ok(metrics_open(path, "worker-log", &lane));
	metrics_count(one, "/orgs/:org", 200, 1500);
	metrics_count(two, "/orgs", 303, 900);
	metrics_count(two, NULL, 404, 6000000);
	metrics_close(&two);
	assert_ok(metrics_open(path, "portal", &two));
	metrics_count(two, "/orgs", 200, 100);
	metrics_print(one, &out);
	assert_non_null(
		strstr(out.data, "yinxin_requests_total{program=\"portal\",family=\"orgs\",status=\"2xx\"} 2\n"));
	assert_non_null(
		strstr(out.data, "yinxin_requests_total{program=\"portal\",family=\"orgs\",status=\"3xx\"} 1\n"));
	assert_non_null(
		strstr(out.data, "yinxin_requests_total{program=\"portal\",family=\"other\",status=\"4xx\"} 1\n"));
	assert_non_null(strstr(out.data, "yinxin_request_seconds_bucket{program=\"portal\",le=\"0.001\"} 2\n"));
	assert_non_null(strstr(out.data, "yinxin_request_seconds_bucket{program=\"portal\",le=\"+Inf\"} 4\n"));
	assert_null(strstr(out.data, "seconds_bucket{program=\"worker"));
	metrics_close(&one);
	metrics_close(&two);
	metrics_close(&lane);
}

static void assert_printed(const struct metrics *metrics, const char *line)
{
	struct buf out = buf_new(test_arena());

	metrics_print(metrics, &out);
	if (!strstr(out.data, arena_printf(test_arena(), "\n%s\n", line)))
		fail_msg("not there: %s", line);
}

TEST("OPS-8: the database's busy time is summed over a program's processes, also over those that ended")
{
	const char *path = path_join(test_arena(), test_folder(), "metrics");
	struct metrics *one, *two, *lane;

	assert_ok(metrics_open(path, "portal", &one));
	assert_ok(metrics_open(path, "portal", &two));
	assert_ok(metrics_open(path, "worker-log", &lane));
	metrics_busy(one, 1000000);
	metrics_busy(one, 1500000); /* so far, not since */
	metrics_busy(two, 250000);
	metrics_busy(lane, 40);
	metrics_close(&two);
	assert_ok(metrics_open(path, "portal", &two));
	metrics_busy(two, 100000);
	assert_printed(lane, "yinxin_store_busy_seconds_total{program=\"portal\"} 1.850000");
	assert_printed(lane, "yinxin_store_busy_seconds_total{program=\"worker-log\"} 0.000040");
	metrics_close(&one);
	metrics_close(&two);
	metrics_close(&lane);
}

TEST("OPS-8: a connector's calls and errors are counted, and one that was never asked has none")
{
	const char *path = path_join(test_arena(), test_folder(), "metrics");
	struct metrics *one, *two;

	assert_ok(metrics_open(path, "worker-out", &one));
	metrics_connector(one, CONNECTOR_SMS, false);
	metrics_connector(one, CONNECTOR_SMS, true);
	metrics_close(&one);
	assert_ok(metrics_open(path, "worker-out", &one));
	assert_ok(metrics_open(path, "openapi", &two));
	metrics_connector(one, CONNECTOR_SMS, true);
	assert_printed(two, "yinxin_connector_calls_total{connector=\"sms\"} 3");
	assert_printed(two, "yinxin_connector_errors_total{connector=\"sms\"} 2");
	assert_printed(two, "yinxin_connector_errors_total{connector=\"ca\"} 0");
	metrics_connector(NULL, CONNECTOR_CA, true);
	metrics_busy(NULL, 1);
	metrics_close(&one);
	metrics_close(&two);
}
