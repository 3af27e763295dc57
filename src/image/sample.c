/* sample.c: a region of an image, padded and resized to floats.
 *
 * The region with its zero padding is n pixels wide and becomes m.  Output i
 * looks at s = i n / m (corner) or (i + 1/2) n / m - 1/2 (centre, not below 0)
 * and mixes pixels floor(s) and floor(s) + 1 (not past the last) by the
 * fraction; rows first mix across, then down, as TensorFlow's legacy
 * resizeBilinear, in single precision.  The area filter gives every pixel under
 * [i n / m, (i + 1) n / m) the length that is covered; rows first add up down,
 * then across. */
#include "image/sample.h"

#include <assert.h>
#include <string.h>

typedef float f4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));

/* Where an output looks along one axis: pixels at..last of the padded region;
 * bilinear: the fraction of the second; area: weights of first and last. */
typedef struct {
    int at, last;
    float first, final;
} tap;

static tap mix_tap(mien_filter filter, int i, int n, int m)
{
    float scale = (float)n / (float)m;
    float s = filter == MIEN_BILINEAR_CORNER ? (float)i * scale
                                             : ((float)i + 0.5f) * scale - 0.5f;
    s = s < 0 ? 0 : s;
    int at = (int)s < n - 1 ? (int)s : n - 1;
    int last = at + 1 < n ? at + 1 : at;
    return (tap){at, last, s - (float)at, 0};
}

/* Only pixels from..to - 1 count; last < at if there are none.  In whole
 * numbers, with an m-th of a pixel as the unit. */
static tap area_tap(int i, int n, int m, int from, int to)
{
    int64_t start = (int64_t)i * n, end = start + n;
    start = start > (int64_t)from * m ? start : (int64_t)from * m;
    end = end < (int64_t)to * m ? end : (int64_t)to * m;
    if (start >= end)
        return (tap){from, from - 1, 0, 0};
    int64_t at = start / m, last = (end - 1) / m;
    int64_t first = (at < last ? (at + 1) * m : end) - start;
    return (tap){(int)at, (int)last, (float)first / (float)m,
                 (float)(end - last * m) / (float)m};
}

/* Scratch: a tap for each column, then two rows of the result (area: one of the
 * region), all with a float to spare, for pixels are handled as four. */
typedef struct {
    tap *columns;
    float *row[2];
} work;

static size_t row_floats(const mi_sample *s)
{
    return (size_t)s->out_w * 3 + 1;
}

static size_t tap_bytes(const mi_sample *s)
{
    return ((size_t)s->out_w * sizeof(tap) + 63) & ~(size_t)63;
}

size_t mi_sample_scratch(const mi_sample *s)
{
    size_t floats =
        s->filter == MIEN_AREA ? (size_t)s->w * 3 + 1 : 2 * row_floats(s);
    return tap_bytes(s) + floats * sizeof(float);
}

static work split_scratch(const mi_sample *s, void *scratch)
{
    work w = {.columns = scratch};
    w.row[0] = (float *)(void *)((uint8_t *)scratch + tap_bytes(s));
    w.row[1] = s->filter == MIEN_AREA ? NULL : w.row[0] + row_floats(s);
    return w;
}

/* What part of a row of the padded region is inside the image: padded columns
 * from..to - 1; column j is the image's j + shift. */
typedef struct {
    const uint8_t *pixels; /* NULL: the whole row is zero */
    int from, to, shift;
} line;

/* What is inside of n pixels that start at at, with before pixels of padding
 * ahead, in an image of size pixels. */
static line inside(int at, int n, int before, int size)
{
    line l = {NULL, before, before + n, at - before};
    if (l.from < -l.shift)
        l.from = -l.shift;
    if (l.to > size - l.shift)
        l.to = size - l.shift;
    return l;
}

static line line_at(const mien_image *im, const mi_sample *s, int row)
{
    line rows = inside(s->y, s->h, s->top, im->h);
    line l = inside(s->x, s->w, s->left, im->w);
    if (row >= rows.from && row < rows.to && l.from < l.to)
        l.pixels = im->data + (row + rows.shift) * im->stride;
    return l;
}

