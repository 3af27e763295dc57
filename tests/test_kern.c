/* Every kernel of every table this CPU can run, against ref. */
#include "mien/base.h"
#include "tests/kern_cases.h"

enum { MOST = 515 }; /* past four vectors of the widest set, and a tail */

typedef struct areas {
    _Alignas(64) float f[3 * (MOST + KERN_GUARD) + 2];
    double d[KERN_MOST];
    _Alignas(8) uint8_t b[KERN_BYTES];
} areas;

static areas got, want;

/* Areas of poison (0x55) around and under the results. */
static kern_out poisoned(areas *a, int which)
{
    if (which & KERN_F)
        memset(a->f, 0x55, sizeof a->f);
    if (which & KERN_D)
        memset(a->d, 0x55, sizeof a->d);
    if (which & KERN_B)
        memset(a->b, 0x55, sizeof a->b);
    return (kern_out){a->f + 1, MOST + KERN_GUARD, a->d, a->b};
}

static void compare_one(const char *what, const char *isa, const kern_case *c,
                        const int at[2], double g, double w)
{
    int n = at[0];
    double share = c->share + c->share_n * n, off = c->off + c->off_n * n;
    CHECK_MSG(g == w || fabs(g - w) <= share * fabs(w) + off + 1e-300,
              "%s %s n=%d [%d]: %.17g, want %.17g", isa, what, n, at[1], g, w);
}

/* All that was written and all that was not. */
static void compare(const char *what, const char *isa, const kern_case *c,
                    int n)
{
    check_count++;
    if (c->areas & KERN_F && memcmp(got.f, want.f, sizeof got.f))
        for (int i = 0; i < (int)(sizeof got.f / sizeof *got.f); i++)
            compare_one(what, isa, c, (int[]){n, i - 1}, (double)got.f[i],
                        (double)want.f[i]);
    if (c->areas & KERN_D && memcmp(got.d, want.d, sizeof got.d))
        for (int i = 0; i < KERN_MOST; i++)
            compare_one(what, isa, c, (int[]){n, i}, got.d[i], want.d[i]);
    if (c->areas & KERN_B)
        CHECK_MSG(!memcmp(got.b, want.b, sizeof got.b), "%s %s n=%d differs",
                  isa, what, n);
}

static void call(const mi_kern *kern, const kern_case *c, const kern_in *in,
                 areas *to)
{
    kern_out out = poisoned(to, c->areas);
    if (c->prepare)
        c->prepare(in, &out);
    c->call(kern, in, &out);
}

static void call_in_place(const mi_kern *kern, const kern_case *c,
                          const kern_in *in)
{
    kern_out out = poisoned(&got, c->areas);
    kern_in here = *in;
    here.x = memcpy(out.f, in->x, (size_t)in->n * sizeof *in->x);
    c->call(kern, &here, &out);
}

static void check_kernel(const mi_kern *kern, const char *name,
                         const kern_case *c, kern_in *in)
{
    const mi_kern *ref = mi_kern_at(0);
    for (int n = c->least; n <= (c->most ? c->most : MOST); n++) {
        in->n = n;
        in->c = n % 37 + 1;
        if (c->check) {
            c->check(kern, ref, n);
            continue;
        }
        call(ref, c, in, &want);
        call(kern, c, in, &got);
        compare(name, kern->isa, c, n);
        if (!c->in_place)
            continue;
        /* what is beyond whole pixels stays as it was */
        call_in_place(ref, c, in);
        memcpy(want.f, got.f, sizeof got.f);
        call_in_place(kern, c, in);
        compare(name, kern->isa, c, n);
    }
}

/* A test compares the whole that the kernel works in, and a bench times it. */
static void check_whole(const char *name, const kern_case *c)
{
    const char *const files[] = {c->test, c->bench};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(files[i], "r");
        CHECK_MSG(f != NULL, "%s: no %s", name, files[i]);
        if (f)
            fclose(f);
    }
}

static void test_every_kernel(const mi_kern *kern)
{
    kern_in in = kern_in_make();
    for (int i = 0; i < KERN_CASES; i++)
        if (kern_cases[i].of->test)
            check_whole(kern_cases[i].name, kern_cases[i].of);
        else
            check_kernel(kern, kern_cases[i].name, kern_cases[i].of, &in);
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

static void test_clamp_keeps_nan(const mi_kern *kern)
{
    float nan = NAN;
    kern->clamp_f32(1, &nan, 0, 6, &nan);
    CHECK(isnan(nan));
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
    const mi_kern *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++) {
        RUN(test_exp_at_its_ends, kern);
        RUN(test_clamp_keeps_nan, kern);
        RUN(test_every_kernel, kern);
    }
    return check_done();
}
