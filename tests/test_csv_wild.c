/* CSV files as they lie about: each is read as it is meant, and said what was
 * not as it should be; what cannot be read is named with what may cure it. */
#include "base/alloc.h"
#include "mien/table_columns.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static mien_table *read_bytes(const void *bytes, size_t n,
                              const mien_csv_options *o)
{
    mien_table *t = NULL;
    mien_error err = {0};
    mien_status st = mien_csv_read(bytes, n, o, &t, &err);
    CHECK_MSG(!st, "%s", err.text);
    if (st)
        exit(check_done());
    return t;
}

/* A table as text: names, then rows, apart by blanks; missing ones are "-". */
static char *flat(const mien_table *t)
{
    static char out[4000];
    size_t n = 0;
    for (int c = 0; c < mien_table_columns(t); c++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", c ? " " : "",
                              mien_table_column(t, c).name);
    for (int64_t r = 0; r < mien_table_rows(t); r++) {
        n += (size_t)snprintf(out + n, sizeof out - n, "|");
        for (int c = 0; c < mien_table_columns(t); c++) {
            mien_column col = mien_table_column(t, c);
            const char *gap = c ? " " : "";
            if (col.number && isnan(col.number[r]))
                n += (size_t)snprintf(out + n, sizeof out - n, "%s-", gap);
            else if (col.number)
                n += (size_t)snprintf(out + n, sizeof out - n, "%s%.15g", gap,
                                      col.number[r]);
            else
                n += (size_t)snprintf(out + n, sizeof out - n, "%s'%.*s'", gap,
                                      (int)col.text[r].n, col.text[r].at);
        }
    }
    return out;
}

/* A file read, its rows and its notes. */
static void check_read(const char *csv, const mien_csv_options *o,
                       const char *want, const char *notes)
{
    mien_table *t = read_bytes(csv, strlen(csv), o);
    CHECK_MSG(strcmp(flat(t), want) == 0, "%s: '%s', want '%s'", csv, flat(t),
              want);
    const char *said = mien_table_notes(t);
    CHECK_MSG(*notes ? strstr(said, notes) != NULL : !*said, "'%s', want '%s'",
              said, notes);
    mien_table_free(t);
}

static void test_names(void)
{
    check_read(",a,b\n0,1,4\n1,2,5\n", NULL, "index a b|0 1 4|1 2 5",
               "column 1 has no name: read as 'index'\n");
    check_read("a,b,a,a,a.2\n1,2,3,4,5\n", NULL, "a b a.3 a.4 a.2|1 2 3 4 5",
               "column 3 has a name that is there already: read as 'a.3'");
    check_read("a,,index,\n1,2,3,4\n", NULL,
               "a column 2 index column 4|1 2 3 4", "column 4 has no name");
    check_read("a,b,\n1,2,\n3,4,\n", NULL, "a b|1 2|3 4",
               "neither name nor values");
    check_read("a,b\n1,2,\n3,4,\n", NULL, "a b|1 2|3 4",
               "2 rows end with a delimiter too many");
    check_read("a b\nx 1 2\ny 3 4\n", &(mien_csv_options){.delimiter = ' '},
               "index a b|'x' 1 2|'y' 3 4", "column 1 has no name");
    char many[800];
    int n = 0;
    for (int i = 0; i < 200; i++)
        n += snprintf(many + n, sizeof many - (size_t)n, "%s%s",
                      i == 100 ? "\n"
                      : i      ? ","
                               : "",
                      i < 100 ? "x" : "1");
    mien_table *t = read_bytes(many, strlen(many), NULL);
    CHECK(strcmp(mien_table_column(t, 99).name, "x.100") == 0);
    CHECK(strstr(mien_table_notes(t), "96 more columns were named so\n"));
    mien_table_free(t);
}

