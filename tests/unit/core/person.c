/* Phones, real names and orgs: LOGIN-1, RN-1, RN-2, RN-6, ORG-5. */
#include "base/text.h"
#include "tests/unit/core/world.h"

TEST("LOGIN-1: phones as people write them, by region")
{
	static const char *const numbers[][3] = {
		{ "86", "13800138000", "+8613800138000" },
		{ "86", " 138-0013 8000 ", "+8613800138000" },
		{ "86", "+86 138 0013 8000", "+8613800138000" },
		{ "86", "008613800138000", "+8613800138000" },
		{ "86", "8613800138000", "+8613800138000" },
		{ "86", "１３８００１３８０００", "+8613800138000" },
		{ "852", "5123 4567", "+85251234567" },
		{ "852", "+852 51234567", "+85251234567" },
		{ "853", "61234567", "+85361234567" },
		{ "886", "0912345678", "+886912345678" },
		{ "886", "912345678", "+886912345678" },
		{ "65", "81234567", "+6581234567" },
		{ "86", "12800138000", NULL },
		{ "86", "1380013800", NULL },
		{ "86", "138001380000", NULL },
		{ "86", "+85251234567", NULL },
		{ "86", "1380013800a", NULL },
		{ "86", "13800+138000", NULL },
		{ "86", "", NULL },
		{ "852", "21234567", NULL }, /* a fixed line takes no SMS */
		{ "853", "28123456", NULL },
		{ "886", "0212345678", NULL },
		{ "65", "12345", NULL },
		{ "999", "13800138000", NULL },
		{ "", "13800138000", NULL },
	};
	struct world *w = world();

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const char *out = NULL;

		assert_err(numbers[i][2] ? OK : ERR_INVALID, phone_read(&w->ctx, numbers[i][0], numbers[i][1], &out));
		if (numbers[i][2])
			assert_string_equal(numbers[i][2], out);
	}
	assert_err(ERR_INVALID, phone_read(&w->ctx, "999", "13800138000", &(const char *){ NULL }));
	assert_string_equal("region", w->ctx.fault.field);
	assert_string_equal("138****8000", phone_masked(test_arena(), ZHANG));
	assert_string_equal("+852 5***4567", phone_masked(test_arena(), "+85251234567"));
	world_close(w);
}

TEST("RN-2: resident numbers: check character, real birth date, known province, any county")
{
	static const char *const good[] = { "11010519491231002X", "110101199003070011", "310115198506152511",
		"440306199212310025" };
	static const char *const bad[] = { "110105194912310021", "110105194902310026", "11010519491231002",
		"11010519491231002x", "", "000105194912310020", "110105204912310025" };
	int64_t now = 1795478400000;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(resident_id_holds(good[i], now));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(resident_id_holds(bad[i], now));
}

/* A number that was born on this day: region and sequence are made up, the check character is right. */
static const char *born(int year, int month, int day)
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char *number = arena_printf(test_arena(), "110101%04d%02d%02d001X", year, month, day);
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += weights[i] * (number[i] - '0');
	number[17] = "10X98765432"[sum % 11];
	return number;
}

TEST("RN-2: 18 years or more, on the day itself by Beijing's calendar")
{
	struct world *w = world(); /* 2026-11-24 08:00 in Beijing */
	int64_t account = world_account(w, ZHANG);

	assert_err(ERR_INVALID, realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, born(2008, 11, 25)));
	assert_string_equal("document-age", w->ctx.fault.word);
	assert_ok(realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, born(2008, 11, 24)));
	world_close(w);
}

TEST("RN-2: each kind of document has its own form")
{
	static const struct {
		enum doc_kind kind;
		const char *number;
		enum err err;
	} documents[] = {
		{ DOC_RESIDENCE_PERMIT, "810000198001010014", OK },
		{ DOC_RESIDENCE_PERMIT, "110101199003070011", ERR_INVALID },
		{ DOC_HM_PERMIT, "h12345678", OK },
		{ DOC_HM_PERMIT, "X12345678", ERR_INVALID },
		{ DOC_TW_PERMIT, "12345678", OK },
		{ DOC_TW_PERMIT, "1234567", ERR_INVALID },
		{ DOC_PERMANENT, "USA123456789012", OK },
		{ DOC_PERMANENT, "USA12345678901", ERR_INVALID },
		{ DOC_PASSPORT, "e12345678", OK },
		{ DOC_PASSPORT, "E1234-678", ERR_INVALID },
	};
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);

	for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
		assert_err(documents[i].err,
			realname_vouch(as_cli(w), account, "张三", documents[i].kind, documents[i].number));
	world_close(w);
}

