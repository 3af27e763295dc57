/* date.c: dates of columns, their order, and what can be said of them.
 *
 * A date is three parts, numbers or a month's name, with marks between them.
 * Which of them is the year, the month and the day is told by the first of four
 * digits, by a month's name, or by the whole column.  Days are counted by the
 * civil calendar of 400 years, 146,097 days each.
 * Source: ISO 8601:2004; Hinnant, "chrono-compatible low-level date
 * algorithms", 2013, days_from_civil. */
#include "mien/table_dates.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

/* A date as it stands in a text. */
typedef struct stamp {
    int part[3];   /* in their order */
    int digits[3]; /* of each; 0: a month's name */
    char mark[2];  /* between them; blanks count where nothing else stands */
    double time;   /* seconds of the day, the zone's offset taken off */
} stamp;

/* ---- one text ------------------------------------------------------------ */

typedef struct scan {
    const char *p, *end;
} scan;

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits as a number; how many there are. */
static int take_number(scan *s, int most, int *out)
{
    int n = 0;
    *out = 0;
    for (; s->p < s->end && is_digit(*s->p) && n < most; n++)
        *out = *out * 10 + *s->p++ - '0';
    return n;
}

static int take(scan *s, char c)
{
    int there =
        s->p < s->end && (*s->p | 32) == (c | 32) && (*s->p == c || c > '@');
    s->p += there;
    return there;
}

/* A month by its name, or its first three letters; 0: there is none. */
static int take_month(scan *s)
{
    static const char *const names[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    const char *p = s->p;
    while (p < s->end && (*p | 32) >= 'a' && (*p | 32) <= 'z')
        p++;
    size_t n = (size_t)(p - s->p);
    for (int i = 0; i < 12 && n >= 3; i++) {
        size_t same = 0;
        while (same < n && same < strlen(names[i]) &&
               (s->p[same] | 32) == names[i][same])
            same++;
        int sept = i == 8 && n == 4;
        if (same < n || (n > 3 && !sept && n != strlen(names[i])))
            continue;
        s->p = p + (p < s->end && *p == '.');
        return i + 1;
    }
    return 0;
}

/* Marks between parts; 0: there are none. */
static char take_mark(scan *s)
{
    char mark = 0;
    while (s->p < s->end && strchr("/-., ", *s->p)) {
        if (!mark || mark == ' ')
            mark = *s->p;
        s->p++;
    }
    return mark;
}

/* A zone behind a time: Z, +02:00, +0200, +02; seconds, to be taken off. */
static int take_zone(scan *s, double *out)
{
    int hour, minute = 0;
    *out = 0;
    if (take(s, 'z') || s->p == s->end)
        return 1;
    int minus = *s->p == '-';
    if (!minus && *s->p != '+')
        return 1;
    s->p++;
    if (take_number(s, 2, &hour) != 2)
        return 0;
    int colon = take(s, ':');
    int digits = take_number(s, 2, &minute);
    if ((digits && digits != 2) || (colon && !digits) || hour > 18 ||
        minute > 59)
        return 0;
    *out = (minus ? -1 : 1) * (hour * 3600. + minute * 60.);
    return 1;
}

/* A time of the day, with or without seconds; 0: it is none. */
static int take_time(scan *s, double *out)
{
    int hour, minute = 0, second = 0;
    double fraction = 0, unit = .1, zone;
    if (take_number(s, 2, &hour) < 1)
        return 0;
    if (take(s, ':') && take_number(s, 2, &minute) != 2)
        return 0;
    if (take(s, ':') && take_number(s, 2, &second) != 2)
        return 0;
    if (s->p < s->end && (*s->p == '.' || *s->p == ','))
        for (s->p++; s->p < s->end && is_digit(*s->p); s->p++) {
            fraction += (*s->p - '0') * unit;
            unit /= 10;
        }
    while (take(s, ' '))
        ;
    int pm = take(s, 'p'), am = !pm && take(s, 'a');
    if ((pm || am) && (!take(s, 'm') || hour < 1 || hour > 12))
        return 0;
    if (pm || am)
        hour = hour % 12 + 12 * pm;
    if (!take_zone(s, &zone) || hour > 24 || minute > 59 || second > 60)
        return 0;
    *out = hour * 3600. + minute * 60. + second + fraction - zone;
    return 1;
}

/* Can the parts be a date's, and not a version's or three numbers? */
static int is_plain(const stamp *d)
{
    int year_first = d->digits[0] == 4;
    if (year_first)
        return d->mark[0] != ' ' || !d->digits[1];
    if (d->digits[2] != 4 && (d->digits[2] != 2 || d->mark[0] == '.'))
        return 0;
    return !d->digits[0] || !d->digits[1] || d->mark[0] != ' ';
}

/* A text as a date; 0: it is none. */
static int read_stamp(mien_text text, stamp *out)
{
    scan s = {text.at, text.at + text.n};
    stamp d = {.part = {0, 0, 1}, .digits = {0, 0, 1}};
    while (take(&s, ' '))
        ;
    for (int i = 0; i < 3; i++) {
        d.digits[i] = take_number(&s, 4, &d.part[i]);
        if (!d.digits[i] && (i == 2 || !(d.part[i] = take_month(&s))))
            return 0;
        if (i == 1 && d.digits[0] == 4 && (s.p == s.end || *s.p == ' '))
            break; /* a month and no day */
        if (i < 2 && !(d.mark[i] = take_mark(&s)))
            return 0;
    }
    if (!is_plain(&d))
        return 0;
    int apart = take(&s, 't') ? 2 : 0;
    while (take(&s, ' ') || take(&s, ','))
        apart |= 1;
    if ((s.p < s.end || apart == 2) && (!apart || !take_time(&s, &d.time)))
        return 0;
    *out = d;
    return s.p == s.end;
}

/* Days from 1970-01-01 to a day of the civil calendar. */
static double days_from(int year, int month, int day)
{
    int y = year - (month <= 2), era = y / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int leaps = of_era / 4 - of_era / 100;
    return (double)era * 146097 + of_era * 365 + leaps + of_year - 719468;
}

/* The seconds of a date whose numbers are in a known order; years of two digits
 * below the pivot are of this century.  NaN: there is no such day. */
static double seconds_of(const stamp *d, mien_date_order order, int pivot)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 2, month = order == MIEN_DATE_DMY, day = !month;
    if (d->digits[0] == 4) {
        year = 0;
        month = 1;
        day = 2;
    } else if (!d->digits[0] || !d->digits[1]) {
        month = d->digits[0] != 0;
        day = !month;
    }
    int y = d->part[year], m = d->part[month], k = d->part[day];
    if (d->digits[year] <= 2)
        y += y < pivot ? 2000 : 1900;
    int leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    if (m < 1 || m > 12 || k < 1 || k > days[m - 1] - (m == 2 && !leap))
        return (double)NAN;
    return days_from(y, m, k) * DAY + d->time;
}

