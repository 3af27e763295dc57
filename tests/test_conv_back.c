/* Convolutions and poolings backward, every table against plain loops in
 * double. */
#include "kern/back.h"
#include "kern/kern.h"
#include "kern/tile.h"

#include "tests/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FLOATS = 300000, CASES = 250, IMAGES = 3 };
static float x[MAX_FLOATS], dy[MAX_FLOATS], w[MAX_FLOATS], y[MAX_FLOATS];
static float got[MAX_FLOATS], packed[4 * MAX_FLOATS], sums[8 * MAX_FLOATS];
static float first[MAX_FLOATS];
static double want[MAX_FLOATS], size[MAX_FLOATS], scratch[MAX_FLOATS];
static uint8_t winner[MAX_FLOATS];

static int out_size(int n, int k, int stride, int step, int pads)
{
    return (n + pads - (k - 1) * step - 1) / stride + 1;
}

static mi_conv pick_conv(int depthwise)
{
    mi_conv cv = {.depthwise = depthwise};
    do {
        int pads = pick(0, 2);
        cv.h = pick(1, 17), cv.w = pick(1, 17);
        cv.kh = pick(1, 5), cv.kw = pick(1, 5);
        cv.sy = pick(1, 3), cv.sx = pick(1, 3);
        cv.dy = pick(1, 2), cv.dx = pick(1, 2);
        cv.top = pick(0, cv.kh - 1), cv.left = pick(0, cv.kw - 1);
        cv.oh = out_size(cv.h, cv.kh, cv.sy, cv.dy, cv.top + pads);
        cv.ow = out_size(cv.w, cv.kw, cv.sx, cv.dx, cv.left + pads);
    } while (cv.h + cv.top < (cv.kh - 1) * cv.dy + 1 || cv.oh < 1 ||
             cv.w + cv.left < (cv.kw - 1) * cv.dx + 1 || cv.ow < 1);
    cv.c = pick(0, 2) ? pick(1, 40) : pick(1, 5);
    cv.oc = depthwise ? cv.c : pick(0, 2) ? pick(1, 70) : pick(1, 4);
    return cv;
}

/* Do f for every product of the convolution: positions in x, dy and weights
 * that lie as [oc, c, kh, kw] (of a depthwise one [c, kh, kw]). */
typedef void visit(int at_x, int at_y, int at_w);

static void visit_window(const mi_conv *cv, int n, int o, int c, visit *f)
{
    for (int p = 0; p < cv->oh * cv->ow; p++)
        for (int tap = 0; tap < cv->kh * cv->kw; tap++) {
            int iy = p / cv->ow * cv->sy - cv->top + tap / cv->kw * cv->dy;
            int ix = p % cv->ow * cv->sx - cv->left + tap % cv->kw * cv->dx;
            if (iy < 0 || iy >= cv->h || ix < 0 || ix >= cv->w)
                continue;
            int filter = cv->depthwise ? c : o * cv->c + c;
            f(((n * cv->h + iy) * cv->w + ix) * cv->c + c,
              (n * cv->oh * cv->ow + p) * cv->oc + o,
              filter * cv->kh * cv->kw + tap);
        }
}

static void visit_all(const mi_conv *cv, int images, visit *f)
{
    for (int n = 0; n < images; n++)
        for (int o = 0; o < cv->oc; o++)
            for (int c = 0; c < cv->c; c++)
                if (!cv->depthwise || c == o)
                    visit_window(cv, n, o, c, f);
}

static void add_data(int at_x, int at_y, int at_w)
{
    want[at_x] += (double)dy[at_y] * (double)w[at_w];
    size[at_x] += fabs((double)dy[at_y] * (double)w[at_w]);
}

static void add_weight(int at_x, int at_y, int at_w)
{
    want[at_w] += (double)dy[at_y] * (double)x[at_x];
    size[at_w] += fabs((double)dy[at_y] * (double)x[at_x]);
}

static void begin(int n, const float *added)
{
    for (int i = 0; i < n; i++) {
        want[i] = added ? (double)added[i] : 0;
        size[i] = fabs(want[i]);
        got[i] = added ? added[i] : 12345.f;
    }
    got[n] = 12345.f;
}