TEST("RN-2: a name is plain text of two characters or more")
{
	static const char *const bad[] = { "", "张", "张\n三", "张\xE2\x80\xAE三", "\xFF\xFE" };
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_err(ERR_INVALID, realname_vouch(as_cli(w), account, bad[i], DOC_RESIDENT, ZHANG_ID));
		assert_string_equal("name", w->ctx.fault.field);
	}
	assert_ok(realname_vouch(as_cli(w), account, "\xF0\xA0\xAE\xB7\xE9\x87\x8E", DOC_RESIDENT, ZHANG_ID));
	world_close(w);
}

TEST("RN-1: without a verified real name the act is refused and says so")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);

	assert_err(ERR_DENIED, realname_require(as(w, account)));
	assert_string_equal("realname-needed", w->ctx.fault.word);
	assert_false(realname_is_verified(&w->ctx, account));
	assert_ok(realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, ZHANG_ID));
	assert_ok(realname_require(as(w, account)));
	world_close(w);
}

TEST("RN-6: who is vouched for a second time is told nothing and leaves no second record; with another name it is a "
     "new one")
{
	struct world *w = world();
	int64_t account = world_person(w, ZHANG, "张三", ZHANG_ID);

	assert_ok(realname_vouch(as_cli(w), account, " 张三", DOC_RESIDENT, ZHANG_ID));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM message WHERE kind = 12"));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM oplog WHERE action = 10"));
	assert_ok(realname_vouch(as_cli(w), account, "张三丰", DOC_RESIDENT, ZHANG_ID));
	assert_int_equal(2, world_count(w, "SELECT count(*) FROM message WHERE kind = 12"));
	assert_int_equal(2, world_count(w, "SELECT count(*) FROM oplog WHERE action = 10"));
	world_close(w);
}

TEST("RN-1: the identity is stored sealed, and read back")
{
	struct world *w = world();
	int64_t account = world_person(w, ZHANG, "张三", ZHANG_ID);
	struct realname realname;

	assert_ok(realname_load(&w->ctx, account, &realname));
	assert_int_equal(REALNAME_VERIFIED, realname.state);
	assert_int_equal(METHOD_OPERATOR, realname.method);
	assert_string_equal("张三", realname.name);
	assert_string_equal(ZHANG_ID, realname.doc);
	assert_int_equal(0,
		world_count(w,
			arena_printf(test_arena(), "SELECT count(*) FROM realname WHERE %s",
				engine_holding("doc_box", ZHANG_ID))));
	world_close(w);
}

TEST("RN-6: one document belongs to one account")
{
	struct world *w = world();
	int64_t account = world_person(w, ZHANG, "张三", ZHANG_ID), other = world_account(w, LI);

	assert_err(ERR_CONFLICT, realname_vouch(as_cli(w), other, "李四", DOC_RESIDENT, ZHANG_ID));
	assert_string_equal("document-taken", w->ctx.fault.word);
	assert_false(realname_is_verified(&w->ctx, other));
	assert_ok(realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, ZHANG_ID)); /* one's own, again */
	assert_ok(
		realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, LI_ID)); /* another: the first is free then */
	assert_ok(realname_vouch(as_cli(w), other, "李四", DOC_RESIDENT, ZHANG_ID));
	world_close(w);
}

