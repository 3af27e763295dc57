/* fit.c: epochs, the best parameters among them, when to stop and when to learn
 * more slowly.
 *
 * What is saved holds all of it, so that a fit that was cut off goes on as if
 * nothing had happened; see state.c for its form. */
#include "train/state.h"
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/grow.h"
#include "team/team.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MAGIC "MIENFIT2"
enum {
    TASK_BYTES = 8 + 4 + 4,
    EPOCH_BYTES = 4 * 4 + 2 * 8 * (2 + MIEN_MAX_LOSSES),
    MAX_EPOCHS = 1 << 24
};

/* How far a loss has come. */
typedef struct task {
    double lowest;
    int waited;  /* epochs since */
    int stopped; /* 1: no longer learned from */
} task;

struct mien_fit {
    mien_trainer *trainer;
    mien_fit_options options;
    mien_epoch *history; /* [n] */
    int n;
    int best;      /* epoch; 0: none */
    double lowest; /* its validation loss */
    int waited;    /* epochs since, or since the rate fell */
    float *values; /* all parameters of the best epoch */
    task task[MIEN_MAX_LOSSES];
};

mien_status mien_fit_new(mien_trainer *t, const mien_fit_options *options,
                         mien_fit **out, mien_error *err)
{
    const mien_fit_options defaults = MIEN_FIT_DEFAULTS;
    const mien_fit_options *o = options ? options : &defaults;
    if (o->epochs < 1 || o->epochs > MAX_EPOCHS || o->patience < 0 ||
        o->plateau < 0 || o->task_patience < 0)
        return mi_fail(err, MIEN_EARG,
                       "fit: %d epochs, patience %d, plateau %d: wanted 1 to "
                       "%d, and not negative",
                       o->epochs, o->patience, o->plateau, (int)MAX_EPOCHS);
    if (o->plateau && !(o->factor > 0 && o->factor < 1))
        return mi_fail(err, MIEN_EARG, "fit: factor %g, wanted between 0 and 1",
                       (double)o->factor);
    mien_fit *f = mi_alloc(1, sizeof *f);
    if (!f)
        return mi_no_memory(err);
    f->trainer = t;
    f->options = *o;
    f->lowest = HUGE_VAL;
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        f->task[i].lowest = HUGE_VAL;
    f->values = mi_alloc((size_t)t->parameters.total + 1, sizeof *f->values);
    if (!f->values) {
        mien_fit_free(f);
        return mi_no_memory(err);
    }
    *out = f;
    return MIEN_OK;
}

void mien_fit_free(mien_fit *f)
{
    if (!f)
        return;
    mi_free(f->history);
    mi_free(f->values);
    mi_free(f);
}

const mien_epoch *mien_fit_history(const mien_fit *f, int *n)
{
    *n = f->n;
    return f->history;
}

int mien_fit_best(const mien_fit *f) { return f->best; }

/* ---- running ----------------------------------------------------------------
 */

/* What was measured: the average of the parameters where there is one. */
static void keep_best(mien_fit *f)
{
    const mi_parameters *p = &f->trainer->parameters;
    float *to = f->values;
    if (p->average)
        memcpy(to, p->average, (size_t)p->total * sizeof *to);
    for (int i = 0; !p->average && i < p->n; to += p->len[i++])
        memcpy(to, p->value[i], (size_t)p->len[i] * sizeof *to);
}

static void take_best(mien_fit *f)
{
    const mi_parameters *p = &f->trainer->parameters;
    const float *from = f->options.keep_last ? p->average : f->values;
    if (!f->best || !from)
        return;
    for (int i = 0; i < p->n; from += p->len[i++])
        memcpy(p->value[i], from, (size_t)p->len[i] * sizeof *from);
}

/* Room for n epochs in all. */
static mien_status reserve_epochs(mien_fit *f, int n, mien_error *err)
{
    int more = n > f->n ? n - f->n : 0;
    return mi_grow(&f->history, f->n, more, sizeof *f->history)
               ? MIEN_OK
               : mi_no_memory(err);
}

