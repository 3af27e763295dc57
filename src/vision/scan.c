/* scan.c: windows of one picture at one size, through a cascade.
 *
 * The first stage is run on every window of a row, 16 side by side; which of
 * them OpenCV would have looked at follows from the answers.  While at least
 * DENSE of 16 are left they go on together; fewer wait, stage by stage, until
 * 16 have reached the same one, and are gathered. */
#include "vision/scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "kern/kern.h"

#include <stdlib.h>
#include <string.h>

enum { DENSE = 6, BAND = 128, MAX_WINDOWS = 1000000 };

void mi_windows_free(mi_windows *w)
{
    mi_free(w->at);
    *w = (mi_windows){0};
}

mien_status mi_scanner_new(const mien_cascade *c, int widest, mi_scanner *out,
                           mien_error *err)
{
    size_t room = (size_t)widest + 2 * (size_t)MI_WINDOWS;
    mi_scanner s = {.waiting = mi_alloc((size_t)c->n_stages, sizeof *s.waiting),
                    .norm = mi_alloc(room, sizeof *s.norm),
                    .passed = mi_alloc(room / 64 + 2, sizeof *s.passed),
                    .failed = mi_alloc(room / 64 + 2, sizeof *s.failed)};
    if (!s.waiting || !s.norm || !s.passed || !s.failed) {
        mi_scanner_free(&s);
        return mi_fail(err, MIEN_ENOMEM, "cascade: to run it");
    }
    *out = s;
    return MIEN_OK;
}

void mi_scanner_free(mi_scanner *s)
{
    mi_free(s->waiting);
    mi_free(s->norm);
    mi_free(s->passed);
    mi_free(s->failed);
    *s = (mi_scanner){0};
}

/* A scan under way. */
typedef struct scan {
    const mi_compiled *p;
    const mi_kern *kern;
    mi_scanner *s;
    const mi_band *b;
    mi_windows *out;
    mien_status st;
    mien_error *err;
} scan;

/* Append a window that passed all stages. */
static void found(scan *a, int32_t place, double weight)
{
    mi_windows *w = a->out;
    if (w->n == MAX_WINDOWS && a->st == MIEN_OK)
        a->st = mi_fail(a->err, MIEN_ELIMIT,
                        "cascade: more than %d windows of one size pass all "
                        "stages",
                        MAX_WINDOWS);
    else if (!mi_push(&w->at, w->n, sizeof *w->at) && a->st == MIEN_OK)
        a->st = mi_no_memory(a->err);
    if (a->st != MIEN_OK)
        return;
    int stride = (int)a->b->sums->stride;
    w->at[w->n++] =
        (mi_window){place % stride * a->p->step, place / stride, weight};
}

/* Let a window wait for a stage, which is run once 16 wait. */
static void wait_for(scan *a, int stage, int32_t place, float norm);

/* Run a stage on those that wait for it. */
static void run_waiting(scan *a, int stage)
{
    mi_waiting now = a->s->waiting[stage];
    a->s->waiting[stage].n = 0;
    for (int i = now.n; i < MI_WINDOWS; i++)
        now.place[i] = now.place[0];
    double votes[MI_WINDOWS];
    unsigned passed =
        a->kern->votes_at_f64(&a->p->votes, &a->p->stage[stage],
                              a->b->sums->sum, now.place, now.norm, votes);
    for (passed &= (1u << now.n) - 1; passed; passed &= passed - 1) {
        int i = __builtin_ctz(passed);
        if (stage + 1 == a->p->n_stages)
            found(a, now.place[i], votes[i]);
        else
            wait_for(a, stage + 1, now.place[i], now.norm[i]);
    }
}

static void wait_for(scan *a, int stage, int32_t place, float norm)
{
    mi_waiting *w = &a->s->waiting[stage];
    w->place[w->n] = place;
    w->norm[w->n++] = norm;
    if (w->n == MI_WINDOWS)
        run_waiting(a, stage);
}

/* The first stage for a whole row. */
static void first_stage(const scan *a, const uint32_t *sum, ptrdiff_t square)
{
    double votes[MI_WINDOWS];
    int n = a->b->nx;
    memset(a->s->passed, 0, ((size_t)n / 64 + 2) * sizeof *a->s->passed);
    memset(a->s->failed, 0, ((size_t)n / 64 + 2) * sizeof *a->s->failed);
    for (int x = 0; x < n; x += MI_WINDOWS) {
        float *norm = a->s->norm + x;
        unsigned tested = n - x < MI_WINDOWS ? (1u << (n - x)) - 1 : 0xffff;
        if (a->p->votes.lbp)
            for (int i = 0; i < MI_WINDOWS; i++)
                norm[i] = 1;
        else
            tested &= a->kern->window_norm_f32(&a->p->norm, sum + x,
                                               sum + x + square, norm);
        unsigned passed = a->kern->votes_f64(&a->p->votes, &a->p->stage[0],
                                             sum + x, norm, votes);
        a->s->passed[x / 64] |= (uint64_t)(tested & passed) << (x & 63);
        a->s->failed[x / 64] |= (uint64_t)(tested & ~passed) << (x & 63);
    }
}

/* The windows of a row that OpenCV would not have looked at do not pass.  After
 * a run of failures the next window is hidden if the run's length is odd: of
 * the run every second one is looked at, and each hides the one behind it.
 * Returns how many were looked at. */
