/* Whole cascades trained on a bright cross in noise. */
#include "base/alloc.h"
#include "mien/vision_train.h"
#include "vision/cascade.h"
#include "vision/scan.h"

#include "tests/crosses.h"

#include <stdlib.h>
#include <string.h>

enum { CHIPS = 1000, SCENES = 12, SCENE_W = 90, SCENE_H = 70 };

typedef struct world {
    uint8_t chips[CHIPS][CHIP];
    uint8_t scenes[SCENES][SCENE_W * SCENE_H];
    int fails_at; /* scene that cannot be loaded, or -1 */
    int small;    /* 1: scenes of 5 x 5 */
    int loads;
} world;

static world w;

/* Noise with bright bars. */
static void scene(unsigned *seed, uint8_t *p)
{
    noise(seed, p, SCENE_W * SCENE_H, 120);
    for (int bar = 0; bar < 12; bar++) {
        int across = bar % 2, x = (int)(check_rand(seed) % 60);
        int y = (int)(check_rand(seed) % 50);
        int bw = across ? 20 : 3, bh = across ? 3 : 18;
        for (int k = 0; k < bw * bh; k++)
            p[(y + k / bw) * SCENE_W + x + k % bw] |= 128;
    }
}

static void make_world(void)
{
    unsigned seed = 17;
    for (int i = 0; i < CHIPS; i++)
        cross(&seed, w.chips[i]);
    for (int i = 0; i < SCENES; i++)
        scene(&seed, w.scenes[i]);
    w.fails_at = -1;
}

static mien_status load(void *user, int64_t i, mien_gray *out, mien_error *err)
{
    world *from = user;
    from->loads++;
    if (i == from->fails_at) {
        if (err)
            snprintf(err->text, sizeof err->text, "scene %d is gone", (int)i);
        return MIEN_EIO;
    }
    int side = from->small ? 5 : 0;
    mien_gray g = {side ? side : SCENE_W, side ? side : SCENE_H, SCENE_W,
                   from->scenes[i]};
    mien_status st = mien_gray_new(g.w, g.h, out, err);
    for (int y = 0; st == MIEN_OK && y < g.h; y++)
        memcpy(out->data + y * out->stride, g.data + y * g.stride, (size_t)g.w);
    return st;
}

static const mien_chips chips = {CHIPS, W, W, w.chips[0]};
static const mien_scenes scenes = {SCENES, load, &w};

static mien_cascade_train_options small_options(void)
{
    return (mien_cascade_train_options){.w = W,
                                        .h = W,
                                        .stages = 4,
                                        .positives = 900,
                                        .negatives = 400,
                                        .max_false_alarm = 0.3,
                                        .seed = 5};
}

