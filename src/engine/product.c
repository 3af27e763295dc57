#include "engine/product.h"

#include "engine/gradient.h"

#include "base/error.h"

typedef struct {
    mi_gemm g;
    size_t at_a, at_c;
} product_spec;

static product_spec *keep_spec(mien_plan *p, const mi_gemm *g,
                               const mi_factors *f)
{
    product_spec *v = mi_plan_alloc(p, 1, sizeof *v);
    if (v)
        *v = (product_spec){*g, f ? f->at_a : 0, f ? f->at_c : 0};
    return v;
}

/* in: b, and the bias; out: panels. */
static void run_pack(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    mi_gemm g = ((const product_spec *)s->spec)->g;
    g.b = mi_step_in(p, s, 0);
    g.bias = s->n_in > 1 ? mi_step_in(p, s, 1) : NULL;
    mi_gemm_pack(p->kern, &g, mi_step_out(p, s, 0));
}

mien_status mi_product_pack(mien_plan *p, const mi_gemm *g, int b, int bias,
                            int *packed, mien_error *err)
{
    int v = mi_plan_add_floats(p, mi_gemm_packed_len(p->kern, g));
    mi_step *s = v < 0 ? NULL : mi_plan_add_step(p, "pack", v);
    product_spec *spec = keep_spec(p, g, NULL);
    if (!s || !spec)
        return mi_no_memory(err);
    mi_step_reads(s, b);
    if (bias >= 0)
        mi_step_reads(s, bias);
    s->spec = spec;
    s->run = run_pack;
    *packed = v;
    return MIEN_OK;
}

/* in: a, panels; out: c. */
static void run_product(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    (void)scratch;
    const product_spec *v = s->spec;
    mi_gemm g = v->g;
    g.a = mi_step_in(p, s, 0) + v->at_a;
    g.c = mi_step_out(p, s, 0) + v->at_c;
    g.add |= s->add;
    mi_gemm_run(p->kern, &g, mi_step_in(p, s, 1), task);
}

static mien_status fill(mien_plan *p, mi_step *s, const mi_gemm *g,
                        const mi_factors *f, int packed, mien_error *err)
{
    product_spec *v = keep_spec(p, g, f);
    if (!s || !v)
        return mi_no_memory(err);
    mi_step_reads(s, f->a);
    mi_step_reads(s, packed);
    s->tasks = mi_gemm_tasks(p->kern, g);
    s->work = (double)g->m * g->n * g->k;
    s->spec = v;
    s->run = run_product;
    return MIEN_OK;
}

mien_status mi_product_run(mien_plan *p, const mi_gemm *g, const mi_factors *f,
                           int packed, mien_error *err)
{
    return fill(p, mi_plan_add_step(p, "product", f->c), g, f, packed, err);
}

mien_status mi_product_add(mien_plan *p, const mi_gemm *g, const mi_factors *f,
                           mien_error *err)
{
    int packed = -1;
    mien_status st = mi_product_pack(p, g, f->b, f->bias, &packed, err);
    return st ? st : mi_product_run(p, g, f, packed, err);
}

mien_status mi_product_gradient(mien_plan *p, const mi_gemm *g,
                                const mi_factors *f, mien_error *err)
{
    int packed = -1;
    mien_status st = mi_product_pack(p, g, f->b, -1, &packed, err);
    if (st)
        return st;
    return fill(p, mi_gradient_step(p, "product", f->c), g, f, packed, err);
}
