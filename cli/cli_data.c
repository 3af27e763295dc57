/* cli_data.c: from a CSV to parts of numbers. */
#include "cli/cli_data.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

static int failed(const cli_data *d, const mien_error *err)
{
    cli_error("%s: %s", d->path, err->text);
    return 0;
}

static int no_memory(void)
{
    cli_error("out of memory");
    return 0;
}

/* ---- options and labels
 * ------------------------------------------------------ */

static int read_numbers(cli_data *d)
{
    const cli_args *a = d->args;
    d->window = 1;
    d->seed = 123;
    d->honest = cli_given(a, DATA_HONEST);
    if (!cli_int(a, DATA_AHEAD, 0, 1000000, &d->ahead) ||
        !cli_int(a, DATA_WINDOW, 1, MIEN_TABULAR_MAX_WINDOW, &d->window) ||
        !cli_int(a, DATA_SEED, 0, 0x7fffffff, &d->seed))
        return 0;
    d->purge = d->window + d->ahead;
    return cli_int(a, DATA_PURGE, 0, 1000000000, &d->purge);
}

static int find_label(cli_data *d)
{
    mien_error err = {0};
    d->label_name = d->args->value[DATA_LABEL];
    if (!d->label_name) {
        cli_error("--label COLUMN is missing: which column is to be told?");
        return 0;
    }
    d->label = cli_table_column(d->in.t, d->path, d->label_name);
    if (d->label < 0)
        return 0;
    if (mien_label_find(d->in.t, d->label, d->args->value[DATA_POSITIVE],
                        &d->classes, &err))
        return failed(d, &err);
    return 1;
}

/* Class 1 is 1 from here on, whatever it is called in the file. */
static int shift(cli_data *d)
{
    mien_error err = {0};
    d->rows_read = mien_table_rows(d->in.t);
    size_t n = (size_t)d->rows_read;
    d->source = mi_alloc(n + 1, sizeof *d->source);
    d->y = mi_alloc(n + 1, 1);
    if (!d->source || !d->y)
        return no_memory();
    d->t = d->in.t;
    if (mien_label_read(&d->classes, d->in.t, d->label, d->y, &err))
        return failed(d, &err);
    if (d->ahead) {
        if (mien_table_curve_shift(d->in.t, d->label, &d->classes, d->ahead,
                                   d->source, &d->shifted, &err))
            return failed(d, &err);
        d->t = d->shifted;
        const double *y = mien_table_column(d->t, d->label).number;
        for (int64_t i = 0; i < mien_table_rows(d->t); i++)
            d->y[i] = y[i] != 0;
    } else {
        for (int64_t i = 0; i < d->rows_read; i++)
            d->source[i] = i;
    }
    d->rows = mien_table_rows(d->t);
    for (int64_t i = 0; i < d->rows; i++)
        d->events += d->y[i];
    return 1;
}

/* ---- parts
 * ------------------------------------------------------------------- */

static int make_parts(cli_data *d)
{
    mien_error err = {0};
    float test = 0.2f, valid = 0.2f;
    if (!cli_float(d->args, DATA_TEST, 0.001, 0.9, &test) ||
        !cli_float(d->args, DATA_VALID, 0.001, 0.9, &valid))
        return 0;
    d->end = mi_alloc((size_t)d->rows + 1, sizeof *d->end);
    if (!d->end)
        return no_memory();
    d->samples = mien_windows_find(d->rows, d->window, d->source, d->end);
    mien_split_options o = {.test = round((double)test * 1e6) / 1e6,
                            .valid = round((double)valid * 1e6) / 1e6,
                            .seed = (uint32_t)d->seed};
    mien_status st = d->samples < 2 ? MIEN_EARG
                     : d->honest
                         ? mien_split_ordered(d->samples, NULL, o.test, o.valid,
                                              d->purge, &d->split, &err)
                         : mien_split_random(d->samples, &o, &d->split, &err);
    if (d->samples < 2)
        cli_error("%s: %lld rows are too few to learn from", d->path,
                  (long long)d->samples);
    else if (st)
        failed(d, &err);
    return st == MIEN_OK;
}

uint8_t cli_data_label(const cli_data *d, int64_t sample)
{
    return d->y[d->end[sample]];
}

