/* losses.c: what a network learns from.
 *
 *   {"output": NAME, "kind": "mse", "target": NAME, "weight": 1}
 *   {"kind": "kl", "mean": NAME, "log_variance": NAME, "free": 0}
 *
 * The divergence of normal distributions from the standard one,
 *   1/2 (mean^2 + exp(log variance) - log variance - 1)  of each number,
 * is built of operators as one more output, whose columns are the loss.
 * Source: Kingma and Welling, Auto-Encoding Variational Bayes, appendix B. */
#include "net/build.h"

#include <stdio.h>
#include <string.h>

static const char kind_words[] = "mse huber wing bce cce kl gaussian mae ssim";
static const mien_loss_kind kind_of[] = {
    MIEN_LOSS_MSE,      MIEN_LOSS_HUBER, MIEN_LOSS_WING,
    MIEN_LOSS_BCE,      MIEN_LOSS_CCE,   MIEN_LOSS_DIVERGENCE,
    MIEN_LOSS_GAUSSIAN, MIEN_LOSS_MAE,   MIEN_LOSS_MEAN};

/* The graph's output of a layer's name; -1: none. */
static int output_of(const mi_net_build *b, const char *name)
{
    for (int i = 0; i < mien_graph_outputs(b->net->graph); i++)
        if (strcmp(mien_graph_output_name(b->net->graph, i), name) == 0)
            return i;
    return -1;
}

/* The layer that a member names; NULL, and a mistake, if there is none. */
static mien_node *layer_of(mi_net_build *b, const char *key)
{
    char name[MIEN_NET_NAME] = "";
    mi_field_name(&b->fields, key, name);
    int at = mi_net_layer_find(b, name);
    if (at >= 0)
        return b->node[at];
    mi_fields_wrong(&b->fields, MIEN_EFORMAT, "'%s' is '%s', wanted a layer",
                    key, name);
    return NULL;
}

mien_node *mi_net_op(mien_graph *g, const char *name, mien_node *x,
                     mien_node *y)
{
    mien_node *in[] = {x, y};
    return mien_graph_op(g, name, y ? 2 : 1, in, 0, NULL, NULL);
}

mien_node *mi_net_number(mien_graph *g, double v)
{
    const float one = (float)v;
    return mien_graph_constant(g, (mien_shape){0}, &one, NULL);
}

void mi_net_loss_of(mi_net_build *b, mien_node *x, const char *word,
                    mien_loss *l)
{
    char name[MIEN_NET_NAME];
    snprintf(name, sizeof name, "%s_%d", word, b->net->n_losses + 1);
    l->output = mien_graph_outputs(b->net->graph);
    mien_graph_output(b->net->graph, x, name);
}

/* The divergence of each number of a row, as an output of the graph. */
static void add_divergence(mi_net_build *b, mien_loss *l)
{
    mien_graph *g = b->net->graph;
    mien_node *mean = layer_of(b, "mean"), *log = layer_of(b, "log_variance");
    if (b->fields.status)
        return;
    mien_shape s = mien_node_shape(mean), t = mien_node_shape(log);
    if (s.rank != 2 || t.rank != 2 || s.dim[1] != t.dim[1]) {
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "mean and log variance are not two rows of one length");
        return;
    }
    mien_node *x = mi_net_op(g, "Add", mi_net_op(g, "Mul", mean, mean),
                             mi_net_op(g, "Exp", log, NULL));
    x = mi_net_op(g, "Sub", x, log);
    x = mi_net_op(g, "Sub", x, mi_net_number(g, 1));
    x = mi_net_op(g, "Mul", x, mi_net_number(g, 0.5));
    mi_net_loss_of(b, x, "kl", l);
}

