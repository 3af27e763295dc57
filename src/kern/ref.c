/* ref.c: the meaning of every kernel, in the plainest C. */
#include "kern/kern.h"
#include "kern/tile.h"

#include <math.h>

/* Squared Euclidean distance of two n-vectors. */
static float dist2_f32(int n, const float *x, const float *y)
{
    double s = 0;
    for (int i = 0; i < n; i++) {
        double d = (double)x[i] - (double)y[i];
        s += d * d;
    }
    return (float)s;
}

/* Squared Euclidean distances of n rows of d numbers from x. */
static void dist2_rows_f32(int n, int d, const float *rows, const float *x,
                           float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = dist2_f32(d, rows + (ptrdiff_t)i * d, x);
}

/* The least of each of c columns of n rows, lift[i] being added to row i; n is
 * at least 1, and there is no NaN. */
static void least_rows_f32(int n, int c, const float *rows, const float *lift,
                           float *dst)
{
    for (int j = 0; j < c; j++) {
        dst[j] = rows[j] + lift[0];
        for (int i = 1; i < n; i++) {
            float v = rows[(ptrdiff_t)i * c + j] + lift[i];
            dst[j] = v < dst[j] ? v : dst[j];
        }
    }
}

static float sum_f32(int n, const float *x)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s += (double)x[i];
    return (float)s;
}

/* Minus infinity for n = 0; what a NaN does is not said. */
static float max_f32(int n, const float *x)
{
    float top = -INFINITY;
    for (int i = 0; i < n; i++)
        top = x[i] > top ? x[i] : top;
    return top;
}

/* dst = src * scale + bias, n bytes to n floats. */
static void u8_to_f32(int n, const uint8_t *src, float scale, float bias,
                      float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = (float)src[i] * scale + bias;
}

static void add_f32(int n, const float *x, const float *y, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] + y[i];
}

static void sub_f32(int n, const float *x, const float *y, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] - y[i];
}

static void mul_f32(int n, const float *x, const float *y, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] * y[i];
}

static void div_f32(int n, const float *x, const float *y, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] / y[i];
}

static void affine_f32(int n, const float *x, float scale, float bias,
                       float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] * scale + bias;
}

/* n pixels of c channels: dst[p][i] = x[p][i] * scale[i] + bias[i]. */
static void affine_pixels_f32(int n, int c, const float *x, const float *scale,
                              const float *bias, float *dst)
{
    for (int p = 0; p < n; p++)
        for (int i = 0; i < c; i++)
            dst[p * (ptrdiff_t)c + i] =
                x[p * (ptrdiff_t)c + i] * scale[i] + bias[i];
}

static float clamp(float v, float lo, float hi)
{
    v = lo > v ? lo : v;
    return hi < v ? hi : v;
}

/* min(max(x, lo), hi); a NaN stays. */
static void clamp_f32(int n, const float *x, float lo, float hi, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = clamp(x[i], lo, hi);
}

static void leaky_f32(int n, const float *x, float slope, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static float sigmoid(float v) { return (float)(1 / (1 + exp(-(double)v))); }

static void sigmoid_f32(int n, const float *x, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = sigmoid(x[i]);
}

/* x times its sigmoid s, and the gradient g of that times its slope. */
static void silu_f32(int n, const float *x, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = x[i] * sigmoid(x[i]);
}
static void silu_grad_f32(int n, const float *x, const float *g, float *dst)
{
    for (int i = 0; i < n; i++) {
        double s = 1 / (1 + exp(-(double)x[i]));
        dst[i] = (float)((double)g[i] * s * (1 + (double)x[i] * (1 - s)));
    }
}

/* A weighted sum of terms, one of which may be where it goes. */
static void mix_f32(int n, int terms, const float *const *x,
                    const float *weight, float *dst)
{
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int t = 0; t < terms; t++)
            sum += (double)weight[t] * (double)x[t][i];
        dst[i] = (float)sum;
    }
}

/* e^x.  The others: within 2 ulp where the result is a normal number, 0 where
 * it would be smaller than any. */
static void exp_f32(int n, const float *x, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = (float)exp((double)x[i]);
}

/* x = x * a + b, n times, from x = 0, 1, ... MI_FMA_CHAINS - 1 and (in the
 * others) for each lane; their sum over the chains.  The bench divides by its
 * time: nothing but multiply-adds on registers. */
