/* Signing in: consent, phone and code first; then one transaction for all that follows from a right code. */
#include "base/text.h"
#include "core/account.h"
#include "core/agreement.h"
#include "core/device.h"
#include "core/login.h"
#include "core/message.h"
#include "core/oplog.h"

/* phone_read makes such; anything else is a caller's mistake or a forged field. */
static bool is_e164(const char *phone)
{
	size_t len = phone ? strlen(phone) : 0;

	return len >= 8 && len <= 16 && phone[0] == '+' && strspn(phone + 1, "0123456789") == len - 1;
}

static enum err check_form(struct ctx *ctx, const char *e164, bool agreed)
{
	if (!agreed)
		return fault(ctx, ERR_INVALID, "agree", "agree-needed");
	if (!is_e164(e164))
		return fault(ctx, ERR_INVALID, "phone", "phone-form");
	return OK;
}

enum err login_send_code(struct ctx *ctx, const char *e164, bool agreed, int64_t *resend_s)
{
	TRY(check_form(ctx, e164, agreed));
	return sms_code_send(ctx, e164, SMS_LOGIN, resend_s);
}

static enum err agree(struct ctx *ctx, int64_t account)
{
	static const enum agreement_kind kinds[] = { AGREEMENT_USER, AGREEMENT_PRIVACY };
	struct agreement current;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		TRY(agreement_current(ctx, kinds[i], &current));
		TRY(agreement_give(ctx, account, current.id));
	}
	return OK;
}

/* A browser that was signed in already: that session ends with the old cookie. */
static enum err end_former(struct ctx *ctx)
{
	enum err err = ctx->session ? session_end(ctx, ctx->session) : OK;

	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err check_open(struct ctx *ctx, int64_t id, bool *first)
{
	struct account account;

	TRY(account_load(ctx, id, &account));
	*first = !account.last_login;
	return account.state == ACCOUNT_OPEN ? OK : fault(ctx, ERR_DENIED, NULL, "account-locked");
}

static enum err note(struct ctx *ctx, enum oplog_action action, enum object_kind kind, int64_t object)
{
	return oplog_add(ctx, &(struct oplog_entry){ .action = action, .object_kind = kind, .object = object });
}

/* fresh: a device that the account did not have; of the very first one there is nothing to tell. */
static enum err tell(struct ctx *ctx, const struct login *in, bool fresh)
{
	const char *const words[4] = { ctx->agent ? ctx->agent : "浏览器", ctx->address };

	if (in->registered) {
		TRY(note(ctx, OPLOG_REGISTER, OBJECT_ACCOUNT, in->account));
		TRY(message_add(ctx, in->account, MESSAGE_REGISTERED, 0, NULL));
	} else if (fresh) {
		TRY(note(ctx, OPLOG_DEVICE_NEW, OBJECT_DEVICE, ctx->device));
		TRY(message_add(ctx, in->account, MESSAGE_NEW_DEVICE, ctx->device, words));
	}
	return note(ctx, OPLOG_LOGIN, OBJECT_SESSION, ctx->session);
}

struct entering {
	struct login *login;
	int64_t code;
	struct former_login former;
	struct ctx before; /* who was here: a second run and a refusal begin with that again */
};

static void restore(struct ctx *ctx, const struct ctx *before)
{
	ctx->actor = before->actor;
	ctx->device = before->device;
	ctx->session = before->session;
	ctx->edition = before->edition;
}

static enum err do_login(struct ctx *ctx, void *arg)
{
	const struct entering *e = arg;
	struct login *in = e->login;
	bool fresh, first;
	enum err used;

	restore(ctx, &e->before);
	used = sms_code_use(ctx, e->code);
	if (used == ERR_CONFLICT)
		return fault(ctx, ERR_INVALID, "code", "code-used");
	TRY(used);
	TRY(end_former(ctx));
	TRY(account_find_or_make(ctx, in->e164, &in->account, &in->registered));
	TRY(check_open(ctx, in->account, &first));
	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = in->account };
	TRY(agree(ctx, in->account));
	TRY(device_find_or_make(ctx, in->account, in->device_handle, &ctx->device, &in->new_device_handle, &fresh));
	TRY(session_open(ctx, in->account, in->edition, &e->former, &in->token));
	TRY(account_logged_in(ctx, in->account));
	return tell(ctx, in, fresh && !first);
}

static enum err find_former(struct ctx *ctx, void *arg)
{
	struct entering *e = arg;
	int64_t account;
	enum err err = account_by_phone(ctx, e->login->e164, &account);

	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	return session_last_login(ctx, account, &e->former);
}

struct refusal {
	const char *e164;
	enum err why;
};

static enum err do_note_refused(struct ctx *ctx, void *arg)
{
	const struct refusal *refusal = arg;
	int64_t account;
	enum err err = account_by_phone(ctx, refusal->e164, &account);

	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_LOGIN_REFUSED,
			.object_kind = OBJECT_ACCOUNT,
			.object = account,
			.result = refusal->why,
			.account = account });
}

/* LOG-1: who was not let in stands in the records of the account that was asked for. Each took one of a code's tries,
 * so LOGIN-3's limits bound the rows as well. */
static enum err refuse(struct ctx *ctx, const char *e164, enum err why)
{
	struct fault fault = ctx->fault;
	struct actor actor = ctx->actor;
	enum err err;

	ctx->actor = (struct actor){ .kind = ACTOR_NOBODY }; /* also where the browser is signed in as somebody */
	err = ctx_transaction(ctx, do_note_refused, &(struct refusal){ e164, why });
	ctx->actor = actor;
	ctx->fault = fault;
	return err == OK ? why : err;
}

/* By a rule, not because the database failed, nor where nobody knows. */
static bool was_refused(enum err err)
{
	return err != ERR_UNAVAILABLE && err != ERR_BROKEN && err != ERR_UNSURE;
}

enum err login(struct ctx *ctx, struct login *in)
{
	struct entering e = { .login = in, .before = *ctx };
	enum err err;

	TRY(check_form(ctx, in->e164, in->agreed));
	err = sms_code_check(ctx, in->e164, SMS_LOGIN, in->code, &e.code);
	if (err == OK)
		err = ctx_reading(ctx, find_former, &e);
	if (err == OK)
		err = ctx_transaction(ctx, do_login, &e);
	if (err == OK)
		return OK;
	restore(ctx, &e.before);
	return e.code && was_refused(err) ? refuse(ctx, in->e164, err) : err;
}

static enum err do_logout(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(session_close(ctx));
	return note(ctx, OPLOG_LOGOUT, OBJECT_SESSION, ctx->session);
}

enum err logout(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_logout, NULL);
}
