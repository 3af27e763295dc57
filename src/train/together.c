/* together.c: steps that several ranks take as one.
 *
 * Losses are means over rows, so the gradient of a batch is the sum over the
 * ranks of their gradients times their shares of its rows.  It is added in the
 * order of the ranks; the optimiser then does the same on every rank, and their
 * parameters stay alike bit by bit, without being sent. */
#include "train/together.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/learn.h"
#include "team/team.h"

#include <string.h>

/* Behind the parameters: how many ranks cannot go on. */
enum { FAILED, EXTRA };

mien_status mi_together_new(mien_trainer *t, mien_error *err)
{
    const mien_team *r = t->options.team;
    size_t n = (size_t)t->parameters.total + EXTRA;
    if (!mi_team_several(r))
        return MIEN_OK;
    if (r->size > MIEN_MAX_RANKS || t->options.batch < r->size)
        return mi_fail(err, MIEN_EARG,
                       "train: a batch of %d rows for %d ranks, wanted a row "
                       "each at least, of %d ranks at most (--batch)",
                       t->options.batch, r->size, (int)MIEN_MAX_RANKS);
    t->shared = mi_alloc(n, sizeof *t->shared);
    t->room = mi_alloc(mi_team_room(r, n), sizeof *t->room);
    return t->shared && t->room ? MIEN_OK : mi_no_memory(err);
}

void mi_together_done(mien_trainer *t)
{
    mi_free(t->shared);
    mi_free(t->room);
}

void mi_together_begin(mien_trainer *t)
{
    mien_random_init(&t->chance,
                     t->options.seed ^ (uint32_t)(t->epochs + 1) * 2654435761U ^
                         (uint32_t)(t->options.team->rank + 1) * 40503U);
}

/* EIO where another rank has failed and this one has not. */
static mien_status fail_with_others(mien_status st, mien_error *err)
{
    return st ? st
              : mi_fail(err, MIEN_EIO,
                        "train: another rank could not go on; it says why");
}

/* The share of this rank in what is summed: gradients, and statistics as they
 * are. */
static void put_own(mien_trainer *t, double share)
{
    const mi_parameters *p = &t->parameters;
    float *to = t->shared, part = (float)share;
    memset(to, 0, ((size_t)p->total + EXTRA) * sizeof *to);
    for (int i = 0; i < p->n && share > 0; to += p->len[i++]) {
        const float *from = p->m[i] ? t->grad[i] : p->value[i];
        for (int64_t j = 0; from && j < p->len[i]; j++)
            to[j] = part * from[j];
    }
}

/* What was summed, as gradients; statistics are taken over. */
static void take_sums(mien_trainer *t)
{
    const mi_parameters *p = &t->parameters;
    float *from = t->shared;
    for (int i = 0; i < p->n; from += p->len[i++]) {
        /* the first plan is always there, and every plan has the same */
        t->grad[i] = mi_plan_gradient(t->plan[0], p->id[i]) ? from : NULL;
        if (!p->m[i])
            memcpy(p->value[i], from, (size_t)p->len[i] * sizeof *from);
    }
}

mien_status mi_together_gradients(mien_trainer *t, double share, mien_status st,
                                  mien_error *err)
{
    const mi_parameters *p = &t->parameters;
    float *extra = t->shared + p->total;
    put_own(t, st ? 0 : share);
    extra[FAILED] = st ? 1 : 0;
    mien_status sent =
        mi_team_sum(t->options.team, t->shared, (size_t)p->total + EXTRA,
                    t->room, st ? NULL : err);
    if (st || sent)
        return st ? st : sent;
    if (extra[FAILED] != 0)
        return fail_with_others(st, err);
    take_sums(t);
    return MIEN_OK;
}

static void add_losses(mien_losses *sum, const mien_losses *l)
{
    sum->total += l->total;
    sum->penalty += l->penalty;
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        sum->part[i] += l->part[i];
}

mien_status mi_together_losses(const mien_trainer *t, mien_status st,
                               mien_losses *l, mien_error *err)
{
    struct said {
        mien_losses losses;
        int failed;
    } mine = {*l, st != MIEN_OK}, all[MIEN_MAX_RANKS];
    const mien_team *r = t->options.team;
    if (!mi_team_several(r))
        return st;
    mien_status sent =
        mi_team_gather(r, &mine, sizeof mine, all, st ? NULL : err);
    int failed = 0;
    *l = (mien_losses){0};
    for (int i = 0; i < r->size && !sent; i++) {
        add_losses(l, &all[i].losses);
        failed |= all[i].failed;
    }
    if (!st && !sent && failed)
        return fail_with_others(st, err);
    return st ? st : sent;
}
