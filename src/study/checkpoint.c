/* checkpoint.c: where a training stands, and what of: lines of text that say
 * which table and which choices, an empty line, and the state of the fit.
 *
 *   mien/checkpoint/1
 *   seed     123               a line each, key, tab, value
 *   ...
 *
 * A training goes on from a checkpoint of the same table and choices alone: one
 * of another seed, split or shift would have learned from rows that are now to
 * judge it. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <string.h>

static const char first_line[] = "mien/checkpoint/1\n";

static void put_text(mien_buffer *b, const char *key, const char *value)
{
    mien_buffer_puts(b, key);
    mi_field_put(b, value);
    mien_buffer_puts(b, "\n");
}

static void put_real(mien_buffer *b, const char *key, double v)
{
    mien_buffer_printf(b, "%s\t%.9g\n", key, v);
}

/* What was chosen before rows and columns are looked at. */
static void put_choices(mien_buffer *b, const mien_study *s)
{
    const mien_recipe *r = &s->o.recipe;
    const mien_study_autoencoder *a = &s->o.autoencoder;
    const char *const in_time[] = {"random", "in the order of time"};
    put_text(b, "label", r->label);
    put_text(b, "positive", s->classes.name[1]);
    put_text(b, "split", in_time[s->o.honest != 0]);
    put_text(b, "time", r->time ? r->time : "");
    put_real(b, "seed", s->o.seed);
    put_real(b, "stratified", s->stratified);
    put_real(b, "ahead", r->ahead);
    put_real(b, "window", r->window);
    put_real(b, "missing", r->missing);
    put_real(b, "scaler", r->scaler);
    put_real(b, "test", s->o.test);
    put_real(b, "valid", s->o.valid);
    put_real(b, "purge", s->o.honest ? (double)s->o.purge : 0);
    put_real(b, "lstm", a->lstm);
    mien_buffer_puts(b, "layers");
    for (int i = 0; i < s->network.layers; i++)
        mien_buffer_printf(b, "%c%d", i ? ',' : '\t', s->network.layer[i]);
    mien_buffer_puts(b, "\n");
    put_real(b, "dropout", (double)a->dropout);
    put_real(b, "batch", a->batch);
    put_real(b, "rate", (double)a->rate);
    put_real(b, "activity", (double)a->activity);
}

/* The table: its columns by name, and a digest of numbers, labels and windows.
 */
static void put_table(mien_buffer *b, const mien_study *s)
{
    char digest[3][65];
    size_t rows = (size_t)s->rows;
    mien_sha256(s->x, rows * (size_t)s->width * sizeof *s->x, digest[0]);
    mien_sha256(s->y, rows, digest[1]);
    mien_sha256(s->end, (size_t)s->samples * sizeof *s->end, digest[2]);
    mien_sha256(digest, sizeof digest, digest[0]);
    put_real(b, "rows", (double)s->rows);
    mien_buffer_puts(b, "columns");
    for (int i = 0; i < s->encoder->columns; i++)
        mi_field_put(b, s->encoder->column[i].name);
    mien_buffer_puts(b, "\n");
    put_text(b, "table", digest[0]);
}

static void put_head(mien_buffer *b, const mien_study *s)
{
    mien_buffer_puts(b, first_line);
    put_choices(b, s);
    put_table(b, s);
    mien_buffer_puts(b, "\n");
}

mien_status mien_study_checkpoint(const mien_study *s, mien_bytes *out,
                                  mien_error *err)
{
    mien_bytes state = {0};
    mien_buffer b = {0};
    mien_status st = mien_fit_save(s->fit, &state, err);
    if (st)
        return st;
    put_head(&b, s);
    mien_buffer_put(&b, state.data, state.n);
    mien_bytes_free(&state);
    return mien_buffer_give(&b, out, err);
}

mien_status mien_study_state(const void *study, mien_bytes *out,
                             mien_error *err)
{
    return mien_study_checkpoint(study, out, err);
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

/* The first line of the wanted head that the checkpoint has not. */
static mien_status name_difference(const mien_buffer *want, const uint8_t *p,
                                   const uint8_t *end, mien_error *err)
{
    const uint8_t *w = want->data, *last = want->data + want->n;
    char was[48], is[48];
    for (;;) {
        size_t n = line_of(w, last), m = line_of(p, end);
        if (n != m || memcmp(w, p, n) != 0) {
            const uint8_t *tab = memchr(w, '\t', n);
            return mi_fail(err, MIEN_EARG,
                           "the checkpoint is of another training: %.*s was "
                           "'%s', and is '%s' now",
                           (int)(tab ? tab - w : 0), (const char *)w,
                           value_of(p, m, was), value_of(w, n, is));
        }
        w += n + 1;
        p += m + 1;
        if (w >= last || p >= end)
            return mi_fail(err, MIEN_EFORMAT, "the checkpoint is cut short");
    }
}

mien_status mi_study_restore(mien_study *s, mien_error *err)
{
    const uint8_t *p = s->o.autoencoder.state;
    size_t n = s->o.autoencoder.state_size;
    mien_buffer want = {0};
    if (n < sizeof first_line - 1 ||
        memcmp(p, first_line, sizeof first_line - 1) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "the checkpoint does not say which table and choices it "
                       "is of: train anew");
    put_head(&want, s);
    mien_status st = want.failed ? mi_no_memory(err) : MIEN_OK;
    if (!st && (n < want.n || memcmp(p, want.data, want.n) != 0))
        st = name_difference(&want, p, p + n, err);
    if (!st)
        st = mien_fit_restore(s->fit, p + want.n, n - want.n, err);
    mien_buffer_free(&want);
    return st;
}
