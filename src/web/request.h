/* A request out of the parameters that nginx hands over, with every part of it checked and bounded (SEC-5). */
#pragma once
#include "web/http.h"

enum { PATH_MOST = 1024, QUERY_MOST = 16 * 1024, QUERY_PAIRS_MOST = 100, HEADER_MOST = 8192, HEADERS_MOST = 100 };

/* params: "NAME=value", ended by NULL: REQUEST_METHOD, REQUEST_URI (as sent), REMOTE_ADDR, REQUEST_SCHEME,
 * CONTENT_TYPE, X_REQUEST_ID, MSEC (nginx's $msec) and HTTP_*. base_path: "" or "/yinxin", taken off the path.
 * The request can be answered and logged whatever comes: id is always set, method and path never NULL, and fault says
 * what is wrong (also returned): HTTP_BAD_REQUEST, or HTTP_NOT_FOUND outside the base path.
 * A header whose value is not plain UTF-8, or whose name is none, is left out. */
enum http request_read(struct request *, struct arena *, const char *const *params, const char *base_path);
const char *request_param(const char *const *params, const char *name); /* NULL: not sent */
