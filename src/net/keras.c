/* keras.c: a network that Keras saved (.h5, .hdf5 of Keras 1 and 2).
 *
 *   attribute "model_config" -> the layers of net.json, one or two for each of
 *                               Keras' -> mien_net_read
 *   groups of "model_weights" -> the graph's parameters, axes turned round
 *
 * Keras has channels last, [h, w, c], and weights [h, w, in, out].  Nothing in
 * the file is executed: a layer is one of those in keras_layer.c, or refused.
 */
#include "net/keras.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_read.h"
#include "graph/graph.h"

#include <string.h>

/* ---- the layers ------------------------------------------------------------
 */

/* The result of a layer that Keras names, as what the next one takes. */
static int take(mi_keras *k, const char *name)
{
    const json_t *r = json_object_get(k->results, name);
    if (!r) {
        mi_fields_wrong(&k->fields, MIEN_EFORMAT,
                        "its input '%.60s' is no layer before it", name);
        return 0;
    }
    json_array_append(k->now, json_array_get(r, 0));
    k->rank = (int)json_integer_value(json_array_get(r, 1));
    return 1;
}

/* What a layer of a functional model takes: its one inbound node. */
static void take_inbound(mi_keras *k, const json_t *nodes)
{
    const json_t *node = json_array_get(nodes, 0);
    if (json_array_size(nodes) > 1)
        mi_fields_wrong(&k->fields, MIEN_EUNSUP,
                        "it is used %zu times, wanted once",
                        json_array_size(nodes));
    if (json_array_size(nodes) && !json_is_array(node))
        mi_fields_wrong(&k->fields, MIEN_EUNSUP,
                        "its inputs are written as Keras 3 does, wanted 1 or "
                        "2");
    for (size_t i = 0; i < json_array_size(node) && !k->fields.status; i++) {
        const char *name =
            json_string_value(json_array_get(json_array_get(node, i), 0));
        take(k, name ? name : "");
    }
}

/* Add one of Keras' layers; `before` names the one before it, or NULL in a
 * functional model. */
static void add_layer(mi_keras *k, json_t *layer, const char *before)
{
    const char *class = json_string_value(json_object_get(layer, "class_name"));
    json_t *config = json_object_get(layer, "config");
    mi_fields *f = &k->fields;
    snprintf(f->place, sizeof f->place, "Keras layer %d", k->count++ + 1);
    f->object = config;
    if (!class || !json_is_object(config) ||
        !mi_field_name(f, "name", k->name)) {
        mi_fields_wrong(f, MIEN_EFORMAT, "it has no class, config or name");
        return;
    }
    snprintf(f->place, sizeof f->place, "Keras layer '%s' (%.40s)", k->name,
             class);
    json_array_clear(k->now);
    if (json_object_get(k->results, k->name))
        mi_fields_wrong(f, MIEN_EFORMAT, "its name is taken");
    if (before)
        take(k, before);
    else
        take_inbound(k, json_object_get(layer, "inbound_nodes"));
    if (!f->status)
        mi_keras_layer(k, class);
    if (!f->status)
        json_object_set_new(
            k->results, k->name,
            json_pack("[si]", json_string_value(json_array_get(k->now, 0)),
                      k->rank));
}

/* A sequential model: each layer takes the one before; what goes in stands in
 * the first, unless that is an InputLayer. */
static void add_sequence(mi_keras *k, const json_t *layers)
{
    char before[MIEN_NET_NAME] = "";
    json_t *first = json_array_get(layers, 0);
    const char *class = json_string_value(json_object_get(first, "class_name"));
    int named = class && strcmp(class, "InputLayer") == 0;
    if (!named) {
        k->fields.object = json_object_get(first, "config");
        memcpy(k->name, "input", sizeof "input");
        mi_keras_input(k);
        json_object_set_new(k->results, before,
                            json_pack("[si]", k->name, k->rank));
    }
    for (size_t i = 0; i < json_array_size(layers) && !k->fields.status; i++) {
        add_layer(k, json_array_get(layers, i), i || !named ? before : NULL);
        memcpy(before, k->name, sizeof before);
    }
    json_array_append(k->outputs, json_array_get(k->now, 0));
}

/* A functional model. */
static void add_functional(mi_keras *k, const json_t *config)
{
    const json_t *layers = json_object_get(config, "layers");
    const json_t *outputs = json_object_get(config, "output_layers");
    for (size_t i = 0; i < json_array_size(layers) && !k->fields.status; i++)
        add_layer(k, json_array_get(layers, i), NULL);
    snprintf(k->fields.place, sizeof k->fields.place, "Keras' output layers");
    for (size_t i = 0; i < json_array_size(outputs) && !k->fields.status; i++) {
        const char *name =
            json_string_value(json_array_get(json_array_get(outputs, i), 0));
        json_array_clear(k->now);
        if (take(k, name ? name : ""))
            json_array_append(k->outputs, json_array_get(k->now, 0));
    }
}