TEST("ORG-8: codes by GB 32100, the check character 0 too")
{
	static const char *const good[] = { "91350100M000100Y43", "91110000600037341L", "91110105MA00ABC16K",
		"911101051000000080" };
	static const char *const bad[] = { "91350100M000100Y44", "91310115MA1H8R7C6D", "91110105MA00ABI16K",
		"9111010SMA00ABC16K", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", "" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(uscc_holds(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(uscc_holds(bad[i]));
	assert_false(uscc_holds(NULL));
}

TEST("ORG-5: name and document of the confirmed record give the role at once")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account);
	struct org found;
	struct message *messages;
	size_t count;
	int64_t next;

	assert_ok(org_load(as(w, account), org, &found));
	assert_int_equal(ROLE_LEGAL_REP, found.role);
	assert_int_equal(ORG_VERIFIED, found.state);
	assert_string_equal("张三", found.legal_name);
	assert_ok(message_list(&w->ctx, true, 0, MESSAGE_PAGE, &messages, &count, &next));
	assert_int_equal(MESSAGE_LEGAL_REP, messages[0].kind);
	assert_string_equal("福州印信贸易有限公司", messages[0].words[0]);
	world_close(w);
}

TEST("ORG-5: a name alone gives no role, nor the document under another name")
{
	struct world *w = world();
	int64_t account = world_person(w, ZHANG, "张三", ZHANG_ID), org;
	enum role role;

	assert_ok(org_import(as_cli(w), "91110000600037341L", "甲公司", "张三", NULL, &org));
	assert_ok(member_role(&w->ctx, org, account, &role));
	assert_int_equal(ROLE_NONE, role);
	assert_ok(org_import(as_cli(w), "91110105MA00ABC16K", "乙公司", "张三", LI_ID, &org));
	assert_ok(member_role(&w->ctx, org, account, &role));
	assert_int_equal(ROLE_NONE, role);
	assert_ok(org_import(as_cli(w), "911101051000000080", "丙公司", "张山", ZHANG_ID, &org));
	assert_ok(member_role(&w->ctx, org, account, &role));
	assert_int_equal(ROLE_NONE, role);
	assert_ok(org_join_confirmed(as_cli(w), account));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM member"));
	world_close(w);
}

TEST("ORG-5: an org that was imported first takes its legal representative once that person is verified")
{
	struct world *w = world();
	int64_t account, org;
	enum role role;

	assert_ok(org_import(as_cli(w), USCC, "福州印信贸易有限公司", "张三", ZHANG_ID, &org));
	account = world_person(w, ZHANG, "张三", ZHANG_ID);
	assert_ok(org_join_confirmed(as_cli(w), account));
	assert_ok(member_role(&w->ctx, org, account, &role));
	assert_int_equal(ROLE_LEGAL_REP, role);
	assert_ok(org_join_confirmed(as_cli(w), account)); /* again is fine */
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM member"));
	world_close(w);
}

TEST("ORG-5: an org is imported once, and only with a form that holds")
{
	struct world *w = world();
	int64_t id;

	assert_ok(org_import(as_cli(w), "91350100m000100y43", "甲公司", "张三", NULL, &id));
	assert_err(ERR_CONFLICT, org_import(as_cli(w), USCC, "乙公司", "李四", NULL, &id));
	assert_string_equal("org-known", w->ctx.fault.word);
	assert_err(ERR_INVALID, org_import(as_cli(w), "91350100M000100Y44", "乙公司", "李四", NULL, &id));
	assert_err(ERR_INVALID, org_import(as_cli(w), "91110000600037341L", "", "李四", NULL, &id));
	assert_err(ERR_INVALID, org_import(as_cli(w), "91110000600037341L", "乙公司", "李四", "1", &id));
	assert_string_equal("legal_doc", w->ctx.fault.field);
	world_close(w);
}

TEST("ORG-2: an org is its members' alone")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account), other = world_account(w, LI);
	struct org found, *list;
	size_t count;

	assert_err(ERR_NOT_FOUND, org_load(as(w, other), org, &found));
	assert_ok(org_list(&w->ctx, &list, &count));
	assert_int_equal(0, count);
	assert_ok(member_join(as_cli(w), org, other, ROLE_MEMBER));
	assert_err(ERR_CONFLICT, member_join(as_cli(w), org, other, ROLE_ADMIN));
	assert_ok(org_list(as(w, other), &list, &count));
	assert_int_equal(1, count);
	assert_int_equal(ROLE_MEMBER, list[0].role);
	world_close(w);
}