static void slow_down(mien_fit *f)
{
    const mien_fit_options *o = &f->options;
    if (!o->plateau || f->waited == 0 || f->waited % o->plateau)
        return;
    float now = mien_trainer_rate(f->trainer), rate = now * o->factor;
    rate = rate > o->min_rate ? rate : o->min_rate;
    if (rate < now)
        mien_trainer_set_rate(f->trainer, rate);
}

/* Stop learning from losses that no longer improve; the first goes on. */
static void judge_tasks(mien_fit *f, mien_epoch *e)
{
    mien_trainer *t = f->trainer;
    for (int i = 0; i < t->objective.n_losses; i++) {
        task *k = &f->task[i];
        e->learning |= !k->stopped << i;
        k->waited++;
        if (e->valid.part[i] < k->lowest) {
            k->lowest = e->valid.part[i];
            k->waited = 0;
        }
        if (i && f->options.task_patience &&
            k->waited >= f->options.task_patience)
            k->stopped = 1;
        t->stopped[i] = (char)k->stopped;
    }
}

static void judge(mien_fit *f, mien_epoch *e)
{
    judge_tasks(f, e);
    e->improved = e->valid.total < f->lowest - f->options.min_delta;
    f->waited = e->improved ? 0 : f->waited + 1;
    if (e->improved) {
        f->lowest = e->valid.total;
        f->best = e->epoch;
        keep_best(f);
    }
    slow_down(f);
}

/* Train once through the rows, judge, and note it in the history. */
static mien_status run_epoch(mien_fit *f, const mien_samples *train,
                             const mien_samples *valid, mien_error *err)
{
    mien_epoch e = {.epoch = f->n + 1};
    mien_status st = reserve_epochs(f, f->n + 1, err);
    if (!st)
        st = mien_trainer_epoch(f->trainer, train, &e.train, err);
    e.valid = e.train;
    e.rate = mien_trainer_rate(f->trainer);
    if (!st && valid)
        st = mien_trainer_evaluate(f->trainer, valid, &e.valid, err);
    if (st)
        return st;
    judge(f, &e);
    f->history[f->n++] = e;
    return MIEN_OK;
}

/* A fit that was restored may have reached its end already. */
static int has_ended(const mien_fit *f, mien_fit_end *end)
{
    const mien_fit_options *o = &f->options;
    *end = MIEN_FIT_EPOCHS;
    if (f->n >= o->epochs)
        return 1;
    *end = MIEN_FIT_PATIENCE;
    return o->patience && f->n - f->best >= o->patience && f->n;
}

mien_status mien_fit_run(mien_fit *f, const mien_samples *train,
                         const mien_samples *valid, mien_fit_end *end,
                         mien_error *err)
{
    mien_fit_end why;
    mien_status st = MIEN_OK;
    while (!st && !has_ended(f, &why)) {
        int stop = 0;
        st = run_epoch(f, train, valid, err);
        if (!st && f->options.on_epoch)
            stop =
                f->options.on_epoch(f->options.arg, f, &f->history[f->n - 1]);
        if (!st)
            st = mi_team_any(f->trainer->options.team, &stop, err);
        if (!st && stop) {
            why = MIEN_FIT_ASKED;
            break;
        }
    }
    take_best(f);
    if (!st && end)
        *end = why;
    return st;
}

/* ---- saving and restoring
 * ---------------------------------------------------- */

static void put_losses(mien_buffer *b, const mien_losses *l)
{
    mi_buffer_f64le(b, l->total);
    mi_buffer_f64le(b, l->penalty);
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        mi_buffer_f64le(b, l->part[i]);
}

static mien_losses get_losses(mi_cursor *c)
{
    mien_losses l;
    l.total = mi_cursor_f64le(c);
    l.penalty = mi_cursor_f64le(c);
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        l.part[i] = mi_cursor_f64le(c);
    return l;
}

