/* CSV files that are right: RFC 4180, types, threads, projection, writing. */
#include "tests/check.h"

#include "mien/table_columns.h"
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static mien_table *read_text(const char *csv, const mien_csv_options *o)
{
    mien_table *t = NULL;
    mien_error err = {0};
    mien_status st =
        mien_csv_read((const uint8_t *)csv, strlen(csv), o, &t, &err);
    CHECK_MSG(st == MIEN_OK, "%.60s: %s", csv, err.text);
    return t;
}

static int is_text(mien_text text, const char *want)
{
    return text.n == strlen(want) &&
           (text.n == 0 || memcmp(text.at, want, text.n) == 0);
}

static int cell_is(const mien_table *t, int64_t row, int c, const char *want)
{
    mien_column column = mien_table_column(t, c);
    return column.text && is_text(column.text[row], want);
}

static void test_rfc_4180(void)
{
    mien_table *t = read_text("\xef\xbb\xbf"
                              "name,\"a \"\"b\"\"\",c\r\n"
                              "\"x,y\",\"1\",\"say \"\"hi\"\"\"\r\n"
                              "\"two\nlines\",2,\"\"\r\n\r\n"
                              ",3,plain",
                              NULL);
    if (!t)
        return;
    CHECK_EQ(mien_table_rows(t), 3);
    CHECK_EQ(mien_table_columns(t), 3);
    CHECK_EQ(mien_table_find(t, "a \"b\""), 1);
    CHECK_EQ(mien_table_find(t, "zzz"), -1);
    CHECK(cell_is(t, 0, 0, "x,y") && cell_is(t, 1, 0, "two\nlines"));
    CHECK(cell_is(t, 2, 0, "") && mien_table_column(t, 0).missing == 1);
    mien_column b = mien_table_column(t, 1);
    CHECK(b.type == MIEN_COLUMN_NUMBER && b.number[0] == 1 &&
          b.number[1] == 2 && b.number[2] == 3 && b.missing == 0);
    CHECK(cell_is(t, 0, 2, "say \"hi\"") && cell_is(t, 2, 2, "plain"));
    CHECK(is_text(mien_table_row_text(t, 1), "\"two\nlines\",2,\"\""));
    CHECK(is_text(mien_table_row_text(t, 2), ",3,plain"));
    CHECK(is_text(mien_table_header_text(t), "name,\"a \"\"b\"\"\",c"));
    mien_table_free(t);
}

static void test_delimiters(void)
{
    static const char *const csv[] = {"a,b\n1,2\n", "a;b\n1,5;2\n3,5;4\n",
                                      "a\tb\n1\t2\n", "a|b\r1|2\r",
                                      "\"a;c\",b\n\"1;2;3\",2\n"};
    for (size_t i = 0; i < sizeof csv / sizeof *csv; i++) {
        mien_table *t = read_text(csv[i], NULL);
        CHECK_MSG(t && mien_table_columns(t) == 2, "%s", csv[i]);
        mien_table_free(t);
    }
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.delimiter = ':';
    mien_table *t = read_text("a:b\n1,2:3\n", &o);
    CHECK(t && cell_is(t, 0, 0, "1,2"));
    mien_table_free(t);
    t = read_text("alone\n1\n\n2\n", NULL);
    CHECK(t && mien_table_columns(t) == 1 && mien_table_rows(t) == 2);
    mien_table_free(t);
    t = read_text("a,b", NULL);
    CHECK(t && mien_table_columns(t) == 2 && mien_table_rows(t) == 0);
    mien_table_free(t);
}

static void test_types(void)
{
    mien_table *t = read_text("n,hex,inf,date,bool,thousand,none,late\n"
                              " 1 ,0x10,inf,2020-01-01,true,\"1,000\",NA,1\n"
                              "nan,-0x.8p1,-Infinity,2020-01-02,false,2,,2\n"
                              "\"-1e3\",1,1e400,2020-01-03,true,3,null,x\n",
                              NULL);
    if (!t)
        return;
    static const char type[] = "nnntttnt";
    for (int i = 0; i < 8; i++)
        CHECK_MSG((mien_table_column(t, i).type == MIEN_COLUMN_NUMBER) ==
                      (type[i] == 'n'),
                  "column %d", i);
    const double *n = mien_table_column(t, 0).number;
    CHECK(n[0] == 1 && isnan(n[1]) && n[2] == -1000);
    const double *hex = mien_table_column(t, 1).number;
    CHECK(hex[0] == 16 && hex[1] == -1 && hex[2] == 1);
    const double *inf = mien_table_column(t, 2).number;
    CHECK(inf[0] > 1e308 && inf[1] < -1e308 && inf[2] > 1e308);
    CHECK_EQ(mien_table_column(t, 6).missing, 3);
    CHECK(cell_is(t, 0, 7, "1") && cell_is(t, 2, 7, "x"));
    mien_table_free(t);
}