/* A pixel as floats; a byte after it is read, too.  Each colour is taken where
 * it lies in the word and scaled down, which is exact. */
static inline f4 four(const uint8_t *p, int bgr)
{
    int32_t word =
        p[0] | p[1] << 8 | p[2] << 16 | (int32_t)((uint32_t)p[3] << 24);
    i4 all = {word, word, word, word};
    if (bgr)
        return __builtin_convertvector(all & (i4){0xff0000, 0xff00, 0xff, 0},
                                       f4) *
               (f4){0x1p-16f, 0x1p-8f, 1, 0};
    return __builtin_convertvector(all & (i4){0xff, 0xff00, 0xff0000, 0}, f4) *
           (f4){1, 0x1p-8f, 0x1p-16f, 0};
}

/* Any pixel of the padded region, the last of the memory too. */
static f4 careful(const line *l, int j, int bgr)
{
    if (j < l->from || j >= l->to)
        return (f4){0};
    const uint8_t *p = l->pixels + (ptrdiff_t)(j + l->shift) * 3;
    return bgr ? (f4){p[2], p[1], p[0], 0} : (f4){p[0], p[1], p[2], 0};
}

static inline void put(float *out, f4 v) { memcpy(out, &v, sizeof v); }

static void mix_carefully(const line *l, const tap *columns, int i, int end,
                          int bgr, float *out)
{
    for (; i < end; i++) {
        f4 v = careful(l, columns[i].at, bgr);
        f4 next = careful(l, columns[i].last, bgr);
        put(out + (ptrdiff_t)i * 3, v + (next - v) * columns[i].first);
    }
}

static inline void mix_inside(const line *l, const tap *columns, int i, int end,
                              int bgr, float *out)
{
    const uint8_t *pixels = l->pixels + (ptrdiff_t)l->shift * 3;
    for (; i < end; i++) {
        f4 v = four(pixels + (ptrdiff_t)columns[i].at * 3, bgr);
        f4 next = four(pixels + (ptrdiff_t)columns[i].last * 3, bgr);
        put(out + (ptrdiff_t)i * 3, v + (next - v) * columns[i].first);
    }
}

/* Columns a..b - 1 look at pixels inside the image that have a byte after
 * them. */
static void mix_across(const line *l, const tap *columns, int n, int bgr,
                       float *out)
{
    int a = 0, b = n;
    while (a < n && columns[a].at < l->from)
        a++;
    while (b > a && columns[b - 1].last + 1 >= l->to)
        b--;
    mix_carefully(l, columns, 0, a, bgr, out);
    if (bgr)
        mix_inside(l, columns, a, b, 1, out);
    else
        mix_inside(l, columns, a, b, 0, out);
    mix_carefully(l, columns, b, n, bgr, out);
}

static void across(const mien_image *im, const mi_sample *s, int row,
                   const tap *columns, float *out)
{
    line l = line_at(im, s, row);
    if (l.pixels)
        mix_across(&l, columns, s->out_w, s->bgr, out);
    else
        memset(out, 0, (size_t)s->out_w * 3 * sizeof *out);
}

static void mix_down(const float *restrict a, const float *restrict b,
                     float part, int n, float *restrict out)
{
    for (int i = 0; i < n; i++)
        out[i] = a[i] + (b[i] - a[i]) * part;
}

/* Mix two rows of the region for each row of the output. */
static void bilinear_rows(const mien_image *im, const mi_sample *s, float *out,
                          int row0, int row1, work w)
{
    int n = s->out_w * 3, height = s->top + s->h + s->bottom;
    int have[2] = {-1, -1}; /* rows of the padded region in w.row */
    for (int y = row0; y < row1; y++) {
        tap t = mix_tap(s->filter, y, height, s->out_h);
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
        mix_down(w.row[0], w.row[1], t.first, n, out);
        out += n;
    }
}

/* Four rows at a time into the sum, for its memory is what costs. */
static void add_rows(const uint8_t *const row[4], const float weight[4],
                     int more, int n, float *restrict sum)
{
    const uint8_t *restrict a = row[0], *restrict b = row[1];
    const uint8_t *restrict c = row[2], *restrict d = row[3];
    float wa = weight[0], wb = weight[1], wc = weight[2], wd = weight[3];
    if (!more)
        memset(sum, 0, (size_t)n * sizeof *sum);
    for (int i = 0; i < n; i++)
        sum[i] += (wa * (float)a[i] + wb * (float)b[i]) +
                  (wc * (float)c[i] + wd * (float)d[i]);
}

