/* detect.c: a cascade over a picture at many scales.
 *
 * The window keeps its size and the picture shrinks: scale s shows it at
 * round(w / s) x round(h / s).  Each scale is cut into bands; a band is
 * resized, summed up and scanned by one thread, in memory that stays in its
 * cache. Scales, steps, rounding and grouping are those of OpenCV's
 * detectMultiScale: windows 2 pixels apart below scale 2, else 1. */
#include "image/gray.h"
#include "vision/group.h"
#include "vision/scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/pool.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BAND = 128, MAX_SCALES = 4096, MAX_HITS = 2000000 };

/* Some rows of windows of one scale. */
typedef struct task {
    float scale;
    int w, h;    /* of the picture at this scale */
    int y, rows; /* windows */
    mi_windows found;
    mien_status st;
    mien_error err;
} task;

/* Memory of a thread. */
typedef struct lane {
    uint8_t *pixels; /* [BAND + window, w] */
    uint32_t *sums;
    void *resizer;
    mi_scanner scanner;
} lane;

typedef struct detection {
    const mien_cascade *c;
    const mien_gray *g;
    mien_cascade_options o;
    mi_compiled compiled[2]; /* for steps 1 and 2 */
    float *scale;
    int n_scales, n_tasks, n_lanes;
    task *task;
    lane *lane;
    int w, h;         /* of the picture at the finest scale */
    ptrdiff_t stride; /* of sums */
    int tilted;
} detection;

void mien_hits_free(mien_hits *h)
{
    if (!h)
        return;
    mi_free(h->hit);
    *h = (mien_hits){0};
}

/* Set defaults and refuse numbers outside their range. */
static mien_status check_options(const mien_cascade *c, const mien_gray *g,
                                 mien_cascade_options *o, mien_error *err)
{
    if (o->scale == 0)
        o->scale = 1.1;
    if (o->neighbors < 0)
        o->neighbors = 3;
    if (o->group == 0)
        o->group = 0.2;
    if (!(o->scale > 1) || !isfinite(o->scale))
        return mi_fail(err, MIEN_EARG, "cascade: scale %g, wanted more than 1",
                       o->scale);
    if (!(o->group > 0 && o->group < 1))
        return mi_fail(err, MIEN_EARG, "cascade: group %g, wanted 0..1",
                       o->group);
    if (o->min_w < 0 || o->min_h < 0 || o->max_w < 0 || o->max_h < 0)
        return mi_fail(err, MIEN_EARG, "cascade: a size below 0");
    if (!o->max_w || !o->max_h) {
        o->max_w = g->w;
        o->max_h = g->h;
    }
    if (!c->n_stages)
        return mi_fail(err, MIEN_EARG, "cascade: it has no stages");
    if (o->stages < 0 || o->stages > c->n_stages)
        return mi_fail(err, MIEN_EARG, "cascade: %d stages, wanted 0..%d",
                       o->stages, c->n_stages);
    o->stages = o->stages ? o->stages : c->n_stages;
    return MIEN_OK;
}

static int window(int side, double factor) { return (int)lrint(side * factor); }

/* All scales whose windows fit into the picture. */
static mien_status all_scales(const detection *d, float *all, int *n,
                              mien_error *err)
{
    *n = 0;
    double f = 1;
    while (window(d->c->w, f) <= d->g->w && window(d->c->h, f) <= d->g->h) {
        if (*n == MAX_SCALES)
            return mi_fail(err, MIEN_ELIMIT,
                           "cascade: scale %g makes more than %d sizes",
                           d->o.scale, MAX_SCALES);
        all[(*n)++] = (float)f;
        f *= d->o.scale;
    }
    return MIEN_OK;
}

/* Of all sizes those asked for; the one nearest the least size if there is
 * none, as OpenCV does. */
static void choose_scales(detection *d, const float *all, int n)
{
    const mien_cascade *c = d->c;
    int best = 0;
    double nearest = HUGE_VAL;
    for (int i = 0; i < n; i++) {
        int w = window(c->w, (double)all[i]), h = window(c->h, (double)all[i]);
        double dx = d->o.min_w - w, dy = d->o.min_h - h;
        if (dx * dx + dy * dy < nearest) {
            nearest = dx * dx + dy * dy;
            best = i;
        }
    }
    for (int i = 0; i < n; i++) {
        int w = window(c->w, (double)all[i]), h = window(c->h, (double)all[i]);
        if (w > d->o.max_w || h > d->o.max_h)
            break;
        if (w >= d->o.min_w && h >= d->o.min_h)
            d->scale[d->n_scales++] = all[i];
    }
    if (!d->n_scales && n)
        d->scale[d->n_scales++] = all[best];
}

