/* kern_pixels.h: kernels of pixels of c channels, and of gradients. */
#ifndef KERN_PIXELS_H
#define KERN_PIXELS_H

#include "kern/conv.h"
#include "tests/kern_plain.h"

KERN_CASE(affine_pixels_f32,
          k->affine_pixels_f32(in->n / in->c, in->c, in->x, in->y, in->apart,
                               out->f),
          .areas = KERN_F, .share = 2e-7, .in_place = 1);

/* Sums are added to what is there. */
static void prepare_sums(const kern_in *in, kern_out *out)
{
    for (int i = 0; i < in->c; i++)
        out->f[i] = 0.25f;
}
KERN_CASE(pixel_sums_f32,
          k->pixel_sums_f32(in->n / in->c, in->c, in->x, out->f),
          .areas = KERN_F, .off = 1e-6, .off_n = 1e-6, .prepare = prepare_sums);
KERN_CASE(pixel_products_f32,
          k->pixel_products_f32(in->n / in->c, in->c, in->x, in->apart, in->y,
                                in->x, out->f),
          .areas = KERN_F, .off = 4e-6, .off_n = 4e-6, .prepare = prepare_sums);

static void call_batch_grad_f32(const mi_kern *k, const kern_in *in,
                                kern_out *out)
{
    const float *const by[4] = {in->apart, in->y, in->wide, in->x};
    k->batch_grad_f32(in->n / in->c, in->c, in->y, in->x, by, out->f);
}
static const kern_case case_batch_grad_f32 = {
    .call = call_batch_grad_f32, .areas = KERN_F, .share = 1e-6, .off = 1e-5};

/* Each activation into a row of its own. */
static void call_act_grad_f32(const mi_kern *k, const kern_in *in,
                              kern_out *out)
{
    static const mi_act acts[] = {{MI_ACT_CLAMP, 0, INFINITY},
                                  {MI_ACT_LEAKY, 0.1f, 0},
                                  {MI_ACT_SIGMOID, 0, 0}};
    for (int i = 0; i < 3; i++)
        k->act_grad_f32(in->n, &acts[i], in->gaps, in->y,
                        out->f + i * out->row);
}
static const kern_case case_act_grad_f32 = {
    .call = call_act_grad_f32, .areas = KERN_F, .off = 1e-6, .per = 3};

/* Convolutions, poolings and products have these inside. */
KERN_WHOLE(conv_tile_f32, "test_conv", "bench_kern");
KERN_WHOLE(depthwise_f32, "test_conv", "bench_kern");
KERN_WHOLE(pool2d_f32, "test_conv", "bench_kern");
KERN_WHOLE(words_row_i16, "test_words", "bench_kern");
KERN_WHOLE(words_tile_i16, "test_words", "bench_kern");
KERN_WHOLE(gemm_columns_f32, "test_gemm", "bench_learn");
KERN_WHOLE(outer_f32, "test_conv_back", "bench_back");
KERN_WHOLE(dots_f32, "test_conv_back", "bench_back");
KERN_WHOLE(depth_data_f32, "test_conv_back", "bench_back");
KERN_WHOLE(pool2d_winner_f32, "test_conv_back", "bench_back");
KERN_WHOLE(pool_back_f32, "test_conv_back", "bench_back");
KERN_WHOLE(winograd_f32, "test_winograd", "bench_back");

#endif
