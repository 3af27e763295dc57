/* Operations on tables: rows, columns, summaries, groups, labels, shifts,
 * encoders, scalers, windows, quality, leaks; failing memory in all. */
#include "check.h"

#include "mien/table_columns.h"
#include "anscombe.h"
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define N (double)NAN
#define NEAR(a, b) CHECK_NEAR(a, b, 1e-12 * fabs((double)(b)))
#define OK(call) CHECK_MSG((call) == MIEN_OK, "%s: %s", #call, err.text)

static mien_error err;

static mien_table *read_csv(const char *text)
{
    mien_table *t = NULL;
    err = (mien_error){0};
    OK(mien_csv_read((const uint8_t *)text, strlen(text), NULL, &t, &err));
    return t;
}

static int says(const char *part) { return strstr(err.text, part) != NULL; }

static const char small[] = "id,kind,amount,y\n"
                            "a,IN,3.5,0\n"
                            "b,OUT,,1\n"
                            "c,IN,-1,0\n"
                            "d,\"MO\"\"VE\",8,0\n"
                            "e,,3.5,1\n";

static void test_rows_and_columns(void)
{
    mien_table *t = read_csv(small), *u, *v;
    const int64_t rows[] = {3, 0, 3};
    OK(mien_table_select_rows(t, 3, rows, &u, &err));
    CHECK_EQ(mien_table_rows(u), 3);
    mien_text raw = mien_table_row_text(u, 0);
    CHECK(raw.n == 14 && memcmp(raw.at, "d,\"MO\"\"VE\",8,0", 14) == 0);
    mien_column c = mien_table_column(u, 1);
    CHECK(c.text[0].n == 5 && memcmp(c.text[2].at, "MO\"VE", 5) == 0);
    CHECK(mien_table_header_text(u).n == 16);
    const char *drop[] = {"y", "kind"};
    OK(mien_table_drop_columns(u, 2, drop, &v, &err));
    CHECK_EQ(mien_table_columns(v), 2);
    CHECK_EQ(mien_table_find(v, "amount"), 1);
    CHECK_EQ(mien_table_row_text(v, 0).n, 0);
    const char *none[] = {"y", "nope"};
    CHECK_EQ(mien_table_drop_columns(u, 2, none, &v, &err), MIEN_EARG);
    CHECK(says("'nope'"));
    const int twice[] = {1, 1};
    CHECK_EQ(mien_table_select_columns(u, 2, twice, &v, &err), MIEN_EFORMAT);
    mien_table_free(t);
    CHECK_EQ(mien_table_rename(v, 0, "amount", &err), MIEN_EARG);
    OK(mien_table_rename(v, 0, "who", &err));
    const double values[] = {1, N, 2};
    OK(mien_table_set_number(v, "who", values, &err));
    OK(mien_table_set_number(v, "new", values, &err));
    CHECK_EQ(mien_table_columns(v), 3);
    c = mien_table_column(v, 0);
    CHECK(c.type == MIEN_COLUMN_NUMBER && c.missing == 1 && c.number[2] == 2);
    mien_table_free(u);
    mien_table_free(v);
}

static void test_sort_order(void)
{
    mien_table *t = read_csv(small);
    int64_t out[5];
    const int64_t up[] = {2, 0, 4, 3, 1}, down[] = {3, 0, 4, 2, 1};
    const int64_t texts[] = {0, 2, 3, 1, 4}, fall[] = {1, 3, 0, 2, 4};
    OK(mien_table_sort_order(t, 2, 0, out, &err));
    CHECK(memcmp(out, up, sizeof up) == 0);
    OK(mien_table_sort_order(t, 2, 1, out, &err));
    CHECK(memcmp(out, down, sizeof down) == 0);
    OK(mien_table_sort_order(t, 1, 0, out, &err));
    CHECK(memcmp(out, texts, sizeof texts) == 0);
    OK(mien_table_sort_order(t, 1, 1, out, &err));
    CHECK(memcmp(out, fall, sizeof fall) == 0);
    mien_table_free(t);
}

