/* label.c: the two classes of a label column. */
#include "table/level.h"
#include "table/number.h"
#include "table/table.h"

#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEPT = 4 }; /* distinct values that are looked for */

/* The rows that hold distinct values first, up to KEPT of them. */
static mien_status find_values(const mien_column *c, int64_t n,
                               int64_t row[KEPT], int *ret_count,
                               mien_error *err)
{
    int count = 0;
    for (int64_t i = 0; i < n; i++) {
        if (mi_value_missing(c, i))
            return mi_fail(err, MIEN_EFORMAT,
                           "label: column '%.60s' has no value in row %lld",
                           c->name, (long long)i + 1);
        int k = 0;
        while (k < count && !mi_value_same(c, i, c, row[k]))
            k++;
        if (k == count && count < KEPT)
            row[count++] = i;
    }
    *ret_count = count;
    return MIEN_OK;
}

static mien_status wrong_count(const mien_column *c, const int64_t *row,
                               int count, mien_error *err)
{
    char text[KEPT][24], all[120] = "no value";
    for (int k = 0; k < count; k++)
        mi_value_write(c, row[k], sizeof text[k], text[k]);
    if (count == 1)
        snprintf(all, sizeof all, "one value, '%s'", text[0]);
    if (count > 2)
        snprintf(all, sizeof all, "more than two values: '%s', '%s', '%s'%s",
                 text[0], text[1], text[2], count > 3 ? ", ..." : "");
    return mi_fail(err, MIEN_EFORMAT,
                   "label: column '%.60s' has %s; wanted two", c->name, all);
}

/* The value of a row is the one that a person wrote. */
static int is_named(const mien_column *c, int64_t row, const char *name)
{
    size_t n = strlen(name);
    if (c->text)
        return c->text[row].n == n && memcmp(c->text[row].at, name, n) == 0;
    assert(c->number);
    double x;
    const char *end = mi_number_read(name, name + n, &x);
    return end == name + n && x == c->number[row];
}

/* Which of two values is class 1 if nobody says: 0, 1 or -1. */
static int usual(const mien_column *c, const int64_t row[2])
{
    for (int k = 0; k < 2; k++) {
        int64_t no = row[1 - k], yes = row[k];
        if (c->number && c->number[no] == 0 && c->number[yes] == 1)
            return k;
        if (c->text && c->text[no].n == 5 && c->text[yes].n == 4 &&
            strncasecmp(c->text[no].at, "false", 5) == 0 &&
            strncasecmp(c->text[yes].at, "true", 4) == 0)
            return k;
    }
    return -1;
}

/* Which of the two values is the positive class: as named, else as usual. */
static mien_status choose(const mien_column *c, const int64_t row[2],
                          const char *positive, int *ret_one, mien_error *err)
{
    int one = positive ? -1 : usual(c, row);
    for (int k = 0; positive && k < 2; k++)
        if (is_named(c, row[k], positive))
            one = k;
    char text[2][40];
    for (int k = 0; k < 2; k++)
        mi_value_write(c, row[k], sizeof text[k], text[k]);
    if (one < 0 && positive)
        return mi_fail(err, MIEN_EARG,
                       "label: column '%.40s' has '%s' and '%s', not '%.40s'",
                       c->name, text[0], text[1], positive);
    if (one < 0)
        return mi_fail(
            err, MIEN_EARG,
            "label: column '%.40s' has '%s' and '%s'; --positive says "
            "which is the event",
            c->name, text[0], text[1]);
    *ret_one = one;
    return MIEN_OK;
}

mien_status mien_label_find(const mien_table *t, int column,
                            const char *positive, mien_label *out,
                            mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    int64_t row[KEPT];
    int count = 0, one = 0;
    mien_status st = find_values(&c, t->rows, row, &count, err);
    if (st != MIEN_OK)
        return st;
    if (count != 2)
        return wrong_count(&c, row, count, err);
    st = choose(&c, row, positive, &one, err);
    if (st != MIEN_OK)
        return st;
    mien_label label = {.type = c.type};
    for (int k = 0; k < 2; k++) {
        int64_t r = row[k ? one : 1 - one];
        if (c.text && c.text[r].n >= MIEN_LABEL_MAX_NAME)
            return mi_fail(err, MIEN_ELIMIT,
                           "label: column '%.60s' has a value of %zu bytes, at "
                           "most %d",
                           c.name, c.text[r].n, MIEN_LABEL_MAX_NAME - 1);
        label.number[k] = c.number ? c.number[r] + 0.0 : (double)NAN;
        mi_value_write(&c, r, sizeof label.name[k], label.name[k]);
    }
    *out = label;
    return MIEN_OK;
}

/* 0, 1, or -1: neither. */
static int class_of(const mien_label *l, const mien_column *c, int64_t row)
{
    for (int k = 0; k < 2; k++)
        if (c->number ? l->type == MIEN_COLUMN_NUMBER &&
                            c->number[row] == l->number[k]
                      : is_named(c, row, l->name[k]))
            return k;
    return -1;
}

mien_status mien_label_read(const mien_label *label, const mien_table *t,
                            int column, uint8_t *out, mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    for (int64_t i = 0; i < t->rows; i++) {
        if (class_of(label, &c, i) >= 0)
            continue;
        char text[40];
        mi_value_write(&c, i, sizeof text, text);
        return mi_fail(err, MIEN_EFORMAT,
                       "label: column '%.40s', row %lld: '%s', wanted '%.30s' "
                       "or '%.30s'",
                       c.name, (long long)i + 1, text, label->name[0],
                       label->name[1]);
    }
    for (int64_t i = 0; i < t->rows; i++)
        out[i] = (uint8_t)class_of(label, &c, i);
    return MIEN_OK;
}
