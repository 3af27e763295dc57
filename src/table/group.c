/* group.c: the rows of a table by the value of a column. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    mien_column c;
    int64_t row; /* the first that has the level */
    int64_t level;
} level_key;

static int by_value(const void *a, const void *b)
{
    const level_key *x = a, *y = b;
    if (x->c.text)
        return mi_text_compare(x->c.text[x->row], y->c.text[y->row]);
    double u = x->c.number[x->row], v = y->c.number[y->row];
    return (u > v) - (u < v);
}

/* Put the rows of the levels, which are sorted, into groups. */
static void fill(const mi_levels *l, const level_key *key, int64_t n,
                 int64_t *place, mien_groups *g)
{
    int64_t at = 0;
    for (int64_t i = 0; i < l->count; i++) {
        g->first[i] = key[i].row;
        g->start[i] = place[key[i].level] = at;
        at += l->size[key[i].level];
    }
    g->start[l->count] = at;
    for (int64_t r = 0; r < n; r++)
        if (l->of[r] >= 0)
            g->rows[place[l->of[r]]++] = r;
}

mien_status mien_table_group(const mien_table *t, int column, int most,
                             mien_groups *out, mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    mi_levels l;
    mien_status st = mi_levels_find(&c, t->rows, NULL, most, &l, err);
    if (st != MIEN_OK)
        return st;
    size_t n = (size_t)l.count;
    mien_groups g = {.column = column, .count = (int)l.count};
    level_key *key = mi_alloc(n, sizeof *key);
    int64_t *place = mi_alloc(n, sizeof *place);
    g.first = mi_alloc(n, sizeof *g.first);
    g.start = mi_alloc(n + 1, sizeof *g.start);
    g.rows = mi_alloc_raw((size_t)t->rows, sizeof *g.rows);
    if (key && place && g.first && g.start && g.rows) {
        for (int64_t i = 0; i < l.count; i++)
            key[i] = (level_key){c, l.first[i], i};
        if (n > 1)
            qsort(key, n, sizeof *key, by_value);
        fill(&l, key, t->rows, place, &g);
        *out = g;
    } else {
        mien_groups_free(&g);
        st = mi_no_memory(err);
    }
    mi_free(key);
    mi_free(place);
    mi_levels_done(&l);
    return st;
}

void mien_groups_free(mien_groups *g)
{
    if (!g)
        return;
    mi_free(g->first);
    mi_free(g->start);
    mi_free(g->rows);
    *g = (mien_groups){0};
}
