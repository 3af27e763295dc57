/* join.h: a convolution and the maximum behind it as one group, and SiLU. */
#ifndef MI_ENGINE_JOIN_H
#define MI_ENGINE_JOIN_H

#include "engine/steps.h"

/* Make groups of numbers and their sigmoids, where these are multiplied and
 * nothing else reads the latter; with the batch normalisation before, if it
 * learns and nothing else reads it.  When learning: leave ReLUs to the maxima
 * that alone read them, make groups of convolutions and the maxima of two by
 * two behind them, and leave upsampling by two to the 3x3 convolution that
 * alone reads it.  Before mi_plan_fuse. */
void mi_plan_join(mien_plan *p);
/* Whether a node begins such a group of a sigmoid and a product. */
int mi_is_silu(const mien_plan *p, const mi_node *head);
/* The maximum that is the tail of such a group. */
void mi_joined_pool(const mien_plan *p, const mi_node *tail, mi_pool2d *out);
/* The kernel's description of a convolution from the node's shapes.  Why there
 * is none, or NULL. */
const char *mi_conv_describe(const mi_node *n, mi_conv *out);
/* What the kernel of a pooling does; 0 if it cannot. */
int mi_pool_describe(const mi_node *n, mi_pool2d *out);
/* Whether a Resize repeats each pixel twice along rows and columns. */
int mi_resize_doubles(const mi_node *n);

#endif
