/* flow.c: points followed from one picture to the next (Lucas and Kanade).
 *
 * A window about the point is looked for in the next picture, from the coarsest
 * level of the pyramid to the finest: at each, the shift d that makes
 *     sum (J(x + d) - I(x))^2
 * least is found by Newton steps G d = b, with G the sums of products of the
 * gradients of I, and b those of the gradients and the difference.
 * Arithmetic, ends and rounding are those of OpenCV's calcOpticalFlowPyrLK. */
#include "vision/pyramid.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "kern/flow.h"
#include "kern/kern.h"

#include <assert.h>
#include <float.h>
#include <math.h>

typedef struct flow {
    const mien_pyramid *from, *to;
    mien_flow_options o;
    const mi_kern *kern;
    const mien_point *points;
    mien_flow *out;
    int n;
    int16_t *patches; /* [lanes, 3, window, row] */
    int row;
} flow;

static const float scale = 1.f / (1 << 20);

/* Four weights from the parts of a pixel. */
static void weigh(float a, float b, int32_t w[4])
{
    const float one = 1 << MI_FLOW_BITS;
    w[0] = (int32_t)lrintf((1.f - a) * (1.f - b) * one);
    w[1] = (int32_t)lrintf(a * (1.f - b) * one);
    w[2] = (int32_t)lrintf((1.f - a) * b * one);
    w[3] = (1 << MI_FLOW_BITS) - w[0] - w[1] - w[2];
}

/* Where the window whose upper left corner is at (x, y) is read; 0 if it lies
 * too far outside. */
static int place_of(const flow *f, const mi_level *l, float x, float y,
                    mi_flow_place *out)
{
    if (!(x > -1e6f && x < 1e6f && y > -1e6f && y < 1e6f))
        return 0;
    int ix = (int)floorf(x), iy = (int)floorf(y), win = f->o.window;
    if (ix < -win || ix >= l->w || iy < -win || iy >= l->h)
        return 0;
    ptrdiff_t at = iy * l->stride + ix;
    *out = (mi_flow_place){.p = l->grey + at,
                           .stride = l->stride,
                           .left = -ix,
                           .right = l->w - ix,
                           .top = -iy,
                           .bottom = l->h - iy};
    weigh(x - (float)ix, y - (float)iy, out->weight);
    return 1;
}

/* The inverse of G, and the smaller eigenvalue a pixel. */
typedef struct normal {
    float a11, a12, a22, inverse;
} normal;

static int normal_of(const flow *f, const int64_t sums[3], normal *out)
{
    float a11 = (float)sums[0] * scale, a12 = (float)sums[1] * scale;
    float a22 = (float)sums[2] * scale, d = a11 * a22 - a12 * a12;
    int area = f->o.window * f->o.window;
    float least =
        (a22 + a11 - sqrtf((a11 - a22) * (a11 - a22) + 4.f * a12 * a12)) /
        (float)(2 * area);
    if (least < (float)f->o.min_eigen || d < FLT_EPSILON)
        return 0;
    *out = (normal){a11, a12, a22, 1.f / d};
    return 1;
}

/* Newton steps at one level from *at, the window's corner; its last place. */
static mien_lost steps(const flow *f, const mi_level *to, const normal *n,
                       const mi_flow_patch *patch, mien_point *at)
{
    double least = f->o.epsilon * f->o.epsilon;
    mien_point before = {0, 0}, now = *at;
    for (int i = 0; i < f->o.iterations; i++) {
        mi_flow_place place;
        int64_t sums[2];
        if (!place_of(f, to, now.x, now.y, &place))
            return MIEN_LOST_OUTSIDE;
        f->kern->flow_step_i16(&place, patch, sums);
        float b1 = (float)sums[0] * scale, b2 = (float)sums[1] * scale;
        mien_point d = {(n->a12 * b2 - n->a22 * b1) * n->inverse,
                        (n->a12 * b1 - n->a11 * b2) * n->inverse};
        now.x += d.x;
        now.y += d.y;
        *at = now;
        if ((double)d.x * (double)d.x + (double)d.y * (double)d.y <= least)
            break;
        if (i && fabsf(d.x + before.x) < 0.01f &&
            fabsf(d.y + before.y) < 0.01f) {
            at->x -= d.x * 0.5f;
            at->y -= d.y * 0.5f;
            break;
        }
        before = d;
    }
    return MIEN_LOST_NONE;
}

/* One point, down all levels. to is where it went, whether it was lost or not,
 * as OpenCV leaves it. */
