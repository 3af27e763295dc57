/* cmd_dataset_agree.c: do labellers agree, and are repeated measures reliable?
 */
#include "cli/shell/files.h"
#include "cli/table.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

typedef struct values {
    const char *unit, *labeller, *label, *labellers, *votes, *order, *by;
    const char *output, *consensus;
    int level, json, repeat, replicates;
    unsigned seed;
    cli_table_values table;
} values;
static const values defaults = {.seed = 2011};

static const cli_option options[] = {
    CLI_ROW_TEXT(unit, CLI_TEXT, "unit", 'u', "COLUMN",
                 "the name of what is labelled"),
    CLI_ROW_TEXT(labeller, CLI_TEXT, "labeller", 0, "COLUMN",
                 "of a row a label: who gave it"),
    CLI_ROW_TEXT(label, CLI_TEXT, "label", 'l', "COLUMN",
                 "of a row a label: the label"),
    CLI_ROW_TEXT(labellers, CLI_TEXT, "labellers", 0, "COLUMN,...",
                 "of a row a unit: a column a labeller"),
    CLI_ROW_TEXT(votes, CLI_TEXT, "votes", 0, "COLUMN,...",
                 "of a row a unit: a column a label, with how many chose it"),
    CLI_ROW_CHOICE(level, "level", 0, "LEVEL",
                   "any,nominal,ordinal,interval,ratio",
                   "what labels are: {choices} (default: nominal of texts and "
                   "votes, interval of numbers, which is said)"),
    CLI_ROW_TEXT(order, CLI_TEXT, "order", 0, "LABEL,...",
                 "labels from the lowest on, where texts have an order"),
    CLI_ROW_TEXT(by, CLI_TEXT, "by", 0, "COLUMN",
                 "alpha of each group of units"),
    CLI_ROW_FLAG(repeat, "repeat", 0,
                 "a unit labelled again by one labeller is a repeated measure"),
    CLI_ROW_TEXT(consensus, CLI_FILE, "consensus", 0, "FILE.csv",
                 "a row a unit: the most frequent label and its share, ties "
                 "named; of numbers mean and median"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "a page of HTML with a figure, or the same as Markdown (.md) "
                 "or JSON (.json)"),
    CLI_OPTION_JSON("a JSON object, all figures, instead of the text"),
    CLI_ROW_INT(replicates, "replicates", 0, "N", 20, 100000,
                "of the intervals (default: 1000, fewer of large tables)"),
    CLI_ROW_INT(seed, "seed", 's', "N", 0, INT_MAX,
                "of the intervals (default {})"),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien dataset agree labels.csv --unit photo --labeller who --label "
     "emotion",
     "a row a label; who stands apart, what is mixed up"},
    {"mien dataset agree wide.csv --unit photo --labellers ann,bob,eve --by "
     "sex",
     "a column a labeller; agreement by group"},
    {"mien dataset agree ferplus.csv --votes neutral,happy,sad --consensus "
     "majority.csv",
     "counts of votes; the majority of each unit"},
    {"mien dataset agree measures.csv --labellers first,second -o "
     "reliable.html",
     "numbers: intraclass correlations, limits of agreement"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS(
    "agreement was measured", "the table could not be read, or says nothing of "
                              "agreement: one labeller, one unit");

/* Does a path end in .md? */
static int is_markdown(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".md") == 0;
}

/* Write the page, or what the ending asks for; the status to exit with. */
static int save(const cli_args *a, const mien_agreement *is)
{
    const values *v = a->values;
    mien_buffer out = {0};
    mien_error err = {0};
    if (cli_is_json(v->output)) {
        mien_json j = mien_json_on(&out, 2);
        mien_agreement_json(is, &j);
        mien_buffer_puts(&out, "\n");
    } else if (is_markdown(v->output)) {
        mien_agreement_markdown(is, a->operand[0], &out);
    } else if (mien_agreement_page(is, a->operand[0], &out, &err)) {
        mien_buffer_free(&out);
        return cli_unsaved(&err);
    }
    return cli_deliver(v->output, &out);
}

