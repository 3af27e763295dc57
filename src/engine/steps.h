/* steps.h: what a plan is made of: numbered values, and steps that make values
 * from others, forward and, when learning, backward after them.
 *
 * A value is a tensor, or packed weights, or what a step keeps for later; a
 * gradient is a value like any other.  Steps refer to values by number, so that
 * memory can be laid out after all steps are known. */
#ifndef MI_ENGINE_STEPS_H
#define MI_ENGINE_STEPS_H

#include "graph/graph.h"
#include "kern/conv.h"
#include "mien/engine.h"

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
    int flows;         /* 1: its gradient is wanted */
    int gradient;      /* the number of its gradient's value, or -1 */
    int begun;         /* of a gradient: a step has put something there */
    int readers;       /* forward, views included; counted when learning */
    float *data;       /* set when memory is laid out; before, what lies
                          elsewhere: constants and parameters */
} mi_value;

typedef struct mi_node_facts {
    char constant; /* every element is known before a run */
    char live;     /* an output needs it */
    char input;    /* it is an input of the graph */
    char output;   /* it is an output of the graph */
    char flows;    /* a gradient flows through it to a parameter */
    char moved;    /* a ReLU that the maximum after it does, on fewer numbers */
    char doubled;  /* an upsampling by two that the convolution after it does */
    int users;     /* live nodes that read it, counted once an input */
    int user;      /* one of them */
    int head;      /* first node of the group whose one step does this node */
    int tail;      /* of a head: the node whose result the step gives */
    int value;     /* of a tail or an input: its value's number, or -1 */
    int other;     /* the same in the other order of memory, or -1 */
} mi_node_facts;

/* What a step may read and write: all inputs of an operator, its result, what
 * it keeps and its gradients. */
enum { MI_MAX_READS = MI_MAX_IN + 4, MI_MAX_WRITES = MI_MAX_IN };

typedef struct mi_step mi_step;
struct mi_step {
    const char *what; /* for tests and listings: "conv", "add", ... */
    int in[MI_MAX_READS], n_in;
    int out[MI_MAX_WRITES], n_out;
    int tasks;
    int in_place;   /* may write over in[0]: element i depends on i alone */
    int add;        /* of a gradient: 1 adds to what is there */
    int begins;     /* of a loss: 1, gradients begin with it */
    size_t scratch; /* bytes a lane needs */
    double work;    /* multiply-adds or elements; small steps stay on one
                       thread */
    void *spec;     /* what run reads */
    void (*bind)(const mien_plan *p, mi_step *s); /* addresses known; or NULL */
    void (*run)(const mien_plan *p, const mi_step *s, int task, void *scratch);
    /* Add the steps that carry the gradient of out[0] to those of the inputs.
     * NULL: none flows. */
    mien_status (*back)(mien_plan *p, const mi_step *s, mien_error *err);
    void *back_spec; /* what back reads, where that is not spec */
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
    int exact;           /* no convolution has `words` */
    int learns;          /* 1: steps backward are wanted */
    int training;        /* 1: now; 0: statistics and dropout rest */
    mien_random *random; /* of dropout; borrowed */
    const float *weight; /* [outputs] of losses; borrowed */
    int unbiased;        /* 1: running variances are those of a sample */
    double *loss;        /* [outputs] of the last run forward */

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
    int n_forward; /* steps before the first one backward */
    mi_step *step;

    float *memory; /* all values */
    size_t memory_len;
    uint8_t *scratch; /* [lanes, scratch_each] */
    size_t scratch_each;
};

/* Whether n * size more bytes are within MIEN_MAX_PLAN; if not that is noted,
 * and what fails for it is ELIMIT. */
int mi_plan_may_hold(mien_plan *p, size_t n, size_t size);
/* n * size zeroed bytes that live as long as the plan; NULL without memory. */
void *mi_plan_alloc(mien_plan *p, size_t n, size_t size);
/* The same until mi_plan_forget. */
void *mi_plan_temp(mien_plan *p, size_t n, size_t size);
/* n floats, not zeroed: for what is written whole. */
float *mi_plan_keep_raw(mien_plan *p, size_t n);
/* The same until mi_plan_forget. */
float *mi_plan_temp_raw(mien_plan *p, size_t n);
/* Give back all temporary memory, and with it what constants were worked out.
 */
void mi_plan_forget(mien_plan *p);
/* Release all blocks. */
void mi_plan_free_blocks(mien_plan *p);
/* Release the temporary blocks alone. */
void mi_plan_free_temps(mien_plan *p);

/* The number of a new value; -1 without memory. */
int mi_plan_add_value(mien_plan *p, const mien_shape *shape, int channels_last);
/* A new step that writes value `out`; NULL without memory. */
mi_step *mi_plan_add_step(mien_plan *p, const char *what, int out);
/* A value of n floats that is no tensor of the graph: packed weights, sums. */
int mi_plan_add_floats(mien_plan *p, size_t n);
/* Say that a step reads a value. */
void mi_step_reads(mi_step *s, int v);
/* Say that a step writes a value. */
void mi_step_writes(mi_step *s, int v);
/* The floats of a step's input or output number i. */
static inline float *mi_step_in(const mien_plan *p, const mi_step *s, int i)
{
    return p->value[s->in[i]].data;
}
static inline float *mi_step_out(const mien_plan *p, const mi_step *s, int i)
{
    return p->value[s->out[i]].data;
}

/* Elementwise work is cut into chunks of so many floats: the inputs and the
 * output of one fit the first-level cache. */
enum { MI_CHUNK = 4096 };
static inline int mi_chunks(size_t len)
{
    return (int)((len + MI_CHUNK - 1) / MI_CHUNK);
}
/* Where chunk i starts, and how many floats it has. */
static inline size_t mi_chunk_at(int i, size_t len, int *n)
{
    size_t at = (size_t)i * MI_CHUNK;
    *n = (int)(len - at < MI_CHUNK ? len - at : MI_CHUNK);
    return at;
}

/* Run steps first <= i < end. */
void mi_plan_run_steps(const mien_plan *p, int first, int end);

/* The value whose memory v really is. */
static inline int mi_value_root(const mien_plan *p, int v)
{
    while (p->value[v].same_as >= 0)
        v = p->value[v].same_as;
    return v;
}

#endif
