/* cli_data.h: a table made ready to learn from: labels, windows, parts,
 * numbers.
 *
 *   CSV -> label (shifted ahead of events) -> samples (rows, or windows of
 * rows)
 *     -> training, validation and test part -> encoder and scaler of the
 *     training part -> numbers */
#ifndef MIEN_CLI_DATA_H
#define MIEN_CLI_DATA_H

#include "cli/cli_rule.h"
#include "cli/cli_table.h"

/* Options that every training command begins with, in this order. */
enum {
    DATA_LABEL,
    DATA_POSITIVE,
    DATA_DROP,
    DATA_AHEAD,
    DATA_WINDOW,
    DATA_TEST,
    DATA_VALID,
    DATA_SEED,
    DATA_HONEST,
    DATA_PURGE,
    DATA_SCALER,
    DATA_MISSING,
    DATA_TABLE,
    DATA_RULE = DATA_TABLE + CLI_TABLE_OPTIONS,
    DATA_COST,
    DATA_ALERTS,
    DATA_OUTPUT,
    DATA_QUIET,
    DATA_OPTIONS
};

#define CLI_OPTIONS_DATA                                                       \
    {"label",  'l',  CLI_TEXT,                                                 \
     "COLUMN", NULL, "the column to be told from the others; two values"},     \
        {"positive", 0,    CLI_TEXT,                                           \
         "VALUE",    NULL, "the value of the rare event (default 1 or true)"}, \
        {"drop", 0, CLI_TEXT, "COLUMN,...", NULL, "columns to leave out"},     \
        {"ahead",                                                              \
         0,                                                                    \
         CLI_NUMBER,                                                           \
         "K",                                                                  \
         NULL,                                                                 \
         "label the K rows before an event instead, and drop the event's row " \
         "(curve shift)"},                                                     \
        {"window",                                                             \
         0,                                                                    \
         CLI_NUMBER,                                                           \
         "W",                                                                  \
         NULL,                                                                 \
         "look at W rows, the last and those before it (default 1)"},          \
        {"test",  0,    CLI_NUMBER,                                            \
         "SHARE", NULL, "share of the rows kept for the test (default 0.2)"},  \
        {"valid",                                                              \
         0,                                                                    \
         CLI_NUMBER,                                                           \
         "SHARE",                                                              \
         NULL,                                                                 \
         "share of the other rows that choose epoch and threshold (default "   \
         "0.2)"},                                                              \
        {"seed", 's',  CLI_NUMBER,                                             \
         "N",    NULL, "of splits, weights and orders (default 123)"},         \
        {"honest",                                                             \
         0,                                                                    \
         CLI_FLAG,                                                             \
         NULL,                                                                 \
         NULL,                                                                 \
         "rows are in the order of time: the last are the test, those before " \
         "them the validation part, with a purge between"},                    \
        {"purge",                                                              \
         0,                                                                    \
         CLI_NUMBER,                                                           \
         "ROWS",                                                               \
         NULL,                                                                 \
         "rows left out between parts with --honest (default window + "        \
         "ahead)"},                                                            \
        {"scaler",                                                             \
         0,                                                                    \
         CLI_CHOICE,                                                           \
         "NAME",                                                               \
         "standard,robust,range",                                              \
         "how columns are brought to like size (default standard)"},           \
        {"missing",                                                            \
         0,                                                                    \
         CLI_CHOICE,                                                           \
         "HOW",                                                                \
         "error,mean,median,zero",                                             \
         "what stands for missing numbers (default error)"},                   \
        CLI_OPTIONS_TABLE,                                                     \
        {"threshold-by",                                                       \
         0,                                                                    \
         CLI_TEXT,                                                             \
         "RULE",                                                               \
         NULL,                                                                 \
         "choose the threshold on the validation part by f1 (default), "       \
         "youden, cost, recall=R, precision=P, false-alarm=R or alerts=K/N"},  \
        {"cost",                                                               \
         0,                                                                    \
         CLI_TEXT,                                                             \
         "fn=A,fp=B",                                                          \
         NULL,                                                                 \
         "what a missed event and a false alarm cost: choose the cheapest "    \
         "threshold"},                                                         \
        {"alerts",                                                             \
         0,                                                                    \
         CLI_TEXT,                                                             \
         "K/day|K/N",                                                          \
         NULL,                                                                 \
         "choose the threshold that gives most alerts of at most K a day "     \
         "(the "                                                               \
         "table has a column of dates) or in N rows"},                         \
        {"output", 'o',  CLI_FOLDER,                                           \
         "DIR",    NULL, "folder for the model, its figures and its report"},  \
        CLI_OPTION_QUIET

typedef struct cli_data {
    const cli_args *args;
    const char *path, *label_name;
    cli_table in;
    mien_table *shifted; /* with --ahead; else NULL */
    const mien_table *t;
    int64_t rows, events; /* of t; rows of class 1 */
    int64_t rows_read;    /* before the shift */
    int label, ahead, window, seed, honest, purge;
    mien_label classes;
    cli_rule rule;   /* for the threshold */
    uint8_t *y;      /* [rows] */
    int64_t *source; /* [rows] where each row stood in the file */
    int64_t samples;
    int64_t *end;     /* [samples] last row of each */
    mien_split split; /* of samples */
    mien_encoder *encoder;
    int width;
    double *scaler; /* [2, width] */
    double *x;      /* [rows, width] scaled */
} cli_data;

/* Do all of the above; scaler and encoder look at rows of class 0 only when
 * `normal`.  0, and a report. */
int cli_data_open(const cli_args *a, int normal, cli_data *out);
void cli_data_close(cli_data *d);

/* Numbers of samples [n, window * width]; freed with mi_free; NULL, reported.
 */
double *cli_data_gather(const cli_data *d, int64_t n, const int64_t *sample);
/* The same as floats, of class 0 only when `normal`; *count receives how many.
 */
float *cli_data_floats(const cli_data *d, int64_t n, const int64_t *sample,
                       int normal, int64_t *count);
uint8_t cli_data_label(const cli_data *d, int64_t sample);
/* What the data are, in some lines: rows, classes, parts, notes. */
void cli_data_describe(const cli_data *d, mien_buffer *out);
/* Leaks and doubtful columns, a line each. */
void cli_data_warn(const cli_data *d, mien_buffer *out);

#endif
