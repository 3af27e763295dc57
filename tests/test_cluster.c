/* Faces put together: neighbours as plain loops find them, groups as they are
 * defined, the same with any threads, what is refused. */
#include "base/alloc.h"
#include "match/neighbours.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { D = MIEN_DESCRIPTOR };

static float *take(int n, int d)
{
    float *x = calloc((size_t)n * (size_t)d + 1, sizeof *x);
    CHECK(x != NULL);
    return x;
}

/* Between -1 and 1, every multiple of 1/1000 as likely as another. */
static float any(unsigned *seed)
{
    return (float)(check_rand(seed) % 2001) / 1000 - 1;
}

/* People of n / each, faces as far from each other as `spread` says. */
static float *make_people(int n, int d, int each, float spread, unsigned seed)
{
    float *x = take(n, d);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < d; k++)
            x[i * d + k] = i % each == 0
                               ? any(&seed) / sqrtf((float)d)
                               : x[(i - i % each) * d + k] +
                                     spread * any(&seed) / sqrtf((float)d);
    return x;
}

static float apart(const float *x, int d, int i, int j)
{
    double sum = 0;
    for (int k = 0; k < d; k++) {
        double by = (double)x[i * d + k] - (double)x[j * d + k];
        sum += by * by;
    }
    return (float)sqrt(sum);
}

/* ---- neighbours ---------------------------------------------------------- */

/* The plain search: row i's neighbours, nearest first; how many. */
static int plain_neighbours(const float *x, int n, int d, int i, float t,
                            mi_near *out)
{
    int found = 0;
    for (int j = 0; j < n; j++) {
        float a = apart(x, d, i, j);
        if (j == i || !(a < t))
            continue;
        int at = found++;
        for (; at > 0 && out[at - 1].distance > a; at--)
            out[at] = out[at - 1];
        out[at] = (mi_near){a, j};
    }
    return found;
}

static int64_t compare_neighbours(const float *x, int n, int d, float t,
                                  int most, int threads)
{
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    mi_neighbours nb;
    mi_near *plain = calloc((size_t)n + 1, sizeof *plain);
    int64_t pairs = 0, capped = 0, wrong = 0;
    o.threshold = t;
    o.most = most;
    CHECK_EQ(mien_pool_new(threads, &o.pool, NULL), MIEN_OK);
    CHECK_EQ(mi_neighbours_find(n, d, x, &o, &nb, NULL), MIEN_OK);
    for (int i = 0; i < n; i++) {
        int all = plain_neighbours(x, n, d, i, t, plain);
        int kept = all < most ? all : most;
        pairs += all;
        capped += all > most;
        wrong += nb.list[i].all != all || nb.list[i].n != kept;
        for (int k = 0; k < kept && k < nb.list[i].n; k++)
            wrong += nb.list[i].near[k].index != plain[k].index ||
                     nb.list[i].near[k].distance != plain[k].distance;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(nb.pairs, pairs / 2);
    CHECK_EQ(nb.capped, capped);
    pairs = nb.pairs;
    mi_neighbours_free(&nb);
    mien_pool_free(o.pool);
    free(plain);
    return pairs;
}

static void test_neighbours_are_those_of_plain_loops(void)
{
    static const struct {
        int n, d, each, most, threads;
        float t, spread;
    } c[] = {{0, D, 1, 9, 1, 0.5f, 0},         {1, D, 1, 9, 2, 0.5f, 0},
             {2, 1, 2, 9, 1, 0.5f, 0.3f},      {33, 7, 4, 9, 2, 0.4f, 0.3f},
             {513, D, 5, 3, 3, 0.5f, 0.6f},    {700, D, 7, 99, 2, 0.55f, 0.5f},
             {1100, 17, 50, 8, 4, 0.3f, 0.3f}, {300, 600, 6, 20, 2, 0.5f, 0.6f},
             {600, D, 600, 5, 2, 2, 0.5f}};
    int64_t pairs = 0;
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        float *x =
            make_people(c[i].n, c[i].d, c[i].each, c[i].spread, (unsigned)i);
        pairs += compare_neighbours(x, c[i].n, c[i].d, c[i].t, c[i].most,
                                    c[i].threads);
        free(x);
    }
    CHECK(pairs > 10000);
}

/* Rows on a grid far from the origin, so that products are off by more than
 * the distances: many lie exactly at the threshold, or a rounding from it. */
