/* drift_joint.c: all columns at once, by a regression that tells both tables
 * apart (D. Lopez-Paz and M. Oquab 2017).
 *
 * Problem.  Each column may look as before while they go together otherwise.
 *
 * Method.  Rows of both tables, as many of each as there are or two thousand;
 * columns as an encoder of before makes numbers of them, centred, scaled by
 * their deviation and cut off at four; of numbers their squares too and, of a
 * dozen columns or fewer, the products of each pair, since a regression sees
 * sums alone.  Five folds; the rows of each are told apart by a regression that
 * learned from the other four; the area under the curve of these scores, with
 * DeLong's interval, is 1/2 where nothing tells the tables apart.  The chance
 * is that of Mann's and Whitney's statistic.  What it leans on: the heaviest
 * weights of a regression of all rows. */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/learn.h"
#include "mien/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ROWS_MAX = 2000,
    ROWS_LEAST = 40,
    COLUMNS_MAX = 100,
    PAIRS_MAX = 12,
    FOLDS = 5,
    LEVELS_MAX = 20
};
static const double CUT = 4;

/* What one number of a row is made of. */
typedef struct feature {
    int of, with; /* columns of the matrix; with -1: the column alone */
} feature;

typedef struct joint {
    const mien_drift_options *o;
    mien_encoder *encoder;
    int64_t n, rows[2];
    int width;       /* of the encoder's matrix */
    double *encoded; /* [n, width] */
    int features;
    feature *feature; /* [features] */
    double *x;        /* [n, features] */
    uint8_t *y;       /* [n] 1: now */
    double *score;    /* [n] */
} joint;

static void joint_done(joint *j)
{
    mien_encoder_free(j->encoder);
    mi_free(j->encoded);
    mi_free(j->feature);
    mi_free(j->x);
    mi_free(j->y);
    mi_free(j->score);
}

/* ---- rows and columns ---------------------------------------------------- */

/* The column of before of each that can be looked at, by the table of now;
 * how many, a hundred at most. */
static int pick_columns(const mien_table *const t[2], mien_drift *d, int *out)
{
    int n = 0;
    for (int i = 0; i < d->columns; i++) {
        const mien_drift_column *c = &d->column[i];
        int64_t both = c->values[0] && c->values[1];
        int at = *c->why || !both ? -1 : mien_table_find(t[0], c->name);
        if (at >= 0 && n < COLUMNS_MAX)
            out[n++] = at;
        else
            d->joint.left_out += !*c->why;
    }
    return n;
}

/* The rows of a table in a random order: the first are those looked at. */
static mien_status pick_rows(mien_random *r, int64_t n, int64_t **out,
                             mien_error *err)
{
    int64_t *row = mi_alloc((size_t)n + 1, sizeof *row);
    if (!row)
        return mi_no_memory(err);
    mien_random_permutation(r, n, row);
    *out = row;
    return MIEN_OK;
}

/* The numbers of both tables' rows. */
static mien_status encode(joint *j, const mien_table *const t[2], int k,
                          const int *columns, int64_t *const row[2],
                          mien_error *err)
{
    const mien_encode_options o = {MIEN_MISSING_MEAN, 1, 0, LEVELS_MAX};
    mien_status st = mien_encoder_fit(t[0], k, columns, j->rows[0], row[0], &o,
                                      &j->encoder, err);
    if (st)
        return st;
    j->width = j->encoder->width;
    j->encoded = mi_alloc((size_t)(j->n * j->width) + 1, sizeof *j->encoded);
    j->y = mi_alloc((size_t)j->n + 1, 1);
    j->score = mi_alloc((size_t)j->n + 1, sizeof *j->score);
    if (!j->encoded || !j->y || !j->score)
        return mi_no_memory(err);
    for (int s = 0; !st && s < 2; s++)
        st = mien_encoder_apply(j->encoder, t[s], j->rows[s], row[s], NULL,
                                j->encoded + (s ? j->rows[0] * j->width : 0),
                                err);
    memset(j->y + j->rows[0], 1, (size_t)j->rows[1]);
    return st;
}

/* ---- features ------------------------------------------------------------ */

/* Is output i of the encoder a number of the table? */
static int is_number(const mien_encoder *e, int i)
{
    for (int c = 0; c < e->columns; c++)
        if (e->column[c].first == i)
            return e->column[c].type == MIEN_COLUMN_NUMBER;
    return 0;
}

