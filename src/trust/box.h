/* Boxes that anybody can seal and one key opens: HPKE (RFC 9180) base mode, single shot, DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. */
#pragma once
#include "base/crypto.h"

enum { BOX_PUBLIC_LEN = 32, BOX_PRIVATE_LEN = 32 };

enum err box_make(unsigned char public_half[BOX_PUBLIC_LEN], unsigned char private_half[BOX_PRIVATE_LEN]) CHECKED;
/* out = enc (32) || ciphertext || tag. info names the purpose, aad what it belongs to. plain and aad of at most 1 MB.
 * ERR_INVALID: longer, or a public half that no private one belongs to. */
enum err box_seal(struct arena *, const unsigned char public_half[BOX_PUBLIC_LEN], struct bytes info, struct bytes aad,
	struct bytes plain, struct bytes *out) CHECKED;
/* ERR_BROKEN when anything differs. plain in a secret arena. */
enum err box_open(struct arena *secret, const unsigned char private_half[BOX_PRIVATE_LEN], struct bytes info,
	struct bytes aad, struct bytes box, struct bytes *out) CHECKED;