static void test_rounding_loses_no_pair(void)
{
    enum { N = 600, SMALL = 8 };
    unsigned seed = 5;
    float *x = take(N, SMALL);
    for (int i = 0; i < N * SMALL; i++)
        x[i] = 1000 + 0.25f * (float)(check_rand(&seed) % 3);
    int64_t at = compare_neighbours(x, N, SMALL, 0.5f, 9, 2);
    int64_t above = compare_neighbours(x, N, SMALL, nextafterf(0.5f, 1), 9, 2);
    CHECK(at > 0 && above > at); /* a distance equal to it is none */
    CHECK_EQ(compare_neighbours(x, N, SMALL, 0, 9, 2), 0);
    for (int i = 0; i < N * SMALL; i++)
        x[i] = i / SMALL % 2 ? x[i] * 1e11f : (x[i] - 1000) * 1e-4f;
    compare_neighbours(x, N, SMALL, 5e-5f, 9, 2);
    free(x);
}

/* ---- groups -------------------------------------------------------------- */

static mien_clusters cluster(const float *x, int n,
                             const mien_cluster_options *o)
{
    mien_clusters c = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_cluster(n, D, x, o, &c, &err), "%s", err.text);
    return c;
}

/* Whatever the faces: sizes fall, members are in order, everybody is there. */
static void check_shape(const mien_clusters *c, int least)
{
    int wrong = c->begin[0] != 0 || c->begin[c->groups + 1] != c->n;
    for (int g = 0; g <= c->groups; g++) {
        int size = c->begin[g + 1] - c->begin[g];
        if (g < c->groups)
            wrong += size < least;
        if (g > 0 && g < c->groups) {
            int before = c->begin[g] - c->begin[g - 1];
            wrong += size > before;
            wrong += size == before &&
                     c->member[c->begin[g]] < c->member[c->begin[g - 1]];
        }
        for (int i = c->begin[g]; i < c->begin[g + 1]; i++) {
            wrong += c->group[c->member[i]] != (g == c->groups ? -1 : g);
            wrong += i > c->begin[g] && c->member[i] <= c->member[i - 1];
        }
    }
    CHECK_EQ(wrong, 0);
}

static void test_people_far_apart_are_groups(void)
{
    enum { N = 40, EACH = 4 };
    float *x = make_people(N + 3, D, EACH, 0.2f, 1);
    for (int method = 0; method < 2; method++) {
        mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
        o.method = (mien_cluster_method)method;
        o.threshold = 0.4f;
        o.least = 4;
        mien_clusters c = cluster(x, N + 3, &o);
        check_shape(&c, o.least);
        CHECK_EQ(c.groups, N / EACH);
        for (int i = 0; i < N + 3; i++)
            CHECK_EQ(c.group[i], i < N ? i / EACH : -1);
        CHECK_EQ(c.pairs, N / EACH * 6 + 3);
        CHECK_EQ(c.capped, 0);
        mien_clusters_free(&c);
    }
    free(x);
}

/* Faces along a line, 1 apart: neighbours are the ones beside. */
static float *line(int n, const float *at)
{
    float *x = take(n, D);
    for (int i = 0; i < n; i++)
        x[i * D] = at[i];
    return x;
}

static void test_density_follows_chains_between_cores(void)
{
    static const float at[] = {0, 1, 2, 3, 4, 9, 10, 20, 5.9f};
    float *x = line(9, at);
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    o.method = MIEN_CLUSTER_DENSITY;
    o.threshold = 1.5f;
    mien_clusters c = cluster(x, 9, &o);
    CHECK_EQ(c.groups, 1); /* 9 and 10 are no core, nor is 5.9 near one */
    CHECK_EQ(c.begin[1], 5);
    mien_clusters_free(&c);
    o.core = 2;
    c = cluster(x, 9, &o);
    CHECK_EQ(c.groups, 2);
    CHECK(c.group[5] == 1 && c.group[6] == 1 && c.group[7] == -1);
    mien_clusters_free(&c);
    o.core = 3;
    o.threshold = 2; /* 4 is a core no more than before; 5.9 comes to it */
    c = cluster(x, 9, &o);
    CHECK_EQ(c.group[8], 0);
    mien_clusters_free(&c);
    free(x);
}

/* A face between two groups comes to the nearest core, not to the first. */
static void test_density_gives_a_face_to_the_nearest_core(void)
{
    static const float at[] = {0, 0.2f, 0.4f, 0.6f, 2, 2.2f, 2.4f, 2.6f, 1.35f};
    float *x = line(9, at);
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    o.method = MIEN_CLUSTER_DENSITY;
    o.threshold = 0.8f;
    o.core = 4;
    mien_clusters c = cluster(x, 9, &o);
    CHECK_EQ(c.groups, 2);
    CHECK_EQ(c.group[8], c.group[4]);
    mien_clusters_free(&c);
    free(x);
}

/* Two crowds held together by one pair: a chain to DBSCAN, two groups to
 * whispers, whatever the seed. */
