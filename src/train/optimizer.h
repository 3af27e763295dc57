/* optimizer.h: parameters and what an optimiser remembers of each. */
#ifndef MI_TRAIN_OPTIMIZER_H
#define MI_TRAIN_OPTIMIZER_H

#include "kern/kern.h"
#include "graph/graph.h"
#include "mien/train.h"

/* Everything a graph has learned, and the moments, in the graph's order. */
typedef struct mi_parameters {
    int n;
    int *id;        /* [n] nodes of the graph */
    float **value;  /* [n] the graph's own */
    int64_t *len;   /* [n] */
    float **m, **v; /* [n] moments; NULL for a statistic */
    float *moments; /* all of them */
    float *average; /* [total] moving average of the values; NULL: none */
    int64_t total;  /* floats of all values */
    int64_t steps;  /* of the optimiser so far */
} mi_parameters;

/* The parameters of g with moments of 0, and, where asked for, their average.
 * Fails with ENOMEM. */
mien_status mi_parameters_new(const mien_graph *g, int averaged,
                              mi_parameters *out, mien_error *err);
/* Move the average toward the values; keep: what it keeps of itself. */
void mi_parameters_average(mi_parameters *p, float keep);
/* Exchange the values with their average. */
void mi_parameters_swap(mi_parameters *p);
/* Release the lists and moments; values are the graph's. */
void mi_parameters_done(mi_parameters *p);

/* One step; grad[i] is NULL where nothing flowed. */
void mi_optimizer_step(const mien_optimizer *o, const mi_kern *kern,
                       mi_parameters *p, float *const *grad);

#endif
