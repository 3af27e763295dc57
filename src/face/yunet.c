/* YuNet, an anchor-free detector with five points a face.
 *
 * The photo is brought to s times its size (long side to d->side) and padded
 * with black at its right and lower end to multiples of 32.  At each stride
 * 8, 16, 32 and each cell the network gives cls, obj, b_0..3 and k_0..9:
 *
 *   score = sqrt(cls obj), both cut to 0..1
 *   centre = (column + b_0, row + b_1) stride    size = exp(b_2, b_3) stride
 *   point i = (column + k_2i, row + k_2i+1) stride
 *
 * Two inputs: the small one's faces are suppressed among each other.  Of the
 * large one's, those that are LARGE, and those that lie by more than half
 * inside a face that is LARGE there, are parts and left out.  Then all are
 * suppressed. The boxes serve the landmark networks of face-api.js as they are,
 * although those were trained on others: on 600 LFW pairs, widths of 0.95
 * to 1.2 and heights of 0.8 to 1.05 times the box (the peer's SSD: 1.04, 0.92)
 * all tell people apart at 98.5 to 98.8 %, the box itself at 98.8 %. Deviation:
 * OpenCV cuts boxes to whole pixels before suppression; here they stay as they
 * are. Source: Wu, Peng, Yu: YuNet: A Tiny Millisecond-level Face Detector, MIR
 * 2023; OpenCV 4, objdetect/src/face_detect.cpp. */
#include "face/detector.h"

#include "base/error.h"

#include <math.h>

enum { STRIDES = 3, OUTPUTS = 4, CLS = 0, OBJ, BOX, POINTS, MOST = 5000 };

/* The network knows faces of 10 to 300 pixels of its input, and finds those of
 * 600 still.  Larger ones fall to pieces, so that an input above the usual SIDE
 * is always a second one: faces that are LARGE there are found in the first. */
enum { SIDE = 640, LARGE = 300, TRIAL = 416 };

/* A photo so many times longer than the input, and without a face there, gets a
 * second input of twice the side. */
enum { HUGE_PHOTO = 6 };

static const mi_stage_kind stage = {"detector",
                                    STRIDES *OUTPUTS,
                                    {{"cls_8", {3, {1, -1, 1}}},
                                     {"obj_8", {3, {1, -1, 1}}},
                                     {"bbox_8", {3, {1, -1, 4}}},
                                     {"kps_8", {3, {1, -1, 10}}},
                                     {"cls_16", {3, {1, -1, 1}}},
                                     {"obj_16", {3, {1, -1, 1}}},
                                     {"bbox_16", {3, {1, -1, 4}}},
                                     {"kps_16", {3, {1, -1, 10}}},
                                     {"cls_32", {3, {1, -1, 1}}},
                                     {"obj_32", {3, {1, -1, 1}}},
                                     {"bbox_32", {3, {1, -1, 4}}},
                                     {"kps_32", {3, {1, -1, 10}}}}};

/* Photos smaller than the usual input, or than a large one, are enlarged up to
 * this.  On WIDER
 * pictures of 416 pixels, enlarging to 640 lifts average precision from 0.29 to
 * 0.41, from 0.65 to 0.72 for faces above 20 pixels. */
static const double max_enlarge = 2;

/* Source pixels a pixel of the input, in x and y. */
typedef struct {
    double x, y;
} unit;

static int up_to_32(double v) { return ((int)v + 31) / 32 * 32; }

/* How the photo lies in the input.  The padding is whole pixels of the photo,
 * so that x and y may differ in scale by the little that rounding asks. */
static mi_sample letterbox(const mi_detector *d, const mien_image *photo,
                           int side, unit *u)
{
    double w = photo->w, h = photo->h;
    double scale_x = (d->bound_w > 0 ? d->bound_w : side) / w;
    double scale_y = (d->bound_h > 0 ? d->bound_h : side) / h;
    double scale = fmin(scale_x, scale_y);
    if (d->usual || side > SIDE)
        scale = fmin(scale, max_enlarge);
    mi_sample s = {.w = photo->w, .h = photo->h, .bgr = 1};
    s.out_w = d->bound_w > 0 ? d->bound_w : up_to_32(fmax(1, w * scale + 0.5));
    s.out_h = d->bound_h > 0 ? d->bound_h : up_to_32(fmax(1, h * scale + 0.5));
    double padded_w = fmax(w, floor(s.out_w / scale + 0.5));
    double padded_h = fmax(h, floor(s.out_h / scale + 0.5));
    s.right = (int)(padded_w - w);
    s.bottom = (int)(padded_h - h);
    s.filter = scale > 1 ? MIEN_BILINEAR_CENTRE : MIEN_AREA;
    *u = (unit){padded_w / s.out_w, padded_h / s.out_h};
    return s;
}

static double cut(float v) { return fmin(fmax((double)v, 0), 1); }

