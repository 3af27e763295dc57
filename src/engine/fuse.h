/* fuse.h: which nodes one step does together. */
#ifndef MI_ENGINE_FUSE_H
#define MI_ENGINE_FUSE_H

#include "engine/steps.h"

/* Set head and tail of every live node. */
void mi_plan_fuse(mien_plan *p);
/* What a node of a group does with the head's sums. */
typedef enum mi_part {
    MI_PART_NONE,
    MI_PART_AFFINE,
    MI_PART_ADD,
    MI_PART_ACT
} mi_part;
/* The role node n could play for input number side. */
mi_part mi_plan_part(const mien_plan *p, const mi_node *n, int side);
/* The axis of the channels of a tensor: 1 of rank 4, else the last. */
int mi_channel_axis(const mien_shape *s);
/* How many channels it has. */
int64_t mi_channels(const mien_shape *s);

/* What a group does after its head, gathered by walking head -> tail. */
typedef struct mi_after {
    float *scale, *bias; /* [channels] y = scale * x + bias, temporary */
    int affine;          /* 0: scale is all 1 and bias all 0 */
    mi_node *add;        /* added after that, or NULL */
    mi_act act;
} mi_after;
/* The activation that node n stands for.  Fails with what its bounds do. */
mien_status mi_plan_act(mien_plan *p, mi_node *n, mi_act *act, mien_error *err);
/* Gather all that the group of head does; memory is temporary. */
mien_status mi_plan_after(mien_plan *p, mi_node *head, mi_after *out,
                          mien_error *err);

/* Whether a step with packed weights does n: a convolution (all channels or
 * depthwise) or a dense layer whose weights are constant and through which no
 * gradient flows. */
int mi_is_packed(const mien_plan *p, const mi_node *n);
/* Whether a step does n that packs its weights each time: the same of weights
 * that change, and transposed convolutions of either. */
int mi_is_product(const mien_plan *p, const mi_node *n);

/* Input i of a node, or NULL where it is left out. */
static inline mi_node *mi_node_in(const mi_node *n, int i)
{
    return i < n->n_in ? n->in[i] : NULL;
}

#endif
