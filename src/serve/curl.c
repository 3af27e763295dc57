/* curl.c: libcurl, loaded when it is needed: with OpenSSL, or else with GnuTLS.
 */
#include "serve/curl.h"

#include "base/error.h"
#include "base/library.h"

mien_status mi_curl_load(mi_curl *out, mien_error *err)
{
#define X(function) {offsetof(mi_curl, function), #function},
    static const mi_library_entry entries[] = {MI_CURL_LIST(X)};
#undef X
    static const char needs[] =
        "a server with peers needs libcurl (Debian's libcurl4)";
    const size_t n = sizeof entries / sizeof *entries;
    mien_status st =
        mi_library_load("libcurl.so.4", needs, entries, n, out, err);
    if (st)
        st =
            mi_library_load("libcurl-gnutls.so.4", needs, entries, n, out, err);
    if (!st && out->curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        st = mi_fail(err, MIEN_EUNSUP, "libcurl cannot begin");
    return st;
}
