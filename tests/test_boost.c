/* Haar feature sets, splits against brute force, and what a feature measures.
 */
#include "base/alloc.h"
#include "mien/vision_train.h"
#include "vision/boost.h"
#include "vision/cascade.h"
#include "vision/scan.h"

#include "tests/crosses.h"

#include <stdlib.h>
#include <string.h>

/* ---- feature sets ------------------------------------------------------- */

static void test_features_are_counted(void)
{
    CHECK_EQ(mien_haar_count(MIEN_HAAR_BASIC, 24, 24), 162336);
    CHECK_EQ(mien_haar_count(MIEN_HAAR_BASIC, 1, 1), 0);
    CHECK_EQ(mien_haar_count(MIEN_HAAR_BASIC, 2, 2), 3 + 3 + 1);
    int64_t basic = mien_haar_count(MIEN_HAAR_BASIC, 20, 20);
    int64_t core = mien_haar_count(MIEN_HAAR_CORE, 20, 20);
    int64_t all = mien_haar_count(MIEN_HAAR_ALL, 20, 20);
    CHECK_EQ(basic, 78460);
    CHECK(basic < core && core < all);
}

static void test_features_lie_inside(mien_feature_kind kind, mien_haar_set set,
                                     int w, int h)
{
    mi_candidate *list;
    int n;
    CHECK(mi_candidates_new(kind, set, w, h, &list, &n, NULL) == MIEN_OK);
    if (kind == MIEN_FEATURE_HAAR)
        CHECK_EQ(n, mien_haar_count(set, w, h));
    for (int i = 0; i < n; i++) {
        mien_feature f = mi_candidate_feature(&list[i]);
        CHECK(mi_feature_inside(&f, kind, w, h));
        float sum = 0;
        for (int k = 0; k < f.n; k++)
            sum += f.rect[k].weight * (float)(f.rect[k].w * f.rect[k].h);
        CHECK(sum == 0);
    }
    mi_free(list);
}

/* ---- samples ------------------------------------------------------------ */

static mi_samples random_samples(unsigned seed, int n, int tilted, int most)
{
    mi_samples s;
    uint8_t chip[CHIP];
    uint32_t scratch[3 * (W + 1) * (W + 1)];
    CHECK(mi_samples_new(n, W, W, tilted, &s, NULL) == MIEN_OK);
    for (int i = 0; i < n; i++) {
        if (i % 2)
            noise(&seed, chip, CHIP, most);
        else
            cross(&seed, chip);
        mi_samples_set(&s, i, chip, scratch);
    }
    return s;
}

/* ---- splits against brute force ----------------------------------------- */

static double gain_of(mien_boost boost, double a, double l, double b, double r)
{
    if (boost == MIEN_BOOST_DISCRETE)
        return fabs(l) + fabs(r);
    if (boost == MIEN_BOOST_REAL) {
        double z = sqrt((a + l) * (a - l)) + sqrt((b + r) * (b - r));
        return -z * z;
    }
    double t = a + b, d = l - a * (l + r) / t;
    return a > 0 && b > 0 ? d * d / (a * b) : 0;
}

/* What a split gains, counted sample by sample. */
static double gain_of_split(mien_boost boost, int n, const uint8_t *left,
                            const int32_t *w)
{
    double a = 0, l = 0, b = 0, r = 0;
    for (int i = 0; i < n; i++) {
        if (left[i])
            a += abs(w[i]), l += w[i];
        else
            b += abs(w[i]), r += w[i];
    }
    return gain_of(boost, a, l, b, r);
}

/* The best that any threshold on any feature gains. */
static double best_gain(mien_boost boost, const mi_samples *s,
                        const mi_candidate *list, int n_list, const int32_t *w)
{
    double best = -HUGE_VAL;
    float *v = mi_alloc((size_t)s->n, sizeof *v);
    uint8_t *left = mi_alloc((size_t)s->n, 1);
    for (int c = 0; c < n_list; c++) {
        mien_feature f = mi_candidate_feature(&list[c]);
        mi_values_haar(s, &f, v);
        for (int i = 0; i < s->n; i++) {
            int any = 0, all = 1;
            for (int k = 0; k < s->n; k++) {
                left[k] = v[k] < v[i];
                any |= left[k] && w[k];
                all &= left[k] || !w[k];
            }
            double g = gain_of_split(boost, s->n, left, w);
            if (any && !all && g > best)
                best = g;
        }
    }
    mi_free(v);
    mi_free(left);
    return best;
}

