/* Matrix products of every table against plain loops in double. */
#include "kern/gemm.h"

#include "tests/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FLOATS = 200000, CASES = 400 };
static float a[MAX_FLOATS], b[MAX_FLOATS], bias[256];
static float before[MAX_FLOATS], first[MAX_FLOATS], packed[MAX_FLOATS];

static double element(const mi_gemm *g, int i, int j, double *size)
{
    double s = g->bias ? (double)g->bias[j] : 0;
    *size = fabs(s) + 1;
    for (int l = 0; l < g->k; l++) {
        double x =
            (double)(g->ta ? g->a[l * g->lda + i] : g->a[i * g->lda + l]);
        double y =
            (double)(g->tb ? g->b[j * g->ldb + l] : g->b[l * g->ldb + j]);
        s += x * y;
        *size += fabs(x * y);
    }
    return s;
}

static double act_of(mi_act act, double v)
{
    if (act.kind == MI_ACT_CLAMP)
        return fmin(fmax(v, (double)act.lo), (double)act.hi);
    if (act.kind == MI_ACT_LEAKY)
        return v > 0 ? v : (double)act.lo * v;
    return v;
}

static mi_gemm random_gemm(int deep)
{
    mi_gemm g = {.m = pick(1, 70), .n = pick(1, 70), .k = pick(0, 70)};
    if (deep) {
        g.k = pick(500, 1300);
        g.n = pick(1, 40);
    }
    g.ta = pick(0, 1);
    g.tb = pick(0, 1);
    g.lda = (g.ta ? g.m : g.k) + pick(0, 3);
    g.ldb = (g.tb ? g.k : g.n) + pick(0, 3);
    g.ldc = g.n + pick(0, 3);
    g.add = pick(0, 2) == 0;
    if (!g.add && pick(0, 1))
        g.bias = bias;
    if (!g.add)
        g.act = (mi_act){(mi_act_kind)pick(0, 2), 0, INFINITY};
    if (g.act.kind == MI_ACT_LEAKY)
        g.act.lo = 0.1f;
    g.a = a;
    g.b = b;
    g.c = first;
    return g;
}

static void check_product(const mi_kern *kern, const mi_gemm *g)
{
    CHECK(mi_gemm_packed_len(kern, g) < MAX_FLOATS - 8);
    fill_random(before, g->m * (int)g->ldc);
    memcpy(first, before, sizeof first);
    float *end = packed + mi_gemm_packed_len(kern, g);
    *end = 12345.f;
    mi_gemm_pack(kern, g, packed);
    CHECK(*end == 12345.f);
    for (int t = mi_gemm_tasks(kern, g); t-- > 0;)
        mi_gemm_run(kern, g, packed, t);
    for (int i = 0; i < g->m; i++)
        for (int j = 0; j < g->ldc; j++) {
            double was = (double)before[i * g->ldc + j], size, want;
            if (j >= g->n) {
                CHECK(first[i * g->ldc + j] == (float)was);
                continue;
            }
            want = element(g, i, j, &size);
            want = g->add ? was + want : act_of(g->act, want);
            CHECK_NEAR(first[i * g->ldc + j], want, 1e-6 * size);
        }
}

static void test_products_are_right(const mi_kern *kern)
{
    for (int c = 0; c < CASES; c++) {
        mi_gemm g = random_gemm(c % 20 == 0);
        check_product(kern, &g);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 5;
    fill_random(a, MAX_FLOATS);
    fill_random(b, MAX_FLOATS);
    fill_random(bias, 256);
    for (int i = 0; mi_kern_at(i); i++)
        RUN(test_products_are_right, mi_kern_at(i));
    return check_done();
}