static mien_cascade *train(const mien_cascade_train_options *o,
                           const mien_cascade *begin, int most,
                           mien_stage_report *last)
{
    mien_cascade_trainer *t;
    mien_error err = {0};
    mien_cascade *c = NULL;
    mien_status st =
        mien_cascade_trainer_new(o, &chips, &scenes, begin, &t, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    if (st != MIEN_OK)
        return NULL;
    int more = 1;
    for (int i = 0; st == MIEN_OK && more && i < most; i++) {
        mien_stage_report report = {0};
        st = mien_cascade_trainer_stage(t, &report, &more, &err);
        CHECK_MSG(st == MIEN_OK, "%s", err.text);
        if (st == MIEN_OK && report.n_trees) {
            *last = report;
            CHECK(report.hit >= 0.995 - 1e-9);
            CHECK(report.curve_hit[report.n_trees - 1] <= 1);
        }
    }
    CHECK(mi_cascade_copy(mien_cascade_trainer_get(t), &c, &err) == MIEN_OK);
    last->curve_hit = last->curve_false = NULL;
    mien_cascade_trainer_free(t);
    return c;
}

/* 1: the same file, byte for byte. */
static int same(const mien_cascade *a, const mien_cascade *b)
{
    mien_bytes x = {0}, y = {0};
    if (!a || !b)
        return 0;
    CHECK(mien_cascade_write(a, &x, NULL) == MIEN_OK);
    CHECK(mien_cascade_write(b, &y, NULL) == MIEN_OK);
    int equal = x.n == y.n && memcmp(x.data, y.data, x.n) == 0;
    mien_bytes_free(&x);
    mien_bytes_free(&y);
    return equal;
}

static int accepts(const mien_cascade *c, const uint8_t *chip)
{
    uint8_t copy[CHIP];
    memcpy(copy, chip, CHIP);
    mien_gray g = {W, W, W, copy};
    mi_windows found = {0};
    CHECK(mi_scan(c, &g, 1, 0, &found, NULL, NULL) == MIEN_OK);
    int n = found.n;
    mi_windows_free(&found);
    return n > 0;
}

/* On crosses and scenes that training did not see. */
static void test_it_learns(mien_cascade_train_options o, const char *what,
                           int least)
{
    mien_stage_report last = {0};
    mien_cascade *c = train(&o, NULL, 10, &last);
    if (!c)
        return;
    int hits = 0;
    int64_t seen = 0;
    unsigned seed = 99;
    mi_windows found = {0};
    for (int i = 0; i < 1000; i++) {
        uint8_t chip[CHIP];
        cross(&seed, chip);
        hits += accepts(c, chip);
    }
    for (int i = 0; i < 10; i++) {
        static uint8_t pixels[SCENE_W * SCENE_H];
        mien_gray g = {SCENE_W, SCENE_H, SCENE_W, pixels};
        scene(&seed, pixels);
        CHECK(mi_scan(c, &g, 1, 0, &found, &seen, NULL) == MIEN_OK);
    }
    double alarms = (double)found.n / (double)seen;
    mi_windows_free(&found);
    CHECK_MSG(c->n_stages >= 2, "%s: %d stages", what, c->n_stages);
    CHECK_MSG(hits >= least, "%s: %d of 1000 found", what, hits);
    CHECK_MSG(alarms < 0.02, "%s: false alarms %g, %g in training", what,
              alarms, last.cascade_false_alarm);
    CHECK(mi_cascade_check(c, NULL) == MIEN_OK);
    const uint8_t *mean = mien_cascade_mean(c); /* bright in the cross */
    CHECK(mean && mean[6 * W + 6] > 150 && mean[0] < 100);
    CHECK(last.cascade_false_alarm < 0.02);
    mien_cascade_free(c);
}

static void test_learning(void)
{
    mien_cascade_train_options o = small_options();
    test_it_learns(o, "gentle", 985);
    if (check_every() > 1)
        return;
    o.boost = MIEN_BOOST_DISCRETE;
    test_it_learns(o, "discrete", 985);
    o.boost = MIEN_BOOST_REAL;
    test_it_learns(o, "real", 985);
    o.depth = 3;
    test_it_learns(o, "real, depth 3", 900);
    o.boost = MIEN_BOOST_GENTLE;
    o.set = MIEN_HAAR_ALL;
    test_it_learns(o, "gentle, depth 3, all features", 900);
    o.boost = MIEN_BOOST_DISCRETE;
    test_it_learns(o, "discrete, depth 3, all features", 900);
    o = small_options();
    o.kind = MIEN_FEATURE_LBP;
    test_it_learns(o, "lbp, gentle", 950);
}

static void test_going_on_gives_the_same(mien_feature_kind kind)
{
    mien_cascade_train_options o = small_options();
    o.kind = kind;
    mien_stage_report last = {0};
    mien_cascade *whole = train(&o, NULL, 10, &last);
    for (int n = 1; whole && n < whole->n_stages; n += check_every()) {
        mien_cascade *part = train(&o, NULL, n, &last), *again = NULL;
        mien_bytes text = {0};
        CHECK_EQ(part->n_stages, n);
        CHECK(mien_cascade_write(part, &text, NULL) == MIEN_OK);
        CHECK(mien_cascade_read(text.data, text.n, &again, NULL) == MIEN_OK);
        CHECK(same(part, again));
        mien_cascade *rest = train(&o, again, 10, &last);
        CHECK(same(whole, rest));
        mien_bytes_free(&text);
        mien_cascade_free(again);
        mien_cascade_free(part);
        mien_cascade_free(rest);
    }
    mien_cascade_free(whole);
}

static void test_threads_and_memory_do_not_matter(void)
{
    mien_cascade_train_options o = small_options();
    o.depth = 2;
    o.positives = 200;
    o.negatives = 100;
    mien_stage_report first = {0}, other = {0};
    mien_cascade *want = train(&o, NULL, 3, &first);
    for (int threads = 1; threads <= 3; threads++) {
        CHECK(mien_pool_new(threads, &o.pool, NULL) == MIEN_OK);
        o.cache_bytes = threads == 1 ? 1 : threads == 2 ? 0 : 1000000;
        mien_cascade *got = train(&o, NULL, 3, &other);
        CHECK(same(want, got));
        CHECK_EQ(other.windows, first.windows);
        CHECK_EQ(other.consumed, first.consumed);
        mien_cascade_free(got);
        mien_pool_free(o.pool);
    }
    o.pool = NULL;
    o.seed++;
    mien_cascade *got = train(&o, NULL, 3, &other);
    CHECK(!same(want, got));
    mien_cascade_free(got);
    mien_cascade_free(want);
}

/* ---- the end of training, and failures ---------------------------------- */

static int count_and_stop(void *user, const mien_cascade_progress *p)
{
    int *calls = user;
    CHECK(p->hit >= 0 && p->hit <= 1 && p->seconds >= 0);
    return --*calls > 0;
}

static void test_it_ends(void)
{
    mien_cascade_train_options o = small_options();
    mien_stage_report last = {0};
    o.target = 0.2;
    mien_cascade *c = train(&o, NULL, 10, &last);
    CHECK(c && c->n_stages < 4);
    mien_cascade *same_again = train(&o, c, 10, &last);
    CHECK(same(c, same_again)); /* the target is reached: nothing is added */
    mien_cascade_free(same_again);
    mien_cascade_free(c);

    o = small_options();
    int calls = 4;
    o.progress = count_and_stop;
    o.user = &calls;
    c = train(&o, NULL, 10, &last);
    CHECK(c && c->n_stages < 4);
    CHECK_EQ(calls, 0);
    mien_cascade_free(c);

    o = small_options();
    o.stages = 1;
    c = train(&o, NULL, 10, &last);
    same_again = train(&o, c, 10, &last);
    CHECK(same(c, same_again));
    mien_cascade_free(c);
    mien_cascade_free(same_again);
}

static void refused(mien_cascade_train_options o, const mien_chips *with,
                    const mien_scenes *from, const mien_cascade *begin,
                    mien_status want, const char *text)
{
    mien_cascade_trainer *t = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_cascade_trainer_new(&o, with, from, begin, &t, &err), want);
    CHECK_MSG(strstr(err.text, text), "%s: %s", text, err.text);
    CHECK(!t);
}

