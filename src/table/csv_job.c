/* csv_job.c: where the rows of a CSV file begin, found by all threads.
 *
 * The bytes are cut into chunks of equal size.  Whether a line end is one or
 * lies inside quotes depends on whether the number of quotes before it is even,
 * which a chunk does not know of those before it.  So each chunk counts its row
 * starts for both cases; adding the quotes up from the first chunk on then says
 * which case holds, how many rows there are and the number of each chunk's
 * first one, and every chunk can be read straight into its place.  In a file
 * where quotes do not stand as RFC 4180 wants, what is counted behind the fault
 * is wrong, but reading fails at the fault. Inside quotes within a word of 64
 * bytes is the running exclusive or of its quote bits.  Source: Langdale and
 * Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28 (2019),
 * section 3.1.1; Chang et al., "Speculative distributed CSV data parsing",
 * SIGMOD 2019, for the two cases. */
#include "table/csv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "table/csv_scan.h"

static const ptrdiff_t chunk_bytes = (ptrdiff_t)1 << 18;

/* Masks of 64 bytes. */
typedef struct {
    uint64_t quote, line, valid;
} block;

static block read_block(const char *p, const char *end, mi_bytes16 *high)
{
    block b = {0, 0, 0};
    for (int i = 0; i < 64 && p + i < end; i += 16) {
        mi_bytes16 v = mi_load16(p + i, end);
        *high |= v;
        b.quote |= (uint64_t)mi_mask16(mi_equal16(v, '"')) << i;
        b.line |= (uint64_t)mi_mask16(mi_equal16(v, '\n') | mi_equal16(v, '\r'))
                  << i;
        b.valid |= (uint64_t)mi_valid16(p + i, end) << i;
    }
    return b;
}

static uint64_t running_xor(uint64_t x)
{
    for (int i = 1; i < 64; i *= 2)
        x ^= x << i;
    return x;
}

/* Count rows and quotes of a chunk that begins outside or inside quotes. */
static void count_chunk(void *arg, int i, int lane)
{
    (void)lane;
    mi_csv_job *job = arg;
    mi_csv_chunk *c = &job->chunk[i];
    uint64_t inside =
        0; /* all ones: inside quotes, if the chunk begins outside */
    uint64_t after[2] = {c->start == job->start || mi_is_line_end(c->start[-1]),
                         0}; /* 1: a line end came just before */
    mi_bytes16 high = {0};
    for (const char *p = c->start; p < c->end; p += 64) {
        block b = read_block(p, c->end, &high);
        uint64_t in = inside;
        if (b.quote) {
            in ^= running_xor(b.quote);
            inside = (uint64_t)((int64_t)in >> 63);
        }
        for (int h = 0; h < 2; h++) {
            uint64_t ends = b.line & (h ? in : ~in);
            uint64_t starts = (ends << 1 | after[h]) & ~b.line & b.valid;
            for (; starts; starts &= starts - 1)
                c->count[h]++; /* rarely more than one */
            after[h] = ends >> 63;
            if (ends)
                c->last[h] = p + 64 - __builtin_clzll(ends);
        }
    }
    c->quotes = (int)(inside & 1);
    c->high = mi_mask16((mi_bytes16)(high > 127)) != 0;
}

/* Give each chunk its case and its first row; where the last row ends. */
static const char *add_up(mi_csv_job *job)
{
    const char *last = NULL;
    int inside = 0;
    for (int i = 0; i < job->chunks; i++) {
        mi_csv_chunk *c = &job->chunk[i];
        c->inside = inside;
        c->row = job->rows;
        c->rows = c->count[inside];
        job->rows += c->rows;
        if (c->last[inside])
            last = c->last[inside];
        inside ^= c->quotes;
    }
    return last;
}

/* Leave out the row that has no end yet. */
static void drop_last_row(mi_csv_job *job, const char *last)
{
    const char *end = last ? last : job->start;
    if (end < job->end) {
        int i = job->chunks - 1;
        while (job->chunk[i].rows == 0)
            i--;
        job->chunk[i].rows--;
        job->rows--;
    }
    job->end = end;
}

mien_status mi_csv_job_new(const mi_csv_layout *l, const char *start,
                           const char *end, int final, mien_pool *pool,
                           mi_csv_job *out, mien_error *err)
{
    mi_csv_job job = {.layout = l, .start = start, .end = end};
    ptrdiff_t chunks = (end - start + chunk_bytes - 1) / chunk_bytes;
    if (chunks > INT32_MAX)
        return mi_fail(err, MIEN_ELIMIT, "csv: %td bytes", end - start);
    job.chunks = (int)chunks;
    job.lanes = mien_pool_size(pool);
    job.stride = ((size_t)l->head->columns + 15) & ~(size_t)7;
    job.chunk = mi_alloc((size_t)chunks, sizeof *job.chunk);
    job.other = mi_alloc((size_t)l->head->columns, 1);
    job.missing = mi_alloc((size_t)job.lanes * job.stride, sizeof *job.missing);
    if (!job.chunk || !job.other || !job.missing) {
        mi_csv_job_done(&job);
        return mi_fail(err, MIEN_ENOMEM, "csv: %td bytes", end - start);
    }
    for (int i = 0; i < job.chunks; i++) {
        job.chunk[i].start = start + i * chunk_bytes;
        job.chunk[i].end =
            i + 1 < job.chunks ? start + (i + 1) * chunk_bytes : end;
    }
    mi_pool_run(pool, job.chunks, count_chunk, &job);
    const char *last = add_up(&job);
    if (!final)
        drop_last_row(&job, last);
    *out = job;
    return MIEN_OK;
}

void mi_csv_job_finish(mi_csv_job *job)
{
    const mi_csv_layout *l = job->layout;
    for (int s = 0; s < l->wanted; s++) {
        int64_t sum = 0;
        for (int lane = 0; lane < job->lanes; lane++)
            sum +=
                job->missing[(size_t)lane * job->stride + (size_t)l->from[s]];
        job->t->column[s].missing = sum;
    }
    for (int i = 0; i < job->chunks; i++) {
        mi_arena *a = job->chunk[i].arena;
        job->chunk[i].arena = NULL;
        if (!a)
            continue;
        mi_arena *bottom = a;
        while (bottom->next)
            bottom = bottom->next;
        bottom->next = job->t->arena;
        job->t->arena = a;
    }
}

void mi_csv_job_done(mi_csv_job *job)
{
    for (int i = 0; job->chunk && i < job->chunks; i++)
        mi_arena_free(job->chunk[i].arena);
    mi_free(job->chunk);
    mi_free(job->other);
    mi_free(job->missing);
    *job = (mi_csv_job){0};
}
