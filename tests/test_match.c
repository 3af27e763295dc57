/* Known people: distances, the nearest, nobody, votes, what is forgotten. */
#include "base/alloc.h"
#include "mien/match.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { D = MIEN_DESCRIPTOR };

static mien_people *nobody(void)
{
    mien_people *p = NULL;
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    return p;
}

/* A descriptor whose first number is v and whose others are 0: distances along
 * a line. */
static const float *at(float v)
{
    static float d[4][D];
    static int next;
    float *one = d[next++ % 4];
    memset(one, 0, sizeof d[0]);
    one[0] = v;
    return one;
}

static void add(mien_people *p, const char *name, float v)
{
    CHECK_EQ(mien_people_add(p, name, at(v), NULL), MIEN_OK);
}

static void random_descriptor(unsigned *seed, float *out)
{
    for (int i = 0; i < D; i++)
        out[i] = (float)(check_rand(seed) % 2000) / 16000 - 0.0625f;
}

static void test_distance_and_verdict(void)
{
    float a[D], b[D];
    unsigned seed = 1;
    random_descriptor(&seed, a);
    random_descriptor(&seed, b);
    double sum = 0;
    for (int i = 0; i < D; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    CHECK(mien_descriptor_distance(a, b) == (float)sqrt(sum));
    CHECK(mien_descriptor_distance(b, a) == (float)sqrt(sum));
    CHECK(mien_descriptor_distance(a, a) == 0);
    mien_verification v = mien_verify(at(0), at(0.5f), MIEN_SAME_PERSON);
    CHECK(v.same && v.distance == 0.5f && v.threshold == 0.6f);
    CHECK(!mien_verify(at(0), at(0.5f), 0.5f).same); /* not below it */
    CHECK(!mien_verify(at(0), at(0), 0).same);
    CHECK(!mien_verify(at(NAN), at(0), 4).same);
}

static void test_nearest_person_or_nobody(void)
{
    mien_people *p = nobody();
    mien_match m = mien_people_match(p, at(0), NULL);
    CHECK(!m.name && m.person == -1 && isnan(m.distance));
    add(p, "Ann", 0);
    add(p, "Bob", 1);
    add(p, "Ann", 3);
    CHECK_EQ(mien_people_count(p), 2);
    m = mien_people_match(p, at(1.25f), NULL);
    CHECK(m.person == 1 && strcmp(m.name, "Bob") == 0 && m.distance == 0.25f);
    m = mien_people_match(p, at(2.75f), NULL);
    CHECK(m.person == 0 && m.distance == 0.25f);
    m = mien_people_match(p, at(2), NULL); /* far from both */
    CHECK(m.person == -1 && !m.name && m.distance == 1);
    m = mien_people_match(p, at(0.5f), NULL); /* of equals the first added */
    CHECK(m.person == 0 && m.distance == 0.5f);
    m = mien_people_match(p, at(NAN), NULL);
    CHECK(m.person == -1 && isnan(m.distance));
    m = mien_people_match(p, NULL, NULL);
    CHECK(m.person == -1 && isnan(m.distance));
    mien_people_free(p);
    mien_people_free(NULL);
}

static void test_a_distance_equal_to_the_threshold(void)
{
    mien_people *p = nobody();
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    add(p, "Ann", 0);
    o.threshold = 0.5f;
    CHECK(mien_people_match(p, at(0.5f), &o).person == -1);
    o.at_most = 1;
    CHECK(mien_people_match(p, at(0.5f), &o).person == 0);
    o.threshold = 0;
    CHECK(mien_people_match(p, at(0), &o).person == 0);
    CHECK(mien_people_match(p, at(0.001f), &o).person == -1);
    mien_people_free(p);
}

/* What was measured on LFW for one photo each of so many people, per cent. */
static void test_strangers(void)
{
    static const struct {
        int known;
        double within, strangers;
    } measured[] = {{1, 0.6, 0.7},  {5, 0.6, 3.2},   {20, 0.6, 11.6},
                    {50, 0.6, 24},  {200, 0.6, 56},  {200, 0.5, 3.2},
                    {50, 0.5, 0.9}, {100, 0.52, 3.8}};
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        double got = 100 * mien_match_strangers(measured[i].known,
                                                (float)measured[i].within);
        /* never much less than was seen, and not twice as many */
        CHECK_MSG(got > 0.9 * measured[i].strangers &&
                      got < 1.6 * measured[i].strangers,
                  "%d known: %g, measured %g", measured[i].known, got,
                  measured[i].strangers);
    }
    CHECK(mien_match_strangers(0, 4) == 0 && mien_match_strangers(9, 0) == 0);
    CHECK(mien_match_strangers(9, NAN) == 0);
    CHECK(mien_match_strangers(1, 4) == 1);
    CHECK(mien_match_threshold(0, 0.01) == MIEN_SAME_PERSON);
    CHECK(mien_match_threshold(1, 0.01) == MIEN_SAME_PERSON);
    float before = 1;
    for (int n = 1; n < 1000000; n *= 3) {
        float t = mien_match_threshold(n, 0.01);
        CHECK(t <= before && t > 0.2f);
        if (t < MIEN_SAME_PERSON)
            CHECK(fabs(mien_match_strangers(n, t) - 0.01) < 1e-5);
        CHECK(mien_match_threshold(n, 0.001) <= t);
        before = t;
    }
}

