#include "train/checkpoint.h"

#include "base/error.h"

#include <string.h>

mien_status mi_checkpoint_write(mien_buffer *head, const mien_fit *f,
                                mien_bytes *out, mien_error *err)
{
    mien_bytes state = {0};
    mien_status st = mien_fit_save(f, &state, err);
    mien_buffer_put(head, state.data, state.n);
    mien_bytes_free(&state);
    if (!st)
        return mien_buffer_give(head, out, err);
    mien_buffer_free(head);
    return st;
}

/* How long the line at p is. */
static size_t line_of(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *stop = memchr(p, '\n', (size_t)(end - p));
    return (size_t)((stop ? stop : end) - p);
}

/* The value of a line "key, tab, value", short. */
static const char *value_of(const uint8_t *line, size_t n, char out[48])
{
    const uint8_t *tab = memchr(line, '\t', n);
    size_t from = tab ? (size_t)(tab - line) + 1 : 0;
    size_t kept = n - from < 44 ? n - from : 44;
    memcpy(out, line + from, kept);
    memcpy(out + kept, kept < n - from ? "..." : "", kept < n - from ? 4 : 1);
    return out;
}

/* The bytes of a line's key. */
static int key_of(const uint8_t *line, size_t n)
{
    const uint8_t *tab = memchr(line, '\t', n);
    size_t key = tab ? (size_t)(tab - line) : n;
    return (int)(key < 44 ? key : 44);
}

/* How a line w of n bytes that is wanted and the line p of m bytes differ. */
static mien_status tell_lines(const uint8_t *w, size_t n, const uint8_t *p,
                              size_t m, mien_error *err)
{
    char was[48], is[48];
    int want = key_of(w, n), found = key_of(p, m);
    if (want != found || memcmp(w, p, (size_t)want) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "the checkpoint has '%.*s' where '%.*s' is expected: "
                       "another version wrote it; train anew, or resume with "
                       "that version",
                       found, (const char *)p, want, (const char *)w);
    return mi_fail(err, MIEN_EARG,
                   "the checkpoint is of another training: %.*s was '%s', and "
                   "is '%s' now",
                   want, (const char *)w, value_of(p, m, was),
                   value_of(w, n, is));
}

/* The first line of the wanted head that the checkpoint has not. */
static mien_status name_difference(const mien_buffer *want, const uint8_t *p,
                                   const uint8_t *end, mien_error *err)
{
    const uint8_t *w = want->data, *last = want->data + want->n;
    for (;;) {
        size_t n = line_of(w, last), m = line_of(p, end);
        if (n != m || memcmp(w, p, n) != 0)
            return tell_lines(w, n, p, m, err);
        w += n + 1;
        p += m + 1;
        if (w >= last || p >= end)
            return mi_fail(err, MIEN_EFORMAT, "the checkpoint is cut short");
    }
}

mien_status mi_checkpoint_check(const mien_buffer *head, const uint8_t *bytes,
                                size_t n, mien_error *err)
{
    if (head->failed)
        return mi_no_memory(err);
    size_t first = line_of(head->data, head->data + head->n) + 1;
    if (n < first || memcmp(bytes, head->data, first) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "the checkpoint does not say which data and choices it "
                       "is of, or is of another kind of training: train anew");
    if (n < head->n || memcmp(bytes, head->data, head->n) != 0)
        return name_difference(head, bytes, bytes + n, err);
    return MIEN_OK;
}

mien_status mi_checkpoint_read(mien_buffer *head, const uint8_t *bytes,
                               size_t n, mien_fit *f, mien_error *err)
{
    mien_status st = mi_checkpoint_check(head, bytes, n, err);
    if (!st)
        st = mien_fit_restore(f, bytes + head->n, n - head->n, err);
    mien_buffer_free(head);
    return st;
}