static void test_options_are_checked(void)
{
    mien_cascade_train_options o = small_options(), bad;
    mien_chips one = chips, wide = chips;
    mien_scenes none = scenes;
    one.n = 1;
    refused(o, &one, &scenes, NULL, MIEN_EARG, "1 positives");
    wide.w = 13;
    refused(o, &wide, &scenes, NULL, MIEN_EARG, "13 x 12");
    none.n = 0;
    refused(o, &chips, &none, NULL, MIEN_EARG, "no scenes");
    mien_cascade *other;
    CHECK(mi_cascade_new(MIEN_FEATURE_HAAR, 20, 20, &other, NULL) == MIEN_OK);
    refused(o, &chips, &scenes, other, MIEN_EARG, "20 x 20");
    mien_cascade_free(other);
#define REFUSED(field, value, status, text) \
    bad = o;                                \
    bad.field = (value);                    \
    refused(bad, &chips, &scenes, NULL, MIEN_##status, text)
    REFUSED(positives, 1001, EARG, "1001 positives");
    REFUSED(positives, 1, EARG, "1 positives");
    REFUSED(negatives, 40000, ELIMIT, "40000 negatives");
    REFUSED(negatives, INT64_MAX, ELIMIT, "negatives");
    REFUSED(negatives, -1, EARG, "-1 negatives");
    REFUSED(min_hit, 1.5, EARG, "min_hit");
    REFUSED(min_hit, (double)NAN, EARG, "min_hit");
    REFUSED(max_false_alarm, -1, EARG, "max_false_alarm");
    REFUSED(target, 1, EARG, "target");
    REFUSED(trim, 2, EARG, "trim");
    REFUSED(depth, 9, EARG, "depth");
    REFUSED(depth, -1, EARG, "depth");
    REFUSED(stages, -1, EARG, "stages");
    REFUSED(max_trees, -1, EARG, "trees");
    REFUSED(cache_bytes, -1, EARG, "cache");
    REFUSED(boost, (mien_boost)7, EARG, "boost 7");
#undef REFUSED
}

/* The status of the first stage. */
static mien_status first_stage(int positives, mien_error *err)
{
    mien_cascade_train_options o = small_options();
    o.positives = positives;
    o.negatives = positives;
    mien_cascade_trainer *t;
    mien_status st =
        mien_cascade_trainer_new(&o, &chips, &scenes, NULL, &t, err);
    if (st != MIEN_OK)
        return st;
    mien_stage_report report;
    int more;
    st = mien_cascade_trainer_stage(t, &report, &more, err);
    if (st != MIEN_OK)
        CHECK_EQ(mien_cascade_get_info(mien_cascade_trainer_get(t)).n_stages,
                 0);
    mien_cascade_trainer_free(t);
    return st;
}

static void test_bad_data(void)
{
    mien_error err = {0};
    w.fails_at = 7;
    CHECK_EQ(first_stage(500, &err), MIEN_EIO);
    CHECK(strstr(err.text, "scene 7 is gone"));
    w.fails_at = -1;
    w.small = 1;
    CHECK_EQ(first_stage(500, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "smaller than the window"));
    w.small = 0;
}

/* Both classes the same white, but for a positive that is not looked at:
 * nothing to learn; without it nothing to begin with. */
static void test_nothing_to_learn(void)
{
    static world kept;
    mien_error err = {0};
    kept = w;
    memset(w.chips, 255, sizeof w.chips - sizeof w.chips[0]);
    memset(w.scenes, 255, sizeof w.scenes);
    CHECK_EQ(first_stage(500, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "no feature"));
    memset(w.chips, 255, sizeof w.chips);
    CHECK_EQ(first_stage(500, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "positives has any contrast"));
    w = kept;
}

static void test_allocation_failures(void)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st != MIEN_OK && n < 3000; n += check_every()) {
        mi_alloc_fail_after(n);
        st = first_stage(20, &err);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
    }
    mi_alloc_fail_after(-1);
    CHECK(st == MIEN_OK && n > 20);
}

/* Pictures that a detector passes over. */
static void check_flat(void)
{
    uint8_t p[3][12 * 12];
    mien_chips c = {3, 12, 12, p[0]};
    memset(p, 90, sizeof p);
    memset(p[0], 255, 12); /* in the border alone */
    for (int i = 0; i < 144; i++) {
        p[1][i] = (uint8_t)(90 + (i % 2 ? 9 : -9));
        p[2][i] = (uint8_t)(90 + (i % 2 ? 11 : -11));
    }
    CHECK_EQ(mien_chips_flat(&c), 2);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_world();
    RUN_USUAL(test_learning);
    RUN(test_going_on_gives_the_same, MIEN_FEATURE_HAAR);
    RUN(test_going_on_gives_the_same, MIEN_FEATURE_LBP);
    RUN(test_threads_and_memory_do_not_matter);
    RUN(test_it_ends);
    RUN(test_options_are_checked);
    RUN(test_bad_data);
    RUN(test_nothing_to_learn);
    RUN(test_allocation_failures);
    RUN(check_flat);
    return check_done();
}
