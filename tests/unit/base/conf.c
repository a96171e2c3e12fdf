/* Configuration files: what is read, and what a refusal says. */
#include "tests/unit/suite.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/text.h"

struct sample {
	const char *name, *url, *data, *secret, *shared, *motto;
	int64_t port;
	bool open;
};

static const struct conf_key keys[] = {
	{ "portal", "name", CONF_TEXT, offsetof(struct sample, name), NULL, 1, 20, "What it is called" },
	{ "portal", "url", CONF_URL, offsetof(struct sample, url), "http://localhost:8080", 0, 0, "Its address" },
	{ "portal", "port", CONF_INT, offsetof(struct sample, port), "8080", 1, 65535, "Its port" },
	{ "portal", "open", CONF_FLAG, offsetof(struct sample, open), "no", 0, 0, "Whether strangers may come" },
	{ "store", "data", CONF_PATH, offsetof(struct sample, data), "data/db", 0, 0, "Where data lies" },
	{ "store", "secret", CONF_SECRET_FILE, offsetof(struct sample, secret), "", 0, 0, "Its key" },
	{ "store", "shared", CONF_SHARED_SECRET_FILE, offsetof(struct sample, shared), "", 0, 0, "Its users' key" },
	{ "store", "motto", CONF_TEXT, offsetof(struct sample, motto), "a = b", 0, 5000, "Any text" },
	{ NULL },
};

static const char *conf_path(void)
{
	return path_join(test_arena(), test_folder(), "yinxin.conf");
}

static enum err read_conf(const char *text, struct sample *out, const char **why)
{
	*out = (struct sample){ NULL };
	assert_ok(file_write(conf_path(), bytes_of_text(text), 0600));
	return conf_read(test_arena(), conf_path(), keys, out, why);
}

static void assert_refused(const char *text, int line, const char *what)
{
	struct sample sample;
	const char *why;
	char *want = line ? arena_printf(test_arena(), "%s:%d: %s", conf_path(), line, what)
			  : arena_printf(test_arena(), "%s: %s", conf_path(), what);

	assert_err(ERR_INVALID, read_conf(text, &sample, &why));
	assert_string_equal(want, why);
}

TEST("OPS-4: values of each type are read, fallbacks stand in for what is missing")
{
	struct sample sample;
	const char *why;

	assert_ok(read_conf(
		"# a comment\n; another\n\n[portal]\nname = 印信; 门户 #1\r\n  port=65535\nopen = yes\n[store]\n"
		"data = /var/db\n",
		&sample, &why));
	assert_null(why);
	assert_string_equal("印信; 门户 #1", sample.name);
	assert_int_equal(65535, sample.port);
	assert_true(sample.open);
	assert_string_equal("/var/db", sample.data);
	assert_string_equal("", sample.secret);
	assert_string_equal("http://localhost:8080", sample.url);
	assert_string_equal("a = b", sample.motto);
	assert_ok(read_conf("[portal]\nname = a", &sample, &why));
	assert_int_equal(8080, sample.port);
	assert_false(sample.open);
	assert_string_equal(path_join(test_arena(), test_folder(), "data/db"), sample.data);
}

TEST("OPS-4: what cannot be read is refused with file and line")
{
	assert_refused("[portal]\nname = a\n\nnmae = b\n", 4, "[portal] has no key \"nmae\"");
	assert_refused("[portal]\nname = a\n[storage]\ndata = b\n", 4, "there is no section [storage]");
	assert_refused("name = a\n", 1, "a key stands before the first [section]");
	assert_refused("[portal]\nname = a\nname = a\n", 3, "name was given in line 2 already");
	assert_refused("[portal]\nname = a\n[store]\n[portal]\nname = b\n", 5, "name was given in line 2 already");
	assert_refused("[portal]\nname = a ; the name\n", 2, "a comment must have a line of its own");
	assert_refused("[portal]\nname = a\t; the name\n", 2, "a comment must have a line of its own");
	assert_refused("[portal]\nname\n", 2, "neither [section] nor name = value");
	assert_refused("[portal\nname = a\n", 1, "neither [section] nor name = value");
	assert_refused("[portal]\nbad line\nport = x\n", 2, "neither [section] nor name = value");
	assert_refused("[portal]\nname = \xE4\xBD\n", 2, "the line is not UTF-8 text");
	assert_refused("[portal]\nport = 1\n", 0, "name must be given in [portal]");
	assert_refused("", 0, "name must be given in [portal]");
}

