/* coverage.c: how many rows each combination of groups has.
 *
 * Values are hashed together; what a hash stands for is looked up by name once,
 * so that a column read as numbers and the same as texts make one group. */
#include "dataset/coverage.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "table/number.h"

#include <math.h>
#include <string.h>

void mi_coverage_free(mi_coverage *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->by; i++) {
        for (int64_t k = 0; k < c->list[i].n; k++)
            mi_free(c->list[i].level[k].name);
        mi_free(c->list[i].level);
        mi_free(c->list[i].column);
    }
    mi_free(c->group);
    mi_free(c->slot);
    mi_free(c);
}

static char *copy_text(const char *at, size_t n)
{
    char *to = mi_alloc(n + 1, 1);
    if (to && n)
        memcpy(to, at, n);
    return to;
}

/* The level of a value, which is made if it is new; -1: memory ended. */
static int level_of(mi_level_list *l, const mien_column *c, int64_t row)
{
    char number[MI_NUMBER_SIZE + 1];
    static const char none[] = "(missing)";
    mien_text t = {none, sizeof none - 1};
    if (c->text && c->text[row].n)
        t = c->text[row];
    if (c->number && !isnan(c->number[row]))
        t = (mien_text){number,
                        (size_t)mi_number_write(c->number[row] + 0.0, number)};
    for (int64_t i = 0; i < l->n; i++)
        if (strlen(l->level[i].name) == t.n &&
            memcmp(l->level[i].name, t.at, t.n) == 0)
            return (int)i;
    mi_level *new = mi_push(&l->level, l->n, sizeof *l->level);
    if (!new || !(new->name = copy_text(t.at, t.n)))
        return -1;
    return (int)l->n++;
}

static uint64_t hash_values(const mi_coverage *c, const mien_column *column,
                            int64_t row)
{
    uint64_t h = 0, high = 0;
    for (int i = 0; i < c->by; i++)
        h = mi_dataset_mix(h ^ (column[i].text
                                    ? mi_hash_text(column[i].text[row], &high)
                                    : mi_hash_number(column[i].number[row])));
    return h;
}

/* The group of a row's values, by name: made if it is new. */
static mien_status find_group(mi_coverage *c, const mien_column *column,
                              int64_t row, int32_t *out, mien_error *err)
{
    mi_group is = {.weight = (double)NAN};
    for (int i = 0; i < c->by; i++)
        if ((is.level[i] = level_of(&c->list[i], &column[i], row)) < 0)
            return mi_no_memory(err);
    for (int64_t g = 0; g < c->groups; g++)
        if (memcmp(c->group[g].level, is.level, sizeof is.level) == 0) {
            *out = (int32_t)g;
            return MIEN_OK;
        }
    if (c->groups >= MIEN_DATASET_MAX_GROUPS)
        return mi_fail(err, MIEN_ELIMIT,
                       "--group: more than %d combinations of values; take "
                       "fewer columns, or part numbers into ranges first",
                       MIEN_DATASET_MAX_GROUPS);
    mi_group *new = mi_push(&c->group, c->groups, sizeof *c->group);
    if (!new)
        return mi_no_memory(err);
    *new = is;
    *out = (int32_t)c->groups++;
    return MIEN_OK;
}

/* The group of a row's values, by their hash. */
static mien_status group_of(mi_coverage *c, const mien_column *column,
                            int64_t row, int32_t *out, mien_error *err)
{
    uint64_t hash = hash_values(c, column, row);
    size_t at = (size_t)hash & (MI_GROUP_SLOTS - 1);
    size_t steps = 0;
    while (c->slot[at].group && c->slot[at].hash != hash &&
           steps++ < MI_GROUP_SLOTS)
        at = (at + 1) & (MI_GROUP_SLOTS - 1);
    *out = c->slot[at].group - 1;
    if (c->slot[at].group && c->slot[at].hash == hash)
        return MIEN_OK;
    mien_status st = find_group(c, column, row, out, err);
    if (!st && !c->slot[at].group)
        c->slot[at] = (mi_group_slot){hash, *out + 1};
    return st;
}

