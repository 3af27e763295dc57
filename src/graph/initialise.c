/* initialise.c: first values, drawn so that the size of what flows through a
 * layer, or back through it, stays what it was.
 *
 * Normal draws beyond two deviations are drawn again; what is left has a
 * deviation of 0.8796 of the whole, which is made up for, as Keras does.
 * Orthogonal values: columns of normal draws made orthonormal one after the
 * other (Gram and Schmidt, twice, which keeps the last bits); that is the Q of
 * a QR decomposition with a positive diagonal of R, so no direction is
 * preferred.
 *
 * X. Glorot, Y. Bengio, Understanding the difficulty of training deep
 * feedforward neural networks, AISTATS 2010; K. He et al., Delving deep into
 * rectifiers, ICCV 2015; Y. LeCun et al., Efficient BackProp, 1998; A. Saxe et
 * al., Exact solutions to the nonlinear dynamics of learning, ICLR 2014; F.
 * Mezzadri, How to generate random matrices, Notices of the AMS 54, 2007. */
#include "graph/initialise.h"

#include "base/alloc.h"

#include <assert.h>
#include <math.h>

/* Deviation of a standard normal variable within +-2. */
static const double cut_deviation = 0.87962566103423978;

static void draw_uniform(mien_random *r, double limit, int64_t n, float *x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(limit * (2 * mien_random_unit(r) - 1));
}

static void draw_normal(mien_random *r, double variance, int64_t n, float *x)
{
    double scale = sqrt(variance) / cut_deviation;
    for (int64_t i = 0; i < n; i++) {
        double z;
        do
            z = mien_random_normal(r);
        while (fabs(z) > 2);
        x[i] = (float)(scale * z);
    }
}

/* Take from column j what it has of the columns before it; its length. */
static double take_off(double *q, int64_t rows, int64_t j)
{
    double *v = q + j * rows, length = 0;
    for (int64_t k = 0; k < j; k++) {
        const double *u = q + k * rows;
        double both = 0;
        for (int64_t i = 0; i < rows; i++)
            both += u[i] * v[i];
        for (int64_t i = 0; i < rows; i++)
            v[i] -= both * u[i];
    }
    for (int64_t i = 0; i < rows; i++)
        length += v[i] * v[i];
    return sqrt(length);
}

/* Fill x with an orthogonal matrix from normal numbers; 0 without memory. */
static int draw_orthogonal(mien_random *r, int64_t rows, int64_t cols, float *x)
{
    int64_t n = rows > cols ? rows : cols, m = rows > cols ? cols : rows;
    double *q = mi_alloc((size_t)n * (size_t)m, sizeof *q);
    if (!q)
        return 0;
    for (int64_t i = 0; i < n * m; i++)
        q[i] = mien_random_normal(r);
    for (int64_t j = 0; j < m; j++)
        for (int again = 0; again < 2; again++) {
            double length = take_off(q, n, j);
            for (int64_t i = 0; i < n; i++)
                q[j * n + i] /= length;
        }
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++)
            x[i * cols + j] =
                (float)(rows > cols ? q[j * rows + i] : q[i * cols + j]);
    mi_free(q);
    return 1;
}

int mi_initialise(const mi_drawing *d, int64_t rows, int64_t cols, float *x)
{
    int64_t n = rows * cols;
    mien_random *r = d->random;
    assert(r || d->how == MIEN_INIT_CONSTANT);
    switch (d->how) {
    case MIEN_INIT_GLOROT_UNIFORM:
        draw_uniform(r, sqrt(6 / (d->in + d->out)), n, x);
        break;
    case MIEN_INIT_GLOROT_NORMAL:
        draw_normal(r, 2 / (d->in + d->out), n, x);
        break;
    case MIEN_INIT_HE_UNIFORM: draw_uniform(r, sqrt(6 / d->in), n, x); break;
    case MIEN_INIT_HE_NORMAL: draw_normal(r, 2 / d->in, n, x); break;
    case MIEN_INIT_LECUN_UNIFORM: draw_uniform(r, sqrt(3 / d->in), n, x); break;
    case MIEN_INIT_LECUN_NORMAL: draw_normal(r, 1 / d->in, n, x); break;
    case MIEN_INIT_TORCH: draw_uniform(r, sqrt(1 / d->in), n, x); break;
    case MIEN_INIT_ORTHOGONAL: return draw_orthogonal(r, rows, cols, x);
    case MIEN_INIT_CONSTANT:
        for (int64_t i = 0; i < n; i++)
            x[i] = d->constant;
        break;
    }
    return 1;
}