TEST("OPS-4: a refusal is one plain line whatever the file holds")
{
	assert_refused("[portal]\nurl = \x1b[2Jx\n", 2,
		"url takes an http or https address without query and final slash, not \"[2Jx\"");
	/* of a long name libinih gives 49 bytes, which end inside a character here */
	assert_refused(
		"[ \xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0"
		"\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0\xe5\x8d\xb0"
		"\xe5\x8d\xb0]\na = b\n",
		2, "there is no section [ 印印印印印印印印印印印印印印印印]");
}

TEST("OPS-4: what is out of its bounds is refused with file and line")
{
	assert_refused("[portal]\nname =\n", 2, "name takes 1 to 20 bytes, not 0");
	assert_refused("[portal]\nname = 123456789012345678901\n", 2, "name takes 1 to 20 bytes, not 21");
	assert_refused("[portal]\nport = 0\n", 2, "port takes a whole number from 1 to 65535, not \"0\"");
	assert_refused("[portal]\nport = 65536\n", 2, "port takes a whole number from 1 to 65535, not \"65536\"");
	assert_refused("[portal]\nport = 80a\n", 2, "port takes a whole number from 1 to 65535, not \"80a\"");
	assert_refused("[portal]\nport =\n", 2, "port takes a whole number from 1 to 65535, not \"\"");
	assert_refused("[portal]\nopen = maybe\n", 2, "open takes yes or no, not \"maybe\"");
	assert_refused("[portal]\nopen =\n", 2, "open takes yes or no, not \"\"");
	assert_refused("[store]\ndata =\n", 2, "data takes a path");
}

TEST("OPS-4: an address has a scheme and a host, and neither query nor final slash")
{
	static const char *const bad[] = { "localhost", "ftp://a", "http://", "http:///a", "https://a/", "http://a?b=c",
		"http://a#b", "http://u@a", "http://a b", "http://例子", "http://:80", "" };
	static const char *const good[] = { "http://a", "https://a.example:8443/sign", "http://127.0.0.1:8080",
		"http://[::1]:8080" };
	struct sample sample;
	const char *why;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(arena_printf(test_arena(), "[portal]\nurl = %s\n", bad[i]), 2,
			arena_printf(test_arena(),
				"url takes an http or https address without query and final slash, not \"%s\"",
				bad[i]));
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_ok(
			read_conf(arena_printf(test_arena(), "[portal]\nname=a\nurl = %s\n", good[i]), &sample, &why));
		assert_string_equal(good[i], sample.url);
	}
}

TEST("OPS-4: a secret's file must exist and be its owner's alone")
{
	const char *path = path_join(test_arena(), test_folder(), "keys/secret");
	static const unsigned bad[] = { 0640, 0604, 0601, 0700, 0660 };
	struct sample sample;
	const char *why;

	assert_refused("[portal]\nname=a\n[store]\nsecret = keys/secret\n", 4,
		arena_printf(test_arena(), "secret: there is no file \"%s\"", path));
	assert_ok(folder_make(path_join(test_arena(), test_folder(), "keys"), 0700));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_ok(file_write(path, bytes_of_text("x"), bad[i]));
		assert_refused("[portal]\nname=a\n[store]\nsecret = keys/secret\n", 4,
			arena_printf(test_arena(), "secret: \"%s\" has mode %04o, it must be 0600 or stricter", path,
				bad[i]));
	}
	assert_ok(file_write(path, bytes_of_text("x"), 0600));
	assert_ok(read_conf("[portal]\nname=a\n[store]\nsecret = keys/secret\n", &sample, &why));
	assert_string_equal(path, sample.secret);
	assert_ok(file_write(path, bytes_of_text("x"), 0400));
	assert_ok(read_conf("[portal]\nname=a\n[store]\nsecret = keys/secret\n", &sample, &why));
	assert_refused("[portal]\nname=a\n[store]\nsecret = keys\n", 4,
		arena_printf(test_arena(), "secret: there is no file \"%s/keys\"", test_folder()));
}