/* The layers of a configuration. */
static mien_status read_config(mi_keras *k, const char *text)
{
    json_error_t why;
    json_t *root;
    mien_status st =
        mi_json_parse((const uint8_t *)text, strlen(text), &root, &why);
    const char *class = json_string_value(json_object_get(root, "class_name"));
    const json_t *config = json_object_get(root, "config");
    mi_fields *f = &k->fields;
    snprintf(f->place, sizeof f->place, "Keras' model_config");
    if (!root)
        mi_fields_wrong(f, st, "line %d, column %d: %s", why.line, why.column,
                        st == MIEN_ENOMEM ? "no memory" : "no JSON");
    else if (class && strcmp(class, "Sequential") == 0)
        add_sequence(k, json_is_array(config)
                            ? config
                            : json_object_get(config, "layers"));
    else if (class &&
             (strcmp(class, "Model") == 0 || strcmp(class, "Functional") == 0))
        add_functional(k, config);
    else
        mi_fields_wrong(f, MIEN_EUNSUP,
                        "class '%.40s', wanted Sequential, Model or Functional",
                        class ? class : "");
    if (!f->status && !json_array_size(k->layers))
        mi_fields_wrong(f, MIEN_EFORMAT, "it has no layers");
    json_decref(root);
    return f->status;
}

/* Of an output that is a softmax or sigmoid, what that takes; the layer itself
 * goes if it is the last. */
static void leave_out_last(mi_keras *k)
{
    for (size_t i = 0; i < json_array_size(k->outputs); i++) {
        const char *name = json_string_value(json_array_get(k->outputs, i));
        size_t last = json_array_size(k->layers), at = 0;
        const json_t *l = NULL;
        for (; at < last && name; at++) {
            l = json_array_get(k->layers, at);
            if (strcmp(json_string_value(json_object_get(l, "name")), name) ==
                0)
                break;
        }
        const char *kind = json_string_value(json_object_get(l, "kind"));
        json_t *from = json_array_get(json_object_get(l, "inputs"), 0);
        if (at == last || !kind || !from ||
            (strcmp(kind, "softmax") != 0 && strcmp(kind, "sigmoid") != 0))
            continue;
        json_array_set(k->outputs, i, from);
        if (at + 1 == last)
            json_array_remove(k->layers, at);
    }
}

/* ---- the numbers -----------------------------------------------------------
 */

/* Copy floats into another order of axes: axis d of `to` is perm[d] of from. */
static void permute(const float *from, const mien_shape *s, const char *perm,
                    float *to)
{
    int64_t stride[MIEN_MAX_RANK] = {0}, n = 1, at[MIEN_MAX_RANK] = {0};
    for (int d = s->rank - 1; d >= 0; d--) {
        stride[d] = n;
        n *= s->dim[d];
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t source = 0;
        for (int d = 0; d < s->rank; d++)
            source += at[d] * stride[perm[d] - '0'];
        to[i] = from[source];
        for (int d = s->rank - 1; d >= 0; d--) {
            if (++at[d] < s->dim[perm[d] - '0'])
                break;
            at[d] = 0;
        }
    }
}

/* Weight `index` of a layer of Keras: its shape and numbers. */
static mien_status read_weight(const mi_keras *k, const char *layer,
                               size_t index, mien_shape *shape, float **data)
{
    mi_hdf5_list names = {NULL, 0};
    mien_buffer path = {0};
    mien_error *err = k->fields.err;
    mien_buffer_printf(&path, "model_weights/%s", layer);
    mien_status st = path.failed ? mi_no_memory(err) : MIEN_OK;
    if (!st)
        st = mi_hdf5_texts(k->file, (const char *)path.data, "weight_names",
                           &names, err);
    if (!st && index >= (size_t)names.n)
        st = mi_fail(err, MIEN_EFORMAT,
                     "keras: layer '%s' has %d weights, weight %zu is wanted",
                     layer, names.n, index + 1);
    if (!st) {
        mien_buffer_printf(&path, "/%s", names.text[index]);
        st = path.failed ? mi_no_memory(err)
                         : mi_hdf5_floats(k->file, (const char *)path.data,
                                          shape, data, err);
    }
    mien_buffer_free(&path);
    mi_free(names.text);
    return st;
}

/* Are an array's axes, turned round, those of a parameter?  Channels and
 * multiplier of a depthwise convolution are one axis there. */
