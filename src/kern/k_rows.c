/* k_rows.c: rows of doubles, as regressions read them.  Included by
 * variant.h.  ld is a multiple of MI_ROWS_PAD. */
#include "kern/vec64.h"

static void standard_f64(int n, int p, int ld, const double *x,
                         const double *mean, const double *scale, double *z)
{
    for (int r = 0; r < n; r++, x += p, z += ld) {
        int j = 0;
        for (; j + DN <= p; j += DN)
            vdstore(z + j,
                    (vdload(x + j) - vdload(mean + j)) * vdload(scale + j));
        for (; j < ld; j += DN) {
            vd v = vdload_n(x + (j < p ? j : 0), j < p ? p - j : 0);
            vdstore(z + j, (v - vdload(mean + j)) * vdload(scale + j));
        }
    }
}

static void rows_scale_f64(int n, int ld, const double *z, const double *d,
                           double *dst)
{
    for (int r = 0; r < n; r++, z += ld, dst += ld) {
        vd by = vdsplat(d[r]);
        for (int j = 0; j < ld; j += DN)
            vdstore(dst + j, vdload(z + j) * by);
    }
}

/* The product of each row with v, four rows at a time. */
static void rows_dot_f64(int n, int ld, const double *z, const double *v,
                         double *dst)
{
    int r = 0;
    for (; r + 4 <= n; r += 4, z += 4 * ld) {
        vd s[4] = {{0}};
        for (int j = 0; j < ld; j += DN) {
            vd w = vdload(v + j);
            UNROLL
            for (int i = 0; i < 4; i++)
                s[i] += vdload(z + i * (ptrdiff_t)ld + j) * w;
        }
        UNROLL
        for (int i = 0; i < 4; i++)
            dst[r + i] = vdsum(s[i]);
    }
    for (; r < n; r++, z += ld) {
        vd s = {0};
        for (int j = 0; j < ld; j += DN)
            s += vdload(z + j) * vdload(v + j);
        dst[r] = vdsum(s);
    }
}

/* Add v[r] times row r to dst, all rows. */
static void rows_sum_f64(int n, int ld, const double *z, const double *v,
                         double *dst)
{
    enum { WIDE = MI_ROWS_PAD / DN > 4 ? 4 : MI_ROWS_PAD / DN };
    for (int j = 0; j < ld; j += WIDE * DN) {
        vd s[WIDE], t[WIDE] = {{0}};
        UNROLL
        for (int k = 0; k < WIDE; k++)
            s[k] = vdload(dst + j + k * DN);
        int r = 0;
        for (; r + 2 <= n; r += 2) {
            const double *at = z + r * (ptrdiff_t)ld + j;
            vd a = vdsplat(v[r]), b = vdsplat(v[r + 1]);
            UNROLL
            for (int k = 0; k < WIDE; k++) {
                s[k] += vdload(at + k * DN) * a;
                t[k] += vdload(at + ld + k * DN) * b;
            }
        }
        for (; r < n; r++) {
            UNROLL
            for (int k = 0; k < WIDE; k++)
                s[k] += vdload(z + r * (ptrdiff_t)ld + j + k * DN) * v[r];
        }
        UNROLL
        for (int k = 0; k < WIDE; k++)
            vdstore(dst + j + k * DN, s[k] + t[k]);
    }
}

/* R rows and V vectors of the sum of outer products, in registers. */
#define GRAM_TILE(name, R, V)                                       \
    VFN void name(int n, int ld, const double *a, const double *b,  \
                  double *dst)                                      \
    {                                                               \
        vd s[R][V];                                                 \
        UNROLL                                                      \
        for (int i = 0; i < (R); i++) {                             \
            UNROLL                                                  \
            for (int k = 0; k < (V); k++)                           \
                s[i][k] = vdload(dst + i * (ptrdiff_t)ld + k * DN); \
        }                                                           \
        for (int r = 0; r < n; r++, a += ld, b += ld) {             \
            vd w[V];                                                \
            UNROLL                                                  \
            for (int k = 0; k < (V); k++)                           \
                w[k] = vdload(b + k * DN);                          \
            UNROLL                                                  \
            for (int i = 0; i < (R); i++) {                         \
                UNROLL                                              \
                for (int k = 0; k < (V); k++)                       \
                    s[i][k] += w[k] * a[i];                         \
            }                                                       \
        }                                                           \
        UNROLL                                                      \
        for (int i = 0; i < (R); i++) {                             \
            UNROLL                                                  \
            for (int k = 0; k < (V); k++)                           \
                vdstore(dst + i * (ptrdiff_t)ld + k * DN, s[i][k]); \
        }                                                           \
    }

enum { GRAM_ROWS = VBYTES == 64 ? 8 : 4 };
GRAM_TILE(gram_tile_1, GRAM_ROWS, 1)
GRAM_TILE(gram_tile_2, GRAM_ROWS, 2)

static void gram_f64(int n, int ld, const double *z, const double *wz,
                     double *dst)
{
    for (int i = 0; i < ld; i += GRAM_ROWS) {
        double *row = dst + i * (ptrdiff_t)ld;
        int j = i / DN * DN;
        for (; j + 2 * DN <= ld; j += 2 * DN)
            gram_tile_2(n, ld, wz + i, z + j, row + j);
        for (; j < ld; j += DN)
            gram_tile_1(n, ld, wz + i, z + j, row + j);
    }
}

/* Of margins t = +-eta: the loss ln(1 + e^-t), its slope and its curvature. */
VFN vd logit_step(vd eta, vd signed_w, vd *slope, vd *curve)
{
    vl sign = (vl)signed_w & INT64_MIN;
    vd w = vdabs(signed_w), t = (vd)((vl)eta ^ sign);
    vd u = vdexp_negative(-vdabs(t)), one = vdsplat(1), part = one / (one + u);
    vl below = (vl)(t < (vd){0});
    vd wrong = part * vdpick(below, one, u);
    *slope = (vd)((vl)(w * wrong) ^ sign ^ INT64_MIN);
    *curve = w * u * part * part;
    return w * (vdlog1p_unit(u) - vdpick(below, t, (vd){0}));
}

/* The logistic loss of n rows, with its first and second derivatives. */
static double logit_f64(int n, const double *eta, const double *signed_w,
                        double *slope, double *curve)
{
    vd sum = {0}, s, c;
    int i = 0;
    for (; i + DN <= n; i += DN) {
        sum += logit_step(vdload(eta + i), vdload(signed_w + i), &s, &c);
        vdstore(slope + i, s);
        vdstore(curve + i, c);
    }
    if (i < n) {
        sum += logit_step(vdload_n(eta + i, n - i),
                          vdload_n(signed_w + i, n - i), &s, &c);
        vdstore_n(slope + i, s, n - i);
        vdstore_n(curve + i, c, n - i);
    }
    return vdsum(sum);
}
