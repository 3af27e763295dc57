/* score.c: models read back, and tables scored a block of rows at a time. */
#include "tabular/meta.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 }; /* rows of a run */

struct mien_tabular {
    mien_graph *graph;
    mien_encoder *encoder;
    mien_plan *plan;
    int window;
    double threshold;
    double
        *x; /* [cap, width] encoded rows, the last of the call before first */
    int64_t cap;
    int kept; /* how many of those there are: window - 1 at most */
};

static mien_status check_ports(const mien_tabular *m, mien_error *err)
{
    const mien_graph *g = m->graph;
    mien_shape s = {0};
    if (mien_graph_inputs(g) == 1)
        s = mien_graph_input_shape(g, 0);
    if (mien_graph_inputs(g) != 1 || mien_graph_outputs(g) != 2 ||
        s.rank != (m->window > 1 ? 3 : 2) || s.dim[0] >= 0 ||
        s.dim[s.rank - 1] != m->encoder->width ||
        (m->window > 1 && s.dim[1] != m->window))
        return mi_fail(err, MIEN_EFORMAT,
                       "model: its input is not [rows, %d] of %d columns",
                       m->encoder->width, m->encoder->columns);
    return MIEN_OK;
}

/* Plan the graph for blocks of rows; check what it gives. */
static mien_status make_plan(mien_tabular *m, mien_error *err)
{
    mien_shape s = mien_graph_input_shape(m->graph, 0);
    s.dim[0] = BLOCK;
    mien_status st = mien_plan_new(m->graph, &s, 1, NULL, &m->plan, err);
    if (st)
        return st;
    mien_tensor score = mien_plan_output(m->plan, 0);
    mien_tensor parts = mien_plan_output(m->plan, 1);
    if (score.shape.rank != 1 || score.shape.dim[0] != BLOCK ||
        parts.shape.rank != 2 || parts.shape.dim[0] != BLOCK ||
        parts.shape.dim[1] != m->encoder->width)
        return mi_fail(err, MIEN_EFORMAT,
                       "model: its outputs are not a score and contributions");
    return MIEN_OK;
}

/* What the metadata of m->graph say, and a plan to score with. */
static mien_status open_model(mien_tabular *m, mien_error *err)
{
    double window = 1;
    mien_status st = mi_meta_encoder(m->graph, &m->encoder, err);
    if (!st)
        st = mi_meta_number(m->graph, "mien.window", &window, err);
    if (!st)
        st = mi_meta_number(m->graph, "mien.threshold", &m->threshold, err);
    if (!st && !(window >= 1 && window <= MIEN_TABULAR_MAX_WINDOW))
        st = mi_fail(err, MIEN_EFORMAT, "model: a window of %g rows", window);
    if (st)
        return st;
    m->window = (int)window;
    st = check_ports(m, err);
    return st ? st : make_plan(m, err);
}

/* A model of a graph, which is taken over also on failure. */
static mien_status model_of(mien_graph *g, mien_tabular **out, mien_error *err)
{
    mien_tabular *m = mi_alloc(1, sizeof *m);
    if (!m) {
        mien_graph_free(g);
        return mi_no_memory(err);
    }
    m->graph = g;
    mien_status st = open_model(m, err);
    if (st) {
        mien_tabular_free(m);
        return st;
    }
    *out = m;
    return MIEN_OK;
}

mien_status mien_tabular_read(const uint8_t *bytes, size_t n,
                              mien_tabular **out, mien_error *err)
{
    mien_graph *g = NULL;
    mien_status st = mien_onnx_read(bytes, n, &g, err);
    return st ? st : model_of(g, out, err);
}

mien_status mien_tabular_new(const mien_tabular_parts *parts,
                             mien_tabular **out, mien_error *err)
{
    mien_graph *g = NULL;
    mien_status st = mien_tabular_build(parts, &g, err);
    return st ? st : model_of(g, out, err);
}

mien_status mien_tabular_write(const mien_tabular *m, mien_bytes *out,
                               mien_error *err)
{
    return mien_onnx_write(m->graph, out, err);
}