static float fma_chains_f32(int n, float a, float b)
{
    float sum = 0;
    for (int j = 0; j < MI_FMA_CHAINS; j++) {
        float x = (float)j;
        for (int i = 0; i < n; i++)
            x = x * a + b;
        sum += x;
    }
    return sum;
}

static float act_of(mi_act act, float v)
{
    switch (act.kind) {
    case MI_ACT_NONE: return v;
    case MI_ACT_CLAMP: return clamp(v, act.lo, act.hi);
    case MI_ACT_LEAKY: return v > 0 ? v : act.lo * v;
    case MI_ACT_SIGMOID: return sigmoid(v);
    }
    return v;
}

/* Output o of row m; w is its panel, `wide` channels, and j its place there. */
static float tile_at(const mi_tile *t, int m, int o, const float *w, int wide,
                     int j)
{
    double s = (double)w[j];
    w += wide;
    for (int tap = 0; tap < t->taps; tap++) {
        const float *a = t->a[tap * t->rows + m];
        for (int i = 0; i < t->run; i++, w += wide)
            s += (double)a[i] * (double)w[j];
    }
    if (t->add)
        s += (double)t->add[m * t->add_stride + o];
    return act_of(t->act, (float)s);
}

/* See mi_tile; lanes is 1, so panels are 2 and 1 channels wide. */
static void conv_tile_f32(const mi_tile *t)
{
    const float *w = t->w;
    for (int o = 0; o < t->oc; o += 2) {
        int wide = t->oc - o > 1 ? 2 : 1;
        for (int m = 0; m < t->rows; m++)
            for (int j = 0; j < wide; j++)
                t->y[m * t->y_stride + o + j] =
                    tile_at(t, m, o + j, w, wide, j);
        w += (ptrdiff_t)wide * (1 + (ptrdiff_t)t->taps * t->run);
    }
}

/* t->rows rows of a product, where row m of op(a) is a[i * lda + m]. */
static void gemm_columns_f32(const mi_tile *t, const float *a, ptrdiff_t lda)
{
    const float *w = t->w;
    for (int o = 0; o < t->oc; o++) {
        int wide = t->oc - o / 2 * 2 > 1 ? 2 : 1, j = o % 2;
        for (int m = 0; m < t->rows; m++) {
            double s = (double)w[j];
            for (int i = 0; i < t->run; i++)
                s += (double)a[i * lda + m] *
                     (double)w[(ptrdiff_t)(i + 1) * wide + j];
            if (t->add)
                s += (double)t->add[m * t->add_stride + o];
            t->y[m * t->y_stride + o] = act_of(t->act, (float)s);
        }
        if (j == 1)
            w += (ptrdiff_t)wide * (1 + (ptrdiff_t)t->run);
    }
}

/* See mi_adam. */
static void adam_f32(int n, const mi_adam *by, const float *g, float *m,
                     float *v, float *w)
{
    for (int i = 0; i < n; i++) {
        m[i] = by->beta1 * m[i] + (1 - by->beta1) * g[i];
        v[i] = by->beta2 * v[i] + (1 - by->beta2) * g[i] * g[i];
        w[i] -= by->rate * m[i] / (sqrtf(v[i]) * by->correct + by->epsilon);
    }
}

/* One number of a depthwise convolution, in double. */
static float depthwise_at(const mi_conv *cv, const mi_conv_io *io, int oy,
                          int ox, int c)
{
    const float *w = io->packed + (ptrdiff_t)c * (1 + cv->kh * cv->kw);
    double s = (double)*w++;
    for (int ky = 0; ky < cv->kh; ky++)
        for (int kx = 0; kx < cv->kw; kx++, w++) {
            int y = oy * cv->sy - cv->top + ky * cv->dy;
            int x = ox * cv->sx - cv->left + kx * cv->dx;
            if (y < 0 || y >= cv->h || x < 0 || x >= cv->w)
                continue;
            ptrdiff_t at = ((ptrdiff_t)y * cv->w + x) * io->x_stride + c;
            s += (double)io->x[at] * (double)*w;
        }
    if (io->add)
        s +=
            (double)io->add[((ptrdiff_t)oy * cv->ow + ox) * io->add_stride + c];
    return act_of(cv->act, (float)s);
}

/* Output rows row0 <= y < row1.  Packed are, for each block of `lanes`
 * channels, their biases and then their weights, tap by tap. */
