/* tracker_match.c: which detection belongs to which track.
 *
 * A box and a track that overlap each other most, by the share of their union,
 * belong together; then tracks that are left over take the best of the boxes
 * left, the oldest track first.  A box that lies within a surer one is the same
 * object found twice.  Where somebody compares them, a track takes a box only
 * if both show the same. */
#include "vision/tracker.h"

#include "base/alloc.h"
#include "base/error.h"

static double shared(float a, float a_size, float b, float b_size)
{
    double from = (double)(a > b ? a : b);
    double end_a = (double)a + (double)a_size;
    double end_b = (double)b + (double)b_size;
    double s = (end_a < end_b ? end_a : end_b) - from;
    return s > 0 ? s : 0;
}

static double intersection(const mien_box *a, const mien_box *b)
{
    return shared(a->x, a->width, b->x, b->width) *
           shared(a->y, a->height, b->y, b->height);
}

double mi_tracker_within(const mien_box *a, const mien_box *b)
{
    double p = (double)a->width * (double)a->height;
    double q = (double)b->width * (double)b->height;
    return intersection(a, b) / (p < q ? p : q);
}

/* The intersection's share of the union. */
static double overlap(const mien_box *a, const mien_box *b)
{
    double both = intersection(a, b);
    double all = (double)a->width * (double)a->height +
                 (double)b->width * (double)b->height - both;
    return all > 0 ? both / all : 0;
}

/* What is known of a pair of a track and a box. */
enum { NOT_ASKED, SAME, OTHER };
/* Boxes of which one lies by this share in the other are near each other. */
static const double near_share = 0.1;

typedef struct matching {
    const mien_tracker *t;
    const mien_detections *d;
    mi_matches m;
    unsigned char *pair; /* [tracks * boxes]; NULL: nobody to ask */
    mien_status st;      /* of the asker */
    mien_error *err;
} matching;

/* Why the place of a box says too little of whose it is.  Boxes found twice are
 * no others. */
static mien_doubt doubt_of(const matching *x, int track, int box)
{
    const mien_tracker *t = x->t;
    const mi_hold *h = &t->hold[track];
    if (!h->n)
        return MIEN_DOUBT_LOST;
    for (int j = 0; j < x->d->n; j++)
        if (j != box && x->m.of[j] != MI_DOUBLE &&
            mi_tracker_within(&x->d->box[j], &t->track[track].box) > near_share)
            return MIEN_DOUBT_NEAR;
    for (int l = 0; l < t->n; l++)
        if (l != track &&
            mi_tracker_within(&t->track[l].box, &x->d->box[box]) > near_share)
            return MIEN_DOUBT_NEAR;
    return h->n < h->begun / 2 ? MIEN_DOUBT_POINTS : MIEN_DOUBT_NONE;
}

/* May a track take a box?  The asker is asked once for each pair. */
static int may_take(matching *x, int track, int box)
{
    if (!x->d->same)
        return 1;
    unsigned char *pair = x->pair + (ptrdiff_t)track * x->d->n + box;
    if (*pair != NOT_ASKED)
        return *pair == SAME;
    int same = 1;
    if (x->st == MIEN_OK)
        x->st = x->d->same(x->d->arg, x->t->track[track].id, box,
                           doubt_of(x, track, box), &same, x->err);
    *pair = same ? SAME : OTHER;
    x->m.refused[track] |= !same;
    return same;
}

/* The free box that overlaps a track most and enough; -1: none. */
static int best_box(matching *x, int track)
{
    int best = -1;
    double most = x->t->o.min_overlap;
    for (int i = 0; i < x->d->n; i++) {
        double o = x->m.of[i] == MI_NEW
                       ? overlap(&x->t->track[track].box, &x->d->box[i])
                       : 0;
        if (o > most && may_take(x, track, i)) {
            most = o;
            best = i;
        }
    }
    return best;
}

/* The track that overlaps a box most and enough; -1: none. */
static int best_track(matching *x, int box)
{
    int best = -1;
    double most = x->t->o.min_overlap;
    for (int i = 0; i < x->t->n; i++) {
        double o = overlap(&x->t->track[i].box, &x->d->box[box]);
        if (o > most && may_take(x, i, box)) {
            most = o;
            best = i;
        }
    }
    return best;
}

static int has_box(int track, int n, const int *of)
{
    for (int i = 0; i < n; i++)
        if (of[i] == track)
            return 1;
    return 0;
}

/* Does box i lie within one that is surer, or as sure and before it? */
static int is_double(int n, const mien_box *boxes, const float *score, int i)
{
    for (int j = 0; j < n; j++) {
        float p = score ? score[j] : 1, q = score ? score[i] : 1;
        if ((p > q || (p == q && j < i)) &&
            mi_tracker_within(&boxes[i], &boxes[j]) > MI_SAME)
            return 1;
    }
    return 0;
}

mien_status mi_tracker_match(const mien_tracker *t, const mien_detections *d,
                             mi_matches *out, mien_error *err)
{
    matching x = {t, d, *out, NULL, MIEN_OK, err};
    if (d->same && d->n && t->n) {
        x.pair = mi_alloc((size_t)t->n, (size_t)d->n);
        if (!x.pair)
            return mi_no_memory(err);
    }
    int *of = out->of;
    for (int i = 0; i < d->n; i++)
        of[i] = is_double(d->n, d->box, d->score, i) ? MI_DOUBLE : MI_NEW;
    for (int k = 0; k < t->n; k++) {
        int i = best_box(&x, k);
        if (i >= 0 && best_track(&x, i) == k)
            of[i] = k;
    }
    for (int k = 0; k < t->n; k++) {
        int i = has_box(k, d->n, of) ? -1 : best_box(&x, k);
        if (i >= 0)
            of[i] = k;
    }
    mi_free(x.pair);
    return x.st;
}
