/* SSD MobileNet v1 of face-api.js.
 *
 * The photo, padded at its right or lower end to a square, is resized to 512 x
 * 512.  The network gives decoded boxes (top, left, bottom, right) as shares of
 * the square and a score for each; they are cut at the square's edges and
 * brought to shares of the photo with the photo's rounded size inside the
 * square.
 * Source: face-api.js 1.7.15, src/ssdMobilenetv1/SsdMobilenetv1.ts. */
#include "face/detector.h"

#include "base/error.h"

#include <math.h>

#include "base/exact.h"

/* Suppression compares boxes before they are cut. */
static mi_rect raw_box(const float *b)
{
    double top = (double)b[0], left = (double)b[1];
    double bottom = (double)b[2], right = (double)b[3];
    return (mi_rect){fmin(left, right), fmin(top, bottom), fabs(right - left),
                     fabs(bottom - top)};
}

static mi_rect photo_box(const float *b, const mi_detector *d,
                         const mien_image *photo)
{
    double scale = (double)d->side / fmax(photo->w, photo->h);
    double pad_x = d->side / fmax(1, mi_round(photo->w * scale));
    double pad_y = d->side / fmax(1, mi_round(photo->h * scale));
    double top = fmax(0, (double)b[0]) * pad_y;
    double bottom = fmin(1, (double)b[2]) * pad_y;
    double left = fmax(0, (double)b[1]) * pad_x;
    double right = fmin(1, (double)b[3]) * pad_x;
    mi_rect r = {left, top, fmax(0, right - left), fmax(0, bottom - top)};
    return mi_rect_scale(r, photo->w, photo->h);
}

/* Boxes as the network gives them, suppressed, then in pixels of the photo. */
static mien_status detect(mi_detector *d, const mien_image *photo,
                          mi_found_list *out, mien_error *err)
{
    mi_stage *s = &d->plan[0];
    int64_t n = s->out[0].shape.dim[1];
    if (s->out[1].shape.dim[1] != n)
        return mi_fail(err, MIEN_EFORMAT,
                       "face: the detector model gives %lld boxes and %lld "
                       "scores",
                       (long long)n, (long long)s->out[1].shape.dim[1]);
    mi_sample sample =
        mi_sample_square((mi_crop){0, 0, photo->w, photo->h}, d->side, 0);
    mien_status st = mi_stage_run(s, d->feeder, photo, &sample, err);
    const float *box = s->out[0].data, *score = s->out[1].data;
    for (int i = 0; i < n && st == MIEN_OK; i++) {
        mi_found f = {.score = (double)score[i], .order = i};
        if (!(f.score > d->min_score))
            continue;
        f.box = raw_box(box + 4 * (size_t)i);
        st = mi_found_add(out, &f, err);
    }
    if (st != MIEN_OK)
        return st;
    mi_found_suppress(out, d->max_overlap, d->max_faces);
    for (int i = 0; i < out->n; i++)
        out->found[i].box =
            photo_box(box + 4 * (size_t)out->found[i].order, d, photo);
    return MIEN_OK;
}

static const mi_stage_kind stage = {
    "detector", 2, {{"boxes", {3, {1, -1, 4}}}, {"scores", {2, {1, -1}}}}};

const mi_detector_kind mi_detector_ssd = {
    .stage = &stage,
    .min_score = 0.5,
    .max_overlap = 0.5,
    .sure = 0.9,
    .turned = 0.95,
    .max_faces = 100,
    .side = 512,
    .trial = 512,
    .bound = 1,
    .plans_first = 1,
    .detect = detect,
};
