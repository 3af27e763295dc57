/* csv_read.c: CSV files into tables, whole. */
#include "table/csv.h"
#include "table/csv_mend.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void mi_csv_point(mi_csv_layout *l, const mien_table *t)
{
    for (int s = 0; s < l->wanted; s++) {
        l->place[l->from[s]].number = t->column[s].number;
        l->place[l->from[s]].text = t->column[s].text;
    }
}

mien_status mi_csv_table_new(const mi_csv_layout *l, int64_t rows,
                             mien_table **out, mien_error *err)
{
    mien_table *t = NULL;
    mien_status st = mi_table_new(rows, l->wanted, &t, err);
    for (int s = 0; s < l->wanted && st == MIEN_OK; s++)
        st = mi_table_set(t, s, l->head->column[l->from[s]].name,
                          l->head->column[l->from[s]].type, err);
    if (st == MIEN_OK) {
        t->row = mi_alloc_raw((size_t)rows, sizeof *t->row);
        if (!t->row)
            st = mi_fail(err, MIEN_ENOMEM, "csv: %lld rows", (long long)rows);
    }
    if (st != MIEN_OK) {
        mien_table_free(t);
        return st;
    }
    *out = t;
    return MIEN_OK;
}

/* Columns taken for numbers that are not become texts, and all others are
 * passed over; how many there are, or -1 when there is no memory. */
static int change_types(mi_csv_job *job, mi_csv_layout *l)
{
    int changed = 0, run = 0;
    for (int c = l->head->columns - 1; c >= 0; c--) {
        run = job->other[c] ? 0 : run + 1;
        l->place[c].run = run;
        l->place[c].kind = run ? MI_CSV_SKIP : MI_CSV_TEXT;
        if (run)
            continue;
        mi_column *column = &job->t->column[l->place[c].slot];
        mi_free(column->number);
        column->number = NULL;
        column->type = MIEN_COLUMN_TEXT;
        column->text = mi_alloc_raw((size_t)job->rows, sizeof *column->text);
        if (!column->text)
            return -1;
        for (int lane = 0; lane < job->lanes; lane++)
            job->missing[(size_t)lane * job->stride + (size_t)c] = 0;
        changed++;
    }
    return changed;
}

/* Read all rows, again where a column of numbers turns out to hold texts. */
static mien_status read_rows(mi_csv_job *job, mi_csv_layout *l, mien_pool *pool,
                             mien_error *err)
{
    mi_csv_point(l, job->t);
    mien_status st = mi_csv_job_run(job, pool, err);
    if (st != MIEN_OK)
        return st;
    int changed = change_types(job, l);
    if (changed < 0)
        return mi_fail(err, MIEN_ENOMEM, "csv: %lld rows",
                       (long long)job->rows);
    if (changed > 0) {
        mi_csv_point(l, job->t);
        st = mi_csv_job_run(job, pool, err);
    }
    if (st == MIEN_OK)
        mi_csv_job_finish(job);
    return st;
}

/* Bytes on their way into a table, and what there is to say of them. */
typedef struct reading {
    const mien_csv_options *o; /* the caller's, or told */
    mien_csv_options told;     /* with what the file's first line says */
    const uint8_t *bytes;      /* [n] the caller's, or own */
    size_t n;
    mien_bytes own;
    mien_buffer notes;
    int recode; /* 1: the bytes are no UTF-8 */
    int mended; /* 1: fields were written anew, quotes are " */
} reading;

/* The bytes are what b holds from now on. */
static mien_status take_bytes(reading *r, mien_buffer *b, mien_error *err)
{
    mien_bytes own = {0};
    mien_status st = mien_buffer_give(b, &own, err);
    if (st)
        return st;
    mien_bytes_free(&r->own);
    r->own = own;
    r->bytes = own.data;
    r->n = own.n;
    return MIEN_OK;
}

/* Are bytes that are no ASCII UTF-8, if they have to be?  The header is not in
 * the chunks. */
static mien_status check_encoding(reading *r, const mi_csv_job *job,
                                  mien_error *err)
{
    int high = 0, asked = r->o->encoding;
    for (int i = 0; i < job->chunks; i++)
        high |= job->chunk[i].high;
    size_t head = (size_t)(job->start - (const char *)r->bytes);
    size_t n = high ? r->n : head, bad = mi_utf8_bad(r->bytes, n);
    if (bad == n)
        return MIEN_OK;
    r->recode = asked == MIEN_ENCODING_ANY && !r->o->strict;
    if (!r->recode && asked != MIEN_ENCODING_UTF8)
        return MIEN_OK;
    const char *start = (const char *)r->bytes;
    return mi_fail(err, MIEN_EFORMAT, "csv: line %lld: bytes that are no UTF-8",
                   (long long)mi_csv_lines(start, start + bad) + 1);
}

