/* read.c: a network from its text.
 *
 *   {"mien": "net/1", "name": ..., "layers": [{"kind": ..., "inputs": ...}],
 *    "outputs": [...], "losses": [...]}
 *
 * A layer takes layers that stand before it, so that no circle can be written.
 */
#include "mien/net.h"

#include "net/build.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_read.h"
#include "graph/graph.h"

#include <stdio.h>
#include <string.h>

/* Parameters whose first values cost more than a draw each. */
enum { MAX_ORTHOGONAL = 1 << 21 };
static const char top_keys[] =
    "mien name note numbers init bias layers outputs losses";
enum { MAX_NUMBERS = 16 };
static const char layer_keys[] = "name kind inputs note";

const char *mi_net_layer_name(const mi_net_build *b)
{
    return b->net->layer[b->at].name;
}

int mi_net_layer_find(const mi_net_build *b, const char *name)
{
    for (int i = 0; i < b->at; i++)
        if (strcmp(b->net->layer[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- a layer ---------------------------------------------------------------
 */

/* Its own name, or one made of kind and number. */
static void read_name(mi_net_build *b, const mi_net_kind *kind)
{
    mien_net_layer *l = &b->net->layer[b->at];
    if (!json_object_get(b->fields.object, "name"))
        snprintf(l->name, sizeof l->name, "%s_%d", kind->name, b->at + 1);
    else if (!mi_field_name(&b->fields, "name", l->name))
        return;
    snprintf(b->fields.place, sizeof b->fields.place, "layer '%s' (%s)",
             l->name, kind->name);
    if (mi_net_layer_find(b, l->name) >= 0)
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "its name is taken by layer %d",
                        mi_net_layer_find(b, l->name) + 1);
}

/* The layer that an input names. */
static void take_from(mi_net_build *b, const json_t *v)
{
    mien_net_layer *l = &b->net->layer[b->at];
    char name[MIEN_NET_NAME];
    if (!mi_name_of_json(&b->fields, "inputs", v, name))
        return;
    int at = mi_net_layer_find(b, name);
    if (at < 0)
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "its input '%s' is no layer before it", name);
    else
        l->from[l->n_from++] = at;
}

/* The layers it takes: those named, or the one before. */
static void read_from(mi_net_build *b, const mi_net_kind *kind)
{
    mien_net_layer *l = &b->net->layer[b->at];
    const json_t *v = json_object_get(b->fields.object, "inputs");
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    if (!v && kind->most > 0 && b->at > 0)
        l->from[l->n_from++] = b->at - 1;
    else if (json_is_array(v) && n <= MIEN_NET_MAX_FROM)
        for (size_t i = 0; i < n && !b->fields.status; i++)
            take_from(b, json_array_get(v, i));
    else if (v && !json_is_array(v))
        take_from(b, v);
    if (n > MIEN_NET_MAX_FROM || l->n_from < kind->least ||
        l->n_from > kind->most)
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "it has %zu inputs, wanted %d to %d",
                        n > MIEN_NET_MAX_FROM ? n : (size_t)l->n_from,
                        kind->least, kind->most);
}

/* What the graph has against the newest layer. */
static void check_graph(mi_net_build *b)
{
    mien_error why = {0};
    mien_status st = mien_graph_check(b->net->graph, &why);
    if (!st || b->fields.status)
        return;
    const char *text = strstr(why.text, "): ");
    mi_fields_wrong(&b->fields, st == MIEN_EARG ? MIEN_EFORMAT : st, "%.140s",
                    text ? text + 3 : why.text);
}

/* The kind of layer that an object is; NULL, and a mistake, if it is none. */
static const mi_net_kind *read_kind(mi_net_build *b, const json_t *object)
{
    mi_fields *f = &b->fields;
    char word[MIEN_NET_NAME] = "";
    if (!json_is_object(object))
        mi_fields_wrong(f, MIEN_EFORMAT, "it is no object {\"kind\": ...}");
    else if (!mi_field_name(f, "kind", word))
        mi_fields_wrong(f, MIEN_EFORMAT, "'kind' is missing");
    const mi_net_kind *kind = f->status ? NULL : mi_net_kind_find(word);
    if (!kind)
        mi_fields_wrong(f, MIEN_EUNSUP, "kind '%s' is unknown, wanted: %s",
                        word, mi_net_kinds());
    return kind;
}

/* Read what a layer is and takes, and add its nodes. */
static void add_layer(mi_net_build *b, json_t *object)
{
    mi_fields *f = &b->fields;
    mien_net_layer *l = &b->net->layer[b->at];
    mien_node *in[MIEN_NET_MAX_FROM] = {0};
    char keys[160];
    f->object = object;
    snprintf(f->place, sizeof f->place, "layer %d", b->at + 1);
    const mi_net_kind *kind = read_kind(b, object);
    if (!kind)
        return;
    l->kind = kind->name;
    read_name(b, kind);
    snprintf(keys, sizeof keys, "%s %s", layer_keys, kind->keys);
    mi_fields_only(f, keys);
    read_from(b, kind);
    for (int i = 0; i < l->n_from; i++)
        in[i] = b->node[l->from[i]];
    if (f->status)
        return;
    int first = mien_graph_nodes(b->net->graph);
    b->init = MIEN_INIT_CONSTANT;
    mien_node *y = b->node[b->at] = kind->build(b, in);
    check_graph(b);
    if (!f->status && y->unshaped)
        mi_fields_wrong(f, MIEN_EFORMAT, "%.140s", y->unshaped);
    if (!f->status)
        mi_net_measure(b, first, l);
}

/* ---- the whole -------------------------------------------------------------
 */

/* All layers, one behind the other. */
static void read_layers(mi_net_build *b, const json_t *list)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n < 1 || n > MIEN_NET_MAX_LAYERS) {
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "'layers' is no list of 1 to %d layers",
                        MIEN_NET_MAX_LAYERS);
        return;
    }
    b->net->layer = mi_alloc(n, sizeof *b->net->layer);
    b->node = mi_alloc(n, sizeof *b->node);
    if (!b->net->layer || !b->node) {
        b->fields.status = mi_no_memory(b->fields.err);
        return;
    }
    for (b->at = 0; (size_t)b->at < n && !b->fields.status; b->at++)
        add_layer(b, json_array_get(list, (size_t)b->at));
    b->net->n_layers = (int)n;
}

