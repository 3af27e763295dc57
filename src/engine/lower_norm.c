/* lower_norm.c: batch normalisation that learns.
 *
 *   y = act(scale r (x - m) + bias),  r = 1 / sqrt(v + epsilon)
 *
 * with mean m and variance v of the batch while training, which also moves the
 * running ones, and with the running ones otherwise.  Backward, with
 * g = dy times the slope of act and u = r (x - m):
 *
 *   dbias = sum g,  dscale = sum g u
 *   dx = scale r (g - mean of g - u mean of g u)
 *
 * and without the two means where the statistics are frozen.  Sums over pixels
 * are taken in parts, by floats over a few pixels and by doubles beyond, so
 * that x is read once for both moments, which are put together from those of
 * its parts.  SiLU, whose slope needs what lies between, has that made anew.
 * See src/graph/op_norm.c for the definition.
 *
 * T. Chan, G. Golub, R. LeVeque, Algorithms for Computing the Sample Variance,
 * The American Statistician 37(3), 1983, equation 2.1, for the moments. */
#include "kern/act.h"
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 64,             /* pixels summed in floats */
    PART_FLOATS = 64 << 10, /* elements worth a part of their own */
    PARTS_MAX = 64
};

/* Values of a normalisation; -1: there is none. */
typedef struct {
    int x, scale, bias, mean, variance, y;
    int sums; /* [2, parts, c] doubles */
    int by;   /* [4, c] numbers of batch_grad_f32, forward and then backward:
                 0, scale r, m, bias */
    int root; /* [c] r */
} norm_values;

typedef struct {
    norm_values v;
    int c, parts, frozen;
    int64_t pixels;
    double epsilon, momentum;
    mi_act act;
    int silu;                       /* 1: act is x times its sigmoid */
    int learn_mean, learn_variance; /* 1: the running one moves */
} norm_spec;

static double *sums_of(const mien_plan *p, const norm_spec *n, int which)
{
    double *all = (double *)(void *)p->value[n->v.sums].data;
    return all + (size_t)which * (size_t)n->parts * (size_t)n->c;
}

static float *row_of(const mien_plan *p, const norm_spec *n, int which)
{
    return p->value[n->v.by].data + (size_t)which * (size_t)n->c;
}

/* Pixels first <= i < end of a part. */
static void part_of(const norm_spec *n, int task, int64_t *first, int64_t *end)
{
    *first = n->pixels * task / n->parts;
    *end = n->pixels * (task + 1) / n->parts;
}

/* The sum of the parts' sums of channel c. */
static double total(const norm_spec *n, const double *sums, int c)
{
    double sum = 0;
    for (int part = 0; part < n->parts; part++)
        sum += sums[(size_t)part * (size_t)n->c + (size_t)c];
    return sum;
}

/* Put a block's sum of x and of squares from its mean to those of `before`
 * pixels. */
static void merge_moments(int c, int64_t before, int count, const float *block,
                          double *sum, double *squares)
{
    double all = (double)before, few = (double)count;
    double share = all * few / (all + few), old = before ? 1 / all : 0;
    for (int i = 0; i < c; i++) {
        double apart = (double)block[i] / few - sum[i] * old;
        squares[i] += (double)block[c + i] + apart * apart * share;
        sum[i] += (double)block[i];
    }
}

/* Sums of x and of squares from their mean, of one part of the rows. */
static void run_moments(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    const norm_spec *n = s->spec;
    size_t c = (size_t)n->c;
    if (!p->training)
        return;
    double *sum = sums_of(p, n, 0) + (size_t)task * c;
    double *squares = sums_of(p, n, 1) + (size_t)task * c;
    float *few = scratch, *mean = few + 2 * c;
    int64_t first, end;
    part_of(n, task, &first, &end);
    memset(sum, 0, c * sizeof *sum);
    memset(squares, 0, c * sizeof *squares);
    for (int64_t at = first; at < end; at += BLOCK) {
        int count = end - at < BLOCK ? (int)(end - at) : BLOCK;
        const float *x = p->value[n->v.x].data + at * n->c;
        memset(few, 0, 2 * c * sizeof *few);
        p->kern->pixel_sums_f32(count, n->c, x, few);
        for (size_t i = 0; i < c; i++)
            mean[i] = few[i] / (float)count;
        p->kern->pixel_products_f32(count, n->c, x, mean, x, mean, few + c);
        merge_moments(n->c, at - first, count, few, sum, squares);
    }
}