static void decode(const mien_tensor *out, int i, int cols, int stride, unit u,
                   mi_found *f)
{
    int col = i % cols, row = i / cols;
    const float *b = out[BOX].data + 4 * (size_t)i;
    const float *point = out[POINTS].data + 10 * (size_t)i;
    double w = exp((double)b[2]), h = exp((double)b[3]);
    double x = col + (double)b[0] - w / 2, y = row + (double)b[1] - h / 2;
    f->box = mi_rect_scale((mi_rect){x, y, w, h}, stride * u.x, stride * u.y);
    f->n_keypoints = 5;
    for (int p = 0; p < 5; p++, point += 2)
        f->keypoints[p] =
            (mien_point){(float)((col + (double)point[0]) * stride * u.x),
                         (float)((row + (double)point[1]) * stride * u.y)};
}

/* Add the boxes of one level's cells that are sure enough. */
static mien_status add_stride(const mi_detector *d, int level, unit u,
                              mi_found_list *list, mien_error *err)
{
    const mi_stage *s = &d->plan[0];
    const mien_tensor *out = s->out + (size_t)level * OUTPUTS;
    int stride = 8 << level, cols = s->w / stride, n = s->h / stride * cols;
    for (int k = 0; k < OUTPUTS; k++)
        if (out[k].shape.dim[1] != n)
            return mi_fail(err, MIEN_EFORMAT,
                           "face: the detector model gives %lld cells at "
                           "stride %d, wanted %d",
                           (long long)out[k].shape.dim[1], stride, n);
    for (int i = 0; i < n; i++) {
        mi_found f = {.score =
                          sqrt(cut(out[CLS].data[i]) * cut(out[OBJ].data[i])),
                      .order = list->n};
        if (!(f.score >= d->min_score))
            continue;
        decode(out, i, cols, stride, u, &f);
        mien_status st = mi_found_add(list, &f, err);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* Add the boxes of all levels of an input whose long side is that. */
static mien_status add_input(mi_detector *d, const mien_image *photo, int side,
                             unit *u, mi_found_list *out, mien_error *err)
{
    mi_sample sample = letterbox(d, photo, side, u);
    mien_status st = mi_detector_plan(d, sample.out_w, sample.out_h, err);
    if (st == MIEN_OK)
        st = mi_stage_run(&d->plan[0], d->feeder, photo, &sample, err);
    for (int level = 0; level < STRIDES && st == MIEN_OK; level++)
        st = add_stride(d, level, *u, out, err);
    return st;
}

static void suppress(const mi_detector *d, mi_found_list *l, int most)
{
    mi_found_sort(l);
    if (l->n > MOST)
        l->n = MOST;
    mi_found_suppress(l, d->max_overlap, most);
}

static int is_large(mi_rect r, unit u)
{
    return fmax(r.w / u.x, r.h / u.y) > LARGE;
}

/* Is a find of the large input too large for it, or a part of one of the first
 * n, which the small input found? */
static int is_part(const mi_found_list *l, int n, mi_rect r, unit u)
{
    if (is_large(r, u))
        return 1;
    for (int i = 0; i < n; i++)
        if (is_large(l->found[i].box, u) &&
            mi_rect_inside(r, l->found[i].box) > 0.5)
            return 1;
    return 0;
}

/* Add what a large input finds to the faces of the small one. */
static mien_status add_large(mi_detector *d, const mien_image *photo, int side,
                             mi_found_list *out, mien_error *err)
{
    unit u;
    suppress(d, out, 0);
    int n = out->n, kept = n;
    mien_status st = add_input(d, photo, side, &u, out, err);
    for (int i = n; i < out->n; i++)
        if (!is_part(out, n, out->found[i].box, u))
            out->found[kept++] = out->found[i];
    out->n = kept;
    return st;
}

/* The side of a second input; 0: none is wanted. */
static int second_side(const mi_detector *d, const mien_image *photo, int found)
{
    if (d->coarse || d->bound_w > 0 || d->bound_h > 0)
        return 0;
    if (d->side > SIDE)
        return d->side;
    int is_huge = fmax(photo->w, photo->h) >= HUGE_PHOTO * SIDE;
    return d->usual && is_huge && !found ? 2 * SIDE : 0;
}

/* The boxes of one input or two, the best of them suppressed. */
static mien_status detect(mi_detector *d, const mien_image *photo,
                          mi_found_list *out, mien_error *err)
{
    unit u;
    int most = d->coarse ? TRIAL : SIDE, side = d->side < most ? d->side : most;
    mien_status st = add_input(d, photo, side, &u, out, err);
    int second = second_side(d, photo, out->n);
    if (st == MIEN_OK && second)
        st = add_large(d, photo, second, out, err);
    if (st == MIEN_OK)
        suppress(d, out, d->max_faces);
    return st;
}

const mi_detector_kind mi_detector_yunet = {
    .stage = &stage,
    .min_score = 0.6,
    .max_overlap = 0.3,
    .sure = 0.92,
    .turned = 0.82,
    .side = SIDE,
    .trial = TRIAL,
    .detect = detect,
};
