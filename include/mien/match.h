/* mien/match.h: who is it?  Descriptors of faces against those of known people.
 *
 *   mien_people_new -> mien_people_add: names, each with one descriptor or more
 *     -> mien_people_match: the nearest person, or nobody
 *     -> mien_people_vote: the same over several pictures of one face
 *
 * Descriptors come from mien_analyzer_run (mien/face.h).  Everything stays in
 * memory; match only people who agreed to it. */
#ifndef MIEN_MATCH_H
#define MIEN_MATCH_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what describes ------------------------------------------------------ */

/* Numbers of a descriptor of dlib's network. */
#define MIEN_DESCRIPTOR 128
/* Numbers of the longest that mien makes. */
#define MIEN_DESCRIPTOR_MOST 512
/* Two descriptors of dlib's network nearer than this most likely show the same
 * person. */
#define MIEN_SAME_PERSON 0.6f

/* The network that descriptors come from.  Those of two networks say nothing
 * about each other. */
typedef enum mien_describer {
    MIEN_DESCRIBER_DLIB,         /* face_recognition: 128 numbers */
    MIEN_DESCRIBER_MOBILEFACENET /* mobilefacenet: 512 numbers of length 1;
                                    what it was trained on is not stated, and it
                                    is installed only by name */
} mien_describer;

/* Name a network that describes faces, as `--descriptor` does.
 *
 *   d  a network; another number counts as MIEN_DESCRIBER_DLIB
 *
 * "dlib" or "mobilefacenet". */
MIEN_API const char *mien_describer_name(mien_describer d);

/* Count the numbers of a network's descriptors.
 *
 *   d  a network; another number counts as MIEN_DESCRIBER_DLIB
 *
 * 128 or 512, at most MIEN_DESCRIPTOR_MOST. */
MIEN_API int mien_describer_numbers(mien_describer d);

/* Tell the distance below which two descriptors of a network most likely show
 * the same person.
 *
 *   d  a network; another number counts as MIEN_DESCRIBER_DLIB
 *
 * Source: MIEN_SAME_PERSON, dlib's own; that of MobileFaceNet answers most
 * pairs of fold 1 of Labelled Faces in the Wild right, with the default
 * detector. */
MIEN_API float mien_describer_threshold(mien_describer d);

/* ---- two faces ----------------------------------------------------------- */

/* Measure how far two descriptors lie apart (Euclidean).
 *
 *   a  [MIEN_DESCRIPTOR]
 *   b  [MIEN_DESCRIPTOR]
 *
 * Smaller is more alike; 0 for the same crop.
 * Source: dlib's face recognition model, whose margin is 0.6. */
MIEN_API float mien_descriptor_distance(const float *a, const float *b);

/* Are two faces one person? */
typedef struct mien_verification {
    float distance, threshold;
    int same; /* 1: distance < threshold */
} mien_verification;

/* Measure how far two descriptors of any network lie apart (Euclidean).
 *
 *   d  numbers of each, at least 1
 *   a  [d]
 *   b  [d] of the same network */
MIEN_API float mien_descriptor_apart(int d, const float *a, const float *b);

/* Decide whether two descriptors show the same person.
 *
 *   a          [MIEN_DESCRIPTOR]
 *   b          [MIEN_DESCRIPTOR]
 *   threshold  MIEN_SAME_PERSON, or another distance; smaller is stricter */
MIEN_API mien_verification mien_verify(const float *a, const float *b,
                                       float threshold);

/* ---- known people -------------------------------------------------------- */

/* People with names and descriptors, in the order they were added. */
typedef struct mien_people mien_people;

/* Begin with nobody, who will be described by dlib's network.
 *
 *   out  owned by the caller; free with mien_people_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_people_new(mien_people **out,
                                                  mien_error *err);

/* Begin with nobody, who will be described by a network: where
 * [MIEN_DESCRIPTOR] stands below, mien_describer_numbers of it are meant.
 *
 *   d    the network
 *   out  owned by the caller; free with mien_people_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_people_new_by(mien_describer d,
                                                     mien_people **out,
                                                     mien_error *err);

/* Tell which network people are described by.
 *
 *   p  people */
