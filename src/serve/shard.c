/* shard.c: what servers say to each other about faces, as JSON. */
#include "serve/shard.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/json_read.h"
#include "mien/json.h"
#include "serve/keys.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of its descriptors, and of one. */
static size_t bytes_of(const mi_shard_question *q)
{
    return (size_t)q->n * (size_t)q->numbers * sizeof(float);
}

static size_t row_of(const mi_shard_question *q)
{
    return (size_t)q->numbers * sizeof(float);
}

/* ---- questions ----------------------------------------------------------- */

/* The descriptors in base64, overwritten and released by the caller; NULL:
 * memory ended. */
static char *descriptors_text(const mi_shard_question *q, size_t *room)
{
    mien_buffer raw = {0};
    size_t n = bytes_of(q);
    *room = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = mi_alloc(*room, 1);
    for (int i = 0; text && i < q->n * q->numbers; i++)
        mi_buffer_f32le(&raw, q->descriptor[i]);
    if (text && !raw.failed)
        sodium_bin2base64(text, *room, raw.data, raw.n,
                          sodium_base64_VARIANT_ORIGINAL);
    if (raw.failed) {
        mi_free(text);
        text = NULL;
    }
    if (raw.data)
        sodium_memzero(raw.data, raw.n);
    mien_buffer_free(&raw);
    return text;
}

void mi_shard_question_write(const mi_shard_question *q, mien_buffer *out)
{
    char number[32];
    size_t room;
    char *text = descriptors_text(q, &room);
    if (!text) {
        out->failed = 1;
        return;
    }
    snprintf(number, sizeof number, "%.9g", (double)q->threshold);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "model", q->model);
    mien_json_text(&j, "threshold", number);
    mien_json_text(&j, "day", q->day);
    mien_json_text(&j, "descriptors", text);
    mien_json_close(&j);
    sodium_memzero(text, room);
    mi_free(text);
}

/* A text of a body. */
static mien_status text_of(const mi_body *b, const char *name, char *out,
                           size_t size, mien_error *err)
{
    const mi_form_field *f = mi_body_find(b, name);
    if (!f || f->n >= size || memchr(f->data, 0, f->n))
        return mi_fail(err, MIEN_EFORMAT,
                       "%s: wanted is a text of at most %zu bytes", name,
                       size - 1);
    memcpy(out, f->data, f->n);
    out[f->n] = 0;
    return MIEN_OK;
}

