/* Regions of addresses, against files in MaxMind's format that are made here by hand: SCAN-3. */
#include "connect/geo.h"
#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/suite.h"
#include <arpa/inet.h>

enum { MOST_NODES = 400 };
#define DATA 0x80000000u /* of a record here: an offset into the data section, not a node */

struct making {
	uint32_t nodes[MOST_NODES][2], count; /* 0: nothing known */
	struct buf data;
	int version; /* of the addresses: 4 or 6 */
};

static void put_head(struct buf *out, unsigned type, unsigned size)
{
	assert_true(size < 29);
	if (type < 8) {
		buf_u8(out, type << 5 | size);
	} else {
		buf_u8(out, size);
		buf_u8(out, type - 7);
	}
}

static void put_map(struct buf *out, unsigned pairs)
{
	put_head(out, 7, pairs);
}

static void put_array(struct buf *out, unsigned count)
{
	put_head(out, 11, count);
}

static void put_text(struct buf *out, const char *text)
{
	put_head(out, 2, (unsigned)strlen(text));
	buf_text(out, text);
}

static void put_u16(struct buf *out, const char *name, unsigned value)
{
	put_text(out, name);
	put_head(out, 5, 2);
	buf_u16(out, value);
}

/* A name in English is always there, as in the files that are sold. */
static void put_names(struct buf *out, const char *chinese)
{
	put_text(out, "names");
	put_map(out, chinese ? 2 : 1);
	put_text(out, "en");
	put_text(out, "Somewhere");
	if (!chinese)
		return;
	put_text(out, "zh-CN");
	put_text(out, chinese);
}

static void know(struct making *m, const char *address, int bits, uint32_t record)
{
	unsigned char bytes[16] = { 0 };
	uint32_t node = 0;

	if (m->version == 6 && strchr(address, '.'))
		bits += 96; /* ::/96 holds the old addresses */
	assert_int_equal(1,
		inet_pton(strchr(address, '.') ? AF_INET : AF_INET6, address,
			m->version == 6 && strchr(address, '.') ? bytes + 12 : bytes));
	for (int i = 0; i < bits; i++) {
		uint32_t *at = &m->nodes[node][bytes[i / 8] >> (7 - i % 8) & 1];

		if (i == bits - 1) {
			*at = record;
		} else if (!*at) {
			assert_true(m->count < MOST_NODES);
			*at = m->count++;
		}
		node = *at;
	}
}

static void place(struct making *m, const char *address, int bits, const char *const names[3], const char *code)
{
	uint32_t record = DATA | (uint32_t)m->data.len;
	struct buf *out = &m->data;

	put_map(out, 3);
	put_text(out, "city");
	put_map(out, 1);
	put_names(out, names[2]);
	put_text(out, "country");
	put_map(out, 2);
	put_text(out, "iso_code");
	put_text(out, code);
	put_names(out, names[0]);
	put_text(out, "subdivisions");
	put_array(out, 1);
	put_map(out, 1);
	put_names(out, names[1]);
	know(m, address, bits, record);
}
#define PLACE(m, address, bits, code, ...) place(m, address, bits, (const char *const[3]){ __VA_ARGS__ }, code)

static struct making making(int version)
{
	return (struct making){ .count = 1, .data = buf_new(test_arena()), .version = version };
}

static void put_metadata(struct buf *out, const struct making *m, const char *language)
{
	buf_text(out, "\xab\xcd\xefMaxMind.com");
	put_map(out, 9);
	put_text(out, "node_count");
	put_head(out, 6, 4);
	buf_u32(out, m->count);
	put_u16(out, "record_size", 24);
	put_u16(out, "ip_version", (unsigned)m->version);
	put_u16(out, "binary_format_major_version", 2);
	put_u16(out, "binary_format_minor_version", 0);
	put_text(out, "build_epoch");
	put_head(out, 9, 8);
	buf_u64(out, 1);
	put_text(out, "database_type");
	put_text(out, "Test-City");
	put_text(out, "languages");
	put_array(out, 2);
	put_text(out, "en");
	put_text(out, language);
	put_text(out, "description");
	put_map(out, 0);
}

static struct bytes made(const struct making *m, const char *language)
{
	struct buf out = buf_new(test_arena());

	for (uint32_t i = 0; i < m->count * 2; i++) {
		uint32_t record = m->nodes[i / 2][i % 2];
		uint32_t value = record & DATA ? (record & ~DATA) + m->count + 16 : record ? record : m->count;

		buf_u8(&out, value >> 16);
		buf_u16(&out, value & 0xffff);
	}
	buf_add(&out, (const char[16]){ 0 }, 16);
	buf_bytes(&out, buf_view(&m->data));
	put_metadata(&out, m, language);
	return buf_view(&out);
}

