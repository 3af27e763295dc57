/* kern_rows.h: kernels of rows of doubles, n numbers in rows of p or ld. */
#ifndef KERN_ROWS_H
#define KERN_ROWS_H

#include "tests/kern_plain.h"

typedef struct kern_shape {
    int p, ld, rows; /* variables; columns with their padding; rows */
} kern_shape;

/* 1 to 47 variables; where many rows are timed, 31. */
static kern_shape kern_shape_of(const kern_in *in)
{
    int p = in->n == KERN_MOST ? 31 : in->n % 47 + 1;
    int ld = (p + MI_ROWS_PAD) / MI_ROWS_PAD * MI_ROWS_PAD;
    return (kern_shape){p, ld, in->n / ld};
}

/* A table that ends where its memory ends: a read past it is seen. */
static double kern_table[KERN_MOST];

static void prepare_standard(const kern_in *in, kern_out *out)
{
    (void)out;
    kern_shape s = kern_shape_of(in);
    int n = s.rows * s.p;
    memcpy(kern_table + KERN_MOST - n, in->d, (size_t)n * sizeof *in->d);
}
static void call_standard_f64(const mi_kern *k, const kern_in *in,
                              kern_out *out)
{
    kern_shape s = kern_shape_of(in);
    double mean[48] = {0}, scale[48] = {0};
    for (int j = 0; j < s.p; j++)
        mean[j] = in->d[2 * j], scale[j] = in->d[2 * j + 1];
    mean[s.p] = -1, scale[s.p] = 1; /* the column of ones */
    k->standard_f64(s.rows, s.p, s.ld, kern_table + KERN_MOST - s.rows * s.p,
                    mean, scale, out->d);
}
static const kern_case case_standard_f64 = {.call = call_standard_f64,
                                            .prepare = prepare_standard,
                                            .areas = KERN_D,
                                            .share = 1e-13,
                                            .off = 1e-13};

#define KERN_ROWS_CASE(name, ...)                                      \
    static void call_##name(const mi_kern *k, const kern_in *in,       \
                            kern_out *out)                             \
    {                                                                  \
        kern_shape s = kern_shape_of(in);                              \
        k->name(s.rows, s.ld, in->d, __VA_ARGS__, out->d);             \
    }                                                                  \
    static const kern_case case_##name = {.call = call_##name,         \
                                          .prepare = prepare_row_sums, \
                                          .areas = KERN_D,             \
                                          .share = 1e-13,              \
                                          .off = 1e-13}

/* Sums are added to what is there; a square is right on and above its diagonal,
 * and may be written below. */
static void prepare_row_sums(const kern_in *in, kern_out *out)
{
    kern_shape s = kern_shape_of(in);
    memset(out->d, 0, (size_t)(s.ld * s.ld) * sizeof *out->d);
}
KERN_ROWS_CASE(rows_scale_f64, in->d + 7);
KERN_ROWS_CASE(rows_dot_f64, in->d + 7);
KERN_ROWS_CASE(rows_sum_f64, in->d + 7);

static void call_gram_f64(const mi_kern *k, const kern_in *in, kern_out *out)
{
    kern_shape s = kern_shape_of(in);
    k->gram_f64(s.rows, s.ld, in->d, in->d + 1, out->d);
    for (int i = 0; i < s.ld; i++) /* below the diagonal all is one */
        memset(out->d + i * s.ld, 0, (size_t)i * sizeof *out->d);
}
static const kern_case case_gram_f64 = {.call = call_gram_f64,
                                        .prepare = prepare_row_sums,
                                        .areas = KERN_D,
                                        .share = 1e-13,
                                        .off = 1e-13};

/* Predictors up to 800, weights of both signs and of none. */
static double kern_eta[KERN_MOST], kern_weight[KERN_MOST];

static void prepare_logit(const kern_in *in, kern_out *out)
{
    (void)out;
    for (int i = 0; i < in->n; i++) {
        double e = in->d[i];
        kern_eta[i] = i % 3 == 0 ? e * 800 : i % 3 == 1 ? e * 30 : e;
        kern_weight[i] = i % 5 ? 3 * in->d[in->n - 1 - i] : i % 2 ? 0. : -0.;
    }
}
static void call_logit_f64(const mi_kern *k, const kern_in *in, kern_out *out)
{
    double *slope = out->d + 1, *curve = slope + in->n + 1;
    out->d[0] = k->logit_f64(in->n, kern_eta, kern_weight, slope, curve);
}
static const kern_case case_logit_f64 = {.call = call_logit_f64,
                                         .prepare = prepare_logit,
                                         .areas = KERN_D,
                                         .share = 1e-14,
                                         .off = 1e-300,
                                         .timed = KERN_MOST / 2 - 2};

#endif
