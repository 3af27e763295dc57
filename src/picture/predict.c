/* predict.c: what a network says of labelled pictures, and what is true. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/metrics_image.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BATCH = 64 };

void mi_said_free(mi_said *s)
{
    for (int i = 0; i < MIEN_MAX_LOSSES; i++) {
        mi_free(s->said[i]);
        mi_free(s->truth[i]);
    }
    mi_free(s->weight);
    mi_free(s->size);
    *s = (mi_said){0};
}

/* Arrays for n rows of every answer. */
static mien_status make_room(const mi_view *v, int64_t n, mi_said *s,
                             mien_error *err)
{
    int full = 1;
    s->n = n;
    s->weight = mi_alloc((size_t)n + 1, sizeof *s->weight);
    s->size = mi_alloc((size_t)n + 1, 2 * sizeof *s->size);
    for (int i = 0; i < v->n_answers; i++) {
        size_t row = (size_t)mi_answer_kept(&v->answer[i]) * sizeof(float);
        s->said[i] = mi_alloc((size_t)n + 1, row);
        full &= s->said[i] != NULL;
        if (v->answer[i].place < 0)
            continue;
        s->truth[i] = mi_alloc((size_t)n + 1, row);
        full &= s->truth[i] != NULL;
    }
    return full && s->weight && s->size ? MIEN_OK : mi_no_memory(err);
}

/* What one batch is run with. */
typedef struct run {
    const mi_rows *r;
    mien_plan *plan;
    int64_t rows; /* of the plan */
    int inputs;   /* of the graph */
    float *pixels, *answer;
    float *likeness; /* [rows, 2] */
} run;

/* A plan for a batch of rows, and buffers. */
static mien_status open_run(const mien_graph *g, const mi_rows *r,
                            mien_pool *pool, run *out, mien_error *err)
{
    const mi_view *v = r->view;
    mien_shape shape[MIEN_NET_MAX_INPUTS];
    const mien_plan_options o = {.pool = pool};
    int inputs = mien_graph_inputs(g), most = 1;
    run t = {.r = r, .rows = r->n < BATCH ? r->n : BATCH, .inputs = inputs};
    for (int i = 0; i < inputs && i < MIEN_NET_MAX_INPUTS; i++) {
        shape[i] = mien_graph_input_shape(g, i);
        shape[i].dim[0] = t.rows;
    }
    for (int i = 0; i < v->n_answers; i++)
        most = v->answer[i].units > most ? v->answer[i].units : most;
    size_t picture = (size_t)v->w * (size_t)v->h * (size_t)v->channels;
    t.pixels = mi_alloc((size_t)t.rows * picture, sizeof *t.pixels);
    t.answer = mi_alloc((size_t)t.rows * (size_t)most, sizeof *t.answer);
    t.likeness = mi_alloc((size_t)t.rows, 2 * sizeof *t.likeness);
    mien_status st =
        t.pixels && t.answer && t.likeness ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mien_plan_new(g, shape, inputs, &o, &t.plan, err);
    *out = t;
    return st;
}

static void close_run(run *t)
{
    mien_plan_free(t->plan);
    mi_free(t->pixels);
    mi_free(t->answer);
    mi_free(t->likeness);
}

/* Pixels [n, c, h, w] into the plan; the rows that it has more are 0. */
static void put_pixels(const run *t, int64_t n)
{
    const mi_view *v = t->r->view;
    mien_tensor to = mien_plan_input(t->plan, v->input);
    ptrdiff_t area = (ptrdiff_t)v->w * v->h, row = area * v->channels;
    memset(to.data, 0, (size_t)(t->rows * row) * sizeof(float));
    for (int64_t i = 0; i < n; i++) {
        const float *from = t->pixels + i * row;
        float *at = to.data + i * row;
        if (!to.channels_last) {
            memcpy(at, from, (size_t)row * sizeof *at);
            continue;
        }
        for (ptrdiff_t p = 0; p < area; p++)
            for (int c = 0; c < v->channels; c++)
                *at++ = from[c * area + p];
    }
}

/* Inputs that are noise while training are 0. */
static void clear_noise(const run *t)
{
    for (int i = 0; i < t->inputs; i++) {
        mien_tensor noise = mien_plan_input(t->plan, i);
        size_t len = 1;
        for (int d = 0; d < noise.shape.rank; d++)
            len *= (size_t)noise.shape.dim[d];
        if (i != t->r->view->input)
            memset(noise.data, 0, len * sizeof(float));
    }
}

/* Each picture as its mirror. */
static void mirror_pixels(const run *t, int64_t n)
{
    const mi_view *v = t->r->view;
    float *row = t->pixels;
    for (int64_t i = 0; i < n * v->channels * v->h; i++, row += v->w)
        for (int x = 0; x < v->w / 2; x++) {
            float other = row[v->w - 1 - x];
            row[v->w - 1 - x] = row[x];
            row[x] = other;
        }
}

