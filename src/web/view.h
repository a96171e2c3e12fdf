/* Pages: values set by name into ctemplate dictionaries, expanded to a buffer whole. Every file is auto-escaped. */
#pragma once
#include "base/buf.h"

struct view; /* a dictionary; lives as long as its page */

/* Stands for {{NAME}} from the moment a template is read, so that no page pays for it: BASE, STATIC_VERSION. Letters,
 * digits and /-._~ alone, which mean themselves wherever a template may hold a value. */
struct view_constant {
	const char *name, *value;
};
/* Loads and checks every template beneath the folder once; *why names the first that fails. */
enum err view_load(const char *folder, const struct view_constant *, size_t count, const char **why) CHECKED;
void view_global(const char *name, const char *value); /* the same for every page made from now on */

struct view *view_new(const char *name); /* freed by view_free */
void view_free(struct view **);
void view_text(struct view *, const char *name, const char *value); /* NULL counts as "" */
void view_int(struct view *, const char *name, int64_t);
void view_show(struct view *, const char *section); /* the section once, with the page's values */
void view_show_if(struct view *, const char *section, bool);
struct view *view_row(struct view *, const char *section); /* one more repetition; belongs to the parent */
struct view *view_include(struct view *, const char *name, const char *file); /* one more include of {{>NAME}} */
/* The file of an include that was made with file NULL, for when it is known later. */
void view_use(struct view *include, const char *file);
/* Values that every dictionary of this page sees, includes too. */
void view_page_text(struct view *page, const char *name, const char *value);
/* A page, or an include alone (a fragment). ERR_BROKEN: template missing or broken; nothing of the page is in out
 * then. */
enum err view_expand(struct view *, const char *file, struct buf *out) CHECKED;
