/* pictures_noise_features.c: a picture in numbers from which a linear model can
 * tell classes.
 *
 * The picture is brought to SIDE x SIDE pixels.
 *
 *   gradients  histograms of 18 signed and 9 unsigned directions in cells of 8
 *              pixels, shared out bilinearly, divided by the energy of the four
 *              blocks of 2 x 2 cells around, cut off at 0.2; and those energies
 *   greys      cells of 4 pixels, less their mean, by their deviation
 *   colours    red and blue less luma, in cells of 12 pixels
 *
 * Source: Dalal, Triggs, Histograms of oriented gradients for human detection,
 * CVPR 2005; the 31 numbers of a cell: Felzenszwalb, Girshick, McAllester,
 * Ramanan, PAMI 32(9), 2010, section 6.2. */
#include "dataset/pictures_noise.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

enum {
    SIDE = 48,
    CELL = 8,
    CELLS = SIDE / CELL,
    TURNS = 18,
    HALF = TURNS / 2,
    OF_CELL = TURNS + HALF + 4,
    GREYS = 12,
    COLOURS = 4,
    PIXELS = SIDE * SIDE
};
_Static_assert(CELLS *CELLS *OF_CELL + GREYS * GREYS + 2 * COLOURS * COLOURS ==
                   MI_PICTURE_FEATURES,
               "as many as the parts have");
/* Weights were chosen by the accuracy on FER2013, UTKFace and digits. */
static const float cut_off = 0.2f, grey_weight = 0.15f, colour_weight = 3;

typedef struct cells {
    float turn[CELLS][CELLS][TURNS];
    float energy[CELLS][CELLS]; /* of the unsigned directions */
} cells;

/* Luma from 0 to 1. */
static void luma_of(const mien_image *im, float out[PIXELS])
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const uint8_t *p = &im->data[y * im->stride + 3 * (ptrdiff_t)x];
            out[y * SIDE + x] = (0.299f * (float)p[0] + 0.587f * (float)p[1] +
                                 0.114f * (float)p[2]) /
                                255;
        }
}

/* The direction of a gradient, of TURNS. */
static int direction_of(float dx, float dy)
{
    static const float c[HALF] = {1,     0.9396926f,  0.7660444f,
                                  0.5f,  0.1736482f,  -0.1736482f,
                                  -0.5f, -0.7660444f, -0.9396926f};
    static const float s[HALF] = {0,          0.3420201f, 0.6427876f,
                                  0.8660254f, 0.9848078f, 0.9848078f,
                                  0.8660254f, 0.6427876f, 0.3420201f};
    float most = 0;
    int best = 0;
    for (int k = 0; k < HALF; k++) {
        float along = c[k] * dx + s[k] * dy;
        if (along > most) {
            most = along;
            best = k;
        } else if (-along > most) {
            most = -along;
            best = k + HALF;
        }
    }
    return best;
}

/* Share a gradient out among the four cells around its pixel. */
static void share_out(cells *h, int x, int y, int turn, float size)
{
    float cx = ((float)x + 0.5f) / CELL - 0.5f;
    float cy = ((float)y + 0.5f) / CELL - 0.5f;
    int x0 = (int)floorf(cx), y0 = (int)floorf(cy);
    float fx = cx - (float)x0, fy = cy - (float)y0;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++)
            if (x0 + i >= 0 && x0 + i < CELLS && y0 + j >= 0 && y0 + j < CELLS)
                h->turn[y0 + j][x0 + i][turn] +=
                    size * (i ? fx : 1 - fx) * (j ? fy : 1 - fy);
}

/* The gradients of all pixels but the outermost, in cells. */
static void fill_cells(const float *luma, cells *h)
{
    memset(h, 0, sizeof *h);
    for (int y = 1; y < SIDE - 1; y++)
        for (int x = 1; x < SIDE - 1; x++) {
            const float *p = &luma[y * SIDE + x];
            float dx = p[1] - p[-1], dy = p[SIDE] - p[-SIDE];
            float size = sqrtf(dx * dx + dy * dy);
            if (size > 0)
                share_out(h, x, y, direction_of(dx, dy), size);
        }
    for (int y = 0; y < CELLS; y++)
        for (int x = 0; x < CELLS; x++)
            for (int k = 0; k < HALF; k++) {
                float both = h->turn[y][x][k] + h->turn[y][x][k + HALF];
                h->energy[y][x] += both * both;
            }
}

