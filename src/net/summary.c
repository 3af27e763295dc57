/* summary.c: what a network is made of: shapes, parameters, operations. */
#include "net/build.h"

#include "base/error.h"
#include "graph/graph.h"
#include "graph/op_attr.h"
#include "mien/json.h"

#include <stdio.h>
#include <string.h>

/* ---- a layer ---------------------------------------------------------------
 */

static double len_of(const mi_node *n)
{
    return n && !n->unshaped ? (double)mi_shape_len(&n->shape) : 0;
}

/* Operations of one row: two a multiply-add. */
static double flops_of(const mi_node *n)
{
    double len = len_of(n), weights = len_of(n->n_in > 1 ? n->in[1] : NULL);
    mi_window w;
    if (n->op == &mi_op_conv)
        return 2 * len * weights / (double)n->in[1]->shape.dim[0] +
               (n->n_in > 2 ? len : 0);
    if (n->op == &mi_op_conv_transpose)
        return 2 * len_of(n->in[0]) * weights / (double)n->in[1]->shape.dim[0] +
               (n->n_in > 2 ? len : 0);
    if (n->op == &mi_op_gemm)
        return 2 * weights + (n->n_in > 2 ? len : 0);
    if ((n->op == &mi_op_max_pool || n->op == &mi_op_average_pool) &&
        !mi_pool_window(n, &w))
        return len * (double)(w.kernel[0] * w.kernel[1]);
    if (n->op == &mi_op_global_average_pool)
        return len_of(n->in[0]);
    if (n->op == &mi_op_flatten || n->op == &mi_op_reshape ||
        n->op == &mi_op_identity || n->op == &mi_op_dropout)
        return 0;
    return len;
}

void mi_net_measure(mi_net_build *b, int first, mien_net_layer *l)
{
    const mien_graph *g = b->net->graph;
    for (int i = first; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        if (n->learned)
            l->parameters += (int64_t)len_of(n);
        if (!n->op)
            continue;
        l->flops += flops_of(n);
        for (int k = n->op->statistics; k > 0 && k < n->n_in; k++)
            l->statistics += (int64_t)len_of(n->in[k]);
    }
    l->parameters -= l->statistics;
    l->shape = mien_node_shape(b->node[b->at]);
    if (l->shape.rank > 0)
        l->shape.dim[0] = -1;
}

/* ---- the whole -------------------------------------------------------------
 */

mien_status mien_net_memory(const mien_net *net, int rows, size_t *out,
                            mien_error *err)
{
    const mien_loss any = {.kind = MIEN_LOSS_MEAN, .weight = 1};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    if (rows < 1)
        return mi_fail(err, MIEN_EARG,
                       "net: a batch of %d rows, wanted 1 or "
                       "more",
                       rows);
    o.batch = rows;
    o.losses = net->n_losses ? net->loss : &any;
    o.n_losses = net->n_losses ? net->n_losses : 1;
    mien_status st = mien_trainer_new(net->graph, &o, &t, err);
    if (!st)
        *out = mien_trainer_memory(t);
    mien_trainer_free(t);
    return st;
}

/* ---- as text ---------------------------------------------------------------
 */

/* "16 x 78 x 78", of a row. */
static void shape_text(const mien_shape *s, char *out, size_t size)
{
    size_t n = 0;
    out[0] = 0;
    for (int d = 1; d < s->rank && n < size; d++)
        n += (size_t)snprintf(out + n, size - n, "%s%lld", d > 1 ? " x " : "",
                              (long long)s->dim[d]);
}

