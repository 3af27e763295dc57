/* Convolutions in 16-bit integers, of every table, against plain loops. */
#include "kern/words.h"

#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { MOST = 1 << 19, CHANNELS = 96 };
static float x[MOST], w[MOST], bias[CHANNELS], add[MOST], packed[MOST];
static float y[MOST], again[MOST];
static double scratch[MOST / 8];
static const float poison = 12345.f;

static unsigned seed = 5;

static int pick(int lo, int hi)
{
    return lo + (int)(check_rand(&seed) % (unsigned)(hi - lo + 1));
}

static float any(void) { return (float)check_rand(&seed) / 8388608.f - 1; }

static void fill(float *p, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = any();
}

/* Weights of each channel on so many steps, as a file at eight bits has them,
 * times a factor of the channel's. */
static void fill_steps(const mi_conv *cv, int count)
{
    int n = mi_words_deep(cv);
    for (int o = 0; o < cv->oc; o++) {
        float step = 0.01f + 0.01f * any() * any();
        float by = o == 1 ? 0 : 1 + any() / 2;
        int zero = pick(0, count);
        for (int i = 0; i < n; i++)
            w[o * n + i] = by * (step * (float)(pick(0, count) - zero));
    }
}

static const mi_act acts[] = {
    {MI_ACT_NONE, 0, 0}, {MI_ACT_CLAMP, 0, 6}, {MI_ACT_LEAKY, 0.1f, 0}};

static mi_conv random_conv(void)
{
    int k = pick(0, 1) ? 3 : 1, s = pick(1, 2), same = pick(0, 1);
    mi_conv cv = {.h = pick(k, 9), .w = pick(k, 9), .c = 16 * pick(1, 4)};
    cv.oc = pick(16, 70);
    cv.kh = cv.kw = k;
    cv.sy = cv.sx = s;
    cv.dy = cv.dx = 1;
    cv.top = cv.left = same ? k / 2 : 0;
    cv.oh = (cv.h + 2 * cv.top - k) / s + 1;
    cv.ow = (cv.w + 2 * cv.left - k) / s + 1;
    cv.act = acts[pick(0, 2)];
    cv.words = 1;
    return cv;
}

static double act_of(mi_act act, double v)
{
    if (act.kind == MI_ACT_CLAMP)
        return fmin(fmax(v, (double)act.lo), (double)act.hi);
    return act.kind == MI_ACT_LEAKY && v < 0 ? (double)act.lo * v : v;
}

/* Output o of pixel p in double; *off: how far rounded inputs may take it. */
static double conv_at(const mi_conv *cv, const mi_conv_io *io, int p, int o,
                      double *off)
{
    int n = mi_words_deep(cv), oy = p / cv->ow, ox = p % cv->ow;
    double sum = (double)bias[o], sizes = 0, largest = 0, products = 0;
    for (int i = 0; i < n; i++) {
        int tap = i / cv->c;
        int iy = oy * cv->sy - cv->top + tap / cv->kw;
        int ix = ox * cv->sx - cv->left + tap % cv->kw;
        int inside = iy >= 0 && iy < cv->h && ix >= 0 && ix < cv->w;
        double a =
            inside ? (double)io->x[(iy * cv->w + ix) * io->x_stride + i % cv->c]
                   : 0;
        double b = (double)w[o * n + i];
        sum += a * b;
        products += fabs(a * b);
        sizes += fabs(b);
        largest = fmax(largest, fabs(a));
    }
    int floats = largest > (double)MI_WORDS_MOST;
    double half = floats ? 0 : 0.51 * largest / (double)packed[0];
    *off = half * sizes + (floats ? 1e-6 : 2e-5) * products + 1e-5;
    return act_of(cv->act,
                  sum + (io->add ? (double)io->add[p * cv->oc + o] : 0));
}

static void run(const mi_kern *kern, const mi_conv *cv, mi_conv_io *io,
                float *to, int backwards)
{
    int n = mi_conv_tasks(kern, cv);
    io->y = to;
    CHECK(mi_conv_scratch(kern, cv) <= sizeof scratch);
    for (int i = 0; i < cv->oh * cv->ow * cv->oc + 8; i++)
        to[i] = poison;
    for (int i = 0; i < n; i++)
        mi_conv_run(kern, cv, io, backwards ? n - 1 - i : i, scratch);
}

static mi_conv_io prepare(const mi_kern *kern, const mi_conv *cv)
{
    CHECK(mi_words_fit(cv, w));
    CHECK(mi_conv_packed_len(kern, cv) <= MOST);
    mi_conv_pack(kern, cv, w, bias, packed);
    CHECK(packed[0] >= 2047 && packed[0] <= 32767);
    return (mi_conv_io){.x = x,
                        .x_stride = cv->c + 16 * pick(0, 1),
                        .packed = packed,
                        .add = pick(0, 1) ? add : NULL,
                        .add_stride = cv->oc,
                        .y_stride = cv->oc};
}

