/* check.c: a file read once, its columns counted, the checks one by one.
 *
 * The bytes come in blocks; whole rows of a block become a small table, which
 * the columns' summaries, the hashes of rows, the sample and the groups' counts
 * look at before the next block takes its place. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/blocks.h"
#include "base/error.h"
#include "base/pool.h"
#include "mien/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    SAMPLE_ROWS = 65536,     /* at most */
    SAMPLE_CELLS = 1 << 20,  /* of all columns, at most */
    LEAST_ROWS = 256,        /* of the sample, whatever the columns */
    VALUES = 1 << 19,        /* frequent values of all columns */
    VALUES_OF_COLUMN = 2048, /* of one, at most */
    HASHED = 2048            /* rows of a task that hashes them */
};

/* ---- the pass ------------------------------------------------------------ */

/* A piece of the file on its way into what is kept. */
typedef struct piece {
    mien_dataset *d;
    const mien_table *t;
    mi_row_hash *hash;     /* [rows] */
    mien_status status[2]; /* of the two halves of add_rows */
    mien_error error[2];
} piece;

static void add_column(const piece *p, int i)
{
    mien_column c = mien_table_column(p->t, i);
    mi_summary_add(&p->d->column[i], &c, mien_table_rows(p->t), p->d->rows);
}

static uint64_t hash_of(const mien_column *c, int64_t row)
{
    uint64_t high = 0;
    if (c->number)
        return isnan(c->number[row]) ? 3 : mi_hash_number(c->number[row]);
    return c->text[row].n ? mi_hash_text(c->text[row], &high) : 3;
}

/* What is in each row of a block of rows. */
static void hash_rows(const piece *p, int i)
{
    int64_t from = (int64_t)i * HASHED, n = mien_table_rows(p->t);
    int64_t to = n - from < HASHED ? n : from + HASHED;
    for (int c = 0; c < mien_table_columns(p->t); c++) {
        mien_column column = mien_table_column(p->t, c);
        for (int64_t r = from; r < to; r++) {
            uint64_t h = hash_of(&column, r);
            mi_row_hash *sum = &p->hash[r];
            sum->a = (sum->a ^ h) * 0xff51afd7ed558ccd;
            sum->b = (sum->b << 23 | sum->b >> 41) + h * 0xc4ceb9fe1a85ec53;
        }
    }
    for (int64_t r = from; r < to; r++) {
        p->hash[r].a = mi_dataset_mix(p->hash[r].a) | 1;
        p->hash[r].b = mi_dataset_mix(p->hash[r].b);
    }
}

/* A column's counts, or, behind those, a block of rows' hashes. */
static void count_or_hash(void *arg, int i, int lane)
{
    const piece *p = arg;
    (void)lane;
    if (i < p->d->columns)
        add_column(p, i);
    else
        hash_rows(p, i - p->d->columns);
}

/* What goes row by row: repeated rows, and beside them the sample and groups.
 */
static void add_rows(void *arg, int i, int lane)
{
    piece *p = arg;
    mien_dataset *d = p->d;
    (void)lane;
    if (i == 0)
        p->status[0] = mi_duplicates_add(d->twice, mien_table_rows(p->t),
                                         p->hash, &p->error[0]);
    else
        p->status[1] = mi_sample_add(d->drawing, p->t, d->rows, &p->error[1]);
    if (i == 1 && !p->status[1] && d->coverage)
        p->status[1] = mi_coverage_add(d->coverage, p->t, &p->error[1]);
}

/* Room for the hashes of so many rows, all zero. */
static mien_status clear_hashes(mien_dataset *d, int64_t n, mien_error *err)
{
    if (n > d->hashes) {
        mi_free(d->hash);
        d->hashes = n + n / 4;
        d->hash = mi_alloc_raw((size_t)d->hashes, sizeof *d->hash);
    }
    if (!d->hash)
        return d->hashes = 0, mi_no_memory(err);
    memset(d->hash, 0, (size_t)n * sizeof *d->hash);
    return MIEN_OK;
}

/* Look at the rows of a piece. */
static mien_status add_piece(mien_dataset *d, const mien_table *t,
                             mien_error *err)
{
    int64_t n = mien_table_rows(t);
    mien_status st = n ? clear_hashes(d, n, err) : MIEN_OK;
    piece p = {.d = d, .t = t, .hash = d->hash};
    if (st || !n)
        return st;
    mi_pool_run(d->o.csv.pool, d->columns + (int)((n + HASHED - 1) / HASHED),
                count_or_hash, &p);
    mi_pool_run(d->o.csv.pool, 2, add_rows, &p);
    for (int c = 0; c < d->columns; c++)
        if (d->column[c].failed)
            return mi_no_memory(err);
    for (int i = 0; i < 2; i++)
        if (p.status[i]) {
            if (err)
                *err = p.error[i];
            return p.status[i];
        }
    d->rows += n;
    return MIEN_OK;
}

