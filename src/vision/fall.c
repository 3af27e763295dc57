/* fall.c: how windows fall through the stages of a cascade.
 *
 * A detector is run once for each number of stages, without grouping: what it
 * gives are the windows that are left. */
#include "mien/vision_search.h"
#include "vision/scan.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double scale = 1.1; /* from one window size to the next */

static mien_status make(const mien_cascade *c, mien_fall *f, mien_error *err)
{
    size_t n = (size_t)mien_cascade_get_info(c).n_stages;
    *f = (mien_fall){0};
    f->left = mi_alloc(n + 1, sizeof *f->left);
    f->sums = mi_alloc(n + 1, sizeof *f->sums);
    return f->left && f->sums ? MIEN_OK : mi_no_memory(err);
}

void mien_fall_done(mien_fall *f)
{
    if (!f)
        return;
    mi_free(f->left);
    mi_free(f->sums);
    mien_gray_free(&f->window);
    *f = (mien_fall){0};
}

/* Windows that a detector looks at: every pixel at sizes above twice the
 * window's, every second below. */
static int64_t count_windows(const mien_cascade_info *c, const mien_gray *g)
{
    int64_t n = 0;
    double f = 1;
    int columns = g->w - c->w + 1;
    while (lrint(c->w * f) <= g->w && lrint(c->h * f) <= g->h) {
        int w = (int)lrint(g->w / f), h = (int)lrint(g->h / f);
        int step = f > 2 ? 1 : 2;
        int rows = h - c->h + 1, nx = (w - c->w + step) / step;
        if (nx > 0 && rows > 0)
            n += (int64_t)nx *
                 ((mi_rows_scanned(columns, rows, step) + step - 1) / step);
        f *= scale;
    }
    return n;
}

/* Windows left by each stage; best is set to the surest of those that got
 * farthest, its w 0 if none passes a stage. */
static mien_status count_stages(const mien_cascade *c, const mien_gray *g,
                                int64_t *left, mien_hit *best, mien_error *err)
{
    int n = mien_cascade_get_info(c).n_stages;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    mien_status st = MIEN_OK;
    o.scale = scale;
    o.neighbors = 0;
    for (o.stages = 1; st == MIEN_OK && o.stages <= n; o.stages++) {
        mien_hits hits = {0};
        st = mien_cascade_detect(c, g, &o, &hits, err);
        left[o.stages - 1] = hits.n;
        for (int i = 0; i < hits.n; i++)
            if (!i || hits.hit[i].weight > best->weight)
                *best = hits.hit[i];
        mien_hits_free(&hits);
    }
    return st;
}

/* Follow a window of the cascade's size; it is copied. */
static mien_status follow(const mien_cascade *c, const mien_gray *window,
                          mien_fall *f, mien_error *err)
{
    mien_status st = mien_cascade_follow(c, window, f->sums, &f->passed, err);
    if (st == MIEN_OK)
        st = mien_gray_resize(window, window->w, window->h, &f->window, err);
    f->followed = st == MIEN_OK;
    return st;
}

/* Follow a hit as the detector saw it: in the picture made smaller. */
static mien_status follow_hit(const mien_cascade *c, const mien_gray *g,
                              const mien_hit *b, mien_fall *f, mien_error *err)
{
    mien_cascade_info info = mien_cascade_get_info(c);
    mien_gray small;
    double by = 1;
    while (lrint(info.w * by) < b->w || lrint(info.h * by) < b->h)
        by *= scale;
    mien_status st = mien_gray_resize(g, (int)lrint(g->w / by),
                                      (int)lrint(g->h / by), &small, err);
    if (st != MIEN_OK)
        return st;
    int x = (int)lrint(b->x / by), y = (int)lrint(b->y / by);
    x = x < small.w - info.w ? x : small.w - info.w;
    y = y < small.h - info.h ? y : small.h - info.h;
    mien_gray window = mien_gray_view(&small, x, y, info.w, info.h);
    st = follow(c, &window, f, err);
    mien_gray_free(&small);
    return st;
}

static mien_status count(const mien_cascade *c, const mien_gray *g,
                         mien_fall *f, mien_error *err)
{
    mien_cascade_info info = mien_cascade_get_info(c);
    mien_hit best = {0};
    f->windows = count_windows(&info, g);
    mien_status st = count_stages(c, g, f->left, &best, err);
    return st == MIEN_OK && best.w ? follow_hit(c, g, &best, f, err) : st;
}

/* A picture of at most that longer side; 0: as it is. */
static mien_status shrink(const mien_gray *g, int side, mien_gray *out,
                          mien_error *err)
{
    double by = (double)side / (g->w > g->h ? g->w : g->h);
    if (!side || by >= 1)
        by = 1;
    int w = (int)lrint(g->w * by), h = (int)lrint(g->h * by);
    return mien_gray_resize(g, w > 1 ? w : 1, h > 1 ? h : 1, out, err);
}

mien_status mien_fall_count(const mien_cascade *c, const mien_gray *g, int side,
                            mien_fall *out, mien_error *err)
{
    assert(c && g && g->data && side >= 0 && out);
    mien_fall f;
    mien_gray small = {0};
    mien_status st = make(c, &f, err);
    if (st == MIEN_OK)
        st = shrink(g, side, &small, err);
    if (st == MIEN_OK)
        st = count(c, &small, &f, err);
    mien_gray_free(&small);
    if (st == MIEN_OK)
        *out = f;
    else
        mien_fall_done(&f);
    return st;
}

mien_status mien_fall_mean(const mien_cascade *c, mien_fall *out,
                           mien_error *err)
{
    assert(c && out);
    mien_fall f;
    mien_gray mean = {0};
    mien_cascade_info info = mien_cascade_get_info(c);
    const uint8_t *from = mien_cascade_mean(c);
    mien_status st = make(c, &f, err);
    if (st == MIEN_OK && from)
        st = mien_gray_new(info.w, info.h, &mean, err);
    for (int y = 0; st == MIEN_OK && from && y < info.h; y++)
        memcpy(mean.data + y * mean.stride, from + (size_t)y * (size_t)info.w,
               (size_t)info.w);
    if (st == MIEN_OK && from)
        st = follow(c, &mean, &f, err);
    mien_gray_free(&mean);
    if (st == MIEN_OK)
        *out = f;
    else
        mien_fall_done(&f);
    return st;
}
