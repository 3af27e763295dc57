/* bench_kern: times the kernels of each instruction set on one core.
 *
 *   bench_kern [isa] [part of a row's name]
 *
 * Every row is measured in turns with the core's multiply-add peak, both as
 * the best of several rounds, since noise only ever adds time; compare the
 * shares of the peak, not the figures, between runs. */
#include "base/alloc.h"
#include "bench/kern_time.h"
#include "kern/boost.h"
#include "kern/conv.h"
#include "kern/flow.h"
#include "kern/kern.h"
#include "kern/tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4096 };

/* ---- elementwise ------------------------------------------------------ */

static float fx[N], fy[N], fz[N];
static uint8_t bytes[N];

static void run_dist2_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    sink = kern->dist2_f32(N, fx, fy);
}
static void run_sum_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    sink = kern->sum_f32(N, fx);
}
static void run_max_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    sink = kern->max_f32(N, fx);
}
static void run_u8_to_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->u8_to_f32(N, bytes, 1 / 127.5f, -1, fz);
}
static void run_add_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->add_f32(N, fx, fy, fz);
}
static void run_sub_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->sub_f32(N, fx, fy, fz);
}
static void run_mul_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->mul_f32(N, fx, fy, fz);
}
static void run_div_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->div_f32(N, fx, fy, fz);
}
static void run_affine_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->affine_f32(N, fx, 2, 3, fz);
}
static void run_affine_pixels_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->affine_pixels_f32(N / 32, 32, fx, fy, fy, fz);
}
static void run_clamp_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->clamp_f32(N, fx, 0, 6, fz);
}
static void run_leaky_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->leaky_f32(N, fx, 0.1f, fz);
}
static void run_sigmoid_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->sigmoid_f32(N, fx, fz);
}
static void run_gemm_columns_f32(const mi_kern *kern, void *arg)
{
    mi_tile t = {.rows = 8,
                 .taps = 1,
                 .run = 32,
                 .w = fx,
                 .oc = 16,
                 .y = fz,
                 .y_stride = 16};
    (void)arg;
    kern->gemm_columns_f32(&t, fy, 8);
}
static void run_adam_f32(const mi_kern *kern, void *arg)
{
    const mi_adam by = {1e-3f, 0.9f, 0.999f, 1e-7f, 1};
    (void)arg;
    kern->adam_f32(N / 4, &by, fx, fz, fz + N / 4, fz + N / 2);
}
static void run_exp_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->exp_f32(N, fx, fz);
}
static void run_fma_chains_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    sink = kern->fma_chains_f32(N, 0.5f, 1);
}
static void run_pixel_sums_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->pixel_sums_f32(N / 32, 32, fx, fz);
}
static void run_pixel_products_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->pixel_products_f32(N / 32, 32, fx, fx, fy, fy, fz);
}
static void run_batch_grad_f32(const mi_kern *kern, void *arg)
{
    (void)arg;
    const float *const by[4] = {fx, fy, fx, fy};
    kern->batch_grad_f32(N / 32, 32, fx, fy, by, fz);
}
static void run_act_grad_f32(const mi_kern *kern, void *arg)
{
    const mi_act relu = {MI_ACT_CLAMP, 0, 1e30f};
    (void)arg;
    kern->act_grad_f32(N, &relu, fx, fy, fz);
}
/* Timed by bench_back, by layers. */
#define run_outer_f32 NULL
#define run_dots_f32 NULL
#define run_depth_data_f32 NULL
#define run_pool2d_winner_f32 NULL
#define run_pool_back_f32 NULL
/* Timed below, by layers. */
#define run_conv_tile_f32 NULL
#define run_depthwise_f32 NULL
#define run_pool2d_f32 NULL
/* Timed by bench_logistic, whole. */
#define run_standard_f64 NULL
#define run_rows_scale_f64 NULL
#define run_rows_dot_f64 NULL
#define run_rows_sum_f64 NULL
#define run_gram_f64 NULL
#define run_logit_f64 NULL