static void compare(const mi_kern *kern, const char *what, const mi_conv *cv,
                    int n)
{
    int bad = 0;
    for (int i = 0; i < n; i++)
        bad += !(fabs((double)got[i] - want[i]) <= 2e-6 * size[i] + 1e-6);
    bad += got[n] != 12345.f;
    CHECK_MSG(
        !bad,
        "%s %s: %d of %d wrong: %dx%dx%d -> %dx%dx%d kern %dx%d s %d,%d d "
        "%d,%d pad %d,%d dw %d",
        kern->isa, what, bad, n, cv->h, cv->w, cv->c, cv->oh, cv->ow, cv->oc,
        cv->kh, cv->kw, cv->sy, cv->sx, cv->dy, cv->dx, cv->top, cv->left,
        cv->depthwise);
}

static mi_conv_source source_of(const mi_conv *cv)
{
    int taps = cv->kh * cv->kw;
    return (mi_conv_source){w, cv->depthwise ? taps : cv->c * taps,
                            cv->depthwise ? 0 : taps, cv->kw, 1};
}

/* With a bias and ReLU, as a transposed convolution has them, or neither. */
static void check_data(const mi_kern *kern, const mi_conv *back, int add,
                       int plain)
{
    mi_conv relu = *back, *cv = &relu;
    const float *bias = plain ? NULL : x;
    if (!plain)
        relu.act = (mi_act){MI_ACT_CLAMP, 0, INFINITY};
    int n = cv->h * cv->w * cv->c;
    const mi_conv_source from = source_of(cv);
    begin(n, add ? y : NULL);
    visit_all(cv, 1, add_data);
    for (int i = 0; i < n && bias; i++) {
        want[i] += (double)bias[i % cv->c];
        want[i] = want[i] > 0 ? want[i] : 0;
    }
    mi_conv_io io = {.x = dy,
                     .x_stride = cv->oc,
                     .packed = packed,
                     .add = add ? got : NULL,
                     .add_stride = cv->c,
                     .y = got,
                     .y_stride = cv->c};
    size_t len = mi_conv_data_packed_len(kern, cv);
    CHECK(len < sizeof packed / sizeof *packed);
    CHECK(mi_conv_data_scratch(kern, cv) <= sizeof scratch);
    packed[len] = 12345.f;
    mi_conv_data_pack(kern, cv, &from, bias, packed);
    CHECK(packed[len] == 12345.f);
    for (int i = mi_conv_data_tasks(kern, cv) - 1; i >= 0; i--)
        mi_conv_data_run(kern, cv, &io, i, scratch);
    compare(kern, "data", cv, n);
}

static void check_depth_data(const mi_kern *kern, const mi_conv *cv, int add)
{
    int n = cv->h * cv->w * cv->c, taps = cv->kh * cv->kw;
    begin(n, add ? y : NULL);
    visit_all(cv, 1, add_data);
    for (int c = 0; c < cv->c; c++)
        for (int tap = 0; tap < taps; tap++)
            packed[tap * cv->c + c] = w[c * taps + tap];
    mi_conv_io io = {.x = dy,
                     .x_stride = cv->oc,
                     .packed = packed,
                     .add = add ? got : NULL,
                     .add_stride = cv->c,
                     .y = got,
                     .y_stride = cv->c};
    for (int i = mi_depth_data_tasks(kern, cv) - 1; i >= 0; i--)
        mi_depth_data_run(kern, cv, &io, i);
    compare(kern, "depth data", cv, n);
}

static int weights_of(const mi_conv *cv)
{
    return cv->oc * (cv->depthwise ? 1 : cv->c) * cv->kh * cv->kw;
}

/* Tasks in either order give the same bits. */
static void run_weights(const mi_kern *kern, const mi_conv *cv, int images,
                        int backwards)
{
    const mi_conv_batch b = {images, x, dy, cv->c, cv->oc, NULL, NULL};
    size_t all = mi_conv_weights_len(kern, cv) *
                 (size_t)mi_conv_weights_parts(kern, cv, images);
    CHECK(all < sizeof sums / sizeof *sums);
    for (size_t i = 0; i < all; i++)
        sums[i] = 12345.f;
    int n = mi_conv_weights_tasks(kern, cv, images);
    for (int i = 0; i < n; i++)
        mi_conv_weights_run(kern, cv, &b, backwards ? n - 1 - i : i, sums,
                            NULL);
}

