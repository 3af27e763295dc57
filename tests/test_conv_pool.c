/* A convolution and the maximum behind it, done at once, forward and backward:
 * what one after the other gives, for every table. */
#include "kern/back.h"
#include "kern/kern.h"
#include "kern/tile.h"

#include "tests/random.h"

#include <math.h>
#include <string.h>

enum { MAX_FLOATS = 120000, CASES = 150, IMAGES = 3 };
static float x[MAX_FLOATS], w[MAX_FLOATS], between[MAX_FLOATS];
static float dz[MAX_FLOATS], dy[MAX_FLOATS], packed[4 * MAX_FLOATS];
static float y[2][MAX_FLOATS], dx[2][MAX_FLOATS], sums[2][8 * MAX_FLOATS];
static uint8_t winner[2][MAX_FLOATS];
static double scratch[2 * MAX_FLOATS];

static mi_conv pick_conv(void)
{
    mi_conv cv = {.sy = 1, .sx = 1};
    do {
        int pads = pick(0, 2);
        cv.h = pick(2, 40), cv.w = pick(2, 30);
        cv.kh = pick(1, 5), cv.kw = pick(1, 5);
        cv.dy = pick(1, 2), cv.dx = pick(1, 2);
        cv.top = pick(0, cv.kh - 1), cv.left = pick(0, cv.kw - 1);
        cv.oh = cv.h + cv.top + pads - (cv.kh - 1) * cv.dy;
        cv.ow = cv.w + cv.left + pads - (cv.kw - 1) * cv.dx;
    } while (cv.oh < 2 || cv.ow < 2);
    cv.c = pick(0, 1) ? pick(1, 24) : pick(1, 4);
    cv.oc = pick(1, 40);
    return cv;
}

static mi_pool2d pool_of(const mi_conv *cv, int relu)
{
    return (mi_pool2d){.h = cv->oh,
                       .w = cv->ow,
                       .c = cv->oc,
                       .oh = cv->oh / 2,
                       .ow = cv->ow / 2,
                       .kh = 2,
                       .kw = 2,
                       .sy = 2,
                       .sx = 2,
                       .relu = relu};
}

static mi_conv_source source_of(const mi_conv *cv)
{
    int taps = cv->kh * cv->kw;
    return (mi_conv_source){w, cv->c * taps, taps, cv->kw, 1};
}

static int differ(const float *a, const float *b, int n)
{
    int bad = 0;
    for (int i = 0; i < n; i++)
        bad += !(fabs((double)a[i] - (double)b[i]) <= 2e-4);
    return bad;
}

/* Is the winner of every maximum as large as the maximum? */
static int winners_differ(const mi_pool2d *p)
{
    int bad = 0;
    for (int i = 0; i < p->oh * p->ow * p->c; i++) {
        int c = i % p->c, at = i / p->c, tap = winner[1][i];
        int row = at / p->ow * 2 + tap / 2, column = at % p->ow * 2 + tap % 2;
        float v = 0;
        if (!p->relu || tap != MI_NO_WINNER)
            v = between[(row * p->w + column) * p->c + c];
        bad += !(fabs((double)v - (double)y[1][i]) <= 2e-4);
    }
    return bad;
}

static void check_forward(const mi_kern *kern, const mi_conv *cv,
                          const mi_pool2d *p)
{
    const mi_conv_source from = source_of(cv);
    mi_conv_io io = {.x = x, .x_stride = cv->c, .packed = packed};
    int n = p->oh * p->ow * p->c;
    mi_conv_pack_from(kern, cv, &from, w, packed);
    io.y = between;
    io.y_stride = cv->oc;
    for (int i = 0; i < mi_conv_tasks(kern, cv); i++)
        mi_conv_run(kern, cv, &io, i, scratch);
    for (int i = 0; i < mi_pool2d_tasks(kern, p); i++)
        mi_pool_winner_run(kern, p, between, y[0], winner[0], i);
    CHECK(mi_conv_pool_scratch(kern, cv, p) <= sizeof scratch);
    io.y = y[1];
    for (int i = mi_conv_pool_tasks(cv, p) - 1; i >= 0; i--)
        mi_conv_pool_run(kern, cv, p, &io, winner[1], i, scratch);
    CHECK_MSG(!differ(y[0], y[1], n) && !winners_differ(p),
              "%s: %dx%dx%d -> %dx%dx%d", kern->isa, cv->h, cv->w, cv->c,
              cv->oh, cv->ow, cv->oc);
}

static void check_data(const mi_kern *kern, const mi_conv *cv,
                       const mi_pool2d *p, int add)
{
    const mi_conv_source from = source_of(cv);
    const mi_pool_back_io spread = {dy, winner[0], dz, 0};
    int n = cv->h * cv->w * cv->c;
    mi_conv_io io = {.x = dz,
                     .x_stride = cv->oc,
                     .packed = packed,
                     .add_stride = cv->c,
                     .y_stride = cv->c};
    for (int i = 0; i < mi_pool_back_tasks(kern, p); i++)
        mi_pool_back_run(kern, p, &spread, i);
    mi_conv_data_pack(kern, cv, &from, NULL, packed);
    memcpy(dx[0], x, (size_t)n * sizeof *x);
    memcpy(dx[1], x, (size_t)n * sizeof *x);
    io.y = dx[0];
    io.add = add ? dx[0] : NULL;
    for (int i = 0; i < mi_conv_data_tasks(kern, cv); i++)
        mi_conv_data_run(kern, cv, &io, i, scratch);
    CHECK(mi_conv_pool_data_scratch(kern, cv, p) <= sizeof scratch);
    io.x = dy;
    io.y = dx[1];
    io.add = add ? dx[1] : NULL;
    for (int i = mi_conv_pool_data_tasks(cv, p) - 1; i >= 0; i--)
        mi_conv_pool_data_run(kern, cv, p, &io, winner[0], i, scratch);
    CHECK_MSG(!differ(dx[0], dx[1], n),
              "%s: data %dx%dx%d <- %dx%dx%d kern %dx%d d %d,%d pad %d,%d",
              kern->isa, cv->h, cv->w, cv->c, cv->oh, cv->ow, cv->oc, cv->kh,
              cv->kw, cv->dy, cv->dx, cv->top, cv->left);
}