static int inside(int v) { return v < 0 ? 0 : v < CELLS ? v : CELLS - 1; }

/* One over the norm of the block of 2 x 2 cells whose first is (x, y). */
static float one_over(const cells *h, int x, int y)
{
    float sum = 1e-4f;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++)
            sum += h->energy[inside(y + j)][inside(x + i)];
    return 1 / sqrtf(sum);
}

/* The numbers of a cell. */
static float *put_cell(const cells *h, int x, int y, float *out)
{
    float scale[4], texture[4] = {0};
    const float *t = h->turn[y][x];
    for (int b = 0; b < 4; b++)
        scale[b] = one_over(h, x - (b & 1), y - (b >> 1));
    for (int k = 0; k < TURNS; k++) {
        float sum = 0;
        for (int b = 0; b < 4; b++) {
            float v = fminf(t[k] * scale[b], cut_off);
            sum += v;
            texture[b] += v;
        }
        *out++ = 0.5f * sum;
    }
    for (int k = 0; k < HALF; k++) {
        float sum = 0;
        for (int b = 0; b < 4; b++)
            sum += fminf((t[k] + t[k + HALF]) * scale[b], cut_off);
        *out++ = 0.5f * sum;
    }
    for (int b = 0; b < 4; b++)
        *out++ = 0.2357f * texture[b];
    return out;
}

/* Means of squares of a plane. */
static void means_of(const float *plane, int n, float *out)
{
    const int wide = SIDE / n;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            float sum = 0;
            for (int j = 0; j < wide; j++)
                for (int i = 0; i < wide; i++)
                    sum += plane[(y * wide + j) * SIDE + x * wide + i];
            out[y * n + x] = sum / (float)(wide * wide);
        }
}

/* Greys, the light and the contrast of the picture taken out. */
static float *put_greys(const float *luma, float *out)
{
    enum { N = GREYS * GREYS };
    float sum = 0, squares = 0;
    means_of(luma, GREYS, out);
    for (int i = 0; i < N; i++)
        sum += out[i];
    for (int i = 0; i < N; i++) {
        out[i] -= sum / N;
        squares += out[i] * out[i];
    }
    float scale = grey_weight / (sqrtf(squares / N) + 0.02f);
    for (int i = 0; i < N; i++)
        out[i] *= scale;
    return out + N;
}

/* How red and how blue its parts are. */
static float *put_colours(const mien_image *im, const float *luma, float *out)
{
    float plane[PIXELS];
    for (int channel = 0; channel < 3; channel += 2) {
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                plane[y * SIDE + x] =
                    (float)im->data[y * im->stride + 3 * (ptrdiff_t)x +
                                    channel] /
                        255 -
                    luma[y * SIDE + x];
        means_of(plane, COLOURS, out);
        for (int i = 0; i < COLOURS * COLOURS; i++)
            *out++ *= colour_weight;
    }
    return out;
}

mien_status mi_picture_features(const mien_image *im,
                                float out[MI_PICTURE_FEATURES], mien_error *err)
{
    mien_image small = {0};
    float luma[PIXELS];
    cells h;
    mien_status st = mien_image_resize(im, SIDE, SIDE, MIEN_AREA, &small, err);
    if (st)
        return st;
    luma_of(&small, luma);
    fill_cells(luma, &h);
    for (int y = 0; y < CELLS; y++)
        for (int x = 0; x < CELLS; x++)
            out = put_cell(&h, x, y, out);
    out = put_greys(luma, out);
    put_colours(&small, luma, out);
    mien_image_free(&small);
    return MIEN_OK;
}

void mi_picture_face_features(const mien_faces *faces,
                              float out[MI_FACE_FEATURES])
{
    const mien_face *f = mien_faces_largest(faces, 0);
    for (int i = 0; i < MI_FACE_FEATURES; i++)
        out[i] = NAN;
    if (!f)
        return;
    for (int i = 0; i < 7 && f->has & MIEN_FACE_EXPRESSION; i++)
        out[i] = logf(fmaxf(f->expression[i], 1e-6f));
    if (f->has & MIEN_FACE_AGE)
        out[7] = f->age;
    if (f->has & MIEN_FACE_GENDER) {
        float p = fminf(fmaxf(f->male, 1e-5f), 1 - 1e-5f);
        out[8] = logf(p / (1 - p));
    }
}
