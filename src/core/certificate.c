/* The certificates that our CAs made: their rows, what is shown of them, and whether one is good. */
#include "base/buf.h"
#include "base/id.h"
#include "core/authority.h"

enum { MOST_FILES = 200 };

/* ---- rows */

enum err certificate_add(struct ctx *ctx, const struct certificate_new *new, int64_t *id)
{
	struct certificate info;
	struct bytes serial;

	TRY(certificate_read(ctx->arena, new->der, &info));
	if (!hex_decode(ctx->arena, info.serial, &serial))
		return ERR_BROKEN;
	*id = id_new(ctx->now);
	return store_add(ctx->store,
		"INSERT INTO certificate (id, role, hierarchy, instance_key, issuance, serial, der, not_before, "
		"not_after, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
		V(*id), V(new->role), V(new->hierarchy), new->instance_key ? V(new->instance_key) : V_NULL,
		new->issuance ? V(new->issuance) : V_NULL, V(serial), V(new->der), V(info.not_before),
		V(info.not_after));
}

enum err authority_certificate(struct ctx *ctx, enum certificate_role role, enum key_kind hierarchy, struct bytes *der)
{
	if (role == CERTIFICATE_END)
		return ERR_NOT_FOUND;
	/* role > 0 is said again for the partial index */
	return store_one(ctx->store,
		"SELECT der FROM certificate WHERE role > 0 AND role = $1 AND hierarchy = $2 ORDER BY id DESC LIMIT 1",
		V(role), V(hierarchy), INTO(der));
}

enum err authority_ends(struct ctx *ctx, int64_t *out)
{
	*out = INT64_MAX;
	for (int i = 0; i < HIERARCHIES; i++) {
		struct certificate info;
		struct bytes der;

		TRY(authority_certificate(ctx, CERTIFICATE_ISSUING, hierarchy_kinds[i], &der));
		TRY(certificate_read(ctx->arena, der, &info));
		*out = info.not_after < *out ? info.not_after : *out;
	}
	return OK;
}

enum err certificate_state(struct ctx *ctx, enum key_kind hierarchy, struct bytes serial, int64_t *revoked, int *reason)
{
	return store_one(ctx->store,
		"SELECT revoked, reason FROM certificate WHERE serial = $1 AND hierarchy = $2 AND role IN ($3, $4)",
		V(serial), V(hierarchy), V(CERTIFICATE_END), V(CERTIFICATE_OCSP), INTO(revoked), INTO(reason));
}

/* ---- is it good? */

enum err certificate_trusted(struct ctx *ctx, enum key_kind hierarchy, struct bytes der, const struct key *key,
	int64_t when, enum chain_fault *out)
{
	struct bytes issuing, root;

	TRY(authority_certificate(ctx, CERTIFICATE_ISSUING, hierarchy, &issuing));
	TRY(authority_certificate(ctx, CERTIFICATE_ROOT, hierarchy, &root));
	*out = key ? chain_check_key(key, der, &issuing, 1, &root, 1, when)
		   : chain_check(der, &issuing, 1, &root, 1, NULL, 0, when);
	return OK;
}

/* Of each certificate that we made there is a row: a signature of our key without one is no certificate of ours. */
static enum err check_row(struct ctx *ctx, const struct certificate *info, enum chain_fault *out)
{
	struct bytes serial, der;
	int64_t revoked;
	enum err err;

	if (!hex_decode(ctx->arena, info->serial, &serial))
		return ERR_BROKEN;
	err = store_one(ctx->store, "SELECT der, revoked FROM certificate WHERE serial = $1", V(serial), INTO(&der),
		INTO(&revoked));
	if (err == ERR_NOT_FOUND || (err == OK && !bytes_equal(der, info->der)))
		*out = CHAIN_UNTRUSTED;
	else if (err == OK && revoked)
		*out = CHAIN_REVOKED;
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err certificate_check(struct ctx *ctx, struct bytes der, enum chain_fault *out)
{
	struct certificate info;
	enum err err = OK;

	*out = CHAIN_MALFORMED;
	if (certificate_read(ctx->arena, der, &info) != OK)
		return OK;
	/* the signer's algorithm decides the hierarchy: a CA may certify keys of another kind */
	for (int i = 0; i < HIERARCHIES && err == OK && *out != CHAIN_GOOD; i++) {
		enum chain_fault fault;

		err = certificate_trusted(ctx, hierarchy_kinds[i], der, NULL, ctx->now, &fault);
		if (err == OK && (*out == CHAIN_MALFORMED || fault != CHAIN_UNTRUSTED))
			*out = fault;
	}
	if (err != OK || *out != CHAIN_GOOD)
		return err;
	return check_row(ctx, &info, out);
}

/* ---- what the owner sees */

#define FILE_COLUMNS "x.id, x.instance_key, k.use, x.der, k.state = 1 AND k.certificate = x.id, x.revoked IS NOT NULL"
#define FILE_INTO(f)                                                                                                   \
	INTO(&(f)->id), INTO(&(f)->credential), INTO(&(f)->use), INTO(&(f)->info.der), INTO(&(f)->current),            \
		INTO(&(f)->revoked)

enum err cert_files(struct ctx *ctx, int64_t cert, struct cert_file **out, size_t *count)
{
	struct cert_file *list = ARENA_ARRAY(ctx->arena, struct cert_file, MOST_FILES + 1);
	struct cert loaded;
	struct rows rows;
	enum err err = OK;
	size_t n = 0;

	TRY(cert_load(ctx, cert, &loaded));
	rows_open(ctx->store, &rows,
		"SELECT " FILE_COLUMNS " FROM instance_key k JOIN certificate x ON x.instance_key = k.id "
		"WHERE k.instance = $1 ORDER BY x.issuance DESC, k.use LIMIT $2",
		V(loaded.instance), V(MOST_FILES));
	while (err == OK && rows_next(&rows, FILE_INTO(&list[n]))) {
		err = certificate_read(ctx->arena, list[n].info.der, &list[n].info);
		n++;
	}
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return err;
}

enum err cert_chain(struct ctx *ctx, int64_t certificate, struct bytes chain[3])
{
	enum key_kind hierarchy;
	struct cert loaded;
	int64_t cert;

	TRY(store_one(ctx->store,
		"SELECT n.cert, x.hierarchy, x.der FROM certificate x JOIN instance_key k ON k.id = x.instance_key "
		"JOIN instance n ON n.id = k.instance WHERE x.id = $1",
		V(certificate), INTO(&cert), INTO(&hierarchy), INTO(&chain[0])));
	TRY(cert_load(ctx, cert, &loaded));
	TRY(authority_certificate(ctx, CERTIFICATE_ISSUING, hierarchy, &chain[1]));
	return authority_certificate(ctx, CERTIFICATE_ROOT, hierarchy, &chain[2]);
}