static mien_status find_column(const mien_table *t, const char *name,
                               const char *what, int *out, mien_error *err)
{
    *out = mien_table_find(t, name);
    if (*out >= 0)
        return MIEN_OK;
    const char *near[64];
    int n = mien_table_columns(t) < 64 ? mien_table_columns(t) : 64;
    for (int i = 0; i < n; i++)
        near[i] = mien_table_column(t, i).name;
    const char *like = mien_text_nearest(name, near, n);
    return mi_fail(err, MIEN_EARG, "no column '%.60s' (%s)%s%.60s%s", name,
                   what, like ? "; did you mean '" : "", like ? like : "",
                   like ? "'?" : "");
}

/* Names and types are known: make what is kept. */
static mien_status begin(mien_dataset *d, const mien_table *head,
                         mien_error *err)
{
    int n = mien_table_columns(head);
    uint32_t values = (uint32_t)(VALUES / (n ? n : 1));
    int64_t rows = SAMPLE_CELLS / (n ? n : 1);
    values = values < VALUES_OF_COLUMN ? values : VALUES_OF_COLUMN;
    rows = rows < LEAST_ROWS ? LEAST_ROWS : rows;
    rows = rows > SAMPLE_ROWS ? SAMPLE_ROWS : rows;
    d->label = -1;
    mien_status st = MIEN_OK;
    if (d->o.label)
        st = find_column(head, d->o.label, "--label", &d->label, err);
    for (int i = 0; !st && i < d->o.groups; i++) {
        int at;
        st = find_column(head, d->o.group[i], "--group", &at, err);
    }
    if (st)
        return st;
    d->column = mi_alloc((size_t)n + 1, sizeof *d->column);
    d->twice = mi_duplicates_new();
    d->drawing = mi_sample_new(rows, d->o.seed);
    if (!d->column || !d->twice || !d->drawing)
        return mi_no_memory(err);
    for (int c = 0; !st && c < n; c++) {
        mien_column is = mien_table_column(head, c);
        d->columns = c + 1;
        st = mi_summary_init(&d->column[c], is.name, is.type, values, err);
    }
    return st || !d->o.groups ? st
                              : mi_coverage_new(d, head, &d->coverage, err);
}

/* ---- bytes --------------------------------------------------------------- */

/* A whole block behind what is left, but at the end. */
static mien_status read_more(mi_blocks *in, mien_error *err)
{
    size_t wanted = in->n + MI_BLOCK;
    mien_status st = MIEN_OK;
    while (!st && !in->final && in->n < wanted)
        st = mi_blocks_more(in, err);
    return st;
}

/* The file has ended: make a table of the sample. */
static mien_status end_pass(mien_dataset *d, const mien_table *like,
                            mien_error *err)
{
    if (d->rows == 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "there are names of %d columns, but no rows",
                       d->columns);
    mien_status st =
        mi_sample_table(d->drawing, like, &d->sample, &d->place, err);
    mi_sample_free(d->drawing);
    d->drawing = NULL;
    return st;
}

/* A file piece by piece. */
static mien_status pass_pieces(mien_dataset *d, mi_blocks *in, mien_error *err)
{
    mien_csv_stream *s = NULL;
    const mien_table *t = NULL;
    size_t used = 0, at = 0;
    mien_status st = mien_csv_stream_new(in->data, in->n, in->final, &d->o.csv,
                                         &at, &s, err);
    if (!st)
        st = begin(d, mien_csv_stream_head(s), err);
    while (!st) {
        st = mien_csv_stream_next(s, in->data + at, in->n - at, in->final,
                                  &used, &t, err);
        if (!st)
            st = add_piece(d, t, err);
        if (st || in->final)
            break;
        mi_blocks_use(in, at + used);
        at = 0;
        st = read_more(in, err);
    }
    if (!st)
        st = end_pass(d, t, err);
    mien_csv_stream_free(s);
    return st;
}

/* What has to be read whole: packed files, other encodings, what has to be
 * mended. */
static mien_status pass_whole(mien_dataset *d, mi_blocks *in, mien_error *err)
{
    mien_bytes unpacked = {0};
    mien_table *t = NULL;
    mien_status st = MIEN_OK;
    while (!st && !in->final)
        st = read_more(in, err);
#ifndef __wasm__
    if (!st)
        st = mien_file_gunzip(in->data, in->n, 0, &unpacked, err);
#endif
    int packed = unpacked.data != NULL;
    if (!st)
        st = mien_csv_read(packed ? unpacked.data : in->data,
                           packed ? unpacked.n : in->n, &d->o.csv, &t, err);
    if (!st)
        st = begin(d, t, err);
    if (!st)
        st = add_piece(d, t, err);
    if (!st)
        st = end_pass(d, t, err);
    if (!st)
        mien_buffer_puts(&d->notes, mien_table_notes(t));
    mien_table_free(t);
    mien_bytes_free(&unpacked);
    return st;
}

