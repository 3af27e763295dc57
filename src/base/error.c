#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *mien_status_text(mien_status st)
{
    switch (st) {
#define X(name, value, text) \
    case MIEN_##name: return text;
        MIEN_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}

const char *mien_status_name(mien_status st)
{
    switch (st) {
#define X(name, value, text) \
    case MIEN_##name: return #name;
        MIEN_STATUS_LIST(X)
#undef X
    }
    return "E?";
}

/* Whatever was wanted, the text says that memory ended. */
static void name_memory(mien_error *err)
{
    static const char reason[] = ": out of memory";
    if (strstr(err->text, "memory"))
        return;
    size_t n = strlen(err->text), most = sizeof err->text - sizeof reason;
    memcpy(err->text + (n < most ? n : most), reason, sizeof reason);
}

mien_status(mi_fail)(mien_error *err, mien_status st, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = st;
        vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
        if (st == MIEN_ENOMEM)
            name_memory(err);
    }
    return st;
}

mien_status(mi_no_memory)(mien_error *err)
{
    return mi_fail(err, MIEN_ENOMEM, "out of memory");
}
