/* mhd.c: libmicrohttpd, loaded when it is needed. */
#include "serve/mhd.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

static const char file[] = "libmicrohttpd.so.12";

typedef struct entry {
    size_t at; /* in mi_mhd */
    const char *name;
} entry;
#define X(function) {offsetof(mi_mhd, function), #function},
static const entry entries[] = {MI_MHD_LIST(X)};
#undef X

/* RTLD_NODELETE: what GnuTLS leans on cannot be unloaded. */
mien_status mi_mhd_load(mi_mhd *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP,
                       "a server needs libmicrohttpd, which cannot be loaded: "
                       "%.120s",
                       dlerror());
    for (size_t i = 0; !st && i < sizeof entries / sizeof *entries; i++) {
        void *function = dlsym(handle, entries[i].name);
        if (!function)
            st = mi_fail(err, MIEN_EUNSUP, "%s: has no %s", file,
                         entries[i].name);
        else
            memcpy((char *)out + entries[i].at, &function, sizeof function);
    }
    dlclose(handle);
    return st;
}
