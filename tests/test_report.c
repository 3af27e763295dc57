/* Reports: tables described, remarks, pictures of tables, pages; what cannot be
 * drawn is refused. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/report_table.h"
#include "tests/anscombe.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char csv[] = "a,b,kind,empty,c\n"
                          "1,5,red,,1\n"
                          "2.5,5,blue,,2.5\n"
                          "4,5,red,,4\n"
                          "4,5,red,,4\n";

static mien_table *table_of(const char *text)
{
    mien_table *t = NULL;
    mien_error err = {0};
    CHECK_MSG(
        !mien_csv_read((const uint8_t *)text, strlen(text), NULL, &t, &err),
        "%s", err.text);
    return t;
}

/* What a buffer holds, as C text; free it. */
static char *text_of(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    CHECK(!b->failed);
    char *text = b->failed ? NULL : strdup((char *)b->data);
    mien_buffer_free(b);
    return text ? text : calloc(1, 1);
}

static void test_a_table_is_described(void)
{
    mien_table *t = table_of(csv);
    mien_summary s[5];
    mien_buffer b = {0};
    CHECK_EQ(mien_table_describe(t, 0, NULL, NULL, s, NULL), MIEN_OK);
    mien_summary_text(t, s, &b);
    char *text = text_of(&b);
    CHECK(strstr(text, "column    count        mean         std         min"));
    CHECK(
        strstr(text, "\na             4       2.875     1.43614           1"));
    CHECK(strstr(text, "\nkind          4  text: 2 distinct, 0 missing; most "
                       "frequent 'red' (3)\n"));
    CHECK(strstr(text, "\nempty         0           -           -"));
    free(text);

    mien_json j = mien_json_on(&b, 0);
    mien_summary_json(t, s, NULL, &j);
    text = text_of(&b);
    json_t *o = json_loads(text, 0, NULL);
    CHECK(o && json_object_size(o) == 5);
    const json_t *a = json_object_get(o, "a");
    CHECK_EQ(json_integer_value(json_object_get(a, "count")), 4);
    CHECK_NEAR(json_real_value(json_object_get(a, "std")), s[0].deviation,
               1e-6);
    CHECK_NEAR(json_real_value(json_object_get(a, "75%")), 4, 0);
    CHECK(json_is_null(json_object_get(json_object_get(o, "empty"), "mean")));
    CHECK_EQ(json_object_size(json_object_get(o, "kind")), 3);
    json_decref(o);
    free(text);
    mien_table_free(t);
}

static void test_what_is_odd_is_said(void)
{
    mien_table *t = table_of(csv);
    mien_buffer b = {0};
    CHECK_EQ(mien_table_remarks(t, NULL, &b, NULL), MIEN_OK);
    char *text = text_of(&b);
    CHECK(strcmp(text,
                 "warning: column b is constant\n"
                 "warning: column empty is constant\n"
                 "warning: column c is a copy of a\n"
                 "warning: 1 rows are exact duplicates of others\n") == 0);
    free(text);
    CHECK_EQ(mien_table_correlation_text(t, MIEN_CORRELATION_PEARSON, NULL, &b,
                                         NULL),
             MIEN_OK);
    text = text_of(&b);
    CHECK(strstr(text, "\nPearson correlation\n                     a"));
    CHECK(strstr(text, "\nc               1.0000"));
    free(text);
    mien_table_free(t);
    t = table_of("a,b\nx,y\n");
    CHECK_EQ(mien_table_correlation_text(t, MIEN_CORRELATION_PEARSON, NULL, &b,
                                         NULL),
             MIEN_OK);
    CHECK(b.n == 0);
    mien_table_free(t);
}

/* Of each kind, with and without groups. */
static void test_pictures_of_a_table(void)
{
    mien_table *t = table_of(csv);
    for (int kind = 0; kind <= MIEN_PLOT_MATRIX; kind++)
        for (int by = -1; by < 3; by += 3) {
            mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
            mien_figure *f = NULL;
            mien_bytes svg = {0};
            mien_error err = {0};
            o.kind = (mien_table_plot)kind;
            o.x = kind == MIEN_PLOT_LINE ? -1 : 0;
            o.y = 4;
            o.by = by;
            CHECK_MSG(!mien_table_figure(t, &o, &f, NULL, &err), "%s",
                      err.text);
            CHECK_EQ(mien_figure_render(f, MIEN_PLOT_SVG, &svg, NULL), MIEN_OK);
            CHECK(svg.n > 1000);
            mien_bytes_free(&svg);
            mien_figure_free(f);
        }
    mien_table_free(t);
}

