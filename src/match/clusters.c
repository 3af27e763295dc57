/* clusters.c: descriptors to numbered groups, and what is asked of them. */
#include "match/cluster.h"

#include "base/alloc.h"
#include "base/error.h"
#include "match/people.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const mien_cluster_options defaults = MIEN_CLUSTER_DEFAULTS;

static mien_status wrong(mien_error *err, const char *name, double value,
                         double least, double most)
{
    return mi_fail(err, MIEN_EARG, "cluster: %s %g, wanted %g to %g", name,
                   value, least, most);
}

/* Are options in their ranges? */
static mien_status check(int n, int d, const mien_cluster_options *o,
                         mien_error *err)
{
    if (n < 0)
        return wrong(err, "faces", n, 0, INT32_MAX);
    if (d < 1 || d > 65536)
        return wrong(err, "numbers of a descriptor", d, 1, 65536);
    if (!(o->threshold >= 0 && o->threshold < 1e15f))
        return wrong(err, "threshold", (double)o->threshold, 0, 1e15);
    if (o->least < 1)
        return wrong(err, "least", o->least, 1, INT32_MAX);
    if (o->most < 1 || o->most > MIEN_CLUSTER_MOST)
        return wrong(err, "most", o->most, 1, MIEN_CLUSTER_MOST);
    if (o->core < 1 || o->core > o->most + 1)
        return wrong(err, "core", o->core, 1, o->most + 1);
    if (o->rounds < 1)
        return wrong(err, "rounds", o->rounds, 1, INT32_MAX);
    return MIEN_OK;
}

/* ---- numbers for groups -------------------------------------------------- */

typedef struct part {
    int size, first, label;
} part;

/* The larger first; of equals that with the earlier face. */
static int by_size(const void *x, const void *y)
{
    const part *a = x, *b = y;
    if (a->size != b->size)
        return a->size < b->size ? 1 : -1;
    return (a->first > b->first) - (a->first < b->first);
}

/* The labels that are there, with their faces counted, in the order of groups;
 * how many.
 *
 *   room  [n] */
static int count_parts(int n, const int *label, part *room)
{
    int parts = 0;
    for (int i = 0; i < n; i++)
        room[i] = (part){0, 0, i};
    for (int i = n - 1; i >= 0; i--) {
        room[label[i]].size++;
        room[label[i]].first = i;
    }
    for (int i = 0; i < n; i++)
        if (room[i].size)
            room[parts++] = room[i];
    qsort(room, (size_t)parts, sizeof *room, by_size);
    return parts;
}

/* Faces by group, by counting: those in none are the last. */
static void set_members(mien_clusters *c)
{
    int at = 0;
    memset(c->begin, 0, (size_t)(c->groups + 2) * sizeof *c->begin);
    for (int i = 0; i < c->n; i++)
        c->begin[c->group[i] < 0 ? c->groups : c->group[i]]++;
    for (int g = 0; g <= c->groups; g++) {
        int size = c->begin[g];
        c->begin[g] = at;
        at += size;
    }
    for (int i = 0; i < c->n; i++)
        c->member[c->begin[c->group[i] < 0 ? c->groups : c->group[i]]++] = i;
    for (int g = c->groups; g >= 0; g--)
        c->begin[g + 1] = c->begin[g];
    c->begin[0] = 0;
}

/* Labels to groups.
 *
 *   label  [n], overwritten */
static mien_status number(int least, int *label, mien_clusters *c,
                          mien_error *err)
{
    size_t n = (size_t)c->n;
    part *room = mi_alloc_raw(n, sizeof *room);
    c->group = mi_alloc_raw(n, sizeof *c->group);
    c->member = mi_alloc_raw(n, sizeof *c->member);
    if (room && c->group && c->member) {
        int parts = count_parts(c->n, label, room);
        memcpy(c->group, label, n * sizeof *label);
        memset(label, -1, n * sizeof *label); /* label -> group from here */
        while (c->groups < parts && room[c->groups].size >= least) {
            label[room[c->groups].label] = c->groups;
            c->groups++;
        }
        for (int i = 0; i < c->n; i++)
            c->group[i] = label[c->group[i]];
        c->begin = mi_alloc_raw((size_t)c->groups + 2, sizeof *c->begin);
    }
    mi_free(room);
    if (!c->begin)
        return mi_no_memory(err);
    set_members(c);
    return MIEN_OK;
}

