/* TensorFlow.js' graph models: model.json, and the conversion as a whole.
 *
 * {"modelTopology": {"node": [{"name", "op", "input": [names], "attr"}]},
 *  "weightsManifest": as in manifest.c, "signature"}
 * An input's name may have ":1" behind it, which of several results is meant,
 * or "^" before it, which only says that the other node is to run before. */
#include "model/tfjs.h"

#include "model/wire.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const mi_tf_name *x = a, *y = b;
    return strcmp(x->name, y->name);
}

mien_status mi_tf_sort(mi_tf_name *list, int n, mien_error *err)
{
    if (n > 1)
        qsort(list, (size_t)n, sizeof *list, by_name);
    for (int i = 1; i < n; i++) {
        char shown[64];
        if (strcmp(list[i - 1].name, list[i].name) != 0)
            continue;
        mi_text_show(shown, sizeof shown, (const uint8_t *)list[i].name,
                     strlen(list[i].name));
        return mi_fail(err, MIEN_EFORMAT, "tf.js: '%s' is there twice", shown);
    }
    return MIEN_OK;
}

int mi_tf_find(const mi_tf_name *list, int n, const char *name, size_t len)
{
    int low = 0, high = n;
    while (low < high) {
        int mid = low + (high - low) / 2;
        int order = strncmp(list[mid].name, name, len);
        if (order == 0 && list[mid].name[len])
            order = 1;
        if (order == 0)
            return list[mid].at;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return -1;
}

mien_status mi_tf_fail(const mi_tf *t, mien_status st, const char *fmt, ...)
{
    char text[160], name[64] = "", op[32] = "";
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!t->now)
        return mi_fail(t->err, st, "tf.js: %s", text);
    mi_text_show(name, sizeof name, (const uint8_t *)t->now->name,
                 strlen(t->now->name));
    mi_text_show(op, sizeof op, (const uint8_t *)t->now->op,
                 strlen(t->now->op));
    return mi_fail(t->err, st, "tf.js: node %s (%s): %s", name, op, text);
}

/* ---- model.json ---------------------------------------------------------- */

/* A name of a node or an operator: there, and not empty. */
static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text && strlen(text) <= MI_MAX_NAME ? text : NULL;
}

/* The nodes, of which each has a name of its own. */
static mien_status read_nodes(mien_tfjs *m, mien_error *err)
{
    const json_t *topology = json_object_get(m->root, "modelTopology");
    m->nodes = json_object_get(topology, "node");
    if (json_object_get(topology, "model_config"))
        return mi_fail(err, MIEN_EUNSUP,
                       "tf.js: a model of layers, wanted a graph model");
    if (!json_is_array(m->nodes))
        return mi_fail(err, MIEN_EFORMAT,
                       "tf.js: no list modelTopology.node, as a graph model "
                       "has");
    size_t n = json_array_size(m->nodes);
    if (n > MI_TF_MAX_NODES)
        return mi_fail(err, MIEN_ELIMIT, "tf.js: %zu nodes, at most %d", n,
                       MI_TF_MAX_NODES);
    m->n = (int)n;
    m->node = mi_alloc(n + 1, sizeof *m->node);
    if (!m->node)
        return mi_no_memory(err);
    for (int i = 0; i < m->n; i++) {
        const json_t *node = json_array_get(m->nodes, (size_t)i);
        m->node[i] = (mi_tf_name){text_of(node, "name"), i};
        if (!m->node[i].name || !text_of(node, "op"))
            return mi_fail(err, MIEN_EFORMAT,
                           "tf.js: node %d has no name and op of 1 to %d bytes",
                           i, MI_MAX_NAME);
    }
    return mi_tf_sort(m->node, m->n, err);
}

