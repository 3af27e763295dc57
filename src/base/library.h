/* library.h: shared libraries that are loaded when they are needed. */
#ifndef MI_BASE_LIBRARY_H
#define MI_BASE_LIBRARY_H

#include "mien/base.h"

#include <stddef.h>

/* A function of a library, and where its address goes. */
typedef struct mi_library_entry {
    size_t at; /* in a struct of functions */
    const char *name;
} mi_library_entry;

/* Load a library, never to be unloaded, and find functions.
 *
 *   file   "libpq.so.5"
 *   needs  what is said if it cannot be loaded: "a queue needs libpq"
 *   entry  [n]
 *   out    the struct of functions
 *
 * Fails with EUNSUP.  Not in the WebAssembly library. */
MIEN_CHECKED mien_status mi_library_load(const char *file, const char *needs,
                                         const mi_library_entry *entry,
                                         size_t n, void *out, mien_error *err);

#endif
