/* tape.h: a graph laid out for learning, for a given number of rows.
 *
 *   forward   every step in order: results are kept
 *   backward  every step in reverse: gradients by results and parameters
 *
 * A step is one operator as op.h defines it, or a faster form of one or two of
 * them (step_*.c).  All memory is planned when a tape is made; running one
 * allocates nothing. */
#ifndef MI_TRAIN_TAPE_H
#define MI_TRAIN_TAPE_H

#include "kern/gemm.h"
#include "graph/graph.h"
#include "mien/engine.h"

typedef struct mi_tape mi_tape;
typedef struct mi_tape_step mi_tape_step;

struct mi_tape_step {
    mi_node *node;  /* whose result the step gives */
    mi_node *from;  /* the first node of the step: its inputs are the step's */
    unsigned fresh; /* bit k: no step has yet put a gradient into input k */
    void (*forward)(const mi_tape *t, const mi_tape_step *s);
    void (*backward)(const mi_tape *t, const mi_tape_step *s);
};

typedef struct mi_tape_options {
    mien_pool *pool;     /* NULL: one thread */
    mien_random *random; /* of dropout */
    const int *seeds;    /* [n_seeds] nodes that are given a gradient: ids */
    int n_seeds;
} mi_tape_options;

/* Of a node: a seed needs it; and it is the first of a step of two, whose
 * memory is the second's, or the second. */
enum { MI_LIVE = 1, MI_FIRST, MI_SECOND };

struct mi_tape {
    const mi_kern *kern;
    mien_pool *pool;
    int64_t rows;
    int training; /* 1: op->train, 0: op->eval */
    int n_nodes;
    mi_node *node; /* [n_nodes] copies; ids as in the graph */
    char *live;    /* [n_nodes] 0, MI_LIVE, ... */
    char *flows;   /* [n_nodes] a gradient flows through it */
    char *seed;    /* [n_nodes] */
    int n_steps;
    mi_tape_step *step;
    float *memory;
    float *packed; /* scratch of matrix products */
    size_t packed_len;
};

/* rows: the first dimension of every input, where it is free. */
mien_status mi_tape_new(const mien_graph *g, int64_t rows,
                        const mi_tape_options *o, mi_tape **out,
                        mien_error *err);
void mi_tape_free(mi_tape *t);

void mi_tape_forward(const mi_tape *t);
/* Begin the gradients: those of seeds become 0, for losses to add to. */
void mi_tape_seed(const mi_tape *t);
void mi_tape_backward(const mi_tape *t);

/* step_dense.c: take over node i, and the ReLU that follows it, if it is a
 * matrix product with a faster form; then 1. */
int mi_step_dense(mi_tape *t, mi_node *node, mi_tape_step *s);
/* step_simple.c: operators that work on one element after the other. */
int mi_step_simple(mi_tape *t, mi_node *node, mi_tape_step *s);
/* step_lstm.c */
int mi_step_lstm(mi_tape *t, mi_node *node, mi_tape_step *s);
/* The one live node that reads n, or NULL. */
mi_node *mi_tape_only_user(const mi_tape *t, const mi_node *n);
/* A matrix product now, with the tape's scratch and threads. */
void mi_tape_gemm(const mi_tape *t, const mi_gemm *g);
/* Floats of scratch that a product will take. */
void mi_tape_reserve(mi_tape *t, const mi_gemm *g);

#endif
