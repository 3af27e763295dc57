/* lower_group_norm.c: group normalisation, forward and backward, an image a
 * task.  See src/graph/op_group_norm.c for the definition, whose names are used
 * here.
 *
 *   forward   sums of x, then of (x - m)^2, of each channel over its pixels;
 *             those of a group give m and r, which are kept
 *   backward  sums of g and g (x - m) give dscale and dbias of an image, kept
 *             for all images to be added in order, and the numbers of dx
 *
 * Sums are taken by floats over a few pixels and by doubles beyond. */
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 }; /* pixels summed in floats */

typedef struct {
    int images, pixels, c, groups;
    double epsilon;
    int x, scale, bias, y; /* values */
    int kept;              /* value: m and r of each channel, [images, 2, c] */
    int sums;              /* value: of g and g u, [images, 2, c] */
} norm_spec;

/* What a lane needs: sums of doubles, of floats, and rows of numbers. */
typedef struct {
    double *sum[2]; /* [c] */
    float *few;     /* [2 c] */
    float *by[4];   /* [c] of batch_grad_f32 */
    float *part;    /* [BLOCK, c] */
} room;

static size_t room_bytes(const norm_spec *n)
{
    return (size_t)n->c * (2 * sizeof(double) + (6 + BLOCK) * sizeof(float));
}

static room room_of(const norm_spec *n, void *scratch)
{
    room r = {.sum = {scratch, (double *)scratch + n->c}};
    float *at = (float *)(void *)(r.sum[1] + n->c);
    r.few = at;
    for (int i = 0; i < 4; i++)
        r.by[i] = at + (ptrdiff_t)(2 + i) * n->c;
    r.part = at + (ptrdiff_t)6 * n->c;
    return r;
}

/* Add a block's sums in floats to those in doubles. */
static void add_few(const norm_spec *n, const room *r, int rows)
{
    for (int i = 0; i < rows * n->c; i++)
        r->sum[i / n->c][i % n->c] += (double)r->few[i];
}

/* The mean over a group of what stands in sum[0] for each channel. */
static double mean_of(const norm_spec *n, const double *sum, int group)
{
    int each = n->c / n->groups;
    double all = 0;
    for (int i = group * each; i < (group + 1) * each; i++)
        all += sum[i];
    return all / ((double)each * n->pixels);
}

/* in: x, scale, bias; out: y, m and r. */
static void run_forward(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    const norm_spec *n = s->spec;
    const room r = room_of(n, scratch);
    const mi_kern *kern = p->kern;
    int c = n->c, each = c / n->groups;
    ptrdiff_t at = (ptrdiff_t)task * n->pixels * c;
    const float *x = mi_step_in(p, s, 0) + at, *scale = mi_step_in(p, s, 1);
    float *mean = mi_step_out(p, s, 1) + (ptrdiff_t)task * 2 * c;
    float *root = mean + c;
    memset(mean, 0, (size_t)c * sizeof *mean);
    for (int pass = 0; pass < 2; pass++) {
        memset(r.sum[0], 0, (size_t)c * sizeof *r.sum[0]);
        for (int i = 0; i < n->pixels; i += BLOCK) {
            int count = n->pixels - i < BLOCK ? n->pixels - i : BLOCK;
            const float *block = x + (ptrdiff_t)i * c;
            memset(r.few, 0, (size_t)c * sizeof *r.few);
            if (pass == 0)
                kern->pixel_sums_f32(count, c, block, r.few);
            else
                kern->pixel_products_f32(count, c, block, mean, block, mean,
                                         r.few);
            add_few(n, &r, 1);
        }
        for (int i = 0; i < c; i++) {
            double m = mean_of(n, r.sum[0], i / each);
            if (pass == 0)
                mean[i] = (float)m;
            else
                root[i] = (float)(1 / sqrt(m + n->epsilon));
        }
    }
    for (int i = 0; i < c; i++) {
        r.by[0][i] = 0;
        r.by[1][i] = scale[i] * root[i];
    }
    const float *const by[4] = {r.by[0], r.by[1], mean, mi_step_in(p, s, 2)};
    kern->batch_grad_f32(n->pixels, c, x, x, by, mi_step_out(p, s, 0) + at);
}

/* ---- backward --------------------------------------------------------------
 */

/* The sums of g and of g (x - m) of each channel of an image. */
static void sum_gradient(const mien_plan *p, const norm_spec *n, const room *r,
                         const float *x, const float *g, const float *mean)
{
    int c = n->c;
    memset(r->sum[0], 0, 2 * (size_t)c * sizeof *r->sum[0]);
    memset(r->by[0], 0, (size_t)c * sizeof *r->by[0]);
    for (int i = 0; i < n->pixels; i += BLOCK) {
        int count = n->pixels - i < BLOCK ? n->pixels - i : BLOCK;
        ptrdiff_t at = (ptrdiff_t)i * c;
        memset(r->few, 0, 2 * (size_t)c * sizeof *r->few);
        p->kern->pixel_sums_f32(count, c, g + at, r->few);
        p->kern->pixel_products_f32(count, c, x + at, mean, g + at, r->by[0],
                                    r->few + c);
        add_few(n, r, 2);
    }
}

/* The numbers of dx, from the sums. */
static void set_numbers(const norm_spec *n, const room *r, const float *scale,
                        const float *root)
{
    int each = n->c / n->groups;
    for (int i = 0; i < n->c; i++) {
        r->sum[0][i] *= (double)scale[i];
        r->sum[1][i] *= (double)scale[i];
    }
    for (int i = 0; i < n->c; i++) {
        double m = mean_of(n, r->sum[0], i / each);
        double product = mean_of(n, r->sum[1], i / each), u = (double)root[i];
        r->by[0][i] = scale[i] * root[i];
        r->by[1][i] = (float)(-u * u * u * product);
        r->by[3][i] = (float)(-u * m);
    }
}

