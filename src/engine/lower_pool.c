/* lower_pool.c: maxima and means over windows or over the whole image. */
#include "engine/gradient.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"
#include "kern/back.h"

typedef struct {
    mi_pool2d pool;
    int images, tasks, back_tasks; /* tasks of one image */
    size_t x_len, y_len;           /* floats of one image */
} pool_spec;

/* in: x; out: y, and of maxima that learn the winners' taps, a byte each. */
static void run_pool(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const pool_spec *v = s->spec;
    size_t image = (size_t)(task / v->tasks);
    const float *x = mi_step_in(p, s, 0) + image * v->x_len;
    float *y = mi_step_out(p, s, 0) + image * v->y_len;
    if (s->n_out > 1) {
        uint8_t *winner = (uint8_t *)mi_step_out(p, s, 1);
        mi_pool_winner_run(p->kern, &v->pool, x, y, winner + image * v->y_len,
                           task % v->tasks);
        return;
    }
    mi_pool2d_run(p->kern, &v->pool, x, v->pool.c, y, v->pool.c,
                  task % v->tasks);
}

/* in: dy, winners; out: dx. */
static void run_back(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const pool_spec *v = s->spec;
    size_t image = (size_t)(task / v->back_tasks);
    mi_pool_back_io io = {.dy = mi_step_in(p, s, 0) + image * v->y_len,
                          .dx = mi_step_out(p, s, 0) + image * v->x_len,
                          .add = s->add};
    if (s->n_in > 1)
        io.winner = (const uint8_t *)mi_step_in(p, s, 1) + image * v->y_len;
    mi_pool_back_run(p->kern, &v->pool, &io, task % v->back_tasks);
}

/* Add the step that takes the gradient back to the window's inputs. */
static mien_status pool_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    pool_spec *v = s->spec;
    int g = mi_gradient_of(p, s->out[0]);
    mi_step *back = g < 0 ? NULL : mi_gradient_step(p, "pool", s->in[0]);
    if (!back)
        return mi_no_memory(err);
    mi_step_reads(back, g);
    if (s->n_out > 1)
        mi_step_reads(back, s->out[1]);
    v->back_tasks = mi_pool_back_tasks(p->kern, &v->pool);
    back->tasks = v->back_tasks * v->images;
    back->work = (double)p->value[s->in[0]].len;
    back->spec = v;
    back->run = run_back;
    return MIEN_OK;
}

/* The mean over height and width, kept as axes of one or dropped. */
static int is_image_mean(const mi_node *n)
{
    if (n->op != &mi_op_reduce_mean || n->in[0]->shape.rank != 4)
        return 0;
    const mi_reduce_mean_attr *a = n->attr;
    if (a->axes.n != 2)
        return 0;
    int64_t i = a->axes.v[0] < 0 ? a->axes.v[0] + 4 : a->axes.v[0];
    int64_t j = a->axes.v[1] < 0 ? a->axes.v[1] + 4 : a->axes.v[1];
    return (i == 2 && j == 3) || (i == 3 && j == 2);
}

int mi_pool_describe(const mi_node *n, mi_pool2d *out)
{
    const mien_shape *x = &n->in[0]->shape;
    int whole = n->op == &mi_op_global_average_pool || is_image_mean(n);
    if (x->rank != 4)
        return 0;
    mi_pool2d d = {.h = (int)x->dim[2],
                   .w = (int)x->dim[3],
                   .c = (int)x->dim[1],
                   .oh = 1,
                   .ow = 1};
    if (whole) {
        d.kh = d.sy = d.h;
        d.kw = d.sx = d.w;
        d.average = 1;
        *out = d;
        return 1;
    }
    mi_window w;
    if (n->op == &mi_op_reduce_mean || mi_pool_window(n, &w) ||
        w.dilation[0] != 1 || w.dilation[1] != 1)
        return 0;
    const mi_pool_attr *a = n->attr;
    d.oh = (int)w.out[0];
    d.ow = (int)w.out[1];
    d.kh = (int)w.kernel[0];
    d.kw = (int)w.kernel[1];
    d.sy = (int)w.stride[0];
    d.sx = (int)w.stride[1];
    d.top = (int)w.before[0];
    d.left = (int)w.before[1];
    d.average = n->op == &mi_op_average_pool;
    d.count_padding = (int)a->count_include_pad;
    *out = d;
    return !(d.count_padding && a->ceil_mode);
}

/* A maximum through which a gradient flows keeps its winners. */
static mien_status add_winners(mien_plan *p, mi_step *s, mien_error *err)
{
    size_t bytes = p->value[s->out[0]].len;
    int winners = mi_plan_add_floats(p, (bytes + 3) / 4);
    if (winners < 0)
        return mi_no_memory(err);
    mi_step_writes(s, winners);
    return MIEN_OK;
}

mien_status mi_lower_pool(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_pool2d d;
    int flows = p->of[head->id].flows;
    if (!mi_pool_describe(head, &d) ||
        (flows && !d.average && d.kh * d.kw > MI_WINNER_TAPS))
        return mi_lower_eval(p, head, err);
    pool_spec *v = mi_plan_alloc(p, 1, sizeof *v);
    int in, out;
    mien_status st = mi_plan_use(p, head->in[0], 1, &in, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, 1, &out, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, d.average ? "average" : "maximum", out);
    if (!v || !s)
        return mi_no_memory(err);
    v->pool = d;
    v->pool.relu = p->of[head->in[0]->id].moved;
    v->images = (int)head->in[0]->shape.dim[0];
    v->tasks = mi_pool2d_tasks(p->kern, &d);
    v->x_len = (size_t)d.h * (size_t)d.w * (size_t)d.c;
    v->y_len = (size_t)d.oh * (size_t)d.ow * (size_t)d.c;
    mi_step_reads(s, in);
    s->tasks = v->tasks * v->images;
    s->work = (double)p->value[out].len * d.kh * d.kw;
    s->spec = v;
    s->run = run_pool;
    s->back = flows ? pool_back : NULL;
    return flows && !d.average ? add_winners(p, s, err) : MIEN_OK;
}
