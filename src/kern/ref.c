/* ref.c: the meaning of every kernel, in the plainest C. */
#include "kern/kern.h"
#include "kern/tile.h"
#include "kern/windows.h"
#include "kern/boost.h"

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

/* The gradient of a ReLU whose result was y: g where y > 0, else 0. */
static void relu_grad_f32(int n, const float *y, const float *g, float *dst)
{
    for (int i = 0; i < n; i++)
        dst[i] = y[i] > 0 ? g[i] : 0;
}

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

static float pool_at(const mi_pool2d *p, const mi_pool2d_io *io, int oy, int ox,
                     int c)
{
    int y0 = oy * p->sy - p->top, x0 = ox * p->sx - p->left;
    mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
    mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
    float top = -INFINITY;
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

/* The norms of 16 windows side by side: 1 over the deviation of their grey
 * values times their area, and 0 for windows too flat to look at.  Returns a
 * bit for each of the others. */
static unsigned window_norm_f32(const mi_window_norm *by, const uint32_t *sum,
                                const uint32_t *square, float *norm)
{
    const int32_t *at = by->at;
    unsigned good = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        const uint32_t *s = sum + i, *q = square + i;
        double v = (int32_t)(s[at[0]] - s[at[1]] - s[at[2]] + s[at[3]]);
        double w = q[at[0]] - q[at[1]] - q[at[2]] + q[at[3]];
        double nf = by->area * w - v * v;
        float one = nf > 0 ? (float)(1. / sqrt(nf)) : 0;
        norm[i] = by->area * (double)one < 1e-1 ? one : 0;
        good |= (unsigned)(norm[i] > 0) << i;
    }
    return good;
}

/* What a node measures in the window at s. */
static float haar_value(const mi_window_node *node, const uint32_t *s,
                        float norm)
{
    float value = 0;
    for (int r = 0; r < node->n_rects; r++) {
        const int32_t *at = node->at + (ptrdiff_t)r * 4;
        int32_t v = (int32_t)(s[at[0]] - s[at[1]] - s[at[2]] + s[at[3]]);
        value += node->weight[r] * (float)v;
    }
    return value * norm;
}

static int32_t block(const int32_t *at, int i, const uint32_t *s)
{
    return (int32_t)(s[at[i]] - s[at[i + 1]] - s[at[i + 4]] + s[at[i + 5]]);
}

static int lbp_value(const mi_window_node *node, const uint32_t *s)
{
    static const int around[8] = {0, 1, 2, 6, 10, 9, 8, 4};
    int code = 0;
    for (int b = 0; b < 8; b++)
        code |= (block(node->at, around[b], s) >= block(node->at, 5, s))
                << (7 - b);
    return code;
}

static int goes_left(const mi_votes *v, const mi_window_node *node,
                     const uint32_t *s, float norm)
{
    if (!v->lbp)
        return haar_value(node, s, norm) < node->threshold;
    int code = lbp_value(node, s);
    return v->subset[node->subset + code / 32] >> (code % 32) & 1;
}

/* The sum of the leaves that n trees give the window at s. */
static double votes_of(const mi_votes *v, int tree, int n, const uint32_t *s,
                       float norm)
{
    double sum = 0;
    for (const mi_window_tree *t = v->tree + tree; n > 0; n--, t++) {
        int32_t i = 0;
        do {
            const mi_window_node *node = v->node + t->node + i;
            i = goes_left(v, node, s, norm) ? node->left : node->right;
        } while (i > 0);
        sum += (double)v->leaf[t->leaf - i];
    }
    return sum;
}

/* votes [16]: what the trees of a stage say of 16 windows side by side, of
 * which the first is at sum.  Returns a bit for each window that passes. */
static unsigned votes_f64(const mi_votes *v, const mi_vote_stage *by,
                          const uint32_t *sum, const float *norm, double *votes)
{
    unsigned passed = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        votes[i] = votes_of(v, by->tree, by->n, sum + i, norm[i]);
        passed |= (unsigned)(votes[i] >= by->least) << i;
    }
    return passed;
}

/* The same for 16 windows at sum + place[i]. */
static unsigned votes_at_f64(const mi_votes *v, const mi_vote_stage *by,
                             const uint32_t *sum, const int32_t *place,
                             const float *norm, double *votes)
{
    unsigned passed = 0;
    for (int i = 0; i < MI_WINDOWS; i++) {
        votes[i] = votes_of(v, by->tree, by->n, sum + place[i], norm[i]);
        passed |= (unsigned)(votes[i] >= by->least) << i;
    }
    return passed;
}

/* How good it is to have weights of a together, signed l, on the left of a
 * threshold, in three ways of boosting. */
static double gentle_gain(const mi_ranks *k, double a, double l)
{
    double d = l - a * k->sum / k->total, b = k->total - a;
    return a > 0 ? d * d / (a * b) : 0;
}

static double discrete_gain(const mi_ranks *k, double a, double l)
{
    (void)a;
    return fabs(l) + fabs(k->sum - l);
}

static double real_gain(const mi_ranks *k, double a, double l)
{
    double b = k->total - a, r = k->sum - l;
    double root = sqrt((a + l) * (a - l)) + sqrt((b + r) * (b - r));
    return -root * root;
}

/* score [16], at [16]: the best threshold of each feature lies behind rank at;
 * -1 if none is better than to have none. */
static void best_splits(const mi_ranks *k,
                        double (*gain)(const mi_ranks *, double, double),
                        float *score, int32_t *at)
{
    for (int f = 0; f < MI_BOOST_LANES; f++) {
        double a = 0, l = 0, best = gain(k, 0, 0);
        at[f] = -1;
        for (int i = 0; i < k->n; i++) {
            uint16_t o = k->order[i * MI_BOOST_LANES + f];
            double w = k->weight[o & MI_BOOST_SAMPLE];
            l += w;
            a += fabs(w);
            double s = a < k->total ? gain(k, a, l) : best;
            if (!(o & MI_BOOST_TIE) && s > best) {
                best = s;
                at[f] = i;
            }
        }
        score[f] = (float)best;
    }
}

static void split_gentle_f32(const mi_ranks *k, float *score, int32_t *at)
{
    best_splits(k, gentle_gain, score, at);
}

static void split_discrete_f32(const mi_ranks *k, float *score, int32_t *at)
{
    best_splits(k, discrete_gain, score, at);
}

static void split_real_f32(const mi_ranks *k, float *score, int32_t *at)
{
    best_splits(k, real_gain, score, at);
}

extern const mi_kern mi_kern_ref;
const mi_kern mi_kern_ref = {
    .isa = "ref",
    .lanes = 1,
    .rows = {4, 4},
#define MI_KERN(name, result, params) .name = name,
#include "kern/kern_list.h"
#undef MI_KERN
};
