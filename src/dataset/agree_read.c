/* agree_read.c: labels from a table in one of three shapes: a row a label, a
 * row a unit with a column a labeller, or with a column a label that counts
 * who chose it. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "table/level.h"
#include "table/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A table being read. */
typedef struct reading {
    const mien_table *t;
    const mien_agree_options *o;
    mi_ratings *r;
    mien_column unit, by; /* by without a name: not asked for */
    int has_unit, as_text;
    int64_t unnamed; /* rows without a unit or a labeller */
} reading;

/* ---- values -------------------------------------------------------------- */

mien_text mi_agree_cell(const mien_column *c, int64_t row, char *room)
{
    if (c->type == MIEN_COLUMN_TEXT)
        return c->text[row];
    if (isnan(c->number[row]))
        return (mien_text){"", 0};
    int n = mi_number_write(c->number[row] + 0., room); /* -0 is 0 */
    room[n] = 0;
    return (mien_text){room, (size_t)n};
}

/* A column that options name. */
static mien_status find(const mien_table *t, const char *name,
                        const char *option, mien_column *out, mien_error *err)
{
    int at = mien_table_find(t, name);
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "no column '%.80s' (--%s)", name,
                       option);
    *out = mien_table_column(t, at);
    return MIEN_OK;
}

/* Add a label.  The first error of too many. */
static mien_status add(const reading *g, int64_t unit, int64_t who, int64_t row,
                       mi_entry **ret, mien_error *err)
{
    mi_ratings *r = g->r;
    if (r->entries >= MIEN_AGREE_MAX_ENTRIES)
        return mi_fail(err, MIEN_ELIMIT, "row %lld: more than %d labels",
                       (long long)row + 1, MIEN_AGREE_MAX_ENTRIES);
    mi_entry *e = mi_push(&r->entry, r->entries, sizeof *e);
    if (!e)
        return mi_no_memory(err);
    r->entries++;
    *e = (mi_entry){(int32_t)unit, (int32_t)who, 0, row, 0};
    *ret = e;
    return MIEN_OK;
}

/* Give an entry the value of a column, which is not missing. */
static mien_status put_value(const reading *g, const mien_column *c,
                             mi_entry *e, mien_error *err)
{
    char room[64];
    if (!g->as_text) {
        e->number = c->number[e->row];
        if (!(fabs(e->number) <= MI_AGREE_MOST))
            return mi_fail(err, MIEN_EFORMAT,
                           "row %lld: column '%.60s' is %g, wanted a number of "
                           "at most %g",
                           (long long)e->row + 1, c->name, e->number,
                           MI_AGREE_MOST);
        return MIEN_OK;
    }
    mien_text text = mi_agree_cell(c, e->row, room);
    int64_t label = mi_names_add(&g->r->label, text.at, text.n);
    if (label < 0)
        return mi_no_memory(err);
    if (label >= MIEN_AGREE_MAX_LABELS)
        return mi_fail(err, MIEN_ELIMIT,
                       "row %lld: more than %d different labels in column "
                       "'%.60s': is it the label? (numbers: --level interval)",
                       (long long)e->row + 1, MIEN_AGREE_MAX_LABELS, c->name);
    e->label = (int32_t)label;
    return MIEN_OK;
}

/* ---- units and groups ---------------------------------------------------- */

/* Put a unit into the group of a row, where groups are asked for; a row without
 * one leaves its unit where it is. */
static mien_status put_group(const reading *g, int64_t unit, int64_t before,
                             int64_t row, mien_error *err)
{
    char room[64];
    mi_ratings *r = g->r;
    int64_t group = -1;
    if (!g->by.name)
        return MIEN_OK;
    mien_text text = mi_agree_cell(&g->by, row, room);
    if (text.n) {
        group = mi_names_add(&r->group, text.at, text.n);
        if (group < 0)
            return mi_no_memory(err);
        if (group >= MIEN_GROUPS_MAX)
            return mi_fail(err, MIEN_ELIMIT,
                           "row %lld: more than %d groups in '%.60s' (--by)",
                           (long long)row + 1, MIEN_GROUPS_MAX, g->by.name);
    }
    if (unit == before) { /* it is new */
        int32_t *in = mi_push(&r->in, unit, sizeof *in);
        if (!in)
            return mi_no_memory(err);
        *in = (int32_t)group;
    } else if (group >= 0 && r->in[unit] < 0) {
        r->in[unit] = (int32_t)group;
    } else if (group >= 0 && r->in[unit] != group) {
        return mi_fail(err, MIEN_EFORMAT,
                       "row %lld: unit '%.40s' is in group '%.40s', and in "
                       "'%.40s' before (--by)",
                       (long long)row + 1, r->unit.text[unit],
                       r->group.text[group], r->group.text[r->in[unit]]);
    }
    return MIEN_OK;
}