/* Groups stand in one table by the names they have in another. */
static mien_status find_columns(const mi_coverage *c, const mien_table *t,
                                mien_column *out, int *at, mien_error *err)
{
    for (int i = 0; i < c->by; i++) {
        at[i] = mien_table_find(t, c->list[i].column);
        if (at[i] < 0)
            return mi_fail(err, MIEN_EARG,
                           "the population has no column '%.50s' of --group; "
                           "it has %d, the first '%.50s'",
                           c->list[i].column, mien_table_columns(t),
                           mien_table_column(t, 0).name);
        out[i] = mien_table_column(t, at[i]);
    }
    return MIEN_OK;
}

mien_status mi_coverage_add(mi_coverage *c, const mien_table *t,
                            mien_error *err)
{
    mien_column column[MIEN_DATASET_MAX_BY];
    int at[MIEN_DATASET_MAX_BY];
    mien_status st = find_columns(c, t, column, at, err);
    for (int64_t row = 0; !st && row < mien_table_rows(t); row++) {
        int32_t g;
        st = group_of(c, column, row, &g, err);
        if (!st)
            c->group[g].count++;
    }
    c->rows += mien_table_rows(t);
    return st;
}

/* The one column of numbers beside the groups. */
static mien_status find_numbers(const mi_coverage *c, const mien_table *t,
                                const int *at, mien_column *out,
                                mien_error *err)
{
    int found = 0;
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column is = mien_table_column(t, i);
        int group = 0;
        for (int k = 0; k < c->by; k++)
            group |= at[k] == i;
        if (group || is.type != MIEN_COLUMN_NUMBER)
            continue;
        *out = is;
        found++;
    }
    if (found == 1)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "the population has %d columns of numbers beside those of "
                   "--group, wanted one: how many people each row stands for",
                   found);
}

/* The shares of groups in the population. */
static mien_status add_population(mi_coverage *c, const mien_table *t,
                                  mien_error *err)
{
    mien_column column[MIEN_DATASET_MAX_BY], many = {0};
    int at[MIEN_DATASET_MAX_BY];
    double sum = 0;
    mien_status st = find_columns(c, t, column, at, err);
    if (!st)
        st = find_numbers(c, t, at, &many, err);
    for (int64_t row = 0; !st && row < mien_table_rows(t); row++) {
        int32_t g;
        double v = many.number[row];
        if (!(v >= 0) || isinf(v))
            return mi_fail(err, MIEN_EARG,
                           "the population's row %lld has %g of '%.60s', "
                           "wanted a number of people or a share",
                           (long long)row + 1, v, many.name);
        st = group_of(c, column, row, &g, err);
        if (!st)
            c->group[g].people += v;
        sum += v;
    }
    if (!st && !(sum > 0))
        st = mi_fail(err, MIEN_EARG, "the population has nobody in it");
    for (int64_t g = 0; !st && g < c->groups; g++)
        c->group[g].people /= sum;
    c->has_population = 1;
    return st;
}

mien_status mi_coverage_new(const mien_dataset *d, const mien_table *head,
                            mi_coverage **out, mien_error *err)
{
    (void)head;
    mi_coverage *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_no_memory(err);
    *out = c; /* the data set frees it */
    c->effect = c->effective_rows = (double)NAN;
    c->slot = mi_alloc(MI_GROUP_SLOTS, sizeof *c->slot);
    if (!c->slot)
        return mi_no_memory(err);
    for (; c->by < d->o.groups; c->by++) {
        const char *name = d->o.group[c->by];
        c->list[c->by].column = copy_text(name, strlen(name));
        if (!c->list[c->by].column)
            return mi_no_memory(err);
    }
    return d->o.population ? add_population(c, d->o.population, err) : MIEN_OK;
}
