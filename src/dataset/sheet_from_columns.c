/* sheet_from_columns.c: are the data those that Croissant metadata describe?
 * Files by their SHA-256, columns by their names and types. */
#include "dataset/sheet_croissant.h"
#include "dataset/sheet_from_croissant.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>
#include <strings.h>

enum { NAMES = 20, NAME = 60 };

/* ---- files --------------------------------------------------------------- */

/* What a file is called. */
static const char *file_name(const mi_jsonld *d, json_t *file)
{
    const char *name = json_string_value(mi_jsonld_get(d, file, "name"));
    const char *id = mi_jsonld_id(file);
    return name ? name : id ? id : "a file";
}

/* 64 hexadecimal digits: others write them in capitals, too. */
static int is_digest(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64;
}

/* The digests of its files against the table's. */
static void compare_files(const mi_jsonld *d, const mien_datasheet *s,
                          mien_buffer *out)
{
    json_t *list = mi_jsonld_get(d, d->dataset, "distribution");
    size_t n = mi_jsonld_count(list), digests = 0, others = 0;
    for (size_t i = 0; i < n && i < MI_JSONLD_LIST; i++) {
        json_t *file = mi_jsonld_at(d, list, i);
        const char *is = json_string_value(mi_jsonld_get(d, file, "sha256"));
        if (is && !is_digest(is) && !others++) {
            mi_croissant_short(file_name(d, file), NAME, out);
            mien_buffer_puts(out, " has a sha256 that is no digest: ");
            mi_croissant_short(is, NAME, out);
            mien_buffer_puts(out, "\n");
        }
        digests += is && is_digest(is);
        if (is && strcasecmp(is, s->sha256) == 0) {
            mi_croissant_short(file_name(d, file), NAME, out);
            mien_buffer_puts(out, " has the SHA-256 of the table\n");
            return;
        }
    }
    if (n > MI_JSONLD_LIST)
        mien_buffer_printf(out, "of its %zu files %d were compared\n", n,
                           (int)MI_JSONLD_LIST);
    mien_buffer_printf(out,
                       "none of its files has the SHA-256 of the table, which "
                       "is %.12s... (%zu of %zu have a digest)\n",
                       s->sha256, digests, n);
}

/* The digest of a set of pictures. */
static void compare_set(const mi_jsonld *d, const mien_datasheet *s,
                        mien_buffer *out)
{
    json_t *list = mi_jsonld_get(d, d->dataset, "identifier");
    const char *is = NULL;
    for (size_t i = 0; !is && i < mi_jsonld_count(list) && i < MI_JSONLD_LIST;
         i++)
        is = mi_croissant_set(d, mi_jsonld_at(d, list, i));
    if (!is)
        mien_buffer_puts(out, "it has no digest of a set of pictures\n");
    else if (strcmp(is, s->sha256) == 0)
        mien_buffer_puts(out, "it has the digest of these pictures\n");
    else
        mien_buffer_printf(out,
                           "it is of other pictures: their digest is %.12s..., "
                           "that of these %.12s...\n",
                           mien_is_sha256(is) ? is : "none", s->sha256);
}

/* ---- columns ------------------------------------------------------------- */

/* Names apart by commas, the first of them. */
typedef struct naming {
    mien_buffer text;
    size_t n;
} naming;

/* One more of them. */
static void add_name(naming *l, const char *name)
{
    if (l->n++ < NAMES) {
        mien_buffer_puts(&l->text, l->n > 1 ? ", " : "");
        mi_croissant_short(name, NAME, &l->text);
    }
}

/* "what: a, b and 3 more"; nothing where there are none. */
static void put_names(const char *what, naming *l, mien_buffer *out)
{
    if (l->n) {
        mien_buffer_printf(out, "%s: ", what);
        mien_buffer_put(out, l->text.data, l->text.n);
        if (l->n > NAMES)
            mien_buffer_printf(out, " and %zu more", l->n - NAMES);
        mien_buffer_puts(out, "\n");
    }
    out->failed |= l->text.failed;
    mien_buffer_free(&l->text);
}