/* ---- a column ------------------------------------------------------------ */

/* 1: day and month are both numbers, and the year is last. */
static int is_open(const stamp *d)
{
    return d->digits[0] && d->digits[0] < 4 && d->digits[1];
}

/* What the texts of a column say of the order of their numbers. */
typedef struct evidence {
    int open, pointed, differs; /* 1: some date needs an order; has points; is
                                   another day by the other order */
    int pivot;                  /* of years */
    int64_t day, month; /* a row whose first, second number is above 12 */
    double last[2];     /* by month first, by day first */
    int falls[2];       /* 1: not in the order of the rows */
} evidence;

/* What a date with two readings says of the order of day and month. */
static void weigh(evidence *e, const stamp *d, int64_t row)
{
    if (!is_open(d))
        return;
    e->open = 1;
    e->pointed |= d->mark[0] == '.';
    e->differs |= d->part[0] != d->part[1];
    if (d->part[0] > 12 && e->day < 0)
        e->day = row;
    if (d->part[1] > 12 && e->month < 0)
        e->month = row;
    for (int k = 0; k < 2; k++) {
        double at = seconds_of(d, k ? MIEN_DATE_DMY : MIEN_DATE_MDY, e->pivot);
        e->falls[k] |= at < e->last[k];
        e->last[k] = at;
    }
}

