/* pack.c: floats in bytes, a scale and a zero point for each channel. */
#include "model/pack.h"

#include "graph/op_attr.h"

#include <math.h>

#include "base/exact.h"

void mi_pack_channel(const float *v, int64_t n, uint8_t *out, float *scale,
                     uint8_t *zero)
{
    float low = 0, high = 0;
    for (int64_t i = 0; i < n; i++) {
        low = v[i] < low ? v[i] : low;
        high = v[i] > high ? v[i] : high;
    }
    *scale = (high - low) / 255;
    if (!(*scale > 1e-30F && *scale < 1e30F))
        *scale = 1;
    *zero = (uint8_t)fminf(fmaxf(roundf(-low / *scale), 0), 255);
    for (int64_t i = 0; i < n; i++)
        out[i] =
            (uint8_t)fminf(fmaxf(roundf(v[i] / *scale) + (float)*zero, 0), 255);
}

mi_node *mi_pack_node(mien_graph *g, mien_shape shape, const uint8_t *byte,
                      const float *scale, const uint8_t *zero, const char *name)
{
    const mi_dequantize_attr first = {0};
    mien_shape list = {.rank = 1, .dim = {shape.dim[0]}};
    mi_node *in[] = {mi_graph_constant(g, NULL, MI_U8, shape, byte, MI_COPY),
                     mi_graph_constant(g, NULL, MI_F32, list, scale, MI_COPY),
                     mi_graph_constant(g, NULL, MI_U8, list, zero, MI_COPY)};
    return mi_graph_node(g, &mi_op_dequantize, in, 3, &first, name);
}
