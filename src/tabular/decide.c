/* decide.c: rows of tables and what a model says of them.
 *
 * Columns are scaled, and log-odds added up, in 64 bits; a network is given
 * the scaled numbers in 32. */
#include "tabular/model.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

double mien_tabular_score_of(const mien_tabular *m, double decision)
{
    if (!m->logistic.p)
        return decision;
    double u = exp(-fabs(decision));
    return (decision < 0 ? u : 1) / (1 + u);
}

double mien_tabular_decision_of(const mien_tabular *m, double score)
{
    if (!m->logistic.p)
        return score;
    if (score <= 0 || score >= 1)
        return score <= 0 ? -(double)INFINITY : (double)INFINITY;
    return log(score) - log1p(-score);
}

/* The window of x that ends at a row, scaled, in m->z. */
static void scale_window(const mien_tabular *m, const double *x, int64_t row)
{
    int64_t width = m->encoder->width;
    const double *from = x + (row - m->window + 1) * width;
    double *to = m->z;
    for (int step = 0; step < m->window; step++)
        for (int64_t j = 0; j < width; j++)
            *to++ = (*from++ - m->centre[j]) / m->scale[j];
}

/* What each column adds to the log-odds of the window in m->z. */
static void put_contributions(const mien_tabular *m, float *out)
{
    int width = m->encoder->width;
    for (int j = 0; j < width; j++) {
        double sum = 0;
        for (int i = j; i < m->logistic.p; i += width)
            sum += m->logistic.coef[i] * m->z[i];
        out[j] = (float)sum;
    }
}

/* The windows of x that end at n rows: by the log-odds of each. */
static void decide_logistic(const mien_tabular *m, const double *x, int64_t n,
                            const int64_t *end, double *decision,
                            float *contribution)
{
    for (int64_t i = 0; i < n; i++) {
        scale_window(m, x, end[i]);
        mien_logistic_decide(&m->logistic, 1, m->z, &decision[i]);
        if (contribution)
            put_contributions(m, contribution + i * m->encoder->width);
    }
}

/* The same by the errors of a network, which takes a block at once. */
static void decide_network(const mien_tabular *m, const double *x, int64_t n,
                           const int64_t *end, double *decision,
                           float *contribution)
{
    size_t width = (size_t)m->encoder->width, each = width * (size_t)m->window;
    const float *s = mien_plan_output(m->plan, 0).data;
    const float *c = mien_plan_output(m->plan, 1).data;
    for (int64_t i = 0; i < n; i += MI_TABULAR_BLOCK) {
        int64_t rows = n - i < MI_TABULAR_BLOCK ? n - i : MI_TABULAR_BLOCK;
        float *to = mien_plan_input(m->plan, 0).data;
        for (int64_t k = 0; k < rows; k++) {
            scale_window(m, x, end[i + k]);
            for (size_t j = 0; j < each; j++)
                *to++ = (float)m->z[j];
        }
        memset(to, 0, (size_t)(MI_TABULAR_BLOCK - rows) * each * sizeof *to);
        mien_plan_run(m->plan);
        for (int64_t k = 0; k < rows; k++)
            decision[i + k] = (double)s[k];
        if (contribution)
            memcpy(contribution + (size_t)i * width, c,
                   (size_t)rows * width * sizeof *c);
    }
}

static void decide(const mien_tabular *m, const double *x, int64_t n,
                   const int64_t *end, double *decision, float *contribution)
{
    if (m->logistic.p)
        decide_logistic(m, x, n, end, decision, contribution);
    else
        decide_network(m, x, n, end, decision, contribution);
}

void mien_tabular_decide_windows(mien_tabular *m, const double *x, int64_t n,
                                 const int64_t *end, double *decision)
{
    decide(m, x, n, end, decision, NULL);
}

/* Rows of this call begin at m->kept of m->x. */
static void decide_rows(const mien_tabular *m, int64_t rows, double *decision,
                        float *contribution)
{
    int64_t width = m->encoder->width, first = m->window - 1 - m->kept;
    int64_t end[MI_TABULAR_BLOCK];
    first = first < rows ? first : rows;
    for (int64_t i = 0; i < first; i++) {
        decision[i] = (double)NAN;
        if (contribution)
            memset(contribution + i * width, 0,
                   (size_t)width * sizeof *contribution);
    }
    for (int64_t i = first; i < rows; i += MI_TABULAR_BLOCK) {
        int64_t n = rows - i < MI_TABULAR_BLOCK ? rows - i : MI_TABULAR_BLOCK;
        for (int64_t k = 0; k < n; k++)
            end[k] = m->kept + i + k;
        decide(m, m->x, n, end, decision + i,
               contribution ? contribution + i * width : NULL);
    }
}

/* Memory for so many encoded rows; those kept stay. */
static mien_status reserve(mien_tabular *m, int64_t rows, mien_error *err)
{
    size_t row = (size_t)m->encoder->width * sizeof *m->x;
    if (rows <= m->cap)
        return MIEN_OK;
    double *x = mi_alloc_raw((size_t)rows, row);
    if (!x)
        return mi_no_memory(err);
    if (m->kept)
        memcpy(x, m->x, (size_t)m->kept * row);
    mi_free(m->x);
    m->x = x;
    m->cap = rows;
    return MIEN_OK;
}

/* Keep what the first windows of the next call begin with. */
static void keep_tail(mien_tabular *m, int64_t rows)
{
    int64_t all = m->kept + rows, keep = m->window - 1;
    keep = keep < all ? keep : all;
    memmove(m->x, m->x + (all - keep) * m->encoder->width,
            (size_t)(keep * m->encoder->width) * sizeof *m->x);
    m->kept = (int)keep;
}

void mien_tabular_restart(mien_tabular *m) { m->kept = 0; }

mien_status mien_tabular_decide(mien_tabular *m, const mien_table *t,
                                double *decision, float *contribution,
                                int64_t *unknown, mien_error *err)
{
    int64_t rows = mien_table_rows(t);
    mien_status st = reserve(m, rows + m->window, err);
    if (!st)
        st = mien_encoder_apply(m->encoder, t, rows, NULL, unknown,
                                m->x + (int64_t)m->kept * m->encoder->width,
                                err);
    if (st)
        return st;
    decide_rows(m, rows, decision, contribution);
    keep_tail(m, rows);
    return MIEN_OK;
}

mien_status mien_tabular_score(mien_tabular *m, const mien_table *t,
                               double *score, float *contribution,
                               mien_error *err)
{
    mien_status st = mien_tabular_decide(m, t, score, contribution, NULL, err);
    for (int64_t i = 0; !st && i < mien_table_rows(t); i++)
        score[i] = mien_tabular_score_of(m, score[i]);
    return st;
}