static void test_quotes(void)
{
    check_read("id,name,x\n1,Kyoto \"The KINOE\",35\n2,5' 6\",3\n", NULL,
               "id name x|1 'Kyoto \"The KINOE\"' 35|2 '5' 6\"' 3",
               "2 fields have quotes that are not around all of them, the "
               "first in line 2");
    check_read("a,b\n1, \"x, y\"\n2,\t\"z\"\"\"\n", NULL,
               "a b|1 'x, y'|2 'z\"'", "2 fields");
    check_read("a,b\n\"1\"2,\"x\"y\n", NULL, "a b|12 'xy'", "2 fields");
    check_read("a,b\n1,\"x\ny\"\n\n2,5\"\n", NULL, "a b|1 'x\ny'|2 '5\"'",
               "the first in line 5");
    const mien_csv_options single = {.quote = '\''};
    check_read("a,b\n1,'x, \"y\"'\n2,'it''s'\n", &single,
               "a b|1 'x, \"y\"'|2 'it's'", "");
    const mien_csv_options none = {.quote = MIEN_CSV_NO_QUOTE};
    check_read("a;b\n1;\"x\n2;y\"\n", &none, "a b|1 '\"x'|2 'y\"'", "");
}

static void test_lines(void)
{
    const mien_csv_options comment = {.comment = '#'}, skip = {.skip = 2};
    check_read("# from\n# year;mean\nyear;mean\n1959;31\n#x;y;z\n1960;\"#2\"\n",
               &comment, "year mean|1959 '31'|1960 '#2'", "");
    check_read("Title, of it\nUpdated,2020\n\nc,x,y\na,1,2\n", &skip,
               "c x y|'a' 1 2", "");
    check_read("T\r\nU\r\na,b\r\n1,5\"\r\n", &skip, "a b|1 '5\"'",
               "the first in line 4");
}

/* Empty ends, blank names, Excel's first line, DOS's last byte; a title is no
 * header of an index. */
static void test_ends_and_beginnings(void)
{
    check_read("a;b;;\n1;2;;\n3;4;;\n", NULL, "a b|1 2|3 4",
               "the last 2 columns have neither name nor values: left out\n");
    check_read(
        "a,,b,,\n1,2,3,4,\n5,6,7,,\n", NULL,
        "a column 2 b column 4|1 2 3 4|5 6 7 -",
        "column 2 has no name: read as 'column 2'\ncolumn 4 has no name: "
        "read as 'column 4'\nthe last column has neither");
    check_read(
        "a,a,,\n1,2,3,4\n", NULL, "a a.2 column 3 column 4|1 2 3 4",
        "columns 3 to 4 have no names: read as 'column 3' to 'column 4'");
    check_read(" ,a\n0,5\n", NULL, "index a|0 5", "column 1 has no name");
    check_read("a,b,\n1,2\n3,4\n", NULL, "a b|1 2|3 4",
               "the header ends with a delimiter too many: left out\n");
    check_read("sep=;\na;b\n1;2,5\n", NULL, "a b|1 '2,5'",
               "the first line says that ';' stands between values\n");
    check_read("\xef\xbb\xbf\"SEP=|\"\r\na|b\r\n1|5\"\r\n", NULL, "a b|1 '5\"'",
               "the first line says that '|' stands");
    check_read("sep=;x\n1;2\n", NULL, "sep= x|1 2", "");
    check_read("a,b\n1,2\n\x1a", NULL, "a b|1 2", "");
    check_read("x\n0,5\n1,6\n", NULL, "index x|0 5|1 6",
               "column 1 has no name: read as 'index'");
    CHECK(!mien_csv_can_stream((const uint8_t *)"sep=;\na;b\n", 10, NULL));
}

static int streams(const char *csv)
{
    return mien_csv_can_stream((const uint8_t *)csv, strlen(csv), NULL);
}

/* What only mending makes readable is not read piece by piece. */
static void test_what_can_be_streamed(void)
{
    CHECK(streams("a,b\n1,2\n") && streams(",b\n1,2\n3,4") && streams("a,b"));
    CHECK(streams("a,a\n1,2\n3,4\n5,")); /* a row that goes on */
    CHECK(streams("a,b\n1,2\n3,4,5\n")); /* nothing mends it */
    CHECK(!streams("a,b\n1,2,\n3,4,\n") && !streams("a,b,\n1,2\n"));
    CHECK(!streams("a,b\n1,5\"\n") && !streams("a,b\n1, \"x, y\"\n"));
    CHECK(!streams("a\n0,1\n1,2\n") && !streams("a,b\n1,2\n\x1a"));
    for (int n = 0; n < 30; n++) {
        mi_alloc_fail_after(n);
        (void)streams("a,b\n1,2,\n3,4,\n");
        mi_alloc_fail_after(-1);
    }
}

