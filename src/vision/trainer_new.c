/* trainer_new.c: options of training, checked and made definite. */
#include "vision/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kern/boost.h"
#include "vision/boost.h"

#include <assert.h>
#include <string.h>

enum { MAX_TREES = 10000 };

/* Set the defaults of what is 0. */
static void fill_in(mien_cascade_train_options *o, int64_t chips)
{
    o->w = o->w ? o->w : 24;
    o->h = o->h ? o->h : 24;
    o->stages = o->stages ? o->stages : 20;
    if (!o->positives)
        o->positives = chips * 9 / 10 < 2 ? 2 : chips * 9 / 10;
    o->negatives = o->negatives ? o->negatives : o->positives;
    o->min_hit = o->min_hit != 0 ? o->min_hit : 0.995;
    o->max_false_alarm = o->max_false_alarm != 0 ? o->max_false_alarm : 0.5;
    o->trim = o->trim != 0 ? o->trim : 0.95;
    o->depth = o->depth ? o->depth : 1;
    o->max_trees = o->max_trees ? o->max_trees : 100;
    if (!o->cache_bytes)
        o->cache_bytes = (int64_t)1 << 31;
    if (sizeof(size_t) == 4 && o->cache_bytes > 1 << 29)
        o->cache_bytes = 1 << 29;
}

static int in_0_1(double x) { return x > 0 && x <= 1; }

/* Refuse numbers outside their range. */
static mien_status check_numbers(const mien_cascade_train_options *o,
                                 mien_error *err)
{
    const char *name = NULL;
    if (!in_0_1(o->min_hit))
        name = "min_hit";
    else if (!in_0_1(o->max_false_alarm))
        name = "max_false_alarm";
    else if (!in_0_1(o->trim))
        name = "trim";
    else if (!(o->target >= 0 && o->target < 1))
        name = "target";
    if (name)
        return mi_fail(err, MIEN_EARG, "cascade: %s: wanted a share, 0..1",
                       name);
    if (o->stages < 1 || o->stages > MIEN_CASCADE_MAX_STAGES)
        return mi_fail(err, MIEN_EARG, "cascade: %d stages, wanted 1..%d",
                       o->stages, MIEN_CASCADE_MAX_STAGES);
    if (o->depth < 1 || o->depth > MI_BOOST_MAX_DEPTH)
        return mi_fail(err, MIEN_EARG, "cascade: depth %d, wanted 1..%d",
                       o->depth, (int)MI_BOOST_MAX_DEPTH);
    if (o->max_trees < 1 || o->max_trees > MAX_TREES)
        return mi_fail(err, MIEN_EARG, "cascade: %d trees, wanted 1..%d",
                       o->max_trees, (int)MAX_TREES);
    if (o->cache_bytes < 0)
        return mi_fail(err, MIEN_EARG, "cascade: a cache of %lld bytes",
                       (long long)o->cache_bytes);
    return MIEN_OK;
}

static mien_status check_kinds(const mien_cascade_train_options *o,
                               mien_error *err)
{
    if ((unsigned)o->kind > MIEN_FEATURE_LBP ||
        (unsigned)o->set > MIEN_HAAR_ALL ||
        (unsigned)o->boost > MIEN_BOOST_REAL)
        return mi_fail(err, MIEN_EARG,
                       "cascade: kind %d, set %d, boost %d: no such thing",
                       (int)o->kind, (int)o->set, (int)o->boost);
    return MIEN_OK;
}

/* Refuse chips and scenes that do not fit the options. */
static mien_status check_data(const mien_cascade_train_options *o,
                              const mien_chips *chips,
                              const mien_scenes *scenes, mien_error *err)
{
    if (chips->n < 2)
        return mi_fail(err, MIEN_EARG,
                       "cascade: %lld positives, wanted 2 "
                       "or more",
                       (long long)chips->n);
    if (chips->w != o->w || chips->h != o->h)
        return mi_fail(err, MIEN_EARG,
                       "cascade: positives of %d x %d, the window is %d x %d",
                       chips->w, chips->h, o->w, o->h);
    if (mien_chips_flat(chips) == chips->n)
        return mi_fail(err, MIEN_EFORMAT,
                       "cascade: none of %lld positives has any contrast, "
                       "wanted pictures of an object",
                       (long long)chips->n);
    if (scenes->n < 1)
        return mi_fail(err, MIEN_EARG,
                       "cascade: no scenes to take negatives "
                       "from");
    if (o->positives < 2 || o->positives > chips->n)
        return mi_fail(err, MIEN_EARG,
                       "cascade: %lld positives a stage, wanted 2..%lld",
                       (long long)o->positives, (long long)chips->n);
    if (o->negatives < MI_LEAST_NEGATIVES)
        return mi_fail(err, MIEN_EARG,
                       "cascade: %lld negatives a stage, wanted 2 or more",
                       (long long)o->negatives);
    if (o->positives > MI_BOOST_MAX_SAMPLES ||
        o->negatives > MI_BOOST_MAX_SAMPLES - o->positives)
        return mi_fail(err, MIEN_ELIMIT,
                       "cascade: %lld positives and %lld negatives a stage, at "
                       "most %d together",
                       (long long)o->positives, (long long)o->negatives,
                       (int)MI_BOOST_MAX_SAMPLES);
    return MIEN_OK;
}