/* The descriptors of a body. */
static mien_status read_rows(const mi_body *b, mi_shard_question *q,
                             mien_error *err)
{
    const mi_form_field *f = mi_body_find(b, "descriptors");
    size_t room = f ? f->n / 4 * 3 + 3 : 0, n = 0;
    if (!f || !f->n)
        return mi_fail(err, MIEN_EFORMAT, "descriptors: there are none");
    uint8_t *raw = mi_alloc(room, 1);
    if (!raw)
        return mi_no_memory(err);
    mien_status st = MIEN_OK;
    if (sodium_base642bin(raw, room, (const char *)f->data, f->n, NULL, &n,
                          NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        st = mi_fail(err, MIEN_EFORMAT, "descriptors: no base64");
    else if (n == 0 || n % row_of(q))
        st = mi_fail(err, MIEN_EFORMAT,
                     "descriptors: %zu bytes, wanted are %zu for each face", n,
                     row_of(q));
    else if (n / row_of(q) > MI_SHARD_FACES)
        st = mi_fail(err, MIEN_ELIMIT, "descriptors: %zu faces, at most %d",
                     n / row_of(q), MI_SHARD_FACES);
    if (!st) {
        q->n = (int)(n / row_of(q));
        q->descriptor = mi_alloc(n, 1);
        st = q->descriptor ? MIEN_OK : mi_no_memory(err);
    }
    mi_cursor c = mi_cursor_of(raw, n);
    for (int i = 0; !st && i < q->n * q->numbers; i++) {
        q->descriptor[i] = mi_cursor_f32le(&c);
        if (!isfinite(q->descriptor[i]))
            st = mi_fail(err, MIEN_EFORMAT,
                         "descriptors: number %d is not finite", i);
    }
    sodium_memzero(raw, room);
    mi_free(raw);
    return st;
}

mien_status mi_shard_question_read(const mi_body *b, const char *model,
                                   int numbers, mi_shard_question *out,
                                   mien_error *err)
{
    mi_shard_question q = {.numbers = numbers};
    char number[32], *end = NULL;
    mien_status st = text_of(b, "model", q.model, sizeof q.model, err);
    if (!st && !mien_is_sha256(q.model))
        st = mi_fail(err, MIEN_EFORMAT, "model: wanted is a SHA-256");
    if (!st && strcmp(q.model, model) != 0)
        st = mi_fail(err, MIEN_EUNSUP,
                     "model: the faces of this server are described by another "
                     "network");
    if (!st)
        st = text_of(b, "day", q.day, sizeof q.day, err);
    if (!st)
        st = text_of(b, "threshold", number, sizeof number, err);
    if (!st)
        q.threshold = strtof(number, &end);
    if (!st && (!*number || *end || !(q.threshold > 0 && q.threshold <= 4)))
        st = mi_fail(err, MIEN_EFORMAT,
                     "threshold: wanted is a number above 0, at most 4");
    if (!st)
        st = read_rows(b, &q, err);
    if (st)
        mi_shard_question_free(&q);
    else
        *out = q;
    return st;
}

void mi_shard_question_free(mi_shard_question *q)
{
    if (q->descriptor)
        sodium_memzero(q->descriptor, bytes_of(q));
    mi_free(q->descriptor);
    *q = (mi_shard_question){0};
}

/* ---- answers ------------------------------------------------------------- */

void mi_shard_answers_write(const mi_shard_question *q,
                            const mien_shard_answer *answer, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    for (int i = 0; i < q->n; i++) {
        const mien_shard_answer *a = &answer[i];
        mien_json_object(&j, NULL);
        if (a->distance < q->threshold) {
            mien_json_text(&j, "subject", a->never ? NULL : a->name);
            mien_json_real(&j, "distance", (double)a->distance, 0);
        }
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_int(&j, "compared", answer[0].compared);
    mien_json_int(&j, "incomparable", answer[0].incomparable);
    mien_json_close(&j);
}

size_t mi_shard_answers_most(int n)
{
    enum { HEAD = 200, EACH = 100 }; /* a name's bytes may be \u00xx each */
    return HEAD + (size_t)n * (EACH + 6 * MIEN_GALLERY_NAME);
}

/* Read a count of people. */
static mien_status read_count(json_t *root, const char *name, int *out,
                              mien_error *err)
{
    const json_t *v = json_object_get(root, name);
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    if (n < 0 || n > MIEN_GALLERY_MAX_PEOPLE)
        return mi_fail(err, MIEN_EFORMAT, "answer: %s is no count of people",
                       name);
    *out = (int)n;
    return MIEN_OK;
}

/* Read what is said of face i. */
static mien_status read_one(json_t *item, int i, float threshold,
                            mien_shard_answer *out, mien_error *err)
{
    const json_t *name = json_object_get(item, "subject");
    const json_t *far = json_object_get(item, "distance");
    const char *text = json_string_value(name);
    float distance = (float)json_number_value(far);
    out->distance = NAN;
    if (!json_is_object(item))
        return mi_fail(err, MIEN_EFORMAT, "answer: face %d is no object", i);
    if (!name && !far)
        return MIEN_OK;
    if (!json_is_number(far) || !(distance >= 0 && distance < threshold))
        return mi_fail(err, MIEN_EFORMAT,
                       "answer: the distance of face %d is not 0 to %g", i,
                       (double)threshold);
    if (!json_is_null(name) &&
        (!text || !*text || strlen(text) != json_string_length(name) ||
         !mi_serve_is_plain(text, sizeof out->name)))
        return mi_fail(err, MIEN_EFORMAT,
                       "answer: the subject of face %d is no name", i);
    out->distance = distance;
    out->never = !text;
    snprintf(out->name, sizeof out->name, "%s", text ? text : "");
    return MIEN_OK;
}

/* Read all of an answer into out, which has room. */
static mien_status read_all(json_t *root, int n, float threshold,
                            mien_shard_answer *out, mien_error *err)
{
    json_t *result = json_object_get(root, "result");
    int compared = 0, incomparable = 0;
    if (!json_is_array(result) || json_array_size(result) != (size_t)n)
        return mi_fail(err, MIEN_EFORMAT, "answer: not of %d faces", n);
    mien_status st = read_count(root, "compared", &compared, err);
    if (!st)
        st = read_count(root, "incomparable", &incomparable, err);
    for (int i = 0; !st && i < n; i++) {
        out[i] = (mien_shard_answer){.asked = 1,
                                     .answered = 1,
                                     .compared = compared,
                                     .incomparable = incomparable};
        st = read_one(json_array_get(result, (size_t)i), i, threshold, &out[i],
                      err);
    }
    return st;
}

mien_status mi_shard_answers_read(const uint8_t *bytes, size_t size, int n,
                                  float threshold, mien_shard_answer *out,
                                  mien_error *err)
{
    json_t *root = NULL;
    mien_shard_answer *all = NULL;
    mien_status st = mi_json_read("answer", bytes, size,
                                  mi_shard_answers_most(n), &root, err);
    if (!st) {
        all = mi_alloc((size_t)n + 1, sizeof *all);
        st = all ? read_all(root, n, threshold, all, err) : mi_no_memory(err);
    }
    if (!st)
        memcpy(out, all, (size_t)n * sizeof *out);
    mi_free(all);
    json_decref(root);
    return st;
}
