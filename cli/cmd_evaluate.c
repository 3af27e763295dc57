/* cmd_evaluate.c: how good a model is on a table whose answers are known. */
#include "cli/cli_table.h"

enum { OPT_LABEL, OPT_POSITIVE, OPT_THRESHOLD, OPT_JSON, OPT_SEED, OPT_TABLE };

static const cli_option options[] = {
    {"label", 'l', CLI_TEXT, "COLUMN", NULL,
     "the column with the answers (default: the model's)"},
    {"positive", 0, CLI_TEXT, "VALUE", NULL,
     "the value of the rare event (default: the model's)"},
    {"threshold", 0, CLI_NUMBER, "T", NULL, "instead of the model's"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "a JSON object"},
    {"seed", 's', CLI_NUMBER, "N", NULL, "of the intervals (default 123)"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien evaluate fraud/model.onnx test.csv --label isFraud",
     "report with 95 % intervals"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the model was judged"},
    {"2", "the command line is wrong"},
    {"3", "the model or the table could not be read, or does not fit"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

static int read_options(const cli_args *a, mien_evaluate_options *o,
                        double *threshold)
{
    int seed = (int)o->seed;
    if (!cli_int(a, OPT_SEED, 0, 0x7fffffff, &seed) ||
        !cli_double(a, OPT_THRESHOLD, -1e30, 1e30, threshold))
        return 0;
    o->label = a->value[OPT_LABEL];
    o->positive = a->value[OPT_POSITIVE];
    o->seed = (uint32_t)seed;
    if (cli_given(a, OPT_THRESHOLD))
        o->threshold = threshold;
    return 1;
}

/* Judge, and print the verdict; the status to exit with. */
static int evaluate(const cli_args *a, mien_tabular *m, const cli_table *in,
                    mien_evaluate_options *o)
{
    const char *path = a->operand[1];
    mien_verdict v;
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 2);
    mien_error err = {0};
    o->pool = in->pool;
    if (cli_table_column(in->t, path,
                         o->label ? o->label : mien_tabular_text(m, "label")) <
        0)
        return CLI_NOTHING;
    if (mien_evaluate(m, in->t, o, &v, &err)) {
        cli_error("%s: %s", path, err.text);
        return CLI_NOTHING;
    }
    if (cli_given(a, OPT_JSON)) {
        mien_verdict_json(&v, NULL, &j);
        mien_buffer_puts(&out, "\n");
    } else {
        mien_verdict_text(&v, "table", 1, &out);
    }
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run(const cli_args *a)
{
    mien_evaluate_options o = MIEN_EVALUATE_DEFAULTS;
    double threshold = 0;
    cli_tabular m;
    cli_table in;
    int status = CLI_NOTHING;
    if (!read_options(a, &o, &threshold))
        return CLI_USAGE;
    if (!cli_tabular_open(a->operand[0], &m))
        return CLI_NOTHING;
    if (cli_table_open(a->operand[1], a, OPT_TABLE, &in)) {
        status = evaluate(a, m.model, &in, &o);
        cli_table_close(&in);
    }
    cli_tabular_close(&m);
    return status;
}

const cli_command cmd_evaluate = {
    .name = "evaluate",
    .operands = "MODEL.onnx TABLE.csv",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "judge a model on a table whose answers are known",
    .description =
        "Scores every row and compares with the label: area under the ROC "
        "curve and average precision with 95 % bootstrap intervals, precision "
        "and recall at the model's threshold, and the accuracy of always "
        "saying the larger class, beside it.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
