/* Operators that move elements, and those on shapes, whose integers are worked
 * out here: a graph is made for one size. */
#include "model/tfjs.h"

#include <string.h>

/* A node of one input and a list of integers. */
static mien_status moved(mi_tf *t, const mi_op *op, mi_node *x,
                         const int64_t *v, int n, mi_tf_value *out)
{
    mi_node *in[] = {x, mi_tf_list(t, v, n)};
    *out = mi_tf_made(
        mi_graph_node(t->g, op, in, 2, NULL, mi_tf_name_of(t->now)), 0);
    return mi_tf_check(t, out->node);
}

/* An axis that may count from the end. */
static mien_status axis_of(const mi_tf *t, int64_t axis, int rank, int *out)
{
    if (axis < -rank || axis >= rank)
        return mi_tf_fail(t, MIEN_EFORMAT, "axis %lld of %d dimensions",
                          (long long)axis, rank);
    *out = (int)(axis < 0 ? axis + rank : axis);
    return MIEN_OK;
}

mien_status mi_tf_reshape(mi_tf *t, mi_tf_value *out)
{
    int64_t v[MI_TF_MAX_INTS];
    mi_node *x = NULL;
    int n = 0;
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = mi_tf_ints(t, 1, &n, v);
    for (int i = 0; i < n && st == MIEN_OK; i++)
        if (v[i] == 0) /* to ONNX: as it was */
            st = mi_tf_fail(t, MIEN_EUNSUP, "a dimension of 0");
    return st ? st : moved(t, &mi_op_reshape, x, v, n, out);
}

mien_status mi_tf_squeeze(mi_tf *t, mi_tf_value *out)
{
    int64_t v[MIEN_MAX_RANK];
    mi_node *x = NULL;
    int n = mi_tf_attr_list(t->now, "squeeze_dims", MIEN_MAX_RANK, v);
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK && n == 0)
        st = mi_tf_fail(t, MIEN_EUNSUP, "no squeeze_dims");
    return st ? st : moved(t, &mi_op_squeeze, x, v, n, out);
}

mien_status mi_tf_expand(mi_tf *t, mi_tf_value *out)
{
    int64_t axis = 0;
    mi_node *x = NULL;
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = mi_tf_int(t, 1, &axis);
    return st ? st : moved(t, &mi_op_unsqueeze, x, &axis, 1, out);
}

mien_status mi_tf_transpose(mi_tf *t, mi_tf_value *out)
{
    int64_t v[MI_TF_MAX_INTS];
    mi_node *x = NULL;
    mi_transpose_attr a = {{0}};
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = mi_tf_ints(t, 1, &a.perm.n, v);
    if (st == MIEN_OK && a.perm.n > MIEN_MAX_RANK)
        st = mi_tf_fail(t, MIEN_EFORMAT, "%d axes", a.perm.n);
    if (st != MIEN_OK)
        return st;
    memcpy(a.perm.v, v, (size_t)a.perm.n * sizeof *v);
    *out = mi_tf_made(
        mi_graph_node(t->g, &mi_op_transpose, &x, 1, &a, mi_tf_name_of(t->now)),
        0);
    return mi_tf_check(t, out->node);
}

/* x[begin : begin + size] along every axis; size -1: to the end. */
mien_status mi_tf_slice(mi_tf *t, mi_tf_value *out)
{
    int64_t begin[MI_TF_MAX_INTS], size[MI_TF_MAX_INTS], axes[MIEN_MAX_RANK];
    int n = 0, m = 0;
    mi_node *x = NULL;
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = mi_tf_ints(t, 1, &n, begin);
    if (st == MIEN_OK)
        st = mi_tf_ints(t, 2, &m, size);
    if (st == MIEN_OK && (n != m || n != x->shape.rank))
        st = mi_tf_fail(t, MIEN_EFORMAT,
                        "%d starts and %d sizes for %d dimensions", n, m,
                        x->shape.rank);
    for (int i = 0; i < n && st == MIEN_OK; i++) {
        int64_t whole = x->shape.dim[i], most = whole - begin[i];
        axes[i] = i;
        if (begin[i] < 0 || begin[i] >= whole || size[i] < -1 || size[i] == 0 ||
            size[i] > most)
            st = mi_tf_fail(t, MIEN_EFORMAT, "%lld places from %lld on of %lld",
                            (long long)size[i], (long long)begin[i],
                            (long long)whole);
        else
            size[i] = begin[i] + (size[i] < 0 ? most : size[i]);
    }
    if (st != MIEN_OK)
        return st;
    mi_node *in[] = {x, mi_tf_list(t, begin, n), mi_tf_list(t, size, n),
                     mi_tf_list(t, axes, n)};
    *out = mi_tf_made(
        mi_graph_node(t->g, &mi_op_slice, in, 4, NULL, mi_tf_name_of(t->now)),
        0);
    return mi_tf_check(t, out->node);
}

/* The last input is the axis. */
mien_status mi_tf_concat(mi_tf *t, mi_tf_value *out)
{
    mi_node *in[MI_MAX_IN];
    mi_concat_attr a = {0};
    int n = mi_tf_inputs(t->now) - 1;
    if (n < 1 || n > MI_MAX_IN)
        return mi_tf_fail(t, MIEN_EUNSUP, "%d inputs, wanted 1 to %d", n,
                          MI_MAX_IN);
    mien_status st = mi_tf_int(t, n, &a.axis);
    for (int i = 0; i < n && st == MIEN_OK; i++)
        st = mi_tf_tensor(t, i, NULL, &in[i]);
    if (st != MIEN_OK)
        return st;
    *out = mi_tf_made(
        mi_graph_node(t->g, &mi_op_concat, in, n, &a, mi_tf_name_of(t->now)),
        0);
    return mi_tf_check(t, out->node);
}

