/* csv_names.c: names of columns that a header leaves out or gives twice. */
#include "table/csv.h"
#include "table/level.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN = 3 }; /* changes are said one by one */

/* A column takes another name; the first few are said, but not the last columns
 * without names, which may be left out. */
static mien_status rename_column(mi_csv_layout *l, int i, const char *name,
                                 const char *why, int *said, mien_error *err)
{
    mi_column *c = &l->head->column[i];
    size_t n = strlen(name) + 1;
    char *copy = mi_alloc_raw(n, 1);
    if (!copy)
        return mi_no_memory(err);
    memcpy(copy, name, n);
    mi_free(c->name);
    c->name = copy;
    if (i < l->head->columns - l->unnamed && ++*said <= SHOWN)
        mien_buffer_printf(&l->notes, "column %d %s: read as '%.100s'\n", i + 1,
                           why, name);
    return MIEN_OK;
}

/* Every name, to tell which is there already. */
typedef struct name_set {
    const mien_table *t;
    size_t places; /* a power of 2 */
    int *place;    /* [places] column + 1, or 0 */
} name_set;

/* Where a name stands, or would. */
static int *find(const name_set *s, const char *name)
{
    const mien_text text = {name, strlen(name)};
    const mien_column c = {.text = &text, .type = MIEN_COLUMN_TEXT};
    size_t at = (size_t)mi_value_hash(0, &c, 0) & (s->places - 1);
    while (s->place[at] &&
           strcmp(s->t->column[s->place[at] - 1].name, name) != 0)
        at = (at + 1) & (s->places - 1);
    return &s->place[at];
}

/* "a.2" or "index", or the same with the first number that makes it new. */
static void make_name(const name_set *s, const char *base, int first, char *out,
                      size_t size)
{
    snprintf(out, size, "%s", base);
    for (int k = first; k > 1 || *find(s, out); k++) {
        snprintf(out, size, "%.*s.%d", MIEN_TABLE_MAX_NAME - 12, base, k);
        if (!*find(s, out))
            return;
    }
}

/* Name the columns that have no name, then those whose name was there. */
static mien_status mend(mi_csv_layout *l, name_set *s, mien_error *err)
{
    char name[MIEN_TABLE_MAX_NAME + 1], base[32];
    int said = 0, n = l->head->columns;
    mien_status st = MIEN_OK;
    for (int i = 0; i < n; i++) { /* the first of a name keeps it */
        int *at = find(s, l->head->column[i].name);
        if (*l->head->column[i].name && !*at)
            *at = i + 1;
    }
    for (int i = 0; !st && i < n; i++) {
        const char *is = l->head->column[i].name;
        if (*is && *find(s, is) == i + 1)
            continue;
        snprintf(base, sizeof base, i ? "column %d" : "index", i + 1);
        make_name(s, *is ? is : base, *is ? 2 : 1, name, sizeof name);
        st = rename_column(l, i, name,
                           *is ? "has a name that is there already"
                               : "has no name",
                           &said, err);
        if (!st)
            *find(s, name) = i + 1;
    }
    if (!st && said > SHOWN)
        mien_buffer_printf(&l->notes, "%d more columns were named so\n",
                           said - SHOWN);
    return st;
}

mien_status mi_csv_names_mend(mi_csv_layout *l, mien_error *err)
{
    name_set s = {l->head, 64, NULL};
    int n = l->head->columns;
    for (int i = 0; i < n; i++)
        if (strlen(l->head->column[i].name) > MIEN_TABLE_MAX_NAME)
            return mi_table_check_names(l->head, err);
    for (int i = 0; i < n; i++)
        if (strspn(l->head->column[i].name, " \t") ==
            strlen(l->head->column[i].name))
            l->head->column[i].name[0] = 0;
    while (l->unnamed + 1 < n && !*l->head->column[n - 1 - l->unnamed].name)
        l->unnamed++;
    while (s.places < 2 * (size_t)n + 2)
        s.places *= 2;
    s.place = mi_alloc(s.places, sizeof *s.place);
    mien_status st = s.place ? mend(l, &s, err) : mi_no_memory(err);
    mi_free(s.place);
    return st;
}
