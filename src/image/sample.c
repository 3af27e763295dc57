/* sample.c: a region of an image, padded and resized to floats.
 *
 * The region with its zero padding is n pixels wide and becomes m.  Output i
 * looks at s = i n / m (corner) or (i + 1/2) n / m - 1/2 (centre, not below 0)
 * and mixes pixels floor(s) and floor(s) + 1 (not past the last) by the
 * fraction; rows first mix across, then down, as TensorFlow's legacy
 * resizeBilinear.  The area filter gives every pixel under [i n / m, (i + 1) n
 * / m) the length that is covered.  All arithmetic is single precision. */
#include "image/sample.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Where an output looks along one axis: pixels at..last of the padded region;
 * bilinear: the fraction of the second; area: weights of first and last. */
typedef struct {
    int at, last;
    float first, final;
} tap;

static tap tap_of(mien_filter filter, int i, int n, int m)
{
    float scale = (float)n / (float)m;
    if (filter == MIEN_AREA) {
        float from = (float)i * scale, to = (float)(i + 1) * scale;
        int at = (int)from, last = (int)to;
        if (last >= n || (float)last == to)
            last = last >= n ? n - 1 : last - 1;
        last = last < at ? at : last;
        float end = to < (float)(last + 1) ? to : (float)(last + 1);
        float first = at == last ? end - from : (float)(at + 1) - from;
        return (tap){at, last, first, end - (float)last};
    }
    float s = filter == MIEN_BILINEAR_CORNER ? (float)i * scale
                                             : ((float)i + 0.5f) * scale - 0.5f;
    s = s < 0 ? 0 : s;
    int at = (int)s < n - 1 ? (int)s : n - 1;
    int last = at + 1 < n ? at + 1 : at;
    return (tap){at, last, s - (float)at, 0};
}

/* Scratch: a tap for each column, then two rows of out_w * 3 floats. */
typedef struct {
    tap *columns;
    float *row[2];
} work;

static size_t tap_bytes(const mi_sample *s)
{
    return ((size_t)s->out_w * sizeof(tap) + 63) & ~(size_t)63;
}

size_t mi_sample_scratch(const mi_sample *s)
{
    return tap_bytes(s) + 2 * (size_t)s->out_w * 3 * sizeof(float);
}

static work split_scratch(const mi_sample *s, void *scratch)
{
    work w = {.columns = scratch};
    w.row[0] = (float *)(void *)((uint8_t *)scratch + tap_bytes(s));
    w.row[1] = w.row[0] + (size_t)s->out_w * 3;
    return w;
}

/* What part of a row of the padded region is inside the image: padded columns
 * from..to - 1; column j is the image's j + shift. */
typedef struct {
    const uint8_t *pixels; /* NULL: the whole row is zero */
    int from, to, shift;
} line;

static line line_at(const mien_image *im, const mi_sample *s, int row)
{
    line l = {NULL, 0, 0, s->x - s->left};
    int r = row - s->top, y = s->y + r;
    if (r < 0 || r >= s->h || y < 0 || y >= im->h)
        return l;
    int from = s->left > -l.shift ? s->left : -l.shift;
    int to =
        s->left + s->w < im->w - l.shift ? s->left + s->w : im->w - l.shift;
    if (from >= to)
        return l;
    l.pixels = im->data + y * im->stride;
    l.from = from;
    l.to = to;
    return l;
}

static inline float pixel(const line *l, int j, int k)
{
    return j >= l->from && j < l->to
               ? (float)l->pixels[(ptrdiff_t)(j + l->shift) * 3 + k]
               : 0;
}

/* Columns whose both pixels are inside need no check. */
static void mix_across(const line *l, const tap *columns, int n, float *out)
{
    for (int i = 0; i < n; i++) {
        tap t = columns[i];
        if (t.at >= l->from && t.last < l->to) {
            const uint8_t *a = l->pixels + (ptrdiff_t)(t.at + l->shift) * 3;
            const uint8_t *b = l->pixels + (ptrdiff_t)(t.last + l->shift) * 3;
            for (int k = 0; k < 3; k++) {
                float v = (float)a[k];
                out[i * 3 + k] = v + ((float)b[k] - v) * t.first;
            }
            continue;
        }
        for (int k = 0; k < 3; k++) {
            float v = pixel(l, t.at, k);
            out[i * 3 + k] = v + (pixel(l, t.last, k) - v) * t.first;
        }
    }
}

