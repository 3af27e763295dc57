/* Convolutions by squares, every table against plain loops in double, and the
 * transforms against the reference. */
#include "kern/tile.h"
#include "kern/winograd.h"

#include "tests/random.h"

#include <math.h>
#include <string.h>

enum { MAX_FLOATS = 120000, CASES = 60, IMAGES = 3 };
static float x[MAX_FLOATS], dy[MAX_FLOATS], w[MAX_FLOATS], before[MAX_FLOATS];
static float got[MAX_FLOATS], first[MAX_FLOATS], packed[4 * MAX_FLOATS];
static float sums[8 * MAX_FLOATS], scratch[8 * MAX_FLOATS];
static double want[MAX_FLOATS], size[MAX_FLOATS];
static const float poison = 12345.f;

/* ---- transforms ------------------------------------------------------------
 */

enum { LENGTHS = 70, ROW = 80, FLOATS = 38 * ROW };

/* Numbers that a way reads and makes. */
static const int sides[MI_WINOGRAD_WAYS][2] = {
    {16, 16}, {16, 4},  {4, 16}, {9, 16}, {16, 9},  {36, 36},
    {36, 16}, {16, 36}, {9, 36}, {36, 9}, {16, 16}, {25, 16},
    {9, 25},  {36, 25}, {25, 4}, {9, 16}, {4, 9},   {16, 9}};

static void transform(const mi_kern *kern, int n, int way, int add, float *to)
{
    const float *from[MI_WINOGRAD_READS];
    float *out[MI_WINOGRAD_PRODUCTS];
    for (int i = 0; i < sides[way][0]; i++)
        from[i] = x + i * ROW + i % 3; /* not aligned */
    for (int i = 0; i < sides[way][1]; i++)
        out[i] = to + i * ROW + i % 2;
    kern->winograd_f32(n, way, from, out, add);
}

static void check_transform(const mi_kern *kern, int n, int way, int add)
{
    int bad = 0;
    memcpy(got, before, FLOATS * sizeof *got);
    memcpy(first, before, FLOATS * sizeof *got);
    transform(kern, n, way, add, got);
    transform(mi_kern_at(0), n, way, add, first);
    for (int i = 0; i < FLOATS; i++) /* what is not written, too */
        bad += !(fabsf(got[i] - first[i]) <= 1e-5f);
    CHECK_MSG(!bad, "%s: way %d, %d channels, add %d: %d wrong", kern->isa, way,
              n, add, bad);
}

static void test_transforms_are_the_references(void)
{
    const mi_kern *kern;
    fill_random(x, FLOATS);
    fill_random(before, FLOATS);
    for (int v = 1; (kern = mi_kern_at(v)); v++)
        for (int way = 0; way < MI_WINOGRAD_WAYS; way++)
            for (int n = 0; n <= LENGTHS; n++)
                check_transform(kern, n, way, n & 1);
}

/* A square of one product at a time is what the window gives: `side` outputs,
 * and forms of two more an axis. */
static void check_square(int side, mi_winograd_way taps_way,
                         mi_winograd_way input, mi_winograd_way result)
{
    const mi_kern *ref = mi_kern_at(0);
    int wide = side + 2, forms = wide * wide;
    const float *taps[9], *in[36], *sum[36];
    float g[36], d[36], out[16], *to_g[36], *to_d[36], *to[16];
    for (int i = 0; i < forms; i++) {
        taps[i % 9] = &w[i % 9], in[i] = &x[i], sum[i] = &g[i];
        to_g[i] = &g[i], to_d[i] = &d[i], to[i % 16] = &out[i % 16];
    }
    ref->winograd_f32(1, (int)taps_way, taps, to_g, 0);
    ref->winograd_f32(1, (int)input, in, to_d, 0);
    for (int i = 0; i < forms; i++)
        g[i] *= d[i];
    ref->winograd_f32(1, (int)result, sum, to, 0);
    for (int k = 0; k < side * side; k++) {
        double s = 0;
        for (int t = 0; t < 9; t++)
            s += (double)w[t] *
                 (double)x[(k / side + t / 3) * wide + k % side + t % 3];
        CHECK(fabs(s - (double)out[k]) < 1e-6);
    }
}