static mien_status plan_scales(detection *d, mien_error *err)
{
    float *all = mi_alloc(MAX_SCALES, 2 * sizeof *all);
    if (!all)
        return mi_no_memory(err);
    d->scale = all + MAX_SCALES;
    int n;
    mien_status st = all_scales(d, all, &n, err);
    if (st == MIEN_OK)
        choose_scales(d, all, n);
    if (st == MIEN_OK)
        memmove(all, d->scale, (size_t)d->n_scales * sizeof *all);
    d->scale = all;
    return st;
}

static int shrunk(int side, float scale)
{
    return (int)lrintf((float)side / scale);
}

static int step_of(float scale) { return scale >= 2 ? 1 : 2; }

/* Cut every scale into bands of rows of windows. */
static mien_status plan_tasks(detection *d, mien_error *err)
{
    for (int i = 0; i < d->n_scales; i++) {
        float s = d->scale[i];
        int w = shrunk(d->g->w, s), h = shrunk(d->g->h, s), rows = 0;
        if (!i) {
            d->w = w;
            d->h = h;
        }
        if (d->c->w <= w)
            rows = mi_rows_scanned(d->w - d->c->w + 1, h - d->c->h + 1,
                                   step_of(s));
        for (int y = 0; y < rows; y += BAND) {
            task *t = mi_push(&d->task, d->n_tasks, sizeof *t);
            if (!t)
                return mi_no_memory(err);
            int n = rows - y < BAND ? rows - y : BAND;
            *t = (task){.scale = s, .w = w, .h = h, .y = y, .rows = n};
            d->n_tasks++;
        }
    }
    return MIEN_OK;
}