static void check_split(mien_boost boost, const mi_samples *s,
                        const mi_candidate *list, int n_list, const int32_t *w)
{
    double want = best_gain(boost, s, list, n_list, w);
    uint8_t *left = mi_alloc((size_t)s->n, 1);
    mien_pool *pool;
    CHECK(mien_pool_new(2, &pool, NULL) == MIEN_OK);
    mi_split first = {0};
    static const int64_t caches[] = {1 << 30, 20000, 0};
    for (int i = 0; i < 3; i++) {
        mi_splitter *sp;
        mi_split got;
        CHECK(mi_splitter_new(MIEN_FEATURE_HAAR, list, n_list, s, caches[i],
                              i ? pool : NULL, &sp, NULL) == MIEN_OK);
        mi_splitter_find(sp, boost, w, &got);
        CHECK(got.candidate >= 0);
        if (got.candidate >= 0) {
            mi_splitter_apply(sp, &got, left);
            double gain = gain_of_split(boost, s->n, left, w);
            CHECK_NEAR(gain, want, 1e-6 * fabs(want) + 1e-12);
        }
        if (i == 0)
            first = got;
        CHECK(memcmp(&first, &got, sizeof got) == 0);
        mi_splitter_free(sp);
    }
    mien_pool_free(pool);
    mi_free(left);
}

/* Random weights, some 0; few grey values make many ties. */
static void test_best_split_is_found(mien_boost boost, int most, int zeros)
{
    enum { N = 41 };
    mi_samples s = random_samples(7, N, 1, most);
    mi_candidate *list;
    int n, used = 0;
    CHECK(mi_candidates_new(MIEN_FEATURE_HAAR, MIEN_HAAR_ALL, W, W, &list, &n,
                            NULL) == MIEN_OK);
    for (int i = 0; i < n; i += 101)
        list[used++] = list[i];
    unsigned seed = 5;
    for (int round = 0; round < 3; round++) {
        int32_t w[N];
        for (int i = 0; i < N; i++) {
            w[i] = 1000 + (int32_t)(check_rand(&seed) % 1000000);
            w[i] = check_rand(&seed) % 3 ? w[i] : -w[i];
            if (zeros && check_rand(&seed) % 2)
                w[i] = 0;
        }
        check_split(boost, &s, list, used, w);
    }
    int32_t w[N] = {0};
    w[3] = 5; /* one class only, and one sample */
    mi_splitter *sp;
    mi_split got;
    CHECK(mi_splitter_new(MIEN_FEATURE_HAAR, list, used, &s, 0, NULL, &sp,
                          NULL) == MIEN_OK);
    mi_splitter_find(sp, boost, w, &got);
    CHECK_EQ(got.candidate, -1);
    mi_splitter_free(sp);
    mi_free(list);
    mi_samples_free(&s);
}

/* All subsets of 8 codes. */
static void test_best_subset_is_found(mien_boost boost)
{
    enum { N = 60 };
    uint8_t codes[N], left[N];
    int32_t w[N];
    unsigned seed = 11;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < N; i++) {
            codes[i] = (uint8_t)(check_rand(&seed) % 8 * 33);
            w[i] = (int32_t)(check_rand(&seed) % 1000) - 500;
        }
        double best = -HUGE_VAL;
        for (int set = 1; set < 255; set++) {
            for (int i = 0; i < N; i++)
                left[i] = set >> (codes[i] / 33) & 1;
            double g = gain_of_split(boost, N, left, w);
            best = g > best ? g : best;
        }
        uint32_t subset[8];
        double got = mi_split_lbp(boost, N, codes, w, subset);
        for (int i = 0; i < N; i++)
            left[i] = subset[codes[i] / 32] >> (codes[i] % 32) & 1;
        CHECK_NEAR(got, best, 1e-9 * fabs(best));
        CHECK_NEAR(gain_of_split(boost, N, left, w), best, 1e-9 * fabs(best));
    }
}

/* ---- values are the detector's ------------------------------------------ */

/* A stump for each of some features: the window scanned falls as here. */
static void test_values_are_the_detectors(mien_feature_kind kind)
{
    enum { N = 12 };
    unsigned seed = 3;
    mi_samples s;
    static uint8_t chips[N][CHIP];
    uint32_t scratch[3 * (W + 1) * (W + 1)];
    CHECK(mi_samples_new(N, W, W, 1, &s, NULL) == MIEN_OK);
    for (int i = 0; i < N; i++) {
        noise(&seed, chips[i], CHIP, 256);
        mi_samples_set(&s, i, chips[i], scratch);
    }
    mi_candidate *list;
    int n;
    CHECK(mi_candidates_new(kind, MIEN_HAAR_ALL, W, W, &list, &n, NULL) ==
          MIEN_OK);
    for (int k = 0; k < n; k += 23) {
        mien_feature f = mi_candidate_feature(&list[k]);
        float v[N];
        uint8_t codes[N];
        mi_node node = {.left = 0, .right = -1};
        uint32_t subset[8] = {0};
        if (kind == MIEN_FEATURE_HAAR) {
            mi_values_haar(&s, &f, v);
            node.threshold = v[0];
        } else {
            mi_values_lbp(&s, &f, codes);
            subset[codes[0] / 32] |= 1u << (codes[0] % 32);
        }
        mien_cascade *c;
        CHECK(mi_cascade_new(kind, W, W, &c, NULL) == MIEN_OK);
        CHECK(mi_cascade_add_feature(c, &f, NULL) == MIEN_OK);
        CHECK(mi_cascade_add_stage(c, 0.5f, NULL) == MIEN_OK);
        CHECK(mi_cascade_add_tree(c, 1, &node, subset, (float[]){1, 0}, NULL) ==
              MIEN_OK);
        for (int i = 0; i < N; i++) {
            mien_gray g = {W, W, W, chips[i]};
            mi_windows found = {0};
            CHECK(mi_scan(c, &g, 1, 0, &found, NULL, NULL) == MIEN_OK);
            int left =
                kind == MIEN_FEATURE_HAAR ? v[i] < v[0] : codes[i] == codes[0];
            CHECK_EQ(found.n, left);
            mi_windows_free(&found);
        }
        mien_cascade_free(c);
    }
    mi_free(list);
    mi_samples_free(&s);
}

