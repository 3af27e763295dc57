/* CSV files that are wrong, read strictly: each fault with its text; the same
 * text for any number of threads and in streams. */
/* Not as WebAssembly: makes temporary files. */
#include "tests/check.h"

#include "mien/file.h"
#include "mien/table_columns.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_refused_n(const char *csv, size_t n,
                            const mien_csv_options *o, mien_status want,
                            const char *text)
{
    mien_csv_options strict = MIEN_CSV_DEFAULTS;
    mien_table *t = NULL;
    mien_error err = {0};
    if (o)
        strict = *o;
    strict.strict = 1;
    mien_status st = mien_csv_read((const uint8_t *)csv, n, &strict, &t, &err);
    CHECK_MSG(st == want && strcmp(err.text, text) == 0 && !t,
              "%.30s: %s '%s', want '%s'", csv, mien_status_name(st), err.text,
              text);
    if (st == MIEN_OK)
        mien_table_free(t);
}

static void check_refused(const char *csv, const mien_csv_options *o,
                          mien_status want, const char *text)
{
    check_refused_n(csv, strlen(csv), o, want, text);
}

static void test_header(void)
{
    check_refused("", NULL, MIEN_EFORMAT, "csv: the file is empty");
    check_refused("\xef\xbb\xbf\r\n\n", NULL, MIEN_EFORMAT,
                  "csv: the file is empty");
    check_refused("\n1,2\n3,4\n", NULL, MIEN_EFORMAT,
                  "csv: line 2: every name in the header is a number; if there "
                  "is no header, say so (--no-header)");
    check_refused("a,b,a\n1,2,3\n", NULL, MIEN_EFORMAT,
                  "table: columns 1 and 3 are both named 'a'");
    check_refused("a,,c\n1,2,3\n", NULL, MIEN_EFORMAT,
                  "table: column 2 has no name");
    check_refused("a,b\"\n1,2\n", NULL, MIEN_EFORMAT,
                  "csv: line 1: a quote inside a field that is not quoted");
}

static void test_rows(void)
{
    check_refused("a,b,c\n1,2,3\n\"x\ny\",2,3\n1,2\n", NULL, MIEN_EFORMAT,
                  "csv: line 5: 2 fields, wanted 3");
    check_refused("a,b\r\n1,2\r\n1,2,3,4\r\n", NULL, MIEN_EFORMAT,
                  "csv: line 3: 4 fields, wanted 2");
    check_refused("a,b\n1,2\n7", NULL, MIEN_EFORMAT,
                  "csv: line 3: 1 field, wanted 2");
    check_refused("a,b\n1,2\n\"7,8\n9,0\n", NULL, MIEN_EFORMAT,
                  "csv: line 3: a quoted field is never closed");
    check_refused("a,b\n\"1\"2,2\n", NULL, MIEN_EFORMAT,
                  "csv: line 2: a quoted field goes on behind its quotes");
    check_refused("a,b\n1,5\" pipe\n", NULL, MIEN_EFORMAT,
                  "csv: line 2: a quote inside a field that is not quoted");
    check_refused_n("a,b\n1,2\n\"x\n\0\",3\n", 16, NULL, MIEN_EFORMAT,
                    "csv: line 4: a NUL byte");
    check_refused_n("a,b\n1,x\0y\n", 10, NULL, MIEN_EFORMAT,
                    "csv: line 2: a NUL byte");
    check_refused_n("a,b\n1,2\0\n", 9, NULL, MIEN_EFORMAT,
                    "csv: line 2: a NUL byte");
    check_refused_n("a,b\0\n1,2\n", 9, NULL, MIEN_EFORMAT,
                    "csv: line 1: a NUL byte");
}

