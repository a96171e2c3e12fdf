/* A program shuts itself off from what it never needs, before it reads a stranger's first byte. */
#pragma once
#include "base/err.h"
#include <stdbool.h>

/* No core dumps, no new privileges, not traceable by others of the same user. */
enum err confine_self(void) CHECKED;
/* From now on this process opens only files beneath these folders or files: readable ones for reading, writable ones
 * for reading and writing (Landlock, kernel 5.13 and newer). Lists end with NULL; a path that does not exist is left
 * out. *active tells whether the kernel does it; where it does not, that is OK and the caller logs it once. */
enum err confine_files(const char *const *readable, const char *const *writable, bool *active) CHECKED;
/* From now on this process makes no socket but local ones (AF_UNIX); any other answers EPERM (seccomp). Sockets made
 * before stay open. *active as above: false where the kernel has no such filter. */
enum err confine_no_network(bool *active) CHECKED;
/* From now on this process connects by TCP to these ports alone, of whatever host (0 ends the list), and waits for nobody
 * (Landlock, kernel 6.7 and newer). Names are still looked up, so UDP is left; no other protocol is, nor a way by which
 * Landlock would not see a connection (seccomp; EPERM). *active as above, and only with both. */
enum err confine_tcp(const int *ports, bool *active) CHECKED;
