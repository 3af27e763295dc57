/* digest.c: the same picture in two sets, by its pixels. */
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

typedef struct job {
    const mien_labels *labels;
    mien_picture_load *load;
    void *arg;
    char (*digest)[65];
    mien_status *status; /* [n] */
} job;

mien_status mi_image_digest(const mien_image *im, char out[65])
{
    uint8_t head[8];
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)((unsigned)im->w >> 8 * i);
        head[4 + i] = (uint8_t)((unsigned)im->h >> 8 * i);
    }
    size_t row = (size_t)im->w * 3, n = row * (size_t)im->h;
    uint8_t *all = mi_alloc_raw(sizeof head + n, 1);
    if (!all)
        return MIEN_ENOMEM;
    memcpy(all, head, sizeof head);
    for (int y = 0; y < im->h; y++)
        memcpy(all + sizeof head + (size_t)y * row, im->data + y * im->stride,
               row);
    mien_sha256(all, sizeof head + n, out);
    mi_free(all);
    return MIEN_OK;
}

/* Load the picture of a sample. */
static mien_status picture_of(const job *j, int64_t i, mien_image *out,
                              mien_error *err)
{
    return j->labels->pixels ? mi_labels_image(j->labels, i, out, err)
                             : j->load(j->arg, j->labels->name[i], out, err);
}

static void digest_task(void *arg, int i, int lane)
{
    job *j = arg;
    mien_image im = {0};
    (void)lane;
    mien_status st = picture_of(j, i, &im, NULL);
    if (!st)
        st = mi_image_digest(&im, j->digest[i]);
    mien_image_free(&im);
    j->status[i] = st;
}

/* Count what could not be loaded; the first of them are told. */
static mien_status count_failures(const job *j, mien_digests *d,
                                  mien_error *err)
{
    for (int64_t i = 0; i < d->n; i++) {
        mien_error why = {0};
        mien_image im = {0};
        if (j->status[i] == MIEN_ENOMEM)
            return mi_no_memory(err);
        if (!j->status[i])
            continue;
        if (d->failures < MIEN_LABELS_TOLD) {
            const char *name = j->labels->name[i];
            size_t n = strlen(name), skip = n > 100 ? n - 100 : 0;
            if (!picture_of(j, i, &im, &why)) /* only to be told why */
                mien_image_free(&im);
            mi_fail(&d->told[d->failures], j->status[i], "%s: %s", name + skip,
                    why.text);
        }
        d->failures++;
    }
    return MIEN_OK;
}

mien_status mien_digests_new(const mien_labels *labels, mien_picture_load *load,
                             void *arg, mien_pool *pool, mien_digests *out,
                             mien_error *err)
{
    size_t n = (size_t)labels->n + 1;
    mien_digests d = {.n = labels->n};
    if (labels->n > INT32_MAX)
        return mi_fail(err, MIEN_ELIMIT, "digests: %lld pictures, at most %d",
                       (long long)labels->n, INT32_MAX);
    d.digest = mi_alloc(n, sizeof *d.digest);
    job j = {labels, load, arg, d.digest, mi_alloc(n, sizeof *j.status)};
    mien_status st = d.digest && j.status ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        mi_pool_run(pool, (int)labels->n, digest_task, &j);
        st = count_failures(&j, &d, err);
    }
    mi_free(j.status);
    if (st)
        mien_digests_free(&d);
    else
        *out = d;
    return st;
}

void mien_digests_free(mien_digests *d)
{
    if (!d)
        return;
    mi_free(d->digest);
    *d = (mien_digests){0};
}

/* ---- twins --------------------------------------------------------------- */

typedef struct entry {
    const char *digest;
    int64_t i;
} entry;

static int by_digest(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    int order = strcmp(x->digest, y->digest);
    return order ? order : (x->i > y->i) - (x->i < y->i);
}

/* The first of n entries, in order, that has a digest; -1: none. */
static int64_t find_first(const entry *e, int64_t n, const char *digest)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(e[middle].digest, digest) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && !strcmp(e[low].digest, digest) ? e[low].i : -1;
}

mien_status mien_twins(const mien_digests *a, const mien_digests *b,
                       int64_t *twin, int64_t *count, mien_error *err)
{
    entry *e = mi_alloc((size_t)b->n + 1, sizeof *e);
    int64_t found = 0;
    if (!e)
        return mi_no_memory(err);
    for (int64_t i = 0; i < b->n; i++)
        e[i] = (entry){b->digest[i], i};
    if (b->n)
        qsort(e, (size_t)b->n, sizeof *e, by_digest);
    for (int64_t i = 0; i < a->n; i++) {
        twin[i] = a->digest[i][0] ? find_first(e, b->n, a->digest[i]) : -1;
        found += twin[i] >= 0;
    }
    *count = found;
    mi_free(e);
    return MIEN_OK;
}
