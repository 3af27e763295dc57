/* AUC, average precision, curves, counts and report text of scikit-learn's
 * logistic regressions, from its coefficients and its table. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/metrics.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 5000, COLUMNS = 6 };
static double x[MAX_ROWS][COLUMNS], score[MAX_ROWS];
static uint8_t y[MAX_ROWS];
static int32_t truth[MAX_ROWS], called[MAX_ROWS];

static int read_table(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[1024];
    int n = 0;
    if (!f || !fgets(line, sizeof line, f))
        return 0;
    while (n < MAX_ROWS && fgets(line, sizeof line, f)) {
        char *at = line;
        for (int i = 0; i < COLUMNS; i++, at++)
            x[n][i] = strtod(at, &at);
        y[n++] = *at == '1';
    }
    fclose(f);
    return n;
}

static void check_near(double got, const json_t *golden, const char *name)
{
    double want = json_real_value(json_object_get(golden, name));
    CHECK_MSG(fabs(got - want) <= 1e-12 * want, "%s %.17g, want %.17g", name,
              got, want);
}

static void check_curves(const mien_ranking *r, const json_t *golden)
{
    double auc, ap;
    mien_curve roc, pr;
    CHECK_EQ(mien_ranking_auc(r, &auc, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_ap(r, &ap, NULL), MIEN_OK);
    check_near(auc, golden, "auc");
    check_near(ap, golden, "ap");
    CHECK_EQ(mien_ranking_roc(r, 1, &roc, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_pr(r, &pr, NULL), MIEN_OK);
    CHECK_EQ(roc.n, json_integer_value(json_object_get(golden, "roc_points")));
    CHECK_EQ(pr.n, json_integer_value(json_object_get(golden, "pr_points")));
    mien_curve_free(&roc);
    mien_curve_free(&pr);
}

static void check_counts(const mien_ranking *r, const json_t *golden)
{
    const json_t *m = json_object_get(golden, "confusion@0.5");
    mien_confusion c = mien_ranking_confusion(r, 0);
    double got[4] = {c.tn, c.fp, c.fn, c.tp};
    for (size_t i = 0; i < 4; i++)
        CHECK_EQ((long long)got[i], json_integer_value(json_array_get(
                                        json_array_get(m, i / 2), i % 2)));
}

static void check_one(const json_t *golden, int n)
{
    const json_t *coefficient = json_object_get(golden, "coef");
    for (int i = 0; i < n; i++) {
        score[i] = json_number_value(json_object_get(golden, "intercept"));
        for (size_t k = 0; k < COLUMNS; k++)
            score[i] +=
                x[i][k] * json_number_value(json_array_get(coefficient, k));
        truth[i] = y[i];
        called[i] = score[i] >= 0;
    }
    mien_scored rows = {n, y, score, NULL};
    mien_ranking *r = NULL;
    CHECK_EQ(mien_ranking_new(&rows, &r, NULL), MIEN_OK);
    check_curves(r, golden);
    check_counts(r, golden);
    mien_ranking_free(r);
    mien_bytes text = {0};
    mien_report_options o = MIEN_REPORT_DEFAULTS;
    o.digits = 4;
    const char *want = json_string_value(json_object_get(golden, "report"));
    CHECK_EQ(mien_report_text(n, truth, called, &o, &text, NULL), MIEN_OK);
    CHECK_MSG(!strcmp((const char *)text.data, want), "got\n%s\nwant\n%s",
              (const char *)text.data, want);
    mien_bytes_free(&text);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    shared = shared ? shared : "../shared";
    snprintf(path, sizeof path, "%s/goldens/tabular/sklearn.json", shared);
    json_t *goldens = json_load_file(path, 0, NULL);
    if (!goldens)
        CHECK_SKIP("%s is not there", path);
    const char *name, *kind;
    json_t *seed, *golden;
    json_object_foreach(goldens, name, seed)
    {
        json_t *fits = json_object_get(seed, "logistic");
        if (!fits)
            continue;
        snprintf(path, sizeof path, "%s/goldens/tabular/sklearn_%s.csv", shared,
                 name);
        int n = read_table(path);
        CHECK_MSG(n > 0, "%s cannot be read", path);
        json_object_foreach(fits, kind, golden) check_one(golden, n);
    }
    json_decref(goldens);
    return check_done();
}
