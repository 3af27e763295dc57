/* meta.c: an encoder as text, one line a column, fields apart by tabs:
 *
 *   number  NAME  IMPUTE  INDICATOR        IMPUTE is "-" where none is allowed
 *   text    NAME  LEVEL  LEVEL  ...
 *
 * Names are written as fields.h says. */
#include "base/fields.h"
#include "tabular/meta.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/number.h"

#include <math.h>
#include <string.h>

/* A whole text that is a number. */
static int number_of(const char *text, double *out)
{
    const char *end = text + strlen(text);
    double v;
    if (mi_number_read(text, end, &v) != end || !*text)
        return 0;
    *out = v;
    return 1;
}

static void put_number(mien_buffer *b, double v)
{
    char text[MI_NUMBER_SIZE];
    mien_buffer_put(b, text, (size_t)mi_number_write(v, text));
}

/* The line of a column. */
static void put_column(mien_buffer *b, const mien_encoder_column *c)
{
    if (c->type == MIEN_COLUMN_TEXT) {
        mien_buffer_put(b, "text", 4);
        mi_field_put(b, c->name);
        for (int i = 0; i < c->levels; i++)
            mi_field_put(b, c->level[i]);
        mien_buffer_put(b, "\n", 1);
        return;
    }
    mien_buffer_put(b, "number", 6);
    mi_field_put(b, c->name);
    mien_buffer_put(b, "\t", 1);
    if (isnan(c->impute))
        mien_buffer_put(b, "-", 1);
    else
        put_number(b, c->impute);
    mien_buffer_put(b, c->indicator ? "\t1\n" : "\t0\n", 3);
}

void mi_meta_set_number(mien_graph *g, const char *key, double v)
{
    char text[MI_NUMBER_SIZE + 1];
    text[mi_number_write(v, text)] = 0;
    mi_graph_set_meta(g, key, text);
}

/* What b holds becomes a text of the metadata; b is emptied. */
static mien_status set_text(mien_graph *g, const char *key, mien_buffer *b,
                            mien_error *err)
{
    mien_buffer_put(b, "", 1);
    int failed = b->failed;
    if (!failed)
        mi_graph_set_meta(g, key, (const char *)b->data);
    mien_buffer_free(b);
    return failed ? mi_no_memory(err) : MIEN_OK;
}

static void put_lines(mien_buffer *b, int n, const double *v)
{
    for (int i = 0; i < n; i++) {
        put_number(b, v[i]);
        mien_buffer_put(b, "\n", 1);
    }
}

/* Which data it learned from, and on what terms. */
static void put_data(mien_graph *g, const mien_tabular_parts *p)
{
    const struct {
        const char *key, *text;
    } said[] = {{"mien.data_sha256", p->data_sha256},
                {"mien.sheet_sha256", p->sheet_sha256},
                {"mien.data_role", "training"},
                {"mien.retention", p->terms.retention},
                {"mien.basis", p->terms.basis},
                {"mien.inferred_by", p->terms.inferred_by}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i].text)
            mi_graph_set_meta(g, said[i].key, said[i].text);
    if (p->data_rows)
        mi_meta_set_number(g, "mien.data_rows", (double)p->data_rows);
}

mien_status mi_meta_put(mien_graph *g, const mien_tabular_parts *p,
                        mien_error *err)
{
    mien_buffer b = {0};
    const mien_logistic *m = p->logistic;
    for (int i = 0; i < p->encoder->columns; i++)
        put_column(&b, &p->encoder->column[i]);
    mien_status st = set_text(g, "mien.columns", &b, err);
    put_lines(&b, p->encoder->width, p->centre);
    put_lines(&b, p->encoder->width, p->scale);
    if (!st)
        st = set_text(g, "mien.scaler", &b, err);
    if (!st && m) {
        put_lines(&b, 1, &m->intercept);
        put_lines(&b, m->p, m->coef);
        st = set_text(g, "mien.coefficients", &b, err);
    }
    mien_buffer_free(&b);
    if (st)
        return st;
    mi_graph_set_meta(g, "mien.task", "tabular");
    mi_graph_set_meta(g, "mien.kind", p->logistic ? "logistic" : "autoencoder");
    mi_graph_set_meta(g, "mien.label", p->label ? p->label : "");
    mi_graph_set_meta(g, "mien.positive", p->positive ? p->positive : "1");
    mi_meta_set_number(g, "mien.window", p->window);
    mi_meta_set_number(g, "mien.threshold", p->threshold);
    if (p->recipe)
        mi_graph_set_meta(g, "mien.recipe", p->recipe);
    if (p->groups && *p->groups)
        mi_graph_set_meta(g, "mien.groups", p->groups);
    put_data(g, p);
    return MIEN_OK;
}

