/* similarity.c: turn, scale and shift of a set of points, some of them wrong.
 *
 * With points as complex numbers p -> q the motion is q = c p + d.  Two points
 * give one; each of 64 pairs is judged by the sum over all points of
 * min(r^2, limit^2), r its distance in pixels from where the pair says it
 * should be (MSAC).  The points within the limit of the best give the least
 * squares
 *     c = sum conj(p - mean p) (q - mean q) / sum |p - mean p|^2
 * and that is done again with the points within the limit of that.  Pairs come
 * from a fixed sequence, so that the same points give the same motion.
 *
 * Source: Torr and Zisserman, MLESAC, CVIU 2000. */
#include "vision/similarity.h"

#include <stdint.h>

enum { PAIRS = 64, ROUNDS = 3 };

mien_point mi_similarity_apply(const mi_similarity *s, mien_point p)
{
    double x = (double)p.x, y = (double)p.y;
    return (mien_point){(float)(s->a * x - s->b * y + s->dx),
                        (float)(s->b * x + s->a * y + s->dy)};
}

/* The motion of one pair; 0 when its points are too near to tell. */
static int of_pair(const mien_point *from, const mien_point *to, int i, int j,
                   mi_similarity *out)
{
    double px = (double)from[j].x - (double)from[i].x;
    double py = (double)from[j].y - (double)from[i].y;
    double qx = (double)to[j].x - (double)to[i].x;
    double qy = (double)to[j].y - (double)to[i].y, r = px * px + py * py;
    if (!(r > 1))
        return 0;
    out->a = (px * qx + py * qy) / r;
    out->b = (px * qy - py * qx) / r;
    double x = (double)from[i].x, y = (double)from[i].y;
    out->dx = (double)to[i].x - out->a * x + out->b * y;
    out->dy = (double)to[i].y - out->b * x - out->a * y;
    return 1;
}

static double distance2(const mi_similarity *s, mien_point from, mien_point to)
{
    double x = (double)from.x, y = (double)from.y;
    double dx = s->a * x - s->b * y + s->dx - (double)to.x;
    double dy = s->b * x + s->a * y + s->dy - (double)to.y;
    return dx * dx + dy * dy;
}

static double cost(const mi_similarity *s, int n, const mien_point *from,
                   const mien_point *to, double limit)
{
    double sum = 0, most = limit * limit;
    for (int i = 0; i < n; i++) {
        double d = distance2(s, from[i], to[i]);
        sum += d < most ? d : most;
    }
    return sum;
}

static int choose(const mi_similarity *s, int n, const mien_point *from,
                  const mien_point *to, double limit, unsigned char *in)
{
    int chosen = 0;
    for (int i = 0; i < n; i++)
        chosen += in[i] = distance2(s, from[i], to[i]) < limit * limit;
    return chosen;
}

/* Least squares over the chosen points; 0 when they lie in one place. */
static int refine(int n, const mien_point *from, const mien_point *to,
                  const unsigned char *in, mi_similarity *out)
{
    double m = 0, px = 0, py = 0, qx = 0, qy = 0;
    for (int i = 0; i < n; i++) {
        double w = in[i];
        m += w;
        px += w * (double)from[i].x;
        py += w * (double)from[i].y;
        qx += w * (double)to[i].x;
        qy += w * (double)to[i].y;
    }
    if (m < 2)
        return 0;
    px /= m, py /= m, qx /= m, qy /= m;
    double r = 0, re = 0, im = 0;
    for (int i = 0; i < n; i++) {
        double w = in[i];
        double x = (double)from[i].x - px, y = (double)from[i].y - py;
        double u = (double)to[i].x - qx, v = (double)to[i].y - qy;
        r += w * (x * x + y * y);
        re += w * (x * u + y * v);
        im += w * (x * v - y * u);
    }
    if (!(r > 1))
        return 0;
    out->a = re / r;
    out->b = im / r;
    out->dx = qx - out->a * px + out->b * py;
    out->dy = qy - out->b * px - out->a * py;
    return 1;
}

int mi_similarity_fit(int n, const mien_point *from, const mien_point *to,
                      double limit, unsigned char *in, mi_similarity *out)
{
    mi_similarity best = {1, 0, 0, 0}, one;
    double least = -1;
    uint32_t seed = 1;
    for (int k = 0; k < PAIRS; k++) {
        seed = seed * 1664525u + 1013904223u;
        int i = (int)((seed >> 8) % (uint32_t)n);
        seed = seed * 1664525u + 1013904223u;
        int j = (int)((seed >> 8) % (uint32_t)n);
        if (!of_pair(from, to, i, j, &one))
            continue;
        double c = cost(&one, n, from, to, limit);
        if (least < 0 || c < least) {
            least = c;
            best = one;
        }
    }
    int chosen = least < 0 ? 0 : choose(&best, n, from, to, limit, in);
    for (int k = 0; k < ROUNDS && chosen >= 2; k++) {
        if (!refine(n, from, to, in, &best))
            return 0;
        chosen = choose(&best, n, from, to, limit, in);
    }
    if (chosen >= 2)
        *out = best;
    return chosen;
}
