/* corner.c: corners worth following (Shi and Tomasi).
 *
 * The response of a pixel is the smaller eigenvalue of
 *     [ sum dx dx  sum dx dy ]
 *     [ sum dx dy  sum dy dy ]
 * over a window about it; corners are local maxima of it, taken from the best
 * down, none nearer to a better one than asked.  Gradients are Sobel's; beyond
 * the border lies the mirror image.  Responses are floats computed in the order
 * of OpenCV's goodFeaturesToTrack, so that ties fall alike. */
#include "mien/vision_track.h"

#include "base/alloc.h"
#include "base/error.h"
#include "vision/pyramid.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void mien_points_free(mien_points *p)
{
    if (!p)
        return;
    mi_free(p->at);
    *p = (mien_points){0};
}

typedef struct search {
    int w, h, block;
    int kept;        /* rows of products: those of the window, or h */
    float *product;  /* [kept, 3, w] dx dx, dx dy, dy dy; row y at y % kept */
    float *response; /* [h, w] */
    double *column;  /* [3, w + block] sums of a column of the window */
    double *sum;     /* [3, w] sums of the window */
} search;

/* Three rows of pixels, and what to multiply Sobel's sums with. */
typedef struct rows {
    const uint8_t *up, *here, *low;
    float one, two;
} rows;

/* Products of the gradients at column x, whose neighbours are l and r. */
static inline void product(const rows *p, int l, int x, int r, ptrdiff_t plane,
                           float *out)
{
    const uint8_t *up = p->up, *low = p->low;
    int sides = up[r] - up[l] + low[r] - low[l];
    int middle = p->here[r] - p->here[l];
    float dx = (float)middle * p->two + (float)sides * p->one;
    float above = (float)up[x] * p->two + (float)(up[l] + up[r]) * p->one;
    float below = (float)low[x] * p->two + (float)(low[l] + low[r]) * p->one;
    float dy = below - above;
    out[x] = dx * dx;
    out[plane + x] = dx * dy;
    out[2 * plane + x] = dy * dy;
}

static float *row_of(const search *s, int y)
{
    return s->product + (ptrdiff_t)(y % s->kept) * 3 * s->w;
}

static void products(const search *s, const mien_gray *g, int y)
{
    float one = (float)(1. / (4. * s->block * 255.));
    const rows p = {
        g->data + mi_mirrored(y - 1, s->h) * g->stride, g->data + y * g->stride,
        g->data + mi_mirrored(y + 1, s->h) * g->stride, one, 2 * one};
    float *restrict out = row_of(s, y);
    product(&p, 1, 0, 1, s->w, out);
    for (int x = 1; x < s->w - 1; x++)
        product(&p, x - 1, x, x + 1, s->w, out);
    product(&p, s->w - 2, s->w - 1, s->w - 2, s->w, out);
}

/* Sums of columns of the window about row y, mirrored columns at the ends. */
static void columns(const search *s, int y)
{
    int before = s->block / 2, n = s->w + s->block;
    for (int i = 0; i < 3; i++) {
        double *sum = s->column + (ptrdiff_t)i * n;
        memset(sum, 0, (size_t)n * sizeof *sum);
        for (int k = 0; k < s->block; k++) {
            const float *row = row_of(s, mi_mirrored(y - before + k, s->h)) +
                               (ptrdiff_t)i * s->w;
            for (int x = 0; x < s->w; x++)
                sum[before + x] += (double)row[x];
        }
        for (int x = 1; x <= before; x++)
            sum[before - x] = sum[before + mi_mirrored(-x, s->w)];
        for (int x = s->w; x < s->w + s->block - before; x++)
            sum[before + x] = sum[before + mi_mirrored(x, s->w)];
    }
}

