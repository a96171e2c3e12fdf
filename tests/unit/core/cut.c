/* The wire (cut.h): a process of its own that hands on what either side says, one connection after the other. */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "tests/unit/core/cut.h"

static struct orders {    /* shared with the wire's process */
	_Atomic int left; /* COMMITs before the cut, and that one */
	_Atomic int how;
} * orders;
static pid_t wire;

static struct sockaddr_un address(const char *folder)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	assert_true(snprintf(to.sun_path, sizeof to.sun_path, "%s/.s.PGSQL.5432", folder) < (int)sizeof to.sun_path);
	return to;
}

static int listen_at(const char *folder)
{
	struct sockaddr_un at = address(folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(0, bind(fd, (const struct sockaddr *)&at, sizeof at));
	assert_int_equal(0, listen(fd, 8));
	return fd;
}

static bool hand_on(int to, const char *data, ssize_t len)
{
	for (ssize_t done = 0; done < len;) {
		ssize_t n = send(to, data + done, (size_t)(len - done), MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		done += n;
	}
	return true;
}

/* A COMMIT is asked alone, when all before it is answered. */
static bool is_commit(const char *data, ssize_t len)
{
	static const char commit[] = "Q\0\0\0\013COMMIT";

	return len == sizeof commit && !memcmp(data, commit, sizeof commit);
}

static bool from_client(int client, int server, bool *deaf)
{
	char data[16384];
	ssize_t len = read(client, data, sizeof data);

	if (len <= 0)
		return false;
	if (is_commit(data, len)) {
		bool now = orders->left && !--orders->left;

		if (now && orders->how == CUT_QUESTION)
			return false;
		*deaf = now;
	}
	return hand_on(server, data, len);
}

static bool from_server(int client, int server, bool deaf)
{
	char data[16384];
	ssize_t len = read(server, data, sizeof data);

	return len > 0 && !deaf && hand_on(client, data, len);
}

static void pass(int client, int server)
{
	struct pollfd both[] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
	bool whole = true, deaf = false;

	while (whole && poll(both, 2, -1) > 0) {
		if (both[0].revents)
			whole = from_client(client, server, &deaf);
		if (whole && both[1].revents)
			whole = from_server(client, server, deaf);
	}
}

static void serve(int listener, struct sockaddr_un to)
{
	for (;;) {
		int client = accept(listener, NULL, NULL), server = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(server, (const struct sockaddr *)&to, sizeof to) == 0)
			pass(client, server);
		close(client);
		close(server);
	}
}

static const char *server_folder(void)
{
	const char *host = strstr(getenv("YINXIN_POSTGRES"), "host=") + strlen("host=");

	return arena_text_n(test_arena(), host, strcspn(host, " "));
}

void cut_wire(struct world *w)
{
	struct sockaddr_un to = address(server_folder());
	int listener = listen_at(test_folder());
	struct house before;
	const char *why = NULL;

	orders = mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(orders != MAP_FAILED);
	wire = fork();
	if (wire == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, to);
	}
	assert_true(wire > 0);
	close(listener);
	before = w->house;
	house_close(&w->house);
	w->settings.connection = arena_printf(test_arena(), "%s host=%s", w->settings.connection, test_folder());
	if (house_open_configured(test_arena(), &w->settings, &w->house, &why) != OK)
		fail_msg("%s", why);
	w->house.ca = before.ca;
	w->house.recovery = before.recovery;
	w->house.sms = before.sms;
	w->ctx = ctx_for(&w->house, test_arena(), w->secret, w->ctx.now);
}

void cut_commit(int nth, enum cut how)
{
	orders->how = how;
	orders->left = nth;
}

void cut_end(void)
{
	int status;

	assert_int_equal(0, kill(wire, SIGKILL));
	assert_int_equal(wire, waitpid(wire, &status, 0));
	munmap(orders, sizeof *orders);
	assert_int_equal(0, unlink(address(test_folder()).sun_path));
}