/* Windows through cascades are timed whole. */
#define run_window_norm_f32 NULL
#define run_votes_f64 NULL
#define run_votes_at_f64 NULL

/* 16 features of N / 16 samples: an element is a value looked at. */
static uint16_t split_order[N];
static int32_t split_weight[N / MI_BOOST_LANES];
static const mi_ranks split_ranks = {N / MI_BOOST_LANES, split_order,
                                     split_weight, N / MI_BOOST_LANES, 0};

#define RUN_SPLIT(name)                                 \
    static void run_##name(const mi_kern *k, void *arg) \
    {                                                   \
        (void)arg;                                      \
        float score[MI_BOOST_LANES];                    \
        int32_t at[MI_BOOST_LANES];                     \
        k->name(&split_ranks, score, at);               \
        sink = score[0];                                \
    }
RUN_SPLIT(split_gentle_f32)
RUN_SPLIT(split_discrete_f32)
RUN_SPLIT(split_real_f32)

/* As many windows of 21 x 21 as make N pixels, and rows of N pixels. */
enum { WINDOW = 21, WINDOW_STRIDE = 64, WINDOWS = N / (WINDOW * WINDOW) };
static int16_t flow_memory[3][WINDOW * MI_FLOW_LANES];
static const mi_flow_patch flow_patch = {WINDOW,         WINDOW,
                                         MI_FLOW_LANES,  flow_memory[0],
                                         flow_memory[1], flow_memory[2]};
static const mi_flow_place flow_place = {bytes + WINDOW_STRIDE + 1,
                                         WINDOW_STRIDE,
                                         {4096, 4096, 4096, 4096},
                                         -99,
                                         99,
                                         -99,
                                         99};

static void run_flow_patch_i16(const mi_kern *kern, void *arg)
{
    (void)arg;
    int64_t sums[3];
    for (int i = 0; i < WINDOWS; i++)
        kern->flow_patch_i16(&flow_place, &flow_patch, sums);
    sink = (float)sums[0];
}
static void run_flow_step_i16(const mi_kern *kern, void *arg)
{
    (void)arg;
    int64_t sums[2];
    for (int i = 0; i < WINDOWS; i++)
        kern->flow_step_i16(&flow_place, &flow_patch, sums);
    sink = (float)sums[0];
}
static void run_flow_error_i16(const mi_kern *kern, void *arg)
{
    (void)arg;
    for (int i = 0; i < WINDOWS; i++)
        sink = (float)kern->flow_error_i16(&flow_place, &flow_patch);
}

static uint16_t rows_u16[N + 8];
static uint8_t halved[N];

static void run_half_rows_u16(const mi_kern *kern, void *arg)
{
    const uint8_t *const rows[5] = {bytes, bytes, bytes, bytes, bytes};
    (void)arg;
    kern->half_rows_u16(N, rows, rows_u16);
}
static void run_half_u8(const mi_kern *kern, void *arg)
{
    (void)arg;
    kern->half_u8(N / 2, rows_u16 + 2, halved);
}

/* ---- layers ----------------------------------------------------------- */

typedef struct layer {
    const char *name;
    int h, w, c, oc, side, stride, same;
    int kind; /* 0: convolution, 1: depthwise, 2: maximum, 3: average */
} layer;