/* The files of a group; they lie beside model.json. */
static mien_status read_paths(mien_tfjs *m, const json_t *paths,
                              mien_error *err)
{
    for (size_t i = 0; i < json_array_size(paths); i++) {
        const char *name = json_string_value(json_array_get(paths, i));
        if (!name || !*name || *name == '.' || strchr(name, '/') ||
            strchr(name, '\\') || strlen(name) > MI_MAX_NAME)
            return mi_fail(err, MIEN_EFORMAT,
                           "tf.js: weights in '%.60s', wanted the name of a "
                           "file in the folder of model.json",
                           name ? name : "");
        if (m->n_shards == MI_TF_MAX_SHARDS)
            return mi_fail(err, MIEN_ELIMIT,
                           "tf.js: weights in more than %d files",
                           MI_TF_MAX_SHARDS);
        m->shard[m->n_shards++] = name;
    }
    return MIEN_OK;
}

static mien_status read_shards(mien_tfjs *m, mien_error *err)
{
    mien_status st = MIEN_OK;
    m->manifest = json_object_get(m->root, "weightsManifest");
    if (!json_is_array(m->manifest))
        return mi_fail(err, MIEN_EFORMAT, "tf.js: no list weightsManifest");
    m->shard = mi_alloc(MI_TF_MAX_SHARDS, sizeof *m->shard);
    if (!m->shard)
        return mi_no_memory(err);
    for (size_t i = 0; st == MIEN_OK && i < json_array_size(m->manifest); i++)
        st = read_paths(
            m, json_object_get(json_array_get(m->manifest, i), "paths"), err);
    return st;
}

mien_status mien_tfjs_read(const uint8_t *json, size_t n, mien_tfjs **out,
                           mien_error *err)
{
    mien_tfjs *m = mi_alloc(1, sizeof *m);
    if (!m)
        return mi_no_memory(err);
    mien_status st =
        mi_json_read("tf.js", json, n, MI_MANIFEST_MAX, &m->root, err);
    if (st == MIEN_OK)
        st = read_nodes(m, err);
    if (st == MIEN_OK)
        st = read_shards(m, err);
    if (st == MIEN_OK)
        *out = m;
    else
        mien_tfjs_free(m);
    return st;
}

void mien_tfjs_free(mien_tfjs *m)
{
    if (!m)
        return;
    json_decref(m->root);
    mi_free(m->node);
    mi_free(m->shard);
    mi_free(m);
}

const char *mien_tfjs_shard(const mien_tfjs *m, int i)
{
    return i >= 0 && i < m->n_shards ? m->shard[i] : NULL;
}

/* ---- conversion ---------------------------------------------------------- */

static const struct {
    const char *name;
    mi_tf_op *make;
} ops[] = {
    {"Add", mi_tf_add},
    {"AddN", mi_tf_add_n},
    {"AddV2", mi_tf_add},
    {"BiasAdd", mi_tf_add},
    {"ConcatV2", mi_tf_concat},
    {"Conv2D", mi_tf_conv2d},
    {"DepthwiseConv2dNative", mi_tf_depthwise},
    {"Exp", mi_tf_exp},
    {"ExpandDims", mi_tf_expand},
    {"FusedBatchNorm", mi_tf_batch_norm},
    {"FusedBatchNormV3", mi_tf_batch_norm},
    {"FusedDepthwiseConv2dNative", mi_tf_fused_depthwise},
    {"Identity", mi_tf_identity},
    {"Mul", mi_tf_mul},
    {"Pack", mi_tf_pack},
    {"Relu", mi_tf_relu},
    {"Relu6", mi_tf_relu6},
    {"Reshape", mi_tf_reshape},
    {"Shape", mi_tf_shape},
    {"Sigmoid", mi_tf_sigmoid},
    {"Slice", mi_tf_slice},
    {"Squeeze", mi_tf_squeeze},
    {"StridedSlice", mi_tf_strided_slice},
    {"Sub", mi_tf_sub},
    {"Tile", mi_tf_tile},
    {"Transpose", mi_tf_transpose},
    {"Unpack", mi_tf_unpack},
    {"_FusedConv2D", mi_tf_fused},
};

