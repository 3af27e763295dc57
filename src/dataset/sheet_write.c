/* sheet_write.c: a sheet as JSON, and as a card. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"
#include "mien/json.h"

#include <stdio.h>
#include <string.h>

/* Texts by the keys of their questions. */
static void texts_json(mien_json *j, const char *key, char *const *text)
{
    const mien_datasheet_question *q = NULL;
    mien_json_object(j, key);
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
        if (text[i])
            mien_json_text(j, q->key, text[i]);
    mien_json_close(j);
}

/* The columns of groups. */
static void groups_json(const mien_datasheet *s, mien_json *j)
{
    char *field[MIEN_DATASHEET_MAX_GROUPS];
    char *copy = s->group ? mi_text_copy(s->group) : NULL;
    int n = copy ? mi_field_split(copy, field, MIEN_DATASHEET_MAX_GROUPS) : 0;
    mien_json_array(j, "groups");
    for (int i = 0; i < n; i++)
        mien_json_text(j, NULL, field[i]);
    mien_json_close(j);
    j->out->failed |= s->group && !copy;
    mi_free(copy);
}

/* What a Croissant file proposed, and how it fits. */
static void croissant_json(const mien_datasheet *s, mien_json *j)
{
    if (!s->source)
        return;
    texts_json(j, "proposed", s->proposed);
    mien_json_object(j, "croissant");
    mien_json_text(j, "file", s->source);
    mien_json_lines(j, "differences", mien_datasheet_differences(s),
                    strlen(mien_datasheet_differences(s)));
    mien_json_lines(j, "left_out", mien_datasheet_left_out(s),
                    strlen(mien_datasheet_left_out(s)));
    mien_json_close(j);
}

static const char *or_null(const char *text) { return *text ? text : NULL; }

mien_status mien_datasheet_write(const mien_datasheet *s, mien_buffer *out,
                                 mien_error *err)
{
    mien_json j = mien_json_on(out, 2);
    const mien_datasheet_question *q = NULL;
    int n = 0;
    while (mien_datasheet_question_at(n))
        n++;
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/datasheet/1");
    mien_json_object(&j, "data");
    mien_json_text(&j, "name", mien_datasheet_name(s));
    mien_json_text(&j, "sha256", or_null(s->sha256));
    mien_json_int(&j, s->pictures ? "pictures" : "rows", s->rows);
    if (!s->pictures)
        mien_json_int(&j, "columns", s->columns);
    mien_json_text(&j, "answered_sha256", or_null(s->answered));
    groups_json(s, &j);
    mien_json_close(&j);
    mien_json_int(&j, "questions", n);
    mien_json_int(&j, "open", mien_datasheet_open(s, 0));
    mien_json_array(&j, "open_required");
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
        if (q->required && !s->answer[i] && !s->computed[i])
            mien_json_text(&j, NULL, q->key);
    mien_json_close(&j);
    texts_json(&j, "answers", s->answer);
    texts_json(&j, "computed", s->computed);
    croissant_json(s, &j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}

/* ---- a card -------------------------------------------------------------- */

/* Of which data, and whether they have changed. */
static void put_data(const mien_datasheet *s, mien_card *c)
{
    mien_buffer b = {0};
    mien_card_section(c, "data", "Data");
    if (s->pictures)
        mien_buffer_printf(&b, "%s, %lld pictures", mien_datasheet_name(s),
                           (long long)s->rows);
    else
        mien_buffer_printf(&b, "%s, %lld rows, %lld columns",
                           mien_datasheet_name(s), (long long)s->rows,
                           (long long)s->columns);
    mien_buffer_put(&b, "", 1);
    if (!b.failed)
        mien_card_put(c, s->pictures ? "pictures" : "table",
                      s->pictures ? "Pictures" : "Table", MIEN_CARD_COMPUTED,
                      (const char *)b.data);
    b.n = 0;
    mien_card_put(c, "sha256", "SHA-256", MIEN_CARD_COMPUTED, s->sha256);
    if (mien_datasheet_changed(s)) {
        mien_buffer_printf(&b,
                           "the %s since the questions were answered, when "
                           "%s SHA-256 was %s: do the answers still hold?",
                           s->pictures ? "pictures have changed"
                                       : "table has changed",
                           s->pictures ? "their" : "its", s->answered);
        mien_buffer_put(&b, "", 1);
        if (!b.failed)
            mien_card_put(c, "changed", "Changed", MIEN_CARD_OPEN,
                          (const char *)b.data);
    }
    mien_buffer_free(&b);
}

/* How a Croissant file fits, and what of it is not in the sheet. */
static void put_croissant(const mien_datasheet *s, mien_card *c)
{
    if (!s->source)
        return;
    mien_card_put(c, "croissant", "Croissant file that was read",
                  MIEN_CARD_COMPUTED, s->source);
    mien_card_lines(c, "differences", "Compared with the data",
                    mien_datasheet_differences(s));
    mien_card_lines(c, "left_out", "In it, but asked by no question",
                    mien_datasheet_left_out(s));
}

/* What somebody else proposed: beside what was computed, or still open.  0:
 * memory ended. */
static int put_proposal(const mien_datasheet *s, int i, const char *title,
                        mien_card *c)
{
    mien_buffer b = {0};
    mien_buffer_printf(&b, "from %s, not confirmed: %s", s->source,
                       s->proposed[i]);
    mien_buffer_put(&b, "", 1);
    int good = !b.failed;
    if (good)
        mien_card_put(c, mien_datasheet_question_at(i)->key, title,
                      s->computed[i] ? MIEN_CARD_STATED : MIEN_CARD_OPEN,
                      (const char *)b.data);
    mien_buffer_free(&b);
    return good;
}

/* A question: what was computed and what was answered, or that it is open.  0:
 * memory ended. */
static int put_question(const mien_datasheet *s, int i, mien_card *c)
{
    const mien_datasheet_question *q = mien_datasheet_question_at(i);
    const char *answer = s->answer[i], *computed = s->computed[i];
    char title[200];
    snprintf(title, sizeof title, "%s (%s)", q->text, q->key);
    if (computed)
        mien_card_put(c, q->key, title, MIEN_CARD_COMPUTED, computed);
    if (answer)
        mien_card_put(c, q->key, title, MIEN_CARD_STATED, answer);
    if (s->proposed[i])
        return put_proposal(s, i, title, c);
    if (!answer && !computed)
        mien_card_put(c, q->key, title, MIEN_CARD_OPEN,
                      q->required ? "required before a model learns" : "");
    return 1;
}

mien_status mien_datasheet_card(const mien_datasheet *s, mien_card **out,
                                mien_error *err)
{
    const mien_datasheet_question *q = NULL;
    const char *section = "";
    mien_buffer title = {0};
    mien_card *c = NULL;
    mien_buffer_printf(&title, "Sheet of %s", mien_datasheet_name(s));
    mien_buffer_put(&title, "", 1);
    mien_status st = title.failed
                         ? mi_no_memory(err)
                         : mien_card_new("mien/datasheet-card/1",
                                         (const char *)title.data, &c, err);
    mien_buffer_free(&title);
    if (st)
        return st;
    put_data(s, c);
    put_croissant(s, c);
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++) {
        if (strcmp(q->section, section) != 0)
            mien_card_section(c, q->key, q->section);
        section = q->section;
        if (!put_question(s, i, c)) {
            mien_card_free(c);
            return mi_no_memory(err);
        }
    }
    *out = c;
    return MIEN_OK;
}
