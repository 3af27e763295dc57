/* check_dates.c: dates of several forms in one column, and days that stand
 * before the month here and behind it there.
 *
 * A form is the sign between three groups of digits, and where the year is.
 */
#include "dataset/check.h"

#include <ctype.h>
#include <string.h>

/* Three groups of digits with one sign between them. */
typedef struct date_form {
    char sign;
    int year_first;
    int64_t count;
    int64_t first_above, second_above; /* 12: it is no month */
    mien_text example;
} date_form;
enum { FORMS = 6 };

/* Two digits at most; 0: there are none.  *p moves behind them. */
static int read_digits(const char **p, const char *end, int *digits)
{
    int v = 0;
    *digits = 0;
    for (; *p < end && isdigit((unsigned char)**p) && *digits < 5; ++*p) {
        v = v * 10 + **p - '0';
        ++*digits;
    }
    return v;
}

/* The form of a text that begins with a date; 0: it does not. */
static int read_form(mien_text t, date_form *out, int *first, int *second)
{
    const char *p = t.at, *end = t.at + t.n;
    int n[3];
    *first = read_digits(&p, end, &n[0]);
    if (p >= end || !n[0] || !strchr("-/.", *p))
        return 0;
    out->sign = *p++;
    *second = read_digits(&p, end, &n[1]);
    if (p >= end || *p++ != out->sign)
        return 0;
    read_digits(&p, end, &n[2]);
    out->year_first = n[0] == 4;
    return (n[0] == 4 && n[1] <= 2 && n[1] && n[2] <= 2 && n[2]) ||
           (n[0] <= 2 && n[1] <= 2 && n[1] && (n[2] == 4 || n[2] == 2));
}

/* Count a date among the forms that were seen. */
static int add_form(date_form *form, int n, mien_text t)
{
    date_form is = {0};
    int first, second, at = 0;
    if (!t.n || !read_form(t, &is, &first, &second))
        return n;
    while (at < n &&
           (form[at].sign != is.sign || form[at].year_first != is.year_first))
        at++;
    if (at == n) {
        form[at] = is;
        form[at].example = t;
        n++;
    }
    form[at].count++;
    form[at].first_above += !is.year_first && first > 12;
    form[at].second_above += !is.year_first && second > 12;
    return n;
}

/* A finding about dates of several forms. */
static void say_forms(mien_dataset *d, int column, const date_form *form, int n,
                      int64_t all)
{
    int64_t most = 0;
    int both = 0;
    for (int i = 0; i < n; i++) {
        most = form[i].count > most ? form[i].count : most;
        both |= form[i].first_above && form[i].second_above;
    }
    if (n < 2 && !both)
        return;
    mi_finding *f = mi_finding_new(d, "dates", MIEN_WEIGHT_WRONG,
                                   1 - (double)most / (double)all + both);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, all - most, all);
    mien_buffer_puts(&f->text, n > 1 ? "Dates have several forms: " : "");
    for (int i = 0; n > 1 && i < n; i++)
        mien_buffer_printf(
            &f->text, "%s'%.*s' (%lld)", i ? ", " : "",
            (int)(form[i].example.n < 30 ? form[i].example.n : 30),
            form[i].example.at, (long long)form[i].count);
    mien_buffer_puts(&f->text, n > 1 ? ". " : "");
    if (both)
        mien_buffer_puts(&f->text, "In some the day stands first, in others "
                                   "the month: those of both below 13 cannot "
                                   "be read.");
    mien_buffer_puts(&f->advice, "Write all as 2019-04-02 from the place where "
                                 "each form is still known.");
}

/* The forms of a column of the sample; 0: it is not one of dates.  all: how
 * many dates there are. */
static int find_forms(const mien_dataset *d, int column,
                      date_form form[FORMS + 1], int64_t *all)
{
    mien_column c = mien_table_column(d->sample, column);
    int64_t rows = mien_table_rows(d->sample), there = 0;
    int n = 0;
    *all = 0;
    for (int64_t i = 0; c.text && i < rows && n <= FORMS; i++) {
        there += c.text[i].n > 0;
        n = add_form(form, n, c.text[i]);
    }
    for (int i = 0; i < n; i++)
        *all += form[i].count;
    return n <= FORMS && *all >= there * 4 / 5 ? n : 0;
}

int mi_is_dates(const mien_dataset *d, int column)
{
    date_form form[FORMS + 1] = {0};
    int64_t all;
    return find_forms(d, column, form, &all) > 0;
}

void mi_check_dates(mien_dataset *d, int column)
{
    date_form form[FORMS + 1] = {0};
    int64_t all;
    int n = find_forms(d, column, form, &all);
    if (n)
        say_forms(d, column, form, n, all);
}
