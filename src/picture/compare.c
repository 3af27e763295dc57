/* compare.c: one network held to different outputs, with several seeds. */
#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"
#include "picture/trials.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS = 3 }; /* measures of the points, before those of the outputs */

/* A trial that goes on. */
typedef struct trying {
    mi_comparing *j;
    mien_picture_trial t;
    int stopped;           /* by a callback */
    mien_buffer folder;    /* with a folder: its own */
    mien_journal *journal; /* in it */
    mien_bytes state;      /* it goes on from */
    mien_error failed;     /* of the journal */
} trying;

void mien_picture_comparison_free(mien_picture_comparison *c)
{
    if (!c)
        return;
    mi_free(c->trial);
    *c = (mien_picture_comparison){0};
}

/* Whether a name is one of a list with commas between. */
static int is_among(const char *names, const char *name)
{
    size_t len = strlen(name);
    while (*names) {
        size_t n = strcspn(names, ",");
        if (n == len && memcmp(names, name, n) == 0)
            return 1;
        names += n + (names[n] == ',');
    }
    return 0;
}

/* How many names a list has. */
static int names_in(const char *names)
{
    int n = *names != 0;
    for (; *names; names++)
        n += *names == ',';
    return n;
}

/* Weights of the losses of a variant: 0 where it is not held to one. */
static mien_status choose_weights(const mi_comparing *j, const mien_net *net,
                                  const mien_picture_variant *v, float *weight,
                                  mien_error *err)
{
    int found = 0;
    for (int i = 0; i < net->n_losses; i++) {
        const char *name =
            mien_graph_output_name(net->graph, net->loss[i].output);
        int held = !v->outputs || is_among(v->outputs, name);
        float given =
            j->study->weight ? j->study->weight[i] : net->loss[i].weight;
        weight[i] = held ? given : 0;
        found += held;
    }
    if (v->outputs && found < names_in(v->outputs))
        return mi_fail(err, MIEN_EARG,
                       "variant '%s': the network is held to %d of '%s' only",
                       v->name, found, v->outputs);
    return MIEN_OK;
}

/* The place of an output's accuracy among the measures, which may be new. */
static int measure_of(mien_picture_comparison *c, const char *name)
{
    int i = POINTS;
    while (i < c->measures && strcmp(c->measure[i], name) != 0)
        i++;
    assert(i < MIEN_COMPARE_MEASURES);
    if (i == c->measures) {
        snprintf(c->measure[i], sizeof c->measure[i], "%s", name);
        c->measures++;
    }
    return i;
}

/* The figures of a verdict. */
static void note(mien_picture_comparison *c, const mien_picture_verdict *v,
                 mien_picture_trial *t)
{
    for (int i = 0; i < MIEN_COMPARE_MEASURES; i++)
        t->measure[i] = (double)NAN;
    for (int i = 0; i < v->answers; i++) {
        const mien_answer_verdict *a = &v->answer[i];
        if (a->kind == MIEN_ANSWER_POINTS) {
            t->measure[0] = a->points.square;
            t->measure[1] = 100 * a->points.eyes;
            t->measure[2] = 100 * a->points.failures;
        } else if (a->kind == MIEN_ANSWER_CLASSES) {
            t->measure[measure_of(c, a->name)] = 100 * a->rates.accuracy;
        }
    }
    c->test = v->n;
}

/* ---- a trial ---------------------------------------------------------------
 */

/* Ask whoever wants to know, and keep the epoch. */
static int on_epoch(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    trying *t = arg;
    const mien_picture_options *o = t->j->study;
    const mien_journal_source from = mien_picture_study_source(s);
    int stop = o->on_epoch && o->on_epoch(o->arg, s, e);
    return (t->journal &&
            mien_journal_epoch(t->journal, &from, e,
                               stop || e->epoch == o->epochs, &t->failed)) ||
           stop;
}

static int on_batch(void *arg, const mien_picture_study *s, int64_t done)
{
    const mien_picture_options *o = ((const trying *)arg)->j->study;
    return o->on_batch ? o->on_batch(o->arg, s, done) : 0;
}

