#include "train/losses.h"

#include "base/alloc.h"
#include "base/error.h"
#include "graph/op_attr.h"

#include <math.h>

static const mi_op *op_of(mien_loss_kind kind)
{
    switch (kind) {
    case MIEN_LOSS_MSE: return &mi_op_mean_squared_error;
    case MIEN_LOSS_HUBER: return &mi_op_huber_loss;
    case MIEN_LOSS_BCE: return &mi_op_sigmoid_cross_entropy;
    case MIEN_LOSS_CCE: return &mi_op_softmax_cross_entropy;
    case MIEN_LOSS_WING: return &mi_op_wing_loss;
    case MIEN_LOSS_MAE: return &mi_op_absolute_error;
    case MIEN_LOSS_GAUSSIAN: return &mi_op_gaussian_loss;
    case MIEN_LOSS_DIVERGENCE: return &mi_op_divergence_loss;
    case MIEN_LOSS_MEAN: return &mi_op_mean_loss;
    }
    return NULL;
}

/* Refuse a loss whose output, kind, numbers or shape do not fit. */
static mien_status check_loss(const mien_graph *g, int i, const mien_loss *l,
                              mien_error *err)
{
    if (l->output < 0 || l->output >= mien_graph_outputs(g))
        return mi_fail(err, MIEN_EARG, "train: loss %d: output %d of %d", i,
                       l->output, mien_graph_outputs(g));
    if (!op_of(l->kind))
        return mi_fail(err, MIEN_EARG, "train: loss %d: kind %d is unknown", i,
                       (int)l->kind);
    if (!isfinite(l->weight) || !(l->delta >= 0))
        return mi_fail(err, MIEN_EARG,
                       "train: loss %d: weight %g and delta %g, wanted finite "
                       "and not negative",
                       i, (double)l->weight, (double)l->delta);
    if (!(l->curvature >= 0) || !(l->smoothing >= 0 && l->smoothing < 1) ||
        !(l->warmup >= 0) || !(l->free >= 0))
        return mi_fail(err, MIEN_EARG,
                       "train: loss %d: curvature %g, smoothing %g, warm-up %g "
                       "and free %g, wanted none below 0, and smoothing below "
                       "1",
                       i, (double)l->curvature, (double)l->smoothing, l->warmup,
                       (double)l->free);
    if (l->of_input < 0 || l->of_input > mien_graph_inputs(g))
        return mi_fail(err, MIEN_EARG, "train: loss %d: input %d of %d", i,
                       l->of_input - 1, mien_graph_inputs(g));
    const mi_node *y = mi_graph_output_node(g, l->output);
    if (y->unshaped)
        return mi_fail(err, MIEN_EARG, "train: loss %d: output '%s': %s", i,
                       y->name, y->unshaped);
    if (y->shape.rank < 1 || y->shape.dim[0] != 1)
        return mi_fail(err, MIEN_EARG,
                       "train: loss %d: output '%s' does not have the rows of "
                       "the batch first",
                       i, y->name);
    return MIEN_OK;
}

/* The node that a loss compares with: an input of the graph, or a new one. */
static mi_node *add_target(mi_objective *o, int i, const mien_loss *l,
                           const mi_node *y)
{
    mien_shape shape = y->shape;
    o->target[i] = -1;
    if (l->kind == MIEN_LOSS_MEAN || l->kind == MIEN_LOSS_DIVERGENCE)
        return NULL;
    if (l->of_input)
        return mi_graph_input_node(o->graph, l->of_input - 1);
    o->target[i] = mien_graph_inputs(o->graph);
    shape.dim[0] = -1;
    return mi_graph_input(o->graph, NULL, shape);
}

static mi_node *add_class_weights(mi_objective *o, const mien_loss *l,
                                  const mi_node *y)
{
    int softmax = l->kind == MIEN_LOSS_CCE;
    if (!l->class_weight || (!softmax && l->kind != MIEN_LOSS_BCE))
        return NULL;
    int64_t n = softmax ? y->shape.dim[y->shape.rank - 1] : 2;
    return mi_graph_constant(o->graph, NULL, MI_F32, (mien_shape){1, {n}},
                             l->class_weight, MI_COPY);
}

