/* The log lane: numbers new rows within a second and signs checkpoints. It alone reads the checkpoint key (LOG-3). */
#include "base/key_file.h"
#include "bin/worker/worker.h"
#include "core/oplog.h"

enum { AT_ONCE = 500, MOST_PEM = 4096 };

static enum err open_key(struct worker *w, const char **why)
{
	struct arena *secret = arena_new(true);
	struct bytes pem;
	enum err err = secret_file_read(
		w->arena, secret, settings_path(w->arena, &w->settings, "keys/log/log.pem"), MOST_PEM, &pem, why);

	if (err == OK) {
		*why = "keys/log/log.pem does not hold a private key";
		err = key_from_private_pem(pem, &w->checkpoint_key);
	}
	arena_free(&secret);
	return err;
}

static enum err number(struct worker *w, struct ctx *ctx, bool *more)
{
	int numbered;

	TRY(oplog_number(ctx, w->checkpoint_key, AT_ONCE, &numbered));
	*more = numbered == AT_ONCE;
	return OK;
}

static void close_key(struct worker *w)
{
	key_free(&w->checkpoint_key);
}

static const char *const folders[] = { "keys/data", "keys/log", NULL };
const struct lane_row lane_log = { LANE_LOG, "log", "worker-log", folders, open_key, number, close_key };