/* The default follows how many are known. */
static void test_the_threshold_follows_how_many_are_known(void)
{
    mien_people *p = nobody();
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    char name[16];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "%d", i / 2);
        add(p, name, (float)(10 * i));
    }
    float t = mien_people_threshold(p, NULL);
    CHECK(t == mien_match_threshold(50, 0.01) && t > 0.49f && t < 0.51f);
    CHECK_EQ(mien_people_match(p, at(0.48f), NULL).person, 0);
    CHECK_EQ(mien_people_match(p, at(0.55f), NULL).person, -1);
    o.rule = MIEN_MATCH_MEAN;
    CHECK(mien_people_threshold(p, &o) == mien_match_threshold(25, 0.01));
    o.false_match = 0.2;
    CHECK(mien_people_threshold(p, &o) == mien_match_threshold(25, 0.2));
    o.threshold = 0.55f;
    CHECK(mien_people_threshold(p, &o) == 0.55f);
    mien_people_free(p);
}

/* Equal distances go to the descriptor added first, also when its person's
 * others came later. */
static void test_equals_in_the_order_they_were_added(void)
{
    mien_people *p = nobody();
    add(p, "Ann", 9);
    add(p, "Bob", 1);
    add(p, "Ann", 1);
    CHECK_EQ(mien_people_match(p, at(1), NULL).person, 1);
    mien_people_free(p);
}

/* FaceMatcher.findBestMatch of face-api.js, written as it stands there. */
static mien_match find_best_match(const mien_people *p, const float *query,
                                  double threshold)
{
    int best = -1;
    double least = 0;
    for (int i = 0; i < mien_people_count(p); i++) {
        const float *d;
        double sum = 0;
        int n = 0;
        for (; (d = mien_people_descriptor(p, i, n)); n++) {
            double square = 0;
            for (int k = 0; k < D; k++)
                square += ((double)d[k] - (double)query[k]) *
                          ((double)d[k] - (double)query[k]);
            sum += sqrt(square);
        }
        sum /= n;
        if (best < 0 || !(least < sum)) {
            least = sum;
            best = i;
        }
    }
    int known = least < threshold;
    return (mien_match){known ? mien_people_name(p, best) : NULL,
                        known ? best : -1, (float)least};
}

static void test_the_mean_is_face_apis(void)
{
    mien_people *p = nobody();
    unsigned seed = 7;
    float d[D];
    char name[16];
    for (int i = 0; i < 60; i++) {
        random_descriptor(&seed, d);
        snprintf(name, sizeof name, "p%u", check_rand(&seed) % 9);
        CHECK_EQ(mien_people_add(p, name, d, NULL), MIEN_OK);
    }
    mien_match_options o = {MIEN_MATCH_MEAN, 0.58f, 0, MIEN_FALSE_MATCH};
    int known = 0;
    for (int i = 0; i < 50; i++) {
        random_descriptor(&seed, d);
        mien_match got = mien_people_match(p, d, &o);
        mien_match want = find_best_match(p, d, (double)0.58f);
        CHECK(got.person == want.person && got.distance == want.distance);
        CHECK(got.name == want.name);
        known += got.person >= 0;
    }
    CHECK(known > 0 && known < 50);
    mien_people_free(p);
    p = nobody();
    add(p, "Ann", 0);
    add(p, "Bob", 0.25f);
    CHECK_EQ(mien_people_match(p, at(0.125f), &o).person, 1); /* the last */
    mien_people_free(p);
}

