/* texture.h: pictures of a smooth texture that moves as told. */
#ifndef TEXTURE_H
#define TEXTURE_H

#include "mien/image_gray.h"

#include <math.h>
#include <stdint.h>

enum { W = 160, H = 120 };

/* A smooth texture that says where it is: a sum of waves at (u, v). */
static inline double texture(double u, double v)
{
    double s = sin(0.31 * u + 0.17 * v) + sin(0.23 * v - 0.11 * u) +
               sin(0.47 * u) * sin(0.39 * v) + 0.7 * sin(0.71 * u - 0.53 * v) +
               0.6 * sin(0.9 * v + 0.2 * u);
    return 128 + 27 * s;
}

/* Where a pixel of a frame lies in the texture. */
typedef struct motion {
    double a, b, dx, dy; /* of points from the first frame to this one */
} motion;

static uint8_t pixels[H][W];

static inline mien_gray frame(motion m)
{
    double r = m.a * m.a + m.b * m.b;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double px = x - m.dx, py = y - m.dy;
            double u = (m.a * px + m.b * py) / r;
            double v = (m.a * py - m.b * px) / r;
            pixels[y][x] = (uint8_t)lrint(texture(u, v));
        }
    return (mien_gray){W, H, W, &pixels[0][0]};
}

static const motion still = {1, 0, 0, 0};

#endif
