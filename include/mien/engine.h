/* mien/engine.h: networks planned once and run many times.
 *
 *   mien_graph
 *     -> mien_plan_new (shapes, folding, fusion, packing, one block of memory)
 *     -> mien_plan_input, mien_plan_run, mien_plan_output
 *
 * Inside a plan pixels are kept with their channels together;
 * mien_tensor.channels_last says how a tensor lies in memory, and
 * mien_plan_read gives it in ONNX's order. */
#ifndef MIEN_ENGINE_H
#define MIEN_ENGINE_H

#include "mien/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes a plan may hold, and multiply-adds of one run: the most that a hostile
 * file can ask for. */
#define MIEN_MAX_PLAN (1 << 30)
#define MIEN_MAX_WORK 1e12

typedef struct mien_plan mien_plan;

/* A tensor inside a plan: borrowed, valid until the plan is freed. */
typedef struct mien_tensor {
    mien_shape shape;  /* in ONNX's order */
    int channels_last; /* 1: rank 4 and lies as [n, h, w, c] */
    float *data;
} mien_tensor;

typedef struct mien_plan_options {
    mien_pool *pool; /* NULL: one thread; borrowed while the plan lives */
    int exact;       /* 1: weights that are stored in 8 bits are summed as
                        floats, too, where 16-bit integers are faster
                        (WebAssembly); these leave numbers within 1e-3 of an
                        output's largest */
} mien_plan_options;

/* Prepare a graph for inputs of given shapes.
 *
 *   g         borrowed while the plan lives
 *   shapes    [n_shapes] one an input, every dimension known
 *   n_shapes  mien_graph_inputs(g)
 *   options   NULL: one thread
 *   out       owned by the caller; free with mien_plan_free
 *
 * Shapes are worked out, constants folded, batch-norms, residual sums and
 * activations merged into the convolutions before them, weights packed for this
 * processor, and all tensors laid out in one block.
 * Fails with EARG (shapes that the graph does not take), EFORMAT (a graph whose
 * shapes do not fit together), EUNSUP, ELIMIT (MIEN_MAX_PLAN, MIEN_MAX_WORK,
 * MIEN_MAX_TENSOR), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_plan_new(
    const mien_graph *g, const mien_shape *shapes, int n_shapes,
    const mien_plan_options *options, mien_plan **out, mien_error *err);

/* Release a plan.
 *
 *   p  NULL is allowed */
MIEN_API void mien_plan_free(mien_plan *p);

/* The tensor to fill before a run.  A run may overwrite it.
 *
 *   p  a plan
 *   i  0..mien_graph_inputs - 1, asserted */
MIEN_API mien_tensor mien_plan_input(const mien_plan *p, int i);

/* The tensor that a run fills; it keeps its contents until the next run.
 *
 *   p  a plan
 *   i  0..mien_graph_outputs - 1, asserted */
MIEN_API mien_tensor mien_plan_output(const mien_plan *p, int i);

/* Run the network on what lies in the input tensors.
 *
 *   p  one run at a time
 *
 * Allocates nothing and cannot fail.  The same bits for any number of
 * threads. */
MIEN_API void mien_plan_run(mien_plan *p);

/* Copy an output in ONNX's order.
 *
 *   p    a plan that has run
 *   i    0..mien_graph_outputs - 1, asserted
 *   out  room for all its elements */
MIEN_API void mien_plan_read(const mien_plan *p, int i, float *out);

/* Bytes of memory a plan holds: weights, tensors and scratch.
 *
 *   p  a plan */
MIEN_API size_t mien_plan_memory(const mien_plan *p);

#ifdef __cplusplus
}
#endif
#endif