/* One of the network's outputs, given by a layer's name. */
static void read_output(mi_net_build *b, const json_t *v)
{
    char name[MIEN_NET_NAME];
    if (!mi_name_of_json(&b->fields, "outputs", v, name))
        return;
    int at = mi_net_layer_find(b, name);
    if (at < 0)
        mi_fields_wrong(&b->fields, MIEN_EFORMAT, "output '%s' is no layer",
                        name);
    for (int i = 0; at >= 0 && i < mien_graph_outputs(b->net->graph); i++)
        if (strcmp(mien_graph_output_name(b->net->graph, i), name) == 0)
            mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                            "output '%s' is named twice", name);
    if (!b->fields.status)
        mien_graph_output(b->net->graph, b->node[at], NULL);
}

/* Those named, or the last layer. */
static void read_outputs(mi_net_build *b, const json_t *list)
{
    size_t n = json_array_size(list);
    if (list && (!json_is_array(list) || n < 1 || n > MIEN_NET_MAX_OUTPUTS))
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "'outputs' is no list of 1 to %d layers' names",
                        MIEN_NET_MAX_OUTPUTS);
    for (size_t i = 0; i < n && !b->fields.status; i++)
        read_output(b, json_array_get(list, i));
    if (!list && !b->fields.status)
        mien_graph_output(b->net->graph, b->node[b->at - 1], NULL);
    check_graph(b);
    b->net->n_outputs = mien_graph_outputs(b->net->graph);
}

