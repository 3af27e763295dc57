/* sheet_from_croissant.c: answers that Croissant metadata propose.
 *
 * A proposal is no answer: somebody has to confirm it, and an answer that is
 * there stays.  What no question asks for is listed, not dropped. */
#include "dataset/sheet_from_croissant.h"
#include "dataset/sheet_croissant.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum {
    SHOWN = 80, /* bytes of what was left out */
    OTHERS = 2 * MI_SHEET_QUESTIONS_MAX
};

/* What is taken from a file. */
typedef struct taking {
    const mien_datasheet *s;
    mi_jsonld d;
    char *proposed[MI_SHEET_QUESTIONS_MAX]; /* owned */
    const char *by[MI_SHEET_QUESTIONS_MAX]; /* the property of each */
    mien_buffer differences, left_out;
} taking;

/* ---- texts --------------------------------------------------------------- */

void mi_croissant_short(const char *text, size_t most, mien_buffer *out)
{
    mien_buffer line = {0}, plain = {0};
    mien_buffer_puts(&line, text);
    mien_buffer_put(&line, "", 1);
    for (size_t i = 0; i < line.n; i++)
        if (line.data[i] == '\n')
            line.data[i] = ' ';
    if (!line.failed)
        mien_text_plain((const char *)line.data, &plain);
    out->failed |= line.failed;
    mien_buffer_free(&line);
    size_t n = plain.n;
    if (n > most) {
        n = most;
        while (n && (plain.data[n] & 0xc0) == 0x80)
            n--;
    }
    mien_buffer_put(out, plain.data, n);
    if (n < plain.n)
        mien_buffer_puts(out, "...");
    out->failed |= plain.failed;
    mien_buffer_free(&plain);
}

/* "property: why" */
static void leave_out(taking *t, const char *property, const char *why)
{
    mi_croissant_short(property, SHOWN, &t->left_out);
    mien_buffer_puts(&t->left_out, ": ");
    mi_croissant_short(why, SHOWN, &t->left_out);
    mien_buffer_puts(&t->left_out, "\n");
}

/* Ends of lines and tabs, as answers may have them. */
static void clean(mien_buffer *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++) {
        uint8_t c = text->data[i];
        if (c == '\r' && i + 1 < text->n && text->data[i + 1] == '\n')
            continue;
        text->data[n++] = c == '\t' ? ' ' : c == '\r' ? '\n' : c;
    }
    text->n = n;
}

/* ---- proposals ----------------------------------------------------------- */

/* Propose a text for question i. */
static mien_status propose(taking *t, int i, const char *property,
                           const char *text, mien_error *err)
{
    const char *key = mien_datasheet_question_at(i)->key;
    const char *answer = t->s->answer[i], *computed = t->s->computed[i];
    mien_error why = {0};
    mien_status st = mi_sheet_check(key, text, &why);
    if (st) {
        leave_out(t, property, why.text);
    } else if (!*text) {
        leave_out(t, property, "there is no text in it");
    } else if (answer && strcmp(answer, text) != 0) {
        leave_out(t, property, "its question is answered already");
    } else if (t->proposed[i] && strcmp(t->proposed[i], text) != 0) {
        leave_out(t, property, text);
    } else if (!answer && !t->proposed[i] &&
               !(computed && strcmp(computed, text) == 0)) {
        t->proposed[i] = mi_text_copy(text);
        t->by[i] = property;
        return t->proposed[i] ? MIEN_OK : mi_no_memory(err);
    }
    return MIEN_OK;
}

/* The same of a value. */
static mien_status propose_value(taking *t, int i, const char *property,
                                 json_t *value, mien_error *err)
{
    mien_buffer text = {0};
    mien_status st = MIEN_OK;
    int whole = mi_jsonld_text(&t->d, value, &text);
    clean(&text);
    mien_buffer_put(&text, "", 1);
    if (text.failed)
        st = mi_no_memory(err);
    else if (!whole)
        leave_out(t, property, "longer than an answer may be");
    else
        st = propose(t, i, property, (const char *)text.data, err);
    mien_buffer_free(&text);
    return st;
}

/* The name of a property without its prefix. */
static const char *name_of(const char *property)
{
    const char *colon = strchr(property, ':');
    return colon ? colon + 1 : property;
}

/* What answers questions by a property of its own. */
static mien_status take_words(taking *t, mien_error *err)
{
    const mi_croissant_word *w = NULL;
    mien_status st = MIEN_OK;
    for (int i = 0; !st && (w = mi_croissant_word_at(i)); i++) {
        json_t *v = mi_jsonld_get(&t->d, t->d.dataset, name_of(w->property));
        if (v)
            st = propose_value(t, mi_sheet_find(w->key), w->property, v, err);
    }
    return st;
}

/* What mien wrote for the other questions; anything else is left out, and so is
 * what stands behind as many as a sheet could have twice: what is kept of a
 * file must be less than a sheet may hold. */
