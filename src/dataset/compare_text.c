/* compare_text.c: a comparison in words, for a person and for a program. */
#include "mien/dataset_compare.h"

#include <math.h>
#include <string.h>

enum { NAME = 24 };

/* ---- text ---------------------------------------------------------------- */

/* Columns that a text takes: its characters, as UTF-8 counts them. */
static int width_of(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void put_figure(mien_buffer *out, const char *name,
                       const mien_drift_figure *f, int sign)
{
    if (isnan(f->value))
        return;
    mien_buffer_printf(out, sign ? "%s %+.3f" : "%s %.3f", name, f->value);
    if (!isnan(f->low))
        mien_buffer_printf(out, sign ? " (%+.3f to %+.3f)" : " (%.3f to %.3f)",
                           f->low, f->high);
}

/* "3 new texts in 40 rows: a, b, c" */
static void put_texts(mien_buffer *out, const char *what,
                      const mien_drift_texts *t)
{
    if (!t->count)
        return;
    mien_buffer_printf(out, "; %lld %s in %lld rows: ", (long long)t->count,
                       what, (long long)t->rows);
    for (int i = 0; i < t->shown; i++) {
        mien_buffer_puts(out, i ? ", " : "");
        mien_text_plain(t->text[i], out);
    }
    if (t->count > t->shown)
        mien_buffer_puts(out, ", ...");
}

/* What is missing, where that differs or is anything. */
static void put_missing(mien_buffer *out, const mien_drift_column *c,
                        const int64_t rows[2])
{
    if (c->missing[0] || c->missing[1])
        mien_buffer_printf(out, "; missing %.3g %% -> %.3g %%",
                           100 * (double)c->missing[0] / (double)rows[0],
                           100 * (double)c->missing[1] / (double)rows[1]);
    if (c->infinite[0] || c->infinite[1])
        mien_buffer_printf(out, "; infinite values left out: %lld and %lld",
                           (long long)c->infinite[0],
                           (long long)c->infinite[1]);
}

/* The figures of a column that was compared. */
static void put_figures(mien_buffer *out, const mien_drift_column *c)
{
    if (c->type == MIEN_COLUMN_TEXT) {
        put_figure(out, "total variation", &c->distance, 0);
        mien_buffer_printf(out, ", Cramer's V %.3f", c->association);
    } else {
        mien_buffer_printf(out, "mean %.4g -> %.4g, ", c->mean[0], c->mean[1]);
        put_figure(out, "shift", &c->mean_shift, 1);
        put_figure(out, ", KS", &c->distance, 0);
        put_figure(out, ", Wasserstein", &c->wasserstein, 0);
    }
    mien_buffer_printf(out, ", PSI %.3f, adjusted p %.2g", c->stability,
                       c->adjusted);
}

/* A column's line. */
static void put_column(mien_buffer *out, const mien_drift_column *c,
                       const int64_t rows[2])
{
    mien_buffer_puts(out, "  ");
    mien_text_plain(c->name, out);
    for (int n = width_of(c->name); n < NAME; n++)
        mien_buffer_puts(out, " ");
    mien_buffer_printf(out, " %-14s ", mien_drift_word(c->level));
    if (*c->why)
        mien_buffer_puts(out, c->why);
    else if (!isnan(c->distance.value))
        put_figures(out, c);
    else
        mien_buffer_puts(out, "one table has no values");
    put_texts(out, "new", &c->fresh);
    put_texts(out, "gone", &c->gone);
    put_missing(out, c, rows);
    mien_buffer_puts(out, "\n");
}

/* All columns at once. */
static void put_joint(mien_buffer *out, const mien_drift_joint *j)
{
    mien_buffer_printf(out, "all columns at once: %s",
                       mien_drift_word(j->level));
    if (*j->why) {
        mien_buffer_printf(out, " (%s)\n", j->why);
        return;
    }
    put_figure(out, "; told apart with AUC", &j->auc, 0);
    mien_buffer_printf(
        out, ", adjusted p %.2g, by %d columns and %lld + %lld rows\n",
        j->adjusted, j->columns, (long long)j->rows[0], (long long)j->rows[1]);
    if (j->left_out)
        mien_buffer_printf(out, "  %d columns were not looked at there\n",
                           j->left_out);
    if (j->level == MIEN_DRIFT_NONE || j->level == MIEN_DRIFT_FEW)
        return;
    mien_buffer_puts(out, "  it goes by ");
    for (int i = 0; i < j->leans; i++) {
        mien_buffer_puts(out, i ? ", " : "");
        mien_text_plain(j->lean[i].name, out);
        mien_buffer_printf(out, " (%+.2f)", j->lean[i].weight);
    }
    mien_buffer_puts(out, "\n");
}

/* The worst level, and of how many columns nothing can be said. */
static void put_worst(mien_buffer *out, const mien_drift *d)
{
    int few = mien_drift_count(d, MIEN_DRIFT_FEW);
    int not_judged = mien_drift_count(d, MIEN_DRIFT_UNJUDGED);
    mien_buffer_printf(out, "drift: %s", mien_drift_word(mien_drift_worst(d)));
    if (few)
        mien_buffer_printf(out, "; too few rows to say of %d column%s", few,
                           few == 1 ? "" : "s");
    if (not_judged)
        mien_buffer_printf(out, "; %d not judged", not_judged);
    mien_buffer_puts(out, "\n");
}

void mien_drift_text(const mien_drift *d, mien_buffer *out)
{
    mien_buffer_printf(out, "before %lld rows, now %lld rows, %d columns\n",
                       (long long)d->rows[0], (long long)d->rows[1],
                       d->columns);
    put_worst(out, d);
    put_joint(out, &d->joint);
    for (int i = 0; i < d->columns; i++)
        put_column(out, &d->column[i], d->rows);
}

/* ---- JSON ---------------------------------------------------------------- */

static void figure_json(mien_json *j, const char *key,
                        const mien_drift_figure *f)
{
    mien_json_object(j, key);
    mien_json_real(j, "value", f->value, 0);
    mien_json_real(j, "low", f->low, 0);
    mien_json_real(j, "high", f->high, 0);
    mien_json_close(j);
}

static void counts_json(mien_json *j, const char *key, const int64_t n[2])
{
    mien_json_array(j, key);
    mien_json_int(j, NULL, n[0]);
    mien_json_int(j, NULL, n[1]);
    mien_json_close(j);
}

static void pair_json(mien_json *j, const char *key, const double v[2])
{
    mien_json_array(j, key);
    mien_json_real(j, NULL, v[0], 0);
    mien_json_real(j, NULL, v[1], 0);
    mien_json_close(j);
}

static void texts_json(mien_json *j, const char *key, const mien_drift_texts *t)
{
    mien_json_object(j, key);
    mien_json_int(j, "count", t->count);
    mien_json_int(j, "rows", t->rows);
    mien_json_array(j, "texts");
    for (int i = 0; i < t->shown; i++)
        mien_json_text(j, NULL, t->text[i]);
    mien_json_close(j);
    mien_json_close(j);
}

/* The parts that are drawn. */
static void parts_json(mien_json *j, const mien_drift_column *c)
{
    mien_json_array(j, "parts");
    for (int i = 0; i < c->parts; i++) {
        const char *label = c->part[i].label;
        mien_json_object(j, NULL);
        mien_json_text(j, "label", *label ? label : NULL);
        mien_json_real(j, "before", c->part[i].share[0], 0);
        mien_json_real(j, "now", c->part[i].share[1], 0);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* What one type of column has. */
static void figures_json(mien_json *j, const mien_drift_column *c)
{
    if (c->type == MIEN_COLUMN_TEXT) {
        figure_json(j, "total_variation", &c->distance);
        mien_json_real(j, "cramers_v", c->association, 0);
        texts_json(j, "new", &c->fresh);
        texts_json(j, "gone", &c->gone);
        return;
    }
    pair_json(j, "mean", c->mean);
    pair_json(j, "deviation", c->deviation);
    counts_json(j, "infinite", c->infinite);
    figure_json(j, "standardised_mean_difference", &c->mean_shift);
    figure_json(j, "kolmogorov_smirnov", &c->distance);
    figure_json(j, "wasserstein", &c->wasserstein);
}

/* A column. */
static void column_json(mien_json *j, const mien_drift_column *c)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", c->name);
    mien_json_text(j, "type", c->type == MIEN_COLUMN_TEXT ? "text" : "number");
    mien_json_text(j, "drift", mien_drift_word(c->level));
    mien_json_text(j, "why", *c->why ? c->why : NULL);
    counts_json(j, "values", c->values);
    counts_json(j, "missing", c->missing);
    mien_json_real(j, "missing_h", c->missing_shift, 0);
    if (!*c->why)
        figures_json(j, c);
    parts_json(j, c);
    mien_json_real(j, "population_stability_index", c->stability, 0);
    mien_json_real(j, "p", c->p, 0);
    mien_json_real(j, "p_adjusted", c->adjusted, 0);
    mien_json_close(j);
}

/* All columns at once. */
static void joint_json(mien_json *j, const mien_drift_joint *t)
{
    mien_json_object(j, "all_columns");
    mien_json_text(j, "drift", mien_drift_word(t->level));
    mien_json_text(j, "why", *t->why ? t->why : NULL);
    counts_json(j, "rows", t->rows);
    mien_json_int(j, "columns", t->columns);
    mien_json_int(j, "left_out", t->left_out);
    figure_json(j, "auc", &t->auc);
    mien_json_real(j, "p", t->p, 0);
    mien_json_real(j, "p_adjusted", t->adjusted, 0);
    mien_json_array(j, "goes_by");
    for (int i = 0; i < t->leans; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", t->lean[i].name);
        mien_json_real(j, "weight", t->lean[i].weight, 0);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

void mien_drift_json(const mien_drift *d, mien_json *j)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "schema", "mien/drift/1");
    counts_json(j, "rows", d->rows);
    mien_json_text(j, "drift", mien_drift_word(mien_drift_worst(d)));
    mien_json_int(j, "too_few_to_say", mien_drift_count(d, MIEN_DRIFT_FEW));
    mien_json_int(j, "not_judged", mien_drift_count(d, MIEN_DRIFT_UNJUDGED));
    joint_json(j, &d->joint);
    mien_json_array(j, "columns");
    for (int i = 0; i < d->columns; i++)
        column_json(j, &d->column[i]);
    mien_json_close(j);
    mien_json_close(j);
}