/* Scalars that are known as one list; 0: not all are. */
static int pack_ints(mi_tf *t, int n, mi_tf_value *out)
{
    *out = (mi_tf_value){.kind = MI_TF_INTS, .n = n};
    for (int i = 0; i < n; i++) {
        mi_tf_value v;
        if (n > MI_TF_MAX_INTS || mi_tf_input(t, i, &v) != MIEN_OK ||
            v.kind != MI_TF_INTS || v.n != -1)
            return 0;
        out->ints[i] = v.ints[0];
    }
    return 1;
}

/* Its inputs one after the other along a new axis. */
mien_status mi_tf_pack(mi_tf *t, mi_tf_value *out)
{
    mi_node *part[MI_MAX_IN];
    int n = mi_tf_inputs(t->now);
    mi_concat_attr a = {mi_tf_attr(t->now, "axis", 0)};
    mien_status st = MIEN_OK;
    if (n >= 1 && a.axis == 0 && pack_ints(t, n, out))
        return MIEN_OK;
    if (n < 1 || n > MI_MAX_IN)
        return mi_tf_fail(t, MIEN_EUNSUP, "%d inputs, wanted 1 to %d", n,
                          MI_MAX_IN);
    for (int i = 0; i < n && st == MIEN_OK; i++) {
        mi_node *x = NULL;
        st = mi_tf_tensor(t, i, NULL, &x);
        mi_node *in[] = {x, mi_tf_list(t, &a.axis, 1)};
        if (st == MIEN_OK)
            part[i] = mi_graph_node(t->g, &mi_op_unsqueeze, in, 2, NULL, NULL);
    }
    if (st != MIEN_OK)
        return st;
    *out = mi_tf_made(
        mi_graph_node(t->g, &mi_op_concat, part, n, &a, mi_tf_name_of(t->now)),
        0);
    return mi_tf_check(t, out->node);
}

mien_status mi_tf_unpack(mi_tf *t, mi_tf_value *out)
{
    mi_node *x = NULL;
    int axis = 0;
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = axis_of(t, mi_tf_attr(t->now, "axis", 0), x->shape.rank, &axis);
    *out = (mi_tf_value){.kind = MI_TF_PARTS, .node = x, .axis = axis};
    return st;
}

/* Once along every axis only. */
mien_status mi_tf_tile(mi_tf *t, mi_tf_value *out)
{
    int64_t v[MI_TF_MAX_INTS];
    int n = 0;
    mi_node *x = NULL;
    mien_status st = mi_tf_tensor(t, 0, NULL, &x);
    if (st == MIEN_OK)
        st = mi_tf_ints(t, 1, &n, v);
    for (int i = 0; i < n && st == MIEN_OK; i++)
        if (v[i] != 1)
            st = mi_tf_fail(t, MIEN_EUNSUP, "%lld times, wanted once",
                            (long long)v[i]);
    *out = mi_tf_made(x, 0);
    return st;
}

/* ---- shapes -------------------------------------------------------------- */

mien_status mi_tf_shape(mi_tf *t, mi_tf_value *out)
{
    static const int last[4] = {0, 2, 3, 1};
    mi_node *x = NULL;
    int pixels = 0;
    mien_status st = mi_tf_tensor(t, 0, &pixels, &x);
    if (st != MIEN_OK)
        return st;
    *out = (mi_tf_value){.kind = MI_TF_INTS, .n = x->shape.rank};
    for (int i = 0; i < x->shape.rank; i++)
        out->ints[i] = x->shape.dim[pixels ? last[i] : i];
    return MIEN_OK;
}

/* Of a list of integers: some in a row, or one as a scalar. */
mien_status mi_tf_strided_slice(mi_tf *t, mi_tf_value *out)
{
    static const char *const masks[] = {"begin_mask", "end_mask",
                                        "ellipsis_mask", "new_axis_mask"};
    int64_t v[MI_TF_MAX_INTS], begin = 0, end = 0, step = 0;
    int n = 0;
    mien_status st = mi_tf_ints(t, 0, &n, v);
    if (st == MIEN_OK)
        st = mi_tf_int(t, 1, &begin);
    if (st == MIEN_OK)
        st = mi_tf_int(t, 2, &end);
    if (st == MIEN_OK)
        st = mi_tf_int(t, 3, &step);
    for (int i = 0; i < 4 && st == MIEN_OK; i++)
        if (mi_tf_attr(t->now, masks[i], 0) != 0)
            st = mi_tf_fail(t, MIEN_EUNSUP, "%s is not 0", masks[i]);
    if (st != MIEN_OK)
        return st;
    if (begin < 0 || end > n || begin >= end || step != 1)
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "from %lld to %lld by %lld of %d integers",
                          (long long)begin, (long long)end, (long long)step, n);
    int scalar = mi_tf_attr(t->now, "shrink_axis_mask", 0) != 0;
    *out = (mi_tf_value){.kind = MI_TF_INTS,
                         .n = scalar ? -1 : (int)(end - begin)};
    memcpy(out->ints, v + begin, (size_t)(end - begin) * sizeof *v);
    return MIEN_OK;
}
