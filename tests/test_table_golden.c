/* Tables against pandas' answers and article 1's counts, on the real files
 * under MIEN_SHARED. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "check.h"

#include "mien/table_columns.h"
#include "anscombe.h"
#include "golden_csv.h"

#include <jansson.h>

static mien_error err;

/* The whole file, or NULL; *n is how many bytes. */
static char *load(const char *name, size_t *n)
{
    char path[1024];
    golden_path(path, sizeof path, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *bytes = malloc((size_t)size + 1);
    *n = fread(bytes, 1, (size_t)size, f);
    fclose(f);
    return bytes;
}

static void near(double got, const json_t *want, const char *set,
                 const char *what)
{
    double x = json_number_value(want);
    CHECK_MSG(json_is_number(want) && fabs(got - x) <= 1e-6 * fabs(x),
              "set %s, %s: %.12g, want %.12g", set, what, got, x);
}

static void test_anscombe(const json_t *root)
{
    static const char *const names[] = {"I", "II", "III", "IV"};
    for (int i = 0; i < 4; i++) {
        const json_t *set =
            json_object_get(json_object_get(root, "anscombe"), names[i]);
        mien_column c[2] = {{"x", MIEN_COLUMN_NUMBER, anscombe[i][0], NULL, 0},
                            {"y", MIEN_COLUMN_NUMBER, anscombe[i][1], NULL, 0}};
        mien_table *t = NULL;
        mien_summary s[2];
        CHECK_EQ(mien_table_new(11, 2, c, &t, &err), MIEN_OK);
        CHECK_EQ(mien_table_describe(t, 0, NULL, NULL, s, &err), MIEN_OK);
        for (int j = 0; j < 2; j++) {
            const json_t *d =
                json_object_get(json_object_get(set, "describe"), c[j].name);
            near((double)s[j].count, json_object_get(d, "count"), names[i],
                 "count");
            near(s[j].mean, json_object_get(d, "mean"), names[i], "mean");
            near(s[j].deviation, json_object_get(d, "std"), names[i], "std");
            near(s[j].min, json_object_get(d, "min"), names[i], "min");
            near(s[j].q25, json_object_get(d, "25%"), names[i], "25%");
            near(s[j].median, json_object_get(d, "50%"), names[i], "50%");
            near(s[j].q75, json_object_get(d, "75%"), names[i], "75%");
            near(s[j].max, json_object_get(d, "max"), names[i], "max");
        }
        double r[4];
        const int xy[] = {0, 1};
        CHECK_EQ(mien_table_correlate(t, MIEN_CORRELATION_PEARSON, 2, xy, NULL,
                                      r, &err),
                 MIEN_OK);
        near(r[1], json_object_get(set, "corr"), names[i], "corr");
        CHECK_EQ(mien_table_correlate(t, MIEN_CORRELATION_SPEARMAN, 2, xy, NULL,
                                      r, &err),
                 MIEN_OK);
        near(r[1], json_object_get(set, "spearman"), names[i], "spearman");
        mien_table_free(t);
    }
}

static void test_paper_breaks(const char *bytes, size_t n)
{
    mien_table *t = NULL, *u = NULL;
    mien_label label;
    CHECK_EQ(mien_csv_read((const uint8_t *)bytes, n, NULL, &t, &err), MIEN_OK);
    CHECK_EQ(mien_table_rows(t), 18398);
    CHECK_EQ(mien_table_columns(t), 63);
    int y = mien_table_find(t, "y");
    CHECK_EQ(mien_label_find(t, y, NULL, &label, &err), MIEN_OK);
    CHECK_EQ(mien_table_curve_shift(t, y, &label, 2, NULL, &u, &err), MIEN_OK);
    CHECK_EQ(mien_table_rows(u), 18274);
    mien_column c = mien_table_column(u, y);
    double positives = 0;
    for (int64_t i = 0; i < mien_table_rows(u); i++)
        positives += c.number[i];
    CHECK_EQ((int)positives, 247);
    mien_table_free(t);
    mien_table_free(u);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    size_t n = 0, m = 0;
    char *json = load("goldens/tabular/sklearn.json", &n);
    char *csv = load("data/processminer/paper-breaks.csv", &m);
    if (!json || !csv) {
        free(json);
        free(csv);
        CHECK_SKIP("no goldens of tables under MIEN_SHARED");
    }
    json_t *root = json_loadb(json, n, 0, NULL);
    CHECK(root != NULL);
    RUN(test_anscombe, root);
    RUN(test_paper_breaks, csv, m);
    json_decref(root);
    free(json);
    free(csv);
    return check_done();
}
