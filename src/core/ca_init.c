/* Making the built-in CA (CERT-17, CERT-18): keys as files first, then certificates as rows in one transaction. Keys
 * that an interrupted call left behind are taken up again, so that it can simply be repeated. */
#include "base/file.h"
#include "base/key_file.h"
#include "core/authority.h"
#include "trust/box.h"

#define YEAR ((int64_t)365 * 86400000)
enum { ROOT_YEARS = 20, ISSUING_YEARS = 10 };

struct made {
	struct issuing issuing; /* its key is freed by ca_init */
	struct key *root_key, *ocsp_key;
	struct bytes root, ocsp;
	struct crl_new crl;
};

/* ---- keys */

static enum err write_key(struct ctx *ctx, const char *path, const struct key *key)
{
	struct bytes pem;

	TRY(key_private_pem(key, ctx->secret, &pem));
	return file_create(path, pem, 0600);
}

static enum err make_key(
	struct ctx *ctx, enum certificate_role role, enum key_kind hierarchy, struct key **out, const char **why)
{
	const char *path = authority_key_path(ctx->arena, ctx->settings, role, hierarchy);
	enum err err;

	if (file_exists(path))
		return authority_key_read(ctx->arena, ctx->secret, ctx->settings, role, hierarchy, out, why);
	TRY(key_make(hierarchy, out));
	*why = arena_printf(ctx->arena, "%s cannot be written", path);
	err = write_key(ctx, path, *out);
	if (err != OK)
		key_free(out);
	return err;
}

static enum err make_recovery(struct ctx *ctx, const char **why)
{
	const char *private_path = recovery_key_path(ctx->arena, ctx->settings);
	const char *public_path = settings_path(ctx->arena, ctx->settings, "keys/pin/recovery.pub");
	unsigned char public_half[BOX_PUBLIC_LEN], private_half[BOX_PRIVATE_LEN];
	enum err err;

	if (file_exists(private_path) && file_exists(public_path))
		return OK;
	*why = "keys/ca/recovery.key and keys/pin/recovery.pub belong together: remove the one that is there";
	if (file_exists(private_path) || file_exists(public_path))
		return ERR_INVALID;
	*why = "the recovery key cannot be written";
	TRY(box_make(public_half, private_half));
	err = key_file_store(private_path, private_half);
	crypto_wipe(private_half, sizeof private_half);
	return err == OK ? key_file_store(public_path, public_half) : err;
}

static enum err make_folders(struct ctx *ctx, const char **why)
{
	static const char *const folders[] = { "keys/root", "keys/ca", "keys/api", "keys/pin" };

	*why = "the key folders cannot be made";
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		TRY(folder_make(settings_path(ctx->arena, ctx->settings, folders[i]), 0750));
	return OK;
}

static enum err make_keys(struct ctx *ctx, struct made *made, const char **why)
{
	enum key_kind hierarchy = made->issuing.hierarchy;

	TRY(make_key(ctx, CERTIFICATE_ROOT, hierarchy, &made->root_key, why));
	TRY(make_key(ctx, CERTIFICATE_ISSUING, hierarchy, &made->issuing.key, why));
	return make_key(ctx, CERTIFICATE_OCSP, hierarchy, &made->ocsp_key, why);
}

/* ---- certificates */

static struct subject ca_name(struct ctx *ctx, enum key_kind hierarchy, const char *word)
{
	return (struct subject){ .country = "CN",
		.org = ctx->settings->ca_name,
		.common_name = arena_printf(
			ctx->arena, "%s %s %s", ctx->settings->ca_name, key_kind_name(hierarchy), word) };
}

static enum err sign_root(struct ctx *ctx, struct made *made)
{
	const struct issuer self = { .key = made->root_key };
	struct issue issue = { .profile = PROFILE_ROOT,
		.public_half = made->root_key,
		.subject = ca_name(ctx, made->issuing.hierarchy, "内置根 CA"),
		.not_before = ctx->now,
		.not_after = ctx->now + ROOT_YEARS * YEAR };

	serial_make(issue.serial);
	return ca_issue(ctx->arena, &self, &issue, &made->root);
}

static enum err sign_issuing(struct ctx *ctx, struct made *made)
{
	const struct issuer root = { made->root_key, made->root };
	struct issue issue = { .profile = PROFILE_ISSUING,
		.public_half = made->issuing.key,
		.subject = ca_name(ctx, made->issuing.hierarchy, "内置签发 CA"),
		.not_before = ctx->now,
		.not_after = ctx->now + ISSUING_YEARS * YEAR,
		.issuer_url = made->issuing.urls.root };

	serial_make(issue.serial);
	return ca_issue(ctx->arena, &root, &issue, &made->issuing.certificate);
}

static enum err make_hierarchy(struct ctx *ctx, struct made *made, const char **why)
{
	TRY(make_keys(ctx, made, why));
	*why = "the CA's certificates cannot be made: is ca.name fit for a certificate?";
	made->issuing.urls = hierarchy_urls(ctx->arena, ctx->settings, made->issuing.hierarchy);
	TRY(sign_root(ctx, made));
	TRY(sign_issuing(ctx, made));
	TRY(ocsp_certificate_make(ctx, &made->issuing, made->ocsp_key, &made->ocsp));
	return crl_make(ctx, &made->issuing, 1, &made->crl);
}

/* ---- rows */

static enum err check_none(struct ctx *ctx)
{
	int64_t there;

	TRY(store_one(ctx->store, "SELECT count(*) FROM certificate WHERE role > 0", INTO(&there)));
	return there ? ERR_CONFLICT : OK;
}

static enum err add(struct ctx *ctx, const struct made *made, enum certificate_role role, struct bytes der)
{
	int64_t id;

	return certificate_add(
		ctx, &(struct certificate_new){ .role = role, .hierarchy = made->issuing.hierarchy, .der = der }, &id);
}

static enum err do_init(struct ctx *ctx, void *arg)
{
	const struct made *made = arg;

	TRY(check_none(ctx));
	for (int i = 0; i < HIERARCHIES; i++) {
		TRY(add(ctx, &made[i], CERTIFICATE_ROOT, made[i].root));
		TRY(add(ctx, &made[i], CERTIFICATE_ISSUING, made[i].issuing.certificate));
		TRY(add(ctx, &made[i], CERTIFICATE_OCSP, made[i].ocsp));
		TRY(crl_add(ctx, &made[i].crl));
	}
	return OK;
}

static enum err init(struct ctx *ctx, struct made *made, const char **why)
{
	*why = "there is a CA already";
	TRY(check_none(ctx));
	TRY(make_folders(ctx, why));
	TRY(make_recovery(ctx, why));
	for (int i = 0; i < HIERARCHIES; i++)
		TRY(make_hierarchy(ctx, &made[i], why));
	*why = "the CA's certificates cannot be stored";
	return ctx_transaction(ctx, do_init, made);
}

enum err ca_init(struct ctx *ctx, const char **why)
{
	struct made made[HIERARCHIES] = { 0 };
	enum err err;

	for (int i = 0; i < HIERARCHIES; i++)
		made[i].issuing.hierarchy = hierarchy_kinds[i];
	err = init(ctx, made, why);
	for (int i = 0; i < HIERARCHIES; i++) {
		key_free(&made[i].root_key);
		key_free(&made[i].issuing.key);
		key_free(&made[i].ocsp_key);
	}
	return err;
}
