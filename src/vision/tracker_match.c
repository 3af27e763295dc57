/* tracker_match.c: which detection belongs to which track.
 *
 * A box and a track that overlap each other most, by the share of their union,
 * belong together; then tracks that are left over take the best of the boxes
 * left, the oldest track first.  A box that lies within a surer one is the same
 * object found twice. */
#include "vision/tracker.h"

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

/* The free box that overlaps a track most and enough; -1: none. */
static int best_box(const mien_tracker *t, int track, int n,
                    const mien_box *boxes, const int *of)
{
    int best = -1;
    double most = t->o.min_overlap;
    for (int i = 0; i < n; i++) {
        double o =
            of[i] == MI_NEW ? overlap(&t->track[track].box, &boxes[i]) : 0;
        if (o > most) {
            most = o;
            best = i;
        }
    }
    return best;
}

static int best_track(const mien_tracker *t, const mien_box *box)
{
    int best = -1;
    double most = t->o.min_overlap;
    for (int i = 0; i < t->n; i++) {
        double o = overlap(&t->track[i].box, box);
        if (o > most) {
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

void mi_tracker_match(const mien_tracker *t, int n, const mien_box *boxes,
                      const float *score, int *of)
{
    for (int i = 0; i < n; i++)
        of[i] = is_double(n, boxes, score, i) ? MI_DOUBLE : MI_NEW;
    for (int k = 0; k < t->n; k++) {
        int i = best_box(t, k, n, boxes, of);
        if (i >= 0 && best_track(t, &boxes[i]) == k)
            of[i] = k;
    }
    for (int k = 0; k < t->n; k++) {
        int i = has_box(k, n, of) ? -1 : best_box(t, k, n, boxes, of);
        if (i >= 0)
            of[i] = k;
    }
}