static void check_refused(const mien_table *t, mien_table_plot kind, int x,
                          int y, int by, const char *why)
{
    mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
    mien_figure *f = NULL;
    mien_error err = {0};
    o.kind = kind;
    o.x = x;
    o.y = y;
    o.by = by;
    CHECK(mien_table_figure(t, &o, &f, NULL, &err) != MIEN_OK && !f);
    CHECK_MSG(strstr(err.text, why), "'%s', want '%s'", err.text, why);
}

static void test_pictures_that_cannot_be_drawn(void)
{
    mien_table *t = table_of(csv), *texts = table_of("a,b\nx,y\nz,w\n");
    check_refused(t, MIEN_PLOT_SCATTER, 0, -1, -1, "wants x and y");
    check_refused(t, MIEN_PLOT_BOX, -1, 1, -1, "wants x");
    check_refused(t, MIEN_PLOT_SCATTER, 0, 2, -1, "column kind holds texts");
    check_refused(texts, MIEN_PLOT_MATRIX, -1, -1, -1, "no column of numbers");
    mien_table_free(t);
    mien_table_free(texts);
    char many[200] = "a\n";
    for (int i = 0; i < 10; i++)
        snprintf(many + strlen(many), 16, "%d\n", i);
    t = table_of(many);
    check_refused(t, MIEN_PLOT_BOX, 0, -1, 0, "more than 9");
    mien_table_free(t);
}

/* The fourth set has two different x: a line, no parabola. */
static void test_curves_that_cannot_be_fitted_are_named(void)
{
    static const double range[2] = {3, 20};
    mien_figure *f = NULL;
    mien_buffer remarks = {0};
    CHECK_EQ(mien_figure_new(1, 1, 300, 300, &f, NULL), MIEN_OK);
    mien_panel_fitted(mien_figure_panel(f, 0, 0),
                      MIEN_FITTED_LINE | MIEN_FITTED_PARABOLA, 11,
                      anscombe[3][0], anscombe[3][1], range, &remarks);
    char *text = text_of(&remarks);
    CHECK_MSG(strncmp(text, "quadratic fit: ", 15) == 0, "%s", text);
    CHECK(strchr(text, '\n') == text + strlen(text) - 1);
    free(text);
    mien_figure_free(f);
}

/* ---- pages --------------------------------------------------------------- */

static const uint8_t truth[] = {0, 0, 1, 0, 1, 1};
static const double scores[] = {.1, .2, .3, .4, .5, .6};
static const mien_scored rows = {6, truth, scores, NULL};

/* A page with every kind of part. */
static mien_status make_page(mien_buffer *b)
{
    static const char *const names[] = {"a", "b<c"};
    mien_epoch epoch[3] = {{.epoch = 1}, {.epoch = 2}, {.epoch = 3}};
    mien_verdict v[2];
    mien_ranking *r = NULL;
    mien_curve roc = {0}, pr = {0};
    mien_figure *f = NULL;
    mien_status st = mien_verdict_of(&rows, .35, 1, NULL, &v[0], NULL);
    if (!st)
        st = mien_ranking_new(&rows, &r, NULL);
    if (!st)
        st = mien_ranking_roc(r, 1, &roc, NULL);
    if (!st)
        st = mien_ranking_pr(r, &pr, NULL);
    if (!st)
        st = mien_figure_new(2, 3, 600, 500, &f, NULL);
    if (!st) {
        v[1] = v[0];
        mien_panel_classes(mien_figure_panel(f, 0, 0), &v[0].count, names);
        mien_panel_confusion(mien_figure_panel(f, 0, 1), &v[0].count, names);
        mien_panel_thresholds(mien_figure_panel(f, 0, 2), &pr, .35, 0);
        mien_panel_roc(mien_figure_panel(f, 1, 0), &roc, v[0].auc.value);
        mien_panel_pr(mien_figure_panel(f, 1, 1), &pr, v[0].ap.value);
        st = mien_panel_scores(mien_figure_panel(f, 1, 2), &rows, names, .35, 0,
                               NULL);
    }
    if (!st)
        st = mien_panel_loss(mien_figure_panel(f, 1, 2), 3, epoch, 2, NULL);
    mien_page_begin(b, "A & B", "<A>");
    if (!st)
        mien_page_verdicts(b, 2, names, v);
    if (!st)
        mien_page_balance(b, &v[1]);
    if (!st)
        st = mien_page_figure(b, f, NULL);
    mien_page_lines(b, "Data", "a < b\n", 6);
    mien_page_end(b);
    mien_curve_free(&roc);
    mien_curve_free(&pr);
    mien_ranking_free(r);
    mien_figure_free(f);
    return st;
}

