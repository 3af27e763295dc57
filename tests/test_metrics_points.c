/* Landmarks' errors by hand and by their properties; temperatures. */
#include "mien/metrics_points.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

/* Two faces of two eyes and a mouth: one off by (3, 4) at one eye, one whose
 * mouth is not known. */
static const float truth[] = {10, 10, 20, 10, 15, 20, 0, 0, 0, 8, NAN, NAN};
static const float found[] = {13, 14, 20, 10, 15, 20, 0, 0, 0, 8, 9, 9};
static const float box[] = {25, 16, 0, 8};

static mien_faces_scored faces(void)
{
    return (mien_faces_scored){2, 3, found, truth, box, 0, 1};
}

static void test_errors_by_hand(void)
{
    mien_faces_scored f = faces();
    mien_point_error e[2];
    CHECK_EQ(mien_point_errors_of(&f, e, NULL), MIEN_OK);
    CHECK_NEAR(e[0].square, 25. / 6, 1e-12);
    CHECK_NEAR(e[0].eyes, 5. / 3 / 10, 1e-12);
    CHECK_NEAR(e[0].box, 5. / 3 / 20, 1e-12);
    CHECK(e[0].known == 3 && e[1].known == 2);
    CHECK(e[1].square == 0 && e[1].eyes == 0 && isnan(e[1].box));
    mien_point_summary s = mien_point_summary_of(2, e, NULL, 0, .1);
    CHECK(s.n == 2 && s.eyes_n == 2);
    CHECK_NEAR(s.square, 25. / 12, 1e-12);
    CHECK_NEAR(s.eyes, 1. / 12, 1e-12);
    CHECK_NEAR(s.box, 1. / 12, 1e-12);
    CHECK_NEAR(s.failures, .5, 1e-12);
    CHECK_NEAR(s.area, .5, 1e-12);
}

static void test_what_cannot_be_measured(void)
{
    const float same[] = {1, 1, 1, 1, 4, 4}, none[] = {NAN, 1, NAN, 1, 1, NAN};
    mien_faces_scored f = {1, 3, found, same, NULL, 0, 1};
    mien_point_error e;
    mien_error err = {0};
    CHECK_EQ(mien_point_errors_of(&f, &e, NULL), MIEN_OK);
    CHECK(e.known == 3 && isnan(e.eyes) && isnan(e.box) && e.square > 0);
    f.truth = none;
    CHECK_EQ(mien_point_errors_of(&f, &e, NULL), MIEN_OK);
    CHECK(e.known == 0 && isnan(e.square));
    mien_point_summary s = mien_point_summary_of(1, &e, NULL, 0, .1);
    CHECK(s.n == 0 && isnan(s.square) && isnan(s.eyes) && isnan(s.failures));
    f.right_eye = 3;
    CHECK_EQ(mien_point_errors_of(&f, &e, &err), MIEN_EARG);
    CHECK(strstr(err.text, "the eyes 0 and 3") != NULL);
}

/* Groups add up to all, and the curve's area is the summary's. */
static void test_groups_and_curve(void)
{
    enum { N = 400, STEPS = 2001 };
    mien_point_error e[N];
    int group[N];
    double part[STEPS], area = 0;
    unsigned seed = 5;
    for (int i = 0; i < N; i++) {
        double v = check_rand(&seed) % 1000 / 6000.;
        e[i] = (mien_point_error){v * 90, v, v / 2, 5};
        group[i] = (int)(check_rand(&seed) % 3);
    }
    mien_point_summary all = mien_point_summary_of(N, e, NULL, 0, .1);
    double eyes = 0, failures = 0;
    int64_t n = 0;
    for (int g = 0; g < 3; g++) {
        mien_point_summary s = mien_point_summary_of(N, e, group, g, .1);
        n += s.n;
        eyes += s.eyes * (double)s.n;
        failures += s.failures * (double)s.n;
    }
    CHECK(n == N);
    CHECK_NEAR(eyes / N, all.eyes, 1e-12);
    CHECK_NEAR(failures / N, all.failures, 1e-12);
    mien_point_curve(N, e, STEPS, .1, part);
    for (int i = 1; i < STEPS; i++) {
        CHECK(part[i] >= part[i - 1]);
        area += (part[i] + part[i - 1]) / 2 / (STEPS - 1);
    }
    CHECK_NEAR(part[STEPS - 1], 1 - all.failures, 1e-12);
    CHECK_NEAR(area, all.area, 1e-3);
}

/* ---- temperature ------------------------------------------------------------
 */

static double loss_at(int n, const float *z, const int32_t *truth_of, double t)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double all = 0;
        for (int k = 0; k < 3; k++)
            all += exp((double)z[i * 3 + k] / t);
        sum += log(all) - (double)z[i * 3 + truth_of[i]] / t;
    }
    return sum / n;
}

static void test_temperature_is_a_minimum(void)
{
    enum { N = 300 };
    float z[N * 3];
    int32_t is[N];
    double t, before, after;
    unsigned seed = 2;
    for (int i = 0; i < N; i++) {
        is[i] = (int32_t)(check_rand(&seed) % 3);
        for (int k = 0; k < 3; k++)
            z[i * 3 + k] = (float)(check_rand(&seed) % 100) / 10 +
                           (k == is[i] ? 6.F : 0.F);
    }
    CHECK_EQ(mien_temperature_fit(N, 3, z, is, &t, &before, &after, NULL),
             MIEN_OK);
    CHECK_NEAR(before, loss_at(N, z, is, 1), 1e-9);
    CHECK_NEAR(after, loss_at(N, z, is, t), 1e-9);
    CHECK(after < before);
    CHECK(loss_at(N, z, is, t * 1.02) > after);
    CHECK(loss_at(N, z, is, t * .98) > after);
    /* Twice the logits need twice the temperature. */
    double twice;
    for (int i = 0; i < N * 3; i++)
        z[i] *= 2;
    CHECK_EQ(mien_temperature_fit(N, 3, z, is, &twice, NULL, NULL, NULL),
             MIEN_OK);
    CHECK_NEAR(twice, 2 * t, 1e-6);
}

static void test_temperature_has_ends(void)
{
    const float sure[] = {9, 0, 0, 0, 9, 0}, bad[] = {0, NAN, 1};
    const int32_t right[] = {0, 1}, wrong[] = {1, 2}, unknown[] = {-1, 7};
    double t, before;
    mien_error err = {0};
    CHECK_EQ(mien_temperature_fit(2, 3, sure, right, &t, NULL, NULL, NULL),
             MIEN_OK);
    CHECK_NEAR(t, .05, 1e-9);
    CHECK_EQ(mien_temperature_fit(2, 3, sure, wrong, &t, NULL, NULL, NULL),
             MIEN_OK);
    CHECK_NEAR(t, 20, 1e-9);
    CHECK_EQ(mien_temperature_fit(2, 3, sure, unknown, &t, &before, NULL, NULL),
             MIEN_OK);
    CHECK(t == 1 && before == 0);
    CHECK_EQ(mien_temperature_fit(1, 3, bad, right, &t, NULL, NULL, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "row 0: a logit of") != NULL);
    CHECK_EQ(mien_temperature_fit(1, 1, bad, right, &t, NULL, NULL, NULL),
             MIEN_EARG);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_errors_by_hand);
    RUN(test_what_cannot_be_measured);
    RUN(test_groups_and_curve);
    RUN(test_temperature_is_a_minimum);
    RUN(test_temperature_has_ends);
    return check_done();
}
