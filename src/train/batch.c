#include "train/batch.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/learn.h"
#include "graph/graph.h"
#include "team/team.h"
#include "train/plans.h"
#include "train/together.h"

#include <math.h>
#include <string.h>

/* ---- gathering -------------------------------------------------------------
 */

static int64_t row_of(const mi_batch *b, int64_t i)
{
    return b->order ? b->order[b->from + i] : b->from + i;
}

/* One row [c, h, w] as [h, w, c]. */
static void transpose_row(const float *from, const mien_shape *s, float *to)
{
    int64_t c = s->dim[1], area = s->dim[2] * s->dim[3];
    for (int64_t i = 0; i < area; i++)
        for (int64_t j = 0; j < c; j++)
            *to++ = from[j * area + i];
}

/* 1 if rows have to be turned on the way into the plan. */
static int is_turned(const mien_tensor *to)
{
    return to->channels_last && to->shape.dim[1] > 1;
}

/* The batch's rows of `from` into an input of a plan. */
static void gather(const mi_batch *b, const float *from, mien_tensor to)
{
    int64_t row = mi_shape_len(&to.shape) / b->rows;
    int transposed = is_turned(&to);
    if (!b->order && !transposed) {
        memcpy(to.data, from + b->from * row,
               (size_t)(b->rows * row) * sizeof *from);
        return;
    }
    for (int64_t i = 0; i < b->rows; i++, to.data += row) {
        const float *at = from + row_of(b, i) * row;
        if (transposed)
            transpose_row(at, &to.shape, to.data);
        else
            memcpy(to.data, at, (size_t)row * sizeof *at);
    }
}

/* ---- rows that a source makes ----------------------------------------------
 */

/* Inputs and targets of a plan, in the order of fill's arrays. */
static int list_ports(const mien_trainer *t, int *port)
{
    int n = mien_graph_inputs(t->graph);
    for (int i = 0; i < n; i++)
        port[i] = i;
    for (int i = 0; i < t->objective.n_losses; i++)
        port[n + i] = t->objective.target[i];
    return n + t->objective.n_losses;
}

/* Where a source writes each port's rows: into the plan, or staged. */
static mien_status place(mien_trainer *t, const mien_plan *p, const int *port,
                         int n, float **at, mien_error *err)
{
    size_t want = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t used = 0;
        for (int i = 0; i < n; i++) {
            at[i] = NULL;
            if (port[i] < 0)
                continue;
            mien_tensor to = mien_plan_input(p, port[i]);
            at[i] = is_turned(&to) ? t->staged + (pass ? used : 0) : to.data;
            if (is_turned(&to))
                used += (size_t)mi_shape_len(&to.shape);
        }
        want = used;
        if (pass || want <= t->staged_len)
            continue;
        mi_free(t->staged);
        t->staged_len = 0;
        t->staged = mi_alloc(want, sizeof *t->staged);
        if (!t->staged)
            return mi_no_memory(err);
        t->staged_len = want;
    }
    return MIEN_OK;
}

/* Ask the source for the batch's rows. */
static mien_status fill_all(mien_trainer *t, const mien_plan *p,
                            const mi_batch *b, mien_error *err)
{
    const mien_row_source *s = b->samples->source;
    int port[MI_MAX_PORTS + MIEN_MAX_LOSSES] = {0};
    float *at[MI_MAX_PORTS + MIEN_MAX_LOSSES];
    int inputs = mien_graph_inputs(t->graph), n = list_ports(t, port);
    mien_tensor weights = mien_plan_input(p, t->objective.row_weights);
    mien_status st = place(t, p, port, n, at, err);
    for (int64_t i = 0; i < b->rows; i++)
        weights.data[i] = 1;
    if (!st)
        st = s->fill(s->arg, t->epochs, b->order + b->from, b->rows, at,
                     at + inputs, weights.data, err);
    const mi_batch staged = {.samples = b->samples, .rows = b->rows};
    for (int i = 0; i < n && !st; i++) {
        mien_tensor to = {0};
        if (port[i] >= 0)
            to = mien_plan_input(p, port[i]);
        if (port[i] >= 0 && is_turned(&to))
            gather(&staged, at[i], to);
    }
    return st;
}

