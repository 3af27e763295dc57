/* trainer.c: making a trainer, epochs and measurements. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- making ---------------------------------------------------------------
 */

static mien_status set_loss(mien_trainer *t, int i, const mien_loss *loss,
                            mien_error *err)
{
    if (loss->output < 0 || loss->output >= mien_graph_outputs(t->graph))
        return mi_fail(err, MIEN_EARG, "train: loss %d: output %d of %d", i,
                       loss->output, mien_graph_outputs(t->graph));
    if (!isfinite(loss->weight) || !(loss->delta >= 0))
        return mi_fail(err, MIEN_EARG,
                       "train: loss %d: weight %g and delta %g, wanted finite "
                       "and not negative",
                       i, (double)loss->weight, (double)loss->delta);
    t->loss[i] = *loss;
    t->loss_node[i] = mi_graph_output_node(t->graph, loss->output)->id;
    t->seeds[t->n_seeds++] = t->loss_node[i];
    return MIEN_OK;
}

static int parameter_of(const mien_trainer *t, int node)
{
    for (int i = 0; i < t->parameters.n; i++)
        if (t->parameters.id[i] == node && t->parameters.m[i])
            return i;
    return -1;
}

static mien_status set_penalty(mien_trainer *t, int i, const mien_penalty *p,
                               mien_error *err)
{
    const mi_node *n = p->name ? mi_graph_find(t->graph, p->name) : NULL;
    if (!n)
        return mi_fail(err, MIEN_EARG, "train: penalty %d: no node '%s'", i,
                       p->name ? p->name : "");
    t->penalty[i] = (mi_penalized){*p, n->id, parameter_of(t, n->id)};
    t->penalty[i].by.name = n->name;
    if (t->penalty[i].parameter >= 0)
        return MIEN_OK;
    if (!n->op)
        return mi_fail(err, MIEN_EARG,
                       "train: penalty %d: '%s' is neither a parameter nor a "
                       "result",
                       i, p->name);
    t->seeds[t->n_seeds++] = n->id;
    return MIEN_OK;
}

static mien_status set_options(mien_trainer *t, mien_error *err)
{
    const mien_trainer_options *o = &t->options;
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < o->n_losses; i++)
        st = set_loss(t, i, &o->losses[i], err);
    for (int i = 0; !st && i < o->n_penalties; i++)
        st = set_penalty(t, i, &o->penalties[i], err);
    return st;
}

/* The outputs' shapes are known once there is a tape. */
static int classes_of(const mi_node *y)
{
    return y->shape.rank ? (int)y->shape.dim[y->shape.rank - 1] : 1;
}

static mien_status keep_class_weights(mien_trainer *t, const mi_tape *tape,
                                      mien_error *err)
{
    size_t n = 0;
    for (int i = 0; i < t->options.n_losses; i++)
        n += (size_t)classes_of(&tape->node[t->loss_node[i]]) + 2;
    float *at = t->class_weights = mi_alloc(n, sizeof *at);
    if (!at)
        return mi_no_memory(err);
    for (int i = 0; i < t->options.n_losses; i++) {
        size_t k = 2;
        if (t->loss[i].kind == MIEN_LOSS_CCE)
            k = (size_t)classes_of(&tape->node[t->loss_node[i]]);
        if (!t->loss[i].class_weight)
            continue;
        memcpy(at, t->loss[i].class_weight, k * sizeof *at);
        t->loss[i].class_weight = at;
        at += k;
    }
    return MIEN_OK;
}

