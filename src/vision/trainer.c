/* trainer.c: a cascade trained stage by stage.
 *
 * A stage is trained on positives that all stages before accept, taken from the
 * chips in their order, and on as many windows of scenes that they mistake
 * (mine.c).  Trees are added until, with the threshold at which the stage keeps
 * min_hit of its positives, at most max_false_alarm of its negatives are left.
 * Stage k follows from the options, the data and the stages before it alone:
 * a cascade that was written down goes on with the same bits.
 * Source: Viola and Jones 2004, section 4; OpenCV's rule for thresholds: of the
 * n positives' sums in ascending order, number floor((1 - min_hit) n). */
#include "vision/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "vision/boost.h"
#include "vision/mine.h"
#include "vision/scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { POSITIVES_A_TASK = 64 };

/* A stage under way. */
typedef struct stage {
    mien_cascade_trainer *t;
    int64_t *positive; /* [positives] chips */
    int n_positives, n;
    mi_mined mined;
    mi_samples samples;
    mi_splitter *splitter;
    mi_booster booster;
    mi_grown *tree;
    double *sorted;  /* [n_positives] */
    mien_cascade *c; /* the cascade with this stage */
    float threshold;
    int n_trees;
    double hit, false_alarm;
    int told_to_stop;
} stage;

/* ---- progress ----------------------------------------------------------- */

static int tell(mien_cascade_trainer *t)
{
    t->now.seconds = mien_clock() - t->begin;
    return !t->o.progress || t->o.progress(t->o.user, &t->now);
}

static int tell_mining(void *user, int found, int64_t seen)
{
    mien_cascade_trainer *t = user;
    t->now.negatives = found;
    t->now.windows = seen;
    return tell(t);
}

/* ---- positives ---------------------------------------------------------- */

typedef struct sieve {
    const mien_cascade_trainer *t;
    uint8_t *passes; /* [chips] */
    uint8_t *failed; /* [tasks]: no memory */
} sieve;

static mien_gray chip_of(const mien_chips *chips, int64_t i)
{
    /* The plane is only read. */
    union {
        const uint8_t *read;
        uint8_t *plane;
    } p = {chips->data + i * chips->w * chips->h};
    return (mien_gray){chips->w, chips->h, chips->w, p.plane};
}

static void sieve_task(void *arg, int task, int lane)
{
    sieve *s = arg;
    (void)lane;
    const mien_chips *chips = &s->t->chips;
    int64_t from = (int64_t)task * POSITIVES_A_TASK;
    for (int64_t i = from; i < from + POSITIVES_A_TASK && i < chips->n; i++) {
        mi_windows found = {0};
        mien_gray chip = chip_of(chips, i);
        if (mi_scan(s->t->c, &chip, 1, 0, &found, NULL, NULL) != MIEN_OK)
            s->failed[task] = 1;
        s->passes[i] = found.n > 0;
        mi_windows_free(&found);
    }
}

/* Take the first chips that all stages so far accept. */
static mien_status take_positives(stage *s, mien_error *err)
{
    mien_cascade_trainer *t = s->t;
    int64_t n = t->chips.n,
            tasks = (n + POSITIVES_A_TASK - 1) / POSITIVES_A_TASK;
    sieve v = {t, mi_alloc((size_t)n, 1), mi_alloc((size_t)tasks, 1)};
    s->positive = mi_alloc((size_t)t->o.positives, sizeof *s->positive);
    int memory = v.passes && v.failed && s->positive;
    if (memory && t->c->n_stages)
        mi_pool_run(t->o.pool, (int)tasks, sieve_task, &v);
    else if (memory)
        memset(v.passes, 1, (size_t)n);
    for (int64_t i = 0; memory && i < tasks; i++)
        memory = !v.failed[i];
    int64_t i = 0;
    for (; memory && i < n && s->n_positives < t->o.positives; i++)
        if (v.passes[i])
            s->positive[s->n_positives++] = i;
    mi_free(v.passes);
    mi_free(v.failed);
    t->now.positives = s->n_positives;
    t->now.consumed = i;
    return memory ? MIEN_OK : mi_no_memory(err);
}

/* ---- boosting ----------------------------------------------------------- */

