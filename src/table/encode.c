/* encode.c: learn how the columns of a table become a matrix.
 *
 * Numbers stay as they are.  A column of texts becomes one column of 0 and 1
 * for each level, levels in ascending order of their bytes.  Texts that are all
 * different are names, not levels.  Everything is learnt from the rows given,
 * so that test rows leak nothing. */
#include "table/encode.h"
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_text(mien_text text)
{
    char *copy = mi_alloc_raw(text.n + 1, 1);
    if (!copy)
        return NULL;
    if (text.n)
        memcpy(copy, text.at, text.n);
    copy[text.n] = 0;
    return copy;
}

mien_status mien_encoder_new(int columns, mien_encoder **out, mien_error *err)
{
    if (columns < 1 || columns > MIEN_TABLE_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "encoder: %d columns, wanted 1 to %d",
                       columns, MIEN_TABLE_MAX_COLUMNS);
    mien_encoder *e = mi_alloc(1, sizeof *e);
    if (e)
        e->column = mi_alloc((size_t)columns, sizeof *e->column);
    if (!e || !e->column) {
        mi_free(e);
        return mi_no_memory(err);
    }
    e->columns = columns;
    *out = e;
    return MIEN_OK;
}

static void free_column(mien_encoder_column *c)
{
    for (int i = 0; c->level && i < c->levels; i++)
        mi_free(c->level[i]);
    mi_free(c->level);
    mi_free(c->name);
}

void mien_encoder_free(mien_encoder *e)
{
    if (!e)
        return;
    for (int i = 0; i < e->columns; i++)
        free_column(&e->column[i]);
    for (int i = 0; e->note && i < e->notes; i++)
        mi_free(e->note[i].name);
    mi_free(e->column);
    mi_free(e->note);
    mi_free(e);
}

mien_status mien_encoder_set(mien_encoder *e, int column,
                             const mien_encoder_column *from, mien_error *err)
{
    assert(column >= 0 && column < e->columns && !e->column[column].name);
    int texts = from->type == MIEN_COLUMN_TEXT;
    if (!from->name || !*from->name ||
        (texts && (!from->level || from->levels < 1)))
        return mi_fail(err, MIEN_EFORMAT, "encoder: column %d has no %s",
                       column + 1, texts ? "name or levels" : "name");
    if (texts && from->levels > MIEN_TABLE_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "encoder: %d levels, at most %d",
                       from->levels, MIEN_TABLE_MAX_COLUMNS);
    mien_encoder_column c = *from;
    c.level = NULL;
    c.levels = texts ? from->levels : 0;
    c.indicator = !texts && from->indicator;
    c.width = texts ? c.levels : 1 + c.indicator;
    c.first = e->width;
    c.name = copy_text((mien_text){from->name, strlen(from->name)});
    if (texts)
        c.level = mi_alloc((size_t)c.levels, sizeof *c.level);
    int failed = !c.name || (texts && !c.level);
    for (int i = 0; i < c.levels && !failed; i++) {
        const char *level = from->level[i];
        c.level[i] = copy_text((mien_text){level, strlen(level)});
        failed = !c.level[i];
    }
    if (failed) {
        free_column(&c);
        return mi_no_memory(err);
    }
    e->column[column] = c;
    e->width += c.width;
    return MIEN_OK;
}

void mien_encoder_name(const mien_encoder *e, int i, size_t size, char *out)
{
    const mien_encoder_column *c = &e->column[mien_encoder_source(e, i)];
    if (c->type == MIEN_COLUMN_TEXT)
        snprintf(out, size, "%s=%s", c->name, c->level[i - c->first]);
    else
        snprintf(out, size, "%s%s", c->name, i > c->first ? " missing" : "");
}

int mien_encoder_source(const mien_encoder *e, int i)
{
    assert(i >= 0 && i < e->width);
    int low = 0, high = e->columns - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (e->column[middle].first <= i)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* ---- fitting ------------------------------------------------------------ */

typedef struct {
    const mien_table *t;
    int64_t n;
    const int64_t *rows;
    mien_encode_options options;
    mien_encoder *e;
    int used; /* columns of e that are set */
} fitter;

static mien_status drop(fitter *f, const char *name, const char *why,
                        mien_error *err)
{
    mien_encoder_note *note = &f->e->note[f->e->notes];
    note->name = copy_text((mien_text){name, strlen(name)});
    if (!note->name)
        return mi_no_memory(err);
    snprintf(note->why, sizeof note->why, "%s", why);
    f->e->notes++;
    return MIEN_OK;
}

/* The numbers of a column; the first row that may not be so is refused. */
static mien_status take_numbers(const fitter *f, const mien_column *c,
                                double *x, mien_error *err)
{
    int64_t first = INT64_MAX, missing = 0;
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = mi_row_at(f->rows, i);
        x[i] = c->number[row];
        missing += isnan(x[i]);
        if ((isinf(x[i]) ||
             (isnan(x[i]) && f->options.missing == MIEN_MISSING_ERROR)) &&
            row < first)
            first = row;
    }
    if (first == INT64_MAX)
        return MIEN_OK;
    if (missing == f->n)
        return mi_fail(err, MIEN_EFORMAT,
                       "encode: column '%.80s' has no value in %lld rows",
                       c->name, (long long)f->n);
    return mi_encode_refuse(c, first, 1, err);
}

