/* compare.c: one network held to different outputs, with several seeds. */
#include "base/alloc.h"
#include "base/error.h"
#include "mien/picture_compare.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS = 3 }; /* measures of the points, before those of the outputs */

/* What each trial is made of. */
typedef struct comparing {
    const uint8_t *net;
    size_t n;
    const mien_picture_set *train, *test;
    const mien_picture_options *study;
    const mien_picture_variant *variant;
    mien_picture_comparison *c;
} comparing;

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
static mien_status choose_weights(const comparing *j, const mien_net *net,
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

/* Learn and judge; *stopped where a callback wanted that. */
static mien_status learn(comparing *j, mien_net *net,
                         const mien_picture_options *o, mien_picture_trial *t,
                         int *stopped, mien_error *err)
{
    mien_picture_study *s = NULL;
    mien_fit_end end = MIEN_FIT_EPOCHS;
    double start = mien_clock();
    mien_status st = mien_picture_study_new(net, j->train, j->test, o, &s, err);
    if (!st)
        st = mien_picture_study_learn(s, &end, err);
    *stopped = !st && end == MIEN_FIT_ASKED;
    if (!st && !*stopped)
        st = mien_picture_study_judge(s, err);
    if (!st && !*stopped) {
        (void)mien_fit_history(mien_picture_study_fit(s), &t->epochs);
        t->seconds = mien_clock() - start;
        note(j->c, mien_picture_study_verdict(s, 1), t);
    }
    mien_picture_study_free(s);
    return st;
}

/* One variant with one seed. */
static mien_status try_one(comparing *j, int variant, int seed, int *stopped,
                           mien_error *err)
{
    float weight[MIEN_MAX_LOSSES];
    mien_picture_options o = *j->study;
    mien_picture_trial t = {.variant = variant,
                            .seed = j->study->seed + (uint32_t)seed};
    mien_net_options how = MIEN_NET_DEFAULTS;
    mien_net *net = NULL;
    o.part_seed = o.part_seed ? o.part_seed : o.seed;
    o.seed = how.seed = t.seed;
    o.weight = weight;
    o.state = NULL;
    mien_status st = mien_net_read(j->net, j->n, &how, &net, err);
    if (!st)
        st = choose_weights(j, net, &j->variant[variant], weight, err);
    if (!st)
        st = learn(j, net, &o, &t, stopped, err);
    mien_net_free(net);
    if (!st && !*stopped)
        j->c->trial[j->c->trials++] = t;
    return st;
}

/* Names of the variants and of the points' measures, room for the trials. */
static mien_status begin(const comparing *j, mien_error *err)
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
    comparing j = {net, n, train, test, study, o.variant ? o.variant : usual,
                   &c};
    int stopped = 0;
    if (c.variants < 1 || c.variants > MIEN_COMPARE_VARIANTS || c.seeds < 1 ||
        c.seeds > MIEN_COMPARE_SEEDS)
        return mi_fail(err, MIEN_EARG,
                       "%d variants with %d seeds, wanted 1 to %d with 1 to %d",
                       c.variants, c.seeds, MIEN_COMPARE_VARIANTS,
                       MIEN_COMPARE_SEEDS);
    mien_status st = begin(&j, err);
    for (int i = 0; i < c.variants * c.seeds && !st && !stopped; i++) {
        st = try_one(&j, i % c.variants, i / c.variants, &stopped, err);
        if (!st && !stopped && o.on_trial)
            stopped = o.on_trial(o.arg, &c);
    }
    if (st)
        mien_picture_comparison_free(&c);
    else
        *out = c;
    return st;
}

mien_picture_spread
mien_picture_comparison_spread(const mien_picture_comparison *c, int variant,
                               int measure)
{
    mien_picture_spread s = {0, 0, 0};
    assert(variant >= 0 && variant < c->variants && measure >= 0 &&
           measure < c->measures);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < c->trials; i++) {
            double v = c->trial[i].measure[measure];
            if (c->trial[i].variant != variant || !isfinite(v))
                continue;
            s.n += !pass;
            s.mean += pass ? 0 : v;
            s.spread += pass ? (v - s.mean) * (v - s.mean) : 0;
        }
        if (!pass)
            s.mean = s.n ? s.mean / s.n : (double)NAN;
    }
    s.spread = s.n > 1 ? sqrt(s.spread / (s.n - 1)) : (double)NAN;
    return s;
}
