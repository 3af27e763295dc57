/* study.h: what the training commands of tables share.
 *
 *   options -> cli_study_read -> mien_study_options
 *     -> cli_study_prepare -> mien_study (table read, labels, parts, numbers)
 *     -> mien_study_learn -> cli_study_finish (judged, printed, saved) */
#ifndef MIEN_CLI_STUDY_H
#define MIEN_CLI_STUDY_H

#include "cli/table.h"

#include <limits.h>

/* What every such command is told: `study` in its values. */
typedef struct cli_study_values {
    mien_study_options o;
    const char *drop, *by, *rule, *cost, *alerts, *output, *sheet;
    const char *retention;
    int quiet, require_sheet;
} cli_study_values;
#define CLI_STUDY_DEFAULTS       \
    {                            \
        .o = MIEN_STUDY_DEFAULTS \
    }

#define CLI_STUDY_LABEL                                                  \
    CLI_ROW_TEXT(study.o.recipe.label, CLI_TEXT, "label", 'l', "COLUMN", \
                 "the column to be told from the "                       \
                 "others; two values")
#define CLI_STUDY_POSITIVE                                                  \
    CLI_ROW_TEXT(study.o.recipe.positive, CLI_TEXT, "positive", 0, "VALUE", \
                 "the value of the rare event (default 1 "                  \
                 "or true)")
#define CLI_STUDY_DROP                                          \
    CLI_ROW_TEXT(study.drop, CLI_TEXT, "drop", 0, "COLUMN,...", \
                 "columns to leave out")
#define CLI_STUDY_BY                                                         \
    CLI_ROW_TEXT(study.by, CLI_TEXT, "by", 0, "COLUMN,...",                  \
                 "judge the test part by groups too, and keep in the model " \
                 "how many rows of each it learned from; age:18:65 makes "   \
                 "bands of numbers")
#define CLI_STUDY_AHEAD                                                   \
    CLI_ROW_INT(study.o.recipe.ahead, "ahead", 0, "K", 0, 1000000,        \
                "label the K rows before an event instead, and drop the " \
                "event's row (curve shift)")
#define CLI_STUDY_WINDOW                                    \
    CLI_ROW_INT(study.o.recipe.window, "window", 0, "W", 1, \
                MIEN_TABULAR_MAX_WINDOW,                    \
                "look at W rows, the last and those before it (default {})")
#define CLI_STUDY_TEST                                         \
    CLI_ROW_REAL(study.o.test, "test", 0, "SHARE", 0.001, 0.9, \
                 "share of the rows kept for the test (default {})")
#define CLI_STUDY_VALID                                                     \
    CLI_ROW_REAL(study.o.valid, "valid", 0, "SHARE", 0.001, 0.9,            \
                 "share of the other rows that choose epoch and threshold " \
                 "(default {})")
#define CLI_STUDY_SEED                                      \
    CLI_ROW_INT(study.o.seed, "seed", 's', "N", 0, INT_MAX, \
                "of splits, weights and orders (default {})")
#define CLI_STUDY_STRATIFY                                      \
    CLI_ROW_CHOICE(                                             \
        study.o.stratify, "stratify", 0, "WHEN", "rare,yes,no", \
        "split each class for itself: rare is where a "         \
        "part would have fewer than 10 events: {choices} (default {})")
#define CLI_STUDY_HONEST                                                  \
    CLI_ROW_FLAG(study.o.honest, "honest", 0,                             \
                 "rows are in the order of time: the last are the test, " \
                 "those before them the validation part, with a purge "   \
                 "between")
#define CLI_STUDY_TIME                                                  \
    CLI_ROW_TEXT(study.o.recipe.time, CLI_TEXT, "time", 0, "COLUMN",    \
                 "sort the rows by a column of dates or numbers, then " \
                 "split as --honest does")
#define CLI_STUDY_PURGE                                               \
    CLI_ROW_INT(study.o.purge, "purge", 0, "ROWS", 0, 1000000000,     \
                "rows left out between parts with --honest (default " \
                "window + ahead)")
#define CLI_STUDY_SCALER                                                     \
    CLI_ROW_CHOICE(                                                          \
        study.o.recipe.scaler, "scaler", 0, "NAME", "standard,robust,range", \
        "how columns are brought to like size: {choices} (default {})")
