/* parts.c: which samples are learned from, which tell the epoch, which judge.
 *
 * What the labels say a sample is for is heeded; the rest is drawn by the seed.
 * A training sample whose picture, pixel by pixel, is among those that judge is
 * left out, and so is one of the validation part that is in the test part. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum { TRAIN, VALID, TEST };

/* The part that a sample is for, or -1: to be drawn. */
static int part_of(const mien_labels *l, int64_t i, int has_test)
{
    mien_label_use use = l->part ? l->part[i] : MIEN_FOR_ANY;
    if (use == MIEN_FOR_TEST)
        return has_test ? -1 : TEST;
    return use == MIEN_FOR_VALIDATION ? VALID : -1;
}

static void add(mien_picture_study *s, int part, int64_t row)
{
    s->row[part][s->part[part].n++] = row;
}

/* Share out the training set. */
static mien_status share_out(mien_picture_study *s, int has_test,
                             mien_error *err)
{
    const mien_labels *l = s->train_set.labels;
    int64_t named[3] = {0}, open = 0;
    int64_t *order = mi_alloc((size_t)l->n + 1, sizeof *order);
    mien_random random;
    if (!order)
        return mi_no_memory(err);
    for (int64_t i = 0; i < l->n; i++) {
        int part = part_of(l, i, has_test);
        if (part >= 0) {
            add(s, part, i);
            named[part]++;
        } else {
            order[open++] = i;
        }
    }
    mien_random_init(&random, s->o.part_seed ? s->o.part_seed : s->o.seed);
    mien_random_shuffle(&random, open, order);
    int64_t test =
        has_test || named[TEST] ? 0 : (int64_t)(s->o.test * (double)open);
    int64_t valid =
        named[VALID] ? 0 : (int64_t)(s->o.valid * (double)(open - test));
    for (int64_t i = 0; i < open; i++)
        add(s, i < test ? TEST : i < test + valid ? VALID : TRAIN, order[i]);
    mi_free(order);
    return MIEN_OK;
}

/* ---- twins ------------------------------------------------------------------
 */

/* The digests of some rows; d is released with mien_digests_free. */
static mien_status digests_of(const mien_digests *all, const mi_rows *r,
                              mien_digests *out, mien_error *err)
{
    mien_digests d = {.n = r->n};
    d.digest = mi_alloc((size_t)r->n + 1, sizeof *d.digest);
    if (!d.digest)
        return mi_no_memory(err);
    for (int64_t i = 0; i < r->n; i++)
        memcpy(d.digest[i], all->digest[r->row[i]], sizeof *d.digest);
    *out = d;
    return MIEN_OK;
}

/* Leave rows of a part out whose picture is among others. */
static mien_status leave_out(mien_picture_study *s, int part, int other,
                             const mien_digests *mine,
                             const mien_digests *others, mien_error *err)
{
    mien_digests a = {0}, b = {0};
    mi_rows *r = &s->part[part];
    int64_t count = 0, kept = 0, n = r->n;
    int64_t *twin = mi_alloc((size_t)n + 1, sizeof *twin);
    mien_status st = twin ? digests_of(mine, r, &a, err) : mi_no_memory(err);
    if (!st)
        st = digests_of(others, &s->part[other], &b, err);
    if (!st)
        st = mien_twins(&a, &b, twin, &count, err);
    for (int64_t i = 0; i < n && !st; i++)
        if (twin[i] < 0)
            s->row[part][kept++] = s->row[part][i];
    if (!st) {
        s->parts.twins += count;
        r->n = kept;
    }
    mi_free(twin);
    mien_digests_free(&a);
    mien_digests_free(&b);
    return st;
}

/* Leave out what stands in two parts. */
static mien_status part_twins(mien_picture_study *s, int has_test,
                              mien_error *err)
{
    mien_digests d[2] = {{0}};
    const mien_picture_set *a = &s->train_set, *b = &s->test_set;
    mien_status st =
        mien_digests_new(a->labels, a->load, a->arg, s->o.pool, &d[0], err);
    if (!st && has_test)
        st =
            mien_digests_new(b->labels, b->load, b->arg, s->o.pool, &d[1], err);
    const mien_digests *of_test = has_test ? &d[1] : &d[0];
    if (!st && !*s->data_sha256 && !s->o.view.aligned)
        st = mien_set_digest(a->labels, &d[0], s->data_sha256, err);
    if (!st)
        st = leave_out(s, VALID, TEST, &d[0], of_test, err);
    if (!st)
        st = leave_out(s, TRAIN, TEST, &d[0], of_test, err);
    if (!st)
        st = leave_out(s, TRAIN, VALID, &d[0], &d[0], err);
    mien_digests_free(&d[0]);
    mien_digests_free(&d[1]);
    return st;
}

/* Refuse an empty part. */
static mien_status check(const mien_picture_study *s, mien_error *err)
{
    static const char *const name[] = {"training", "validation", "test"};
    for (int i = 0; i < 3; i++)
        if (s->part[i].n < 1)
            return mi_fail(err, MIEN_EARG,
                           "the %s part would be empty: %lld samples, of which "
                           "%lld are left out as twins",
                           name[i], (long long)s->train_set.labels->n,
                           (long long)s->parts.twins);
    return MIEN_OK;
}

mien_status mi_parts(mien_picture_study *s, int has_test, mien_error *err)
{
    int64_t n = s->train_set.labels->n, m = s->test_set.labels->n;
    for (int i = 0; i < 3; i++) {
        int of_test = i == TEST && has_test;
        s->row[i] = mi_alloc((size_t)(of_test ? m : n) + 1, sizeof **s->row);
        if (!s->row[i])
            return mi_no_memory(err);
        s->part[i] = (mi_rows){of_test ? &s->test_view : &s->view,
                               of_test ? &s->test_set : &s->train_set,
                               of_test ? s->test_loader : s->loader,
                               s->row[i],
                               0,
                               NULL};
    }
    for (int64_t i = 0; has_test && i < m; i++)
        add(s, TEST, i);
    mien_status st = share_out(s, has_test, err);
    if (!st && !s->o.keep_twins)
        st = part_twins(s, has_test, err);
    s->parts.train = s->part[TRAIN].n;
    s->parts.valid = s->part[VALID].n;
    s->parts.test = s->part[TEST].n;
    s->parts.unread = s->train_set.labels->left_out +
                      (has_test ? s->test_set.labels->left_out : 0);
    return st ? st : check(s, err);
}