static void test_types(void)
{
    const mien_csv_type type = {"amount", MIEN_COLUMN_NUMBER};
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.type = &type;
    o.types = 1;
    check_refused("id,amount\n1,2\n\"a\nb\",3\n3,\"abc\"\"\t\"\n4,x\n", &o,
                  MIEN_EFORMAT,
                  "csv: line 5, column 'amount': 'abc\"\"?', wanted a number; "
                  "--na takes such for missing");
    check_refused("id,sum\n1,2\n", &o, MIEN_EARG,
                  "csv: no column 'amount'; the file has 2: 'id' .. 'sum'");
    mien_csv_options f = MIEN_CSV_DEFAULTS;
    f.finite = 1;
    check_refused("a,b\n1,2\n3,-inf\n", &f, MIEN_EFORMAT,
                  "csv: line 3, column 'b': '-inf', wanted a finite number");
    check_refused("a,b\n1,2\n1e999,1\n", &f, MIEN_EFORMAT,
                  "csv: line 3, column 'a': '1e999', wanted a finite number");
    mien_csv_options w = MIEN_CSV_DEFAULTS;
    const char *const wanted[] = {"b", "zz"};
    w.column = wanted;
    w.columns = 2;
    check_refused("a,b,c\n1,2,3\n", &w, MIEN_EARG,
                  "csv: no column 'zz'; the file has 3: 'a' .. 'c'");
    const char *const twice[] = {"b", "b"};
    w.column = twice;
    check_refused("a,b,c\n1,2,3\n", &w, MIEN_EARG,
                  "csv: column 'b' asked for twice");
    mien_csv_options d = MIEN_CSV_DEFAULTS;
    d.delimiter = '"';
    check_refused("a,b\n", &d, MIEN_EARG,
                  "csv: a quote or a line end cannot be the delimiter");
    const mien_csv_options five = {.decimal = '5'}, sign = {.thousands = '-'};
    check_refused("a,b\n1,2\n", &five, MIEN_EARG,
                  "csv: digits, letters and signs cannot stand before the "
                  "fraction of a number or between its digits");
    check_refused("a,b\n1,2\n", &sign, MIEN_EARG,
                  "csv: digits, letters and signs cannot stand before the "
                  "fraction of a number or between its digits");
    const mien_csv_options quote = {.quote = ';', .delimiter = ';'};
    check_refused("a;b\n1;2\n", &quote, MIEN_EARG,
                  "csv: ';' cannot be both the delimiter and the quote");
}

/* A fault in a column that is passed over is found all the same. */
static void test_projection(void)
{
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    const char *const wanted[] = {"e"};
    o.column = wanted;
    o.columns = 1;
    check_refused("a,b,c,d,e\n1,2,3,4,5\nab,cd,0123456789ab\"cdef,4,5\n", &o,
                  MIEN_EFORMAT,
                  "csv: line 3: a quote inside a field that is not quoted");
    check_refused("a,b,c,d,e\n1,2,3,4\n", &o, MIEN_EFORMAT,
                  "csv: line 2: 4 fields, wanted 5");
    check_refused("a,b,c,d,e\n1,2,3,4,5,6\n", &o, MIEN_EFORMAT,
                  "csv: line 2: 6 fields, wanted 5");
    const char *const first[] = {"a"};
    o.column = first;
    check_refused("a,b,c,d,e\n1,22222,33333,44444,55555,6\n", &o, MIEN_EFORMAT,
                  "csv: line 2: 6 fields, wanted 5");
}

static void test_limits(void)
{
    size_t n = (size_t)3 << 20, head = 4;
    char *csv = malloc(n + 1);
    memset(csv, 'x', n);
    csv[n] = '\0';
    check_refused_n(csv, n, NULL, MIEN_ELIMIT,
                    "csv: line 1: a field of more than 1048576 bytes");
    memcpy(csv, "a,b\n", head);
    check_refused_n(csv, n, NULL, MIEN_ELIMIT,
                    "csv: line 2: a field of more than 1048576 bytes");
    csv[head] = '"';
    check_refused_n(csv, n, NULL, MIEN_ELIMIT,
                    "csv: line 2: a quoted field of more than 1048576 bytes; "
                    "is its last quote missing?");
    memset(csv, ',', n);
    check_refused_n(csv, n, NULL, MIEN_ELIMIT,
                    "csv: line 1: more than 16384 columns");
    memcpy(csv, "a,b\n", head);
    check_refused_n(csv, n, NULL, MIEN_EFORMAT,
                    "csv: line 2: 3145725 fields, wanted 2");
    free(csv);
    n = (size_t)40 << 20;
    csv = malloc(n);
    memset(csv, ',', n);
    memcpy(csv, "a,b\n", head);
    check_refused_n(csv, n, NULL, MIEN_ELIMIT,
                    "csv: line 2: a row of more than 16777216 bytes");
    free(csv);
}