/* The unit of a row, where a row is one: it must be new. */
static mien_status new_unit(reading *g, int64_t row, int64_t *unit,
                            mien_error *err)
{
    char room[64];
    int64_t before = g->r->unit.n;
    mien_text text = {room, 0};
    if (g->has_unit)
        text = mi_agree_cell(&g->unit, row, room);
    if (!text.n) {
        g->unnamed += g->has_unit;
        text = (mien_text){room, (size_t)snprintf(room, sizeof room, "row %lld",
                                                  (long long)row + 1)};
    }
    *unit = mi_names_add(&g->r->unit, text.at, text.n);
    if (*unit < 0)
        return mi_no_memory(err);
    if (*unit < before)
        return mi_fail(err, MIEN_EFORMAT,
                       "row %lld: unit '%.60s' is there before, wanted one row "
                       "a unit (a row a label: --labeller and --label)",
                       (long long)row + 1, g->r->unit.text[*unit]);
    return put_group(g, *unit, before, row, err);
}

/* ---- a row a label ------------------------------------------------------- */

/* One row of it. */
static mien_status read_row(reading *g, const mien_column *labeller,
                            const mien_column *label, int64_t row,
                            mien_error *err)
{
    char room[2][64];
    mi_ratings *r = g->r;
    mien_text unit_text = mi_agree_cell(&g->unit, row, room[0]);
    mien_text who_text = mi_agree_cell(labeller, row, room[1]);
    mi_entry *e = NULL;
    if (!unit_text.n || !who_text.n) {
        g->unnamed++;
        return MIEN_OK;
    }
    int64_t before = r->unit.n;
    int64_t unit = mi_names_add(&r->unit, unit_text.at, unit_text.n);
    int64_t who = mi_names_add(&r->who, who_text.at, who_text.n);
    if (unit < 0 || who < 0)
        return mi_no_memory(err);
    mien_status st = put_group(g, unit, before, row, err);
    if (st || mi_value_missing(label, row)) {
        r->missing += !st;
        return st;
    }
    st = add(g, unit, who, row, &e, err);
    return st ? st : put_value(g, label, e, err);
}

/* All rows, each of them a label. */
static mien_status read_long(reading *g, mien_error *err)
{
    mien_column labeller = {0}, label = {0};
    if (!g->has_unit || !g->o->labeller || !g->o->label)
        return mi_fail(err, MIEN_EARG,
                       "a row a label needs --unit, --labeller and --label: "
                       "--%s is not given",
                       !g->has_unit     ? "unit"
                       : g->o->labeller ? "label"
                                        : "labeller");
    mien_status st = find(g->t, g->o->labeller, "labeller", &labeller, err);
    if (!st)
        st = find(g->t, g->o->label, "label", &label, err);
    g->as_text |= label.type == MIEN_COLUMN_TEXT;
    for (int64_t row = 0; !st && row < mien_table_rows(g->t); row++)
        st = read_row(g, &labeller, &label, row, err);
    return st;
}

/* The name of column i of an option's list, which must be new. */
static mien_status add_column(mi_names *s, const char *name, int i,
                              const char *option, mien_error *err)
{
    int64_t at = mi_names_add(s, name, strlen(name));
    if (at < 0)
        return mi_no_memory(err);
    return at == i
               ? MIEN_OK
               : mi_fail(err, MIEN_EARG, "column '%.60s' is there twice (--%s)",
                         name, option);
}

/* ---- a column a labeller ------------------------------------------------- */

/* All rows, each of them a unit. */
static mien_status read_wide(reading *g, mien_error *err)
{
    int n = g->o->n_labellers;
    mien_column *c = mi_alloc((size_t)n, sizeof *c);
    mien_status st = c ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; !st && i < n; i++) {
        const char *name = g->o->labellers[i];
        st = find(g->t, name, "labellers", &c[i], err);
        if (!st)
            st = add_column(&g->r->who, name, i, "labellers", err);
        g->as_text |= !st && c[i].type == MIEN_COLUMN_TEXT;
    }
    for (int64_t row = 0; !st && row < mien_table_rows(g->t); row++) {
        int64_t unit;
        st = new_unit(g, row, &unit, err);
        for (int i = 0; !st && i < n; i++) {
            mi_entry *e = NULL;
            if (mi_value_missing(&c[i], row)) {
                g->r->missing++;
                continue;
            }
            st = add(g, unit, i, row, &e, err);
            if (!st)
                st = put_value(g, &c[i], e, err);
        }
    }
    mi_free(c);
    return st;
}