/* One label a unit; the status to exit with. */
static int save_consensus(const char *path, const mien_agreement *is)
{
    mien_table *t = NULL;
    mien_bytes bytes = {0};
    mien_buffer out = {0};
    mien_error err = {0};
    mien_status st = mien_agreement_consensus(is, &t, &err);
    if (!st)
        st = mien_csv_write(t, NULL, 0, NULL, &bytes, &err);
    if (!st)
        mien_buffer_put(&out, bytes.data, bytes.n);
    mien_bytes_free(&bytes);
    mien_table_free(t);
    return st ? cli_unsaved(&err) : cli_deliver(path, &out);
}

/* Print and save what was found; the status to exit with. */
static int put(const cli_args *a, const mien_agreement *is)
{
    const values *v = a->values;
    mien_buffer said = {0};
    int status = v->output ? save(a, is) : CLI_OK;
    if (!status && v->consensus)
        status = save_consensus(v->consensus, is);
    if (v->json) {
        mien_json j = mien_json_on(&said, 2);
        mien_agreement_json(is, &j);
        mien_buffer_puts(&said, "\n");
    } else {
        mien_agreement_text(is, &said);
    }
    if (!cli_emit(&said) && !status)
        status = CLI_OUTPUT;
    return status;
}

/* Look at the table with the columns that are named. */
static int look(const cli_args *a, const cli_table *t, const cli_names name[3])
{
    const values *v = a->values;
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    mien_agreement is = {0};
    mien_error err = {0};
    o.unit = v->unit;
    o.labeller = v->labeller;
    o.label = v->label;
    o.labellers = name[0].name;
    o.n_labellers = name[0].n;
    o.votes = name[1].name;
    o.n_votes = name[1].n;
    o.order = name[2].name;
    o.orders = name[2].n;
    o.level = (mien_agree_level)v->level;
    o.by = v->by;
    o.repeat = v->repeat;
    o.replicates = v->replicates;
    o.seed = v->seed;
    o.pool = t->pool;
    mien_status st = mien_dataset_agree(t->t, &o, &is, &err);
    if (st) {
        cli_error("%s: %s", a->operand[0], err.text);
        return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    int status = put(a, &is);
    mien_agreement_free(&is);
    return status;
}

/* Columns that options name are there; 0, and a report with the nearest. */
static int are_there(const values *v, const cli_args *a, const mien_table *t)
{
    const char *const name[] = {v->unit, v->labeller, v->label, v->by};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (name[i] && cli_table_column(t, a->operand[0], name[i]) < 0)
            return 0;
    return 1;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    const char *const text[3] = {v->labellers, v->votes, v->order};
    cli_names name[3] = {{0}, {0}, {0}};
    cli_table t;
    int status = CLI_USAGE, read = 1;
    if (!cli_is_another(a->operand[0], v->output) ||
        !cli_is_another(a->operand[0], v->consensus))
        return CLI_USAGE;
    if (v->output && v->consensus && strcmp(v->output, v->consensus) == 0) {
        cli_error("%s: --output and --consensus are one file", v->output);
        return CLI_USAGE;
    }
    if ((v->output && !cli_output_ready(v->output)) ||
        (v->consensus && !cli_output_ready(v->consensus)))
        return CLI_OUTPUT;
    if (!cli_table_open(a->operand[0], &v->table, NULL, &t))
        return t.status;
    for (int i = 0; i < 3; i++)
        read = read && cli_names_read(text[i], &name[i]);
    if (read && are_there(v, a, t.t)) {
        cli_names_join(&name[0], t.t);
        cli_names_join(&name[1], t.t);
        status = look(a, &t, name);
    }
    for (int i = 0; i < 3; i++)
        cli_names_free(&name[i]);
    cli_table_close(&t);
    return status;
}

const cli_command cmd_dataset_agree = {
    .name = "dataset agree",
    .operands = "RATINGS.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "do labellers agree, and are repeated measures reliable?",
    .description =
        "Reads labels, a row a label (--unit, --labeller, --label), a column a "
        "labeller (--labellers) or counts of votes (--votes); labels may be "
        "missing. Says how far they agree beyond chance: Krippendorff's alpha "
        "for the level of the labels, Fleiss' kappa, Gwet's AC1, Cohen's kappa "
        "of each two labellers; who stands apart from the majority of the "
        "others; which labels are mixed up, and on which units labellers "
        "differ "
        "most. Of numbers: intraclass correlations, the standard error of "
        "measurement, limits of agreement.\n\n"
        "Intervals are of 95 %, by drawing units again. What is not defined, "
        "or "
        "of too few units to say, is said to be so.",
    CLI_COMMAND_TABLES,
};