/* Everything a stage is boosted with. */
static mien_status begin_boosting(stage *s, mien_error *err)
{
    const mien_cascade_trainer *t = s->t;
    const mien_cascade_train_options *o = &t->o;
    int w = o->w, h = o->h, np = s->n_positives;
    s->n = np + s->mined.n;
    uint32_t *scratch =
        mi_alloc(3 * (size_t)(w + 1) * (size_t)(h + 1), sizeof *scratch);
    s->tree = mi_alloc(1, sizeof *s->tree);
    s->sorted = mi_alloc((size_t)np, sizeof *s->sorted);
    mien_status st =
        scratch && s->tree && s->sorted ? MIEN_OK : mi_no_memory(err);
    int tilted = o->kind == MIEN_FEATURE_HAAR && o->set == MIEN_HAAR_ALL;
    if (st == MIEN_OK)
        st = mi_samples_new(s->n, w, h, tilted, &s->samples, err);
    for (int i = 0; st == MIEN_OK && i < s->n; i++) {
        const uint8_t *p = i < np ? t->chips.data + s->positive[i] * w * h
                                  : s->mined.data + (ptrdiff_t)(i - np) * w * h;
        mi_samples_set(&s->samples, i, p, scratch);
    }
    mi_free(scratch);
    if (st == MIEN_OK)
        st = mi_splitter_new(o->kind, t->list, t->n_list, &s->samples,
                             o->cache_bytes, o->pool, &s->splitter, err);
    if (st == MIEN_OK)
        st = mi_booster_new(o->boost, o->depth, o->trim, s->n, np, s->splitter,
                            &s->booster, err);
    if (st == MIEN_OK)
        st = mi_cascade_copy(t->c, &s->c, err);
    if (st == MIEN_OK)
        st = mi_cascade_add_stage(s->c, 0, err);
    return st;
}

static int same_feature(const mien_feature *a, const mien_feature *b)
{
    if (a->tilted != b->tilted || a->n != b->n)
        return 0;
    for (int i = 0; i < a->n; i++) {
        const mien_feature_rect *p = &a->rect[i], *q = &b->rect[i];
        if (p->x != q->x || p->y != q->y || p->w != q->w || p->h != q->h ||
            p->weight < q->weight || p->weight > q->weight)
            return 0;
    }
    return 1;
}

/* The number of a feature in the cascade, where it is put if it is new. */
static mien_status feature_number(mien_cascade *c, const mien_feature *f,
                                  int *number, mien_error *err)
{
    for (int i = 0; i < c->n_features; i++)
        if (same_feature(&c->feature[i], f)) {
            *number = i;
            return MIEN_OK;
        }
    mien_status st = mi_cascade_add_feature(c, f, err);
    if (st == MIEN_OK)
        *number = c->n_features - 1;
    return st;
}

