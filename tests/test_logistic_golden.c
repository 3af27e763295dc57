/* Coefficients of logistic regressions as scikit-learn finds them. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/learn.h"

#include "tests/check.h"
#include "tests/golden_csv.h"

#include <jansson.h>

static void check_fit(const golden_csv *t, const json_t *want, const char *what,
                      mien_solver solver)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    o.solver = solver;
    o.max_iterations = 1000;
    if (strcmp(what, "weights4to5") == 0)
        o.class_weight[0] = 4, o.class_weight[1] = 5;
    if (strcmp(what, "balanced") == 0)
        o.balanced = 1;
    if (strcmp(what, "C0.01") == 0)
        o.c = 0.01;
    const mien_labelled rows = {t->n, t->p, t->x, t->y, NULL};
    mien_logistic m = {0};
    mien_error err = {0};
    mien_status st = mien_logistic_fit(&rows, &o, &m, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", what, err.text);
    if (st != MIEN_OK)
        return;
    CHECK(m.converged && !m.separated && m.rank == t->p);
    const json_t *coef = json_object_get(want, "coef");
    double b = json_number_value(json_object_get(want, "intercept"));
    CHECK_NEAR(m.intercept, b, 1e-6 * fabs(b));
    for (int j = 0; j < t->p; j++) {
        double c = json_number_value(json_array_get(coef, (size_t)j));
        CHECK_NEAR(m.coef[j], c, 1e-6 * fabs(c));
    }

    const json_t *cm = json_object_get(want, "confusion@0.5");
    double *p = calloc((size_t)t->n, sizeof *p);
    mien_logistic_predict(&m, t->n, t->x, p);
    int64_t count[2][2] = {{0, 0}, {0, 0}};
    for (int64_t i = 0; i < t->n; i++)
        count[t->y[i]][p[i] > 0.5]++;
    for (size_t i = 0; i < 4; i++)
        CHECK_EQ(count[i / 2][i % 2], json_integer_value(json_array_get(
                                          json_array_get(cm, i / 2), i % 2)));
    free(p);
    mien_logistic_done(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    static const char *const seeds[] = {"seed0", "seed1", "seed123"};
    char path[1024];
    golden_path(path, sizeof path, "goldens/tabular/sklearn.json");
    json_t *all = json_load_file(path, 0, NULL);
    if (!all)
        CHECK_SKIP("%s is not there", path);
    for (int s = 0; s < 3; s++) {
        golden_csv t;
        snprintf(path, sizeof path, "goldens/tabular/sklearn_%s.csv", seeds[s]);
        if (!golden_csv_read(path, &t))
            CHECK_SKIP("%s is not there", path);
        const json_t *fits =
            json_object_get(json_object_get(all, seeds[s]), "logistic");
        const char *what;
        json_t *want;
        json_object_foreach((json_t *)(uintptr_t)fits, what, want)
        {
            RUN(check_fit, &t, want, what, MIEN_SOLVER_SCIKIT);
        }
        golden_csv_done(&t);
    }
    json_decref(all);
    return check_done();
}