static void test_describe_and_groups(void)
{
    mien_table *t = read_csv(small);
    mien_summary s[4];
    OK(mien_table_describe(t, 0, NULL, NULL, s, &err));
    CHECK(s[2].count == 4 && s[2].missing == 1 && s[2].distinct == 3);
    NEAR(s[2].mean, 3.5);
    NEAR(s[2].deviation, sqrt((4.5 * 4.5 * 2) / 3));
    NEAR(s[2].q25, 2.375);
    NEAR(s[2].q75, 4.625);
    CHECK(s[1].count == 4 && s[1].distinct == 3 && s[1].frequency == 2);
    CHECK(s[1].top.n == 2 && memcmp(s[1].top.at, "IN", 2) == 0);
    CHECK(isnan(s[1].mean));
    mien_groups g;
    OK(mien_table_group(t, 1, 10, &g, &err));
    const int64_t start[] = {0, 2, 3, 4}, rows[] = {0, 2, 3, 1};
    CHECK_EQ(g.count, 3);
    CHECK(memcmp(g.start, start, sizeof start) == 0);
    CHECK(memcmp(g.rows, rows, sizeof rows) == 0);
    OK(mien_table_describe(t, 2, g.rows, NULL, s, &err));
    NEAR(s[2].mean, 1.25);
    mien_groups_free(&g);
    CHECK_EQ(mien_table_group(t, 0, 4, &g, &err), MIEN_ELIMIT);
    OK(mien_table_group(t, 3, 4, &g, &err));
    CHECK(g.count == 2 && g.start[1] == 3 && g.rows[3] == 1);
    mien_groups_free(&g);
    mien_table_free(t);
}

static void test_anscombe_by_set(void)
{
    char csv[4096] = "set,x,y\n";
    size_t n = strlen(csv);
    for (int i = 0; i < 44; i++)
        n += (size_t)snprintf(csv + n, sizeof csv - n, "%d,%g,%g\n", i % 4 + 1,
                              anscombe[i % 4][0][i / 4],
                              anscombe[i % 4][1][i / 4]);
    mien_table *t = read_csv(csv), *part;
    mien_groups g;
    OK(mien_table_group(t, 0, 10, &g, &err));
    CHECK_EQ(g.count, 4);
    static const double deviation[] = {2.031568135925815, 2.0316567355016177,
                                       2.030423601123667, 2.0305785113876023};
    static const double q75[] = {8.57, 8.95, 7.98, 8.19};
    static const double pearson[] = {0.81642051634484, 0.8162365060002427,
                                     0.8162867394895982, 0.8165214368885031};
    for (int i = 0; i < g.count; i++) {
        mien_summary s[3];
        const int64_t *rows = g.rows + g.start[i];
        int64_t many = g.start[i + 1] - g.start[i];
        OK(mien_table_describe(t, many, rows, NULL, s, &err));
        CHECK_EQ(s[2].count, 11);
        NEAR(s[2].deviation, deviation[i]);
        NEAR(s[2].q75, q75[i]);
        OK(mien_table_select_rows(t, many, rows, &part, &err));
        double r[4];
        const int xy[] = {1, 2};
        OK(mien_table_correlate(part, MIEN_CORRELATION_PEARSON, 2, xy, NULL, r,
                                &err));
        NEAR(r[1], pearson[i]);
        NEAR(r[2], pearson[i]);
        mien_table_free(part);
    }
    mien_groups_free(&g);
    mien_table_free(t);
}

static mien_status find_label(const char *csv, const char *positive,
                              mien_label *label)
{
    mien_table *t = read_csv(csv);
    mien_status st = mien_label_find(t, 0, positive, label, &err);
    mien_table_free(t);
    return st;
}

static void test_labels(void)
{
    mien_label l;
    OK(find_label("y\n1\n0\n1\n", NULL, &l));
    CHECK(l.number[0] == 0 && l.number[1] == 1 && strcmp(l.name[1], "1") == 0);
    OK(find_label("y\n1\n0\n1\n", "0", &l));
    CHECK(l.number[1] == 0);
    OK(find_label("y\nTrue\nFalse\n", NULL, &l));
    CHECK(strcmp(l.name[1], "True") == 0);
    CHECK_EQ(find_label("y\n1\n0\n7\n", NULL, &l), MIEN_EFORMAT);
    CHECK(says("'1', '0', '7'"));
    CHECK_EQ(find_label("y\n1\n1\n", NULL, &l), MIEN_EFORMAT);
    CHECK(says("one value, '1'"));
    CHECK_EQ(find_label("y,x\n1,1\n,2\n0,3\n", NULL, &l), MIEN_EFORMAT);
    CHECK(says("row 2"));
    CHECK_EQ(find_label("y\nbad\ngood\n", NULL, &l), MIEN_EARG);
    CHECK(says("'bad' and 'good'"));
    CHECK_EQ(find_label("y\nbad\ngood\n", "ugly", &l), MIEN_EARG);
    OK(find_label("y\nbad\ngood\n", "bad", &l));
    mien_table *t = read_csv("z,y\n1,bad\n2,bad\n");
    uint8_t y[2] = {7, 7};
    OK(mien_label_read(&l, t, 1, y, &err));
    CHECK(y[0] == 1 && y[1] == 1);
    mien_table_free(t);
    t = read_csv("y\nbad\nugly\n");
    y[0] = 7;
    CHECK_EQ(mien_label_read(&l, t, 0, y, &err), MIEN_EFORMAT);
    CHECK(says("row 2") && says("ugly") && y[0] == 7);
    mien_table_free(t);
}