void mien_tabular_free(mien_tabular *m)
{
    if (!m)
        return;
    mien_plan_free(m->plan);
    mien_graph_free(m->graph);
    mien_encoder_free(m->encoder);
    mi_free(m->x);
    mi_free(m);
}

const mien_encoder *mien_tabular_encoder(const mien_tabular *m)
{
    return m->encoder;
}

int mien_tabular_window(const mien_tabular *m) { return m->window; }

double mien_tabular_threshold(const mien_tabular *m) { return m->threshold; }

mien_status mien_tabular_set_threshold(mien_tabular *m, double threshold,
                                       mien_error *err)
{
    mi_meta_set_number(m->graph, "mien.threshold", threshold);
    mien_status st = mi_graph_check(m->graph, err);
    if (!st)
        m->threshold = threshold;
    return st;
}

const char *mien_tabular_text(const mien_tabular *m, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "mien.%s", key);
    const char *text = mien_graph_meta(m->graph, name);
    return text ? text : "";
}

/* The window of x that ends at a row, as floats; where the next one goes. */
static float *put_window(const mien_tabular *m, const double *x, int64_t row,
                         float *to)
{
    int64_t width = m->encoder->width, each = width * m->window;
    const double *from = x + (row - m->window + 1) * width;
    for (int64_t j = 0; j < each; j++)
        *to++ = (float)from[j];
    return to;
}

/* Score the n windows of the plan's input whose end is at `to`. */
static void run_block(const mien_tabular *m, int64_t n, float *to)
{
    size_t each = (size_t)m->encoder->width * (size_t)m->window;
    memset(to, 0, (size_t)(BLOCK - n) * each * sizeof *to);
    mien_plan_run(m->plan);
}

/* Rows of this call begin at m->kept of m->x. */
static void run_rows(const mien_tabular *m, int64_t rows, double *score,
                     float *contribution)
{
    int width = m->encoder->width;
    const float *s = mien_plan_output(m->plan, 0).data;
    const float *c = mien_plan_output(m->plan, 1).data;
    int64_t first = m->window - 1 - m->kept;
    first = first < rows ? first : rows;
    for (int64_t i = 0; i < first; i++) {
        score[i] = (double)NAN;
        if (contribution)
            memset(contribution + i * width, 0, (size_t)width * sizeof *c);
    }
    for (int64_t i = first; i < rows; i += BLOCK) {
        int64_t n = rows - i < BLOCK ? rows - i : BLOCK;
        float *to = mien_plan_input(m->plan, 0).data;
        for (int64_t k = 0; k < n; k++)
            to = put_window(m, m->x, m->kept + i + k, to);
        run_block(m, n, to);
        for (int64_t k = 0; k < n; k++)
            score[i + k] = (double)s[k];
        if (contribution)
            memcpy(contribution + i * width, c,
                   (size_t)(n * width) * sizeof *c);
    }
}

void mien_tabular_score_windows(mien_tabular *m, const double *x, int64_t n,
                                const int64_t *end, double *score)
{
    const float *s = mien_plan_output(m->plan, 0).data;
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t rows = n - i < BLOCK ? n - i : BLOCK;
        float *to = mien_plan_input(m->plan, 0).data;
        for (int64_t k = 0; k < rows; k++)
            to = put_window(m, x, end[i + k], to);
        run_block(m, rows, to);
        for (int64_t k = 0; k < rows; k++)
            score[i + k] = (double)s[k];
    }
}

static mien_status make_room(mien_tabular *m, int64_t rows, mien_error *err)
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

mien_status mien_tabular_score(mien_tabular *m, const mien_table *t,
                               double *score, float *contribution,
                               mien_error *err)
{
    int64_t rows = mien_table_rows(t);
    mien_status st = make_room(m, rows + m->window, err);
    if (!st)
        st = mien_encoder_apply(m->encoder, t, rows, NULL, NULL,
                                m->x + (int64_t)m->kept * m->encoder->width,
                                err);
    if (st)
        return st;
    run_rows(m, rows, score, contribution);
    keep_tail(m, rows);
    return MIEN_OK;
}
