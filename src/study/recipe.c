/* recipe.c: what is done to a table before anything is learned from it, as
 * text: a line of fields (base/fields.h) for each choice.
 *
 *   mien/recipe/1
 *   label     NAME
 *   positive  VALUE            left out where it is 1 or true
 *   drop      NAME NAME ...    left out where none is
 *   type      NAME number|text one line a column
 *   ahead     K
 *   window    W
 *   missing   error|mean|median|zero
 *   scaler    standard|robust|range
 *   time      NAME             left out where rows stay as they stand
 *   na        VALUE VALUE ...  left out where they are the usual ones
 *   dates     iso|mdy|dmy|epoch left out where the column tells */
#include "mien/study.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_AHEAD = 1000000000 };
static const size_t max_text = (size_t)1 << 24;
static const char first_line[] = "mien/recipe/1";
static const char *const missing_names[] = {"error", "mean", "median", "zero"};
static const char *const scaler_names[] = {"standard", "robust", "range"};
static const char *const type_names[] = {"number", "text"};
static const char *const date_names[] = {"any", "iso", "mdy", "dmy", "epoch"};

/* ---- writing ------------------------------------------------------------- */

/* A key and a field behind it. */
static void put(mien_buffer *b, const char *key, const char *value)
{
    mien_buffer_puts(b, key);
    mi_field_put(b, value);
}

mien_status mien_recipe_write(const mien_recipe *r, mien_bytes *out,
                              mien_error *err)
{
    mien_buffer b = {0};
    mien_buffer_printf(&b, "%s\n", first_line);
    put(&b, "label", r->label);
    if (r->positive)
        put(&b, "\npositive", r->positive);
    for (int i = 0; i < r->drops; i++)
        put(&b, i ? "" : "\ndrop", r->drop[i]);
    for (int i = 0; i < r->types; i++) {
        put(&b, "\ntype", r->type[i].name);
        mi_field_put(&b, type_names[r->type[i].type]);
    }
    mien_buffer_printf(&b, "\nahead\t%d\nwindow\t%d", r->ahead, r->window);
    put(&b, "\nmissing", missing_names[r->missing]);
    put(&b, "\nscaler", scaler_names[r->scaler]);
    if (r->time)
        put(&b, "\ntime", r->time);
    if (r->dates)
        put(&b, "\ndates", date_names[r->dates]);
    for (int i = 0; i < r->nas; i++)
        put(&b, i ? "" : "\nna", r->na[i]);
    mien_buffer_puts(&b, "\n");
    return mien_buffer_give(&b, out, err);
}

/* ---- reading ------------------------------------------------------------- */

/* A recipe that was read, and what it points to; the recipe stands first. */
typedef struct owned {
    mien_recipe r;
    char *text;          /* copied; fields are parts of it */
    char **field;        /* [lines and tabs of the text] */
    const char **drop;   /* the same */
    const char **na;     /* the same */
    mien_csv_type *type; /* the same */
} owned;

void mien_recipe_free(mien_recipe *r)
{
    owned *o = (owned *)r;
    if (!o)
        return;
    mi_free(o->text);
    mi_free((void *)o->field);
    mi_free((void *)o->drop);
    mi_free((void *)o->na);
    mi_free(o->type);
    mi_free(o);
}