static const layer layers[] = {
    {"gemm 512", 512, 1, 512, 512, 1, 1, 0, 0},
    {"gemm 1024", 1024, 1, 1024, 1024, 1, 1, 0, 0},
    {"dense 256-128", 1, 1, 256, 128, 1, 1, 0, 0},
    {"dense 2048-1024", 1, 1, 2048, 1024, 1, 1, 0, 0},
    {"recog 7x7s2 150 3-32", 150, 150, 3, 32, 7, 2, 0, 0},
    {"recog max 3x3s2 72", 72, 72, 32, 32, 3, 2, 0, 2},
    {"recog 3x3 35 32-32", 35, 35, 32, 32, 3, 1, 1, 0},
    {"recog 3x3s2 35 32-64", 35, 35, 32, 64, 3, 2, 0, 0},
    {"recog 3x3 17 64-64", 17, 17, 64, 64, 3, 1, 1, 0},
    {"recog 3x3s2 17 64-128", 17, 17, 64, 128, 3, 2, 0, 0},
    {"recog 3x3 8 128-128", 8, 8, 128, 128, 3, 1, 1, 0},
    {"recog 3x3 4 256-256", 4, 4, 256, 256, 3, 1, 1, 0},
    {"ssd 3x3s2 512 3-32", 512, 512, 3, 32, 3, 2, 1, 0},
    {"ssd dw 256 32", 256, 256, 32, 32, 3, 1, 1, 1},
    {"ssd pw 256 32-64", 256, 256, 32, 64, 1, 1, 1, 0},
    {"ssd dw s2 256 64", 256, 256, 64, 64, 3, 2, 1, 1},
    {"ssd pw 128 64-128", 128, 128, 64, 128, 1, 1, 1, 0},
    {"ssd dw 128 128", 128, 128, 128, 128, 3, 1, 1, 1},
    {"ssd pw 128 128-128", 128, 128, 128, 128, 1, 1, 1, 0},
    {"ssd dw s2 128 128", 128, 128, 128, 128, 3, 2, 1, 1},
    {"ssd pw 64 128-256", 64, 64, 128, 256, 1, 1, 1, 0},
    {"ssd dw 64 256", 64, 64, 256, 256, 3, 1, 1, 1},
    {"ssd pw 64 256-256", 64, 64, 256, 256, 1, 1, 1, 0},
    {"ssd dw 32 512", 32, 32, 512, 512, 3, 1, 1, 1},
    {"ssd pw 32 512-512", 32, 32, 512, 512, 1, 1, 1, 0},
    {"ssd dw 16 1024", 16, 16, 1024, 1024, 3, 1, 1, 1},
    {"ssd pw 16 1024-1024", 16, 16, 1024, 1024, 1, 1, 1, 0},
    {"ssd head 32 512-12", 32, 32, 512, 12, 1, 1, 1, 0},
    {"ssd head 32 512-9", 32, 32, 512, 9, 1, 1, 1, 0},
    {"yunet 3x3s2 640 3-16", 640, 640, 3, 16, 3, 2, 1, 0},
    {"yunet pw 160 16-16", 160, 160, 16, 16, 1, 1, 1, 0},
    {"yunet dw 160 16", 160, 160, 16, 16, 3, 1, 1, 1},
    {"yunet pw 160 16-64", 160, 160, 16, 64, 1, 1, 1, 0},
    {"yunet dw 80 64", 80, 80, 64, 64, 3, 1, 1, 1},
    {"yunet pw 80 64-64", 80, 80, 64, 64, 1, 1, 1, 0},
    {"yunet pw 40 64-64", 40, 40, 64, 64, 1, 1, 1, 0},
    {"yunet dw 40 64", 40, 40, 64, 64, 3, 1, 1, 1},
    {"yunet max 2x2s2 160 64", 160, 160, 64, 64, 2, 2, 0, 2},
    {"yunet head 80 64-1", 80, 80, 64, 1, 1, 1, 1, 0},
    {"yunet head 80 64-4", 80, 80, 64, 4, 1, 1, 1, 0},
    {"yunet head 80 64-10", 80, 80, 64, 10, 1, 1, 1, 0},
    {"yunet dw 80 4", 80, 80, 4, 4, 3, 1, 1, 1},
    {"tiny dw 104 16", 104, 104, 16, 16, 3, 1, 1, 1},
    {"tiny pw 104 16-32", 104, 104, 16, 32, 1, 1, 1, 0},
    {"average 2x2s2 35 32", 35, 35, 32, 32, 2, 2, 0, 3},
};

