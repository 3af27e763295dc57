/* mien/face_smile.h: smiles judged by the network of expressions.
 *
 *   frame + box -> mien_smile_by_network -> a vote of mien/vision_smile.h */
#ifndef MIEN_FACE_SMILE_H
#define MIEN_FACE_SMILE_H

#include "mien/face.h"
#include "mien/vision_smile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A frame and what reads the expressions in it. */
typedef struct mien_smile_network {
    mien_analyzer *analyzer; /* made with MIEN_FACE_EXPRESSION; borrowed */
    const mien_image *frame; /* set before mien_smiles_next; borrowed */
} mien_smile_network;

/* Judge a face by the network of expressions: a mien_smile_scorer.
 *
 *   network  a mien_smile_network
 *   box      of the face, in pixels of its frame
 *   vote     set to 2 p - 1, p the probability of "happy"; 0: the network
 *            cannot read the face
 *
 * Fails with EARG (a box without area), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_smile_by_network(void *network,
                                                        mien_box box,
                                                        float *vote,
                                                        mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