/* Learn what stands for missing values of a column of numbers. */
static mien_status fit_number(fitter *f, const mien_column *c, mien_error *err)
{
    double *x = mi_alloc_raw((size_t)f->n, sizeof *x);
    if (!x)
        return mi_no_memory(err);
    mien_status st = take_numbers(f, c, x, err);
    mien_moments m = mien_moments_compute(st == MIEN_OK ? f->n : 0, x);
    mien_encoder_column e = {.type = c->type, .impute = (double)NAN};
    e.indicator = f->options.indicator && m.missing > 0;
    if (f->options.missing == MIEN_MISSING_MEAN)
        e.impute = m.mean;
    if (f->options.missing == MIEN_MISSING_ZERO)
        e.impute = 0;
    if (st == MIEN_OK && f->options.missing == MIEN_MISSING_MEDIAN)
        st = mien_median(f->n, x, &e.impute, err);
    mi_free(x);
    if (st != MIEN_OK)
        return st;
    if (m.count == 0)
        return drop(f, c->name, "it has no value", err);
    e.name = copy_text((mien_text){c->name, strlen(c->name)});
    st = e.name ? mien_encoder_set(f->e, f->used, &e, err) : mi_no_memory(err);
    f->used += st == MIEN_OK;
    mi_free(e.name);
    return st;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Make the levels found those of the encoder, sorted by bytes. */
static mien_status set_levels(fitter *f, const mien_column *c,
                              const mi_levels *l, mien_error *err)
{
    mien_encoder_column e = {.type = c->type, .impute = (double)NAN};
    e.levels = (int)l->count;
    e.level = mi_alloc((size_t)e.levels, sizeof *e.level);
    e.name = copy_text((mien_text){c->name, strlen(c->name)});
    int failed = !e.level || !e.name;
    for (int i = 0; i < e.levels && !failed; i++) {
        e.level[i] = copy_text(c->text[l->first[i]]);
        failed = !e.level[i];
    }
    mien_status st = MIEN_ENOMEM;
    if (!failed) {
        qsort(e.level, (size_t)e.levels, sizeof *e.level, by_bytes);
        st = mien_encoder_set(f->e, f->used, &e, err);
        f->used += st == MIEN_OK;
    }
    free_column(&e);
    return failed ? mi_no_memory(err) : st;
}

/* Learn the levels of a column of texts, or drop it and say why. */
static mien_status fit_text(fitter *f, const mien_column *c, mien_error *err)
{
    if (f->options.drop_texts)
        return drop(f, c->name, "it holds texts", err);
    mi_levels l;
    mien_status st = mi_levels_find(c, f->n, f->rows, INT64_MAX, &l, err);
    if (st != MIEN_OK)
        return st;
    int64_t count = 0;
    for (int64_t i = 0; i < l.count; i++)
        count += l.size[i];
    char why[96];
    snprintf(why, sizeof why, "it has %lld different texts, at most %d",
             (long long)l.count, f->options.max_levels);
    if (l.count == 0)
        st = drop(f, c->name, "it has no value", err);
    else if (l.count == count && count > 2)
        st = drop(f, c->name, "each of its texts stands there once", err);
    else if (l.count > f->options.max_levels)
        st = drop(f, c->name, why, err);
    else
        st = set_levels(f, c, &l, err);
    mi_levels_done(&l);
    return st;
}

mien_status mien_encoder_fit(const mien_table *t, int k, const int *columns,
                             int64_t n, const int64_t *rows,
                             const mien_encode_options *options,
                             mien_encoder **out, mien_error *err)
{
    fitter f = {t, rows ? n : t->rows, rows, MIEN_ENCODE_DEFAULTS, NULL, 0};
    if (options)
        f.options = *options;
    mien_status st = mien_encoder_new(k, &f.e, err);
    if (st == MIEN_OK) {
        f.e->note = mi_alloc((size_t)k, sizeof *f.e->note);
        st = f.e->note ? MIEN_OK : mi_no_memory(err);
    }
    for (int i = 0; i < k && st == MIEN_OK; i++) {
        mien_column c = mien_table_column(t, columns[i]);
        st = c.number ? fit_number(&f, &c, err) : fit_text(&f, &c, err);
    }
    if (st == MIEN_OK && f.used == 0)
        st = mi_fail(err, MIEN_EFORMAT,
                     "encode: of %d columns none can be used; '%.60s': %s", k,
                     f.e->note[0].name, f.e->note[0].why);
    if (st != MIEN_OK) {
        mien_encoder_free(f.e);
        return st;
    }
    f.e->columns = f.used;
    *out = f.e;
    return MIEN_OK;
}
