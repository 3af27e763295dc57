/* csv_rows.c: the rows of a chunk into columns.
 *
 * A field of a column of numbers is first taken for a plain number, which needs
 * no look for its end: the number ends where the field does, or it is read
 * again the long way.  A run of columns that nobody wants is passed over by
 * counting delimiters, sixteen bytes at a time. */
#include "table/csv.h"

#include "base/error.h"
#include "base/pool.h"
#include "table/csv_scan.h"
#include "table/number_fast.h"

#include <math.h>

/* What a task works with. */
typedef struct {
    mi_csv_job *job;
    mi_csv_chunk *chunk;
    const mi_csv_place *place;
    const char *end;
    int64_t *missing; /* [columns of the file] */
    int columns;
    char delimiter;
    int plain; /* 1: what reads as a number is not a missing value */
    int finite;
} task;

static int ends_field(const task *t, const char *p)
{
    return p == t->end || *p == t->delimiter || mi_is_line_end(*p);
}

static const char *wrong_value(const task *t, int c, const char *at,
                               mien_text text, const char *wanted)
{
    char shown[MI_CSV_SHOWN + 4];
    return mi_csv_fail_at(
        &t->chunk->fail, MIEN_EFORMAT, at, ", column '%.60s': '%s', wanted %s",
        t->job->layout->head->column[c].name, mi_csv_show(text, shown), wanted);
}

/* The field at p into a column of numbers; the place behind it, or NULL. */
static const char *read_number(const task *t, const char *p, int c, int64_t row)
{
    const mi_csv_place *to = &t->place[c];
    double x = 0;
    const char *stop = mi_number_fast(p, t->end, &x);
    if (stop && ends_field(t, stop) && t->plain && !(t->finite && isinf(x))) {
        to->number[row] = x;
        return stop;
    }
    mien_text text;
    int quoted;
    stop =
        mi_csv_field(p, t->end, t->delimiter, &text, &quoted, &t->chunk->fail);
    if (!stop)
        return NULL;
    const mi_csv_layout *l = t->job->layout;
    int is = mi_csv_value(&l->marks, text, &x);
    if (is == MI_CSV_IS_MISSING) {
        x = (double)NAN;
        t->missing[c]++;
    } else if (is == MI_CSV_IS_TEXT || (is == MI_CSV_IS_LARGE && !to->fixed)) {
        if (to->fixed)
            return wrong_value(t, c, p, text,
                               "a number; --na takes such for missing");
        __atomic_store_n(&t->job->other[c], 1, __ATOMIC_RELAXED);
    } else if (t->finite && isinf(x)) {
        return wrong_value(t, c, p, text, "a finite number");
    }
    to->number[row] = x;
    return stop;
}

/* The field at p into a column of texts; the place behind it, or NULL. */
static const char *read_text(const task *t, const char *p, int c, int64_t row)
{
    mien_text text;
    int quoted;
    const char *stop =
        mi_csv_field(p, t->end, t->delimiter, &text, &quoted, &t->chunk->fail);
    if (!stop)
        return NULL;
    if (quoted == 2) {
        char *room = mi_arena_room(&t->chunk->arena, text.n);
        if (!room)
            return mi_csv_fail_at(&t->chunk->fail, MIEN_ENOMEM, p,
                                  ": no memory for a text");
        text = mi_csv_unquote(text, room);
    }
    if (mi_csv_is_missing(&t->job->layout->marks, text)) {
        text.n = 0;
        t->missing[c]++;
    }
    t->place[c].text[row] = text;
    return stop;
}

