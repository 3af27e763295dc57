/* Every kernel of every table this CPU can run, against ref. */
#include "kern/boost.h"
#include "kern/conv.h"
#include "kern/flow.h"
#include "kern/kern.h"
#include "kern/tile.h"
#include "mien/base.h"

#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 515 }; /* past four vectors of the widest set, and a tail */
static float fx[MAX + 1], fy[MAX + 1], got[MAX + 2], want[MAX + 2];
static uint8_t bytes[MAX + 1];

static const float poison = 1.46601546874e13f; /* 0x55555555 */

static void fill_poison(void)
{
    for (int i = 0; i < MAX + 2; i++)
        got[i] = poison;
}

/* got[1..n] near want[1..n], and nothing past the end. */
static void compare(const char *what, const mi_kern *kern, int n,
                    double relative)
{
    for (int i = 1; i <= n; i++) {
        double w = (double)want[i], g = (double)got[i];
        CHECK_MSG(fabs(g - w) <= relative * fabs(w) + 1e-38,
                  "%s %s n=%d [%d]: %.9g, want %.9g", kern->isa, what, n, i - 1,
                  g, w);
    }
    CHECK_MSG(got[n + 1] == poison && got[0] == poison,
              "%s %s n=%d wrote outside", kern->isa, what, n);
}

/* Sums in another order than ref: n roundings. */
static void check_dist2_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    double d = (double)ref->dist2_f32(n, fx + 1, fy + 1);
    CHECK_NEAR(kern->dist2_f32(n, fx + 1, fy + 1), d, 1.2e-7 * (n + 1) * d);
}

static void check_sum_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK_NEAR(kern->sum_f32(n, fx + 1), ref->sum_f32(n, fx + 1), 1.2e-7 * n);
}

static void check_max_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(kern->max_f32(n, fx + 1) == ref->max_f32(n, fx + 1));
}

static void check_u8_to_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    ref->u8_to_f32(n, bytes + 1, 0.125f, -1, want + 1);
    fill_poison();
    kern->u8_to_f32(n, bytes + 1, 0.125f, -1, got + 1);
    compare("u8_to_f32", kern, n, 0);
}

#define CHECK_BINARY(name)                                                \
    static void check_##name(const mi_kern *k, const mi_kern *ref, int n) \
    {                                                                     \
        ref->name(n, fx + 1, fy + 1, want + 1);                           \
        fill_poison();                                                    \
        k->name(n, fx + 1, fy + 1, got + 1);                              \
        compare(#name, k, n, 0);                                          \
        memcpy(got + 1, fx + 1, (size_t)n * sizeof *got);                 \
        k->name(n, got + 1, fy + 1, got + 1);                             \
        compare(#name " in place", k, n, 0);                              \
    }
CHECK_BINARY(add_f32)
CHECK_BINARY(sub_f32)
CHECK_BINARY(mul_f32)
CHECK_BINARY(div_f32)

static void check_affine_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    ref->affine_f32(n, fx + 1, 0.5f, 3, want + 1);
    fill_poison();
    kern->affine_f32(n, fx + 1, 0.5f, 3, got + 1);
    compare("affine_f32", kern, n, 2e-7);
}

static void check_affine_pixels_f32(const mi_kern *kern, const mi_kern *ref,
                                    int n)
{
    int c = n % 37 + 1, pixels = n / c;
    for (int i = 0; i < MAX; i++)
        fy[i + 1] += 3; /* away from 0, where the sum would cancel */
    ref->affine_pixels_f32(pixels, c, fx + 1, fx + 1, fy + 1, want + 1);
    fill_poison();
    kern->affine_pixels_f32(pixels, c, fx + 1, fx + 1, fy + 1, got + 1);
    compare("affine_pixels_f32", kern, pixels * c, 2e-7);
    for (int i = 0; i < MAX; i++)
        fy[i + 1] -= 3;
}

static void check_clamp_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    ref->clamp_f32(n, fx + 1, -0.25f, 0.5f, want + 1);
    fill_poison();
    kern->clamp_f32(n, fx + 1, -0.25f, 0.5f, got + 1);
    compare("clamp_f32", kern, n, 0);
    float nan = NAN;
    kern->clamp_f32(1, &nan, 0, 6, &nan);
    CHECK(isnan(nan));
}