/* ---- rounds ------------------------------------------------------------- */

static double label_of(const mi_booster *b, int i)
{
    return i < b->n_positives ? 1 : -1;
}

/* The loss that all kinds of boosting bring down: exp(-label * sum), half of
 * the weight on each class. */
static double loss(const mi_booster *b)
{
    double all = 0;
    for (int i = 0; i < b->n; i++)
        all +=
            exp(-label_of(b, i) * b->sum[i]) /
            (2 * (i < b->n_positives ? b->n_positives : b->n - b->n_positives));
    return all;
}

/* After each round the weights are what the sums of votes say, and less is
 * lost than before. */
static void test_rounds_by_definition(mien_boost boost, int depth)
{
    enum { N = 200, POSITIVES = 80, ROUNDS = 8 };
    unsigned seed = 17;
    mi_samples s;
    uint8_t chip[CHIP];
    uint32_t scratch[3 * (W + 1) * (W + 1)];
    CHECK(mi_samples_new(N, W, W, 0, &s, NULL) == MIEN_OK);
    for (int i = 0; i < N; i++) { /* every tenth is of the wrong class */
        if ((i < POSITIVES) == (i % 10 > 0))
            cross(&seed, chip);
        else
            noise(&seed, chip, CHIP, 256);
        mi_samples_set(&s, i, chip, scratch);
    }
    mi_candidate *list;
    int n;
    mi_splitter *splitter;
    mi_booster b;
    static mi_grown tree;
    CHECK(mi_candidates_new(MIEN_FEATURE_HAAR, MIEN_HAAR_BASIC, W, W, &list, &n,
                            NULL) == MIEN_OK);
    CHECK(mi_splitter_new(MIEN_FEATURE_HAAR, list, n, &s, 1 << 30, NULL,
                          &splitter, NULL) == MIEN_OK);
    CHECK(mi_booster_new(boost, depth, 1, N, POSITIVES, splitter, &b, NULL) ==
          MIEN_OK);
    double before = loss(&b);
    CHECK_NEAR(before, 1, 1e-12);
    for (int round = 0; round < ROUNDS; round++) {
        mi_booster_grow(&b, &tree);
        double now = loss(&b);
        CHECK_MSG(now < before, "boost %d, round %d: %g after %g", (int)boost,
                  round, now, before);
        before = now;
        for (int i = 0; i < N; i++) {
            double mine = exp(-label_of(&b, i) * b.sum[i]) /
                          (2 * (i < POSITIVES ? POSITIVES : N - POSITIVES));
            CHECK_NEAR(b.weight[i], mine / now, 1e-9);
        }
    }
    CHECK(before < 0.8);
    mi_booster_free(&b);
    mi_splitter_free(splitter);
    mi_free(list);
    mi_samples_free(&s);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_features_are_counted);
    RUN(test_features_lie_inside, MIEN_FEATURE_HAAR, MIEN_HAAR_ALL, 13, 9);
    RUN(test_features_lie_inside, MIEN_FEATURE_HAAR, MIEN_HAAR_CORE, 7, 16);
    RUN(test_features_lie_inside, MIEN_FEATURE_LBP, MIEN_HAAR_BASIC, 13, 9);
    for (int boost = 0; boost < 3; boost++) {
        RUN(test_best_split_is_found, (mien_boost)boost, 256, 0);
        RUN(test_best_split_is_found, (mien_boost)boost, 2, 1);
        RUN(test_best_subset_is_found, (mien_boost)boost);
        RUN(test_rounds_by_definition, (mien_boost)boost, 1);
        RUN(test_rounds_by_definition, (mien_boost)boost, 2);
    }
    RUN(test_values_are_the_detectors, MIEN_FEATURE_HAAR);
    RUN(test_values_are_the_detectors, MIEN_FEATURE_LBP);
    return check_done();
}