/* Leave out the last columns that have neither name nor values; those that have
 * values keep the names made for them. */
static void cut_unnamed(const mi_csv_layout *l, mien_table *t, mien_buffer *out)
{
    int first = l->head->columns - l->unnamed, left = l->head->columns;
    if (t->columns == left)
        while (left > first && left > 1 &&
               mien_table_column(t, left - 1).missing == t->rows)
            left--;
    if (left - first == 1)
        mien_buffer_printf(out, "column %d has no name: read as '%s'\n", left,
                           l->head->column[first].name);
    else if (left > first)
        mien_buffer_printf(out,
                           "columns %d to %d have no names: read as '%s' to "
                           "'%s'\n",
                           first + 1, left, l->head->column[first].name,
                           l->head->column[left - 1].name);
    int n = l->head->columns - left;
    if (n == 0)
        return;
    if (n == 1)
        mien_buffer_puts(out, "the last column has");
    else
        mien_buffer_printf(out, "the last %d columns have", n);
    mien_buffer_puts(out, " neither name nor values: left out\n");
    mi_table_cut(t, left);
}

/* Say all that is to be said of a table. */
static mien_status put_notes(reading *r, mi_csv_layout *l, mien_table *t,
                             mien_error *err)
{
    cut_unnamed(l, t, &l->notes);
    mien_buffer_put(&r->notes, l->notes.data, l->notes.n);
    mi_csv_hint(t, r->o, &r->notes);
    if (!r->notes.n)
        return MIEN_OK;
    mien_buffer_put(&r->notes, "", 1);
    if (r->notes.failed || l->notes.failed)
        return mi_no_memory(err);
    t->notes = (char *)r->notes.data;
    r->notes = (mien_buffer){0};
    return MIEN_OK;
}

/* Read the bytes as they are. */
static mien_status read_bytes(reading *r, mien_table **out, mien_error *err)
{
    mi_csv_layout l = {0};
    mi_csv_job job = {0};
    mien_table *t = NULL;
    const char *start = (const char *)r->bytes;
    mien_status st = mi_csv_layout_read(r->bytes, r->n, 1, r->o, &l, err);
    if (st != MIEN_OK)
        return st;
    st = mi_csv_job_new(&l, start + l.data, start + r->n, 1, r->o->pool, &job,
                        err);
    if (st == MIEN_OK)
        st = check_encoding(r, &job, err);
    if (st == MIEN_OK)
        st = mi_csv_table_new(&l, job.rows, &t, err);
    if (st == MIEN_OK) {
        t->bytes = r->bytes;
        t->n = r->n;
        t->header = l.header;
        t->dates = r->o->dates;
        job.t = t;
        st = read_rows(&job, &l, r->o->pool, err);
    }
    if (st == MIEN_OK && !r->o->strict)
        st = put_notes(r, &l, t, err);
    mi_csv_job_done(&job);
    mi_csv_layout_done(&l);
    if (st == MIEN_OK)
        *out = t;
    else
        mien_table_free(t);
    return st;
}

/* ---- bytes as they lie about ----------------------------------------------
 */

/* Bytes of another encoding as UTF-8. */
static mien_status recode(reading *r, mien_encoding from, mien_error *err)
{
    static const char *const names[] = {"", "", "UTF-16", "CP1252",
                                        "ISO 8859-1"};
    mien_buffer b = {0};
    mien_status st = mi_csv_recode(r->bytes, r->n, from, &b, err);
    if (st)
        mien_buffer_free(&b);
    else
        st = take_bytes(r, &b, err);
    if (!st && from != r->o->encoding)
        mien_buffer_printf(
            &r->notes, "the bytes are no UTF-8: read as %s%s\n", names[from],
            from == MIEN_ENCODING_UTF16 ? "" : "; --encoding names another");
    return st;
}

/* The first line that is neither passed over nor a comment. */
static const char *pass_lines(const char *p, const char *end, int skip,
                              char comment)
{
    while (p < end && (skip > 0 || (comment && *p == comment))) {
        while (p < end && *p != '\n')
            p++;
        p += p < end;
        skip -= skip > 0;
    }
    return p;
}

/* Write fields anew: without comments, with other quotes, or, lenient, as they
 * may be meant. */