static void test_options(void)
{
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.header = MIEN_CSV_HEADER_NONE;
    mien_table *t = read_text("1,2\n3,4\n", &o);
    CHECK(t && mien_table_rows(t) == 2 && mien_table_find(t, "x1") == 1);
    CHECK(t && mien_table_header_text(t).n == 0);
    mien_table_free(t);
    o.header = MIEN_CSV_HEADER_ALWAYS;
    t = read_text("1,2\n3,4\n", &o);
    CHECK(t && mien_table_rows(t) == 1 && mien_table_find(t, "2") == 1);
    mien_table_free(t);

    mien_csv_options m = MIEN_CSV_DEFAULTS;
    const char *const marks[] = {"-999", "?"};
    m.missing = marks;
    m.missings = 2;
    t = read_text("a,b\n-999,NA\n?,?\n4,x\n", &m);
    CHECK(t && mien_table_column(t, 0).missing == 2);
    CHECK(t && cell_is(t, 0, 1, "NA") && mien_table_column(t, 1).missing == 1);
    mien_table_free(t);

    mien_csv_options k = MIEN_CSV_DEFAULTS;
    const mien_csv_type types[] = {{"a", MIEN_COLUMN_TEXT}};
    const char *const wanted[] = {"d", "a"};
    k.type = types;
    k.types = 1;
    k.column = wanted;
    k.columns = 2;
    t = read_text("a,b,c,d\n007,1,2,9\n008,\"x,y\",,8\n", &k);
    CHECK(t && mien_table_columns(t) == 2 && mien_table_find(t, "d") == 0);
    CHECK(t && cell_is(t, 1, 1, "008") &&
          mien_table_column(t, 0).number[1] == 8);
    mien_table_free(t);
}

/* ---- big random tables ------------------------------------------------------
 */

typedef struct {
    char *at;
    size_t n, cap;
} text;

static void put(text *x, const char *s)
{
    size_t n = strlen(s);
    if (x->n + n + 1 > x->cap) {
        x->cap = (x->cap + n) * 2 + 64;
        x->at = realloc(x->at, x->cap);
    }
    memcpy(x->at + x->n, s, n + 1);
    x->n += n;
}

/* Columns: number, quoted number, text, quoted text with everything in it, a
 * column that is text in one late row only. */
static text random_csv(unsigned seed, int rows, int late)
{
    static const char *const ends[] = {"\n", "\r\n", "\r", "\n\n"};
    static const char *const words[] = {
        "abc", "\"x\"\"y\"", "\"a,b\"",   "NA",       "\"\n\"",
        "",    "é\"",        "\"\r\n,\"", "\"\"\"\"", "\"\""};
    text x = {0};
    put(&x, "num,quoted,word,mixed,late\n");
    for (int i = 0; i < rows; i++) {
        char line[256];
        unsigned w = check_rand(&seed) % 10;
        snprintf(line, sizeof line, "%.17g,\"%d\",w%u,%s,%s",
                 (double)check_rand(&seed) / 977 - 5000,
                 (int)(check_rand(&seed) % 1000), check_rand(&seed) % 50,
                 words[w == 6 ? 0 : w], i == late ? "odd" : "12.5");
        put(&x, line);
        put(&x, ends[check_rand(&seed) % 4]);
    }
    return x;
}