static void check_weights(const mi_kern *kern, const mi_conv *cv, int images,
                          int add)
{
    int n = weights_of(cv), parts = mi_conv_weights_parts(kern, cv, images);
    mi_conv_grads to = {source_of(cv), got, got + n + 1, add, add};
    float *bias = got + n + 1;
    run_weights(kern, cv, images, 1);
    begin(n, NULL);
    mi_conv_weights_sum(kern, cv, parts, sums,
                        &(mi_conv_grads){to.at, first, NULL, 0, 0});
    begin(n, add ? y : NULL);
    for (int o = 0; o < cv->oc; o++)
        bias[o] = 0.5f;
    bias[cv->oc] = 12345.f;
    visit_all(cv, images, add_weight);
    run_weights(kern, cv, images, 0);
    mi_conv_weights_sum(kern, cv, parts, sums, &to);
    compare(kern, "weights", cv, n);
    CHECK(add || memcmp(first, got, (size_t)n * sizeof *got) == 0);

    int bad = bias[cv->oc] != 12345.f;
    for (int o = 0; o < cv->oc; o++) {
        double s = add ? 0.5 : 0, m = s;
        for (int p = o; p < images * cv->oh * cv->ow * cv->oc; p += cv->oc) {
            s += (double)dy[p];
            m += fabs((double)dy[p]);
        }
        bad += !(fabs((double)bias[o] - s) <= 2e-6 * m + 1e-6);
    }
    CHECK_MSG(!bad, "%s: %d biases of %d wrong", kern->isa, bad, cv->oc);
}

static void check_conv(const mi_conv *cv, int images, int add)
{
    const mi_kern *kern;
    for (int v = 0; (kern = mi_kern_at(v)); v++) {
        if (cv->depthwise) {
            check_depth_data(kern, cv, add);
        } else {
            check_data(kern, cv, add, 1);
            check_data(kern, cv, add, 0);
        }
        check_weights(kern, cv, images, add);
    }
}

static void test_random_convolutions(int depthwise)
{
    for (int i = 0; i < CASES; i++) {
        mi_conv cv = pick_conv(depthwise);
        check_conv(&cv, pick(1, IMAGES), pick(0, 1));
    }
}

/* Shapes that are cut into several parts, groups and bands. */
static void test_cuts(void)
{
    static const int shape[][7] = {
        /* h w c, oc, kern, s, images */
        {40, 41, 24, 37, 3, 1, 3}, {20, 20, 3, 16, 5, 1, 2},
        {30, 30, 1, 3, 3, 1, 4},   {16, 16, 33, 2, 3, 2, 3},
        {3, 3, 130, 150, 3, 2, 2}, {9, 8, 70, 90, 1, 1, 3},
        {40, 42, 3, 24, 4, 2, 2},  {12, 8, 2, 9, 4, 2, 3},
        {12, 8, 1, 9, 5, 2, 2}};
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        const int *s = shape[i];
        mi_conv cv = {.h = s[0], .w = s[1], .c = s[2], .oc = s[3]};
        cv.kh = cv.kw = s[4], cv.sy = cv.sx = s[5], cv.dy = cv.dx = 1;
        cv.top = cv.left = (s[4] - 1) / 2;
        cv.oh = out_size(cv.h, cv.kh, cv.sy, 1, 2 * cv.top);
        cv.ow = out_size(cv.w, cv.kw, cv.sx, 1, 2 * cv.left);
        check_conv(&cv, s[6], (int)(i % 2));
    }
    const mi_kern *kern = mi_kern_at(1);
    mi_conv cv = {.h = 40, .w = 40, .c = 24, .oh = 40, .ow = 40, .oc = 40};
    cv.kh = cv.kw = 3, cv.sy = cv.sx = cv.dy = cv.dx = cv.top = cv.left = 1;
    CHECK(mi_conv_weights_parts(kern, &cv, 64) > 4);
}

/* ---- pooling ---------------------------------------------------------------
 */

static mi_pool2d pick_pool(void)
{
    mi_pool2d p = {.h = pick(1, 14), .w = pick(1, 14), .c = pick(1, 40)};
    p.kh = pick(1, p.h < 4 ? p.h : 4), p.kw = pick(1, p.w < 4 ? p.w : 4);
    p.sy = pick(1, 4), p.sx = pick(1, 4);
    p.top = pick(0, p.kh - 1), p.left = pick(0, p.kw - 1);
    p.oh = out_size(p.h, p.kh, p.sy, 1, p.top);
    p.ow = out_size(p.w, p.kw, p.sx, 1, p.left);
    p.average = pick(0, 1), p.count_padding = pick(0, 1);
    p.relu = !p.average && pick(0, 1);
    return p;
}

