/* op_loss.c: losses over the rows of a batch, and penalties.  Each gives one
 * number.  They are mien's own operators: a trainer adds them behind a graph,
 * and files know none of them.
 *
 *   inputs  y [rows, ...], targets of the same shape (but for the mean), then,
 *           if given, weights of rows [rows] and of classes
 *
 *   mean                  1/(n d) sum w_i y
 *   mean squared error    1/(n d) sum w_i (y - t)^2
 *   absolute error        the same of |e|
 *   Huber                 the same of e^2 / 2 for |e| <= delta,
 *                         delta (|e| - delta / 2) beyond
 *   wing                  the same of width log(1 + |e| / curvature) for
 *                         |e| < width, |e| less a constant that joins them
 *                         beyond
 *   sigmoid cross-entropy 1/(n d) sum w_i c_t [softplus(z) - t z], z logits;
 *                         c_1 weighs t, c_0 weighs 1 - t
 *   softmax cross-entropy -1/n' sum w_i c_t sum_k t_k log softmax(z)_k, n'
 *                         vectors of classes along the last axis; smoothing s
 *                         makes t_k (1 - s) t_k + s sum t / classes
 *   Gaussian              d/2 [log(2 pi v) + m/v], d numbers a row, m the mean
 *                         squared error and v = max(m, 1e-6): what a normal
 *                         distribution of the likeliest variance says of t
 *   divergence            sum_k max(1/n sum_i w_i y_ik, free), columns k
 *   penalty               l1 sum |x| + l2 sum x^2, over the rows if `mean`
 *
 * As in Keras the mean is over the rows, not over their weights.  Gradients go
 * to y alone.
 *
 * Gaussian: O. Rybkin, K. Daniilidis, S. Levine, Simple and Effective VAE
 * Training with Calibrated Decoders, ICML 2021, section 4; divergence with free
 * bits: D. Kingma et al., Improved Variational Inference with Inverse
 * Autoregressive Flow, NIPS 2016, equation 15.
 *
 * Wing: Z.-H. Feng et al., Wing Loss for Robust Facial Landmark Localisation,
 * CVPR 2018; smoothing: C. Szegedy et al., Rethinking the Inception
 * Architecture, CVPR 2016. */
#include "graph/loss.h"
#include "graph/op_util.h"

#include <math.h>

/* ---- one row ---------------------------------------------------------------
 */

/* log(1 + exp(z)) without overflow. */
static double softplus(double z)
{
    return (z > 0 ? z : 0) + log1p(exp(-fabs(z)));
}

/* Class weight i, 1 where there are none. */
static double class_weight(const mi_loss *l, int64_t i)
{
    return l->class_weights ? (double)l->class_weights[i] : 1;
}

static double huber(const mi_loss *l, double e)
{
    double size = fabs(e);
    return size <= l->delta ? e * e / 2 : l->delta * (size - l->delta / 2);
}

static double wing(const mi_loss *l, double e)
{
    double size = fabs(e);
    if (size < l->delta)
        return l->delta * log1p(size / l->curvature);
    return size - l->delta + l->delta * log1p(l->delta / l->curvature);
}

static double wing_slope(const mi_loss *l, double e)
{
    double size = fabs(e);
    double slope = size < l->delta ? l->delta / (l->curvature + size) : 1;
    return e == 0 ? 0 : copysign(slope, e);
}

/* What one number is worth, with its slope. */
static double element(const mi_loss *l, double y, double t, double *slope)
{
    double e = y - t;
    if (l->op == &mi_op_mean_loss) {
        *slope = 1;
        return y;
    }
    if (l->op == &mi_op_mean_squared_error || l->op == &mi_op_gaussian_loss) {
        *slope = 2 * e;
        return e * e;
    }
    if (l->op == &mi_op_absolute_error) {
        *slope = e > 0 ? 1 : e < 0 ? -1 : 0;
        return fabs(e);
    }
    if (l->op == &mi_op_huber_loss) {
        *slope = fabs(e) <= l->delta ? e : copysign(l->delta, e);
        return huber(l, e);
    }
    if (l->op == &mi_op_wing_loss) {
        *slope = wing_slope(l, e);
        return wing(l, e);
    }
    double c0 = class_weight(l, 0), c1 = class_weight(l, 1);
    double p = 1 / (1 + exp(-y));
    *slope = c0 * (1 - t) * p - c1 * t * (1 - p);
    return c1 * t * softplus(-y) + c0 * (1 - t) * softplus(y);
}

/* log of the sum of exp(z) over the classes. */
static double log_sum(const mi_loss *l, const float *z)
{
    double top = (double)z[0], sum = 1e-300;
    for (int64_t k = 1; k < l->classes; k++)
        top = (double)z[k] > top ? (double)z[k] : top;
    for (int64_t k = 0; k < l->classes; k++)
        sum += exp((double)z[k] - top);
    return top + log(sum);
}

