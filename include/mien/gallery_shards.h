/* mien/gallery_shards.h: people in several galleries, searched as if they were
 * in one.
 *
 *   each gallery: mien_gallery_search_shard -> mien_shard_answer
 *   all answers: mien_shard_answers_join -> who is nearest of everybody
 *
 * A gallery with some of the people is a shard.  It searches alone, with its
 * own negatives, and says of whom is nearest what the others need to know: how
 * far that is, and whether it is somebody who is never to be matched.  Joined,
 * the answers are that of one gallery with all the people; a shard that did
 * not answer is counted, for somebody in it may be nearer. */
#ifndef MIEN_GALLERY_SHARDS_H
#define MIEN_GALLERY_SHARDS_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Galleries that are searched as one, at most. */
#define MIEN_SHARDS_MAX 64

/* What one shard says of a face, or several that are joined. */
typedef struct mien_shard_answer {
    int asked, answered; /* shards; {1} alone is one that did not answer */
    float distance;      /* of whom is nearest; NaN: nobody was compared, or all
                            are ruled out by negatives */
    int never;           /* 1: that is somebody who is never to be matched */
    char name[MIEN_GALLERY_NAME]; /* who it is; "": never, or not near enough */
    int compared;     /* people enrolled for the purpose, with this network */
    int incomparable; /* people enrolled for it of whom other networks alone
                         described faces: no search finds them */
} mien_shard_answer;

/* Search a gallery that has some of the people.
 *
 *   g          open
 *   purpose    as for mien_gallery_search
 *   day        as for mien_gallery_search_on
 *   face       as for mien_gallery_search
 *   threshold  the same for all shards
 *   out        set to the answer of one shard
 *
 * It is in the log as any search.
 * Fails with EARG, EIO, ENOMEM, as mien_gallery_search_on does. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_search_shard(mien_gallery *g, const char *purpose, const char *day,
                          const mien_gallery_faces *face, float threshold,
                          mien_shard_answer *out, mien_error *err);

/* Join answers about one face, at one threshold.
 *
 *   n       how many, 0 or more, asserted
 *   answer  [n] of shards, or joined before
 *   out     set to the answer of them all; may be one of them
 *
 * Nearest wins, of equal distances the earlier answer: so it is in one gallery
 * into which the people came in that order.  Who is nearest and never to be
 * matched hides all others, whichever shard they are in.  Counts are added.
 * With fewer answered than asked nothing is sure: somebody nearer, or never to
 * be matched, may be in a shard that did not answer. */
MIEN_API void mien_shard_answers_join(int n, const mien_shard_answer *answer,
                                      mien_shard_answer *out);

#ifdef __cplusplus
}
#endif
#endif
