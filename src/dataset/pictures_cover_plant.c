/* pictures_cover_plant.c: something laid over a face, by chance.
 *
 * What covers faces in a set is not known, so all is drawn widely: shape, size
 * (3 to 60 % of the oval), place, turn, what it looks like, how soft its edge
 * is.  Lengths are shares of a chip's side. */
#include "dataset/pictures_cover.h"

#include <math.h>

enum { SIDE = MI_COVER_SIDE, GRID = MI_COVER_GRID, STEP = SIDE / GRID };

/* Where it lies. */
typedef struct shape {
    double x, y, w, h, cosine, sine;
    int round;
    double soft; /* width of the edge */
} shape;

/* What it looks like: grey = light + a slope + a wave, or another chip. */
typedef struct look {
    double light, slope_x, slope_y;
    double wave, pitch, phase, across, down;
    double gain;
    int dx, dy, flip;
    const uint8_t *other; /* NULL: none */
    double grain;
} look;

static double between(mien_random *r, double from, double to)
{
    return from + (to - from) * mien_random_unit(r);
}

/* Even in logarithms. */
static double scaled(mien_random *r, double from, double to)
{
    return exp(between(r, log(from), log(to)));
}

/* Of any of three shapes, anywhere. */
static shape draw_shape(mien_random *r)
{
    enum { RECTANGLE, OVAL, BAND, SHAPES };
    const uint32_t kind = mien_random_below(r, SHAPES);
    double area = scaled(r, 0.03, 0.6) * M_PI * 0.27 * 0.31;
    double longer = scaled(r, 0.25, 4), turn = 0.3 * mien_random_normal(r);
    shape s = {.x = between(r, 0.2, 0.8),
               .y = between(r, 0.26, 0.94),
               .w = sqrt(area * longer),
               .round = kind == OVAL,
               .soft = between(r, 0.01, 0.06)};
    s.h = area / s.w;
    if (kind == BAND) {
        s.x = between(r, 0.4, 0.6);
        s.y = between(r, 0.25, 1);
        s.w = between(r, 0.6, 1.2);
        s.h = scaled(r, 0.06, 0.6);
        turn /= 3;
    }
    s.cosine = cos(turn);
    s.sine = sin(turn);
    return s;
}

/* How much of it is seen at a point: 0 outside, 1 inside. */
static double opacity(const shape *s, double u, double v)
{
    double x = (u - s->x) * s->cosine + (v - s->y) * s->sine;
    double y = (v - s->y) * s->cosine - (u - s->x) * s->sine;
    double from_edge = fmin(s->w / 2 - fabs(x), s->h / 2 - fabs(y));
    if (s->round)
        from_edge =
            (1 - sqrt(M_PI) * hypot(x / s->w, y / s->h)) * fmin(s->w, s->h) / 2;
    double a = 0.5 + from_edge / s->soft;
    return a < 0 ? 0 : a > 1 ? 1 : a;
}

/* One grey, stripes, or a piece of another chip. */
static look draw_look(mien_random *r, const uint8_t *other)
{
    enum { PLAIN, STRIPES, CHIP, PLAIN_TOO, LOOKS };
    const uint32_t kind = mien_random_below(r, LOOKS);
    double along = between(r, 0, M_PI);
    look l = {.light = between(r, 0, 255),
              .gain = between(r, 0.6, 1.3),
              .pitch = 2 * M_PI / between(r, 0.08, 0.6),
              .phase = between(r, 0, 2 * M_PI),
              .across = cos(along),
              .down = sin(along),
              .dx = (int)mien_random_below(r, SIDE),
              .dy = (int)mien_random_below(r, SIDE),
              .flip = (int)mien_random_below(r, 2),
              .other = kind == CHIP ? other : NULL,
              .grain = between(r, 0, 5)};
    if (kind == STRIPES) {
        l.wave = between(r, 5, 80);
    } else {
        l.slope_x = 40 * mien_random_normal(r);
        l.slope_y = 40 * mien_random_normal(r);
    }
    return l;
}

/* Its grey at a pixel. */
static double grey_at(const look *l, const shape *s, int x, int y)
{
    double u = (x + 0.5) / SIDE, v = (y + 0.5) / SIDE;
    if (l->other) {
        int cx = (x + l->dx) % SIDE, cy = (y + l->dy) % SIDE;
        return l->gain * l->other[l->flip ? cx * SIDE + cy : cy * SIDE + cx];
    }
    return l->light + l->slope_x * (u - s->x) + l->slope_y * (v - s->y) +
           l->wave * sin(l->pitch * (u * l->across + v * l->down) + l->phase);
}

void mi_cover_plant(mien_random *r, const uint8_t *other, float *grey,
                    float *covered)
{
    const shape s = draw_shape(r);
    const look l = draw_look(r, other);
    for (int i = 0; i < MI_COVER_CELLS; i++)
        covered[i] = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double a = opacity(&s, (x + 0.5) / SIDE, (y + 0.5) / SIDE);
            float *to = &grey[y * SIDE + x];
            double g = grey_at(&l, &s, x, y) + l.grain * mien_random_normal(r);
            g = g < 0 ? 0 : g > 255 ? 255 : g;
            *to = (float)((1 - a) * (double)*to + a * g);
            covered[y / STEP * GRID + x / STEP] += (float)a / (STEP * STEP);
        }
}