static int same_tables(const mien_table *a, const mien_table *b)
{
    if (mien_table_rows(a) != mien_table_rows(b) ||
        mien_table_columns(a) != mien_table_columns(b))
        return 0;
    int64_t rows = mien_table_rows(a);
    for (int c = 0; c < mien_table_columns(a); c++) {
        mien_column x = mien_table_column(a, c), y = mien_table_column(b, c);
        if (x.type != y.type || x.missing != y.missing ||
            strcmp(x.name, y.name) != 0)
            return 0;
        if (x.number && rows &&
            memcmp(x.number, y.number, (size_t)rows * sizeof(double)) != 0)
            return 0;
        for (int64_t r = 0; x.text && r < rows; r++)
            if (x.text[r].n != y.text[r].n ||
                (x.text[r].n &&
                 memcmp(x.text[r].at, y.text[r].at, x.text[r].n) != 0))
                return 0;
    }
    return 1;
}

static void test_same_for_all_threads(void)
{
    for (unsigned seed = 1; seed <= 4; seed++) {
        text x = random_csv(seed, 40000, seed % 2 ? 39000 : -1);
        mien_csv_options o = MIEN_CSV_DEFAULTS;
        mien_table *one = read_text(x.at, &o);
        CHECK(one && mien_table_rows(one) == 40000);
        CHECK(one && mien_table_column(one, 4).type ==
                         (seed % 2 ? MIEN_COLUMN_TEXT : MIEN_COLUMN_NUMBER));
        for (int threads = 2; threads <= 5; threads++) {
            mien_pool *pool = NULL;
            CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
            o.pool = pool;
            mien_table *t = read_text(x.at, &o);
            CHECK(one && t && same_tables(one, t));
            mien_table_free(t);
            mien_pool_free(pool);
        }
        mien_table_free(one);
        free(x.at);
    }
}

static void test_round_trip(void)
{
    text x = random_csv(9, 3000, -1);
    mien_table *t = read_text(x.at, NULL);
    static const char delimiter[] = {',', ';', '\t', '|'};
    for (int i = 0; t && i < 4; i++) {
        mien_csv_write_options w = MIEN_CSV_WRITE_DEFAULTS;
        mien_bytes b = {0};
        w.delimiter = delimiter[i];
        CHECK_EQ(mien_csv_write(t, NULL, 0, &w, &b, NULL), MIEN_OK);
        mien_table *back = NULL;
        mien_error err = {0};
        CHECK_MSG(mien_csv_read(b.data, b.n, NULL, &back, &err) == MIEN_OK,
                  "%s", err.text);
        CHECK(back && same_tables(t, back));
        mien_table_free(back);
        mien_bytes_free(&b);
    }
    mien_table_free(t);
    free(x.at);
}

static void check_written(const mien_table *t, const int64_t *row, int64_t n,
                          const mien_csv_write_options *o, const char *want)
{
    mien_bytes b = {0};
    CHECK_EQ(mien_csv_write(t, row, n, o, &b, NULL), MIEN_OK);
    CHECK_MSG(b.n == strlen(want) && memcmp(b.data, want, b.n) == 0,
              "wrote '%.*s', want '%s'", (int)b.n, (const char *)b.data, want);
    mien_bytes_free(&b);
}

static void test_writing(void)
{
    mien_table *t = read_text("a,b\n 1.50 ,=1+1\n,\"-x,\"\n1e20,@y\n", NULL);
    if (!t)
        return;
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    check_written(t, NULL, 0, NULL, "a,b\n1.5,=1+1\n,\"-x,\"\n1e+20,@y\n");
    const int64_t rows[] = {2, 0};
    o.as_read = 1;
    check_written(t, rows, 2, &o, "a,b\n1e20,@y\n 1.50 ,=1+1\n");
    o.as_read = 0;
    o.no_header = 1;
    o.guard_formula = 1;
    check_written(t, NULL, 0, &o, "1.5,'=1+1\n,\"'-x,\"\n1e+20,'@y\n");
    mien_table_free(t);
    t = read_text("alone\n1\n\"\"\n2\n", NULL);
    check_written(t, NULL, 0, NULL, "alone\n1\n\"\"\n2\n");
    mien_table_free(t);
}

static void test_new_from_columns(void)
{
    const double number[] = {1, (double)NAN};
    const mien_text words[] = {{"x", 1}, {"", 0}};
    mien_column c[] = {{"n", MIEN_COLUMN_NUMBER, number, NULL, 0},
                       {"w", MIEN_COLUMN_TEXT, NULL, words, 0}};
    mien_table *t = NULL;
    CHECK_EQ(mien_table_new(2, 2, c, &t, NULL), MIEN_OK);
    CHECK(t && mien_table_column(t, 0).missing == 1 &&
          mien_table_column(t, 1).missing == 1 && cell_is(t, 0, 1, "x"));
    mien_table_free(t);
    c[1].name = "n";
    mien_error err = {0};
    CHECK_EQ(mien_table_new(2, 2, c, &t, &err), MIEN_EFORMAT);
    CHECK(strcmp(err.text, "table: columns 1 and 2 are both named 'n'") == 0);
}