/* Outputs that are not what plain loops give. */
static int count_wrong(const mi_conv *cv, const mi_conv_io *io)
{
    int wrong = 0;
    for (int i = 0; i < cv->oh * cv->ow * cv->oc; i++) {
        double off, v = conv_at(cv, io, i / cv->oc, i % cv->oc, &off);
        wrong += !(fabs((double)y[i] - v) <= off);
    }
    return wrong;
}

static void one_conv(const mi_kern *kern)
{
    mi_conv cv = random_conv();
    int n = cv.oh * cv.ow * cv.oc;
    fill(x, cv.h * cv.w * (cv.c + 16));
    fill(add, n);
    fill(bias, cv.oc);
    fill_steps(&cv, pick(0, 1) ? 255 : pick(1, 255));
    mi_conv_io io = prepare(kern, &cv);
    run(kern, &cv, &io, y, 0);
    CHECK(count_wrong(&cv, &io) == 0);
    CHECK(y[n] == poison);
    run(kern, &cv, &io, again, 1);
    CHECK(memcmp(y, again, (size_t)n * sizeof *y) == 0);
}

static mi_conv one_row(int c, int oc)
{
    return (mi_conv){.h = 1,
                     .w = 7,
                     .c = c,
                     .oh = 1,
                     .ow = 7,
                     .oc = oc,
                     .kh = 1,
                     .kw = 1,
                     .sy = 1,
                     .sx = 1,
                     .dy = 1,
                     .dx = 1,
                     .words = 1};
}

/* Each channel's weights lie at the far end of its steps but one, so that the
 * sums of inputs of one size are as large as they can be. */
static void fill_ends(const mi_conv *cv)
{
    for (int o = 0; o < cv->oc; o++) {
        float *to = w + (ptrdiff_t)o * cv->c;
        for (int i = 0; i < cv->c; i++)
            to[i] = o % 2 ? -1.28f : 1.27f;
        to[5] = o % 2 ? 1.27f : -1.28f;
        to[7] = 0;
        if (o % 4 == 2)
            for (int i = 0; i < cv->c; i++)
                to[i] = 0.25f;
    }
}

/* Outputs of which plain loops make a number, or infinity, and these do not. */
static int count_lost(const mi_conv *cv, const mi_conv_io *io)
{
    int lost = 0;
    for (int i = 0; i < cv->oh * cv->ow * cv->oc; i++) {
        double off, v = conv_at(cv, io, i / cv->oc, i % cv->oc, &off);
        double got = (double)y[i];
        if (isnan(off)) /* an input is no number */
            continue;
        lost += isfinite(v) ? !(fabs(got - v) <= off) : !isnan(v) && got != v;
    }
    return lost;
}

/* Pixels that no whole numbers can be made of, beside others. */
static void odd_inputs(const mi_kern *kern, mi_act act)
{
    mi_conv cv = one_row(32, 70);
    cv.act = act;
    fill_ends(&cv);
    fill(x, 7 * 48);
    fill(bias, cv.oc);
    fill(add, cv.ow * cv.oc);
    mi_conv_io io = prepare(kern, &cv);
    for (int i = 0; i < cv.c; i++)
        x[3 * io.x_stride + i] = 0;
    x[0 * io.x_stride + 9] = 3e15f;
    x[1 * io.x_stride + 5] = NAN;
    x[2 * io.x_stride + 6] = 1e38f;
    x[5 * io.x_stride + 31] = -INFINITY;
    x[6 * io.x_stride + 4] = INFINITY;
    run(kern, &cv, &io, y, 0);
    CHECK(count_lost(&cv, &io) == 0);
    int odd = 0;
    for (int o = 0; o < cv.oc; o++) {
        odd += act.kind == MI_ACT_NONE && !isnan(y[1 * cv.oc + o]);
        odd += !isfinite(y[4 * cv.oc + o]);
        float zeros = bias[o] + (io.add ? add[3 * cv.oc + o] : 0);
        odd += act.kind == MI_ACT_NONE && y[3 * cv.oc + o] != zeros;
    }
    CHECK(odd == 0);
}

/* The deepest sums, of inputs far from one another in size and sign. */
static void extremes(const mi_kern *kern)
{
    mi_conv cv = one_row(MI_WORDS_DEEP, 17);
    cv.w = cv.ow = 5;
    fill_ends(&cv);
    fill(bias, cv.oc);
    fill(add, cv.ow * cv.oc);
    mi_conv_io io = prepare(kern, &cv);
    CHECK(packed[0] <= 2048);
    static const float size[] = {1, -3e4f, 2e-3f, 1e-33f, 1};
    for (int p = 0; p < cv.ow; p++)
        for (int i = 0; i < cv.c; i++)
            x[p * io.x_stride + i] = size[p];
    for (int i = 0; i < cv.c; i++)
        x[4 * io.x_stride + i] *= i == 9 ? -1e6f : any();
    run(kern, &cv, &io, y, 0);
    CHECK(count_wrong(&cv, &io) == 0);
}