/* The weight that a vector's target gives it. */
static double vector_weight(const mi_loss *l, const float *t)
{
    double weight = 0;
    for (int64_t k = 0; l->class_weights && k < l->classes; k++)
        weight += (double)t[k] * (double)l->class_weights[k];
    return l->class_weights ? weight : 1;
}

/* The sum of a vector's targets. */
static double target_sum(const mi_loss *l, const float *t)
{
    double total = 0;
    for (int64_t k = 0; k < l->classes; k++)
        total += (double)t[k];
    return total;
}

static double vector(const mi_loss *l, const float *z, const float *t)
{
    double all = log_sum(l, z), dot = 0, keep = 1 - l->smoothing;
    double same = l->smoothing * target_sum(l, t) / (double)l->classes;
    for (int64_t k = 0; k < l->classes; k++)
        dot += (keep * (double)t[k] + same) * (all - (double)z[k]);
    return vector_weight(l, t) * dot;
}

static void put(float *g, double v, int add)
{
    *g = add ? *g + (float)v : (float)v;
}

static void vector_slopes(const mi_loss *l, const float *z, const float *t,
                          double scale, int add, float *g)
{
    double all = log_sum(l, z), weight = vector_weight(l, t);
    double total = target_sum(l, t), keep = 1 - l->smoothing;
    double same = l->smoothing * total / (double)l->classes;
    for (int64_t k = 0; k < l->classes; k++) {
        double p = exp((double)z[k] - all), to = keep * (double)t[k] + same;
        put(&g[k], scale * weight * (total * p - to), add);
    }
}

double mi_loss_row(const mi_loss *l, int64_t n, const float *y,
                   const float *target)
{
    double sum = 0, slope;
    const float *t = target ? target : y;
    if (l->op == &mi_op_softmax_cross_entropy) {
        for (int64_t i = 0; i < n; i += l->classes)
            sum += vector(l, y + i, t + i);
        return sum;
    }
    for (int64_t i = 0; i < n; i++)
        sum += element(l, (double)y[i], target ? (double)target[i] : 0, &slope);
    return sum;
}

void mi_loss_slopes(const mi_loss *l, int64_t n, const float *y,
                    const float *target, double scale, int add, float *g)
{
    const float *t = target ? target : y;
    if (l->op == &mi_op_softmax_cross_entropy) {
        for (int64_t i = 0; i < n; i += l->classes)
            vector_slopes(l, y + i, t + i, scale, add, g + i);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        double slope;
        element(l, (double)y[i], (double)t[i], &slope);
        put(&g[i], scale * slope, add);
    }
}

double mi_loss_total(const mi_loss *l, double mean, double row, double *slope)
{
    const double two_pi = 6.283185307179586, least = 1e-6;
    *slope = 1;
    if (l->op != &mi_op_gaussian_loss)
        return mean;
    double variance = mean > least ? mean : least;
    *slope = row / (2 * variance);
    return row / 2 * (log(two_pi * variance) + mean / variance);
}

/* ---- losses as operators ---------------------------------------------------
 */

mi_loss mi_loss_of(const mi_node *n)
{
    const mien_shape *y = &n->in[0]->shape;
    mi_loss l = {
        .op = n->op, .delta = 1, .classes = y->rank ? y->dim[y->rank - 1] : 1};
    if (n->op == &mi_op_huber_loss)
        l.delta = (double)((const mi_huber_attr *)n->attr)->delta;
    if (n->op == &mi_op_softmax_cross_entropy)
        l.smoothing = (double)((const mi_smoothing_attr *)n->attr)->smoothing;
    if (n->op == &mi_op_wing_loss) {
        const mi_wing_attr *a = n->attr;
        l.delta = (double)a->width;
        l.curvature = (double)a->curvature;
    }
    return l;
}

double mi_loss_count(const mi_loss *l, const mien_shape *y)
{
    double len = (double)mi_shape_len(y);
    return l->op == &mi_op_softmax_cross_entropy ? len / (double)l->classes
                                                 : len;
}

/* A scalar, when targets and weights fit the outputs. */
static const char *loss_shape(mi_node *out)
{
    const mi_node *target = mi_op_in(out, 1), *rows = mi_op_in(out, 2);
    const mi_node *classes = mi_op_in(out, 3);
    const mien_shape *y = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (y->rank < 1)
        return "there are no rows";
    if (y->rank < 2 && out->op == &mi_op_softmax_cross_entropy)
        return "there are no classes";
    if (target && !mi_shape_equal(&target->shape, y))
        return "the targets have another shape";
    if (rows && (rows->shape.rank != 1 || rows->shape.dim[0] != y->dim[0]))
        return "the weights are not one for each row";
    int64_t n =
        out->op == &mi_op_softmax_cross_entropy ? y->dim[y->rank - 1] : 2;
    if (classes && mi_shape_len(&classes->shape) != n)
        return "the weights are not one for each class";
    return mi_set_floats(out, &(mien_shape){0});
}

