/* baseline.c: what principal components make of the pictures that an
 * auto-encoder makes again: the figure it has to beat. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/metrics_image.h"
#include "mien/num_components.h"

#include <math.h>
#include <string.h>

enum { BATCH = 64, FLOATS_MAX = 1 << 26 };

static const int wanted[MIEN_BASELINES] = {64, 128};

int mi_is_auto_encoder(const mi_view *v)
{
    int again = 0;
    for (int i = 0; i < v->n_answers; i++) {
        if (mi_answer_labelled(&v->answer[i]))
            return 0;
        again |= v->answer[i].kind == MIEN_ANSWER_PICTURE;
    }
    return again;
}

/* Rows of a part as a network sees them, without those that could not be
 * loaded; *n is how many are left. */
static mien_status load(const mi_rows *r, const int64_t *row, int64_t *n,
                        float *weight, float *x, mien_error *err)
{
    const mi_view *v = r->view;
    ptrdiff_t d = (ptrdiff_t)v->w * v->h * v->channels;
    int64_t kept = 0;
    mien_status st =
        mien_loader_fill(r->loader, -1, row, (int)*n, &x, NULL, weight, err);
    for (int64_t i = 0; i < *n && !st; i++)
        if (weight[i] > 0)
            memmove(x + kept++ * d, x + i * d, (size_t)d * sizeof *x);
    *n = kept;
    return st;
}

/* Make numbers of 0..1 of n rows. */
static void unscale(const mi_view *v, int64_t n, float *x)
{
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    for (int64_t i = 0; i < n * v->channels; i++)
        for (ptrdiff_t j = 0; j < area; j++, x++)
            *x /= v->scale[i % v->channels] * 255;
}

mien_status mi_spread_rows(const mi_rows *r, int64_t m, float **out, int64_t *n,
                           mien_error *err)
{
    const mi_view *v = r->view;
    int64_t d = (int64_t)v->w * v->h * v->channels;
    m = m < r->n ? m : r->n;
    m = m < FLOATS_MAX / d ? m : FLOATS_MAX / d;
    float *x = mi_alloc((size_t)m + 1, (size_t)d * sizeof *x);
    float *weight = mi_alloc((size_t)m + 1, sizeof *weight);
    int64_t *row = mi_alloc((size_t)m + 1, sizeof *row);
    mien_status st = x && weight && row ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; i < m && !st; i++)
        row[i] = r->row[i * r->n / m];
    if (!st)
        st = load(r, row, &m, weight, x, err);
    mi_free(weight);
    mi_free(row);
    if (st) {
        mi_free(x);
        return st;
    }
    *out = x;
    *n = m;
    return MIEN_OK;
}

/* Fit on pictures of the training part, at even distances. */
static mien_status fit(mien_picture_study *s, int64_t m, mien_components *out,
                       mien_error *err)
{
    const mi_view *v = s->part[0].view;
    int64_t d = (int64_t)v->w * v->h * v->channels;
    float *x = NULL;
    mien_status st = mi_spread_rows(&s->part[0], m, &x, &m, err);
    if (st)
        return st;
    unscale(v, m, x);
    if (m > 1)
        st = mien_components_fit(m, d, x, wanted[MIEN_BASELINES - 1], out, err);
    s->baseline.fitted = m;
    mi_free(x);
    return st;
}

/* Errors of the test part. */
static mien_status judge(mien_picture_study *s, const mien_components *c,
                         mien_error *err)
{
    const mi_rows *r = &s->part[2];
    mien_picture_baseline *b = &s->baseline;
    double sum[MIEN_BASELINES] = {0};
    float weight[BATCH];
    float *x = mi_alloc(BATCH, (size_t)c->d * sizeof *x);
    mien_status st = x ? MIEN_OK : mi_no_memory(err);
    for (int64_t from = 0; from < r->n && !st; from += BATCH) {
        int64_t n = r->n - from < BATCH ? r->n - from : BATCH;
        st = load(r, r->row + from, &n, weight, x, err);
        unscale(r->view, n, x);
        for (int64_t i = 0; i < n && !st; i++, b->judged++)
            for (int k = 0; k < MIEN_BASELINES; k++)
                sum[k] += mien_components_error(c, x + i * c->d, wanted[k]);
    }
    for (int k = 0; k < MIEN_BASELINES && b->judged && !st; k++) {
        b->components[k] = wanted[k] < c->k ? wanted[k] : c->k;
        b->psnr[k] = mien_psnr(sum[k] / (double)b->judged, 1);
    }
    mi_free(x);
    return st;
}

mien_status mi_baseline(mien_picture_study *s, mien_error *err)
{
    const mi_view *v = &s->view;
    mien_components c = {0};
    int64_t d = (int64_t)v->w * v->h * v->channels;
    int64_t m = s->o.compare < s->part[0].n ? s->o.compare : s->part[0].n;
    s->baseline = (mien_picture_baseline){0};
    if (m < 2 || d > FLOATS_MAX / 2 || !mi_is_auto_encoder(v))
        return MIEN_OK;
    for (int i = 0; i < v->channels; i++)
        if (v->scale[i] == 0)
            return MIEN_OK;
    mien_status st = fit(s, m, &c, err);
    if (!st && c.k)
        st = judge(s, &c, err);
    mien_components_free(&c);
    return st;
}
