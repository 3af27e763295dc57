/* merge.c: two entries that are one person, and one that is two; each whole or
 * not at all.
 *
 * A merge gives everything to the one and marks the other as leaving, in one
 * transaction; then the other is erased, or, behind a break, when the gallery
 * is opened again. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/move.h"

#include <stdio.h>
#include <string.h>

/* ---- two are one --------------------------------------------------------- */

/* What one gives to another. */
typedef struct giving {
    const mi_person *from, *into;
    const mi_moves *moves;
    int evidence;
} giving;

/* mi_change.make of a merge. */
static mien_status make_one(mien_gallery *g, const void *arg, mien_error *err)
{
    const giving *v = arg;
    char detail[160];
    mi_held held = v->moves->held;
    held.evidence = v->evidence;
    mi_held_text(&held, detail, sizeof detail);
    size_t n = strlen(detail);
    snprintf(detail + n, sizeof detail - n, " of person %lld",
             (long long)v->from->shown.id);
    mien_status st = mi_moves_put(g, v->into, v->moves, err);
    if (!st)
        st = mi_evidence_copy(g, v->from, v->into, err);
    if (!st)
        st = mi_db_do(&g->data, err, "INSERT INTO leaving(person) VALUES(?)",
                      "i", v->from->shown.id);
    return st ? st
              : mi_log_add(g, MI_LOG_FACES_ADDED, v->into, v->into->shown.id,
                           detail, err);
}

/* Everything of one to another, who has it in memory, too. */
static mien_status give(mien_gallery *g, int from, int into, mien_error *err)
{
    mi_moves m = {0};
    giving v = {&g->person[from], &g->person[into], &m, 0};
    int64_t id = v.into->shown.id;
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_one, .arg = &v};
    mien_status st = mi_evidence_count(g, v.from->shown.id, &v.evidence, err);
    if (!st)
        st = mi_moves_gather(g, v.from->shown.id, 0, NULL, &m, err);
    if (!st)
        st = mi_moves_add(g, id, &m, err);
    if (!st) {
        st = mi_gallery_change(g, &change, err);
        if (st)
            mi_moves_drop(g, &m);
    }
    mi_moves_free(&m);
    return st;
}

/* Whether one person may have the evidence and negatives of both. */
static mien_status check_room(const mien_gallery *g, int64_t into, int64_t from,
                              mien_error *err)
{
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    int had = 0, more = 0;
    mien_status st = mi_evidence_count(g, into, &had, err);
    if (!st)
        st = mi_evidence_count(g, from, &more, err);
    if (st)
        return st;
    if (had + more > MIEN_GALLERY_MAX_EVIDENCE)
        return mi_fail(err, MIEN_ELIMIT,
                       "evidence: %d files beside %d; at most %d of a person "
                       "are kept",
                       more, had, MIEN_GALLERY_MAX_EVIDENCE);
    more = mien_gallery_list_negatives(g, into, all) +
           mien_gallery_list_negatives(g, from, all);
    if (more > MIEN_GALLERY_MAX_NEGATIVES)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d negatives together; at most %d of a person are kept",
                       more, MIEN_GALLERY_MAX_NEGATIVES);
    return MIEN_OK;
}

mien_status mien_gallery_merge(mien_gallery *g, int64_t into, int64_t from,
                               mien_error *err)
{
    int a = mi_people_at(g, into), b = mi_people_at(g, from);
    if (a < 0 || b < 0 || a == b)
        return mi_fail(err, MIEN_EARG,
                       "%lld and %lld are not the numbers of two people",
                       (long long)into, (long long)from);
    if (strcmp(g->person[a].shown.basis.purpose,
               g->person[b].shown.basis.purpose) != 0)
        return mi_fail(err, MIEN_EARG,
                       "one is enrolled for '%.60s', the other for '%.60s'",
                       g->person[a].shown.basis.purpose,
                       g->person[b].shown.basis.purpose);
    mien_status st = mi_people_holds(g, a, err);
    if (!st)
        st = check_room(g, into, from, err);
    if (!st)
        st = give(g, b, a, err);
    return st ? st : mien_gallery_withdraw(g, from, NULL, err);
}

