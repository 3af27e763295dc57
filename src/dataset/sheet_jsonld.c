/* sheet_jsonld.c: names and values of JSON-LD.
 *
 * Source: JSON-LD 1.1, W3C 2020, sections 3 and 4, as far as metadata of data
 * sets use them: terms, compact IRIs, @vocab, @graph, node references, value
 * objects, language maps. */
#include "dataset/sheet_jsonld.h"

#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH = 3 }; /* of objects within a value */

/* ---- reading ------------------------------------------------------------- */

/* Keep an object by its name, the first of each. */
static int keep_named(mi_jsonld *d, json_t *object)
{
    const char *id = json_string_value(json_object_get(object, "@id"));
    if (!id || json_object_size(object) < 2 || json_object_get(d->named, id))
        return 1;
    return json_object_set(d->named, id, object) == 0;
}

/* The contexts of an object, which are an object, or an array with some. */
static void take_contexts(mi_jsonld *d, json_t *object)
{
    json_t *c = json_object_get(object, "@context");
    for (size_t i = 0; i < mi_jsonld_count(c); i++) {
        json_t *one = json_is_array(c) ? json_array_get(c, i) : c;
        if (json_is_object(one) && d->contexts < MI_JSONLD_CONTEXTS)
            d->context[d->contexts++] = one;
    }
}

/* The first data set among objects. */
static void find_dataset(mi_jsonld *d, json_t *list)
{
    for (size_t i = 0; !d->dataset && i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        if (mi_jsonld_is(d, one, "Dataset"))
            d->dataset = one;
    }
}

/* Keep the objects of a list, and find the data set. */
static mien_status take_list(mi_jsonld *d, json_t *list, mien_error *err)
{
    int good = 1;
    for (size_t i = 0; good && i < json_array_size(list); i++)
        good = keep_named(d, json_array_get(list, i));
    if (!good)
        return mi_no_memory(err);
    find_dataset(d, list);
    return MIEN_OK;
}

/* The objects of an array that stand in their places, too: files by "@id". */
static mien_status take_parts(mi_jsonld *d, mien_error *err)
{
    static const char *const parts[] = {"distribution", "recordSet"};
    for (int i = 0; i < 2; i++) {
        json_t *list = mi_jsonld_get(d, d->dataset, parts[i]);
        for (size_t k = 0; k < json_array_size(list); k++)
            if (!keep_named(d, json_array_get(list, k)))
                return mi_no_memory(err);
    }
    return MIEN_OK;
}

mien_status mi_jsonld_read(const uint8_t *bytes, size_t n, size_t most,
                           mi_jsonld *out, mien_error *err)
{
    mien_status st = mi_json_read("", bytes, n, most, &out->root, err);
    if (st)
        return st;
    out->left = MI_JSONLD_ALL;
    out->named = json_object();
    if (!out->named)
        return mi_no_memory(err);
    json_t *list = out->root;
    if (json_is_object(out->root)) {
        take_contexts(out, out->root);
        list = json_object_get(out->root, "@graph");
        if (mi_jsonld_is(out, out->root, "Dataset"))
            out->dataset = out->root;
    }
    st = take_list(out, list, err);
    if (!st && out->dataset && out->dataset != out->root)
        take_contexts(out, out->dataset);
    if (!st && json_object_size(out->dataset) > MI_JSONLD_MEMBERS)
        return mi_fail(err, MIEN_ELIMIT,
                       "a data set of %zu members, at most %d",
                       json_object_size(out->dataset), MI_JSONLD_MEMBERS);
    if (!st && !out->dataset)
        st = mi_fail(err, MIEN_EFORMAT,
                     "no object with the \"@type\" of a data set "
                     "(sc:Dataset): wanted is Croissant metadata");
    return st ? st : take_parts(out, err);
}

void mi_jsonld_free(mi_jsonld *d)
{
    json_decref(d->named);
    json_decref(d->root);
    *d = (mi_jsonld){0};
}

