/* plan.h: the inside of a plan.
 *
 *   graph -> infer (shapes, constants) -> fuse (which nodes become one step)
 *     -> lower (steps, layouts) -> memory (offsets) -> run
 *
 * A value is a tensor that a run makes; a step makes one value from others.
 * Values are numbered; steps refer to them by number, so that memory can be
 * laid out after all steps are known. */
#ifndef MI_ENGINE_PLAN_H
#define MI_ENGINE_PLAN_H

#include "base/error.h"
#include "kern/conv.h"
#include "mien/engine.h"
#include "graph/graph.h"

/* Memory that is freed all at once. */
typedef struct mi_block mi_block;

typedef struct mi_value {
    mien_shape shape;  /* ONNX's order */
    int channels_last; /* rank 4 and lies as [n, h, w, c] */
    int same_as;       /* shares the memory of this value, or -1 */
    int part_at;       /* of a view of some channels: the first of them ... */
    int part_of;       /* ... and how many the other value has; else 0 */
    size_t len;        /* floats */
    size_t offset;     /* floats into the plan's memory */
    int first, last;   /* steps between which the contents are needed */
    float *data;       /* set when memory is laid out */
} mi_value;

typedef struct mi_node_facts {
    char constant; /* every element is known before a run */
    char live;     /* an output needs it */
    char input;    /* it is an input of the graph */
    char output;   /* it is an output of the graph */
    int users;     /* live nodes that read it, counted once an input */
    int user;      /* one of them */
    int head;      /* first node of the group whose one step does this node */
    int tail;      /* of a head: the node whose result the step gives */
    int value;     /* of a tail or an input: its value's number, or -1 */
    int other;     /* the same in the other order of memory, or -1 */
} mi_node_facts;

typedef struct mi_step mi_step;
struct mi_step {
    const char *what; /* for tests and listings: "conv", "add", ... */
    int in[MI_MAX_IN], n_in;
    int out;
    int tasks;
    int in_place;   /* may write over in[0]: element i depends on i alone */
    size_t scratch; /* bytes a lane needs */
    double work;    /* multiply-adds or elements; small steps stay on one
                       thread */
    void *spec;     /* what run reads */
    void (*bind)(const mien_plan *p, mi_step *s); /* addresses known; or NULL */
    void (*run)(const mien_plan *p, const mi_step *s, int task, void *scratch);
};

/* Floats from one pixel to the next, where c channels lie last. */
static inline ptrdiff_t mi_pixel_stride(const mi_value *v, int c)
{
    return v->part_of ? v->part_of : c;
}

struct mien_plan {
    const mien_graph *graph;
    const mi_kern *kern;
    mien_pool *pool;
    mi_block *blocks; /* of mi_plan_alloc */
    mi_block *temps;  /* of mi_plan_temp, until mi_plan_forget */
    mi_block *spares; /* forgotten ones, while planning */
    size_t block_bytes;
    size_t held;   /* bytes of all blocks now: at most MIEN_MAX_PLAN */
    int too_large; /* a block was refused because of that */
    double work;   /* of constants so far: at most max_work */
    double max_work;

    int n_nodes;
    mi_node *node;     /* [n_nodes] copies with shapes; ids as in the graph */
    mi_node_facts *of; /* [n_nodes] what the plan found out about each */
    int *folded;       /* [n_nodes] the nodes whose eval is set, n_folded */
    int n_folded;

    int n_values, cap_values;
    mi_value *value;
    int n_steps, cap_steps;
    mi_step *step;

    float *memory; /* all values */
    size_t memory_len;
    uint8_t *scratch; /* [lanes, scratch_each] */
    size_t scratch_each;
};

/* Whether n * size more bytes are within MIEN_MAX_PLAN; if not that is noted,
 * and what fails for it is ELIMIT. */
int mi_plan_may_hold(mien_plan *p, size_t n, size_t size);
/* n * size zeroed bytes that live as long as the plan, or until mi_plan_forget;
 * NULL without memory. */
void *mi_plan_alloc(mien_plan *p, size_t n, size_t size);
void *mi_plan_temp(mien_plan *p, size_t n, size_t size);
/* Give back all temporary memory, and with it what constants were worked out.
 */