/* ---- the checks ---------------------------------------------------------- */

/* A check of the list, which looks at the sample: one that always can, or one
 * that says why it cannot. */
typedef struct costly {
    unsigned bit;
    const char *name;
    mien_status (*run)(mien_dataset *d, mien_error *err);
    mien_status (*try)(mien_dataset *d, char *why, mien_error *err);
} costly;

static const costly costlier[] = {
    {MIEN_CHECK_SHAPE, "shape", mi_check_shape, NULL},
    {MIEN_CHECK_SHIFT, "shift", mi_check_shift, NULL},
    {MIEN_CHECK_NEAR, "near", mi_near_duplicates, NULL},
    {MIEN_CHECK_LEAK, "leak", NULL, mi_check_leak},
    {MIEN_CHECK_NOISE, "noise", NULL, mi_check_noise},
};

static mi_check_run *begin_run(mien_dataset *d, const char *name)
{
    mi_check_run *r = &d->run[d->runs++];
    *r = (mi_check_run){.name = name, .seconds = mien_clock()};
    return r;
}

static void end_run(mi_check_run *r, int64_t rows)
{
    r->seconds = mien_clock() - r->seconds;
    r->rows = *r->why ? 0 : rows;
}

static mien_status run_costlier(mien_dataset *d, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (size_t i = 0; !st && i < sizeof costlier / sizeof *costlier; i++) {
        mi_check_run *r = begin_run(d, costlier[i].name);
        const costly *is = &costlier[i];
        if (!(d->o.checks & is->bit))
            snprintf(r->why, sizeof r->why, "not asked for");
        else
            st = is->run ? is->run(d, err) : is->try(d, r->why, err);
        end_run(r, mien_table_rows(d->sample));
    }
    return st;
}

/* The pass, then one check after another. */
static mien_status look(mien_dataset *d, mi_blocks *in, mien_error *err)
{
    mi_check_run *r = begin_run(d, "pass");
    mien_status st = read_more(in, err);
    if (!st && in->n == 0)
        st = mi_fail(err, MIEN_EFORMAT, "csv: the file is empty");
    if (!st)
        st = mien_csv_can_stream(in->data, in->n, &d->o.csv)
                 ? pass_pieces(d, in, err)
                 : pass_whole(d, in, err);
    mi_blocks_free(in);
    if (st)
        return st;
    mi_check_roles(d);
    st = mi_check_columns(d, err);
    mi_duplicates_say(d);
    end_run(r, d->rows);
    if (!st)
        st = run_costlier(d, err);
    if (!st && d->coverage) {
        r = begin_run(d, "coverage");
        st = mi_coverage_say(d, err);
        end_run(r, d->rows);
    }
    return st ? st : mi_findings_finish(d, err);
}

mien_status mien_dataset_check(const mien_dataset_source *source,
                               const mien_dataset_options *options,
                               mien_dataset **out, mien_error *err)
{
    const mien_dataset_options usual = MIEN_DATASET_DEFAULTS;
    mien_dataset *d = mi_alloc(1, sizeof *d);
    mi_blocks in = {.read = source->read, .arg = source->arg};
    if (!d)
        return mi_no_memory(err);
    d->o = options ? *options : usual;
    d->o.csv.widen = 1;
    mien_status st = look(d, &in, err);
    mi_blocks_free(&in);
    if (!st)
        *out = d;
    else
        mien_dataset_free(d);
    return st;
}

void mien_dataset_free(mien_dataset *d)
{
    if (!d)
        return;
    for (int c = 0; c < d->columns; c++)
        mi_summary_done(&d->column[c]);
    mi_free(d->column);
    mi_free(d->hash);
    for (int64_t i = 0; i < d->findings; i++) {
        mien_buffer_free(&d->finding[i].where);
        mien_buffer_free(&d->finding[i].text);
        mien_buffer_free(&d->finding[i].advice);
    }
    mi_free(d->finding);
    mi_free(d->sorted);
    mi_sample_free(d->drawing);
    mien_table_free(d->sample);
    mi_free(d->place);
    mi_free(d->known);
    mi_duplicates_free(d->twice);
    mi_coverage_free(d->coverage);
    mien_buffer_free(&d->notes);
    mi_free(d);
}

int64_t mien_dataset_rows(const mien_dataset *d) { return d->rows; }

const mien_finding *mien_dataset_findings(const mien_dataset *d, int *ret_count)
{
    *ret_count = (int)d->findings;
    return d->findings ? d->sorted : NULL;
}