static mien_flow follow(const flow *f, const mien_pyramid *from,
                        const mien_pyramid *to, mien_point p,
                        mi_flow_patch *patch)
{
    float half = (float)(f->o.window - 1) * 0.5f;
    mien_flow r = {.lost = MIEN_LOST_NONE};
    for (int l = from->n - 1; l >= 0; l--) {
        float by = 1.f / (float)(1 << l);
        mien_point here = {p.x * by - half, p.y * by - half};
        if (l == from->n - 1)
            r.to = (mien_point){p.x * by, p.y * by};
        else
            r.to = (mien_point){r.to.x * 2.f, r.to.y * 2.f};
        mi_flow_place place;
        int64_t sums[3];
        normal n;
        r.lost = MIEN_LOST_OUTSIDE;
        if (!place_of(f, &from->level[l], here.x, here.y, &place))
            continue;
        f->kern->flow_patch_i16(&place, patch, sums);
        r.lost = MIEN_LOST_FLAT;
        if (!normal_of(f, sums, &n))
            continue;
        mien_point at = {r.to.x - half, r.to.y - half};
        r.lost = steps(f, &to->level[l], &n, patch, &at);
        r.to = (mien_point){at.x + half, at.y + half};
    }
    if (r.lost != MIEN_LOST_NONE)
        return r;
    mi_flow_place place;
    if (!place_of(f, &to->level[0], r.to.x - half, r.to.y - half, &place)) {
        r.lost = MIEN_LOST_OUTSIDE;
        return r;
    }
    int area = 32 * f->o.window * f->o.window;
    r.error = (float)f->kern->flow_error_i16(&place, patch) / (float)area;
    return r;
}

static void judge(const flow *f, mien_point start, mi_flow_patch *patch,
                  mien_flow *r)
{
    if (r->lost != MIEN_LOST_NONE)
        return;
    if (f->o.max_error > 0 && (double)r->error > f->o.max_error)
        r->lost = MIEN_LOST_ERROR;
    if (!(f->o.max_back > 0))
        return;
    mien_flow back = follow(f, f->to, f->from, r->to, patch);
    r->back = hypotf(back.to.x - start.x, back.to.y - start.y);
    if (r->lost == MIEN_LOST_NONE &&
        (back.lost != MIEN_LOST_NONE || (double)r->back > f->o.max_back))
        r->lost = MIEN_LOST_BACKWARD;
}

static void follow_one(void *arg, int i, int lane)
{
    const flow *f = arg;
    size_t size = (size_t)f->row * (size_t)f->o.window;
    int16_t *memory = f->patches + 3 * size * (size_t)lane;
    mi_flow_patch patch = {f->o.window, f->o.window,   f->row,
                           memory,      memory + size, memory + 2 * size};
    f->out[i] = follow(f, f->from, f->to, f->points[i], &patch);
    judge(f, f->points[i], &patch, &f->out[i]);
}

mien_status mien_flow_run(const mien_pyramid *from, const mien_pyramid *to,
                          const mien_flow_options *options, int n,
                          const mien_point *points, mien_flow *out,
                          mien_error *err)
{
    assert(from && to && n >= 0 && (!n || (points && out)));
    flow f = {.from = from, .to = to, .o = MIEN_FLOW_DEFAULTS};
    if (options)
        f.o = *options;
    mien_status st = mi_flow_options(&f.o, err);
    if (st != MIEN_OK)
        return st;
    const mi_level *a = &from->level[0], *b = &to->level[0];
    if (a->w != b->w || a->h != b->h || from->n != to->n ||
        from->window != f.o.window || to->window != f.o.window)
        return mi_fail(err, MIEN_EARG,
                       "flow: pictures of %d x %d and %d x %d with windows of "
                       "%d and %d, wanted the same and %d",
                       a->w, a->h, b->w, b->h, from->window, to->window,
                       f.o.window);
    f.kern = mi_kern_best();
    f.points = points;
    f.out = out;
    f.n = n;
    f.row = (f.o.window + MI_FLOW_LANES - 1) & ~(MI_FLOW_LANES - 1);
    size_t lanes = (size_t)mien_pool_size(f.o.pool);
    f.patches = mi_alloc(lanes * 3 * (size_t)f.row * (size_t)f.o.window,
                         sizeof *f.patches);
    if (!f.patches)
        return mi_no_memory(err);
    mi_pool_run(f.o.pool, n, follow_one, &f);
    mi_free(f.patches);
    return MIEN_OK;
}

const char *mien_lost_text(mien_lost why)
{
    switch (why) {
#define X(name, text) \
    case MIEN_LOST_##name: return text;
        MIEN_LOST_LIST(X)
#undef X
    }
    return "unknown";
}
