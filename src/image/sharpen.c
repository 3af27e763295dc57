/* sharpen.c: a picture sharpened by an unsharp mask.
 *
 * out = in + amount (in - blurred) where the two differ by the threshold or
 * more; blurred: weighted by exp(-d^2 / (2 radius^2)) over the pixels up to
 * three radii away, the weights' sum 1.  The blur is a column of pixels, then a
 * row of those sums; one row of sums is held at a time. */
#include "mien/image.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

enum { CHANNELS = 3 };

/* Weights of the pixels -half .. half; their sum is 1. */
static void fill_weights(double radius, int half, float *weight)
{
    double sum = 0;
    for (int i = -half; i <= half; i++)
        sum += exp(-i * i / (2 * radius * radius));
    for (int i = -half; i <= half; i++)
        weight[i + half] = (float)(exp(-i * i / (2 * radius * radius)) / sum);
}

static int clamp(int i, int n) { return i < 0 ? 0 : i < n ? i : n - 1; }

/* The weighted sums of the columns around row y: [w, 3]. */
static void sum_columns(const mien_image *im, int y, int half,
                        const float *weight, float *row)
{
    for (int x = 0; x < im->w * CHANNELS; x++)
        row[x] = 0;
    for (int i = -half; i <= half; i++) {
        const uint8_t *from = im->data + clamp(y + i, im->h) * im->stride;
        for (int x = 0; x < im->w * CHANNELS; x++)
            row[x] += weight[i + half] * (float)from[x];
    }
}

/* The blurred value of one channel of pixel x. */
static float sum_row(const float *row, int x, int channel, int w, int half,
                     const float *weight)
{
    float sum = 0;
    for (int i = -half; i <= half; i++)
        sum += weight[i + half] * row[clamp(x + i, w) * CHANNELS + channel];
    return sum;
}

mien_status mien_image_sharpen(const mien_image *im,
                               const mien_sharpen *options, mien_image *out,
                               mien_error *err)
{
    const mien_sharpen usual = MIEN_SHARPEN_DEFAULTS;
    const mien_sharpen *o = options ? options : &usual;
    mien_image made = {0};
    if (!(o->amount >= 0 && o->amount <= 10) ||
        !(o->radius >= 0.1 && o->radius <= 100) ||
        !(o->threshold >= 0 && o->threshold <= 255))
        return mi_fail(err, MIEN_EARG,
                       "an unsharp mask of amount %g, radius %g, threshold "
                       "%g: wanted 0..10, 0.1..100 and 0..255",
                       o->amount, o->radius, o->threshold);
    int half = (int)ceil(3 * o->radius), w = im->w;
    float *weight = mi_alloc(2 * (size_t)half + 1, sizeof *weight);
    float *row = mi_alloc((size_t)w * CHANNELS, sizeof *row);
    mien_status st = weight && row ? mien_image_new(w, im->h, &made, err)
                                   : mi_no_memory(err);
    if (!st)
        fill_weights(o->radius, half, weight);
    for (int y = 0; y < im->h && !st; y++) {
        const uint8_t *from = im->data + y * im->stride;
        uint8_t *to = made.data + y * made.stride;
        sum_columns(im, y, half, weight, row);
        for (int i = 0; i < w * CHANNELS; i++) {
            double blurred = (double)sum_row(row, i / CHANNELS, i % CHANNELS, w,
                                             half, weight);
            double edge = from[i] - blurred;
            double v =
                from[i] + (fabs(edge) < o->threshold ? 0 : o->amount * edge);
            to[i] = (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5);
        }
    }
    mi_free(weight);
    mi_free(row);
    if (!st)
        *out = made;
    return st;
}
