/* merge.c: two entries that are one person, and one that is two.  Faces come to
 * one before they leave the other: a break in between leaves some with both. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <string.h>

enum { AT_ONCE = MIEN_GALLERY_MAX_FACES };

/* Does a row go?  All of a person do where no faces are named. */
static int goes(const mi_shelf *s, int64_t row, int64_t from, int n,
                const int64_t *face)
{
    if (mien_index_person(s->index, row) != from)
        return 0;
    for (int i = 0; i < n; i++)
        if (s->number[row] == face[i])
            return 1;
    return n == 0;
}

/* Copy rows of a shelf that go, from *row on, as many as one call takes. */
static int gather(const mi_shelf *s, int64_t from, int n, const int64_t *face,
                  int64_t *row, float *out)
{
    size_t numbers = (size_t)mien_index_numbers(s->index);
    int got = 0;
    for (; got < AT_ONCE && *row < mien_index_count(s->index); ++*row)
        if (goes(s, *row, from, n, face))
            memcpy(out + numbers * (size_t)got++,
                   mien_index_row(s->index, *row), numbers * sizeof *out);
    return got;
}

/* Give another person copies of faces on a shelf. */
static mien_status copy_shelf(mien_gallery *g, int at, int64_t from,
                              int64_t into, int n, const int64_t *face,
                              mien_error *err)
{
    const int64_t rows = mien_index_count(g->shelf[at].index);
    size_t numbers = (size_t)mien_index_numbers(g->shelf[at].index);
    float *out = mi_alloc(AT_ONCE * numbers, sizeof *out);
    mien_gallery_faces f = {.numbers = (int)numbers, .descriptor = out};
    mien_status st = out ? MIEN_OK : mi_no_memory(err);
    memcpy(f.model, g->shelf[at].model, sizeof f.model);
    for (int64_t row = 0; !st && row < rows;) {
        f.n = gather(&g->shelf[at], from, n, face, &row, out);
        if (f.n)
            st = mien_gallery_add_faces(g, into, &f, NULL, err);
    }
    if (out)
        mi_keys_forget(out, AT_ONCE * numbers * sizeof *out);
    mi_free(out);
    return st;
}

/* The same on all. */
static mien_status copy_faces(mien_gallery *g, int64_t from, int64_t into,
                              int n, const int64_t *face, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < g->shelves; i++)
        st = copy_shelf(g, i, from, into, n, face, err);
    return st;
}

/* Evidence on its way from one to another. */
typedef struct passing {
    const mi_person *from, *into;
} passing;

/* mi_change.make of it. */
static mien_status make_evidence(mien_gallery *g, const void *arg,
                                 mien_error *err)
{
    const passing *p = arg;
    mien_status st = mi_evidence_copy(g, p->from, p->into, err);
    return st ? st
              : mi_log_add(g, MI_LOG_EVIDENCE_ADDED, p->into, p->into->shown.id,
                           "of a merged entry", err);
}

/* Give another the evidence of one, if there is any. */
static mien_status give_evidence(mien_gallery *g, const mi_person *from,
                                 const mi_person *into, mien_error *err)
{
    int more = 0, had = 0;
    const passing p = {from, into};
    const mi_change change = {MI_CHANGE, into->shown.id, NULL, make_evidence,
                              &p};
    mien_status st = mi_evidence_count(g, from->shown.id, &more, err);
    if (!st)
        st = mi_evidence_count(g, into->shown.id, &had, err);
    if (st || !more)
        return st;
    if (more + had > MIEN_GALLERY_MAX_EVIDENCE)
        return mi_fail(err, MIEN_ELIMIT,
                       "evidence: %d files beside %d; at most %d of a person "
                       "are kept",
                       more, had, MIEN_GALLERY_MAX_EVIDENCE);
    return mi_gallery_change(g, &change, err);
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
    mien_status st = give_evidence(g, &g->person[b], &g->person[a], err);
    if (!st)
        st = copy_faces(g, from, into, 0, NULL, err);
    return st ? st : mien_gallery_withdraw(g, from, NULL, err);
}

mien_status mien_gallery_split(mien_gallery *g, int64_t from, const char *name,
                               int n, const int64_t *face, int64_t *id,
                               mien_error *err)
{
    int at = mi_people_at(g, from);
    int64_t to = 0;
    if (at < 0 || n < 1)
        return mi_fail(err, MIEN_EARG, "%lld: %d faces of nobody",
                       (long long)from, n);
    for (int i = 0; i < n; i++) {
        mien_gallery_face f;
        if (!mien_gallery_find_face(g, face[i], &f) || f.person->id != from)
            return mi_fail(err, MIEN_EARG, "%lld is no face of person %lld",
                           (long long)face[i], (long long)from);
    }
    mien_gallery_person p = g->person[at].shown;
    memset(p.name, 0, sizeof p.name);
    memcpy(p.name, name, strnlen(name, sizeof p.name - 1));
    mien_status st = mien_gallery_enroll(g, &p, NULL, &to, err);
    if (!st)
        st = copy_faces(g, from, to, n, face, err);
    for (int i = 0; !st && i < n; i++)
        st = mien_gallery_remove_face(g, face[i], err);
    if (!st && id)
        *id = to;
    return st;
}
