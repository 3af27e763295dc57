/* lower_pool.c: maxima and means over windows or over the whole image. */
#include "engine/plan.h"

#include "base/error.h"
#include "graph/op_attr.h"

typedef struct {
    mi_pool2d pool;
    int tasks; /* of one image */
    size_t x_len, y_len;
} pool_spec;

static void run_pool(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const pool_spec *v = s->spec;
    int image = task / v->tasks;
    mi_pool2d_run(p->kern, &v->pool,
                  p->value[s->in[0]].data + (size_t)image * v->x_len, v->pool.c,
                  p->value[s->out].data + (size_t)image * v->y_len, v->pool.c,
                  task % v->tasks);
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

/* Set what the kernel does; 0 if it cannot. */
static int describe(const mi_node *n, mi_pool2d *out)
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

mien_status mi_lower_pool(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_pool2d d;
    if (!describe(head, &d))
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
    v->tasks = mi_pool2d_tasks(p->kern, &d);
    v->x_len = (size_t)d.h * (size_t)d.w * (size_t)d.c;
    v->y_len = (size_t)d.oh * (size_t)d.ow * (size_t)d.c;
    s->in[s->n_in++] = in;
    s->tasks = v->tasks * (int)head->in[0]->shape.dim[0];
    s->work = (double)p->value[out].len * d.kh * d.kw;
    s->spec = v;
    s->run = run_pool;
    return MIEN_OK;
}