/* ---- reading
 * ------------------------------------------------------------------ */

static mien_status damaged(mien_error *err, int line, const char *why)
{
    return mi_fail(err, MIEN_EFORMAT, "model: mien.columns: line %d: %s",
                   line + 1, why);
}

/* Read the line of column i; field is room for its parts. */
static mien_status read_line(char *line, int i, char **field, int most,
                             mien_encoder *e, mien_error *err)
{
    int n = mi_field_split(line, field, most);
    mien_encoder_column c = {.impute = (double)NAN};
    if (n < 2)
        return damaged(err, i, "too few fields");
    c.name = field[1];
    if (strcmp(field[0], "text") == 0) {
        c.type = MIEN_COLUMN_TEXT;
        c.levels = n - 2;
        c.level = field + 2;
        return mien_encoder_set(e, i, &c, err);
    }
    if (strcmp(field[0], "number") != 0 || n != 4)
        return damaged(err, i, "neither a number's nor a text's");
    if (strcmp(field[2], "-") != 0 && !number_of(field[2], &c.impute))
        return damaged(err, i, "the value of missing ones is no number");
    c.indicator = field[3][0] == '1';
    return mien_encoder_set(e, i, &c, err);
}

mien_status mi_meta_encoder(const mien_graph *g, mien_encoder **out,
                            mien_error *err)
{
    const char *text = mien_graph_meta(g, "mien.columns");
    if (!text)
        return mi_fail(err, MIEN_EFORMAT,
                       "model: no mien.columns: not a model of tables");
    int lines = 0, fields = 2;
    for (const char *s = text; *s; s++) {
        lines += *s == '\n';
        fields += *s == '\t' || *s == '\n';
    }
    size_t n = strlen(text);
    char *copy = mi_alloc(n + 1, 1), *at = copy;
    char **field = mi_alloc((size_t)fields, sizeof *field);
    mien_encoder *e = NULL;
    mien_status st = MIEN_OK;
    if (!copy || !field)
        st = mi_no_memory(err);
    else if (lines < 1 || lines > MIEN_TABLE_MAX_COLUMNS)
        st = damaged(err, 0, "no columns, or too many");
    if (!st)
        st = mien_encoder_new(lines, &e, err);
    if (!st)
        memcpy(copy, text, n + 1);
    for (int i = 0; !st && i < lines; i++) {
        char *end = strchr(at, '\n');
        *end = 0;
        st = read_line(at, i, field, fields, e, err);
        at = end + 1;
    }
    mi_free(copy);
    mi_free(field);
    if (st) {
        mien_encoder_free(e);
        return st;
    }
    *out = e;
    return MIEN_OK;
}

mien_status mi_meta_numbers(const mien_graph *g, const char *key, size_t n,
                            double *out, int *found, mien_error *err)
{
    const char *text = mien_graph_meta(g, key), *end;
    *found = text != NULL;
    for (size_t i = 0; text && i < n; i++, text = end + 1) {
        end = strchr(text, '\n');
        if (!end || mi_number_read(text, end, &out[i]) != end ||
            !isfinite(out[i]))
            return mi_fail(err, MIEN_EFORMAT,
                           "model: %s: line %zu is no number", key, i + 1);
    }
    if (text && *text)
        return mi_fail(err, MIEN_EFORMAT, "model: %s: more than %zu lines", key,
                       n);
    return MIEN_OK;
}

mien_status mi_meta_number(const mien_graph *g, const char *key, double *out,
                           mien_error *err)
{
    const char *text = mien_graph_meta(g, key);
    if (!text || !number_of(text, out) || isnan(*out))
        return mi_fail(err, MIEN_EFORMAT, "model: %s is '%s', wanted a number",
                       key, text ? text : "");
    return MIEN_OK;
}
