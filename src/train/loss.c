/* loss.c: losses over a batch of n rows.
 *
 *   MSE    1/(n d) sum w_i (y - t)^2
 *   Huber  the same of e^2 / 2 for |e| <= delta, delta (|e| - delta / 2) beyond
 *   BCE    1/(n d) sum w_i c_t [softplus(z) - t z], z logits; c_1 weighs t,
 *          c_0 weighs 1 - t
 *   CCE    -1/n' sum w_i c_t sum_k t_k log softmax(z)_k, n' vectors of classes
 *
 * w_i are weights of rows and c of classes; as in Keras the mean is over the
 * rows, not over their weights.  Sums are in double, row after row. */
#include "train/loss.h"

#include <math.h>

static double row_weight(const mi_loss_batch *b, int64_t i)
{
    return b->weights ? (double)b->weights[i] : 1;
}

/* The kernel's sum is of floats: short enough for their precision. */
static double mse(const mien_loss *loss, const mi_loss_batch *b)
{
    const mi_kern *k = mi_kern_best();
    double sum = 0, all = (double)(b->rows * b->row);
    for (int64_t i = 0; i < b->rows; i++) {
        const float *y = b->y + i * b->row, *t = b->target + i * b->row;
        double w = row_weight(b, i);
        sum += w * (double)k->dist2_f32((int)b->row, y, t);
        float *g = b->grad ? b->grad + i * b->row : NULL;
        float slope = (float)(2 * w * (double)loss->weight / all);
        for (int64_t j = 0; g && j < b->row; j++)
            g[j] += slope * (y[j] - t[j]);
    }
    return sum / all;
}

static double huber(const mien_loss *loss, const mi_loss_batch *b)
{
    double sum = 0, all = (double)(b->rows * b->row);
    double delta = loss->delta > 0 ? (double)loss->delta : 1;
    for (int64_t i = 0; i < b->rows; i++) {
        double w = row_weight(b, i);
        for (int64_t j = i * b->row; j < (i + 1) * b->row; j++) {
            double e = (double)b->y[j] - (double)b->target[j], size = fabs(e);
            double slope = size <= delta ? e : copysign(delta, e);
            sum += w * (size <= delta ? e * e / 2 : delta * (size - delta / 2));
            if (b->grad)
                b->grad[j] += (float)(w * (double)loss->weight * slope / all);
        }
    }
    return sum / all;
}

/* log(1 + exp(z)) without overflow. */
static double softplus(double z)
{
    return (z > 0 ? z : 0) + log1p(exp(-fabs(z)));
}

static double bce(const mien_loss *loss, const mi_loss_batch *b)
{
    double sum = 0, all = (double)(b->rows * b->row);
    double c0 = loss->class_weight ? (double)loss->class_weight[0] : 1;
    double c1 = loss->class_weight ? (double)loss->class_weight[1] : 1;
    for (int64_t i = 0; i < b->rows; i++) {
        double w = row_weight(b, i);
        for (int64_t j = i * b->row; j < (i + 1) * b->row; j++) {
            double z = (double)b->y[j], t = (double)b->target[j];
            double p = 1 / (1 + exp(-z));
            sum += w * (c1 * t * softplus(-z) + c0 * (1 - t) * softplus(z));
            double slope = c0 * (1 - t) * p - c1 * t * (1 - p);
            if (b->grad)
                b->grad[j] += (float)(w * (double)loss->weight * slope / all);
        }
    }
    return sum / all;
}

/* One vector of classes; its slopes are times scale. */
static double cce_one(const mien_loss *loss, const float *z, const float *t,
                      int n, double scale, float *grad)
{
    double top = (double)z[0], sum = 1e-300, dot = 0, total = 0, weight = 1;
    for (int k = 1; k < n; k++)
        top = (double)z[k] > top ? (double)z[k] : top;
    for (int k = 0; k < n; k++)
        sum += exp((double)z[k] - top);
    double log_sum = top + log(sum);
    if (loss->class_weight) {
        weight = 0;
        for (int k = 0; k < n; k++)
            weight += (double)t[k] * (double)loss->class_weight[k];
    }
    for (int k = 0; k < n; k++) {
        dot += (double)t[k] * (log_sum - (double)z[k]);
        total += (double)t[k];
    }
    for (int k = 0; grad && k < n; k++) {
        double p = exp((double)z[k] - log_sum);
        grad[k] += (float)(scale * weight * (total * p - (double)t[k]));
    }
    return weight * dot;
}

static double cce(const mien_loss *loss, const mi_loss_batch *b)
{
    int n = b->classes;
    int64_t each = b->row / n;
    double sum = 0, vectors = (double)(b->rows * each);
    for (int64_t i = 0; i < b->rows; i++) {
        double w = row_weight(b, i);
        for (int64_t v = i * each; v < (i + 1) * each; v++) {
            float *g = b->grad ? b->grad + v * n : NULL;
            double scale = w * (double)loss->weight / vectors;
            sum +=
                w * cce_one(loss, b->y + v * n, b->target + v * n, n, scale, g);
        }
    }
    return sum / vectors;
}

double mi_loss_of(const mien_loss *loss, const mi_loss_batch *b)
{
    switch (loss->kind) {
    case MIEN_LOSS_MSE: return mse(loss, b);
    case MIEN_LOSS_HUBER: return huber(loss, b);
    case MIEN_LOSS_BCE: return bce(loss, b);
    case MIEN_LOSS_CCE: return cce(loss, b);
    }
    return 0;
}

double mi_penalty_of(const mien_penalty *p, int64_t n, const float *x,
                     double scale, float *grad)
{
    double size = 0, square = 0;
    float one = (float)((double)p->l1 * scale);
    float two = (float)(2 * (double)p->l2 * scale);
    for (int64_t i = 0; i < n; i++) {
        size += (double)fabsf(x[i]);
        square += (double)x[i] * (double)x[i];
    }
    for (int64_t i = 0; grad && i < n; i++)
        grad[i] += two * x[i] + (x[i] > 0 ? one : x[i] < 0 ? -one : 0);
    return scale * ((double)p->l1 * size + (double)p->l2 * square);
}
