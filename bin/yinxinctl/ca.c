/* The built-in CA and certificates: ca show, ca export, cert verify. */
#include <inttypes.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/cert.h"

enum { MOST_FILE = 64 * 1024 };

static const struct {
	enum certificate_role role;
	enum key_kind hierarchy;
	const char *name;
} authorities[] = {
	{ CERTIFICATE_ROOT, KEY_SM2, "root-sm2" },
	{ CERTIFICATE_ISSUING, KEY_SM2, "issuing-sm2" },
	{ CERTIFICATE_OCSP, KEY_SM2, "ocsp-sm2" },
	{ CERTIFICATE_ROOT, KEY_P256, "root-p256" },
	{ CERTIFICATE_ISSUING, KEY_P256, "issuing-p256" },
	{ CERTIFICATE_OCSP, KEY_P256, "ocsp-p256" },
};
enum { AUTHORITIES = sizeof authorities / sizeof authorities[0] };

static enum err load(struct cli *cli, size_t i, struct certificate *out)
{
	struct bytes der;

	TRY(authority_certificate(&cli->ctx, authorities[i].role, authorities[i].hierarchy, &der));
	return certificate_read(cli->arena, der, out);
}

static const char *fingerprint(struct cli *cli, struct bytes der)
{
	unsigned char hash[HASH_LEN];

	crypto_hash(HASH_SHA256, der, hash);
	return hex_encode(cli->arena, BYTES_OF(hash));
}

/* ---- ca show */

static void show_text(struct cli *cli, const char *name, const struct certificate *c)
{
	printf("%s\n  subject  %s\n  issuer   %s\n  serial   %s\n  valid    %s to %s\n  sha256   %s\n", name,
		c->subject, c->issuer, c->serial, time_iso(cli->arena, c->not_before),
		time_iso(cli->arena, c->not_after), fingerprint(cli, c->der));
}

static json_t *as_json(struct cli *cli, const char *name, const struct certificate *c)
{
	json_t *one = json_object();

	json_put_text(one, "name", name);
	json_put_text(one, "subject", c->subject);
	json_put_text(one, "issuer", c->issuer);
	json_put_text(one, "serial", c->serial);
	json_put_text(one, "not_before", time_iso(cli->arena, c->not_before));
	json_put_text(one, "not_after", time_iso(cli->arena, c->not_after));
	json_put_text(one, "sha256", fingerprint(cli, c->der));
	return one;
}

static int show(struct cli *cli, int argc, char **argv)
{
	const struct option_place options[] = { OPTIONS_END };
	struct certificate found[AUTHORITIES];
	json_t *answer, *list;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	for (size_t i = 0; i < AUTHORITIES; i++) {
		enum err err = load(cli, i, &found[i]);

		if (err != OK)
			return cli_refused(cli, err, err == ERR_NOT_FOUND ? "there is no CA" : "the CA cannot be read");
	}
	if (cli->json) {
		answer = json_object();
		list = json_array();
		json_object_set_new(answer, "certificates", list);
		for (size_t i = 0; i < AUTHORITIES; i++)
			json_array_append_new(list, as_json(cli, authorities[i].name, &found[i]));
		cli_json(cli, answer);
		return DONE;
	}
	printf("The built-in CA holds no licence for electronic certification services (CERT-18).\n\n");
	for (size_t i = 0; i < AUTHORITIES; i++)
		show_text(cli, authorities[i].name, &found[i]);
	return DONE;
}

/* ---- ca export */

static enum err export_one(struct cli *cli, const char *folder, size_t i)
{
	const char *path = path_join(cli->arena, folder, arena_printf(cli->arena, "%s.pem", authorities[i].name));
	struct certificate c;

	TRY(load(cli, i, &c));
	TRY(file_write(path, pem_wrap(cli->arena, "CERTIFICATE", c.der), 0644));
	printf("%s\n", path);
	return OK;
}

static int export(struct cli *cli, int argc, char **argv)
{
	const struct option_place options[] = { OPTIONS_END };
	const char *folder = NULL;
	enum err err;

	if (!cli_options(cli, argc, argv, options, &folder, 1))
		return MISUSED;
	if (!folder) {
		cli_error("ca export needs a folder");
		return MISUSED;
	}
	if (!cli_open(cli))
		return MISUSED;
	err = folder_make(folder, 0755);
	for (size_t i = 0; i < AUTHORITIES && err == OK; i++)
		if (authorities[i].role != CERTIFICATE_OCSP)
			err = export_one(cli, folder, i);
	return err == OK ? DONE : cli_refused(cli, err, "the certificates were not written");
}

/* ---- cert verify */

static enum err read_standard_input(struct cli *cli, struct bytes *out)
{
	unsigned char *data = arena_alloc(cli->arena, MOST_FILE);
	size_t len = 0;
	ssize_t got;

	while (len < MOST_FILE && (got = read(STDIN_FILENO, data + len, MOST_FILE - len)) > 0)
		len += (size_t)got;
	*out = (struct bytes){ data, len };
	return len < MOST_FILE ? OK : ERR_INVALID;
}

static int tell(struct cli *cli, enum chain_fault fault)
{
	json_t *answer;

	if (cli->json) {
		answer = json_object();
		json_put_flag(answer, "good", fault == CHAIN_GOOD);
		json_put_text(answer, "result", chain_fault_name(fault));
		cli_json(cli, answer);
	} else {
		printf("%s\n", chain_fault_name(fault));
	}
	return fault == CHAIN_GOOD ? DONE : WRONG;
}

static int verify(struct cli *cli, int argc, char **argv)
{
	const struct option_place options[] = { OPTIONS_END };
	struct bytes given, der;
	enum chain_fault fault;
	const char *path = NULL;
	enum err err;

	if (!cli_options(cli, argc, argv, options, &path, 1))
		return MISUSED;
	if (!path) {
		cli_error("cert verify needs a file, or - for standard input");
		return MISUSED;
	}
	err = text_equal(path, "-") ? read_standard_input(cli, &given) : file_read(cli->arena, path, MOST_FILE, &given);
	if (err != OK) {
		cli_error("%s cannot be read", path);
		return MISUSED;
	}
	if (!cli_open(cli))
		return MISUSED;
	if (pem_unwrap(cli->arena, "CERTIFICATE", given, &der) != OK)
		der = given;
	err = certificate_check(&cli->ctx, der, &fault);
	return err == OK ? tell(cli, fault) : cli_refused(cli, err, "the certificate could not be checked");
}

const struct command ca_commands[] = {
	{ "ca show", "[--json]",
		"lists the built-in CA's certificates: names, validity, fingerprints\n"
		"Roots and issuing CAs of both hierarchies (SM2 and P-256), and their OCSP responders.",
		show },
	{ "ca export", "DIR",
		"writes root and issuing certificates as PEM into DIR\n"
		"root-sm2.pem, issuing-sm2.pem, root-p256.pem and issuing-p256.pem, for openssl verify and others.",
		export },
	{ "cert verify", "FILE|- [--json]",
		"tells whether a certificate (PEM or DER) is one of ours and good now\n"
		"Answers good, malformed, untrusted, bad-signature, not-yet, expired, revoked or bad-use; exit status "
		"0\n"
		"only for good. Chain, time and revocation are checked by our own code, SM2 with the default identity.",
		verify },
	{ NULL },
};
