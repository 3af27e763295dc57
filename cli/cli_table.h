/* cli_table.h: tables that a command line names. */
#ifndef MIEN_CLI_TABLE_H
#define MIEN_CLI_TABLE_H

#include "cli/cli.h"

enum { CLI_TABLE_OPTIONS = 4, CLI_MAX_NAMES = 256 };

/* How the CSV is read: a command's options from some place on. */
#define CLI_TABLE_DELIMITER                                                    \
    CLI_ROW("delimiter", 0, CLI_TEXT, "C",                                     \
            "what stands between values: one character, or \"tab\"; found by " \
            "itself when not given")
#define CLI_TABLE_HEADER                    \
    CLI_ROW("no-header", 0, CLI_FLAG, NULL, \
            "the first line is a row; columns are named x0, x1, ...")
#define CLI_TABLE_TYPES                            \
    CLI_ROW("types", 0, CLI_TEXT, "NAME=TYPE,...", \
            "read columns as number or text, whatever they look like")
#define CLI_TABLE_THREADS                    \
    CLI_ROW("threads", 't', CLI_NUMBER, "N", \
            "threads to use (default: one a processor)")
#define CLI_OPTIONS_TABLE \
    CLI_TABLE_DELIMITER, CLI_TABLE_HEADER, CLI_TABLE_TYPES, CLI_TABLE_THREADS

typedef struct cli_names {
    int n;
    const char *name[CLI_MAX_NAMES];
    char *copy;
} cli_names;

/* Split "a,b,c"; text NULL gives none.  0, and a report, when there are too
 * many or memory ends. */
int cli_names_read(const char *text, cli_names *out);
void cli_names_free(cli_names *n);

/* Options of the four above. */
typedef struct cli_table_reading {
    mien_csv_options csv;
    mien_csv_type type[CLI_MAX_NAMES];
    cli_names names; /* behind type */
} cli_table_reading;

typedef struct cli_table {
    mien_map map;
    mien_pool *pool;
    cli_table_reading how;
    mien_table *t;
} cli_table;

/* The options from `first` on.  0, and a report. */
int cli_table_options(const cli_args *a, int first, cli_table_reading *out);
/* Threads as the options from `first` on say.  0, and a report. */
int cli_table_pool(const cli_args *a, int first, mien_pool **out);
/* Read a table into *out, which may not be moved afterwards.  0, and a report
 * that names the file. */
int cli_table_open(const char *path, const cli_args *a, int first,
                   cli_table *out);
void cli_table_close(cli_table *t);
/* A model of tables in a file. */
typedef struct cli_tabular {
    mien_map map;
    mien_tabular *model;
} cli_tabular;

/* Read a model.  0, and a report that names the file. */
int cli_tabular_open(const char *path, cli_tabular *out);
void cli_tabular_close(cli_tabular *m);
/* The place of a column; -1, and a report with the nearest name. */
int cli_table_column(const mien_table *t, const char *path, const char *name);

#endif
