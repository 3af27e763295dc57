/* error.h: how the inside of mien reports failure. */
#ifndef MI_BASE_ERROR_H
#define MI_BASE_ERROR_H

#include "mien/base.h"

/* Fill err (if any) and return st, so that a failure is one line:
 *     return mi_fail(err, MIEN_EFORMAT, "png: width %d", w);          */
mien_status mi_fail(mien_error *err, mien_status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* mi_fail of ENOMEM. */
mien_status mi_no_memory(mien_error *err);

/* clang's analyzer cannot see what comes back: tell it. */
#ifdef __clang_analyzer__
#define mi_fail(err, st, ...) ((void)mi_fail(err, st, __VA_ARGS__), (st))
#define mi_no_memory(err) ((void)mi_no_memory(err), MIEN_ENOMEM)
#endif

#endif
