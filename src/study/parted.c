/* parted.c: rows into groups.  A column's values in ascending order, or bands
 * between bounds; what has no value is a group behind them. */
#include "study/parted.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BOUNDS = 50 };

void mi_parted_done(mi_parted *p)
{
    for (int i = 0; p->name && i < p->groups; i++)
        mi_free(p->name[i]);
    mi_free(p->by);
    mi_free(p->name);
    mi_free(p->of);
    *p = (mi_parted){0};
}

/* A text that was built, as an owned one; NULL: memory ended. */
static char *take(mien_buffer *b)
{
    mien_bytes text = {0};
    mien_buffer_put(b, "", 1);
    return mien_buffer_give(b, &text, NULL) ? NULL : (char *)text.data;
}

/* Room for a table's rows and so many groups. */
static mien_status parted_new(int64_t rows, int groups, const char *by,
                              mi_parted *out, mien_error *err)
{
    *out = (mi_parted){.by = mi_text_copy(by), .column = -1, .groups = groups};
    out->name = mi_alloc((size_t)groups + 1, sizeof *out->name);
    out->of = mi_alloc((size_t)rows + 1, sizeof *out->of);
    if (out->by && out->name && out->of)
        return MIEN_OK;
    mi_parted_done(out);
    return mi_no_memory(err);
}

/* ---- values -------------------------------------------------------------- */

/* Name a group by the value that a row has. */
static mien_status name_value(const mien_column *c, int64_t row, char **name,
                              mien_error *err)
{
    char value[MIEN_GROUPS_MAX_VALUE + 1];
    if (c->text && c->text[row].n > MIEN_GROUPS_MAX_VALUE)
        return mi_fail(err, MIEN_EARG,
                       "column '%.80s': a value of %zu bytes in row %lld "
                       "cannot name a group; %d are the most",
                       c->name, c->text[row].n, (long long)row + 1,
                       MIEN_GROUPS_MAX_VALUE);
    mi_value_write(c, row, sizeof value, value);
    *name = mi_text_copy(value);
    return *name ? MIEN_OK : mi_no_memory(err);
}

/* Each value of a column is a group. */
static mien_status by_values(const mien_table *t, int column, mi_parted *out,
                             mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    int64_t n = mien_table_rows(t);
    mien_error why = {0};
    mien_groups g = {0};
    mien_status st = mien_table_group(t, column, MIEN_GROUPS_MAX - 1, &g, &why);
    if (st == MIEN_ELIMIT)
        return mi_fail(err, MIEN_EARG,
                       "column '%.80s' has more than %d values: too many "
                       "groups; bands of numbers are written %.80s:18:65",
                       c.name, MIEN_GROUPS_MAX - 1, c.name);
    if (st)
        return mi_no_memory(err);
    st = parted_new(n, g.count + (c.missing > 0), c.name, out, err);
    for (int64_t i = 0; !st && i < n; i++)
        out->of[i] = g.count;
    for (int i = 0; !st && i < g.count; i++) {
        st = name_value(&c, g.first[i], &out->name[i], err);
        for (int64_t k = g.start[i]; !st && k < g.start[i + 1]; k++)
            out->of[g.rows[k]] = i;
    }
    if (!st && c.missing > 0 && !(out->name[g.count] = mi_text_copy("missing")))
        st = mi_no_memory(err);
    if (st)
        mi_parted_done(out);
    else
        out->column = column;
    mien_groups_free(&g);
    return st;
}

/* ---- bands --------------------------------------------------------------- */

/* Read ascending bounds, each behind a colon; how many, or 0 if they are none.
 */
static int read_bounds(const char *text, double *bound)
{
    int n = 0;
    while (*text == ':' && n < MAX_BOUNDS) {
        char *end;
        bound[n] = strtod(text + 1, &end);
        if (end == text + 1 || !isfinite(bound[n]) ||
            (n && bound[n] <= bound[n - 1]))
            return 0;
        n++;
        text = end;
    }
    return *text ? 0 : n;
}

/* Name n + 1 bands, and one for what has no value. */
static int name_bands(int n, const double *bound, int missing, char **name)
{
    for (int i = 0; i <= n; i++) {
        mien_buffer b = {0};
        if (i == 0)
            mien_buffer_printf(&b, "below %.15g", bound[0]);
        else if (i == n)
            mien_buffer_printf(&b, "%.15g and more", bound[n - 1]);
        else
            mien_buffer_printf(&b, "%.15g to below %.15g", bound[i - 1],
                               bound[i]);
        name[i] = take(&b);
        if (!name[i])
            return 0;
    }
    return !missing || (name[n + 1] = mi_text_copy("missing")) != NULL;
}

