/* groups.c: a model judged group by group, where it learned from the group. */
#include "study/groups.h"
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ---------------------------------------------------------------- */

void mi_groups_by_done(mi_groups_by *g)
{
    for (int i = 0; i < g->n; i++)
        mi_parted_done(&g->parted[i]);
    *g = (mi_groups_by){0};
}

mien_status mi_groups_by_read(const mien_table *t, int n, const char *const *by,
                              mi_groups_by *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    *out = (mi_groups_by){0};
    if (n > MIEN_GROUPS_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d columns of groups; %d are the most", n,
                       MIEN_GROUPS_MAX_COLUMNS);
    while (!st && out->n < n) {
        st = mi_parted_read(t, by[out->n], &out->parted[out->n], err);
        out->n += !st;
    }
    if (!st && n > 1) {
        st = mi_parted_cross(mien_table_rows(t), n, out->parted,
                             &out->parted[n], &out->crossed, err);
        out->n += !st && !out->crossed;
    }
    if (st)
        mi_groups_by_done(out);
    return st;
}

/* ---- what a model learned from ------------------------------------------- */

void mi_groups_record(const mi_groups_by *g, int64_t n, const int64_t *row,
                      mien_buffer *out)
{
    for (int i = 0; i < g->n; i++) {
        const mi_parted *p = &g->parted[i];
        for (int k = 0; k < p->groups; k++) {
            int64_t count = 0;
            for (int64_t r = 0; r < n; r++)
                count += p->of[row[r]] == k;
            mien_buffer_puts(out, "group");
            mi_field_put(out, p->by);
            mi_field_put(out, p->name[k]);
            mien_buffer_printf(out, "\t%lld\n", (long long)count);
        }
    }
}

/* Take the counts of a grouping from a record, which is written into; 1 if it
 * was recorded. */
static int read_record(char *record, mien_grouping *g)
{
    int found = 0;
    for (char *line = record, *next; line && *line; line = next) {
        char *field[4];
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        if (mi_field_split(line, field, 4) < 4 || strcmp(field[1], g->by) != 0)
            continue;
        for (int i = 0; !found && i < g->groups; i++)
            g->group[i].trained = 0;
        found = 1;
        for (int i = 0; i < g->groups; i++)
            if (strcmp(g->group[i].name, field[2]) == 0)
                g->group[i].trained = strtoll(field[3], NULL, 10);
    }
    return found;
}

/* Of a column of texts that the model reads it knows the texts it has seen. */
static void read_levels(const mien_encoder *e, mien_grouping *g)
{
    const mien_encoder_column *c = NULL;
    for (int i = 0; i < e->columns; i++)
        if (strcmp(e->column[i].name, g->by) == 0)
            c = &e->column[i];
    if (!c || !c->levels)
        return;
    for (int i = 0; i < g->groups; i++) {
        int seen = strcmp(g->group[i].name, "missing") == 0 ? -1 : 0;
        for (int k = 0; k < c->levels; k++)
            if (strcmp(g->group[i].name, c->level[k]) == 0)
                seen = 1;
        g->group[i].trained = seen > 0   ? MIEN_TRAINED_SOME
                              : seen < 0 ? MIEN_TRAINED_UNKNOWN
                                         : 0;
    }
}

/* How much of each group the model learned from. */
static mien_status put_trained(const char *record, const mien_encoder *e,
                               const mi_parted *p, mien_grouping *g,
                               mien_error *err)
{
    size_t n = strlen(record) + 1;
    char *text = mi_alloc(n, 1);
    if (!text)
        return mi_no_memory(err);
    memcpy(text, record, n);
    if (!read_record(text, g) && p->column >= 0 && !p->bands)
        read_levels(e, g);
    mi_free(text);
    return MIEN_OK;
}

/* ---- judging ------------------------------------------------------------- */

void mien_groupings_free(mien_groupings *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->n; i++) {
        mien_grouping *of = &g->grouping[i];
        for (int k = 0; of->group && k < of->groups; k++)
            mi_free(of->group[k].name);
        mi_free(of->group);
        mi_free(of->by);
    }
    mi_free(g->grouping);
    *g = (mien_groupings){0};
}