/* The smaller eigenvalue of the gradients' products around each pixel. */
static void responses(const search *s, const mien_gray *g)
{
    int n = s->w + s->block, made = 0;
    for (int y = 0; y < s->h; y++) {
        while (made < s->h && made <= y + s->block / 2)
            products(s, g, made++);
        columns(s, y);
        for (int i = 0; i < 3; i++) {
            const double *column = s->column + (ptrdiff_t)i * n;
            double *sum = s->sum + (ptrdiff_t)i * s->w;
            for (int x = 0; x < s->w; x++)
                sum[x] = column[x];
            for (int k = 1; k < s->block; k++)
                for (int x = 0; x < s->w; x++)
                    sum[x] += column[x + k];
        }
        float *out = s->response + (ptrdiff_t)y * s->w;
        for (int x = 0; x < s->w; x++) {
            float a = (float)s->sum[x] * 0.5f, b = (float)s->sum[s->w + x];
            float c = (float)s->sum[2 * (ptrdiff_t)s->w + x] * 0.5f;
            out[x] = (a + c) - sqrtf((a - c) * (a - c) + b * b);
        }
    }
}

typedef struct corner {
    float response;
    int32_t at; /* y * w + x */
} corner;

/* OpenCV sorts pointers: of equal responses the later pixel first. */
static int by_response(const void *a, const void *b)
{
    const corner *p = a, *q = b;
    if (p->response != q->response)
        return p->response > q->response ? -1 : 1;
    return (p->at < q->at) - (p->at > q->at);
}

static int is_peak(const search *s, const float *p)
{
    for (int y = -1; y <= 1; y++)
        for (int x = -1; x <= 1; x++)
            if (p[(ptrdiff_t)y * s->w + x] > *p)
                return 0;
    return 1;
}

static float greatest(const float *r, ptrdiff_t n)
{
    float best[8] = {0}, most = 0;
    ptrdiff_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            best[k] = r[i + k] > best[k] ? r[i + k] : best[k];
    for (; i < n; i++)
        most = r[i] > most ? r[i] : most;
    for (int k = 0; k < 8; k++)
        most = best[k] > most ? best[k] : most;
    return most;
}

/* Local maxima above a share of the best; how many. */
static int peaks(const search *s, double quality, corner *out)
{
    ptrdiff_t area = (ptrdiff_t)s->w * s->h;
    int n = 0;
    float least = (float)((double)greatest(s->response, area) * quality);
    for (int y = 1; y < s->h - 1; y++)
        for (int x = 1; x < s->w - 1; x++) {
            int32_t at = (int32_t)((ptrdiff_t)y * s->w + x);
            const float *p = s->response + at;
            if (*p > least && *p > 0 && is_peak(s, p))
                out[n++] = (corner){*p, at};
        }
    if (n > 1)
        qsort(out, (size_t)n, sizeof *out, by_response);
    return n;
}

/* Corners taken so far by cells of the least distance. */
typedef struct grid {
    int cell, w, h;
    int32_t *first; /* [h, w] the last corner put into the cell, or -1 */
    int32_t *next;  /* [n] the one before it */
} grid;

/* Whether no point taken before lies nearer than distance. */
static int is_free(const grid *g, const mien_point *taken, int x, int y,
                   double distance)
{
    int cx = x / g->cell, cy = y / g->cell;
    for (int v = cy - 1; v <= cy + 1; v++)
        for (int u = cx - 1; u <= cx + 1; u++) {
            if (u < 0 || v < 0 || u >= g->w || v >= g->h)
                continue;
            for (int32_t i = g->first[(ptrdiff_t)v * g->w + u]; i >= 0;
                 i = g->next[i]) {
                float dx = (float)x - taken[i].x, dy = (float)y - taken[i].y;
                if ((double)(dx * dx + dy * dy) < distance * distance)
                    return 0;
            }
        }
    return 1;
}

