/* bench_back: layers forward, and backward to their inputs and weights, on one
 * core, as shares of its multiply-add peak.
 *
 *   bench_back [isa] [part of a row's name]
 *
 * Where a convolution goes by squares (kern/winograd.h), that is a second row,
 * whose GFLOP count what the window would need. */
#include "bench/kern_time.h"
#include "kern/back.h"
#include "kern/winograd.h"

#include <stdio.h>
#include <string.h>

enum { IMAGES = 16 };

typedef struct layer {
    const char *name;
    int side, c, oc, kernel, stride, pad, depthwise;
} layer;

/* Of the networks of articles 4, 6 and 10. */
static const layer layers[] = {
    {"align 5x5 160 3-16", 160, 3, 16, 5, 1, 0, 0},
    {"align 3x3 78 16-48", 78, 16, 48, 3, 1, 0, 0},
    {"align 3x3 38 48-64", 38, 48, 64, 3, 1, 0, 0},
    {"align 2x2 18 64-64", 18, 64, 64, 2, 1, 0, 0},
    {"emotion 3x3 48 1-32", 48, 1, 32, 3, 1, 1, 0},
    {"emotion 3x3 24 32-64", 24, 32, 64, 3, 1, 1, 0},
    {"emotion 3x3 12 64-96", 12, 64, 96, 3, 1, 1, 0},
    {"vae 3x3s2 128 3-32", 128, 3, 32, 3, 2, 1, 0},
    {"vae 3x3s2 64 32-64", 64, 32, 64, 3, 2, 1, 0},
    {"vae 3x3s2 32 64-128", 32, 64, 128, 3, 2, 1, 0},
    {"vae 3x3s2 16 128-256", 16, 128, 256, 3, 2, 1, 0},
    {"vae_up 3x3 16 96", 16, 96, 96, 3, 1, 1, 0},
    {"vae_up 3x3 8 160", 8, 160, 160, 3, 1, 1, 0},
    {"dw 3x3 56 64", 56, 64, 64, 3, 1, 1, 1},
    {"dw 3x3s2 56 64", 56, 64, 64, 3, 2, 1, 1}};

typedef struct back_job {
    mi_conv cv;
    mi_conv_source at;
    size_t x_len, y_len;
    float *x, *y, *w, *forward, *turned, *sums;
    void *scratch;
} back_job;

static void run_forward(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    mi_conv_pack_from(kern, &j->cv, &j->at, NULL, j->forward);
    for (size_t n = 0; n < IMAGES; n++) {
        mi_conv_io io = {.x = j->x + n * j->x_len,
                         .x_stride = j->cv.c,
                         .packed = j->forward,
                         .y = j->y + n * j->y_len,
                         .y_stride = j->cv.oc};
        for (int i = mi_conv_tasks(kern, &j->cv) - 1; i >= 0; i--)
            mi_conv_run(kern, &j->cv, &io, i, j->scratch);
    }
}

static void run_data(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    if (!j->cv.depthwise)
        mi_conv_data_pack(kern, &j->cv, &j->at, NULL, j->turned);
    for (size_t n = 0; n < IMAGES; n++) {
        mi_conv_io io = {.x = j->y + n * j->y_len,
                         .x_stride = j->cv.oc,
                         .packed = j->turned,
                         .y = j->x + n * j->x_len,
                         .y_stride = j->cv.c};
        int tasks = j->cv.depthwise ? mi_depth_data_tasks(kern, &j->cv)
                                    : mi_conv_data_tasks(kern, &j->cv);
        for (int i = 0; i < tasks; i++)
            if (j->cv.depthwise)
                mi_depth_data_run(kern, &j->cv, &io, i);
            else
                mi_conv_data_run(kern, &j->cv, &io, i, j->scratch);
    }
}

static void run_weights(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    const mi_conv_batch b = {IMAGES, j->x, j->y, j->cv.c, j->cv.oc, NULL, NULL};
    const mi_conv_grads to = {j->at, j->w, NULL, 0, 0};
    for (int i = mi_conv_weights_tasks(kern, &j->cv, IMAGES) - 1; i >= 0; i--)
        mi_conv_weights_run(kern, &j->cv, &b, i, j->sums, NULL);
    mi_conv_weights_sum(kern, &j->cv,
                        mi_conv_weights_parts(kern, &j->cv, IMAGES), j->sums,
                        &to);
}