/* Weights that lie almost together are equal. */
static void tiny_weights(const mi_kern *kern)
{
    mi_conv cv = one_row(32, 16);
    for (int i = 0; i < 16 * 32; i++)
        w[i] = i % 2 ? 1e-36f : -1e-36f;
    fill(bias, cv.oc);
    fill(x, 7 * 48);
    mi_conv_io io = prepare(kern, &cv);
    run(kern, &cv, &io, y, 0);
    CHECK(count_wrong(&cv, &io) == 0);
}

static void test_extremes_stay_within_32_bits(void)
{
    const mi_kern *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++) {
        extremes(kern);
        tiny_weights(kern);
    }
}

static void test_other_weights_are_refused(void)
{
    mi_conv cv = one_row(32, 16);
    fill_steps(&cv, 255);
    CHECK(mi_words_fit(&cv, w));
    float kept = w[7 * 32 + 3];
    w[7 * 32 + 3] += 0.003f; /* between two steps */
    CHECK(!mi_words_fit(&cv, w));
    w[7 * 32 + 3] = NAN;
    CHECK(!mi_words_fit(&cv, w));
    w[7 * 32 + 3] = kept;
    cv.c = 24; /* inputs are taken sixteen at a time */
    CHECK(!mi_words_fit(&cv, w));
    cv.c = 32;
    fill_steps(&cv, 1); /* two values a channel: on steps, whatever they are */
    for (int i = 0; i < 32; i++)
        w[7 * 32 + i] = i == 3 ? 1e14f : 0;
    CHECK(mi_words_fit(&cv, w));
    w[7 * 32 + 3] = 1e20f; /* with inputs, more than floats hold */
    CHECK(!mi_words_fit(&cv, w));
    cv = one_row(MI_WORDS_DEEP, 16);
    fill_ends(&cv);
    CHECK(mi_words_fit(&cv, w));
    cv.c += MI_WORDS_UNIT; /* too many for 32 bits */
    fill_ends(&cv);
    CHECK(!mi_words_fit(&cv, w));
}

static void test_random_weights_are_refused(void)
{
    mi_conv cv = one_row(32, 16);
    int taken = 0;
    for (int round = 0; round < 100; round++) {
        fill(w, 16 * 32);
        taken += mi_words_fit(&cv, w);
    }
    CHECK(taken == 0);
}

static void test_sums_are_those_of_floats(void)
{
    const mi_kern *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++)
        for (int round = 0; round < 60; round++)
            one_conv(kern);
}

static void test_what_is_no_whole_number_stays_float(void)
{
    const mi_kern *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++)
        for (int kind = 0; kind < 3; kind++)
            odd_inputs(kern, acts[kind]);
}

/* A depthwise convolution and one in words behind it: a step of both gives the
 * bits of one after the other. */
static void pair_of(const mi_kern *kern)
{
    mi_conv a = {.h = 9, .w = 7, .c = 48, .oh = 9, .ow = 7, .oc = 48};
    a.kh = a.kw = 3;
    a.sy = a.sx = a.dy = a.dx = a.top = a.left = a.depthwise = 1;
    mi_conv b = one_row(48, 40);
    b.h = b.oh = 9;
    mi_pair pair = {a, b};
    static float taps[9 * 48], first[MOST / 8], between[9 * 7 * 48];
    fill(taps, 9 * 48);
    fill(bias, 48);
    fill(x, 9 * 7 * 48);
    fill(add, 9 * 7 * 40);
    fill_steps(&b, 255);
    CHECK(mi_conv_packed_len(kern, &a) <= MOST / 8);
    mi_conv_pack(kern, &a, taps, NULL, first);
    mi_conv_io io = {
        .x = x, .x_stride = 48, .packed = first, .y = between, .y_stride = 48};
    for (int i = 0; i < mi_conv_tasks(kern, &a); i++)
        mi_conv_run(kern, &a, &io, i, scratch);
    io = prepare(kern, &b);
    io.x = between;
    io.x_stride = 48;
    run(kern, &b, &io, y, 0);
    mi_pair_io both = {x, 48, first, packed, io.add, 40, again, 40};
    CHECK(mi_pair_scratch(kern, &pair) <= sizeof scratch);
    for (int i = 0; i < mi_pair_tasks(kern, &pair); i++)
        mi_pair_run(kern, &pair, &both, i, scratch);
    size_t n = (size_t)b.oh * (size_t)b.ow * (size_t)b.oc;
    CHECK(memcmp(y, again, n * sizeof *y) == 0);
}

static void test_a_pair_is_one_after_the_other(void)
{
    const mi_kern *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++)
        pair_of(kern);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_sums_are_those_of_floats);
    RUN(test_what_is_no_whole_number_stays_float);
    RUN(test_a_pair_is_one_after_the_other);
    RUN(test_extremes_stay_within_32_bits);
    RUN(test_other_weights_are_refused);
    RUN(test_random_weights_are_refused);
    return check_done();
}
