/* mien/match_cluster.h: faces of unknown people, those alike put together.
 *
 *   descriptors -> mien_cluster: groups, and faces that are in none
 *     -> mien_clusters_suggest: which group may be whom, by known people
 *     -> mien_clusters_pull: faces in no group that are near to one
 *
 * Everything stays in memory and groups have numbers, no names.  Whose faces
 * are put together has not been asked: see docs/people.md. */
#ifndef MIEN_MATCH_CLUSTER_H
#define MIEN_MATCH_CLUSTER_H

#include "mien/match.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How faces become groups, by which of them are neighbours: nearer to each
 * other than the threshold. */
typedef enum mien_cluster_method {
    MIEN_CLUSTER_WHISPERS, /* Chinese whispers: a face takes the group that most
                              of its neighbours have, again and again */
    MIEN_CLUSTER_DENSITY   /* DBSCAN: faces with `core` neighbours and the
                              neighbours of these, however long the chain */
} mien_cluster_method;

/* Begin with MIEN_CLUSTER_DEFAULTS. */
typedef struct mien_cluster_options {
    mien_cluster_method method;
    float threshold; /* of neighbours; not negative.  A distance equal to it is
                        none */
    int least;       /* faces of a group, at least 1; fewer are in none */
    int most;        /* neighbours that a face keeps, the nearest ones,
                        1..MIEN_CLUSTER_MOST: bounds the memory */
    int core;        /* of MIEN_CLUSTER_DENSITY: faces within the threshold, the
                        face itself among them, 1..most + 1 */
    int rounds;      /* of MIEN_CLUSTER_WHISPERS, at most so many; fewer where
                        nothing changes any more */
    uint32_t seed;   /* of their order */
    mien_pool *pool; /* looks for neighbours; NULL: one thread */
    /* Called now and then; not 0: stop.  NULL: not wanted. */
    int (*on_faces)(void *arg, int64_t done, int64_t of);
    void *arg;
} mien_cluster_options;
#define MIEN_CLUSTER_THRESHOLD 0.48f
#define MIEN_CLUSTER_MOST 65536
#define MIEN_CLUSTER_DEFAULTS                                             \
    {                                                                     \
        MIEN_CLUSTER_WHISPERS, MIEN_CLUSTER_THRESHOLD, 2, 128, 3, 100, 0, \
            NULL, NULL, NULL                                              \
    }

/* Groups, the largest first; of equals that with the earliest face.
 * Zero-initialise before use; release with mien_clusters_free. */
typedef struct mien_clusters {
    int n;          /* faces */
    int groups;     /* of options.least faces or more */
    int *group;     /* [n] 0..groups - 1; -1: in none */
    int *member;    /* [n] faces by group, those in none last; within one in
                       the order they came */
    int *begin;     /* [groups + 2] member[begin[g]] .. member[begin[g + 1] - 1]
                       is group g; begin[groups]: those in none */
    int64_t pairs;  /* of faces within the threshold */
    int64_t capped; /* faces with more neighbours than options.most: the
                       farther ones were not heeded */
    int rounds;     /* that were needed; options.rounds: perhaps not enough */
} mien_clusters;

/* Put faces that are alike together.
 *
 *   n           faces, at least 0
 *   d           numbers of a descriptor, at least 1: MIEN_DESCRIPTOR, or those
 *               of another network
 *   descriptor  [n, d] finite
 *   options     NULL: MIEN_CLUSTER_DEFAULTS
 *   out         owned by the caller; free with mien_clusters_free
 *
 * The same groups come of the same faces in the same order, with any number of
 * threads and any instruction set.  All pairs are measured: the time grows
 * with the square of n.  Memory, beside that of the descriptors: about 100
 * bytes a face and 8 to 16 for each neighbour that it keeps.
 * Source: C. Biemann, Chinese Whispers, TextGraphs 2006, as dlib has it, each
 * round in a new order and each pair counting as much as another; M. Ester et
 * al., A Density-Based Algorithm for Discovering Clusters, KDD 1996, where a
 * face between two groups comes to the nearest core.
 * Fails with EARG (an option out of range; a number that is not finite; a
 * descriptor longer than 1e15; stopped), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cluster(
    int n, int d, const float *descriptor, const mien_cluster_options *options,
    mien_clusters *out, mien_error *err);

/* Release groups.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_clusters_free(mien_clusters *c);

/* Suggest who the people of groups are: the faces of a group vote, as in
 * mien_people_vote.
 *
 *   c           groups
 *   descriptor  [c->n, numbers of people's network] of which they were made
 *   people      who are known, and agreed to be
 *   options     NULL: MIEN_MATCH_DEFAULTS
 *   out         [c->groups] unknown where nobody has most votes
 *
 * It is a suggestion: a person confirms it.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_clusters_suggest(
    const mien_clusters *c, const float *descriptor, const mien_people *people,
    const mien_match_options *options, mien_match *out, mien_error *err);

/* Take faces that are in no group into one: those nearer to one of its faces
 * than a threshold.  Faces so taken take no others.
 *
 *   c           groups; the numbers of groups stay as they are
 *   d           numbers of a descriptor
 *   descriptor  [c->n, d] of which they were made
 *   group       0..c->groups - 1, asserted
 *   threshold   a distance; larger than that of the groups takes more
 *   taken       set to how many; NULL is allowed
 *
 * Fails with ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_clusters_pull(mien_clusters *c, int d,
                                                     const float *descriptor,
                                                     int group, float threshold,
                                                     int *taken,
                                                     mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