/* ---- a column a label ---------------------------------------------------- */

/* The votes of a cell, each an entry. */
static mien_status read_votes(const reading *g, const mien_column *c, int label,
                              int64_t unit, int64_t row, mien_error *err)
{
    double v = mi_value_missing(c, row) ? 0 : c->number[row];
    mien_status st = MIEN_OK;
    if (!(v >= 0 && v <= MIEN_AGREE_MAX_ENTRIES && v == floor(v)))
        return mi_fail(err, MIEN_EFORMAT,
                       "row %lld: %g votes in column '%.60s', wanted a whole "
                       "number from 0 on (--votes)",
                       (long long)row + 1, v, c->name);
    for (int64_t i = 0; !st && i < (int64_t)v; i++) {
        mi_entry *e = NULL;
        st = add(g, unit, -1, row, &e, err);
        if (!st)
            e->label = label;
    }
    return st;
}

/* All rows, each of them a unit with counts. */
static mien_status read_counts(reading *g, mien_error *err)
{
    int n = g->o->n_votes;
    mien_column *c = mi_alloc((size_t)n, sizeof *c);
    mien_status st = c ? MIEN_OK : mi_no_memory(err);
    g->as_text = g->r->votes = 1;
    for (int i = 0; !st && i < n; i++) {
        const char *name = g->o->votes[i];
        st = find(g->t, name, "votes", &c[i], err);
        if (!st && c[i].type != MIEN_COLUMN_NUMBER)
            st = mi_fail(err, MIEN_EFORMAT,
                         "column '%.60s' has texts, wanted counts of votes "
                         "(--votes)",
                         name);
        if (!st)
            st = add_column(&g->r->label, name, i, "votes", err);
    }
    for (int64_t row = 0; !st && row < mien_table_rows(g->t); row++) {
        int64_t unit;
        st = new_unit(g, row, &unit, err);
        for (int i = 0; !st && i < n; i++)
            st = read_votes(g, &c[i], i, unit, row, err);
    }
    mi_free(c);
    return st;
}

/* ---- all ----------------------------------------------------------------- */

/* Remark rows without names, and units without groups. */
static void put_remarks(const reading *g, int is_long)
{
    mi_ratings *r = g->r;
    int64_t groupless = 0;
    for (int64_t u = 0; r->in && u < r->unit.n; u++)
        groupless += r->in[u] < 0;
    if (g->unnamed)
        mien_buffer_printf(
            &r->remarks,
            is_long
                ? "%lld rows without a unit or a labeller are left out\n"
                : "%lld units have no name: they are called by their rows\n",
            (long long)g->unnamed);
    if (groupless)
        mien_buffer_printf(&r->remarks, "%lld units are in no group (--by)\n",
                           (long long)groupless);
}

mien_status mi_agree_read(const mien_table *t, const mien_agree_options *o,
                          mi_ratings *r, mien_error *err)
{
    reading g = {.t = t, .o = o, .r = r, .has_unit = o->unit != NULL};
    int is_long = o->labeller || o->label;
    mien_status st = MIEN_OK;
    if (is_long + (o->n_labellers > 0) + (o->n_votes > 0) != 1)
        return mi_fail(err, MIEN_EARG,
                       "where are the labels? one of --unit, --labeller and "
                       "--label; --labellers; --votes is wanted");
    if (o->n_votes > MIEN_AGREE_MAX_LABELS || o->orders > MIEN_AGREE_MAX_LABELS)
        return mi_fail(
            err, MIEN_ELIMIT,
            "%d columns of votes, %d labels in order: wanted at most "
            "%d",
            o->n_votes, o->orders, MIEN_AGREE_MAX_LABELS);
    if (mien_table_rows(t) > INT32_MAX)
        return mi_fail(err, MIEN_ELIMIT, "%lld rows, wanted at most %d",
                       (long long)mien_table_rows(t), INT32_MAX);
    g.as_text = o->orders > 0;
    if (o->unit)
        st = find(t, o->unit, "unit", &g.unit, err);
    if (!st && o->by)
        st = find(t, o->by, "by", &g.by, err);
    if (!st)
        st = is_long          ? read_long(&g, err)
             : o->n_labellers ? read_wide(&g, err)
                              : read_counts(&g, err);
    r->numbers = !g.as_text;
    if (st)
        return st;
    put_remarks(&g, is_long);
    return mi_ratings_finish(r, o, err);
}
