/* library.c: shared libraries that are loaded when they are needed.
 *
 * RTLD_NODELETE: much of what they lean on cannot be unloaded. */
#include "base/library.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

mien_status mi_library_load(const char *file, const char *needs,
                            const mi_library_entry *entry, size_t n, void *out,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP, "%s, which cannot be loaded: %.100s",
                       needs, dlerror());
    for (size_t i = 0; !st && i < n; i++) {
        void *function = dlsym(handle, entry[i].name);
        if (function)
            memcpy((char *)out + entry[i].at, &function, sizeof function);
        else
            st =
                mi_fail(err, MIEN_EUNSUP, "%s: has no %s", file, entry[i].name);
    }
    dlclose(handle);
    return st;
}
