/* team.c: sums, copies and questions over the ranks of a team.
 *
 * A sum of n floats over p ranks: the floats are cut into p parts; rank i is
 * given part i by all, adds them in the order of the ranks, and gives the sum
 * to all.  Each rank sends 2 n (p - 1) / p floats, as in a ring, but in two
 * rounds, and the order does not depend on where a part is added. */
#include "team/team.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

int mi_team_several(const mien_team *r) { return r && r->size > 1; }

mi_share mi_team_share(const mien_team *r, int64_t n)
{
    if (!mi_team_several(r))
        return (mi_share){0, n};
    int64_t first = n * r->rank / r->size;
    return (mi_share){first, n * (r->rank + 1) / r->size - first};
}

/* Where part i of n floats begins. */
static size_t begin_of(const mien_team *r, size_t n, int i)
{
    return n * (size_t)i / (size_t)r->size;
}

size_t mi_team_room(const mien_team *r, size_t n)
{
    return mi_team_several(r) ? n + (size_t)r->size : 0;
}

/* Add up the own part: of rank i at room + i len, but the own at x. */
static void add_parts(const mien_team *r, float *x, size_t len, float *room)
{
    float *sum = room + (size_t)r->rank * len;
    if (len)
        memcpy(sum, x, len * sizeof *x);
    for (int i = 0; i < r->size; i++) {
        const float *part = room + (size_t)i * len;
        for (size_t j = 0; j < len; j++)
            x[j] = i ? x[j] + part[j] : part[j];
    }
}

mien_status mi_team_sum(const mien_team *r, float *x, size_t n, float *room,
                        mien_error *err)
{
    mien_piece give[MIEN_MAX_RANKS], take[MIEN_MAX_RANKS];
    if (!mi_team_several(r))
        return MIEN_OK;
    float *own = x + begin_of(r, n, r->rank);
    size_t len = begin_of(r, n, r->rank + 1) - begin_of(r, n, r->rank);
    for (int i = 0; i < r->size; i++) {
        size_t at = begin_of(r, n, i), size = begin_of(r, n, i + 1) - at;
        give[i] = (mien_piece){x + at, size * sizeof *x};
        take[i] = (mien_piece){room + (size_t)i * len, len * sizeof *x};
    }
    mien_status st = r->exchange(r->arg, give, take, err);
    if (st)
        return st;
    add_parts(r, own, len, room);
    for (int i = 0; i < r->size; i++) {
        take[i] = give[i];
        give[i] = (mien_piece){own, len * sizeof *x};
    }
    return r->exchange(r->arg, give, take, err);
}

mien_status mi_team_gather(const mien_team *r, const void *mine, size_t n,
                           void *all, mien_error *err)
{
    mien_piece give[MIEN_MAX_RANKS], take[MIEN_MAX_RANKS];
    char *own = (char *)all + (mi_team_several(r) ? (size_t)r->rank * n : 0);
    memmove(own, mine, n);
    if (!mi_team_several(r))
        return MIEN_OK;
    for (int i = 0; i < r->size; i++) {
        give[i] = (mien_piece){own, n};
        take[i] = (mien_piece){(char *)all + (size_t)i * n, n};
    }
    return r->exchange(r->arg, give, take, err);
}

mien_status mi_team_any(const mien_team *r, int *flag, mien_error *err)
{
    char mine = *flag ? 1 : 0, all[MIEN_MAX_RANKS];
    mien_status st = mi_team_gather(r, &mine, 1, all, err);
    for (int i = 0; !st && i < (mi_team_several(r) ? r->size : 1); i++)
        *flag |= all[i];
    return st;
}

mien_status mi_team_copy(const mien_team *r, const uint8_t *bytes, size_t n,
                         mien_bytes *out, mien_error *err)
{
    mien_piece give[MIEN_MAX_RANKS] = {{0}}, take[MIEN_MAX_RANKS] = {{0}};
    uint64_t size[MIEN_MAX_RANKS], mine = n;
    mien_bytes b = {0};
    mien_status st = mi_team_gather(r, &mine, sizeof mine, size, err);
    if (st)
        return st;
    b.n = (size_t)size[0];
    b.data = b.n == size[0] ? mi_alloc(b.n + 1, 1) : NULL;
    int failed = !b.data;
    st = mi_team_any(r, &failed, err);
    if (!st && (failed || !b.data))
        st = mi_no_memory(err);
    if (!st && n && bytes && (!mi_team_several(r) || r->rank == 0))
        memcpy(b.data, bytes, n);
    for (int i = 0; !st && mi_team_several(r) && i < r->size; i++) {
        if (r->rank == 0)
            give[i] = (mien_piece){b.data, b.n};
        else if (i == 0)
            take[i] = (mien_piece){b.data, b.n};
    }
    if (!st && mi_team_several(r))
        st = r->exchange(r->arg, give, take, err);
    if (st)
        mien_bytes_free(&b);
    else
        *out = b;
    return st;
}
