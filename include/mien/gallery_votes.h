/* mien/gallery_votes.h: who the people of a video are.
 *
 *   mien_tracker -> mien_face_notes_due -> mien_analyzer_read: a described face
 *     -> mien_gallery_votes_add: a search, whose answer is a vote of its track
 *       -> mien_gallery_votes_at: who each track is
 *
 * One picture errs more often than many of the same face. */
#ifndef MIEN_GALLERY_VOTES_H
#define MIEN_GALLERY_VOTES_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_gallery_votes mien_gallery_votes;

/* Who a track is. */
typedef struct mien_gallery_verdict {
    int64_t track;
    const mien_gallery_person *person; /* NULL: nobody has enough votes */
    float distance;     /* mean of the votes for the person; of nobody the
                           smallest of all; NaN: none was compared */
    int votes;          /* for the person; for nobody if person is NULL */
    int readings;       /* votes of all */
    double first, last; /* seconds: the first reading and the last */
} mien_gallery_verdict;

/* Begin without votes.
 *
 *   g          open, borrowed while the votes live
 *   purpose    of the searches, as for mien_gallery_search
 *   threshold  the same
 *   out        owned by the caller; free with mien_gallery_votes_free
 *
 * Fails with EARG (no purpose, a threshold that is none), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_votes_new(mien_gallery *g, const char *purpose, float threshold,
                       mien_gallery_votes **out, mien_error *err);

/* Release votes.
 *
 *   v  NULL is allowed */
MIEN_API void mien_gallery_votes_free(mien_gallery_votes *v);

/* Search for a face of a track; the answer is one vote.
 *
 *   v        votes
 *   track    whose face it is, any number
 *   seconds  when it is seen, not before those of the track so far
 *   face     one descriptor (n is 1) and its network
 *   changed  set to 1: the track is somebody else now, or somebody or nobody
 *            for the first time; else 0; NULL: not wanted
 *
 * Each search is in the gallery's log before it is answered.
 * Fails with what mien_gallery_search fails with, EARG, EIO, ENOMEM: then no
 * vote was counted. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_votes_add(
    mien_gallery_votes *v, int64_t track, double seconds,
    const mien_gallery_faces *face, int *changed, mien_error *err);

/* Count the tracks of which a face was searched.
 *
 *   v  votes */
MIEN_API int mien_gallery_votes_count(const mien_gallery_votes *v);

/* Tell who a track is: who has most votes, the nearer one of two with as many;
 * nobody, if nobody has as many as there are votes for nobody.
 *
 *   v  votes
 *   i  0..mien_gallery_votes_count - 1, asserted; in the order they began
 *
 * Votes for people who were erased since do not count. person is borrowed until
 * the gallery changes. */
MIEN_API mien_gallery_verdict mien_gallery_votes_at(const mien_gallery_votes *v,
                                                    int i);

/* Tell the same of a track by its number.
 *
 *   v      votes
 *   track  its number
 *   out    set, if a face of it was searched
 *
 * 1: one was. */
MIEN_API int mien_gallery_votes_of(const mien_gallery_votes *v, int64_t track,
                                   mien_gallery_verdict *out);

#ifdef __cplusplus
}
#endif
#endif