/* The loss with its weights, and floats of a row. */
static mi_loss ready(const mi_node *out, int64_t *row)
{
    mi_loss l = mi_loss_of(out);
    const mi_node *classes = mi_op_in(out, 3);
    const mien_shape *y = &out->in[0]->shape;
    l.class_weights = classes ? classes->eval : NULL;
    *row = mi_shape_len(y) / y->dim[0];
    return l;
}

/* The mean over all numbers. */
static double mean_of(const mi_node *out, const mi_loss *l, int64_t row)
{
    const mi_node *target = mi_op_in(out, 1), *weights = mi_op_in(out, 2);
    const mien_shape *y = &out->in[0]->shape;
    double sum = 0;
    for (int64_t i = 0; i < y->dim[0]; i++)
        sum += (weights ? (double)weights->eval[i] : 1) *
               mi_loss_row(l, row, out->in[0]->eval + i * row,
                           target ? target->eval + i * row : NULL);
    return sum / mi_loss_count(l, y);
}

static void loss_eval(const mi_node *out)
{
    int64_t row;
    double slope;
    const mi_loss l = ready(out, &row);
    out->eval[0] =
        (float)mi_loss_total(&l, mean_of(out, &l, row), (double)row, &slope);
}

static void loss_grad(const mi_node *out)
{
    int64_t row;
    const mi_loss l = ready(out, &row);
    const mi_node *target = mi_op_in(out, 1), *weights = mi_op_in(out, 2);
    const mien_shape *y = &out->in[0]->shape;
    double slope;
    mi_loss_total(&l, mean_of(out, &l, row), (double)row, &slope);
    double each = slope * (double)out->grad[0] / mi_loss_count(&l, y);
    for (int64_t i = 0; out->in[0]->grad && i < y->dim[0]; i++)
        mi_loss_slopes(&l, row, out->in[0]->eval + i * row,
                       target ? target->eval + i * row : NULL,
                       each * (weights ? (double)weights->eval[i] : 1), 1,
                       out->in[0]->grad + i * row);
}

#define LOSS_OP(word, text, least)                   \
    const mi_op mi_op_##word = {.name = text,        \
                                .min_in = least,     \
                                .max_in = 4,         \
                                .shape = loss_shape, \
                                .eval = loss_eval,   \
                                .statistics = 1,     \
                                .grad = loss_grad}
LOSS_OP(mean_loss, "mien.Mean", 1);
LOSS_OP(mean_squared_error, "mien.MeanSquaredError", 2);
LOSS_OP(absolute_error, "mien.AbsoluteError", 2);
LOSS_OP(gaussian_loss, "mien.Gaussian", 2);
LOSS_OP(sigmoid_cross_entropy, "mien.SigmoidCrossEntropy", 2);

#define LOSS_OP_WITH(word, text, table)              \
    const mi_op mi_op_##word = {.name = text,        \
                                .min_in = 2,         \
                                .max_in = 4,         \
                                MI_ATTRS(table),     \
                                .shape = loss_shape, \
                                .eval = loss_eval,   \
                                .statistics = 1,     \
                                .grad = loss_grad}

static const mi_huber_attr huber_defaults = {1};
static const mi_attr huber_attrs[] = {MI_ROW(mi_huber_attr, FLOAT, delta),
                                      MI_ROWS_END};
LOSS_OP_WITH(huber_loss, "mien.Huber", huber);

static const mi_wing_attr wing_defaults = {10, 2};
static const mi_attr wing_attrs[] = {MI_ROW(mi_wing_attr, FLOAT, width),
                                     MI_ROW(mi_wing_attr, FLOAT, curvature),
                                     MI_ROWS_END};
LOSS_OP_WITH(wing_loss, "mien.Wing", wing);

static const mi_smoothing_attr smoothing_defaults = {0};
static const mi_attr smoothing_attrs[] = {
    MI_ROW(mi_smoothing_attr, FLOAT, smoothing), MI_ROWS_END};
LOSS_OP_WITH(softmax_cross_entropy, "mien.SoftmaxCrossEntropy", smoothing);

/* ---- the divergence of codes ------------------------------------------------
 */

double mi_divergence_mean(int64_t n, int64_t columns, const float *y,
                          const float *weights)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (weights ? (double)weights[i] : 1) * (double)y[i * columns];
    return sum / (double)n;
}

