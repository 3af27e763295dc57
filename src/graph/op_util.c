/* op_util.c: what many of the operators' functions need. */
#include "graph/op_util.h"

#include <string.h>

const mi_node *mi_op_in(const mi_node *n, int k)
{
    return k < n->n_in ? n->in[k] : NULL;
}

const char *mi_want_floats(const mi_node *n)
{
    for (int k = 0; k < n->n_in; k++) {
        if (!n->in[k])
            continue;
        if (n->in[k]->type != MI_F32)
            return "an input is not of floats";
        if (mi_shape_len(&n->in[k]->shape) < 1)
            return "an input has no elements";
    }
    return NULL;
}

const char *mi_set_floats(mi_node *out, const mien_shape *shape)
{
    int64_t len = mi_shape_len(shape);
    if (len < 0)
        return "the result is too large";
    if (len == 0)
        return "the result has no elements";
    out->type = MI_F32;
    out->shape = *shape;
    out->n_known = -1;
    return NULL;
}

const char *mi_set_ints(mi_node *out, const mien_shape *shape,
                        const int64_t *value)
{
    int64_t len = mi_shape_len(shape);
    if (len < 0)
        return "the result is too large";
    out->type = MI_I64;
    out->shape = *shape;
    out->n_known = -1;
    if (!value || len > MI_MAX_KNOWN)
        return NULL;
    out->n_known = (int)len;
    if (len)
        memmove(out->known, value, (size_t)len * sizeof *value);
    return NULL;
}

const char *mi_set_like(mi_node *out, const mien_shape *shape, const mi_node *x)
{
    if (x->type == MI_F32)
        return mi_set_floats(out, shape);
    if (x->type == MI_I64)
        return mi_set_ints(out, shape, x->n_known >= 0 ? x->known : NULL);
    return "an input is neither of floats nor of int64";
}

const int64_t *mi_ints_of(const mi_node *n, int64_t *count)
{
    if (!n || n->type != MI_I64 || (n->n_known < 0 && !n->value))
        return NULL;
    *count = mi_shape_len(&n->shape);
    return n->n_known >= 0 ? n->known : n->value;
}

const char *mi_read_ints(const mi_node *n, mi_ints *out)
{
    int64_t count = 0;
    const int64_t *v = mi_ints_of(n, &count);
    if (!v)
        return "a list of integers is not known before a run";
    if (n->shape.rank > 1)
        return "a list of integers has more than one dimension";
    if (count > MI_MAX_INTS)
        return "a list of integers is too long";
    out->n = (int)count;
    memcpy(out->v, v, (size_t)count * sizeof *v);
    return NULL;
}

int mi_axis(int64_t axis, int rank)
{
    if (axis < -rank || axis >= rank)
        return -1;
    return (int)(axis < 0 ? axis + rank : axis);
}

const char *mi_axis_set(const mi_ints *axes, int rank, unsigned *out)
{
    unsigned set = 0;
    for (int i = 0; i < axes->n; i++) {
        int a = mi_axis(axes->v[i], rank);
        if (a < 0)
            return "an axis is out of range";
        if (set >> a & 1)
            return "an axis stands twice";
        set |= 1u << a;
    }
    *out = set;
    return NULL;
}

void mi_row_major(const mien_shape *s, int64_t stride[MIEN_MAX_RANK])
{
    int64_t each = 1;
    for (int d = s->rank - 1; d >= 0; d--) {
        stride[d] = each;
        each *= s->dim[d];
    }
}

mi_walk mi_walk_over(const mien_shape *s)
{
    mi_walk w = {.rank = s->rank};
    memcpy(w.dim, s->dim, sizeof w.dim);
    return w;
}

void mi_walk_spread(mi_walk *w, int side, const mien_shape *x)
{
    int64_t stride[MIEN_MAX_RANK];
    mi_row_major(x, stride);
    for (int d = 0; d < x->rank; d++)
        if (x->dim[d] != 1)
            w->stride[side][d + w->rank - x->rank] = stride[d];
}

void mi_walk_next(mi_walk *w)
{
    for (int d = w->rank - 1; d >= 0; d--) {
        w->offset[0] += w->stride[0][d];
        w->offset[1] += w->stride[1][d];
        if (++w->at[d] < w->dim[d])
            return;
        w->offset[0] -= w->stride[0][d] * w->dim[d];
        w->offset[1] -= w->stride[1][d] * w->dim[d];
        w->at[d] = 0;
    }
}

const char *mi_move_ints(mi_node *out, const mien_shape *shape, mi_walk w,
                         const mi_node *x)
{
    int64_t count = 0, made[MI_MAX_KNOWN];
    const int64_t *v = mi_ints_of(x, &count);
    int64_t len = mi_shape_len(shape);
    if (!v || len < 0 || len > MI_MAX_KNOWN)
        return mi_set_ints(out, shape, NULL);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w))
        made[i] = v[w.offset[0]];
    return mi_set_ints(out, shape, made);
}

void mi_move_floats(const mi_node *out, mi_walk w, const mi_node *x)
{
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w))
        out->eval[i] = x->eval[w.offset[0]];
}

void mi_move_grad(const mi_node *out, mi_walk w, const mi_node *x)
{
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; x->grad && i < len; i++, mi_walk_next(&w))
        x->grad[w.offset[0]] += out->grad[i];
}

void mi_same_eval(const mi_node *out)
{
    size_t len = (size_t)mi_shape_len(&out->shape);
    if (out->type == MI_F32)
        memcpy(out->eval, out->in[0]->eval, len * sizeof *out->eval);
}

void mi_same_grad(const mi_node *out)
{
    float *to = out->in[0]->grad;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; to && i < len; i++)
        to[i] += out->grad[i];
}
