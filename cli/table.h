/* table.h: tables that a command line names. */
#ifndef MIEN_CLI_TABLE_H
#define MIEN_CLI_TABLE_H

#include "cli/shell/shell.h"

enum { CLI_MAX_NAMES = 256 };

/* How a CSV is read: `table` in the values of a command. */
typedef struct cli_table_values {
    const char *delimiter, *types, *na, *decimal, *thousands, *comment, *quote;
    int no_header, threads;
    mien_csv_options csv; /* dates, encoding, lines to skip */
} cli_table_values;
#define CLI_OPTIONS_TABLE                                                   \
    CLI_ROW_TEXT(table.delimiter, CLI_TEXT, "delimiter", 0, "C",            \
                 "what stands between values: one character, or \"tab\"; "  \
                 "found by itself when not given"),                         \
        CLI_ROW_FLAG(table.no_header, "no-header", 0,                       \
                     "the first line is a row; columns are named x0, x1, "  \
                     "..."),                                                \
        CLI_ROW_TEXT(table.types, CLI_TEXT, "types", 0, "NAME=TYPE,...",    \
                     "read columns as number or text, whatever they look "  \
                     "like"),                                               \
        CLI_ROW_TEXT(table.na, CLI_TEXT, "na", 0, "VALUE,...",              \
                     "values that mean none is there, besides the empty "   \
                     "one, instead of NA, N/A, nan, null and the like"),    \
        CLI_ROW_CHOICE(table.csv.dates, "dates", 0, "ORDER",                \
                       "any,iso,mdy,dmy,epoch",                             \
                       "dates of numbers begin with the month or the day, " \
                       "or count the seconds since 1970: {choices} "        \
                       "(default: what the column tells)"),                 \
        CLI_ROW_TEXT(table.decimal, CLI_TEXT, "decimal", 0, "C",            \
                     "what stands before the fraction of a number "         \
                     "(default .)"),                                        \
        CLI_ROW_TEXT(table.thousands, CLI_TEXT, "thousands", 0, "C",        \
                     "what stands between groups of three digits "          \
                     "(default: nothing)"),                                 \
        CLI_ROW_INT(table.csv.skip, "skip", 0, "N", 0, 1000000000,          \
                    "lines before the header that are passed over"),        \
        CLI_ROW_TEXT(table.comment, CLI_TEXT, "comment", 0, "C",            \
                     "lines that begin with this character are passed "     \
                     "over"),                                               \
        CLI_ROW_TEXT(table.quote, CLI_TEXT, "quote", 0, "C|none",           \
                     "what stands around fields (default \")"),             \
        CLI_ROW_CHOICE(                                                     \
            table.csv.encoding, "encoding", 0, "NAME",                      \
            "any,utf-8,utf-16,cp1252,latin-1",                              \
            "of the file: {choices} (default: UTF-8, or what its bytes "    \
            "tell)"),                                                       \
        CLI_ROW_INT(table.threads, "threads", 't', "N", 1, MIEN_POOL_MAX,   \
                    "threads to use (default: one a processor)")

/* --under, --over and --smote: 0 is not given. */
typedef struct cli_ratios {
    double under, over, smote;
} cli_ratios;

/* The kind of resampling, by the ratio that is given; how many are. */
int cli_ratios_read(const cli_ratios *r, mien_resample *out);

typedef struct cli_names {
    int n;
    const char *name[CLI_MAX_NAMES];
    char *copy;
} cli_names;

/* Split "a,b,c"; text NULL gives none.  0, and a report, when there are too
 * many or memory ends. */
int cli_names_read(const char *text, cli_names *out);
/* Release the names. */
void cli_names_free(cli_names *n);
/* Names that were split at a comma of their own are whole again: columns of t.
 */
void cli_names_join(cli_names *n, const mien_table *t);

typedef struct cli_table_reading {
    mien_csv_options csv;
    mien_csv_type type[CLI_MAX_NAMES];
    cli_names names, na; /* behind type; behind csv.missing */
} cli_table_reading;

typedef struct cli_table {
    mien_map map;
    mien_bytes unpacked; /* of a packed file */
    mien_pool *pool;
    cli_table_reading how;
    mien_bytes types; /* a model's */
    mien_table *t;
    int status; /* to exit with where it could not be opened */
} cli_table;

/* The library's options.  0, and a report. */
int cli_table_options(const cli_table_values *v, cli_table_reading *out);
/* Release what cli_table_options filled in. */
void cli_table_options_free(cli_table_reading *r);
/* Read a table into *out, which may not be moved afterwards; columns of a model
 * are read as their types were (NULL: there is none).  0, and a report that
 * names the file. */
int cli_table_open(const char *path, const cli_table_values *v,
                   const mien_tabular *model, cli_table *out);
/* Release the table and its file. */
void cli_table_close(cli_table *t);
/* A model of tables in a file. */
typedef struct cli_tabular {
    mien_map map;
    mien_tabular *model;
} cli_tabular;

/* Read a model.  0, and a report that names the file. */
int cli_tabular_open(const char *path, cli_tabular *out);
/* Release the model and its file. */
void cli_tabular_close(cli_tabular *m);
/* The place of a column; -1, and a report with the nearest name. */
int cli_table_column(const mien_table *t, const char *path, const char *name);

/* What --unseen chooses among. */
#define CLI_ROW_UNSEEN(member)                                       \
    CLI_ROW_CHOICE(                                                  \
        member, "unseen", 0, "HOW", "count,error",                   \
        "texts that the model has not seen: count them on standard " \
        "error, or refuse the table (default {})")

#endif
