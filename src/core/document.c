/* Document numbers. Regions below the province come and go, so that an unknown county is never a reason to refuse. */
#include "base/clock.h"
#include "base/text.h"
#include "core/document.h"

enum { RESIDENT_LEN = 18, MOST_LEN = 20 };
static const char digits[] = "0123456789";

static int two(const char *text)
{
	return (text[0] - '0') * 10 + (text[1] - '0');
}

static struct civil birth_of(const char *number)
{
	return (struct civil){
		.year = two(number + 6) * 100 + two(number + 8), .month = two(number + 10), .day = two(number + 12)
	};
}

/* GB 11643: 17 digits and a check character, with a birth date that has been. */
static bool has_resident_form(const char *number, int64_t now)
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	struct civil birth;
	int sum = 0;

	if (strlen(number) != RESIDENT_LEN || strspn(number, digits) < RESIDENT_LEN - 1)
		return false;
	for (int i = 0; i < RESIDENT_LEN - 1; i++)
		sum += weights[i] * (number[i] - '0');
	birth = birth_of(number);
	return number[RESIDENT_LEN - 1] == "10X98765432"[sum % 11] && birth.year >= 1800 &&
		civil_is_date(birth.year, birth.month, birth.day) && civil_to_ms_beijing(birth) <= now;
}

static bool is_in(int value, const int *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == value)
			return true;
	}
	return false;
}

bool resident_id_holds(const char *number, int64_t now)
{
	/* GB/T 2260's provinces; Hong Kong, Macau and Taiwan have other documents, or residence permits */
	static const int provinces[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45,
		46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82 };

	return has_resident_form(number, now) && is_in(two(number), provinces, sizeof provinces / sizeof provinces[0]);
}

static bool is_residence_permit(const char *number, int64_t now)
{
	return has_resident_form(number, now) &&
		(text_starts(number, "810000") || text_starts(number, "820000") || text_starts(number, "830000"));
}

static bool is_hm_permit(const char *number, int64_t now)
{
	size_t len = strlen(number);

	(void)now;
	return (number[0] == 'H' || number[0] == 'M') && (len == 9 || len == 11) &&
		strspn(number + 1, digits) == len - 1;
}

static bool is_tw_permit(const char *number, int64_t now)
{
	size_t len = strlen(number);

	(void)now;
	return (len == 8 || len == 10) && strspn(number, digits) == len;
}

/* The cards of 2023 have 18 characters that begin with 9, those before three letters and 12 digits. */
static bool is_permanent(const char *number, int64_t now)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = strlen(number);

	if (len == RESIDENT_LEN)
		return number[0] == '9' && has_resident_form(number, now);
	return len == 15 && strspn(number, letters) == 3 && strspn(number + 3, digits) == 12;
}

static bool is_passport(const char *number, int64_t now)
{
	size_t len = strlen(number);

	(void)now;
	return len >= 5 && len <= 15 && strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

static bool (*const holds[])(const char *, int64_t) = {
	[DOC_RESIDENT] = resident_id_holds,
	[DOC_RESIDENCE_PERMIT] = is_residence_permit,
	[DOC_HM_PERMIT] = is_hm_permit,
	[DOC_TW_PERMIT] = is_tw_permit,
	[DOC_PERMANENT] = is_permanent,
	[DOC_PASSPORT] = is_passport,
};
enum { KINDS = sizeof holds / sizeof holds[0] };

const char *document_read(struct arena *arena, enum doc_kind kind, const char *typed, int64_t now)
{
	char *number = text_trim(arena, typed);

	if (!number || strlen(number) > MOST_LEN || (size_t)kind >= KINDS)
		return NULL;
	for (char *c = number; *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	return holds[kind](number, now) ? number : NULL;
}

enum err document_kind(struct arena *arena, const char *number, int64_t now, enum doc_kind *out)
{
	for (int kind = 0; kind < KINDS; kind++) {
		if (document_read(arena, (enum doc_kind)kind, number, now)) {
			*out = (enum doc_kind)kind;
			return OK;
		}
	}
	return ERR_INVALID;
}

int document_age(enum doc_kind kind, const char *number, int64_t now)
{
	struct civil birth, today = civil_beijing(now);

	if (kind != DOC_RESIDENT && kind != DOC_RESIDENCE_PERMIT)
		return -1;
	birth = birth_of(number);
	return today.year - birth.year -
		(today.month < birth.month || (today.month == birth.month && today.day < birth.day));
}
