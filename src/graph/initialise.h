/* initialise.h: first values of what a layer learns. */
#ifndef MI_GRAPH_INITIALISE_H
#define MI_GRAPH_INITIALISE_H

#include "mien/layer.h"

typedef struct mi_drawing {
    mien_init how;
    mien_random *random;
    double in, out; /* weights into a unit and out of it */
    float constant;
} mi_drawing;

/* Fill x [rows, cols]; 0 without memory (of orthogonal values alone). */
int mi_initialise(const mi_drawing *d, int64_t rows, int64_t cols, float *x);

#endif