/* As the article does it: add the label moved up, k times over. */
static int64_t slow_shift(int n, const uint8_t *y, int ahead, uint8_t *label)
{
    int64_t vector[64], kept = 0;
    for (int i = 0; i < n; i++)
        vector[i] = y[i];
    for (int s = 0; s < ahead; s++)
        for (int i = 0; i + 1 < n; i++)
            vector[i] += vector[i + 1];
    for (int i = 0; i < n; i++)
        if (!y[i])
            label[kept++] = vector[i] > 0;
    return kept;
}

static void test_curve_shift_agrees_with_the_article(void)
{
    unsigned seed = 3;
    for (int round = 0; round < 500; round++) {
        uint8_t y[64], fast[64], slow[64];
        int64_t rows[64];
        int n = (int)(check_rand(&seed) % 65), ahead = 1 + round % 9;
        for (int i = 0; i < n; i++)
            y[i] = check_rand(&seed) % 8 == 0;
        int64_t kept = mien_curve_shift(n, y, ahead, rows, fast);
        CHECK_EQ(slow_shift(n, y, ahead, slow), kept);
        CHECK(kept == 0 || memcmp(fast, slow, (size_t)kept) == 0);
        for (int64_t i = 0; i < kept; i++)
            CHECK(!y[rows[i]] && (i == 0 || rows[i] > rows[i - 1]));
    }
    mien_table *t =
        read_csv("x,y,z\n1,0,a\n2,0,b\n3,0,c\n4,1,d\n5,1,e\n6,0,f\n");
    mien_table *u;
    mien_label l;
    int64_t rows[6];
    OK(mien_label_find(t, 1, NULL, &l, &err));
    CHECK_EQ(mien_table_curve_shift(t, 1, &l, 0, NULL, &u, &err), MIEN_EARG);
    OK(mien_table_curve_shift(t, 1, &l, 2, rows, &u, &err));
    CHECK_EQ(mien_table_rows(u), 4);
    mien_column y = mien_table_column(u, 1);
    CHECK(y.number[0] == 0 && y.number[1] == 1 && y.number[2] == 1);
    CHECK(y.number[3] == 0 && rows[3] == 5);
    mien_table_free(u);
    mien_table_free(t);
}

