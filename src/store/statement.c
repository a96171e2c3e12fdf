/* The kept statements of a connection (statement.h): a small hash table, the longest unused one goes first. */
#include "base/log.h"
#include "store/statement.h"

enum { BUCKETS = 256, MOST_KEPT = 512 };

struct statements {
	const struct engine *engine;
	void *connection;
	struct statement *buckets[BUCKETS];
	size_t kept, busy;
	uint64_t takes;
};

/* By address: a statement is a literal of the program. A text that stands in two places is kept twice; one that was
 * made at an address where another stood is told apart by strcmp. */
static size_t bucket_of(const char *sql)
{
	return ((uintptr_t)sql >> 4 ^ (uintptr_t)sql >> 12) % BUCKETS;
}

struct statements *statements_new(const struct engine *engine, void *connection)
{
	struct statements *all = calloc(1, sizeof *all);

	if (!all)
		log_die("out-of-memory");
	all->engine = engine;
	all->connection = connection;
	return all;
}

static void drop(struct statements *all, struct statement **place)
{
	struct statement *gone = *place;

	*place = gone->next;
	all->engine->finalise(gone->prepared.handle);
	free((void *)gone->sql);
	free(gone);
	all->kept--;
}

void statements_free(struct statements **all)
{
	if (!*all)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*all)->buckets[i])
			drop(*all, &(*all)->buckets[i]);
	free(*all);
	*all = NULL;
}

static void drop_longest_unused(struct statements *all)
{
	struct statement **oldest = NULL;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct statement **at = &all->buckets[i]; *at; at = &(*at)->next)
			if (!(*at)->busy && (!oldest || (*at)->used < (*oldest)->used))
				oldest = at;
	if (oldest)
		drop(all, oldest);
}

static enum err make(struct statements *all, const char *sql, const struct bind *binds, struct statement **out)
{
	struct prepared prepared = { 0 };
	struct statement *made;

	TRY(all->engine->prepare(all->connection, sql, binds, &prepared));
	made = calloc(1, sizeof *made);
	if (!made || !(made->sql = strdup(sql)))
		log_die("out-of-memory");
	made->prepared = prepared;
	*out = made;
	return OK;
}

enum err statement_take(struct statements *all, const char *sql, const struct bind *binds, struct statement **out)
{
	struct statement **bucket = &all->buckets[bucket_of(sql)];
	struct statement *found = *bucket;

	while (found && (found->busy || strcmp(found->sql, sql) != 0))
		found = found->next;
	if (!found) {
		if (all->kept >= MOST_KEPT)
			drop_longest_unused(all);
		TRY(make(all, sql, binds, &found));
		found->next = *bucket;
		*bucket = found;
		all->kept++;
	}
	found->busy = true;
	all->busy++;
	found->used = ++all->takes;
	*out = found;
	return OK;
}

void statement_give(struct statements *all, struct statement *statement)
{
	if (!statement->busy)
		return;
	all->engine->reset(statement->prepared.handle);
	statement->busy = false;
	all->busy--;
}

size_t statements_give_all(struct statements *all)
{
	size_t count = all->busy;

	for (size_t i = 0; i < BUCKETS && all->busy; i++)
		for (struct statement *at = all->buckets[i]; at; at = at->next)
			statement_give(all, at);
	return count;
}
