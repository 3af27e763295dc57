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
#include <string.h>

typedef float f4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));

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

/* Scratch: a tap for each column, then two rows of out_w * 3 floats and one to
 * spare, for pixels are stored as four. */
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
    return tap_bytes(s) + 2 * row_floats(s) * sizeof(float);
}

static work split_scratch(const mi_sample *s, void *scratch)
{
    work w = {.columns = scratch};
    w.row[0] = (float *)(void *)((uint8_t *)scratch + tap_bytes(s));
    w.row[1] = w.row[0] + row_floats(s);
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

/* Pixels outside add nothing, so a sum is cut to the inside. */
static inline void sum_some(const line *l, const tap *columns, int n, int bgr,
                            float *out)
{
    const uint8_t *pixels = l->pixels + (ptrdiff_t)l->shift * 3;
    for (int i = 0; i < n; i++) {
        tap t = columns[i];
        f4 sum = careful(l, t.at, bgr) * t.first;
        int j = t.at + 1 > l->from ? t.at + 1 : l->from;
        int end = t.last < l->to ? t.last : l->to;
        for (; j < end - 1; j++)
            sum += four(pixels + (ptrdiff_t)j * 3, bgr);
        if (j < end)
            sum += careful(l, j, bgr);
        if (t.last > t.at)
            sum += careful(l, t.last, bgr) * t.final;
        put(out + (ptrdiff_t)i * 3, sum);
    }
}

static void sum_across(const line *l, const tap *columns, int n, int bgr,
                       float *out)
{
    if (bgr)
        sum_some(l, columns, n, 1, out);
    else
        sum_some(l, columns, n, 0, out);
}

static void across(const mien_image *im, const mi_sample *s, int row,
                   const tap *columns, float *out)
{
    line l = line_at(im, s, row);
    if (!l.pixels)
        memset(out, 0, (size_t)s->out_w * 3 * sizeof *out);
    else if (s->filter == MIEN_AREA)
        sum_across(&l, columns, s->out_w, s->bgr, out);
    else
        mix_across(&l, columns, s->out_w, s->bgr, out);
}

static void mix_down(const float *restrict a, const float *restrict b,
                     float part, int n, float *restrict out)
{
    for (int i = 0; i < n; i++)
        out[i] = a[i] + (b[i] - a[i]) * part;
}

static void add_row(const float *restrict a, float weight, int n,
                    float *restrict out)
{
    for (int i = 0; i < n; i++)
        out[i] += weight * a[i];
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
        mix_down(w.row[0], w.row[1], t.first, n, out + (size_t)y * (size_t)n);
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
            add_row(w.row[0], weight * share, n, dst);
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
}
