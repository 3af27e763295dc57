/* trainer.h: the inside of a trainer. */
#ifndef MI_TRAIN_TRAINER_H
#define MI_TRAIN_TRAINER_H

#include "base/bytes.h"
#include "train/optimizer.h"
#include "train/tape.h"

enum { MI_TAPES = 4 }; /* sizes of batches that are kept ready */

typedef struct mi_penalized {
    mien_penalty by;
    int node;      /* id */
    int parameter; /* its place among the parameters, or -1: activity */
} mi_penalized;

struct mien_trainer {
    mien_graph *graph;
    mien_trainer_options options; /* pointers not used after making */
    mien_loss loss[MIEN_MAX_LOSSES];
    int loss_node[MIEN_MAX_LOSSES];
    float *class_weights; /* of all losses */
    mi_penalized *penalty;
    int *seeds; /* ids of losses' outputs and penalised results */
    int n_seeds;

    mi_parameters parameters;
    float **grad; /* [parameters.n] of the tape in use */
    mien_random random;
    int epochs;

    mi_tape *tape[MI_TAPES];
    int next_tape;                  /* to be replaced */
    float *target[MIEN_MAX_LOSSES]; /* [batch, ...] */
    float *weights;                 /* [batch] */
    int64_t *order;                 /* [order_len] rows of an epoch */
    int64_t order_len;
};

/* One batch: row i is order[i], or from + i where order is NULL. */
typedef struct mi_batch {
    const mien_samples *samples;
    const int64_t *order;
    int64_t from, rows;
} mi_batch;

/* state.c: what every checkpoint begins with, eight letters and a check sum of
 * all that follows. */
void mi_state_begin(mien_buffer *b, const char *magic);
mien_status mi_state_end(mien_buffer *b, mien_bytes *out, mien_error *err);
mien_status mi_state_open(mi_cursor *c, const char *magic, mien_error *err);

/* A tape of so many rows. */
mien_status mi_trainer_tape(mien_trainer *t, int64_t rows, mi_tape **out,
                            mien_error *err);
/* batch.c: run the losses of a batch, and learn from it when asked.  EUNSUP,
 * and nothing learned, when a loss is not finite. */
mien_status mi_batch_run(mien_trainer *t, const mi_batch *b, int learn,
                         mien_losses *out, mien_error *err);

#endif
