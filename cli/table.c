/* table.c: reading tables for commands. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

int cli_ratios_read(const cli_ratios *r, mien_resample *out)
{
    const double ratio[] = {r->under, r->over, r->smote};
    int given = 0;
    for (int i = 0; i < 3; i++) {
        if (ratio[i] == 0)
            continue;
        out->kind = (mien_resample_kind)(MIEN_RESAMPLE_UNDER + i);
        out->ratio = ratio[i];
        given++;
    }
    return given;
}

int cli_names_read(const char *text, cli_names *out)
{
    *out = (cli_names){0};
    if (!text)
        return 1;
    out->copy = strdup(text);
    if (!out->copy) {
        cli_error("out of memory");
        cli_memory_ended();
        return 0;
    }
    for (char *at = out->copy; at;) {
        char *next = strchr(at, ',');
        if (next)
            *next++ = 0;
        if (out->n == CLI_MAX_NAMES) {
            cli_error("'%.60s': more than %d names", text, (int)CLI_MAX_NAMES);
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

void cli_names_join(cli_names *n, const mien_table *t)
{
    for (int i = 0; i < n->n; i++) {
        char *name = n->copy + (n->name[i] - n->copy);
        size_t length = strlen(name);
        for (int k = i + 1; k < n->n && mien_table_find(t, n->name[i]) < 0;
             k++) {
            name[strlen(name)] = ',';
            if (mien_table_find(t, name) < 0)
                continue;
            memmove(n->name + i + 1, n->name + k + 1,
                    (size_t)(n->n - k - 1) * sizeof *n->name);
            n->n -= k - i;
            length = strlen(name);
        }
        for (size_t at = length; name[at] == ','; at += strlen(name + at))
            name[at] = 0;
    }
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

/* One character, or a word that stands for one; 0, and a report. */
static int read_character(const char *option, const char *text,
                          const char *word, char meant, char *out)
{
    int known = text && word && strcmp(text, word) == 0;
    if (known || (text && strlen(text) == 1))
        *out = (char)(known ? meant : text[0]);
    if (!text || known || text[0] == *out)
        return 1;
    cli_error("--%s: '%s', wanted one character%s%s", option, text,
              word ? " or " : "", word ? word : "");
    return 0;
}

int cli_table_options(const cli_table_values *v, cli_table_reading *out)
{
    mien_csv_options *csv = &out->csv;
    *csv = v->csv;
    out->names = out->na = (cli_names){0};
    if (!read_character("delimiter", v->delimiter, "tab", '\t',
                        &csv->delimiter) ||
        !read_character("decimal", v->decimal, NULL, 0, &csv->decimal) ||
        !read_character("thousands", v->thousands, NULL, 0, &csv->thousands) ||
        !read_character("comment", v->comment, NULL, 0, &csv->comment) ||
        !read_character("quote", v->quote, "none", MIEN_CSV_NO_QUOTE,
                        &csv->quote))
        return 0;
    if (csv->decimal && csv->decimal == csv->thousands) {
        cli_error("--decimal and --thousands are both '%c'", csv->decimal);
        return 0;
    }
    if (v->no_header)
        csv->header = MIEN_CSV_HEADER_NONE;
    if (!cli_names_read(v->na, &out->na) || !read_types(v->types, out)) {
        cli_table_options_free(out);
        return 0;
    }
    csv->missing = out->na.n ? out->na.name : NULL;
    csv->missings = out->na.n;
    return 1;
}

void cli_table_options_free(cli_table_reading *r)
{
    cli_names_free(&r->names);
    cli_names_free(&r->na);
}

/* Lines of text on standard error, behind the name of a file. */
static void say(const char *path, const char *lines)
{
    for (const char *end; *lines; lines = end + 1) {
        end = strchr(lines, '\n');
        cli_error("%s: %.*s", path, (int)(end - lines), lines);
    }
}

/* A file, unpacked where it is packed, as a table. */
static mien_status read_table(const char *path, const mien_tabular *model,
                              cli_table *t, mien_error *err)
{
    mien_csv_options *csv = &t->how.csv;
    csv->pool = t->pool;
    mien_status st =
        model ? mien_evaluate_csv(model, csv, &t->types, err) : MIEN_OK;
    if (!st)
        st = mien_file_map(path, 0, &t->map, err);
    if (!st)
        st = mien_file_gunzip(t->map.data, t->map.n, 0, &t->unpacked, err);
    int packed = t->unpacked.data != NULL;
    return st ? st
              : mien_csv_read(packed ? t->unpacked.data : t->map.data,
                              packed ? t->unpacked.n : t->map.n, csv, &t->t,
                              err);
}

int cli_table_open(const char *path, const cli_table_values *v,
                   const mien_tabular *model, cli_table *out)
{
    mien_error err = {0};
    *out = (cli_table){0};
    int status = cli_table_options(v, &out->how)
                     ? cli_pool_new(v->threads, &out->pool)
                     : CLI_USAGE;
    if (!status && read_table(path, model, out, &err)) {
        cli_error_at(path, &err);
        status = CLI_NOTHING;
    }
    if (!status)
        say(path, mien_table_notes(out->t));
    else
        cli_table_close(out);
    out->status = status;
    return !status;
}

void cli_table_close(cli_table *t)
{
    mien_table_free(t->t);
    mien_file_unmap(&t->map);
    mien_bytes_free(&t->unpacked);
    mien_bytes_free(&t->types);
    mien_pool_free(t->pool);
    cli_table_options_free(&t->how);
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
    const char *like = mien_text_nearest(name, near, n);
    cli_error("%s: no column '%s'%s%s%s", path, name,
              like ? "; did you mean '" : "", like ? like : "",
              like ? "'?" : "");
    return -1;
}