/* Numbers that layers call by name, with those that the caller sets. */
static void read_numbers(mi_net_build *b, json_t *root,
                         const mien_net_options *o)
{
    mi_fields *f = &b->fields;
    json_t *numbers = json_object_get(root, "numbers"), *value;
    const char *name;
    if (numbers &&
        (!json_is_object(numbers) || json_object_size(numbers) > MAX_NUMBERS))
        mi_fields_wrong(f, MIEN_EFORMAT, "'numbers' is no object of at most %d",
                        MAX_NUMBERS);
    for (int i = 0; i < o->n_numbers && !f->status; i++) {
        if (!json_object_get(numbers, o->number[i].name))
            mi_fields_wrong(f, MIEN_EARG,
                            "it has no number '%.40s' among its 'numbers'",
                            o->number[i].name);
        else if (json_object_set_new(numbers, o->number[i].name,
                                     json_integer(o->number[i].value)))
            f->status = mi_no_memory(f->err);
    }
    f->object = numbers;
    json_object_foreach(numbers, name, value)
        mi_field_int(f, name, 1, 65536, 0);
    f->object = root;
    f->numbers = numbers;
}

/* All of it, from the outermost object. */
static mien_status read_net(mi_net_build *b, json_t *root,
                            const mien_net_options *o)
{
    mi_fields *f = &b->fields;
    const char *version = json_string_value(json_object_get(root, "mien"));
    if (!version || strcmp(version, "net/1") != 0)
        return mi_fail(f->err, version ? MIEN_EUNSUP : MIEN_EFORMAT,
                       "net: '%s' is %.20s, wanted \"net/1\"", "mien",
                       version ? "another version" : "missing");
    f->object = root;
    snprintf(f->place, sizeof f->place, "the outermost object");
    mi_fields_only(f, top_keys);
    mi_field_name(f, "name", b->net->name);
    read_numbers(b, root, o);
    b->begin = mi_net_begin(b);
    if (!f->status)
        read_layers(b, json_object_get(root, "layers"));
    snprintf(f->place, sizeof f->place, "outputs");
    if (!f->status)
        read_outputs(b, json_object_get(root, "outputs"));
    if (!f->status)
        mi_net_read_losses(b, json_object_get(root, "losses"));
    return f->status;
}

/* The outermost object of a text, or NULL and a mistake. */
static json_t *parse(const uint8_t *bytes, size_t n, mien_error *err)
{
    json_t *root;
    if (mi_json_read("net", bytes, n, MIEN_NET_MAX_BYTES, &root, err))
        return NULL;
    if (json_is_object(root))
        return root;
    (void)mi_fail(err, MIEN_EFORMAT, "net: line 1, column 1: no object");
    json_decref(root);
    return NULL;
}

mien_status mien_net_read(const uint8_t *bytes, size_t n,
                          const mien_net_options *options, mien_net **out,
                          mien_error *err)
{
    static const mien_net_options usual = MIEN_NET_DEFAULTS;
    const mien_net_options *o = options ? options : &usual;
    mien_error why = {0};
    mi_net_build b = {.fields = {.err = err},
                      .begin = MIEN_LAYER_KERAS,
                      .orthogonal = MAX_ORTHOGONAL};
    json_t *root = parse(bytes, n, &why);
    if (!root)
        return mi_fail(err, why.status, "%s", why.text);
    mien_random_init(&b.random, o->seed);
    b.begin.random = &b.random;
    b.room = o->max_parameters ? o->max_parameters : MIEN_NET_MAX_PARAMETERS;
    b.net = mi_alloc(1, sizeof *b.net);
    mien_status st =
        b.net ? mien_graph_new(&b.net->graph, err) : mi_no_memory(err);
    if (!st)
        st = read_net(&b, root, o);
    json_decref(root);
    mi_free(b.node);
    if (st)
        mien_net_free(b.net);
    else
        *out = b.net;
    return st;
}

void mien_net_free(mien_net *net)
{
    if (!net)
        return;
    mien_graph_free(net->graph);
    mi_free(net->layer);
    mi_free(net);
}
