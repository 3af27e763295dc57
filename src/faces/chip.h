/* chip.h: a face cut out of a photo. */
#ifndef MI_FACES_CHIP_H
#define MI_FACES_CHIP_H

#include "mien/faces_crop.h"

/* Cut a face out of a photo that was read at a share of its size.
 *
 *   photo  r->w x r->h or smaller
 *   o      by, side and margin count
 *   out    owned by the caller
 *
 * Fails with EARG, ENOMEM and as mien_face_place does. */
mien_status mi_face_chip(const mien_image *photo, const mien_reading *r,
                         const mien_face *face, const mien_crop_options *o,
                         mien_image *out, mien_error *err);

#endif
