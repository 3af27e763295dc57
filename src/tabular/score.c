/* score.c: models put together or read back, made ready to decide. */
#include "tabular/meta.h"
#include "tabular/model.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Check that the graph's input and outputs fit the columns. */
static mien_status check_ports(const mien_tabular *m, mien_error *err)
{
    const mien_graph *g = m->graph;
    mien_shape s = {0};
    int out = mien_graph_outputs(g);
    if (mien_graph_inputs(g) == 1)
        s = mien_graph_input_shape(g, 0);
    if (mien_graph_inputs(g) != 1 || out < 2 || out > 3 ||
        s.rank != (m->window > 1 ? 3 : 2) || s.dim[0] >= 0 ||
        s.dim[s.rank - 1] != m->encoder->width ||
        (m->window > 1 && s.dim[1] != m->window))
        return mi_fail(err, MIEN_EFORMAT,
                       "model: its input is not [rows, %d] of %d columns",
                       m->encoder->width, m->encoder->columns);
    return MIEN_OK;
}

/* n numbers of a constant of the graph: those of a file of an older mien, which
 * has them nowhere else. */
static mien_status read_constant(const mien_graph *g, const char *name,
                                 int64_t n, double *out, mien_error *err)
{
    const mi_node *c = mi_graph_find(g, name);
    if (!c || !c->value || c->type != MI_F32 || mi_shape_len(&c->shape) != n)
        return mi_fail(err, MIEN_EFORMAT, "model: no %s of %lld numbers", name,
                       (long long)n);
    for (int64_t i = 0; i < n; i++)
        out[i] = (double)((const float *)c->value)[i];
    return MIEN_OK;
}

/* How columns are brought to like size. */
static mien_status read_scaler(mien_tabular *m, mien_error *err)
{
    int width = m->encoder->width, found = 0;
    m->centre = mi_alloc((size_t)width, 2 * sizeof *m->centre);
    m->z = mi_alloc((size_t)width, (size_t)m->window * sizeof *m->z);
    if (!m->centre || !m->z)
        return mi_no_memory(err);
    m->scale = m->centre + width;
    mien_status st = mi_meta_numbers(m->graph, "mien.scaler", 2 * (size_t)width,
                                     m->centre, &found, err);
    if (!st && !found)
        st = read_constant(m->graph, "centre", width, m->centre, err);
    if (!st && !found)
        st = read_constant(m->graph, "scale", width, m->scale, err);
    for (int i = 0; !st && i < width; i++)
        if (!isfinite(m->centre[i]) || !isfinite(m->scale[i]) ||
            m->scale[i] == 0)
            st = mi_fail(err, MIEN_EFORMAT,
                         "model: input %d is scaled by %g and %g", i + 1,
                         m->centre[i], m->scale[i]);
    return st;
}

