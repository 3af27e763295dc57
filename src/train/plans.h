/* plans.h: the plans of a trainer, one a size of batch. */
#ifndef MI_TRAIN_PLANS_H
#define MI_TRAIN_PLANS_H

#include "train/trainer.h"

/* A plan for batches of so many rows; the last few sizes are kept. */
mien_status mi_trainer_plan(mien_trainer *t, int64_t rows, mien_plan **out,
                            mien_error *err);

#endif
