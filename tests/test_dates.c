/* Dates: their forms, which number is the day, their order in time, what is
 * said of them, and back to text. */
#include "base/alloc.h"
#include "mien/table_dates.h"
#include "tests/check.h"

#include <string.h>
#include <time.h>

static mien_table *table_of(const char *text, mien_date_order order)
{
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    mien_table *t = NULL;
    mien_error err = {0};
    o.dates = order;
    mien_status st =
        mien_csv_read((const uint8_t *)text, strlen(text), &o, &t, &err);
    CHECK_MSG(!st, "%s", err.text);
    return t;
}

/* The seconds of one text; NaN if it is no date. */
static double one(const char *text, mien_date_order order)
{
    const mien_text value = {text, strlen(text)};
    const mien_column c = {
        .name = "d", .type = MIEN_COLUMN_TEXT, .text = &value};
    mien_table *t = NULL;
    mien_dates d = {0};
    CHECK_EQ(mien_table_new(1, 1, &c, &t, NULL), MIEN_OK);
    double v =
        mien_dates_read(t, 0, order, &d, NULL) ? (double)NAN : d.second[0];
    mien_dates_free(&d);
    mien_table_free(t);
    return v;
}

static void test_forms(void)
{
    static const struct {
        const char *text;
        double want;
    } all[] = {{"1970-01-01", 0},
               {"2020-05-01", 1588291200},
               {"2020/5/1", 1588291200},
               {"2020.05.01", 1588291200},
               {" 2020-05 ", 1588291200},
               {"2020-05-01T13:45", 1588340700},
               {"2020-05-01 13:45:00.5", 1588340700.5},
               {"2020-05-01T13:45:00Z", 1588340700},
               {"2020-05-01T13:45:00+02:00", 1588333500},
               {"2020-05-01T13:45:00-0130", 1588346100},
               {"1 May 2020", 1588291200},
               {"1-May-20", 1588291200},
               {"May 1, 2020", 1588291200},
               {"Sept 3 1999", 936316800},
               {"3 december 1999 1:30 pm", 944227800},
               {"2020-Feb-29", 1582934400},
               {"2000-02-29", 951782400},
               {"1899-12-31", -2209075200.},
               {"13/5/1999", 926553600},
               {"5/13/99 0:00", 926553600},
               {"31.12.2020", 1609372800},
               {"1.5.2020", 1588291200},
               {"4/4/2020 12:00 AM", 1585958400}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        CHECK_MSG(one(all[i].text, MIEN_DATE_ANY) == all[i].want, "%s: %f",
                  all[i].text, one(all[i].text, MIEN_DATE_ANY));
}

static void test_texts_that_are_no_dates(void)
{
    static const char *const all[] = {"x",
                                      "1",
                                      "1.2.3",
                                      "10.20.30",
                                      "1 2 2003",
                                      "2020-13-01",
                                      "2021-02-29",
                                      "1900-02-29",
                                      "2020-00-10",
                                      "32/1/2020",
                                      "13/13/2020",
                                      "2020-05-01x",
                                      "2020-05-01T",
                                      "1/2",
                                      "1/2/3",
                                      "2020-05-01 25:00",
                                      "2020-05-01 1:2",
                                      "May",
                                      "Mayo 1, 2020",
                                      "-1/2/2020",
                                      "2020-05-01 13:00 pm",
                                      "2020-05-01T10:00+2",
                                      "1/2/2020/3"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        CHECK_MSG(isnan(one(all[i], MIEN_DATE_MDY)), "%s", all[i]);
}

/* Every day of 800 years by the C library, and back to text. */
static void test_all_days(void)
{
    for (int64_t day = -150000; day < 150000; day += 7) {
        time_t at = (time_t)(day * 86400);
        struct tm tm;
        char want[32], text[MIEN_DATE_SIZE];
        gmtime_r(&at, &tm);
        strftime(want, sizeof want, "%Y-%m-%d", &tm);
        mien_date_write((double)at, text);
        CHECK_MSG(strcmp(text, want) == 0, "%s, want %s", text, want);
        if (day % 5 == 0)
            CHECK(one(want, MIEN_DATE_ANY) == (double)at);
    }
    char text[MIEN_DATE_SIZE];
    mien_date_write(1588340700, text);
    CHECK(strcmp(text, "2020-05-01 13:45:00") == 0);
    mien_date_write(1e300, text);
    CHECK(!*text);
    mien_date_write((double)NAN, text);
    CHECK(!*text);
}

/* The order of a column's numbers; -1 and the reason when it cannot be told. */
static int order_of(const char *csv, mien_date_order asked, mien_error *err)
{
    mien_table *t = table_of(csv, asked);
    mien_dates d = {0};
    int order =
        mien_dates_read(t, 0, MIEN_DATE_ANY, &d, err) ? -1 : (int)d.order;
    mien_dates_free(&d);
    mien_table_free(t);
    return order;
}

static void test_which_number_is_the_day(void)
{
    mien_error err = {0};
    CHECK_EQ(order_of("d\n1/2/2020\n1/13/2020\n", 0, NULL), MIEN_DATE_MDY);
    CHECK_EQ(order_of("d\n1/2/2020\n13/1/2020\n", 0, NULL), MIEN_DATE_DMY);
    CHECK_EQ(order_of("d\n1.2.2020\n3.1.2020\n", 0, NULL), MIEN_DATE_DMY);
    CHECK_EQ(order_of("d\n2020-01-02\n\"May 1, 2020\"\n", 0, NULL),
             MIEN_DATE_ISO);
    CHECK_EQ(order_of("d\n1/2/2020\n2/1/2020\n3/1/2020\n", 0, NULL),
             MIEN_DATE_MDY);
    CHECK_EQ(order_of("d\n1/2/2020\n1/3/2020\n2/1/2021\n", 0, &err), -1);
    CHECK(strstr(err.text, "say which (--dates dmy, mdy)"));
    CHECK_EQ(order_of("d\n1/2/2020\n2/1/2021\n", MIEN_DATE_DMY, NULL),
             MIEN_DATE_DMY);
    CHECK_EQ(order_of("d\n4/4/2020\n5/5/2021\n", 0, NULL), MIEN_DATE_MDY);
    CHECK_EQ(order_of("d\n13/1/2020\n1/13/2020\n", 0, &err), -1);
    CHECK(strstr(err.text, "row 2: '1/13/2020' has its month first"));
    CHECK_EQ(order_of("d\n1/13/2020\n2/1/2021\n", MIEN_DATE_DMY, &err), -1);
    CHECK(strstr(err.text, "row 1: '1/13/2020' is no date"));
    CHECK_EQ(order_of("d\n2020-01-01\nsoon\n", 0, &err), -1);
    CHECK(strstr(err.text, "column 'd', row 2: 'soon' is no date"));
}

/* Years of two digits: 58 to 75 are of one century, 98 to 03 of two. */
static void test_short_years(void)
{
    static const struct {
        const char *csv, *first, *last;
    } all[] = {{"d\n1/13/58\n5/1/75\n2/1/68\n", "1958-01-13", "1975-05-01"},
               {"d\n1/13/98\n5/1/03\n2/1/68\n", "1968-02-01", "2003-05-01"},
               {"d\n1/13/10\n5/1/20\n", "2010-01-13", "2020-05-01"},
               {"d\n1/13/60\n", "1960-01-13", "1960-01-13"},
               {"d\n1/13/00\n5/1/99\n", "1999-05-01", "2000-01-13"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mien_table *t = table_of(all[i].csv, MIEN_DATE_ANY);
        mien_dates d = {0};
        mien_date_summary s = {0};
        char text[MIEN_DATE_SIZE];
        CHECK_EQ(mien_dates_read(t, 0, MIEN_DATE_ANY, &d, NULL), MIEN_OK);
        CHECK_EQ(mien_dates_describe(&d, 0, NULL, &s, NULL), MIEN_OK);
        mien_date_write(s.first, text);
        CHECK_MSG(strcmp(text, all[i].first) == 0, "%s", text);
        mien_date_write(s.last, text);
        CHECK_MSG(strcmp(text, all[i].last) == 0, "%s", text);
        mien_dates_free(&d);
        mien_table_free(t);
    }
}

static void test_rows_in_the_order_of_time(void)
{
    int64_t order[5], falls = 7;
    mien_error err = {0};
    mien_table *t = table_of("d,e\n2020-12-01,5\n2020-02-01,3\n2020-07-01,3\n"
                             "2020-05-01,\n2020-02-01,1\n",
                             MIEN_DATE_ANY);
    CHECK_EQ(mien_table_time_order(t, 0, order, &falls, NULL), MIEN_OK);
    const int64_t want[] = {1, 4, 3, 2, 0};
    CHECK(memcmp(order, want, sizeof want) == 0 && falls == 2);
    CHECK_EQ(mien_table_time_order(t, 1, order, NULL, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "column 'e', row 4: no time"));
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 20; n++) {
        mi_alloc_fail_after(n);
        st = mien_table_time_order(t, 0, order, NULL, NULL);
        mi_alloc_fail_after(-1);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_table_free(t);
    t = table_of("e\n1588291200\n1588340700\n1588340700000\n", MIEN_DATE_EPOCH);
    mien_dates d = {0};
    CHECK_EQ(mien_dates_read(t, 0, MIEN_DATE_ANY, &d, NULL), MIEN_OK);
    CHECK(d.second[1] == 1588340700 && d.second[2] == d.second[1]);
    mien_dates_free(&d);
    CHECK_EQ(mien_table_time_order(t, 0, order, &falls, NULL), MIEN_OK);
    CHECK_EQ(falls, 0);
    mien_table_free(t);
}

static void test_what_is_said(void)
{
    mien_table *t = table_of("d,e\n2020-01-04,\n2020-01-01,\n2020-01-02,\n,1\n"
                             "2020-01-20,\n2020-01-04,\n2020-01-03,\n",
                             MIEN_DATE_ANY);
    const int64_t two[] = {0, 5}, none = 3;
    mien_dates d = {0};
    mien_date_summary s;
    CHECK_EQ(mien_dates_read(t, 0, MIEN_DATE_ANY, &d, NULL), MIEN_OK);
    CHECK_EQ(d.missing, 1);
    CHECK_EQ(mien_dates_describe(&d, 0, NULL, &s, NULL), MIEN_OK);
    CHECK(s.first == 1577836800 && s.last == 1579478400);
    CHECK(s.step == 86400 && s.gap == 16 * 86400. && s.gaps == 1);
    CHECK(s.gap_from == 1578096000);
    CHECK_EQ(mien_dates_describe(&d, 2, two, &s, NULL), MIEN_OK);
    CHECK(s.first == s.last && s.step == 0 && s.gap == 0 && s.gaps == 0);
    CHECK_EQ(mien_dates_describe(&d, 1, &none, &s, NULL), MIEN_OK);
    CHECK(isnan(s.first) && isnan(s.last));
    for (int n = 0; n < 2; n++) {
        mi_alloc_fail_after(n);
        CHECK_EQ(mien_dates_describe(&d, 0, NULL, &s, NULL), MIEN_ENOMEM);
        mi_alloc_fail_after(-1);
    }
    mien_dates_free(&d);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_forms);
    RUN(test_texts_that_are_no_dates);
    RUN(test_all_days);
    RUN(test_which_number_is_the_day);
    RUN(test_short_years);
    RUN(test_rows_in_the_order_of_time);
    RUN(test_what_is_said);
    return check_done();
}
