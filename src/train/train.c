/* train.c: making a trainer, epochs and measurements. */
#include "train/trainer.h"

#include "train/batch.h"
#include "train/plans.h"
#include "train/schedule.h"
#include "train/together.h"

#include "base/alloc.h"
#include "base/error.h"
#include "team/team.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- making ----------------------------------------------------------------
 */

/* Parameters, losses, and the plan of a whole batch. */
static mien_status build(mien_trainer *t, mien_error *err)
{
    mien_plan *p;
    mien_status st = mi_parameters_new(t->graph, t->options.average > 0,
                                       &t->parameters, err);
    if (!st)
        st = mi_objective_new(t->graph, &t->options, &t->objective, err);
    if (st)
        return st;
    t->grad = mi_alloc((size_t)t->parameters.n + 1, sizeof *t->grad);
    if (!t->grad)
        return mi_no_memory(err);
    st = mi_together_new(t, err);
    mi_share rows = mi_team_share(t->options.team, t->options.batch);
    return st ? st : mi_trainer_plan(t, rows.n, &p, err);
}

/* Refuse a schedule or an average that is out of range. */
static mien_status check_schedule(const mien_trainer_options *o,
                                  mien_error *err)
{
    const mien_schedule *s = &o->schedule;
    if (!(s->warmup >= 0) ||
        (s->kind != MIEN_RATE_CONSTANT && !(s->epochs > 0)))
        return mi_fail(err, MIEN_EARG,
                       "train: a schedule over %g epochs with a warm-up of %g, "
                       "wanted positive and not negative",
                       s->epochs, s->warmup);
    if (s->kind == MIEN_RATE_STEP && !(s->factor > 0 && s->factor <= 1))
        return mi_fail(
            err, MIEN_EARG,
            "train: a rate that falls by %g, wanted above 0, at most "
            "1",
            (double)s->factor);
    if (s->kind == MIEN_RATE_COSINE && !(s->least >= 0 && s->least <= 1))
        return mi_fail(
            err, MIEN_EARG,
            "train: a rate that falls to %g of itself, wanted 0 to 1",
            (double)s->least);
    if (!(o->average >= 0 && o->average < 1))
        return mi_fail(err, MIEN_EARG,
                       "train: an average that keeps %g of itself, wanted 0 or "
                       "more, below 1",
                       (double)o->average);
    return MIEN_OK;
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
    mien_status st = check_schedule(options, err);
    mien_trainer *t = st ? NULL : mi_alloc(1, sizeof *t);
    if (!t)
        return st ? st : mi_no_memory(err);
    t->graph = g;
    t->scheduled = 1;
    t->options = *options;
    if (!t->options.batch)
        t->options.batch = 128;
    mien_random_init(&t->random, options->seed);
    st = build(t, err);
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
    mi_free(t->staged);
    mi_together_done(t);
    mi_free(t);
}

/* ---- epochs ----------------------------------------------------------------
 */

/* The rows of an epoch, shuffled or not. */
static mien_status get_order(mien_trainer *t, int64_t n, int shuffle,
                             mien_error *err)
{
    if (t->order_len < n) {
        int64_t *order = mi_alloc((size_t)n, sizeof *order);
        if (!order)
            return mi_no_memory(err);
        mi_free(t->order);
        t->order = order;
        t->order_len = n;
    }
    if (shuffle)
        mien_random_permutation(&t->random, n, t->order);
    for (int64_t i = 0; !shuffle && i < n; i++)
        t->order[i] = i;
    return MIEN_OK;
}

static void add_losses(mien_losses *sum, const mien_losses *l, double weight)
{
    sum->total += weight * l->total;
    sum->penalty += weight * l->penalty;
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        sum->part[i] += weight * l->part[i];
}

/* Rows of the batch that begins at row `at` of n. */
static int64_t rows_of(const mien_trainer *t, int64_t at, int64_t n)
{
    return n - at < t->options.batch ? n - at : t->options.batch;
}