/* Columns of texts that look like numbers, and one that looks like many. */
static void test_hints(void)
{
    check_read("a;b\n1 234,5;x\n2 345;y\n", NULL,
               "a b|'1 234,5' 'x'|'2 345' 'y'",
               "such as '1 234,5' want --decimal , --thousands ' '\n");
    check_read("a;b\n1'234.5;x\n", NULL, "a b|'1'234.5' 'x'",
               "want --thousands \"'\"\n");
    check_read("a,b\n$1.50,1\n\"$1,000.25\",2\n", NULL,
               "a b|'$1.50' 1|'$1,000.25' 2",
               "'$1.50' are not read with what is around them\n");
    check_read("a,b\n10 %,1\n(3),2\n\xe2\x82\xac 4,3\n", NULL,
               "a b|'10 %' 1|'(3)' 2|'\xe2\x82\xac 4' 3", "around them");
    check_read("a,b\n1 2 3,1\n", NULL, "a b|'1 2 3' 1", "");
    check_read("x:y\n1:2\n3:4\n", NULL, "x:y|'1:2'|'3:4'",
               "--delimiter ':' says that it stands between values\n");
    check_read("\"A title, quoted\"\nx;y\n1;2\n", NULL,
               "A title, quoted|'x;y'|'1;2'", "--delimiter ';' says");
    check_read("time\n12:30\n13:45\n", NULL, "time|'12:30'|'13:45'", "");
    check_read("name\nAnn Lee\nBo\n", NULL, "name|'Ann Lee'|'Bo'", "");
}

static void test_numbers(void)
{
    const mien_csv_options comma = {.decimal = ','};
    const mien_csv_options both = {.decimal = ',', .thousands = '.'};
    const mien_csv_options groups = {.thousands = ','};
    check_read("a;b\nx;1,20\ny;-22,3e2\n", &comma, "a b|'x' 1.2|'y' -2230", "");
    check_read("a;b\n1.234;1.234,56\n1.234.567;7\n", &both,
               "a b|1234 1234.56|1234567 7", "");
    check_read("a;b\n1.23;12.3456,7\n1.234.56;1,5.000\n1.2345;.123\n", &both,
               "a b|'1.23' '12.3456,7'|'1.234.56' '1,5.000'|'1.2345' '.123'",
               "");
    check_read("a;b\n12.5;1\n,25;2\n", &comma, "a b|'12.5' 1|',25' 2",
               "want --decimal ,");
    check_read("a,b\n\"1,234.5\",1\n\"-12,345\",2\n7,3\n", &groups,
               "a b|1234.5 1|-12345 2|7 3", "");
    check_read("a;b\nx;1,20\ny;2\n", NULL, "a b|'x' '1,20'|'y' '2'",
               "column 'b' is read as texts: numbers such as '1,20' want "
               "--decimal ,\n");
    check_read("a;b\nx;1,20\ny;1.222,3\n", NULL, "a b|'x' '1,20'|'y' '1.222,3'",
               "want --decimal , --thousands .\n");
    check_read("a,b\nx,\"1,234\"\ny,\"12,345\"\n", NULL,
               "a b|'x' '1,234'|'y' '12,345'", "--thousands ,");
    char csv[200];
    int n = snprintf(csv, sizeof csv, "a\n");
    for (int i = 0; i < 20; i++)
        n += snprintf(csv + n, sizeof csv - (size_t)n, "%s",
                      i == 7 ? "n.a.\n" : "5\n");
    mien_table *t = read_bytes(csv, strlen(csv), NULL);
    CHECK(strstr(mien_table_notes(t), "19 of 20 values are numbers, others "
                                      "such as 'n.a.' are not"));
    mien_table_free(t);
}

/* Whole numbers that a double would merge stay texts, but for a type that is
 * asked for. */
static void test_large_numbers(void)
{
    check_read("id,x\n9007199254740993,1\n9007199254740992,2\n", NULL,
               "id x|'9007199254740993' 1|'9007199254740992' 2",
               "column 'id' holds whole numbers beyond 2^53");
    check_read("a,b,c\n100000000000000000000,9007199254740994,1e300\n"
               "-36028797018963968,18014398509481984,9007199254740993.5\n",
               NULL,
               "a b c|1e+20 9.00719925474099e+15 1e+300|-3.6028797018964e+16 "
               "1.8014398509482e+16 9.00719925474099e+15",
               "");
    const mien_csv_type type = {"id", MIEN_COLUMN_NUMBER};
    const mien_csv_options asked = {.type = &type, .types = 1};
    check_read("id\n9007199254740993\n1\n", &asked, "id|9.00719925474099e+15|1",
               "");
    check_read("id\n7\n123456789012345678901234567890\n", NULL,
               "id|'7'|'123456789012345678901234567890'", "2^53");
}