#define CLI_STUDY_MISSING                                       \
    CLI_ROW_CHOICE(study.o.recipe.missing, "missing", 0, "HOW", \
                   "error,mean,median,zero",                    \
                   "what stands for missing numbers: {choices} (default {})")
#define CLI_STUDY_RULE                                                \
    CLI_ROW_TEXT(study.rule, CLI_TEXT, "threshold-by", 0, "RULE",     \
                 "choose the threshold on the validation part by f1 " \
                 "(default), youden, cost, recall=R, precision=P, "   \
                 "false-alarm=R or alerts=K/N")
#define CLI_STUDY_COST                                                     \
    CLI_ROW_TEXT(study.cost, CLI_TEXT, "cost", 0, "fn=A,fp=B",             \
                 "what a missed event and a false alarm cost: choose the " \
                 "cheapest threshold")
#define CLI_STUDY_ALERTS                                                     \
    CLI_ROW_TEXT(study.alerts, CLI_TEXT, "alerts", 0, "K/day|K/N",           \
                 "choose the threshold that gives most alerts of at most K " \
                 "a day (the table has a column of dates) or in N rows")
#define CLI_STUDY_OUTPUT                                         \
    CLI_ROW_TEXT(study.output, CLI_FOLDER, "output", 'o', "DIR", \
                 "folder for the model, its figures and its report")
#define CLI_STUDY_REQUIRE_SHEET                                                \
    CLI_ROW_FLAG(study.require_sheet, "require-sheet", 0,                      \
                 "refuse a table without a sheet (mien dataset sheet), or of " \
                 "which required questions are open; the model keeps the "     \
                 "sheet's SHA-256")
#define CLI_STUDY_SHEET                                       \
    CLI_ROW_TEXT(study.sheet, CLI_FILE, "sheet", 0, "FILE",   \
                 "with --require-sheet: the sheet (default: " \
                 "datasheet.json beside the table)")
#define CLI_STUDY_RETENTION                                                   \
    CLI_ROW_TEXT(study.retention, CLI_TEXT, "retention", 0, "DAYS|DAY",       \
                 "kept in the model: how many days the table is kept, or "    \
                 "the last day, YYYY-MM-DD (default: what the table's sheet " \
                 "answers)")
#define CLI_STUDY_QUIET CLI_ROW_FLAG(study.quiet, "quiet", 'q', CLI_TEXT_QUIET)

#define CLI_OPTIONS_STUDY                                                     \
    CLI_STUDY_LABEL, CLI_STUDY_POSITIVE, CLI_STUDY_DROP, CLI_STUDY_BY,        \
        CLI_STUDY_AHEAD, CLI_STUDY_WINDOW, CLI_STUDY_TEST, CLI_STUDY_VALID,   \
        CLI_STUDY_SEED, CLI_STUDY_STRATIFY, CLI_STUDY_HONEST, CLI_STUDY_TIME, \
        CLI_STUDY_PURGE, CLI_STUDY_SCALER, CLI_STUDY_MISSING,                 \
        CLI_OPTIONS_TABLE, CLI_STUDY_RULE, CLI_STUDY_COST, CLI_STUDY_ALERTS,  \
        CLI_STUDY_OUTPUT, CLI_STUDY_REQUIRE_SHEET, CLI_STUDY_SHEET,           \
        CLI_STUDY_RETENTION, CLI_STUDY_QUIET

typedef struct cli_study {
    const char *path; /* of the table */
    const cli_study_values *v;
    mien_study_options o;
    cli_names drop, by;
    cli_table in;
    char digest[65];         /* of the table's file */
    mien_bytes sheet;        /* its datasheet.json */
    mien_datasheet *answers; /* the same, read; NULL: there is none of it */
    mien_roles *roles;       /* of its columns; NULL: not known */
    char until[11];          /* of --retention; "": not said */
    mien_study *study;
} cli_study;

/* Begin with what the command line says; others of o are set by the command.
 * 0, and a report, when it is wrong. */
int cli_study_read(const cli_args *a, const cli_study_values *v,
                   cli_study *out);
/* Make the folder of --output, read the table and prepare it.  The status to
 * exit with. */
int cli_study_prepare(cli_study *c, const cli_table_values *table);
/* Judge what was learned, print it, and write the folder of --output.  The
 * status to exit with. */
int cli_study_finish(cli_study *c);
/* Release the study and what was read for it. */
void cli_study_close(cli_study *c);

#endif