/* The rows of a tap, n bytes of each, added up; p is the first. */
static void sum_down(const uint8_t *p, ptrdiff_t stride, tap t, int n,
                     float *sum)
{
    for (int r = t.at; r <= t.last; r += 4) {
        const uint8_t *row[4];
        float weight[4];
        for (int k = 0; k < 4; k++) {
            int i = r + k;
            row[k] = p + ((i < t.last ? i : t.last) - t.at) * stride;
            weight[k] = i > t.last    ? 0
                        : i == t.at   ? t.first
                        : i == t.last ? t.final
                                      : 1;
        }
        add_rows(row, weight, r > t.at, n, sum);
    }
}

/* sum: [..., 3] of the padded region's columns from `from` on. */
static void sum_across(const float *sum, int from, const tap *columns, int n,
                       float share, int bgr, float *out)
{
    for (int i = 0; i < n; i++) {
        tap t = columns[i];
        f4 v = {0}, pixel;
        for (int j = t.at; j <= t.last; j++) {
            memcpy(&pixel, sum + (ptrdiff_t)(j - from) * 3, sizeof pixel);
            v += pixel * (j == t.at ? t.first : j == t.last ? t.final : 1);
        }
        v *= share;
        if (bgr)
            v = (f4){v[2], v[1], v[0], 0};
        /* what follows the last pixel is another's */
        memcpy(out + (ptrdiff_t)i * 3, &v, (i < n - 1 ? 4 : 3) * sizeof *out);
    }
}

/* The mean of what each pixel of the output covers, padding as black. */
static void area_rows(const mien_image *im, const mi_sample *s, float *out,
                      int row0, int row1, work w)
{
    int height = s->top + s->h + s->bottom, width = s->left + s->w + s->right;
    float share =
        (float)s->out_w / (float)width * (float)s->out_h / (float)height;
    line rows = inside(s->y, s->h, s->top, im->h);
    line l = inside(s->x, s->w, s->left, im->w);
    for (int y = row0; y < row1; y++, out += (ptrdiff_t)s->out_w * 3) {
        tap t = area_tap(y, height, s->out_h, rows.from, rows.to);
        if (t.last < t.at || l.from >= l.to) {
            memset(out, 0, (size_t)s->out_w * 3 * sizeof *out);
            continue;
        }
        const uint8_t *p = im->data + (t.at + rows.shift) * im->stride +
                           (ptrdiff_t)(l.from + l.shift) * 3;
        sum_down(p, im->stride, t, (l.to - l.from) * 3, w.row[0]);
        sum_across(w.row[0], l.from, w.columns, s->out_w, share, s->bgr, out);
    }
}

static tap column_tap(const mien_image *im, const mi_sample *s, int i)
{
    int width = s->left + s->w + s->right;
    if (s->filter != MIEN_AREA)
        return mix_tap(s->filter, i, width, s->out_w);
    line l = inside(s->x, s->w, s->left, im->w);
    return area_tap(i, width, s->out_w, l.from, l.to);
}

void mi_sample_band(const mien_image *im, const mi_sample *s, float *out,
                    int row0, int row1, void *scratch)
{
    assert(im && s && out && s->out_w > 0 && s->out_h > 0 && s->w > 0 &&
           s->h > 0);
    work w = split_scratch(s, scratch);
    for (int i = 0; i < s->out_w; i++)
        w.columns[i] = column_tap(im, s, i);
    if (s->filter == MIEN_AREA)
        area_rows(im, s, out, row0, row1, w);
    else
        bilinear_rows(im, s, out, row0, row1, w);
}

void mi_sample_rows(const mien_image *im, const mi_sample *s, float *out,
                    int row0, int row1, void *scratch)
{
    mi_sample_band(im, s, out + (size_t)row0 * (size_t)s->out_w * 3, row0, row1,
                   scratch);
}