MIEN_API mien_describer mien_people_describer(const mien_people *p);

/* Release all people.
 *
 *   p  NULL is allowed */
MIEN_API void mien_people_free(mien_people *p);

/* Add a descriptor to a person, who is made if the name is new.
 *
 *   p           people
 *   name        copied; not empty
 *   descriptor  [MIEN_DESCRIPTOR] copied; finite
 *
 * Fails with EARG, ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_people_add(mien_people *p,
                                                  const char *name,
                                                  const float *descriptor,
                                                  mien_error *err);

/* Forget a person.
 *
 *   p     people; those behind move up by one
 *   name  of the person
 *
 * How many descriptors went; 0: nobody has this name. */
MIEN_API int mien_people_remove(mien_people *p, const char *name);

/* Count the people.
 *
 *   p  people */
MIEN_API int mien_people_count(const mien_people *p);

/* Name a person.
 *
 *   p  people; the name lives until the person is removed
 *   i  0..mien_people_count - 1, asserted */
MIEN_API const char *mien_people_name(const mien_people *p, int i);

/* Walk the descriptors of a person.
 *
 *   p  people
 *   i  0..mien_people_count - 1, asserted
 *   n  0, 1, 2, ...
 *
 * [MIEN_DESCRIPTOR] borrowed until people change; NULL past the last. */
MIEN_API const float *mien_people_descriptor(const mien_people *p, int i,
                                             int n);

/* ---- who is it? ---------------------------------------------------------- */

/* How often strangers get a name when nothing else is asked for. */
#define MIEN_FALSE_MATCH 0.01

/* Expect how many strangers get a name: the share of faces of people who are
 * not known that lie nearer than a threshold to one of the known.
 *
 *   known      descriptors to compare with, at least 0
 *   threshold  a distance
 *
 * 0..1, from the share of pairs of two people that lie nearer than a distance,
 * as if the known were chosen independently; of dlib's network.  Above 0.62
 * that share is taken to grow as it does below, up to 1.
 * Source: 2,687,149 pairs of 1,241 people of Labelled Faces in the Wild, faces
 * found by the default detector. */
MIEN_API double mien_match_strangers(int known, float threshold);

/* The same of faces described by a network.
 *
 *   d          the network
 *   known      descriptors to compare with, at least 0
 *   threshold  a distance
 *
 * Source: for dlib's as above; for MobileFaceNet's the same pairs, from 0.98 to
 * 1.22. */
MIEN_API double mien_match_strangers_by(mien_describer d, int known,
                                        float threshold);

/* Choose the threshold at which about so many strangers get a name.
 *
 *   known        descriptors to compare with; 0: MIEN_SAME_PERSON
 *   false_match  the wanted share of strangers named, more than 0, below 1,
 *                asserted
 *
 * At most MIEN_SAME_PERSON; the more are known the less it is. */
MIEN_API float mien_match_threshold(int known, double false_match);

/* The same of faces described by a network.
 *
 *   d            the network
 *   known        descriptors to compare with
 *   false_match  more than 0, below 1, asserted
 *
 * At most mien_describer_threshold. */
MIEN_API float mien_match_threshold_by(mien_describer d, int known,
                                       double false_match);

/* How far a face is from a person who has several descriptors. */
typedef enum mien_match_rule {
    MIEN_MATCH_NEAREST, /* the least distance; of equals the first added */
    MIEN_MATCH_MEAN     /* the mean distance, as face-api.js' FaceMatcher;
                           of equals the last person */
} mien_match_rule;

