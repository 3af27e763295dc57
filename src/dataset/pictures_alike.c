/* pictures_alike.c: copies, and pictures that are nearly the same.
 *
 *   digests are equal                                   the same pixels
 *   hashes differ in FAR bits of 63 or fewer, and the
 *   small pictures correlate by ALIKE or more           nearly the same
 *
 * All pairs of hashes are compared, those of one row by one task; of the
 * candidates few are left to be correlated.  Both limits were chosen by eye, on
 * pairs of FER2013 (right down to 0.93) and of UTKFace, whose aligned faces of
 * different people begin at 0.95.  Of several copies each is paired
 * with the first alone. */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FAR = 10, ROWS = 64 };
static const float ALIKE = 0.96f;

/* ---- what two pictures are ----------------------------------------------- */

/* Can a picture be compared?  Those of one grey are all the same. */
static int has_content(const mien_picture_measure *m)
{
    return m->w && m->contrast > 0;
}

/* Correlation of two small pictures; of one without contrast 0. */
static float correlate(const uint8_t *a, const uint8_t *b)
{
    int64_t sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
    for (int i = 0; i < MI_THUMB; i++) {
        sa += a[i];
        sb += b[i];
        aa += (int64_t)a[i] * a[i];
        bb += (int64_t)b[i] * b[i];
        ab += (int64_t)a[i] * b[i];
    }
    double x = (double)(MI_THUMB * aa - sa * sa);
    double y = (double)(MI_THUMB * bb - sb * sb);
    double xy = (double)(MI_THUMB * ab - sa * sb);
    return x > 0 && y > 0 ? (float)(xy / sqrt(x * y)) : 0;
}

/* Are two pictures labelled differently? */
static int differ(const mien_labels *l, int64_t a, int64_t b)
{
    for (int t = 0; t < l->tasks; t++) {
        int x = l->label[a * l->tasks + t], y = l->label[b * l->tasks + t];
        if (x >= 0 && y >= 0 && x != y)
            return 1;
    }
    for (int k = 0; k < l->numbers; k++) {
        float x = l->number[a * l->numbers + k];
        float y = l->number[b * l->numbers + k];
        if (fabsf(x - y) > 0.1f * fmaxf(fabsf(x), fabsf(y)))
            return 1;
    }
    return 0;
}

static mien_picture_pair pair_of(const mien_pictures_check *c, int64_t a,
                                 int64_t b, float alike, int same)
{
    const mien_labels *l = c->labels;
    return (mien_picture_pair){a,
                               b,
                               alike,
                               same,
                               l->part && l->part[a] != l->part[b],
                               differ(l, a, b)};
}

/* ---- copies -------------------------------------------------------------- */

/* Pairs of the same pixels; copy [n] is set to 1 for all but the first. */
static mien_status pair_copies(mien_pictures_check *c, uint8_t *copy,
                               mien_error *err)
{
    const mien_digests d = {.n = c->labels->n, .digest = c->digest};
    int64_t count = 0, *first = mi_alloc((size_t)d.n + 1, sizeof *first);
    mien_status st =
        first ? mien_twins(&d, &d, first, &count, err) : mi_no_memory(err);
    for (int64_t i = 0; i < d.n && !st; i++) {
        if (first[i] < 0 || first[i] == i || !has_content(&c->measure[i]))
            continue;
        mien_picture_pair *p = mi_push(&c->pair, c->pairs, sizeof *p);
        if (!p) {
            st = mi_no_memory(err);
            break;
        }
        c->pairs++;
        *p = pair_of(c, first[i], i, 1, 1);
        copy[i] = 1;
    }
    mi_free(first);
    return st;
}

/* ---- nearly the same ----------------------------------------------------- */

/* A first row and what is nearly the same behind it. */
typedef struct found {
    int64_t n;
    mien_picture_pair *pair; /* [n] */
    int failed;
} found;

typedef struct search {
    const mien_pictures_check *c;
    const int64_t *row;   /* [rows] that are compared */
    const uint64_t *hash; /* [rows] of them */
    int64_t rows, first;
    found found[ROWS];
} search;