/* The variance of channel c from the moments of the parts. */
static double variance_of(const mien_plan *p, const norm_spec *n, int c,
                          double mean)
{
    double squares = total(n, sums_of(p, n, 1), c);
    for (int part = 0; part < n->parts; part++) {
        int64_t first, end;
        part_of(n, part, &first, &end);
        double count = (double)(end - first);
        double of_part = sums_of(p, n, 0)[(size_t)part * (size_t)n->c + c];
        double apart = of_part / count - mean;
        squares += apart * apart * count;
    }
    return squares / (double)n->pixels;
}

/* Move a running statistic toward that of the batch. */
static void move(const norm_spec *n, float *running, double batch)
{
    *running =
        (float)(n->momentum * (double)*running + (1 - n->momentum) * batch);
}

/* What a variance of the batch is multiplied with where it is kept. */
static double kept_share(const mien_plan *p, const norm_spec *n)
{
    double count = (double)n->pixels;
    return p->unbiased && n->pixels > 1 ? count / (count - 1) : 1;
}

/* Mean, r and the numbers of the normalisation. */
static void run_scale(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)task;
    (void)scratch;
    const norm_spec *n = s->spec;
    const float *scale = p->value[n->v.scale].data;
    const float *bias = p->value[n->v.bias].data;
    float *mean = p->value[n->v.mean].data;
    float *variance = p->value[n->v.variance].data;
    float *root = p->value[n->v.root].data;
    int of_batch = p->training && !n->frozen;
    for (int c = 0; c < n->c; c++) {
        double m = of_batch ? total(n, sums_of(p, n, 0), c) / (double)n->pixels
                            : (double)mean[c];
        double v = of_batch ? variance_of(p, n, c, m) : (double)variance[c];
        double r = 1 / sqrt(v + n->epsilon);
        root[c] = (float)r;
        row_of(p, n, 0)[c] = 0;
        row_of(p, n, 1)[c] = (float)((double)scale[c] * r);
        row_of(p, n, 2)[c] = (float)m;
        row_of(p, n, 3)[c] = bias[c];
        if (of_batch && n->learn_mean)
            move(n, &mean[c], m);
        if (of_batch && n->learn_variance)
            move(n, &variance[c], v * kept_share(p, n));
    }
}

/* out: y, or dx with g for what is scaled by the first number. */
static void apply(const mien_plan *p, const norm_spec *n, int64_t at,
                  int64_t count, const float *g, float *to)
{
    const float *const by[4] = {row_of(p, n, 0), row_of(p, n, 1),
                                row_of(p, n, 2), row_of(p, n, 3)};
    const float *x = p->value[n->v.x].data + at * n->c;
    p->kern->batch_grad_f32((int)count, n->c, g ? g + at * n->c : x, x, by, to);
}

/* in: x; out: y, a block after the other, so that act finds it in a cache. */
static void run_apply(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)scratch;
    const norm_spec *n = s->spec;
    int64_t at, end;
    part_of(n, task, &at, &end);
    for (; at < end; at += BLOCK) {
        int64_t count = end - at < BLOCK ? end - at : BLOCK;
        float *y = mi_step_out(p, s, 0) + at * n->c;
        apply(p, n, at, count, NULL, y);
        if (n->silu)
            p->kern->silu_f32((int)(count * n->c), y, y);
        else
            mi_act_apply(p->kern, &n->act, (int)(count * n->c), y, y);
    }
}

/* ---- backward --------------------------------------------------------------
 */

/* Sums of g and g (x - m) of one part of the rows.  in: g, or dy behind SiLU;
 * out: of SiLU g first. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const norm_spec *n = s->spec;
    int c = n->c;
    float *few = scratch, *zeros = few + 2 * (ptrdiff_t)c, *u = zeros + c;
    const float *mean = row_of(p, n, 2);
    double *to[2] = {sums_of(p, n, 0) + (ptrdiff_t)task * c,
                     sums_of(p, n, 1) + (ptrdiff_t)task * c};
    int64_t at, end;
    part_of(n, task, &at, &end);
    for (int i = 0; i < 2; i++)
        memset(to[i], 0, (size_t)c * sizeof *to[i]);
    for (; at < end; at += BLOCK) {
        int count = end - at < BLOCK ? (int)(end - at) : BLOCK;
        const float *x = p->value[n->v.x].data + at * c;
        const float *g = mi_step_in(p, s, 0) + at * c;
        if (n->silu) {
            float *slope = mi_step_out(p, s, 0) + at * c;
            apply(p, n, at, count, NULL, u);
            p->kern->silu_grad_f32(count * c, u, g, slope);
            g = slope;
        }
        memset(few, 0, 3 * (size_t)c * sizeof *few);
        p->kern->pixel_sums_f32(count, c, g, few);
        p->kern->pixel_products_f32(count, c, x, mean, g, zeros, few + c);
        for (int i = 0; i < 2 * c; i++)
            to[i / c][i % c] += (double)few[i];
    }
}

typedef struct {
    norm_spec *norm;
    int scale, bias, add_scale, add_bias; /* gradients; -1: not wanted */
} finish_spec;

