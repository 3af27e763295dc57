/* points.c: errors of landmarks.
 *
 * With d the distance of a point from where it should be, over known points:
 *
 *   square = mean of (dx^2 + dy^2) / 2
 *   eyes   = mean of d / distance between the true eyes
 *   box    = mean of d / sqrt(width height) */
#include "mien/metrics_points.h"

#include "base/error.h"

#include <math.h>

static double distance(const float *a, const float *b)
{
    return hypot((double)a[0] - (double)b[0], (double)a[1] - (double)b[1]);
}

static int is_known(const float *p) { return isfinite(p[0]) && isfinite(p[1]); }

/* The error of face i. */
static mien_point_error measure(const mien_faces_scored *f, int64_t i)
{
    const float *truth = f->truth + i * f->points * 2;
    const float *found = f->found + i * f->points * 2;
    mien_point_error e = {(double)NAN, (double)NAN, (double)NAN, 0};
    double sum = 0, square = 0;
    for (int p = 0; p < f->points * 2; p += 2) {
        if (!is_known(truth + p))
            continue;
        double d = distance(truth + p, found + p);
        sum += d;
        square += d * d / 2;
        e.known++;
    }
    if (!e.known)
        return e;
    const float *left = truth + (ptrdiff_t)f->left_eye * 2;
    const float *right = truth + (ptrdiff_t)f->right_eye * 2;
    double apart = distance(left, right);
    e.square = square / e.known;
    if (is_known(left) && is_known(right) && apart > 0)
        e.eyes = sum / e.known / apart;
    if (f->box && f->box[i * 2] > 0 && f->box[i * 2 + 1] > 0)
        e.box = sum / e.known /
                sqrt((double)f->box[i * 2] * (double)f->box[i * 2 + 1]);
    return e;
}

mien_status mien_point_errors_of(const mien_faces_scored *f,
                                 mien_point_error *out, mien_error *err)
{
    if (f->points < 1 || f->left_eye < 0 || f->left_eye >= f->points ||
        f->right_eye < 0 || f->right_eye >= f->points)
        return mi_fail(err, MIEN_EARG,
                       "metrics: %d points, the eyes %d and %d of them: wanted "
                       "1 or more, numbered from 0",
                       f->points, f->left_eye, f->right_eye);
    for (int64_t i = 0; i < f->n; i++)
        out[i] = measure(f, i);
    return MIEN_OK;
}

static double over(double sum, int64_t n)
{
    return n ? sum / (double)n : (double)NAN;
}

mien_point_summary mien_point_summary_of(int64_t n, const mien_point_error *e,
                                         const int *group, int only,
                                         double limit)
{
    mien_point_summary s = {0};
    int64_t boxes = 0;
    for (int64_t i = 0; i < n; i++) {
        if ((group && group[i] != only) || !e[i].known)
            continue;
        s.n++;
        s.square += e[i].square;
        if (isfinite(e[i].box)) {
            s.box += e[i].box;
            boxes++;
        }
        if (!isfinite(e[i].eyes))
            continue;
        s.eyes_n++;
        s.eyes += e[i].eyes;
        s.failures += e[i].eyes > limit;
        s.area += e[i].eyes < limit ? 1 - e[i].eyes / limit : 0;
    }
    s.square = over(s.square, s.n);
    s.eyes = over(s.eyes, s.eyes_n);
    s.failures = over(s.failures, s.eyes_n);
    s.area = over(s.area, s.eyes_n);
    s.box = over(s.box, boxes);
    return s;
}

void mien_point_curve(int64_t n, const mien_point_error *e, int steps,
                      double limit, double *part)
{
    int64_t measured = 0;
    for (int i = 0; i < steps; i++)
        part[i] = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!e[i].known || !isfinite(e[i].eyes))
            continue;
        measured++;
        double at = ceil(e[i].eyes / limit * (steps - 1));
        if (at < steps)
            part[(int)at]++;
    }
    for (int i = 1; i < steps; i++)
        part[i] += part[i - 1];
    for (int i = 0; i < steps && measured; i++)
        part[i] /= (double)measured;
}
