/* The second opinion that the suite of trust asks for, here of what the whole CA made. */
#include "tests/unit/trust/openssl.c"
