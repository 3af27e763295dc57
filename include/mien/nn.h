/* mien/nn.h: networks as graphs, planned once and run many times.
 *
 *   mien_graph (operators with ONNX's names and meaning, weights)
 *     -> mien_plan_new (shapes, folding, fusion, packing, one block of memory)
 *     -> mien_plan_input, mien_plan_run, mien_plan_output
 *
 * Shapes are ONNX's: images are [n, channels, h, w].  Inside a plan pixels are
 * kept with their channels together; mien_plan_input and mien_plan_output say
 * how a tensor lies in memory, and mien_plan_read gives it in ONNX's order. */
#ifndef MIEN_NN_H
#define MIEN_NN_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_MAX_RANK 6
/* Elements of one tensor; keeps a hostile shape from sizing memory. */
#define MIEN_MAX_TENSOR (1 << 28)

typedef struct mien_graph mien_graph;
typedef struct mien_plan mien_plan;

typedef struct mien_shape {
    int rank; /* 0..MIEN_MAX_RANK */
    int64_t dim[MIEN_MAX_RANK]; /* row-major; -1: known when planned */
} mien_shape;

/* A tensor inside a plan: borrowed, valid until the plan is freed. */
typedef struct mien_tensor {
    mien_shape shape;  /* in ONNX's order */
    int channels_last; /* 1: rank 4 and lies as [n, h, w, c] */
    float *data;
} mien_tensor;

/* Number and facts of a graph's inputs and outputs. */
MIEN_API int mien_graph_inputs(const mien_graph *g);
MIEN_API int mien_graph_outputs(const mien_graph *g);
MIEN_API const char *mien_graph_input_name(const mien_graph *g, int i);
MIEN_API const char *mien_graph_output_name(const mien_graph *g, int i);
MIEN_API mien_shape mien_graph_input_shape(const mien_graph *g, int i);
/* ONNX metadata_props; NULL if absent */
MIEN_API const char *mien_graph_meta(const mien_graph *g, const char *key);
MIEN_API void mien_graph_free(mien_graph *g);

typedef struct mien_plan_options {
    mien_pool *pool; /* NULL: one thread; borrowed while the plan lives */
} mien_plan_options;

/* shapes: one per graph input, all dims known.  The graph must outlive it. */
MIEN_API MIEN_CHECKED mien_status
mien_plan_new(const mien_graph *g, const mien_shape *shapes, int n_shapes,
              const mien_plan_options *options, mien_plan **out,
              mien_error *err);
MIEN_API void mien_plan_free(mien_plan *p);
MIEN_API mien_tensor mien_plan_input(const mien_plan *p, int i);
MIEN_API mien_tensor mien_plan_output(const mien_plan *p, int i);
/* allocates nothing, cannot fail */
MIEN_API void mien_plan_run(mien_plan *p);
/* copies output i in ONNX's order; out has room for all its elements */
MIEN_API void mien_plan_read(const mien_plan *p, int i, float *out);
/* bytes of weights, of activations */
MIEN_API size_t mien_plan_memory(const mien_plan *p);

#ifdef __cplusplus
}
#endif
#endif