/* Add the grown tree to the cascade, with its features. */
static mien_status add_tree(stage *s, mien_error *err)
{
    const mi_grown *g = s->tree;
    mi_node node[MI_BOOST_MAX_NODES] = {{0}};
    uint32_t subset[MI_BOOST_MAX_NODES * 8];
    for (int i = 0; i < g->n; i++) {
        mien_feature f =
            mi_candidate_feature(&s->t->list[g->split[i].candidate]);
        mien_status st = feature_number(s->c, &f, &node[i].feature, err);
        if (st != MIEN_OK)
            return st;
        node[i].left = g->left[i];
        node[i].right = g->right[i];
        node[i].threshold = g->split[i].threshold;
        memcpy(subset + (ptrdiff_t)i * 8, g->split[i].subset,
               sizeof g->split[i].subset);
    }
    return mi_cascade_add_tree(s->c, g->n, node, subset, g->leaf, err);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The threshold that keeps min_hit of the positives, and what it does. */
static void set_threshold(stage *s)
{
    const double *sum = s->booster.sum;
    int np = s->n_positives, kept = 0, left = 0;
    memcpy(s->sorted, sum, (size_t)np * sizeof *sum);
    qsort(s->sorted, (size_t)np, sizeof *sum, ascending);
    int at = (int)((1 - s->t->o.min_hit) * np + 1e-9);
    s->threshold = (float)s->sorted[at < np ? at : np - 1];
    double least = (double)(s->threshold - MI_STAGE_EPSILON);
    for (int i = 0; i < s->n; i++) {
        kept += i < np && sum[i] >= least;
        left += i >= np && sum[i] >= least;
    }
    s->hit = (double)kept / np;
    s->false_alarm = (double)left / (s->n - np);
}

/* Add trees until the stage does what it is to do. */
static mien_status boost_stage(stage *s, mien_error *err)
{
    mien_cascade_trainer *t = s->t;
    while (s->n_trees < t->o.max_trees) {
        mi_booster_grow(&s->booster, s->tree);
        if (s->tree->n == 0)
            break;
        mien_status st = add_tree(s, err);
        if (st != MIEN_OK)
            return st;
        set_threshold(s);
        t->curve_hit[s->n_trees] = s->hit;
        t->curve_false[s->n_trees++] = s->false_alarm;
        t->now.trees = s->n_trees;
        t->now.hit = s->hit;
        t->now.false_alarm = s->false_alarm;
        if (!tell(t)) {
            s->told_to_stop = 1;
            return MIEN_OK;
        }
        if (s->false_alarm <= t->o.max_false_alarm)
            break;
    }
    if (s->n_trees == 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "cascade: stage %d: no feature tells positives from "
                       "negatives",
                       t->c->n_stages);
    s->c->stage[s->c->n_stages - 1].threshold = s->threshold;
    return MIEN_OK;
}

/* ---- a stage ------------------------------------------------------------ */

static void stage_done(stage *s)
{
    mi_free(s->positive);
    mi_free(s->mined.data);
    mi_free(s->tree);
    mi_free(s->sorted);
    mi_booster_free(&s->booster);
    mi_splitter_free(s->splitter);
    mi_samples_free(&s->samples);
    mien_cascade_free(s->c);
}

static int target_reached(const mien_cascade_trainer *t, double rate)
{
    return t->o.target > 0 && rate <= t->o.target;
}

/* Positives and negatives; trains is set to 0 if the end has come. */
static mien_status gather(stage *s, int *trains, mien_error *err)
{
    mien_cascade_trainer *t = s->t;
    mien_status st = take_positives(s, err);
    if (st != MIEN_OK)
        return st;
    if (s->n_positives < 2)
        return mi_fail(
            err, MIEN_EFORMAT,
            "cascade: stage %d: %d of %lld positives pass the stages "
            "before",
            t->c->n_stages, s->n_positives, (long long)t->chips.n);
    mi_mining m = {.c = t->c,
                   .scenes = &t->scenes,
                   .need = (int)t->o.negatives,
                   .seed = t->o.seed,
                   .target = t->o.target,
                   .pool = t->o.pool,
                   .tell = tell_mining,
                   .user = t};
    st = mi_mine(&m, &s->mined, err);
    if (st != MIEN_OK)
        return st;
    const mi_mined *got = &s->mined;
    t->hit = (double)s->n_positives / (double)t->now.consumed;
    t->rate = got->seen ? (double)got->passed / (double)got->seen : 0;
    t->now.negatives = got->n;
    t->now.windows = got->seen;
    int64_t least = t->o.negatives / 4;
    least = least < MI_LEAST_NEGATIVES ? MI_LEAST_NEGATIVES : least;
    *trains =
        !got->told_to_stop && got->n >= least && !target_reached(t, t->rate);
    return MIEN_OK;
}

/* What a stage came to, for the caller. */
static void make_report(const stage *s, double cascade_hit,
                        double cascade_false, mien_stage_report *out)
{
    const mien_cascade_trainer *t = s->t;
    *out = (mien_stage_report){.stage = t->now.stage,
                               .n_trees = s->n_trees,
                               .hit = s->hit,
                               .false_alarm = s->false_alarm,
                               .cascade_hit = cascade_hit,
                               .cascade_false_alarm = cascade_false,
                               .positives = t->now.positives,
                               .consumed = t->now.consumed,
                               .negatives = t->now.negatives,
                               .windows = t->now.windows,
                               .seconds = mien_clock() - t->begin,
                               .curve_hit = t->curve_hit,
                               .curve_false = t->curve_false};
}

/* Gather samples, boost, and keep the cascade with the new stage. */
static mien_status run_stage(stage *s, mien_stage_report *report, int *more,
                             mien_error *err)
{
    mien_cascade_trainer *t = s->t;
    int trains = 0, goes_on = 0;
    mien_status st = gather(s, &trains, err);
    if (st == MIEN_OK && trains)
        st = begin_boosting(s, err);
    if (st == MIEN_OK && trains)
        st = boost_stage(s, err);
    if (st != MIEN_OK)
        return st;
    double hit = t->hit, rate = t->rate;
    if (trains && !s->told_to_stop) {
        mien_cascade *before = t->c;
        t->c = s->c;
        s->c = before;
        hit *= s->hit;
        rate *= s->false_alarm;
        goes_on = t->c->n_stages < t->o.stages;
    }
    make_report(s, hit, rate, report);
    *more = goes_on;
    return MIEN_OK;
}

mien_status mien_cascade_trainer_stage(mien_cascade_trainer *t,
                                       mien_stage_report *report, int *more,
                                       mien_error *err)
{
    assert(t && report && more);
    t->begin = mien_clock();
    t->now = (mien_cascade_progress){.stage = t->c->n_stages};
    if (t->c->n_stages >= t->o.stages) {
        *report = (mien_stage_report){.stage = t->c->n_stages,
                                      .cascade_hit = t->hit,
                                      .cascade_false_alarm = t->rate};
        *more = 0;
        return MIEN_OK;
    }
    stage s = {.t = t};
    mien_status st = run_stage(&s, report, more, err);
    stage_done(&s);
    return st;
}