typedef struct layer_job {
    mi_conv cv;
    mi_conv_io io;
    mi_pool2d pool;
    const layer *l;
    float *packed, *x, *y;
    void *scratch;
} layer_job;

static void run_layer(const mi_kern *kern, void *arg)
{
    layer_job *j = arg;
    if (j->l->kind >= 2) {
        int n = mi_pool2d_tasks(kern, &j->pool);
        for (int i = 0; i < n; i++)
            mi_pool2d_run(kern, &j->pool, j->x, j->l->c, j->y, j->l->c, i);
        return;
    }
    int n = mi_conv_tasks(kern, &j->cv);
    for (int i = 0; i < n; i++)
        mi_conv_run(kern, &j->cv, &j->io, i, j->scratch);
}

static void layer_init(layer_job *j, const mi_kern *kern, const layer *l)
{
    int pad = l->same ? (l->side - 1) / 2 : 0;
    int oh = (l->h + 2 * pad - l->side) / l->stride + 1;
    int ow = (l->w + 2 * pad - l->side) / l->stride + 1;
    *j = (layer_job){.l = l};
    j->cv = (mi_conv){.h = l->h,
                      .w = l->w,
                      .c = l->c,
                      .oh = oh,
                      .ow = ow,
                      .oc = l->oc,
                      .kh = l->side,
                      .kw = l->side,
                      .sy = l->stride,
                      .sx = l->stride,
                      .dy = 1,
                      .dx = 1,
                      .top = pad,
                      .left = pad,
                      .depthwise = l->kind == 1,
                      .act = {MI_ACT_CLAMP, 0, 6}};
    j->pool = (mi_pool2d){.h = l->h,
                          .w = l->w,
                          .c = l->c,
                          .oh = oh,
                          .ow = ow,
                          .kh = l->side,
                          .kw = l->side,
                          .sy = l->stride,
                          .sx = l->stride,
                          .average = l->kind == 3};
    j->x = numbers((size_t)(l->h * l->w) * (size_t)l->c);
    j->y = numbers((size_t)(oh * ow) * (size_t)l->oc);
    if (l->kind >= 2)
        return;
    size_t taps = (size_t)(l->side * l->side);
    size_t inputs = taps * (size_t)(j->cv.depthwise ? 1 : l->c);
    float *w = numbers(inputs * (size_t)l->oc);
    j->packed = numbers(mi_conv_packed_len(kern, &j->cv));
    mi_conv_pack(kern, &j->cv, w, NULL, j->packed);
    mi_free(w);
    j->scratch = mi_alloc(mi_conv_scratch(kern, &j->cv) + 1, 1);
    j->io = (mi_conv_io){.x = j->x,
                         .x_stride = l->c,
                         .packed = j->packed,
                         .y = j->y,
                         .y_stride = l->oc};
}

static void layer_done(layer_job *j)
{
    mi_free(j->x);
    mi_free(j->y);
    mi_free(j->packed);
    mi_free(j->scratch);
}

static void layer_row(const mi_kern *kern, const layer *l)
{
    layer_job j;
    layer_init(&j, kern, l);
    best b = measure(run_layer, kern, &j);
    double outputs = (double)j.cv.oh * j.cv.ow * l->oc;
    double terms = (double)l->side * l->side * (l->kind ? 1 : l->c);
    double bytes_moved = 4 * (outputs + (double)l->h * l->w * l->c);
    double rate = 2 * outputs * terms / b.job * 1e-9;
    printf("%-7s %-24s %9.1f us", kern->isa, l->name, b.job * 1e6);
    if (l->kind < 2)
        printf(" %7.1f GFLOP/s %3.0f %% of %.0f", rate, 100 * rate / b.peak,
               b.peak);
    printf("  %5.1f GB/s\n", bytes_moved / b.job * 1e-9);
    fflush(stdout);
    layer_done(&j);
}

