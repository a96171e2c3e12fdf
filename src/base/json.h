/* JSON over jansson, with bounds. Values belong to jansson's reference counts; json_release at the end. */
#pragma once
#include "base/arena.h"
#include <jansson.h>

/* Parses one value: valid UTF-8, no duplicate names, depth at most 16. ERR_INVALID otherwise. */
enum err json_read(struct bytes text, json_t **out) CHECKED;
void json_release(json_t **);
char *json_write(struct arena *, const json_t *); /* compact, names sorted as they were set */

/* Members of an object: NULL / false where the name is missing or of another type. */
const char *json_text(const json_t *object, const char *name);
bool json_int(const json_t *object, const char *name, int64_t *out);
bool json_flag(const json_t *object, const char *name, bool *out);
const json_t *json_list(const json_t *object, const char *name);

/* NULL text: leaves it out; a byte that is not UTF-8 becomes U+FFFD. */
void json_put_text(json_t *object, const char *name, const char *text);
void json_put_int(json_t *object, const char *name, int64_t number);
void json_put_flag(json_t *object, const char *name, bool);
void json_put_id(json_t *object, const char *name, int64_t id); /* as a string: ids pass 2^53 */
