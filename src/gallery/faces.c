/* faces.c: the faces that are kept of people. */
#include "base/bytes.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Faces of somebody on the way into the data. */
typedef struct moving {
    const mi_person *person;
    const mien_gallery_faces *faces;
    const int64_t *number; /* [faces->n] */
} moving;

void mi_held_text(const mi_held *held, char *out, size_t size)
{
    int n = snprintf(out, size, "%d face%s", held->faces,
                     held->faces == 1 ? "" : "s");
    if (held->evidence)
        snprintf(out + n, size - (size_t)n, ", %d file%s of evidence",
                 held->evidence, held->evidence == 1 ? "" : "s");
    n = (int)strlen(out);
    if (held->inferred)
        snprintf(out + n, size - (size_t)n, ", %d inferred", held->inferred);
    n = (int)strlen(out);
    if (held->negatives)
        snprintf(out + n, size - (size_t)n, ", %d negative%s", held->negatives,
                 held->negatives == 1 ? "" : "s");
}

mien_status mi_faces_check(const mien_gallery_faces *f, mien_error *err)
{
    if (f->n < 1 || f->n > MIEN_GALLERY_MAX_FACES || f->numbers < 1 ||
        f->numbers > MIEN_INDEX_MAX_NUMBERS ||
        strlen(f->model) != MIEN_GALLERY_DIGEST - 1)
        return mi_fail(err, MIEN_EARG,
                       "%d faces of %d numbers; 1 to %d faces and 1 to %d "
                       "numbers are wanted, and the network's SHA-256",
                       f->n, f->numbers, MIEN_GALLERY_MAX_FACES,
                       MIEN_INDEX_MAX_NUMBERS);
    for (int64_t i = 0; i < (int64_t)f->n * f->numbers; i++)
        if (!isfinite(f->descriptor[i]))
            return mi_fail(err, MIEN_EARG,
                           "face %lld: a descriptor with a number that is not "
                           "finite",
                           (long long)(i / f->numbers) + 1);
    return MIEN_OK;
}

void mi_faces_number(mien_gallery *g, int n, int64_t *out)
{
    struct timespec t;
    int64_t next = g->last_face + 1;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    if (next < now && now <= MI_FACE_LAST - n)
        next = now;
    for (int i = 0; i < n; i++)
        out[i] = next + i;
    g->last_face = next + n - 1;
}

/* ---- into the data ------------------------------------------------------- */

mien_status mi_descriptor_put(mien_gallery *g, const mi_person *p,
                              const char *kind, const char *sql,
                              const mien_gallery_faces *f, int i,
                              int64_t number, mien_error *err)
{
    mien_buffer plain = {0}, sealed = {0};
    char what[MI_WHAT];
    mien_buffer_reserve(&plain, (size_t)f->numbers * 4);
    for (int k = 0; k < f->numbers; k++)
        mi_buffer_f32le(&plain, f->descriptor[(int64_t)i * f->numbers + k]);
    mi_gallery_what(g, kind, p->shown.id, f->model, what);
    mien_status st = mi_seal_buffer(&p->key, what, &plain, &sealed, err);
    if (!st)
        st = mi_db_do(&g->data, err, sql, "iitb", number, p->shown.id, f->model,
                      sealed.data, sealed.n);
    mien_buffer_free(&sealed);
    return st;
}

mien_status mi_faces_put(mien_gallery *g, const mi_person *p,
                         const mien_gallery_faces *f, const int64_t *number,
                         mien_error *err)
{
    static const char sql[] = "INSERT INTO face(id, person, model, sealed)"
                              " VALUES(?, ?, ?, ?)";
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < f->n; i++)
        st = mi_descriptor_put(g, p, "face", sql, f, i, number[i], err);
    return st;
}

/* mi_change.make of more faces. */
static mien_status make_more(mien_gallery *g, const void *arg, mien_error *err)
{
    const moving *m = arg;
    char detail[40];
    const mi_held more = {.faces = m->faces->n};
    mi_held_text(&more, detail, sizeof detail);
    mien_status st = mi_faces_put(g, m->person, m->faces, m->number, err);
    return st ? st
              : mi_items_came(g, m->person, m->faces->n, m->number,
                              MI_LOG_FACES_ADDED, detail, err);
}

/* ---- what callers do ----------------------------------------------------- */

mien_status mien_gallery_add_faces(mien_gallery *g, int64_t id,
                                   const mien_gallery_faces *faces,
                                   int64_t *number, mien_error *err)
{
    int64_t all[MIEN_GALLERY_MAX_FACES];
    int at;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_people_holds(g, at, err);
    if (!st)
        st = mi_faces_check(faces, err);
    if (st)
        return st;
    mi_faces_number(g, faces->n, all);
    const moving m = {&g->person[at], faces, all};
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_more, .arg = &m};
    st = mi_people_add_faces(g, id, faces, all, err);
    if (st)
        return st;
    st = mi_gallery_change(g, &change, err);
    for (int i = 0; st && i < faces->n; i++)
        mi_people_drop_face(g, all[i]);
    if (!st && number)
        memcpy(number, all, (size_t)faces->n * sizeof *number);
    return st;
}

mien_status mien_gallery_remove_face(mien_gallery *g, int64_t number,
                                     mien_error *err)
{
    mien_gallery_face f;
    if (!mien_gallery_find_face(g, number, &f))
        return mi_fail(err, MIEN_EARG, "no face has the number %lld",
                       (long long)number);
    int gone = 0, at = mi_people_at(g, f.person->id);
    mien_status st =
        mi_item_remove(g, at, number, MI_LOG_FACE_REMOVED, &gone, err);
    if (gone)
        mi_people_drop_face(g, number);
    return st;
}

int64_t mien_gallery_count_faces(const mien_gallery *g)
{
    int64_t n = 0;
    for (int i = 0; i < g->shelves; i++)
        n += mien_index_count(g->shelf[i].face.index);
    return n;
}

/* A face by its place. */
static mien_gallery_face face_of(const mien_gallery *g, const mi_shelf *s,
                                 int64_t row)
{
    int at = mi_people_at(g, mien_index_person(s->face.index, row));
    return (mien_gallery_face){s->face.number[row], &g->person[at].shown,
                               s->model};
}

mien_gallery_face mien_gallery_face_at(const mien_gallery *g, int64_t i)
{
    int s = 0;
    assert(i >= 0 && i < mien_gallery_count_faces(g));
    for (; i >= mien_index_count(g->shelf[s].face.index); s++)
        i -= mien_index_count(g->shelf[s].face.index);
    return face_of(g, &g->shelf[s], i);
}

int mien_gallery_find_face(const mien_gallery *g, int64_t id,
                           mien_gallery_face *out)
{
    int64_t row;
    const mi_shelf *s = mi_people_find_face(g, id, &row);
    if (s)
        *out = face_of(g, s, row);
    return s != NULL;
}
