/* Processes that serve side by side: one loads what all of them need, forks them, and forks another where one ends.
 * What they only read stays in memory once. */
#pragma once

enum { MOST_WORKERS = 1024 };

/* Runs work(arg) in count processes forked from this one, each ended by TERM when this one ends, however it ends. A
 * worker that ends is replaced; one that ended within a second of its start only after a pause. TERM, INT and USR1
 * (multiwatch's way) end all, when every worker has finished what it had in hand. HUP has the program begin anew in
 * this process's place, by its command line and so perhaps in a newer build; the workers there are finish meanwhile,
 * and nobody waits for a slow one. count 0: work runs in this process. The program's exit status; 1 where no process
 * can be made. A worker's own exit status is that of work. */
int workers_run(int count, char *const *command, int (*work)(void *arg), void *arg);
