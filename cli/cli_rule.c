/* cli_rule.c: by which rule a threshold is chosen. */
#include "cli/cli_rule.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

int cli_two_numbers(const char *text, const char *first, const char *second,
                    double out[2])
{
    const char *const name[] = {first, second};
    double v[2];
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(name[i]);
        char *end;
        if (strncmp(text, name[i], n) != 0)
            return 0;
        v[i] = strtod(text + n, &end);
        if (end == text + n || *end != (i ? 0 : ','))
            return 0;
        text = end + 1;
    }
    memcpy(out, v, sizeof v);
    return 1;
}

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

/* Different dates of a column; 0: it is none of dates, -1: memory ended. */
static int64_t days_in(const mien_column *c, int64_t rows)
{
    mien_text *date = mi_alloc_raw((size_t)rows + 1, sizeof *date);
    if (!date)
        return -1;
    int64_t n = 0, days = 0;
    for (int64_t i = 0; i < rows; i++) {
        mien_text text = {c->text[i].at, date_length(c->text[i])};
        if (text.n)
            date[n++] = text;
        else if (c->text[i].n) {
            mi_free(date);
            return 0;
        }
    }
    if (n > 1)
        qsort(date, (size_t)n, sizeof *date, by_text);
    for (int64_t i = 0; i < n; i++)
        days += !i || by_text(&date[i - 1], &date[i]) != 0;
    mi_free(date);
    return days;
}

/* Rows a day by the first column of dates.  0, and a report. */
static int rows_a_day(const mien_table *t, double *out)
{
    int64_t rows = mien_table_rows(t);
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        int64_t days = c.text ? days_in(&c, rows) : 0;
        if (days < 0) {
            cli_error("out of memory");
            return 0;
        }
        if (days > 0) {
            *out = (double)rows / (double)days;
            return 1;
        }
    }
    cli_error("--alerts: no column of dates tells how many rows a day has; "
              "say K/N, K alerts in N rows");
    return 0;
}

/* ---- rules --------------------------------------------------------------- */

/* "5/day", "5/1000". */
static int read_alerts(const char *text, const mien_table *t, cli_rule *out)
{
    char *end;
    out->kind = MIEN_RULE_ALERTS;
    out->a = strtod(text, &end);
    if (end > text && strcmp(end, "/day") == 0)
        return rows_a_day(t, &out->b);
    if (end > text && *end == '/') {
        const char *rows = end + 1;
        out->b = strtod(rows, &end);
        if (end > rows && !*end)
            return 1;
    }
    cli_error("--alerts: found '%s', wanted K/day or K/N, K in N rows", text);
    return 0;
}

static int read_cost(const char *text, cli_rule *out)
{
    double costs[2];
    out->kind = MIEN_RULE_COST;
    if (!text || !cli_two_numbers(text, "fn=", "fp=", costs)) {
        cli_error("--cost: found '%s', wanted fn=A,fp=B", text ? text : "");
        return 0;
    }
    out->a = costs[0];
    out->b = costs[1];
    return 1;
}

static int read_number(const char *text, cli_rule *out)
{
    static const struct {
        const char *name;
        mien_rule kind;
    } rules[] = {{"recall=", MIEN_RULE_RECALL},
                 {"precision=", MIEN_RULE_PRECISION},
                 {"false-alarm=", MIEN_RULE_FALSE_ALARM}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t n = strlen(rules[i].name);
        char *end;
        if (strncmp(text, rules[i].name, n) != 0)
            continue;
        out->kind = rules[i].kind;
        out->a = strtod(text + n, &end);
        if (end > text + n && !*end)
            return 1;
    }
    cli_error("--threshold-by: found '%s', wanted f1, youden, cost, recall=R, "
              "precision=P, false-alarm=R or alerts=K/N",
              text);
    return 0;
}

int cli_rule_read(const char *by, const char *cost, const char *alerts,
                  const mien_table *t, cli_rule *out)
{
    int is_cost = by && strcmp(by, "cost") == 0;
    int is_alerts = by && strncmp(by, "alerts=", 7) == 0;
    if ((by && alerts) || (cost && alerts) || (by && cost && !is_cost)) {
        cli_error("--%s and --%s: one rule chooses a threshold",
                  by ? "threshold-by" : "cost", alerts ? "alerts" : "cost");
        return 0;
    }
    *out = (cli_rule){MIEN_RULE_F, 1, 1};
    if (cost || is_cost)
        return read_cost(cost, out);
    if (alerts || is_alerts)
        return read_alerts(alerts ? alerts : by + 7, t, out);
    if (!by || strcmp(by, "f1") == 0)
        return 1;
    if (strcmp(by, "youden") != 0)
        return read_number(by, out);
    out->kind = MIEN_RULE_YOUDEN;
    return 1;
}
