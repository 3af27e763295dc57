/* lower_conv.c: convolutions and dense layers: weights scaled by what follows
 * them, turned to [oc, kh, kw, c] and packed once for the kernels. */
#include "engine/lower_conv.h"

#include "engine/fuse.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <string.h>

void mi_run_conv(const mien_plan *p, const mi_step *s, int task, void *scratch)
{
    const mi_conv_spec *v = s->spec;
    int image = task / v->tasks;
    size_t y_at = (size_t)image * v->y_len;
    mi_conv_io io = {
        .x = mi_step_in(p, s, 0) + (size_t)image * v->x_len,
        .x_stride = mi_pixel_stride(&p->value[s->in[0]], v->cv.c),
        .packed = v->packed,
        .add = v->add < 0 ? NULL : p->value[v->add].data + y_at,
        .add_stride = v->cv.oc,
        .y = mi_step_out(p, s, 0) + y_at,
        .y_stride = v->cv.oc,
    };
    mi_conv_run(p->kern, &v->cv, &io, task % v->tasks, scratch);
}

/* How a node's weights lie, and what multiplies them and the bias. */
typedef struct {
    mi_node *weights, *bias;
    size_t so, si;
    float alpha, beta;
} layer;

/* Whether merge.c may want the weights once more. */
static int is_narrow(const mi_conv *cv)
{
    return !cv->depthwise && cv->oc <= MI_NARROW && cv->kh * cv->kw == 1 &&
           cv->sy * cv->sx == 1 && cv->oh == cv->h && cv->ow == cv->w;
}

/* Fold what follows into the weights, then lay them out for the kernel. */
static mien_status pack(mien_plan *p, mi_conv_spec *v, const layer *l,
                        mi_after *after, mien_error *err)
{
    mi_conv *cv = &v->cv;
    const float *w = NULL, *b = NULL;
    mien_status st = mi_plan_floats(p, l->weights, &w, err);
    if (st == MIEN_OK && l->bias)
        st = mi_plan_floats(p, l->bias, &b, err);
    if (st != MIEN_OK)
        return st;
    size_t len = (size_t)mi_shape_len(&l->weights->shape);
    int keep = is_narrow(cv);
    float *arranged =
        keep ? mi_plan_keep_raw(p, len) : mi_plan_temp_raw(p, len);
    float *bias = keep ? mi_plan_keep_raw(p, (size_t)cv->oc) : NULL;
    if (!arranged || (keep && !bias))
        return mi_no_memory(err);
    for (int o = 0; o < cv->oc; o++) {
        after->bias[o] += b ? after->scale[o] * l->beta * b[o] : 0;
        after->scale[o] *= l->alpha;
    }
    const mi_conv_source from = {w, (ptrdiff_t)l->so, (ptrdiff_t)l->si, cv->kw,
                                 1};
    mi_conv_arrange(cv, &from, after->scale, arranged);
    cv->words = !keep && !p->exact && mi_conv_words(p->kern, cv, arranged);
    v->packed = mi_plan_keep_raw(p, mi_conv_packed_len(p->kern, cv));
    if (!v->packed)
        return mi_no_memory(err);
    mi_conv_pack(p->kern, cv, arranged, after->bias, v->packed);
    if (keep) {
        memcpy(bias, after->bias, (size_t)cv->oc * sizeof *bias);
        v->weights = arranged;
        v->bias = bias;
    }
    return MIEN_OK;
}

/* The step of a layer whose geometry is known; images of the batch run one
 * after the other. */
static mien_status add_conv(mien_plan *p, mi_node *head, mi_conv cv,
                            const layer *l, mien_error *err)
{
    int image = head->op == &mi_op_conv;
    int images = image ? (int)head->shape.dim[0] : 1;
    mi_conv_spec *v = mi_plan_alloc(p, 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    mi_after after = {0};
    int in, add = -1, out;
    mien_status st = mi_plan_after(p, head, &after, err);
    cv.act = after.act;
    v->cv = cv;
    if (st == MIEN_OK)
        st = pack(p, v, l, &after, err);
    if (st == MIEN_OK)
        st = mi_plan_use(p, head->in[0], image, &in, err);
    if (st == MIEN_OK && after.add)
        st = mi_plan_use(p, after.add, 1, &add, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, image, &out, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, cv.depthwise ? "depthwise" : "conv", out);
    if (!s)
        return mi_no_memory(err);
    v->add = add;
    v->tasks = mi_conv_tasks(p->kern, &v->cv);
    v->x_len = (size_t)cv.h * (size_t)cv.w * (size_t)cv.c;
    v->y_len = (size_t)cv.oh * (size_t)cv.ow * (size_t)cv.oc;
    mi_step_reads(s, in);
    if (add >= 0)
        mi_step_reads(s, add);
    s->tasks = v->tasks * images;
    s->scratch = mi_conv_scratch(p->kern, &v->cv);
    s->work =
        (double)v->y_len * images * cv.kh * cv.kw * (cv.depthwise ? 1 : cv.c);
    s->spec = v;
    s->run = mi_run_conv;
    return MIEN_OK;
}

mien_status mi_lower_conv(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_window w;
    const char *why = mi_conv_window(head, &w);
    if (why)
        return mi_fail(err, MIEN_EFORMAT, "plan: Conv '%s': %s", head->name,
                       why);
    const mien_shape *x = &head->in[0]->shape, *y = &head->shape;
    const mi_conv_attr *a = head->attr;
    size_t taps = (size_t)w.kernel[0] * (size_t)w.kernel[1];
    mi_conv cv = {.h = (int)w.in[0],
                  .w = (int)w.in[1],
                  .c = (int)x->dim[1],
                  .oh = (int)w.out[0],
                  .ow = (int)w.out[1],
                  .oc = (int)y->dim[1],
                  .kh = (int)w.kernel[0],
                  .kw = (int)w.kernel[1],
                  .sy = (int)w.stride[0],
                  .sx = (int)w.stride[1],
                  .dy = (int)w.dilation[0],
                  .dx = (int)w.dilation[1],
                  .top = (int)w.before[0],
                  .left = (int)w.before[1],
                  .depthwise =
                      a->group > 1 || (x->dim[1] == 1 && y->dim[1] == 1)};
    layer l = {head->in[1],
               mi_node_in(head, 2),
               taps * (size_t)(cv.depthwise ? 1 : cv.c),
               taps,
               1,
               1};
    return add_conv(p, head, cv, &l, err);
}

mien_status mi_lower_dense(mien_plan *p, mi_node *head, mien_error *err)
{
    const mien_shape *x = &head->in[0]->shape, *y = &head->shape;
    int64_t c = x->dim[x->rank - 1], oc = y->dim[y->rank - 1];
    int rows = (int)(mi_shape_len(y) / oc);
    mi_conv cv = {.h = 1,
                  .w = rows,
                  .c = (int)c,
                  .oh = 1,
                  .ow = rows,
                  .oc = (int)oc,
                  .kh = 1,
                  .kw = 1,
                  .sy = 1,
                  .sx = 1,
                  .dy = 1,
                  .dx = 1};
    layer l = {head->in[1], NULL, 1, (size_t)oc, 1, 1};
    if (head->op == &mi_op_gemm) {
        const mi_gemm_attr *a = head->attr;
        l.bias = mi_node_in(head, 2);
        l.alpha = a->alpha;
        l.beta = a->beta;
        if (a->transB) {
            l.so = (size_t)c;
            l.si = 1;
        }
    }
    return add_conv(p, head, cv, &l, err);
}
