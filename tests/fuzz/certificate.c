/* Certificates from elsewhere: read, and led to a root. Input: a byte for the hierarchy and the
 * place in the chain, then DER or PEM. */
#include "tests/fuzz/driver/pki.h"

static void check_text(const char *text)
{
	if (text)
		HOLDS(utf8_valid(text, strlen(text)));
}

static void check_read(struct bytes der, const struct certificate *read)
{
	HOLDS(bytes_equal(read->der, der) && read->spki.len > 0 && read->spki.len < der.len);
	check_text(read->serial);
	check_text(read->subject);
	check_text(read->issuer);
	check_text(read->subject_cn);
	check_text(read->subject_o);
	check_text(read->issuer_cn);
	check_text(read->crl_url);
	check_text(read->ocsp_url);
	check_text(read->issuer_url);
	check_text(read->signature_oid);
}

/* The input as a leaf, as what stands above a leaf, as a root. */
static void check_chain(const struct fuzz_pki *pki, struct bytes der, int place, bool readable)
{
	struct bytes leaf = place == 0 ? der : pki->leaf;
	enum chain_fault fault = chain_check(
		leaf, place == 1 ? &der : &pki->issuing, 1, place == 2 ? &der : &pki->root, 1, NULL, 0, PKI_NOW);

	if (fault == CHAIN_GOOD)
		HOLDS(readable);
	HOLDS(chain_fault_name(fault) != NULL);
}

static void check_der(const struct fuzz_pki *pki, struct bytes der, int place)
{
	struct certificate read;
	struct key *key = NULL;
	bool readable = certificate_read(fuzz_arena(), der, &read) == OK;

	if (readable)
		check_read(der, &read);
	if (certificate_public(der, &key) == OK)
		HOLDS(!readable || key_kind(key) == read.kind);
	else
		HOLDS(!readable);
	if (key)
		key_free(&key);
	check_chain(pki, der, place, readable);
}

FUZZ("certificate")
{
	uint8_t way = fuzz_byte(&input);
	const struct fuzz_pki *pki = fuzz_pki(way & 1 ? KEY_SM2 : KEY_P256);
	struct bytes der, again;

	check_der(pki, input, (way >> 1) % 3);
	if (pem_unwrap(fuzz_arena(), "CERTIFICATE", input, &der) != OK)
		return;
	HOLDS(pem_unwrap(fuzz_arena(), "CERTIFICATE", pem_wrap(fuzz_arena(), "CERTIFICATE", der), &again) == OK);
	HOLDS(bytes_equal(der, again));
	check_der(pki, der, (way >> 1) % 3);
}
