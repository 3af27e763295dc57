/* check_json.c: what was found out, all figures, as JSON. */
#include "dataset/check.h"

#include <math.h>
#include <string.h>

enum { TOP = 10 };

static const char *const weights[] = {"wrong", "question", "note"};

/* A finding as an object. */
static void put_finding(const mien_finding *f, mien_json *j)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "check", f->check);
    mien_json_text(j, "weight", weights[f->weight]);
    mien_json_text(j, "where", f->where);
    mien_json_int(j, "count", f->count);
    mien_json_int(j, "of", f->of);
    if (f->measure) {
        mien_json_real(j, "size", f->size, 6);
        mien_json_text(j, "measure", f->measure);
    }
    mien_json_text(j, "text", f->text);
    mien_json_text(j, "advice", f->advice);
    mien_json_close(j);
}

/* The frequent values; a count may be too low by "count_error". */
static void put_top(const mi_summary *s, mien_json *j)
{
    const mi_value *top[TOP];
    int n = mi_summary_top(s, TOP, top);
    mien_json_int(j, "count_error", s->values.offset);
    mien_json_array(j, "top");
    for (int i = 0; i < n; i++) {
        char text[MI_VALUE_TEXT + 1] = {0};
        int cut = top[i]->length == 255;
        memcpy(text, top[i]->text,
               cut ? (size_t)MI_VALUE_TEXT : top[i]->length);
        mien_json_object(j, NULL);
        if (s->type == MIEN_COLUMN_NUMBER)
            mien_json_real(j, "value", top[i]->number, 0);
        else
            mien_json_text(j, "value", text);
        if (cut)
            mien_json_bool(j, "cut", 1);
        mien_json_int(j, "count", top[i]->count);
        mien_json_close(j);
    }
    mien_json_close(j);
}

static void put_numbers(const mi_summary *s, mien_json *j)
{
    static const char *const names[5] = {"q05", "q25", "median", "q75", "q95"};
    mien_json_int(j, "infinite", s->infinite);
    mien_json_int(j, "negative", s->negative);
    mien_json_int(j, "zero", s->zero);
    mien_json_real(j, "mean", s->count > s->infinite ? s->mean : (double)NAN,
                   0);
    mien_json_real(j, "deviation", mi_summary_deviation(s), 0);
    mien_json_real(j, "min", s->min, 0);
    for (int k = 0; k < 5; k++)
        mien_json_real(j, names[k], s->quantile[k], 0);
    mien_json_real(j, "max", s->max, 0);
}

/* What is known of a column. */
static void put_column(const mi_summary *s, mien_json *j)
{
    int exact;
    double distinct = mi_summary_distinct(s, &exact);
    mien_json_object(j, s->name);
    mien_json_text(j, "type",
                   s->type == MIEN_COLUMN_NUMBER ? "number" : "text");
    mien_json_int(j, "count", s->count);
    mien_json_int(j, "missing", s->missing);
    mien_json_int(j, "distinct", (int64_t)(distinct + .5));
    mien_json_bool(j, "distinct_exact", exact);
    if (s->type == MIEN_COLUMN_NUMBER)
        put_numbers(s, j);
    put_top(s, j);
    mien_json_close(j);
}

/* How exact quantiles are: of the share of values below, at 99 %. */
static double rank_error(const mien_dataset *d)
{
    double n = (double)mien_table_rows(d->sample);
    return mien_table_rows(d->sample) < d->rows ? sqrt(log(200) / (2 * n)) : 0;
}

void mien_dataset_json(const mien_dataset *d, const char *name, mien_json *j)
{
    mien_buffer notes = {0};
    mien_json_object(j, NULL);
    mien_json_text(j, "schema", "mien/dataset-check/1");
    mien_json_text(j, "file", name);
    mien_json_int(j, "rows", d->rows);
    mien_json_int(j, "columns", d->columns);
    mien_json_int(j, "seed", d->o.seed);
    mien_json_int(j, "sample_rows", mien_table_rows(d->sample));
    mien_json_real(j, "quantile_rank_error", rank_error(d), 4);
    mien_json_text(j, "label", d->o.label);
    mien_buffer_put(&notes, d->notes.data, d->notes.n);
    mien_buffer_put(&notes, "", 1);
    mien_json_text(j, "notes", (const char *)notes.data);
    j->out->failed |= notes.failed;
    mien_buffer_free(&notes);
    mien_json_array(j, "findings");
    for (int64_t i = 0; i < d->findings; i++)
        put_finding(&d->sorted[i], j);
    mien_json_close(j);
    mien_json_object(j, "checks");
    for (int i = 0; i < d->runs; i++) {
        mien_json_object(j, d->run[i].name);
        mien_json_int(j, "rows", d->run[i].rows);
        if (*d->run[i].why)
            mien_json_text(j, "not_run", d->run[i].why);
        mien_json_close(j);
    }
    mien_json_close(j);
    mi_duplicates_json(d->twice, j);
    if (d->coverage)
        mi_coverage_json(d->coverage, j);
    mien_json_object(j, "column");
    for (int c = 0; c < d->columns; c++)
        put_column(&d->column[c], j);
    mien_json_close(j);
    mien_json_close(j);
}
