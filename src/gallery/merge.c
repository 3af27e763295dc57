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

/* Whether one person may have what is kept of both, of a kind. */
static mien_status check_kept(const mien_gallery *g, int64_t into, int64_t from,
                              mi_kept_kind kind, mien_error *err)
{
    static const int most[] = {MIEN_GALLERY_MAX_EVIDENCE,
                               MIEN_GALLERY_MAX_INFERRED};
    int had = 0, more = 0;
    mien_status st = mi_kept_count(g, into, kind, &had, err);
    if (!st)
        st = mi_kept_count(g, from, kind, &more, err);
    if (st || had + more <= most[kind])
        return st;
    return mi_fail(err, MIEN_ELIMIT,
                   "%s: %d files beside %d; at most %d of a person are kept",
                   kind ? "inferred" : "evidence", more, had, most[kind]);
}

/* Whether one person may have the evidence, what was inferred and the negatives
 * of both. */
static mien_status check_room(const mien_gallery *g, int64_t into, int64_t from,
                              mien_error *err)
{
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    mien_status st = check_kept(g, into, from, MI_KEPT_EVIDENCE, err);
    if (!st)
        st = check_kept(g, into, from, MI_KEPT_INFERRED, err);
    if (st)
        return st;
    int more = mien_gallery_list_negatives(g, into, all) +
               mien_gallery_list_negatives(g, from, all);
    if (more > MIEN_GALLERY_MAX_NEGATIVES)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d negatives together; at most %d of a person are kept",
                       more, MIEN_GALLERY_MAX_NEGATIVES);
    return MIEN_OK;
}

/* Copies of what is kept, of both kinds: counted, with their numbers. */
static mien_status copy_kept(mien_gallery *g, const mi_giver *by, mi_held *held,
                             int64_t number[MI_KEPT_KINDS * MI_KEPT_MOST],
                             mien_error *err)
{
    mien_status st =
        mi_kept_copy(g, by, MI_KEPT_EVIDENCE, &held->evidence, number, err);
    return st ? st
              : mi_kept_copy(g, by, MI_KEPT_INFERRED, &held->inferred,
                             number + held->evidence, err);
}

/* What one gives to another. */
typedef struct giving {
    const mi_person *from, *into;
    const mi_moves *moves;
    int64_t undo; /* the record that this takes back; 0: none */
} giving;

/* Keep what takes a merge back: who went, and what came by which number. */
static mien_status keep_merge(mien_gallery *g, const giving *v, int kept,
                              const int64_t *number, mien_error *err)
{
    const mi_held *held = &v->moves->held;
    int n = 0, all = held->faces + held->negatives + kept;
    int64_t *item = mi_alloc((size_t)all + 1, sizeof *item);
    if (!item)
        return mi_no_memory(err);
    for (int64_t i = 0; i < v->moves->n; i++)
        for (int k = 0; k < v->moves->batch[i].f.n; k++)
            item[n++] = v->moves->batch[i].number[k];
    for (int i = 0; i < kept; i++)
        item[n++] = number[i];
    const mi_undo undo = {.what = MIEN_GALLERY_MERGED,
                          .n = n,
                          .item = item,
                          .before = &v->from->shown};
    mien_status st = mi_undo_add(g, v->into, &undo, err);
    mi_free(item);
    return st;
}

/* mi_change.make of a merge. */
static mien_status make_one(mien_gallery *g, const void *arg, mien_error *err)
{
    const giving *v = arg;
    const mi_giver by = {v->from, v->into, 0, NULL};
    char detail[160];
    int64_t number[MI_KEPT_KINDS * MI_KEPT_MOST];
    mi_held held = v->moves->held;
    mien_status st = mi_moves_put(g, v->into, v->moves, err);
    if (!st)
        st = copy_kept(g, &by, &held, number, err);
    if (!st)
        st = mi_db_do(&g->data, err, "INSERT INTO leaving(person) VALUES(?)",
                      "i", v->from->shown.id);
    if (!st)
        st = v->undo
                 ? mi_undo_forget(g, v->undo, err)
                 : keep_merge(g, v, held.evidence + held.inferred, number, err);
    mi_held_text(&held, detail, sizeof detail);
    size_t n = strlen(detail);
    snprintf(detail + n, sizeof detail - n, " of person %lld",
             (long long)v->from->shown.id);
    return st ? st
              : mi_log_add(g, v->undo ? MI_LOG_UNDONE : MI_LOG_FACES_ADDED,
                           v->into, v->into->shown.id, detail, err);
}

