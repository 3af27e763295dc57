/* schedule.h: what changes with every batch of an epoch. */
#ifndef MI_TRAIN_SCHEDULE_H
#define MI_TRAIN_SCHEDULE_H

#include "train/trainer.h"

/* The share of the rate that a schedule has after so many epochs. */
double mi_schedule_share(const mien_schedule *s, double epochs);
/* Set the rate's share and the weights of the losses for the batch that ends at
 * this part, (0, 1], of the epoch. */
void mi_schedule_set(mien_trainer *t, double part);

#endif
