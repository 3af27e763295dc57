/* loss.h: what a loss is worth and its gradient. */
#ifndef MI_TRAIN_LOSS_H
#define MI_TRAIN_LOSS_H

#include "kern/kern.h"
#include "mien/train.h"

/* Outputs and targets of a batch: rows of `row` floats, classes over the last
 * axis of `classes`. */
typedef struct mi_loss_batch {
    int64_t rows, row;
    int classes;
    const float *y, *target;
    const float *weights; /* [rows] or NULL */
    float *grad;          /* [rows, row]: added to; NULL: not wanted */
} mi_loss_batch;

/* The loss without its weight; the gradient is of weight times the loss. */
double mi_loss_of(const mien_loss *loss, const mi_loss_batch *b);

/* l1 sum |x| + l2 sum x^2, times scale; its gradient is added to grad, if not
 * NULL. */
double mi_penalty_of(const mien_penalty *p, int64_t n, const float *x,
                     double scale, float *grad);

#endif