static void test_whispers_do_not_follow_one_pair(void)
{
    float at[24];
    for (int i = 0; i < 24; i++)
        at[i] = (i < 12 ? 0.0f : 1.45f) + 0.05f * (float)(i % 12);
    float *x = line(24, at);
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    o.threshold = 0.925f;
    for (uint32_t seed = 0; seed < 200; seed++) {
        o.seed = seed;
        mien_clusters c = cluster(x, 24, &o);
        CHECK_EQ(c.groups, 2);
        CHECK(c.group[0] != c.group[23] && c.group[11] == c.group[0]);
        CHECK(c.rounds < o.rounds);
        mien_clusters_free(&c);
    }
    o.method = MIEN_CLUSTER_DENSITY;
    mien_clusters c = cluster(x, 24, &o);
    CHECK_EQ(c.groups, 1);
    mien_clusters_free(&c);
    free(x);
}

/* Where nothing changes any more, no neighbours' label is heard more often than
 * a face's own. */
static void test_whispers_end_where_each_agrees_with_most(void)
{
    enum { N = 900 };
    float *x = make_people(N, D, 9, 0.9f, 4);
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    mi_near near[N];
    int wrong = 0;
    o.threshold = 0.6f;
    o.most = N;
    o.core = 3;
    o.least = 1;
    mien_clusters c = cluster(x, N, &o);
    check_shape(&c, 1);
    CHECK(c.pairs > 500 && c.groups < N && c.rounds < o.rounds);
    for (int i = 0; i < N; i++) {
        int n = plain_neighbours(x, N, D, i, o.threshold, near);
        static int votes[N];
        memset(votes, 0, sizeof votes);
        for (int k = 0; k < n; k++)
            votes[c.group[near[k].index]]++;
        for (int k = 0; k < n; k++)
            wrong += votes[c.group[near[k].index]] > votes[c.group[i]];
    }
    CHECK_EQ(wrong, 0);
    mien_clusters_free(&c);
    free(x);
}

static void test_threads_do_not_matter(void)
{
    enum { N = 2500 };
    float *x = make_people(N, D, 6, 0.9f, 9);
    for (int method = 0; method < 2; method++) {
        mien_clusters first = {0};
        for (int threads = 1; threads <= 4; threads++) {
            mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
            o.method = (mien_cluster_method)method;
            o.threshold = 0.6f;
            o.most = 4; /* more than most have: the nearest are kept */
            CHECK_EQ(mien_pool_new(threads, &o.pool, NULL), MIEN_OK);
            mien_clusters c = cluster(x, N, &o);
            if (threads == 1) {
                first = c;
                CHECK(c.capped > 0 && c.groups > 10);
            } else {
                CHECK(c.groups == first.groups && c.rounds == first.rounds &&
                      !memcmp(c.group, first.group, N * sizeof *c.group));
                mien_clusters_free(&c);
            }
            mien_pool_free(o.pool);
        }
        mien_clusters_free(&first);
    }
    free(x);
}

/* ---- who, and who else --------------------------------------------------- */

static void test_known_people_suggest_names(void)
{
    static const float at[] = {0, 0.1f, 0.2f, 5, 5.1f, 9, 9.1f, 9.2f, 9.3f};
    float *x = line(9, at);
    mien_people *p = NULL;
    mien_match match[3];
    mien_clusters c = cluster(x, 9, NULL);
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    CHECK_EQ(mien_people_add(p, "Ann", x, NULL), MIEN_OK);
    CHECK_EQ(mien_people_add(p, "Bob", x + 5 * D, NULL), MIEN_OK);
    CHECK_EQ(c.groups, 3);
    CHECK_EQ(mien_clusters_suggest(&c, x, p, NULL, match, NULL), MIEN_OK);
    CHECK(!strcmp(match[0].name, "Bob") && !strcmp(match[1].name, "Ann"));
    CHECK(match[2].name == NULL && match[2].person == -1);
    CHECK_NEAR((double)match[0].distance, 0.15, 1e-5);
    mien_people_free(p);
    mien_clusters_free(&c);
    free(x);
}

static void test_a_group_takes_what_is_near(void)
{
    static const float at[] = {0, 0.1f, 0.2f, 0.9f, 1.6f, 5, 5.1f, -0.6f};
    float *x = line(8, at);
    mien_clusters c = cluster(x, 8, NULL);
    int taken = -1;
    CHECK_EQ(c.groups, 2);
    CHECK_EQ(mien_clusters_pull(&c, D, x, 0, 0.75f, &taken, NULL), MIEN_OK);
    CHECK_EQ(taken, 2); /* 1.6 is near to 0.9 alone, which takes no others */
    CHECK(c.group[3] == 0 && c.group[7] == 0 && c.group[4] == -1);
    CHECK_EQ(c.begin[1], 5);
    CHECK_EQ(c.begin[2], 7);
    CHECK_EQ(c.member[7], 4);
    CHECK_EQ(c.group[5], 1);
    CHECK_EQ(mien_clusters_pull(&c, D, x, 1, 0.75f, NULL, NULL), MIEN_OK);
    CHECK_EQ(c.begin[2], 7);
    mien_clusters_free(&c);
    free(x);
}

