/* Convolutions and poolings of every table against plain loops in double. */
#include "kern/conv.h"
#include "kern/kern.h"

#include "tests/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FLOATS = 400000, CASES = 500 };
static float x[MAX_FLOATS], w[MAX_FLOATS], bias[512], add[MAX_FLOATS];
static float first[MAX_FLOATS], again[MAX_FLOATS], packed[MAX_FLOATS];
static double scratch[MAX_FLOATS / 4];
static const float poison = 12345.f;

static double act_of(mi_act act, double v)
{
    if (act.kind == MI_ACT_CLAMP)
        return fmin(fmax(v, (double)act.lo), (double)act.hi);
    if (act.kind == MI_ACT_LEAKY)
        return v > 0 ? v : (double)act.lo * v;
    if (act.kind == MI_ACT_SIGMOID)
        return 1 / (1 + exp(-v));
    return v;
}

/* Output o at (oy, ox), by the definition; *size is the sum of magnitudes. */
static double conv_at(const mi_conv *cv, const mi_conv_io *io, int oy, int ox,
                      int o, double *size)
{
    double s = (double)bias[o];
    *size = fabs(s);
    for (int ky = 0; ky < cv->kh; ky++)
        for (int kx = 0; kx < cv->kw; kx++) {
            int iy = oy * cv->sy - cv->top + ky * cv->dy;
            int ix = ox * cv->sx - cv->left + kx * cv->dx;
            if (iy < 0 || iy >= cv->h || ix < 0 || ix >= cv->w)
                continue;
            const float *at = io->x + (iy * cv->w + ix) * io->x_stride;
            int tap = ky * cv->kw + kx;
            int lo = cv->depthwise ? o : 0, hi = cv->depthwise ? o + 1 : cv->c;
            for (int c = lo; c < hi; c++) {
                float v = cv->depthwise
                              ? w[tap * cv->c + c]
                              : w[(o * cv->kh * cv->kw + tap) * cv->c + c];
                s += (double)at[c] * (double)v;
                *size += fabs((double)at[c] * (double)v);
            }
        }
    if (io->add)
        s += (double)io->add[(oy * cv->ow + ox) * io->add_stride + o];
    return act_of(cv->act, s);
}

static void run_tasks(const mi_kern *kern, const mi_conv *cv, mi_conv_io *io,
                      float *y, int backwards)
{
    int n = mi_conv_tasks(kern, cv);
    io->y = y;
    CHECK(n >= 1 && mi_conv_scratch(kern, cv) <= sizeof scratch);
    for (int i = 0; i < n; i++)
        mi_conv_run(kern, cv, io, backwards ? n - 1 - i : i, scratch);
}

static void check_conv(const mi_kern *kern, const mi_conv *cv, mi_conv_io *io)
{
    int n = cv->oh * cv->ow * (int)io->y_stride;
    for (int i = 0; i < n; i++)
        first[i] = again[i] = poison;
    size_t len = mi_conv_packed_len(kern, cv);
    CHECK(len < MAX_FLOATS);
    packed[len] = poison;
    mi_conv_pack(kern, cv, w, bias, packed);
    CHECK(packed[len] == poison);
    io->packed = packed;
    run_tasks(kern, cv, io, first, 0);
    run_tasks(kern, cv, io, again, 1);
    int differs = memcmp(first, again, (size_t)n * sizeof *first);
    CHECK(!differs);

    int bad = 0;
    for (int p = 0; p < cv->oh * cv->ow; p++) {
        const float *y = first + p * io->y_stride;
        for (int o = 0; o < cv->oc; o++) {
            double size;
            double v = conv_at(cv, io, p / cv->ow, p % cv->ow, o, &size);
            bad += !(fabs((double)y[o] - v) <= 1e-6 * size + 1e-6);
        }
        for (int o = cv->oc; o < io->y_stride; o++)
            bad += y[o] != poison;
    }
    CHECK_MSG(
        !bad,
        "%s: %d of %dx%dx%d wrong: %dx%dx%d kern %dx%d s %d,%d d %d,%d pad "
        "%d,%d dw %d act %d",
        kern->isa, bad, cv->oh, cv->ow, cv->oc, cv->h, cv->w, cv->c, cv->kh,
        cv->kw, cv->sy, cv->sx, cv->dy, cv->dx, cv->top, cv->left,
        cv->depthwise, (int)cv->act.kind);
}

