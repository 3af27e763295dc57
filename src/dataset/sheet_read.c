/* sheet_read.c: answers from JSON. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/json_read.h"

#include <string.h>

/* Is each member a text that answers a question? */
static mien_status check_answers(json_t *answers, mien_error *err)
{
    const char *key;
    json_t *value;
    mien_status st = MIEN_OK;
    json_object_foreach(answers, key, value)
    {
        const char *text = json_string_value(value);
        if (!st && !text)
            st = mi_fail(err, MIEN_EFORMAT,
                         "answer of %.40s is no text, wanted is \"...\"", key);
        if (!st)
            st = mi_sheet_check(key, text, err);
    }
    return st;
}

/* Take answers that were checked. */
static mien_status take_answers(mien_datasheet *s, json_t *answers,
                                mien_error *err)
{
    mien_status st = check_answers(answers, err);
    const mien_datasheet_question *q = NULL;
    for (int i = 0; !st && (q = mien_datasheet_question_at(i)); i++) {
        const char *text = json_string_value(json_object_get(answers, q->key));
        if (text)
            st = mi_sheet_set(s, i, text, err);
    }
    return st;
}

mien_status mien_datasheet_answers(mien_datasheet *s, const uint8_t *bytes,
                                   size_t n, mien_error *err)
{
    json_t *from = NULL;
    mien_status st =
        mi_json_read("", bytes, n, MIEN_DATASHEET_MAX_BYTES, &from, err);
    if (!st && !json_is_object(from))
        st = mi_fail(err, MIEN_EFORMAT,
                     "no JSON object, wanted is {\"origin\": \"...\", ...}");
    if (!st)
        st = take_answers(s, from, err);
    json_decref(from);
    return st;
}

/* A digest of "data", or none, into out. */
static mien_status take_digest(const json_t *data, const char *key,
                               char out[65], mien_error *err)
{
    const json_t *value = json_object_get(data, key);
    const char *text = json_string_value(value);
    if (!value || json_is_null(value))
        return MIEN_OK;
    if (!mien_is_sha256(text))
        return mi_fail(err, MIEN_EFORMAT,
                       "data.%s is none, wanted are 64 hexadecimal digits",
                       key);
    memcpy(out, text, 65);
    return MIEN_OK;
}

/* The columns of groups, as fields. */
static mien_status take_groups(mien_datasheet *s, const json_t *list,
                               mien_error *err)
{
    mien_buffer b = {0};
    size_t n = json_array_size(list);
    if (n > MIEN_DATASHEET_MAX_GROUPS)
        return mi_fail(err, MIEN_ELIMIT, "data.groups: %zu columns, at most %d",
                       n, MIEN_DATASHEET_MAX_GROUPS);
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name || !*name) {
            mien_buffer_free(&b);
            return mi_fail(err, MIEN_EFORMAT,
                           "data.groups: element %zu is no name", i);
        }
        mi_field_put(&b, name);
    }
    mien_buffer_put(&b, "", 1);
    if (!b.failed && n)
        s->group = mi_text_copy((const char *)b.data + 1);
    int failed = b.failed || (n && !s->group);
    mien_buffer_free(&b);
    return failed ? mi_no_memory(err) : MIEN_OK;
}

/* How many, or 0 where that is not told. */
static int64_t count_of(const json_t *data, const char *key)
{
    const json_t *value = json_object_get(data, key);
    int64_t n = json_is_integer(value) ? json_integer_value(value) : 0;
    return n > 0 ? n : 0;
}

/* Of which data it is. */
static mien_status take_data(mien_datasheet *s, const json_t *data,
                             mien_error *err)
{
    const json_t *name = json_object_get(data, "name");
    if (!json_is_object(data) || !json_is_string(name))
        return mi_fail(err, MIEN_EFORMAT,
                       "no \"data\" with a \"name\": wanted is what mien "
                       "dataset sheet writes");
    s->pictures = json_object_get(data, "pictures") != NULL;
    s->rows = count_of(data, s->pictures ? "pictures" : "rows");
    s->columns = s->pictures ? 0 : count_of(data, "columns");
    mien_status st = take_digest(data, "sha256", s->sha256, err);
    if (!st)
        st = take_digest(data, "answered_sha256", s->answered, err);
    if (!st)
        st = take_groups(s, json_object_get(data, "groups"), err);
    if (!st) {
        s->name = mi_text_copy(json_string_value(name));
        st = s->name ? MIEN_OK : mi_no_memory(err);
    }
    return st;
}