/* ---- by squares ------------------------------------------------------------
 */

static void run_squares_by(const mi_kern *kern, back_job *j,
                           const mi_winograd *w, const float *from, float *to)
{
    const mi_winograd_io io = {IMAGES, from, j->forward, to, 0};
    for (int i = mi_winograd_pack_tasks(kern, w) - 1; i >= 0; i--)
        mi_winograd_pack(kern, w, &j->at, NULL, i, j->forward);
    for (int i = mi_winograd_tasks(w, IMAGES) - 1; i >= 0; i--)
        mi_winograd_run(kern, w, &io, i, j->scratch);
}

static void run_squares(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    const mi_winograd w = mi_winograd_of(&j->cv, 0);
    run_squares_by(kern, j, &w, j->x, j->y);
}

static void run_squares_data(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    const mi_winograd w = mi_winograd_of(&j->cv, 0);
    const mi_winograd back = mi_winograd_back(&w);
    run_squares_by(kern, j, &back, j->y, j->x);
}

static void run_squares_weights(const mi_kern *kern, void *arg)
{
    back_job *j = arg;
    const mi_winograd w = mi_winograd_of(&j->cv, 0);
    const mi_conv_batch b = {IMAGES, j->x, j->y, j->cv.c, j->cv.oc, NULL, NULL};
    const mi_conv_grads to = {j->at, j->w, NULL, 0, 0};
    int parts = mi_winograd_parts(kern, &w, IMAGES);
    for (int i = mi_winograd_products_tasks(kern, &w, IMAGES) - 1; i >= 0; i--)
        mi_winograd_products(kern, &w, &b, i, j->sums, j->scratch);
    for (int i = mi_winograd_sum_tasks(kern, &w) - 1; i >= 0; i--)
        mi_winograd_sum(kern, &w, parts, j->sums, &to, i);
}

/* Room for what squares need in place of the window's. */
static void squares_init(back_job *j, const mi_kern *kern)
{
    const mi_winograd w = mi_winograd_of(&j->cv, 0);
    const mi_winograd back = mi_winograd_back(&w);
    size_t down = mi_winograd_packed_len(kern, &w);
    size_t up = mi_winograd_packed_len(kern, &back);
    const size_t bytes[3] = {mi_winograd_scratch(&w),
                             mi_winograd_scratch(&back),
                             mi_winograd_products_scratch(&w)};
    size_t most = 0;
    for (int i = 0; i < 3; i++)
        most = bytes[i] > most ? bytes[i] : most;
    mi_free(j->forward);
    mi_free(j->sums);
    mi_free(j->scratch);
    j->forward = numbers(down > up ? down : up);
    j->sums = numbers((size_t)mi_winograd_parts(kern, &w, IMAGES) *
                      mi_winograd_len(kern, &w));
    j->scratch = numbers(most / sizeof(float));
}

/* ---- rows ------------------------------------------------------------------
 */

static void job_init(back_job *j, const mi_kern *kern, const layer *l)
{
    int out = (l->side + 2 * l->pad - l->kernel) / l->stride + 1;
    int taps = l->kernel * l->kernel, in = l->depthwise ? 1 : l->c;
    *j = (back_job){.cv = {.h = l->side, .w = l->side, .c = l->c, .oc = l->oc}};
    mi_conv *cv = &j->cv;
    cv->oh = cv->ow = out;
    cv->kh = cv->kw = l->kernel, cv->sy = cv->sx = l->stride;
    cv->dy = cv->dx = 1, cv->top = cv->left = l->pad;
    cv->depthwise = l->depthwise;
    j->x_len = (size_t)(l->side * l->side) * (size_t)l->c;
    j->y_len = (size_t)(out * out) * (size_t)l->oc;
    j->x = numbers(IMAGES * j->x_len);
    j->y = numbers(IMAGES * j->y_len);
    j->w = numbers((size_t)(l->oc * in * taps));
    j->at = (mi_conv_source){j->w, in * taps, taps, l->kernel, 1};
    j->forward = numbers(mi_conv_packed_len(kern, cv));
    j->turned = numbers(l->depthwise ? (size_t)(taps * l->c)
                                     : mi_conv_data_packed_len(kern, cv));
    j->sums = numbers((size_t)mi_conv_weights_parts(kern, cv, IMAGES) *
                      mi_conv_weights_len(kern, cv));
    j->scratch = numbers((mi_conv_scratch(kern, cv) +
                          (l->depthwise ? 0 : mi_conv_data_scratch(kern, cv))) /
                             4 +
                         16);
}