/* ---- what is refused, and failures --------------------------------------- */

static mien_status attempt(const float *x, int n, int d,
                           const mien_cluster_options *o, const char *part)
{
    mien_clusters c = {0};
    mien_error err = {0};
    mien_status st = mien_cluster(n, d, x, o, &c, &err);
    CHECK_MSG(strstr(err.text, part), "%s: no %s", err.text, part);
    CHECK(!c.group && !c.n);
    mien_clusters_free(&c);
    return st;
}

static int stop(void *arg, int64_t done, int64_t of)
{
    CHECK(done <= of);
    return ++*(int *)arg > 0;
}

static void test_mistakes_are_refused(void)
{
    const mien_cluster_options good = MIEN_CLUSTER_DEFAULTS;
    mien_cluster_options o = good;
    float *x = make_people(8, D, 2, 0.2f, 1);
    int calls = 0;
    CHECK_EQ(attempt(x, -1, D, &o, "faces -1"), MIEN_EARG);
    CHECK_EQ(attempt(x, 8, 0, &o, "descriptor 0"), MIEN_EARG);
    o.threshold = -0.1f;
    CHECK_EQ(attempt(x, 8, D, &o, "threshold -0.1"), MIEN_EARG);
    o.threshold = NAN;
    CHECK_EQ(attempt(x, 8, D, &o, "threshold nan"), MIEN_EARG);
    o = good;
    o.least = 0;
    CHECK_EQ(attempt(x, 8, D, &o, "least 0"), MIEN_EARG);
    o = good;
    o.most = MIEN_CLUSTER_MOST + 1;
    CHECK_EQ(attempt(x, 8, D, &o, "most 65537"), MIEN_EARG);
    o = good;
    o.core = o.most + 2;
    CHECK_EQ(attempt(x, 8, D, &o, "core 130"), MIEN_EARG);
    o = good;
    o.rounds = 0;
    CHECK_EQ(attempt(x, 8, D, &o, "rounds 0"), MIEN_EARG);
    o = good;
    o.on_faces = stop;
    o.arg = &calls;
    CHECK_EQ(attempt(x, 8, D, &o, "stopped after 0 of 8"), MIEN_EARG);
    CHECK_EQ(calls, 1);
    x[5 * D + 3] = NAN;
    CHECK_EQ(attempt(x, 8, D, &good, "descriptor 5"), MIEN_EARG);
    x[5 * D + 3] = 1e16f;
    CHECK_EQ(attempt(x, 8, D, &good, "length 1e+16"), MIEN_EARG);
    x[5 * D + 3] = 1e15f;
    mien_clusters c = cluster(x, 8, NULL);
    CHECK_EQ(c.groups, 3);
    mien_clusters_free(&c);
    free(x);
}

/* Each allocation of a function in turn; where it fails nothing changed. */
static void test_memory_ends(void)
{
    static const float at[] = {0, 0.1f, 0.2f, 0.6f, 1.6f, 5, 5.1f, -0.6f};
    float *x = line(8, at);
    mien_people *p = NULL;
    mien_clusters c = {0};
    mien_match match[8] = {{NULL, 7, 0}};
    mien_status st = MIEN_ENOMEM;
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    int tries = 0;
    for (; st; tries++) {
        mi_alloc_fail_after(tries);
        st = mien_cluster(8, D, x, NULL, &c, NULL);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !c.group));
    }
    CHECK(tries > 12);
    for (st = MIEN_ENOMEM, tries = 0; st; tries++) {
        mi_alloc_fail_after(tries);
        st = mien_clusters_suggest(&c, x, p, NULL, match, NULL);
        CHECK_EQ(match[0].person, st ? 7 : -1);
    }
    CHECK(tries > 3);
    mi_alloc_fail_after(0);
    int from = c.begin[c.groups];
    CHECK_EQ(mien_clusters_pull(&c, D, x, 0, 2, NULL, NULL), MIEN_ENOMEM);
    CHECK_EQ(c.begin[c.groups], from);
    mi_alloc_fail_after(-1);
    mien_clusters_free(&c);
    mien_people_free(p);
    free(x);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_neighbours_are_those_of_plain_loops);
    RUN(test_rounding_loses_no_pair);
    RUN(test_people_far_apart_are_groups);
    RUN(test_density_follows_chains_between_cores);
    RUN(test_density_gives_a_face_to_the_nearest_core);
    RUN(test_whispers_do_not_follow_one_pair);
    RUN(test_whispers_end_where_each_agrees_with_most);
    RUN(test_threads_do_not_matter);
    RUN(test_known_people_suggest_names);
    RUN(test_a_group_takes_what_is_near);
    RUN(test_mistakes_are_refused);
    RUN(test_memory_ends);
    return check_done();
}
