/* cmd_evaluate.c: how good a model is on a table whose answers are known. */
#include "cli/cli_judge.h"
#include "cli/cli_json.h"
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

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

/* Rows with a score, the first of a window having none. */
static int score(mien_tabular *m, const mien_table *t, const uint8_t *y,
                 cli_part *out)
{
    mien_error err = {0};
    int64_t n = mien_table_rows(t), kept = 0;
    if (!cli_part_new("table", n, out))
        return 0;
    if (mien_tabular_score(m, t, out->score, NULL, &err)) {
        cli_error("%s", err.text);
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        if (isnan(out->score[i]))
            continue;
        out->score[kept] = out->score[i];
        out->y[kept++] = y[i];
    }
    out->n = kept;
    return 1;
}

static int labels(const cli_args *a, const mien_tabular *m, const mien_table *t,
                  uint8_t *y)
{
    mien_label classes;
    mien_error err = {0};
    const char *name = a->value[OPT_LABEL], *positive = a->value[OPT_POSITIVE];
    int at = cli_table_column(t, a->operand[1],
                              name ? name : mien_tabular_text(m, "label"));
    if (at < 0)
        return 0;
    if (!positive)
        positive = mien_tabular_text(m, "positive");
    if (!mien_label_find(t, at, positive, &classes, &err) &&
        !mien_label_read(&classes, t, at, y, &err))
        return 1;
    cli_error("%s: %s", a->operand[1], err.text);
    return 0;
}

static int report(const cli_args *a, const cli_part *p, double threshold,
                  mien_pool *pool)
{
    cli_verdict v;
    mien_buffer out = {0};
    int seed = 123;
    float other = 0;
    if (!cli_int(a, OPT_SEED, 0, 0x7fffffff, &seed) ||
        !cli_float(a, OPT_THRESHOLD, -1e30, 1e30, &other))
        return CLI_USAGE;
    if (cli_given(a, OPT_THRESHOLD))
        threshold = (double)other;
    if (!cli_judge(p, threshold, (uint32_t)seed, pool, &v))
        return CLI_NOTHING;
    if (cli_given(a, OPT_JSON))
        cli_json_print(&out, cli_judge_json(p, &v), JSON_INDENT(2));
    else
        cli_judge_print(p, &v, 1, &out);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run(const cli_args *a)
{
    mien_map file = {0};
    mien_tabular *m = NULL;
    mien_error err = {0};
    cli_table in = {0};
    cli_part p = {0};
    uint8_t *y = NULL;
    int status = CLI_NOTHING;
    if (mien_file_map(a->operand[0], 0, &file, &err) ||
        mien_tabular_read(file.data, file.n, &m, &err)) {
        cli_error("%s%s%s",
                  strstr(err.text, a->operand[0]) ? "" : a->operand[0],
                  strstr(err.text, a->operand[0]) ? "" : ": ", err.text);
    } else if (cli_table_open(a->operand[1], a, OPT_TABLE, &in)) {
        y = mi_alloc((size_t)mien_table_rows(in.t) + 1, 1);
        if (y && labels(a, m, in.t, y) && score(m, in.t, y, &p))
            status = report(a, &p, mien_tabular_threshold(m), in.pool);
    }
    mi_free(y);
    cli_part_free(&p);
    mien_tabular_free(m);
    mien_file_unmap(&file);
    cli_table_close(&in);
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