mien_status mi_give(mien_gallery *g, int from, int into, int64_t undo,
                    mien_error *err)
{
    mi_moves m = {0};
    giving v = {&g->person[from], &g->person[into], &m, undo};
    int64_t id = v.into->shown.id;
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_one, .arg = &v};
    mien_status st = check_room(g, id, v.from->shown.id, err);
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
        st = mi_give(g, b, a, 0, err);
    return st ? st : mi_leave(g, from, err);
}

mien_status mi_leave(mien_gallery *g, int64_t from, mien_error *err)
{
    mien_status st = mien_gallery_withdraw(g, from, NULL, err);
    g->broken |= st != MIEN_OK;
    return st;
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

/* Somebody new, with what another had. */
typedef struct parting {
    const mi_parting *what;
    const mi_person *from, *to;
    const mi_moves *moves;
} parting;

/* mi_change.make of a split, and of a merge that is taken back. */
static mien_status make_two(mien_gallery *g, const void *arg, mien_error *err)
{
    const parting *p = arg;
    const mi_parting *w = p->what;
    const mi_giver by = {p->from, p->to, w->n, w->number};
    char detail[120];
    int64_t number[MI_KEPT_KINDS * MI_KEPT_MOST];
    mi_held held = p->moves->held;
    const mi_undo undo = {.what = MIEN_GALLERY_SPLIT, .other = p->to->shown.id};
    mien_status st = mi_person_put(g, p->to, err);
    if (!st)
        st = mi_moves_put(g, p->to, p->moves, err);
    if (!st && w->n)
        st = copy_kept(g, &by, &held, number, err);
    if (!st)
        st = mi_items_delete(g, w->from, w->n, w->number, err);
    if (!st)
        st = w->undo ? mi_undo_forget(g, w->undo, err)
                     : mi_undo_add(g, p->from, &undo, err);
    mi_held_text(&held, detail, sizeof detail);
    if (!st)
        st = mi_log_add(g, w->undo ? MI_LOG_UNDONE : MI_LOG_FACE_REMOVED,
                        p->from, w->from, detail, err);
    return st ? st
              : mi_log_add(g, MI_LOG_ENROLLED, p->to, p->to->shown.id, detail,
                           err);
}

/* What leaves goes to who is in memory as the last one. */
static mien_status part(mien_gallery *g, const mi_parting *w, mien_error *err)
{
    mi_moves m = {0};
    const mi_person *to = &g->person[g->people - 1];
    const parting p = {w, &g->person[mi_people_at(g, w->from)], to, &m};
    const mi_change change = {.what = MI_ENROL,
                              .of = to->shown.id,
                              .key = &to->key,
                              .gone = w->number,
                              .n_gone = w->n,
                              .make = make_two,
                              .arg = &p};
    int was_broken = g->broken;
    mien_status st =
        w->n ? mi_moves_gather(g, w->from, w->n, w->number, &m, err) : MIEN_OK;
    if (!st)
        st = mi_moves_add(g, to->shown.id, &m, err);
    if (!st) {
        st = mi_gallery_change(g, &change, err);
        /* Begun and not taken back: they are gone, though bytes may not be. */
        int gone = !st || (g->broken && !was_broken);
        for (int i = 0; gone && i < w->n; i++) {
            mi_people_drop_face(g, w->number[i]);
            mi_negatives_drop(g, w->number[i]);
        }
    }
    mi_moves_free(&m);
    return st;
}

mien_status mi_part(mien_gallery *g, const mi_parting *p,
                    const mien_gallery_person *who, int64_t *id,
                    mien_error *err)
{
    mi_person to = {.shown = *who};
    mien_status st = mi_people_name(g, who->name, 0, err);
    if (!st)
        st = mi_vault_next(g, &to.shown.id, err);
    if (st)
        return st;
    mi_keys_random(&to.key, sizeof to.key);
    st = mi_people_add(g, &to, err);
    if (!st) {
        st = part(g, p, err);
        if (st)
            mi_people_remove(g, mi_people_at(g, to.shown.id));
    }
    if (!st && id)
        *id = to.shown.id;
    mi_keys_forget(&to, sizeof to);
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
    mien_gallery_person p = g->person[at].shown;
    const mi_parting w = {.from = from, .n = n, .number = face};
    memset(p.name, 0, sizeof p.name);
    memcpy(p.name, name, strnlen(name, sizeof p.name - 1));
    mien_status st = mi_people_holds(g, at, err);
    if (!st)
        st = check_faces(g, from, n, face, err);
    return st ? st : mi_part(g, &w, &p, id, err);
}