static void test_missing_values(void)
{
    check_read("a,b,c\nNone,None,NA\nSome,2,x\nNone,NA,nan\n", NULL,
               "a b c|'None' - ''|'Some' 2 'x'|'None' - ''", "");
    static const char *const dash[] = {"-", "?"}, *const no[] = {""};
    const mien_csv_options dashes = {.missing = dash, .missings = 2};
    const mien_csv_options nothing = {.missing = no, .missings = 1};
    check_read("a,b\nNA,1\n-,?\n", &dashes, "a b|'NA' 1|'' -", "");
    check_read("cc,b\nNA,1\nNC,\n", &nothing, "cc b|'NA' 1|'NC' -", "");
}

/* ---- encodings ----------------------------------------------------------- */

static void test_encodings(void)
{
    static const char utf16[] = "\xff\xfen\0,\0x\0\n\0\xfc\0,\0001\0\n\0"
                                "\x3d\xd8\x00\xde,\0002\0\n";
    mien_table *t = read_bytes(utf16, sizeof utf16, NULL);
    CHECK(strcmp(flat(t), "n x|'\xc3\xbc' 1|'\xf0\x9f\x98\x80' 2") == 0);
    CHECK(strstr(mien_table_notes(t), "read as UTF-16"));
    mien_table_free(t);
    static const char big[] = "\0a\0,\0b\0\n\0001\0,\0002\0";
    t = read_bytes(big, sizeof big - 2, NULL);
    CHECK_MSG(strcmp(flat(t), "a b|1 2") == 0, "%s", flat(t));
    mien_table_free(t);
    check_read("gr\xf6\xdf"
               "e,x\n1,\x93"
               "a\x94\n",
               NULL,
               "gr\xc3\xb6\xc3\x9f"
               "e x|1 '\xe2\x80\x9c"
               "a\xe2\x80\x9d'",
               "read as CP1252; --encoding");
    const mien_csv_options latin = {.encoding = MIEN_ENCODING_LATIN1};
    const mien_csv_options utf8 = {.encoding = MIEN_ENCODING_UTF8};
    const mien_csv_options win = {.encoding = MIEN_ENCODING_CP1252};
    check_read("a\n\xe9\n", &latin, "a|'\xc3\xa9'", "");
    check_read("a\n\x80\n", &win, "a|'\xe2\x82\xac'", "");
    check_read("a\n\xc3\xa9\n", NULL, "a|'\xc3\xa9'", "");
    mien_error err = {0};
    CHECK_EQ(mien_csv_read((const uint8_t *)"a\n1\n\xe9\n", 6, &utf8, &t, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "line 3: bytes that are no UTF-8"));
    /* Every fault of UTF-8 makes the file one of CP1252. */
    static const char *const bad[] = {
        "a\n\xc0\xaf\n",         "a\n\xe0\x9f\xbf\n",     "a\n\xed\xa0\x80\n",
        "a\n\xf0\x8f\xbf\xbf\n", "a\n\xf4\x90\x80\x80\n", "a\n\xc3",
        "a\n\xe2\x82\n",         "a\n\xf5\x80\x80\x80\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        t = read_bytes(bad[i], strlen(bad[i]), NULL);
        CHECK(strstr(mien_table_notes(t), "CP1252"));
        mien_table_free(t);
    }
}

static void refuse(const void *bytes, size_t n, const char *why)
{
    mien_table *t = NULL;
    mien_error err = {0};
    mien_status st = mien_csv_read(bytes, n, NULL, &t, &err);
    CHECK_MSG(st == MIEN_EFORMAT && strstr(err.text, why), "'%s', want '%s'",
              err.text, why);
    CHECK(!mien_csv_can_stream(bytes, n, NULL) || strstr(why, "--"));
}

