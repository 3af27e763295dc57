/* code.c: encoding and decoding with a model that was written. */
#include "mien/picture_code.h"
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

#include <math.h>
#include <string.h>

struct mien_coder {
    mien_graph *graph;
    mien_plan *plan; /* of one row */
    char *words;     /* of the view */
    mi_view view;
    int units, noise;              /* input */
    int again, mean, log_variance; /* outputs */
    float *row;                    /* [channels, h, w] */
    float *fixed, *deviation;      /* [units] of a picture of zeros */
};

void mien_coder_free(mien_coder *c)
{
    if (!c)
        return;
    mien_plan_free(c->plan);
    mien_graph_free(c->graph);
    mi_free(c->words);
    mi_free(c->row);
    mi_free(c->fixed);
    mi_free(c);
}

mien_coder_info mien_coder_get_info(const mien_coder *c)
{
    return (mien_coder_info){c->view.w, c->view.h, c->units,
                             c->view.view.aligned};
}

/* An output of [-1, n] by its name, and n; -1: there is none. */
static int output_of(const mien_graph *g, const char *name, int64_t *n)
{
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        mien_shape s = mien_graph_output_shape(g, i);
        if (strcmp(mien_graph_output_name(g, i), name) != 0 || s.rank != 2)
            continue;
        *n = s.dim[1];
        return i;
    }
    return -1;
}

/* Find inputs and outputs; EFORMAT if one is missing. */
static mien_status find_parts(mien_coder *c, mien_error *err)
{
    const mien_graph *g = c->graph;
    int64_t n = 0, m = 0;
    c->again = c->noise = -1;
    for (int i = 0; i < c->view.n_answers; i++)
        if (c->view.answer[i].kind == MIEN_ANSWER_PICTURE)
            c->again = c->view.answer[i].output;
    c->mean = output_of(g, "mean", &n);
    c->log_variance = output_of(g, "log_variance", &m);
    for (int i = 0; i < mien_graph_inputs(g); i++) {
        mien_shape s = mien_graph_input_shape(g, i);
        if (i != c->view.input && s.rank == 2 && s.dim[1] == n)
            c->noise = i;
    }
    if (c->again < 0 || c->mean < 0 || c->log_variance < 0 || c->noise < 0 ||
        n != m || n < 1 || n > 1 << 20 || mien_graph_inputs(g) != 2)
        return mi_fail(err, MIEN_EFORMAT, "no auto-encoder of pictures: %s",
                       c->again < 0 ? "no output is held to the picture"
                       : c->mean < 0 || c->log_variance < 0
                           ? "no outputs 'mean' and 'log_variance'"
                           : "no one input of noise as long as its code");
    c->units = (int)n;
    return MIEN_OK;
}

/* A plan of one row, and buffers. */
static mien_status make_plan(mien_coder *c, mien_pool *pool, mien_error *err)
{
    const mien_plan_options o = {.pool = pool};
    mien_shape shape[2];
    for (int i = 0; i < 2; i++) {
        shape[i] = mien_graph_input_shape(c->graph, i);
        shape[i].dim[0] = 1;
    }
    size_t area = (size_t)c->view.w * (size_t)c->view.h;
    c->row = mi_alloc(area * (size_t)c->view.channels, sizeof *c->row);
    c->fixed = mi_alloc((size_t)c->units, 2 * sizeof *c->fixed);
    if (!c->row || !c->fixed)
        return mi_no_memory(err);
    c->deviation = c->fixed + c->units;
    return mien_plan_new(c->graph, shape, 2, &o, &c->plan, err);
}

/* Put the row and noise in, and compute. */
static void compute(mien_coder *c, const float *code)
{
    const mi_view *v = &c->view;
    mien_tensor in = mien_plan_input(c->plan, v->input);
    mien_tensor noise = mien_plan_input(c->plan, c->noise);
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    for (ptrdiff_t ch = 0; ch < v->channels; ch++)
        for (ptrdiff_t p = 0; p < area; p++)
            in.data[in.channels_last ? p * v->channels + ch : ch * area + p] =
                c->row[ch * area + p];
    for (int i = 0; i < c->units; i++)
        noise.data[i] = code ? (code[i] - c->fixed[i]) / c->deviation[i] : 0;
    mien_plan_run(c->plan);
}

/* What the network makes of zeros: where codes are reckoned from. */
static mien_status measure_zeros(mien_coder *c, mien_error *err)
{
    compute(c, NULL);
    mien_plan_read(c->plan, c->mean, c->fixed);
    mien_plan_read(c->plan, c->log_variance, c->deviation);
    for (int i = 0; i < c->units; i++) {
        c->deviation[i] = expf(c->deviation[i] / 2);
        if (!isfinite(c->fixed[i]) || !isfinite(c->deviation[i]) ||
            !(c->deviation[i] > 1e-20f))
            return mi_fail(err, MIEN_EFORMAT,
                           "the auto-encoder makes of zeros no code that can "
                           "be reckoned from: number %d is %g, deviation %g",
                           i, (double)c->fixed[i], (double)c->deviation[i]);
    }
    return MIEN_OK;
}

mien_status mien_coder_new(const uint8_t *bytes, size_t n, mien_pool *pool,
                           mien_coder **out, mien_error *err)
{
    mien_coder *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_no_memory(err);
    mien_status st = mien_onnx_read(bytes, n, &c->graph, err);
    if (!st)
        st = mi_view_get(c->graph, &c->view, &c->words, err);
    if (!st)
        st = find_parts(c, err);
    if (!st)
        st = make_plan(c, pool, err);
    if (!st)
        st = measure_zeros(c, err);
    if (st)
        mien_coder_free(c);
    else
        *out = c;
    return st;
}

/* The byte of channel ch of a pixel, in the network's order of colours. */
static double level(const mi_view *v, const uint8_t *pixel, int ch)
{
    if (v->channels == 1)
        return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    return pixel[v->colour == MIEN_NET_BGR ? 2 - ch : ch];
}

mien_status mien_coder_encode(mien_coder *c, const mien_image *im, float *mean,
                              float *log_variance, mien_error *err)
{
    const mi_view *v = &c->view;
    mien_image small = {0};
    mien_status st = mien_image_resize(im, v->w, v->h, MIEN_AREA, &small, err);
    if (st)
        return st;
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    for (int ch = 0; ch < v->channels; ch++)
        for (ptrdiff_t p = 0; p < area; p++)
            c->row[ch * area + p] =
                ((float)level(v, small.data + 3 * p, ch) - v->mean[ch]) *
                v->scale[ch];
    mien_image_free(&small);
    compute(c, NULL);
    mien_plan_read(c->plan, c->mean, mean);
    if (log_variance)
        mien_plan_read(c->plan, c->log_variance, log_variance);
    return MIEN_OK;
}

mien_status mien_coder_decode(mien_coder *c, const float *code, mien_image *out,
                              mien_error *err)
{
    const mi_view *v = &c->view;
    size_t len = (size_t)v->w * (size_t)v->h * (size_t)v->channels;
    memset(c->row, 0, len * sizeof *c->row);
    compute(c, code);
    mien_plan_read(c->plan, c->again, c->row);
    return mi_view_image(v, c->row, out, err);
}

void mien_code_between(int n, const float *a, const float *b, float t,
                       float *out)
{
    for (int i = 0; i < n; i++)
        out[i] = a[i] + (b[i] - a[i]) * t;
}

void mien_code_add(int n, const float *code, float strength,
                   const float *vector, float *out)
{
    for (int i = 0; i < n; i++)
        out[i] = code[i] + strength * vector[i];
}

double mien_code_distance(int n, const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return sqrt(sum);
}
