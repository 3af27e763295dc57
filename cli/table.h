/* table.h: tables that a command line names. */
#ifndef MIEN_CLI_TABLE_H
#define MIEN_CLI_TABLE_H

#include "cli/shell/shell.h"

enum { CLI_MAX_NAMES = 256 };

/* How a CSV is read: `table` in the values of a command. */
typedef struct cli_table_values {
    const char *delimiter, *types;
    int no_header, threads;
} cli_table_values;
#define CLI_OPTIONS_TABLE                                                  \
    CLI_ROW_TEXT(table.delimiter, CLI_TEXT, "delimiter", 0, "C",           \
                 "what stands between values: one character, or \"tab\"; " \
                 "found by itself when not given"),                        \
        CLI_ROW_FLAG(table.no_header, "no-header", 0,                      \
                     "the first line is a row; columns are named x0, x1, " \
                     "..."),                                               \
        CLI_ROW_TEXT(table.types, CLI_TEXT, "types", 0, "NAME=TYPE,...",   \
                     "read columns as number or text, whatever they look " \
                     "like"),                                              \
        CLI_ROW_INT(table.threads, "threads", 't', "N", 1, MIEN_POOL_MAX,  \
                    "threads to use (default: one a processor)")

typedef struct cli_names {
    int n;
    const char *name[CLI_MAX_NAMES];
    char *copy;
} cli_names;

/* Split "a,b,c"; text NULL gives none.  0, and a report, when there are too
 * many or memory ends. */
int cli_names_read(const char *text, cli_names *out);
void cli_names_free(cli_names *n);

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

/* The library's options.  0, and a report. */
int cli_table_options(const cli_table_values *v, cli_table_reading *out);
/* Read a table into *out, which may not be moved afterwards.  0, and a report
 * that names the file. */
int cli_table_open(const char *path, const cli_table_values *v, cli_table *out);
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
