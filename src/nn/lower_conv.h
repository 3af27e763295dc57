/* lower_conv.h: what a convolution's step keeps. */
#ifndef MI_NN_LOWER_CONV_H
#define MI_NN_LOWER_CONV_H

#include "nn/plan.h"

typedef struct {
    mi_conv cv;
    int tasks;           /* of one image */
    size_t x_len, y_len; /* floats of one image */
    float *packed;
    int add; /* value number, or -1 */
} mi_conv_spec;

/* The run of such a step. */
void mi_run_conv(const mien_plan *p, const mi_step *s, int task, void *scratch);

#endif