static void test_encoder(void)
{
    mien_table *t = read_csv(small);
    const int columns[] = {0, 1, 2};
    mien_encoder *e, *copy;
    CHECK_EQ(mien_encoder_fit(t, 3, columns, 0, NULL, NULL, &e, &err),
             MIEN_EFORMAT);
    CHECK(says("row 2, column 'amount'") && says("missing"));
    mien_encode_options o = MIEN_ENCODE_DEFAULTS;
    o.missing = MIEN_MISSING_MEAN;
    o.indicator = 1;
    OK(mien_encoder_fit(t, 3, columns, 0, NULL, &o, &e, &err));
    CHECK_EQ(e->width, 5); /* kind=IN, kind=MO"VE, kind=OUT, amount, missing */
    CHECK(e->notes == 1 && strcmp(e->note[0].name, "id") == 0);
    char name[32];
    mien_encoder_name(e, 2, sizeof name, name);
    CHECK(strcmp(name, "kind=OUT") == 0);
    mien_encoder_name(e, 4, sizeof name, name);
    CHECK(strcmp(name, "amount missing") == 0);
    CHECK(mien_encoder_source(e, 2) == 0 && mien_encoder_source(e, 3) == 1);
    mien_table_free(t);

    /* Saved and read back, on a table in another order. */
    OK(mien_encoder_new(2, &copy, &err));
    OK(mien_encoder_set(copy, 0, &e->column[0], &err));
    OK(mien_encoder_set(copy, 1, &e->column[1], &err));
    mien_encoder_free(e);
    t = read_csv("more,amount,kind\n1,2,OUT\n2,,IN\n3,4,NEW\n4,5,\n");
    double x[20];
    int64_t unknown[3] = {0};
    OK(mien_encoder_apply(copy, t, 0, NULL, unknown, x, &err));
    const double want[20] = {0, 0, 1, 2, 0, 1, 0, 0, 3.5, 1,
                             0, 0, 0, 4, 0, 0, 0, 0, 5,   0};
    CHECK_EQ(unknown[0] + unknown[1] + unknown[2], 1);
    CHECK(memcmp(x, want, sizeof want) == 0);
    mien_table_free(t);
    t = read_csv("amount,kind\n2,IN\nlots,IN\n");
    CHECK_EQ(mien_encoder_apply(copy, t, 0, NULL, NULL, x, &err), MIEN_EFORMAT);
    CHECK(says("'amount'") && says("'lots' in row 2"));
    mien_table_free(t);
    t = read_csv("kind,other\nIN,2\n");
    CHECK_EQ(mien_encoder_apply(copy, t, 0, NULL, NULL, x, &err), MIEN_EFORMAT);
    CHECK(says("no column 'amount'"));
    mien_table_free(t);
    t = read_csv("amount,kind\n2,IN\ninf,IN\n");
    CHECK_EQ(mien_encoder_apply(copy, t, 0, NULL, NULL, x, &err), MIEN_EFORMAT);
    CHECK(says("row 2") && says("infinite"));
    mien_table_free(t);
    mien_encoder_free(copy);
}

static void test_encoder_drops(void)
{
    mien_table *t = read_csv("a,b,c\nx,,1\ny,,2\nx,,3\nz,,4\n");
    const int columns[] = {0, 1, 2};
    mien_encode_options o = MIEN_ENCODE_DEFAULTS;
    mien_encoder *e;
    o.max_levels = 2;
    o.missing = MIEN_MISSING_MEDIAN;
    OK(mien_encoder_fit(t, 3, columns, 0, NULL, &o, &e, &err));
    CHECK(e->width == 1 && e->notes == 2);
    CHECK(strstr(e->note[0].why, "3 different texts, at most 2") != NULL);
    CHECK(strstr(e->note[1].why, "no value") != NULL);
    mien_encoder_free(e);
    const int64_t rows[] = {0, 2, 0};
    o.max_levels = 50;
    OK(mien_encoder_fit(t, 1, columns, 3, rows, &o, &e, &err));
    CHECK(e->width == 1 && e->column[0].levels == 1); /* only x in the rows */
    mien_encoder_free(e);
    o.drop_texts = 1;
    CHECK_EQ(mien_encoder_fit(t, 2, columns, 0, NULL, &o, &e, &err),
             MIEN_EFORMAT);
    mien_table_free(t);
}

static void test_scalers(void)
{
    /* Columns 1 2 3 4 100; 0.1 constant; with a missing value. */
    double x[] = {1, 0.1, 5, 2, 0.1, N, 3, 0.1, 7, 4, 0.1, 9, 100, 0.1, 9};
    const int64_t four[] = {0, 1, 2, 3};
    double c[6], *s = c + 3;
    OK(mien_scale_fit(MIEN_SCALE_STANDARD, 4, 3, x, four, NULL, c, &err));
    NEAR(c[0], 2.5);
    NEAR(s[0], sqrt(1.25));
    CHECK(c[1] == 0.1 && s[1] == 1);
    NEAR(c[2], 7);
    OK(mien_scale_fit(MIEN_SCALE_ROBUST, 5, 3, x, NULL, NULL, c, &err));
    NEAR(c[0], 3);
    NEAR(s[0], 2);
    CHECK(c[1] == 0.1 && s[1] == 1);
    OK(mien_scale_fit(MIEN_SCALE_RANGE, 5, 3, x, NULL, NULL, c, &err));
    CHECK(c[0] == 1 && s[0] == 99 && s[1] == 1 && c[2] == 5 && s[2] == 4);
    mien_scale_apply(5, 3, c, x);
    CHECK(x[12] == 1 && x[0] == 0 && x[4] == 0 && isnan(x[5]));
}

