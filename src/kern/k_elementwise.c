/* k_elementwise.c: one output float for each input.  Included by variant.h. */
#include "kern/vec.h"

#include <stddef.h>

static void u8_to_f32(int n, const uint8_t *src, float scale, float bias,
                      float *dst)
{
    vf a = vsplat(scale), b = vsplat(bias);
    int i = 0;
    for (; i + VN <= n; i += VN)
        vstore(dst + i, vload_u8(src + i) * a + b);
    for (; i < n; i++)
        dst[i] = (float)src[i] * scale + bias;
}

/* A loop over vectors of x and y, and the rest as one part of a vector. */
#define BINARY(name, op)                                                \
    static void name(int n, const float *x, const float *y, float *dst) \
    {                                                                   \
        int i = 0;                                                      \
        for (; i + VN <= n; i += VN)                                    \
            vstore(dst + i, vload(x + i) op vload(y + i));              \
        for (; i < n; i++)                                              \
            dst[i] = x[i] op y[i];                                      \
    }
BINARY(add_f32, +)
BINARY(sub_f32, -)
BINARY(mul_f32, *)
BINARY(div_f32, /)
#undef BINARY

/* The body of a function of n, x and dst: dst = expression in v. */
#define UNARY_BODY(expression)                \
    int i = 0;                                \
    for (; i + VN <= n; i += VN) {            \
        vf v = vload(x + i);                  \
        vstore(dst + i, expression);          \
    }                                         \
    if (i < n) {                              \
        vf v = vload_n(x + i, n - i);         \
        vstore_n(dst + i, expression, n - i); \
    }

static void affine_f32(int n, const float *x, float scale, float bias,
                       float *dst)
{
    vf a = vsplat(scale), b = vsplat(bias);
    UNARY_BODY(v * a + b)
}

static void clamp_f32(int n, const float *x, float lo, float hi, float *dst)
{
    vf a = vsplat(lo), b = vsplat(hi);
    UNARY_BODY(vmin(b, vmax(a, v)))
}

static void leaky_f32(int n, const float *x, float slope, float *dst)
{
    vf a = vsplat(slope), zero = {0};
    UNARY_BODY(vmax(zero, v) + a * vmin(zero, v))
}

static void sigmoid_f32(int n, const float *x, float *dst)
{
    UNARY_BODY(vsigmoid(v))
}

static void silu_f32(int n, const float *x,
                     float *dst){UNARY_BODY(v * vsigmoid(v))}

VFN vf silu_slope(vf x)
{
    vf s = vsigmoid(x);
    return s + x * (s * (1.f - s));
}

static void silu_grad_f32(int n, const float *x, const float *g, float *dst)
{
    int i = 0;
    for (; i + VN <= n; i += VN)
        vstore(dst + i, vload(g + i) * silu_slope(vload(x + i)));
    if (i < n)
        vstore_n(dst + i,
                 vload_n(g + i, n - i) * silu_slope(vload_n(x + i, n - i)),
                 n - i);
}

/* The terms of a vector are summed in their order. */
static void mix_f32(int n, int terms, const float *const *x,
                    const float *weight, float *dst)
{
    int i = 0;
    for (; i + VN <= n; i += VN) {
        vf sum = {0};
        for (int t = 0; t < terms; t++)
            sum += vload(x[t] + i) * weight[t];
        vstore(dst + i, sum);
    }
    if (i < n) {
        vf sum = {0};
        for (int t = 0; t < terms; t++)
            sum += vload_n(x[t] + i, n - i) * weight[t];
        vstore_n(dst + i, sum, n - i);
    }
}

static void exp_f32(int n, const float *x, float *dst) { UNARY_BODY(vexp(v)) }
#undef UNARY_BODY

/* Few channels: VN pixels are c whole vectors, whose scales and biases repeat.
 */
enum { FEW_CHANNELS = 16 };

static int affine_few(int n, int c, const float *x, const float *scale,
                      const float *bias, float *dst)
{
    float s[FEW_CHANNELS * VN], b[FEW_CHANNELS * VN];
    for (int i = 0; i < c * VN; i++) {
        s[i] = scale[i % c];
        b[i] = bias[i % c];
    }
    int p = 0;
    for (; p + VN <= n; p += VN, x += c * VN, dst += c * VN)
        for (int i = 0; i < c * VN; i += VN)
            vstore(dst + i, vload(x + i) * vload(s + i) + vload(b + i));
    return p;
}

static void affine_pixels_f32(int n, int c, const float *x, const float *scale,
                              const float *bias, float *dst)
{
    int p = c <= FEW_CHANNELS ? affine_few(n, c, x, scale, bias, dst) : 0;
    x += (ptrdiff_t)p * c;
    dst += (ptrdiff_t)p * c;
    for (; p < n; p++, x += c, dst += c) {
        int i = 0;
        for (; i + VN <= c; i += VN)
            vstore(dst + i, vload(x + i) * vload(scale + i) + vload(bias + i));
        for (; i < c; i++)
            dst[i] = x[i] * scale[i] + bias[i];
    }
}
