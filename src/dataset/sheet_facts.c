/* sheet_facts.c: what was worked out of data goes into their sheet, whole or
 * not at all. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <string.h>

/* The columns of groups as fields; *out stays NULL where none are given. */
static mien_status join_groups(const mien_datasheet_data *data, char **out,
                               mien_error *err)
{
    mien_buffer b = {0};
    if (data->groups > MIEN_DATASHEET_MAX_GROUPS)
        return mi_fail(err, MIEN_EARG, "%d columns to group by, at most %d",
                       data->groups, MIEN_DATASHEET_MAX_GROUPS);
    for (int i = 0; i < data->groups; i++)
        mi_field_put(&b, data->group[i]);
    mien_buffer_put(&b, "", 1);
    if (!b.failed && data->groups)
        *out = mi_text_copy((const char *)b.data + 1);
    int failed = b.failed || (data->groups && !*out);
    mien_buffer_free(&b);
    return failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_sheet_facts_begin(mi_sheet_facts *f,
                                 const mien_datasheet_data *data,
                                 mien_error *err)
{
    f->name = mi_text_copy(data->name);
    return f->name ? join_groups(data, &f->groups, err) : mi_no_memory(err);
}

mien_buffer *mi_sheet_facts_of(mi_sheet_facts *f, const char *key)
{
    return &f->text[mi_sheet_find(key)];
}

double mi_sheet_percent(int64_t part, int64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

void mi_sheet_facts_free(mi_sheet_facts *f)
{
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++)
        mien_buffer_free(&f->text[i]);
    mi_free(f->name);
    mi_free(f->groups);
}

/* End the texts. */
static mien_status end_texts(mi_sheet_facts *f, mien_error *err)
{
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++) {
        if (f->text[i].n)
            mien_buffer_put(&f->text[i], "", 1);
        if (f->text[i].failed)
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

/* What was compared with other data, or an earlier state of them, holds no more
 * for these. */
static mien_status take_back(mien_datasheet *s, const char *sha256,
                             mien_error *err)
{
    if (!s->source || strcmp(s->sha256, sha256) == 0)
        return MIEN_OK;
    char *line = mi_text_copy("the data have changed since it was compared "
                              "with them\n");
    if (!line)
        return mi_no_memory(err);
    mi_free(s->differences);
    s->differences = line;
    return MIEN_OK;
}

mien_status mi_sheet_facts_take(mien_datasheet *s, mi_sheet_facts *f,
                                const char *sha256, int confirm,
                                mien_error *err)
{
    int answers = 0;
    mien_status st = end_texts(f, err);
    if (!st)
        st = take_back(s, sha256, err);
    if (st)
        return st;
    for (int i = 0; i < MI_SHEET_QUESTIONS_MAX; i++) {
        mi_free(s->computed[i]);
        s->computed[i] = (char *)f->text[i].data;
        f->text[i] = (mien_buffer){0};
        answers |= s->answer[i] != NULL;
    }
    mi_free(s->name);
    s->name = f->name;
    if (f->groups) {
        mi_free(s->group);
        s->group = f->groups;
    }
    f->name = f->groups = NULL;
    s->pictures = f->pictures;
    s->rows = f->rows;
    s->columns = f->columns;
    memcpy(s->sha256, sha256, sizeof s->sha256);
    if (confirm || !answers || !*s->answered)
        memcpy(s->answered, s->sha256, sizeof s->answered);
    if (!answers)
        *s->answered = 0;
    return MIEN_OK;
}
