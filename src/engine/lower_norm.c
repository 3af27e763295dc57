/* lower_norm.c: batch normalisation that learns.
 *
 *   y = act(scale r (x - m) + bias),  r = 1 / sqrt(v + epsilon)
 *
 * with mean m and variance v of the batch while training, which also moves the
 * running ones, and with the running ones otherwise.  Backward, with
 * g = dy where act let it through and u = r (x - m):
 *
 *   dbias = sum g,  dscale = sum g u
 *   dx = scale r (g - mean of g - u mean of g u)
 *
 * and without the two means where the statistics are frozen.  Sums over pixels
 * are taken in parts, by floats over a few pixels and by doubles beyond.
 * See src/graph/op_norm.c for the definition. */
#include "engine/act.h"
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

/* Which sums a step takes: of x, of (x - m)^2, or of g and g (x - m). */
typedef enum { OF_X, OF_SQUARES, OF_GRADIENT } sum_kind;

typedef struct {
    norm_spec *norm;
    sum_kind kind;
} sum_spec;

/* One block of pixels into floats, and these onto the doubles. */
static void add_block(const mien_plan *p, const sum_spec *s, int64_t at,
                      int count, const float *g, float *few,
                      double *const to[2])
{
    const norm_spec *n = s->norm;
    int c = n->c, rows = s->kind == OF_GRADIENT ? 2 : 1;
    const float *x = p->value[n->v.x].data + at * c, *mean = row_of(p, n, 2);
    float *zeros = few + 2 * (ptrdiff_t)c;
    memset(few, 0, 3 * (size_t)c * sizeof *few);
    if (s->kind == OF_X)
        p->kern->pixel_sums_f32(count, c, x, few);
    else if (s->kind == OF_SQUARES)
        p->kern->pixel_products_f32(count, c, x, mean, x, mean, few);
    if (s->kind == OF_GRADIENT) {
        p->kern->pixel_sums_f32(count, c, g + at * c, few);
        p->kern->pixel_products_f32(count, c, x, mean, g + at * c, zeros,
                                    few + c);
    }
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < c; i++)
            to[row][i] += (double)few[row * c + i];
}

/* Sum one part of the rows: of x, of squares, or of the gradient. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const sum_spec *sum = s->spec;
    const norm_spec *n = sum->norm;
    size_t c = (size_t)n->c;
    if (!p->training && sum->kind != OF_GRADIENT)
        return;
    double *const to[2] = {sums_of(p, n, 0) + (size_t)task * c,
                           sums_of(p, n, 1) + (size_t)task * c};
    const float *g = sum->kind == OF_GRADIENT ? mi_step_in(p, s, 0) : NULL;
    memset(to[0], 0, c * sizeof **to);
    memset(to[1], 0, c * sizeof **to);
    int64_t at, end;
    part_of(n, task, &at, &end);
    for (; at < end; at += BLOCK) {
        int count = end - at < BLOCK ? (int)(end - at) : BLOCK;
        add_block(p, sum, at, count, g, scratch, to);
    }
}

static void run_mean(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const norm_spec *n = s->spec;
    const float *running = p->value[n->v.mean].data;
    float *mean = row_of(p, n, 2);
    for (int c = 0; c < n->c; c++)
        mean[c] =
            p->training && !n->frozen
                ? (float)(total(n, sums_of(p, n, 0), c) / (double)n->pixels)
                : running[c];
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

/* r and the numbers of the normalisation. */
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
        double v = of_batch ? total(n, sums_of(p, n, 0), c) / (double)n->pixels
                            : (double)variance[c];
        double r = 1 / sqrt(v + n->epsilon);
        root[c] = (float)r;
        row_of(p, n, 0)[c] = 0;
        row_of(p, n, 1)[c] = (float)((double)scale[c] * r);
        row_of(p, n, 3)[c] = bias[c];
        if (of_batch && n->learn_mean)
            move(n, &mean[c], (double)row_of(p, n, 2)[c]);
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

static void run_apply(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)scratch;
    const norm_spec *n = s->spec;
    int64_t at, end;
    part_of(n, task, &at, &end);
    float *y = mi_step_out(p, s, 0) + at * n->c;
    apply(p, n, at, end - at, NULL, y);
    mi_act_apply(p->kern, &n->act, (int)((end - at) * n->c), y, y);
}

/* ---- backward --------------------------------------------------------------
 */

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

/* A step that takes sums of pixels. */
static mi_step *add_sums(mien_plan *p, norm_spec *n, sum_kind kind)
{
    sum_spec *spec = mi_plan_alloc(p, 1, sizeof *spec);
    mi_step *s = spec ? mi_plan_add_step(p, "sums", n->v.sums) : NULL;
    if (!s)
        return NULL;
    *spec = (sum_spec){n, kind};
    s->tasks = n->parts;
    s->work = (double)n->pixels * n->c;
    s->scratch = 3 * (size_t)n->c * sizeof(float);
    s->spec = spec;
    s->run = run_sums;
    return s;
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

/* Add the steps backward: sums, scale and bias, x. */
static mien_status norm_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    norm_spec *n = s->spec;
    int g;
    mien_status st = mi_gradient_before(p, s, &n->act, &g, err);
    mi_step *sums = st ? NULL : add_sums(p, n, OF_GRADIENT);
    if (!sums)
        return st ? st : mi_no_memory(err);
    mi_step_reads(sums, g);
    mi_step_reads(sums, n->v.x);
    mi_step_reads(sums, n->v.by);
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

/* Mean, then variance, of the batch. */
static mien_status add_moments(mien_plan *p, norm_spec *n, mien_error *err)
{
    mi_step *s = n->frozen ? NULL : add_sums(p, n, OF_X);
    if (s)
        mi_step_reads(s, n->v.x);
    else if (!n->frozen)
        return mi_no_memory(err);
    s = mi_plan_add_step(p, "mean", n->v.by);
    if (!s)
        return mi_no_memory(err);
    if (!n->frozen)
        mi_step_reads(s, n->v.sums);
    mi_step_reads(s, n->v.mean);
    s->spec = n;
    s->run = run_mean;
    if (n->frozen)
        return MIEN_OK;
    s = add_sums(p, n, OF_SQUARES);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, n->v.x);
    mi_step_reads(s, n->v.by);
    return MIEN_OK;
}

/* Add the steps forward: moments, scale and shift of a channel, rows. */
static mien_status add_steps(mien_plan *p, norm_spec *n, mien_error *err)
{
    mien_status st = add_moments(p, n, err);
    mi_step *s = st ? NULL : mi_plan_add_step(p, "scale", n->v.root);
    if (!s)
        return st ? st : mi_no_memory(err);
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
    if (tail != head->id)
        st = mi_plan_act(p, &p->node[tail], &n->act, err);
    if (!st)
        st = use_values(p, head, n, err);
    return st ? st : add_steps(p, n, err);
}
