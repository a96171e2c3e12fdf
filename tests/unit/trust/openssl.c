#include "tests/unit/trust/openssl.h"
#include "base/buf.h"
#include "base/file.h"
#include <sys/wait.h>

void write_out(const char *name, struct bytes data)
{
	assert_ok(file_write(path_join(test_arena(), test_folder(), name), data, 0600));
}

struct bytes read_back(const char *name)
{
	struct bytes out;

	assert_ok(file_read(test_arena(), path_join(test_arena(), test_folder(), name), 1 << 20, &out));
	return out;
}

const char *openssl(int *code, const char *format, ...)
{
	struct buf said = buf_new(test_arena());
	char part[4096];
	size_t len;
	va_list args;
	FILE *pipe;
	int status;

	va_start(args, format);
	pipe = popen(
		arena_printf(test_arena(), "openssl %s 2>&1 </dev/null", arena_vprintf(test_arena(), format, args)),
		"r");
	va_end(args);
	assert_non_null(pipe);
	while ((len = fread(part, 1, sizeof part, pipe)))
		buf_add(&said, part, len);
	status = pclose(pipe);
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return said.data;
}