mien_status mi_leaving_erase(mien_gallery *g, int *erased, mien_error *err)
{
    int64_t id = 0;
    int found = 1;
    mien_status st = MIEN_OK;
    while (!st && found) {
        st = mi_db_number(&g->data, "SELECT person FROM leaving LIMIT 1", &id,
                          &found, err);
        int at = !st && found ? mi_people_at(g, id) : -1;
        if (at >= 0) {
            st = mi_gallery_erase(g, at, MI_LOG_WITHDRAWN, NULL, err);
            *erased += !st;
        } else if (!st && found) {
            st = mi_fail(err, MIEN_EFORMAT, "%.120s: nobody is leaving",
                         g->path);
        }
    }
    return st;
}

/* ---- one is two ---------------------------------------------------------- */

/* Somebody new, with faces of another. */
typedef struct parting {
    const mi_person *from, *to;
    const mi_moves *moves;
} parting;

/* mi_change.make of a split. */
static mien_status make_two(mien_gallery *g, const void *arg, mien_error *err)
{
    const parting *p = arg;
    char detail[80];
    mien_status st = mi_person_put(g, p->to, err);
    if (!st)
        st = mi_moves_put(g, p->to, p->moves, err);
    for (int64_t i = 0; i < p->moves->n; i++)
        for (int k = 0; !st && k < p->moves->batch[i].f.n; k++)
            st = mi_db_do(&g->data, err, "DELETE FROM face WHERE id = ?", "i",
                          p->moves->batch[i].old[k]);
    mi_held_text(&p->moves->held, detail, sizeof detail);
    if (!st)
        st = mi_log_add(g, MI_LOG_FACE_REMOVED, p->from, p->from->shown.id,
                        detail, err);
    return st ? st
              : mi_log_add(g, MI_LOG_ENROLLED, p->to, p->to->shown.id, detail,
                           err);
}

/* Faces to somebody who is in memory as the last one. */
static mien_status part(mien_gallery *g, int64_t from, int n,
                        const int64_t *face, mien_error *err)
{
    mi_moves m = {0};
    const mi_person *to = &g->person[g->people - 1];
    const parting p = {&g->person[mi_people_at(g, from)], to, &m};
    const mi_change change = {.what = MI_ENROL,
                              .of = to->shown.id,
                              .key = &to->key,
                              .gone = face,
                              .n_gone = n,
                              .make = make_two,
                              .arg = &p};
    int was_broken = g->broken;
    mien_status st = mi_moves_gather(g, from, n, face, &m, err);
    if (!st)
        st = mi_moves_add(g, to->shown.id, &m, err);
    if (!st) {
        st = mi_gallery_change(g, &change, err);
        /* Begun and not taken back: they are gone, though bytes may not be. */
        int gone = !st || (g->broken && !was_broken);
        for (int i = 0; gone && i < n; i++)
            mi_people_drop_face(g, face[i]);
    }
    mi_moves_free(&m);
    return st;
}

/* n different faces of somebody. */
static mien_status check_faces(const mien_gallery *g, int64_t from, int n,
                               const int64_t *face, mien_error *err)
{
    for (int i = 0; i < n; i++) {
        mien_gallery_face f;
        int twice = 0;
        for (int k = 0; k < i; k++)
            twice |= face[k] == face[i];
        if (twice || !mien_gallery_find_face(g, face[i], &f) ||
            f.person->id != from)
            return mi_fail(
                err, MIEN_EARG, "%lld is %s person %lld", (long long)face[i],
                twice ? "named twice, of" : "no face of", (long long)from);
    }
    return MIEN_OK;
}

mien_status mien_gallery_split(mien_gallery *g, int64_t from, const char *name,
                               int n, const int64_t *face, int64_t *id,
                               mien_error *err)
{
    int at = mi_people_at(g, from);
    if (at < 0 || n < 1)
        return mi_fail(err, MIEN_EARG, "%lld: %d faces of nobody",
                       (long long)from, n);
    mi_person p = {.shown = g->person[at].shown};
    memset(p.shown.name, 0, sizeof p.shown.name);
    memcpy(p.shown.name, name, strnlen(name, sizeof p.shown.name - 1));
    mien_status st = mi_people_holds(g, at, err);
    if (!st)
        st = check_faces(g, from, n, face, err);
    if (!st)
        st = mi_people_name(g, p.shown.name, 0, err);
    if (!st)
        st = mi_vault_next(g, &p.shown.id, err);
    if (st)
        return st;
    mi_keys_random(&p.key, sizeof p.key);
    st = mi_people_add(g, &p, err);
    if (!st) {
        st = part(g, from, n, face, err);
        if (st)
            mi_people_remove(g, mi_people_at(g, p.shown.id));
    }
    if (!st && id)
        *id = p.shown.id;
    mi_keys_forget(&p, sizeof p);
    return st;
}
