/* pictures_measure.c: a picture in some numbers.
 *
 *   small   at most 256 pixels a side, area by area: so that the sharpness of
 *           large photos and of small ones can be compared
 *   hash    the 32 x 32 luma y[i, j], cosines c[u, v] = sum y cos cos of
 *           u, v = 0..7 without (0, 0): a bit is c > median */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/image_gray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = MIEN_PICTURE_THUMB, SHARP = 256, SLOW = 8 };

/* Luma of a picture made smaller, but no larger. */
static mien_status small_gray(const mien_image *im, int most, mien_gray *out,
                              mien_error *err)
{
    int longer = im->w > im->h ? im->w : im->h;
    mien_image small = {0};
    if (longer <= most)
        return mien_gray_from(im, out, err);
    int w = (int)((int64_t)im->w * most / longer);
    int h = (int)((int64_t)im->h * most / longer);
    mien_status st =
        mien_image_resize(im, w ? w : 1, h ? h : 1, MIEN_AREA, &small, err);
    if (!st)
        st = mien_gray_from(&small, out, err);
    mien_image_free(&small);
    return st;
}

/* Variance of the four neighbours less four times the middle. */
static float sharpness_of(const mien_gray *g)
{
    double sum = 0, squares = 0;
    double n = (double)(g->w - 2) * (g->h - 2);
    if (g->w < 3 || g->h < 3)
        return NAN;
    for (int y = 1; y < g->h - 1; y++)
        for (int x = 1; x < g->w - 1; x++) {
            const uint8_t *p = g->data + y * g->stride + x;
            int l = p[-1] + p[1] + p[-g->stride] + p[g->stride] - 4 * p[0];
            sum += l;
            squares += (double)l * l;
        }
    return (float)(squares / n - sum / n * (sum / n));
}

/* Mean and deviation of luma; of one grey the deviation is 0 exactly. */
static void light_of(const mien_gray *g, mien_picture_measure *out)
{
    int64_t sum = 0, squares = 0, n = (int64_t)g->w * g->h;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++) {
            int64_t v = g->data[y * g->stride + x];
            sum += v;
            squares += v * v;
        }
    double scale = 255.0 * (double)n;
    out->brightness = (float)((double)sum / scale);
    out->contrast = (float)(sqrt((double)(n * squares - sum * sum)) / scale);
}