/* Open the trial's folder, and note that it was begun; where it was already,
 * take the state it goes on from. */
static mien_status open_folder(trying *t, mien_error *err)
{
    mi_comparing *j = t->j;
    int begun = j->begun > j->c->trials;
    mi_trials_folder(j, &t->t, &t->folder);
    if (t->folder.failed)
        return mi_no_memory(err);
    mien_status st =
        mien_journal_new((const char *)t->folder.data, &t->journal, err);
    if (st)
        return st;
    if (begun)
        return mien_journal_checkpoint(t->journal, &t->state, err);
    st = mien_folder_save((const char *)t->folder.data, "checkpoint", NULL, 0,
                          err);
    j->begun = j->c->trials + 1;
    return st ? st : mi_trials_save(j, err);
}

/* What was learned: its figures and, with a folder, all that a study leaves. */
static mien_status judge(trying *t, mien_picture_study *s, mien_error *err)
{
    mien_status st = mien_picture_study_judge(s, err);
    if (!st && t->journal)
        st = mien_picture_study_save(s, (const char *)t->folder.data, err);
    if (st)
        return st;
    (void)mien_fit_history(mien_picture_study_fit(s), &t->t.epochs);
    note(t->j->c, mien_picture_study_verdict(s, 1), &t->t);
    return MIEN_OK;
}

/* Learn and judge; stopped where a callback wanted that. */
static mien_status learn(trying *t, mien_net *net, const float *weight,
                         mien_error *err)
{
    mi_comparing *j = t->j;
    mien_picture_options o = *j->study;
    mien_picture_study *s = NULL;
    mien_fit_end end = MIEN_FIT_EPOCHS;
    double start = mien_clock();
    o.part_seed = o.part_seed ? o.part_seed : o.seed;
    o.seed = t->t.seed;
    o.weight = weight;
    o.state = t->state.n ? t->state.data : NULL;
    o.state_size = t->state.n;
    o.on_epoch = on_epoch;
    o.on_batch = on_batch;
    o.arg = t;
    mien_status st =
        mien_picture_study_new(net, j->train, j->test, &o, &s, err);
    if (!st)
        st = mien_picture_study_learn(s, &end, err);
    if (!st && t->failed.status)
        st = mi_fail(err, t->failed.status, "%s", t->failed.text);
    if (!st && t->journal)
        st = mien_journal_close(t->journal, err);
    t->stopped = !st && end == MIEN_FIT_ASKED;
    if (!st && !t->stopped)
        st = judge(t, s, err);
    t->t.seconds = mien_clock() - start;
    mien_picture_study_free(s);
    return st;
}

/* Keep the figures of a trial, and what they say of all so far. */
static mien_status keep(mi_comparing *j, const mien_picture_trial *t,
                        mien_error *err)
{
    j->c->trial[j->c->trials++] = *t;
    if (!j->how->folder)
        return MIEN_OK;
    mien_status st = mi_trials_save(j, err);
    return st ? st : mien_picture_comparison_save(j->c, j->how->folder, err);
}

/* One variant with one seed: the next. */
static mien_status try_one(mi_comparing *j, int *stopped, mien_error *err)
{
    float weight[MIEN_MAX_LOSSES];
    mien_picture_comparison *c = j->c;
    trying t = {.j = j};
    mien_net_options how = MIEN_NET_DEFAULTS;
    mien_net *net = NULL;
    t.t.variant = c->trials % c->variants;
    t.t.seed = how.seed = j->study->seed + (uint32_t)(c->trials / c->variants);
    *stopped = j->how->on_begin && j->how->on_begin(j->how->arg, c, &t.t);
    if (*stopped)
        return MIEN_OK;
    mien_status st = mien_net_read(j->net, j->n, &how, &net, err);
    if (!st)
        st = choose_weights(j, net, &j->variant[t.t.variant], weight, err);
    if (!st && j->how->folder)
        st = open_folder(&t, err);
    if (!st)
        st = learn(&t, net, weight, err);
    mien_net_free(net);
    mien_buffer_free(&t.folder);
    mien_journal_free(t.journal);
    mien_bytes_free(&t.state);
    *stopped = t.stopped;
    if (!st && !t.stopped)
        st = keep(j, &t.t, err);
    if (!st && !t.stopped && j->how->on_trial)
        *stopped = j->how->on_trial(j->how->arg, c);
    return st;
}