/* Each part has to have both classes. */
static int check_part(const cli_data *d, const char *name, int64_t n,
                      const int64_t *sample)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += cli_data_label(d, sample[i]);
    if (ones > 0 && ones < n)
        return 1;
    cli_error("%s: the %s part has %lld rows, %lld of them events: both "
              "classes are wanted (other shares or another seed may help)",
              d->path, name, (long long)n, (long long)ones);
    return 0;
}

static int check_parts(const cli_data *d)
{
    const mien_split *s = &d->split;
    return check_part(d, "training", s->trains, s->train) &&
           check_part(d, "validation", s->valids, s->valid) &&
           check_part(d, "test", s->tests, s->test);
}

/* ---- numbers
 * ----------------------------------------------------------------- */

static int choose_columns(const cli_data *d, int *column, int *count)
{
    cli_names drop;
    int ok = 1;
    if (!cli_names_read(d->args->value[DATA_DROP], &drop))
        return 0;
    *count = 0;
    for (int i = 0; ok && i < drop.n; i++)
        ok = cli_table_column(d->t, d->path, drop.name[i]) >= 0;
    for (int i = 0; i < mien_table_columns(d->t); i++) {
        int keep = i != d->label;
        for (int k = 0; k < drop.n; k++)
            keep = keep &&
                   strcmp(mien_table_column(d->t, i).name, drop.name[k]) != 0;
        if (keep)
            column[(*count)++] = i;
    }
    cli_names_free(&drop);
    if (ok && *count == 0)
        cli_error("%s: no column is left to learn from", d->path);
    return ok && *count > 0;
}

/* The rows that encoder and scaler look at; how many. */
static int64_t rows_to_fit(const cli_data *d, int normal, int64_t *row)
{
    int64_t n = 0;
    for (int64_t i = 0; i < d->split.trains; i++) {
        int64_t at = d->end[d->split.train[i]];
        if (!normal || !d->y[at])
            row[n++] = at;
    }
    return n;
}

static int fit_numbers(cli_data *d, const int *column, int count, int64_t n,
                       const int64_t *row)
{
    mien_error err = {0};
    mien_encode_options o = MIEN_ENCODE_DEFAULTS;
    o.missing = (mien_missing)cli_choice(d->args, DATA_MISSING, 0);
    if (mien_encoder_fit(d->t, count, column, n, row, &o, &d->encoder, &err))
        return failed(d, &err);
    size_t width = (size_t)d->encoder->width;
    d->width = d->encoder->width;
    d->scaler = mi_alloc(width, 2 * sizeof *d->scaler);
    d->x = mi_alloc_raw((size_t)d->rows, width * sizeof *d->x);
    if (!d->scaler || !d->x)
        return no_memory();
    mien_scale how = (mien_scale)cli_choice(d->args, DATA_SCALER, 0);
    mien_status st =
        mien_encoder_apply(d->encoder, d->t, d->rows, NULL, NULL, d->x, &err);
    if (!st)
        st = mien_scale_fit(how, n, d->width, d->x, row, d->in.pool, d->scaler,
                            &err);
    if (st)
        return failed(d, &err);
    mien_scale_apply(d->rows, d->width, d->scaler, d->x);
    return 1;
}

static int make_numbers(cli_data *d, int normal)
{
    int *column = mi_alloc((size_t)mien_table_columns(d->t), sizeof *column);
    int64_t *row = mi_alloc((size_t)d->rows + 1, sizeof *row);
    int count = 0, ok = 0;
    if (!column || !row)
        no_memory();
    else if (choose_columns(d, column, &count))
        ok = fit_numbers(d, column, count, rows_to_fit(d, normal, row), row);
    mi_free(column);
    mi_free(row);
    return ok;
}

static int find_rule(cli_data *d)
{
    const char *const *value = d->args->value;
    return cli_rule_read(value[DATA_RULE], value[DATA_COST], value[DATA_ALERTS],
                         d->in.t, &d->rule);
}

int cli_data_open(const cli_args *a, int normal, cli_data *out)
{
    cli_data d = {.args = a, .path = a->operand[0]};
    int ok = read_numbers(&d) && cli_table_open(d.path, a, DATA_TABLE, &d.in) &&
             find_rule(&d) && find_label(&d) && shift(&d) && make_parts(&d) &&
             check_parts(&d) && make_numbers(&d, normal);
    if (ok)
        *out = d;
    else
        cli_data_close(&d);
    return ok;
}

