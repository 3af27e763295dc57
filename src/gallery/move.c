/* move.c: descriptors of one person on their way to another. */
#include "gallery/move.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <string.h>

/* Does a row go?  All of a person do where no faces are named. */
static int goes(const mi_rows *r, int64_t row, int64_t from, int n,
                const int64_t *face)
{
    if (mien_index_person(r->index, row) != from)
        return 0;
    for (int i = 0; i < n; i++)
        if (r->number[row] == face[i])
            return 1;
    return n == 0;
}

/* A batch of a shelf with room for another row; NULL: memory ended. */
static mi_batch *batch_for(mi_moves *m, const mi_shelf *s, int against)
{
    mi_batch *b = m->n ? &m->batch[m->n - 1] : NULL;
    if (b && b->against == against && b->f.n < MIEN_GALLERY_MAX_FACES &&
        strcmp(b->f.model, s->model) == 0)
        return b;
    b = mi_push(&m->batch, m->n, sizeof *b);
    if (!b)
        return NULL;
    b->against = against;
    b->f.numbers = mien_index_numbers(s->face.index);
    memcpy(b->f.model, s->model, sizeof b->f.model);
    b->row =
        mi_alloc((size_t)b->f.numbers * MIEN_GALLERY_MAX_FACES, sizeof *b->row);
    b->f.descriptor = b->row;
    if (!b->row)
        return NULL;
    m->n++;
    return b;
}

/* Copy rows of a shelf that go. */
static mien_status gather(const mi_shelf *s, int against, int64_t from, int n,
                          const int64_t *face, mi_moves *out, mien_error *err)
{
    const mi_rows *r = against ? &s->against : &s->face;
    for (int64_t row = 0; row < mien_index_count(r->index); row++) {
        if (!goes(r, row, from, n, face))
            continue;
        mi_batch *b = batch_for(out, s, against);
        if (!b)
            return mi_no_memory(err);
        size_t numbers = (size_t)b->f.numbers;
        b->old[b->f.n] = r->number[row];
        memcpy(b->row + numbers * (size_t)b->f.n, mien_index_row(r->index, row),
               numbers * sizeof *b->row);
        b->f.n++;
        *(against ? &out->held.negatives : &out->held.faces) += 1;
    }
    return MIEN_OK;
}

mien_status mi_moves_gather(mien_gallery *g, int64_t from, int n,
                            const int64_t *face, mi_moves *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < g->shelves; i++) {
        st = gather(&g->shelf[i], 0, from, n, face, out, err);
        if (!st)
            st = gather(&g->shelf[i], 1, from, n, face, out, err);
    }
    for (int64_t i = 0; i < out->n; i++)
        mi_faces_number(g, out->batch[i].f.n, out->batch[i].number);
    return st;
}

void mi_moves_free(mi_moves *m)
{
    for (int64_t i = 0; i < m->n; i++) {
        mi_batch *b = &m->batch[i];
        mi_keys_forget(b->row,
                       (size_t)b->f.numbers * (size_t)b->f.n * sizeof *b->row);
        mi_free(b->row);
    }
    mi_free(m->batch);
    *m = (mi_moves){0};
}

/* Take the first n batches away in memory. */
static void drop(mien_gallery *g, const mi_moves *m, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < m->batch[i].f.n; k++) {
            if (m->batch[i].against)
                mi_negatives_drop(g, m->batch[i].number[k]);
            else
                mi_people_drop_face(g, m->batch[i].number[k]);
        }
}

mien_status mi_moves_add(mien_gallery *g, int64_t into, const mi_moves *m,
                         mien_error *err)
{
    mien_status st = MIEN_OK;
    int64_t i = 0;
    for (; !st && i < m->n; i++) {
        const mi_batch *b = &m->batch[i];
        st = b->against ? mi_negatives_add(g, into, &b->f, b->number, err)
                        : mi_people_add_faces(g, into, &b->f, b->number, err);
    }
    if (st)
        drop(g, m, i - 1);
    return st;
}

void mi_moves_drop(mien_gallery *g, const mi_moves *m) { drop(g, m, m->n); }

mien_status mi_moves_put(mien_gallery *g, const mi_person *into,
                         const mi_moves *m, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int64_t i = 0; !st && i < m->n; i++) {
        const mi_batch *b = &m->batch[i];
        st = b->against ? mi_negatives_put(g, into, &b->f, b->number, err)
                        : mi_faces_put(g, into, &b->f, b->number, err);
    }
    return st;
}
