/* components.c: principal components of few long rows.
 *
 * With centred rows X [n, d], the vectors u of X X' with values s^2 give the
 * components X' u / s.  The first of them come from orthogonal iteration:
 * multiply by X X', then make orthogonal (Golub, Van Loan, Matrix Computations,
 * 8.2.4; snapshots: Sirovich 1987). */
#include "mien/num_components.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

enum { STEPS = 30, SPARE = 8, ROWS_MAX = 20000 };

void mien_components_free(mien_components *c)
{
    if (!c)
        return;
    mi_free(c->mean);
    mi_free(c->vector);
    mi_free(c->variance);
    *c = (mien_components){0};
}

/* Product of two rows less the mean. */
static double product(int64_t d, const float *a, const float *b,
                      const float *mean)
{
    double part[8] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + 8 <= d; i += 8)
        for (int j = 0; j < 8; j++)
            part[j] += ((double)a[i + j] - (double)mean[i + j]) *
                       ((double)b[i + j] - (double)mean[i + j]);
    for (; i < d; i++)
        sum +=
            ((double)a[i] - (double)mean[i]) * ((double)b[i] - (double)mean[i]);
    for (int j = 0; j < 8; j++)
        sum += part[j];
    return sum;
}

/* The mean of the rows, and products of all pairs, [n, n]. */
static void fill_products(int64_t n, int64_t d, const float *x, float *mean,
                          double *products)
{
    for (int64_t j = 0; j < d; j++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += (double)x[i * d + j];
        mean[j] = (float)(sum / (double)n);
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            products[i * n + j] = products[j * n + i] =
                product(d, x + i * d, x + j * d, mean);
}

/* Make rows orthogonal, of length 1, in their order; what depends on those
 * before it becomes 0.  length: what was left of each. */
static void make_orthogonal(int k, int64_t n, double *u, double *length)
{
    for (int i = 0; i < k; i++) {
        double *row = u + i * n, before = sqrt(mi_dot(n, row, row));
        for (int turn = 0; turn < 2; turn++)
            for (int j = 0; j < i; j++)
                mi_axpy(n, -mi_dot(n, row, u + j * n), u + j * n, row);
        length[i] = sqrt(mi_dot(n, row, row));
        int whole = length[i] > 1e-9 * before;
        for (int64_t j = 0; j < n; j++)
            row[j] = whole ? row[j] / length[i] : 0;
        length[i] = whole ? length[i] : 0;
    }
}

/* The first k vectors of the products, [k, n], with their values. */
static void iterate(int64_t n, int k, const double *products, double *u,
                    double *next, double *value)
{
    mien_random random;
    mien_random_init(&random, 1);
    for (int64_t i = 0; i < k * n; i++)
        u[i] = mien_random_normal(&random);
    make_orthogonal(k, n, u, value);
    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < k; i++)
            for (int64_t j = 0; j < n; j++)
                next[i * n + j] = mi_dot(n, products + j * n, u + i * n);
        make_orthogonal(k, n, next, value);
        memcpy(u, next, (size_t)k * (size_t)n * sizeof *u);
    }
}

/* Components of the vectors that have a value. */
static void fill_vectors(int64_t n, const float *x, const double *u,
                         const double *value, int k, mien_components *c)
{
    for (int i = 0; i < k; i++) {
        if (!(value[i] > 1e-9 * value[0]))
            break;
        float *v = c->vector + i * c->d;
        for (int64_t r = 0; r < n; r++) {
            float a = (float)(u[i * n + r] / sqrt(value[i]));
            for (int64_t j = 0; j < c->d; j++)
                v[j] += a * (x[r * c->d + j] - c->mean[j]);
        }
        c->variance[i] = value[i] / (double)n;
        c->k++;
    }
}

mien_status mien_components_fit(int64_t n, int64_t d, const float *x, int k,
                                mien_components *out, mien_error *err)
{
    mien_components c = {.d = d};
    if (n < 2 || n > ROWS_MAX || d < 1 || k < 1)
        return mi_fail(err, MIEN_EARG,
                       "%d components of %lld rows of %lld numbers: wanted 1 "
                       "or more of 2..%d rows",
                       k, (long long)n, (long long)d, ROWS_MAX);
    if (k > n - 1)
        k = (int)(n - 1);
    int more = k + SPARE < n ? k + SPARE : (int)n;
    size_t all = (size_t)more * (size_t)n;
    double *products = mi_alloc((size_t)n * (size_t)n, sizeof *products);
    double *u = mi_alloc(2 * all + (size_t)more, sizeof *u);
    c.mean = mi_alloc((size_t)d, sizeof *c.mean);
    c.vector = mi_alloc((size_t)k * (size_t)d, sizeof *c.vector);
    c.variance = mi_alloc((size_t)k, sizeof *c.variance);
    mien_status st = products && u && c.mean && c.vector && c.variance
                         ? MIEN_OK
                         : mi_no_memory(err);
    if (!st) {
        fill_products(n, d, x, c.mean, products);
        iterate(n, more, products, u, u + all, u + 2 * all);
        fill_vectors(n, x, u, u + 2 * all, k, &c);
    }
    mi_free(products);
    mi_free(u);
    if (st)
        mien_components_free(&c);
    else
        *out = c;
    return st;
}

double mien_components_error(const mien_components *c, const float *x, int k)
{
    double left = product(c->d, x, x, c->mean);
    for (int i = 0; i < k && i < c->k; i++) {
        const float *v = c->vector + i * c->d;
        double along = 0;
        for (int64_t j = 0; j < c->d; j++)
            along += ((double)x[j] - (double)c->mean[j]) * (double)v[j];
        left -= along * along;
    }
    return left > 0 ? left / (double)c->d : 0;
}
