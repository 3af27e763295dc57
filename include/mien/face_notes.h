/* mien/face_notes.h: what was read of faces that keep their numbers.
 *
 *   mien_tracker -> mien_history_shown -> mien_face_notes_due: whom to read now
 *     -> mien_analyzer_read -> mien_face_notes_add
 *       -> mien_face_notes_of: age and gender averaged
 *       -> mien_face_notes_match: who it is, by votes over the track
 *
 * A frame costs at most one reading, so that a live picture does not stand
 * still when many faces come at once, and one bad picture does not decide. */
#ifndef MIEN_FACE_NOTES_H
#define MIEN_FACE_NOTES_H

#include "mien/face.h"
#include "mien/vision_history.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_face_notes mien_face_notes;

/* What is known of a track's face. */
typedef struct mien_face_note {
    int64_t id;
    int64_t frame;   /* number of the one in which it was read last */
    int readings;    /* so far */
    int descriptors; /* that vote */
    mien_face face;  /* as it was read last; age, male and expression are means
                        that fade, has tells what was ever read, but of
                        landmarks whether they were read last */
} mien_face_note;

#define MIEN_FACE_NOTES_MOST 1000

/* Begin with no faces.
 *
 *   most  descriptors of a face that vote, the last ones; 0: 10; at most
 *         MIEN_FACE_NOTES_MOST
 *   out   owned by the caller; free with mien_face_notes_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_notes_new(int most,
                                                      mien_face_notes **out,
                                                      mien_error *err);

/* Release notes.
 *
 *   n  NULL is allowed */
MIEN_API void mien_face_notes_free(mien_face_notes *n);

/* Choose the face to read in a frame.
 *
 *   n      notes; those on tracks that the tracker no longer has are forgotten
 *   t      the tracker
 *   h      after mien_history_add of this frame
 *   frame  its number, which grows
 *   every  frames after which a face is read again, at least 1
 *
 * One that was never read comes first, then the one read longest ago; a face
 * that was read fewer than three times is read again after a third of the
 * frames.  The place among mien_history_shown; -1: nobody is due. */
MIEN_API int mien_face_notes_due(mien_face_notes *n, const mien_tracker *t,
                                 const mien_history *h, int64_t frame,
                                 int every);

/* Add what was read of a face.
 *
 *   n      notes
 *   id     of its track
 *   frame  in which it was read
 *   face   copied
 *
 * Age and gender are means over the readings, in which the last eight weigh
 * most; an expression counts half, those before it the rest.
 * Fails with ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_face_notes_add(mien_face_notes *n,
                                                      int64_t id, int64_t frame,
                                                      const mien_face *face,
                                                      mien_error *err);

/* Tell what is known of a face.
 *
 *   n   notes
 *   id  of its track
 *
 * Borrowed until notes change; NULL: it was never read. */
MIEN_API const mien_face_note *mien_face_notes_of(const mien_face_notes *n,
                                                  int64_t id);

/* Tell who a face is: its descriptors vote, as in mien_people_vote.
 *
 *   n        notes
 *   id       of its track
 *   people   who are known; they may change between calls
 *   options  NULL: MIEN_MATCH_DEFAULTS
 *   out      unknown, at the distance NaN, while no descriptor was read
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_notes_match(
    const mien_face_notes *n, int64_t id, const mien_people *people,
    const mien_match_options *options, mien_match *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