/* A depthwise and a pointwise layer, one by one and as a pair. */
typedef struct pair_job {
    layer_job a, b;
    mi_pair pair;
    mi_pair_io io;
    void *scratch;
} pair_job;

static void run_both(const mi_kern *kern, void *arg)
{
    pair_job *j = arg;
    run_layer(kern, &j->a);
    run_layer(kern, &j->b);
}

static void run_pair(const mi_kern *kern, void *arg)
{
    pair_job *j = arg;
    int n = mi_pair_tasks(kern, &j->pair);
    for (int i = 0; i < n; i++)
        mi_pair_run(kern, &j->pair, &j->io, i, j->scratch);
}

static void pair_row(const mi_kern *kern, const char *first, const char *second)
{
    pair_job j;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        if (strcmp(layers[i].name, first) == 0)
            layer_init(&j.a, kern, &layers[i]);
        if (strcmp(layers[i].name, second) == 0)
            layer_init(&j.b, kern, &layers[i]);
    }
    j.b.io.x = j.a.y;
    j.pair = (mi_pair){j.a.cv, j.b.cv};
    j.io = (mi_pair_io){.x = j.a.x,
                        .x_stride = j.a.l->c,
                        .first = j.a.packed,
                        .second = j.b.packed,
                        .y = j.b.y,
                        .y_stride = j.b.l->oc};
    j.scratch = mi_alloc(mi_pair_scratch(kern, &j.pair), 1);
    double apart = measure(run_both, kern, &j).job;
    double together = measure(run_pair, kern, &j).job;
    printf("%-7s %-20s + %-20s %9.1f us one by one, %9.1f as a pair, %s\n",
           kern->isa, first, second, apart * 1e6, together * 1e6,
           mi_pair_pays(kern, &j.pair) ? "pays" : "does not pay");
    mi_free(j.scratch);
    layer_done(&j.a);
    layer_done(&j.b);
}

static const char *const pairs[][2] = {
    {"ssd dw 256 32", "ssd pw 256 32-64"},
    {"ssd dw s2 256 64", "ssd pw 128 64-128"},
    {"ssd dw 128 128", "ssd pw 128 128-128"},
    {"ssd dw s2 128 128", "ssd pw 64 128-256"},
    {"ssd dw 64 256", "ssd pw 64 256-256"},
    {"ssd dw 32 512", "ssd pw 32 512-512"},
    {"tiny dw 104 16", "tiny pw 104 16-32"},
};

static void kernel_row(const mi_kern *kern, const char *name, job *run)
{
    if (run)
        printf("%-7s %-24s %9.3f ns/element\n", kern->isa, name,
               measure(run, kern, NULL).job * 1e9 / N);
}

int main(int argc, char **argv)
{
    const char *isa = argc > 1 ? argv[1] : "", *part = argc > 2 ? argv[2] : "";
    pin_here();
    for (int i = 0; i < N; i++)
        fx[i] = (float)i / N - 0.5f, fy[i] = (float)(N - i) / N;
    for (int i = 0; i < N; i++) {
        split_order[i] =
            (uint16_t)((i / MI_BOOST_LANES + i * 37) % (N / MI_BOOST_LANES));
        split_weight[i / MI_BOOST_LANES] = i / MI_BOOST_LANES % 2 ? 1 : -1;
    }
    const mi_kern *kern;
    for (int v = 1; (kern = mi_kern_at(v)); v++) {
        if (*isa && strcmp(isa, kern->isa))
            continue;
#define MI_KERN(name, result, params) \
    if (strstr(#name, part))          \
        kernel_row(kern, #name, run_##name);
#include "kern/kern_list.h"
#undef MI_KERN
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            if (strstr(layers[i].name, part))
                layer_row(kern, &layers[i]);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (strstr(pairs[i][0], part) || strcmp(part, "pair") == 0)
                pair_row(kern, pairs[i][0], pairs[i][1]);
    }
    return 0;
}
