/* The assembler brings the files in as they are, each with a final NUL; the Makefile builds from the project's root. */
#include "bin/yinxinctl/embedded.h"

#define EMBED(symbol, path)                                                                                            \
	__asm__(".pushsection .rodata\n"                                                                               \
		".globl " #symbol "\n" #symbol ":\n"                                                                   \
		".incbin \"" path "\"\n"                                                                               \
		".byte 0\n"                                                                                            \
		".popsection\n")

EMBED(embedded_schema, "schema.sql");
EMBED(embedded_user, "deploy/agreements/user.txt");
EMBED(embedded_privacy, "deploy/agreements/privacy.txt");
EMBED(embedded_certificate, "deploy/agreements/certificate.txt");
