/* Processes that serve side by side: one loads what all of them need, forks them, and forks another where one ends. What
 * they only read stays in memory once. */
#pragma once

enum { MOST_WORKERS = 1024 };

/* Runs work(arg) in count processes forked from this one, each ended by TERM when this one ends, however it ends. A worker
 * that ends is replaced; one that ended within a second of its start only after a pause. Ends by TERM, INT or USR1, when
 * every worker has finished what it had in hand. count 0: work runs in this process. The program's exit status; 1 where
 * no process can be made. A worker's own exit status is that of work. */
int workers_run(int count, int (*work)(void *arg), void *arg);