/* ---- names --------------------------------------------------------------- */

/* What stands behind the IRI of a vocabulary that is known; NULL: it is
 * another. */
static const char *behind_known(const char *iri)
{
    static const char *const known[] = {
        "schema.org/", "mlcommons.org/croissant/RAI/",
        "mlcommons.org/croissant/", "mlcommons.org/schema/",
        "purl.org/dc/terms/"};
    const char *at = strstr(iri, "://");
    at = at ? at + 3 : iri;
    if (strncmp(at, "www.", 4) == 0)
        at += 4;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i]);
        if (strncmp(at, known[i], n) == 0)
            return at + n;
        if (strncmp(at, known[i], n - 1) == 0 && !at[n - 1])
            return at + n - 1; /* without its last slash */
    }
    return NULL;
}

/* What the context says of a name: a text, or NULL. */
static const char *meant(const mi_jsonld *d, const char *key)
{
    for (int i = d->contexts - 1; i >= 0; i--) {
        json_t *v = json_object_get(d->context[i], key);
        if (json_is_object(v))
            v = json_object_get(v, "@id");
        if (json_is_string(v))
            return json_string_value(v);
    }
    return NULL;
}

/* A name within a vocabulary; 0: it is none. */
static int give_name(const char *name, char out[MI_JSONLD_TERM])
{
    size_t n = name ? strlen(name) : 0;
    if (!n || n >= MI_JSONLD_TERM || strpbrk(name, ":/#"))
        return 0;
    memcpy(out, name, n + 1);
    return 1;
}

/* "prefix:name" or an IRI. */
static int expand(const mi_jsonld *d, const char *key, char out[MI_JSONLD_TERM])
{
    static const char *const usual[] = {"sc", "schema", "cr",
                                        "ml", "rai",    "dct"};
    char prefix[32];
    const char *colon = strchr(key, ':');
    if (strncmp(colon, "://", 3) == 0)
        return give_name(behind_known(key), out);
    size_t n = (size_t)(colon - key);
    if (n >= sizeof prefix)
        return 0;
    memcpy(prefix, key, n);
    prefix[n] = 0;
    const char *iri = meant(d, prefix);
    int known = iri && behind_known(iri) && !*behind_known(iri);
    for (size_t i = 0; !iri && i < sizeof usual / sizeof *usual; i++)
        known |= strcmp(prefix, usual[i]) == 0;
    return known && give_name(colon + 1, out);
}

int mi_jsonld_term(const mi_jsonld *d, const char *key,
                   char out[MI_JSONLD_TERM])
{
    if (*key == '@')
        return 0;
    if (strchr(key, ':'))
        return expand(d, key, out);
    const char *is = meant(d, key), *vocabulary = meant(d, "@vocab");
    if (is && strchr(is, ':'))
        return expand(d, is, out);
    if (vocabulary && !behind_known(vocabulary))
        return 0;
    return give_name(is && *is != '@' ? is : key, out);
}

json_t *mi_jsonld_get(const mi_jsonld *d, json_t *object, const char *name)
{
    char term[MI_JSONLD_TERM];
    if (json_object_size(object) > MI_JSONLD_MEMBERS)
        return NULL;
    for (void *i = json_object_iter(object); i;
         i = json_object_iter_next(object, i))
        if (mi_jsonld_term(d, json_object_iter_key(i), term) &&
            strcmp(term, name) == 0)
            return json_object_iter_value(i);
    return NULL;
}

/* ---- values -------------------------------------------------------------- */

size_t mi_jsonld_count(json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : value != NULL;
}

/* What a reference names; anything else is itself. */
static json_t *follow(const mi_jsonld *d, json_t *value)
{
    const char *id = json_string_value(json_object_get(value, "@id"));
    if (!id || json_object_size(value) != 1)
        return value;
    json_t *named = json_object_get(d->named, id);
    return named ? named : value;
}

