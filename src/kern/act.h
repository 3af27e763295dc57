/* act.h: an activation on floats. */
#ifndef MI_KERN_ACT_H
#define MI_KERN_ACT_H

#include "kern/conv.h"

/* y = act(x), n floats; y may be x. */
static inline void mi_act_apply(const mi_kern *kern, const mi_act *act, int n,
                                const float *x, float *y)
{
    switch (act->kind) {
    case MI_ACT_NONE: break;
    case MI_ACT_CLAMP: kern->clamp_f32(n, x, act->lo, act->hi, y); break;
    case MI_ACT_LEAKY: kern->leaky_f32(n, x, act->lo, y); break;
    case MI_ACT_SIGMOID: kern->sigmoid_f32(n, x, y); break;
    }
}

#endif
