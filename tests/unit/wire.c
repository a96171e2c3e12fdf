#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "tests/unit/wire.h"

static struct {
	void *orders;
	size_t size;
	pid_t pid;
} wire;

void *wire_orders(size_t size)
{
	wire.size = size;
	wire.orders = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(wire.orders != MAP_FAILED);
	return wire.orders;
}

static struct sockaddr_un address(const char *folder)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	assert_true(snprintf(to.sun_path, sizeof to.sun_path, "%s/.s.PGSQL.5432", folder) < (int)sizeof to.sun_path);
	return to;
}

static bool send_all(int to, const char *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(to, data + done, len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool hand_on(int from, int to, enum wire_side side, wire_judge *judge, bool *mark)
{
	char data[16384];
	ssize_t len = read(from, data, sizeof data);
	struct wire_way way;

	if (len <= 0)
		return false;
	way = judge(side, data, (size_t)len, mark);
	return send_all(to, data, way.len) && !way.ends;
}

static void pass(int client, int server, wire_judge *judge)
{
	struct pollfd both[] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
	bool whole = true, mark = false;

	while (whole && poll(both, 2, -1) > 0) {
		if (both[0].revents)
			whole = hand_on(client, server, TO_SERVER, judge, &mark);
		if (whole && both[1].revents)
			whole = hand_on(server, client, TO_CLIENT, judge, &mark);
	}
}

static void serve(int listener, struct sockaddr_un to, wire_judge *judge)
{
	for (;;) {
		int client = accept(listener, NULL, NULL), server = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(server, (const struct sockaddr *)&to, sizeof to) == 0)
			pass(client, server, judge);
		close(client);
		close(server);
	}
}

void wire_open(wire_judge *judge)
{
	const char *host = strstr(getenv("YINXIN_POSTGRES"), "host=") + strlen("host=");
	struct sockaddr_un to = address(arena_text_n(test_arena(), host, strcspn(host, " "))),
			   at = address(test_folder());
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(0, bind(listener, (const struct sockaddr *)&at, sizeof at));
	assert_int_equal(0, listen(listener, 8));
	wire.pid = fork();
	if (wire.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, to, judge);
	}
	assert_true(wire.pid > 0);
	close(listener);
}

const char *wire_conninfo(const char *conninfo)
{
	return arena_printf(test_arena(), "%s host=%s", conninfo, test_folder());
}

void wire_close(void)
{
	int status;

	assert_int_equal(0, kill(wire.pid, SIGKILL));
	assert_int_equal(wire.pid, waitpid(wire.pid, &status, 0));
	munmap(wire.orders, wire.size);
	assert_int_equal(0, unlink(address(test_folder()).sun_path));
}
