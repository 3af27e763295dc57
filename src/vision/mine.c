/* mine.c: windows of scenes that a cascade takes for its object.
 *
 * Scenes are visited in random order, again and again.  A visit shrinks a scene
 * by a random factor below 1.25 and from there on by 1.25 a level, mirrors it
 * or not, looks at part of each level, and keeps at most `cap` of the windows
 * that pass, each as likely as the other (reservoir sampling), so that no scene
 * crowds the others out.  How large a part follows from the share of windows
 * that passed so far: enough for four times what is kept.
 *
 * A visit draws from a generator of its own, seeded by the seed, the stage and
 * its number.  BATCH visits go on at a time, while the scenes of the next batch
 * are loaded; what they found is taken in their order.  So nothing depends on
 * the number of threads, or on what was done before this stage.
 * Source: Sung and Poggio, PAMI 20(1), 1998 (bootstrapping); Vitter, ACM TOMS
 * 11(1), 1985 (algorithm R). */
#include "vision/mine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "vision/scan.h"

#include <math.h>
#include <string.h>

enum {
    BATCH = 16,
    MAX_ROUNDS = 30,  /* visits of each scene */
    MIN_VISITS = 200, /* at least, where scenes are few */
    MAX_LEVELS = 64,
    MAX_KEPT = 1024,   /* windows of a visit */
    TILE = 960,        /* windows along a side of what is scanned at once */
    FIRST_LOOK = 20000 /* windows of a visit before anything is known */
};
static const double level_step = 1.25;

/* A visit and what it found. */
typedef struct visit {
    mien_gray scene;
    int64_t number;
    int64_t at;     /* the scene's number */
    uint8_t *found; /* [cap, h, w] */
    int n;
    int64_t seen, passed;
    mien_status st;
    mien_error err;
} visit;

typedef struct miner {
    const mi_mining *job;
    int cap;
    int64_t budget;         /* windows of a visit */
    int64_t visits, loaded; /* at most; so many scenes were asked for */
    int64_t *order;         /* [scenes] of this round */
    int64_t round;          /* of order, or -1 */
    visit slot[2][BATCH];
    visit *now, *next; /* slot[0] and slot[1] or the other way */
    int n_now, n_next;
    int any_fits;
} miner;