static void test_removed_people_are_gone(void)
{
    mien_people *p = nobody();
    for (int i = 0; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%d", i % 4);
        add(p, name, (float)i);
    }
    CHECK_EQ(mien_people_remove(p, "p1"), 10);
    CHECK_EQ(mien_people_remove(p, "p1"), 0);
    CHECK_EQ(mien_people_count(p), 3);
    CHECK(strcmp(mien_people_name(p, 1), "p2") == 0);
    CHECK(mien_people_descriptor(p, 1, 9)[0] == 38);
    CHECK(mien_people_descriptor(p, 1, 10) == NULL);
    CHECK_EQ(mien_people_match(p, at(13), NULL).person, -1);
    CHECK_EQ(mien_people_match(p, at(14), NULL).person, 1);
    CHECK_EQ(mien_people_match(p, at(39), NULL).person, 2);
    for (int i = 0; i < 40; i++)
        add(p, "p1", (float)i);
    CHECK_EQ(mien_people_count(p), 4);
    CHECK(strcmp(mien_people_name(p, 3), "p1") == 0);
    CHECK_EQ(mien_people_match(p, at(13), NULL).person, 3);
    mien_people_free(p);
}

/* Hundreds of names, added and removed at random, against a plain list. */
static void test_names_as_in_a_plain_list(void)
{
    enum { MOST = 4000 };
    static struct {
        int name;
        float v;
    } list[MOST];
    mien_people *p = nobody();
    unsigned seed = 5;
    int n = 0;
    char name[16];
    for (int step = 0; step < MOST; step++) {
        int who = check_rand(&seed) % 8 ? (int)(check_rand(&seed) % 300) : 7;
        snprintf(name, sizeof name, "p%d", who);
        if (check_rand(&seed) % 60) {
            list[n].name = who;
            list[n++].v = (float)step;
            add(p, name, (float)step);
            continue;
        }
        int kept = 0;
        for (int i = 0; i < n; i++)
            if (list[i].name != who)
                list[kept++] = list[i];
        CHECK_EQ(mien_people_remove(p, name), n - kept);
        n = kept;
    }
    int seen = 0;
    for (int i = 0; i < mien_people_count(p); i++) {
        const float *d;
        int k = 0, of = (int)strtol(mien_people_name(p, i) + 1, NULL, 10);
        for (int j = 0; j < n; j++)
            if (list[j].name == of) {
                d = mien_people_descriptor(p, i, k++);
                CHECK(d && d[0] == list[j].v);
                mien_match m = mien_people_match(p, at(list[j].v), NULL);
                CHECK(m.person == i && m.distance == 0);
            }
        CHECK(k > 0 && !mien_people_descriptor(p, i, k));
        seen += k;
    }
    CHECK(seen == n && n > 100);
    mien_people_free(p);
}

static void test_votes(void)
{
    mien_people *p = nobody();
    float d[6][D] = {{0}};
    int votes[3];
    mien_match m;
    add(p, "Ann", 0);
    add(p, "Bob", 1);
    const float all[] = {0.25f, 1.125f, 0.875f, 5, 1.25f, 0};
    for (int i = 0; i < 6; i++)
        d[i][0] = all[i];
    CHECK_EQ(mien_people_vote(p, 6, d[0], NULL, votes, &m, NULL), MIEN_OK);
    CHECK(votes[0] == 2 && votes[1] == 3 && votes[2] == 1);
    CHECK(m.person == 1 && strcmp(m.name, "Bob") == 0);
    CHECK_NEAR(m.distance, 0.5 / 3, 1e-7);
    /* as many for both: the nearer one */
    CHECK_EQ(mien_people_vote(p, 2, d[0], NULL, NULL, &m, NULL), MIEN_OK);
    CHECK(m.person == 1 && m.distance == 0.125f);
    /* one for Ann, one for nobody: Ann */
    d[0][0] = 5;
    d[1][0] = 0.5f;
    CHECK_EQ(mien_people_vote(p, 2, d[0], NULL, votes, &m, NULL), MIEN_OK);
    CHECK(m.person == 0 && votes[2] == 1);
    d[1][0] = 7;
    CHECK_EQ(mien_people_vote(p, 2, d[0], NULL, votes, &m, NULL), MIEN_OK);
    CHECK(m.person == -1 && !m.name && votes[2] == 2 && m.distance == 5);
    CHECK_EQ(mien_people_vote(p, 0, NULL, NULL, votes, &m, NULL), MIEN_OK);
    CHECK(m.person == -1 && isnan(m.distance) && votes[2] == 0);
    mien_people_free(p);
}

