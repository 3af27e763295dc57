/* votes.c: searches for the faces of a track, and whom most of them found. */
#include "mien/gallery_votes.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "gallery/gallery.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* What was found for one person. */
typedef struct found {
    int64_t person;
    int n;
    double distance; /* summed */
} found;

/* The votes of a track. */
typedef struct ballot {
    int64_t track;
    double first, last;
    int readings, nobody;
    float nearest; /* of all; NaN: none was compared */
    int n;
    found *found; /* [n] by mi_push */
} ballot;

struct mien_gallery_votes {
    mien_gallery *g;
    char purpose[sizeof((mien_basis *)NULL)->purpose];
    float threshold;
    int n;
    ballot *ballot; /* [n] by mi_push */
};

mien_status mien_gallery_votes_new(mien_gallery *g, const char *purpose,
                                   float threshold, mien_gallery_votes **out,
                                   mien_error *err)
{
    mien_status st = mi_search_checked(purpose, threshold, err);
    mien_gallery_votes *v = st ? NULL : mi_alloc(1, sizeof *v);
    if (st)
        return st;
    if (!v)
        return mi_no_memory(err);
    v->g = g;
    memcpy(v->purpose, purpose, strlen(purpose) + 1);
    v->threshold = threshold;
    *out = v;
    return MIEN_OK;
}

void mien_gallery_votes_free(mien_gallery_votes *v)
{
    if (!v)
        return;
    for (int i = 0; i < v->n; i++)
        mi_free(v->ballot[i].found);
    mi_free(v->ballot);
    mi_free(v);
}

static int place_of(const mien_gallery_votes *v, int64_t track)
{
    for (int i = v->n; i-- > 0;) /* the last ones are asked about most */
        if (v->ballot[i].track == track)
            return i;
    return -1;
}

/* The votes of a person, who has none yet perhaps; NULL: memory ended. */
static found *votes_for(ballot *b, int64_t person)
{
    for (int i = 0; i < b->n; i++)
        if (b->found[i].person == person)
            return &b->found[i];
    found *f = mi_push(&b->found, b->n, sizeof *f);
    if (f)
        f->person = person;
    return f;
}

/* Room for the vote before it is asked for: a search that is in the log must
 * count. */
static ballot *make_room(mien_gallery_votes *v, int64_t track)
{
    int at = place_of(v, track);
    ballot *b = at < 0 ? mi_push(&v->ballot, v->n, sizeof *b) : &v->ballot[at];
    if (!b || !mi_grow(&b->found, b->n, 1, sizeof *b->found))
        return NULL;
    return b;
}

/* Count what a search found; there is room. */
static void count(ballot *b, const mien_gallery_match *m, double seconds)
{
    b->last = seconds;
    b->readings++;
    if (!isnan(m->distance) && !(b->nearest <= m->distance))
        b->nearest = m->distance;
    if (!m->person) {
        b->nobody++;
        return;
    }
    found *f = votes_for(b, m->person->id);
    assert(f);
    b->n += !f->n;
    f->n++;
    f->distance += (double)m->distance;
}

static int64_t number_of(const mien_gallery_person *p) { return p ? p->id : 0; }

mien_status mien_gallery_votes_add(mien_gallery_votes *v, int64_t track,
                                   double seconds,
                                   const mien_gallery_faces *face, int *changed,
                                   mien_error *err)
{
    mien_gallery_verdict before = {0}, after = {0};
    mien_gallery_match m;
    int known = mien_gallery_votes_of(v, track, &before);
    ballot *b = make_room(v, track);
    if (!b)
        return mi_no_memory(err);
    mien_status st =
        mien_gallery_search(v->g, v->purpose, face, v->threshold, &m, err);
    if (st) {
        if (!known)
            mi_free(b->found);
        return st;
    }
    if (!known) {
        b->track = track;
        b->first = seconds;
        b->nearest = NAN;
        v->n++;
    }
    count(b, &m, seconds);
    mien_gallery_votes_of(v, track, &after);
    if (changed)
        *changed =
            !known || number_of(before.person) != number_of(after.person);
    return MIEN_OK;
}

int mien_gallery_votes_count(const mien_gallery_votes *v) { return v->n; }

/* Are so many votes, at that distance, more than those of the best so far? */
static int beats(const mien_gallery_verdict *best, int votes, float mean)
{
    if (!best->person)
        return votes >= best->votes; /* for nobody */
    return votes > best->votes ||
           (votes == best->votes && mean < best->distance);
}

mien_gallery_verdict mien_gallery_votes_at(const mien_gallery_votes *v, int i)
{
    assert(i >= 0 && i < v->n);
    const ballot *b = &v->ballot[i];
    mien_gallery_verdict best = {.track = b->track,
                                 .distance = b->nearest,
                                 .votes = b->nobody,
                                 .readings = b->readings,
                                 .first = b->first,
                                 .last = b->last};
    for (int k = 0; k < b->n; k++) {
        const found *f = &b->found[k];
        int at = mi_people_at(v->g, f->person);
        float mean = (float)(f->distance / f->n);
        if (at < 0 || !beats(&best, f->n, mean))
            continue;
        best.person = &v->g->person[at].shown;
        best.votes = f->n;
        best.distance = mean;
    }
    return best;
}

int mien_gallery_votes_of(const mien_gallery_votes *v, int64_t track,
                          mien_gallery_verdict *out)
{
    int at = place_of(v, track);
    if (at >= 0)
        *out = mien_gallery_votes_at(v, at);
    return at >= 0;
}
