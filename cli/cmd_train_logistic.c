/* cmd_train_logistic.c: logistic regression of a rare event, with weights of
 * classes, resampling of training rows and probabilities at the true rate. */
#include "cli/study.h"

#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_study_values study;
    cli_table_values table;
    const char *class_weight;
    cli_ratios ratio;
} values;
static const values defaults = {.study = CLI_STUDY_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_STUDY,
    CLI_ROW_TEXT(class_weight, CLI_TEXT, "class-weight", 'w', "0:A,1:B",
                 "weights of the classes, or balanced"),
    CLI_ROW_REAL(study.o.logistic.c, "C", 'C', "C", 1e-12, 1e12,
                 "inverse strength of the L2 penalty (default {})"),
    CLI_ROW_REAL(ratio.under, "under", 0, "RATIO", 1e-6, 1,
                 "leave out training rows of the larger class until the "
                 "classes have this ratio"),
    CLI_ROW_REAL(ratio.over, "over", 0, "RATIO", 1e-6, 1,
                 "draw training rows of the smaller class again up to this "
                 "ratio"),
    CLI_ROW_REAL(ratio.smote, "smote", 0, "RATIO", 1e-6, 1,
                 "make training rows between neighbours of the smaller class"),
    CLI_ROW_FLAG(study.o.logistic.uncorrected, "uncorrected", 0,
                 "leave probabilities at the rate of the resampled or weighted "
                 "rows"),
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

static const cli_row exits[] =
    CLI_EXITS("a model was made",
              "the table could not be read, or cannot be learned from");

/* Read 0:A,1:B or balanced; 0, and a report. */
static int read_weights(const char *text, mien_study_logistic *o)
{
    double w[2] = {0, 0};
    char *end = NULL;
    if (!text)
        return 1;
    o->balanced = strcmp(text, "balanced") == 0;
    if (o->balanced)
        return 1;
    if (strncmp(text, "0:", 2) == 0)
        w[0] = strtod(text + 2, &end);
    if (end && strncmp(end, ",1:", 3) == 0)
        w[1] = strtod(end + 3, &end);
    if (end && !*end && w[0] > 0 && w[1] > 0) {
        memcpy(o->class_weight, w, sizeof w);
        return 1;
    }
    cli_error("--class-weight: '%s', wanted 0:A,1:B or balanced", text);
    return 0;
}

/* At most one of --under, --over and --smote. */
static int read_resample(const values *v, mien_resample *o)
{
    if (cli_ratios_read(&v->ratio, o) <= 1)
        return 1;
    cli_error("one of --under, --over and --smote is enough");
    return 0;
}

/* The command: prepare, learn, judge, save. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_study c;
    mien_error err = {0};
    if (!cli_study_read(a, &v->study, &c))
        return CLI_USAGE;
    mien_study_logistic *o = &c.o.logistic;
    int status = CLI_USAGE;
    if (read_weights(v->class_weight, o) && read_resample(v, &o->resample))
        status = cli_study_prepare(&c, &v->table);
    if (!status && mien_study_learn(c.study, NULL, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    if (!status)
        status = cli_study_finish(&c);
    cli_study_close(&c);
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
    CLI_COMMAND_TABLES,
};