/* Bands of a column of numbers are the groups. */
static mien_status by_bands(const mien_table *t, int column, const char *by,
                            const char *bounds, mi_parted *out, mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    double bound[MAX_BOUNDS];
    int64_t rows = mien_table_rows(t);
    int n = read_bounds(bounds, bound);
    if (!n)
        return mi_fail(err, MIEN_EARG,
                       "'%.150s': %d bounds at most, numbers in ascending "
                       "order, are wanted behind the column, as in age:18:65",
                       by, MAX_BOUNDS);
    if (!c.number)
        return mi_fail(err, MIEN_EARG,
                       "'%.150s': column '%.80s' has texts, bands want numbers",
                       by, c.name);
    mien_status st = parted_new(rows, n + 1 + (c.missing > 0), by, out, err);
    if (!st && !name_bands(n, bound, c.missing > 0, out->name)) {
        mi_parted_done(out);
        st = mi_no_memory(err);
    }
    for (int64_t i = 0; !st && i < rows; i++) {
        int at = 0;
        while (at < n && c.number[i] >= bound[at])
            at++;
        out->of[i] = isnan(c.number[i]) ? n + 1 : at;
    }
    if (!st) {
        out->column = column;
        out->bands = 1;
    }
    return st;
}

mien_status mi_parted_read(const mien_table *t, const char *by, mi_parted *out,
                           mien_error *err)
{
    int column = mien_table_find(t, by);
    if (column >= 0)
        return by_values(t, column, out, err);
    for (const char *at = strchr(by, ':'); at; at = strchr(at + 1, ':')) {
        mien_buffer name = {0};
        mien_buffer_put(&name, by, (size_t)(at - by));
        char *text = take(&name);
        if (!text)
            return mi_no_memory(err);
        column = mien_table_find(t, text);
        mi_free(text);
        if (column >= 0)
            return by_bands(t, column, by, at, out, err);
    }
    return mi_fail(err, MIEN_EARG, "no column '%.150s' to group by", by);
}

/* ---- several at once ----------------------------------------------------- */

/* Number the combinations that rows have: of[] gets their places among `seen`,
 * which has room for `all`; how many there are. */
static int number_pairs(int64_t rows, int32_t *of, const mi_parted *p,
                        int32_t *seen, size_t all)
{
    int n = 0;
    for (int64_t i = 0; i < rows; i++)
        seen[(size_t)of[i] * (size_t)p->groups + (size_t)p->of[i]] = 1;
    for (size_t i = 0; i < all; i++)
        if (seen[i])
            seen[i] = ++n;
    for (int64_t i = 0; i < rows; i++)
        of[i] = seen[(size_t)of[i] * (size_t)p->groups + (size_t)p->of[i]] - 1;
    return n;
}

/* The names of combinations, each of a name so far and one of p. */
static int join_names(mi_parted *out, const mi_parted *p, const int32_t *seen,
                      size_t all, int groups)
{
    char **joined = mi_alloc((size_t)groups + 1, sizeof *joined);
    int good = joined != NULL;
    for (size_t i = 0; good && i < all; i++)
        if (seen[i]) {
            mien_buffer b = {0};
            size_t a = i / (size_t)p->groups;
            mien_buffer_printf(&b, "%s, %s", out->name[a],
                               p->name[i % (size_t)p->groups]);
            joined[seen[i] - 1] = take(&b);
            good = joined[seen[i] - 1] != NULL;
        }
    char **before = out->name;
    int had = out->groups;
    if (joined) {
        out->name = joined;
        out->groups = groups;
        for (int i = 0; i < had; i++)
            mi_free(before[i]);
        mi_free(before);
    }
    return good;
}

/* Cross what is there with one more. */
static mien_status cross(int64_t rows, mi_parted *out, const mi_parted *p,
                         int *many, mien_error *err)
{
    size_t all = (size_t)out->groups * (size_t)p->groups;
    int32_t *seen = mi_alloc(all + 1, sizeof *seen);
    if (!seen)
        return mi_no_memory(err);
    int n = number_pairs(rows, out->of, p, seen, all);
    int good = 1;
    if (n > MIEN_GROUPS_MAX)
        *many = n;
    else
        good = join_names(out, p, seen, all, n);
    mi_free(seen);
    return good ? MIEN_OK : mi_no_memory(err);
}

mien_status mi_parted_cross(int64_t rows, int n, const mi_parted *p,
                            mi_parted *out, int *many, mien_error *err)
{
    mien_buffer by = {0};
    *many = 0;
    for (int i = 0; i < n; i++)
        mien_buffer_printf(&by, "%s%s", i ? " x " : "", p[i].by);
    char *text = take(&by);
    mien_status st =
        text ? parted_new(rows, p->groups, text, out, err) : mi_no_memory(err);
    mi_free(text);
    if (st)
        return st;
    if (rows)
        memcpy(out->of, p->of, (size_t)rows * sizeof *out->of);
    for (int i = 0; !st && i < p->groups; i++)
        if (!(out->name[i] = mi_text_copy(p->name[i])))
            st = mi_no_memory(err);
    for (int i = 1; !st && !*many && i < n; i++)
        st = cross(rows, out, &p[i], many, err);
    if (st || *many)
        mi_parted_done(out);
    return st;
}