/* ---- streams
 * ----------------------------------------------------------------- */

static void test_stream_agrees(void)
{
    for (unsigned seed = 1; seed <= 3; seed++) {
        text x = random_csv(seed, 3000, -1);
        mien_table *all = read_text(x.at, NULL);
        const uint8_t *bytes = (const uint8_t *)x.at;
        mien_csv_stream *s = NULL;
        mien_error err = {0};
        size_t at = 0, used = 0;
        const mien_csv_type text_type = {"mixed", MIEN_COLUMN_TEXT};
        mien_csv_options o = MIEN_CSV_DEFAULTS;
        o.type = &text_type;
        o.types = 1;
        CHECK_MSG(mien_csv_stream_new(bytes, x.n < 500 ? x.n : 500, 0, &o, &at,
                                      &s, &err) == MIEN_OK,
                  "%s", err.text);
        int64_t row = 0;
        size_t piece = 200 * seed;
        while (s && all && at < x.n) {
            size_t n = x.n - at < piece ? x.n - at : piece;
            const mien_table *t = NULL;
            if (mien_csv_stream_next(s, bytes + at, n, at + n == x.n, &used, &t,
                                     &err) != MIEN_OK) {
                CHECK_MSG(0, "%s", err.text);
                break;
            }
            for (int64_t r = 0; r < mien_table_rows(t); r++, row++) {
                CHECK(mien_table_column(t, 0).number[r] ==
                      mien_table_column(all, 0).number[row]);
                mien_text w = mien_table_column(all, 3).text[row],
                          v = mien_table_column(t, 3).text[r];
                CHECK(w.n == v.n && (w.n == 0 || !memcmp(w.at, v.at, w.n)));
            }
            at += used;
            piece += used == 0 ? 100 : 0;
        }
        CHECK(all && row == mien_table_rows(all));
        mien_csv_stream_free(s);
        mien_table_free(all);
        free(x.at);
    }
}

/* ---- memory
 * ------------------------------------------------------------------- */

static const char small[] = "a,b,c\n1,\"x\"\"y\",1\n2,z,odd\n";

static void test_no_memory(void)
{
    text x = {0};
    put(&x, "a,b,c\n");
    for (int i = 0; i < 200; i++) /* c is found out after the sample */
        put(&x, i < 199 ? "1,\"x\"\"y\",1\n" : "2,z,odd\n");
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        mien_table *t = NULL;
        mi_alloc_fail_after(n);
        st = mien_csv_read((const uint8_t *)x.at, x.n, NULL, &t, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK ? t != NULL : t == NULL);
        mien_table_free(t);
    }
    CHECK_EQ(st, MIEN_OK);
    free(x.at);
    st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        mien_csv_stream *s = NULL;
        const mien_table *t = NULL;
        size_t at = 0, used;
        mien_bytes b = {0};
        const uint8_t *bytes = (const uint8_t *)small;
        mi_alloc_fail_after(n);
        st = mien_csv_stream_new(bytes, sizeof small - 1, 1, NULL, &at, &s,
                                 NULL);
        if (st == MIEN_OK)
            st = mien_csv_stream_next(s, bytes + at, sizeof small - 1 - at, 1,
                                      &used, &t, NULL);
        if (st == MIEN_OK)
            st = mien_csv_write(t, NULL, 0, NULL, &b, NULL);
        mi_alloc_fail_after(-1);
        mien_bytes_free(&b);
        mien_csv_stream_free(s);
    }
    CHECK_EQ(st, MIEN_OK);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_rfc_4180);
    RUN(test_delimiters);
    RUN(test_types);
    RUN(test_options);
    RUN(test_same_for_all_threads);
    RUN(test_round_trip);
    RUN(test_writing);
    RUN(test_new_from_columns);
    RUN(test_stream_agrees);
    RUN(test_no_memory);
    return check_done();
}
