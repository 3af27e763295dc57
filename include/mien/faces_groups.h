/* mien/faces_groups.h: the faces of many photos, put together by who they show.
 *
 *   photos of a list -> mien_face_groups_new
 *     -> mien_reader_read (mien/kit.h), mien_face_groups_add: each photo's
 *     -> mien_face_groups_find: groups (mien/match_cluster.h)
 *       -> mien_face_groups_page: one page of HTML with the faces in it
 *       -> mien_face_groups_json: files and boxes
 *
 * Everything is in memory.  What is written shows people who were not asked:
 * it is personal data.  It is not in the WebAssembly library. */
#ifndef MIEN_FACES_GROUPS_H
#define MIEN_FACES_GROUPS_H

#include "mien/kit.h"
#include "mien/match_cluster.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_face_groups mien_face_groups;

/* Tell the threshold of mien_cluster that puts faces together best.
 *
 *   d  the network that describes them; another number counts as
 *      MIEN_DESCRIBER_DLIB
 *
 * Source: highest F by BCubed on Labelled Faces in the Wild; for more people
 * than there a smaller one is better. */
MIEN_API float mien_face_groups_threshold(mien_describer d);

/* Begin with no face.
 *
 *   list       photos; borrowed
 *   side       pixels of the faces on the page, 16..512; 0: they are not kept,
 *              and there is no page
 *   describer  the network that describes the faces
 *   out        owned by the caller; free with mien_face_groups_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_groups_new(
    const mien_photo_list *list, int side, mien_describer describer,
    mien_face_groups **out, mien_error *err);

/* Release faces, groups and pictures.
 *
 *   g  NULL is allowed */
MIEN_API void mien_face_groups_free(mien_face_groups *g);

/* Add the faces of a photo, each as a small JPEG if they are kept.  Different
 * photos may be added by different threads at the same time.
 *
 *   g        before mien_face_groups_find
 *   i        of the list, 0..n - 1, asserted; once
 *   photo    as mien_reader_read gives it; NULL where faces are not kept
 *   reading  with descriptors; faces without one, or with one of another
 *            network, are counted only
 *
 * Fails with ENOMEM, EFORMAT (libjpeg refused); then the photo has no faces. */
MIEN_API MIEN_CHECKED mien_status
mien_face_groups_add(mien_face_groups *g, int i, const mien_image *photo,
                     const mien_reading *reading, mien_error *err);

/* Note that a photo could not be read: page and JSON name it.
 *
 *   g      as above
 *   i      of the list
 *   error  why; copied */
MIEN_API void mien_face_groups_fail(mien_face_groups *g, int i,
                                    const mien_error *error);

/* Put faces together, in the order of the photos, of one photo the surest
 * first.
 *
 *   g        once
 *   options  NULL: MIEN_CLUSTER_DEFAULTS with mien_face_groups_threshold
 *
 * Fails with what mien_cluster fails with, ELIMIT (too many faces). */
MIEN_API MIEN_CHECKED mien_status mien_face_groups_find(
    mien_face_groups *g, const mien_cluster_options *options, mien_error *err);

/* How many. */
typedef struct mien_face_count {
    int photos;
    int unread;      /* of them */
    int without;     /* photos that were read and show no face */
    int faces;       /* with a descriptor */
    int undescribed; /* too far outside their photo; or by another network */
    int groups, grouped;
} mien_face_count;

/* Count.
 *
 *   g  in any state; groups are 0 before mien_face_groups_find */
MIEN_API mien_face_count mien_face_groups_count(const mien_face_groups *g);

/* The groups; their faces are numbered as mien_face_groups_face tells.
 *
 *   g  after mien_face_groups_find
 *
 * Borrowed. */
MIEN_API const mien_clusters *
mien_face_groups_clusters(const mien_face_groups *g);

/* Tell of a face.
 *
 *   g      after mien_face_groups_find
 *   face   0..faces - 1, asserted
 *   photo  set to its place in the list; NULL is allowed
 *   box    set to where it is, in pixels of the photo; NULL is allowed
 *
 * [mien_describer_numbers] borrowed. */
MIEN_API const float *mien_face_groups_face(const mien_face_groups *g, int face,
                                            int *photo, mien_box *box);

/* Add a page of HTML that needs no other file: the groups, the largest first,
 * then the faces in none, photos that could not be read and those without a
 * face; each face with the name of its file.
 *
 *   g     after mien_face_groups_find, with faces kept
 *   most  faces of a group that are shown, spread over it; the others are
 *         counted; 0: all
 *   out   the page is added
 *
 * Memory that ends is noted in the buffer. */
MIEN_API void mien_face_groups_page(const mien_face_groups *g, int most,
                                    mien_buffer *out);

/* Add a line of JSON: {"schema", "photos", "faces", "numbers": of a descriptor,
 * "threshold", "method", "pairs", "capped", "groups": [{"group": 1.., "faces":
 * [{"file", "box", "score"}]}], "unassigned": [faces], "without_face":
 * [{"file"}], "failed":
 * [{"file", "error": {"status", "text"}}]}.
 *
 *   g    after mien_face_groups_find
 *   out  the line is added
 *
 * Memory that ends is noted in the buffer. */
MIEN_API void mien_face_groups_json(const mien_face_groups *g,
                                    mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
