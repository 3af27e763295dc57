/* state.c: where a training stands, and what of: lines of text that say which
 * data and choices, an empty line, and the state of the fit.
 *
 *   mien/picture-checkpoint/1
 *   network  digest            a line each, key, tab, value
 *   ...
 *
 * A training goes on from a checkpoint of the same data and choices alone: one
 * of another seed would have learned from samples that are now to judge it. */
#include "picture/picture.h"

#include "base/error.h"
#include "base/fields.h"

#include <string.h>

static const char first_line[] = "mien/picture-checkpoint/1\n";

static void put_digest(mien_buffer *b, const char *key, const mien_buffer *of)
{
    char digest[65];
    mien_sha256(of->data, of->n, digest);
    mien_buffer_puts(b, key);
    mi_field_put(b, digest);
    mien_buffer_puts(b, "\n");
}

/* All that is known of a set's samples. */
static void put_set(mien_buffer *b, const char *key, const mien_labels *l)
{
    mien_buffer all = {0};
    size_t n = (size_t)l->n;
    for (int64_t i = 0; l->name && i < l->n; i++)
        mi_field_put(&all, l->name[i] ? l->name[i] : "");
    if (l->point)
        mien_buffer_put(&all, l->point,
                        n * (size_t)l->points * sizeof *l->point);
    if (l->label)
        mien_buffer_put(&all, l->label,
                        n * (size_t)l->tasks * sizeof *l->label);
    if (l->number)
        mien_buffer_put(&all, l->number,
                        n * (size_t)l->numbers * sizeof *l->number);
    if (l->share)
        mien_buffer_put(&all, l->share,
                        n * (size_t)l->shares * sizeof *l->share);
    if (l->pixels)
        mien_buffer_put(&all, l->pixels, n * (size_t)l->w * (size_t)l->h);
    put_digest(b, key, &all);
    b->failed |= all.failed;
    mien_buffer_free(&all);
}

/* The layers, and which losses are learned with which weights. */
static void put_network(mien_buffer *b, const mien_picture_study *s)
{
    mien_buffer all = {0};
    mien_net_json(s->net, &all);
    put_digest(b, "network", &all);
    b->failed |= all.failed;
    mien_buffer_free(&all);
    mien_buffer_puts(b, "weights");
    for (int i = 0; i < s->losses; i++)
        mien_buffer_printf(b, "%c%.9g", i ? ',' : '\t',
                           (double)s->loss[i].weight);
    mien_buffer_puts(b, "\n");
}

static void put_augment(mien_buffer *b, const mien_augment *a)
{
    const float v[] = {a->mirror, a->turn,       a->shift,    a->grow,
                       a->shear,  a->brightness, a->contrast, a->blur,
                       a->cutout, a->mix};
    mien_buffer_puts(b, "augment");
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        mien_buffer_printf(b, "%c%.9g", i ? ',' : '\t', (double)v[i]);
    mien_buffer_puts(b, "\n");
}

/* What tells the data and choices of a training. */
static void put_head(mien_buffer *b, const mien_picture_study *s)
{
    const mien_picture_options *o = &s->o;
    mien_buffer_puts(b, first_line);
    mien_buffer_printf(
        b,
        "seed\t%u\nparts\t%u\nvalid\t%.9g\ntest\t%.9g\nbatch\t%d\n"
        "rate\t%.9g\nboxed\t%d\nmargin\t%.9g\nsquare\t%d\n"
        "smoothing\t%.9g\nbalanced\t%d\naverage\t%.9g\n"
        "schedule\t%d,%.9g,%.9g,%.9g,%.9g\n"
        "twins\t%d\n",
        o->seed, o->part_seed, o->valid, o->test, o->batch,
        (double)o->optimizer.rate, o->view.boxed, (double)o->view.margin,
        o->view.square, (double)o->smoothing, o->balanced, (double)o->average,
        (int)o->schedule.kind, o->schedule.warmup,
        o->schedule.kind ? o->schedule.epochs : 0, (double)o->schedule.factor,
        (double)o->schedule.least, o->keep_twins);
    put_augment(b, &o->augment);
    put_network(b, s);
    put_set(b, "samples", s->train_set.labels);
    if (s->test_loader)
        put_set(b, "test samples", s->test_labels);
    mien_buffer_puts(b, "\n");
}

mien_status mien_picture_study_state(const void *study, mien_bytes *out,
                                     mien_error *err)
{
    const mien_picture_study *s = study;
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

/* The key of a line "key, tab, value". */
static int key_of(const uint8_t *line, size_t n)
{
    const uint8_t *tab = memchr(line, '\t', n);
    return tab ? (int)(tab - line) : (int)n;
}

/* Where two heads differ first, and by what. */
static mien_status compare(const uint8_t *was, size_t n, const mien_buffer *is,
                           mien_error *err)
{
    size_t at = 0;
    while (at < is->n && at < n) {
        const uint8_t *end = memchr(is->data + at, '\n', is->n - at);
        size_t len = (size_t)(end - (is->data + at)) + 1;
        if (len > n - at || memcmp(was + at, is->data + at, len) != 0)
            return mi_fail(err, MIEN_EARG,
                           "the checkpoint is of another training: its '%.*s' "
                           "differs; choose as then, or another --output",
                           key_of(is->data + at, len - 1), is->data + at);
        at += len;
    }
    return at < is->n
               ? mi_fail(err, MIEN_EFORMAT, "the checkpoint is cut short")
               : MIEN_OK;
}

mien_status mi_state_read(mien_picture_study *s, mien_error *err)
{
    mien_buffer head = {0};
    const uint8_t *bytes = s->o.state;
    size_t n = s->o.state_size;
    if (n < sizeof first_line - 1 ||
        memcmp(bytes, first_line, sizeof first_line - 1) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "this is no checkpoint of a training on pictures");
    put_head(&head, s);
    mien_status st =
        head.failed ? mi_no_memory(err) : compare(bytes, n, &head, err);
    if (!st)
        st = mien_fit_restore(s->fit, bytes + head.n, n - head.n, err);
    mien_buffer_free(&head);
    return st;
}
