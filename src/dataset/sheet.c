/* sheet.c: a sheet of data: its answers, and whether a model may learn. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

mien_status mien_datasheet_new(mien_datasheet **out, mien_error *err)
{
    mien_datasheet *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    *out = s;
    return MIEN_OK;
}

void mien_datasheet_free(mien_datasheet *s)
{
    for (int i = 0; s && i < MI_SHEET_QUESTIONS_MAX; i++) {
        mi_free(s->answer[i]);
        mi_free(s->computed[i]);
        mi_free(s->proposed[i]);
    }
    if (s) {
        mi_free(s->source);
        mi_free(s->differences);
        mi_free(s->left_out);
        mi_free(s->name);
        mi_free(s->group);
    }
    mi_free(s);
}

/* ---- answers ------------------------------------------------------------- */

/* Name the question that was meant. */
static mien_status no_question(const char *key, mien_error *err)
{
    const char *names[MI_SHEET_QUESTIONS_MAX];
    const mien_datasheet_question *q = NULL;
    int n = 0;
    while ((q = mien_datasheet_question_at(n)))
        names[n++] = q->key;
    const char *near = mien_text_nearest(key, names, n);
    return mi_fail(err, MIEN_EARG, "no question '%.40s'%s%s%s", key,
                   near ? "; is it '" : "", near ? near : "", near ? "'?" : "");
}

mien_status mi_sheet_check(const char *key, const char *text, mien_error *err)
{
    size_t length = strlen(text);
    if (mi_sheet_find(key) < 0)
        return no_question(key, err);
    if (length > MIEN_DATASHEET_MAX_ANSWER)
        return mi_fail(err, MIEN_ELIMIT, "answer of %s: %zu bytes, at most %d",
                       key, length, MIEN_DATASHEET_MAX_ANSWER);
    for (int n = 0; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        if (c < 0 || (c < 32 && c != '\n') || (c >= 127 && c < 160))
            return mi_fail(err, MIEN_EARG,
                           "answer of %s: byte %d is no text of UTF-8", key,
                           (unsigned char)*text);
    }
    return MIEN_OK;
}

mien_status mi_sheet_set(mien_datasheet *s, int i, const char *text,
                         mien_error *err)
{
    char *copy = *text ? mi_text_copy(text) : NULL;
    if (*text && !copy)
        return mi_no_memory(err);
    mi_free(s->answer[i]);
    mi_free(s->proposed[i]);
    s->answer[i] = copy;
    s->proposed[i] = NULL;
    if (copy && !*s->answered)
        memcpy(s->answered, s->sha256, sizeof s->answered);
    return MIEN_OK;
}

mien_status mien_datasheet_answer(mien_datasheet *s, const char *key,
                                  const char *text, mien_error *err)
{
    mien_status st = mi_sheet_check(key, text, err);
    return st ? st : mi_sheet_set(s, mi_sheet_find(key), text, err);
}

const char *mien_datasheet_answered(const mien_datasheet *s, const char *key)
{
    int i = mi_sheet_find(key);
    return i < 0 ? NULL : s->answer[i];
}

/* ---- proposals ----------------------------------------------------------- */

int mien_datasheet_proposals(const mien_datasheet *s)
{
    int n = 0;
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++)
        n += s->proposed[i] != NULL;
    return n;
}

const char *mien_datasheet_proposal(const mien_datasheet *s, const char *key)
{
    int i = mi_sheet_find(key);
    return i < 0 ? NULL : s->proposed[i];
}

void mien_datasheet_confirm(mien_datasheet *s)
{
    int n = mien_datasheet_proposals(s);
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++) {
        if (!s->proposed[i])
            continue;
        mi_free(s->answer[i]);
        s->answer[i] = s->proposed[i];
        s->proposed[i] = NULL;
    }
    if (n && !*s->answered)
        memcpy(s->answered, s->sha256, sizeof s->answered);
}

const char *mien_datasheet_croissant_file(const mien_datasheet *s)
{
    return s->source;
}

const char *mien_datasheet_differences(const mien_datasheet *s)
{
    return s->differences ? s->differences : "";
}

const char *mien_datasheet_left_out(const mien_datasheet *s)
{
    return s->left_out ? s->left_out : "";
}

/* ---- what is asked of a sheet -------------------------------------------- */

const char *mien_datasheet_digest(const mien_datasheet *s) { return s->sha256; }

const char *mien_datasheet_name(const mien_datasheet *s)
{
    return s->name ? s->name : "";
}

int mien_datasheet_of_pictures(const mien_datasheet *s) { return s->pictures; }

int mien_datasheet_changed(const mien_datasheet *s)
{
    return *s->answered && strcmp(s->answered, s->sha256) != 0;
}

const char *mi_sheet_text(const mien_datasheet *s, const char *key)
{
    int i = mi_sheet_find(key);
    return s->answer[i] ? s->answer[i] : s->computed[i];
}

/* Is question i neither answered nor computed? */
static int is_open(const mien_datasheet *s, int i)
{
    return !s->answer[i] && !s->computed[i];
}

int mien_datasheet_open(const mien_datasheet *s, int required)
{
    const mien_datasheet_question *q = NULL;
    int n = 0;
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
        n += is_open(s, i) && (q->required || !required);
    return n;
}

mien_status mien_datasheet_gate(const mien_datasheet *s, const char *sha256,
                                mien_error *err)
{
    const mien_datasheet_question *q = NULL;
    char open[140] = "";
    int n = mien_datasheet_open(s, 1);
    if (strcmp(s->sha256, sha256) != 0)
        return mi_fail(err, MIEN_EARG,
                       "the sheet is of other data, or they have changed: its "
                       "SHA-256 is %.12s..., theirs %.12s...; mien dataset "
                       "sheet renews it",
                       s->sha256, sha256);
    if (mien_datasheet_changed(s))
        return mi_fail(err, MIEN_EARG,
                       "the data have changed since the questions were "
                       "answered; mien dataset sheet --confirm says that the "
                       "answers still hold");
    for (int i = 0; n && (q = mien_datasheet_question_at(i)); i++) {
        size_t at = strlen(open);
        if (is_open(s, i) && q->required)
            snprintf(open + at, sizeof open - at, "%s%s", at ? ", " : "",
                     q->key);
    }
    return n ? mi_fail(err, MIEN_EARG,
                       "%d required question%s open: %s; mien dataset sheet "
                       "--set %s",
                       n, n == 1 ? " is" : "s are", open, "KEY=TEXT")
             : MIEN_OK;
}