static void test_windows(void)
{
    const int64_t source[] = {0, 1, 2, 5, 6, 7, 8};
    int64_t end[7];
    CHECK_EQ(mien_windows_find(7, 3, NULL, end), 5);
    CHECK_EQ(mien_windows_find(7, 3, source, end), 3);
    CHECK(end[0] == 2 && end[1] == 5 && end[2] == 6);
    CHECK_EQ(mien_windows_find(2, 3, NULL, end), 0);
    const double x[] = {1, 10, 2, 20, 3, 30, 5, 50, 7, 70, 9, 90, 11, 110};
    double out[18], d[14];
    CHECK_EQ(mien_windows_find(7, 3, source, end), 3);
    mien_windows_gather(2, x, 3, 3, end, out);
    CHECK(out[0] == 1 && out[5] == 30 && out[6] == 5 && out[17] == 110);
    mien_differences(7, 2, x, source, d);
    CHECK(d[0] == 0 && d[2] == 1 && d[3] == 10 && d[6] == 0 && d[8] == 2);
    const int64_t train[] = {10, 4}, test[] = {7, 6, 13, 12, 0};
    uint8_t shares[5];
    int64_t count;
    OK(mien_windows_overlap(3, 5, test, 2, train, shares, &count, &err));
    CHECK_EQ(count, 2);
    CHECK(!shares[0] && shares[1] && !shares[2] && shares[3] && !shares[4]);
    const double before[] = {1, 2, 5}, after[] = {6, 7}, mixed[] = {3, 9};
    CHECK(mien_split_mixed(3, before, 2, after) == 0);
    CHECK(mien_split_mixed(3, before, 2, mixed) == 0.5);
}

static void test_quality(void)
{
    mien_table *t = read_csv("t,a,b,flat,id,w\n"
                             "1,5,5,2,q,x\n2,inf,inf,2,r,\n"
                             "2,5,5,2,s,x\n4,,,2,t,y\n");
    mien_column_quality q[6];
    OK(mien_table_check(t, NULL, q, &err));
    CHECK(q[0].order == 1 && q[0].copy_of == -1 && !q[0].constant);
    CHECK(q[1].infinite == 1 && q[1].missing == 1 && q[1].distinct == 2);
    CHECK(q[2].copy_of == 1 && q[1].copy_of == -1);
    CHECK(q[3].constant && q[3].order == 0 && q[4].id_like && q[4].order == 1);
    CHECK(!q[5].id_like);
    NEAR(q[5].most, 2.0 / 3);
    mien_table_free(t);

    t = read_csv("a,b\n1,x\n2,x\n1,x\n-0,\n0,\n1,y\n1,x\n");
    int64_t of[7], count;
    OK(mien_table_duplicates(t, 0, NULL, of, &count, &err));
    const int64_t want[] = {-1, -1, 0, -1, 3, -1, 0};
    CHECK_EQ(count, 3);
    CHECK(memcmp(of, want, sizeof want) == 0);
    const int second = 1;
    OK(mien_table_duplicates(t, 1, &second, NULL, &count, &err));
    CHECK_EQ(count, 4);
    const int64_t train[] = {0, 3}, test[] = {2, 4, 5, 6};
    OK(mien_table_common_rows(t, 0, NULL, (mien_row_list){2, train},
                              (mien_row_list){4, test}, &count, &err));
    CHECK_EQ(count, 3);
    mien_table_free(t);
}

static void test_leaks(void)
{
    enum { ROWS = 400 };
    static char csv[32768] = "x,same,late,name,noise,y\n";
    size_t n = strlen(csv);
    uint8_t y[ROWS];
    unsigned seed = 8;
    for (int i = 0; i < ROWS; i++) {
        y[i] = i % 7 == 0;
        n += (size_t)snprintf(csv + n, sizeof csv - n, "%d,%s,%s,n%d,%u,%d\n",
                              (int)(check_rand(&seed) % 50) + (y[i] ? 48 : 0),
                              y[i] ? "yes" : "no",
                              y[i]    ? "closed"
                              : i % 3 ? "open"
                                      : "new",
                              i, check_rand(&seed) % 9, y[i]);
    }
    mien_table *t = read_csv(csv);
    mien_leak leak[6];
    OK(mien_table_leaks(t, 5, y, NULL, leak, &err));
    CHECK(leak[0].auc > 0.95 && leak[0].flag && !leak[0].copy);
    CHECK(leak[1].copy && leak[1].flag);
    CHECK(leak[2].flag && leak[2].purity == 1 && leak[2].share == 1);
    CHECK(leak[2].level.n == 6 && memcmp(leak[2].level.at, "closed", 6) == 0);
    CHECK(!leak[3].flag && leak[3].auc == 0.5); /* names tell nothing */
    CHECK(!leak[4].flag && fabs(leak[4].auc - 0.5) < 0.15);
    CHECK(!leak[5].flag);
    mien_table_free(t);
    const double score[] = {0.1, 0.4, 0.35, 0.8, N};
    const uint8_t truth[] = {0, 0, 1, 1, 1};
    double auc;
    OK(mien_rank_auc(5, score, truth, &auc, &err));
    NEAR(auc, 0.75);
    OK(mien_rank_auc(2, score, truth, &auc, &err));
    CHECK(isnan(auc));
}

