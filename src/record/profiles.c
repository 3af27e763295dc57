/* profiles.c: known people of files, and as files.
 *
 * A file is gone through twice: first everything is checked, then people get
 * it, so that a file with a mistake changes nothing.
 *
 * Source: face-api.js 1.7.15, LabeledFaceDescriptors.toJSON,
 * FaceMatcher.toJSON; a Float32Array that JSON.stringify wrote is an object:
 * {"0": ..., "1": ...}. */
#include "mien/record_profiles.h"

#include "base/error.h"
#include "base/json_read.h"
#include "mien/json.h"
#include "record/basis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where in a file something is. */
typedef struct place {
    const char *name;           /* of the profile; NULL: its number tells */
    size_t profile, descriptor; /* from 1; 0: none */
} place;

/* Who gets what is read; people NULL: it is only looked at. */
typedef struct taker {
    mien_people *people;
    const mien_profiles_choice *choice; /* NULL: all are taken */
    int numbers;                        /* of a descriptor */
} taker;

/* How many bytes of a name are shown: whole characters. */
static int shown(const char *name)
{
    int all = 0;
    for (int n = 0; name[all] && all <= 56; all += n)
        mien_utf8_next(name + all, &n);
    return all;
}

static mien_status fail(const place *at, mien_error *err, const char *words)
{
    char who[80], which[40] = "";
    if (at->name)
        snprintf(who, sizeof who, "profile \"%.*s\"", shown(at->name),
                 at->name);
    else
        snprintf(who, sizeof who, "profile %zu", at->profile);
    if (at->descriptor)
        snprintf(which, sizeof which, ", descriptor %zu", at->descriptor);
    return mi_fail(err, MIEN_EFORMAT, "%s%s: %.80s", who, which, words);
}

