/* split.c: rows of training, validation and test parts.
 *
 * A stratified draw first shares the places of each part out among the classes:
 * the whole numbers of count * places / n, and what is left to the classes with
 * the largest fractions, of equal ones at random. */
#include "mien/split.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mien_status wrong(mien_error *err, int64_t n, double test)
{
    return mi_fail(err, MIEN_EARG,
                   "split: a share of %g of %lld rows leaves one part empty",
                   test, (long long)n);
}

static int64_t places(int64_t n, double share)
{
    return (int64_t)ceil(share * (double)n);
}

/* ---- stratified ------------------------------------------------------- */

typedef struct strata {
    int classes;
    int64_t *count;  /* [classes] */
    int64_t *row;    /* [n] by class */
    int64_t *take;   /* [2, classes] places in the training and the test part */
    double *left;    /* [classes] fractions */
    int64_t *chosen; /* [classes] */
} strata;

static void strata_done(strata *s)
{
    mi_free(s->count);
    mi_free(s->row);
    mi_free(s->take);
    mi_free(s->left);
    mi_free(s->chosen);
}

static int compare_int(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The place of v among k ascending classes. */
static int class_of(const int32_t *known, int k, int32_t v)
{
    int lo = 0, hi = k;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (known[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* List the classes, and the rows of each. */
static mien_status fill_strata(strata *s, int64_t n, const int32_t *classes,
                               int32_t *known, mien_error *err)
{
    int64_t k = 0;
    memcpy(known, classes, (size_t)n * sizeof *known);
    qsort(known, (size_t)n, sizeof *known, compare_int);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || known[i] != known[i - 1])
            known[k++] = known[i];
    s->classes = (int)k;
    s->count = mi_alloc((size_t)k + 1, sizeof *s->count);
    s->row = mi_alloc((size_t)n, sizeof *s->row);
    s->take = mi_alloc((size_t)k, 2 * sizeof *s->take);
    s->left = mi_alloc((size_t)k, sizeof *s->left);
    s->chosen = mi_alloc((size_t)k + 1, sizeof *s->chosen);
    if (!s->count || !s->row || !s->take || !s->left || !s->chosen)
        return mi_no_memory(err);
    int64_t *next = s->chosen;
    for (int64_t i = 0; i < n; i++)
        s->count[class_of(known, (int)k, classes[i])]++;
    for (int64_t c = 0; c < k; c++) {
        if (s->count[c] < 2)
            return mi_fail(err, MIEN_EARG,
                           "split: class %d has one row, wanted two or more",
                           (int)known[c]);
        next[c + 1 < k ? c + 1 : k] = next[c] + s->count[c];
    }
    for (int64_t i = 0; i < n; i++)
        s->row[next[class_of(known, (int)k, classes[i])]++] = i;
    return MIEN_OK;
}

/* Share so many places out among classes of these counts. */
static void share_out(const strata *s, const int64_t *count, int64_t n,
                      mien_random *r, int64_t *take)
{
    double all = 0;
    int64_t rest = n;
    for (int c = 0; c < s->classes; c++)
        all += (double)count[c];
    for (int c = 0; c < s->classes; c++) {
        double part = (double)count[c] / all * (double)n;
        take[c] = (int64_t)floor(part);
        s->left[c] = part - floor(part);
        rest -= take[c];
    }
    double below = HUGE_VAL;
    while (rest > 0) {
        double most = -1;
        int64_t equal = 0;
        for (int c = 0; c < s->classes; c++)
            if (s->left[c] < below && s->left[c] > most)
                most = s->left[c];
        for (int c = 0; c < s->classes; c++)
            if (s->left[c] == most)
                s->chosen[equal++] = c;
        mien_random_shuffle(r, equal, s->chosen);
        for (int64_t i = 0; i < equal && rest > 0; i++, rest--)
            take[s->chosen[i]]++;
        below = most;
    }
}

/* Draw rows of each class for both parts, then mix them. */
static void draw_strata(strata *s, mien_random *r, mien_split *out,
                        int64_t *scratch)
{
    int64_t *train = s->take, *test = s->take + s->classes, *row = s->row;
    share_out(s, s->count, out->trains, r, train);
    for (int c = 0; c < s->classes; c++)
        scratch[c] = s->count[c] - train[c];
    share_out(s, scratch, out->tests, r, test);
    int64_t a = 0, b = 0;
    for (int c = 0; c < s->classes; row += s->count[c++]) {
        mien_random_permutation(r, s->count[c], scratch);
        for (int64_t i = 0; i < train[c]; i++)
            out->train[a++] = row[scratch[i]];
        for (int64_t i = 0; i < test[c]; i++)
            out->test[b++] = row[scratch[train[c] + i]];
    }
    mien_random_shuffle(r, a, out->train);
    mien_random_shuffle(r, b, out->test);
}

/* Split so that both parts have their share of each class. */
static mien_status split_strata(int64_t n, const int32_t *classes,
                                mien_random *r, mien_split *out,
                                mien_error *err)
{
    strata s = {0};
    int32_t *known = mi_alloc((size_t)n, sizeof *known);
    int64_t *scratch = mi_alloc((size_t)n, sizeof *scratch);
    mien_status st = MIEN_OK;
    if (!known || !scratch)
        st = mi_no_memory(err);
    else
        st = fill_strata(&s, n, classes, known, err);
    if (!st && (out->tests < s.classes || out->trains < s.classes))
        st = mi_fail(err, MIEN_EARG,
                     "split: %lld and %lld rows for %d classes, wanted one of "
                     "each or more",
                     (long long)out->trains, (long long)out->tests, s.classes);
    if (!st)
        draw_strata(&s, r, out, scratch);
    strata_done(&s);
    mi_free(known);
    mi_free(scratch);
    return st;
}

/* ---- one draw of two parts -------------------------------------------- */

static mien_status get_parts(int64_t n, int64_t tests, mien_split *out,
                             mien_error *err)
{
    out->tests = tests;
    out->trains = n - tests;
    out->train = mi_alloc((size_t)n, sizeof *out->train);
    out->test = mi_alloc((size_t)tests, sizeof *out->test);
    if (out->train && out->test)
        return MIEN_OK;
    return mi_no_memory(err);
}

/* Split into two parts, at random or by classes. */
static mien_status split_once(int64_t n, double share, uint32_t seed,
                              const int32_t *classes, mien_split *out,
                              mien_error *err)
{
    int64_t tests = places(n, share);
    mien_random r;
    if (tests < 1 || tests >= n)
        return wrong(err, n, share);
    mien_status st = get_parts(n, tests, out, err);
    if (st)
        return st;
    mien_random_init(&r, seed);
    if (classes)
        return split_strata(n, classes, &r, out, err);
    int64_t *all = mi_alloc((size_t)n, sizeof *all);
    if (!all)
        return mi_no_memory(err);
    mien_random_permutation(&r, n, all);
    memcpy(out->test, all, (size_t)tests * sizeof *all);
    memcpy(out->train, all + tests, (size_t)(n - tests) * sizeof *all);
    mi_free(all);
    return MIEN_OK;
}

/* Split the training rows of `out` again: the second part is for validation. */
static mien_status split_again(const mien_split_options *o, mien_split *out,
                               mien_error *err)
{
    mien_split second = {0};
    int32_t *classes = NULL;
    int64_t n = out->trains;
    if (o->classes) {
        classes = mi_alloc((size_t)n, sizeof *classes);
        if (!classes)
            return mi_no_memory(err);
        for (int64_t i = 0; i < n; i++)
            classes[i] = o->classes[out->train[i]];
    }
    mien_status st = split_once(n, o->valid, o->seed, classes, &second, err);
    mi_free(classes);
    if (st) {
        mien_split_free(&second);
        return st;
    }
    for (int64_t i = 0; i < second.trains; i++)
        second.train[i] = out->train[second.train[i]];
    for (int64_t i = 0; i < second.tests; i++)
        second.test[i] = out->train[second.test[i]];
    mi_free(out->train);
    out->train = second.train;
    out->trains = second.trains;
    out->valid = second.test;
    out->valids = second.tests;
    return MIEN_OK;
}

mien_status mien_split_random(int64_t n, const mien_split_options *options,
                              mien_split *out, mien_error *err)
{
    mien_split made = {0};
    mien_status st = MIEN_OK;
    if (!(options->test >= 0 && options->test < 1) ||
        !(options->valid >= 0 && options->valid < 1))
        return mi_fail(err, MIEN_EARG,
                       "split: shares %g and %g, wanted 0 or more, below 1",
                       options->test, options->valid);
    if (n < 2)
        return mi_fail(err, MIEN_EARG, "split: %lld rows, wanted 2 or more",
                       (long long)n);
    if (options->test > 0) {
        st = split_once(n, options->test, options->seed, options->classes,
                        &made, err);
    } else {
        st = get_parts(n, 0, &made, err);
        for (int64_t i = 0; !st && i < n; i++)
            made.train[i] = i;
    }
    if (!st && options->valid > 0)
        st = split_again(options, &made, err);
    if (st) {
        mien_split_free(&made);
        return st;
    }
    *out = made;
    return MIEN_OK;
}

/* ---- in order --------------------------------------------------------- */

static int64_t put_rows(const int64_t *order, int64_t from, int64_t to,
                        int64_t *out)
{
    for (int64_t i = from; i < to; i++)
        out[i - from] = order ? order[i] : i;
    return to - from;
}

mien_status mien_split_ordered(int64_t n, const int64_t *order, double test,
                               double valid, int64_t purge, mien_split *out,
                               mien_error *err)
{
    if (!(test > 0 && test < 1) || !(valid >= 0 && valid < 1) || purge < 0 ||
        purge > n)
        return mi_fail(err, MIEN_EARG,
                       "split: shares %g and %g and a purge of %lld rows", test,
                       valid, (long long)purge);
    int64_t tests = places(n, test);
    int64_t valid_end = n - tests - purge;
    int64_t valids = valid > 0 ? places(n - tests, valid) : 0;
    int64_t valid_start = n - tests - valids;
    int64_t train_end = valid_start - purge;
    if (train_end < 1 || (valids && valid_end <= valid_start))
        return wrong(err, n, test);
    mien_split made = {0};
    made.train = mi_alloc((size_t)train_end, sizeof *made.train);
    made.valid = mi_alloc((size_t)valids + 1, sizeof *made.valid);
    made.test = mi_alloc((size_t)tests, sizeof *made.test);
    if (!made.train || !made.valid || !made.test) {
        mien_split_free(&made);
        return mi_no_memory(err);
    }
    made.trains = put_rows(order, 0, train_end, made.train);
    if (valids)
        made.valids = put_rows(order, valid_start, valid_end, made.valid);
    made.tests = put_rows(order, n - tests, n, made.test);
    *out = made;
    return MIEN_OK;
}

void mien_split_free(mien_split *s)
{
    mi_free(s->train);
    mi_free(s->valid);
    mi_free(s->test);
    *s = (mien_split){0};
}
