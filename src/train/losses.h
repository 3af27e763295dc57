/* losses.h: a graph with its losses and penalties behind it, as one graph that
 * learns. */
#ifndef MI_TRAIN_LOSSES_H
#define MI_TRAIN_LOSSES_H

#include "graph/graph.h"
#include "mien/train.h"

typedef struct mi_objective {
    mien_graph *graph; /* outputs: losses, then penalties */
    int n_losses, n_penalties;
    float *weight;                  /* [outputs] in the gradient */
    float full[MIEN_MAX_LOSSES];    /* in what is measured */
    double warmup[MIEN_MAX_LOSSES]; /* epochs */
    int target[MIEN_MAX_LOSSES];    /* input that takes the targets, or -1 */
    int row_weights;                /* input that takes the weights of rows */
    char *of_parameter;             /* [n_penalties] 0: of an activity */
} mi_objective;

/* Fails with EARG (an output, penalty or shape that is not there), ELIMIT,
 * ENOMEM. */
mien_status mi_objective_new(const mien_graph *g, const mien_trainer_options *o,
                             mi_objective *out, mien_error *err);
/* Release its graph and lists. */
void mi_objective_free(mi_objective *o);

#endif