/* Keep only the own rows of each batch; how many they are. */
static int64_t keep_own(mien_trainer *t, int64_t n)
{
    int64_t kept = 0;
    for (int64_t at = 0; at < n; at += rows_of(t, at, n)) {
        mi_share own = mi_team_share(t->options.team, rows_of(t, at, n));
        for (int64_t i = 0; i < own.n; i++)
            t->order[kept++] = t->order[at + own.first + i];
    }
    return kept;
}

/* Run all rows in batches; the losses are means over the rows. */
static mien_status run_all(mien_trainer *t, mi_batch b, int learn,
                           mien_losses *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    int64_t n = b.samples->n, own = b.order ? keep_own(t, n) : n;
    const mien_row_source *source = b.samples->source;
    *out = (mien_losses){0};
    if (source && source->ahead)
        source->ahead(source->arg, t->epochs, b.order, own);
    for (int64_t at = 0; at < n && !st; at += b.all, b.from += b.rows) {
        mien_losses l;
        b.all = rows_of(t, at, n);
        b.rows = mi_team_share(t->options.team, b.all).n;
        if (learn)
            mi_schedule_set(t, (double)(at + b.all) / (double)n);
        st = mi_batch_run(t, &b, learn, &l, err);
        if (!st)
            add_losses(out, &l, (double)b.rows / (double)n);
    }
    return st;
}

mien_status mien_trainer_epoch(mien_trainer *t, const mien_samples *samples,
                               mien_losses *out, mien_error *err)
{
    assert(samples->n > 0);
    mi_batch b = {.samples = samples};
    mien_losses sum;
    int several = mi_team_several(t->options.team);
    int listed = t->options.shuffle || samples->source || several;
    mien_status st = MIEN_OK;
    if (listed)
        st = get_order(t, samples->n, t->options.shuffle, err);
    if (listed)
        b.order = t->order;
    if (several)
        mi_together_begin(t);
    if (!st)
        st = run_all(t, b, 1, &sum, err);
    if (!st)
        st = mi_together_losses(t, MIEN_OK, &sum, err);
    if (st)
        return st;
    t->epochs++;
    *out = sum;
    return MIEN_OK;
}

mien_status mien_trainer_evaluate(mien_trainer *t, const mien_samples *samples,
                                  mien_losses *out, mien_error *err)
{
    assert(samples->n > 0);
    mi_batch b = {.samples = samples};
    mien_losses sum = {0};
    int listed = samples->source || mi_team_several(t->options.team);
    mien_status st = MIEN_OK;
    if (listed)
        st = get_order(t, samples->n, 0, err);
    if (listed)
        b.order = t->order;
    mi_parameters_swap(&t->parameters);
    if (!st)
        st = run_all(t, b, 0, &sum, err);
    mi_parameters_swap(&t->parameters);
    st = mi_together_losses(t, st, &sum, err);
    if (!st)
        *out = sum;
    return st;
}

size_t mien_trainer_memory(const mien_trainer *t)
{
    size_t copies = t->parameters.average ? 4 : 3;
    size_t bytes = (size_t)t->parameters.total * copies * sizeof(float);
    for (int i = 0; i < MI_PLANS; i++)
        bytes += t->plan[i] ? mien_plan_memory(t->plan[i]) : 0;
    if (t->shared)
        bytes += 2 * (size_t)t->parameters.total * sizeof *t->shared;
    return bytes + t->staged_len * sizeof *t->staged;
}

const mien_graph *mien_trainer_graph(const mien_trainer *t) { return t->graph; }

int mien_trainer_epochs(const mien_trainer *t) { return t->epochs; }

float mien_trainer_rate(const mien_trainer *t)
{
    return t->options.optimizer.rate * t->scheduled;
}

void mien_trainer_set_rate(mien_trainer *t, float rate)
{
    assert(rate > 0);
    t->options.optimizer.rate = rate;
}

void mien_trainer_set_weight(mien_trainer *t, int loss, float weight)
{
    assert(loss >= 0 && loss < t->objective.n_losses && isfinite(weight));
    t->objective.full[loss] = weight;
    t->objective.weight[loss] = t->stopped[loss] ? 0 : weight;
}

void mien_trainer_swap_average(mien_trainer *t)
{
    mi_parameters_swap(&t->parameters);
}
