/* haar_set.c: every Haar feature of a window.
 *
 * A feature is a pattern of nx x ny equal blocks: the whole of it with weight
 * -1, and one or two parts of it whose weight makes the sum of all weights
 * times areas 0.  Blocks of every size at every place that fits count.  In a
 * turned pattern the blocks' first side runs down to the right and the second
 * down to the left.  Rectangles and weights are those of opencv_traincascade.
 * Source: Viola and Jones 2004; Lienhart and Maydt, ICIP 2002. */
#include "vision/haar_set.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>

enum { MAX_CANDIDATES = 1 << 26 };

typedef struct pattern {
    mien_haar_set from; /* the smallest set that has it */
    int tilted, nx, ny; /* blocks */
    int n;              /* parts */
    struct {
        int x, y, w, h, weight;
    } part[2]; /* in blocks */
} pattern;

static const pattern patterns[] = {
    {MIEN_HAAR_BASIC, 0, 2, 1, 1, {{1, 0, 1, 1, 2}}},
    {MIEN_HAAR_BASIC, 0, 1, 2, 1, {{0, 1, 1, 1, 2}}},
    {MIEN_HAAR_BASIC, 0, 3, 1, 1, {{1, 0, 1, 1, 3}}},
    {MIEN_HAAR_BASIC, 0, 1, 3, 1, {{0, 1, 1, 1, 3}}},
    {MIEN_HAAR_BASIC, 0, 2, 2, 2, {{0, 0, 1, 1, 2}, {1, 1, 1, 1, 2}}},
    {MIEN_HAAR_CORE, 0, 4, 1, 1, {{1, 0, 2, 1, 2}}},
    {MIEN_HAAR_CORE, 0, 1, 4, 1, {{0, 1, 1, 2, 2}}},
    {MIEN_HAAR_CORE, 0, 3, 3, 1, {{1, 1, 1, 1, 9}}},
    {MIEN_HAAR_ALL, 1, 2, 1, 1, {{0, 0, 1, 1, 2}}},
    {MIEN_HAAR_ALL, 1, 1, 2, 1, {{0, 0, 1, 1, 2}}},
    {MIEN_HAAR_ALL, 1, 3, 1, 1, {{1, 0, 1, 1, 3}}},
    {MIEN_HAAR_ALL, 1, 1, 3, 1, {{0, 1, 1, 1, 3}}},
    {MIEN_HAAR_ALL, 1, 4, 1, 1, {{1, 0, 2, 1, 2}}},
    {MIEN_HAAR_ALL, 1, 1, 4, 1, {{0, 1, 1, 2, 2}}},
};
enum { N_PATTERNS = sizeof patterns / sizeof *patterns, LBP = N_PATTERNS };

/* Where candidates go, or how many there are if list is NULL. */
typedef struct lister {
    mi_candidate *list;
    int64_t n;
    int w, h;
} lister;

/* All places of blocks of dx x dy. */
static void list_places(lister *l, int p, int dx, int dy)
{
    int nx = 3, ny = 3, tilted = 0;
    if (p < N_PATTERNS) {
        nx = patterns[p].nx;
        ny = patterns[p].ny;
        tilted = patterns[p].tilted;
    }
    int first = tilted ? ny * dy : 0, last = l->w - nx * dx;
    int rows = l->h - ny * dy - (tilted ? nx * dx : 0) + 1;
    int columns = last - first + 1;
    if (rows <= 0 || columns <= 0)
        return;
    if (!l->list) {
        l->n += (int64_t)rows * columns;
        return;
    }
    for (int x = first; x <= last; x++)
        for (int y = 0; y < rows; y++)
            l->list[l->n++] =
                (mi_candidate){(uint16_t)p, (uint16_t)x, (uint16_t)y,
                               (uint16_t)dx, (uint16_t)dy};
}

static void list_all(lister *l, mien_feature_kind kind, mien_haar_set set)
{
    int from = kind == MIEN_FEATURE_LBP ? LBP : 0;
    int to = kind == MIEN_FEATURE_LBP ? LBP + 1 : N_PATTERNS;
    for (int p = from; p < to; p++) {
        if (p < N_PATTERNS && patterns[p].from > set)
            continue;
        for (int dx = 1; dx <= l->w; dx++)
            for (int dy = 1; dy <= l->h; dy++)
                list_places(l, p, dx, dy);
    }
}

int64_t mien_haar_count(mien_haar_set set, int w, int h)
{
    assert(w >= 1 && h >= 1);
    assert(w <= MIEN_CASCADE_MAX_WINDOW && h <= MIEN_CASCADE_MAX_WINDOW);
    lister l = {NULL, 0, w, h};
    list_all(&l, MIEN_FEATURE_HAAR, set);
    return l.n;
}

mien_status mi_candidates_new(mien_feature_kind kind, mien_haar_set set, int w,
                              int h, mi_candidate **out, int *n,
                              mien_error *err)
{
    lister l = {NULL, 0, w, h};
    list_all(&l, kind, set);
    if (l.n < 1 || l.n > MAX_CANDIDATES)
        return mi_fail(err, MIEN_ELIMIT,
                       "cascade: %lld features in a window of %d x %d, wanted "
                       "1..%d",
                       (long long)l.n, w, h, (int)MAX_CANDIDATES);
    l.list = mi_alloc_raw((size_t)l.n, sizeof *l.list);
    if (!l.list)
        return mi_no_memory(err);
    l.n = 0;
    list_all(&l, kind, set);
    *out = l.list;
    *n = (int)l.n;
    return MIEN_OK;
}

static mien_feature_rect rect_of(const mi_candidate *c, int tilted,
                                 const int at[4], int weight)
{
    int x = c->x, y = c->y, w = c->w, h = c->h;
    mien_feature_rect r = {.x = x + at[0] * w,
                           .y = y + at[1] * h,
                           .w = at[2] * w,
                           .h = at[3] * h,
                           .weight = (float)weight};
    if (tilted) {
        r.x = x + at[0] * w - at[1] * h;
        r.y = y + at[0] * w + at[1] * h;
    }
    return r;
}

mien_feature mi_candidate_feature(const mi_candidate *c)
{
    mien_feature f = {.n = 1};
    if (c->pattern == LBP) {
        f.rect[0] = (mien_feature_rect){c->x, c->y, c->w, c->h, 0};
        return f;
    }
    const pattern *p = &patterns[c->pattern];
    f.tilted = p->tilted;
    f.n = 1 + p->n;
    f.rect[0] = rect_of(c, p->tilted, (int[]){0, 0, p->nx, p->ny}, -1);
    for (int i = 0; i < p->n; i++)
        f.rect[1 + i] = rect_of(
            c, p->tilted,
            (int[]){p->part[i].x, p->part[i].y, p->part[i].w, p->part[i].h},
            p->part[i].weight);
    return f;
}