/* A value in words. */
static const char *kind(const json_t *v)
{
    static const char *const word[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",
        [JSON_STRING] = "a text",    [JSON_INTEGER] = "a number",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null"};
    return v ? word[json_typeof(v)] : "not there";
}

static size_t count(const json_t *list)
{
    return json_is_object(list) ? json_object_size(list)
                                : json_array_size(list);
}

static const json_t *item(const json_t *list, size_t i)
{
    char key[24];
    if (!json_is_object(list))
        return json_array_get(list, i);
    snprintf(key, sizeof key, "%zu", i);
    return json_object_get(list, key);
}

/* The numbers of one, checked. */
static mien_status read_descriptor(const json_t *list, const place *at,
                                   int numbers, float *out, mien_error *err)
{
    char words[80];
    if (!json_is_array(list) && !json_is_object(list)) {
        snprintf(words, sizeof words, "%s, wanted are %d numbers", kind(list),
                 numbers);
        return fail(at, err, words);
    }
    if (count(list) != (size_t)numbers) {
        snprintf(words, sizeof words, "%zu numbers, wanted are %d", count(list),
                 numbers);
        return fail(at, err, words);
    }
    for (size_t i = 0; i < (size_t)numbers; i++) {
        const json_t *v = item(list, i);
        out[i] = (float)json_number_value(v);
        if (json_is_number(v) && isfinite(out[i]))
            continue;
        snprintf(words, sizeof words,
                 "number %zu is %s, wanted is a finite number", i + 1,
                 json_is_number(v) ? "too large" : kind(v));
        return fail(at, err, words);
    }
    return MIEN_OK;
}

/* Is this one wanted? */
static int wanted(const taker *to, const json_t *profile, const char *name)
{
    mien_basis consent;
    const json_t *from = json_object_get(profile, "consent");
    if (!to->people || !to->choice)
        return to->people != NULL;
    return to->choice->take(to->choice->arg, name,
                            mi_basis_of(from, &consent, NULL) ? NULL
                                                              : &consent);
}

/* One person. */
static mien_status read_profile(const json_t *from, const json_t *name,
                                place at, const taker *to, mien_error *err)
{
    const json_t *list = json_object_get(from, "descriptors");
    float descriptor[MIEN_DESCRIPTOR_MOST];
    char words[80];
    if (!json_is_object(from)) {
        snprintf(words, sizeof words, "%s, wanted is an object", kind(from));
        return fail(&at, err, words);
    }
    const char *text = json_string_value(name);
    if (!text || !*text) {
        snprintf(words, sizeof words, "its name is %s, wanted is a text",
                 text ? "empty" : kind(name));
        return fail(&at, err, words);
    }
    at.name = at.name ? at.name : text;
    if (!json_is_array(list)) {
        snprintf(words, sizeof words, "descriptors is %s, wanted is a list",
                 kind(list));
        return fail(&at, err, words);
    }
    mien_status st = MIEN_OK;
    const int take = wanted(to, from, text);
    for (size_t i = 0; i < json_array_size(list) && !st; i++) {
        at.descriptor = i + 1;
        st = read_descriptor(json_array_get(list, i), &at, to->numbers,
                             descriptor, err);
        if (!st && take)
            st = mien_people_add(to->people, text, descriptor, err);
    }
    return st;
}

static mien_status read_labeled(const json_t *list, const taker *to,
                                mien_error *err)
{
    mien_status st = MIEN_OK;
    for (size_t i = 0; i < json_array_size(list) && !st; i++) {
        const json_t *one = json_array_get(list, i);
        const json_t *label = json_object_get(one, "label");
        st = read_profile(one, label, (place){NULL, i + 1, 0}, to, err);
    }
    return st;
}

/* {KEY: {"name", "descriptors"}}; without a name the key is it. */
static mien_status read_keyed(json_t *all, const taker *to, mien_error *err)
{
    mien_status st = MIEN_OK;
    const char *key;
    json_t *one;
    if (!json_object_size(all))
        return mi_fail(err, MIEN_EFORMAT, "no profiles, an empty object");
    json_object_foreach(all, key, one)
    {
        json_t *name = json_object_get(one, "name");
        json_t *own = name ? NULL : json_string(key);
        st = read_profile(one, name ? name : own, (place){key, 0, 0}, to, err);
        json_decref(own);
        if (st)
            break;
    }
    return st;
}

/* The whole file. */
static mien_status read_all(json_t *root, const taker *to, mien_error *err)
{
    const json_t *list = json_object_get(root, "labeledDescriptors");
    const json_t *label = json_object_get(root, "label");
    if (json_is_array(root))
        return read_labeled(root, to, err);
    if (json_is_array(list))
        return read_labeled(list, to, err);
    if (json_is_string(label) &&
        json_is_array(json_object_get(root, "descriptors")))
        return read_profile(root, label, (place){NULL, 1, 0}, to, err);
    return read_keyed(root, to, err);
}

static mien_status read_threshold(const json_t *root, float *out,
                                  mien_error *err)
{
    const json_t *v = json_object_get(root, "distanceThreshold");
    double t = json_number_value(v);
    if (!v || !json_is_array(json_object_get(root, "labeledDescriptors")))
        return MIEN_OK;
    if (!json_is_number(v) || !(t >= 0 && t <= 4))
        return mi_fail(err, MIEN_EFORMAT,
                       "distanceThreshold is %g (%s), wanted is 0 to 4", t,
                       kind(v));
    *out = (float)t;
    return MIEN_OK;
}

/* The profile in which a text stops being JSON: its name, with quotes, which
 * was given last before that place; 0 bytes: none was. */
static int last_name(const char *text, size_t n, const char **out)
{
    static const char *const key[] = {"\"label\"", "\"name\""};
    for (size_t at = n; at-- > 0;)
        for (int k = 0; k < 2; k++) {
            size_t len = strlen(key[k]), from = at + len;
            if (n - at < len || memcmp(text + at, key[k], len) != 0)
                continue;
            while (from < n && strchr(" :\t\r\n", text[from]))
                from++;
            size_t end = from + 1;
            while (end < n && end < from + 60 && text[end] != '"')
                end++;
            if (end >= n || text[from] != '"' || text[end] != '"')
                continue;
            *out = text + from;
            return (int)(end + 1 - from);
        }
    return 0;
}

static mien_status fail_text(const char *text, size_t n,
                             const json_error_t *why, mien_error *err)
{
    size_t at = why->position > 0 ? (size_t)why->position : 0;
    const char *name = "";
    int len = last_name(text, at < n ? at : n, &name);
    return mi_fail(err, MIEN_EFORMAT, "%s%.*s%sline %d, column %d: %.80s",
                   len ? "profile " : "", len, name, len ? ", " : "", why->line,
                   why->column, why->text);
}

mien_status mien_profiles_read(const uint8_t *bytes, size_t n,
                               mien_people *people, float *threshold,
                               mien_error *err)
{
    return mien_profiles_choose(bytes, n, NULL, people, threshold, err);
}

mien_status mien_profiles_choose(const uint8_t *bytes, size_t n,
                                 const mien_profiles_choice *choice,
                                 mien_people *people, float *threshold,
                                 mien_error *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    json_error_t why;
    float t = threshold ? *threshold : 0;
    if (n > MIEN_PROFILES_MAX_BYTES)
        return mi_fail(err, MIEN_ELIMIT, "%zu bytes of profiles, at most %zu",
                       n, MIEN_PROFILES_MAX_BYTES);
    if (n >= 3 && memcmp(bytes, bom, 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    if (!n)
        return mi_fail(err, MIEN_EFORMAT, "0 bytes, wanted is JSON");
    json_t *root;
    mien_status st = mi_json_parse(bytes, n, &root, &why);
    if (st == MIEN_ENOMEM)
        return mi_fail(err, st, "profiles of %zu bytes", n);
    if (st)
        return fail_text((const char *)bytes, n, &why, err);
    st = read_threshold(root, &t, err);
    taker to = {NULL, NULL,
                mien_describer_numbers(mien_people_describer(people))};
    if (!st)
        st = read_all(root, &to, err);
    to.people = people;
    to.choice = choice;
    if (!st)
        st = read_all(root, &to, err);
    json_decref(root);
    if (!st && threshold)
        *threshold = t;
    return st;
}

/* ---- writing ------------------------------------------------------------- */

/* One profile, of either shape. */
static void write_person(mien_json *j, const mien_people *p, int i, int keyed)
{
    const char *name = mien_people_name(p, i);
    const int numbers = mien_describer_numbers(mien_people_describer(p));
    const float *d;
    mien_json_object(j, keyed ? name : NULL);
    mien_json_text(j, keyed ? "name" : "label", name);
    mien_json_array(j, "descriptors");
    for (int n = 0; (d = mien_people_descriptor(p, i, n)); n++) {
        mien_json_array(j, NULL);
        for (int k = 0; k < numbers; k++)
            mien_json_real(j, NULL, (double)d[k], 9);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

void mien_record_profiles(const mien_people *people, mien_profiles_form form,
                          float threshold, mien_buffer *out)
{
    const int keyed = form == MIEN_PROFILES_KEYED;
    mien_json j = mien_json_on(out, 0);
    if (form == MIEN_PROFILES_MATCHER) {
        mien_json_object(&j, NULL);
        mien_json_real(&j, "distanceThreshold", (double)threshold, 9);
        mien_json_array(&j, "labeledDescriptors");
    } else if (keyed) {
        mien_json_object(&j, NULL);
    } else {
        mien_json_array(&j, NULL);
    }
    for (int i = 0; i < mien_people_count(people); i++)
        write_person(&j, people, i, keyed);
    if (form == MIEN_PROFILES_MATCHER)
        mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
