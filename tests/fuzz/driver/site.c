#include "tests/fuzz/driver/site.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/key_file.h"
#include "web/request.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PARAMS = 120, PARAM_ROOM = 20 * 1024, BODY_MOST = 1024 * 1024 };
static struct timespec made; /* the installation was whole */
static int clock_fd;

/* ---- opening */

/* The world's time is a year's away from the machine's, and stays where it is however long a run takes. */
static void set_clock(const struct fuzz_site *s)
{
	char text[32];
	int len;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	len = snprintf(text, sizeof text, "%-20lld\n",
		(long long)(s->world->ctx->now - (now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000)));
	HOLDS(pwrite(clock_fd, text, (size_t)len, 0) == len);
}

void fuzz_site_open(struct fuzz_site *s, struct ticket_world *world)
{
	const char *data = world->w->data, *why = NULL, *clock_file = path_join(fuzz_kept(), data, "clock");

	s->world = world;
	clock_fd = open(clock_file, O_RDWR | O_CREAT, 0600);
	clock_use_file(clock_file);
	set_clock(s);
	HOLDS(folder_make(path_join(fuzz_kept(), data, "run"), 0750) == OK);
	HOLDS(folder_make(path_join(fuzz_kept(), data, "keys/web"), 0750) == OK);
	HOLDS(key_file_make(path_join(fuzz_kept(), data, "keys/web/web.key")) == OK);
	if (site_load(&s->site, path_join(fuzz_kept(), data, "yinxin.conf"), &why) != OK ||
		site_open(&s->site, &why) != OK)
		fuzz_found(__FILE__, __LINE__, why);
	clock_gettime(CLOCK_REALTIME, &made);
}

/* ---- asking */

/* Bytes below 32 become their words; line ends stay. */
static struct bytes with_words(const struct fuzz_site *s, struct bytes text)
{
	struct buf out = buf_new(fuzz_arena());

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i];

		if (c < 32 && s->words[c] && out.len < BODY_MOST)
			buf_text(&out, s->words[c]);
		else
			buf_char(&out, (char)c);
	}
	return buf_view(&out);
}

static const char *param_of(char *line)
{
	char *colon = strchr(line, ':'), *value;

	if (!colon || colon == line)
		return NULL;
	value = colon + 1 + strspn(colon + 1, " ");
	*colon = 0;
	for (char *c = line; *c; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	if (!strcmp(line, "CONTENT_TYPE"))
		return arena_printf(fuzz_arena(), "CONTENT_TYPE=%s", value);
	return arena_printf(fuzz_arena(), "HTTP_%s=%s", line, value);
}

static bool read_head(const struct fuzz_site *s, struct bytes *text, const char **params)
{
	char *line = fuzz_text(fuzz_part(text, '\n')), *space = strchr(line, ' ');
	size_t count = 0;

	if (!space)
		return false;
	params[count++] = arena_printf(fuzz_arena(), "REQUEST_METHOD=%.*s", (int)(space - line), line);
	params[count++] = arena_printf(fuzz_arena(), "REQUEST_URI=%s", space + 1);
	params[count++] = "REMOTE_ADDR=192.0.2.7";
	params[count++] = arena_printf(fuzz_arena(), "HTTP_HOST=%s", s->site.settings.host);
	for (line = fuzz_text(fuzz_part(text, '\n')); *line; line = fuzz_text(fuzz_part(text, '\n'))) {
		const char *param = param_of(line);

		if (!param || count == MOST_PARAMS)
			return false;
		params[count++] = param;
	}
	return true;
}

static enum err serve(struct ctx *ctx, void *arg)
{
	struct fuzz_site *s = arg;

	(void)ctx;
	site_serve(&s->site, &s->request, &s->response);
	return ERR_DENIED; /* nothing of it stays */
}

static int remove_new(const char *path, const struct stat *is, int flag, struct FTW *f)
{
	(void)f;
	if (flag == FTW_F &&
		(is->st_ctim.tv_sec > made.tv_sec ||
			(is->st_ctim.tv_sec == made.tv_sec && is->st_ctim.tv_nsec > made.tv_nsec)))
		unlink(path);
	return 0;
}

/* Pictures are written outside the database. */
static void remove_pictures(const struct fuzz_site *s)
{
	if (text_equal(s->request.method, "POST") && text_ends(s->request.path, "/seals/make"))
		nftw(path_join(fuzz_arena(), s->world->w->data, "blob"), remove_new, 16, FTW_PHYS);
}

bool fuzz_site_ask(struct fuzz_site *s, struct bytes input)
{
	const char *params[MOST_PARAMS + 1] = { NULL };
	struct bytes text = with_words(s, input);
	struct ctx ctx;

	set_clock(s);
	if (!read_head(s, &text, params))
		return false;
	request_read(&s->request, fuzz_arena(), params, s->site.settings.base_path);
	s->request.body = text;
	response_init(&s->response, fuzz_arena());
	ctx = ctx_for(&s->site.house, fuzz_arena(), s->world->w->secret, clock_now());
	HOLDS(ctx_transaction(&ctx, serve, s) == ERR_DENIED);
	remove_pictures(s);
	return true;
}

/* ---- checking */

const char *fuzz_site_header(const struct fuzz_site *s, const char *name)
{
	const char *at = s->response.headers.data;
	size_t len = strlen(name);

	while (*at) {
		const char *end = strstr(at, "\r\n");

		if (!strncmp(at, name, len) && at[len] == ':' && at[len + 1] == ' ')
			return arena_text_n(fuzz_arena(), at + len + 2, (size_t)(end - at) - len - 2);
		at = end + 2;
	}
	return NULL;
}

static void check_headers(const char *at)
{
	while (*at) {
		const char *end = strstr(at, "\r\n"), *colon = strchr(at, ':');

		HOLDS(end && colon && colon > at && colon < end && colon[1] == ' ');
		for (; at < end; at++)
			HOLDS((unsigned char)*at >= ' ' && *at != 0x7f);
		at = end + 2;
	}
}

static void check_json(struct bytes body)
{
	json_t *value;

	HOLDS(json_read(body, &value) == OK);
	json_release(&value);
}

void fuzz_site_check(const struct fuzz_site *s)
{
	struct bytes body = buf_view(&s->response.body);
	const char *type = fuzz_site_header(s, "Content-Type");

	HOLDS(s->response.status != HTTP_BROKEN && !s->response.refused);
	check_headers(s->response.headers.data);
	HOLDS(!body.len || type);
	if (type && (text_starts(type, "text/") || text_starts(type, "application/json")))
		HOLDS(utf8_valid((const char *)body.data, body.len));
	if (type && text_starts(type, "application/json") && body.len)
		check_json(body);
}
