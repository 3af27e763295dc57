/* op_window.h: the arithmetic of windows; for op_conv*.c and op_pool.c. */
#ifndef MI_GRAPH_OP_WINDOW_H
#define MI_GRAPH_OP_WINDOW_H

#include "graph/op_attr.h"

/* What a window is made from; empty lists take ONNX's defaults. */
typedef struct mi_window_spec {
    const mi_ints *kernel, *strides, *dilations, *pads;
    const char *auto_pad;
    int64_t ceil_mode;
} mi_window_spec;

/* The sides of a convolution's window, its weights', which the attribute, if it
 * is given, has to equal. */
const char *mi_window_kernel(const mi_node *n, const mi_ints *given,
                             mi_ints *kernel);
/* x is [n, c, h, w]. */
const char *mi_window_of(const mi_window_spec *spec, const mien_shape *x,
                         mi_window *out);

/* The window whose places are x's [h, w], over a result as large as the spec,
 * what is added at its end and, where given, its own size say: that of a
 * transposed convolution.  ceil_mode is not looked at. */
const char *mi_window_back(const mi_window_spec *spec, const mien_shape *x,
                           const mi_ints *more, const mi_ints *size,
                           mi_window *out);

#endif