/* The place of a word among names; -1: it is none. */
static int place_of(const char *word, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

/* A whole number from low to high. */
static int whole_number(const char *text, long low, long high, int *out)
{
    char *end;
    long v = strtol(text, &end, 10);
    *out = (int)v;
    return *text && !*end && v >= low && v <= high;
}

/* A choice among words; 0: there is none such. */
static int take_word(mien_recipe *r, const char *key, const char *word)
{
    int at = -1;
    if (strcmp(key, "missing") == 0) {
        at = place_of(word, missing_names, 4);
        r->missing = (mien_missing)at;
    } else if (strcmp(key, "scaler") == 0) {
        at = place_of(word, scaler_names, 3);
        r->scaler = (mien_scale)at;
    } else if (strcmp(key, "dates") == 0) {
        at = place_of(word, date_names, 5);
        r->dates = (mien_date_order)at;
    }
    return at >= 0;
}

/* One choice, of n fields; 0: there is none such. */
static int take(owned *o, char **field, int n)
{
    mien_recipe *r = &o->r;
    const char *key = field[0];
    int at;
    if (n < 2)
        return 0;
    if (strcmp(key, "drop") == 0) {
        for (int i = 1; i < n; i++)
            o->drop[r->drops++] = field[i];
        return 1;
    }
    if (strcmp(key, "na") == 0) {
        for (int i = 1; i < n; i++)
            o->na[r->nas++] = field[i];
        return 1;
    }
    if (strcmp(key, "type") == 0) {
        at = n == 3 ? place_of(field[2], type_names, 2) : -1;
        if (at >= 0)
            o->type[r->types++] =
                (mien_csv_type){field[1], (mien_column_type)at};
        return at >= 0;
    }
    if (n != 2)
        return 0;
    if (strcmp(key, "label") == 0)
        return (r->label = field[1]) != NULL;
    if (strcmp(key, "positive") == 0)
        return (r->positive = field[1]) != NULL;
    if (strcmp(key, "ahead") == 0)
        return whole_number(field[1], 0, MAX_AHEAD, &r->ahead);
    if (strcmp(key, "window") == 0)
        return whole_number(field[1], 1, MIEN_TABULAR_MAX_WINDOW, &r->window);
    if (strcmp(key, "time") == 0)
        return (r->time = field[1]) != NULL;
    return take_word(r, key, field[1]);
}

/* Room for a text of n bytes and all its fields. */
static mien_status make_owned(const uint8_t *bytes, size_t n, owned *o,
                              size_t *fields, mien_error *err)
{
    size_t count = 2;
    for (size_t i = 0; i < n; i++)
        count += bytes[i] == '\n' || bytes[i] == '\t';
    o->text = mi_alloc(n + 1, 1);
    o->field = mi_alloc(count, sizeof *o->field);
    o->drop = mi_alloc(count, sizeof *o->drop);
    o->na = mi_alloc(count, sizeof *o->na);
    o->type = mi_alloc(count, sizeof *o->type);
    if (!o->text || !o->field || !o->drop || !o->na || !o->type)
        return mi_no_memory(err);
    if (n)
        memcpy(o->text, bytes, n);
    *fields = count;
    return MIEN_OK;
}

/* Read all lines of a text into a recipe. */
static mien_status read_lines(owned *o, size_t fields, mien_error *err)
{
    int number = 1;
    for (char *line = o->text; line && *line; number++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        int n = number == 1 ? strcmp(line, first_line) == 0
                            : mi_field_split(line, o->field, (int)fields);
        if (number == 1 ? !n : !take(o, o->field, n))
            return mi_fail(err, MIEN_EFORMAT, "recipe: line %d: '%.60s'",
                           number, line);
        line = next;
    }
    if (!o->r.label)
        return mi_fail(err, MIEN_EFORMAT, "recipe: line %d: no label", number);
    return MIEN_OK;
}

mien_status mien_recipe_read(const uint8_t *bytes, size_t n, mien_recipe **out,
                             mien_error *err)
{
    static const mien_recipe defaults = MIEN_RECIPE_DEFAULTS;
    size_t fields = 0;
    if (n > max_text)
        return mi_fail(err, MIEN_ELIMIT, "recipe: %zu bytes, at most %zu", n,
                       max_text);
    if (n && memchr(bytes, 0, n))
        return mi_fail(err, MIEN_EFORMAT, "recipe: a zero byte");
    owned *o = mi_alloc(1, sizeof *o);
    if (!o)
        return mi_no_memory(err);
    o->r = defaults;
    mien_status st = make_owned(bytes, n, o, &fields, err);
    if (!st)
        st = read_lines(o, fields, err);
    if (st) {
        mien_recipe_free(&o->r);
        return st;
    }
    o->r.drop = o->drop;
    o->r.na = o->r.nas ? o->na : NULL;
    o->r.type = o->type;
    *out = &o->r;
    return MIEN_OK;
}