static mien_status check_begin(const mien_cascade_train_options *o,
                               const mien_cascade *begin, mien_error *err)
{
    if (begin->kind != o->kind || begin->w != o->w || begin->h != o->h)
        return mi_fail(
            err, MIEN_EARG,
            "cascade: to go on from one of %s features and %d x %d, "
            "wanted %s and %d x %d",
            begin->kind == MIEN_FEATURE_LBP ? "LBP" : "Haar", begin->w,
            begin->h, o->kind == MIEN_FEATURE_LBP ? "LBP" : "Haar", o->w, o->h);
    return MIEN_OK;
}

/* What a cascade's file says of its training. */
static void describe(mien_cascade *c, const mien_cascade_train_options *o)
{
    static const char names[][4] = {"GAB", "DAB", "RAB"};
    memcpy(c->boost, names[o->boost], sizeof *names);
    c->min_hit = o->min_hit;
    c->max_false_alarm = o->max_false_alarm;
    c->trim = o->trim;
    c->max_depth = o->depth;
    c->max_trees = o->max_trees;
}

static mien_status mean_of(mien_cascade *c, const mien_chips *chips,
                           mien_error *err)
{
    mien_status st = mi_cascade_make_mean(c, err);
    int area = c->w * c->h;
    for (int k = 0; st == MIEN_OK && k < area; k++) {
        int64_t sum = chips->n / 2;
        for (int64_t i = 0; i < chips->n; i++)
            sum += chips->data[i * area + k];
        c->mean[k] = (uint8_t)(sum / chips->n);
    }
    return st;
}

void mien_cascade_trainer_free(mien_cascade_trainer *t)
{
    if (!t)
        return;
    mien_cascade_free(t->c);
    mi_free(t->list);
    mi_free(t->curve_hit);
    mi_free(t->curve_false);
    mi_free(t);
}

/* The cascade to go on with, the mean of the chips, the candidates. */
static mien_status get_ready(mien_cascade_trainer *t, const mien_cascade *begin,
                             mien_error *err)
{
    const mien_cascade_train_options *o = &t->o;
    size_t trees = (size_t)o->max_trees;
    t->curve_hit = mi_alloc(trees, sizeof *t->curve_hit);
    t->curve_false = mi_alloc(trees, sizeof *t->curve_false);
    if (!t->curve_hit || !t->curve_false)
        return mi_no_memory(err);
    t->rate = t->hit = 1;
    mien_status st = begin ? mi_cascade_copy(begin, &t->c, err)
                           : mi_cascade_new(o->kind, o->w, o->h, &t->c, err);
    if (st == MIEN_OK)
        st = mean_of(t->c, &t->chips, err);
    if (st != MIEN_OK)
        return st;
    describe(t->c, o);
    return mi_candidates_new(o->kind, o->set, o->w, o->h, &t->list, &t->n_list,
                             err);
}

mien_status mien_cascade_trainer_new(const mien_cascade_train_options *options,
                                     const mien_chips *chips,
                                     const mien_scenes *scenes,
                                     const mien_cascade *begin,
                                     mien_cascade_trainer **out,
                                     mien_error *err)
{
    assert(options && chips && scenes && out);
    mien_cascade_train_options o = *options;
    mien_status st = check_kinds(&o, err);
    fill_in(&o, chips->n);
    if (st == MIEN_OK)
        st = check_numbers(&o, err);
    if (st == MIEN_OK)
        st = check_data(&o, chips, scenes, err);
    if (st == MIEN_OK && begin)
        st = check_begin(&o, begin, err);
    if (st != MIEN_OK)
        return st;
    mien_cascade_trainer *t = mi_alloc(1, sizeof *t);
    if (!t)
        return mi_no_memory(err);
    t->o = o;
    t->chips = *chips;
    t->scenes = *scenes;
    st = get_ready(t, begin, err);
    if (st != MIEN_OK) {
        mien_cascade_trainer_free(t);
        return st;
    }
    *out = t;
    return MIEN_OK;
}

const mien_cascade *mien_cascade_trainer_get(const mien_cascade_trainer *t)
{
    assert(t);
    return t->c;
}

/* As a detector does: the deviation inside a border of a pixel is at most 10
 * levels of grey. */
static int is_flat(const uint8_t *p, int w, int h)
{
    double sum = 0, square = 0, n = (double)(w - 2) * (h - 2);
    for (int y = 1; y < h - 1; y++)
        for (int x = 1; x < w - 1; x++) {
            double v = p[y * w + x];
            sum += v;
            square += v * v;
        }
    return n * square - sum * sum <= 100 * n * n;
}

int64_t mien_chips_flat(const mien_chips *c)
{
    assert(c && c->w >= 3 && c->h >= 3);
    int64_t flat = 0;
    for (int64_t i = 0; i < c->n; i++)
        flat += is_flat(c->data + i * c->w * c->h, c->w, c->h);
    return flat;
}