static enum err open_file(struct bytes bytes, struct geo **out, const char **why)
{
	const char *path = path_join(test_arena(), test_folder(), "regions.mmdb");

	assert_ok(file_write(path, bytes, 0600));
	return geo_open(test_arena(), path, out, why);
}

static struct making world_of_places(void)
{
	struct making m = making(6);

	PLACE(&m, "123.118.16.0", 24, "CN", "中国", "河北", "保定");
	PLACE(&m, "123.118.17.0", 24, "CN", "中国", "北京市", "北京");
	PLACE(&m, "123.118.18.0", 24, "CN", "中国", "吉林", "吉林市");
	PLACE(&m, "123.118.19.0", 24, "CN", "中国", "广东", NULL);
	PLACE(&m, "192.0.2.0", 28, "US", "美国", "加利福尼亚州", "旧金山");
	PLACE(&m, "192.0.2.16", 28, "HK", "香港", NULL, "香港");
	PLACE(&m, "192.0.2.32", 28, "XX", NULL, NULL, NULL);
	PLACE(&m, "192.0.2.48", 28, "US", "美国", "\xff\xfe", "旧金山\xe2\x80\xae");
	PLACE(&m, "2001:db8::", 32, "CN", "中国", NULL, NULL);
	return m;
}

TEST("SCAN-3: an address is told as province and city, abroad with the country, and no name twice")
{
	static const char *const known[][2] = { { "123.118.16.87", "河北保定" }, { "123.118.17.1", "北京市" },
		{ "123.118.18.1", "吉林市" }, { "123.118.19.255", "广东" }, { "192.0.2.15", "美国加利福尼亚州旧金山" },
		{ "192.0.2.16", "香港" }, { "192.0.2.48", "美国旧金山" }, { "2001:db8:1::7", "中国" } };
	struct making m = world_of_places();
	struct geo *geo;
	const char *why;

	assert_ok(open_file(made(&m, "zh-CN"), &geo, &why));
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_string_equal(known[i][1], geo_region(geo, test_arena(), known[i][0]));
	geo_close(&geo);
	assert_null(geo);
}

TEST("SCAN-3: no region where the file knows none, for what is no address, and without a file")
{
	static const char *const unknown[] = { "123.118.20.1", "192.0.2.32", "2001:db9::1", "::1", "", "localhost",
		"123.118.16", "123.118.16.87:80", NULL };
	struct making m = world_of_places(), old = making(4);
	struct geo *geo;
	const char *why;

	assert_ok(open_file(made(&m, "zh-CN"), &geo, &why));
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_null(geo_region(geo, test_arena(), unknown[i]));
	geo_close(&geo);
	PLACE(&old, "123.118.16.0", 24, "CN", "中国", "河北", "保定");
	assert_ok(open_file(made(&old, "zh-CN"), &geo, &why));
	assert_string_equal("河北保定", geo_region(geo, test_arena(), "123.118.16.87"));
	assert_null(geo_region(geo, test_arena(), "2001:db8::1"));
	geo_close(&geo);
	assert_null(geo_region(NULL, test_arena(), "123.118.16.87"));
}

TEST("SCAN-3: a file that is missing, no such database, cut off, or without Chinese is refused by name")
{
	struct making m = world_of_places();
	struct bytes whole = made(&m, "zh-CN");
	const struct bytes wrong[] = { bytes_of_text(""), bytes_of_text("a page, not a database"),
		{ whole.data, whole.len / 2 }, { whole.data, whole.len - 20 }, { whole.data + whole.len - 300, 300 },
		made(&m, "de") };
	struct geo *geo;
	const char *why = NULL;

	assert_err(ERR_INVALID, geo_open(test_arena(), "/nowhere/regions.mmdb", &geo, &why));
	assert_non_null(strstr(why, "geo.file /nowhere/regions.mmdb"));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_err(ERR_INVALID, open_file(wrong[i], &geo, &why));
		assert_non_null(strstr(why, "regions.mmdb"));
		assert_null(geo);
	}
}

TEST("SCAN-3: a damaged file is refused or knows less, and brings nothing down")
{
	struct making m = world_of_places();
	struct bytes whole = made(&m, "zh-CN");
	unsigned char *data = arena_alloc(test_arena(), whole.len);
	int opened = 0;

	for (size_t i = 0; i < whole.len; i++) {
		struct geo *geo;
		const char *why;

		memcpy(data, whole.data, whole.len);
		data[i] ^= 0xff;
		if (open_file((struct bytes){ data, whole.len }, &geo, &why) != OK)
			continue;
		opened++;
		geo_region(geo, test_arena(), "123.118.16.87");
		geo_region(geo, test_arena(), "2001:db8:1::7");
		geo_close(&geo);
	}
	assert_true(opened > 0);
}
