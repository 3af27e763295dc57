/* 68 points by face-api.js' landmark networks (both sizes read alike).
 *
 * The crop of the box is padded with black on both sides to a square and
 * resized to 112 x 112.  The network gives (x, y) of each point as shares of
 * that square; padding is taken off and the points are moved to the corner of
 * the box itself, not of its whole-pixel crop.
 * Source: face-api.js 1.7.15, src/faceLandmarkNet/FaceLandmark68NetBase.ts,
 * src/classes/FaceLandmarks.ts, src/dom/extractFaceTensors.ts. */
#include "face/landmark.h"

#include <math.h>

#include "base/exact.h"

enum { SIDE = 112 };

const mi_stage_kind mi_landmark_stage = {
    "landmarks", 1, {{"landmarks", {2, {1, MI_LANDMARK_NUMBERS}}}}};

/* Share of the square (single precision, as the tensor is) -> share of the
 * crop -> pixels from the crop's corner -> pixels of the photo. */
static double place(float share, float padding, float length, int side,
                    double corner)
{
    float s = (share * SIDE - padding) / length;
    double pixels = (double)s * side;
    return pixels / side * side + corner;
}

mien_status mi_landmarks_find(mi_stage *s, mi_feeder *f,
                              const mien_image *photo, mi_rect box,
                              mi_landmarks *out, mien_error *err)
{
    mi_crop c = mi_rect_clip(mi_rect_for_size(box, photo->w, photo->h),
                             photo->w, photo->h);
    out->crop = c;
    if (c.w == 0)
        return MIEN_OK;
    mi_sample sample = mi_sample_square(c, SIDE, 1);
    mien_status st = mi_stage_run(s, f, photo, &sample, err);
    if (st != MIEN_OK)
        return st;
    double scale = (double)SIDE / fmax(c.w, c.h);
    double w = c.w * scale, h = c.h * scale;
    float pad_x = w < h ? (float)(fabs(w - h) / 2) : 0;
    float pad_y = h < w ? (float)(fabs(w - h) / 2) : 0;
    const float *share = s->out[0].data;
    for (int i = 0; i < MI_LANDMARKS; i++, share += 2) {
        out->x[i] = place(share[0], pad_x, (float)w, c.w, box.x);
        out->y[i] = place(share[1], pad_y, (float)h, c.h, box.y);
        if (!isfinite(out->x[i]) || !isfinite(out->y[i]))
            out->crop = (mi_crop){0};
    }
    return MIEN_OK;
}