/* Texts of an array, a line each; *out stays NULL where there is none. */
static mien_status take_lines(const json_t *list, const char *key, char **out,
                              mien_error *err)
{
    mien_buffer b = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *line = json_string_value(json_array_get(list, i));
        if (!line || strchr(line, '\n')) {
            mien_buffer_free(&b);
            return mi_fail(err, MIEN_EFORMAT,
                           "croissant.%s: element %zu is no line", key, i);
        }
        mien_buffer_printf(&b, "%s\n", line);
    }
    mien_buffer_put(&b, "", 1);
    *out = (char *)b.data;
    return b.failed ? mi_no_memory(err) : MIEN_OK;
}

/* What a Croissant file proposed, where no answer is. */
static mien_status take_croissant(mien_datasheet *s, const json_t *from,
                                  mien_error *err)
{
    const json_t *of = json_object_get(from, "croissant");
    json_t *proposed = json_object_get(from, "proposed");
    const char *file = json_string_value(json_object_get(of, "file"));
    const mien_datasheet_question *q = NULL;
    if (!of && !proposed)
        return MIEN_OK;
    if (!file || !json_is_object(proposed))
        return mi_fail(err, MIEN_EFORMAT,
                       "\"proposed\" wants \"croissant\" with a \"file\", and "
                       "the other way round");
    mien_status st = check_answers(proposed, err);
    s->source = mi_text_copy(file);
    if (!st && !s->source)
        st = mi_no_memory(err);
    if (!st)
        st = take_lines(json_object_get(of, "differences"), "differences",
                        &s->differences, err);
    if (!st)
        st = take_lines(json_object_get(of, "left_out"), "left_out",
                        &s->left_out, err);
    for (int i = 0; !st && (q = mien_datasheet_question_at(i)); i++) {
        const char *text = json_string_value(json_object_get(proposed, q->key));
        if (!text || !*text || s->answer[i])
            continue;
        s->proposed[i] = mi_text_copy(text);
        st = s->proposed[i] ? MIEN_OK : mi_no_memory(err);
    }
    return st;
}

/* What a time or a table told stands for an answer at the gate: it is known
 * which questions were computed, not what was found. */
static mien_status take_computed(mien_datasheet *s, const json_t *computed,
                                 mien_error *err)
{
    const mien_datasheet_question *q = NULL;
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++) {
        const char *text = json_string_value(json_object_get(computed, q->key));
        if (!text)
            continue;
        s->computed[i] = mi_text_copy(text);
        if (!s->computed[i])
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

/* The whole, into a sheet that is empty. */
static mien_status take(mien_datasheet *s, const json_t *from, mien_error *err)
{
    const char *schema = json_string_value(json_object_get(from, "schema"));
    json_t *answers = json_object_get(from, "answers");
    if (!schema || strcmp(schema, "mien/datasheet/1") != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "schema '%.40s' cannot be read, wanted is "
                       "mien/datasheet/1",
                       schema ? schema : "");
    if (!json_is_object(answers))
        return mi_fail(err, MIEN_EFORMAT, "no object \"answers\"");
    mien_status st = take_data(s, json_object_get(from, "data"), err);
    if (!st)
        st = take_computed(s, json_object_get(from, "computed"), err);
    if (!st)
        st = take_answers(s, answers, err);
    return st ? st : take_croissant(s, from, err);
}

mien_status mien_datasheet_read(const uint8_t *bytes, size_t n,
                                mien_datasheet **out, mien_error *err)
{
    json_t *from = NULL;
    mien_datasheet *s = NULL;
    mien_status st =
        mi_json_read("", bytes, n, MIEN_DATASHEET_MAX_BYTES, &from, err);
    if (!st)
        st = mien_datasheet_new(&s, err);
    if (!st)
        st = take(s, from, err);
    json_decref(from);
    if (st)
        mien_datasheet_free(s);
    else
        *out = s;
    return st;
}
