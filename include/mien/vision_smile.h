/* mien/vision_smile.h: who smiles in a video, by cascades inside one another.
 *
 *   frame -> faces, followed between frames
 *     each face -> eyes and smiles inside it, or a scorer
 *       -> +1 or -1 a frame -> votes of its track, fading -> smiles or not
 *
 * A smile begins at one level of votes and ends below a lower one, so that one
 * frame does not decide. */
#ifndef MIEN_VISION_SMILE_H
#define MIEN_VISION_SMILE_H

#include "mien/vision_history.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A cascade and how it searches a face, or a frame for faces. */
typedef struct mien_sight {
    const mien_cascade *cascade;  /* borrowed */
    mien_cascade_options options; /* their pool is not used */
    /* Of eyes and smiles only: */
    float top; /* share of the face, from above, that is left out: 0..0.9 */
    int side;  /* pixels to which the face is brought first, in which the sizes
                  of the options are; 0: it is searched as it is */
} mien_sight;

/* Judge a face of the frame of now by other means than a cascade.
 *
 *   arg   mien_smile_options.scorer_arg
 *   box   of the face, in pixels of the frame; it may reach outside
 *   vote  set to -1 (no smile) .. 1 (a smile); 0: nothing can be said
 *
 * A failure ends mien_smiles_next with it. */
typedef mien_status mien_smile_scorer(void *arg, mien_box box, float *vote,
                                      mien_error *err);

typedef struct mien_smile_options {
    mien_sight faces, eyes, smiles; /* smiles: not used with a scorer */
    float begin, end; /* votes at which a smile is on, and below which it is
                         over: -1..1, end <= begin */
    mien_pool *pool;  /* NULL: one thread; borrowed */
    mien_smile_scorer *scorer; /* NULL: the cascade of smiles */
    void *scorer_arg;          /* borrowed */
} mien_smile_options;
/* The lower half of a face of 130 pixels is searched, so that faces of all
 * sizes are treated alike; chosen on the training list of MTFL
 * (bench/smiles.c).  Cascades are to be set: frontalface_default, eye, smile.
 */
#define MIEN_SMILE_DEFAULTS                                               \
    {                                                                     \
        {NULL, {1.1, 5, 0, 0, 0, 0, 0, 0, NULL}, 0, 0},                   \
            {NULL, {1.2, 18, 0, 0, 0, 0, 0, 0, NULL}, 0, 0},              \
            {NULL, {1.2, 30, 58, 29, 0, 0, 0, 0, NULL}, 0.5f, 130}, 0.3f, \
            -0.3f, NULL, NULL, NULL                                       \
    }
/* The settings of the article that mien follows, strict: few smiles are found.
 * The same cascades are to be set. */
#define MIEN_SMILE_ARTICLE                                                \
    {                                                                     \
        {NULL, {1.3, 5, 0, 0, 0, 0, 0, 0, NULL}, 0, 0},                   \
            {NULL, {1.2, 18, 0, 0, 0, 0, 0, 0, NULL}, 0, 0},              \
            {NULL, {1.7, 20, 0, 0, 0, 0, 0, 0, NULL}, 0, 0}, 0.3f, -0.3f, \
            NULL, NULL, NULL                                              \
    }

/* A face in the frame of now. */
typedef struct mien_smile_face {
    int64_t id;
    mien_box box;
    int detected;           /* 0: followed only */
    mien_hits eyes, smiles; /* in pixels of the frame */
    float votes;            /* -1..1 */
    int smiling;            /* 1: the votes say so */
} mien_smile_face;

/* The votes of a face in a frame. */
typedef struct mien_smile_vote {
    int64_t id;
    double seconds;
    float votes;
    int smiling;
} mien_smile_vote;

typedef struct mien_smiles mien_smiles;

/* Begin before the first frame.
 *
 *   options  the cascades are set (that of smiles, or a scorer), asserted
 *   out      owned by the caller; free with mien_smiles_free
 *
 * Fails with EARG (levels, top or side out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_smiles_new(
    const mien_smile_options *options, mien_smiles **out, mien_error *err);

/* Release everything that was seen.
 *
 *   s  NULL is allowed */
MIEN_API void mien_smiles_free(mien_smiles *s);

/* Look at the next frame.
 *
 *   s        smiles
 *   g        the frame
 *   seconds  when it is shown
 *   step     seconds since the frame before, > 0
 *
 * Fails with EARG (an option of a cascade), ENOMEM, and what a scorer fails
 * with. */
MIEN_API MIEN_CHECKED mien_status mien_smiles_next(mien_smiles *s,
                                                   const mien_gray *g,
                                                   double seconds, double step,
                                                   mien_error *err);

/* The faces of the frame of now.
 *
 *   s  smiles
 *   n  set to how many
 *
 * [n] by id, borrowed until the next frame. */
MIEN_API const mien_smile_face *mien_smiles_faces(const mien_smiles *s, int *n);

/* The votes of all faces in all frames.
 *
 *   s  smiles
 *   n  set to how many
 *
 * [n] in the order of frames, borrowed until the next frame. */
MIEN_API const mien_smile_vote *mien_smiles_votes(const mien_smiles *s, int *n);

/* The faces there were.
 *
 *   s  smiles, which own it */
MIEN_API const mien_history *mien_smiles_history(const mien_smiles *s);

/* Walk the smiles of a face.
 *
 *   s      smiles
 *   id     of the face
 *   i      0, 1, 2, ...
 *   begin  set to the seconds of its first frame
 *   end    set to those of the first frame after it, or of the last with the
 *          face
 *
 * 0 past the last, and nothing is set. */
MIEN_API int mien_smiles_at(const mien_smiles *s, int64_t id, int i,
                            double *begin, double *end);

/* Count the frames in which a face smiles.
 *
 *   s   smiles
 *   id  of the face */
MIEN_API int64_t mien_smiles_frames(const mien_smiles *s, int64_t id);

#ifdef __cplusplus
}
#endif
#endif
