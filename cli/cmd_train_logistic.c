/* cmd_train_logistic.c: logistic regression of a rare event, with weights of
 * classes, resampling of training rows and probabilities at the true rate. */
#include "cli/cli_model.h"

#include "base/alloc.h"

#include <string.h>

enum {
    OPT_WEIGHT = DATA_OPTIONS,
    OPT_C,
    OPT_UNDER,
    OPT_OVER,
    OPT_SMOTE,
    OPT_UNCORRECTED
};

static const cli_option options[] = {
    CLI_OPTIONS_DATA,
    {"class-weight", 'w', CLI_TEXT, "0:A,1:B", NULL,
     "weights of the classes, or balanced"},
    {"C", 'C', CLI_NUMBER, "C", NULL,
     "inverse strength of the L2 penalty (default 1)"},
    {"under", 0, CLI_NUMBER, "RATIO", NULL,
     "leave out training rows of the larger class until the classes have this "
     "ratio"},
    {"over", 0, CLI_NUMBER, "RATIO", NULL,
     "draw training rows of the smaller class again up to this ratio"},
    {"smote", 0, CLI_NUMBER, "RATIO", NULL,
     "make training rows between neighbours of the smaller class"},
    {"uncorrected", 0, CLI_FLAG, NULL, NULL,
     "leave probabilities at the rate of the resampled or weighted rows"},
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien train logistic fraud.csv --label isFraud -o fraud/",
     "a model, its figures and its report"},
    {"mien train logistic fraud.csv -l isFraud --under 0.8 "
     "--class-weight 0:4,1:5",
     "under-sampled training rows, weighted"},
    {"mien train logistic log.csv -l y --honest --window 5 --ahead 2",
     "windows of a process in the order of time"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "a model was made"},
    {"2", "the command line is wrong"},
    {"3", "the table could not be read, or cannot be learned from"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

/* The rows to learn from, after resampling. */
typedef struct rows {
    int64_t n;
    double *x;  /* [n, p] */
    uint8_t *y; /* [n] */
    double rate_before;
} rows;

static void rows_done(rows *r)
{
    mi_free(r->x);
    mi_free(r->y);
}

static double rate_of(int64_t n, const uint8_t *y)
{
    return mien_baseline_of(n, y, NULL).rate;
}

static int failed(const mien_error *err)
{
    cli_error("%s", err->text);
    return 0;
}

/* Take rows of r in another order; some may be missing or stand twice. */
static int reorder(rows *r, int p, int64_t n, const int64_t *row)
{
    double *x = mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof *x);
    uint8_t *y = mi_alloc((size_t)n + 1, 1);
    if (!x || !y) {
        mi_free(x);
        mi_free(y);
        cli_error("out of memory");
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        memcpy(x + i * p, r->x + row[i] * p, (size_t)p * sizeof *x);
        y[i] = r->y[row[i]];
    }
    rows_done(r);
    r->x = x;
    r->y = y;
    r->n = n;
    return 1;
}

static int add_smote(rows *r, int p, int64_t more, uint32_t seed)
{
    mien_error err = {0};
    const mien_smote how = {5, more, seed};
    int64_t ones = 0;
    for (int64_t i = 0; i < r->n; i++)
        ones += r->y[i];
    double *x = mi_alloc_raw((size_t)(r->n + more) + 1, (size_t)p * sizeof *x);
    uint8_t *y = mi_alloc((size_t)(r->n + more) + 1, 1);
    mien_status st = MIEN_ENOMEM;
    if (x && y)
        st = mien_sample_smote(r->n, p, r->x, r->y, &how, x + r->n * p, &err);
    if (st) {
        mi_free(x);
        mi_free(y);
        return failed(&err);
    }
    memcpy(x, r->x, (size_t)(r->n * p) * sizeof *x);
    memcpy(y, r->y, (size_t)r->n);
    memset(y + r->n, ones * 2 <= r->n, (size_t)more);
    rows_done(r);
    r->x = x;
    r->y = y;
    r->n += more;
    return 1;
}

static int resample(const cli_args *a, rows *r, int p, uint32_t seed)
{
    float under = 0, over = 0, smote = 0;
    mien_error err = {0};
    int64_t more = 0, n = 0;
    if (!cli_float(a, OPT_UNDER, 1e-6, 1, &under) ||
        !cli_float(a, OPT_OVER, 1e-6, 1, &over) ||
        !cli_float(a, OPT_SMOTE, 1e-6, 1, &smote))
        return 0;
    if ((under > 0) + (over > 0) + (smote > 0) > 1) {
        cli_error("one of --under, --over and --smote is enough");
        return 0;
    }
    if (!(under > 0) && !(over > 0) && !(smote > 0))
        return 1;
    double ratio = (double)(under + over + smote);
    mien_status st = under > 0
                         ? MIEN_OK
                         : mien_sample_wanted(r->n, r->y, ratio, &more, &err);
    if (!st && smote > 0)
        return add_smote(r, p, more, seed);
    int64_t *row = mi_alloc((size_t)(r->n + more) + 1, sizeof *row);
    if (!row)
        return cli_error("out of memory"), 0;
    if (!st && under > 0)
        st = mien_sample_under(r->n, r->y, ratio, seed, row, &n, &err);
    else if (!st)
        st = mien_sample_over(r->n, r->y, more, seed, row, &err);
    int ok =
        st ? failed(&err) : reorder(r, p, under > 0 ? n : r->n + more, row);
    mi_free(row);
    return ok;
}