/* What a mirror's answer means for the picture itself. */
static void unmirror(const run *t, const mi_answer *a, int64_t n)
{
    const mien_labels *l = t->r->set->labels;
    float *y = t->answer;
    for (int64_t i = 0; i < n && mi_answer_labelled(a); i++, y += a->units) {
        float turned[2 * MIEN_LABELS_MAX_POINTS] = {0};
        if (a->kind == MIEN_ANSWER_POINTS) {
            for (ptrdiff_t p = 0; p < a->units / 2; p++) {
                ptrdiff_t from = mien_labels_mirror_point(l, (int)p);
                turned[2 * p] = -y[2 * from];
                turned[2 * p + 1] = y[2 * from + 1];
            }
            memcpy(y, turned, (size_t)a->units * sizeof *y);
        } else if (a->kind == MIEN_ANSWER_CLASSES &&
                   a->units <= 2 * MIEN_LABELS_MAX_POINTS) {
            for (int c = 0; c < a->units; c++)
                turned[c] = y[mien_label_mirror_class(&l->task[a->of], c)];
            memcpy(y, turned, (size_t)a->units * sizeof *y);
        }
    }
}

/* Errors and SSIM of pictures made again, of values 0..1. */
static mien_status compare(const run *t, int64_t n, mien_error *err)
{
    const mi_view *v = t->r->view;
    ptrdiff_t area = (ptrdiff_t)v->w * v->h;
    mien_status st = MIEN_OK;
    for (ptrdiff_t i = 0; i < n && !st; i++) {
        double square = 0, ssim = 0;
        for (ptrdiff_t c = 0; c < v->channels && !st; c++) {
            ptrdiff_t at = (i * v->channels + c) * area;
            double range = 255 * fabs((double)v->scale[c]);
            mien_likeness l = {0, 0};
            st = mien_likeness_of(v->w, v->h, t->pixels + at, t->answer + at,
                                  range, &l, err);
            square += l.square / (range * range) / v->channels;
            ssim += l.ssim / v->channels;
        }
        t->likeness[2 * i] = (float)square;
        t->likeness[2 * i + 1] = (float)ssim;
    }
    return st;
}

/* Run the plan on what lies in pixels; answers into `to`, or their mean with
 * what is there. */
static mien_status run_batch(const run *t, int64_t from, int64_t n, int mirror,
                             mi_said *to, mien_error *err)
{
    mien_status st = MIEN_OK;
    const mi_view *v = t->r->view;
    if (mirror)
        mirror_pixels(t, n);
    put_pixels(t, n);
    clear_noise(t);
    mien_plan_run(t->plan);
    for (int i = 0; i < v->n_answers && !st; i++) {
        const mi_answer *a = &v->answer[i];
        const float *y =
            a->kind == MIEN_ANSWER_PICTURE ? t->likeness : t->answer;
        float *out = to->said[i];
        int kept = mi_answer_kept(a);
        assert(out);
        out += from * kept;
        mien_plan_read(t->plan, a->output, t->answer);
        if (mirror)
            unmirror(t, a, n);
        if (a->kind == MIEN_ANSWER_PICTURE) {
            if (t->r->again)
                memcpy(t->r->again + from * a->units, t->answer,
                       (size_t)(n * a->units) * sizeof *t->answer);
            st = compare(t, n, err);
        }
        for (int64_t j = 0; j < n * kept && !st; j++)
            out[j] = mirror ? (out[j] + y[j]) / 2 : y[j];
    }
    return st;
}

/* Pixels and truth of n rows from `from` on. */
static mien_status load(const run *t, int64_t from, int64_t n, mi_said *to,
                        mien_error *err)
{
    const mi_rows *r = t->r;
    const mi_view *v = r->view;
    float *targets[MIEN_MAX_LOSSES] = {NULL};
    for (int i = 0; i < v->n_answers; i++)
        if (v->answer[i].place >= 0)
            targets[v->answer[i].place] =
                to->truth[i] + from * v->answer[i].units;
    float *inputs[1] = {t->pixels};
    mien_status st = mien_loader_fill(r->loader, -1, r->row + from, (int)n,
                                      inputs, targets, to->weight + from, err);
    if (st)
        return st;
    int64_t next = from + n, more = r->n - next;
    mien_loader_prefetch(r->loader, -1, r->row + next,
                         (int)(more < MI_AHEAD ? more : MI_AHEAD));
    mi_view_colours(v, n, t->pixels);
    for (int i = 0; i < v->n_answers; i++)
        if (v->answer[i].kind == MIEN_ANSWER_POINTS && v->answer[i].place >= 0)
            mi_view_points(v, n, v->answer[i].units,
                           targets[v->answer[i].place]);
    for (int64_t i = from; i < next; i++) {
        mien_box cut = {0};
        if (to->weight[i] > 0 &&
            mien_loader_box(r->loader, r->row[i], &cut, NULL))
            cut = (mien_box){0};
        to->size[2 * i] = cut.width;
        to->size[2 * i + 1] = cut.height;
    }
    return MIEN_OK;
}

mien_status mi_predict(const mien_graph *g, const mi_rows *r, int mirror,
                       mien_pool *pool, mi_said *out, mien_error *err)
{
    run t = {0};
    mi_said s = {0};
    int turns = mirror ? 2 : 1;
    mien_status st = make_room(r->view, r->n, &s, err);
    if (!st)
        st = open_run(g, r, pool, &t, err);
    for (int64_t from = 0; from < r->n && !st; from += t.rows) {
        int64_t n = r->n - from < t.rows ? r->n - from : t.rows;
        st = load(&t, from, n, &s, err);
        for (int turn = 0; turn < turns && !st; turn++)
            st = run_batch(&t, from, n, turn, &s, err);
    }
    close_run(&t);
    if (st)
        mi_said_free(&s);
    else
        *out = s;
    return st;
}