static void put(float *to, double v, int add)
{
    *to = (float)((add ? (double)*to : 0) + v);
}

/* dscale and dbias, and the numbers of dx. */
static void run_finish(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)task;
    (void)scratch;
    const finish_spec *f = s->spec;
    const norm_spec *n = f->norm;
    const float *scale = p->value[n->v.scale].data;
    const float *root = p->value[n->v.root].data;
    for (int c = 0; c < n->c; c++) {
        double g = total(n, sums_of(p, n, 0), c), r = (double)root[c];
        double gu = total(n, sums_of(p, n, 1), c) * r;
        double slope = (double)scale[c] * r, all = (double)n->pixels;
        if (f->bias >= 0)
            put(&p->value[f->bias].data[c], g, f->add_bias);
        if (f->scale >= 0)
            put(&p->value[f->scale].data[c], gu, f->add_scale);
        row_of(p, n, 0)[c] = (float)slope;
        row_of(p, n, 1)[c] = n->frozen ? 0 : (float)(-slope * r * gu / all);
        row_of(p, n, 3)[c] = n->frozen ? 0 : (float)(-slope * g / all);
    }
}

/* The gradient of x for one part of the rows. */
static void run_data(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const norm_spec *n = s->spec;
    const float *g = mi_step_in(p, s, 0);
    float *dx = mi_step_out(p, s, 0);
    int64_t at, end;
    part_of(n, task, &at, &end);
    if (!s->add) {
        apply(p, n, at, end - at, g, dx + at * n->c);
        return;
    }
    for (; at < end; at += BLOCK) {
        int64_t count = end - at < BLOCK ? end - at : BLOCK;
        float *to = dx + at * n->c;
        apply(p, n, at, count, g, scratch);
        p->kern->add_f32((int)(count * n->c), to, scratch, to);
    }
}

/* What a step that takes sums of pixels reads and does. */
static void set_sums(mi_step *s, norm_spec *n,
                     void (*run)(const mien_plan *p, const mi_step *s, int task,
                                 void *scratch))
{
    s->tasks = n->parts;
    s->work = (double)n->pixels * n->c;
    s->scratch = (size_t)(3 + BLOCK) * (size_t)n->c * sizeof(float);
    s->spec = n;
    s->run = run;
}

/* The gradient of a number a channel: its value; add as it has to be put. */
static int channel_gradient(mien_plan *p, mi_step *s, int v, int *add)
{
    if (!p->value[v].flows)
        return -1;
    *add = mi_gradient_also(p, s, v);
    return *add < 0 ? -2 : mi_gradient_of(p, v);
}

/* Add the step from sums to the gradients of scale and bias. */
static mien_status add_finish(mien_plan *p, norm_spec *n, mien_error *err)
{
    finish_spec *f = mi_plan_alloc(p, 1, sizeof *f);
    mi_step *s = f ? mi_plan_add_step(p, "finish", n->v.by) : NULL;
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, n->v.sums);
    mi_step_reads(s, n->v.root);
    f->norm = n;
    f->scale = channel_gradient(p, s, n->v.scale, &f->add_scale);
    f->bias = channel_gradient(p, s, n->v.bias, &f->add_bias);
    if (f->scale < -1 || f->bias < -1)
        return mi_no_memory(err);
    s->spec = f;
    s->run = run_finish;
    return MIEN_OK;
}

/* Add the step that takes the sums of g, which it makes where SiLU follows. */
static mien_status add_sums(mien_plan *p, const mi_step *forward, int *g,
                            mien_error *err)
{
    norm_spec *n = forward->spec;
    mien_status st =
        mi_gradient_before(p, forward, &n->act, g, err); /* of SiLU none */
    int slope = -1;
    if (!st && n->silu) {
        mien_shape shape = p->value[*g].shape;
        slope = mi_plan_add_value(p, &shape, p->value[*g].channels_last);
        st = slope < 0 ? mi_no_memory(err) : MIEN_OK;
    }
    mi_step *s =
        st ? NULL : mi_plan_add_step(p, "sums", n->silu ? slope : n->v.sums);
    if (!s)
        return st ? st : mi_no_memory(err);
    mi_step_reads(s, *g);
    mi_step_reads(s, n->v.x);
    mi_step_reads(s, n->v.by);
    set_sums(s, n, run_sums);
    if (n->silu) {
        mi_step_writes(s, n->v.sums);
        s->in_place = 1;
        p->value[slope].begun = 1;
        *g = slope;
    }
    return MIEN_OK;
}