/* The regression, intercept and coefficients. */
static mien_status read_logistic(mien_tabular *m, mien_error *err)
{
    int p = m->encoder->width * m->window, found = 0;
    double *v = mi_alloc((size_t)p + 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    mien_status st = mi_meta_numbers(m->graph, "mien.coefficients",
                                     (size_t)p + 1, v, &found, err);
    if (!st && !found)
        st = read_constant(m->graph, "intercept", 1, v, err);
    if (!st && !found)
        st = read_constant(m->graph, "coefficient", p, v + 1, err);
    for (int i = 0; !st && i <= p; i++)
        if (!isfinite(v[i]))
            st = mi_fail(err, MIEN_EFORMAT, "model: coefficient %d is %g", i,
                         v[i]);
    if (!st)
        st = mien_logistic_of(p, v + 1, v[0], &m->logistic, err);
    mi_free(v);
    return st;
}

/* The network behind its scaler: a copy of the graph whose scaler changes
 * nothing. */
static mien_status copy_network(mien_tabular *m, mien_error *err)
{
    size_t width = (size_t)m->encoder->width;
    m->neutral = mi_alloc(width, 2 * sizeof *m->neutral);
    if (!m->neutral)
        return mi_no_memory(err);
    for (size_t i = 0; i < width; i++)
        m->neutral[width + i] = 1;
    mien_status st = mi_graph_copy(m->graph, &m->scaled, err);
    for (int i = 0; !st && i < mi_graph_size(m->scaled); i++) {
        mi_node *n = mi_graph_at(m->scaled, i);
        int scale = strcmp(n->name, "scale") == 0;
        if (!n->value || (!scale && strcmp(n->name, "centre") != 0))
            continue;
        if (n->type != MI_F32 || mi_shape_len(&n->shape) != (int64_t)width)
            st = mi_fail(err, MIEN_EFORMAT, "model: no scaler of %zu columns",
                         width);
        n->value = m->neutral + (scale ? width : 0);
    }
    for (int i = 0; !st && i < 2; i++) {
        mi_node *n = m->graph->out[i].node;
        mi_graph_output(m->scaled, mi_graph_at(m->scaled, n->id), NULL);
        st = mi_graph_check(m->scaled, err);
    }
    return st;
}

/* Plan the network for blocks of rows; check what it gives. */
static mien_status make_plan(mien_tabular *m, mien_error *err)
{
    mien_shape s = mien_graph_input_shape(m->graph, 0);
    s.dim[0] = MI_TABULAR_BLOCK;
    mien_status st = copy_network(m, err);
    if (!st)
        st = mien_plan_new(m->scaled, &s, 1, NULL, &m->plan, err);
    if (st)
        return st;
    mien_tensor score = mien_plan_output(m->plan, 0);
    mien_tensor parts = mien_plan_output(m->plan, 1);
    if (score.shape.rank != 1 || score.shape.dim[0] != MI_TABULAR_BLOCK ||
        parts.shape.rank != 2 || parts.shape.dim[0] != MI_TABULAR_BLOCK ||
        parts.shape.dim[1] != m->encoder->width)
        return mi_fail(err, MIEN_EFORMAT,
                       "model: its outputs are not a score and contributions");
    return MIEN_OK;
}

/* The threshold as a score and as a decision value, which a file of an older
 * mien has not. */
static mien_status read_threshold(mien_tabular *m, mien_error *err)
{
    mien_status st =
        mi_meta_number(m->graph, "mien.threshold", &m->threshold, err);
    m->cut = mien_tabular_decision_of(m, m->threshold);
    if (!st && mien_graph_meta(m->graph, "mien.cut"))
        st = mi_meta_number(m->graph, "mien.cut", &m->cut, err);
    return st;
}

/* What the metadata of m->graph say, made ready to decide. */
static mien_status open_model(mien_tabular *m, mien_error *err)
{
    double window = 1;
    mien_status st = mi_meta_encoder(m->graph, &m->encoder, err);
    if (!st)
        st = mi_meta_number(m->graph, "mien.window", &window, err);
    if (!st && !(window >= 1 && window <= MIEN_TABULAR_MAX_WINDOW))
        st = mi_fail(err, MIEN_EFORMAT, "model: a window of %g rows", window);
    if (st)
        return st;
    m->window = (int)window;
    st = check_ports(m, err);
    if (!st)
        st = read_scaler(m, err);
    if (!st)
        st = make_plan(m, err); /* a regression's too has to be whole */
    if (!st && strcmp(mien_tabular_text(m, "kind"), "logistic") == 0)
        st = read_logistic(m, err);
    return st ? st : read_threshold(m, err);
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
    mien_graph_free(m->scaled);
    mien_graph_free(m->graph);
    mien_logistic_done(&m->logistic);
    mien_encoder_free(m->encoder);
    mi_free(m->centre);
    mi_free(m->neutral);
    mi_free(m->z);
    mi_free(m->x);
    mi_free(m);
}

const mien_encoder *mien_tabular_encoder(const mien_tabular *m)
{
    return m->encoder;
}

int mien_tabular_window(const mien_tabular *m) { return m->window; }

double mien_tabular_threshold(const mien_tabular *m) { return m->threshold; }

double mien_tabular_cut(const mien_tabular *m) { return m->cut; }

mien_status mien_tabular_set_cut(mien_tabular *m, double cut, mien_error *err)
{
    double threshold = mien_tabular_score_of(m, cut);
    mi_meta_set_number(m->graph, "mien.threshold", threshold);
    mi_meta_set_number(m->graph, "mien.cut", cut);
    mien_status st = mi_graph_check(m->graph, err);
    if (!st) {
        m->threshold = threshold;
        m->cut = cut;
    }
    return st;
}

const char *mien_tabular_text(const mien_tabular *m, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "mien.%s", key);
    const char *text = mien_graph_meta(m->graph, name);
    return text ? text : "";
}
