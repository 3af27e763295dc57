/* kern_plain.h: kernels of one number after another. */
#ifndef KERN_PLAIN_H
#define KERN_PLAIN_H

#include "tests/kern_case.h"

#include <string.h>

/* A kernel's case: its call, and what else is said of it. */
#define KERN_CASE(name, expression, ...)                         \
    static void call_##name(const mi_kern *k, const kern_in *in, \
                            kern_out *out)                       \
    {                                                            \
        expression;                                              \
    }                                                            \
    static const kern_case case_##name = {.call = call_##name, __VA_ARGS__}

/* Sums in another order than ref: n roundings. */
KERN_CASE(dist2_f32, out->f[0] = k->dist2_f32(in->n, in->x, in->y),
          .areas = KERN_F, .share = 1.2e-7, .share_n = 1.2e-7);
/* n numbers in rows of 1 to 70. */
static int kern_row_of(const kern_in *in)
{
    return in->n == KERN_MOST ? 64 : in->n % 70 + 1;
}
KERN_CASE(dist2_rows_f32,
          k->dist2_rows_f32(in->n / kern_row_of(in), kern_row_of(in), in->x,
                            in->y, out->f),
          .areas = KERN_F, .share = 1e-5);
/* No row, no least. */
KERN_CASE(least_rows_f32,
          if (in->n >= kern_row_of(in))
              k->least_rows_f32(in->n / kern_row_of(in), kern_row_of(in), in->x,
                                in->y, out->f),
          .areas = KERN_F);
KERN_CASE(sum_f32, out->f[0] = k->sum_f32(in->n, in->x), .areas = KERN_F,
          .off_n = 1.2e-7);
KERN_CASE(max_f32, out->f[0] = k->max_f32(in->n, in->x), .areas = KERN_F);
KERN_CASE(u8_to_f32, k->u8_to_f32(in->n, in->byte, 0.125f, -1, out->f),
          .areas = KERN_F);

KERN_CASE(add_f32, k->add_f32(in->n, in->x, in->y, out->f), .areas = KERN_F,
          .in_place = 1);
KERN_CASE(sub_f32, k->sub_f32(in->n, in->x, in->y, out->f), .areas = KERN_F,
          .in_place = 1);
KERN_CASE(mul_f32, k->mul_f32(in->n, in->x, in->y, out->f), .areas = KERN_F,
          .in_place = 1);
KERN_CASE(div_f32, k->div_f32(in->n, in->x, in->y, out->f), .areas = KERN_F,
          .in_place = 1);
KERN_CASE(affine_f32, k->affine_f32(in->n, in->x, 0.5f, 3, out->f),
          .areas = KERN_F, .share = 2e-7, .in_place = 1);
KERN_CASE(clamp_f32, k->clamp_f32(in->n, in->x, -0.25f, 0.5f, out->f),
          .areas = KERN_F, .in_place = 1);
KERN_CASE(leaky_f32, k->leaky_f32(in->n, in->x, 0.1f, out->f), .areas = KERN_F,
          .share = 1.2e-7, .in_place = 1);
KERN_CASE(sigmoid_f32, k->sigmoid_f32(in->n, in->wide, out->f), .areas = KERN_F,
          .share = 5e-7);
KERN_CASE(silu_f32, k->silu_f32(in->n, in->wide, out->f), .areas = KERN_F,
          .share = 1e-6);
KERN_CASE(silu_grad_f32, k->silu_grad_f32(in->n, in->wide, in->x, out->f),
          .areas = KERN_F, .off = 1e-6);
KERN_CASE(mix_f32,
          k->mix_f32(in->n, 3, (const float *const[]){in->x, in->y, in->gaps},
                     (const float[]){0.75f, -2, 1}, out->f),
          .areas = KERN_F, .off = 1e-6, .in_place = 1);
KERN_CASE(exp_f32, k->exp_f32(in->n, in->mixed, out->f), .areas = KERN_F,
          .share = 2.5e-7);
KERN_CASE(fma_chains_f32, out->f[0] = k->fma_chains_f32(in->n, 0.5f, 1),
          .areas = KERN_F, .share = 1e-6);

/* A step from weights y with gradient x and moments that fit each other. */
static void prepare_adam(const kern_in *in, kern_out *out)
{
    for (int i = 0; i < in->n; i++) {
        out->f[i] = in->y[i];
        out->f[out->row + i] = in->x[i] * 0.1f;
        out->f[2 * out->row + i] = in->x[i] * in->x[i];
    }
}
static const mi_adam kern_adam = {1e-3f, 0.9f, 0.999f, 1e-7f, 1.5f};
KERN_CASE(adam_f32,
          k->adam_f32(in->n, &kern_adam, in->x, out->f + out->row,
                      out->f + 2 * out->row, out->f),
          .areas = KERN_F, .share = 2.5e-7, .off = 1e-7,
          .prepare = prepare_adam);

#endif
