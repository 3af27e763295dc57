/* tracker_match.c: which detection belongs to which track.
 *
 * A box and a track that overlap each other most, by the share of their union,
 * belong together; then tracks that are left over take the best of the boxes
 * left, the oldest track first. */
#include "vision/tracker.h"

static double shared(float a, float a_size, float b, float b_size)
{
    double from = (double)(a > b ? a : b);
    double end_a = (double)a + (double)a_size;
    double end_b = (double)b + (double)b_size;
    double s = (end_a < end_b ? end_a : end_b) - from;
    return s > 0 ? s : 0;
}

/* The intersection's share of the union. */
static double overlap(const mien_box *a, const mien_box *b)
{
    double both = shared(a->x, a->width, b->x, b->width) *
                  shared(a->y, a->height, b->y, b->height);
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
        double o = of[i] < 0 ? overlap(&t->track[track].box, &boxes[i]) : 0;
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

void mi_tracker_match(const mien_tracker *t, int n, const mien_box *boxes,
                      int *of)
{
    for (int i = 0; i < n; i++)
        of[i] = -1;
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
