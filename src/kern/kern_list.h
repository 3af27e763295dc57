/* The one list of kernels: MI_KERN(name, result, parameters).
 * The table, the reference, every variant, the test and the bench read it.
 * ref.c says what each means.  Those of MI_KERN_LEARN are wanted by training
 * alone; a page (make web-wasm) does without them. */
#ifndef MI_KERN_LEARN
#define MI_KERN_LEARN MI_KERN
#endif
MI_KERN(dist2_f32, float, (int n, const float *x, const float *y))
MI_KERN(dist2_rows_f32, void,
        (int n, int d, const float *rows, const float *x, float *dst))
MI_KERN(least_rows_f32, void,
        (int n, int c, const float *rows, const float *lift, float *dst))
MI_KERN(sum_f32, float, (int n, const float *x))
MI_KERN(max_f32, float, (int n, const float *x))
MI_KERN(u8_to_f32, void,
        (int n, const uint8_t *src, float scale, float bias, float *dst))
MI_KERN(add_f32, void, (int n, const float *x, const float *y, float *dst))
MI_KERN(sub_f32, void, (int n, const float *x, const float *y, float *dst))
MI_KERN(mul_f32, void, (int n, const float *x, const float *y, float *dst))
MI_KERN(div_f32, void, (int n, const float *x, const float *y, float *dst))
MI_KERN(affine_f32, void,
        (int n, const float *x, float scale, float bias, float *dst))
MI_KERN(affine_pixels_f32, void,
        (int n, int c, const float *x, const float *scale, const float *bias,
         float *dst))
MI_KERN(clamp_f32, void,
        (int n, const float *x, float lo, float hi, float *dst))
MI_KERN(leaky_f32, void, (int n, const float *x, float slope, float *dst))
MI_KERN(sigmoid_f32, void, (int n, const float *x, float *dst))
MI_KERN(silu_f32, void, (int n, const float *x, float *dst))
MI_KERN_LEARN(silu_grad_f32, void,
              (int n, const float *x, const float *g, float *dst))
MI_KERN(mix_f32, void,
        (int n, int terms, const float *const *x, const float *weight,
         float *dst))
MI_KERN(exp_f32, void, (int n, const float *x, float *dst))
MI_KERN(fma_chains_f32, float, (int n, float a, float b))
MI_KERN(conv_tile_f32, void, (const struct mi_tile *t))
MI_KERN(words_row_i16, void, (struct mi_words_row * r))
MI_KERN(words_tile_i16, void, (const struct mi_words_tile *t))
MI_KERN(gemm_columns_f32, void,
        (const struct mi_tile *t, const float *a, ptrdiff_t lda))
MI_KERN_LEARN(adam_f32, void,
              (int n, const struct mi_adam *by, const float *g, float *m,
               float *v, float *w))
MI_KERN(depthwise_f32, void,
        (const struct mi_conv *cv, const struct mi_conv_io *io, int row0,
         int row1))
MI_KERN(pool2d_f32, void,
        (const struct mi_pool2d *p, const struct mi_pool2d_io *io, int row0,
         int row1))
MI_KERN_LEARN(outer_f32, void, (const struct mi_outer *o))
MI_KERN(dots_f32, void, (const struct mi_outer *o))
MI_KERN(pixel_sums_f32, void, (int n, int c, const float *x, float *sum))
MI_KERN(pixel_products_f32, void,
        (int n, int c, const float *x, const float *xmean, const float *y,
         const float *ymean, float *sum))
MI_KERN(batch_grad_f32, void,
        (int n, int c, const float *g, const float *x, const float *const by[4],
         float *dst))
MI_KERN_LEARN(act_grad_f32, void,
              (int n, const struct mi_act *act, const float *y, const float *g,
               float *dst))
MI_KERN(depth_data_f32, void,
        (const struct mi_conv *cv, const struct mi_conv_io *io, int row0,
         int row1))
MI_KERN_LEARN(pool2d_winner_f32, void,
              (const struct mi_pool2d *p, const struct mi_pool2d_io *io,
               uint8_t *winner, int row0, int row1))
MI_KERN_LEARN(pool_back_f32, void,
              (const struct mi_pool2d *p, const struct mi_pool_back_io *io,
               int row0, int row1))
MI_KERN_LEARN(winograd_f32, void,
              (int n, int way, const float *const *from, float *const *to,
               int add))
MI_KERN(standard_f64, void,
        (int n, int p, int ld, const double *x, const double *mean,
         const double *scale, double *z))
MI_KERN(rows_scale_f64, void,
        (int n, int ld, const double *z, const double *d, double *dst))
MI_KERN(rows_dot_f64, void,
        (int n, int ld, const double *z, const double *v, double *dst))
MI_KERN(rows_sum_f64, void,
        (int n, int ld, const double *z, const double *v, double *dst))
MI_KERN(gram_f64, void,
        (int n, int ld, const double *z, const double *wz, double *dst))
MI_KERN(logit_f64, double,
        (int n, const double *eta, const double *signed_w, double *slope,
         double *curve))
MI_KERN(window_norm_f32, unsigned,
        (const struct mi_window_norm *by, const uint32_t *sum,
         const uint32_t *square, float *norm))
MI_KERN(votes_f64, unsigned,
        (const struct mi_votes *v, const struct mi_vote_stage *by,
         const uint32_t *sum, const float *norm, double *votes))
MI_KERN(votes_at_f64, unsigned,
        (const struct mi_votes *v, const struct mi_vote_stage *by,
         const uint32_t *sum, const int32_t *place, const float *norm,
         double *votes))
MI_KERN_LEARN(split_gentle_f32, void,
              (const struct mi_ranks *ranks, float *score, int32_t *at))
MI_KERN_LEARN(split_discrete_f32, void,
              (const struct mi_ranks *ranks, float *score, int32_t *at))
MI_KERN_LEARN(split_real_f32, void,
              (const struct mi_ranks *ranks, float *score, int32_t *at))
MI_KERN(flow_patch_i16, void,
        (const struct mi_flow_place *at, const struct mi_flow_patch *patch,
         int64_t sums[3]))
MI_KERN(flow_step_i16, void,
        (const struct mi_flow_place *at, const struct mi_flow_patch *patch,
         int64_t sums[2]))
MI_KERN(flow_error_i16, int64_t,
        (const struct mi_flow_place *at, const struct mi_flow_patch *patch))
MI_KERN(half_rows_u16, void,
        (int n, const uint8_t *const row[5], uint16_t *dst))
MI_KERN(half_u8, void, (int n, const uint16_t *src, uint8_t *dst))
#undef MI_KERN_LEARN
