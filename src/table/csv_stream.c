/* csv_stream.c: CSV files into tables, piece by piece. */
#include "table/csv.h"
#include "table/csv_mend.h"
#include "table/csv_scan.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

/* Are the whole rows of a start such as only mending makes readable? */
static int wants_mending(const uint8_t *bytes, size_t n,
                         const mien_csv_options *o)
{
    mien_csv_stream *s = NULL;
    mien_table *t = NULL;
    const mien_table *rows;
    size_t whole = n, used = 0, at = 0;
    while (whole && !mi_is_line_end((char)bytes[whole - 1]))
        whole--;
    whole = whole ? whole : n;
    mien_status st = mien_csv_stream_new(bytes, whole, 1, o, &at, &s, NULL);
    if (!st)
        st = mien_csv_stream_next(s, bytes + at, whole - at, 1, &used, &rows,
                                  NULL);
    mien_csv_stream_free(s);
    if (st == MIEN_EFORMAT)
        st = mien_csv_read(bytes, whole, o, &t, NULL);
    else
        return 0;
    mien_table_free(t);
    return st == MIEN_OK;
}

int mien_csv_can_stream(const uint8_t *bytes, size_t n,
                        const mien_csv_options *options)
{
    mien_csv_options usual = MIEN_CSV_DEFAULTS;
    const mien_csv_options *o = options ? options : &usual;
    if (mi_csv_refuse(bytes, n, NULL) || mi_utf16_of(bytes, n) ||
        o->encoding > MIEN_ENCODING_UTF8 || o->comment ||
        (o->quote && o->quote != '"'))
        return 0;
    if (o->strict)
        return 1;
    int said = !o->skip && !o->delimiter && mi_csv_said_delimiter(bytes, n);
    int ended = n && bytes[n - 1] == 0x1a; /* as DOS ends a text */
    return !said && !ended && !wants_mending(bytes, n, o);
}

struct mien_csv_stream {
    mi_csv_layout layout;
    mien_pool *pool;
    mien_table *t;
    int64_t room;     /* rows its arrays have memory for */
    int widen;        /* 1: a column of numbers may become one of texts */
    int64_t lines;    /* used so far */
    int after_return; /* 1: the last byte used was a CR */
};

mien_status mien_csv_stream_new(const uint8_t *bytes, size_t n, int final,
                                const mien_csv_options *options, size_t *used,
                                mien_csv_stream **out, mien_error *err)
{
    assert(used && out && (bytes || n == 0));
    mien_csv_options usual = MIEN_CSV_DEFAULTS;
    const mien_csv_options *o = options ? options : &usual;
    mien_csv_stream *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_fail(err, MIEN_ENOMEM, "csv: a stream");
    s->pool = o->pool;
    mien_status st = mi_csv_layout_read(bytes, n, final, o, &s->layout, err);
    mi_csv_layout *l = &s->layout;
    if (st == MIEN_OK)
        st = mi_csv_table_new(l, 0, &s->t, err);
    char *header = NULL;
    if (st == MIEN_OK && l->header.n > 0 &&
        !(header = mi_table_room(l->head, l->header.n)))
        st = mi_fail(err, MIEN_ENOMEM, "csv: a header");
    if (st != MIEN_OK) {
        mien_csv_stream_free(s);
        return st;
    }
    if (header)
        memcpy(header, l->header.at, l->header.n);
    s->t->header = (mien_text){header, l->header.n};
    s->widen = o->widen;
    for (int c = 0; c < l->head->columns; c++)
        l->place[c].fixed |= !s->widen;
    s->lines = mi_csv_lines((const char *)bytes, (const char *)bytes + l->data);
    s->after_return = l->data > 0 && bytes[l->data - 1] == '\r';
    *used = l->data;
    *out = s;
    return MIEN_OK;
}

const mien_table *mien_csv_stream_head(const mien_csv_stream *s)
{
    return s->layout.head;
}

/* Memory for so many rows in all columns, their contents lost. */
static mien_status reserve_rows(mien_csv_stream *s, int64_t rows,
                                mien_error *err)
{
    if (rows <= s->room)
        return MIEN_OK;
    mien_table *t = NULL;
    int64_t room = rows + rows / 4;
    mien_status st = mi_csv_table_new(&s->layout, room, &t, err);
    if (st != MIEN_OK)
        return st;
    t->header = s->t->header;
    mien_table_free(s->t);
    s->t = t;
    s->room = room;
    return MIEN_OK;
}

/* Columns in which a value was no number are of texts from now on: 1, and the
 * rows have to be read again; 0: there is none. */
static int widen_columns(mien_csv_stream *s, const mi_csv_job *job)
{
    mi_csv_layout *l = &s->layout;
    int changed = 0;
    for (int c = 0; c < l->head->columns; c++) {
        if (!job->other[c])
            continue;
        l->place[c].kind = MI_CSV_TEXT;
        l->head->column[c].type = MIEN_COLUMN_TEXT;
        changed = 1;
    }
    return changed;
}

/* Read the rows of a job, again where a column turned out to be of texts. */
static mien_status run_job(mien_csv_stream *s, mi_csv_job *job, mien_error *err)
{
    for (;;) {
        mien_status st = reserve_rows(s, job->rows, err);
        if (st != MIEN_OK)
            return st;
        mien_table *t = s->t;
        mi_arena_free(t->arena);
        t->arena = NULL;
        t->rows = job->rows;
        t->bytes = (const uint8_t *)job->start;
        t->n = (size_t)(job->end - job->start);
        job->t = t;
        mi_csv_point(&s->layout, t);
        st = mi_csv_job_run(job, s->pool, err);
        if (st != MIEN_OK || !widen_columns(s, job))
            return st;
        s->room = -1; /* other arrays are needed */
        memset(job->other, 0, (size_t)s->layout.head->columns);
        memset(job->missing, 0,
               (size_t)job->lanes * job->stride * sizeof *job->missing);
    }
}

mien_status mien_csv_stream_next(mien_csv_stream *s, const uint8_t *bytes,
                                 size_t n, int final, size_t *used,
                                 const mien_table **out, mien_error *err)
{
    assert(s && used && out && (bytes || n == 0));
    const char *start = (const char *)bytes;
    /* a LF that belongs to the CR before it is not a line of its own */
    int half = n > 0 && s->after_return && *start == '\n';
    mi_csv_job job = {0};
    s->layout.lines = s->lines - half;
    mien_status st =
        mi_csv_job_new(&s->layout, start, start + n, final, s->pool, &job, err);
    if (st != MIEN_OK)
        return st;
    if (!final && job.end == job.start && n > MIEN_CSV_MAX_ROW)
        st = mi_fail(err, MIEN_ELIMIT,
                     "csv: line %lld: a row of more than %d bytes",
                     (long long)s->layout.lines + 1, MIEN_CSV_MAX_ROW);
    if (st == MIEN_OK)
        st = run_job(s, &job, err);
    if (st == MIEN_OK) {
        mi_csv_job_finish(&job);
        size_t taken = (size_t)(job.end - job.start);
        s->lines = s->layout.lines + mi_csv_lines(start, start + taken);
        if (taken > 0)
            s->after_return = bytes[taken - 1] == '\r';
        *used = taken;
        *out = s->t;
    }
    mi_csv_job_done(&job);
    return st;
}

void mien_csv_stream_free(mien_csv_stream *s)
{
    if (!s)
        return;
    mien_table_free(s->t);
    mi_csv_layout_done(&s->layout);
    mi_free(s);
}