static void check_leaky_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    ref->leaky_f32(n, fx + 1, 0.1f, want + 1);
    fill_poison();
    kern->leaky_f32(n, fx + 1, 0.1f, got + 1);
    compare("leaky_f32", kern, n, 1.2e-7);
}

static void check_sigmoid_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    float x[MAX + 1];
    for (int i = 0; i < n; i++)
        x[i] = fx[i + 1] * 80;
    ref->sigmoid_f32(n, x, want + 1);
    fill_poison();
    kern->sigmoid_f32(n, x, got + 1);
    compare("sigmoid_f32", kern, n, 5e-7);
}

static void check_exp_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    float x[MAX + 1];
    for (int i = 0; i < n; i++)
        x[i] = fx[i + 1] * (i % 2 ? 87.f : 1.f);
    ref->exp_f32(n, x, want + 1);
    fill_poison();
    kern->exp_f32(n, x, got + 1);
    compare("exp_f32", kern, n, 2.5e-7);
}

static void check_fma_chains_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    double w = (double)ref->fma_chains_f32(n, 0.5f, 1);
    CHECK_NEAR(kern->fma_chains_f32(n, 0.5f, 1), w, 1e-6 * w);
}

/* The kernels of convolutions are compared whole, in test_conv.c. */
static void check_conv_tile_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->conv_tile_f32 && kern->lanes >= ref->lanes));
}

/* Compared whole in test_conv_back.c. */
static void check_outer_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->outer_f32 && ref->outer_f32));
}

static void check_dots_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->dots_f32 && ref->dots_f32));
}

static void check_pixel_sums_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->pixel_sums_f32 && ref->pixel_sums_f32));
}

static void check_pixel_products_f32(const mi_kern *kern, const mi_kern *ref,
                                     int n)
{
    CHECK(n < 0 || (kern->pixel_products_f32 && ref->pixel_products_f32));
}

static void check_batch_grad_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->batch_grad_f32 && ref->batch_grad_f32));
}

static void check_act_grad_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->act_grad_f32 && ref->act_grad_f32));
}

static void check_depth_data_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->depth_data_f32 && ref->depth_data_f32));
}

static void check_pool2d_winner_f32(const mi_kern *kern, const mi_kern *ref,
                                    int n)
{
    CHECK(n < 0 || (kern->pool2d_winner_f32 && ref->pool2d_winner_f32));
}

static void check_pool_back_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    CHECK(n < 0 || (kern->pool_back_f32 && ref->pool_back_f32));
}

/* Compared whole in test_gemm.c. */
static void check_gemm_columns_f32(const mi_kern *kern, const mi_kern *ref,
                                   int n)
{
    CHECK(n < 0 || (kern->gemm_columns_f32 && ref->gemm_columns_f32));
}

static void check_adam_f32(const mi_kern *kern, const mi_kern *ref, int n)
{
    const mi_adam by = {1e-3f, 0.9f, 0.999f, 1e-7f, 1.5f};
    float m[2][MAX + 1], v[2][MAX + 1];
    for (int i = 0; i < n; i++) {
        m[0][i] = m[1][i] = fy[i] * 0.1f;
        v[0][i] = v[1][i] = fy[i] * fy[i];
        want[i + 1] = got[i + 1] = fx[i];
    }
    ref->adam_f32(n, &by, fy, m[0], v[0], want + 1);
    fill_poison();
    for (int i = 0; i < n; i++)
        got[i + 1] = fx[i];
    kern->adam_f32(n, &by, fy, m[1], v[1], got + 1);
    compare("adam_f32", kern, n, 2.5e-7);
    for (int i = 0; i < n; i++) {
        CHECK_NEAR(m[1][i], m[0][i], 1e-7);
        CHECK_NEAR(v[1][i], v[0][i], 1e-7);
    }
}

