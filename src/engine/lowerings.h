/* lowerings.h: one function a family of operators: each adds the steps of the
 * group of nodes that starts at head. */
#ifndef MI_ENGINE_LOWERINGS_H
#define MI_ENGINE_LOWERINGS_H

#include "engine/steps.h"

typedef mien_status mi_lower(mien_plan *p, mi_node *head, mien_error *err);

/* lower_conv.c: weights that are constant, packed once. */
mi_lower mi_lower_conv, mi_lower_dense;
/* lower_conv_learn.c, lower_product.c: weights that change. */
mi_lower mi_lower_conv_learn, mi_lower_product;
/* lower_conv_doubled.c: the same of few channels behind an upsampling */
mi_lower mi_lower_conv_doubled;
/* lower_conv_transpose.c: either */
mi_lower mi_lower_conv_transpose;
/* lower_elem.c, lower_affine.c */
mi_lower mi_lower_binary, mi_lower_unary, mi_lower_silu, mi_lower_dropout,
    mi_lower_affine;
/* lower_pool.c, lower_norm.c, lower_lstm.c */
mi_lower mi_lower_pool, mi_lower_batch_norm, mi_lower_lstm;
/* lower_move.c */
mi_lower mi_lower_alias, mi_lower_transpose, mi_lower_concat, mi_lower_pad;
/* lower_group_norm.c */
mi_lower mi_lower_group_norm;
/* lower_prelu.c */
mi_lower mi_lower_prelu;
/* lower_resize.c */
mi_lower mi_lower_resize;
/* lower_divergence.c */
mi_lower mi_lower_divergence;
/* lower_loss.c */
mi_lower mi_lower_loss;
/* lower_eval.c: what has no faster step runs as it is defined. */
mi_lower mi_lower_eval;

#endif
