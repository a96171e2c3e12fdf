/* init: makes an installation: configuration, keys, database, CA and first agreements. Every step makes what is missing
 * and leaves what is there, so that an init that was cut off goes on, and a second one changes nothing. */
#include "base/file.h"
#include "base/key_file.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "bin/yinxinctl/embedded.h"
#include "core/agreement.h"
#include "core/ca_builtin.h"
#include "core/catalogue.h"
#include "core/key_check.h"
#include "core/pin.h"
#include "core/token.h"
#include "trust/checkpoint.h"

enum { MOST_SETS = 60 };
static const char first_version[] = "2026-11";

struct making {
	struct cli *cli;
	const char *why;
};

static const char *path(struct making *m, const char *sub)
{
	return path_join(m->cli->arena, m->cli->data, sub);
}

/* Some steps say that their thing is there already. */
static enum err there_is_fine(enum err err)
{
	return err == ERR_CONFLICT ? OK : err;
}

static enum err make_folders(struct making *m)
{
	/* the database's folder is shared by the programs' group; keys have a folder for each who reads them */
	static const struct {
		const char *name;
		unsigned mode;
	} folders[] = { { "", 0750 }, { "db", 02770 }, { "blob", 02770 }, { "run", 02770 }, { "log", 02770 },
		{ "keys", 0750 }, { "keys/web", 0700 }, { "keys/log", 0700 } };

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		if (!file_exists(path(m, folders[i].name)))
			TRY(folder_make(path(m, folders[i].name), folders[i].mode));
	}
	return OK;
}

static enum err check_settings(struct making *m)
{
	return settings_read(m->cli->arena, m->cli->data, &m->cli->settings, &m->why);
}

/* OPS-15: without its old keys a database is lost; new ones beside it would only hide that. And a new database beside the
 * keys of an installation that was made once would hide the old one, and begin a second log under its name and key. */
static enum err check_no_loss(struct making *m)
{
	struct store_conf conf = settings_store(m->cli->arena, &m->cli->settings);
	bool has_keys = file_exists(conf.key_file);
	struct store *store;
	enum err err;

	conf.key_file = NULL;
	err = store_open(&conf, m->cli->arena, &store, &m->why);
	if (err == OK) {
		store_close(&store);
		m->why = "there is a database, but its keys are not in keys/data: bring them back, to a further "
			 "machine from another";
		return has_keys ? OK : ERR_INVALID;
	}
	if (err != ERR_NOT_FOUND || !file_exists(path(m, "keys/ca")))
		return err == ERR_NOT_FOUND ? OK : err;
	m->why = "here are an installation's keys, but its database is empty: yinxinctl move carries the data over "
		 "from another one, or a backup is restored; a new installation takes a folder of its own";
	return ERR_INVALID;
}

static enum err make_data_keys(struct making *m)
{
	return there_is_fine(vault_create(path(m, "keys/data")));
}

static enum err make_web_key(struct making *m)
{
	return there_is_fine(key_file_make(path(m, "keys/web/web.key")));
}

static enum err make_pin_keys(struct making *m)
{
	return file_exists(path(m, "keys/pin/reset.key")) ? OK : pin_keys_create(path(m, "keys/pin"));
}

static enum err make_api_keys(struct making *m)
{
	return api_keys_create(path(m, "keys/api"));
}

static enum err store_log_key(struct making *m, const struct key *key)
{
	const char *verifier;
	struct bytes pem;

	TRY(checkpoint_verifier(m->cli->arena, m->cli->settings.log_origin, key, &verifier));
	TRY(key_private_pem(key, m->cli->secret, &pem));
	TRY(file_write(path(m, "log.pub"), bytes_of_text(arena_printf(m->cli->arena, "%s\n", verifier)), 0644));
	return file_create(path(m, "keys/log/log.pem"), pem, 0600);
}

static enum err make_log_key(struct making *m)
{
	struct key *key;
	enum err err;

	if (file_exists(path(m, "keys/log/log.pem")))
		return OK;
	TRY(key_make(KEY_ED25519, &key));
	err = store_log_key(m, key);
	key_free(&key);
	return err;
}

static enum err make_database(struct making *m)
{
	const struct store_conf conf = settings_store(m->cli->arena, &m->cli->settings);

	TRY(there_is_fine(store_create(&conf, m->cli->arena, embedded_schema, &m->why)));
	return key_check_make(m->cli->arena, &conf, path(m, "keys/data"), &m->why);
}

static enum err open_house(struct making *m)
{
	return cli_open(m->cli) ? OK : ERR_INVALID;
}