mien_status mien_fit_save(const mien_fit *f, mien_bytes *out, mien_error *err)
{
    mien_bytes trainer;
    mien_buffer b = {0};
    mien_status st = mien_trainer_save(f->trainer, &trainer, err);
    if (st)
        return st;
    int64_t total = f->trainer->parameters.total;
    mi_state_begin(&b, MAGIC);
    mi_buffer_u64le(&b, trainer.n);
    mien_buffer_put(&b, trainer.data, trainer.n);
    mien_bytes_free(&trainer);
    mi_buffer_u32le(&b, (uint32_t)f->best);
    mi_buffer_u32le(&b, (uint32_t)f->waited);
    mi_buffer_f64le(&b, f->lowest);
    for (int64_t i = 0; i < total; i++)
        mi_buffer_f32le(&b, f->values[i]);
    for (int i = 0; i < MIEN_MAX_LOSSES; i++) {
        mi_buffer_f64le(&b, f->task[i].lowest);
        mi_buffer_u32le(&b, (uint32_t)f->task[i].waited);
        mi_buffer_u32le(&b, (uint32_t)f->task[i].stopped);
    }
    mi_buffer_u32le(&b, (uint32_t)f->n);
    for (int i = 0; i < f->n; i++) {
        mi_buffer_u32le(&b, (uint32_t)f->history[i].epoch);
        mi_buffer_u32le(&b, (uint32_t)f->history[i].improved);
        mi_buffer_u32le(&b, (uint32_t)f->history[i].learning);
        mi_buffer_f32le(&b, f->history[i].rate);
        put_losses(&b, &f->history[i].train);
        put_losses(&b, &f->history[i].valid);
    }
    return mi_state_end(&b, out, err);
}

static void get_tasks(mien_fit *f, mi_cursor *c)
{
    for (int i = 0; i < MIEN_MAX_LOSSES; i++) {
        f->task[i].lowest = mi_cursor_f64le(c);
        f->task[i].waited = (int)(mi_cursor_u32le(c) & INT32_MAX);
        f->task[i].stopped = mi_cursor_u32le(c) != 0;
        f->trainer->stopped[i] = (char)f->task[i].stopped;
    }
}

static void get_history(mien_fit *f, mi_cursor *c, int n)
{
    for (f->n = 0; f->n < n; f->n++) {
        mien_epoch *e = &f->history[f->n];
        memset(e, 0, sizeof *e); /* what lies between its fields, too */
        e->epoch = (int)mi_cursor_u32le(c);
        e->improved = (int)mi_cursor_u32le(c);
        e->learning = (int)mi_cursor_u32le(c);
        e->rate = mi_cursor_f32le(c);
        e->train = get_losses(c);
        e->valid = get_losses(c);
    }
}

mien_status mien_fit_restore(mien_fit *f, const uint8_t *bytes, size_t n,
                             mien_error *err)
{
    mi_cursor c = mi_cursor_of(bytes, n);
    mien_status st = mi_state_open(&c, MAGIC, err);
    if (st)
        return st;
    int64_t total = f->trainer->parameters.total;
    mi_cursor trainer = mi_cursor_take(&c, mi_cursor_u64le(&c));
    uint32_t best = mi_cursor_u32le(&c), waited = mi_cursor_u32le(&c);
    double lowest = mi_cursor_f64le(&c);
    mi_cursor values = mi_cursor_take(&c, (uint64_t)total * 4);
    mi_cursor tasks =
        mi_cursor_take(&c, (uint64_t)MIEN_MAX_LOSSES * TASK_BYTES);
    uint32_t epochs = mi_cursor_u32le(&c);
    if (c.bad || epochs > MAX_EPOCHS || best > epochs || waited > epochs ||
        mi_cursor_left(&c) != (size_t)epochs * EPOCH_BYTES)
        return mi_fail(err, MIEN_EFORMAT,
                       "checkpoint: %u epochs, the best of them %u, and %zu "
                       "bytes left: not of this network",
                       epochs, best, mi_cursor_left(&c));
    st = reserve_epochs(f, (int)epochs, err);
    if (!st)
        st = mien_trainer_restore(f->trainer, trainer.start,
                                  mi_cursor_left(&trainer), err);
    if (st)
        return st;
    for (int64_t i = 0; i < total; i++)
        f->values[i] = mi_cursor_f32le(&values);
    f->best = (int)best;
    f->waited = (int)waited;
    f->lowest = lowest;
    get_tasks(f, &tasks);
    get_history(f, &c, (int)epochs);
    return MIEN_OK;
}
