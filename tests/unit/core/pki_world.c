#include "tests/unit/core/pki_world.h"
#include "base/file.h"

struct pki_world *pki_world_with(const char *const *values)
{
	struct pki_world *p = ARENA_NEW(test_arena(), struct pki_world);
	struct ctx *ctx;
	const char *why = NULL;

	p->w = world_with(values);
	assert_ok(pin_keys_create(path_join(test_arena(), p->w->data, "keys/pin")));
	ctx = as_cli(p->w);
	if (ca_init(ctx, &why) != OK || pin_keys_read(test_arena(), &p->w->settings, &p->keys, &why) != OK ||
		authority_open(ctx, &p->authority, &why) != OK)
		fail_msg("%s", why);
	p->w->house.ca = ca_builtin(test_arena(), p->authority);
	p->w->house.recovery = authority_recovery(p->authority);
	assert_ok(catalogue_seed(ctx));
	p->account = world_person(p->w, ZHANG, "张三", ZHANG_ID);
	p->device = p->w->ctx.device;
	assert_int_not_equal(0, p->device);
	return p;
}

struct pki_world *pki_world(void)
{
	return pki_world_with(NULL);
}

struct pki_world *pin_world(void)
{
	struct pki_world *p = pki_world();

	assert_ok(pin_set(zhang(p), &p->keys, PIN, PIN));
	return p;
}

void pki_close(struct pki_world *p)
{
	authority_close(&p->authority);
	world_close(p->w);
}

struct ctx *zhang(struct pki_world *p)
{
	struct ctx *ctx = as(p->w, p->account);

	ctx->device = p->device;
	ctx->org = 0;
	return ctx;
}

void another_browser(struct pki_world *p)
{
	world_account(p->w, ZHANG);
	assert_int_not_equal(p->device, p->w->ctx.device);
	p->device = p->w->ctx.device;
	p->secret = NULL;
}

int64_t another_person(struct pki_world *p)
{
	p->other = world_person(p->w, LI, "李四", LI_ID);
	assert_ok(pin_set(as(p->w, p->other), &p->keys, PIN, PIN));
	zhang(p);
	return p->other;
}

int64_t trial_item(struct pki_world *p, enum cert_kind kind)
{
	struct catalogue_item *items;
	size_t count;

	assert_ok(catalogue_list(zhang(p), kind, &items, &count));
	assert_int_equal(3, count);
	return items[0].id;
}

int64_t taken(struct pki_world *p)
{
	int64_t cert;

	assert_ok(cert_take(zhang(p), trial_item(p, CERT_PERSONAL), true, &cert));
	return cert;
}

/* What a page that is opened now would be shown for. */
static int64_t replaced(struct pki_world *p, int64_t cert)
{
	struct cert seen;

	return cert_load(zhang(p), cert, &seen) == OK ? seen.issuance : 0;
}

enum err install(struct pki_world *p, int64_t cert)
{
	const char *secret;
	enum err err = cert_install(
		zhang(p), &p->keys, &(struct cert_wish){ cert, replaced(p, cert), PIN, p->secret }, &secret);

	if (secret)
		p->secret = arena_text(test_arena(), secret);
	return err;
}

void run_ca_lane(struct pki_world *p)
{
	struct ctx *ctx = as(p->w, 0);
	struct job job;
	int64_t wake;
	bool published;

	ctx->actor.kind = ACTOR_SYSTEM;
	ctx->device = 0;
	while (job_next(ctx, LANE_CA, &job, &wake) == OK) {
		if (job.kind == JOB_ISSUE)
			assert_ok(issuance_run(ctx, job.object));
		else
			assert_ok(revocation_publish(ctx, p->authority, &published));
		assert_ok(job_done(ctx, &job));
	}
	zhang(p);
}

int64_t installed(struct pki_world *p)
{
	int64_t cert = taken(p);

	assert_ok(install(p, cert));
	run_ca_lane(p);
	return cert;
}

int64_t org_cert(struct pki_world *p, int64_t *org)
{
	int64_t cert, item = trial_item(p, CERT_ORG);

	assert_ok(org_import(as_cli(p->w), USCC, "福州印信贸易有限公司", "张三", ZHANG_ID, org));
	zhang(p)->org = *org;
	assert_ok(cert_take(&p->w->ctx, item, true, &cert));
	return cert;
}

struct cert the_cert(struct pki_world *p, int64_t id)
{
	struct cert cert;

	assert_ok(cert_load(zhang(p), id, &cert));
	return cert;
}

static const struct cert_file *current_file(struct pki_world *p, int64_t cert, enum key_use use)
{
	struct cert_file *files;
	size_t count;

	assert_ok(cert_files(zhang(p), cert, &files, &count));
	for (size_t i = 0; i < count; i++)
		if (files[i].current && files[i].use == use)
			return &files[i];
	fail_msg("no current certificate");
	return NULL;
}

struct bytes current_certificate(struct pki_world *p, int64_t cert, enum key_use use)
{
	return current_file(p, cert, use)->info.der;
}

int64_t current_credential(struct pki_world *p, int64_t cert, enum key_use use)
{
	return current_file(p, cert, use)->credential;
}

static enum err settle(struct ctx *ctx, void *arg)
{
	(void)arg;
	return pin_settle(ctx);
}

enum err open_instance(struct pki_world *p, int64_t cert, const char *pin, const char *secret, struct opened *opened)
{
	unsigned char account_key[KEY_LEN];
	int64_t instance = the_cert(p, cert).instance;
	struct fault fault;
	enum err err;

	TRY(pin_open(zhang(p), &p->keys, pin, account_key));
	err = instance_open(&p->w->ctx, instance, (struct named_keys){ NULL, 0 }, account_key, secret, opened);
	fault = p->w->ctx.fault;
	assert_ok(ctx_transaction(&p->w->ctx, settle, NULL));
	p->w->ctx.fault = fault;
	return err;
}

struct bytes authority_der(struct pki_world *p, enum certificate_role role, enum key_kind hierarchy)
{
	struct bytes der;

	assert_ok(authority_certificate(zhang(p), role, hierarchy, &der));
	return der;
}

struct bytes newest_crl(struct pki_world *p, enum key_kind hierarchy)
{
	struct bytes der;

	assert_ok(crl_newest(zhang(p), hierarchy, &der));
	return der;
}

enum chain_fault checked(struct pki_world *p, struct bytes der)
{
	enum chain_fault fault;

	assert_ok(certificate_check(zhang(p), der, &fault));
	return fault;
}
