/* receipt-check: proves offline that a record stood in a log unchanged (LOG-4), from its receipt, its leaf and the
 * log's verifier key alone. */
#include "base/file.h"
#include "trust/checkpoint.h"
#include <inttypes.h>

enum { PROVED = 0, NOT_PROVED = 1, MISUSED = 2, FILE_MAX = 1024 * 1024 };

static const char help[] = "usage: receipt-check --key VERIFIER RECEIPT LEAF\n"
			   "\n"
			   "Proves that the record in LEAF stands in the log at the place that RECEIPT tells.\n"
			   "\n"
			   "  VERIFIER  the log's public key as it publishes it: NAME+HASH+KEY\n"
			   "  RECEIPT   the receipt, a .tlog-proof file (c2sp.org/tlog-proof)\n"
			   "  LEAF      the record's bytes, as they were given with the receipt\n"
			   "\n"
			   "Each file holds 1 MB at most. Nothing is sent or asked over a network.\n"
			   "Exit status: 0 proved, 1 not proved, 2 wrong usage or unreadable file.\n";

static bool load(struct arena *arena, const char *path, struct bytes *out)
{
	enum err err = file_read(arena, path, FILE_MAX, out);

	if (err != OK)
		fprintf(stderr, "receipt-check: %s: %s\n", path,
			err == ERR_INVALID ? "not a plain file of at most 1 MB" : "cannot be read");
	return err == OK;
}

static int prove(struct arena *arena, const char *verifier, struct bytes receipt, struct bytes leaf)
{
	struct checkpoint checkpoint;
	int64_t index;

	switch (receipt_check(arena, receipt, leaf, verifier, &index, &checkpoint)) {
	case OK:
		printf("proved: this record is number %" PRId64 " (from 0) of the log %s\n", index, checkpoint.origin);
		printf("signed: %" PRId64 " records, root %s\n", checkpoint.size,
			base64_encode(arena, BYTES_OF(checkpoint.root.octets)));
		return PROVED;
	case ERR_DENIED:
		fprintf(stderr, "NOT proved: the receipt belongs to another record, or this key did not sign it\n");
		return NOT_PROVED;
	default:
		fprintf(stderr, "NOT proved: the receipt or the verifier key is damaged\n");
		return NOT_PROVED;
	}
}

int main(int argc, char **argv)
{
	struct arena *arena;
	struct bytes receipt, leaf;
	int status = MISUSED;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return PROVED;
	}
	if (argc != 5 || strcmp(argv[1], "--key")) {
		fputs(help, stderr);
		return MISUSED;
	}
	arena = arena_new(false);
	if (load(arena, argv[3], &receipt) && load(arena, argv[4], &leaf))
		status = prove(arena, argv[2], receipt, leaf);
	arena_free(&arena);
	return status;
}
