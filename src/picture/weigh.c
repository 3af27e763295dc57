/* weigh.c: how much a face counts in learning.
 *
 * NME divides a face's error by the distance of its eyes, the losses of points
 * do not: a face in profile, whose eyes are near each other, counts in the one
 * and not in the other.  Here its weight is
 *
 *   diagonal of the points' box / distance of the eyes,
 *
 * which does not depend on how large the face is in its picture, divided by the
 * mean over the training part, and at most MOST. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

static const double most = 4;

void mi_find_eyes(const mien_labels *l, int eyes[2])
{
    eyes[0] = 0;
    eyes[1] = l->points > 1;
    for (int i = 0; l->point_name && i < l->points; i++) {
        eyes[0] = strcmp(l->point_name[i], "left_eye") ? eyes[0] : i;
        eyes[1] = strcmp(l->point_name[i], "right_eye") ? eyes[1] : i;
    }
}

/* Diagonal over distance; 0: not known. */
static double ratio_of(const mien_labels *l, const int eyes[2], int64_t row)
{
    const mien_point *p = l->point + row * l->points;
    double low[2] = {(double)p->x, (double)p->y}, high[2] = {low[0], low[1]};
    for (int i = 1; i < l->points; i++) {
        low[0] = fmin(low[0], (double)p[i].x);
        low[1] = fmin(low[1], (double)p[i].y);
        high[0] = fmax(high[0], (double)p[i].x);
        high[1] = fmax(high[1], (double)p[i].y);
    }
    const mien_point *a = p + eyes[0], *b = p + eyes[1];
    double apart =
        hypot((double)a->x - (double)b->x, (double)a->y - (double)b->y);
    double v = hypot(high[0] - low[0], high[1] - low[1]) / apart;
    return isfinite(v) ? v : 0;
}

mien_status mi_weigh(mien_picture_study *s, mien_error *err)
{
    const mien_labels *l = s->train_set.labels;
    const mi_rows *part = &s->part[0];
    double sum = 0, known = 0;
    int eyes[2];
    if (!s->o.by_eyes)
        return MIEN_OK;
    if (l->points < 2 || !l->point)
        return mi_fail(err, MIEN_EARG,
                       "faces are to weigh by the distance of their eyes, but "
                       "the labels have %d points, wanted 2 or more",
                       l->points);
    s->row_weight = mi_alloc((size_t)l->n + 1, sizeof *s->row_weight);
    if (!s->row_weight)
        return mi_no_memory(err);
    mi_find_eyes(l, eyes);
    for (int64_t i = 0; i < part->n; i++) {
        double v = ratio_of(l, eyes, part->row[i]);
        sum += v;
        known += v > 0;
    }
    for (int64_t i = 0; i < l->n; i++) {
        double v = ratio_of(l, eyes, i);
        s->row_weight[i] = v > 0 ? (float)fmin(v * known / sum, most) : 1;
    }
    return MIEN_OK;
}