/* Compile the cascade, and allocate what a lane needs for any band. */
static mien_status plan_lanes(detection *d, mien_error *err)
{
    d->tilted = mien_cascade_get_info(d->c).has_tilted;
    d->stride = mi_sums_stride(d->w);
    int rows = BAND + d->c->h - 1;
    size_t sums = mi_sums_count(d->stride, rows, d->tilted);
    ptrdiff_t tilted = d->tilted ? d->stride * (rows + 1) * 2 : 0;
    for (int step = 1; step <= 2; step++) {
        mien_status st = mi_compile(d->c, d->stride, step, tilted,
                                    &d->compiled[step - 1], err);
        if (st != MIEN_OK)
            return st;
        d->compiled[step - 1].n_stages = d->o.stages;
    }
    d->n_lanes = mien_pool_size(d->o.pool);
    d->lane = mi_alloc((size_t)d->n_lanes, sizeof *d->lane);
    if (!d->lane)
        return mi_no_memory(err);
    for (int i = 0; i < d->n_lanes; i++) {
        lane *l = &d->lane[i];
        l->pixels = mi_alloc((size_t)rows, (size_t)d->w);
        l->sums = mi_alloc(sums, sizeof *l->sums);
        l->resizer = mi_alloc(mi_gray_resizer_bytes(d->w, d->h), 1);
        if (!l->pixels || !l->sums || !l->resizer)
            return mi_no_memory(err);
        mien_status st = mi_scanner_new(d->c, d->w, &l->scanner, err);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* Shrink a band of the picture, sum it up and scan it. */
static void run_task(void *arg, int i, int number)
{
    detection *d = arg;
    task *t = &d->task[i];
    lane *l = &d->lane[number];
    int step = step_of(t->scale), rows = t->rows + d->c->h - 1;
    mien_gray band = {t->w, rows, t->w, l->pixels};
    if (t->w == d->g->w && t->h == d->g->h) {
        band = mien_gray_view(d->g, 0, t->y, t->w, rows);
    } else {
        mi_gray_resizer r =
            mi_gray_resizer_of(d->g->w, d->g->h, t->w, t->h, l->resizer);
        mi_gray_resize_rows(&r, d->g, t->y, t->y + rows, l->pixels, t->w);
    }
    mi_sums sums =
        mi_sums_of(l->sums, d->stride, BAND + d->c->h - 1, d->tilted, step);
    mi_sums_fill(&sums, &band);
    mi_band b = {.sums = &sums,
                 .nx = (t->w - d->c->w + step) / step,
                 .rows = t->rows,
                 .skip = 1};
    t->st = mi_scan_band(&d->compiled[step - 1], &l->scanner, &b, &t->found,
                         NULL, &t->err);
}

/* The windows of all tasks in pixels of the picture. */
static mien_status collect(const detection *d, mien_hits *out, mien_error *err)
{
    int64_t n = 0;
    for (int i = 0; i < d->n_tasks; i++) {
        if (d->task[i].st != MIEN_OK) {
            if (err)
                *err = d->task[i].err;
            return d->task[i].st;
        }
        n += d->task[i].found.n;
    }
    if (n > MAX_HITS)
        return mi_fail(err, MIEN_ELIMIT,
                       "cascade: %lld windows pass all stages, at most %d",
                       (long long)n, MAX_HITS);
    mien_hit *hit = mi_alloc((size_t)n + 1, sizeof *hit);
    if (!hit)
        return mi_no_memory(err);
    *out = (mien_hits){0, hit};
    for (int i = 0; i < d->n_tasks; i++) {
        const task *t = &d->task[i];
        for (int k = 0; k < t->found.n; k++) {
            const mi_window *w = &t->found.at[k];
            out->hit[out->n++] =
                (mien_hit){.x = (int)lrintf((float)w->x * t->scale),
                           .y = (int)lrintf((float)(w->y + t->y) * t->scale),
                           .w = (int)lrintf((float)d->c->w * t->scale),
                           .h = (int)lrintf((float)d->c->h * t->scale),
                           .neighbors = 1,
                           .level = d->o.stages,
                           .weight = w->weight};
        }
    }
    return MIEN_OK;
}

/* Cut rectangles off at the picture's right and lower border. */
static void clip(const mien_gray *g, mien_hits *hits)
{
    for (int i = 0; i < hits->n; i++) {
        mien_hit *h = &hits->hit[i];
        h->w = h->x + h->w > g->w ? g->w - h->x : h->w;
        h->h = h->y + h->h > g->h ? g->h - h->y : h->h;
    }
}

/* Release all that a detection allocated. */
static void detection_free(detection *d)
{
    for (int i = 0; d->task && i < d->n_tasks; i++)
        mi_windows_free(&d->task[i].found);
    for (int i = 0; d->lane && i < d->n_lanes; i++) {
        mi_free(d->lane[i].pixels);
        mi_free(d->lane[i].sums);
        mi_free(d->lane[i].resizer);
        mi_scanner_free(&d->lane[i].scanner);
    }
    mi_compiled_free(&d->compiled[0]);
    mi_compiled_free(&d->compiled[1]);
    mi_free(d->task);
    mi_free(d->lane);
    mi_free(d->scale);
}

mien_status mien_cascade_detect(const mien_cascade *c, const mien_gray *g,
                                const mien_cascade_options *options,
                                mien_hits *out, mien_error *err)
{
    assert(c && g && g->data && out);
    detection d = {.c = c, .g = g, .o = MIEN_CASCADE_DEFAULTS};
    if (options)
        d.o = *options;
    mien_hits hits = {0};
    mien_status st = check_options(c, g, &d.o, err);
    if (st == MIEN_OK)
        st = plan_scales(&d, err);
    if (st == MIEN_OK)
        st = plan_tasks(&d, err);
    if (st == MIEN_OK && d.n_tasks) {
        st = plan_lanes(&d, err);
        if (st == MIEN_OK)
            mi_pool_run(d.o.pool, d.n_tasks, run_task, &d);
    }
    if (st == MIEN_OK)
        st = collect(&d, &hits, err);
    if (st == MIEN_OK)
        st = mi_group(&hits, d.o.neighbors, d.o.group, err);
    detection_free(&d);
    if (st == MIEN_OK)
        clip(g, &hits);
    if (st == MIEN_OK)
        *out = hits;
    else
        mien_hits_free(&hits);
    return st;
}
