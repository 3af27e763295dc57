/* mien/match_calibrate.h: how near is near enough, from a gallery's own faces.
 *
 *   mien_index of descriptors with the numbers of their people
 *     -> mien_match_calibrate: the threshold at which so many pairs of two
 * people match, how sure that is, and what else it means
 *
 * People of one gallery look more or less alike than those of another, and a
 * threshold from elsewhere (mien_match_threshold) may be off by a factor. */
#ifndef MIEN_MATCH_CALIBRATE_H
#define MIEN_MATCH_CALIBRATE_H

#include "mien/match_search.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of fewer matches of two people than this nothing is said: with 30 a rate is
 * within 30 % of itself, 9 times of 10, if pairs were independent.
 * Source: Doddington et al., The NIST speaker recognition evaluation, 2000:
 * the rule of 30. */
#define MIEN_CALIBRATE_MATCHES 30
/* Nor of fewer people. */
#define MIEN_CALIBRATE_PEOPLE 20
/* Most groups. */
#define MIEN_CALIBRATE_MAX_GROUPS 64

/* A share of pairs, and how sure it is. */
typedef struct mien_pair_rate {
    double value;      /* 0..1; NaN of no pairs */
    double low, high;  /* where it lies in the long run, at 95 %: other people
                          of the same kind; NaN: too few to say */
    int64_t count, of; /* pairs that match, pairs */
    int people;        /* who are in the pairs */
    int few;           /* 1: too few to say */
} mien_pair_rate;

typedef struct mien_match_calibrate_options {
    double false_match;   /* wanted share of pairs of two people that match, in
                             (0, 0.5] */
    int known;            /* how many people a stranger is compared with, by a
                             face each, for `strangers`; 0: as many as there
                             are others.  For more than these it is taken as
                             if they came again */
    const int32_t *group; /* [people] a person's declared group, 0..groups - 1,
                             or -1; NULL: none is declared */
    int groups;           /* 0..MIEN_CALIBRATE_MAX_GROUPS */
    mien_pool *pool;      /* NULL: the caller does all */
} mien_match_calibrate_options;
#define MIEN_MATCH_CALIBRATE_DEFAULTS \
    {                                 \
        0.001, 0, NULL, 0, NULL       \
    }

typedef struct mien_match_calibration {
    float threshold; /* nearer is a match; NaN: too few to say */
    int worst;       /* the group that asked for it; -1: all together */
    mien_pair_rate false_match; /* pairs of two people nearer than it, of all */
    mien_pair_rate true_match;  /* pairs of one person nearer than it */
    mien_pair_rate strangers;   /* people who would be named if they were not
                                   known, by a face each; count and of are
                                   faces, count those near to any of others */
} mien_match_calibration;

/* Find the threshold for a wanted share of false matches.
 *
 *   x         descriptors, whose people are numbered from 0 without more
 *             numbers than there are rows
 *   options   NULL: MIEN_MATCH_CALIBRATE_DEFAULTS
 *   out       threshold and rates; with too few matches all that is known but
 *             the threshold and the rates at it
 *   by_group  [groups] pairs of two people of a group that match at the
 *             threshold; NULL is allowed
 *
 * The threshold is the largest at which no more than the wanted share of the
 * pairs of two people matches, nor of those within any declared group that has
 * enough people and pairs.  A group that has not is told by its `few`, and does
 * not count.  Pairs share their people, so they are not independent: the
 * variance is summed over people, of all that each adds to the rate, and the
 * interval is that of a normal distribution of the rate's logarithm (of
 * true_match, Wilson's with as many independent pairs as have this variance).
 * Fails with EARG (a row without a person, a group or share out of range),
 * ENOMEM.  Cost: the square of the number of rows; 12 bytes a matching pair.
 * Source: Aronow, Samii, Assenova, Cluster-robust variance estimation for
 * dyadic data, Political Analysis 23, 2015; Bolle, Ratha, Pankanti, Error
 * analysis of pattern recognition systems: the subsets bootstrap, 2004 (why
 * people and not pairs are the sample). */
MIEN_API MIEN_CHECKED mien_status mien_match_calibrate(
    const mien_index *x, const mien_match_calibrate_options *options,
    mien_match_calibration *out, mien_pair_rate *by_group, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
