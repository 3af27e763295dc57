/* table.c: reading tables for commands. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

int cli_names_read(const char *text, cli_names *out)
{
    *out = (cli_names){0};
    if (!text)
        return 1;
    out->copy = strdup(text);
    if (!out->copy) {
        cli_error("out of memory");
        return 0;
    }
    for (char *at = out->copy; at;) {
        char *next = strchr(at, ',');
        if (next)
            *next++ = 0;
        if (out->n == CLI_MAX_NAMES) {
            cli_error("'%s': more than %d names", text, (int)CLI_MAX_NAMES);
            cli_names_free(out);
            return 0;
        }
        out->name[out->n++] = at;
        at = next;
    }
    return 1;
}

void cli_names_free(cli_names *n)
{
    free(n->copy);
    *n = (cli_names){0};
}

/* Read NAME=number,NAME=text; 0, and a report. */
static int read_types(const char *text, cli_table_reading *r)
{
    if (!cli_names_read(text, &r->names))
        return 0;
    for (int i = 0; i < r->names.n; i++) {
        char *at =
            strrchr(r->names.copy + (r->names.name[i] - r->names.copy), '=');
        const char *type = at ? at + 1 : "";
        int number = strcmp(type, "number") == 0;
        if (!number && strcmp(type, "text") != 0) {
            cli_error("--types: '%s', wanted NAME=number or NAME=text",
                      r->names.name[i]);
            cli_names_free(&r->names);
            return 0;
        }
        *at = 0;
        r->type[i] = (mien_csv_type){
            r->names.name[i], number ? MIEN_COLUMN_NUMBER : MIEN_COLUMN_TEXT};
    }
    r->csv.type = r->type;
    r->csv.types = r->names.n;
    return 1;
}

int cli_table_options(const cli_table_values *v, cli_table_reading *out)
{
    const char *delimiter = v->delimiter;
    out->csv = (mien_csv_options)MIEN_CSV_DEFAULTS;
    out->names = (cli_names){0};
    if (delimiter && strcmp(delimiter, "tab") != 0 && strlen(delimiter) != 1) {
        cli_error("--delimiter: '%s', wanted one character or tab", delimiter);
        return 0;
    }
    if (delimiter)
        out->csv.delimiter = (char)(delimiter[1] ? '\t' : delimiter[0]);
    if (v->no_header)
        out->csv.header = MIEN_CSV_HEADER_NONE;
    return read_types(v->types, out);
}

int cli_table_open(const char *path, const cli_table_values *v, cli_table *out)
{
    mien_error err = {0};
    *out = (cli_table){0};
    int good = cli_table_options(v, &out->how) &&
               cli_pool_new(v->threads, &out->pool) == CLI_OK;
    out->how.csv.pool = out->pool;
    if (good && (mien_file_map(path, 0, &out->map, &err) ||
                 mien_csv_read(out->map.data, out->map.n, &out->how.csv,
                               &out->t, &err))) {
        cli_error_at(path, &err);
        good = 0;
    }
    if (!good)
        cli_table_close(out);
    return good;
}

void cli_table_close(cli_table *t)
{
    mien_table_free(t->t);
    mien_file_unmap(&t->map);
    mien_pool_free(t->pool);
    cli_names_free(&t->how.names);
    *t = (cli_table){0};
}

int cli_tabular_open(const char *path, cli_tabular *out)
{
    mien_error err = {0};
    *out = (cli_tabular){0};
    mien_status st = mien_file_map(path, 0, &out->map, &err);
    if (!st)
        st = mien_tabular_read(out->map.data, out->map.n, &out->model, &err);
    if (!st)
        return 1;
    cli_error_at(path, &err);
    cli_tabular_close(out);
    return 0;
}

void cli_tabular_close(cli_tabular *m)
{
    mien_tabular_free(m->model);
    mien_file_unmap(&m->map);
}

int cli_table_column(const mien_table *t, const char *path, const char *name)
{
    int at = mien_table_find(t, name);
    if (at >= 0)
        return at;
    const char *near[CLI_MAX_NAMES];
    int n = mien_table_columns(t);
    n = n < CLI_MAX_NAMES ? n : CLI_MAX_NAMES;
    for (int i = 0; i < n; i++)
        near[i] = mien_table_column(t, i).name;
    const char *like = cli_nearest(name, near, n);
    cli_error("%s: no column '%s'%s%s%s", path, name,
              like ? "; did you mean '" : "", like ? like : "",
              like ? "'?" : "");
    return -1;
}
