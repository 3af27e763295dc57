/* bench_kern: times the kernels of each instruction set on one core.
 *
 *   bench_kern [isa] [part of a row's name]
 *
 * Every row is measured in turns with the core's multiply-add peak, both as
 * the best of several rounds, since noise only ever adds time; compare the
 * shares of the peak, not the figures, between runs. */
#include "base/alloc.h"
#include "bench/kern_time.h"
#include "kern/conv.h"
#include "kern/kern.h"
#include "kern/tile.h"
#include "tests/kern_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

typedef struct kernel_job {
    const kern_case *of;
    kern_in in;
    kern_out out;
} kernel_job;

static void run_kernel(const mi_kern *kern, void *arg)
{
    kernel_job *j = arg;
    j->of->call(kern, &j->in, &j->out);
}

/* A kernel's one call, as test_kern compares it with ref. */
static void kernel_row(const mi_kern *kern, const char *name,
                       const kern_case *of)
{
    static float f[3 * KERN_MOST + 2];
    static double d[KERN_MOST];
    static _Alignas(8) uint8_t b[KERN_BYTES];
    if (of->test)
        return; /* by layers, below or by the bench that it names */
    kernel_job j = {of, kern_in_make(), {f + 1, KERN_MOST, d, b}};
    j.in.n = of->timed ? of->timed : KERN_MOST;
    j.in.c = 32;
    if (of->prepare)
        of->prepare(&j.in, &j.out);
    double elements = (double)j.in.n * (of->per ? of->per : 1);
    printf("%-7s %-24s %9.3f ns/element\n", kern->isa, name,
           measure(run_kernel, kern, &j).job * 1e9 / elements);
}

int main(int argc, char **argv)
{
    const char *isa = argc > 1 ? argv[1] : "", *part = argc > 2 ? argv[2] : "";
    pin_here();
    const mi_kern *kern;
    for (int v = 1; (kern = mi_kern_at(v)); v++) {
        if (*isa && strcmp(isa, kern->isa))
            continue;
        for (int i = 0; i < KERN_CASES; i++)
            if (strstr(kern_cases[i].name, part))
                kernel_row(kern, kern_cases[i].name, kern_cases[i].of);
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            if (strstr(layers[i].name, part))
                layer_row(kern, &layers[i]);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (strstr(pairs[i][0], part) || strcmp(part, "pair") == 0)
                pair_row(kern, pairs[i][0], pairs[i][1]);
    }
    return 0;
}