void cli_data_close(cli_data *d)
{
    mien_table_free(d->shifted);
    cli_table_close(&d->in);
    mien_split_free(&d->split);
    mien_encoder_free(d->encoder);
    mi_free(d->y);
    mi_free(d->source);
    mi_free(d->end);
    mi_free(d->scaler);
    mi_free(d->x);
}

double *cli_data_gather(const cli_data *d, int64_t n, const int64_t *sample)
{
    double *x =
        mi_alloc_raw((size_t)n + 1, (size_t)(d->width * d->window) * sizeof *x);
    int64_t *end = mi_alloc((size_t)n + 1, sizeof *end);
    if (x && end) {
        for (int64_t i = 0; i < n; i++)
            end[i] = d->end[sample[i]];
        mien_windows_gather(d->width, d->x, d->window, n, end, x);
    } else {
        no_memory();
        mi_free(x);
        x = NULL;
    }
    mi_free(end);
    return x;
}

float *cli_data_floats(const cli_data *d, int64_t n, const int64_t *sample,
                       int normal, int64_t *count)
{
    int64_t each = (int64_t)d->width * d->window;
    float *x = mi_alloc_raw((size_t)n + 1, (size_t)each * sizeof *x), *to = x;
    if (!x)
        no_memory();
    *count = 0;
    for (int64_t i = 0; x && i < n; i++) {
        if (normal && cli_data_label(d, sample[i]))
            continue;
        const double *from =
            d->x + (d->end[sample[i]] - d->window + 1) * d->width;
        for (int64_t j = 0; j < each; j++)
            *to++ = (float)from[j];
        ++*count;
    }
    return x;
}

/* ---- words
 * ------------------------------------------------------------------- */

static void describe_part(const cli_data *d, const char *name, int64_t n,
                          const int64_t *sample, mien_buffer *out)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += cli_data_label(d, sample[i]);
    mien_buffer_printf(out, "  %-11s %8lld rows, %6lld events (%.3f %%)\n",
                       name, (long long)n, (long long)ones,
                       100 * (double)ones / (double)(n ? n : 1));
}

void cli_data_describe(const cli_data *d, mien_buffer *out)
{
    mien_buffer_printf(out, "%s: %lld rows, %d columns, label %s = %s\n",
                       d->path, (long long)d->rows_read,
                       mien_table_columns(d->in.t), d->label_name,
                       d->classes.name[1]);
    if (d->ahead)
        mien_buffer_printf(
            out, "  shifted by %d: %lld rows left, %lld of them labelled\n",
            d->ahead, (long long)d->rows, (long long)d->events);
    if (d->window > 1)
        mien_buffer_printf(out, "  %lld windows of %d rows\n",
                           (long long)d->samples, d->window);
    describe_part(d, "training", d->split.trains, d->split.train, out);
    describe_part(d, "validation", d->split.valids, d->split.valid, out);
    describe_part(d, "test", d->split.tests, d->split.test, out);
    mien_buffer_printf(out, "  split %s, seed %d; %d inputs of %d columns\n",
                       d->honest ? "in the order of time" : "at random",
                       d->seed, d->width * d->window, d->encoder->columns);
    if (d->honest)
        mien_buffer_printf(out, "  %d rows purged between parts\n", d->purge);
    for (int i = 0; i < d->encoder->notes; i++)
        mien_buffer_printf(out, "  column %s left out: %s\n",
                           d->encoder->note[i].name, d->encoder->note[i].why);
}

void cli_data_warn(const cli_data *d, mien_buffer *out)
{
    int n = mien_table_columns(d->t);
    mien_leak *leak = mi_alloc((size_t)n, sizeof *leak);
    if (leak && !mien_table_leaks(d->t, d->label, d->y, d->in.pool, leak, NULL))
        for (int i = 0; i < n; i++)
            if (leak[i].flag && i != d->label)
                mien_buffer_printf(
                    out,
                    "  warning: column %s tells the label alone (AUC "
                    "%.3f): a leak?\n",
                    mien_table_column(d->t, i).name, leak[i].auc);
    mi_free(leak);
    if (!d->honest && d->window > 1)
        mien_buffer_puts(
            out, "  warning: windows overlap across a random split: the "
                 "test is not independent; use --honest\n");
    if (!d->honest && d->ahead)
        mien_buffer_puts(
            out, "  warning: rows of one time fall into all parts of a "
                 "random split: figures are flattering; see --honest\n");
}
