/* pack.h: floats in bytes, a scale and a zero point for each channel. */
#ifndef MI_MODEL_PACK_H
#define MI_MODEL_PACK_H

#include "graph/graph.h"

/* The range from the least to the greatest, 0 among them, in 255 steps:
 * v[i] = (out[i] - zero) * scale, to half a step. */
void mi_pack_channel(const float *v, int64_t n, uint8_t *out, float *scale,
                     uint8_t *zero);
/* The node of weights in bytes: [shape] byte, [its first dimension] scale and
 * zero, all copied. */
mi_node *mi_pack_node(mien_graph *g, mien_shape shape, const uint8_t *byte,
                      const float *scale, const uint8_t *zero,
                      const char *name);

#endif
