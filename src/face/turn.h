/* turn.h: photos that lie on their side. */
#ifndef MI_FACE_TURN_H
#define MI_FACE_TURN_H

#include "face/detector.h"

/* A photo in the turn in which it is read. */
typedef struct mi_turned {
    mien_image own;          /* its pixels; none where it is not turned */
    const mien_image *photo; /* own, or the photo given */
    int quarters;            /* 0..3, clockwise */
} mi_turned;

/* Find the faces of a photo in the turn that is wanted.
 *
 *   out    borrows the photo; release with mi_turned_done
 *   found  in pixels of out->photo
 *   spare  for the finds of other turns */
mien_status mi_turned_detect(mi_detector *d, mien_rotate want,
                             const mien_image *photo, mi_turned *out,
                             mi_found_list *found, mi_found_list *spare,
                             mien_error *err);
/* Release the pixels of a turned photo. */
void mi_turned_done(mi_turned *t);
/* Take a face of a turned photo back to the photo of w x h as it was given. */
void mi_face_turn_back(mien_face *f, int quarters, int w, int h);

#endif