/* The sides of an input in TensorFlow's order, a batch of any size as 1. */
static mien_status shape_of(const mi_tf *t, const json_t *shape, int rank,
                            mien_shape *out)
{
    const json_t *dims = json_object_get(shape, "dim");
    *out = (mien_shape){.rank = (int)json_array_size(dims)};
    if (json_array_size(dims) < 1 || json_array_size(dims) > MIEN_MAX_RANK ||
        (rank && out->rank != rank))
        return mi_tf_fail(t, MIEN_EUNSUP, "%zu dimensions",
                          json_array_size(dims));
    for (int i = 0; i < out->rank; i++) {
        const json_t *v =
            json_object_get(json_array_get(dims, (size_t)i), "size");
        const char *text = json_string_value(v);
        out->dim[i] = text ? strtoll(text, NULL, 10) : json_integer_value(v);
        if (i == 0 && rank == 0 && out->dim[0] == -1)
            out->dim[0] = 1;
        if (out->dim[i] < 1 || out->dim[i] > MIEN_MAX_TENSOR)
            return mi_tf_fail(t, MIEN_EUNSUP,
                              "dimension %d is %lld, wanted a size that is "
                              "given",
                              i, (long long)out->dim[i]);
    }
    return MIEN_OK;
}

/* An input of the graph: pixels in the graph's order, others as they are. */
static mien_status make_input(mi_tf *t, const char *name, const mien_shape *s,
                              mi_tf_value *out)
{
    mien_shape shape = *s;
    if (s->rank == 4)
        shape = (mien_shape){4, {s->dim[0], s->dim[3], s->dim[1], s->dim[2]}};
    *out = mi_tf_made(mi_graph_input(t->g, name, shape), s->rank == 4);
    return mi_tf_check(t, out->node);
}

/* What stands before the network: an input, or the pictures of a batch that a
 * loop brought to one size. */
static mien_status make_source(mi_tf *t, mi_tf_value *out)
{
    const json_t *attr = t->now->attr;
    mien_shape s, whole = {4, {1}};
    int batch = mi_tf_is_batch(t->now);
    const json_t *shape = json_object_get(
        json_object_get(attr, batch ? "element_shape" : "shape"), "shape");
    mien_status st = shape_of(t, shape, batch ? 3 : 0, &s);
    if (st != MIEN_OK || !batch)
        return st ? st : make_input(t, mi_tf_name_of(t->now), &s, out);
    memcpy(whole.dim + 1, s.dim, 3 * sizeof *s.dim);
    return make_input(t, "pixels", &whole, out);
}

/* Numbers of the file: floats as they are, integers as integers. */
static mien_status make_constant(mi_tf *t, mi_tf_value *out)
{
    int at =
        mi_tf_find(t->weight, t->weights.n, t->now->name, strlen(t->now->name));
    if (at < 0)
        return mi_tf_fail(t, MIEN_EFORMAT,
                          "its numbers are not among the "
                          "weights");
    const mi_weight *w = &t->weights.weight[at];
    *out = (mi_tf_value){.kind = MI_TF_WEIGHT, .weight = w};
    if (w->is_float)
        return MIEN_OK;
    if (w->len > MI_TF_MAX_INTS || w->shape.rank > 1)
        return mi_tf_fail(t, MIEN_EUNSUP, "%zu integers, at most a list of %d",
                          w->len, MI_TF_MAX_INTS);
    out->kind = MI_TF_INTS;
    out->n = w->shape.rank ? (int)w->len : -1;
    for (size_t i = 0; i < w->len; i++)
        out->ints[i] = mi_weight_int(w, i);
    return MIEN_OK;
}

static mien_status make(mi_tf *t, mi_tf_value *out)
{
    const char *op = t->now->op;
    if (strcmp(op, "Const") == 0)
        return make_constant(t, out);
    if (mi_tf_is_batch(t->now) || strcmp(op, "Placeholder") == 0)
        return make_source(t, out);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(op, ops[i].name) == 0)
            return ops[i].make(t, out);
    return mi_tf_fail(t, MIEN_EUNSUP, "mien has no such operator");
}

