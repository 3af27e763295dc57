/* cmd_train_logistic.c: logistic regression of a rare event, with weights of
 * classes, resampling of training rows and probabilities at the true rate. */
#include "cli/cli_study.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPT_WEIGHT = STUDY_OPTIONS,
    OPT_C,
    OPT_UNDER,
    OPT_OVER,
    OPT_SMOTE,
    OPT_UNCORRECTED
};

static const cli_option options[] = {
    CLI_OPTIONS_STUDY,
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

/* One of --under, --over and --smote. */
static int read_resample(const cli_args *a, mien_resample *o)
{
    for (int i = 0; i < 3; i++) {
        if (!cli_given(a, OPT_UNDER + i))
            continue;
        if (o->kind != MIEN_RESAMPLE_NONE) {
            cli_error("one of --under, --over and --smote is enough");
            return 0;
        }
        o->kind = (mien_resample_kind)(MIEN_RESAMPLE_UNDER + i);
        if (!cli_double(a, OPT_UNDER + i, 1e-6, 1, &o->ratio))
            return 0;
    }
    return 1;
}

static int run(const cli_args *a)
{
    cli_study c;
    mien_error err = {0};
    if (!cli_study_read(a, &c))
        return CLI_USAGE;
    mien_study_logistic *o = &c.o.logistic;
    o->uncorrected = cli_given(a, OPT_UNCORRECTED);
    int status = CLI_USAGE;
    if (cli_double(a, OPT_C, 1e-12, 1e12, &o->c) &&
        read_weights(a->value[OPT_WEIGHT], o) && read_resample(a, &o->resample))
        status = cli_study_prepare(&c) ? CLI_OK : CLI_NOTHING;
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
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