/* 1,234,567 */
static void count_text(double count, char out[32])
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%.0f", count), at = 0;
    for (int i = 0; i < n && at < 30; i++) {
        if (i && (n - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = 0;
}

/* The widths of the columns of names, kinds and shapes. */
static void widths(const mien_net *net, int w[3])
{
    char shape[80];
    w[0] = w[1] = w[2] = 5;
    for (int i = 0; i < net->n_layers; i++) {
        const mien_net_layer *l = &net->layer[i];
        shape_text(&l->shape, shape, sizeof shape);
        const int n[3] = {(int)strlen(l->name), (int)strlen(l->kind),
                          (int)strlen(shape)};
        for (int k = 0; k < 3; k++)
            w[k] = n[k] > w[k] ? n[k] : w[k];
    }
}

/* What a layer takes, where it is not the layer before. */
static void put_from(const mien_net *net, int at, mien_buffer *out)
{
    const mien_net_layer *l = &net->layer[at];
    int before = l->n_from == 1 && l->from[0] == at - 1;
    for (int i = 0; i < l->n_from && !before; i++)
        mien_buffer_printf(out, "%s%s", i ? ", " : "   ",
                           net->layer[l->from[i]].name);
    mien_buffer_puts(out, "\n");
}

/* Sums over all layers. */
static mien_net_layer sums(const mien_net *net)
{
    mien_net_layer all = {.kind = ""};
    for (int i = 0; i < net->n_layers; i++) {
        all.parameters += net->layer[i].parameters;
        all.statistics += net->layer[i].statistics;
        all.flops += net->layer[i].flops;
    }
    return all;
}

int64_t mien_net_parameters(const mien_net *net)
{
    const mien_net_layer all = sums(net);
    return all.parameters + all.statistics;
}

void mien_net_table(const mien_net *net, mien_buffer *out)
{
    char shape[80], parameters[32], flops[32];
    int w[3];
    widths(net, w);
    mien_buffer_printf(out, "%-*s  %-*s  %-*s  %12s  %16s   %s\n", w[0],
                       "layer", w[1], "kind", w[2], "shape", "parameters",
                       "FLOPs of a row", "takes");
    for (int i = 0; i < net->n_layers; i++) {
        const mien_net_layer *l = &net->layer[i];
        shape_text(&l->shape, shape, sizeof shape);
        count_text((double)(l->parameters + l->statistics), parameters);
        count_text(l->flops, flops);
        mien_buffer_printf(out, "%-*s  %-*s  %-*s  %12s  %16s", w[0], l->name,
                           w[1], l->kind, w[2], shape, parameters, flops);
        put_from(net, i, out);
    }
    mien_net_layer all = sums(net);
    count_text((double)mien_net_parameters(net), parameters);
    count_text((double)all.parameters, shape);
    count_text(all.flops, flops);
    mien_buffer_printf(out,
                       "%d layers, %s parameters (%s of them learned), %s "
                       "FLOPs of a row\n",
                       net->n_layers, parameters, shape, flops);
}

/* ---- as JSON ---------------------------------------------------------------
 */

static void put_shape(mien_json *j, const mien_shape *s)
{
    mien_json_array(j, "shape");
    for (int d = 1; d < s->rank; d++)
        mien_json_int(j, NULL, s->dim[d]);
    mien_json_close(j);
}

/* Name, shape and scaling of what goes in. */
static void put_inputs(mien_json *j, const mien_net *net)
{
    static const char *const colours[] = {NULL, "grey", "rgb", "bgr"};
    mien_json_array(j, "inputs");
    for (int i = 0; i < net->n_inputs; i++) {
        const mien_net_input *in = &net->input[i];
        int channels = in->colour == MIEN_NET_GREY ? 1 : 3;
        mien_json_object(j, NULL);
        mien_json_text(j, "name", in->name);
        put_shape(j, &in->shape);
        mien_json_text(j, "colour", colours[in->colour]);
        for (int k = 0; k < 2 && in->colour; k++) {
            mien_json_array(j, k ? "scale" : "mean");
            for (int c = 0; c < channels; c++)
                mien_json_real(j, NULL,
                               (double)(k ? in->scale[c] : in->mean[c]), 0);
            mien_json_close(j);
        }
        mien_json_bool(j, "noise", in->noise);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* What an output is held to. */
static void put_losses(mien_json *j, const mien_net *net)
{
    static const char *const kinds[] = {
        [MIEN_LOSS_MSE] = "mse",      [MIEN_LOSS_HUBER] = "huber",
        [MIEN_LOSS_BCE] = "bce",      [MIEN_LOSS_CCE] = "cce",
        [MIEN_LOSS_WING] = "wing",    [MIEN_LOSS_MEAN] = "ssim",
        [MIEN_LOSS_MAE] = "mae",      [MIEN_LOSS_GAUSSIAN] = "gaussian",
        [MIEN_LOSS_DIVERGENCE] = "kl"};
    mien_json_array(j, "losses");
    for (int i = 0; i < net->n_losses; i++) {
        const mien_loss *l = &net->loss[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "kind", kinds[l->kind]);
        mien_json_text(j, "output",
                       mien_graph_output_name(net->graph, l->output));
        mien_json_text(j, "target", net->target[i][0] ? net->target[i] : NULL);
        mien_json_real(j, "weight", (double)l->weight, 0);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Each layer, as the table has it. */
static void put_layers(mien_json *j, const mien_net *net)
{
    mien_json_array(j, "layers");
    for (int i = 0; i < net->n_layers; i++) {
        const mien_net_layer *l = &net->layer[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "name", l->name);
        mien_json_text(j, "kind", l->kind);
        mien_json_array(j, "takes");
        for (int k = 0; k < l->n_from; k++)
            mien_json_text(j, NULL, net->layer[l->from[k]].name);
        mien_json_close(j);
        put_shape(j, &l->shape);
        mien_json_int(j, "parameters", l->parameters);
        mien_json_int(j, "statistics", l->statistics);
        mien_json_int(j, "flops", (int64_t)l->flops);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_net_json(const mien_net *net, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_net_layer all = sums(net);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "name", net->name[0] ? net->name : NULL);
    put_inputs(&j, net);
    put_layers(&j, net);
    mien_json_array(&j, "outputs");
    for (int i = 0; i < net->n_outputs; i++)
        mien_json_text(&j, NULL, mien_graph_output_name(net->graph, i));
    mien_json_close(&j);
    put_losses(&j, net);
    mien_json_int(&j, "parameters", all.parameters);
    mien_json_int(&j, "statistics", all.statistics);
    mien_json_int(&j, "flops", (int64_t)all.flops);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
