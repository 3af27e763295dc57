/* cli_study.h: what the training commands of tables share.
 *
 *   options -> cli_study_read -> mien_study_options
 *     -> cli_study_prepare -> mien_study (table read, labels, parts, numbers)
 *     -> mien_study_learn -> cli_study_finish (judged, printed, saved) */
#ifndef MIEN_CLI_STUDY_H
#define MIEN_CLI_STUDY_H

#include "cli/cli_table.h"

/* Options that every such command begins with, in this order. */
enum {
    STUDY_LABEL,
    STUDY_POSITIVE,
    STUDY_DROP,
    STUDY_AHEAD,
    STUDY_WINDOW,
    STUDY_TEST,
    STUDY_VALID,
    STUDY_SEED,
    STUDY_HONEST,
    STUDY_PURGE,
    STUDY_SCALER,
    STUDY_MISSING,
    STUDY_TABLE,
    STUDY_RULE = STUDY_TABLE + CLI_TABLE_OPTIONS,
    STUDY_COST,
    STUDY_ALERTS,
    STUDY_OUTPUT,
    STUDY_QUIET,
    STUDY_OPTIONS
};

#define CLI_STUDY_LABEL                       \
    CLI_ROW("label", 'l', CLI_TEXT, "COLUMN", \
            "the column to be told from the others; two values")
#define CLI_STUDY_POSITIVE                    \
    CLI_ROW("positive", 0, CLI_TEXT, "VALUE", \
            "the value of the rare event (default 1 or true)")
#define CLI_STUDY_DROP \
    CLI_ROW("drop", 0, CLI_TEXT, "COLUMN,...", "columns to leave out")
#define CLI_STUDY_AHEAD                                                       \
    CLI_ROW("ahead", 0, CLI_NUMBER, "K",                                      \
            "label the K rows before an event instead, and drop the event's " \
            "row (curve shift)")
#define CLI_STUDY_WINDOW                  \
    CLI_ROW("window", 0, CLI_NUMBER, "W", \
            "look at W rows, the last and those before it (default 1)")
#define CLI_STUDY_TEST                      \
    CLI_ROW("test", 0, CLI_NUMBER, "SHARE", \
            "share of the rows kept for the test (default 0.2)")
#define CLI_STUDY_VALID                                                \
    CLI_ROW("valid", 0, CLI_NUMBER, "SHARE",                           \
            "share of the other rows that choose epoch and threshold " \
            "(default 0.2)")
#define CLI_STUDY_SEED                    \
    CLI_ROW("seed", 's', CLI_NUMBER, "N", \
            "of splits, weights and orders (default 123)")
#define CLI_STUDY_HONEST                                                   \
    CLI_ROW("honest", 0, CLI_FLAG, NULL,                                   \
            "rows are in the order of time: the last are the test, those " \
            "before them the validation part, with a purge between")
#define CLI_STUDY_PURGE                 \
    CLI_ROW(                            \
        "purge", 0, CLI_NUMBER, "ROWS", \
        "rows left out between parts with --honest (default window + ahead)")
#define CLI_STUDY_SCALER                                                  \
    CLI_CHOICES("scaler", 0, CLI_CHOICE, "NAME", "standard,robust,range", \
                "how columns are brought to like size (default standard)")
#define CLI_STUDY_MISSING                                                  \
    CLI_CHOICES("missing", 0, CLI_CHOICE, "HOW", "error,mean,median,zero", \
                "what stands for missing numbers (default error)")
#define CLI_STUDY_RULE                                                  \
    CLI_ROW(                                                            \
        "threshold-by", 0, CLI_TEXT, "RULE",                            \
        "choose the threshold on the validation part by f1 (default), " \
        "youden, cost, recall=R, precision=P, false-alarm=R or alerts=K/N")
#define CLI_STUDY_COST                                                         \
    CLI_ROW("cost", 0, CLI_TEXT, "fn=A,fp=B",                                  \
            "what a missed event and a false alarm cost: choose the cheapest " \
            "threshold")
#define CLI_STUDY_ALERTS                                                      \
    CLI_ROW("alerts", 0, CLI_TEXT, "K/day|K/N",                               \
            "choose the threshold that gives most alerts of at most K a day " \
            "(the table has a column of dates) or in N rows")
#define CLI_STUDY_OUTPUT                      \
    CLI_ROW("output", 'o', CLI_FOLDER, "DIR", \
            "folder for the model, its figures and its report")

#define CLI_OPTIONS_STUDY                                                     \
    CLI_STUDY_LABEL, CLI_STUDY_POSITIVE, CLI_STUDY_DROP, CLI_STUDY_AHEAD,     \
        CLI_STUDY_WINDOW, CLI_STUDY_TEST, CLI_STUDY_VALID, CLI_STUDY_SEED,    \
        CLI_STUDY_HONEST, CLI_STUDY_PURGE, CLI_STUDY_SCALER,                  \
        CLI_STUDY_MISSING, CLI_OPTIONS_TABLE, CLI_STUDY_RULE, CLI_STUDY_COST, \
        CLI_STUDY_ALERTS, CLI_STUDY_OUTPUT, CLI_OPTION_QUIET

typedef struct cli_study {
    const cli_args *args;
    mien_study_options o;
    cli_names drop;
    cli_table in;
    mien_study *study;
} cli_study;

/* Read the options above; others of o are set by the command.  0, and a report,
 * when one is wrong. */
int cli_study_read(const cli_args *a, cli_study *out);
/* Read the table and prepare it.  0, and a report. */
int cli_study_prepare(cli_study *c);
/* Judge what was learned, print it, and write the folder of --output.  The
 * status to exit with. */
int cli_study_finish(cli_study *c);
void cli_study_close(cli_study *c);

#endif