/* Copy the batch's rows to the plan's inputs, targets and weights. */
static void gather_all(const mien_trainer *t, const mien_plan *p,
                       const mi_batch *b)
{
    const mi_objective *o = &t->objective;
    const mien_samples *s = b->samples;
    for (int i = 0; i < mien_graph_inputs(t->graph); i++)
        gather(b, s->inputs[i], mien_plan_input(p, i));
    for (int i = 0; i < o->n_losses; i++)
        if (o->target[i] >= 0)
            gather(b, s->targets[i], mien_plan_input(p, o->target[i]));
    mien_tensor weights = mien_plan_input(p, o->row_weights);
    if (s->weights)
        gather(b, s->weights, weights);
    for (int64_t i = 0; !s->weights && i < b->rows; i++)
        weights.data[i] = 1;
}

/* ---- learning --------------------------------------------------------------
 */

/* Losses, then penalties: those of activities first. */
static mien_losses losses_of(const mien_trainer *t, const mien_plan *p,
                             int learn)
{
    const mi_objective *o = &t->objective;
    const float *weight = learn ? o->weight : o->full;
    mien_losses l = {0};
    for (int i = 0; i < o->n_losses; i++) {
        l.part[i] = mi_plan_loss(p, i);
        l.total += (double)weight[i] * l.part[i];
    }
    for (int of_parameter = 0; of_parameter < 2; of_parameter++)
        for (int i = 0; i < o->n_penalties; i++)
            if (o->of_parameter[i] == of_parameter)
                l.penalty += mi_plan_loss(p, o->n_losses + i);
    l.total += l.penalty;
    return l;
}

/* Gather the rows of a batch and run them forward. */
static mien_status run_rows(mien_trainer *t, const mi_batch *b, int learn,
                            mien_plan **out, mien_losses *l, mien_error *err)
{
    mien_plan *p;
    mien_status st = mi_trainer_plan(t, b->rows, &p, err);
    if (st)
        return st;
    if (b->samples->source)
        st = fill_all(t, p, b, err);
    else
        gather_all(t, p, b);
    if (st)
        return st;
    mi_plan_forward(p, learn);
    *l = losses_of(t, p, learn);
    if (!isfinite(l->total))
        return mi_fail(err, MIEN_EUNSUP,
                       "train: the loss is not finite in epoch %d: a smaller "
                       "learning rate, or values without NaN, may help",
                       t->epochs + 1);
    *out = p;
    return MIEN_OK;
}

/* The gradients of a batch that was run forward. */
static void find_gradients(mien_trainer *t, mien_plan *p)
{
    mi_plan_backward_run(p);
    for (int i = 0; i < t->parameters.n; i++)
        t->grad[i] = mi_plan_gradient(p, t->parameters.id[i]);
}

static void take_step(mien_trainer *t)
{
    mien_optimizer by = t->options.optimizer;
    by.rate *= t->scheduled;
    mi_optimizer_step(&by, mi_kern_best(), &t->parameters, t->grad);
    mi_parameters_average(&t->parameters, t->options.average);
}

mien_status mi_batch_run(mien_trainer *t, const mi_batch *b, int learn,
                         mien_losses *out, mien_error *err)
{
    mien_plan *p = NULL;
    mien_losses l = {0};
    mien_status st = b->rows ? run_rows(t, b, learn, &p, &l, err) : MIEN_OK;
    if (learn && p && !st)
        find_gradients(t, p);
    if (learn && mi_team_several(t->options.team))
        st = mi_together_gradients(t, p ? (double)b->rows / (double)b->all : 0,
                                   st, err);
    if (st)
        return st;
    if (learn)
        take_step(t);
    *out = l;
    return MIEN_OK;
}