/* Output p of a maximum falls to the first of its window's largest; of a mean
 * each input of the window gets its share. */
static void spread_output(const mi_pool2d *p, int at, int c)
{
    int best = -1, n = 0, inside[16];
    for (int tap = 0; tap < p->kh * p->kw; tap++) {
        int iy = at / p->ow * p->sy - p->top + tap / p->kw;
        int ix = at % p->ow * p->sx - p->left + tap % p->kw;
        if (iy < 0 || iy >= p->h || ix < 0 || ix >= p->w)
            continue;
        int i = (iy * p->w + ix) * p->c + c;
        inside[n++] = i;
        best = best < 0 || x[i] > x[best] ? i : best;
    }
    double g = (double)dy[at * p->c + c];
    if (p->relu && best >= 0 && !(x[best] > 0))
        best = -1; /* the ReLU lets none through */
    if (!p->average && best >= 0)
        want[best] += g;
    int count = p->count_padding ? p->kh * p->kw : n;
    for (int i = 0; p->average && i < n; i++)
        want[inside[i]] += g / count;
}

static void check_pool(const mi_kern *kern, const mi_pool2d *p, int add)
{
    int n = p->h * p->w * p->c, outputs = p->oh * p->ow;
    begin(n, add ? y : NULL);
    for (int at = 0; at < outputs; at++)
        for (int c = 0; c < p->c; c++)
            spread_output(p, at, c);
    for (int i = 0; i < n; i++)
        size[i] = 4;
    if (!p->average) {
        for (int i = mi_pool2d_tasks(kern, p) - 1; i >= 0; i--) {
            mi_pool_winner_run(kern, p, x, first, winner, i);
            mi_pool2d_run(kern, p, x, p->c, sums, p->c, i);
        }
        CHECK(memcmp(first, sums, (size_t)(outputs * p->c) * sizeof *first) ==
              0);
    }
    mi_pool_back_io io = {dy, p->average ? NULL : winner, got, add};
    for (int i = mi_pool_back_tasks(kern, p) - 1; i >= 0; i--)
        mi_pool_back_run(kern, p, &io, i);
    int bad = got[n] != 12345.f;
    for (int i = 0; i < n; i++)
        bad += !(fabs((double)got[i] - want[i]) <= 4e-6);
    CHECK_MSG(!bad, "%s: %d wrong: pool %dx%dx%d kern %dx%d s %d,%d mean %d",
              kern->isa, bad, p->h, p->w, p->c, p->kh, p->kw, p->sy, p->sx,
              p->average);
}

static void test_random_pools(void)
{
    /* values that are alike, so that the first of the largest counts */
    for (int i = 0; i < MAX_FLOATS; i += 2)
        x[i] = (float)pick(0, 2) / 2;
    for (int i = 0; i < CASES; i++) {
        mi_pool2d p = pick_pool();
        int add = pick(0, 1);
        const mi_kern *kern;
        for (int v = 0; (kern = mi_kern_at(v)); v++)
            check_pool(kern, &p, add);
    }
}

static void test_a_nan_wins(void)
{
    const mi_pool2d p = {.h = 2,
                         .w = 3,
                         .c = 1,
                         .oh = 1,
                         .ow = 1,
                         .kh = 2,
                         .kw = 3,
                         .sy = 1,
                         .sx = 1};
    const float in[6] = {1, NAN, 7, 2, 3, 4};
    const mi_kern *kern;
    for (int v = 0; (kern = mi_kern_at(v)); v++) {
        float out = 0;
        uint8_t tap = 9;
        mi_pool_winner_run(kern, &p, in, &out, &tap, 0);
        CHECK(isnan(out) && tap == 1);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 21;
    fill_random(x, MAX_FLOATS);
    fill_random(w, MAX_FLOATS);
    fill_random(dy, MAX_FLOATS);
    fill_random(y, MAX_FLOATS);
    RUN(test_random_convolutions, 0);
    RUN(test_random_convolutions, 1);
    RUN(test_cuts);
    RUN(test_random_pools);
    RUN(test_a_nan_wins);
    return check_done();
}