/* The column that a field is; NULL: it is none, but made of something else. */
static const char *column_of(const mi_jsonld *d, json_t *field)
{
    json_t *source = mi_jsonld_get(d, field, "source");
    json_t *extract = mi_jsonld_get(d, source, "extract");
    const char *name = json_string_value(mi_jsonld_get(d, extract, "column"));
    if (name || extract)
        return name;
    name = json_string_value(mi_jsonld_get(d, field, "name"));
    const char *id = mi_jsonld_id(field);
    const char *slash = id ? strrchr(id, '/') : NULL;
    return name ? name : slash ? slash + 1 : id;
}

/* How many fields of a record set are columns of the table. */
static size_t hits_of(const mi_jsonld *d, json_t *fields, const mien_table *t,
                      size_t *left)
{
    size_t hits = 0;
    for (size_t i = 0; i < mi_jsonld_count(fields) && *left; i++, --*left) {
        const char *name = column_of(d, mi_jsonld_at(d, fields, i));
        hits += name && mien_table_find(t, name) >= 0;
    }
    return hits;
}

/* The fields of the record set that has most of the table's columns; NULL:
 * there is none. */
static json_t *best_fields(const mi_jsonld *d, const mien_table *t,
                           mien_buffer *out)
{
    json_t *sets = mi_jsonld_get(d, d->dataset, "recordSet"), *best = NULL;
    size_t n = mi_jsonld_count(sets), most = 0, left = MI_JSONLD_LIST;
    const char *name = "";
    for (size_t i = 0; i < n && i < MI_JSONLD_LIST && left; i++) {
        json_t *set = mi_jsonld_at(d, sets, i);
        json_t *fields = mi_jsonld_get(d, set, "field");
        size_t hits = hits_of(d, fields, t, &left);
        if (fields && (!best || hits > most)) {
            best = fields;
            most = hits;
            name = file_name(d, set);
        }
    }
    if (!left)
        mien_buffer_printf(out, "only its first %d fields were compared\n",
                           (int)MI_JSONLD_LIST);
    if (n > MI_JSONLD_LIST)
        mien_buffer_printf(out, "of its %zu sets of records %d were compared\n",
                           n, (int)MI_JSONLD_LIST);
    if (best && n > 1) {
        mien_buffer_printf(out,
                           "of its %zu sets of records the columns are "
                           "compared with those of ",
                           n);
        mi_croissant_short(name, NAME, out);
        mien_buffer_puts(out, "\n");
    }
    return best;
}

/* A type as it is compared: those of a width, "Int64", are what they are
 * without it; NULL: it is not compared. */
static const char *plain_type(const char *name)
{
    static const struct {
        const char *begins, *is;
    } known[] = {
        {"Text", "Text"},    {"Integer", "Integer"},   {"Int", "Integer"},
        {"UInt", "Integer"}, {"Float", "Float"},       {"Number", "Number"},
        {"Bool", "Boolean"}, {"DateTime", "DateTime"}, {"Date", "Date"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].begins);
        const char *rest = name + n;
        if (strncmp(name, known[i].begins, n) == 0 &&
            (strspn(rest, "0123456789") == strlen(rest) ||
             strcmp(rest, "ean") == 0))
            return known[i].is;
    }
    return NULL;
}

/* The type that is stated for a field; NULL: none that can be compared. */
static const char *stated_type(const mi_jsonld *d, json_t *field)
{
    char term[MI_JSONLD_TERM];
    json_t *types = mi_jsonld_get(d, field, "dataType");
    for (size_t i = 0; i < mi_jsonld_count(types) && i < NAMES; i++) {
        const char *id = mi_jsonld_id(mi_jsonld_at(d, types, i));
        const char *is =
            id && mi_jsonld_term(d, id, term) ? plain_type(term) : NULL;
        if (is)
            return is;
    }
    return NULL;
}