static void test_a_page(void)
{
    mien_buffer b = {0};
    CHECK_EQ(make_page(&b), MIEN_OK);
    char *text = text_of(&b);
    CHECK(strncmp(text, "<!doctype html>\n", 16) == 0);
    CHECK(strstr(text, "<title>A &amp; B</title>"));
    CHECK(strstr(text, "<h1>&lt;A></h1>\n<table><tr><th></th><th>a</th>"
                       "<th>b&lt;c</th></tr>\n<tr><td>AUC</td><td>0.8889</td>"
                       "<td>0.8889</td></tr>\n"));
    CHECK(strstr(text, "<p>Events are 50.000 % of the test rows."));
    CHECK(strstr(text, "<figure><svg "));
    CHECK(strstr(text, "</svg>\n</figure>\n<h2>Data</h2>\n<pre>a &lt; b\n"
                       "</pre>\n</body></html>\n"));
    free(text);
}

/* How many names of a page stand twice, or are called and not there. */
static int count_clashes(const char *page)
{
    int bad = 0;
    for (const char *p = page; (p = strstr(p, " id=\"")); p += 5) {
        size_t n = strcspn(p + 5, "\"") + 6;
        for (const char *q = p + n; (q = strstr(q, " id=\"")); q++)
            bad += strncmp(p, q, n) == 0;
    }
    for (const char *p = page; (p = strstr(p, "href=\"#")); p += 7) {
        char want[64];
        snprintf(want, sizeof want, " id=\"%.*s\"", (int)strcspn(p + 7, "\""),
                 p + 7);
        bad += strstr(page, want) == NULL;
    }
    return bad;
}

/* Two figures of other letters, which mien's font lacks: the names of one are
 * not those of the other. */
static void test_figures_on_one_page(void)
{
    mien_buffer b = {0};
    mien_figure *f = NULL;
    mien_error err = {0};
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(mien_figure_new(1, 1, 300, 200, &f, NULL), MIEN_OK);
        mien_figure_title(f, i ? "another \u4e2d" : "one \u65e5");
        mien_panel_points(mien_figure_panel(f, 0, 0), "name", 2,
                          (double[]){1, 2}, (double[]){3, 4});
        CHECK_MSG(!mien_page_figure(&b, f, &err), "%s", err.text);
        mien_figure_free(f);
    }
    char *text = text_of(&b);
    CHECK(strstr(text, " id=\"at8-") && strstr(text, "href=\"#at8-"));
    CHECK_EQ(count_clashes(text), 0);
    free(text);
}

