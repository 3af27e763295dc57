/* The other descriptor: 512 numbers of length 1, by MobileFaceNet.
 *
 * The face is turned and scaled so that its five points lie, with the least
 * squares, where ArcFace's training has them in 112 x 112 pixels; blue first,
 * (x - 127.5) / 127.5.
 * Source: Chen et al., MobileFaceNets, 2018; the five places: insightface,
 * python-package/insightface/utils/face_align.py, arcface_dst. */
#include "face/describe.h"

#include "face/chip.h"

#include <math.h>
#include <string.h>

#include "base/exact.h"

enum { SIDE = MI_MOBILEFACENET_SIDE, NUMBERS = MIEN_DESCRIPTOR_MOST };

const mi_stage_kind mi_mobilefacenet_stage = {
    "descriptor", 1, {{"output", {2, {1, NUMBERS}}}}};

/* Eyes, nose tip and corners of the mouth, pixel centres at integers. */
static const double place[5][2] = {{38.2946, 51.6963},
                                   {73.5318, 51.5014},
                                   {56.0252, 71.7366},
                                   {41.5493, 92.3655},
                                   {70.7299, 92.2041}};

static void put_pixels(const mien_image *chip, float *out)
{
    for (int y = 0; y < SIDE; y++) {
        const uint8_t *row = chip->data + y * chip->stride;
        for (int i = 0; i < 3 * SIDE; i += 3)
            for (int c = 0; c < 3; c++)
                *out++ = ((float)row[i + 2 - c] - 127.5F) / 127.5F;
    }
}

/* Brought to length 1; 0: it has none. */
static int put_unit(const float *v, float *out)
{
    double sum = 0;
    for (int i = 0; i < NUMBERS; i++)
        sum += (double)v[i] * (double)v[i];
    if (!isfinite(sum) || sum <= 0)
        return 0;
    double scale = 1 / sqrt(sum);
    for (int i = 0; i < NUMBERS; i++)
        out[i] = (float)((double)v[i] * scale);
    return 1;
}

mien_status mi_describe_points(mi_stage *s, const mien_image *photo,
                               const mien_point five[5], float *out, int *found,
                               mien_error *err)
{
    mien_similarity to;
    mien_image chip = {0};
    *found = 0;
    if (!mi_chip_by_points(place, five, &to))
        return MIEN_OK;
    mien_status st = mien_face_cut(photo, to, SIDE, &chip, err);
    if (st != MIEN_OK)
        return st;
    put_pixels(&chip, s->pixels);
    mien_image_free(&chip);
    mien_plan_run(s->plan);
    *found = put_unit(s->out[0].data, out);
    return MIEN_OK;
}
