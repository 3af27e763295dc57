/* redact.h: covers of photos and of frames. */
#ifndef MI_FACE_REDACT_H
#define MI_FACE_REDACT_H

#include "mien/face.h"

/* The part of a photo that hides a face.
 *
 *   rotation  of the face: 0, 90, 180, 270; the margin is half as much again
 *             above it
 *   margin    as a share of its longer side */
mien_box mi_cover_of(mien_box face, int rotation, double margin,
                     const mien_image *photo);

/* A cover wider by so many pixels on each side, inside the photo. */
mien_box mi_cover_wider(mien_box cover, double by, const mien_image *photo);

/* Overwrite the pixels of a cover, but for those in [n] boxes that are kept. */
void mi_cover_fill(mien_image *photo, mien_box cover, const uint8_t colour[3],
                   const mien_box *kept, int n);

/* Does at least three quarters of a box lie in another? */
int mi_cover_within(mien_box part, mien_box whole);

/* Does the middle of each of two boxes lie in the other? */
int mi_cover_same(mien_box a, mien_box b);

#endif
