/* rule.c: rules by which a threshold is chosen, as text; and how many rows a
 * table has a day. */
#include "mien/study.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows a day ---------------------------------------------------------- */

/* How long the date is that a text begins with, "5/1/99 0:00" or
 * "1999-05-01T00:00"; 0: it begins with none. */
static size_t date_length(mien_text text)
{
    size_t at = 0;
    char mark = 0;
    for (int part = 0; part < 3; part++) {
        size_t digits = 0;
        for (; at < text.n && text.at[at] >= '0' && text.at[at] <= '9'; at++)
            digits++;
        if (digits < 1 || digits > 4)
            return 0;
        if (part == 2)
            break;
        char here = 0;
        if (at < text.n)
            here = text.at[at++];
        if ((here != '/' && here != '-' && here != '.') ||
            (mark && here != mark))
            return 0;
        mark = here;
    }
    return at == text.n || text.at[at] == ' ' || text.at[at] == 'T' ? at : 0;
}

static int by_text(const void *a, const void *b)
{
    const mien_text *p = a, *q = b;
    size_t n = p->n < q->n ? p->n : q->n;
    int order = memcmp(p->at, q->at, n);
    return order ? order : (p->n > q->n) - (p->n < q->n);
}

/* Different dates of a column; 0: it is none of dates. */
static mien_status days_in(const mien_column *c, int64_t rows, int64_t *days,
                           mien_error *err)
{
    int64_t n = 0, count = 0;
    mien_text *date = mi_alloc_raw((size_t)rows + 1, sizeof *date);
    if (!date)
        return mi_no_memory(err);
    for (int64_t i = 0; n >= 0 && i < rows; i++) {
        mien_text text = {c->text[i].at, date_length(c->text[i])};
        if (text.n)
            date[n++] = text;
        else if (c->text[i].n)
            n = -1;
    }
    if (n > 1)
        qsort(date, (size_t)n, sizeof *date, by_text);
    for (int64_t i = 0; i < n; i++)
        count += !i || by_text(&date[i - 1], &date[i]) != 0;
    mi_free(date);
    *days = count;
    return MIEN_OK;
}

/* Rows a day by the first column of dates. */
static mien_status rows_a_day(const mien_table *t, double *out, mien_error *err)
{
    int n = t ? mien_table_columns(t) : 0;
    int64_t rows = t ? mien_table_rows(t) : 0, days = 0;
    for (int i = 0; !days && i < n; i++) {
        mien_column c = mien_table_column(t, i);
        mien_status st = c.text ? days_in(&c, rows, &days, err) : MIEN_OK;
        if (st)
            return st;
    }
    if (!days)
        return mi_fail(err, MIEN_EARG,
                       "no column of dates tells how many rows a day has; say "
                       "K/N, K alerts in N rows");
    *out = (double)rows / (double)days;
    return MIEN_OK;
}

/* ---- rules --------------------------------------------------------------- */

/* A number that a text begins with; where it goes on, NULL if there is none. */
static const char *number(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end > text ? end : NULL;
}

/* "5/day", "5/1000". */
static mien_status read_alerts(const char *text, const mien_table *t,
                               mien_rule_choice *out, mien_error *err)
{
    const char *at = number(text, &out->a);
    if (at && strcmp(at, "/day") == 0)
        return rows_a_day(t, &out->b, err);
    if (at && *at == '/')
        at = number(at + 1, &out->b);
    else
        at = NULL;
    if (at && !*at)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "found '%.100s', wanted K/day or K/N, K in N rows", text);
}

/* "fn=100,fp=1". */
static mien_status read_cost(const char *text, mien_rule_choice *out,
                             mien_error *err)
{
    const char *at =
        strncmp(text, "fn=", 3) == 0 ? number(text + 3, &out->a) : NULL;
    if (at && strncmp(at, ",fp=", 4) == 0)
        at = number(at + 4, &out->b);
    else
        at = NULL;
    if (at && !*at)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG, "found '%.100s', wanted fn=A,fp=B", text);
}

static const struct {
    const char *name;
    mien_rule kind;
    int number; /* 1: one follows behind = */
} rules[] = {{"f1", MIEN_RULE_F, 0},
             {"youden", MIEN_RULE_YOUDEN, 0},
             {"recall", MIEN_RULE_RECALL, 1},
             {"precision", MIEN_RULE_PRECISION, 1},
             {"false-alarm", MIEN_RULE_FALSE_ALARM, 1}};

/* Refuse numbers that no threshold could be chosen by. */
static mien_status check_numbers(const char *text, const mien_rule_choice *r,
                                 mien_error *err)
{
    const char *wanted = NULL;
    if (r->kind == MIEN_RULE_COST) {
        if (!(r->a >= 0 && r->b >= 0 && r->a + r->b > 0 &&
              isfinite(r->a + r->b)))
            wanted = "two costs of 0 or more, not both 0";
    } else if (r->kind == MIEN_RULE_ALERTS) {
        if (!(r->a > 0 && r->b > 0 && isfinite(r->a) && isfinite(r->b)))
            wanted = "more than 0 alerts in more than 0 rows";
    } else if (!(r->a >= 0 && r->a <= 1)) {
        wanted = "a share from 0 to 1";
    }
    return wanted ? mi_fail(err, MIEN_EARG, "found '%.60s', wanted %s", text,
                            wanted)
                  : MIEN_OK;
}

mien_status mien_rule_read(const char *text, const mien_table *t,
                           mien_rule_choice *out, mien_error *err)
{
    mien_rule_choice rule = {MIEN_RULE_F, 1, 1};
    size_t n = strcspn(text, "=");
    const char *value = text + n + (text[n] == '='), *end = NULL;
    mien_status st = MIEN_OK;
    if (n == 4 && memcmp(text, "cost", n) == 0) {
        rule.kind = MIEN_RULE_COST;
        st = read_cost(value, &rule, err);
    } else if (n == 6 && memcmp(text, "alerts", n) == 0) {
        rule.kind = MIEN_RULE_ALERTS;
        st = read_alerts(value, t, &rule, err);
    } else {
        for (size_t i = 0; !end && i < sizeof rules / sizeof *rules; i++) {
            if (strlen(rules[i].name) != n ||
                memcmp(text, rules[i].name, n) != 0)
                continue;
            rule.kind = rules[i].kind;
            end = rules[i].number ? number(value, &rule.a) : text + n;
        }
        if (!end || *end)
            st = mi_fail(err, MIEN_EARG,
                         "found '%.60s', wanted f1, youden, cost, recall=R, "
                         "precision=P, false-alarm=R or alerts=K/N",
                         text);
    }
    if (!st)
        st = check_numbers(end ? text : value, &rule, err);
    if (!st)
        *out = rule;
    return st;
}