static void test_histogram_of_distances(void)
{
    mien_people *p = nobody();
    int64_t same[4], different[4];
    add(p, "Ann", 0);
    add(p, "Ann", 0.1f);
    add(p, "Bob", 0.6f);
    add(p, "Bob", 1.9f);
    mien_people_histogram(p, 4, 1, same, different);
    const int64_t want_same[] = {1, 0, 0, 1}, want_different[] = {0, 0, 2, 2};
    CHECK(memcmp(same, want_same, sizeof same) == 0);
    CHECK(memcmp(different, want_different, sizeof same) == 0);
    mien_people_free(p);
}

static void test_pairs_nearer_than_a_threshold(void)
{
    mien_people *p = nobody();
    mien_pairs n = mien_people_pairs(p, 4);
    CHECK(n.same == 0 && n.different == 0 && n.different_near == 0);
    add(p, "Ann", 0);
    add(p, "Bob", 0.5f);
    add(p, "Ann", 0.25f);
    add(p, "Bob", 2);
    n = mien_people_pairs(p, 0.5f); /* 0.5 exactly is not near */
    CHECK(n.same == 2 && n.same_near == 1);
    CHECK(n.different == 4 && n.different_near == 1);
    n = mien_people_pairs(p, 4);
    CHECK(n.same_near == 2 && n.different_near == 4);
    n = mien_people_pairs(p, 0);
    CHECK(n.same_near == 0 && n.different_near == 0);
    mien_people_free(p);
}

static void test_strangers_among_people(void)
{
    mien_people *p = nobody();
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    CHECK(mien_people_strangers(p, NULL) == 0);
    for (int i = 0; i < 12; i++)
        add(p, i % 2 ? "Ann" : "Bob", (float)i);
    CHECK(mien_people_strangers(p, NULL) <= MIEN_FALSE_MATCH);
    o.threshold = 0.55f;
    CHECK(mien_people_strangers(p, &o) == mien_match_strangers(12, 0.55f));
    o.rule = MIEN_MATCH_MEAN;
    CHECK(mien_people_strangers(p, &o) == mien_match_strangers(2, 0.55f));
    mien_people_free(p);
}

static void test_which_descriptor_gave_the_name(void)
{
    mien_people *p = nobody();
    float d = 0;
    add(p, "Ann", 0);
    add(p, "Bob", 0.5f);
    add(p, "Ann", 1);
    add(p, "Ann", 2);
    CHECK_EQ(mien_people_closest(p, 0, at(0.875f), &d), 1);
    CHECK(d == 0.125f);
    CHECK_EQ(mien_people_closest(p, 0, at(0.5f), &d), 0); /* of equals */
    CHECK_EQ(mien_people_closest(p, 0, at(3), NULL), 2);
    CHECK_EQ(mien_people_closest(p, 1, at(3), &d), 0);
    CHECK(d == 2.5f);
    mien_people_free(p);
}

static void test_what_may_not_be_added(void)
{
    mien_people *p = nobody();
    mien_error err = {0};
    CHECK_EQ(mien_people_add(p, "", at(0), &err), MIEN_EARG);
    CHECK(strstr(err.text, "name"));
    CHECK_EQ(mien_people_add(p, "Ann", at(NAN), &err), MIEN_EARG);
    CHECK(strstr(err.text, "Ann") && strstr(err.text, "number 0"));
    CHECK_EQ(mien_people_count(p), 0);
    mien_people_free(p);
}

