/* GET /metrics: the whole installation's counts as Prometheus text (OPS-8). nginx lets only listed addresses in. */
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"
#include "core/job.h"
#include "core/metrics.h"

/* Rows of jobs that wait, by lane, and those that ended without success. Not sent where the database does not answer.
 */
static void print_queues(struct visit *v, struct buf *out)
{
	static const char *const lanes[] = { "ca", "log", "out", "tidy" };
	int64_t due[4], failed_jobs;

	if (job_counts(&v->ctx, due, &failed_jobs) != OK)
		return;
	buf_text(out, "# HELP yinxin_jobs_due Jobs whose time has come.\n# TYPE yinxin_jobs_due gauge\n");
	for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++)
		buf_printf(out, "yinxin_jobs_due{lane=\"%s\"} %lld\n", lanes[i], (long long)due[i]);
	buf_text(out, "# HELP yinxin_jobs_failed Jobs that were given up.\n# TYPE yinxin_jobs_failed gauge\n");
	buf_printf(out, "yinxin_jobs_failed %lld\n", (long long)failed_jobs);
}

static enum http show_metrics(struct visit *v)
{
	struct buf out = buf_new(v->ctx.arena);

	metrics_print(v->site->house.metrics, &out);
	print_queues(v, &out);
	return respond(v->response, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out));
}

const struct route metrics_routes[] = { { "GET", "/metrics", ANYONE, PLAIN, NO_BODY, show_metrics }, ROUTES_END };