static void test_what_cannot_be_read(void)
{
    refuse("PK\3\4abc", 7, "zip (or a spreadsheet): unpack it");
    refuse("\x1f\x8b\x08", 3, "the file is gzip");
    refuse("BZh9", 4, "bzip2: unpack it");
    refuse("\x28\xb5\x2f\xfd", 4, "zstd");
    refuse("SQLite format 3", 15, "the file is SQLite: save it as CSV");
    refuse("%PDF-1.4\n", 9, "PDF");
    refuse("\xd0\xcf\x11\xe0\xa1", 5, "an old spreadsheet (.xls)");
    refuse("\xef\xbb\xbf\n<!DOCTYPE HTML>\n<p>", 22, "a page of HTML");
    refuse("[{\"a\":1,\"b\":2}]", 16, "JSON: save it");
    refuse("{\"a\":1}\n", 8, "JSON: save it");
    static const char lfs[] = "version https://git-lfs.github.com/spec/v1\n";
    refuse(lfs, sizeof lfs - 1, "git lfs pull gets the file itself");
    mien_table *t = NULL; /* not a header without any name */
    CHECK_EQ(mien_csv_read((const uint8_t *)",\nx\ny\n", 6, NULL, &t, NULL),
             MIEN_EFORMAT);
    static const char slashes[] = "// a title\nx,y\na,1\nb,2\n";
    refuse(slashes, sizeof slashes - 1, "--skip 1 passes over");
    static const char comment[] = "# from\n# a,b\nc,d\n1,2\n";
    refuse(comment, sizeof comment - 1, "--comment '#' passes over");
    static const char title[] = "A title\nof it\na,b,c\n1,2,3\n4,5,6\n";
    refuse(title, sizeof title - 1, "--skip 2 passes over the lines before");
}

/* ---- what is made of them -------------------------------------------------
 */

/* Rows taken from a table whose bytes were written anew live on without it. */
static void test_rows_outlive_their_table(void)
{
    static const char csv[] = "n,x\nM\xfcller,1\nJos\xe9,2\n";
    mien_table *t = read_bytes(csv, sizeof csv - 1, NULL), *u = NULL, *v = NULL;
    const int64_t row[] = {1};
    const int column[] = {0};
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_bytes b = {0};
    CHECK_EQ(mien_table_select_rows(t, 1, row, &u, NULL), MIEN_OK);
    CHECK_EQ(mien_table_select_columns(t, 1, column, &v, NULL), MIEN_OK);
    mien_table_free(t);
    CHECK(strcmp(flat(u), "n x|'Jos\xc3\xa9' 2") == 0);
    CHECK(strcmp(flat(v), "n|'M\xc3\xbcller'|'Jos\xc3\xa9'") == 0);
    o.as_read = 1;
    CHECK_EQ(mien_csv_write(u, NULL, 0, &o, &b, NULL), MIEN_OK);
    CHECK(b.n == 12 && memcmp(b.data, "n,x\nJos\xc3\xa9,2\n", 12) == 0);
    mien_bytes_free(&b);
    mien_table_free(u);
    mien_table_free(v);
}

static void test_failing_memory_is_reported(void)
{
    static const char *const all[] = {",a,a\n1,2,5\" x\n",
                                      "n,x\nM\xfcller,1\n",
                                      "a,b\n9007199254740993,2\n",
                                      "# x\na,b\n1,2\n",
                                      "sep=;\na;b;;\n1;\"5\" x;;\n",
                                      "a,b,\n1,2\n",
                                      "x:y\n1:2\n"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mien_csv_options o = MIEN_CSV_DEFAULTS;
        mien_status st = MIEN_ENOMEM;
        o.comment = '#';
        for (int n = 0; st == MIEN_ENOMEM && n < 200; n++) {
            mien_table *t = NULL;
            mien_error err = {0};
            mi_alloc_fail_after(n);
            st = mien_csv_read((const uint8_t *)all[i], strlen(all[i]), &o, &t,
                               &err);
            mi_alloc_fail_after(-1);
            CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]),
                      "%zu, allocation %d: %s", i, n, err.text);
            mien_table_free(t);
        }
        CHECK_EQ(st, MIEN_OK);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_names);
    RUN(test_quotes);
    RUN(test_lines);
    RUN(test_ends_and_beginnings);
    RUN(test_what_can_be_streamed);
    RUN(test_hints);
    RUN(test_numbers);
    RUN(test_large_numbers);
    RUN(test_missing_values);
    RUN(test_encodings);
    RUN(test_what_cannot_be_read);
    RUN(test_rows_outlive_their_table);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