/* Compared whole: layers in test_conv.c, rows of doubles in test_linalg.c,
 * windows of cascades in test_cascade.c. */
#define CHECK_ELSEWHERE(name)                                             \
    static void check_##name(const mi_kern *k, const mi_kern *ref, int n) \
    {                                                                     \
        CHECK(n < 0 || (k->name && ref->name));                           \
    }
CHECK_ELSEWHERE(depthwise_f32)
CHECK_ELSEWHERE(pool2d_f32)
CHECK_ELSEWHERE(standard_f64)
CHECK_ELSEWHERE(rows_scale_f64)
CHECK_ELSEWHERE(rows_dot_f64)
CHECK_ELSEWHERE(rows_sum_f64)
CHECK_ELSEWHERE(gram_f64)
CHECK_ELSEWHERE(logit_f64)
CHECK_ELSEWHERE(window_norm_f32)
CHECK_ELSEWHERE(votes_f64)
CHECK_ELSEWHERE(votes_at_f64)

/* The best score as ref has it, and that score where the kernel says it is.
 * Small weights and many ties now and then. */
static void check_split(const mi_kern *kern, const mi_kern *ref, int n,
                        void (*run)(const mi_ranks *, float *, int32_t *),
                        void (*run_ref)(const mi_ranks *, float *, int32_t *))
{
    static uint16_t order[(MAX + 1) * MI_BOOST_LANES];
    static int32_t weight[MAX + 1];
    (void)ref;
    if (n == 0 || n % 7 == 3)
        return;
    unsigned seed = (unsigned)n;
    mi_ranks r = {.n = n, .order = order, .weight = weight};
    int32_t most = 1 << 30;
    for (int i = 0; i < n; i++) {
        int32_t w = (int32_t)(check_rand(&seed) % (unsigned)(most / n));
        w = n % 3 == 0 && i % 4 == 1 ? 0 : n % 5 == 0 ? w % 8 : w;
        weight[i] = check_rand(&seed) & 1 ? w : -w;
        r.total += w;
        r.sum += weight[i];
    }
    for (int f = 0; f < MI_BOOST_LANES; f++)
        for (int i = 0; i < n; i++) {
            int j = (int)(check_rand(&seed) % (unsigned)(i + 1));
            order[i * MI_BOOST_LANES + f] = order[j * MI_BOOST_LANES + f];
            order[j * MI_BOOST_LANES + f] = (uint16_t)i;
        }
    for (int i = 0; i < n * MI_BOOST_LANES; i++)
        if (check_rand(&seed) % 4 == 0)
            order[i] |= MI_BOOST_TIE;
    float score[2][MI_BOOST_LANES];
    int32_t at[2][MI_BOOST_LANES];
    run_ref(&r, score[0], at[0]);
    run(&r, score[1], at[1]);
    for (int f = 0; f < MI_BOOST_LANES; f++) {
        double want_score = (double)score[0][f], error = 1e-6 * r.total;
        error += 1e-5 * fabs(want_score);
        CHECK_MSG(fabs((double)score[1][f] - want_score) <= error,
                  "%s split n=%d [%d]: %.9g, want %.9g", kern->isa, n, f,
                  (double)score[1][f], want_score);
        CHECK(at[1][f] >= -1 && at[1][f] < n);
        if (at[1][f] != at[0][f] && at[1][f] >= 0) {
            mi_ranks one = r; /* only that threshold is left */
            static uint16_t other[(MAX + 1) * MI_BOOST_LANES];
            for (int i = 0; i < n * MI_BOOST_LANES; i++)
                other[i] = order[i] | MI_BOOST_TIE;
            int place = at[1][f] * MI_BOOST_LANES + f;
            CHECK(!(order[place] & MI_BOOST_TIE));
            other[place] = order[place];
            one.order = other;
            run_ref(&one, score[0], at[0]);
            CHECK_NEAR(score[0][f], want_score, error);
            run_ref(&r, score[0], at[0]);
        }
    }
}
#define CHECK_SPLIT(name)                                                 \
    static void check_##name(const mi_kern *k, const mi_kern *ref, int n) \
    {                                                                     \
        check_split(k, ref, n, k->name, ref->name);                       \
    }
