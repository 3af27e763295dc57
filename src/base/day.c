/* day.c: days of the calendar, as texts. */
#include "mien/day.h"

#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* The digits at text as a number. */
static int number(const char *text, int digits)
{
    int v = 0;
    for (int i = 0; i < digits; i++)
        v = 10 * v + (text[i] - '0');
    return v;
}

int mien_is_day(const char *text)
{
    if (!text || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return 0;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9'))
            return 0;
    int year = number(text, 4), month = number(text + 5, 2);
    int day = number(text + 8, 2);
    return year >= 1600 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_of_month(year, month);
}

void mien_day_add(const char *day, int days, char out[11])
{
    assert(mien_is_day(day) && days >= 0 && days <= MIEN_DAY_MOST);
    int y = number(day, 4), m = number(day + 5, 2), d = number(day + 8, 2);
    d += days;
    for (int in = days_of_month(y, m); d > in; in = days_of_month(y, m)) {
        d -= in;
        y += m == 12;
        m = m % 12 + 1;
    }
    if (y > 9999)
        memcpy(out, "9999-12-31", 11);
    else
        snprintf(out, 11, "%04u-%02u-%02u", (unsigned)y % 10000U,
                 (unsigned)m % 100U, (unsigned)d % 100U);
}

/* Days from the beginning of the year 1. */
static int place_of(const char *day)
{
    int year = number(day, 4), before = year - 1;
    int n = 365 * before + before / 4 - before / 100 + before / 400;
    for (int m = 1; m < number(day + 5, 2); m++)
        n += days_of_month(year, m);
    return n + number(day + 8, 2);
}

int mien_day_count(const char *from, const char *to)
{
    assert(mien_is_day(from) && mien_is_day(to));
    return place_of(to) - place_of(from);
}

mien_status mien_day_until(const char *text, const char *today, char out[11],
                           mien_error *err)
{
    size_t n = strlen(text);
    assert(mien_is_day(today));
    if (n && n <= 6 && strspn(text, "0123456789") == n &&
        number(text, (int)n) <= MIEN_DAY_MOST) {
        mien_day_add(today, number(text, (int)n), out);
        return MIEN_OK;
    }
    if (!mien_is_day(text))
        return mi_fail(err, MIEN_EARG,
                       "'%.40s', wanted how many days, 0 to %d, or the last "
                       "day, YYYY-MM-DD",
                       text, MIEN_DAY_MOST);
    if (strcmp(text, today) < 0)
        return mi_fail(err, MIEN_EARG, "%s is before today, %s", text, today);
    memcpy(out, text, 11);
    return MIEN_OK;
}
