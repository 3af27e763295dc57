/* A pair of convolutions against the two run one after the other. */
#include "kern/conv.h"
#include "kern/kern.h"

#include "tests/random.h"

#include <math.h>
#include <string.h>

enum { MAX_FLOATS = 1 << 20, CASES = 150 };
static float x[MAX_FLOATS], w1[40000], w2[40000], bias[256];
static float packed1[60000], packed2[60000], between[MAX_FLOATS];
static float add[MAX_FLOATS], want[MAX_FLOATS];
static float got[MAX_FLOATS], again[MAX_FLOATS];
static double scratch[MAX_FLOATS];
static const float poison = 12345.f;

static mi_conv pick_depthwise(int h, int w, int c)
{
    mi_conv cv = {.h = h, .w = w, .c = c, .oc = c, .depthwise = 1};
    cv.kh = cv.kw = pick(0, 3) ? 3 : pick(1, 2);
    cv.sy = cv.sx = pick(1, 2), cv.dy = cv.dx = pick(0, 5) ? 1 : 2;
    cv.top = pick(0, cv.kh - 1), cv.left = pick(0, cv.kw - 1);
    int deep = (cv.kh - 1) * cv.dy + 1;
    cv.oh = (h + cv.top + pick(0, cv.kh - 1) - deep) / cv.sy + 1;
    cv.ow = (w + cv.left + pick(0, cv.kw - 1) - deep) / cv.sx + 1;
    cv.act = (mi_act){(mi_act_kind)pick(0, 3), 0.1f, 2};
    return cv;
}

static mi_conv pick_pointwise(int h, int w, int c)
{
    mi_conv cv = {.h = h,
                  .w = w,
                  .c = c,
                  .oh = h,
                  .ow = w,
                  .oc = pick(1, 70),
                  .kh = 1,
                  .kw = 1,
                  .sy = 1,
                  .sx = 1,
                  .dy = 1,
                  .dx = 1};
    cv.act = (mi_act){(mi_act_kind)pick(0, 3), 0.1f, 2};
    return cv;
}

static mi_pair pick_pair(void)
{
    mi_pair p;
    int h = pick(6, 60), w = pick(6, 60), c = pick(1, 70);
    p.first = pick_depthwise(h, w, c);
    p.second = pick_pointwise(p.first.oh, p.first.ow, c);
    return p;
}

static void run_one(const mi_kern *kern, const mi_conv *cv,
                    const mi_conv_io *io)
{
    for (int i = 0; i < mi_conv_tasks(kern, cv); i++)
        mi_conv_run(kern, cv, io, i, scratch);
}

static void run_pair(const mi_kern *kern, const mi_pair *p, mi_pair_io io,
                     float *y, int backwards)
{
    int n = mi_pair_tasks(kern, p);
    io.y = y;
    for (int i = 0; i < n; i++)
        mi_pair_run(kern, p, &io, backwards ? n - 1 - i : i, scratch);
}

static void check_pair(const mi_kern *kern, const mi_pair *p)
{
    const mi_conv *a = &p->first, *b = &p->second;
    ptrdiff_t y_stride = b->oc + pick(0, 3);
    const float *plus = pick(0, 1) ? add : NULL;
    mi_conv_pack(kern, a, w1, bias, packed1);
    mi_conv_pack(kern, b, w2, bias, packed2);
    mi_conv_io one = {.x = x,
                      .x_stride = a->c,
                      .packed = packed1,
                      .y = between,
                      .y_stride = a->oc};
    mi_conv_io two = {.x = between,
                      .x_stride = a->oc,
                      .packed = packed2,
                      .add = plus,
                      .add_stride = b->oc,
                      .y = want,
                      .y_stride = y_stride};
    mi_pair_io io = {.x = x,
                     .x_stride = a->c,
                     .first = packed1,
                     .second = packed2,
                     .add = plus,
                     .add_stride = b->oc,
                     .y_stride = y_stride};
    int n = b->oh * b->ow * (int)y_stride, bad = 0;
    for (int i = 0; i < n; i++)
        want[i] = got[i] = again[i] = poison;
    CHECK(mi_pair_scratch(kern, p) <= sizeof scratch);
    run_one(kern, a, &one);
    run_one(kern, b, &two);
    run_pair(kern, p, io, got, 0);
    run_pair(kern, p, io, again, 1);
    int differs = memcmp(got, again, (size_t)n * sizeof *got);
    CHECK(!differs);
    for (int i = 0; i < n; i++)
        bad += !(fabs((double)got[i] - (double)want[i]) <= 2e-4);
    CHECK_MSG(!bad, "%s: %d of %d wrong: %dx%dx%d to %dx%dx%d", kern->isa, bad,
              n, a->h, a->w, a->c, b->oh, b->ow, b->oc);
}

static void test_what_pays(void)
{
    const mi_kern *kern = mi_kern_at(1);
    mi_pair p = {.first = {.h = 64,
                           .w = 64,
                           .c = 32,
                           .oh = 64,
                           .ow = 64,
                           .oc = 32,
                           .kh = 3,
                           .kw = 3,
                           .sy = 1,
                           .sx = 1,
                           .dy = 1,
                           .dx = 1,
                           .top = 1,
                           .left = 1,
                           .depthwise = 1},
                 .second = {.h = 64,
                            .w = 64,
                            .c = 32,
                            .oh = 64,
                            .ow = 64,
                            .oc = 32,
                            .kh = 1,
                            .kw = 1,
                            .sy = 1,
                            .sx = 1,
                            .dy = 1,
                            .dx = 1}};
    CHECK(mi_pair_pays(kern, &p) == 1);
    CHECK(mi_pair_pays(mi_kern_at(0), &p) == 0);
    p.second.kw = 3;
    CHECK(mi_pair_pays(kern, &p) == 0);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 5;
    fill_random(x, MAX_FLOATS);
    fill_random(add, MAX_FLOATS);
    fill_random(w1, 40000);
    fill_random(w2, 40000);
    fill_random(bias, 256);
    RUN(test_what_pays);
    for (int i = 0; i < CASES; i++) {
        mi_pair p = pick_pair();
        const mi_kern *kern;
        for (int v = 0; (kern = mi_kern_at(v)); v++)
            RUN(check_pair, kern, &p);
    }
    return check_done();
}