static const char *divergence_shape(mi_node *out)
{
    const mi_node *rows = mi_op_in(out, 2);
    const mien_shape *y = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (y->rank != 2)
        return "there are no rows of numbers";
    if (mi_op_in(out, 1))
        return "there are targets";
    if (rows && (rows->shape.rank != 1 || rows->shape.dim[0] != y->dim[0]))
        return "the weights are not one for each row";
    return mi_set_floats(out, &(mien_shape){0});
}

static void divergence_eval(const mi_node *out)
{
    double free = (double)((const mi_divergence_attr *)out->attr)->free;
    const mi_node *y = out->in[0], *weights = mi_op_in(out, 2);
    int64_t n = y->shape.dim[0], columns = y->shape.dim[1];
    double sum = 0;
    for (int64_t k = 0; k < columns; k++)
        sum += fmax(free, mi_divergence_mean(n, columns, y->eval + k,
                                             weights ? weights->eval : NULL));
    out->eval[0] = (float)sum;
}

static void divergence_grad(const mi_node *out)
{
    double free = (double)((const mi_divergence_attr *)out->attr)->free;
    const mi_node *y = out->in[0], *weights = mi_op_in(out, 2);
    const float *weight = weights ? weights->eval : NULL;
    int64_t n = y->shape.dim[0], columns = y->shape.dim[1];
    for (int64_t k = 0; y->grad && k < columns; k++) {
        if (mi_divergence_mean(n, columns, y->eval + k, weight) < free)
            continue;
        for (int64_t i = 0; i < n; i++)
            y->grad[i * columns + k] +=
                out->grad[0] / (float)n * (weight ? weight[i] : 1);
    }
}

static const mi_divergence_attr divergence_defaults = {0};
static const mi_attr divergence_attrs[] = {
    MI_ROW(mi_divergence_attr, FLOAT, free), MI_ROWS_END};
const mi_op mi_op_divergence_loss = {.name = "mien.Divergence",
                                     .min_in = 1,
                                     .max_in = 3,
                                     MI_ATTRS(divergence),
                                     .shape = divergence_shape,
                                     .eval = divergence_eval,
                                     .statistics = 1,
                                     .grad = divergence_grad};

/* ---- penalties -------------------------------------------------------------
 */

double mi_penalty_of(double l1, double l2, int64_t n, const float *x)
{
    double size = 0, square = 0;
    for (int64_t i = 0; i < n; i++) {
        size += (double)fabsf(x[i]);
        square += (double)x[i] * (double)x[i];
    }
    return l1 * size + l2 * square;
}

void mi_penalty_slopes(double l1, double l2, int64_t n, const float *x,
                       double scale, int add, float *g)
{
    float one = (float)(l1 * scale), two = (float)(2 * l2 * scale);
    for (int64_t i = 0; i < n; i++) {
        float v = two * x[i] + (x[i] > 0 ? one : x[i] < 0 ? -one : 0);
        g[i] = add ? g[i] + v : v;
    }
}

static const char *penalty_shape(mi_node *out)
{
    const char *why = mi_want_floats(out);
    if (!why && ((const mi_penalty_attr *)out->attr)->mean &&
        out->in[0]->shape.rank < 1)
        why = "there are no rows";
    return why ? why : mi_set_floats(out, &(mien_shape){0});
}

double mi_penalty_scale(const mi_node *n)
{
    const mi_penalty_attr *a = n->attr;
    return a->mean ? 1 / (double)n->in[0]->shape.dim[0] : 1;
}

static void penalty_eval(const mi_node *out)
{
    const mi_penalty_attr *a = out->attr;
    const mi_node *x = out->in[0];
    out->eval[0] = (float)(mi_penalty_scale(out) *
                           mi_penalty_of((double)a->l1, (double)a->l2,
                                         mi_shape_len(&x->shape), x->eval));
}

static void penalty_grad(const mi_node *out)
{
    const mi_penalty_attr *a = out->attr;
    const mi_node *x = out->in[0];
    if (x->grad)
        mi_penalty_slopes((double)a->l1, (double)a->l2, mi_shape_len(&x->shape),
                          x->eval, mi_penalty_scale(out) * (double)out->grad[0],
                          1, x->grad);
}

static const mi_penalty_attr penalty_defaults = {0, 0, 0};
static const mi_attr penalty_attrs[] = {
    MI_ROW(mi_penalty_attr, FLOAT, l1), MI_ROW(mi_penalty_attr, FLOAT, l2),
    MI_ROW(mi_penalty_attr, INT, mean), MI_ROWS_END};
const mi_op mi_op_penalty = {.name = "mien.Penalty",
                             .min_in = 1,
                             .max_in = 1,
                             MI_ATTRS(penalty),
                             .shape = penalty_shape,
                             .eval = penalty_eval,
                             .grad = penalty_grad};
