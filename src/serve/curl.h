/* curl.h: the functions of libcurl that src/serve calls.
 *
 * The library is loaded when a server has peers (--peers), and by nothing else:
 * it is the one way in which mien serve opens a connection. */
#ifndef MI_SERVE_CURL_H
#define MI_SERVE_CURL_H

#include "mien/base.h"

#define CURL_DISABLE_TYPECHECK /* its macros have the functions' names */
#include <curl/curl.h>

/* X(function) */
#define MI_CURL_LIST(X)         \
    X(curl_easy_cleanup)        \
    X(curl_easy_escape)         \
    X(curl_easy_getinfo)        \
    X(curl_easy_init)           \
    X(curl_easy_setopt)         \
    X(curl_free)                \
    X(curl_global_init)         \
    X(curl_multi_add_handle)    \
    X(curl_multi_cleanup)       \
    X(curl_multi_info_read)     \
    X(curl_multi_init)          \
    X(curl_multi_perform)       \
    X(curl_multi_poll)          \
    X(curl_multi_remove_handle) \
    X(curl_slist_append)        \
    X(curl_slist_free_all)

typedef struct mi_curl {
#define X(function) __typeof__(&function) function;
    MI_CURL_LIST(X)
#undef X
} mi_curl;

/* Load and begin it.  Fails with EUNSUP, and says what is missing. */
mien_status mi_curl_load(mi_curl *out, mien_error *err);

#endif
