/* turned.c: objects at several turns of the picture.
 *
 * The picture is turned the other way on a plane large enough for all of it,
 * searched, and the centres of what was found are turned back.  Of rectangles
 * that overlap the one that most windows agreed on stays. */
#include "mien/vision.h"

#include "base/error.h"
#include "vision/group.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ANGLES = 36 };

/* The plane that a turned picture needs, with the picture in its middle and
 * its border pixels around it. */
static mien_status framed(const mien_gray *g, double degrees, mien_gray *out,
                          mien_error *err)
{
    double a = degrees * 3.14159265358979323846 / 180;
    double c = fabs(cos(a)), s = fabs(sin(a));
    int w = (int)ceil(g->w * c + g->h * s), h = (int)ceil(g->w * s + g->h * c);
    w = w < g->w ? g->w : w;
    h = h < g->h ? g->h : h;
    mien_status st = mien_gray_new(w, h, out, err);
    if (st != MIEN_OK)
        return st;
    int dx = (w - g->w) / 2, dy = (h - g->h) / 2;
    for (int y = 0; y < h; y++) {
        int from = y < dy ? 0 : y - dy >= g->h ? g->h - 1 : y - dy;
        const uint8_t *p = g->data + from * g->stride;
        uint8_t *to = out->data + y * out->stride;
        memset(to, p[0], (size_t)dx);
        memcpy(to + dx, p, (size_t)g->w);
        memset(to + dx + g->w, p[g->w - 1], (size_t)(w - dx - g->w));
    }
    return MIEN_OK;
}

/* Bring what was found in the turned plane back to the picture. */
static void rotate_back(const mien_gray *g, const mien_gray *plane,
                        double degrees, mien_hits *hits)
{
    double a = degrees * 3.14159265358979323846 / 180, c = cos(a), s = sin(a);
    int dx = (plane->w - g->w) / 2, dy = (plane->h - g->h) / 2, n = 0;
    for (int i = 0; i < hits->n; i++) {
        mien_hit h = hits->hit[i];
        double x = h.x + h.w / 2.0 - plane->w / 2.0;
        double y = h.y + h.h / 2.0 - plane->h / 2.0;
        double cx = c * x + s * y + plane->w / 2.0 - dx;
        double cy = -s * x + c * y + plane->h / 2.0 - dy;
        if (cx < 0 || cy < 0 || cx >= g->w || cy >= g->h)
            continue;
        h.x = (int)lrint(cx - h.w / 2.0);
        h.y = (int)lrint(cy - h.h / 2.0);
        h.angle = (float)degrees;
        hits->hit[n++] = h;
    }
    hits->n = n;
}

/* Search a picture turned by some degrees; hits are turned back. */
static mien_status search(const mien_cascade *c, const mien_gray *g,
                          const mien_cascade_options *options, double degrees,
                          mien_hits *out, mien_error *err)
{
    if (degrees == 0)
        return mien_cascade_detect(c, g, options, out, err);
    mien_gray plane, rotated;
    mien_status st = framed(g, degrees, &plane, err);
    if (st != MIEN_OK)
        return st;
    st = mien_gray_rotate(&plane, -degrees, &rotated, err);
    if (st == MIEN_OK) {
        st = mien_cascade_detect(c, &rotated, options, out, err);
        if (st == MIEN_OK)
            rotate_back(g, &plane, degrees, out);
        mien_gray_free(&rotated);
    }
    mien_gray_free(&plane);
    return st;
}

static double overlap(const mien_hit *a, const mien_hit *b)
{
    double w = fmin(a->x + a->w, b->x + b->w) - fmax(a->x, b->x);
    double h = fmin(a->y + a->h, b->y + b->h) - fmax(a->y, b->y);
    if (w <= 0 || h <= 0)
        return 0;
    double both = w * h;
    return both / ((double)a->w * a->h + (double)b->w * b->h - both);
}

static int by_neighbors(const void *a, const void *b)
{
    const mien_hit *p = a, *q = b;
    if (p->neighbors != q->neighbors)
        return p->neighbors > q->neighbors ? -1 : 1;
    float d = fabsf(p->angle) - fabsf(q->angle);
    if (d != 0)
        return d < 0 ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

static int by_place(const void *a, const void *b)
{
    const mien_hit *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x)
                        : (p->y > q->y) - (p->y < q->y);
}

/* Of hits that overlap keep the one with most neighbours. */
static void keep_best(mien_hits *hits)
{
    if (hits->n < 2)
        return;
    qsort(hits->hit, (size_t)hits->n, sizeof *hits->hit, by_neighbors);
    int n = 0;
    for (int i = 0; i < hits->n; i++) {
        int free = 1;
        for (int k = 0; k < n; k++)
            free &= overlap(&hits->hit[i], &hits->hit[k]) <= 0.4;
        if (free)
            hits->hit[n++] = hits->hit[i];
    }
    hits->n = n;
    qsort(hits->hit, (size_t)n, sizeof *hits->hit, by_place);
}

mien_status mien_cascade_detect_turned(const mien_cascade *c,
                                       const mien_gray *g,
                                       const mien_cascade_options *options,
                                       int n, const double *degrees,
                                       mien_hits *out, mien_error *err)
{
    assert(c && g && g->data && degrees && out);
    if (n < 1 || n > MAX_ANGLES)
        return mi_fail(err, MIEN_EARG, "cascade: %d angles, wanted 1..%d", n,
                       MAX_ANGLES);
    mien_hits all = {0};
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        mien_hits some = {0};
        if (!isfinite(degrees[i]))
            st = mi_fail(err, MIEN_EARG, "cascade: angle %g", degrees[i]);
        else
            st = search(c, g, options, degrees[i], &some, err);
        if (st == MIEN_OK)
            st = mi_hits_append(&all, &some, err);
        mien_hits_free(&some);
    }
    if (st != MIEN_OK) {
        mien_hits_free(&all);
        return st;
    }
    keep_best(&all);
    *out = all;
    return MIEN_OK;
}
