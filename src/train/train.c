/* train.c: making a trainer, epochs and measurements. */
#include "train/trainer.h"

#include "train/batch.h"
#include "train/plans.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- making ----------------------------------------------------------------
 */

static mien_status build(mien_trainer *t, mien_error *err)
{
    mien_plan *p;
    mien_status st = mi_parameters_new(t->graph, &t->parameters, err);
    if (!st)
        st = mi_objective_new(t->graph, &t->options, &t->objective, err);
    if (st)
        return st;
    t->grad = mi_alloc((size_t)t->parameters.n + 1, sizeof *t->grad);
    if (!t->grad)
        return mi_no_memory(err);
    return mi_trainer_plan(t, t->options.batch, &p, err);
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
    for (int i = 0; i < MI_PLANS; i++)
        mien_plan_free(t->plan[i]);
    mi_parameters_done(&t->parameters);
    mi_objective_free(&t->objective);
    mi_free(t->grad);
    mi_free(t->order);
    mi_free(t);
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

/* Run all rows in batches; the losses are means over the rows. */
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
