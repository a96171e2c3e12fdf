/* Revocation lists from elsewhere. Input: a byte for the hierarchy, then DER. */
#include "tests/fuzz/driver/pki.h"

FUZZ("crl")
{
	const struct fuzz_pki *pki = fuzz_pki(fuzz_byte(&input) & 1 ? KEY_SM2 : KEY_P256);
	enum chain_fault fault = chain_check(pki->leaf, &pki->issuing, 1, &pki->root, 1, &input, 1, PKI_NOW);

	HOLDS(fault == CHAIN_GOOD || fault == CHAIN_BAD_CRL || fault == CHAIN_REVOKED);
}