static mien_status get_buffers(mien_trainer *t, mien_error *err)
{
    mi_tape *tape;
    mien_status st = mi_trainer_tape(t, t->options.batch, &tape, err);
    if (!st)
        st = keep_class_weights(t, tape, err);
    if (st)
        return st;
    for (int i = 0; i < t->options.n_losses; i++) {
        const mi_node *y = &tape->node[t->loss_node[i]];
        int64_t len = mi_shape_len(&y->shape);
        if (y->shape.rank < 1 || y->shape.dim[0] != t->options.batch)
            return mi_fail(err, MIEN_EARG,
                           "train: loss %d: output '%s' does not have the rows "
                           "of the batch first",
                           i, y->name);
        t->target[i] = mi_alloc((size_t)len, sizeof *t->target[i]);
        if (!t->target[i])
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

static mien_status build(mien_trainer *t, mien_error *err)
{
    const mien_trainer_options *o = &t->options;
    size_t seeds = (size_t)o->n_losses + (size_t)o->n_penalties;
    mien_status st = mi_graph_check(t->graph, err);
    if (!st)
        st = mi_parameters_new(t->graph, &t->parameters, err);
    if (st)
        return st;
    t->grad = mi_alloc((size_t)t->parameters.n + 1, sizeof *t->grad);
    t->seeds = mi_alloc(seeds, sizeof *t->seeds);
    t->penalty = mi_alloc(seeds, sizeof *t->penalty);
    t->weights = mi_alloc((size_t)o->batch, sizeof *t->weights);
    if (!t->grad || !t->seeds || !t->penalty || !t->weights)
        return mi_no_memory(err);
    st = set_options(t, err);
    return st ? st : get_buffers(t, err);
}

mien_status mien_trainer_new(mien_graph *g, const mien_trainer_options *options,
                             mien_trainer **out, mien_error *err)
{
    if (options->n_losses < 1 || options->n_losses > MIEN_MAX_LOSSES)
        return mi_fail(err, MIEN_EARG, "train: %d losses, wanted 1 to %d",
                       options->n_losses, (int)MIEN_MAX_LOSSES);
    if (options->batch < 0 || options->n_penalties < 0 ||
        !(options->optimizer.rate > 0))
        return mi_fail(err, MIEN_EARG,
                       "train: batch %d and learning rate %g, wanted positive",
                       options->batch, (double)options->optimizer.rate);
    mien_trainer *t = mi_alloc(1, sizeof *t);
    if (!t)
        return mi_no_memory(err);
    t->graph = g;
    t->options = *options;
    if (!t->options.batch)
        t->options.batch = 128;
    mien_random_init(&t->random, options->seed);
    mien_status st = build(t, err);
    if (st) {
        mien_trainer_free(t);
        return st;
    }
    t->options.losses = NULL;
    t->options.penalties = NULL;
    *out = t;
    return MIEN_OK;
}

void mien_trainer_free(mien_trainer *t)
{
    if (!t)
        return;
    for (int i = 0; i < MI_TAPES; i++)
        mi_tape_free(t->tape[i]);
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        mi_free(t->target[i]);
    mi_parameters_done(&t->parameters);
    mi_free(t->class_weights);
    mi_free(t->penalty);
    mi_free(t->seeds);
    mi_free(t->grad);
    mi_free(t->weights);
    mi_free(t->order);
    mi_free(t);
}

mien_status mi_trainer_tape(mien_trainer *t, int64_t rows, mi_tape **out,
                            mien_error *err)
{
    for (int i = 0; i < MI_TAPES; i++)
        if (t->tape[i] && t->tape[i]->rows == rows) {
            *out = t->tape[i];
            return MIEN_OK;
        }
    mi_tape_options o = {t->options.pool, &t->random, t->seeds, t->n_seeds};
    mi_tape *made;
    mien_status st = mi_tape_new(t->graph, rows, &o, &made, err);
    if (st)
        return st;
    mi_tape_free(t->tape[t->next_tape]);
    t->tape[t->next_tape] = *out = made;
    /* The whole batch's, which is the first, stays. */
    t->next_tape = t->next_tape % (MI_TAPES - 1) + 1;
    return MIEN_OK;
}

/* ---- epochs ----------------------------------------------------------------
 */

static mien_status get_order(mien_trainer *t, int64_t n, mien_error *err)
{
    if (t->order_len < n) {
        int64_t *order = mi_alloc((size_t)n, sizeof *order);
        if (!order)
            return mi_no_memory(err);
        mi_free(t->order);
        t->order = order;
        t->order_len = n;
    }
    mien_random_permutation(&t->random, n, t->order);
    return MIEN_OK;
}

static void add_losses(mien_losses *sum, const mien_losses *l, double weight)
{
    sum->total += weight * l->total;
    sum->penalty += weight * l->penalty;
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        sum->part[i] += weight * l->part[i];
}

static mien_status run_all(mien_trainer *t, mi_batch b, int learn,
                           mien_losses *out, mien_error *err)
{
    mien_losses sum = {0};
    int64_t n = b.samples->n;
    for (b.from = 0; b.from < n; b.from += b.rows) {
        mien_losses l;
        b.rows = n - b.from < t->options.batch ? n - b.from : t->options.batch;
        mien_status st = mi_batch_run(t, &b, learn, &l, err);
        if (st)
            return st;
        add_losses(&sum, &l, (double)b.rows / (double)n);
    }
    *out = sum;
    return MIEN_OK;
}

mien_status mien_trainer_epoch(mien_trainer *t, const mien_samples *samples,
                               mien_losses *out, mien_error *err)
{
    assert(samples->n > 0);
    mi_batch b = {.samples = samples};
    mien_status st = MIEN_OK;
    if (t->options.shuffle)
        st = get_order(t, samples->n, err);
    if (t->options.shuffle)
        b.order = t->order;
    if (!st)
        st = run_all(t, b, 1, out, err);
    if (!st)
        t->epochs++;
    return st;
}

mien_status mien_trainer_evaluate(mien_trainer *t, const mien_samples *samples,
                                  mien_losses *out, mien_error *err)
{
    assert(samples->n > 0);
    mi_batch b = {.samples = samples};
    return run_all(t, b, 0, out, err);
}

int mien_trainer_epochs(const mien_trainer *t) { return t->epochs; }

float mien_trainer_rate(const mien_trainer *t)
{
    return t->options.optimizer.rate;
}

void mien_trainer_set_rate(mien_trainer *t, float rate)
{
    assert(rate > 0);
    t->options.optimizer.rate = rate;
}