static void add_feature(joint *j, int of, int with)
{
    j->feature[j->features++] = (feature){of, with};
}

/* Columns, squares, products. */
static mien_status list_features(joint *j, mien_error *err)
{
    int number[PAIRS_MAX], numbers = 0;
    for (int i = 0; i < j->width; i++)
        if (is_number(j->encoder, i) && numbers++ < PAIRS_MAX)
            number[numbers - 1] = i;
    size_t most = 2 * (size_t)j->width + (size_t)PAIRS_MAX * PAIRS_MAX;
    j->feature = mi_alloc(most, sizeof *j->feature);
    if (!j->feature)
        return mi_no_memory(err);
    for (int i = 0; i < j->width; i++)
        add_feature(j, i, -1);
    for (int i = 0; i < j->width; i++)
        if (is_number(j->encoder, i))
            add_feature(j, i, i);
    for (int a = 0; numbers <= PAIRS_MAX && a < numbers; a++)
        for (int b = 0; b < a; b++)
            add_feature(j, number[b], number[a]);
    return MIEN_OK;
}

/* Bring column k of [n, width] to mean 0 and deviation 1, cut off. */
static void scale(double *x, int64_t n, int width, int k)
{
    double sum = 0, square = 0;
    for (int64_t i = 0; i < n; i++)
        sum += x[i * width + k];
    sum /= (double)n;
    for (int64_t i = 0; i < n; i++) {
        double from = x[i * width + k] - sum;
        square += from * from;
    }
    double deviation = sqrt(square / (double)n);
    for (int64_t i = 0; i < n; i++) {
        double at = deviation > 0 ? (x[i * width + k] - sum) / deviation : 0;
        x[i * width + k] = fmax(-CUT, fmin(CUT, at));
    }
}

/* The matrix that a regression learns from. */
static mien_status make_features(joint *j, mien_error *err)
{
    mien_status st = list_features(j, err);
    if (st)
        return st;
    j->x = mi_alloc((size_t)(j->n * j->features) + 1, sizeof *j->x);
    if (!j->x)
        return mi_no_memory(err);
    for (int k = 0; k < j->width; k++)
        scale(j->encoded, j->n, j->width, k);
    for (int64_t i = 0; i < j->n; i++)
        for (int k = 0; k < j->features; k++) {
            const double *row = j->encoded + i * j->width;
            const feature *f = &j->feature[k];
            j->x[i * j->features + k] =
                row[f->of] * (f->with < 0 ? 1 : row[f->with]);
        }
    for (int k = 0; k < j->features; k++)
        scale(j->x, j->n, j->features, k);
    return MIEN_OK;
}

/* ---- learning ------------------------------------------------------------ */

/* Learn from the rows that are not of a fold (-1: from all).  Rows of a table
 * stand in a random order: each fifth is a fold. */
static mien_status learn(const joint *j, int fold, mien_logistic *m,
                         mien_error *err)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    size_t p = (size_t)j->features;
    double *x = mi_alloc((size_t)j->n * p + 1, sizeof *x);
    uint8_t *y = mi_alloc((size_t)j->n + 1, 1);
    int64_t n = 0;
    mien_status st = x && y ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; !st && i < j->n; i++) {
        if (i % FOLDS == fold)
            continue;
        memcpy(x + (size_t)n * p, j->x + (size_t)i * p, p * sizeof *x);
        y[n++] = j->y[i];
    }
    o.c = 0.1;
    o.balanced = 1;
    o.tolerance = 1e-6;
    const mien_labelled rows = {n, j->features, x, y, NULL};
    if (!st)
        st = mien_logistic_fit(&rows, &o, m, err);
    mi_free(x);
    mi_free(y);
    return st;
}

/* Score each fold by what was learned from the others. */
static mien_status score_folds(joint *j, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int fold = 0; !st && fold < FOLDS; fold++) {
        mien_logistic m = {0};
        st = learn(j, fold, &m, err);
        for (int64_t i = fold; !st && i < j->n; i += FOLDS)
            mien_logistic_decide(&m, 1, j->x + i * j->features, &j->score[i]);
        mien_logistic_done(&m);
    }
    return st;
}

