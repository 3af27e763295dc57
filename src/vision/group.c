/* group.c: rectangles that mean the same, made one.
 *
 * Two rectangles are alike if all four sides lie within eps of their mean size;
 * groups are the classes this likeness spans.  A group's rectangle is the mean
 * of its members, in float, rounded half to even, as OpenCV's groupRectangles
 * makes it.  Sorted by their left side, only near ones need to be compared. */
#include "vision/group.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct group {
    int64_t x, y, w, h;
    int n, level;
    double weight;
} group;

static int by_side(const void *a, const void *b)
{
    const mien_hit *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return (p->w > q->w) - (p->w < q->w);
}

static int least(int a, int b) { return a < b ? a : b; }

static int alike(const mien_hit *a, const mien_hit *b, double eps)
{
    double d = eps * (least(a->w, b->w) + least(a->h, b->h)) * 0.5;
    return abs(a->x - b->x) <= d && abs(a->y - b->y) <= d &&
           abs(a->x + a->w - b->x - b->w) <= d &&
           abs(a->y + a->h - b->y - b->h) <= d;
}

static int root_of(int *parent, int i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* Number the classes in the order of their first members. */
static int classes(const mien_hits *hits, double eps, int *parent, int *label)
{
    for (int i = 0; i < hits->n; i++)
        parent[i] = i;
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *a = &hits->hit[i];
        double reach = eps * (a->w + a->h) * 0.5;
        for (int j = i + 1; j < hits->n && hits->hit[j].x - a->x <= reach; j++)
            if (alike(a, &hits->hit[j], eps))
                parent[root_of(parent, j)] = root_of(parent, i);
    }
    int n = 0;
    for (int i = 0; i < hits->n; i++)
        label[i] = -1;
    for (int i = 0; i < hits->n; i++) {
        int r = root_of(parent, i);
        if (label[r] < 0)
            label[r] = n++;
        if (r != i)
            label[i] = label[r];
    }
    return n;
}

static void add(group *g, const mien_hit *h)
{
    g->x += h->x;
    g->y += h->y;
    g->w += h->w;
    g->h += h->h;
    g->n++;
    if (h->level > g->level) {
        g->level = h->level;
        g->weight = h->weight;
    } else if (h->level == g->level && h->weight > g->weight) {
        g->weight = h->weight;
    }
}

static int mean(int64_t sum, int n)
{
    return (int)lrintf((float)sum * (1.f / (float)n));
}

static mien_hit mean_of(const group *g)
{
    return (mien_hit){.x = mean(g->x, g->n),
                      .y = mean(g->y, g->n),
                      .w = mean(g->w, g->n),
                      .h = mean(g->h, g->n),
                      .neighbors = g->n,
                      .level = g->level,
                      .weight = g->weight};
}

/* a lies inside b, which has enough of its own to speak for both. */
static int inside(const mien_hit *a, int n, const mien_hit *b, double eps)
{
    int dx = (int)lrint(b->w * eps), dy = (int)lrint(b->h * eps);
    return a->x >= b->x - dx && a->y >= b->y - dy &&
           a->x + a->w <= b->x + b->w + dx && a->y + a->h <= b->y + b->h + dy &&
           (b->neighbors > n || n < 3);
}

/* Keep the groups that count; returns how many. */
static int choose(const mien_hit *all, int n, int neighbors, double eps,
                  mien_hit *out)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        int mine = all[i].neighbors, j = 0;
        if (mine <= neighbors)
            continue;
        for (; j < n; j++)
            if (j != i && all[j].neighbors > neighbors &&
                inside(&all[i], mine, &all[j], eps))
                break;
        if (j == n)
            out[kept++] = all[i];
    }
    return kept;
}

static int join(mien_hits *hits, int neighbors, double eps, int *label,
                group *groups, mien_hit *means)
{
    int n = classes(hits, eps, label + hits->n, label);
    for (int i = 0; i < n; i++)
        groups[i] = (group){.weight = DBL_MIN};
    for (int i = 0; i < hits->n; i++)
        add(&groups[label[i]], &hits->hit[i]);
    for (int i = 0; i < n; i++)
        means[i] = mean_of(&groups[i]);
    return choose(means, n, neighbors, eps, hits->hit);
}

mien_status mi_group(mien_hits *hits, int neighbors, double eps,
                     mien_error *err)
{
    if (hits->n > 1)
        qsort(hits->hit, (size_t)hits->n, sizeof *hits->hit, by_side);
    if (neighbors <= 0 || !hits->n)
        return MIEN_OK;
    size_t n = (size_t)hits->n;
    int *label = mi_alloc(2 * n, sizeof *label);
    group *groups = mi_alloc(n, sizeof *groups);
    mien_hit *means = mi_alloc(n, sizeof *means);
    mien_status st = MIEN_OK;
    if (label && groups && means)
        hits->n = join(hits, neighbors, eps, label, groups, means);
    else
        st = mi_fail(err, MIEN_ENOMEM, "cascade: to group %zu windows", n);
    mi_free(label);
    mi_free(groups);
    mi_free(means);
    if (hits->n > 1)
        qsort(hits->hit, (size_t)hits->n, sizeof *hits->hit, by_side);
    return st;
}

mien_status mi_hits_append(mien_hits *all, const mien_hits *more,
                           mien_error *err)
{
    mien_hit *to = mi_grow(&all->hit, all->n, more->n, sizeof *to);
    if (!to)
        return mi_no_memory(err);
    if (more->n)
        memcpy(to, more->hit, (size_t)more->n * sizeof *to);
    all->n += more->n;
    return MIEN_OK;
}