/* One row against all behind it. */
static void compare(void *arg, int k, int lane)
{
    search *s = arg;
    const mien_pictures_check *c = s->c;
    found *f = &s->found[k];
    int64_t i = s->first + k;
    (void)lane;
    for (int64_t j = i + 1; j < s->rows; j++) {
        if (__builtin_popcountll(s->hash[i] ^ s->hash[j]) > FAR)
            continue;
        int64_t a = s->row[i], b = s->row[j];
        float alike =
            correlate(c->thumb + a * MI_THUMB, c->thumb + b * MI_THUMB);
        mien_picture_pair *p = NULL;
        if (alike < ALIKE)
            continue;
        p = mi_push(&f->pair, f->n, sizeof *p);
        if (!p) {
            f->failed = 1;
            return;
        }
        f->n++;
        *p = pair_of(c, a, b, alike, 0);
    }
}

/* Take over what some rows found. */
static mien_status take(mien_pictures_check *c, search *s, int rows,
                        mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int k = 0; k < rows; k++) {
        found *f = &s->found[k];
        if (f->failed && !st)
            st = mi_no_memory(err);
        for (int64_t i = 0; i < f->n && !st; i++) {
            mien_picture_pair *p = mi_push(&c->pair, c->pairs, sizeof *p);
            if (!p) {
                st = mi_no_memory(err);
                break;
            }
            *p = f->pair[i];
            c->pairs++;
        }
        mi_free(f->pair);
        *f = (found){0};
    }
    return st;
}

/* Pairs that are nearly the same, of those that are no copies. */
static mien_status pair_near(mien_pictures_check *c, const uint8_t *copy,
                             mien_error *err)
{
    size_t n = (size_t)c->labels->n + 1;
    int64_t *row = mi_alloc(n, sizeof *row);
    uint64_t *hash = mi_alloc(n, sizeof *hash);
    search s = {.c = c, .row = row, .hash = hash};
    mien_status st = row && hash ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; i < c->labels->n && !st; i++)
        if (has_content(&c->measure[i]) && !copy[i]) {
            row[s.rows] = i;
            hash[s.rows++] = c->measure[i].hash;
        }
    c->alike = s.rows <= MIEN_PICTURES_MAX_ALIKE;
    for (; s.first < s.rows && c->alike && !st; s.first += ROWS) {
        int rows = s.rows - s.first < ROWS ? (int)(s.rows - s.first) : ROWS;
        mi_pool_run(c->o.pool, rows, compare, &s);
        st = take(c, &s, rows, err);
    }
    mi_free(row);
    mi_free(hash);
    return st;
}

/* ---- all ----------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const mien_picture_pair *x = a, *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Count pairs, and pictures that are the later one of any. */
static mien_status count(mien_pictures_check *c, mien_error *err)
{
    uint8_t *later = mi_alloc((size_t)c->labels->n + 1, 1);
    if (!later)
        return mi_no_memory(err);
    for (int64_t i = 0; i < c->pairs; i++) {
        const mien_picture_pair *q = &c->pair[i];
        mien_picture_pairs *p = &c->count[q->same];
        const uint8_t bit = q->same ? 2 : 1;
        p->n++;
        p->parts += q->parts;
        p->classes += q->classes;
        p->pictures += !(later[q->b] & bit);
        later[q->b] |= bit;
    }
    mi_free(later);
    return MIEN_OK;
}

mien_status mi_pictures_pair(mien_pictures_check *c, mien_error *err)
{
    uint8_t *copy = mi_alloc((size_t)c->labels->n + 1, 1);
    mien_status st = copy ? pair_copies(c, copy, err) : mi_no_memory(err);
    if (!st)
        st = pair_near(c, copy, err);
    mi_free(copy);
    if (!st && c->pairs > 1)
        qsort(c->pair, (size_t)c->pairs, sizeof *c->pair, by_place);
    return st ? st : count(c, err);
}

const mien_picture_pair *mien_pictures_check_pairs(const mien_pictures_check *c,
                                                   int64_t *n)
{
    *n = c->pairs;
    return c->pair;
}

mien_picture_pairs mien_pictures_check_count(const mien_pictures_check *c,
                                             int same)
{
    return c->count[same != 0];
}
