/* cmd_dataset_compare.c: have data drifted since a model learned from them? */
#include "cli/shell/files.h"
#include "cli/table.h"

#include <limits.h>
#include <string.h>

typedef struct values {
    const char *output, *drop;
    int json, fail;
    mien_drift_options o;
    cli_table_values table;
} values;
static const values defaults = {.o = MIEN_DRIFT_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTION_JSON("a JSON object, all figures of every column"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "a page of HTML, or the same as JSON (.json)"),
    CLI_ROW_TEXT(drop, CLI_TEXT, "drop", 0, "COLUMN,...",
                 "columns to leave out"),
    CLI_ROW_CHOICE(fail, "fail", 0, "LEVEL", "never,small,medium,large",
                   "exit with status 1 where drift is of this level or more: "
                   "{choices} (default {})"),
    CLI_ROW_REAL(o.alpha, "alpha", 0, "SHARE", 1e-6, 0.5,
                 "share of false cries among cries (default {})"),
    CLI_ROW_INT(o.seed, "seed", 's', "N", 0, INT_MAX,
                "of intervals and folds (default {})"),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien dataset compare train.csv live.csv", "a line a column, worst first"},
    {"mien dataset compare train.csv live.csv -o drift.html",
     "the same as a page"},
    {"mien dataset compare train.csv today.csv --fail medium --json",
     "for a program that is to stop a model in time"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the tables were compared"},
    {"1", "drift of the level of --fail or more"},
    CLI_EXIT_USAGE,
    {"3", "a table could not be read, or has no rows"},
    CLI_EXIT_OUTPUT,
    {NULL, NULL},
};

/* Print what was found, and write the page; the status to exit with. */
static int put(const cli_args *a, const mien_drift *d)
{
    const values *v = a->values;
    const char *const names[] = {a->operand[0], a->operand[1]};
    mien_buffer said = {0}, page = {0};
    mien_json j = mien_json_on(&page, 2), shown = mien_json_on(&said, 2);
    int status = CLI_OK;
    if (v->output && cli_is_json(v->output)) {
        mien_drift_json(d, &j);
        mien_buffer_puts(&page, "\n");
    } else if (v->output) {
        mien_drift_page(d, names, &page);
    }
    if (v->output)
        status = cli_deliver(v->output, &page);
    if (v->json) {
        mien_drift_json(d, &shown);
        mien_buffer_puts(&said, "\n");
    } else {
        mien_drift_text(d, &said);
    }
    if (!cli_emit(&said) && !status)
        status = CLI_OUTPUT;
    return status;
}

/* Compare both tables; the status to exit with. */
static int compare(const cli_args *a, const cli_table *before,
                   const cli_table *now)
{
    const values *v = a->values;
    mien_drift_options o = v->o;
    mien_drift d = {0};
    mien_error err = {0};
    cli_names drop = {0};
    if (!cli_names_read(v->drop, &drop))
        return CLI_USAGE;
    cli_names_join(&drop, before->t);
    o.drop = drop.name;
    o.drops = drop.n;
    o.pool = before->pool;
    int status = CLI_NOTHING;
    if (mien_dataset_compare(before->t, now->t, &o, &d, &err)) {
        cli_error("%s, %s: %s", a->operand[0], a->operand[1], err.text);
    } else {
        status = put(a, &d);
        if (!status && v->fail && (int)mien_drift_worst(&d) >= v->fail)
            status = CLI_PARTLY;
    }
    mien_drift_free(&d);
    cli_names_free(&drop);
    return status;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_table before, now;
    if (!cli_is_another(a->operand[0], v->output) ||
        !cli_is_another(a->operand[1], v->output))
        return CLI_USAGE;
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    if (strcmp(a->operand[0], "-") == 0 && strcmp(a->operand[1], "-") == 0) {
        cli_error("- and -: standard input is one table only");
        return CLI_USAGE;
    }
    if (!cli_table_open(a->operand[0], &v->table, NULL, &before))
        return before.status;
    int status = CLI_NOTHING;
    if (cli_table_open(a->operand[1], &v->table, NULL, &now)) {
        status = compare(a, &before, &now);
        cli_table_close(&now);
    } else {
        status = now.status;
    }
    cli_table_close(&before);
    return status;
}

const cli_command cmd_dataset_compare = {
    .name = "dataset compare",
    .operands = "BEFORE.csv NOW.csv",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "have data drifted since a model learned from them?",
    .description =
        "Compares two tables column by column. Numbers: standardised "
        "difference of means, Kolmogorov and Smirnov's distance, Wasserstein's "
        "in deviations of before, population stability index; texts: total "
        "variation, Cramer's V, new and vanished ones; and what is missing. "
        "Then all columns at once: a regression that tries to tell the two "
        "tables apart, judged on rows that it did not learn from, and what it "
        "goes by.\n\n"
        "A difference counts that is both sure, all columns taken into account "
        "(Benjamini and Hochberg), and at least small by Cohen's limits. Where "
        "there are too few rows to say, that is said. A column that is gone, "
        "or of another type, is a large drift.",
    CLI_COMMAND_TABLES,
};