/* All nodes that the results need, then the results. */
static mien_status build(mi_tf *t)
{
    mien_status st = MIEN_OK;
    for (int i = 0; i < t->n_order && st == MIEN_OK; i++) {
        mi_tf_value v = {.kind = MI_TF_NONE};
        t->now = &t->node[t->order[i]];
        st = make(t, &v);
        t->now->value = v;
    }
    for (int i = 0; i < t->n_output && st == MIEN_OK; i++) {
        mi_node *node = NULL;
        t->now = &t->node[t->output[i]];
        st = mi_tf_node_of(t, &t->now->value, NULL, &node);
        if (st != MIEN_OK)
            break;
        mi_graph_output(t->g, node, mi_tf_name_of(t->now));
        st = mi_tf_check(t, node);
    }
    t->now = NULL;
    return st;
}

/* What the graph says of itself. */
static void describe(mi_tf *t, const mien_model_entry *e)
{
    if (!e)
        return;
    mi_graph_set_meta(t->g, "mien.name", e->name);
    mi_graph_set_meta(t->g, "mien.task", e->task);
    mi_graph_set_meta(t->g, "mien.source", e->source);
    mi_graph_set_meta(t->g, "mien.licence", e->licence);
    mi_graph_set_meta(t->g, "mien.input", "RGB 0..255");
}

/* Room for the nodes, and the weights by name. */
static mien_status prepare(mi_tf *t, const uint8_t *weights, size_t n)
{
    const mien_tfjs *m = t->model;
    mien_status st =
        mi_manifest_of(m->manifest, weights, n, &t->weights, t->err);
    if (st == MIEN_OK)
        st = mi_graph_new(&t->g, t->err);
    if (st != MIEN_OK)
        return st;
    size_t room = (size_t)m->n + 1;
    t->node = mi_alloc(room, sizeof *t->node);
    t->order = mi_alloc(room, sizeof *t->order);
    t->output = mi_alloc(room, sizeof *t->output);
    t->weight = mi_alloc((size_t)t->weights.n + 1, sizeof *t->weight);
    if (!t->node || !t->order || !t->output || !t->weight)
        return mi_no_memory(t->err);
    for (int i = 0; i < m->n; i++) {
        const json_t *node = json_array_get(m->nodes, (size_t)i);
        t->node[i] = (mi_tf_node){.name = text_of(node, "name"),
                                  .op = text_of(node, "op"),
                                  .inputs = json_object_get(node, "input"),
                                  .attr = json_object_get(node, "attr")};
    }
    for (int i = 0; i < t->weights.n; i++)
        t->weight[i] = (mi_tf_name){t->weights.weight[i].name, i};
    return mi_tf_sort(t->weight, t->weights.n, t->err);
}

static void done(mi_tf *t)
{
    for (int i = 0; t->node && i < t->model->n; i++)
        mi_tf_conv_free(t->node[i].value.conv);
    mi_weights_done(&t->weights);
    mi_free(t->node);
    mi_free(t->order);
    mi_free(t->output);
    mi_free(t->weight);
}

mien_status mien_tfjs_convert(const mien_tfjs *m, const uint8_t *weights,
                              size_t weights_n,
                              const mien_tfjs_options *options,
                              mien_graph **out, mien_error *err)
{
    mi_tf t = {.model = m,
               .float32 = options && options->float32,
               .small = options && options->small,
               .err = err};
    mien_status st = prepare(&t, weights, weights_n);
    if (st == MIEN_OK)
        st = mi_tf_walk(&t);
    if (st == MIEN_OK) {
        describe(&t, options ? options->entry : NULL);
        st = build(&t);
    }
    if (st == MIEN_OK)
        st = mi_graph_check(t.g, err);
    done(&t);
    if (st == MIEN_OK)
        *out = t.g;
    else
        mien_graph_free(t.g);
    return st;
}
