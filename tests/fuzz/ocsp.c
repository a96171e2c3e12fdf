/* OCSP questions as the responder gets them, and answers as a checker does. Input: a byte for the hierarchy and for
 * which of the two, then DER. */
#include "tests/fuzz/driver/pki.h"
#include "base/clock.h"

enum { SERIAL_MOST = 64 };

static enum ocsp_state state_of(void *arg, struct bytes serial, int64_t *revoked, int *reason)
{
	(void)arg;
	HOLDS(serial.len > 0 && serial.len <= SERIAL_MOST);
	*revoked = PKI_NOW - HOUR;
	*reason = 1;
	return serial.data[serial.len - 1] & 1 ? OCSP_REVOKED : OCSP_GOOD;
}

static void check_question(const struct fuzz_pki *pki, struct bytes question)
{
	const struct issuer responder = { pki->ocsp_key, pki->ocsp };
	const struct ocsp_lookup lookup = { state_of, NULL };
	struct bytes answer = { NULL, 0 };

	HOLDS(ocsp_answer(fuzz_arena(), pki->issuing, &responder, question, &lookup, PKI_NOW, PKI_NOW + HOUR,
		      &answer) == OK);
	HOLDS(answer.len > 0 && answer.data[0] == 0x30);
}

static void check_answer(const struct fuzz_pki *pki, struct bytes answer)
{
	enum ocsp_state state = OCSP_UNKNOWN;

	if (ocsp_check(answer, pki->leaf, pki->issuing, PKI_NOW, &state) == OK)
		HOLDS(state == OCSP_REVOKED); /* as the only answer that was ever signed says */
}

FUZZ("ocsp")
{
	uint8_t way = fuzz_byte(&input);
	const struct fuzz_pki *pki = fuzz_pki(way & 1 ? KEY_SM2 : KEY_P256);

	if (way & 2)
		check_answer(pki, input);
	else
		check_question(pki, input);
}