static int is_of(const mien_shape *turned, const mien_shape *p)
{
    mien_shape s = *turned;
    if (s.rank == 4 && p->rank == 4 && p->dim[1] == 1) {
        s.dim[0] *= s.dim[1];
        s.dim[1] = 1;
    }
    return mi_shape_equal(turned, p) || mi_shape_equal(&s, p);
}

/* Put one array of the file into a parameter of the graph. */
static mien_status put_weight(const mi_keras *k, const mien_graph *g,
                              const json_t *w)
{
    const char *parameter = json_string_value(json_array_get(w, 0));
    const char *layer = json_string_value(json_array_get(w, 1));
    const char *perm = json_string_value(json_array_get(w, 3));
    const mi_node *p = mi_graph_find(g, parameter);
    float *data = NULL;
    mien_shape s = {0}, is = {0};
    mien_status st = read_weight(
        k, layer, (size_t)json_integer_value(json_array_get(w, 2)), &s, &data);
    if (st)
        return st;
    int fits = s.rank == (int)strlen(perm);
    is.rank = s.rank;
    for (int d = 0; fits && d < s.rank; d++)
        is.dim[d] = s.dim[perm[d] - '0'];
    if (!p || !p->learned || !fits || !is_of(&is, &p->shape))
        st = mi_fail(k->fields.err, MIEN_EFORMAT,
                     "keras: layer '%s': an array of %d axes, first %lld, "
                     "does not fit '%s'",
                     layer, s.rank, (long long)(s.rank ? s.dim[0] : 1),
                     parameter);
    else
        permute(data, &s, perm, mi_values_of(p));
    mi_free(data);
    return st;
}

/* ---- the whole -------------------------------------------------------------
 */

/* The text of what was read, as mien_net_read takes it. */
static mien_status write_text(const mi_keras *k, mien_bytes *out)
{
    mien_buffer b = {0};
    json_t *root = json_pack("{ss,ss,sO,sO}", "mien", "net/1", "note",
                             "converted from Keras", "layers", k->layers,
                             "outputs", k->outputs);
    char *text = NULL;
    size_t n = root ? json_dumpb(root, NULL, 0, JSON_INDENT(1)) : 0;
    if (n)
        text = mi_alloc(n, 1);
    if (text && json_dumpb(root, text, n, JSON_INDENT(1)) == n)
        mien_buffer_put(&b, text, n);
    else
        b.failed = 1;
    json_decref(root);
    mi_free(text);
    return mien_buffer_give(&b, out, k->fields.err);
}

/* The network of the layers and weights that were found. */
static mien_status make_net(const mi_keras *k, mien_net **out, mien_bytes *text)
{
    /* A parameter is 4 bytes of the file, or a fourth of a batch norm's. */
    const mien_net_options o = {.max_parameters = (int64_t)k->bytes};
    mien_net *net = NULL;
    mien_bytes written = {0};
    mien_status st = write_text(k, &written);
    if (!st)
        st = mien_net_read(written.data, written.n, &o, &net, k->fields.err);
    for (size_t i = 0; i < json_array_size(k->weights) && !st; i++)
        st = put_weight(k, net->graph, json_array_get(k->weights, i));
    if (st || !text) {
        mien_bytes_free(&written);
    } else {
        *text = written;
    }
    if (st)
        mien_net_free(net);
    else
        *out = net;
    return st;
}

mien_status mien_keras_read(const uint8_t *bytes, size_t n,
                            const mien_keras_options *options, mien_net **out,
                            mien_bytes *text, mien_error *err)
{
    mi_hdf5_list config = {NULL, 0};
    mi_keras k = {.bytes = n, .fields = {.err = err}};
    mien_status st = mi_hdf5_open(bytes, n, &k.file, err);
    if (!st)
        st = mi_hdf5_texts(k.file, "", "model_config", &config, err);
    if (!st && config.n != 1)
        st = mi_fail(err, MIEN_EFORMAT,
                     "keras: no attribute 'model_config': weights alone, "
                     "wanted a file of model.save");
    k.layers = json_array();
    k.outputs = json_array();
    k.weights = json_array();
    k.now = json_array();
    k.results = json_object();
    if (!st && (!k.layers || !k.outputs || !k.weights || !k.now || !k.results))
        st = mi_no_memory(err);
    if (!st)
        st = read_config(&k, config.text[0]);
    if (!st && options && options->logits)
        leave_out_last(&k);
    if (!st)
        st = make_net(&k, out, text);
    json_decref(k.layers);
    json_decref(k.outputs);
    json_decref(k.weights);
    json_decref(k.now);
    json_decref(k.results);
    mi_free(config.text);
    mi_hdf5_close(k.file);
    return st;
}