mien_status mien_cluster(int n, int d, const float *descriptor,
                         const mien_cluster_options *options,
                         mien_clusters *out, mien_error *err)
{
    const mien_cluster_options *o = options ? options : &defaults;
    mien_clusters c = {.n = n};
    mi_neighbours nb = {0};
    mien_status st = check(n, d, o, err);
    if (st)
        return st;
    int *label = mi_alloc_raw((size_t)n, sizeof *label);
    st = label ? mi_neighbours_find(n, d, descriptor, o, &nb, err)
               : mi_no_memory(err);
    if (!st)
        st = (o->method == MIEN_CLUSTER_DENSITY
                  ? mi_cluster_density
                  : mi_cluster_whispers)(&nb, o, label, &c.rounds, err);
    c.pairs = nb.pairs;
    c.capped = nb.capped;
    mi_neighbours_free(&nb);
    if (!st)
        st = number(o->least, label, &c, err);
    mi_free(label);
    if (st)
        mien_clusters_free(&c);
    else
        *out = c;
    return st;
}

void mien_clusters_free(mien_clusters *c)
{
    if (!c)
        return;
    mi_free(c->group);
    mi_free(c->member);
    mi_free(c->begin);
    memset(c, 0, sizeof *c);
}

/* ---- who, and who else --------------------------------------------------- */

mien_status mien_clusters_suggest(const mien_clusters *c,
                                  const float *descriptor,
                                  const mien_people *people,
                                  const mien_match_options *options,
                                  mien_match *out, mien_error *err)
{
    const int d = mien_describer_numbers(mien_people_describer(people));
    size_t largest = c->groups ? (size_t)c->begin[1] : 0;
    float *face = mi_alloc_raw(largest, (size_t)d * sizeof *face);
    mien_match *match = mi_alloc_raw((size_t)c->groups, sizeof *match);
    mien_status st = face && match ? MIEN_OK : mi_no_memory(err);
    for (int g = 0; g < c->groups && !st; g++) {
        const int *member = c->member + c->begin[g];
        int n = c->begin[g + 1] - c->begin[g];
        for (int i = 0; i < n; i++)
            memcpy(face + (ptrdiff_t)i * d,
                   descriptor + (ptrdiff_t)member[i] * d,
                   (size_t)d * sizeof *face);
        st = mien_people_vote(people, n, face, options, NULL, &match[g], err);
    }
    if (!st && c->groups)
        memcpy(out, match, (size_t)c->groups * sizeof *match);
    mi_free(face);
    mi_free(match);
    return st;
}

/* Is a face nearer than a threshold to one of the faces listed? */
static int is_near(int d, const float *descriptor, int face, int n,
                   const int *other, float threshold)
{
    const float *a = descriptor + (ptrdiff_t)face * d;
    for (int i = 0; i < n; i++) {
        const float *b = descriptor + (ptrdiff_t)other[i] * d;
        if (mi_index_distance(d, a, b) < threshold)
            return 1;
    }
    return 0;
}

mien_status mien_clusters_pull(mien_clusters *c, int d, const float *descriptor,
                               int group, float threshold, int *taken,
                               mien_error *err)
{
    assert(group >= 0 && group < c->groups);
    int from = c->begin[c->groups], left = c->n - from, found = 0;
    int *take = mi_alloc_raw((size_t)left, sizeof *take);
    if (!take)
        return mi_no_memory(err);
    for (int i = 0; i < left; i++)
        if (is_near(d, descriptor, c->member[from + i],
                    c->begin[group + 1] - c->begin[group],
                    c->member + c->begin[group], threshold))
            take[found++] = c->member[from + i];
    for (int i = 0; i < found; i++)
        c->group[take[i]] = group;
    set_members(c);
    mi_free(take);
    if (taken)
        *taken = found;
    return MIEN_OK;
}
