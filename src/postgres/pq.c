/* pq.c: libpq, loaded when it is needed. */
#include "postgres/pq.h"

#include "base/library.h"

mien_status mi_pq_load(mi_pq *out, mien_error *err)
{
#define X(function) {offsetof(mi_pq, function), #function},
    static const mi_library_entry entries[] = {MI_PQ_LIST(X)};
#undef X
    return mi_library_load("libpq.so.5",
                           "PostgreSQL needs libpq (Debian's libpq5)", entries,
                           sizeof entries / sizeof *entries, out, err);
}