typedef struct mien_match_options {
    mien_match_rule rule;
    float threshold;    /* a face farther from everybody is unknown; negative:
                           what false_match gives for how many are known */
    int at_most;        /* 1: a distance equal to the threshold matches too */
    double false_match; /* wanted share of strangers named, more than 0 */
} mien_match_options;
#define MIEN_MATCH_DEFAULTS                         \
    {                                               \
        MIEN_MATCH_NEAREST, -1, 0, MIEN_FALSE_MATCH \
    }

typedef struct mien_match {
    const char *name; /* NULL: unknown; lives until the person is removed */
    int person;       /* who has that name; -1: unknown */
    float distance;   /* to the nearest person, matched or not; NaN without */
} mien_match;

/* Tell the threshold that a match is made with: that of the options, or by how
 * many descriptors (MIEN_MATCH_MEAN: people) are known.
 *
 *   p        people
 *   options  NULL: MIEN_MATCH_DEFAULTS */
MIEN_API float mien_people_threshold(const mien_people *p,
                                     const mien_match_options *options);

/* Find who a face is.
 *
 *   p           people
 *   descriptor  [MIEN_DESCRIPTOR]; NULL: a face that could not be described,
 *               unknown
 *   options     NULL: MIEN_MATCH_DEFAULTS
 *
 * Source: face-api.js 1.7.15, FaceMatcher.findBestMatch (MIEN_MATCH_MEAN). */
MIEN_API mien_match mien_people_match(const mien_people *p,
                                      const float *descriptor,
                                      const mien_match_options *options);

/* Find who a face is by several pictures of it: each votes for whom it
 * matches.
 *
 *   p           people
 *   n           pictures
 *   descriptor  [n, MIEN_DESCRIPTOR]
 *   options     NULL: MIEN_MATCH_DEFAULTS
 *   votes       [mien_people_count + 1] votes for each person, the last for
 *               nobody; NULL is allowed
 *   out         who has most votes, with the mean distance of them; unknown if
 *               nobody has as many as there are votes for nobody
 *
 * Of people with as many votes the nearer one counts.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_people_vote(const mien_people *p, int n, const float *descriptor,
                 const mien_match_options *options, int *votes, mien_match *out,
                 mien_error *err);

/* Count the distances between all pairs of descriptors, to choose a threshold
 * by.
 *
 *   p          people
 *   bins       of equal width, at least 1, asserted
 *   most       where the last bin ends, which takes what lies farther too
 *   same       [bins] set to the pairs of one person
 *   different  [bins] set to the pairs of two people
 *
 * Cost: the square of the number of descriptors.  mien_people_pairs counts
 * exactly at one threshold. */
MIEN_API void mien_people_histogram(const mien_people *p, int bins, float most,
                                    int64_t *same, int64_t *different);

/* Pairs of descriptors of known people, and how many of them would match. */
typedef struct mien_pairs {
    int64_t same, same_near;           /* of one person */
    int64_t different, different_near; /* of two people: near is a mistake */
} mien_pairs;

/* Count the pairs of descriptors that lie nearer than a threshold.
 *
 *   p          people
 *   threshold  a distance; a pair exactly so far apart is not near
 *
 * Cost: the square of the number of descriptors. */
MIEN_API mien_pairs mien_people_pairs(const mien_people *p, float threshold);

/* Expect how many strangers get the name of one of these people: as
 * mien_match_strangers, by how many are known and the threshold of a match.
 *
 *   p        people
 *   options  NULL: MIEN_MATCH_DEFAULTS */
MIEN_API double mien_people_strangers(const mien_people *p,
                                      const mien_match_options *options);

/* Find which descriptor of a person a face is nearest to: what gave it that
 * person's name.
 *
 *   p           people
 *   person      0..mien_people_count - 1, asserted
 *   descriptor  [MIEN_DESCRIPTOR]
 *   distance    set to how far it is; NULL is allowed
 *
 * The n of mien_people_descriptor; of equals the first added. */
MIEN_API int mien_people_closest(const mien_people *p, int person,
                                 const float *descriptor, float *distance);

#ifdef __cplusplus
}
#endif
#endif