/* The first of several faults, wherever threads meet it. */
static void test_first_fault(void)
{
    enum { ROWS = 100000, EACH = 16 };
    char *csv = malloc(ROWS * EACH + 64);
    size_t n = 6;
    memcpy(csv, "a,b,c\n", n);
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(csv + n, EACH,
                              i == 60001   ? "1,\"2\n"
                              : i == 50000 ? "1,2\n"
                              : i == 90000 ? "1,2,3,4\n"
                                           : "%d,\"2\",3\n",
                              i);
    for (int threads = 1; threads <= 4; threads++) {
        mien_pool *pool = NULL;
        CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
        mien_csv_options o = MIEN_CSV_DEFAULTS;
        o.pool = pool;
        check_refused_n(csv, n, &o, MIEN_EFORMAT,
                        "csv: line 50002: 2 fields, wanted 3");
        mien_pool_free(pool);
    }
    free(csv);
}

static void test_stream(void)
{
    static const char csv[] = "a,b\r\n1,x\r\n\"2\r\n\",y\r\nz,3\r\n1,2,3\r\n";
    const mien_csv_type type = {"a", MIEN_COLUMN_NUMBER};
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.type = &type;
    o.types = 1;
    for (size_t piece = 4; piece < sizeof csv; piece++) {
        mien_csv_stream *s = NULL;
        mien_error err = {0};
        size_t at = 0, used = 0, size = piece;
        const uint8_t *bytes = (const uint8_t *)csv;
        mien_status st =
            mien_csv_stream_new(bytes, sizeof csv - 1, 1, &o, &at, &s, &err);
        CHECK_EQ(st, MIEN_OK);
        while (st == MIEN_OK && at < sizeof csv - 1) {
            size_t n = sizeof csv - 1 - at < size ? sizeof csv - 1 - at : size;
            const mien_table *t;
            st = mien_csv_stream_next(
                s, bytes + at, n, at + n == sizeof csv - 1, &used, &t, &err);
            at += st == MIEN_OK ? used : 0;
            size += used == 0;
        }
        CHECK_MSG(st == MIEN_EFORMAT &&
                      strcmp(err.text, "csv: line 3, column 'a': '2?"
                                       "?', wanted a number; --na takes "
                                       "such for missing") == 0,
                  "piece %zu: %s", piece, err.text);
        mien_csv_stream_free(s);
    }
    mien_csv_stream *s = NULL;
    mien_error err = {0};
    size_t used;
    CHECK_EQ(mien_csv_stream_new((const uint8_t *)"a,b,c", 5, 0, NULL, &used,
                                 &s, &err),
             MIEN_ELIMIT);
    CHECK(strcmp(err.text, "csv: the header does not end in the first 5 "
                           "bytes") == 0);
}

static void test_map(void)
{
    char path[] = "/tmp/mien_csv_XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, "a,b\n1,2\n", 8) == 8);
    close(fd);
    mien_map m = {0};
    mien_error err = {0};
    CHECK_EQ(mien_file_map(path, 0, &m, &err), MIEN_OK);
    CHECK(m.n == 8 && m.mapped && memcmp(m.data, "a,b\n1,2\n", 8) == 0);
    mien_file_unmap(&m);
    CHECK(m.data == NULL && m.n == 0);
    CHECK_EQ(truncate(path, 0), 0);
    CHECK_EQ(mien_file_map(path, 0, &m, &err), MIEN_OK);
    CHECK(m.n == 0 && !m.mapped);
    mien_file_unmap(&m);
    unlink(path);
    CHECK_EQ(mien_file_map(path, 0, &m, &err), MIEN_EIO);
    CHECK_EQ(mien_file_map("/dev/zero", 1000, &m, &err), MIEN_ELIMIT);
    mien_file_unmap(NULL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_header);
    RUN(test_rows);
    RUN(test_types);
    RUN(test_projection);
    RUN(test_limits);
    RUN(test_first_fault);
    RUN(test_stream);
    RUN(test_map);
    return check_done();
}
