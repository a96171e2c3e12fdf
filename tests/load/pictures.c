/* pictures: what a live preview of a seal (SEAL-2) and a QR code cost, in ms each: { "seal_svg": …, "seal_png": …,
 * "qr_svg": … }. */
#include "base/clock.h"
#include "picture/qr.h"
#include "picture/seal.h"

enum { ROUNDS = 100 };

static const struct seal_text text = { .name = "青禾澄川水利水电工程建设监理有限公司" };

static enum err seal_as_svg(struct arena *arena)
{
	const struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes out;

	return seal_svg(arena, &text, &style, &missing, &out);
}

static enum err seal_as_png(struct arena *arena)
{
	const struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes out;

	return seal_png(arena, &text, &style, 300, &missing, &out);
}

static enum err qr(struct arena *arena)
{
	struct bytes out;

	return qr_svg(arena, "https://portal.example.com/s/250933906248709700.Ab3dEf6hIj9kLm2nOp5qRs8tUv", &out);
}

static bool measure(const char *name, enum err (*draw)(struct arena *), const char *after)
{
	struct arena *arena = arena_new(false);
	int64_t began = clock_ticks();
	bool good = true;

	for (int i = 0; good && i < ROUNDS; i++) {
		good = draw(arena) == OK;
		arena_reset(arena);
	}
	printf("\"%s\":%.3f%s", name, (double)(clock_ticks() - began) / 1000 / ROUNDS, after);
	arena_free(&arena);
	return good;
}

int main(void)
{
	bool good;

	picture_warm_up();
	printf("{");
	good = measure("seal_svg", seal_as_svg, ",") && measure("seal_png", seal_as_png, ",") &&
		measure("qr_svg", qr, "}\n");
	return good ? 0 : 1;
}
