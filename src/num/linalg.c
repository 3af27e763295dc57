/* linalg.c: Cholesky factors and least squares by Householder reflections.
 *
 * Cholesky.  U is built row by row (right-looking), so that every inner loop
 * runs along a row of the row-major matrix.
 *
 * Least squares.  [A b] is reduced to a triangle R by reflections; rows that
 * come later are put under R and reduced again (sequential TSQR: Demmel,
 * Grigori, Hoemmen, Langou 2012).  R is then factored once more with column
 * pivoting (Businger, Golub 1965), R P = Q [R1 R2], whose diagonal shows the
 * rank.  If it is short, the solution of least norm comes from a third
 * factorisation, of [R1 R2]' (the complete orthogonal decomposition: Golub,
 * Van Loan, Matrix Computations, 5.5). */
#include "num/linalg.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

typedef double eight __attribute__((vector_size(64)));
typedef double eight_at __attribute__((vector_size(64), aligned(8), may_alias));

double mi_dot(int64_t n, const double *x, const double *y)
{
    eight s = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        s += *(const eight_at *)(x + i) * *(const eight_at *)(y + i);
    double sum =
        ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    for (; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

void mi_axpy(int64_t n, double a, const double *x, double *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

double mi_largest(int n, const double *x)
{
    double top = 0;
    for (int i = 0; i < n; i++)
        top = fmax(top, fabs(x[i]));
    return top;
}

/* ---- Cholesky --------------------------------------------------------- */

/* Make row j of U from its diagonal, and take it out of the rows below. */
static void eliminate(int n, int ld, double *a, int j)
{
    double *row = a + (ptrdiff_t)j * ld, root = sqrt(row[j]);
    row[j] = root;
    for (int i = j + 1; i < n; i++)
        row[i] /= root;
    for (int i = j + 1; i < n; i++)
        mi_axpy(n - i, -row[i], row + i, a + (ptrdiff_t)i * ld + i);
}

int mi_cholesky(int n, int ld, double *a)
{
    for (int j = 0; j < n; j++) {
        double *d = a + (ptrdiff_t)j * ld + j, was = *d;
        for (int i = 0; i < j; i++) {
            double u = a[(ptrdiff_t)i * ld + j];
            was += u * u;
        }
        if (!(*d > 4 * DBL_EPSILON * was) || !isfinite(*d))
            return 0;
        eliminate(n, ld, a, j);
    }
    return 1;
}

int mi_cholesky_keep(int n, int ld, double *a, double tolerance, uint8_t *keep)
{
    int rank = 0;
    for (int j = 0; j < n; j++) {
        double *row = a + (ptrdiff_t)j * ld, was = row[j];
        for (int i = 0; i < j; i++) {
            double u = a[(ptrdiff_t)i * ld + j];
            was += u * u;
        }
        keep[j] = row[j] > tolerance * was;
        rank += keep[j];
        if (keep[j])
            eliminate(n, ld, a, j);
        else
            memset(row + j, 0, (size_t)(n - j) * sizeof *row);
    }
    return rank;
}

void mi_cholesky_solve(int n, int ld, const double *u, double *b)
{
    for (int i = 0; i < n; i++) {
        const double *row = u + (ptrdiff_t)i * ld;
        b[i] /= row[i];
        mi_axpy(n - i - 1, -b[i], row + i + 1, b + i + 1);
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = u + (ptrdiff_t)i * ld;
        b[i] = (b[i] - mi_dot(n - i - 1, row + i + 1, b + i + 1)) / row[i];
    }
}

void mi_cholesky_inverse(int n, int ld, const double *u, double *inverse)
{
    for (int i = 0; i < n; i++) {
        double *row = inverse + (ptrdiff_t)i * ld;
        memset(row, 0, (size_t)n * sizeof *row);
        row[i] = 1;
        mi_cholesky_solve(n, ld, u, row);
    }
}

/* ---- Householder ------------------------------------------------------ */

/* Overwrite x [n] by v, v[0] = 1 left out, of the reflection I - beta v v'
 * that takes x to (alpha, 0, ..).  Returns beta; 0 if there is nothing to do.
 * x[0] becomes alpha. */
static double reflector(int64_t n, double *x)
{
    double top = 0;
    for (int64_t i = 1; i < n; i++)
        top = fmax(top, fabs(x[i]));
    if (top == 0)
        return 0;
    top = fmax(top, fabs(x[0]));
    double scale = ldexp(1, -ilogb(top));
    for (int64_t i = 0; i < n; i++)
        x[i] *= scale;
    double tail = mi_dot(n - 1, x + 1, x + 1);
    double norm = sqrt(x[0] * x[0] + tail);
    double alpha = x[0] > 0 ? -norm : norm, head = x[0] - alpha;
    for (int64_t i = 1; i < n; i++)
        x[i] /= head;
    x[0] = alpha / scale;
    return 2 / (1 + tail / (head * head));
}

/* y -= beta v v'y, v[0] = 1. */
static void reflect(int64_t n, const double *v, double beta, double *y)
{
    double by = beta * (y[0] + mi_dot(n - 1, v + 1, y + 1));
    y[0] -= by;
    mi_axpy(n - 1, -by, v + 1, y + 1);
}

/* Reduce the first rows of k + 1 columns to a triangle; below it stay zeros. */
static void fold(mi_lsq *q)
{
    for (int j = 0; j <= q->k && j < q->used; j++) {
        double *col = q->a + j * q->height + j;
        double beta = reflector(q->used - j, col);
        for (int i = j + 1; i <= q->k && beta != 0; i++)
            reflect(q->used - j, col, beta, q->a + i * q->height + j);
        memset(col + 1, 0, (size_t)(q->used - j - 1) * sizeof *col);
    }
    if (q->used > q->k + 1)
        q->used = q->k + 1;
}

mien_status mi_lsq_init(mi_lsq *q, int k, mien_error *err)
{
    enum { FOLD = 1024 };
    assert(k > 0);
    int64_t height = k + 1 + (k < FOLD ? FOLD : k);
    if ((uint64_t)height * (uint64_t)(k + 1) > SIZE_MAX / sizeof(double))
        return mi_fail(err, MIEN_ENOMEM, "least squares: %d unknowns", k);
    double *a = mi_alloc((size_t)height * (size_t)(k + 1), sizeof *a);
    if (!a)
        return mi_fail(err, MIEN_ENOMEM, "least squares: %d unknowns", k);
    *q = (mi_lsq){k, height, 0, a};
    return MIEN_OK;
}

void mi_lsq_done(mi_lsq *q)
{
    mi_free(q->a);
    *q = (mi_lsq){0};
}

void mi_lsq_add(mi_lsq *q, const double *row)
{
    if (q->used == q->height)
        fold(q);
    for (int j = 0; j <= q->k; j++)
        q->a[j * q->height + q->used] = row[j];
    q->used++;
}

/* Swap the longest of the columns j..k-1, from row j on, to place j. */
static void bring_longest(mi_lsq *q, int j, int *order)
{
    int best = j;
    double most = -1;
    for (int i = j; i < q->k; i++) {
        const double *col = q->a + i * q->height + j;
        double norm = mi_dot(q->used - j, col, col);
        if (norm > most)
            most = norm, best = i;
    }
    double *x = q->a + j * q->height, *y = q->a + best * q->height;
    for (int64_t r = 0; r < q->used && best != j; r++) {
        double t = x[r];
        x[r] = y[r];
        y[r] = t;
    }
    int t = order[j];
    order[j] = order[best];
    order[best] = t;
}

/* Factor with pivoting; b goes along.  Returns the rank. */
static int factor_pivoted(mi_lsq *q, double tolerance, int *order)
{
    int rank = 0;
    double largest = 0;
    for (int j = 0; j < q->k; j++)
        order[j] = j;
    for (int j = 0; j < q->k && j < q->used; j++) {
        bring_longest(q, j, order);
        double *col = q->a + j * q->height + j;
        double beta = reflector(q->used - j, col);
        largest = fmax(largest, fabs(*col));
        if (!(fabs(*col) > tolerance * largest))
            return rank;
        for (int i = j + 1; i <= q->k && beta != 0; i++)
            reflect(q->used - j, col, beta, q->a + i * q->height + j);
        rank++;
    }
    return rank;
}

/* x [k] of least norm with [R1 R2] x = b, R1 [rank, rank] upper. */
static void least_norm(const mi_lsq *q, int rank, double *t, double *x)
{
    int k = q->k; /* t [rank, k]: columns of [R1 R2]', then its reflectors */
    double *beta = t + (ptrdiff_t)rank * k;
    for (int i = 0; i < rank; i++)
        for (int j = 0; j < k; j++)
            t[i * (ptrdiff_t)k + j] = j < i ? 0 : q->a[j * q->height + i];
    for (int i = 0; i < rank; i++) {
        double *col = t + i * (ptrdiff_t)k + i;
        beta[i] = reflector(k - i, col);
        for (int j = i + 1; j < rank; j++)
            reflect(k - i, col, beta[i], t + j * (ptrdiff_t)k + i);
    }
    /* R' y = b, then x = Q y */
    memset(x, 0, (size_t)k * sizeof *x);
    for (int i = 0; i < rank; i++) {
        const double *row = t + i * (ptrdiff_t)k;
        x[i] = (q->a[k * q->height + i] - mi_dot(i, row, x)) / row[i];
    }
    for (int i = rank - 1; i >= 0; i--)
        reflect(k - i, t + i * (ptrdiff_t)k + i, beta[i], x + i);
}

/* Column c of (R1'R1)^-1, full rank; w [k]. */
static void inverse_column(const mi_lsq *q, int c, double *w)
{
    int k = q->k;
    memset(w, 0, (size_t)k * sizeof *w);
    w[c] = 1;
    for (int i = c; i < k; i++) {
        const double *col = q->a + i * q->height;
        w[i] = (w[i] - mi_dot(i - c, col + c, w + c)) / col[i];
    }
    for (int i = k - 1; i >= 0; i--) {
        const double *col = q->a + i * q->height;
        w[i] /= col[i];
        mi_axpy(i, -w[i], col, w);
    }
}

static void whole_inverse(const mi_lsq *q, int rank, const int *order,
                          double *w, double *inverse)
{
    int k = q->k;
    for (int c = 0; c < k; c++) {
        if (rank == k)
            inverse_column(q, c, w);
        for (int i = 0; i < k; i++)
            inverse[order[i] * (ptrdiff_t)k + order[c]] =
                rank == k ? w[i] : (double)NAN;
    }
}

mien_status mi_lsq_solve(mi_lsq *q, double tolerance, double *x,
                         double *inverse, double *rss, int *rank,
                         mien_error *err)
{
    int k = q->k;
    size_t cells = (size_t)k * (size_t)k + 2 * (size_t)k;
    double *work = mi_alloc(cells, sizeof *work);
    int *order = mi_alloc((size_t)k, sizeof *order);
    if (!work || !order) {
        mi_free(work);
        mi_free(order);
        return mi_fail(err, MIEN_ENOMEM, "least squares: %d unknowns", k);
    }

    fold(q);
    int r = factor_pivoted(q, tolerance, order);
    double *y = work + (size_t)k * (size_t)k + (size_t)k;
    least_norm(q, r, work, y);
    for (int j = 0; j < k; j++)
        x[order[j]] = y[j];
    const double *b = q->a + k * q->height;
    *rss = mi_dot(q->used - r, b + r, b + r);
    *rank = r;
    if (inverse)
        whole_inverse(q, r, order, y, inverse);
    mi_free(work);
    mi_free(order);
    return MIEN_OK;
}