/* "amount", "amount squared", "amount x age" */
static void name_feature(const joint *j, const feature *f, size_t size,
                         char *out)
{
    char a[40], b[40];
    mien_encoder_name(j->encoder, f->of, sizeof a, a);
    if (f->with < 0) {
        snprintf(out, size, "%s", a);
    } else if (f->with == f->of) {
        snprintf(out, size, "%s squared", a);
    } else {
        mien_encoder_name(j->encoder, f->with, sizeof b, b);
        snprintf(out, size, "%s x %s", a, b);
    }
}

/* The heaviest weights of a regression of all rows. */
static mien_status find_leans(const joint *j, mien_drift_joint *out,
                              mien_error *err)
{
    mien_logistic m = {0};
    mien_status st = learn(j, -1, &m, err);
    for (int k = 0; !st && k < MIEN_DRIFT_LEANS && k < j->features; k++) {
        int best = 0;
        for (int i = 1; i < j->features; i++)
            if (fabs(m.coef[i]) > fabs(m.coef[best]))
                best = i;
        name_feature(j, &j->feature[best], sizeof out->lean[k].name,
                     out->lean[k].name);
        out->lean[k].weight = m.coef[best];
        out->leans = k + 1;
        m.coef[best] = 0;
    }
    mien_logistic_done(&m);
    return st;
}

/* The area under the curve, its interval and its chance. */
static mien_status judge(const joint *j, mien_drift_joint *out, mien_error *err)
{
    const mien_scored rows = {j->n, j->y, j->score, NULL};
    double auc = 0.5, error = 0, n = (double)j->rows[0], m = (double)j->rows[1];
    mien_status st = mien_auc_delong(&rows, &auc, &error, err);
    if (st)
        return st;
    const double z = 1.959963984540054;
    out->auc = (mien_drift_figure){auc, fmax(0, auc - z * error),
                                   fmin(1, auc + z * error)};
    out->p = mi_drift_normal_p((auc - 0.5) / sqrt((n + m + 1) / (12 * n * m)));
    return MIEN_OK;
}

/* ---- the whole ----------------------------------------------------------- */

/* From rows to what they lean on. */
static mien_status work(joint *j, const mien_table *const t[2], int k,
                        const int *columns, mien_drift *d, mien_error *err)
{
    int64_t *row[2] = {NULL, NULL};
    mien_random *r = mi_alloc(1, sizeof *r);
    mien_status st = r ? MIEN_OK : mi_no_memory(err);
    if (!st)
        mien_random_init(r, j->o->seed);
    for (int s = 0; !st && s < 2; s++)
        st = pick_rows(r, d->rows[s], &row[s], err);
    if (!st)
        st = encode(j, t, k, columns, row, err);
    if (!st)
        st = make_features(j, err);
    if (!st)
        st = score_folds(j, err);
    if (!st)
        st = judge(j, &d->joint, err);
    if (!st)
        st = find_leans(j, &d->joint, err);
    mi_free(r);
    mi_free(row[0]);
    mi_free(row[1]);
    return st;
}

mien_status mi_drift_joint(const mien_table *const t[2],
                           const mien_drift_options *o, mien_drift *d,
                           mien_error *err)
{
    joint j = {.o = o};
    mien_error why = {0};
    mien_status st = MIEN_OK;
    for (int s = 0; s < 2; s++) {
        j.rows[s] = d->rows[s] < ROWS_MAX ? d->rows[s] : ROWS_MAX;
        d->joint.rows[s] = j.rows[s];
    }
    j.n = j.rows[0] + j.rows[1];
    int *columns = mi_alloc((size_t)d->columns + 1, sizeof *columns);
    if (!columns)
        return mi_no_memory(err);
    int k = pick_columns(t, d, columns);
    d->joint.columns = k;
    if (j.rows[0] < ROWS_LEAST || j.rows[1] < ROWS_LEAST)
        d->joint.why = "fewer than 40 rows in one of the tables";
    else if (k == 0)
        d->joint.why = "no column that both tables have can be looked at";
    else
        st = work(&j, t, k, columns, d, &why);
    /* What an encoder refuses, infinite values and columns without any that can
     * be encoded, is said; the columns were compared all the same. */
    if (st == MIEN_EFORMAT) {
        d->joint.why =
            "no column can be made numbers of, or values are infinite";
        st = MIEN_OK;
    }
    if (*d->joint.why)
        d->joint.level = MIEN_DRIFT_UNJUDGED;
    joint_done(&j);
    mi_free(columns);
    return st ? mi_fail(err, st, "%s", why.text) : MIEN_OK;
}