/* Names of a grouping's groups. */
static mien_status grouping_new(const mi_parted *p, mien_grouping *g,
                                mien_error *err)
{
    g->by = mi_text_copy(p->by);
    g->groups = p->groups;
    g->group = mi_alloc((size_t)p->groups + 1, sizeof *g->group);
    int good = g->by && g->group;
    for (int i = 0; good && i < p->groups; i++) {
        g->group[i].trained = MIEN_TRAINED_UNKNOWN;
        g->group[i].name = mi_text_copy(p->name[i]);
        good = g->group[i].name != NULL;
    }
    return good ? MIEN_OK : mi_no_memory(err);
}

/* The group of each row, -1 where the model cannot be judged; rows and events
 * of all groups are counted. */
static void place_rows(const mi_parted *p, const mien_scored *rows,
                       const int64_t *row, mien_grouping *g,
                       mien_group_rates *rates, int32_t *of)
{
    for (int i = 0; i < g->groups; i++)
        rates[i] = (mien_group_rates){0};
    for (int64_t i = 0; i < rows->n; i++) {
        int at = p->of[row[i]];
        mien_group *group = &g->group[at];
        group->rates.rows++;
        group->rates.events += rows->y[i];
        of[i] = group->trained ? at : -1;
    }
}

/* Judge by one column, or by all. */
static mien_status judge(const mi_parted *p, const mien_scored *rows,
                         const int64_t *row, double threshold, mien_grouping *g,
                         mien_error *err)
{
    int32_t *of = mi_alloc((size_t)rows->n + 1, sizeof *of);
    mien_group_rates *rates = mi_alloc((size_t)g->groups + 1, sizeof *rates);
    mien_status st = of && rates ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        place_rows(p, rows, row, g, rates, of);
        st = mien_rates_by_group(rows, threshold, of, g->groups, rates, g->gap,
                                 err);
    }
    for (int i = 0; !st && i < g->groups; i++) {
        mien_group *to = &g->group[i];
        int64_t n = to->rates.rows, events = to->rates.events;
        to->rates = rates[i];
        to->rates.rows = n;
        to->rates.events = events;
    }
    mi_free(of);
    mi_free(rates);
    return st;
}

mien_status mi_groups_judge(const mi_groups_by *g, const mien_scored *rows,
                            const int64_t *row, double threshold,
                            const char *record, const mien_encoder *e,
                            mien_groupings *out, mien_error *err)
{
    mien_groupings all = {.crossed = g->crossed};
    mien_status st = MIEN_OK;
    if (g->n)
        all.grouping = mi_alloc((size_t)g->n, sizeof *all.grouping);
    if (g->n && !all.grouping)
        st = mi_no_memory(err);
    while (!st && all.n < g->n) {
        mien_grouping *to = &all.grouping[all.n];
        const mi_parted *p = &g->parted[all.n++];
        st = grouping_new(p, to, err);
        if (!st)
            st = put_trained(record, e, p, to, err);
        if (!st)
            st = judge(p, rows, row, threshold, to, err);
    }
    if (st)
        mien_groupings_free(&all);
    else
        *out = all;
    return st;
}

/* ---- a table ------------------------------------------------------------- */

/* By which columns, and what comes of it. */
typedef struct wanted {
    int n;
    const char *const *by;
    mien_groupings *out;
} wanted;

static mien_status look(void *arg, const mien_tabular *m, const mien_table *t,
                        const mien_scored *rows, const int64_t *row, double cut,
                        mien_error *err)
{
    const wanted *w = arg;
    mi_groups_by groups;
    mien_status st = mi_groups_by_read(t, w->n, w->by, &groups, err);
    if (st)
        return st;
    st =
        mi_groups_judge(&groups, rows, row, cut, mien_tabular_text(m, "groups"),
                        mien_tabular_encoder(m), w->out, err);
    mi_groups_by_done(&groups);
    return st;
}

mien_status mien_evaluate_by(mien_tabular *m, const mien_table *t,
                             const mien_evaluate_options *options, int n,
                             const char *const *by, mien_verdict *verdict,
                             mien_groupings *out, mien_error *err)
{
    wanted w = {n, by, out};
    const mi_study_more more = {look, &w};
    return mi_study_evaluate(m, t, options, &more, verdict, err);
}