static void depthwise_f32(const mi_conv *cv, const mi_conv_io *io, int row0,
                          int row1)
{
    for (int oy = row0; oy < row1; oy++)
        for (int ox = 0; ox < cv->ow; ox++)
            for (int c = 0; c < cv->c; c++)
                io->y[((ptrdiff_t)oy * cv->ow + ox) * io->y_stride + c] =
                    depthwise_at(cv, io, oy, ox, c);
}

/* One number of a pooling, in double. */
static float pool_at(const mi_pool2d *p, const mi_pool2d_io *io, int oy, int ox,
                     int c)
{
    int y0 = oy * p->sy - p->top, x0 = ox * p->sx - p->left;
    mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
    mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
    float top = p->relu ? 0 : -INFINITY;
    double sum = 0;
    for (int ky = ys.lo; ky < ys.hi; ky++)
        for (int kx = xs.lo; kx < xs.hi; kx++) {
            ptrdiff_t at = (ptrdiff_t)(y0 + ky) * p->w + x0 + kx;
            float v = io->x[at * io->x_stride + c];
            top = v > top ? v : top;
            sum += (double)v;
        }
    if (!p->average)
        return top;
    int inside = (ys.hi - ys.lo) * (xs.hi - xs.lo);
    int n = p->count_padding ? p->kh * p->kw : inside;
    return n ? (float)(sum / n) : 0.f;
}

/* Output rows row0 <= y < row1. */
static void pool2d_f32(const mi_pool2d *p, const mi_pool2d_io *io, int row0,
                       int row1)
{
    for (int oy = row0; oy < row1; oy++)
        for (int ox = 0; ox < p->ow; ox++)
            for (int c = 0; c < p->c; c++)
                io->y[((ptrdiff_t)oy * p->ow + ox) * io->y_stride + c] =
                    pool_at(p, io, oy, ox, c);
}

/* z [n, ld] = (x - mean) scale, x [n, p] taken as 0 from column p on: with
 * mean -1 and scale 1 there, a column of ones. */
static void standard_f64(int n, int p, int ld, const double *x,
                         const double *mean, const double *scale, double *z)
{
    for (int r = 0; r < n; r++, x += p, z += ld)
        for (int j = 0; j < ld; j++)
            z[j] = ((j < p ? x[j] : 0) - mean[j]) * scale[j];
}

/* Row r of dst [n, ld] = d[r] times row r of z. */
static void rows_scale_f64(int n, int ld, const double *z, const double *d,
                           double *dst)
{
    for (int r = 0; r < n; r++)
        for (int j = 0; j < ld; j++)
            *dst++ = *z++ * d[r];
}

/* dst [n] = z v. */
static void rows_dot_f64(int n, int ld, const double *z, const double *v,
                         double *dst)
{
    for (int r = 0; r < n; r++, z += ld) {
        double s = 0;
        for (int j = 0; j < ld; j++)
            s += z[j] * v[j];
        dst[r] = s;
    }
}

/* dst [ld] += z' v. */
static void rows_sum_f64(int n, int ld, const double *z, const double *v,
                         double *dst)
{
    for (int r = 0; r < n; r++, z += ld)
        for (int j = 0; j < ld; j++)
            dst[j] += z[j] * v[r];
}

/* dst [ld, ld] += wz' z, at least on and above the diagonal. */
static void gram_f64(int n, int ld, const double *z, const double *wz,
                     double *dst)
{
    for (int r = 0; r < n; r++, z += ld, wz += ld)
        for (int i = 0; i < ld; i++)
            for (int j = i; j < ld; j++)
                dst[i * (ptrdiff_t)ld + j] += wz[i] * z[j];
}

/* The logistic loss w ln(1 + e^(-s eta)), summed, where signed_w = s w, and
 * its first and second derivatives by eta. */
static double logit_f64(int n, const double *eta, const double *signed_w,
                        double *slope, double *curve)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double w = fabs(signed_w[i]), s = copysign(1, signed_w[i]);
        double t = s * eta[i], u = exp(-fabs(t)), part = 1 / (1 + u);
        sum += w * (log1p(u) - (t < 0 ? t : 0));
        slope[i] = -s * w * part * (t < 0 ? 1 : u);
        curve[i] = w * u * part * part;
    }
    return sum;
}

#include "kern/k_ref_back.c"
#include "kern/k_ref_vision.c"
#include "kern/k_ref_words.c"

extern const mi_kern mi_kern_ref;
const mi_kern mi_kern_ref = {
    .isa = "ref",
    .lanes = 1,
    .rows = {4, 4},
#define MI_KERN(name, result, params) .name = name,
#include "kern/kern_list.h"
#undef MI_KERN
};