/* A seed for one of many purposes (finalizer of MurmurHash3). */
static uint32_t mix(uint32_t seed, uint32_t stage, uint64_t number)
{
    uint64_t x = ((uint64_t)seed << 32 | stage) ^
                 (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(x ^ x >> 33);
}

static uint32_t stage_of(const miner *m)
{
    return (uint32_t)m->job->c->n_stages;
}

/* ---- one visit ---------------------------------------------------------- */

/* The part of a level that is looked at: windows whose corners lie in it. */
typedef struct part {
    int x, y, w, h;
} part;

static void mirror(const mien_gray *g)
{
    for (int y = 0; y < g->h; y++) {
        uint8_t *p = g->data + y * g->stride;
        for (int a = 0, b = g->w - 1; a < b; a++, b--) {
            uint8_t kept = p[a];
            p[a] = p[b];
            p[b] = kept;
        }
    }
}

/* A window that passed: it takes a free place or, by chance, another's. */
static void keep_window(const miner *m, visit *v, const mien_gray *g, int x,
                        int y, mien_random *r)
{
    int w = m->job->c->w, h = m->job->c->h;
    int64_t place = v->passed++;
    if (place >= m->cap)
        place = (int64_t)((double)v->passed * mien_random_unit(r));
    if (place >= m->cap)
        return;
    if (v->n < m->cap)
        v->n = (int)place + 1;
    uint8_t *to = v->found + (ptrdiff_t)place * w * h;
    for (int i = 0; i < h; i++)
        memcpy(to + (ptrdiff_t)i * w, g->data + (y + i) * g->stride + x,
               (size_t)w);
}

/* Some windows of a level, through the cascade. */
static mien_status scan_tile(const miner *m, visit *v, const mien_gray *g,
                             const part *p, mien_random *r)
{
    const mien_cascade *c = m->job->c;
    mien_gray tile =
        mien_gray_view(g, p->x, p->y, p->w + c->w - 1, p->h + c->h - 1);
    mi_windows found = {0};
    mien_status st = mi_scan(c, &tile, 1, 0, &found, &v->seen, &v->err);
    for (int i = 0; st == MIEN_OK && i < found.n; i++)
        keep_window(m, v, &tile, found.at[i].x, found.at[i].y, r);
    mi_windows_free(&found);
    return st;
}

static mien_status scan_part(const miner *m, visit *v, const mien_gray *g,
                             const part *p, mien_random *r)
{
    mien_status st = MIEN_OK;
    for (int y = 0; st == MIEN_OK && y < p->h; y += TILE)
        for (int x = 0; st == MIEN_OK && x < p->w; x += TILE) {
            part t = {p->x + x, p->y + y, p->w - x, p->h - y};
            t.w = t.w < TILE ? t.w : TILE;
            t.h = t.h < TILE ? t.h : TILE;
            st = scan_tile(m, v, g, &t, r);
        }
    return st;
}

/* Before the first stage: some windows by chance, all of which pass. */
static void take_any(const miner *m, visit *v, const mien_gray *g,
                     const part *p, int n, mien_random *r)
{
    for (int i = 0; i < n; i++) {
        int x = p->x + (int)mien_random_below(r, (uint64_t)p->w);
        int y = p->y + (int)mien_random_below(r, (uint64_t)p->h);
        v->seen++;
        keep_window(m, v, g, x, y, r);
    }
}

/* A share of a level's windows, at a random place. */
static part part_of(const mien_gray *g, const mien_cascade *c, double share,
                    mien_random *r)
{
    int nx = g->w - c->w + 1, ny = g->h - c->h + 1;
    part p = {0, 0, nx, ny};
    if (share < 1) {
        p.w = (int)ceil(nx * sqrt(share));
        p.h = (int)ceil(ny * sqrt(share));
        p.x = (int)mien_random_below(r, (uint64_t)(nx - p.w) + 1);
        p.y = (int)mien_random_below(r, (uint64_t)(ny - p.h) + 1);
    }
    return p;
}

/* Take windows from one size of a scene. */
static mien_status visit_level(const miner *m, visit *v, int w, int h,
                               double share, mien_random *r)
{
    int mirrored = (int)mien_random_below(r, 2);
    mien_gray level;
    mien_status st = mien_gray_resize(&v->scene, w, h, &level, &v->err);
    if (st != MIEN_OK)
        return st;
    if (mirrored)
        mirror(&level);
    part p = part_of(&level, m->job->c, share, r);
    if (m->job->c->n_stages)
        st = scan_part(m, v, &level, &p, r);
    else
        take_any(m, v, &level, &p, 1 + (int)(share * m->cap), r);
    mien_gray_free(&level);
    return st;
}

/* Sizes of the levels; how many.  all is set to their windows together. */
static int levels_of(const miner *m, const visit *v, double first,
                     int size[MAX_LEVELS][2], double *all)
{
    const mien_cascade *c = m->job->c;
    int n = 0;
    *all = 0;
    for (double s = first; n < MAX_LEVELS; s *= level_step, n++) {
        int w = (int)(v->scene.w / s), h = (int)(v->scene.h / s);
        if (w < c->w || h < c->h)
            break;
        size[n][0] = w;
        size[n][1] = h;
        *all += (double)(w - c->w + 1) * (h - c->h + 1);
    }
    return n;
}

/* Take windows from all sizes of a scene, as the visit's number draws them. */
static void visit_scene(miner *m, visit *v)
{
    const mien_cascade *c = m->job->c;
    mien_random r;
    mien_random_init(&r, mix(m->job->seed, stage_of(m), (uint64_t)v->number));
    int size[MAX_LEVELS][2];
    double all, first = pow(level_step, mien_random_unit(&r));
    int n = levels_of(m, v, first, size, &all);
    if (n == 0)
        n = levels_of(m, v, 1, size, &all);
    for (int i = 0; i < n && v->st == MIEN_OK; i++) {
        int w = size[i][0], h = size[i][1];
        double windows = (double)(w - c->w + 1) * (h - c->h + 1);
        /* before the first stage: shares of what is kept, not of windows */
        double share = c->n_stages ? (double)m->budget / all : windows / all;
        v->st = visit_level(m, v, w, h, share, &r);
    }
}

/* ---- batches ------------------------------------------------------------ */

/* The scene of a visit. */
static int64_t scene_of(miner *m, int64_t number)
{
    int64_t n = m->job->scenes->n, round = number / n;
    if (round != m->round) {
        mien_random r;
        mien_random_init(&r, mix(m->job->seed, ~stage_of(m), (uint64_t)round));
        mien_random_permutation(&r, n, m->order);
        m->round = round;
    }
    return m->order[number % n];
}

/* Load the scenes of the next batch of visits. */
static void load_next(miner *m)
{
    m->n_next = 0;
    while (m->n_next < BATCH && m->loaded < m->visits) {
        visit *v = &m->next[m->n_next++];
        v->number = m->loaded++;
        v->at = scene_of(m, v->number);
        v->n = 0;
        v->seen = v->passed = 0;
        v->err = (mien_error){0};
        v->st = m->job->scenes->load(m->job->scenes->user, v->at, &v->scene,
                                     &v->err);
        if (v->st != MIEN_OK) {
            m->loaded = m->visits; /* it ends there */
            v->scene = (mien_gray){0};
        }
    }
}

/* Task 0 loads the next batch, the others visit this one's scenes. */
static void batch_task(void *arg, int i, int lane)
{
    miner *m = arg;
    (void)lane;
    if (i == 0) {
        load_next(m);
        return;
    }
    visit *v = &m->now[i - 1];
    if (v->st == MIEN_OK)
        visit_scene(m, v);
    mien_gray_free(&v->scene);
}

static int smaller(const miner *m, const mien_gray *g)
{
    return g->w < m->job->c->w || g->h < m->job->c->h;
}

/* Take what the visits of a batch found, in their order. */
static mien_status take_batch(miner *m, mi_mined *out, mien_error *err)
{
    size_t chip = (size_t)m->job->c->w * (size_t)m->job->c->h;
    for (int i = 0; i < m->n_now && out->n < m->job->need; i++) {
        visit *v = &m->now[i];
        if (v->st != MIEN_OK)
            return v->err.text[0] ? mi_fail(err, v->st, "%s", v->err.text)
                                  : mi_fail(err, v->st, "cascade: scene %lld",
                                            (long long)v->at);
        int left = m->job->need - out->n, n = v->n < left ? v->n : left;
        memcpy(out->data + (size_t)out->n * chip, v->found, (size_t)n * chip);
        out->n += n;
        out->seen += v->seen;
        out->passed += v->passed;
    }
    return MIEN_OK;
}

/* How many windows a visit is to look at from now on. */
static void set_budget(miner *m, const mi_mined *out)
{
    double wanted = 4. * m->cap;
    double each = out->passed ? (double)out->seen / (double)out->passed * wanted
                              : (double)m->budget * 4;
    each = each < 1000 ? 1000 : each > 1e12 ? 1e12 : each;
    m->budget = (int64_t)each;
}

static int target_reached(const mi_mining *job, const mi_mined *out)
{
    double allowed = job->target * (double)out->seen;
    return allowed >= 100 && (double)out->passed <= allowed;
}

/* Visit batch after batch, while the next is loaded, until enough are kept. */
static mien_status run_batches(miner *m, mi_mined *out, mien_error *err)
{
    const mi_mining *job = m->job;
    mien_status st = MIEN_OK;
    load_next(m);
    while (st == MIEN_OK && m->n_next && out->n < job->need) {
        visit *other = m->now;
        m->now = m->next;
        m->n_now = m->n_next;
        m->next = other;
        for (int i = 0; i < m->n_now; i++)
            m->any_fits |=
                m->now[i].st != MIEN_OK || !smaller(m, &m->now[i].scene);
        mi_pool_run(job->pool, m->n_now + 1, batch_task, m);
        st = take_batch(m, out, err);
        set_budget(m, out);
        if (st == MIEN_OK && !m->any_fits &&
            m->loaded >= job->scenes->n + BATCH)
            break;
        if (st == MIEN_OK && target_reached(job, out))
            break;
        if (st == MIEN_OK && job->tell &&
            !job->tell(job->user, out->n, out->seen)) {
            out->told_to_stop = 1;
            break;
        }
    }
    if (st == MIEN_OK && !m->any_fits && !out->told_to_stop)
        st = mi_fail(err, MIEN_EFORMAT,
                     "cascade: all %lld scenes are smaller than the window of "
                     "%d x %d, or cannot be read",
                     (long long)job->scenes->n, job->c->w, job->c->h);
    return st;
}

static void miner_done(miner *m)
{
    for (int i = 0; i < 2 * BATCH; i++) {
        visit *v = &m->slot[i / BATCH][i % BATCH];
        mien_gray_free(&v->scene);
        mi_free(v->found);
    }
    mi_free(m->order);
    mi_free(m);
}

/* A miner with room for what visits keep; NULL without memory. */
static miner *miner_new(const mi_mining *job)
{
    miner *m = mi_alloc(1, sizeof *m);
    if (!m)
        return NULL;
    int64_t n = job->scenes->n;
    int64_t cap = (2 * (int64_t)job->need + n - 1) / n;
    m->job = job;
    m->cap = (int)(cap < 4 ? 4 : cap > MAX_KEPT ? MAX_KEPT : cap);
    m->budget = FIRST_LOOK;
    m->visits = n * MAX_ROUNDS < MIN_VISITS ? MIN_VISITS : n * MAX_ROUNDS;
    m->round = -1;
    m->now = m->slot[0];
    m->next = m->slot[1];
    m->order = mi_alloc((size_t)n, sizeof *m->order);
    size_t chip = (size_t)job->c->w * (size_t)job->c->h;
    int all = m->order != NULL;
    for (int i = 0; i < 2 * BATCH; i++) {
        visit *v = &m->slot[i / BATCH][i % BATCH];
        v->found = mi_alloc((size_t)m->cap, chip);
        all &= v->found != NULL;
    }
    if (all)
        return m;
    miner_done(m);
    return NULL;
}

mien_status mi_mine(const mi_mining *job, mi_mined *out, mien_error *err)
{
    mi_mined got = {0};
    miner *m = miner_new(job);
    if (!m)
        return mi_no_memory(err);
    got.data =
        mi_alloc((size_t)job->need, (size_t)job->c->w * (size_t)job->c->h);
    mien_status st = got.data ? run_batches(m, &got, err) : mi_no_memory(err);
    miner_done(m);
    if (st != MIEN_OK) {
        mi_free(got.data);
        return st;
    }
    *out = got;
    return MIEN_OK;
}
