/* people.c: known people, in memory.
 *
 * All descriptors lie in one index in the order they were added, each with the
 * number of its person, so that "the first of equals" is its lower row, and a
 * person's photos may come in any order: a list through the rows has them.
 * Names are found by a table with open addresses (FNV-1a), at most half full.
 */
#include "match/people.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum { LEAST_SLOTS = 32 };

mien_status mien_people_new_by(mien_describer d, mien_people **out,
                               mien_error *err)
{
    mien_people *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    p->describer = d;
    mien_status st = mien_index_new(mien_describer_numbers(d), &p->views, err);
    if (st != MIEN_OK) {
        mi_free(p);
        return st;
    }
    *out = p;
    return MIEN_OK;
}

mien_status mien_people_new(mien_people **out, mien_error *err)
{
    return mien_people_new_by(MIEN_DESCRIBER_DLIB, out, err);
}

mien_describer mien_people_describer(const mien_people *p)
{
    return p->describer;
}

void mien_people_free(mien_people *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->n; i++)
        mi_free(p->person[i].name);
    mi_free(p->person);
    mien_index_free(p->views);
    mi_free(p->next);
    mi_free(p->slot);
    mi_free(p);
}

/* ---- names --------------------------------------------------------------- */

/* The slot of a name, or the empty one where it would be. */
static int slot_of(const mien_people *p, const char *name)
{
    uint32_t h = 2166136261u;
    for (const char *c = name; *c; c++)
        h = (h ^ (uint8_t)*c) * 16777619u;
    int at = (int)(h & (uint32_t)(p->slots - 1));
    while (p->slot[at] && strcmp(p->person[p->slot[at] - 1].name, name) != 0)
        at = (at + 1) & (p->slots - 1);
    return at;
}

static int find(const mien_people *p, const char *name)
{
    return p->slots ? p->slot[slot_of(p, name)] - 1 : -1;
}

/* The table anew, from the names. */
static void fill_slots(mien_people *p)
{
    memset(p->slot, 0, (size_t)p->slots * sizeof *p->slot);
    for (int i = 0; i < p->n; i++)
        p->slot[slot_of(p, p->person[i].name)] = i + 1;
}

/* Slots for one person more; 0 when memory ended. */
static int grow_slots(mien_people *p)
{
    if (p->n < p->slots / 2)
        return 1;
    if (p->slots > INT_MAX / 2)
        return 0;
    int slots = p->slots ? 2 * p->slots : LEAST_SLOTS;
    int *slot = mi_alloc((size_t)slots, sizeof *slot);
    if (!slot)
        return 0;
    mi_free(p->slot);
    p->slot = slot;
    p->slots = slots;
    fill_slots(p);
    return 1;
}

/* A person of that name at the end; -1 when memory ended. */
static int add_name(mien_people *p, const char *name)
{
    size_t n = strlen(name) + 1;
    mi_person *last = mi_push(&p->person, p->n, sizeof *last);
    if (!last || !grow_slots(p) || !(last->name = mi_alloc_raw(n, 1)))
        return -1;
    memcpy(last->name, name, n);
    last->first = last->last = -1;
    p->slot[slot_of(p, name)] = p->n + 1;
    return p->n++;
}

/* ---- descriptors --------------------------------------------------------- */

static mien_status check(const mien_people *p, const char *name,
                         const float *descriptor, mien_error *err)
{
    if (!*name)
        return mi_fail(err, MIEN_EARG, "people: a name is empty");
    for (int i = 0; i < mi_people_numbers(p); i++)
        if (!isfinite(descriptor[i]))
            return mi_fail(err, MIEN_EARG,
                           "people: number %d of a descriptor of %.80s is %g",
                           i, name, (double)descriptor[i]);
    return MIEN_OK;
}

/* Put a row at the end of its person's list. */
static void link_row(mien_people *p, int row)
{
    mi_person *of = &p->person[p->views->who[row]];
    p->next[row] = -1;
    if (of->last < 0)
        of->first = row;
    else
        p->next[of->last] = row;
    of->last = row;
}

mien_status mien_people_add(mien_people *p, const char *name,
                            const float *descriptor, mien_error *err)
{
    mien_status st = check(p, name, descriptor, err);
    if (st != MIEN_OK)
        return st;
    int row = mi_people_views(p), person = find(p, name), before = p->n;
    if (!mi_push(&p->next, row, sizeof *p->next))
        return mi_no_memory(err);
    if (person < 0)
        person = add_name(p, name);
    if (person < 0)
        return mi_no_memory(err);
    st = mien_index_add(p->views, 1, descriptor, &person, err);
    if (st == MIEN_OK) {
        link_row(p, row);
    } else if (p->n > before) { /* nobody is there without a descriptor */
        p->slot[slot_of(p, name)] = 0;
        mi_free(p->person[--p->n].name);
    }
    return st;
}

/* Forget the rows of a person, some of its list at a time; how many. */
static int remove_rows(mien_people *p, const mi_person *of)
{
    enum { SOME = 64 };
    int64_t now[SOME];
    int gone = 0, n;
    for (int row = of->first; row >= 0; gone += n) {
        for (n = 0; n < SOME && row >= 0; row = p->next[row])
            now[n++] = row - gone;
        mien_index_remove(p->views, n, now);
    }
    return gone;
}

int mien_people_remove(mien_people *p, const char *name)
{
    int gone = find(p, name);
    if (gone < 0)
        return 0;
    int went = remove_rows(p, &p->person[gone]);
    mi_free(p->person[gone].name);
    p->n--;
    memmove(p->person + gone, p->person + gone + 1,
            (size_t)(p->n - gone) * sizeof *p->person);
    for (int i = 0; i < p->n; i++)
        p->person[i].first = p->person[i].last = -1;
    for (int row = 0; row < mi_people_views(p); row++) {
        p->views->who[row] -= p->views->who[row] > gone;
        link_row(p, row);
    }
    fill_slots(p);
    return went;
}

int mien_people_count(const mien_people *p) { return p->n; }

const char *mien_people_name(const mien_people *p, int i)
{
    assert(i >= 0 && i < p->n);
    return p->person[i].name;
}

const float *mien_people_descriptor(const mien_people *p, int i, int n)
{
    assert(i >= 0 && i < p->n);
    int row = p->person[i].first;
    while (row >= 0 && n-- > 0)
        row = p->next[row];
    return row < 0 ? NULL : mi_people_view(p, row);
}