static mi_act pick_act(void)
{
    mi_act act = {(mi_act_kind)pick(0, 3), 0, 1};
    if (act.kind == MI_ACT_CLAMP)
        act.lo = -0.5f;
    if (act.kind == MI_ACT_LEAKY)
        act.lo = 0.1f;
    return act;
}

/* An output size that its window and paddings allow. */
static int out_size(int n, int k, int stride, int step, int before, int after)
{
    return (n + before + after - (k - 1) * step - 1) / stride + 1;
}

static mi_conv pick_conv(int depthwise)
{
    mi_conv cv = {.depthwise = depthwise};
    int square = pick(0, 2); /* mostly what networks have */
    do {
        cv.h = pick(1, 24), cv.w = pick(1, 24);
        cv.kh = square ? pick(0, 1) * 2 + 1 : pick(1, 7);
        cv.kw = square ? cv.kh : pick(1, 7);
        cv.sy = square ? pick(1, 2) : pick(1, 3);
        cv.sx = square ? cv.sy : pick(1, 3);
        cv.dy = square ? 1 : pick(1, 2), cv.dx = square ? 1 : pick(1, 2);
        cv.top = pick(0, cv.kh - 1), cv.left = pick(0, cv.kw - 1);
        cv.oh = out_size(cv.h, cv.kh, cv.sy, cv.dy, cv.top, pick(0, cv.kh - 1));
        cv.ow =
            out_size(cv.w, cv.kw, cv.sx, cv.dx, cv.left, pick(0, cv.kw - 1));
    } while (cv.oh < 1 || cv.ow < 1 ||
             cv.h + 2 * cv.top < (cv.kh - 1) * cv.dy + 1 ||
             cv.w + 2 * cv.left < (cv.kw - 1) * cv.dx + 1);
    cv.c = pick(0, 2) ? pick(1, 70) : pick(1, 5);
    cv.oc = depthwise ? cv.c : pick(1, 70);
    cv.act = pick_act();
    return cv;
}

static void test_random_shapes(int depthwise)
{
    for (int i = 0; i < CASES; i++) {
        mi_conv cv = pick_conv(depthwise);
        mi_conv_io io = {.x = x + pick(0, 3), .x_stride = cv.c};
        if (pick(0, 3) == 0)
            io.x_stride += pick(1, 9);
        io.y_stride = cv.oc + (pick(0, 2) ? 0 : pick(1, 20));
        io.add_stride = cv.oc + pick(0, 2);
        if (pick(0, 1))
            io.add = add;
        const mi_kern *kern;
        for (int v = 0; (kern = mi_kern_at(v)); v++)
            check_conv(kern, &cv, &io);
    }
}

/* Shapes that are cut into several tasks and groups. */
static void test_many_tasks(void)
{
    mi_conv shapes[] = {
        {.h = 33,
         .w = 31,
         .c = 40,
         .oh = 33,
         .ow = 31,
         .oc = 70,
         .kh = 3,
         .kw = 3,
         .sy = 1,
         .sx = 1,
         .dy = 1,
         .dx = 1,
         .top = 1,
         .left = 1},
        {.h = 1,
         .w = 1,
         .c = 900,
         .oh = 1,
         .ow = 1,
         .oc = 300,
         .kh = 1,
         .kw = 1,
         .sy = 1,
         .sx = 1,
         .dy = 1,
         .dx = 1},
        {.h = 4,
         .w = 4,
         .c = 128,
         .oh = 4,
         .ow = 4,
         .oc = 200,
         .kh = 3,
         .kw = 3,
         .sy = 1,
         .sx = 1,
         .dy = 1,
         .dx = 1,
         .top = 1,
         .left = 1},
        {.h = 60,
         .w = 50,
         .c = 40,
         .oh = 60,
         .ow = 50,
         .oc = 40,
         .kh = 3,
         .kw = 3,
         .sy = 1,
         .sx = 1,
         .dy = 1,
         .dx = 1,
         .top = 1,
         .left = 1,
         .depthwise = 1},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const mi_conv *cv = &shapes[i];
        mi_conv_io io = {.x = x, .x_stride = cv->c, .y_stride = cv->oc};
        const mi_kern *kern;
        for (int v = 0; (kern = mi_kern_at(v)); v++) {
            CHECK(mi_conv_tasks(kern, cv) > 1);
            check_conv(kern, cv, &io);
        }
    }
}

