/* leak_classes.c: the classes of the label in the sample. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/table_columns.h"

#include <stdio.h>

enum { LEAST = 10 }; /* rows that two classes have to have */

void mi_classes_done(mi_classes *c)
{
    mi_free(c->row);
    mi_free(c->of);
    *c = (mi_classes){0};
}

static void name_class(const mien_column *c, int64_t row, char out[40])
{
    if (c->number)
        snprintf(out, 40, "%.9g", c->number[row] + 0.0);
    else
        snprintf(out, 40, "%.*s",
                 (int)(c->text[row].n < 39 ? c->text[row].n : 39),
                 c->text[row].at);
}

/* Rows of groups, in the order of the file, with their classes. */
static mien_status fill_classes(const mien_groups *g, int64_t rows,
                                mi_classes *out, mien_error *err)
{
    int32_t *of = mi_alloc((size_t)rows + 1, sizeof *of);
    out->row = mi_alloc((size_t)rows + 1, sizeof *out->row);
    out->of = mi_alloc((size_t)rows + 1, sizeof *out->of);
    if (!of || !out->row || !out->of) {
        mi_free(of);
        return mi_no_memory(err);
    }
    for (int k = 0; k < g->count; k++)
        for (int64_t i = g->start[k]; i < g->start[k + 1]; i++)
            of[g->rows[i]] = k + 1;
    for (int64_t r = 0; r < rows; r++)
        if (of[r]) {
            out->row[out->labelled] = r;
            out->of[out->labelled++] = of[r] - 1;
        }
    mi_free(of);
    return MIEN_OK;
}

mien_status mi_classes_of(const mien_dataset *d, mi_classes *out, char *why,
                          mien_error *err)
{
    mien_groups g = {0};
    mien_error limit = {0};
    int few = 0;
    *out = (mi_classes){0};
    if (d->label < 0) {
        snprintf(why, MI_WHY, "no --label");
        return MIEN_OK;
    }
    mien_status st =
        mien_table_group(d->sample, d->label, MI_CLASSES_MOST, &g, &limit);
    if (st == MIEN_ELIMIT) {
        snprintf(why, MI_WHY, "the label has more than %d values",
                 (int)MI_CLASSES_MOST);
        return MIEN_OK;
    }
    if (st)
        return mi_no_memory(err);
    st = fill_classes(&g, mien_table_rows(d->sample), out, err);
    mien_column c = mien_table_column(d->sample, d->label);
    out->n = g.count;
    for (int k = 0; !st && k < g.count; k++) {
        name_class(&c, g.first[k], out->name[k]);
        out->rows[k] = g.start[k + 1] - g.start[k];
        few += out->rows[k] >= LEAST;
    }
    if (!st && few < 2)
        snprintf(why, MI_WHY, "fewer than two classes have %d rows",
                 (int)LEAST);
    mien_groups_free(&g);
    return st;
}