static void sum_across(const line *l, const tap *columns, int n, float *out)
{
    for (int i = 0; i < n; i++) {
        tap t = columns[i];
        for (int k = 0; k < 3; k++) {
            float sum = t.first * pixel(l, t.at, k);
            for (int j = t.at + 1; j < t.last; j++)
                sum += pixel(l, j, k);
            if (t.last > t.at)
                sum += t.final * pixel(l, t.last, k);
            out[i * 3 + k] = sum;
        }
    }
}

static void across(const mien_image *im, const mi_sample *s, int row,
                   const tap *columns, float *out)
{
    line l = line_at(im, s, row);
    if (!l.pixels)
        memset(out, 0, (size_t)s->out_w * 3 * sizeof *out);
    else if (s->filter == MIEN_AREA)
        sum_across(&l, columns, s->out_w, out);
    else
        mix_across(&l, columns, s->out_w, out);
}

static void bilinear_rows(const mien_image *im, const mi_sample *s, float *out,
                          int row0, int row1, work w)
{
    int n = s->out_w * 3, height = s->top + s->h + s->bottom;
    int have[2] = {-1, -1}; /* rows of the padded region in w.row */
    for (int y = row0; y < row1; y++) {
        tap t = tap_of(s->filter, y, height, s->out_h);
        if (have[1] == t.at) {
            float *swap = w.row[0];
            w.row[0] = w.row[1];
            w.row[1] = swap;
            have[0] = t.at;
            have[1] = -1;
        }
        if (have[0] != t.at)
            across(im, s, have[0] = t.at, w.columns, w.row[0]);
        if (have[1] != t.last)
            across(im, s, have[1] = t.last, w.columns, w.row[1]);
        float *dst = out + (size_t)y * (size_t)n;
        for (int i = 0; i < n; i++)
            dst[i] = w.row[0][i] + (w.row[1][i] - w.row[0][i]) * t.first;
    }
}

static void area_rows(const mien_image *im, const mi_sample *s, float *out,
                      int row0, int row1, work w)
{
    int n = s->out_w * 3, height = s->top + s->h + s->bottom;
    int width = s->left + s->w + s->right;
    float share =
        (float)s->out_w / (float)width * (float)s->out_h / (float)height;
    int have = -1;
    for (int y = row0; y < row1; y++) {
        tap t = tap_of(MIEN_AREA, y, height, s->out_h);
        float *dst = out + (size_t)y * (size_t)n;
        memset(dst, 0, (size_t)n * sizeof *dst);
        for (int r = t.at; r <= t.last; r++) {
            float weight = r == t.at ? t.first : r == t.last ? t.final : 1;
            if (have != r)
                across(im, s, have = r, w.columns, w.row[0]);
            for (int i = 0; i < n; i++)
                dst[i] += weight * share * w.row[0][i];
        }
    }
}

void mi_sample_rows(const mien_image *im, const mi_sample *s, float *out,
                    int row0, int row1, void *scratch)
{
    assert(im && s && out && s->out_w > 0 && s->out_h > 0 && s->w > 0 &&
           s->h > 0);
    work w = split_scratch(s, scratch);
    int width = s->left + s->w + s->right;
    for (int i = 0; i < s->out_w; i++)
        w.columns[i] = tap_of(s->filter, i, width, s->out_w);
    if (s->filter == MIEN_AREA)
        area_rows(im, s, out, row0, row1, w);
    else
        bilinear_rows(im, s, out, row0, row1, w);
    if (!s->bgr)
        return;
    size_t first = (size_t)row0 * (size_t)s->out_w;
    size_t last = (size_t)row1 * (size_t)s->out_w;
    for (size_t i = first; i < last; i++) {
        float red = out[i * 3];
        out[i * 3] = out[i * 3 + 2];
        out[i * 3 + 2] = red;
    }
}
