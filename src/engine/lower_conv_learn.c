/* lower_conv_learn.c: convolutions whose weights change from run to run.
 *
 *   forward   down, then bias and activation
 *   backward  dz = dy where act let it through (gradient.c)
 *             to the weights from x and dz;  dx from dz, up
 *
 * with the steps of conv_learn.h. */
#include "engine/conv_learn.h"
#include "engine/gradient.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "kern/winograd.h"

static mien_status conv_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    mi_conv_learn *v = s->back_spec;
    int dz, x = s->in[0];
    mien_status st = mi_gradient_before(p, s, &v->act, &dz, err);
    if (!st)
        st = mi_conv_to_weights(p, v, x, dz, 1, err);
    if (!st && p->value[x].flows)
        st = mi_conv_to_input(p, v, MI_CONV_UP, dz, x, err);
    return st;
}

const char *mi_conv_describe(const mi_node *n, mi_conv *out)
{
    const int depthwise = ((const mi_conv_attr *)n->attr)->group > 1;
    mi_window w;
    const char *why = mi_conv_window(n, &w);
    if (!why)
        *out = mi_conv_of_window(&w, (int)n->in[0]->shape.dim[1],
                                 (int)n->shape.dim[1], depthwise);
    return why;
}

mien_status mi_lower_conv_learn(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_conv cv;
    const char *why = mi_conv_describe(head, &cv);
    if (why)
        return mi_fail(err, MIEN_EFORMAT, "plan: Conv '%s': %s", head->name,
                       why);
    if (p->of[head->in[0]->id].doubled) {
        if (!mi_winograd_doubled_pays(&cv))
            return mi_lower_conv_doubled(p, head, err);
        cv.h /= 2;
        cv.w /= 2;
    }
    return mi_conv_lower(p, head, &cv, MI_CONV_DOWN, conv_back, err);
}