static void test_failing_memory_is_reported(void)
{
    mien_table *t = table_of(csv);
    mien_status st = MIEN_ENOMEM;
    int failed = 1;
    for (int n = 0; (st || failed) && n < 500; n++) {
        mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
        mien_buffer b = {0};
        mien_figure *f = NULL;
        o.x = 0;
        o.y = 1;
        o.by = 2;
        mi_alloc_fail_after(n);
        st = make_page(&b);
        if (!st)
            st = mien_table_remarks(t, NULL, &b, NULL);
        if (!st)
            st = mien_table_correlation_text(t, MIEN_CORRELATION_SPEARMAN, NULL,
                                             &b, NULL);
        if (!st)
            st = mien_table_figure(t, &o, &f, NULL, NULL);
        mien_json j = mien_json_on(&b, 0);
        if (!st)
            st = mien_table_figure_json(t, &o, &j, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        failed = b.failed;
        mien_buffer_free(&b);
        mien_figure_free(f);
    }
    CHECK(st == MIEN_OK && !failed);
    mien_table_free(t);
}

static void test_chosen_columns_are_correlated(void)
{
    static const int chosen[] = {2, 0}, texts[] = {0, 1};
    mien_table *t = table_of("a,b,c,d\n1,x,3,1\n2,y,1,1\n3,z,2,2\n");
    mien_describe_options o = MIEN_DESCRIBE_DEFAULTS;
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    o.correlate = 1;
    o.column = chosen;
    o.columns = 2;
    CHECK_EQ(mien_table_description_json(t, &o, &j, NULL), MIEN_OK);
    char *text = text_of(&b);
    CHECK_MSG(strstr(text, "\"columns\":[\"c\",\"a\"],\"matrix\":[[1.0,-0."),
              "%s", text);
    free(text);
    j = mien_json_on(&b, 0);
    o.column = texts;
    CHECK_EQ(mien_table_description_json(t, &o, &j, NULL), MIEN_EARG);
    free(text_of(&b));
    mien_table_free(t);
}

static void test_rows_as_json(void)
{
    static const int64_t some[] = {2, 0};
    mien_table *t = table_of("a,b\n1.5,\"x \"\"y\"\"\"\n,\n-inf,z\n");
    for (int k = 0; k < 2; k++) {
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        mien_table_rows_json(t, 2, k ? some : NULL, NULL, &j);
        char *text = text_of(&b);
        CHECK_MSG(!strcmp(text, k ? "[[\"-inf\",\"z\"],[1.5,\"x \\\"y\\\"\"]]"
                                  : "[[1.5,\"x \\\"y\\\"\"],[null,null]]"),
                  "%s", text);
        free(text);
    }
    mien_table_free(t);
}

/* The quartet: one line and one r for all four. */
static void test_a_picture_as_json(void)
{
    mien_buffer quartet = {0};
    mien_table *t = NULL;
    mien_anscombe_rows(&quartet);
    CHECK_EQ(mien_csv_read(quartet.data, quartet.n, NULL, &t, NULL), MIEN_OK);
    for (int by = -1; by < 1; by++) {
        mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        o.x = 1;
        o.y = 2;
        o.by = by;
        o.fitted = MIEN_FITTED_LINE | MIEN_FITTED_PARABOLA;
        CHECK_EQ(mien_table_figure_json(t, &o, &j, NULL), MIEN_OK);
        char *text = text_of(&b);
        CHECK(strstr(text, "{\"figure\":{\"rows\":"));
        CHECK(strstr(text, by < 0 ? "\"fits\":[{\"group\":null,\"rows\":44,"
                                  : "\"group\":\"set I\",\"rows\":11,\"r\":"
                                    "0.81642051634484,\"rank_r\":0.8181818"));
        CHECK(strstr(text, by < 0 ? "\"remarks\":[]}"
                                  : "\"remarks\":[\"quadratic fit: "));
        free(text);
    }
    mien_table_free(t);
    mien_buffer_free(&quartet);
    t = table_of("a,b,c\n1,x,\n1,y,2\n");
    mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    o.x = 0;
    o.y = 2;
    CHECK_EQ(mien_table_figure_json(t, &o, &j, NULL), MIEN_OK);
    char *text = text_of(&b);
    CHECK_MSG(strstr(text, "\"rows\":1,\"r\":null,\"rank_r\":null,"
                           "\"intercept\":null"),
              "%s", text);
    free(text);
    mien_table_free(t);
}

/* With parts: in each of them, the correlations of its rows, too. */
static void test_a_description_as_json(void)
{
    static const char made[] = "k,d,x,y\na,2020-01-01,1,2\na,2020-01-02,3,4\n"
                               "b,2020-01-04,5,7\n";
    mien_table *t = NULL;
    mien_describe_options o = MIEN_DESCRIBE_DEFAULTS;
    CHECK_EQ(mien_csv_read((const uint8_t *)made, strlen(made), NULL, &t, NULL),
             MIEN_OK);
    for (int k = 0; k < 3; k++) {
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        o.by = k == 1 ? 0 : -1;
        o.correlate = k > 0;
        CHECK_EQ(mien_table_description_json(t, &o, &j, NULL), MIEN_OK);
        mien_buffer_put(&b, "", 1);
        const char *text = (const char *)b.data;
        if (k == 0)
            CHECK(strstr(text, "\"std\":2.5166114784235") &&
                  strstr(text, "{\"k\":{\"count\":3,\"missing\":0,") == text &&
                  strstr(text, "\"last\":\"2020-01-04\""));
        if (k == 1)
            CHECK(strstr(text, "{\"by\":\"k\",\"groups\":[{\"value\":\"a\","
                               "\"rows\":2,\"columns\":{\"k\":") == text);
        if (k == 1)
            CHECK(strstr(text, "\"columns\":[\"x\",\"y\"],\"matrix\":[[1.0,") &&
                  strstr(text, "]]}},{\"value\":\"b\",\"rows\":1,") &&
                  strstr(text, "\"matrix\":[[null,null],[null,null]]}}]}") &&
                  !strstr(text, "0.99339"));
        if (k == 2)
            CHECK(strstr(text, "{\"columns\":{\"k\":") == text &&
                  strstr(text, "\"correlation\":{\"kind\":\"pearson\","
                               "\"columns\":[\"x\",\"y\"],\"matrix\":[[1.0,"
                               "0.9933992677987827],"));
        mien_buffer_free(&b);
    }
    mien_status st = MIEN_ENOMEM;
    o.by = 0;
    for (int n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        mien_buffer b = {0};
        mien_json j = mien_json_on(&b, 0);
        mi_alloc_fail_after(n);
        st = mien_table_description_json(t, &o, &j, NULL);
        mi_alloc_fail_after(-1);
        st = st ? st : b.failed ? MIEN_ENOMEM : MIEN_OK;
        mien_buffer_free(&b);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_table_free(t);
}

/* A picture of a table as PNG: an SVG numbers its parts anew each time. */
static mien_bytes drawn(const char *made, const mien_table_figure_options *o,
                        mien_buffer *remarks)
{
    mien_table *t = NULL;
    mien_figure *f = NULL;
    mien_bytes png = {0};
    mien_error err = {0};
    CHECK_EQ(mien_csv_read((const uint8_t *)made, strlen(made), NULL, &t, NULL),
             MIEN_OK);
    CHECK_MSG(!mien_table_figure(t, o, &f, remarks, &err), "%s", err.text);
    CHECK_EQ(mien_figure_render(f, MIEN_PLOT_PNG, &png, NULL), MIEN_OK);
    mien_figure_free(f);
    mien_table_free(t);
    return png;
}

/* Are the pictures of two tables the same? */
static int are_same(const char *a, const char *b,
                    const mien_table_figure_options *o)
{
    mien_buffer remarks = {0};
    mien_bytes p = drawn(a, o, &remarks), q = drawn(b, o, &remarks);
    int same = p.n == q.n && !memcmp(p.data, q.data, p.n);
    CHECK(remarks.n == 0);
    mien_bytes_free(&p);
    mien_bytes_free(&q);
    mien_buffer_free(&remarks);
    return same;
}

/* Dates are named along the axis; a line goes from the first to the last. */
static void test_pictures_of_dates(void)
{
    static const char mixed[] =
        "d,v\n2020-01-05,1\n2020-01-09,3\n2020-01-07,2\n",
                      sorted[] =
                          "d,v\n2020-01-05,1\n2020-01-07,2\n2020-01-09,3\n",
                      days[] = "d,v\n18266,1\n18270,5\n18268,2\n";
    mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
    o.x = 0;
    o.y = 1;
    CHECK(!are_same(mixed, days, &o));
    CHECK(are_same(mixed, mixed, &o));
    o.kind = MIEN_PLOT_LINE;
    CHECK(are_same(mixed, sorted, &o));
    CHECK(!are_same(days, "d,v\n18266,1\n18268,2\n18270,5\n", &o));
}

/* Lines are fitted to what is there; no panel is empty. */
static void test_pictures_of_wild_tables(void)
{
    static const char gaps[] = "x,y,k\n1,1,a\n2,2,a\n,3,a\n3,,a\n1,1,b\n2,3,b\n"
                               "3,1,c\n4,9,c\n5,5,c\n",
                      whole[] = "x,y,k\n1,1,a\n2,2,a\n1,1,b\n2,3,b\n"
                                "3,1,c\n4,9,c\n5,5,c\n";
    mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
    o.x = 0;
    o.y = 1;
    o.by = 2;
    CHECK(are_same(gaps, whole, &o));
    o.fitted = MIEN_FITTED_LINE;
    CHECK(are_same(gaps, whole, &o));
    mien_buffer remarks = {0};
    mien_bytes with = drawn(gaps, &o, &remarks);
    o.fitted = 0;
    mien_bytes without = drawn(gaps, &o, &remarks);
    CHECK(with.n != without.n || memcmp(with.data, without.data, with.n) != 0);
    mien_bytes_free(&with);
    mien_bytes_free(&without);
    mien_buffer_free(&remarks);
    o.kind = MIEN_PLOT_HISTOGRAM;
    CHECK(!are_same(gaps, whole, &o)); /* where y is missing x is there */
}

/* The vectors of RFC 4648, section 10. */
static void test_a_file_lies_in_the_page(void)
{
    static const char *const vector[][2] = {{"", ""},
                                            {"f", "Zg=="},
                                            {"fo", "Zm8="},
                                            {"foo", "Zm9v"},
                                            {"foob", "Zm9vYg=="},
                                            {"fooba", "Zm9vYmE="},
                                            {"\xfb\xff", "+/8="}};
    for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
        uint8_t text[8];
        mien_bytes data = {text, strlen(vector[i][0])};
        mien_buffer b = {0};
        memcpy(text, vector[i][0], data.n);
        mien_page_data(&b, "a/b", &data);
        mien_page_text(&b, "<&");
        mien_buffer_put(&b, "", 1);
        char want[64];
        snprintf(want, sizeof want, "data:a/b;base64,%s&lt;&amp;",
                 vector[i][1]);
        CHECK(b.data && strcmp((char *)b.data, want) == 0);
        mien_buffer_free(&b);
    }
}

/* The four summaries agree; the page holds the picture. */
static void test_anscombe(void)
{
    mien_buffer b = {0};
    mien_bytes svg = {0};
    mien_anscombe_summary(&b);
    mien_buffer_put(&b, "", 1);
    CHECK(b.data &&
          strstr((char *)b.data,
                 "\n  4        9   3.32      7.5   2.03     0.817\n"));
    b.n = 0;
    mien_anscombe_rows(&b);
    mien_buffer_put(&b, "", 1);
    CHECK(strncmp((char *)b.data, "set,x,y\nI,10,8.04\n", 18) == 0);
    CHECK(strstr((char *)b.data, "\nIV,8,6.89\n") != NULL);
    b.n = 0;
    CHECK_EQ(mien_anscombe_page(&b, &svg, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    CHECK(svg.n > 1000 && strstr((char *)b.data, "<h1>Anscombe's quartet") &&
          strstr((char *)b.data, "</svg>"));
    mien_bytes_free(&svg);
    mien_buffer_free(&b);
    mi_alloc_fail_after(3);
    CHECK_EQ(mien_anscombe_page(&b, &svg, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK(!svg.data);
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_file_lies_in_the_page);
    RUN(test_a_table_is_described);
    RUN(test_what_is_odd_is_said);
    RUN(test_pictures_of_a_table);
    RUN(test_pictures_that_cannot_be_drawn);
    RUN(test_curves_that_cannot_be_fitted_are_named);
    RUN(test_a_page);
    RUN(test_figures_on_one_page);
    RUN(test_failing_memory_is_reported);
    RUN(test_a_description_as_json);
    RUN(test_a_picture_as_json);
    RUN(test_chosen_columns_are_correlated);
    RUN(test_rows_as_json);
    RUN(test_pictures_of_dates);
    RUN(test_pictures_of_wild_tables);
    RUN(test_anscombe);
    return check_done();
}
