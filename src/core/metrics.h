/* Counts of one installation in a mapped file, DATA/run/metrics: a slot of atomics for each process, so that counting
 * takes no lock; whoever reads sums them (OPS-8). */
#pragma once
#include "base/buf.h"
#include "base/err.h"

struct metrics;

/* Maps the file (made when missing) and takes a slot: a free one, or that of a dead process of the same program, whose
 * counts go on. ERR_UNAVAILABLE: no slot or no file; the program then runs uncounted. */
enum err metrics_open(const char *path, const char *program, struct metrics **out) CHECKED;
void metrics_close(struct metrics **);
/* pattern: of the route, NULL for none. NULL metrics: nothing. */
void metrics_count(struct metrics *, const char *pattern, int status, int64_t us);
/* The store's share of the process's time so far, in µs (store_busy_us). */
void metrics_busy(struct metrics *, int64_t us);
/* A service outside, or the built-in way in its place, was asked. */
enum connector { CONNECTOR_SMS, CONNECTOR_CA };
void metrics_connector(struct metrics *, enum connector, bool failed);
/* A ticket ended that nobody had opened: no record speaks of it (SCAN-10). */
void metrics_unopened(struct metrics *);
/* The whole installation's counts as Prometheus text. */
void metrics_print(const struct metrics *, struct buf *out);