static mien_status mend(reading *r, int lenient, mien_error *err)
{
    const mien_csv_options *o = r->o;
    const char *start = (const char *)r->bytes, *end = start + r->n;
    char quote = (char)(o->quote && !r->mended ? o->quote : '"');
    char delimiter = o->delimiter;
    if (!delimiter)
        delimiter =
            mi_csv_delimiter(pass_lines(start, end, o->skip, o->comment), end);
    if (delimiter == quote)
        return mi_fail(err, MIEN_EARG,
                       "csv: '%c' cannot be both the delimiter and the quote",
                       delimiter);
    const mi_csv_mending how = {delimiter,
                                (char)(quote == MIEN_CSV_NO_QUOTE ? 0 : quote),
                                o->comment, o->skip, lenient};
    mien_buffer b = {0};
    mi_csv_bent bent;
    mien_status st = mi_csv_mend(start, end, &how, &b, &bent, err);
    if (st)
        mien_buffer_free(&b);
    else
        st = take_bytes(r, &b, err);
    r->mended = 1;
    if (st || !lenient)
        return st;
    if (bent.quotes)
        mien_buffer_printf(&r->notes,
                           "%lld fields have quotes that are not around all of "
                           "them, the first in line %lld: read as they stand\n",
                           (long long)bent.quotes, (long long)bent.first);
    if (bent.head)
        mien_buffer_puts(&r->notes,
                         "the header ends with a delimiter too many: left "
                         "out\n");
    if (bent.ends)
        mien_buffer_printf(
            &r->notes, "%lld rows end with a delimiter too many: left out\n",
            (long long)bent.ends);
    return MIEN_OK;
}

/* What has to be done before the bytes can be read at all. */
static mien_status prepare(reading *r, mien_error *err)
{
    const mien_csv_options *o = r->o;
    mien_status st = mi_csv_refuse(r->bytes, r->n, err);
    while (!o->strict && r->n > 1 && r->bytes[r->n - 1] == 0x1a)
        r->n--; /* DOS ends a text so */
    mien_encoding from = o->encoding;
    if (from == MIEN_ENCODING_ANY && !o->strict && mi_utf16_of(r->bytes, r->n))
        from = MIEN_ENCODING_UTF16;
    if (!st && from > MIEN_ENCODING_UTF8)
        st = recode(r, from, err);
    char said = (char)(st || o->strict || o->skip || o->delimiter
                           ? 0
                           : mi_csv_said_delimiter(r->bytes, r->n));
    if (said) {
        r->told = *o;
        r->told.delimiter = said;
        r->told.skip = 1;
        r->o = &r->told;
        mien_buffer_printf(&r->notes,
                           "the first line says that '%c' stands "
                           "between values\n",
                           said);
    }
    if (!st && (o->comment || (o->quote && o->quote != '"')))
        st = mend(r, 0, err);
    return st;
}

/* Add to an error what may cure it: lines before the header, or comments. */
static void hint_at_lines(const reading *r, mien_error *err)
{
    const char *start = (const char *)r->bytes, *end = start + r->n, *p = start;
    size_t n = strlen(err->text), room = sizeof err->text - n;
    int fields[16] = {0}, lines = 0, most = 0;
    if (r->n && !r->o->comment && (*start == '#' || *start == '%')) {
        snprintf(err->text + n, room,
                 "; --comment '%c' passes over lines that begin with it",
                 *start);
        return;
    }
    char delimiter = (char)(r->o->delimiter ? r->o->delimiter : ',');
    for (; lines < 16 && p < end; lines++, p += p < end) {
        const char *line = p;
        for (; p < end && *p != '\n'; p++)
            fields[lines] += *p == delimiter;
        fields[lines] += p > line && p[-1] != '\r' ? 1 : p - line > 1;
        most = fields[lines] > fields[most] ? lines : most;
    }
    if (most > 0 && most + 1 < lines && fields[most + 1] == fields[most])
        snprintf(err->text + n, room,
                 "; --skip %d passes over the lines before the header", most);
}

/* Read; what fails is tried again as it may be meant. */
static mien_status read_any(reading *r, mien_table **out, mien_error *err)
{
    mien_error why = {0}, again = {0};
    mien_status st = prepare(r, err);
    if (st)
        return st;
    st = read_bytes(r, out, &why);
    if (st && r->recode) {
        st = recode(r, MIEN_ENCODING_CP1252, &why);
        r->recode = 0;
        if (!st)
            st = read_bytes(r, out, &why);
    }
    int can = st == MIEN_EFORMAT && !r->o->strict;
    if (can && !r->o->skip)
        hint_at_lines(r, &why);
    if (can && !mend(r, 1, &again) && !read_bytes(r, out, &again))
        st = MIEN_OK;
    if (st && err)
        *err = why;
    return again.status == MIEN_ENOMEM ? mi_no_memory(err) : st;
}

mien_status mien_csv_read(const uint8_t *bytes, size_t n,
                          const mien_csv_options *options, mien_table **out,
                          mien_error *err)
{
    assert(out && (bytes || n == 0));
    mien_csv_options usual = MIEN_CSV_DEFAULTS;
    reading r = {.o = options ? options : &usual, .bytes = bytes, .n = n};
    mien_status st = read_any(&r, out, err);
    if (!st && r.own.data) {
        (*out)->own = r.own;
        r.own = (mien_bytes){0};
    }
    mien_bytes_free(&r.own);
    mien_buffer_free(&r.notes);
    return st;
}