/* What an output is compared with: a label, or an input of the network. */
static void read_target(mi_net_build *b, const char *output, mien_loss *l,
                        char *target)
{
    const mien_net *net = b->net;
    if (!mi_field_name(&b->fields, "target", target))
        memcpy(target, output, MIEN_NET_NAME);
    for (int i = 0; i < net->n_inputs; i++)
        if (strcmp(net->input[i].name, target) == 0)
            l->of_input = 1 + i;
    if (!l->of_input || b->fields.status)
        return;
    mien_shape s = net->input[l->of_input - 1].shape;
    mien_shape y = net->layer[mi_net_layer_find(b, output)].shape;
    int same = s.rank == y.rank;
    for (int d = 0; same && d < s.rank; d++)
        same = s.dim[d] == y.dim[d];
    if (!same)
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "output '%s' has not the shape of input '%s'", output,
                        target);
}

/* A loss with targets. */
static void read_compared(mi_net_build *b, mien_loss *l, char *target)
{
    mi_fields *f = &b->fields;
    char output[MIEN_NET_NAME] = "";
    mi_field_name(f, "output", output);
    l->output = output_of(b, output);
    if (l->output < 0) {
        mi_fields_wrong(f, MIEN_EFORMAT,
                        "'output' is '%s', wanted one of the network's outputs",
                        output);
        return;
    }
    read_target(b, output, l, target);
    if (l->kind == MIEN_LOSS_MEAN) {
        mi_net_add_unlikeness(b, output, l);
        return;
    }
    if (l->kind == MIEN_LOSS_HUBER)
        l->delta = mi_field_real(f, "delta", 1e-6, 1e6, 1);
    if (l->kind == MIEN_LOSS_WING) {
        l->delta = mi_field_real(f, "delta", 1e-6, 1e6, 10);
        l->curvature = mi_field_real(f, "curvature", 1e-6, 1e6, 2);
    }
    if (l->kind == MIEN_LOSS_CCE)
        l->smoothing = mi_field_real(f, "smoothing", 0, 0.999, 0);
    mien_shape s = b->net->layer[mi_net_layer_find(b, output)].shape;
    if (mi_field_flag(f, "sum"))
        for (int d = 1; d < s.rank; d++)
            l->weight *= (float)s.dim[d];
}

/* One loss of the list, checked and added. */
static void read_loss(mi_net_build *b, json_t *object)
{
    static const char *const keys[] = {
        "kind weight warmup output target sum",
        "kind weight warmup output target sum delta",
        "kind weight warmup output target sum delta curvature",
        "kind weight warmup output target sum",
        "kind weight warmup output target smoothing",
        "kind weight warmup mean log_variance free",
        "kind weight warmup output target",
        "kind weight warmup output target sum",
        "kind weight warmup output target"};
    mien_net *net = b->net;
    mi_fields *f = &b->fields;
    mien_loss l = {0};
    f->object = object;
    snprintf(f->place, sizeof f->place, "loss %d", net->n_losses + 1);
    if (!json_is_object(object))
        mi_fields_wrong(f, MIEN_EFORMAT, "it is no object {\"kind\": ...}");
    int kind = mi_field_word(f, "kind", kind_words, -1);
    if (f->status)
        return;
    mi_fields_only(f, keys[kind]);
    l.kind = kind_of[kind];
    l.weight = mi_field_real(f, "weight", 0, 1e9, 1);
    l.warmup = (double)mi_field_real(f, "warmup", 0, 1e6, 0);
    if (l.kind == MIEN_LOSS_DIVERGENCE) {
        l.free = mi_field_real(f, "free", 0, 100, 0);
        add_divergence(b, &l);
    } else {
        read_compared(b, &l, net->target[net->n_losses]);
    }
    net->loss[net->n_losses++] = l;
}

void mi_net_read_losses(mi_net_build *b, const json_t *list)
{
    mi_fields *f = &b->fields;
    size_t n = json_array_size(list);
    mien_error why = {0};
    if (list && (!json_is_array(list) || n > MIEN_MAX_LOSSES))
        mi_fields_wrong(f, MIEN_EFORMAT,
                        "'losses' is no list of at most %d losses",
                        MIEN_MAX_LOSSES);
    for (size_t i = 0; i < n && !f->status; i++)
        read_loss(b, json_array_get(list, i));
    mien_status st = mien_graph_check(b->net->graph, &why);
    if (st)
        mi_fields_wrong(f, st, "%.140s", why.text);
}
