/* layer_sequence.c: layers of sequences [rows, steps, features].  ONNX's LSTM
 * wants its steps first, so a transposition stands on either side. */
#include "graph/layer.h"

/* Biases are 8 lists of one number a unit: those by the input, in the order of
 * the gates, then those by the last result, which begin with 0 (or, as PyTorch
 * has it, are drawn as well). */
static mi_node *biases(const mi_layer *l, int units,
                       const mien_layer_options *o)
{
    enum { GATES = 4, FORGET = 2 };
    const mi_drawing d = mi_layer_bias(o, units);
    const mien_shape shape = {2, {1, (int64_t)2 * GATES * units}};
    mi_node *b = mi_layer_parameter(l, "bias", shape, &d);
    if (mi_graph_check(l->graph, NULL) != MIEN_OK)
        return b;
    float *v = mi_values_of(b); /* the graph's own copy */
    for (int i = 0; i < units; i++)
        v[FORGET * units + i] += o->forget;
    if (d.how == MIEN_INIT_CONSTANT)
        for (int i = GATES * units; i < 2 * GATES * units; i++)
            v[i] = 0;
    return b;
}

/* [steps, 1, rows, units] -> [rows, steps, units] */
static mi_node *all_steps(const mi_layer *l, mi_node *y)
{
    const mi_transpose_attr rows_first = {{3, {1, 0, 2}}};
    mi_node *in[] = {y, mi_layer_ints(l, 1, (int64_t[]){1})};
    y = mi_graph_node(l->graph, &mi_op_squeeze, in, 2, NULL, NULL);
    return mi_layer_result(l, &mi_op_transpose, &y, 1, &rows_first);
}

/* [steps, 1, rows, units] -> [rows, units] */
static mi_node *last_step(const mi_layer *l, mi_node *y)
{
    mi_node *in[] = {y, mi_layer_ints(l, 1, (int64_t[]){-1}),
                     mi_layer_ints(l, 1, (int64_t[]){INT64_MAX}),
                     mi_layer_ints(l, 1, (int64_t[]){0})};
    y = mi_graph_node(l->graph, &mi_op_slice, in, 4, NULL, NULL);
    mi_node *drop[] = {y, mi_layer_ints(l, 2, (int64_t[]){0, 1})};
    return mi_layer_result(l, &mi_op_squeeze, drop, 2, NULL);
}

mien_node *mien_layer_lstm(mien_graph *g, mien_node *x, int units,
                           int sequences, const mien_layer_options *o,
                           const char *name)
{
    const mi_transpose_attr steps_first = {{3, {1, 0, 2}}};
    mi_layer l = mi_layer_begin(g, "lstm", name);
    mien_shape s;
    if (units < 1 || units > MIEN_MAX_TENSOR / 8)
        return mi_layer_wrong(&l, MIEN_EARG, "its units are out of range");
    if (!mi_layer_shape(&l, x, 3, 3, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    int64_t into = s.dim[2], all = 4 * (int64_t)units;
    double torch_in = o->weight == MIEN_INIT_TORCH ? units : (double)into;
    const mi_drawing weight = {o->weight, o->random, torch_in, (double)all,
                               o->constant};
    const mi_drawing recurrent = {o->recurrent, o->random, units, (double)all,
                                  o->constant};
    mi_lstm_attr attr = *(const mi_lstm_attr *)mi_op_lstm.attr_defaults;
    attr.hidden_size = units;
    mi_node *in[4] = {
        mi_graph_node(g, &mi_op_transpose, &x, 1, &steps_first, NULL)};
    in[1] = mi_layer_parameter(&l, "weight", (mien_shape){3, {1, all, into}},
                               &weight);
    in[2] = mi_layer_parameter(&l, "recurrent",
                               (mien_shape){3, {1, all, units}}, &recurrent);
    in[3] = biases(&l, units, o);
    mi_node *y = mi_graph_node(g, &mi_op_lstm, in, 4, &attr, NULL);
    return sequences ? all_steps(&l, y) : last_step(&l, y);
}

mien_node *mien_layer_repeat(mien_graph *g, mien_node *x, int n,
                             const char *name)
{
    mi_layer l = mi_layer_begin(g, "repeat", name);
    mien_shape s;
    if (n < 1)
        return mi_layer_wrong(&l, MIEN_EARG, "it repeats less than once");
    if (!mi_layer_shape(&l, x, 2, 2, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    mi_node *in[] = {x, mi_layer_ints(&l, 1, (int64_t[]){1})};
    mi_node *y = mi_graph_node(g, &mi_op_unsqueeze, in, 2, NULL, NULL);
    mi_node *wide[] = {y, mi_layer_ints(&l, 3, (int64_t[]){1, n, 1})};
    return mi_layer_result(&l, &mi_op_expand, wide, 2, NULL);
}