static void test_squares_are_windows(void)
{
    fill_random(x, 36);
    fill_random(w, 9);
    check_square(2, MI_WINOGRAD_TAPS, MI_WINOGRAD_INPUT, MI_WINOGRAD_RESULT);
    check_square(4, MI_FOUR_TAPS, MI_FOUR_INPUT, MI_FOUR_RESULT);
}

/* ---- convolutions ----------------------------------------------------------
 */

static int twice = 1; /* 2: pixels of x are repeated */

/* Do f for every product: positions in x, y and weights [oc, c, 3, 3]. */
typedef void visit(int at_x, int at_y, int at_w);

static void visit_all(const mi_conv *cv, int images, visit *f)
{
    for (int n = 0; n < images * cv->oh * cv->ow; n++)
        for (int tap = 0; tap < 9; tap++) {
            int image = n / (cv->oh * cv->ow), p = n % (cv->oh * cv->ow);
            int iy = p / cv->ow - cv->top + tap / 3;
            int ix = p % cv->ow - cv->left + tap % 3;
            if (iy < 0 || iy >= twice * cv->h || ix < 0 || ix >= twice * cv->w)
                continue;
            iy /= twice, ix /= twice;
            int at = ((image * cv->h + iy) * cv->w + ix) * cv->c;
            for (int o = 0; o < cv->oc; o++)
                for (int c = 0; c < cv->c; c++)
                    f(at + c, n * cv->oc + o, (o * cv->c + c) * 9 + tap);
        }
}

static void add_to(int at, float a, float b)
{
    want[at] += (double)a * (double)b;
    size[at] += fabs((double)a * (double)b);
}

static void add_y(int at_x, int at_y, int at_w)
{
    add_to(at_y, x[at_x], w[at_w]);
}

static void add_x(int at_x, int at_y, int at_w)
{
    add_to(at_x, dy[at_y], w[at_w]);
}

static void add_w(int at_x, int at_y, int at_w)
{
    add_to(at_w, dy[at_y], x[at_x]);
}

static void begin(int n, int add)
{
    for (int i = 0; i < n; i++) {
        want[i] = add ? (double)before[i] : 0;
        size[i] = fabs(want[i]);
        got[i] = add ? before[i] : poison;
    }
    got[n] = poison;
}

/* Sums of four products or eighths of them are off by a little more. */
static void compare(const mi_kern *kern, const char *what, const mi_conv *cv,
                    int n)
{
    int bad = 0;
    for (int i = 0; i < n; i++)
        bad += !(fabs((double)got[i] - want[i]) <= 4e-6 * size[i] + 4e-6);
    bad += got[n] != poison;
    CHECK_MSG(!bad, "%s %s: %d of %d wrong: %dx%dx%d -> %dx%dx%d pad %d,%d",
              kern->isa, what, bad, n, cv->h, cv->w, cv->c, cv->oh, cv->ow,
              cv->oc, cv->top, cv->left);
}

static mi_conv_source source_of(const mi_conv *cv)
{
    return (mi_conv_source){w, cv->c * 9, 9, 3, 1};
}

/* The tasks of one way to `got`. */
static void run_squares(const mi_kern *kern, const mi_winograd *way,
                        const mi_conv_source *at, const float *bias,
                        const mi_winograd_io *io)
{
    size_t len = mi_winograd_packed_len(kern, way);
    CHECK(len < sizeof packed / sizeof *packed);
    CHECK(mi_winograd_scratch(way) <= sizeof scratch);
    for (size_t i = 0; i <= len; i++)
        packed[i] = poison;
    for (int i = mi_winograd_pack_tasks(kern, way) - 1; i >= 0; i--)
        mi_winograd_pack(kern, way, at, bias, i, packed);
    CHECK(packed[len] == poison);
    for (int i = mi_winograd_tasks(way, io->images) - 1; i >= 0; i--)
        mi_winograd_run(kern, way, io, i, scratch);
}