/* Can values of the one type be stated as the other? */
static int fits(const char *found, const char *stated)
{
    static const struct {
        const char *found, *stated;
    } good[] = {{"Integer", "Float"},    {"Integer", "Number"},
                {"Float", "Number"},     {"Integer", "Boolean"},
                {"Text", "Boolean"},     {"Date", "DateTime"},
                {"Integer", "DateTime"}, {"Date", "Text"}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (strcmp(good[i].found, found) == 0 &&
            strcmp(good[i].stated, stated) == 0)
            return 1;
    return strcmp(found, stated) == 0;
}

/* What is compared of columns. */
typedef struct comparing {
    const mi_jsonld *d;
    const mien_table *t;
    const mien_summary *summary; /* [columns] */
    uint8_t *seen;               /* [columns] */
    naming missing, extra, types;
    size_t unjudged;
} comparing;

/* A field and the column that it is. */
static void compare_type(comparing *c, json_t *field, int column)
{
    const char *stated = stated_type(c->d, field);
    mien_column is = mien_table_column(c->t, column);
    const char *found =
        mi_croissant_type(&is, &c->summary[column], mien_table_rows(c->t));
    found += sizeof "sc:" - 1;
    c->unjudged += !stated;
    if (stated && !fits(found, stated) && c->types.n++ < NAMES) {
        mien_buffer_puts(&c->types.text, c->types.n > 1 ? ", " : "");
        mi_croissant_short(is.name, NAME, &c->types.text);
        mien_buffer_printf(&c->types.text, " (there %s, here %s)", stated,
                           found);
    }
}

/* Columns that are missing, not described, or of another type. */
static void compare_fields(comparing *c, json_t *fields, mien_buffer *out)
{
    size_t n = 0;
    for (size_t i = 0; i < mi_jsonld_count(fields) && i < MI_JSONLD_LIST; i++) {
        json_t *field = mi_jsonld_at(c->d, fields, i);
        const char *name = column_of(c->d, field);
        int column = name ? mien_table_find(c->t, name) : -1;
        n += name != NULL;
        if (name && column < 0)
            add_name(&c->missing, name);
        if (column < 0)
            continue;
        c->seen[column] = 1;
        compare_type(c, field, column);
    }
    for (int i = 0; i < mien_table_columns(c->t); i++)
        if (!c->seen[i])
            add_name(&c->extra, mien_table_column(c->t, i).name);
    if (!c->missing.n && !c->extra.n)
        mien_buffer_printf(out, "its %zu columns are those of the table\n", n);
    put_names("columns that it describes and the table has not", &c->missing,
              out);
    put_names("columns of the table that it does not describe", &c->extra, out);
    put_names("columns of another type", &c->types, out);
    if (c->unjudged)
        mien_buffer_printf(out, "types that cannot be compared: %zu\n",
                           c->unjudged);
}

mien_status mi_croissant_compare(const mi_jsonld *d, const mien_datasheet *s,
                                 const mien_table *t, mien_buffer *out,
                                 mien_error *err)
{
    if (!t) {
        compare_set(d, s, out);
        return MIEN_OK;
    }
    compare_files(d, s, out);
    json_t *fields = best_fields(d, t, out);
    if (!fields) {
        mien_buffer_puts(out, "it describes no columns\n");
        return MIEN_OK;
    }
    size_t n = (size_t)mien_table_columns(t) + 1;
    mien_summary *summary = mi_alloc(n, sizeof *summary);
    comparing c = {.d = d, .t = t, .summary = summary, .seen = mi_alloc(n, 1)};
    mien_status st = summary && c.seen ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mien_table_describe(t, 0, NULL, NULL, summary, err);
    if (!st)
        compare_fields(&c, fields, out);
    mi_free(summary);
    mi_free(c.seen);
    return st;
}