/* ---- all of them -----------------------------------------------------------
 */

/* Names of the variants and of the points' measures, room for the trials. */
static mien_status begin(const mi_comparing *j, mien_error *err)
{
    static const char *const points[POINTS] = {"MSE px^2", "NME %",
                                               "failures %"};
    mien_picture_comparison *c = j->c;
    c->measures = POINTS;
    for (int i = 0; i < POINTS; i++)
        snprintf(c->measure[i], sizeof c->measure[i], "%s", points[i]);
    for (int i = 0; i < c->variants; i++)
        snprintf(c->name[i], sizeof c->name[i], "%s", j->variant[i].name);
    c->trial =
        mi_alloc((size_t)c->variants * (size_t)c->seeds, sizeof *c->trial);
    return c->trial ? MIEN_OK : mi_no_memory(err);
}

/* Are all variants possible?  Then open the folder, and take what it keeps. */
static mien_status prepare(mi_comparing *j, mien_error *err)
{
    float weight[MIEN_MAX_LOSSES];
    mien_net *net = NULL;
    mien_status st = mien_net_read(j->net, j->n, NULL, &net, err);
    for (int i = 0; i < j->c->variants && !st; i++)
        st = choose_weights(j, net, &j->variant[i], weight, err);
    if (!st) {
        const mien_picture_variant all = {"all", NULL};
        st = choose_weights(j, net, &all, weight, err);
    }
    if (!st && j->how->folder) {
        mi_trials_head(j, weight, net->n_losses);
        st = j->how->resume ? mi_trials_load(j, err)
                            : mien_folder_make(j->how->folder, err);
    }
    if (!st && j->how->folder)
        st = mi_trials_save(j, err);
    mien_net_free(net);
    return st;
}

/* Learn and judge what is not done yet. */
static mien_status run(mi_comparing *j, mien_error *err)
{
    int all = j->c->variants * j->c->seeds, stopped = 0;
    mien_status st = begin(j, err);
    if (!st)
        st = prepare(j, err);
    if (!st && j->how->folder && j->c->trials)
        st = mien_picture_comparison_save(j->c, j->how->folder, err);
    while (!st && !stopped && j->c->trials < all)
        st = try_one(j, &stopped, err);
    return st;
}

mien_status mien_picture_compare(const uint8_t *net, size_t n,
                                 const mien_picture_set *train,
                                 const mien_picture_set *test,
                                 const mien_picture_options *study,
                                 const mien_picture_compare_options *options,
                                 mien_picture_comparison *out, mien_error *err)
{
    static const mien_picture_variant usual[] = {
        {"all tasks", NULL},
        {"gender, smile, glasses", "points,gender,smile,glasses"},
        {"pose", "points,pose"},
        {"points alone", "points"}};
    mien_picture_compare_options o = MIEN_COMPARE_DEFAULTS;
    o = options ? *options : o;
    mien_picture_comparison c = {.variants = o.variant ? o.variants : 4,
                                 .seeds = o.seeds};
    mi_comparing j = {.net = net,
                      .n = n,
                      .train = train,
                      .test = test,
                      .study = study,
                      .how = &o,
                      .variant = o.variant ? o.variant : usual,
                      .c = &c};
    if (c.variants < 1 || c.variants > MIEN_COMPARE_VARIANTS || c.seeds < 1 ||
        c.seeds > MIEN_COMPARE_SEEDS)
        return mi_fail(err, MIEN_EARG,
                       "%d variants with %d seeds, wanted 1 to %d with 1 to %d",
                       c.variants, c.seeds, MIEN_COMPARE_VARIANTS,
                       MIEN_COMPARE_SEEDS);
    mien_status st = run(&j, err);
    mien_buffer_free(&j.head);
    if (st)
        mien_picture_comparison_free(&c);
    else
        *out = c;
    return st;
}
