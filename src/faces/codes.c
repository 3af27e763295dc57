/* codes.c: codes.json, which lies beside the model. */
#include "mien/faces_sample.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kit/image.h"
#include "mien/file.h"

#include <stdio.h>
#include <string.h>

/* codes.json in the folder of a model; NULL: memory ended. */
static char *codes_path(const char *model)
{
    static const char name[] = "codes.json";
    const char *slash = strrchr(model, '/');
    size_t n = slash ? (size_t)(slash - model) + 1 : 0;
    char *path = mi_alloc(n + sizeof name, 1);
    if (path)
        snprintf(path, n + sizeof name, "%.*s%s", (int)n, model, name);
    return path;
}

/* The codes in a file, of a length. */
static mien_status read_codes(const char *path, int units, mien_codes *out,
                              mien_error *err)
{
    mien_bytes file = {0};
    mien_codes got = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, MIEN_CODES_MAX_BYTES, &file, err);
    if (st)
        return st;
    st = mien_codes_read(file.data, file.n, &got, &why);
    mien_bytes_free(&file);
    if (!st && got.mixture.d != units)
        st = mi_fail(&why, MIEN_EFORMAT,
                     "codes of %lld numbers, the model's have %d",
                     (long long)got.mixture.d, units);
    if (!st) {
        *out = got;
        return st;
    }
    mien_codes_free(&got);
    return mi_file_fail(err, st, path, why.text);
}

mien_status mien_codes_load(const char *model, const mien_coder *c,
                            mien_codes *out, mien_buffer *notes,
                            mien_error *err)
{
    mien_error why = {0};
    mien_codes got = {0};
    char *path = codes_path(model);
    if (!path)
        return mi_no_memory(err);
    mien_status st = read_codes(path, mien_coder_get_info(c).units, &got, &why);
    if (st == MIEN_EIO && notes)
        mien_buffer_printf(notes,
                           "%s; codes are drawn from the standard normal "
                           "distribution\n",
                           why.text);
    mi_free(path);
    if (st && st != MIEN_EIO)
        return mi_fail(err, st, "%s", why.text);
    *out = got;
    return MIEN_OK;
}