static void choose(const search *s, const corner *c, int n,
                   const mien_corner_options *o, grid *g, mien_points *out)
{
    for (ptrdiff_t i = 0; i < (ptrdiff_t)g->w * g->h; i++)
        g->first[i] = -1;
    for (int i = 0; i < n && (!o->max || out->n < o->max); i++) {
        int x = c[i].at % s->w, y = c[i].at / s->w;
        if (o->min_distance >= 1 && !is_free(g, out->at, x, y, o->min_distance))
            continue;
        ptrdiff_t cell = (ptrdiff_t)(y / g->cell) * g->w + x / g->cell;
        g->next[out->n] = g->first[cell];
        g->first[cell] = out->n;
        out->at[out->n++] = (mien_point){(float)x, (float)y};
    }
}

/* The best peaks that keep their distance, best first. */
static mien_status pick(const search *s, const mien_corner_options *o,
                        mien_points *out, mien_error *err)
{
    size_t area = (size_t)s->w * (size_t)s->h;
    corner *all = mi_alloc(area, sizeof *all);
    if (!all)
        return mi_no_memory(err);
    int n = peaks(s, o->quality, all);
    grid g = {.cell = o->min_distance >= 1 ? (int)lrint(o->min_distance) : 1};
    g.w = (s->w + g.cell - 1) / g.cell;
    g.h = (s->h + g.cell - 1) / g.cell;
    g.first = mi_alloc((size_t)g.w * (size_t)g.h, sizeof *g.first);
    g.next = mi_alloc((size_t)n + 1, sizeof *g.next);
    mien_points made = {0, mi_alloc((size_t)n + 1, sizeof *made.at)};
    mien_status st = MIEN_OK;
    if (g.first && g.next && made.at)
        choose(s, all, n, o, &g, &made);
    else
        st = mi_no_memory(err);
    mi_free(all);
    mi_free(g.first);
    mi_free(g.next);
    if (st == MIEN_OK)
        *out = made;
    else
        mien_points_free(&made);
    return st;
}

/* Set defaults and refuse numbers outside their range. */
static mien_status check_options(mien_corner_options *o, const mien_gray *g,
                                 mien_error *err)
{
    if (o->quality == 0)
        o->quality = 0.01;
    if (o->block == 0)
        o->block = 3;
    if (o->max < 0 || !(o->quality > 0 && o->quality <= 1) ||
        !(o->min_distance >= 0 && o->min_distance < 1e6) || o->block < 1 ||
        o->block > 99)
        return mi_fail(err, MIEN_EARG,
                       "corners: max %d, quality %g, distance %g, block %d: "
                       "out of range",
                       o->max, o->quality, o->min_distance, o->block);
    if (g->w < 3 || g->h < 3)
        return mi_fail(err, MIEN_EARG, "corners: %d x %d, wanted 3 x 3 or more",
                       g->w, g->h);
    return MIEN_OK;
}

mien_status mien_corners_find(const mien_gray *g,
                              const mien_corner_options *options,
                              mien_points *out, mien_error *err)
{
    assert(g && g->data && out);
    mien_corner_options o = MIEN_CORNER_DEFAULTS;
    if (options)
        o = *options;
    mien_status st = check_options(&o, g, err);
    if (st != MIEN_OK)
        return st;
    search s = {.w = g->w, .h = g->h, .block = o.block};
    size_t area = (size_t)s.w * (size_t)s.h;
    s.kept = 2 * (s.block / 2) + 1; /* an even window's mirror image too */
    s.kept = s.kept < s.h ? s.kept : s.h;
    s.product =
        mi_alloc_raw((size_t)s.kept * (size_t)s.w, 3 * sizeof *s.product);
    s.response = mi_alloc_raw(area, sizeof *s.response);
    s.column = mi_alloc((size_t)s.w + (size_t)s.block, 3 * sizeof *s.column);
    s.sum = mi_alloc((size_t)s.w, 3 * sizeof *s.sum);
    if (s.product && s.response && s.column && s.sum) {
        responses(&s, g);
        st = pick(&s, &o, out, err);
    } else {
        st = mi_fail(err, MIEN_ENOMEM, "corners: %d x %d", g->w, g->h);
    }
    mi_free(s.product);
    mi_free(s.response);
    mi_free(s.column);
    mi_free(s.sum);
    return st;
}