/* Is a pixel other than grey? */
static int has_colour(const mien_image *im)
{
    for (int y = 0; y < im->h; y++) {
        const uint8_t *p = im->data + y * im->stride;
        for (int x = 0; x < im->w; x++, p += 3)
            if (p[0] != p[1] || p[1] != p[2])
                return 1;
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The slowest cosines of the small picture, (0, 0) the first. */
static void slow_cosines(const uint8_t *y, float c[SLOW * SLOW])
{
    float wave[SLOW][SIDE], row[SLOW][SIDE];
    for (int u = 0; u < SLOW; u++)
        for (int i = 0; i < SIDE; i++)
            wave[u][i] =
                cosf((float)M_PI * (float)u * ((float)i + 0.5f) / SIDE);
    for (int u = 0; u < SLOW; u++)
        for (int i = 0; i < SIDE; i++) {
            row[u][i] = 0;
            for (int k = 0; k < SIDE; k++)
                row[u][i] += wave[u][k] * (float)y[i * SIDE + k];
        }
    for (int v = 0; v < SLOW; v++)
        for (int u = 0; u < SLOW; u++) {
            float sum = 0;
            for (int i = 0; i < SIDE; i++)
                sum += wave[v][i] * row[u][i];
            c[v * SLOW + u] = sum;
        }
}

static uint64_t hash_of(const uint8_t *thumb)
{
    enum { BITS = SLOW * SLOW };
    float c[BITS], sorted[BITS - 1];
    uint64_t hash = 0;
    slow_cosines(thumb, c);
    for (int i = 1; i < BITS; i++)
        sorted[i - 1] = c[i];
    qsort(sorted, BITS - 1, sizeof *sorted, by_value);
    for (int i = 1; i < BITS; i++)
        hash |= (uint64_t)(c[i] > sorted[BITS / 2 - 1]) << i;
    return hash;
}

/* The whole picture at 32 x 32. */
static mien_status thumb_of(const mien_image *im, uint8_t *thumb,
                            mien_error *err)
{
    mien_image small = {0};
    mien_gray g = {0};
    mien_status st = mien_image_resize(im, SIDE, SIDE, MIEN_AREA, &small, err);
    if (!st)
        st = mien_gray_from(&small, &g, err);
    for (int y = 0; y < SIDE && !st; y++)
        for (int x = 0; x < SIDE; x++)
            thumb[y * SIDE + x] = g.data[y * g.stride + x];
    mien_gray_free(&g);
    mien_image_free(&small);
    return st;
}

/* How far the nose lies off the middle between the eyes, along their line. */
static float turned(const mien_face *f)
{
    if (f->n_keypoints != 5)
        return NAN;
    const mien_point *p = f->keypoints;
    float ex = p[1].x - p[0].x, ey = p[1].y - p[0].y;
    float nx = p[2].x - (p[0].x + p[1].x) / 2;
    float ny = p[2].y - (p[0].y + p[1].y) / 2;
    float square = ex * ex + ey * ey;
    return square > 0 ? fabsf(nx * ex + ny * ey) / square : NAN;
}

/* The grey chip of a face. */
static mien_status cut(const mien_image *im, const mien_face *f, uint8_t *chip,
                       mien_error *err)
{
    mien_image small = {0};
    mien_gray g = {0};
    mien_status st = mien_face_chip(im, f, MI_COVER_SIDE, &small, err);
    if (!st)
        st = mien_gray_from(&small, &g, err);
    for (int y = 0; y < MI_COVER_SIDE && !st; y++)
        memcpy(chip + (ptrdiff_t)y * MI_COVER_SIDE, g.data + y * g.stride,
               MI_COVER_SIDE);
    mien_gray_free(&g);
    mien_image_free(&small);
    return st;
}

/* What the faces of a picture tell; the largest, NULL if there is none or it
 * cannot be told how far it is turned. */
static const mien_face *measure_faces(const mien_image *im,
                                      const mien_faces *faces,
                                      mien_picture_measure *out)
{
    const mien_face *largest = mien_faces_largest(faces, 0);
    int shorter = im->w < im->h ? im->w : im->h;
    out->faces = faces->n;
    if (!largest)
        return NULL;
    out->face = fmaxf(largest->box.width, largest->box.height) / (float)shorter;
    out->turned = turned(largest);
    return isnan(out->turned) ? NULL : largest;
}

mien_picture_measure mi_picture_unmeasured(void)
{
    return (mien_picture_measure){.faces = -1,
                                  .face = NAN,
                                  .turned = NAN,
                                  .covered = NAN,
                                  .eyes = NAN,
                                  .nose = NAN,
                                  .mouth = NAN};
}

mien_status mi_picture_measure(const mien_image *im, mien_analyzer *a,
                               uint8_t *thumb, uint8_t *chip,
                               mien_picture_measure *out, mien_faces *faces,
                               mien_error *err)
{
    mien_picture_measure m = mi_picture_unmeasured();
    const mien_face *largest = NULL;
    mien_gray g = {0};
    mien_status st = small_gray(im, SHARP, &g, err);
    m.w = im->w;
    m.h = im->h;
    if (!st) {
        m.sharpness = sharpness_of(&g);
        light_of(&g, &m);
        m.colour = has_colour(im);
        st = thumb_of(im, thumb, err);
    }
    mien_gray_free(&g);
    if (!st)
        m.hash = hash_of(thumb);
    if (!st && a) {
        st = mien_analyzer_run(a, im, faces, err);
        if (!st)
            largest = measure_faces(im, faces, &m);
    }
    if (!st && chip && largest)
        st = cut(im, largest, chip, err);
    if (!st)
        *out = m;
    return st;
}

mien_status
mien_picture_measure_of(const mien_image *im, mien_analyzer *a,
                        uint8_t thumb[MIEN_PICTURE_THUMB * MIEN_PICTURE_THUMB],
                        mien_picture_measure *out, mien_error *err)
{
    mien_faces faces = {0};
    mien_status st = mi_picture_measure(im, a, thumb, NULL, out, &faces, err);
    mien_faces_free(&faces);
    return st;
}
