/* pq.c: libpq, loaded when it is needed. */
#include "queue/pq.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

static const char file[] = "libpq.so.5";

typedef struct entry {
    size_t at; /* in mi_pq */
    const char *name;
} entry;
#define X(function) {offsetof(mi_pq, function), #function},
static const entry entries[] = {MI_PQ_LIST(X)};
#undef X

/* RTLD_NODELETE: what OpenSSL registers to be called at the end cannot be
 * unloaded. */
mien_status mi_pq_load(mi_pq *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP,
                       "a queue needs libpq (Debian's libpq5), which cannot "
                       "be loaded: %.100s",
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