json_t *mi_jsonld_at(const mi_jsonld *d, json_t *value, size_t i)
{
    assert(i < mi_jsonld_count(value));
    return follow(d, json_is_array(value) ? json_array_get(value, i) : value);
}

int mi_jsonld_is(const mi_jsonld *d, json_t *object, const char *type)
{
    char term[MI_JSONLD_TERM];
    json_t *types = json_object_get(object, "@type");
    for (size_t i = 0; i < mi_jsonld_count(types); i++) {
        const char *is = json_string_value(
            json_is_array(types) ? json_array_get(types, i) : types);
        if (is && mi_jsonld_term(d, is, term) && strcmp(term, type) == 0)
            return 1;
    }
    return 0;
}

const char *mi_jsonld_id(json_t *value)
{
    return json_string_value(
        json_is_object(value) ? json_object_get(value, "@id") : value);
}

/* The text of a language map: English, or the first; NULL: it is none. */
static const char *of_languages(json_t *object)
{
    const char *first = NULL;
    for (void *i = json_object_iter(object); i;
         i = json_object_iter_next(object, i)) {
        const char *text = json_string_value(json_object_iter_value(i));
        const char *key = json_object_iter_key(i);
        if (!text || *key == '@' || strlen(key) > 11)
            return NULL;
        first = first && strcmp(key, "en") != 0 ? first : text;
    }
    return first;
}

/* A text under way. */
typedef struct writing {
    mi_jsonld *d;
    mien_buffer *out;
    int left; /* values that may still be looked at; below 0: it is cut */
} writing;

/* Values, apart from each other. */
static void put_value(writing *w, json_t *value, int depth);

/* A thing by its value, its name, its address or its "@id". */
static void put_object(writing *w, json_t *object, int depth)
{
    static const char *const names[] = {"name", "url"};
    json_t *is = json_object_get(object, "@value");
    for (int i = 0; !is && i < 2; i++)
        is = mi_jsonld_get(w->d, object, names[i]);
    if (!is)
        is = json_object_get(object, "@id");
    const char *text = is ? NULL : of_languages(object);
    if (text)
        mien_buffer_puts(w->out, text);
    else if (is && depth < DEPTH)
        put_value(w, is, depth + 1);
}

/* One value that is no array. */
static void put_one(writing *w, json_t *one, int depth)
{
    if (json_is_string(one))
        mien_buffer_puts(w->out, json_string_value(one));
    else if (json_is_integer(one))
        mien_buffer_printf(w->out, "%lld", (long long)json_integer_value(one));
    else if (json_is_real(one))
        mien_buffer_printf(w->out, "%g", json_real_value(one));
    else if (json_is_boolean(one))
        mien_buffer_puts(w->out, json_is_true(one) ? "true" : "false");
    else if (json_is_object(one))
        put_object(w, one, depth);
}

/* Values until there are too many. */
static void put_value(writing *w, json_t *value, int depth)
{
    const size_t start = w->out->n;
    for (size_t i = 0; i < mi_jsonld_count(value); i++) {
        json_t *one = mi_jsonld_at(w->d, value, i);
        size_t before = w->out->n;
        if (w->left <= 0 || before > MI_JSONLD_TEXT) {
            w->left = -1;
            return;
        }
        w->left--;
        w->d->left--;
        if (before > start)
            mien_buffer_puts(w->out, json_is_object(one) ? ", " : "\n");
        size_t empty = w->out->n;
        put_one(w, one, depth);
        if (w->out->n == empty)
            w->out->n = before;
    }
}

int mi_jsonld_text(mi_jsonld *d, json_t *value, mien_buffer *out)
{
    int most = d->left < MI_JSONLD_VALUES ? d->left : MI_JSONLD_VALUES;
    writing w = {d, out, most};
    put_value(&w, value, 0);
    return w.left >= 0;
}
