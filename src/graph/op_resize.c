/* op_resize.c: sampling along any axes, nearest or linear.
 *
 * Place i of a result axis looks at place u of the input's, by
 * coordinate_transformation_mode, with s = size out / size in (or as given):
 *   half_pixel            (i + 1/2) / s - 1/2
 *   pytorch_half_pixel    the same, 0 where the result's axis is 1
 *   tf_half_pixel_for_nn  (i + 1/2) / s
 *   asymmetric            i / s
 *   align_corners         i (in - 1) / (out - 1)
 * computed in float, as ONNX Runtime does, so that ties fall alike.  Places
 * outside the input are those at its edge. */
#include "graph/op_util.h"

#include <math.h>
#include <string.h>

static const mi_node *filled(const mi_node *n, int k)
{
    const mi_node *in = mi_op_in(n, k);
    return in && mi_shape_len(&in->shape) != 0 ? in : NULL;
}

/* Scales are read from the constant itself: they decide the shape. */
static float scale_of(const mi_node *n, int d)
{
    const mi_node *scales = filled(n, 2);
    if (scales)
        return ((const float *)scales->value)[d];
    return (float)n->shape.dim[d] / (float)n->in[0]->shape.dim[d];
}

static int is_one_of(const char *text, const char *const *list)
{
    while (*list && strcmp(*list, text) != 0)
        list++;
    return *list != NULL;
}

/* Refuse modes that are not supported, by name. */
static const char *check_modes(const mi_resize_attr *a)
{
    static const char *const nearest[] = {
        "round_prefer_floor", "round_prefer_ceil", "floor", "ceil", NULL};
    static const char *const places[] = {
        "half_pixel",    "pytorch_half_pixel", "tf_half_pixel_for_nn",
        "align_corners", "asymmetric",         NULL};
    if (strcmp(a->mode, "nearest") != 0 && strcmp(a->mode, "linear") != 0)
        return "mode is not nearest or linear";
    if (!is_one_of(a->nearest_mode, nearest))
        return "nearest_mode is unknown";
    if (!is_one_of(a->coordinate_transformation_mode, places))
        return "coordinate_transformation_mode is not supported";
    if (a->antialias != 0 || a->axes.n != 0 ||
        strcmp(a->keep_aspect_ratio_policy, "stretch") != 0)
        return "antialias, axes and keep_aspect_ratio_policy are not supported";
    return NULL;
}

static const char *shape_by_scales(const mi_node *scales, mien_shape *y)
{
    if (scales->type != MI_F32 || !scales->value)
        return "scales are not a constant of floats";
    if (scales->shape.rank != 1 || scales->shape.dim[0] != y->rank)
        return "scales has not one entry for each axis";
    for (int d = 0; d < y->rank; d++) {
        float s = ((const float *)scales->value)[d];
        float size = floorf((float)y->dim[d] * s);
        if (!(s > 0) || !(size >= 1 && size <= (float)MIEN_MAX_TENSOR))
            return "a scale is out of range";
        y->dim[d] = (int64_t)size;
    }
    return NULL;
}

static const char *shape_by_sizes(const mi_node *sizes, mien_shape *y)
{
    mi_ints want;
    const char *why = mi_read_ints(sizes, &want);
    if (why)
        return why;
    if (want.n != y->rank)
        return "sizes has not one entry for each axis";
    for (int d = 0; d < y->rank; d++) {
        if (want.v[d] < 1)
            return "a size is less than 1";
        y->dim[d] = want.v[d];
    }
    return NULL;
}

static const char *resize_shape(mi_node *out)
{
    const mi_node *x = out->in[0], *scales = filled(out, 2);
    const mi_node *sizes = filled(out, 3);
    const char *why = check_modes(out->attr);
    if (why)
        return why;
    if (x->type != MI_F32 || mi_shape_len(&x->shape) < 1)
        return "its input does not hold floats";
    if (!scales == !sizes)
        return "one of scales and sizes is wanted";
    mien_shape y = x->shape;
    why = scales ? shape_by_scales(scales, &y) : shape_by_sizes(sizes, &y);
    return why ? why : mi_set_floats(out, &y);
}

