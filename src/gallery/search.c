/* search.c: who a face is, among those enrolled for a purpose. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/gallery_shards.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The descriptors of a network; NULL: nobody has any. */
static const mi_shelf *shelf_of(const mien_gallery *g, const char *model)
{
    for (int i = 0; i < g->shelves; i++)
        if (strcmp(g->shelf[i].model, model) == 0)
            return &g->shelf[i];
    return NULL;
}

/* Is a person never to be matched? */
static int opted_out(const mi_person *p)
{
    return strcmp(p->shown.basis.purpose, MIEN_GALLERY_OPT_OUT) == 0;
}

/* Who may be found. */
typedef struct wanted {
    const char *purpose; /* NULL: any but never to be matched */
    const char *day;     /* on which the face was seen; "": not known */
} wanted;

/* Was a person enrolled for what is searched for? */
static int is_for(const mi_person *p, const char *purpose)
{
    return purpose ? strcmp(p->shown.basis.purpose, purpose) == 0
                   : !opted_out(p);
}

/* Was a person not born yet?  Whose birth date is not known was. */
static int too_late(const mien_gallery_person *p, const wanted *w)
{
    return *w->day && *p->born && strcmp(p->born, w->day) > 0;
}

/* 1 for each row of a person who was enrolled for the purpose and was born, or
 * is never to be matched, and whose end has not come; how many the former
 * are.  allowed may be NULL. */
static int allow(const mien_gallery *g, const mien_index *x, const wanted *w,
                 uint8_t *allowed)
{
    char today[11];
    int64_t last = 0;
    int people = 0, may = 0;
    mi_gallery_day(g, today);
    for (int64_t i = 0; i < mien_index_count(x); i++) {
        int64_t id = mien_index_person(x, i);
        if (id != last) {
            const mi_person *p = &g->person[mi_people_at(g, id)];
            const mien_basis *b = &p->shown.basis;
            int is_one = is_for(p, w->purpose) && !too_late(&p->shown, w);
            may = (is_one || opted_out(p)) && strcmp(b->expiry, today) >= 0;
            people += may && is_one;
            last = id;
        }
        if (allowed)
            allowed[i] = (uint8_t)may;
    }
    return people;
}

int mien_gallery_comparable(const mien_gallery *g, const char *purpose,
                            const char *model, int *enrolled)
{
    const mi_shelf *shelf = shelf_of(g, model);
    const wanted w = {purpose, ""};
    char today[11];
    int all = 0;
    mi_gallery_day(g, today);
    for (int i = 0; i < g->people; i++) {
        const mi_person *p = &g->person[i];
        all += is_for(p, purpose) && strcmp(p->shown.basis.expiry, today) >= 0;
    }
    if (enrolled)
        *enrolled = all;
    return shelf ? allow(g, shelf->face.index, &w, NULL) : 0;
}

void mien_gallery_taken(const mien_gallery *g, const char *purpose,
                        const char *said, const char *photo,
                        mien_taken_record *out)
{
    char today[11];
    *out = (mien_taken_record){.said = said && *said};
    snprintf(out->day, sizeof out->day, "%s", said ? said : photo);
    const wanted w = {purpose, out->day};
    mi_gallery_day(g, today);
    for (int i = 0; i < g->people; i++) {
        const mi_person *p = &g->person[i];
        int is_one = is_for(p, purpose) && *p->shown.born &&
                     strcmp(p->shown.basis.expiry, today) >= 0;
        out->born += is_one;
        out->later += is_one && too_late(&p->shown, &w);
    }
}

/* Write the search down. */
static mien_status note(mien_gallery *g, const char *purpose,
                        const mien_gallery_match *m, mien_error *err)
{
    char detail[300];
    int at = m->person ? mi_people_at(g, m->person->id) : -1;
    int n = snprintf(detail, sizeof detail, "for %s: %s", purpose,
                     m->person ? "found" : "nobody");
    if (!isnan(m->distance))
        n += snprintf(detail + n, sizeof detail - (size_t)n, " at %.4f",
                      (double)m->distance);
    snprintf(detail + n, sizeof detail - (size_t)n, ", %d compared",
             m->compared);
    return mi_log_add(g, MI_LOG_SEARCHED, at < 0 ? NULL : &g->person[at],
                      m->person ? m->person->id : 0, detail, err);
}

/* Forbid all rows of a person. */
static void forbid(const mien_index *x, int64_t id, uint8_t *allowed)
{
    for (int64_t i = 0; i < mien_index_count(x); i++)
        if (mien_index_person(x, i) == id)
            allowed[i] = 0;
}

/* The nearest of those who are allowed and not ruled out by a negative; who is
 * ruled out is not allowed then. */
static mien_status nearest_row(const mi_shelf *shelf, const float *face,
                               uint8_t *allowed, mien_neighbour *near,
                               mien_error *err)
{
    const mien_index *x = shelf->face.index;
    const mien_index_options how = {allowed, NULL};
    int denied;
    mien_status st;
    do {
        denied = 0;
        st = mien_index_search(x, 1, face, 1, &how, near, err);
        if (!st && near->row >= 0)
            st = mi_negatives_deny(shelf, near->person, face, near->distance,
                                   &denied, err);
        if (denied)
            forbid(x, near->person, allowed);
    } while (!st && denied);
    return st;
}

/* Who is nearest. */
typedef struct found {
    const mi_person *person; /* NULL: nobody */
    float distance;
} found;

