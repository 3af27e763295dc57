/* change.c: how a row is changed by chance.
 *
 * Numbers are drawn from a counter (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, OOPSLA 2014, section 4: mix64), whose start
 * follows from seed, epoch and row.  All are drawn for each row, in this order,
 * so that a range that changes leaves the others as they were. */
#include "samples/loader.h"

#include <math.h>
#include <string.h>

typedef struct draws {
    uint64_t at;
} draws;

static const uint64_t step = 0x9e3779b97f4a7c15u;

static uint64_t mix64(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

static draws draws_of(uint32_t seed, int epoch, int64_t row)
{
    uint64_t v = mix64(seed + step);
    v = mix64(v ^ ((uint64_t)epoch + step));
    return (draws){mix64(v ^ ((uint64_t)row + step))};
}

/* 0..1, without 1. */
static float unit(draws *d)
{
    d->at += step;
    return (float)(mix64(d->at) >> 40) / 16777216.0f;
}

/* -most..most. */
static float both(draws *d, float most) { return (2 * unit(d) - 1) * most; }

/* From Beta(a, a), the larger of the two shares (Joehnk 1964). */
static float larger_share(draws *d, float a)
{
    enum { TRIES = 64 };
    for (int i = 0; i < TRIES; i++) {
        float x = powf(unit(d), 1 / a), y = powf(unit(d), 1 / a);
        if (x + y > 0 && x + y <= 1)
            return (x > y ? x : y) / (x + y);
    }
    return 1;
}

mi_change mi_change_of(const mien_augment *a, uint32_t seed, int epoch,
                       int64_t row)
{
    mi_change c = {.grow = 1, .contrast = 1, .mix = 1};
    if (epoch < 0)
        return c;
    draws d = draws_of(seed, epoch, row);
    c.mirror = unit(&d) < a->mirror;
    c.turn = both(&d, a->turn) * 3.14159265f / 180;
    c.dx = both(&d, a->shift);
    c.dy = both(&d, a->shift);
    c.grow = 1 + both(&d, a->grow);
    c.shear = both(&d, a->shear);
    c.brightness = both(&d, a->brightness) * 255;
    c.contrast = 1 + both(&d, a->contrast);
    c.blur = unit(&d) * a->blur;
    c.hole = unit(&d) * a->cutout;
    c.hole_x = unit(&d);
    c.hole_y = unit(&d);
    c.mix = a->mix > 0 ? larger_share(&d, a->mix) : 1;
    return c;
}

/* ---- pixels -------------------------------------------------------------- */

enum { RADIUS = 24 };

/* Weights of a bell of a deviation: how many beside the middle one. */
static int bell(float deviation, float weight[RADIUS + 1])
{
    int n = (int)ceilf(3 * deviation);
    float sum = 0;
    n = n > RADIUS ? RADIUS : n;
    for (int i = 0; i <= n; i++) {
        float v = (float)i / deviation;
        weight[i] = expf(-0.5f * v * v);
        sum += weight[i] * (i ? 2.0f : 1.0f);
    }
    for (int i = 0; i <= n; i++)
        weight[i] /= sum;
    return n;
}

/* Pixel i - r and i + r of a line of n floats, three a pixel, at its ends,
 * where border pixels go on. */
static float ends(const float *in, int n, int i, int r)
{
    int a = i - 3 * r, b = i + 3 * r, colour = i % 3;
    return in[a < 0 ? colour : a] + in[b < n ? b : n - 3 + colour];
}

/* Weighted sums of a row of n floats. */
static void blur_across(const float *restrict in, int n, const float *weight,
                        int radius, float *restrict out)
{
    for (int i = 0; i < n; i++)
        out[i] = weight[0] * in[i];
    for (int r = 1; r <= radius; r++) {
        int a = 3 * r, left = a < n ? a : n,
            right = n - a > left ? n - a : left;
        for (int i = 0; i < left; i++)
            out[i] += weight[r] * ends(in, n, i, r);
        for (int i = left; i < right; i++)
            out[i] += weight[r] * (in[i - a] + in[i + a]);
        for (int i = right; i < n; i++)
            out[i] += weight[r] * ends(in, n, i, r);
    }
}

/* Add two rows of n floats, weighted. */
static void add_rows(const float *restrict a, const float *restrict b,
                     float weight, int n, float *restrict out)
{
    for (int i = 0; i < n; i++)
        out[i] += weight * (a[i] + b[i]);
}

/* Rows first, then columns. */
static void blur(float deviation, int w, int h, float *pixels, float *spare)
{
    float weight[RADIUS + 1] = {1};
    int radius = bell(deviation, weight), n = w * 3;
    for (int y = 0; y < h; y++)
        blur_across(pixels + (ptrdiff_t)y * n, n, weight, radius,
                    spare + (ptrdiff_t)y * n);
    for (int y = 0; y < h; y++) {
        float *out = pixels + (ptrdiff_t)y * n;
        const float *in = spare + (ptrdiff_t)y * n;
        for (int i = 0; i < n; i++)
            out[i] = weight[0] * in[i];
        for (int r = 1; r <= radius; r++)
            add_rows(spare + (ptrdiff_t)(y > r ? y - r : 0) * n,
                     spare + (ptrdiff_t)(y + r < h ? y + r : h - 1) * n,
                     weight[r], n, out);
    }
}

/* Distances from the mean grow, and all becomes lighter. */
static void tone(float contrast, float brightness, int64_t n, float *pixels)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (double)pixels[i];
    float mean = (float)(sum / (double)n);
    for (int64_t i = 0; i < n; i++) {
        float v = mean + (pixels[i] - mean) * contrast + brightness;
        pixels[i] = v < 0 ? 0 : v > 255 ? 255 : v;
    }
}

/* A grey square somewhere. */
static void cut_hole(const mi_change *c, int w, int h, float *pixels)
{
    int sw = (int)(c->hole * (float)w + 0.5f);
    int sh = (int)(c->hole * (float)h + 0.5f);
    int x0 = (int)(c->hole_x * (float)(w - sw) + 0.5f);
    int y0 = (int)(c->hole_y * (float)(h - sh) + 0.5f);
    for (int y = y0; y < y0 + sh; y++)
        for (int i = 3 * x0; i < 3 * (x0 + sw); i++)
            pixels[(ptrdiff_t)y * w * 3 + i] = 127.5f;
}

void mi_change_pixels(const mi_change *c, int w, int h, float *pixels,
                      float *spare)
{
    if (c->blur > 0.2f)
        blur(c->blur, w, h, pixels, spare);
    if (c->contrast != 1 || c->brightness != 0)
        tone(c->contrast, c->brightness, (int64_t)w * h * 3, pixels);
    if (c->hole > 0)
        cut_hole(c, w, h, pixels);
}
