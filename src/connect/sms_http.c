/* SMS by a service that takes our own JSON over HTTP (sms.h says what is sent). Called from the out lane alone: one
 * request at a time, no connection kept. */
#include "base/json.h"
#include "connect/sms.h"
#include <curl/curl.h>

enum { CONNECT_MS = 2000, TOTAL_MS = 5000 };

static size_t drop(char *data, size_t size, size_t count, void *arg)
{
	(void)data;
	(void)arg;
	return size * count; /* the status says all */
}

static const char *body_of(struct arena *arena, const struct sms *sms)
{
	json_t *object = json_object();
	const char *text;

	json_put_id(object, "id", sms->job);
	json_put_text(object, "phone", sms->phone);
	json_put_text(object, "template", sms->template);
	json_put_text(object, "code", sms->code);
	json_put_text(object, "text", sms->text);
	text = json_write(arena, object);
	json_release(&object);
	return text;
}

static enum sms_end end_of(struct arena *arena, long status, const char **error)
{
	if (status >= 200 && status < 300)
		return SMS_SENT;
	*error = arena_printf(arena, "the service answered %ld", status);
	return status >= 400 && status < 500 && status != 408 && status != 429 ? SMS_REFUSED : SMS_AGAIN;
}

static bool set_up(CURL *curl, const struct sms_way *way, const char *body, struct curl_slist *headers)
{
	const CURLcode done[] = {
		curl_easy_setopt(curl, CURLOPT_URL, way->url),
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https"),
		curl_easy_setopt(curl, CURLOPT_PROXY, ""), /* nowhere but where the configuration says */
		curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L),
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L),
		curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS),
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS),
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers),
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body),
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop),
	};

	for (size_t i = 0; i < sizeof done / sizeof done[0]; i++) {
		if (done[i] != CURLE_OK)
			return false;
	}
	return true;
}

static struct curl_slist *headers_of(struct arena *arena, const struct sms_way *way)
{
	const char *const lines[] = { "Content-Type: application/json; charset=utf-8",
		arena_printf(arena, "Authorization: Bearer %s", way->secret), "Expect:" };
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct curl_slist *longer = curl_slist_append(list, lines[i]);

		if (!longer) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

static enum sms_end post(const struct sms_way *way, struct arena *arena, const struct sms *sms, const char **error)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = headers_of(arena, way);
	enum sms_end end = SMS_AGAIN;
	CURLcode done;
	long status = 0;

	*error = NULL;
	if (!curl || !headers || !set_up(curl, way, body_of(arena, sms), headers)) {
		*error = "the request could not be made";
		goto out;
	}
	done = curl_easy_perform(curl);
	if (done != CURLE_OK) {
		*error = curl_easy_strerror(done);
		goto out;
	}
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	end = end_of(arena, status, error);
out:
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return end;
}

struct sms_way *sms_http(struct arena *arena, const char *url, const char *secret)
{
	struct sms_way *way = ARENA_NEW(arena, struct sms_way);

	*way = (struct sms_way){
		.name = "http", .send = post, .url = arena_text(arena, url), .secret = arena_text(arena, secret)
	};
	return way;
}
