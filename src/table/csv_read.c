/* csv_read.c: CSV files into tables, whole or piece by piece. */
#include "table/csv.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

/* Point the places of the layout at the table's arrays. */
static void point_places(mi_csv_layout *l, const mien_table *t)
{
    for (int s = 0; s < l->wanted; s++) {
        l->place[l->from[s]].number = t->column[s].number;
        l->place[l->from[s]].text = t->column[s].text;
    }
}

/* The table of the wanted columns, without rows' texts. */
static mien_status make_table(const mi_csv_layout *l, int64_t rows,
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
    point_places(l, job->t);
    mien_status st = mi_csv_job_run(job, pool, err);
    if (st != MIEN_OK)
        return st;
    int changed = change_types(job, l);
    if (changed < 0)
        return mi_fail(err, MIEN_ENOMEM, "csv: %lld rows",
                       (long long)job->rows);
    if (changed > 0) {
        point_places(l, job->t);
        st = mi_csv_job_run(job, pool, err);
    }
    if (st == MIEN_OK)
        mi_csv_job_finish(job);
    return st;
}

mien_status mien_csv_read(const uint8_t *bytes, size_t n,
                          const mien_csv_options *options, mien_table **out,
                          mien_error *err)
{
    assert(out && (bytes || n == 0));
    mien_csv_options usual = MIEN_CSV_DEFAULTS;
    const mien_csv_options *o = options ? options : &usual;
    mi_csv_layout l = {0};
    mi_csv_job job = {0};
    mien_table *t = NULL;
    mien_status st = mi_csv_layout_read(bytes, n, 1, o, &l, err);
    if (st != MIEN_OK)
        return st;
    const char *start = (const char *)bytes;
    st = mi_csv_job_new(&l, start + l.data, start + n, 1, o->pool, &job, err);
    if (st == MIEN_OK)
        st = make_table(&l, job.rows, &t, err);
    if (st == MIEN_OK) {
        t->bytes = bytes;
        t->n = n;
        t->header = l.header;
        job.t = t;
        st = read_rows(&job, &l, o->pool, err);
    }
    mi_csv_job_done(&job);
    mi_csv_layout_done(&l);
    if (st == MIEN_OK)
        *out = t;
    else
        mien_table_free(t);
    return st;
}

/* ---- streams ---------------------------------------------------------------
 */

struct mien_csv_stream {
    mi_csv_layout layout;
    mien_pool *pool;
    mien_table *t;
    int64_t room;     /* rows its arrays have memory for */
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
        st = make_table(l, 0, &s->t, err);
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
    for (int c = 0; c < l->head->columns; c++)
        l->place[c].fixed = 1;
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
    mien_status st = make_table(&s->layout, room, &t, err);
    if (st != MIEN_OK)
        return st;
    t->header = s->t->header;
    mien_table_free(s->t);
    s->t = t;
    s->room = room;
    return MIEN_OK;
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
    st = reserve_rows(s, job.rows, err);
    if (st == MIEN_OK && !final && job.end == job.start && n > MIEN_CSV_MAX_ROW)
        st = mi_fail(err, MIEN_ELIMIT,
                     "csv: line %lld: a row of more than %d bytes",
                     (long long)s->layout.lines + 1, MIEN_CSV_MAX_ROW);
    if (st == MIEN_OK) {
        mien_table *t = s->t;
        mi_arena_free(t->arena);
        t->arena = NULL;
        t->rows = job.rows;
        t->bytes = bytes;
        t->n = n;
        job.t = t;
        point_places(&s->layout, t);
        st = mi_csv_job_run(&job, s->pool, err);
    }
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