void mi_plan_forget(mien_plan *p);
/* n floats, not zeroed: for what is written whole. */
float *mi_plan_keep_raw(mien_plan *p, size_t n);
float *mi_plan_temp_raw(mien_plan *p, size_t n);

/* infer.c: copy the graph's nodes, set shapes, find what is constant and what
 * is needed. */
mien_status mi_plan_infer(mien_plan *p, const mien_shape *shapes, int n_shapes,
                          mien_error *err);
/* The elements of a constant node, row-major, until mi_plan_forget. */
mien_status mi_plan_floats(mien_plan *p, mi_node *n, const float **out,
                           mien_error *err);

/* Multiply-adds, or elements looked at, that it takes to evaluate a node as it
 * is defined. */
double mi_plan_work_of(const mi_node *n);

/* fuse.c: set head and tail of every live node. */
void mi_plan_fuse(mien_plan *p);
/* What a node of a group does with the head's sums. */
typedef enum mi_part {
    MI_PART_NONE,
    MI_PART_AFFINE,
    MI_PART_ADD,
    MI_PART_ACT
} mi_part;
/* The role node n could play for input number side. */
mi_part mi_plan_part(const mien_plan *p, const mi_node *n, int side);
/* The channels of a tensor: axis 1 of rank 4, else the last. */
int mi_channel_axis(const mien_shape *s);
int64_t mi_channels(const mien_shape *s);

/* What a group does after its head, gathered by walking head -> tail. */
typedef struct mi_after {
    float *scale, *bias; /* [channels] y = scale * x + bias, temporary */
    int affine;          /* 0: scale is all 1 and bias all 0 */
    mi_node *add;        /* added after that, or NULL */
    mi_act act;
} mi_after;
mien_status mi_plan_act(mien_plan *p, mi_node *n, mi_act *act, mien_error *err);
mien_status mi_plan_after(mien_plan *p, mi_node *head, mi_after *out,
                          mien_error *err);

/* Whether a step with packed weights does n: a convolution (all channels or
 * depthwise) or a dense layer whose weights are constant. */
int mi_is_packed(const mien_plan *p, const mi_node *n);

/* lower.c: steps and values from nodes. */
mien_status mi_plan_lower(mien_plan *p, mien_error *err);
/* The number of a new value, step; -1 without memory. */
int mi_plan_add_value(mien_plan *p, const mien_shape *shape, int channels_last);
mi_step *mi_plan_add_step(mien_plan *p, const char *what, int out);
/* The value of node n in the layout asked for (constants too); adds a step
 * that reorders if it lies otherwise. */
mien_status mi_plan_use(mien_plan *p, mi_node *n, int channels_last, int *out,
                        mien_error *err);
/* The value for the result of the group that starts at head. */
mien_status mi_plan_result(mien_plan *p, const mi_node *head, int channels_last,
                           int *out, mien_error *err);
int mi_plan_lies_last(const mien_plan *p, const mi_node *n);

/* One function a family: each lowers the group that starts at head. */
typedef mien_status mi_lower(mien_plan *p, mi_node *head, mien_error *err);
mi_lower mi_lower_conv, mi_lower_dense, mi_lower_pool, mi_lower_binary,
    mi_lower_unary, mi_lower_affine, mi_lower_alias, mi_lower_transpose,
    mi_lower_concat, mi_lower_pad, mi_lower_resize, mi_lower_eval;

/* Steps that are faster together: pointwise convolutions of one tensor
 * (merge.c), and a depthwise with the pointwise after it (pair.c). */
mien_status mi_plan_merge(mien_plan *p, mien_error *err);
mien_status mi_plan_pair(mien_plan *p, mien_error *err);
/* For each value: the step that makes it (-1: none), and how often it is read;
 * views and outputs count.  Temporary; NULL without memory. */
typedef struct mi_use {
    int maker, readers;
} mi_use;
mi_use *mi_plan_uses(mien_plan *p);
/* Drop the steps whose run is NULL. */
void mi_plan_drop_steps(mien_plan *p);

/* memory.c: offsets by lifetime, one block, scratch for each lane. */
mien_status mi_plan_layout(mien_plan *p, mien_error *err);

#endif
