/* plan.c: make, run and read a plan.
 *
 *   graph -> infer (shapes, constants) -> fuse (which nodes become one step)
 *     -> lower (steps, layouts) -> merge, pair (steps that are faster together)
 *        or gradient (steps backward) -> memory (offsets) -> run */
#include "engine/fuse.h"
#include "engine/join.h"
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/learn.h"
#include "engine/lower.h"
#include "engine/memory.h"
#include "engine/merge.h"
#include "engine/pair.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

/* From a graph and its inputs' shapes to steps whose memory is laid out. */
static mien_status make_steps(mien_plan *p, const mien_shape *shapes,
                              int n_shapes, mien_error *err)
{
    mien_status st = mi_plan_infer(p, shapes, n_shapes, err);
    if (st)
        return st;
    mi_plan_join(p);
    mi_plan_fuse(p);
    st = mi_plan_lower(p, err);
    if (!st && !p->learns)
        st = mi_plan_merge(p, err);
    if (!st && !p->learns)
        st = mi_plan_pair(p, err);
    if (!st)
        st = mi_plan_backward(p, err);
    return st ? st : mi_plan_layout(p, err);
}

/* Make what is set so far whole. */
static mien_status make(const mien_graph *g, const mien_shape *shapes,
                        int n_shapes, mien_plan set, mien_plan **out,
                        mien_error *err)
{
    mien_status st = mi_graph_check(g, err);
    if (st != MIEN_OK)
        return st;
    mien_plan *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    *p = set;
    p->graph = g;
    p->kern = mi_kern_best();
    size_t outputs = (size_t)mien_graph_outputs(g);
    p->loss = p->learns ? mi_plan_alloc(p, outputs, sizeof *p->loss) : NULL;
    st = p->learns && !p->loss ? mi_no_memory(err)
                               : make_steps(p, shapes, n_shapes, err);
    mi_plan_free_temps(p);
    if (st == MIEN_ENOMEM && p->too_large)
        st = mi_fail(err, MIEN_ELIMIT, "plan: more than %d MiB of memory",
                     MIEN_MAX_PLAN >> 20);
    if (st != MIEN_OK) {
        mien_plan_free(p);
        return st;
    }
    *out = p;
    return MIEN_OK;
}

mien_status mien_plan_new(const mien_graph *g, const mien_shape *shapes,
                          int n_shapes, const mien_plan_options *options,
                          mien_plan **out, mien_error *err)
{
    assert(g && out && (shapes || n_shapes == 0));
    mien_plan set = {.pool = options ? options->pool : NULL,
                     .exact = options && options->exact};
    return make(g, shapes, n_shapes, set, out, err);
}

mien_status mi_plan_learning(const mien_graph *g, const mien_shape *shapes,
                             int n_shapes, const mi_learning *by,
                             mien_plan **out, mien_error *err)
{
    if (!mi_kern_learns(mi_kern_best()))
        return mi_fail(err, MIEN_EUNSUP,
                       "plan: this build of the library does not learn");
    mien_plan set = {.pool = by->pool,
                     .random = by->random,
                     .weight = by->weight,
                     .unbiased = by->unbiased,
                     .learns = 1};
    return make(g, shapes, n_shapes, set, out, err);
}

void mien_plan_free(mien_plan *p)
{
    if (!p)
        return;
    mi_plan_free_blocks(p);
    mi_free(p->memory);
    mi_free(p->scratch);
    mi_free(p);
}

/* ---- running ---------------------------------------------------------------
 */

void mien_plan_run(mien_plan *p) { mi_plan_run_steps(p, 0, p->n_forward); }

void mi_plan_forward(mien_plan *p, int training)
{
    p->training = training;
    mi_plan_run_steps(p, 0, p->n_forward);
}

void mi_plan_backward_run(mien_plan *p)
{
    mi_plan_run_steps(p, p->n_forward, p->n_steps);
}

double mi_plan_loss(const mien_plan *p, int i)
{
    assert(i >= 0 && i < mien_graph_outputs(p->graph));
    return p->loss[i];
}

float *mi_plan_gradient(const mien_plan *p, int node)
{
    int v = p->of[node].value;
    int g = v < 0 ? -1 : p->value[v].gradient;
    return g < 0 ? NULL : p->value[g].data;
}

/* ---- inputs and outputs ----------------------------------------------------
 */

static mien_tensor tensor_of(const mien_plan *p, const mi_node *n)
{
    const mi_value *v = &p->value[p->of[n->id].value];
    return (mien_tensor){v->shape, v->channels_last, v->data};
}

mien_tensor mien_plan_input(const mien_plan *p, int i)
{
    assert(i >= 0 && i < mien_graph_inputs(p->graph));
    return tensor_of(p, mi_graph_input_node(p->graph, i));
}

mien_tensor mien_plan_output(const mien_plan *p, int i)
{
    assert(i >= 0 && i < mien_graph_outputs(p->graph));
    return tensor_of(p, mi_graph_output_node(p->graph, i));
}

void mien_plan_read(const mien_plan *p, int i, float *out)
{
    mien_tensor t = mien_plan_output(p, i);
    size_t len = (size_t)mi_shape_len(&t.shape);
    if (!t.channels_last) {
        memcpy(out, t.data, len * sizeof *out);
        return;
    }
    size_t n = (size_t)t.shape.dim[0], c = (size_t)t.shape.dim[1];
    size_t hw = (size_t)t.shape.dim[2] * (size_t)t.shape.dim[3];
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < c; j++)
            for (size_t q = 0; q < hw; q++)
                *out++ = t.data[(k * hw + q) * c + j];
}

size_t mien_plan_memory(const mien_plan *p)
{
    return p->block_bytes + p->memory_len * sizeof *p->memory +
           p->scratch_each * (size_t)mien_pool_size(p->pool);
}