static int hide_skipped(const scan *a)
{
    uint64_t *passed = a->s->passed, *failed = a->s->failed;
    int n = a->b->nx, hidden = 0, odd = 0;
    for (int w = 0; a->b->skip && w * 64 < n; w++) {
        uint64_t bits = failed[w];
        for (int at = 0; at < 64;) {
            uint64_t rest = bits >> at;
            int run =
                rest == ~(uint64_t)0 >> at ? 64 - at : __builtin_ctzll(~rest);
            hidden += (run + odd) / 2;
            odd = (run + odd) & 1;
            at += run;
            if (at == 64)
                break;
            if (odd) { /* hides the one after the run */
                passed[w] &= ~((uint64_t)1 << at);
                hidden += w * 64 + at < n;
                odd = 0;
            }
            rest = bits >> at;
            at += rest ? __builtin_ctzll(rest) : 64 - at;
        }
    }
    return n - hidden;
}

/* 16 windows side by side after the first stage; bits of `left` are those that
 * passed it. */
static void go_on(scan *a, const uint32_t *sum, int x, unsigned left)
{
    int n = a->p->n_stages;
    int32_t place = (int32_t)(sum - a->b->sums->sum) + x;
    const float *norm = a->s->norm + x;
    double votes[MI_WINDOWS] = {0};
    int stage = 1;
    for (; stage < n && __builtin_popcount(left) >= DENSE; stage++) {
        left &= a->kern->votes_f64(&a->p->votes, &a->p->stage[stage], sum + x,
                                   norm, votes);
    }
    for (; left; left &= left - 1) {
        int i = __builtin_ctz(left);
        if (stage == n)
            found(a, place + i, votes[i]);
        else
            wait_for(a, stage, place + i, norm[i]);
    }
}

/* A cascade of one stage: its sums are needed again. */
static void only_stage(scan *a, const uint32_t *sum, int x, unsigned left)
{
    double votes[MI_WINDOWS];
    int32_t place = (int32_t)(sum - a->b->sums->sum) + x;
    left &= a->kern->votes_f64(&a->p->votes, &a->p->stage[0], sum + x,
                               a->s->norm + x, votes);
    for (; left; left &= left - 1) {
        int i = __builtin_ctz(left);
        found(a, place + i, votes[i]);
    }
}

static int by_place(const void *a, const void *b)
{
    const mi_window *p = a, *q = b;
    return p->y != q->y ? (p->y > q->y) - (p->y < q->y)
                        : (p->x > q->x) - (p->x < q->x);
}

int mi_rows_scanned(int columns, int rows, int step)
{
    int stripes = columns > 32 ? (columns + 31) / 32 : 1;
    int stripe = (rows / step + stripes - 1) / stripes;
    int64_t end = (int64_t)stripes * step * (stripe > 1 ? stripe : 1);
    return end < rows ? (int)end : rows;
}

mien_status mi_scan_band(const mi_compiled *p, mi_scanner *s, const mi_band *b,
                         mi_windows *out, int64_t *seen, mien_error *err)
{
    scan a = {p, mi_kern_best(), s, b, out, MIEN_OK, err};
    int before = out->n;
    ptrdiff_t square = b->sums->square - b->sums->sum;
    for (int y = 0; y < b->rows; y += p->step) {
        const uint32_t *sum = b->sums->sum + y * b->sums->stride;
        first_stage(&a, sum, square);
        int n = hide_skipped(&a);
        if (seen)
            *seen += n;
        for (int x = 0; x < b->nx; x += MI_WINDOWS) {
            unsigned left = s->passed[x / 64] >> (x & 63) & 0xffff;
            if (left && p->n_stages > 1)
                go_on(&a, sum, x, left);
            else if (left)
                only_stage(&a, sum, x, left);
        }
    }
    for (int i = 1; i < p->n_stages; i++)
        if (s->waiting[i].n)
            run_waiting(&a, i);
    if (out->n > before)
        qsort(out->at + before, (size_t)(out->n - before), sizeof *out->at,
              by_place);
    return a.st;
}

/* The bands of a plane, one after the other. */
static mien_status scan_plane(const mi_compiled *p, mi_scanner *s,
                              const mien_gray *g, mi_sums *sums, mi_band *b,
                              mi_windows *out, int64_t *seen, mien_error *err)
{
    int w = p->c->w, h = p->c->h;
    mien_status st = MIEN_OK;
    b->nx = (g->w - w + p->step) / p->step;
    for (int y = 0; st == MIEN_OK && y + h <= g->h; y += BAND) {
        int rows = g->h - h + 1 - y;
        b->rows = rows < BAND ? rows : BAND;
        mien_gray part = mien_gray_view(g, 0, y, g->w, b->rows + h - 1);
        mi_sums_fill(sums, &part);
        int n = out->n;
        st = mi_scan_band(p, s, b, out, seen, err);
        for (; n < out->n; n++)
            out->at[n].y += y;
    }
    return st;
}

mien_status mi_scan(const mien_cascade *c, const mien_gray *g, int step,
                    int skip, mi_windows *out, int64_t *seen, mien_error *err)
{
    if (g->w < c->w || g->h < c->h)
        return MIEN_OK;
    int tilted = mien_cascade_get_info(c).has_tilted, rows = BAND + c->h - 1;
    ptrdiff_t stride = mi_sums_stride(g->w);
    uint32_t *memory =
        mi_alloc(mi_sums_count(stride, rows, tilted), sizeof *memory);
    if (!memory)
        return mi_no_memory(err);
    mi_sums sums = mi_sums_of(memory, stride, rows, tilted, step);
    mi_compiled p = {0};
    mi_scanner s = {0};
    mien_status st = mi_compile(c, stride, step,
                                tilted ? sums.tilted - sums.sum : 0, &p, err);
    if (st == MIEN_OK)
        st = mi_scanner_new(c, g->w, &s, err);
    mi_band b = {.sums = &sums, .skip = skip};
    if (st == MIEN_OK)
        st = scan_plane(&p, &s, g, &sums, &b, out, seen, err);
    mi_scanner_free(&s);
    mi_compiled_free(&p);
    mi_free(memory);
    return st;
}