/* Few bits: faster than the general way where there is no instruction. */
static int count_bits(unsigned mask)
{
    int n = 0;
    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

/* Pass over up to n fields; *c is the last one passed. */
static const char *skip_fields(const task *t, const char *p, int n, int *c)
{
    const char *start = p;
    while (t->end - p >= 16) {
        mi_bytes16 v = mi_load16(p, t->end);
        unsigned mask = mi_mask16(mi_equal16(v, t->delimiter));
        int passed = count_bits(mask);
        if (mi_mask16(mi_special16(v, t->delimiter)) != mask || passed >= n)
            break;
        n -= passed;
        *c += passed;
        p += 16;
    }
    if (p > start && p[-1] != t->delimiter && p < t->end && *p == '"')
        return mi_csv_fail_at(&t->chunk->fail, MIEN_EFORMAT, p,
                              ": a quote inside a field that is not quoted");
    mien_text text;
    int quoted;
    for (;; p++, ++*c) {
        p = mi_csv_field(p, t->end, t->delimiter, &text, &quoted,
                         &t->chunk->fail);
        if (!p || --n == 0 || p == t->end || *p != t->delimiter)
            return p;
    }
}

/* Fail for a row that has too many or too few fields. */
static const char *wrong_count(const task *t, const char *start)
{
    mi_csv_fail ignored = {0};
    const char *p = start;
    int64_t found = 0;
    for (;; p++) {
        mien_text text;
        int quoted;
        p = mi_csv_field(p, t->end, t->delimiter, &text, &quoted, &ignored);
        found++;
        if (!p || p == t->end || *p != t->delimiter ||
            p - start > MIEN_CSV_MAX_ROW)
            break;
    }
    if (p && p - start > MIEN_CSV_MAX_ROW)
        return mi_csv_fail_at(&t->chunk->fail, MIEN_ELIMIT, start,
                              ": a row of more than %d bytes",
                              MIEN_CSV_MAX_ROW);
    return mi_csv_fail_at(&t->chunk->fail, MIEN_EFORMAT, start,
                          ": %lld field%s, wanted %d", (long long)found,
                          found == 1 ? "" : "s", t->columns);
}

/* The row at p; the place behind it, or NULL. */
static const char *read_row(const task *t, const char *p, int64_t row)
{
    const char *start = p;
    for (int c = 0; c < t->columns; c++, p++) {
        const mi_csv_place *to = &t->place[c];
        if (to->kind == MI_CSV_NUMBER)
            p = read_number(t, p, c, row);
        else if (to->kind == MI_CSV_TEXT)
            p = read_text(t, p, c, row);
        else
            p = skip_fields(t, p, to->run, &c);
        if (!p)
            return NULL;
        if (p == t->end || *p != t->delimiter)
            return c == t->columns - 1 ? p : wrong_count(t, start);
    }
    return wrong_count(t, start);
}

/* Where the first row that begins in the chunk begins. */
static const char *first_row(const mi_csv_job *job, const mi_csv_chunk *c)
{
    const char *p = c->start;
    int inside = c->inside;
    if (p > job->start && (inside || !mi_is_line_end(p[-1])))
        for (; p < c->end && (inside || !mi_is_line_end(*p)); p++)
            inside ^= *p == '"';
    return p;
}

/* Read the rows of a chunk until one is wrong. */
static void read_chunk(void *arg, int i, int lane)
{
    mi_csv_job *job = arg;
    mi_csv_chunk *c = &job->chunk[i];
    if (c->rows == 0)
        return;
    const mi_csv_layout *l = job->layout;
    task t = {.job = job,
              .chunk = c,
              .place = l->place,
              .end = job->end,
              .missing = job->missing + (size_t)lane * job->stride,
              .columns = l->head->columns,
              .delimiter = l->delimiter,
              .plain =
                  !l->marks.numeric && !l->marks.decimal && !l->marks.thousands,
              .finite = l->finite};
    const char *p = first_row(job, c);
    for (int64_t row = c->row; row < c->row + c->rows; row++) {
        while (p < job->end && mi_is_line_end(*p))
            p++;
        const char *start = p;
        p = read_row(&t, p, row);
        if (p && p - start > MIEN_CSV_MAX_ROW)
            p = mi_csv_fail_at(&c->fail, MIEN_ELIMIT, start,
                               ": a row of more than %d bytes",
                               MIEN_CSV_MAX_ROW);
        if (!p)
            return;
        if (job->t->row)
            job->t->row[row] = (mien_text){start, (size_t)(p - start)};
    }
}

mien_status mi_csv_job_run(mi_csv_job *job, mien_pool *pool, mien_error *err)
{
    mi_pool_run(pool, job->chunks, read_chunk, job);
    for (int i = 0; i < job->chunks; i++)
        if (job->chunk[i].fail.status != MIEN_OK)
            return mi_csv_report(&job->chunk[i].fail,
                                 (const char *)job->t->bytes,
                                 job->layout->lines, err);
    return MIEN_OK;
}
