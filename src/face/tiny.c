/* The tiny face detector of face-api.js.
 *
 * The photo, padded at its right or lower end to a square, is resized to s x s.
 * The network gives, for each of n x n cells (n about s / 32) and each of five
 * anchors (a_x, a_y) in cells, five numbers t:
 *
 *   score = sigmoid(t_4)
 *   x = (column + sigmoid(t_0)) / n        w = a_x exp(t_2) / n
 *   y = (row + sigmoid(t_1)) / n           h = a_y exp(t_3) / n
 *
 * centre and size as shares of the square, brought to shares of the photo with
 * the photo's rounded size inside s x s.
 * Source: face-api.js 1.7.15, src/tinyYolov2/TinyYolov2Base.ts,
 * src/tinyFaceDetector/TinyFaceDetector.ts. */
#include "face/detector.h"

#include "base/error.h"

#include <math.h>

#include "base/exact.h"

enum { ANCHORS = 5, NUMBERS = 5, CHANNELS = ANCHORS * NUMBERS };
static const double anchor[ANCHORS][2] = {{1.603231, 2.094468},
                                          {6.041143, 7.080126},
                                          {2.882459, 3.518061},
                                          {4.266906, 5.178857},
                                          {9.041765, 10.66308}};

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* The number k of an anchor in a cell. */
static double number(const mien_tensor *t, int row, int col, int a, int k)
{
    int64_t n = t->shape.dim[2], c = (int64_t)a * NUMBERS + k;
    int64_t at = t->channels_last ? ((int64_t)row * n + col) * CHANNELS + c
                                  : (c * n + row) * n + col;
    return (double)t->data[at];
}

/* How much longer the square is than the photo, in x and y. */
typedef struct {
    double x, y;
} stretch;

/* The box that anchor a of a cell stands for. */
static mi_rect decode(const mien_tensor *t, int row, int col, int a, stretch by,
                      const mien_image *photo)
{
    int n = (int)t->shape.dim[2];
    double x = (col + sigmoid(number(t, row, col, a, 0))) / n * by.x;
    double y = (row + sigmoid(number(t, row, col, a, 1))) / n * by.y;
    double w = exp(number(t, row, col, a, 2)) * anchor[a][0] / n * by.x;
    double h = exp(number(t, row, col, a, 3)) * anchor[a][1] / n * by.y;
    mi_rect r = {x - w / 2, y - h / 2, 0, 0};
    /* Width and height through the right and lower edge, then to pixels, to
     * shares and to pixels again, as the peer's objects do. */
    r.w = r.x + w - r.x;
    r.h = r.y + h - r.y;
    r = mi_rect_scale(r, photo->w, photo->h);
    r = mi_rect_scale(r, 1.0 / photo->w, 1.0 / photo->h);
    return mi_rect_scale(r, photo->w, photo->h);
}

/* The boxes of all cells and anchors that are sure enough, suppressed. */
static mien_status detect(mi_detector *d, const mien_image *photo,
                          mi_found_list *out, mien_error *err)
{
    mi_stage *s = &d->plan[0];
    mi_sample sample =
        mi_sample_square((mi_crop){0, 0, photo->w, photo->h}, d->side, 0);
    mien_status st = mi_stage_run(s, d->feeder, photo, &sample, err);
    const mien_tensor *t = &s->out[0];
    if (st == MIEN_OK && t->shape.dim[2] != t->shape.dim[3])
        st = mi_fail(err, MIEN_EFORMAT,
                     "face: the detector model gives %lld x %lld cells of a "
                     "square",
                     (long long)t->shape.dim[2], (long long)t->shape.dim[3]);
    int n = (int)t->shape.dim[2];
    double scale = (double)d->side / fmax(photo->w, photo->h);
    stretch by = {d->side / fmax(1, mi_round(photo->w * scale)),
                  d->side / fmax(1, mi_round(photo->h * scale))};
    for (int i = 0; i < n * n * ANCHORS && st == MIEN_OK; i++) {
        int row = i / ANCHORS / n, col = i / ANCHORS % n, a = i % ANCHORS;
        mi_found f = {.score = sigmoid(number(t, row, col, a, 4)), .order = -i};
        if (!(f.score > d->min_score))
            continue;
        f.box = decode(t, row, col, a, by, photo);
        st = mi_found_add(out, &f, err);
    }
    if (st == MIEN_OK)
        mi_found_suppress(out, d->max_overlap, d->max_faces);
    return st;
}

static const mi_stage_kind stage = {
    "detector", 1, {{"cells", {4, {1, CHANNELS, -1, -1}}}}};

const mi_detector_kind mi_detector_tiny = {
    .stage = &stage,
    .min_score = 0.5,
    .max_overlap = 0.4,
    .sure = 0.8,
    .turned = 0.9,
    .side = 416,
    .trial = 416,
    .plans_first = 1,
    .detect = detect,
};