/* Find it, and count who is compared. */
static mien_status nearest(const mien_gallery *g, const mi_shelf *shelf,
                           const wanted *w, const float *face, found *out,
                           int *compared, mien_error *err)
{
    size_t n = (size_t)mien_index_count(shelf->face.index);
    mien_neighbour near = {-1, -1, NAN};
    uint8_t *allowed = mi_alloc(n + 1, 1);
    if (!allowed)
        return mi_no_memory(err);
    *compared = allow(g, shelf->face.index, w, allowed);
    mien_status st = nearest_row(shelf, face, allowed, &near, err);
    mi_free(allowed);
    if (!st && near.row >= 0) {
        out->person = &g->person[mi_people_at(g, near.person)];
        out->distance = near.distance;
    }
    return st;
}

mien_status mi_search_checked(const char *purpose, float threshold,
                              mien_error *err)
{
    if (!isfinite(threshold) || threshold <= 0)
        return mi_fail(err, MIEN_EARG,
                       "a search at the threshold %g; one above 0 is wanted",
                       (double)threshold);
    if (!*purpose || strlen(purpose) >= sizeof((mien_basis *)NULL)->purpose)
        return mi_fail(err, MIEN_EARG, "a search wants a purpose");
    if (strcmp(purpose, MIEN_GALLERY_OPT_OUT) == 0)
        return mi_fail(err, MIEN_EARG,
                       "people of the purpose '" MIEN_GALLERY_OPT_OUT
                       "' are never to be matched");
    return MIEN_OK;
}

/* What is wrong with a search of a day and a face. */
static mien_status check(const wanted *w, const mi_shelf *shelf,
                         const mien_gallery_faces *face, float threshold,
                         mien_error *err)
{
    mien_status st = mi_search_checked(w->purpose, threshold, err);
    if (st)
        return st;
    if (*w->day && !mien_is_day(w->day))
        return mi_fail(err, MIEN_EARG,
                       "a search on '%.20s'; a day is wanted, YYYY-MM-DD",
                       w->day);
    if (face->n != 1)
        return mi_fail(err, MIEN_EARG,
                       "a search for %d faces; one face is wanted", face->n);
    if (shelf && mien_index_numbers(shelf->face.index) != face->numbers)
        return mi_fail(err, MIEN_EARG,
                       "a descriptor of %d numbers; this network's have %d",
                       face->numbers, mien_index_numbers(shelf->face.index));
    return MIEN_OK;
}

/* Search and write it down: who is nearest, and what is told of it.  Of whom is
 * never to be matched nothing is, nor does the log tell that they were seen. */
static mien_status search(mien_gallery *g, const wanted *w,
                          const mien_gallery_faces *face, float threshold,
                          found *out, mien_gallery_match *told, mien_error *err)
{
    const mi_shelf *shelf = shelf_of(g, face->model);
    found f = {NULL, NAN};
    mien_gallery_match m = {NULL, NAN, 0};
    mien_status st = check(w, shelf, face, threshold, err);
    if (!st && shelf)
        st = nearest(g, shelf, w, face->descriptor, &f, &m.compared, err);
    if (!st && f.person && !opted_out(f.person)) {
        m.distance = f.distance;
        m.person = f.distance < threshold ? &f.person->shown : NULL;
    }
    if (!st)
        st = note(g, w->purpose, &m, err);
    if (!st) {
        *out = f;
        *told = m;
    }
    return st;
}

mien_status mien_gallery_search(mien_gallery *g, const char *purpose,
                                const mien_gallery_faces *face, float threshold,
                                mien_gallery_match *out, mien_error *err)
{
    return mien_gallery_search_on(g, purpose, "", face, threshold, out, err);
}

mien_status mien_gallery_search_on(mien_gallery *g, const char *purpose,
                                   const char *day,
                                   const mien_gallery_faces *face,
                                   float threshold, mien_gallery_match *out,
                                   mien_error *err)
{
    const wanted w = {purpose, day};
    found f;
    return search(g, &w, face, threshold, &f, out, err);
}

/* ---- one gallery of several ---------------------------------------------- */

/* Of how many who may be found there are faces, by whatever network. */
static int have_faces(const mien_gallery *g, const wanted *w)
{
    char today[11];
    int n = 0;
    mi_gallery_day(g, today);
    for (int i = 0; i < g->people; i++) {
        const mien_gallery_person *p = &g->person[i].shown;
        n += p->faces && strcmp(p->basis.purpose, w->purpose) == 0 &&
             strcmp(p->basis.expiry, today) >= 0 && !too_late(p, w);
    }
    return n;
}

mien_status mien_gallery_search_shard(mien_gallery *g, const char *purpose,
                                      const char *day,
                                      const mien_gallery_faces *face,
                                      float threshold, mien_shard_answer *out,
                                      mien_error *err)
{
    const wanted w = {purpose, day};
    found f;
    mien_gallery_match m;
    mien_status st = search(g, &w, face, threshold, &f, &m, err);
    if (st)
        return st;
    *out = (mien_shard_answer){.asked = 1,
                               .answered = 1,
                               .distance = f.distance,
                               .never = f.person && opted_out(f.person),
                               .compared = m.compared,
                               .incomparable = have_faces(g, &w) - m.compared};
    if (m.person)
        memcpy(out->name, m.person->name, sizeof out->name);
    return MIEN_OK;
}

void mien_shard_answers_join(int n, const mien_shard_answer *answer,
                             mien_shard_answer *out)
{
    mien_shard_answer all = {.distance = NAN};
    assert(n >= 0);
    for (int i = 0; i < n; i++) {
        const mien_shard_answer *a = &answer[i];
        all.asked += a->asked;
        all.answered += a->answered;
        all.compared += a->compared;
        all.incomparable += a->incomparable;
        if (isnan(a->distance) || a->distance >= all.distance)
            continue;
        all.distance = a->distance;
        all.never = a->never;
        memcpy(all.name, a->name, sizeof all.name);
    }
    *out = all;
}