/* With a bias and ReLU, or without both. */
static void check_forward(const mi_kern *kern, const mi_conv *conv, int images,
                          int add, int plain)
{
    mi_conv cv = *conv;
    const float *bias = plain ? NULL : dy;
    int n = images * cv.oh * cv.ow * cv.oc;
    const mi_conv_source at = source_of(&cv);
    if (!plain)
        cv.act = (mi_act){MI_ACT_CLAMP, 0, INFINITY};
    begin(n, add);
    visit_all(&cv, images, add_y);
    for (int i = 0; i < n && bias; i++) {
        want[i] += (double)bias[i % cv.oc];
        want[i] = want[i] > 0 ? want[i] : 0;
    }
    const mi_winograd way = mi_winograd_of(&cv, twice == 2);
    run_squares(kern, &way, &at, bias,
                &(mi_winograd_io){images, x, packed, got, add});
    compare(kern, plain ? "forward" : "forward, bias, ReLU", &cv, n);
}

static void check_data(const mi_kern *kern, const mi_conv *cv, int images,
                       int add)
{
    int n = images * cv->h * cv->w * cv->c;
    const mi_conv_source at = source_of(cv);
    const mi_winograd way = mi_winograd_of(cv, twice == 2);
    const mi_winograd back = mi_winograd_back(&way);
    begin(n, add);
    visit_all(cv, images, add_x);
    run_squares(kern, &back, &at, NULL,
                &(mi_winograd_io){images, dy, packed, got, add});
    compare(kern, "data", cv, n);
}

/* Tasks in either order give the same bits. */
static void run_weights(const mi_kern *kern, const mi_conv *cv, int images,
                        const mi_conv_grads *to, int backwards)
{
    const mi_conv_batch b = {images, x, dy, cv->c, cv->oc, NULL, NULL};
    const mi_winograd way = mi_winograd_of(cv, twice == 2);
    int parts = mi_winograd_parts(kern, &way, images);
    size_t all = mi_winograd_len(kern, &way) * (size_t)parts;
    int tasks = mi_winograd_products_tasks(kern, &way, images);
    int last = mi_winograd_sum_tasks(kern, &way) - 1;
    CHECK(all < sizeof sums / sizeof *sums);
    CHECK(mi_winograd_products_scratch(&way) <= sizeof scratch);
    for (size_t i = 0; i <= all; i++)
        sums[i] = poison;
    for (int i = 0; i < tasks; i++)
        mi_winograd_products(kern, &way, &b, backwards ? tasks - 1 - i : i,
                             sums, scratch);
    CHECK(sums[all] == poison);
    for (int i = 0; i <= last; i++)
        mi_winograd_sum(kern, &way, parts, sums, to, backwards ? last - i : i);
}

static void check_weights(const mi_kern *kern, const mi_conv *cv, int images,
                          int add)
{
    int n = cv->oc * cv->c * 9, bad = 0;
    float *bias = got + n + 1;
    const mi_conv_source at = source_of(cv);
    run_weights(kern, cv, images, &(mi_conv_grads){at, first, NULL, 0, 0}, 1);
    begin(n, add);
    for (int o = 0; o < cv->oc; o++)
        bias[o] = 0.5f;
    bias[cv->oc] = poison;
    visit_all(cv, images, add_w);
    run_weights(kern, cv, images, &(mi_conv_grads){at, got, bias, add, add}, 0);
    compare(kern, "weights", cv, n);
    CHECK(add || memcmp(first, got, (size_t)n * sizeof *got) == 0);
    for (int o = 0; o < cv->oc; o++) {
        double s = add ? 0.5 : 0;
        for (int p = o; p < images * cv->oh * cv->ow * cv->oc; p += cv->oc)
            s += (double)dy[p];
        bad += !(fabs((double)bias[o] - s) <= 1e-4);
    }
    CHECK_MSG(!bad && bias[cv->oc] == poison, "%s: %d biases of %d wrong",
              kern->isa, bad, cv->oc);
}

static void check_conv(const mi_conv *cv, int images, int add)
{
    const mi_kern *kern;
    for (int v = 0; (kern = mi_kern_at(v)); v++) {
        check_forward(kern, cv, images, add, 1);
        check_forward(kern, cv, images, add, 0);
        check_data(kern, cv, images, add);
        check_weights(kern, cv, images, add);
    }
}

static mi_conv conv_of(int h, int w_, int c, int oc, int top, int left,
                       const int after[2])
{
    return (mi_conv){.h = h,
                     .w = w_,
                     .c = c,
                     .oh = h + top + after[0] - 2,
                     .ow = w_ + left + after[1] - 2,
                     .oc = oc,
                     .kh = 3,
                     .kw = 3,
                     .sy = 1,
                     .sx = 1,
                     .dy = 1,
                     .dx = 1,
                     .top = top,
                     .left = left};
}