/* Add a loss as a node of the objective's graph. */
static mien_status add_loss(mi_objective *o, const mien_graph *g, int i,
                            const mien_loss *l, mi_node *row_weights,
                            mien_error *err)
{
    mien_status st = check_loss(g, i, l, err);
    if (st)
        return st;
    mi_node *y = mi_graph_at(o->graph, mi_graph_output_node(g, l->output)->id);
    union {
        mi_huber_attr huber;
        mi_wing_attr wing;
        mi_smoothing_attr softmax;
        mi_divergence_attr divergence;
    } attr;
    const void *given = op_of(l->kind)->attr_size ? &attr : NULL;
    if (l->kind == MIEN_LOSS_DIVERGENCE)
        attr.divergence = (mi_divergence_attr){l->free};
    if (l->kind == MIEN_LOSS_HUBER)
        attr.huber = (mi_huber_attr){l->delta > 0 ? l->delta : 1};
    if (l->kind == MIEN_LOSS_WING)
        attr.wing = (mi_wing_attr){l->delta > 0 ? l->delta : 10,
                                   l->curvature > 0 ? l->curvature : 2};
    if (l->kind == MIEN_LOSS_CCE)
        attr.softmax = (mi_smoothing_attr){l->smoothing};
    mi_node *in[4] = {y, add_target(o, i, l, y), row_weights,
                      add_class_weights(o, l, y)};
    mi_node *loss =
        mi_graph_node(o->graph, op_of(l->kind), in, in[3] ? 4 : 3, given, NULL);
    mi_graph_output(o->graph, loss, NULL);
    o->weight[i] = o->full[i] = l->weight;
    o->warmup[i] = l->warmup;
    return mi_graph_check(o->graph, err);
}

/* Add a penalty as a node of the objective's graph. */
static mien_status add_penalty(mi_objective *o, const mien_graph *g, int i,
                               const mien_penalty *p, mien_error *err)
{
    const mi_node *of = p->name ? mi_graph_find(g, p->name) : NULL;
    if (!of)
        return mi_fail(err, MIEN_EARG, "train: penalty %d: no node '%s'", i,
                       p->name ? p->name : "");
    if (!of->op && !of->learned)
        return mi_fail(err, MIEN_EARG,
                       "train: penalty %d: '%s' is neither a parameter nor a "
                       "result",
                       i, p->name);
    const mi_penalty_attr attr = {p->l1, p->l2, !of->learned};
    mi_node *x = mi_graph_at(o->graph, of->id);
    mi_graph_output(o->graph,
                    mi_graph_node(o->graph, &mi_op_penalty, &x, 1, &attr, NULL),
                    NULL);
    o->of_parameter[i] = (char)of->learned;
    o->weight[o->n_losses + i] = 1;
    return mi_graph_check(o->graph, err);
}

mien_status mi_objective_new(const mien_graph *g,
                             const mien_trainer_options *by, mi_objective *out,
                             mien_error *err)
{
    mi_objective o = {.n_losses = by->n_losses, .n_penalties = by->n_penalties};
    size_t outputs = (size_t)o.n_losses + (size_t)o.n_penalties;
    mien_status st = mi_graph_copy(g, &o.graph, err);
    if (st)
        return st;
    o.weight = mi_alloc(outputs, sizeof *o.weight);
    o.of_parameter = mi_alloc(outputs, 1);
    if (!o.weight || !o.of_parameter)
        st = mi_no_memory(err);
    o.row_weights = mien_graph_inputs(o.graph);
    mi_node *rows = mi_graph_input(o.graph, NULL, (mien_shape){1, {-1}});
    for (int i = 0; i < o.n_losses && !st; i++)
        st = add_loss(&o, g, i, &by->losses[i], rows, err);
    for (int i = 0; i < o.n_penalties && !st; i++)
        st = add_penalty(&o, g, i, &by->penalties[i], err);
    if (st)
        mi_objective_free(&o);
    else
        *out = o;
    return st;
}

void mi_objective_free(mi_objective *o)
{
    mien_graph_free(o->graph);
    mi_free(o->weight);
    mi_free(o->of_parameter);
    *o = (mi_objective){0};
}
