/* trainer.h: the inside of a trainer. */
#ifndef MI_TRAIN_TRAINER_H
#define MI_TRAIN_TRAINER_H

#include "mien/engine.h"
#include "train/losses.h"
#include "train/optimizer.h"

enum { MI_PLANS = 4 }; /* sizes of batches that are kept ready */

struct mien_trainer {
    mien_graph *graph;
    mien_trainer_options options; /* pointers not used after making */
    mi_objective objective;
    mi_parameters parameters;
    float **grad; /* [parameters.n] of the plan in use */
    mien_random random;
    int epochs;

    mien_plan *plan[MI_PLANS];
    int64_t plan_rows[MI_PLANS];
    int next_plan;  /* to be replaced */
    int64_t *order; /* [order_len] rows of an epoch */
    int64_t order_len;
    float *staged; /* [staged_len] rows of a source, before they are turned */
    size_t staged_len;
    char stopped[MIEN_MAX_LOSSES]; /* 1: no longer learned from */
    float scheduled;               /* share of the rate in the last step */

    /* of several ranks: */
    mien_random chance; /* of dropout, this rank's own */
    float *shared;      /* [parameters.total + 2] that is summed over ranks */
    float *room;        /* for that */
};

#endif