/* Any sides, odd ones too, any borders and channels. */
static void test_random_convolutions(void)
{
    for (int i = 0; i < CASES; i++) {
        const int after[2] = {pick(0, 2), pick(0, 2)};
        mi_conv cv = conv_of(pick(3, 9), pick(3, 9), pick(1, 40), pick(1, 40),
                             pick(0, 2), pick(0, 2), after);
        check_conv(&cv, pick(1, IMAGES), pick(0, 1));
    }
}

/* A convolution of a picture [h, w, c] twice as large. */
static mi_conv doubled_of(int h, int w_, int c, int oc)
{
    const int one[2] = {1, 1};
    mi_conv cv = conv_of(2 * h, 2 * w_, c, oc, 1, 1, one);
    cv.h = h, cv.w = w_;
    return cv;
}

static void test_repeated_pixels(void)
{
    twice = 2;
    for (int i = 0; i < CASES; i++) {
        mi_conv cv =
            doubled_of(pick(1, 6), pick(1, 6), pick(1, 40), pick(1, 40));
        check_conv(&cv, pick(1, IMAGES), pick(0, 1));
    }
    mi_conv wide = doubled_of(4, 4, 120, 70), many = doubled_of(9, 11, 24, 33);
    check_conv(&wide, 2, 0);
    check_conv(&many, 3, 1);
    CHECK(mi_winograd_doubled_pays(&many));
    wide.oc = 3;
    CHECK(!mi_winograd_doubled_pays(&wide));
    twice = 1;
}

/* Several tasks, parts and groups. */
static void test_cuts(void)
{
    const int one[2] = {1, 1};
    mi_conv wide = conv_of(8, 8, 96, 100, 1, 1, one);
    mi_conv many = conv_of(34, 35, 12, 17, 1, 1, one);
    check_conv(&wide, 2, 0);
    check_conv(&many, 3, 1);
    const mi_winograd w1 = mi_winograd_of(&wide, 0);
    const mi_winograd w2 = mi_winograd_of(&many, 0);
    const mi_kern *kern = mi_kern_at(1);
    CHECK(mi_winograd_tasks(&w2, 3) > 3);
    CHECK(mi_winograd_parts(kern, &w2, 3) > 1);
    CHECK(mi_winograd_parts(kern, &w1, 1) == 1);
    CHECK(mi_winograd_products_tasks(kern, &w1, 1) > 1);
    CHECK(mi_winograd_sum_tasks(kern, &w1) > 1);
}

static void test_what_pays(void)
{
    const int one[2] = {1, 1};
    mi_conv cv = conv_of(16, 16, 96, 96, 1, 1, one);
    CHECK(mi_winograd_pays(&cv));
    mi_conv strided = cv, far = cv, thin = cv, large = cv;
    strided.sx = 2, far.dy = 2, thin.c = 3, large.kh = 5;
    CHECK(!mi_winograd_pays(&strided) && !mi_winograd_pays(&far));
    CHECK(!mi_winograd_pays(&thin) && !mi_winograd_pays(&large));
    mi_conv few = conv_of(16, 16, 16, 16, 1, 1, one);
    mi_conv small = conv_of(6, 6, 16, 16, 1, 1, one);
    CHECK(mi_winograd_pays(&few) && !mi_winograd_pays(&small));
    const int none[2] = {0, 0}; /* 8 x 8 pay, the 10 x 10 of the way back not */
    mi_conv forward = conv_of(10, 10, 16, 16, 0, 0, none);
    CHECK(!mi_winograd_pays(&forward));
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 5;
    fill_random(x, MAX_FLOATS);
    RUN(test_squares_are_windows);
    RUN(test_transforms_are_the_references);
    fill_random(x, MAX_FLOATS);
    fill_random(dy, MAX_FLOATS);
    fill_random(w, MAX_FLOATS);
    fill_random(before, MAX_FLOATS);
    RUN(test_random_convolutions);
    RUN(test_repeated_pixels);
    RUN(test_cuts);
    RUN(test_what_pays);
    return check_done();
}