TEST("OPS-4: a secret that several of our users read may be open to their group, and to nobody else")
{
	const char *path = path_join(test_arena(), test_folder(), "shared");
	static const unsigned bad[] = { 0660, 0644, 0641, 0740 }, good[] = { 0640, 0600, 0440 };
	static const char conf[] = "[portal]\nname=a\n[store]\nshared = shared\n";
	struct sample sample;
	const char *why;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_ok(file_write(path, bytes_of_text("x"), bad[i]));
		assert_refused(conf, 4,
			arena_printf(test_arena(), "shared: \"%s\" has mode %04o, it must be 0640 or stricter", path,
				bad[i]));
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_ok(file_write(path, bytes_of_text("x"), good[i]));
		assert_ok(read_conf(conf, &sample, &why));
	}
	assert_string_equal(path, sample.shared);
}

TEST("SEC-5: long lines are taken up to 4,095 bytes, longer ones refused, as are NULs and large files")
{
	char *motto = arena_alloc(test_arena(), 4100), *large = arena_alloc(test_arena(), 300001);
	struct sample sample;
	const char *why;

	memset(motto, 'x', 4095 - strlen("motto=\n"));
	assert_ok(read_conf(arena_printf(test_arena(), "[portal]\nname=a\n[store]\nmotto=%s\n", motto), &sample, &why));
	assert_string_equal(motto, sample.motto);
	motto[strlen(motto)] = 'x';
	assert_refused(arena_printf(test_arena(), "[portal]\nname=a\n[store]\nmotto=%s\n", motto), 4,
		"the line is longer than 4095 bytes");
	assert_ok(file_write(conf_path(), (struct bytes){ (const unsigned char *)"[portal]\nname=a\0b", 17 }, 0600));
	assert_err(ERR_INVALID, conf_read(test_arena(), conf_path(), keys, &sample, &why));
	assert_true(text_ends(why, ":2: the line is not UTF-8 text"));
	memset(large, '\n', 300000);
	assert_refused(large, 0, "not a file of at most 256 KB");
}

TEST("OPS-4: a missing file is told apart")
{
	struct sample sample;
	const char *why;

	assert_err(ERR_NOT_FOUND, conf_read(test_arena(), conf_path(), keys, &sample, &why));
	assert_true(text_ends(why, "yinxin.conf: cannot be read"));
}

TEST("OPS-4: the written file documents every key and reads back as the values given")
{
	char *text = conf_write(test_arena(), keys,
		(const char *const[]){
			"portal.names=x", "portal.name=印信=1", "store.motto=", "portal.port=81", NULL });
	struct sample sample;
	const char *why;

	for (const struct conf_key *key = keys; key->name; key++)
		assert_non_null(strstr(text, arena_printf(test_arena(), "# %s (", key->about)));
	assert_non_null(
		strstr(text, "[portal]\n# What it is called (text, 1 to 20 bytes; must be given)\nname = 印信=1\n"));
	assert_non_null(strstr(text, "# Whether strangers may come (yes or no)\n#open = no\n"));
	assert_non_null(strstr(text, "# Its port (number, 1 to 65535)\nport = 81\n"));
	assert_ok(read_conf(text, &sample, &why));
	assert_string_equal("印信=1", sample.name);
	assert_string_equal("", sample.motto);
	assert_int_equal(81, sample.port);
	/* all commented out: the fallbacks; a required key stays open to be filled in */
	assert_non_null(strstr(conf_write(test_arena(), keys, NULL), "\nname = \n"));
}