static mien_status take_others(taking *t, mien_error *err)
{
    json_t *list = mi_jsonld_get(&t->d, t->d.dataset, "additionalProperty");
    const size_t n = mi_jsonld_count(list);
    mien_status st = MIEN_OK;
    for (size_t i = 0; !st && i < n && i < OTHERS; i++) {
        json_t *one = mi_jsonld_at(&t->d, list, i);
        const char *of =
            json_string_value(mi_jsonld_get(&t->d, one, "propertyID"));
        const char *key = json_string_value(mi_jsonld_get(&t->d, one, "name"));
        int k = key ? mi_sheet_find(key) : -1;
        if (of && k >= 0 && strcmp(of, MI_CROISSANT_OTHERS) == 0)
            st = propose_value(t, k, key, mi_jsonld_get(&t->d, one, "value"),
                               err);
        else
            leave_out(t, "additionalProperty", key ? key : "without a name");
    }
    if (n > OTHERS)
        mien_buffer_printf(&t->left_out,
                           "additionalProperty: of %zu the first %d were "
                           "read\n",
                           n, (int)OTHERS);
    return st;
}

/* ---- what is left out ---------------------------------------------------- */

const char *mi_croissant_set(const mi_jsonld *d, json_t *thing)
{
    const char *of = json_string_value(mi_jsonld_get(d, thing, "propertyID"));
    return of && strcmp(of, MI_CROISSANT_PICTURES) == 0
               ? json_string_value(mi_jsonld_get(d, thing, "value"))
               : NULL;
}

/* Is a member looked at elsewhere?  `twice` is set where another one of its
 * name is. */
static int is_taken(const taking *t, const char *term, json_t *value,
                    int *twice)
{
    static const char *const parts[] = {"distribution", "recordSet", "name",
                                        "conformsTo", "additionalProperty"};
    const mi_croissant_word *w = NULL;
    int known = strcmp(term, "identifier") == 0 &&
                mi_croissant_set(&t->d, value) != NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        known |= strcmp(term, parts[i]) == 0;
    for (int i = 0; (w = mi_croissant_word_at(i)); i++)
        known |= strcmp(term, name_of(w->property)) == 0;
    *twice = known && mi_jsonld_get(&t->d, t->d.dataset, term) != value;
    return known;
}

/* Members that no question asks for. */
static void list_left_out(taking *t)
{
    char term[MI_JSONLD_TERM];
    const char *key;
    json_t *value;
    json_object_foreach(t->d.dataset, key, value)
    {
        mien_buffer text = {0};
        int twice = 0;
        if (*key == '@' || (mi_jsonld_term(&t->d, key, term) &&
                            is_taken(t, term, value, &twice) && !twice))
            continue;
        int whole = mi_jsonld_text(&t->d, value, &text);
        if (!whole && !text.n)
            mien_buffer_puts(&text, "too much to be shown");
        mien_buffer_put(&text, "", 1);
        t->left_out.failed |= text.failed;
        if (!text.failed)
            leave_out(t, key,
                      twice ? "the same stands there in another form"
                            : (const char *)text.data);
        mien_buffer_free(&text);
    }
}

/* ---- the whole ----------------------------------------------------------- */

/* Put what was taken in the place of what was taken before. */
static mien_status give(taking *t, mien_datasheet *s, const char *name,
                        mien_error *err)
{
    char *source = mi_text_copy(name);
    mien_buffer_put(&t->differences, "", 1);
    mien_buffer_put(&t->left_out, "", 1);
    if (!source || t->differences.failed || t->left_out.failed) {
        mi_free(source);
        return mi_no_memory(err);
    }
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++) {
        mi_free(s->proposed[i]);
        s->proposed[i] = t->proposed[i];
        t->proposed[i] = NULL;
    }
    mi_free(s->source);
    mi_free(s->differences);
    mi_free(s->left_out);
    s->source = source;
    s->differences = (char *)t->differences.data;
    s->left_out = (char *)t->left_out.data;
    t->differences = t->left_out = (mien_buffer){0};
    return MIEN_OK;
}

mien_status mien_datasheet_from_croissant(mien_datasheet *s,
                                          const uint8_t *bytes, size_t n,
                                          const char *name, const mien_table *t,
                                          mien_error *err)
{
    taking k = {.s = s};
    mien_status st =
        mi_jsonld_read(bytes, n, MIEN_DATASHEET_MAX_BYTES, &k.d, err);
    if (!st)
        st = take_words(&k, err);
    if (!st)
        st = take_others(&k, err);
    if (!st) {
        list_left_out(&k);
        st = mi_croissant_compare(&k.d, s, t, &k.differences, err);
    }
    if (!st)
        st = give(&k, s, name, err);
    mi_jsonld_free(&k.d);
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++)
        mi_free(k.proposed[i]);
    mien_buffer_free(&k.differences);
    mien_buffer_free(&k.left_out);
    return st;
}
