/* batch.c: a batch gathered, run, measured and learned from. */
#include "train/trainer.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static int64_t row_of(const mi_batch *b, int64_t i)
{
    return b->order ? b->order[b->from + i] : b->from + i;
}

/* Rows of so many floats. */
static void gather(const mi_batch *b, const float *from, int64_t row, float *to)
{
    if (!b->order) {
        memcpy(to, from + b->from * row, (size_t)(b->rows * row) * sizeof *to);
        return;
    }
    for (int64_t i = 0; i < b->rows; i++)
        memcpy(to + i * row, from + row_of(b, i) * row,
               (size_t)row * sizeof *to);
}

static void gather_inputs(const mien_trainer *t, const mi_tape *tape,
                          const mi_batch *b)
{
    for (int i = 0; i < mien_graph_inputs(t->graph); i++) {
        int id = mi_graph_input_node(t->graph, i)->id;
        const mi_node *n = &tape->node[id];
        if (n->eval)
            gather(b, b->samples->inputs[i], mi_shape_len(&n->shape) / b->rows,
                   n->eval);
    }
}

/* An auto-encoder's targets are its input: then they are there already. */
static const float *targets_of(const mien_trainer *t, const mi_tape *tape,
                               const mi_batch *b, int loss, int64_t row)
{
    const float *from = b->samples->targets[loss];
    for (int i = 0; i < mien_graph_inputs(t->graph); i++) {
        const mi_node *n = &tape->node[mi_graph_input_node(t->graph, i)->id];
        if (b->samples->inputs[i] == from && n->eval &&
            mi_shape_len(&n->shape) == row * b->rows)
            return n->eval;
    }
    gather(b, from, row, t->target[loss]);
    return t->target[loss];
}

static void run_losses(const mien_trainer *t, const mi_tape *tape,
                       const mi_batch *b, int learn, mien_losses *out)
{
    const float *weights = NULL;
    if (b->samples->weights) {
        gather(b, b->samples->weights, 1, t->weights);
        weights = t->weights;
    }
    for (int l = 0; l < t->options.n_losses; l++) {
        const mi_node *y = &tape->node[t->loss_node[l]];
        int64_t row = mi_shape_len(&y->shape) / b->rows;
        mi_loss_batch lb = {.rows = b->rows,
                            .row = row,
                            .classes = (int)y->shape.dim[y->shape.rank - 1],
                            .y = y->eval,
                            .target = targets_of(t, tape, b, l, row),
                            .weights = weights,
                            .grad = learn ? y->grad : NULL};
        out->part[l] = mi_loss_of(&t->loss[l], &lb);
        out->total += (double)t->loss[l].weight * out->part[l];
    }
}

/* Activities before the gradients flow, parameters after. */
static void run_penalties(const mien_trainer *t, const mi_tape *tape,
                          int of_parameters, int learn, mien_losses *out)
{
    for (int i = 0; i < t->options.n_penalties; i++) {
        const mi_penalized *p = &t->penalty[i];
        const mi_node *n = &tape->node[p->node];
        if ((p->parameter >= 0) != of_parameters)
            continue;
        double scale = of_parameters ? 1 : 1 / (double)tape->rows;
        out->penalty += mi_penalty_of(&p->by, mi_shape_len(&n->shape), n->eval,
                                      scale, learn ? n->grad : NULL);
    }
}

static void learn_from(mien_trainer *t, const mi_tape *tape)
{
    mien_losses ignored = {0};
    mi_tape_backward(tape);
    run_penalties(t, tape, 1, 1, &ignored);
    for (int i = 0; i < t->parameters.n; i++)
        t->grad[i] = tape->node[t->parameters.id[i]].grad;
    mi_optimizer_step(&t->options.optimizer, tape->kern, &t->parameters,
                      t->grad);
}

mien_status mi_batch_run(mien_trainer *t, const mi_batch *b, int learn,
                         mien_losses *out, mien_error *err)
{
    mi_tape *tape;
    mien_status st = mi_trainer_tape(t, b->rows, &tape, err);
    if (st)
        return st;
    mien_losses l = {0};
    tape->training = learn;
    gather_inputs(t, tape, b);
    mi_tape_forward(tape);
    if (learn)
        mi_tape_seed(tape);
    run_losses(t, tape, b, learn, &l);
    run_penalties(t, tape, 0, learn, &l);
    run_penalties(t, tape, 1, 0, &l);
    l.total += l.penalty;
    if (!isfinite(l.total))
        return mi_fail(err, MIEN_EUNSUP,
                       "train: the loss is not finite in epoch %d: a smaller "
                       "learning rate, or values without NaN, may help",
                       t->epochs + 1);
    if (learn)
        learn_from(t, tape);
    *out = l;
    return MIEN_OK;
}
