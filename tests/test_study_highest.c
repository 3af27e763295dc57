/* Of all rows of a table those with the highest scores are kept, whatever the
 * pieces it comes in. */
#include "mien/study_roles.h"
#include "tests/check.h"
#include "tests/study_make.h"

#include <stdlib.h>

enum { ROWS = 300 };

/* The rows that are kept are those that sorting all of them would give, also
 * when they were asked for in between. */
static void check_highest(mien_tabular *m, const mien_table *t, int most,
                          int64_t piece)
{
    static double decision[ROWS];
    int order[ROWS], n = 0, count = 0;
    mien_predictor *p = NULL;
    mien_predict_options o = MIEN_PREDICT_DEFAULTS;
    o.highest = most;
    mien_tabular_restart(m);
    CHECK_EQ(mien_tabular_decide(m, t, decision, NULL, NULL, NULL), MIEN_OK);
    for (int i = 0; i < ROWS; i++) {
        int at = n;
        if (isnan(decision[i]))
            continue;
        for (n++; at && decision[order[at - 1]] < decision[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    mien_tabular_restart(m);
    CHECK_EQ(mien_predictor_new(m, &o, &p, NULL), MIEN_OK);
    for (int64_t i = 0; i < ROWS; i += piece) {
        mien_table *part = NULL;
        int64_t row[ROWS], k = 0;
        for (; k < piece && i + k < ROWS; k++)
            row[k] = i + k;
        CHECK_EQ(mien_table_select_rows(t, k, row, &part, NULL), MIEN_OK);
        CHECK_EQ(mien_predictor_rows(p, part, NULL, NULL), MIEN_OK);
        mien_predictor_highest(p, &count);
        mien_table_free(part);
    }
    const mien_predicted *r = mien_predictor_highest(p, &count);
    CHECK_EQ(count, most < n ? most : n);
    for (int i = 0; i < count; i++) {
        CHECK_EQ((int)r[i].row, order[i] + 1);
        CHECK(r[i].decision == decision[order[i]] && r[i].tops == 3);
        CHECK(fabsf(r[i].part[0]) >= fabsf(r[i].part[1]));
    }
    mien_predictor_free(p);
}

static void test_highest_rows(void)
{
    char *text = study_csv(ROWS, 5);
    mien_table *t = study_table(text);
    mien_study_options how = study_options(MIEN_ESTIMATOR_LOGISTIC);
    how.recipe.window = 2;
    mien_study *s = study_must(t, &how);
    mien_bytes file = mien_study_model(s);
    mien_tabular *m = NULL;
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    for (int64_t piece = 3; piece <= ROWS; piece += ROWS - 3)
        for (int most = 1; most <= 2 * ROWS; most = most * 5 + 1)
            check_highest(m, t, most, piece);
    mien_predictor *p = NULL;
    mien_predict_options o = MIEN_PREDICT_DEFAULTS;
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    o.highest = 2;
    mien_tabular_restart(m);
    CHECK_EQ(mien_predictor_new(m, &o, &p, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_rows(p, t, NULL, NULL), MIEN_OK);
    mien_predictor_json(p, NULL, &j);
    char *said = study_text(&b);
    CHECK(strncmp(said, "{\"kind\":\"logistic\",\"label\":", 27) == 0);
    CHECK(strstr(said, "\"window\":2,\"rows\":"));
    CHECK(strstr(said, "\"missing\":0,\"unseen\":0}"));
    CHECK(strstr(said, ",\"alarm\":true,\"top\":[{\"name\":"));
    free(said);
    mien_predictor_free(p);
    o.highest = MIEN_PREDICT_MAX_HIGHEST + 1;
    CHECK_EQ(mien_predictor_new(m, &o, &p, NULL), MIEN_EARG);
    mien_tabular_free(m);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_highest_rows);
    return check_done();
}
