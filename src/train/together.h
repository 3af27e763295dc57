/* together.h: what the trainers of several ranks do together. */
#ifndef MI_TRAIN_TOGETHER_H
#define MI_TRAIN_TOGETHER_H

#include "train/trainer.h"

/* Room for what is summed; nothing for one rank.  Fails with EARG (fewer rows
 * than ranks), ENOMEM. */
mien_status mi_together_new(mien_trainer *t, mien_error *err);
/* Release it. */
void mi_together_done(mien_trainer *t);
/* Begin an epoch: the rank's own numbers of dropout. */
void mi_together_begin(mien_trainer *t);
/* Make t->grad the gradient of the whole batch, and running statistics the mean
 * over the ranks.
 *
 *   share  of this rank in the batch's rows; 0: it has run none
 *   st     how its run went: all ranks fail where one has
 *
 * Fails with st, EIO, and as an exchange does. */
mien_status mi_together_gradients(mien_trainer *t, double share, mien_status st,
                                  mien_error *err);
/* Add up the losses of all ranks; each has its part of the sum.  st: how its
 * run went.  Fails as the gradients do. */
mien_status mi_together_losses(const mien_trainer *t, mien_status st,
                               mien_losses *l, mien_error *err);

#endif