/* Where the result's place i of axis d looks. */
static float place(const mi_node *n, int d, int64_t i)
{
    const char *how =
        ((const mi_resize_attr *)n->attr)->coordinate_transformation_mode;
    int64_t in = n->in[0]->shape.dim[d], out = n->shape.dim[d];
    float s = scale_of(n, d), at = (float)i;
    if (in == out && s == 1)
        return at;
    if (strcmp(how, "asymmetric") == 0)
        return at / s;
    if (strcmp(how, "align_corners") == 0)
        return out == 1 ? 0 : at * (float)(in - 1) / (float)(out - 1);
    if (strcmp(how, "tf_half_pixel_for_nn") == 0)
        return (at + 0.5F) / s;
    if (out == 1 && strcmp(how, "pytorch_half_pixel") == 0)
        return 0;
    return (at + 0.5F) / s - 0.5F;
}

static float round_as(const char *how, float u)
{
    if (strcmp(how, "floor") == 0)
        return floorf(u);
    if (strcmp(how, "ceil") == 0)
        return ceilf(u);
    return strcmp(how, "round_prefer_ceil") == 0 ? floorf(u + 0.5F)
                                                 : ceilf(u - 0.5F);
}

/* The two places of axis d between which the result's place i lies, and how far
 * it is from the first to the second. */
typedef struct {
    int64_t at[2];
    float far;
} between;

static between sample(const mi_node *n, int d, int64_t i)
{
    const mi_resize_attr *a = n->attr;
    int64_t last = n->in[0]->shape.dim[d] - 1;
    int nearest = strcmp(a->mode, "nearest") == 0;
    float u = place(n, d, i);
    u = fminf(fmaxf(nearest ? round_as(a->nearest_mode, u) : u, 0),
              (float)last);
    float first = floorf(u);
    int64_t at = (int64_t)first < last ? (int64_t)first : last;
    return (between){{at, at < last ? at + 1 : last}, u - first};
}

void mi_resize_sample(const mi_node *n, int axis, int64_t i, int64_t at[2],
                      float *far)
{
    const between b = sample(n, axis, i);
    at[0] = b.at[0];
    at[1] = b.at[1];
    *far = b.far;
}

/* Forward when grad is NULL, else back into it. */
static void resample(const mi_node *out, float *grad)
{
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(&out->shape);
    const float *x = out->in[0]->eval;
    int rank = out->shape.rank;
    between b[MIEN_MAX_RANK];
    mi_row_major(&out->in[0]->shape, stride);
    mi_walk w = mi_walk_over(&out->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        double sum = 0;
        for (int d = rank - 1; d >= 0; d--)
            if (i == 0 || d == rank - 1 || w.at[d + 1] == 0)
                b[d] = sample(out, d, w.at[d]);
        for (int corner = 0; corner < 1 << rank; corner++) {
            double part = 1;
            int64_t at = 0;
            for (int d = 0; d < rank && part != 0; d++) {
                int second = corner >> d & 1;
                part *= (double)(second ? b[d].far : 1 - b[d].far);
                at += b[d].at[second] * stride[d];
            }
            if (part != 0 && grad)
                grad[at] += (float)part * out->grad[i];
            else if (part != 0)
                sum += part * (double)x[at];
        }
        if (!grad)
            out->eval[i] = (float)sum;
    }
}

static void resize_eval(const mi_node *out) { resample(out, NULL); }

static void resize_grad(const mi_node *out)
{
    if (out->in[0]->grad)
        resample(out, out->in[0]->grad);
}

static const mi_resize_attr resize_defaults = {
    .coordinate_transformation_mode = "half_pixel",
    .mode = "nearest",
    .nearest_mode = "round_prefer_floor",
    .keep_aspect_ratio_policy = "stretch",
    .cubic_coeff_a = -0.75F};
static const mi_attr resize_attrs[] = {
    MI_ROW(mi_resize_attr, TEXT, coordinate_transformation_mode),
    MI_ROW(mi_resize_attr, TEXT, mode),
    MI_ROW(mi_resize_attr, TEXT, nearest_mode),
    MI_ROW(mi_resize_attr, TEXT, keep_aspect_ratio_policy),
    MI_ROW(mi_resize_attr, INTS, axes),
    MI_ROW(mi_resize_attr, INT, antialias),
    MI_ROW(mi_resize_attr, INT, exclude_outside),
    MI_ROW(mi_resize_attr, FLOAT, cubic_coeff_a),
    MI_ROW(mi_resize_attr, FLOAT, extrapolation_value),
    MI_ROWS_END};
const mi_op mi_op_resize = {.name = "Resize",
                            .min_in = 1,
                            .max_in = 4,
                            MI_ATTRS(resize),
                            .shape = resize_shape,
                            .eval = resize_eval,
                            .grad = resize_grad};