CHECK_SPLIT(split_gentle_f32)
CHECK_SPLIT(split_discrete_f32)
CHECK_SPLIT(split_real_f32)

/* ---- optical flow, exactly as ref has it --------------------------------- */

enum { FLOW_STRIDE = 160, FLOW_SIDE = 132 };

/* A picture of extremes, read between its pixels, often at its borders. */
static mi_flow_place flow_place(unsigned seed)
{
    static uint8_t grey[FLOW_STRIDE * FLOW_SIDE];
    for (int i = 0; i < FLOW_STRIDE * FLOW_SIDE; i++) {
        unsigned r = check_rand(&seed);
        grey[i] = (uint8_t)(r % 5 ? r >> 3 : r % 2 * 255);
    }
    int at = 3 * FLOW_STRIDE + 5;
    mi_flow_place p = {.p = grey + at, .stride = FLOW_STRIDE};
    p.left = (int)(check_rand(&seed) % 40) - 20;
    p.top = (int)(check_rand(&seed) % 40) - 20;
    p.right = p.left + (int)(check_rand(&seed) % 120);
    p.bottom = p.top + (int)(check_rand(&seed) % 120);
    int left = 1 << MI_FLOW_BITS;
    for (int i = 0; i < 3; i++) {
        p.weight[i] = (int32_t)(check_rand(&seed) % (unsigned)(left + 1));
        left -= p.weight[i];
    }
    p.weight[3] = left;
    return p;
}

enum { FLOW_MEMORY = MI_FLOW_WINDOW * (MI_FLOW_WINDOW + MI_FLOW_LANES) };

static mi_flow_patch flow_patch(int side, int16_t memory[3][FLOW_MEMORY])
{
    int row = (side + MI_FLOW_LANES - 1) / MI_FLOW_LANES * MI_FLOW_LANES;
    memset(memory, 0x55, 3 * sizeof memory[0]);
    return (mi_flow_patch){side, side, row, memory[0], memory[1], memory[2]};
}

static int16_t patch_memory[2][3][FLOW_MEMORY];

static void check_flow_patch_i16(const mi_kern *kern, const mi_kern *ref, int n)
{
    if (n < 3 || n > MI_FLOW_WINDOW)
        return;
    mi_flow_place at = flow_place((unsigned)n);
    int64_t sums[2][3];
    mi_flow_patch a = flow_patch(n, patch_memory[0]);
    mi_flow_patch b = flow_patch(n, patch_memory[1]);
    kern->flow_patch_i16(&at, &a, sums[0]);
    ref->flow_patch_i16(&at, &b, sums[1]);
    CHECK(!memcmp(sums[0], sums[1], sizeof sums[0]));
    CHECK(!memcmp(patch_memory[0], patch_memory[1], sizeof patch_memory[0]));
}

static void check_flow_step_i16(const mi_kern *kern, const mi_kern *ref, int n)
{
    if (n < 3 || n > MI_FLOW_WINDOW)
        return;
    mi_flow_place at = flow_place((unsigned)n);
    mi_flow_patch patch = flow_patch(n, patch_memory[0]);
    int64_t sums[2][3];
    ref->flow_patch_i16(&at, &patch, sums[0]);
    at = flow_place((unsigned)n + 1000);
    kern->flow_step_i16(&at, &patch, sums[0]);
    ref->flow_step_i16(&at, &patch, sums[1]);
    CHECK(sums[0][0] == sums[1][0] && sums[0][1] == sums[1][1]);
}

