/* mien/face_track.h: faces of a video that keep their numbers.
 *
 *   mien_tracker_follow -> mien_analyzer_run
 *     -> mien_face_memory_detected: boxes to the tracks whose faces they show
 *
 * A tracker tells by place and motion alone who is who.  Where that says too
 * little - a track was lost and is found again, half of its points are gone,
 * two come near each other - a memory compares faces, so that no number passes
 * to another person.  It keeps cuttings of the last pictures of each track,
 * which are described when they are first needed; they go when the track
 * ends. */
#ifndef MIEN_FACE_TRACK_H
#define MIEN_FACE_TRACK_H

#include "mien/face.h"
#include "mien/vision_track.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What faces with a number look like. */
typedef struct mien_face_memory mien_face_memory;

typedef struct mien_face_memory_options {
    float threshold; /* distance at which faces are two people's; 0:
                        MIEN_SAME_PERSON */
    mien_pool *pool; /* NULL: one thread; borrowed while the memory lives */
    mien_analyzer *analyzer; /* gives descriptors, borrowed while the memory
                                lives; NULL: one is made when the first faces
                                are compared */
} mien_face_memory_options;
#define MIEN_FACE_MEMORY_DEFAULTS \
    {                             \
        0, NULL, NULL             \
    }

/* Begin with no faces.
 *
 *   options  NULL: MIEN_FACE_MEMORY_DEFAULTS
 *   find     asked for the networks of landmarks and descriptors when the first
 *            faces are compared; NULL with an analyzer
 *   arg      handed to find; borrowed while the memory lives
 *   out      owned by the caller; free with mien_face_memory_free
 *
 * Fails with EARG (a threshold below 0 or not finite), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_memory_new(
    const mien_face_memory_options *options, mien_model_lookup *find, void *arg,
    mien_face_memory **out, mien_error *err);

/* Release a memory.
 *
 *   m  NULL is allowed */
MIEN_API void mien_face_memory_free(mien_face_memory *m);

/* Tell a tracker which faces were found, and remember how they look.
 *
 *   m        of this tracker alone; NULL: places alone decide
 *   tracker  that followed into this frame
 *   frame    in which the faces were found
 *   faces    their boxes and scores are read
 *
 * A face is the track's when it lies nearer than the threshold to one of four
 * pictures of it: the first, and those of three times since.  A face that
 * cannot be described is judged by its place. Fails with what
 * mien_tracker_detected fails with, and when the networks are first needed with
 * what mien_analyzer_find fails with: then the tracks are as they were, unless
 * memory ended while pictures were kept. */
MIEN_API MIEN_CHECKED mien_status mien_face_memory_detected(
    mien_face_memory *m, mien_tracker *tracker, const mien_image *frame,
    const mien_faces *faces, mien_error *err);

/* Count the faces that were compared with a track, and those of them that were
 * another's.
 *
 *   m        NULL: none
 *   refused  set to how many were another's; NULL: not wanted */
MIEN_API int64_t mien_face_memory_compared(const mien_face_memory *m,
                                           int64_t *refused);

#ifdef __cplusplus
}
#endif
#endif
