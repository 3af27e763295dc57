/* loss.h: what losses say of one row, with its slope; for op_loss.c and the
 * engine. */
#ifndef MI_GRAPH_LOSS_H
#define MI_GRAPH_LOSS_H

#include "graph/op.h"

typedef struct mi_loss {
    const mi_op *op;
    double delta;               /* Huber's; the width of a wing */
    double curvature;           /* of a wing */
    double smoothing;           /* softmax: of the targets */
    int64_t classes;            /* softmax: of the last axis */
    const float *class_weights; /* [2] or [classes], or NULL */
} mi_loss;

/* The loss of a node, whose shapes are known; its class weights are not set. */
mi_loss mi_loss_of(const mi_node *n);
/* What the sum over all rows is divided by. */
double mi_loss_count(const mi_loss *l, const mien_shape *y);
/* The sum over the n numbers of a row; target NULL where there is none. */
double mi_loss_row(const mi_loss *l, int64_t n, const float *y,
                   const float *target);
/* The loss by the mean of those sums, `row` numbers each; *slope: its slope by
 * the mean. */
double mi_loss_total(const mi_loss *l, double mean, double row, double *slope);
/* Put the slopes of that sum, times scale, into g, or add them. */
void mi_loss_slopes(const mi_loss *l, int64_t n, const float *y,
                    const float *target, double scale, int add, float *g);

/* The mean over n rows of one column of `columns`; weights NULL: 1. */
double mi_divergence_mean(int64_t n, int64_t columns, const float *y,
                          const float *weights);

/* What a penalty's sums are multiplied with: 1, or 1 over the rows. */
double mi_penalty_scale(const mi_node *n);
/* l1 sum |x| + l2 sum x^2 over n numbers, and its slopes, times scale. */
double mi_penalty_of(double l1, double l2, int64_t n, const float *x);
/* Put the slopes of that penalty into g, or add them. */
void mi_penalty_slopes(double l1, double l2, int64_t n, const float *x,
                       double scale, int add, float *g);

#endif