/* All images share x; each has the gradient of its own part of dy. */
static void check_weights(const mi_kern *kern, const mi_conv *cv,
                          const mi_pool2d *p)
{
    int of_pool = p->oh * p->ow * p->c, of_conv = cv->oh * cv->ow * cv->oc;
    int images = 1;
    while (images < IMAGES && (images + 1) * (of_conv > cv->h * cv->w * cv->c
                                                  ? of_conv
                                                  : cv->h * cv->w * cv->c) <
                                  MAX_FLOATS)
        images++;
    for (int i = 0; i < images; i++) {
        memcpy(winner[1] + i * of_pool, winner[0], (size_t)of_pool);
        mi_pool_spread(kern, p, dy + i * of_pool, winner[1] + i * of_pool, 0,
                       cv->oh, dz + i * of_conv);
    }
    mi_conv_batch b = {images, x, dz, cv->c, cv->oc, NULL, NULL};
    size_t len = mi_conv_weights_len(kern, cv) *
                 (size_t)mi_conv_weights_parts(kern, cv, images);
    CHECK(len < sizeof sums[0] / sizeof(float));
    memset(sums, 0, sizeof sums);
    int n = mi_conv_weights_tasks(kern, cv, images);
    for (int i = 0; i < n; i++)
        mi_conv_weights_run(kern, cv, &b, i, sums[0], NULL);
    b.dy = dy;
    b.pool = p;
    b.winner = winner[1];
    CHECK(mi_conv_weights_scratch(kern, cv) <= sizeof scratch);
    for (int i = n - 1; i >= 0; i--)
        mi_conv_weights_run(kern, cv, &b, i, sums[1], scratch);
    CHECK_MSG(!differ(sums[0], sums[1], (int)len),
              "%s: weights %dx%dx%d -> %dx%dx%d", kern->isa, cv->h, cv->w,
              cv->c, cv->oh, cv->ow, cv->oc);
}

static void check_all(const mi_conv *cv, int relu, int add)
{
    const mi_kern *kern;
    const mi_pool2d p = pool_of(cv, relu);
    CHECK(mi_conv_pool_fits(cv, &p));
    for (int v = 0; (kern = mi_kern_at(v)); v++) {
        check_forward(kern, cv, &p);
        check_data(kern, cv, &p, add);
        check_weights(kern, cv, &p);
    }
}

static void test_random_shapes(void)
{
    for (int i = 0; i < CASES; i++) {
        mi_conv cv = pick_conv();
        if (cv.h * cv.w * cv.c < MAX_FLOATS &&
            cv.oh * cv.ow * cv.oc < MAX_FLOATS)
            check_all(&cv, pick(0, 1), pick(0, 1));
    }
}

/* Rows that are wide enough for many bands. */
static void test_many_bands(void)
{
    mi_conv cv = {.h = 34, .w = 70, .c = 3, .oh = 30, .ow = 66, .oc = 48};
    cv.kh = cv.kw = 5, cv.sy = cv.sx = cv.dy = cv.dx = 1;
    const mi_pool2d p = pool_of(&cv, 1);
    CHECK(mi_conv_pool_tasks(&cv, &p) > 4);
    CHECK(mi_conv_pool_data_tasks(&cv, &p) > 1);
    check_all(&cv, 1, 0);
    check_all(&cv, 0, 1);
}

static void test_what_does_not_fit(void)
{
    mi_conv cv = {.h = 9, .w = 9, .c = 3, .oh = 9, .ow = 9, .oc = 8};
    cv.kh = cv.kw = 3, cv.sy = cv.sx = cv.dy = cv.dx = cv.top = cv.left = 1;
    mi_pool2d p = pool_of(&cv, 1);
    CHECK(mi_conv_pool_fits(&cv, &p));
    p.kh = 3;
    CHECK(!mi_conv_pool_fits(&cv, &p));
    p = pool_of(&cv, 1);
    p.top = 1;
    CHECK(!mi_conv_pool_fits(&cv, &p));
    p = pool_of(&cv, 1);
    p.average = 1;
    CHECK(!mi_conv_pool_fits(&cv, &p));
    p = pool_of(&cv, 1);
    cv.sx = 2;
    CHECK(!mi_conv_pool_fits(&cv, &p));
    cv.sx = 1;
    cv.c = cv.oc = 512;
    p = pool_of(&cv, 1);
    CHECK(!mi_conv_pool_fits(&cv, &p));
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 4;
    fill_random(x, MAX_FLOATS);
    fill_random(w, MAX_FLOATS);
    fill_random(dy, MAX_FLOATS);
    RUN(test_random_shapes);
    RUN(test_many_bands);
    RUN(test_what_does_not_fit);
    return check_done();
}