/* Everything, stopping at the first failure. */
static mien_status all_operations(mien_table *t)
{
    const int64_t rows[] = {4, 1, 0};
    const char *drop[] = {"kind"};
    const int columns[] = {0, 1, 2}, numbers[] = {2, 3};
    double x[64], r[4], scaler[4];
    mien_summary s[4];
    mien_column_quality q[4];
    mien_leak leak[4];
    const uint8_t y[] = {0, 1, 0, 0, 1};
    int64_t order[5], count;
    mien_table *u = NULL, *v = NULL, *w = NULL;
    mien_groups g = {0};
    mien_encoder *e = NULL;
    mien_label l;
    mien_encode_options o = {MIEN_MISSING_MEDIAN, 1, 0, 50};
    mien_status st = MIEN_OK;
#define DO(call)       \
    if (st == MIEN_OK) \
        st = (call);
    DO(mien_table_select_rows(t, 3, rows, &u, &err))
    DO(mien_table_drop_columns(t, 1, drop, &v, &err))
    DO(mien_table_rename(v, 0, "other", &err))
    DO(mien_table_set_number(v, "z", (double[5]){0}, &err))
    DO(mien_table_sort_order(t, 1, 1, order, &err))
    DO(mien_table_describe(t, 0, NULL, NULL, s, &err))
    DO(mien_table_group(t, 1, 9, &g, &err))
    DO(mien_table_correlate(t, MIEN_CORRELATION_SPEARMAN, 2, numbers, NULL, r,
                            &err))
    DO(mien_label_find(t, 3, NULL, &l, &err))
    DO(mien_table_curve_shift(t, 3, &l, 2, NULL, &w, &err))
    DO(mien_encoder_fit(t, 3, columns, 0, NULL, &o, &e, &err))
    DO(mien_encoder_apply(e, t, 0, NULL, NULL, x, &err))
    DO(mien_scale_fit(MIEN_SCALE_ROBUST, 5, 2, x, NULL, NULL, scaler, &err))
    DO(mien_windows_overlap(2, 3, rows, 3, rows, NULL, &count, &err))
    DO(mien_table_check(t, NULL, q, &err))
    DO(mien_table_duplicates(t, 0, NULL, order, &count, &err))
    DO(mien_table_common_rows(t, 0, NULL, (mien_row_list){3, rows},
                              (mien_row_list){3, rows}, &count, &err))
    DO(mien_table_leaks(t, 3, y, NULL, leak, &err))
    mien_table_free(u);
    mien_table_free(v);
    mien_table_free(w);
    mien_groups_free(&g);
    mien_encoder_free(e);
    return st;
}

static void test_every_failing_allocation(void)
{
    mien_table *t = read_csv(small);
    long n = 0;
    for (mien_status st = MIEN_ENOMEM; st != MIEN_OK && n < 1000; n++) {
        mi_alloc_fail_after(n);
        st = all_operations(t);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "%ld: %s", n, err.text);
    }
    CHECK(n > 60 && n < 1000);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_rows_and_columns);
    RUN(test_sort_order);
    RUN(test_describe_and_groups);
    RUN(test_anscombe_by_set);
    RUN(test_labels);
    RUN(test_curve_shift_agrees_with_the_article);
    RUN(test_encoder);
    RUN(test_encoder_drops);
    RUN(test_scalers);
    RUN(test_windows);
    RUN(test_quality);
    RUN(test_leaks);
    RUN(test_every_failing_allocation);
    return check_done();
}