static mien_status no_date(const mien_column *c, int64_t row, const char *why,
                           mien_error *err)
{
    mien_text text = c->text[row];
    return mi_fail(err, MIEN_EFORMAT, "column '%.60s', row %lld: '%.*s' %s",
                   c->name, (long long)row + 1,
                   (int)(text.n < 40 ? text.n : 40), text.at, why);
}

/* The order that the evidence is for. */
static mien_status settle(const mien_column *c, const evidence *e,
                          int64_t first, mien_date_order *out, mien_error *err)
{
    *out = MIEN_DATE_ISO;
    if (!e->open)
        return MIEN_OK;
    if (e->day >= 0 && e->month >= 0)
        return no_date(c, e->month,
                       "has its month first, and other rows their day", err);
    *out = e->day >= 0 ? MIEN_DATE_DMY : MIEN_DATE_MDY;
    if (e->day >= 0 || e->month >= 0)
        return MIEN_OK;
    *out = e->pointed || e->falls[0] ? MIEN_DATE_DMY : MIEN_DATE_MDY;
    if (e->pointed || !e->differs || e->falls[0] != e->falls[1])
        return MIEN_OK;
    return no_date(c, first,
                   "and all others may have day or month first: say which "
                   "(--dates dmy, mdy)",
                   err);
}

/* Which years of two digits are of this century: those of a column lie close
 * together, so that the longest row of years that are not there, round the
 * century, parts the first from the last. */
static int pivot_of(const uint8_t there[100])
{
    int longest = -1, first = 0, last = 0;
    for (int y = 0; y < 100; y++) {
        int gap = 0;
        while (there[y] && gap < 99 && !there[(y + gap + 1) % 100])
            gap++;
        if (there[y] && gap > longest) {
            longest = gap;
            last = y;
            first = (y + gap + 1) % 100;
        }
    }
    if (first > last)
        return first;
    return last < 50 ? 100 : 0;
}

/* Every text is a date; the first that is there, and the pivot of years. */
static mien_status check_texts(const mien_column *c, int64_t rows,
                               int64_t *first, int *pivot, mien_error *err)
{
    uint8_t years[100] = {0};
    *first = -1;
    for (int64_t i = 0; i < rows; i++) {
        stamp d;
        if (!c->text[i].n)
            continue;
        if (!read_stamp(c->text[i], &d))
            return no_date(c, i, "is no date", err);
        if (d.digits[2] == 2 && d.digits[0] != 4)
            years[d.part[2]] = 1;
        if (*first < 0)
            *first = i;
    }
    *pivot = pivot_of(years);
    return *first >= 0 ? MIEN_OK
                       : mi_fail(err, MIEN_EFORMAT,
                                 "column '%.60s' has no dates", c->name);
}

/* The order of day and month, which the whole column tells. */
static mien_status find_order(const mien_column *c, int64_t rows, int64_t first,
                              int pivot, mien_date_order *out, mien_error *err)
{
    evidence e = {
        .pivot = pivot, .day = -1, .month = -1, .last = {-HUGE_VAL, -HUGE_VAL}};
    for (int64_t i = 0; i < rows; i++) {
        stamp d;
        if (c->text[i].n && read_stamp(c->text[i], &d))
            weigh(&e, &d, i);
    }
    return settle(c, &e, first, out, err);
}

/* Seconds from a column of texts, in the order asked for or found. */
static mien_status read_texts(const mien_column *c, mien_dates *d,
                              mien_error *err)
{
    int64_t first;
    int pivot = 0;
    mien_status st = check_texts(c, d->rows, &first, &pivot, err);
    if (!st && d->order == MIEN_DATE_ANY)
        st = find_order(c, d->rows, first, pivot, &d->order, err);
    for (int64_t i = 0; !st && i < d->rows; i++) {
        stamp s;
        d->second[i] = (double)NAN;
        if (!c->text[i].n)
            continue;
        if (read_stamp(c->text[i], &s))
            d->second[i] = seconds_of(&s, d->order, pivot);
        if (isnan(d->second[i]))
            st = no_date(c, i, "is no date", err);
    }
    return st;
}

static void read_numbers(const mien_column *c, mien_dates *d)
{
    int epoch = d->order == MIEN_DATE_EPOCH;
    for (int64_t i = 0; i < d->rows; i++) {
        double v = c->number[i];
        d->second[i] = epoch && fabs(v) > 1e11 ? v / 1000 : v;
    }
}

