/* mhd.c: libmicrohttpd, loaded when it is needed. */
#include "serve/mhd.h"

#include "base/library.h"

mien_status mi_mhd_load(mi_mhd *out, mien_error *err)
{
#define X(function) {offsetof(mi_mhd, function), #function},
    static const mi_library_entry entries[] = {MI_MHD_LIST(X)};
#undef X
    return mi_library_load("libmicrohttpd.so.12",
                           "a server needs libmicrohttpd", entries,
                           sizeof entries / sizeof *entries, out, err);
}
