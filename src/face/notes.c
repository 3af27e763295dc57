/* notes.c: what was read of faces that keep their numbers. */
#include "mien/face_notes.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    MOST = 10,      /* descriptors that vote, usually */
    EARLY = 3,      /* readings that come sooner */
    MEMORY = 8,     /* readings over which age and gender are averaged */
    EXPRESSIONS = 7 /* of a face */
};
static const float now = 0.5f; /* share of an expression just read */

typedef struct note {
    mien_face_note known;
    float *descriptor; /* [most, MIEN_DESCRIPTOR], or NULL */
    int next;          /* place of the descriptor to come */
} note;

struct mien_face_notes {
    int most, n;
    note *note; /* [n] */
};

mien_status mien_face_notes_new(int most, mien_face_notes **out,
                                mien_error *err)
{
    if (most < 0 || most > MIEN_FACE_NOTES_MOST)
        return mi_fail(err, MIEN_EARG,
                       "faces of a video: %d descriptors that vote, wanted 1 "
                       "to %d, or 0",
                       most, MIEN_FACE_NOTES_MOST);
    mien_face_notes *n = mi_alloc(1, sizeof *n);
    if (!n)
        return mi_no_memory(err);
    n->most = most ? most : MOST;
    *out = n;
    return MIEN_OK;
}

void mien_face_notes_free(mien_face_notes *n)
{
    if (!n)
        return;
    for (int i = 0; i < n->n; i++)
        mi_free(n->note[i].descriptor);
    mi_free(n->note);
    mi_free(n);
}

static note *note_of(const mien_face_notes *n, int64_t id)
{
    for (int i = 0; i < n->n; i++)
        if (n->note[i].known.id == id)
            return &n->note[i];
    return NULL;
}

const mien_face_note *mien_face_notes_of(const mien_face_notes *n, int64_t id)
{
    const note *one = note_of(n, id);
    return one ? &one->known : NULL;
}

/* Forget the tracks that ended. */
static void forget(mien_face_notes *n, const mien_tracker *t)
{
    int tracks, kept = 0;
    const mien_track *track = mien_tracker_tracks(t, &tracks);
    for (int i = 0; i < n->n; i++) {
        int lives = 0;
        for (int k = 0; k < tracks && !lives; k++)
            lives = track[k].id == n->note[i].known.id;
        if (lives)
            n->note[kept++] = n->note[i];
        else
            mi_free(n->note[i].descriptor);
    }
    n->n = kept;
}

int mien_face_notes_due(mien_face_notes *n, const mien_tracker *t,
                        const mien_history *h, int64_t frame, int every)
{
    assert(every >= 1);
    int shown, due = -1;
    int64_t longest = -1;
    const mien_shown *s = mien_history_shown(h, &shown);
    forget(n, t);
    for (int i = 0; i < shown; i++) {
        const mien_face_note *known = mien_face_notes_of(n, s[i].track->id);
        if (!known)
            return i;
        int wait = known->readings < EARLY ? (every + 2) / 3 : every;
        if (frame - known->frame >= wait && frame - known->frame > longest) {
            longest = frame - known->frame;
            due = i;
        }
    }
    return due;
}

/* Keep a descriptor in the place of the oldest. */
static void keep_descriptor(note *one, int most, const float *descriptor)
{
    memcpy(one->descriptor + (ptrdiff_t)MIEN_DESCRIPTOR * one->next, descriptor,
           MIEN_DESCRIPTOR * sizeof *descriptor);
    one->next = (one->next + 1) % most;
    one->known.descriptors += one->known.descriptors < most;
}

/* Move a mean towards what was read. */
static void approach(float *mean, float value, float share)
{
    *mean += share * (value - *mean);
}

/* Put a reading into the means; what is read for the first time is taken. */
static void average(mien_face_note *known, const mien_face *read)
{
    mien_face f = *read;
    const mien_face *before = &known->face;
    unsigned both = before->has & read->has;
    int readings = known->readings < MEMORY ? known->readings : MEMORY;
    float share = 1 / (float)readings;
    if (both & MIEN_FACE_AGE)
        approach(&f.age, before->age, 1 - share);
    if (both & MIEN_FACE_GENDER)
        approach(&f.male, before->male, 1 - share);
    for (int i = 0; i < EXPRESSIONS && (both & MIEN_FACE_EXPRESSION); i++)
        approach(&f.expression[i], before->expression[i], 1 - now);
    if (before->has & ~read->has & MIEN_FACE_AGE)
        f.age = before->age;
    if (before->has & ~read->has & MIEN_FACE_GENDER)
        f.male = before->male;
    if (before->has & ~read->has & MIEN_FACE_EXPRESSION)
        memcpy(f.expression, before->expression, sizeof f.expression);
    if (before->has & ~read->has & MIEN_FACE_DESCRIPTOR)
        memcpy(f.descriptor, before->descriptor, sizeof f.descriptor);
    f.has |= before->has & ~(unsigned)MIEN_FACE_LANDMARKS;
    known->face = f;
}

mien_status mien_face_notes_add(mien_face_notes *n, int64_t id, int64_t frame,
                                const mien_face *face, mien_error *err)
{
    note *one = note_of(n, id), *begun = NULL;
    int described = mien_face_described(face, MIEN_DESCRIBER_DLIB);
    if (!one)
        one = begun = mi_push(&n->note, n->n, sizeof *begun);
    if (!one)
        return mi_no_memory(err);
    if (described && !one->descriptor)
        one->descriptor =
            mi_alloc((size_t)n->most, MIEN_DESCRIPTOR * sizeof(float));
    if (described && !one->descriptor)
        return mi_no_memory(err);
    one->known.id = id;
    one->known.frame = frame;
    one->known.readings++;
    average(&one->known, face);
    if (described)
        keep_descriptor(one, n->most, face->descriptor);
    n->n += begun != NULL;
    return MIEN_OK;
}

mien_status mien_face_notes_match(const mien_face_notes *n, int64_t id,
                                  const mien_people *people,
                                  const mien_match_options *options,
                                  mien_match *out, mien_error *err)
{
    const note *one = note_of(n, id);
    if (one && one->known.descriptors)
        return mien_people_vote(people, one->known.descriptors, one->descriptor,
                                options, NULL, out, err);
    *out = (mien_match){NULL, -1, NAN};
    return MIEN_OK;
}