static double pool_at(const mi_pool2d *p, ptrdiff_t x_stride, int oy, int ox,
                      int c)
{
    double top = -HUGE_VAL, sum = 0;
    int n = 0;
    for (int ky = 0; ky < p->kh; ky++)
        for (int kx = 0; kx < p->kw; kx++) {
            int iy = oy * p->sy - p->top + ky, ix = ox * p->sx - p->left + kx;
            if (iy < 0 || iy >= p->h || ix < 0 || ix >= p->w)
                continue;
            double v = (double)x[(iy * p->w + ix) * x_stride + c];
            top = fmax(top, v);
            sum += v;
            n++;
        }
    if (!p->average)
        return top;
    return sum / (p->count_padding ? p->kh * p->kw : n);
}

static void check_pool(const mi_kern *kern, const mi_pool2d *p,
                       ptrdiff_t x_stride, ptrdiff_t y_stride)
{
    int pixels = p->oh * p->ow, bad = 0;
    for (int i = 0; i < pixels * y_stride; i++)
        first[i] = poison;
    for (int i = mi_pool2d_tasks(kern, p) - 1; i >= 0; i--)
        mi_pool2d_run(kern, p, x, x_stride, first, y_stride, i);
    for (int i = 0; i < pixels; i++) {
        for (int c = 0; c < p->c; c++) {
            double v = pool_at(p, x_stride, i / p->ow, i % p->ow, c);
            bad += !(fabs((double)first[i * y_stride + c] - v) <= 1e-6);
        }
        for (int c = p->c; c < y_stride; c++)
            bad += first[i * y_stride + c] != poison;
    }
    CHECK_MSG(!bad, "%s: %d wrong: pool %dx%dx%d kern %dx%d", kern->isa, bad,
              p->h, p->w, p->c, p->kh, p->kw);
}

static void test_pools(void)
{
    for (int i = 0; i < CASES; i++) {
        mi_pool2d p = {.h = pick(1, 20), .w = pick(1, 20), .c = pick(1, 70)};
        p.kh = pick(1, p.h < 4 ? p.h : 4), p.kw = pick(1, p.w < 4 ? p.w : 4);
        p.sy = pick(1, 3), p.sx = pick(1, 3);
        p.top = pick(0, p.kh - 1), p.left = pick(0, p.kw - 1);
        p.oh = out_size(p.h, p.kh, p.sy, 1, p.top, 0);
        p.ow = out_size(p.w, p.kw, p.sx, 1, p.left, 0);
        p.average = pick(0, 1), p.count_padding = pick(0, 1);
        ptrdiff_t x_stride = p.c + pick(0, 1) * pick(1, 9);
        ptrdiff_t y_stride = p.c + pick(0, 1) * pick(1, 9);
        const mi_kern *kern;
        for (int v = 0; (kern = mi_kern_at(v)); v++)
            check_pool(kern, &p, x_stride, y_stride);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 11;
    fill_random(x, MAX_FLOATS);
    fill_random(w, MAX_FLOATS);
    fill_random(add, MAX_FLOATS);
    fill_random(bias, 512);
    RUN(test_random_shapes, 0);
    RUN(test_random_shapes, 1);
    RUN(test_many_tasks);
    RUN(test_pools);
    return check_done();
}
