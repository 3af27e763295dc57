/* test_day.c: days of the calendar against the C library's, and when something
 * ends.
 *
 * Not as WebAssembly: the calendar of its C library is not asked. */
#include "mien/day.h"

#include "tests/check.h"

#include <time.h>

/* Against the C library's calendar. */
static void test_days_are_those_of_the_calendar(void)
{
    char day[11];
    for (int from = 0; from < 400; from += 7)
        for (int days = 0; days < 4000; days += 113) {
            time_t t = (time_t)from * 86400 + 946684800; /* 2000-01-01 */
            struct tm a, b;
            char first[11], want[11];
            t += (time_t)days * 86400;
            gmtime_r(&t, &b);
            t -= (time_t)days * 86400;
            gmtime_r(&t, &a);
            strftime(first, sizeof first, "%Y-%m-%d", &a);
            strftime(want, sizeof want, "%Y-%m-%d", &b);
            mien_day_add(first, days, day);
            CHECK_MSG(strcmp(day, want) == 0, "%s + %d = %s, want %s", first,
                      days, day, want);
            CHECK_EQ(mien_day_count(first, want), days);
            CHECK_EQ(mien_day_count(want, first), -days);
        }
    mien_day_add("1899-12-31", 60, day);
    CHECK(strcmp(day, "1900-03-01") == 0); /* 1900 was no leap year */
    mien_day_add("9999-12-30", 400000, day);
    CHECK(strcmp(day, "9999-12-31") == 0);
    CHECK_EQ(mien_day_count("1600-01-01", "2000-01-01"), 146097);
}

static void test_what_is_a_day(void)
{
    CHECK(mien_is_day("2000-02-29") && !mien_is_day("2100-02-29"));
    CHECK(!mien_is_day("2026-13-01") && !mien_is_day("2026-00-01"));
    CHECK(!mien_is_day("2026-04-31") && !mien_is_day("2026-04-00"));
    CHECK(!mien_is_day("1599-12-31") && !mien_is_day("2026-04-011"));
    CHECK(!mien_is_day("2026/04/01") && !mien_is_day(NULL));
    CHECK(!mien_is_day("2026-0a-01"));
}

/* What `text` says on 2026-11-30; "" where it is refused. */
static const char *until(const char *text)
{
    static char day[11];
    mien_error err = {0};
    day[0] = 0;
    mien_status st = mien_day_until(text, "2026-11-30", day, &err);
    CHECK(st ? st == MIEN_EARG && !day[0] && strstr(err.text, text) : day[0]);
    return day;
}

static void test_an_end_is_a_day_or_so_many_days(void)
{
    CHECK(strcmp(until("0"), "2026-11-30") == 0);
    CHECK(strcmp(until("30"), "2026-12-30") == 0);
    CHECK(strcmp(until("400000"), "3122-01-29") == 0);
    CHECK(strcmp(until("2026-11-30"), "2026-11-30") == 0);
    CHECK(strcmp(until("2027-01-01"), "2027-01-01") == 0);
    CHECK(!*until("") && !*until("400001") && !*until("1000000"));
    CHECK(!*until("-1") && !*until("3.5") && !*until("30 days"));
    CHECK(!*until("2026-11-29") && !*until("2026-02-30"));
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_days_are_those_of_the_calendar);
    RUN(test_what_is_a_day);
    RUN(test_an_end_is_a_day_or_so_many_days);
    return check_done();
}
