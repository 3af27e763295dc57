/* batch.h: one batch gathered, run, measured and learned from. */
#ifndef MI_TRAIN_BATCH_H
#define MI_TRAIN_BATCH_H

#include "train/trainer.h"

/* Row i is order[i], or from + i where order is NULL. */
typedef struct mi_batch {
    const mien_samples *samples;
    const int64_t *order;
    int64_t from, rows; /* of this rank */
    int64_t all;        /* rows of all ranks */
} mi_batch;

/* Run the losses of a batch, and learn from it when asked, with the other
 * ranks.  EUNSUP, and nothing learned, when a loss is not finite. */
mien_status mi_batch_run(mien_trainer *t, const mi_batch *b, int learn,
                         mien_losses *out, mien_error *err);

#endif
