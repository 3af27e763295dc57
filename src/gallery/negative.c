/* negative.c: faces that are not a person, which a search holds against it. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <string.h>

/* ---- in memory ----------------------------------------------------------- */

mien_status mi_negatives_add(mien_gallery *g, int64_t id,
                             const mien_gallery_faces *f, const int64_t *number,
                             mien_error *err)
{
    mi_shelf *to = NULL;
    mien_status st = mi_shelf_of(g, f->model, f->numbers, &to, err);
    return st ? st : mi_rows_add(g, &to->against, id, f, number, err);
}

/* Where a negative stands; NULL: there is no such. */
static mi_rows *find(const mien_gallery *g, int64_t number, int64_t *row)
{
    for (int i = 0; i < g->shelves; i++) {
        mi_rows *r = &g->shelf[i].against;
        for (*row = mien_index_count(r->index) - 1; *row >= 0; --*row)
            if (r->number[*row] == number)
                return r;
    }
    return NULL;
}

void mi_negatives_drop(mien_gallery *g, int64_t number)
{
    int64_t row;
    mi_rows *r = find(g, number, &row);
    if (r)
        mi_rows_take_off(r, row);
}

int mien_gallery_list_negatives(
    const mien_gallery *g, int64_t id,
    mien_gallery_negative out[MIEN_GALLERY_MAX_NEGATIVES])
{
    int n = 0;
    for (int i = 0; i < g->shelves; i++) {
        const mi_rows *r = &g->shelf[i].against;
        for (int64_t k = 0; k < mien_index_count(r->index); k++)
            if (mien_index_person(r->index, k) == id &&
                n < MIEN_GALLERY_MAX_NEGATIVES)
                out[n++] =
                    (mien_gallery_negative){r->number[k], g->shelf[i].model};
    }
    return n;
}

/* ---- searching ----------------------------------------------------------- */

mien_status mi_negatives_deny(const mi_shelf *shelf, int64_t id,
                              const float *face, float distance, int *out,
                              mien_error *err)
{
    const mien_index *x = shelf->against.index;
    size_t n = (size_t)mien_index_count(x);
    mien_neighbour near = {-1, -1, 0};
    int any = 0;
    *out = 0;
    if (!n)
        return MIEN_OK;
    uint8_t *allowed = mi_alloc(n, 1);
    if (!allowed)
        return mi_no_memory(err);
    for (size_t i = 0; i < n; i++)
        any |= allowed[i] = mien_index_person(x, (int64_t)i) == id;
    const mien_index_options how = {allowed, NULL};
    mien_status st =
        any ? mien_index_search(x, 1, face, 1, &how, &near, err) : MIEN_OK;
    mi_free(allowed);
    *out = !st && near.row >= 0 && near.distance < distance;
    return st;
}

/* ---- into the data ------------------------------------------------------- */

/* Negatives on the way into the data. */
typedef struct moving {
    const mi_person *person;
    const mien_gallery_faces *faces;
    const int64_t *number;
} moving;

mien_status mi_negatives_put(mien_gallery *g, const mi_person *p,
                             const mien_gallery_faces *f, const int64_t *number,
                             mien_error *err)
{
    static const char sql[] = "INSERT INTO negative(id, person, model, sealed)"
                              " VALUES(?, ?, ?, ?)";
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < f->n; i++)
        st = mi_descriptor_put(g, p, "negative", sql, f, i, number[i], err);
    return st;
}

/* mi_change.make of more. */
static mien_status make_more(mien_gallery *g, const void *arg, mien_error *err)
{
    const moving *m = arg;
    char detail[40];
    const mi_held more = {.faces = m->faces->n};
    mi_held_text(&more, detail, sizeof detail);
    mien_status st = mi_negatives_put(g, m->person, m->faces, m->number, err);
    return st ? st
              : mi_items_came(g, m->person, m->faces->n, m->number,
                              MI_LOG_NEGATIVE_ADDED, detail, err);
}

mien_status mi_negative_load(mien_gallery *g, const mi_statement *s,
                             mien_error *err)
{
    mien_gallery_faces f;
    int64_t id = mi_db_int(s, 0);
    int64_t number = mi_db_int(s, 3);
    float *row = NULL;
    mien_status st = mi_descriptor_read(g, s, "negative", &f, &row, err);
    if (!st) {
        st = mi_negatives_add(g, id, &f, &number, err);
        mi_keys_forget(row, (size_t)f.numbers * sizeof *row);
    }
    mi_free(row);
    return st == MIEN_EARG ? mi_fail(err, MIEN_EFORMAT,
                                     "%.120s: a negative is damaged", g->path)
                           : st;
}

/* ---- what callers do ----------------------------------------------------- */

mien_status mien_gallery_add_negative(mien_gallery *g, int64_t id,
                                      const mien_gallery_faces *faces,
                                      int64_t *number, mien_error *err)
{
    mien_gallery_negative had[MIEN_GALLERY_MAX_NEGATIVES];
    int64_t all[MIEN_GALLERY_MAX_FACES];
    int at;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_faces_check(faces, err);
    if (!st)
        st = mi_people_holds(g, at, err);
    if (st)
        return st;
    int n = mien_gallery_list_negatives(g, id, had);
    if (n + faces->n > MIEN_GALLERY_MAX_NEGATIVES)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d faces that are not this person beside %d; at most "
                       "%d are kept",
                       faces->n, n, MIEN_GALLERY_MAX_NEGATIVES);
    mi_faces_number(g, faces->n, all);
    const moving m = {&g->person[at], faces, all};
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_more, .arg = &m};
    st = mi_negatives_add(g, id, faces, all, err);
    if (st)
        return st;
    st = mi_gallery_change(g, &change, err);
    for (int i = 0; st && i < faces->n; i++)
        mi_negatives_drop(g, all[i]);
    if (!st && number)
        memcpy(number, all, (size_t)faces->n * sizeof *number);
    return st;
}

mien_status mien_gallery_remove_negative(mien_gallery *g, int64_t id,
                                         mien_error *err)
{
    int64_t row;
    const mi_rows *r = find(g, id, &row);
    if (!r)
        return mi_fail(err, MIEN_EARG, "no negative has the number %lld",
                       (long long)id);
    int at = mi_people_at(g, mien_index_person(r->index, row));
    int gone = 0;
    mien_status st =
        mi_item_remove(g, at, id, MI_LOG_NEGATIVE_ERASED, &gone, err);
    if (gone)
        mi_negatives_drop(g, id);
    return st;
}