/* Descriptors of 512 numbers, of which the last alone differ. */
static void test_people_by_another_network(void)
{
    enum { WIDE = MIEN_DESCRIPTOR_MOST };
    static float d[4][WIDE];
    const mien_match_options mean = {MIEN_MATCH_MEAN, -1, 0, 0.01};
    mien_people *p = NULL;
    mien_match m;
    int64_t same[2], different[2];
    int votes[3];
    float far = 0;
    CHECK_EQ(mien_people_new_by(MIEN_DESCRIBER_MOBILEFACENET, &p, NULL),
             MIEN_OK);
    CHECK_EQ(mien_people_describer(p), MIEN_DESCRIBER_MOBILEFACENET);
    for (int i = 0; i < 4; i++)
        d[i][WIDE - 1] = (float)i;
    CHECK_EQ(mien_people_add(p, "Ann", d[0], NULL), MIEN_OK);
    CHECK_EQ(mien_people_add(p, "Bob", d[3], NULL), MIEN_OK);
    CHECK_EQ(mien_people_add(p, "Ann", d[1], NULL), MIEN_OK);
    d[2][WIDE - 1] = INFINITY;
    CHECK_EQ(mien_people_add(p, "Bob", d[2], NULL), MIEN_EARG);
    d[2][WIDE - 1] = 2.2F;
    CHECK_EQ(mien_people_threshold(p, NULL),
             mien_match_threshold_by(MIEN_DESCRIBER_MOBILEFACENET, 3, 0.01));
    CHECK(mien_people_strangers(p, NULL) <= 0.01);
    m = mien_people_match(p, d[2], NULL);
    CHECK(m.person == 1 && fabsf(m.distance - 0.8F) < 1e-6F);
    m = mien_people_match(p, d[0], &mean);
    CHECK(m.person == 0 && m.distance == 0.5F);
    CHECK_EQ(mien_people_vote(p, 4, d[0], NULL, votes, &m, NULL), MIEN_OK);
    CHECK(votes[0] == 2 && votes[1] == 2 && votes[2] == 0 && m.person == 0);
    CHECK_EQ(mien_people_closest(p, 0, d[2], &far), 1);
    CHECK(fabsf(far - 1.2F) < 1e-6F);
    mien_people_histogram(p, 2, 3, same, different);
    CHECK(same[0] == 1 && !same[1] && !different[0] && different[1] == 2);
    mien_pairs pairs = mien_people_pairs(p, 2.5F);
    CHECK(pairs.same_near == 1 && pairs.different_near == 1);
    CHECK_EQ(mien_people_descriptor(p, 1, 0)[WIDE - 1], 3);
    mien_people_free(p);
}

/* How many strangers get a name grows with the distance and the known. */
static void test_strangers_by_another_network(void)
{
    const mien_describer d = MIEN_DESCRIBER_MOBILEFACENET;
    double before = 0;
    for (float t = 0.5F; t < 1.4F; t += 0.01F) {
        double now = mien_match_strangers_by(d, 50, t);
        CHECK(now >= before && now <= 1);
        before = now;
    }
    for (int n = 1; n < 1000000; n *= 3) {
        float t = mien_match_threshold_by(d, n, 0.01);
        CHECK(t <= mien_describer_threshold(d) && t > 0.5F);
        if (t < mien_describer_threshold(d))
            CHECK(fabs(mien_match_strangers_by(d, n, t) - 0.01) < 1e-5);
    }
    CHECK_EQ(mien_match_strangers_by(MIEN_DESCRIBER_DLIB, 9, 0.5F),
             mien_match_strangers(9, 0.5F));
    CHECK_EQ(mien_match_strangers_by((mien_describer)99, 9, 0.5F),
             mien_match_strangers(9, 0.5F));
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 100; n++) {
        mien_people *p = NULL;
        mien_match m = {NULL, 7, 0};
        int added = 0;
        mi_alloc_fail_after(n);
        st = mien_people_new(&p, NULL);
        for (int i = 0; st == MIEN_OK && i < 40; i++) {
            char name[16];
            snprintf(name, sizeof name, "p%d", i / 2);
            st = mien_people_add(p, name, at((float)i), NULL);
            added += st == MIEN_OK;
        }
        if (st == MIEN_OK)
            st = mien_people_vote(p, 1, at(1), NULL, NULL, &m, NULL);
        mi_alloc_fail_after(-1);
        CHECK(m.person == (st == MIEN_OK ? 0 : 7));
        if (p) {
            int kept = 0;
            for (int i = 0; i < mien_people_count(p); i++)
                for (int k = 0; mien_people_descriptor(p, i, k); k++)
                    kept++;
            CHECK_EQ(kept, added);
        }
        mien_people_free(p);
    }
    CHECK_EQ(st, MIEN_OK);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_distance_and_verdict);
    RUN(test_nearest_person_or_nobody);
    RUN(test_a_distance_equal_to_the_threshold);
    RUN(test_strangers);
    RUN(test_the_threshold_follows_how_many_are_known);
    RUN(test_equals_in_the_order_they_were_added);
    RUN(test_the_mean_is_face_apis);
    RUN(test_removed_people_are_gone);
    RUN(test_names_as_in_a_plain_list);
    RUN(test_votes);
    RUN(test_histogram_of_distances);
    RUN(test_pairs_nearer_than_a_threshold);
    RUN(test_strangers_among_people);
    RUN(test_which_descriptor_gave_the_name);
    RUN(test_people_by_another_network);
    RUN(test_strangers_by_another_network);
    RUN(test_what_may_not_be_added);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