static void check_flow_error_i16(const mi_kern *kern, const mi_kern *ref, int n)
{
    if (n < 3 || n > MI_FLOW_WINDOW)
        return;
    mi_flow_place at = flow_place((unsigned)n);
    mi_flow_patch patch = flow_patch(n, patch_memory[0]);
    int64_t sums[3];
    ref->flow_patch_i16(&at, &patch, sums);
    at = flow_place((unsigned)n + 1000);
    CHECK(kern->flow_error_i16(&at, &patch) ==
          ref->flow_error_i16(&at, &patch));
}

static uint8_t bytes_at(int i) { return bytes[1 + (i % MAX + MAX) % MAX]; }

static void check_half_rows_u16(const mi_kern *kern, const mi_kern *ref, int n)
{
    static uint8_t row[5][MAX + 1];
    static uint16_t d[2][MAX + 1];
    for (int i = 0; i < n; i++)
        for (int y = 0; y < 5; y++)
            row[y][i] = bytes_at(i + 7 * y + n);
    const uint8_t *const rows[5] = {row[0], row[1], row[2], row[3], row[4]};
    memset(d, 0x55, sizeof d);
    kern->half_rows_u16(n, rows, d[0]);
    ref->half_rows_u16(n, rows, d[1]);
    CHECK(!memcmp(d[0], d[1], sizeof d[0]));
}

static void check_half_u8(const mi_kern *kern, const mi_kern *ref, int n)
{
    static uint16_t row[2 * MAX + 8];
    static uint8_t d[2][MAX + 1];
    for (int i = 0; i < 2 * n + 8; i++)
        row[i] = (uint16_t)(16 * bytes_at(i + n));
    memset(d, 0x55, sizeof d);
    kern->half_u8(n, row + 2, d[0]);
    ref->half_u8(n, row + 2, d[1]);
    CHECK(!memcmp(d[0], d[1], sizeof d[0]));
}

static void test_exp_at_its_ends(const mi_kern *kern)
{
    float x[] = {0, -0.f, 88.7f, 89, 1000, INFINITY, -87, -104, -INFINITY, NAN};
    float y[10];
    kern->exp_f32(10, x, y);
    CHECK(y[0] == 1 && y[1] == 1);
    CHECK(fabs((double)y[2] / exp((double)x[2]) - 1) < 1e-6);
    CHECK(isinf(y[3]) && isinf(y[4]) && isinf(y[5]));
    CHECK(y[6] > 0 && y[7] < 1e-37f && y[8] == 0);
    CHECK(isnan(y[9]));
}

static void test_isa_can_be_chosen(void)
{
    CHECK(mi_kern_at(0) && strcmp(mi_kern_at(0)->isa, "ref") == 0);
    CHECK(mi_kern_at(1) && !mi_kern_at(99));
    setenv("MIEN_ISA", "base", 1); /* before the first choice */
    CHECK(strcmp(mien_isa(), "base") == 0);
    CHECK(mi_kern_best() == mi_kern_at(1));
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_isa_can_be_chosen);
    unsigned seed = 3;
    for (int i = 0; i <= MAX; i++) {
        fx[i] = (float)check_rand(&seed) / 8388608.f - 1;
        fy[i] = (float)check_rand(&seed) / 8388608.f - 1;
        bytes[i] = (uint8_t)check_rand(&seed);
    }

    const mi_kern *ref = mi_kern_at(0), *k;
    for (int v = 0; (k = mi_kern_at(v)); v++) {
        RUN(test_exp_at_its_ends, k);
        for (int n = 0; n <= MAX; n++) {
#define MI_KERN(name, result, params) check_##name(k, ref, n);
#include "kern/kern_list.h"
#undef MI_KERN
        }
    }
    return check_done();
}