/* in: g, x, m and r, scale; out: the image's sums, then dx if wanted. */
static void run_back(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const norm_spec *n = s->spec;
    const room r = room_of(n, scratch);
    int c = n->c;
    ptrdiff_t at = (ptrdiff_t)task * n->pixels * c;
    const float *g = mi_step_in(p, s, 0) + at, *x = mi_step_in(p, s, 1) + at;
    const float *mean = mi_step_in(p, s, 2) + (ptrdiff_t)task * 2 * c;
    const float *root = mean + c;
    int places = s->n_out > 1 ? 1 : 0; /* of the sums among the results */
    float *sums = mi_step_out(p, s, places) + (ptrdiff_t)task * 2 * c;
    sum_gradient(p, n, &r, x, g, mean);
    for (int i = 0; i < c; i++) {
        sums[i] = (float)r.sum[0][i];
        sums[c + i] = (float)(r.sum[1][i] * (double)root[i]);
    }
    if (!places)
        return;
    set_numbers(n, &r, mi_step_in(p, s, 3), root);
    const float *const by[4] = {r.by[0], r.by[1], mean, r.by[3]};
    float *dx = mi_step_out(p, s, 0) + at;
    if (!s->add) {
        p->kern->batch_grad_f32(n->pixels, c, g, x, by, dx);
        return;
    }
    for (int i = 0; i < n->pixels; i += BLOCK) {
        int count = n->pixels - i < BLOCK ? n->pixels - i : BLOCK;
        ptrdiff_t from = (ptrdiff_t)i * c;
        p->kern->batch_grad_f32(count, c, g + from, x + from, by, r.part);
        p->kern->add_f32(count * c, dx + from, r.part, dx + from);
    }
}

/* in: sums of the images; out: the gradient of scale or bias. */
static void run_total(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)task;
    (void)scratch;
    const norm_spec *n = s->spec;
    float *to = mi_step_out(p, s, 0);
    int bias = s->out[0] == p->value[n->bias].gradient;
    for (int c = 0; c < n->c; c++) {
        double sum = s->add ? (double)to[c] : 0;
        for (int i = 0; i < n->images; i++)
            sum += (double)mi_step_in(p, s, 0)[(2 * i + !bias) * n->c + c];
        to[c] = (float)sum;
    }
}

/* Add the steps backward: sums and x, then scale and bias. */
static mien_status back(mien_plan *p, const mi_step *s, mien_error *err)
{
    norm_spec *n = s->back_spec;
    int g = mi_gradient_of(p, n->y), flows = p->value[n->x].flows;
    n->sums = mi_plan_add_floats(p, 2 * (size_t)n->images * (size_t)n->c);
    if (g < 0 || n->sums < 0)
        return mi_no_memory(err);
    mi_step *b = flows ? mi_gradient_step(p, "data", n->x)
                       : mi_plan_add_step(p, "sums", n->sums);
    if (!b)
        return mi_no_memory(err);
    if (flows)
        mi_step_writes(b, n->sums);
    const int reads[] = {g, n->x, n->kept, n->scale};
    for (int i = 0; i < 4; i++)
        mi_step_reads(b, reads[i]);
    b->tasks = n->images;
    b->work = (double)n->images * n->pixels * n->c;
    b->scratch = room_bytes(n);
    b->spec = n;
    b->run = run_back;
    const int learned[] = {n->scale, n->bias};
    for (int i = 0; i < 2; i++) {
        if (!p->value[learned[i]].flows)
            continue;
        b = mi_gradient_step(p, "sums", learned[i]);
        if (!b)
            return mi_no_memory(err);
        mi_step_reads(b, n->sums);
        b->spec = n;
        b->run = run_total;
    }
    return MIEN_OK;
}

/* ---- lowering --------------------------------------------------------------
 */

mien_status mi_lower_group_norm(mien_plan *p, mi_node *head, mien_error *err)
{
    const mi_group_norm_attr *a = head->attr;
    const mien_shape *x = &head->shape;
    if (x->rank != 4 || head->in[1] == head->in[2])
        return mi_lower_eval(p, head, err);
    norm_spec *n = mi_plan_alloc(p, 1, sizeof *n);
    if (!n)
        return mi_no_memory(err);
    *n = (norm_spec){.images = (int)x->dim[0],
                     .pixels = (int)(x->dim[2] * x->dim[3]),
                     .c = (int)x->dim[1],
                     .groups = (int)a->num_groups,
                     .epsilon = (double)a->epsilon};
    mien_status st = mi_plan_use(p, head->in[0], 1, &n->x, err);
    if (!st)
        st = mi_plan_use(p, head->in[1], 0, &n->scale, err);
    if (!st)
        st = mi_plan_use(p, head->in[2], 0, &n->bias, err);
    if (!st)
        st = mi_plan_result(p, head, 1, &n->y, err);
    if (st)
        return st;
    n->kept = mi_plan_add_floats(p, 2 * (size_t)n->images * (size_t)n->c);
    mi_step *s = n->kept < 0 ? NULL : mi_plan_add_step(p, "normalise", n->y);
    if (!s)
        return mi_no_memory(err);
    mi_step_writes(s, n->kept);
    mi_step_reads(s, n->x);
    mi_step_reads(s, n->scale);
    mi_step_reads(s, n->bias);
    s->tasks = n->images;
    s->scratch = room_bytes(n);
    s->spec = n;
    s->run = run_forward;
    s->back_spec = n;
    s->back = p->value[n->y].flows ? back : NULL;
    return MIEN_OK;
}
