/* values.c: what features measure in windows that are trained on.
 *
 *   value = (sum of weight * rectangle) * norm,
 *   norm = 1 / sqrt(A sum p^2 - (sum p)^2)
 *
 * over the A pixels p of the window less a rim of one pixel; 1 if all are
 * equal.  The operations and their order are the detector's, in float, so that
 * a window falls here as it falls there. */
#include "vision/values.h"

#include "base/alloc.h"
#include "base/error.h"
#include "vision/integral.h"

#include <math.h>

mien_status mi_samples_new(int n, int w, int h, int tilted, mi_samples *out,
                           mien_error *err)
{
    /* an odd number of lines of the cache, so that places do not collide */
    size_t stride = (((size_t)n + 15) / 16 | 1) * 16;
    size_t places = ((size_t)w + 1) * ((size_t)h + 1);
    mi_samples s = {.n = n, .w = w, .h = h, .stride = (ptrdiff_t)stride};
    s.sum = mi_alloc(places, stride * sizeof *s.sum);
    s.norm = mi_alloc(stride, sizeof *s.norm);
    s.tilted = tilted ? mi_alloc(places, stride * sizeof *s.tilted) : NULL;
    if (!s.sum || !s.norm || (tilted && !s.tilted)) {
        mi_samples_free(&s);
        return mi_fail(err, MIEN_ENOMEM, "cascade: %d windows of %d x %d", n, w,
                       h);
    }
    *out = s;
    return MIEN_OK;
}

void mi_samples_free(mi_samples *s)
{
    mi_free(s->sum);
    mi_free(s->tilted);
    mi_free(s->norm);
    *s = (mi_samples){0};
}

static double rim_less(const uint32_t *s, int w, int h)
{
    ptrdiff_t low = w + 1, high = (ptrdiff_t)(h - 1) * (w + 1);
    return (double)(s[low + 1] - s[low + w - 1] - s[high + 1] +
                    s[high + w - 1]);
}

void mi_samples_set(mi_samples *s, int i, const uint8_t *pixels,
                    uint32_t *scratch)
{
    /* The plane is only read. */
    union {
        const uint8_t *read;
        uint8_t *plane;
    } p = {pixels};
    mien_gray g = {s->w, s->h, s->w, p.plane};
    ptrdiff_t places = (ptrdiff_t)(s->w + 1) * (s->h + 1);
    mien_integral t = {.w = s->w,
                       .h = s->h,
                       .stride = s->w + 1,
                       .square = scratch + places,
                       .tilted = s->tilted ? scratch + 2 * places : NULL};
    t.sum = scratch;
    mi_integral_fill(&g, &t);
    for (ptrdiff_t k = 0; k < places; k++)
        s->sum[k * s->stride + i] = t.sum[k];
    for (ptrdiff_t k = 0; s->tilted && k < places; k++)
        s->tilted[k * s->stride + i] = t.tilted[k];
    s->norm[i] = 1;
    if (s->w < 3 || s->h < 3)
        return;
    double area = (double)(s->w - 2) * (s->h - 2);
    double v = rim_less(scratch, s->w, s->h);
    double nf = area * rim_less(scratch + places, s->w, s->h) - v * v;
    if (nf > 0)
        s->norm[i] = (float)(1. / sqrt(nf));
}

/* The four corners of a rectangle, each a row of numbers. */
typedef struct corners {
    const uint32_t *at[4];
} corners;

static corners corners_of(const mi_samples *s, const mien_feature_rect *r,
                          int tilted)
{
    ptrdiff_t row = (s->w + 1) * s->stride, column = s->stride;
    const uint32_t *p =
        (tilted ? s->tilted : s->sum) + r->y * row + r->x * column;
    ptrdiff_t right = r->w * column, down = r->h * row;
    if (tilted) {
        right += r->w * row;
        down -= r->h * column;
    }
    return (corners){{p, p + right, p + down, p + right + down}};
}

/* One rectangle of all windows; first: the others are still to come. */
static void add_rect(int n, const corners *c, float weight, int first,
                     float *restrict values)
{
    const uint32_t *restrict a = c->at[0], *restrict b = c->at[1];
    const uint32_t *restrict d = c->at[2], *restrict e = c->at[3];
    if (first)
        for (int i = 0; i < n; i++)
            values[i] = weight * (float)(int32_t)(a[i] - b[i] - d[i] + e[i]);
    else
        for (int i = 0; i < n; i++)
            values[i] += weight * (float)(int32_t)(a[i] - b[i] - d[i] + e[i]);
}

void mi_values_haar(const mi_samples *s, const mien_feature *f, float *values)
{
    for (int k = 0; k < f->n; k++) {
        corners c = corners_of(s, &f->rect[k], f->tilted);
        add_rect(s->n, &c, f->rect[k].weight, k == 0, values);
    }
    for (int i = 0; i < s->n; i++)
        values[i] *= s->norm[i];
}

static int32_t block(const uint32_t *const *at, int i, int k)
{
    return (int32_t)(at[k][i] - at[k + 1][i] - at[k + 4][i] + at[k + 5][i]);
}

void mi_values_lbp(const mi_samples *s, const mien_feature *f, uint8_t *codes)
{
    static const int around[8] = {0, 1, 2, 6, 10, 9, 8, 4};
    const mien_feature_rect *r = &f->rect[0];
    const uint32_t *at[16];
    for (int k = 0; k < 16; k++)
        at[k] = s->sum + ((r->y + (ptrdiff_t)(k / 4) * r->h) * (s->w + 1) +
                          (r->x + (ptrdiff_t)(k % 4) * r->w)) *
                             s->stride;
    for (int i = 0; i < s->n; i++) {
        int32_t middle = block(at, i, 5);
        int code = 0;
        for (int b = 0; b < 8; b++)
            code |= (block(at, i, around[b]) >= middle) << (7 - b);
        codes[i] = (uint8_t)code;
    }
}