static enum err publish_first(struct ctx *ctx, enum agreement_kind kind, const char *title, const char *body)
{
	struct agreement current;
	int64_t id;
	enum err err = agreement_current(ctx, kind, &current);

	return err == ERR_NOT_FOUND ? agreement_publish(ctx, kind, first_version, title, body, &id) : err;
}

static enum err make_agreements(struct making *m)
{
	struct ctx *ctx = &m->cli->ctx;

	TRY(publish_first(ctx, AGREEMENT_USER, "用户协议", text_trim(ctx->arena, embedded_user)));
	TRY(publish_first(ctx, AGREEMENT_PRIVACY, "隐私政策", text_trim(ctx->arena, embedded_privacy)));
	return publish_first(
		ctx, AGREEMENT_CERTIFICATE, "数字证书使用协议", text_trim(ctx->arena, embedded_certificate));
}

static enum err make_catalogue(struct making *m)
{
	return catalogue_seed(&m->cli->ctx);
}

static enum err make_ca(struct making *m)
{
	return there_is_fine(ca_init(&m->cli->ctx, &m->why));
}

static const struct {
	const char *what;
	enum err (*make)(struct making *);
} steps[] = {
	{ "keys of the data", make_data_keys },
	{ "key of the pages", make_web_key },
	{ "keys of the certificate passwords", make_pin_keys },
	{ "keys of the ID tokens", make_api_keys },
	{ "key of the log", make_log_key },
	{ "database", make_database },
	{ "installation", open_house },
	{ "agreements", make_agreements },
	{ "catalogue", make_catalogue },
	{ "CA", make_ca },
};

/* --set of a key that no program knows would be lost silently. */
static bool is_setting(const char *text)
{
	for (const struct conf_key *key = settings_keys; key->name; key++) {
		size_t section = strlen(key->section), name = strlen(key->name);

		if (text_starts(text, key->section) && text[section] == '.' &&
			text_starts(text + section + 1, key->name) && text[section + 1 + name] == '=')
			return true;
	}
	cli_error("--set %s: there is no such setting", text);
	return false;
}

/* conf_write takes the first of several values for a key, people mean the last. */
struct sets {
	const char *last_first[MOST_SETS + 1];
	size_t count;
};

static bool read_sets(int argc, char **argv, struct sets *sets)
{
	for (int i = argc - 1; i >= 0; i -= 2) {
		if (i < 1 || !text_equal(argv[i - 1], "--set") || sets->count == MOST_SETS) {
			cli_error("init takes --set SECTION.NAME=VALUE, at most %d times", MOST_SETS);
			return false;
		}
		if (!is_setting(argv[i]))
			return false;
		sets->last_first[sets->count++] = argv[i];
	}
	return true;
}

static enum err check_configuration(struct making *m)
{
	TRY(check_settings(m));
	return check_no_loss(m);
}

/* The configuration is checked before it stays: a wrong --set must not have to be mended by hand. */
static int make_configuration(struct making *m, const struct sets *sets)
{
	const char *file = path(m, "yinxin.conf");
	bool was_there = file_exists(file);

	if (!was_there &&
		file_create(file, bytes_of_text(conf_write(m->cli->arena, settings_keys, sets->last_first)), 0640) !=
			OK) {
		cli_error("%s cannot be written", file);
		return WRONG;
	}
	if (check_configuration(m) == OK)
		return DONE;
	if (!was_there)
		remove(file);
	cli_error("%s", m->why);
	return WRONG;
}

static int make_all(struct making *m)
{
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		m->why = NULL;
		enum err err = steps[i].make(m);

		if (err != OK) {
			cli_error("%s: %s", steps[i].what, m->why ? m->why : err_name(err));
			return WRONG;
		}
	}
	printf("%s is ready.\n", m->cli->data);
	return DONE;
}

static int init(struct cli *cli, int argc, char **argv)
{
	struct making m = { .cli = cli };
	struct sets sets = { .count = 0 };

	if (!read_sets(argc, argv, &sets))
		return MISUSED;
	if (make_folders(&m) != OK) {
		cli_error("%s: its folders cannot be made", cli->data);
		return WRONG;
	}
	return make_configuration(&m, &sets) == DONE ? make_all(&m) : WRONG;
}

const struct command init_commands[] = {
	{ "init", "[--set SECTION.NAME=VALUE]…",
		"makes an installation in DIR: configuration, keys, database, CA\n"
		"portal.public_url and portal.pki_url must be given. What is there already stays as it is, so init\n"
		"may be run again; --set counts only where there is no yinxin.conf yet.",
		init },
	{ NULL },
};