/* Add the steps backward: sums, scale and bias, x. */
static mien_status norm_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    norm_spec *n = s->spec;
    int g;
    mien_status st = add_sums(p, s, &g, err);
    if (st)
        return st;
    st = add_finish(p, n, err);
    if (st || !p->value[n->v.x].flows)
        return st;
    mi_step *data = mi_gradient_step(p, "data", n->v.x);
    if (!data)
        return mi_no_memory(err);
    mi_step_reads(data, g);
    mi_step_reads(data, n->v.x);
    mi_step_reads(data, n->v.by);
    data->tasks = n->parts;
    data->scratch = BLOCK * (size_t)n->c * sizeof(float);
    data->spec = n;
    data->run = run_data;
    return MIEN_OK;
}

/* ---- lowering --------------------------------------------------------------
 */

/* Number the values it reads, its result and its sums. */
static mien_status use_values(mien_plan *p, mi_node *head, norm_spec *n,
                              mien_error *err)
{
    int *to[5] = {&n->v.x, &n->v.scale, &n->v.bias, &n->v.mean, &n->v.variance};
    for (int i = 0; i < 5; i++) {
        mien_status st = mi_plan_use(p, head->in[i], i == 0, to[i], err);
        if (st)
            return st;
    }
    n->v.sums = mi_plan_add_floats(p, 4 * (size_t)n->parts * (size_t)n->c);
    n->v.by = mi_plan_add_floats(p, 4 * (size_t)n->c);
    n->v.root = mi_plan_add_floats(p, (size_t)n->c);
    if (n->v.sums < 0 || n->v.by < 0 || n->v.root < 0)
        return mi_no_memory(err);
    return mi_plan_result(p, head, 1, &n->v.y, err);
}

/* Add the steps forward: moments, scale and shift of a channel, rows. */
static mien_status add_steps(mien_plan *p, norm_spec *n, mien_error *err)
{
    mi_step *s = n->frozen ? NULL : mi_plan_add_step(p, "moments", n->v.sums);
    if (s) {
        mi_step_reads(s, n->v.x);
        set_sums(s, n, run_moments);
    } else if (!n->frozen) {
        return mi_no_memory(err);
    }
    s = mi_plan_add_step(p, "scale", n->v.root);
    if (!s)
        return mi_no_memory(err);
    const int reads[] = {n->v.scale, n->v.bias, n->v.mean, n->v.variance};
    for (int i = 0; i < 4; i++)
        mi_step_reads(s, reads[i]);
    if (!n->frozen)
        mi_step_reads(s, n->v.sums);
    mi_step_writes(s, n->v.by);
    s->spec = n;
    s->run = run_scale;
    s = mi_plan_add_step(p, "normalise", n->v.y);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, n->v.x);
    mi_step_reads(s, n->v.by);
    s->tasks = n->parts;
    s->spec = n;
    s->run = run_apply;
    s->back = p->value[n->v.y].flows ? norm_back : NULL;
    return MIEN_OK;
}

mien_status mi_lower_batch_norm(mien_plan *p, mi_node *head, mien_error *err)
{
    const mi_batch_norm_attr *a = head->attr;
    norm_spec *n = mi_plan_alloc(p, 1, sizeof *n);
    if (!n)
        return mi_no_memory(err);
    int64_t len = mi_shape_len(&head->shape);
    n->c = (int)mi_channels(&head->shape);
    n->pixels = len / n->c;
    int64_t parts = len / PART_FLOATS + 1;
    parts = parts < PARTS_MAX ? parts : PARTS_MAX;
    n->parts = (int)(parts < n->pixels ? parts : n->pixels);
    n->epsilon = (double)a->epsilon;
    n->momentum = (double)a->momentum;
    n->learn_mean = head->in[3]->learned;
    n->learn_variance = head->in[4]->learned;
    n->frozen = !n->learn_mean && !n->learn_variance;
    int tail = p->of[head->id].tail;
    mien_status st = MIEN_OK;
    n->silu = p->node[tail].op == &mi_op_mul;
    if (tail != head->id && !n->silu)
        st = mi_plan_act(p, &p->node[tail], &n->act, err);
    if (!st)
        st = use_values(p, head, n, err);
    return st ? st : add_steps(p, n, err);
}