static void job_done(back_job *j)
{
    float *const all[] = {j->x,      j->y,    j->w,      j->forward,
                          j->turned, j->sums, j->scratch};
    for (int i = 0; i < 7; i++)
        mi_free(all[i]);
}

/* A row: three ways, as shares of the peak. */
static void ways_row(const mi_kern *kern, const char *name, back_job *j,
                     job *const jobs[3])
{
    static const char *const names[] = {"forward", "to input", "to weights"};
    const mi_conv *cv = &j->cv;
    double flops = 2e-9 * IMAGES * (double)j->y_len * cv->kh * cv->kw *
                   (cv->depthwise ? 1 : cv->c);
    printf("%-7s %-22s", kern->isa, name);
    for (int i = 0; i < 3; i++) {
        best b = measure(jobs[i], kern, j);
        printf("  %s %6.1f GFLOP/s %3.0f %%", names[i], flops / b.job,
               100 * flops / b.job / b.peak);
    }
    printf("\n");
    fflush(stdout);
}

static void layer_row(const mi_kern *kern, const layer *l)
{
    static job *const window[] = {run_forward, run_data, run_weights};
    static job *const squares[] = {run_squares, run_squares_data,
                                   run_squares_weights};
    back_job j;
    job_init(&j, kern, l);
    ways_row(kern, l->name, &j, window);
    if (mi_winograd_pays(&j.cv)) {
        squares_init(&j, kern);
        ways_row(kern, "  by squares", &j, squares);
    }
    job_done(&j);
}

/* Maxima of 2x2, their winners and their gradients: nanoseconds an input. */
typedef struct pool_job {
    mi_pool2d pool;
    float *x, *y;
    uint8_t *winner;
} pool_job;

static void run_winner(const mi_kern *kern, void *arg)
{
    pool_job *j = arg;
    for (int i = mi_pool2d_tasks(kern, &j->pool) - 1; i >= 0; i--)
        mi_pool_winner_run(kern, &j->pool, j->x, j->y, j->winner, i);
}

static void run_pool_back(const mi_kern *kern, void *arg)
{
    pool_job *j = arg;
    const mi_pool_back_io io = {j->y, j->winner, j->x, 0};
    for (int i = mi_pool_back_tasks(kern, &j->pool) - 1; i >= 0; i--)
        mi_pool_back_run(kern, &j->pool, &io, i);
}

static void pool_row(const mi_kern *kern)
{
    pool_job j = {{.h = 76,
                   .w = 76,
                   .c = 48,
                   .oh = 38,
                   .ow = 38,
                   .kh = 2,
                   .kw = 2,
                   .sy = 2,
                   .sx = 2},
                  numbers(76 * 76 * 48),
                  numbers(38 * 38 * 48),
                  (uint8_t *)numbers(38 * 38 * 12)};
    double n = 76 * 76 * 48;
    run_winner(kern, &j);
    printf("%-7s max 2x2 76 48: winners %.3f ns, backward %.3f ns an input\n",
           kern->isa, measure(run_winner, kern, &j).job * 1e9 / n,
           measure(run_pool_back, kern, &j).job * 1e9 / n);
    mi_free(j.x);
    mi_free(j.y);
    mi_free(j.winner);
}

int main(int argc, char **argv)
{
    const char *isa = argc > 1 ? argv[1] : "", *part = argc > 2 ? argv[2] : "";
    const mi_kern *kern;
    pin_here();
    for (int v = 1; (kern = mi_kern_at(v)); v++) {
        if (*isa && strcmp(isa, kern->isa))
            continue;
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            if (strstr(layers[i].name, part))
                layer_row(kern, &layers[i]);
        if (strstr("max", part))
            pool_row(kern);
    }
    return 0;
}
