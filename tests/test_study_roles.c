/* test_study_roles.c: which data a model learned from, was given and inferred,
 * in its file, its figures and beside its predictions.
 *
 * Not as WebAssembly: jansson reads what was written. */
#include "base/alloc.h"
#include "mien/study_roles.h"
#include "tests/check.h"
#include "tests/study_make.h"

static const char digest[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const mien_data_terms terms = {"2031-01-31", "a contract", digest};

/* A model that was made on these terms, read from its file. */
static mien_tabular *model_of(mien_data_terms on, mien_buffer *metrics)
{
    mien_table *t = NULL;
    char *csv = study_csv(400, 3);
    mien_tabular *m = NULL;
    mien_error err = {0};
    t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.terms = on;
    mien_study *s = study_must(t, &o);
    mien_bytes file = mien_study_model(s);
    CHECK_MSG(!mien_tabular_read(file.data, file.n, &m, &err), "%s", err.text);
    if (metrics)
        mien_study_metrics(s, metrics);
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
    return m;
}

/* The names of parts of a role, with commas; here or elsewhere. */
static const char *names(const mien_roles *r, mien_role role, int elsewhere)
{
    static char out[400];
    const mien_roles_part *p = NULL;
    *out = 0;
    for (int i = 0; (p = mien_roles_part_at(r, i)); i++) {
        size_t n = strlen(out);
        if (p->role == role && p->elsewhere == elsewhere)
            snprintf(out + n, sizeof out - n, "%s%s", n ? "," : "", p->name);
    }
    return out;
}

static void test_a_model_tells_what_it_learned_from(void)
{
    mien_buffer metrics = {0};
    mien_tabular *m = model_of(terms, &metrics);
    mien_roles *r = NULL;
    mien_error err = {0};
    int days = 0;
    CHECK(strcmp(mien_tabular_text(m, "data_role"), "training") == 0);
    CHECK(strcmp(mien_tabular_text(m, "data_rows"), "400") == 0);
    CHECK(strcmp(mien_tabular_text(m, "basis"), "a contract") == 0);
    CHECK(strcmp(mien_tabular_text(m, "inferred_by"), digest) == 0);
    CHECK_EQ(mien_roles_of_model(m, digest, &r, &err), MIEN_OK);
    CHECK(strcmp(names(r, MIEN_ROLE_TRAINING, 0), "a,b,kind,y") == 0);
    CHECK_EQ(mien_roles_count(r, MIEN_ROLE_INFERRED), 0);
    CHECK(mien_roles_left(r, "2031-01-30", &days) && days == 1);
    mien_roles_free(r);
    CHECK_EQ(mien_roles_of_model(m, "none", &r, &err), MIEN_EARG);
    mien_tabular_free(m);
    char *text = study_text(&metrics);
    CHECK(strstr(text, "\"role\": \"training\""));
    CHECK(strstr(text, "\"retention\": \"2031-01-31\""));
    CHECK(strstr(text, "\"basis\": \"a contract\""));
    free(text);
}

static void test_what_nobody_said_is_not_said(void)
{
    mien_buffer metrics = {0};
    mien_tabular *m =
        model_of((mien_data_terms){"two years", NULL, NULL}, &metrics);
    mien_roles *r = NULL;
    int days = 0;
    CHECK(!*mien_tabular_text(m, "basis") &&
          !*mien_tabular_text(m, "inferred_by"));
    CHECK_EQ(mien_roles_of_model(m, digest, &r, NULL), MIEN_OK);
    CHECK(!mien_roles_left(r, "2031-01-30", &days));
    CHECK(strcmp(mien_roles_facts_of(r)->kept, "two years") == 0);
    mien_roles_free(r);
    mien_tabular_free(m);
    char *text = study_text(&metrics);
    CHECK(strstr(text, "\"basis\": null") &&
          strstr(text, "\"inferred_by\": null"));
    free(text);
}

static const mien_roles_facts facts = {"p.csv",      digest, digest, "t.csv",
                                       "2026-11-30", "",     ""};

/* The names in the first line of the CSV are those of its parts. */
static void test_each_column_of_predictions_has_a_role(void)
{
    mien_tabular *m = model_of(terms, NULL);
    for (int top = 0; top <= MIEN_PREDICT_MAX_TOP; top += 4) {
        mien_predict_options o = MIEN_PREDICT_DEFAULTS;
        mien_predictor *p = NULL;
        mien_roles *r = NULL;
        mien_buffer head = {0};
        char all[800];
        o.top = top;
        CHECK_EQ(mien_predictor_new(m, &o, &p, NULL), MIEN_OK);
        CHECK_EQ(mien_predictor_roles(p, 0, &facts, &r, NULL), MIEN_OK);
        mien_predictor_head(p, &head);
        char *text = study_text(&head);
        snprintf(all, sizeof all, "%s", names(r, MIEN_ROLE_INPUT, 0));
        snprintf(all + strlen(all), sizeof all - strlen(all), ",%s\n",
                 names(r, MIEN_ROLE_INFERRED, 0));
        CHECK_MSG(strcmp(all, text) == 0, "%s, want %s", all, text);
        CHECK(strcmp(names(r, MIEN_ROLE_INPUT, 1), "a,b,kind") == 0);
        free(text);
        mien_roles_free(r);
        mien_predictor_free(p);
    }
    mien_tabular_free(m);
}

static void test_json_has_its_roles_in_it(void)
{
    mien_tabular *m = model_of(terms, NULL);
    mien_predictor *p = NULL;
    mien_roles *r = NULL, *back = NULL;
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 0);
    mien_roles_facts f = facts;
    f.file = f.sha256 = "";
    CHECK_EQ(mien_predictor_new(m, NULL, &p, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_roles(p, 1, &f, &r, NULL), MIEN_OK);
    mien_predictor_json(p, r, &j);
    CHECK_EQ(mien_roles_read(out.data, out.n, &back, NULL), MIEN_OK);
    CHECK(strcmp(names(back, MIEN_ROLE_INFERRED, 0), "scored,alarms,highest") ==
          0);
    CHECK(strcmp(names(back, MIEN_ROLE_INPUT, 0), "rows,columns") == 0);
    CHECK(strcmp(names(back, MIEN_ROLE_INPUT, 1), "a,b,kind") == 0);
    mien_buffer_free(&out);
    mien_roles_free(r);
    mien_roles_free(back);
    mien_predictor_free(p);
    mien_tabular_free(m);
}

static void test_memory_that_ends_is_reported(void)
{
    mien_tabular *m = model_of(terms, NULL);
    mien_predictor *p = NULL;
    CHECK_EQ(mien_predictor_new(m, NULL, &p, NULL), MIEN_OK);
    for (int kind = 0; kind < 3; kind++) {
        mien_roles *r = NULL;
        for (long n = 0; !r && n < 100; n++) {
            mi_alloc_fail_after(n);
            mien_status st =
                kind < 2 ? mien_predictor_roles(p, kind, &facts, &r, NULL)
                         : mien_roles_of_model(m, digest, &r, NULL);
            mi_alloc_fail_after(-1);
            CHECK(st == MIEN_ENOMEM ? !r : !st && r);
        }
        CHECK(r != NULL);
        mien_roles_free(r);
    }
    mien_predictor_free(p);
    mien_tabular_free(m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_model_tells_what_it_learned_from);
    RUN(test_what_nobody_said_is_not_said);
    RUN(test_each_column_of_predictions_has_a_role);
    RUN(test_json_has_its_roles_in_it);
    RUN(test_memory_that_ends_is_reported);
    return check_done();
}
