/* pyramid.c: a picture halved again and again.
 *
 * A level is the one before it, smoothed by 1 4 6 4 1 both ways, of which every
 * second pixel is kept; beyond the border lies the mirror image without the
 * border pixel itself. */
#include "vision/pyramid.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kern/flow.h"
#include "kern/kern.h"

#include <assert.h>
#include <math.h>
#include <string.h>

mien_status mi_flow_options(mien_flow_options *o, mien_error *err)
{
    if (!o->window)
        o->window = 21;
    if (o->levels < 0)
        o->levels = 3;
    if (!o->iterations)
        o->iterations = 30;
    if (o->epsilon == 0)
        o->epsilon = 0.01;
    if (o->min_eigen == 0)
        o->min_eigen = 1e-4;
    if (o->window < 3 || o->window > MI_FLOW_WINDOW)
        return mi_fail(err, MIEN_EARG, "flow: window %d, wanted 3..%d",
                       o->window, MI_FLOW_WINDOW);
    if (o->levels >= MI_PYRAMID_LEVELS)
        return mi_fail(err, MIEN_EARG, "flow: %d levels, at most %d", o->levels,
                       MI_PYRAMID_LEVELS - 1);
    if (o->iterations < 1 || o->iterations > 100)
        return mi_fail(err, MIEN_EARG, "flow: %d iterations, wanted 1..100",
                       o->iterations);
    if (!(o->epsilon > 0 && o->epsilon < 100) ||
        !(o->min_eigen > 0 && isfinite(o->min_eigen)) || !(o->max_back >= 0) ||
        !(o->max_error >= 0))
        return mi_fail(err, MIEN_EARG,
                       "flow: a number below 0, or not a number");
    return MIEN_OK;
}

/* Fill the margin around a level with its mirror image. */
static void mirror_around(const mi_level *l, int margin)
{
    for (int y = 0; y < l->h; y++) {
        uint8_t *p = l->grey + y * l->stride;
        for (int i = 1; i <= margin; i++) {
            p[-i] = p[mi_mirrored(-i, l->w)];
            p[l->w - 1 + i] = p[mi_mirrored(l->w - 1 + i, l->w)];
        }
    }
    size_t row = (size_t)l->w + 2 * (size_t)margin;
    for (int i = 1; i <= margin; i++) {
        uint8_t *up = l->grey - i * l->stride - margin;
        uint8_t *low = l->grey + (l->h - 1 + i) * l->stride - margin;
        memcpy(up, l->grey + mi_mirrored(-i, l->h) * l->stride - margin, row);
        memcpy(low,
               l->grey + mi_mirrored(l->h - 1 + i, l->h) * l->stride - margin,
               row);
    }
}

static void halve(const mi_kern *kern, const mi_level *from, const mi_level *to,
                  uint16_t *line)
{
    for (int y = 0; y < to->h; y++) {
        const uint8_t *row[5];
        for (int i = 0; i < 5; i++)
            row[i] = from->grey + (2 * y + i - 2) * from->stride - 2;
        kern->half_rows_u16(2 * to->w + 3, row, line);
        kern->half_u8(to->w, line + 2, to->grey + y * to->stride);
    }
}

/* Sizes and places of the levels; numbers of a plane in all. */
static size_t plan(mien_pyramid *p, int w, int h, int levels)
{
    size_t total = 0;
    int m = p->margin;
    for (p->n = 0; p->n <= levels; p->n++) {
        if (p->n && (w <= p->window || h <= p->window))
            break;
        mi_level *l = &p->level[p->n];
        *l = (mi_level){.w = w, .h = h};
        l->stride = (w + 2 * m + MI_FLOW_LANES + 63) & ~63;
        total += (size_t)l->stride * (size_t)(h + 2 * m + 1);
        w = (w + 1) / 2;
        h = (h + 1) / 2;
    }
    return total + MI_FLOW_LANES;
}

static void place(mien_pyramid *p)
{
    size_t at = 0;
    for (int i = 0; i < p->n; i++) {
        mi_level *l = &p->level[i];
        size_t first = at + (size_t)(p->margin * l->stride) + (size_t)p->margin;
        l->grey = p->pixels + first;
        at += (size_t)l->stride * (size_t)(l->h + 2 * p->margin + 1);
    }
}

static void fill(mien_pyramid *p, const mien_gray *g, uint16_t *line)
{
    const mi_kern *kern = mi_kern_best();
    for (int y = 0; y < g->h; y++)
        memcpy(p->level[0].grey + y * p->level[0].stride,
               g->data + y * g->stride, (size_t)g->w);
    for (int i = 0; i < p->n; i++) {
        if (i)
            halve(kern, &p->level[i - 1], &p->level[i], line);
        mirror_around(&p->level[i], p->margin);
    }
}

mien_status mien_pyramid_new(const mien_gray *g,
                             const mien_flow_options *options,
                             mien_pyramid **out, mien_error *err)
{
    assert(g && g->data && out);
    mien_flow_options o = MIEN_FLOW_DEFAULTS;
    if (options)
        o = *options;
    mien_status st = mi_flow_options(&o, err);
    if (st != MIEN_OK)
        return st;
    mien_pyramid *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    p->window = o.window;
    p->margin = o.window + 2;
    size_t total = plan(p, g->w, g->h, o.levels);
    uint16_t *line = mi_alloc((size_t)g->w + 8, sizeof *line);
    p->pixels = mi_alloc(total, 1);
    if (!line || !p->pixels) {
        mi_free(line);
        mien_pyramid_free(p);
        return mi_fail(err, MIEN_ENOMEM, "flow: pyramid of %d x %d", g->w,
                       g->h);
    }
    place(p);
    fill(p, g, line);
    mi_free(line);
    *out = p;
    return MIEN_OK;
}

void mien_pyramid_free(mien_pyramid *p)
{
    if (!p)
        return;
    mi_free(p->pixels);
    mi_free(p);
}

double mi_pyramid_likeness(const mien_pyramid *a, const mien_pyramid *b)
{
    assert(a->n == b->n);
    const mi_level *p = &a->level[a->n - 1], *q = &b->level[b->n - 1];
    double n = (double)p->w * p->h, sp = 0, sq = 0, pp = 0, qq = 0, pq = 0;
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++) {
            double u = p->grey[y * p->stride + x];
            double v = q->grey[y * q->stride + x];
            sp += u;
            sq += v;
            pp += u * u;
            qq += v * v;
            pq += u * v;
        }
    double spread = (pp - sp * sp / n) * (qq - sq * sq / n);
    return spread > 0 ? (pq - sp * sq / n) / sqrt(spread) : 1;
}
