/* Anscombe's quartet: lines and parabolas as numpy and scikit-learn find
 * them. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/learn.h"

#include "tests/check.h"
#include "tests/golden_csv.h"

#include <jansson.h>

static const double x123[11] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
static const double x4[11] = {8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8};
static const double ys[4][11] = {
    {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
    {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
    {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
    {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89}};

static void check_set(const json_t *want, const double *x, const double *y)
{
    const mien_measured rows = {11, 1, x, y, NULL};
    mien_linear m = {0};
    CHECK(mien_linear_fit(&rows, 0, &m, NULL) == MIEN_OK);
    const char *const names[] = {"slope", "intercept", "r2"};
    const double got[] = {m.coef[0], m.intercept, m.r2};
    for (int i = 0; i < 3; i++) {
        double v = json_number_value(json_object_get(want, names[i]));
        CHECK_NEAR(got[i], v, 1e-6 * fabs(v));
    }
    mien_linear_done(&m);

    mien_polynomial f = {0};
    mien_error err = {0};
    const json_t *quadratic = json_object_get(want, "quadratic");
    mien_status st = mien_polynomial_fit(11, x, y, 2, &f, &err);
    if (json_is_null(quadratic)) {
        CHECK(st == MIEN_EFORMAT && err.text[0] && f.degree == 0);
        return;
    }
    CHECK(st == MIEN_OK);
    for (int i = 0; i < 3; i++) {
        double v =
            json_number_value(json_array_get(quadratic, (size_t)(2 - i)));
        CHECK_NEAR(f.coef[i], v, 1e-6 * fabs(v));
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char path[1024];
    golden_path(path, sizeof path, "goldens/tabular/sklearn.json");
    json_t *all = json_load_file(path, 0, NULL);
    if (!all)
        CHECK_SKIP("%s is not there", path);
    static const char *const sets[] = {"I", "II", "III", "IV"};
    for (int s = 0; s < 4; s++)
        RUN(check_set,
            json_object_get(json_object_get(all, "anscombe"), sets[s]),
            s == 3 ? x4 : x123, ys[s]);
    json_decref(all);
    return check_done();
}