static int read_weights(const cli_args *a, mien_logistic_options *o)
{
    const char *text = a->value[OPT_WEIGHT];
    float c = 1;
    if (!cli_float(a, OPT_C, 1e-12, 1e12, &c))
        return 0;
    o->c = (double)c;
    if (!text)
        return 1;
    o->balanced = strcmp(text, "balanced") == 0;
    if (o->balanced || (cli_two_numbers(text, "0:", "1:", o->class_weight) &&
                        o->class_weight[0] > 0 && o->class_weight[1] > 0))
        return 1;
    cli_error("--class-weight: '%s', wanted 0:A,1:B or balanced", text);
    return 0;
}

static void put_settings(const mien_logistic *m, const rows *r,
                         const mien_logistic_options *o, int corrected,
                         mien_buffer *out)
{
    mien_buffer_printf(
        out,
        "logistic regression: C %g, class weights %g and %g%s\n"
        "learned from %lld rows, %.4f %% of them events (%.4f %% before "
        "resampling)\n"
        "%d iterations, largest component of the gradient %.2e%s\n",
        o->c, o->class_weight[0], o->class_weight[1],
        o->balanced ? " (balanced)" : "", (long long)r->n,
        100 * rate_of(r->n, r->y), 100 * r->rate_before, m->iterations,
        m->gradient, m->converged ? "" : "; NOT CONVERGED");
    if (corrected)
        mien_buffer_printf(
            out, "the intercept was corrected so that probabilities are at "
                 "the true rate of events; see --uncorrected\n");
}

/* What weights and resampling made of the share of events is taken back. */
static int fit(const cli_args *a, cli_model *m, rows *r, mien_logistic *out)
{
    const cli_data *d = m->data;
    mien_error err = {0};
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    int p = d->width * d->window;
    if (!read_weights(a, &o) || !resample(a, r, p, (uint32_t)d->seed))
        return 0;
    o.pool = d->in.pool;
    mien_labelled learned = {.n = r->n, .p = p, .x = r->x, .y = r->y};
    if (mien_logistic_fit(&learned, &o, out, &err))
        return failed(&err);
    int correct = !cli_given(a, OPT_UNCORRECTED) &&
                  (o.balanced || o.class_weight[0] != o.class_weight[1] ||
                   rate_of(r->n, r->y) != r->rate_before);
    put_settings(out, r, &o, correct, &m->settings);
    if (correct)
        mien_logistic_correct(out, r->rate_before);
    return 1;
}

static int get_rows(const cli_data *d, rows *out)
{
    out->n = d->split.trains;
    out->x = cli_data_gather(d, out->n, d->split.train);
    out->y = mi_alloc((size_t)out->n + 1, 1);
    for (int64_t i = 0; out->y && i < out->n; i++)
        out->y[i] = cli_data_label(d, d->split.train[i]);
    if (out->x && out->y)
        out->rate_before = rate_of(out->n, out->y);
    return out->x && out->y;
}

static int run(const cli_args *a)
{
    cli_data d;
    rows r = {0};
    mien_logistic fitted = {0};
    cli_model m = {.data = &d, .title = "Logistic regression"};
    int status = CLI_NOTHING;
    if (!cli_data_open(a, 0, &d))
        return CLI_NOTHING;
    cli_data_describe(&d, &m.words);
    cli_data_warn(&d, &m.words);
    if (get_rows(&d, &r) && fit(a, &m, &r, &fitted)) {
        m.parts.logistic = &fitted;
        mien_buffer_put(&m.words, m.settings.data, m.settings.n);
        status = cli_model_finish(&m);
    }
    rows_done(&r);
    mien_logistic_done(&fitted);
    cli_model_done(&m);
    cli_data_close(&d);
    return status;
}

const cli_command cmd_train_logistic = {
    .name = "train logistic",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "learn a rare event by logistic regression",
    .description =
        "Splits the table into a training, a validation and a test part, fits "
        "a logistic regression with an L2 penalty to the training part, "
        "chooses the threshold on the validation part and judges on the test "
        "part, beside the answer that is always the larger class.\n\n"
        "Resampling touches training rows only.  After it, and after weights "
        "of classes, probabilities are brought back to the true share of "
        "events.\n\n"
        "The model is one ONNX file: columns, scaler, coefficients and "
        "threshold.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