mien_status mien_dates_read(const mien_table *t, int column,
                            mien_date_order order, mien_dates *out,
                            mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    mien_dates d = {order ? order : t->dates, t->rows, c.missing, NULL};
    mien_status st = MIEN_OK;
    d.second = mi_alloc_raw((size_t)d.rows + 1, sizeof *d.second);
    if (!d.second)
        return mi_no_memory(err);
    if (c.number) {
        read_numbers(&c, &d);
    } else {
        st = read_texts(&c, &d, err);
    }
    if (st)
        mien_dates_free(&d);
    else
        *out = d;
    return st;
}

void mien_dates_free(mien_dates *d)
{
    if (!d)
        return;
    mi_free(d->second);
    *d = (mien_dates){0};
}

mien_status mien_table_time_order(const mien_table *t, int column, int64_t *out,
                                  int64_t *sorted, mien_error *err)
{
    mien_dates d = {0};
    int64_t falls = 0;
    mien_status st = mien_dates_read(t, column, MIEN_DATE_ANY, &d, err);
    if (st)
        return st;
    for (int64_t i = 0; !st && i < d.rows; i++) {
        if (isnan(d.second[i]))
            st = mi_fail(err, MIEN_EFORMAT,
                         "column '%.80s', row %lld: no time is there",
                         t->column[column].name, (long long)i + 1);
        if (i && !falls && d.second[i] < d.second[i - 1])
            falls = i + 1;
    }
    if (!st)
        st = mien_sort_order(d.rows, d.second, out, err);
    mien_dates_free(&d);
    if (!st && sorted)
        *sorted = falls;
    return st;
}

/* ---- what can be said of them -------------------------------------------- */

/* Distances of n ascending dates that differ, in place; how many. */
static int64_t distances(int64_t n, double *x, mien_date_summary *s)
{
    int64_t count = 0;
    double before = x[0];
    for (int64_t i = 1; i < n; i++) {
        double now = x[i], distance = now - before;
        if (distance > s->gap) {
            s->gap = distance;
            s->gap_from = before;
        }
        if (distance > 0)
            x[count++] = distance;
        before = now;
    }
    return count;
}

mien_status mien_dates_describe(const mien_dates *d, int64_t n,
                                const int64_t *rows, mien_date_summary *out,
                                mien_error *err)
{
    mien_date_summary s = {.first = (double)NAN, .last = (double)NAN};
    int64_t all = rows ? n : d->rows, count = 0;
    double *x = mi_alloc_raw((size_t)all + 1, sizeof *x);
    if (!x)
        return mi_no_memory(err);
    for (int64_t i = 0; i < all; i++)
        x[i] = d->second[rows ? rows[i] : i];
    mien_status st = mien_sort(all, x, x, &count, err);
    if (!st && count > 0) {
        s.first = x[0];
        s.last = x[count - 1];
        count = distances(count, x, &s);
        if (count > 0)
            st = mien_median(count, x, &s.step, err);
        for (int64_t i = 0; i < count; i++)
            s.gaps += x[i] > 1.5 * s.step;
    }
    mi_free(x);
    if (!st)
        *out = s;
    return st;
}

void mien_date_write(double second, char out[MIEN_DATE_SIZE])
{
    double days = floor(second / DAY);
    out[0] = 0;
    if (!(days >= -719468 && days <= 2932896))
        return;
    int64_t z = (int64_t)days + 719468, era = z / 146097;
    int of_era = (int)(z - era * 146097);
    int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * y + y / 4 - y / 100);
    int m = (5 * of_year + 2) / 153, day = of_year - (153 * m + 2) / 5 + 1;
    int month = m < 10 ? m + 3 : m - 9;
    int year = y + (int)era * 400 + (month <= 2), rest;
    int n = snprintf(out, MIEN_DATE_SIZE, "%04d-%02d-%02d", year % 10000, month,
                     day);
    rest = (int)(second - days * DAY);
    if (rest)
        snprintf(out + n, (size_t)(MIEN_DATE_SIZE - n), " %02d:%02d:%02d",
                 rest / 3600, rest / 60 % 60, rest % 60);
}
