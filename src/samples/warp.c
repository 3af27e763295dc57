/* warp.c: a cut of a picture, turned and moved, in one pass over its pixels.
 *
 * The cut's middle is the origin.  A pixel (i, j) of the w x h result lies at
 * u = (i + 1/2) / w - 1/2, v = (j + 1/2) / h - 1/2 of the cut, W x H pixels of
 * the picture, and at  p = A (+-u W, v H) + (dx W, dy H)  from its middle,
 * where A turns, shears and grows.  A pixel of the result that covers more than
 * one of the picture is the mean of kx x ky places in it, each mixed of the
 * four nearest pixels.  Border pixels go on outside.
 *
 * A pixel is read as one word, red lowest: its bytes are left where they are in
 * it, so that the channels are 1, 256 and 65536 times as large until the result
 * is put down.  Powers of two change no bit of what is worked out. */
#include "samples/loader.h"

#include <math.h>
#include <string.h>

typedef float f4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));

enum { MOST_PLACES = 16 }; /* along a side */

mi_affine mi_affine_of(mien_box cut, const mi_change *c, int w, int h)
{
    float s = sinf(c->turn), k = cosf(c->turn), g = c->grow;
    float px = cut.width / (float)w * (c->mirror ? -1.0f : 1.0f);
    float py = cut.height / (float)h;
    mi_affine a = {g * k * px, g * (k * c->shear - s) * py, 0,
                   g * s * px, g * (s * c->shear + k) * py, 0};
    float i = (float)w / 2, j = (float)h / 2;
    a.tx = cut.x + cut.width * (0.5f + c->dx) - a.xx * i - a.xy * j;
    a.ty = cut.y + cut.height * (0.5f + c->dy) - a.yx * i - a.yy * j;
    return a;
}

mien_point mi_affine_back(const mi_affine *a, mien_point p)
{
    float x = p.x - a->tx, y = p.y - a->ty;
    float d = a->xx * a->yy - a->xy * a->yx;
    return (mien_point){(a->yy * x - a->xy * y) / d,
                        (a->xx * y - a->yx * x) / d};
}

/* A pixel as floats, times 1, 256, 65536. */
static inline f4 four(const uint8_t *p)
{
    int32_t word;
    memcpy(&word, p, sizeof word);
    i4 v = (i4){word, word, word, word} & (i4){0xff, 0xff00, 0xff0000, 0};
    return __builtin_convertvector(v, f4);
}

/* Put down what was made of such pixels. */
static inline void put(f4 v, float *out)
{
    v *= (f4){1, 0x1p-8f, 0x1p-16f, 0};
    memcpy(out, &v, 3 * sizeof *out);
}

static inline int within(int v, int most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

/* The picture at a place, -1 or more: x and y are those of pixel centres. */
static inline f4 at(const mi_source *s, float x, float y)
{
    int i = (int)(x + 1) - 1, j = (int)(y + 1) - 1; /* rounded down */
    float u = x - (float)i, v = y - (float)j;
    int left = within(i, s->w - 1), right = within(i + 1, s->w - 1);
    const uint8_t *top = s->pixels + (ptrdiff_t)within(j, s->h - 1) * s->w * 4;
    const uint8_t *low =
        s->pixels + (ptrdiff_t)within(j + 1, s->h - 1) * s->w * 4;
    f4 a = four(top + (ptrdiff_t)left * 4), c = four(low + (ptrdiff_t)left * 4);
    a += (four(top + (ptrdiff_t)right * 4) - a) * u;
    c += (four(low + (ptrdiff_t)right * 4) - c) * u;
    return a + (c - a) * v;
}

/* How many places of the picture a pixel is the mean of, along a side that is
 * so long there. */
static int places(float x, float y)
{
    float n = ceilf(sqrtf(x * x + y * y) - 0.25f);
    return n < 1 ? 1 : n > MOST_PLACES ? MOST_PLACES : (int)n;
}

/* Keep a coordinate where it fits into an int. */
static inline float near(float v, int side)
{
    float most = (float)side + 1;
    return v < -1 ? -1 : v > most ? most : v;
}

/* Where (i, j) of the result lies, from the first pixel's centre. */
static inline mien_point place_of(const mi_affine *m, float i, float j)
{
    return (mien_point){m->xx * i + m->xy * j + m->tx - 0.5f,
                        m->yx * i + m->yy * j + m->ty - 0.5f};
}

/* The mean of the places of a pixel whose first one is p. */
static f4 mean_at(const mi_source *s, const mi_affine *m, mien_point p, int kx,
                  int ky)
{
    f4 sum = {0};
    float dx = m->xx / (float)kx, dy = m->yx / (float)kx;
    for (int j = 0; j < ky; j++) {
        float part = (float)j / (float)ky;
        float x = p.x + m->xy * part, y = p.y + m->yy * part;
        for (int i = 0; i < kx; i++) {
            sum += at(s, near(x, s->w), near(y, s->h));
            x += dx;
            y += dy;
        }
    }
    return sum / (float)(kx * ky);
}

/* Whether each pixel of the result is one of the picture's. */
static int on_pixels(const mi_source *s, const mi_affine *m, int w, int h)
{
    return m->xx == 1 && m->yy == 1 && m->xy == 0 && m->yx == 0 && m->tx >= 0 &&
           m->tx <= (float)(s->w - w) && m->tx == floorf(m->tx) && m->ty >= 0 &&
           m->ty <= (float)(s->h - h) && m->ty == floorf(m->ty);
}

/* A part of the picture as it is, from pixel (x, y) on. */
static void copy(const mi_source *s, int x, int y, int w, int h, float *out)
{
    for (int j = y; j < y + h; j++) {
        const uint8_t *p = s->pixels + ((ptrdiff_t)j * s->w + x) * 4;
        for (int i = 0; i < w; i++, p += 4, out += 3)
            for (int c = 0; c < 3; c++)
                out[c] = p[c];
    }
}

void mi_warp(const mi_source *s, const mi_affine *a, int w, int h, float *out)
{
    float n = (float)s->shrink;
    mi_affine m = {a->xx / n, a->xy / n, a->tx / n,
                   a->yx / n, a->yy / n, a->ty / n};
    if (on_pixels(s, &m, w, h)) {
        copy(s, (int)m.tx, (int)m.ty, w, h, out);
        return;
    }
    int kx = places(m.xx, m.yx), ky = places(m.xy, m.yy);
    float u = 0.5f / (float)kx, v = 0.5f / (float)ky; /* of the first place */
    for (int j = 0; j < h; j++)
        for (int i = 0; i < w; i++, out += 3) {
            mien_point p = place_of(&m, (float)i + u, (float)j + v);
            put(kx * ky == 1 ? at(s, near(p.x, s->w), near(p.y, s->h))
                             : mean_at(s, &m, p, kx, ky),
                out);
        }
}
