/* lower_conv.h: what a convolution's step keeps. */
#ifndef MI_ENGINE_LOWER_CONV_H
#define MI_ENGINE_LOWER_CONV_H

#include "engine/steps.h"

typedef struct {
    mi_conv cv;
    int tasks;           /* of one image */
    size_t x_len, y_len; /* floats of one image */
    float *packed;
    int add;                     /* value number, or -1 */
    const float *weights, *bias; /* [oc, c], [oc]: kept of narrow pointwise
                                    ones, which merge.c may join; else NULL */
} mi_conv_spec;

/* Widest convolution that counts as narrow. */
enum { MI_NARROW = 16 };

/* The run of such a step. */
void mi_run_conv(const mien_plan *p, const mi_step *s, int task, void *scratch);

#endif
