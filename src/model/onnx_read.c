/* ONNX files: ModelProto to graph.
 *
 * The whole file is walked as messages inside the caller's bytes; nothing is
 * sized by a number in it.  Every pass over the graph looks at one kind of
 * field: initialisers, inputs, nodes in their order, outputs.
 *
 * Source: onnx.proto of ONNX 1.16, "Open Neural Network Exchange IR
 * Specification". */
#include "mien/model.h"

#include "model/onnx.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

typedef mien_status each_fn(mi_onnx *r, mi_cursor c);

/* Call fn for every message of that number in c. */
static mien_status each(mi_onnx *r, mi_cursor c, uint32_t number, int most,
                        each_fn *fn)
{
    mi_field f;
    int count = 0;
    while (mi_field_next(&c, &f) > 0) {
        if (f.number != number)
            continue;
        if (++count > most)
            return mi_onnx_fail(r, MIEN_ELIMIT,
                                "more than %d fields %u of the graph", most,
                                (unsigned)number);
        mien_status st = fn(r, f.bytes);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* The last field of that number in message c; empty if there is none. */
static mien_status inner(mi_onnx *r, mi_cursor c, uint32_t number,
                         const char *what, mi_cursor *out)
{
    mi_field f;
    int more;
    *out = (mi_cursor){c.p, c.p, c.p, 0};
    while ((more = mi_field_next(&c, &f)) > 0)
        if (f.number == number)
            *out = f.bytes;
    return more < 0 ? mi_onnx_broken(r, &c, what) : MIEN_OK;
}

/* Note an initialiser by its name; it is read when it is used. */
static mien_status add_tensor(mi_onnx *r, mi_cursor c)
{
    mi_cursor name;
    char text[MI_ONNX_MAX_NAME + 1];
    mien_status st = mi_onnx_tensor_name(r, c, &name);
    if (st == MIEN_OK)
        st = mi_onnx_text(r, &name, "name", MI_ONNX_MAX_NAME, text);
    if (st != MIEN_OK)
        return st;
    if (!text[0])
        return mi_onnx_fail(r, MIEN_EFORMAT, "an initialiser without a name");
    if (mi_symbols_find(&r->names, name))
        return mi_onnx_fail(r, MIEN_EFORMAT, "two initialisers '%.80s'", text);
    mi_symbol *s = mi_symbols_add(&r->names, name);
    if (!s)
        return mi_onnx_fail(r, MIEN_ENOMEM, "no memory for names");
    s->is_tensor = 1;
    s->tensor = c;
    return MIEN_OK;
}

static mien_status no_sparse(mi_onnx *r, mi_cursor c)
{
    (void)c;
    return mi_onnx_fail(r, MIEN_EUNSUP, "a sparse initialiser");
}

/* One dimension of an input: a number, or a free one with or without a name. */
static mien_status read_dim(mi_onnx *r, mi_cursor c, mien_shape *shape,
                            mi_cursor *name)
{
    mi_field f;
    int more, d = shape->rank;
    if (d == MIEN_MAX_RANK)
        return mi_onnx_fail(r, MIEN_ELIMIT,
                            "an input of more than %d "
                            "dimensions",
                            MIEN_MAX_RANK);
    shape->dim[d] = -1;
    while ((more = mi_field_next(&c, &f)) > 0) {
        if (f.number == DIM_NAME)
            *name = f.bytes;
        if (f.number != DIM_VALUE)
            continue;
        shape->dim[d] = (int64_t)f.value;
        if (f.value < 1 || f.value > MIEN_MAX_TENSOR)
            return mi_onnx_fail(r, MIEN_EFORMAT,
                                "dimension %d of an input is %lld, wanted 1 to "
                                "%d",
                                d, (long long)f.value, MIEN_MAX_TENSOR);
    }
    shape->rank++;
    return more < 0 ? mi_onnx_broken(r, &c, "dimension") : MIEN_OK;
}

typedef struct value_info {
    char name[MI_ONNX_MAX_NAME + 1];
    mi_cursor label;
    uint64_t element;
    mien_shape shape;
    mi_cursor dim_name[MIEN_MAX_RANK]; /* p NULL: none */
} value_info;

/* The element type, shape and names of dimensions of a TypeProto. */
static mien_status read_type(mi_onnx *r, mi_cursor c, value_info *v)
{
    mi_cursor tensor, shape;
    mien_status st = inner(r, c, TYPE_TENSOR, "type", &tensor);
    if (st == MIEN_OK)
        st = inner(r, tensor, TYPE_SHAPE, "type", &shape);
    if (st != MIEN_OK)
        return st;
    mi_field f;
    while (mi_field_next(&tensor, &f) > 0)
        if (f.number == TYPE_ELEMENT)
            v->element = f.value;
    int more;
    while ((more = mi_field_next(&shape, &f)) > 0) {
        if (f.number != SHAPE_DIM)
            continue;
        st = read_dim(r, f.bytes, &v->shape,
                      &v->dim_name[v->shape.rank % MIEN_MAX_RANK]);
        if (st != MIEN_OK)
            return st;
    }
    return more < 0 ? mi_onnx_broken(r, &shape, "shape") : MIEN_OK;
}

static mien_status name_dims(mi_onnx *r, const value_info *v)
{
    int input = mien_graph_inputs(r->graph) - 1;
    for (int d = 0; d < v->shape.rank; d++) {
        if (!v->dim_name[d].p || mi_cursor_left(&v->dim_name[d]) == 0)
            continue;
        char text[MI_ONNX_MAX_NAME + 1];
        mien_status st = mi_onnx_text(r, &v->dim_name[d], "dimension's name",
                                      MI_ONNX_MAX_NAME, text);
        if (st != MIEN_OK)
            return st;
        mi_graph_dim_name(r->graph, input, d, text);
    }
    return MIEN_OK;
}

/* Add an input of the graph, unless it lists an initialiser. */
static mien_status add_input(mi_onnx *r, mi_cursor c)
{
    value_info v = {.shape = {0}};
    mi_cursor type;
    mien_status st = inner(r, c, VALUE_NAME, "value info", &v.label);
    if (st == MIEN_OK)
        st = mi_onnx_text(r, &v.label, "name", MI_ONNX_MAX_NAME, v.name);
    if (st != MIEN_OK)
        return st;
    if (!v.name[0])
        return mi_onnx_fail(r, MIEN_EFORMAT, "an input without a name");
    mi_symbol *s = mi_symbols_find(&r->names, v.label);
    if (s && s->is_tensor)
        return MIEN_OK; /* files before IR 4 list initialisers here too */
    if (s)
        return mi_onnx_fail(r, MIEN_EFORMAT, "two inputs '%.80s'", v.name);
    st = inner(r, c, VALUE_TYPE, "value info", &type);
    if (st == MIEN_OK)
        st = read_type(r, type, &v);
    if (st != MIEN_OK)
        return st;
    if (v.element != ELEMENT_FLOAT)
        return mi_onnx_fail(r, MIEN_EUNSUP,
                            "input '%.80s' has elements of type %llu, wanted "
                            "%d (float)",
                            v.name, (unsigned long long)v.element,
                            ELEMENT_FLOAT);
    s = mi_symbols_add(&r->names, v.label);
    if (!s)
        return mi_onnx_fail(r, MIEN_ENOMEM, "no memory for names");
    s->node = mi_graph_input(r->graph, v.name, v.shape);
    mien_error why = {0};
    if ((st = mi_graph_check(r->graph, &why)) != MIEN_OK)
        return mi_onnx_fail(r, st, "%s", why.text);
    return name_dims(r, &v);
}

static mien_status add_node(mi_onnx *r, mi_cursor c)
{
    r->index++;
    return mi_onnx_node_read(r, c);
}

/* Name a node that was made as an output. */
static mien_status add_output(mi_onnx *r, mi_cursor c)
{
    mi_cursor name;
    char text[MI_ONNX_MAX_NAME + 1];
    mi_symbol *s = NULL;
    mien_status st = inner(r, c, VALUE_NAME, "value info", &name);
    if (st == MIEN_OK)
        st = mi_onnx_text(r, &name, "name", MI_ONNX_MAX_NAME, text);
    if (st != MIEN_OK)
        return st;
    if (!mi_symbols_find(&r->names, name))
        return mi_onnx_fail(r, MIEN_EFORMAT, "output '%.80s' is never made",
                            text);
    st = mi_onnx_use(r, name, &s);
    if (st != MIEN_OK || !s)
        return st;
    if (s->node->type != MI_F32)
        return mi_onnx_fail(r, MIEN_EUNSUP, "output '%.80s' is not float",
                            text);
    mi_graph_output(r->graph, s->node, text);
    return MIEN_OK;
}

/* Initialisers, inputs, nodes and outputs of a GraphProto, in that order. */
static mien_status read_graph(mi_onnx *r, mi_cursor c)
{
    mi_cursor walk = c;
    mi_field f;
    int more;
    do
        more = mi_field_next(&walk, &f);
    while (more > 0);
    if (more < 0)
        return mi_onnx_broken(r, &walk, "graph");

    mien_status st = each(r, c, GRAPH_SPARSE, 0, no_sparse);
    if (st == MIEN_OK)
        st = each(r, c, GRAPH_TENSOR, MI_ONNX_MAX_TENSORS, add_tensor);
    if (st == MIEN_OK)
        st = each(r, c, GRAPH_INPUT, MI_ONNX_MAX_TENSORS, add_input);
    if (st == MIEN_OK)
        st = each(r, c, GRAPH_NODE, MI_ONNX_MAX_NODES, add_node);
    r->index = st == MIEN_OK ? -1 : r->index;
    if (st == MIEN_OK)
        st = each(r, c, GRAPH_OUTPUT, MI_ONNX_MAX_TENSORS, add_output);
    if (st != MIEN_OK)
        return st;
    mien_error why = {0};
    if ((st = mi_graph_check(r->graph, &why)) != MIEN_OK)
        return mi_onnx_fail(r, st, "%s", why.text);
    if (mien_graph_outputs(r->graph) == 0)
        return mi_onnx_fail(r, MIEN_EFORMAT, "the graph has no output");
    return MIEN_OK;
}

/* The opset of ONNX's own domain, if it is one that we read. */
static mien_status read_opset(mi_onnx *r, mi_cursor c)
{
    mi_cursor domain;
    mien_status st = inner(r, c, OPSET_DOMAIN, "opset", &domain);
    if (st != MIEN_OK)
        return st;
    if (mi_cursor_left(&domain) && !mi_text_is(&domain, "ai.onnx"))
        return MIEN_OK; /* a node of that domain is refused */
    uint64_t version = 0;
    mi_field f;
    while (mi_field_next(&c, &f) > 0)
        if (f.number == OPSET_VERSION)
            version = f.value;
    if (version < MI_ONNX_OPSET_MIN || version > MI_ONNX_OPSET_MAX)
        return mi_onnx_fail(r, MIEN_EUNSUP, "opset %llu, wanted %d to %d",
                            (unsigned long long)version, MI_ONNX_OPSET_MIN,
                            MI_ONNX_OPSET_MAX);
    r->opset = (int)version;
    return MIEN_OK;
}

/* A key and its value, a text of any length. */
static mien_status read_meta(mi_onnx *r, mi_cursor c)
{
    char key[MI_ONNX_MAX_NAME + 1], *value = NULL;
    mi_cursor k, v = {0};
    mien_status st = inner(r, c, META_KEY, "metadata", &k);
    if (st == MIEN_OK)
        st = inner(r, c, META_VALUE, "metadata", &v);
    if (st == MIEN_OK)
        st = mi_onnx_text(r, &k, "metadata key", MI_ONNX_MAX_NAME, key);
    if (st == MIEN_OK && !(value = mi_alloc(mi_cursor_left(&v) + 1, 1)))
        st = mi_onnx_fail(r, MIEN_ENOMEM, "metadata of %zu bytes",
                          mi_cursor_left(&v));
    if (st == MIEN_OK)
        st = mi_onnx_text(r, &v, "metadata value", MI_MAX_META_TEXT, value);
    if (st == MIEN_OK)
        mi_graph_set_meta(r->graph, key, value);
    mi_free(value);
    return st;
}

/* The fields of the model; the graph comes after them whatever their order. */
static mien_status read_model(mi_onnx *r, mi_cursor c)
{
    mi_cursor graph = {0}, walk = c;
    mi_field f;
    int more;
    mien_status st = MIEN_OK;
    while (st == MIEN_OK && (more = mi_field_next(&walk, &f)) > 0) {
        if (f.number == MODEL_GRAPH && graph.p)
            st = mi_onnx_fail(r, MIEN_EFORMAT, "two graphs");
        else if (f.number == MODEL_GRAPH)
            graph = f.bytes;
        else if (f.number == MODEL_OPSET)
            st = read_opset(r, f.bytes);
    }
    if (st != MIEN_OK)
        return st;
    if (more < 0)
        return mi_onnx_broken(r, &walk, "model");
    if (!graph.p)
        return mi_onnx_fail(r, MIEN_EFORMAT, "%zu bytes without a graph",
                            r->file_n);
    if (r->opset == 0)
        return mi_onnx_fail(r, MIEN_EFORMAT, "no opset is named");
    st = each(r, c, MODEL_META, MI_ONNX_MAX_METAS, read_meta);
    return st == MIEN_OK ? read_graph(r, graph) : st;
}

/* Outputs show their shapes as far as they can be told without a plan. */
static mien_status show_shapes(mi_onnx *r)
{
    mien_shape shape[MI_MAX_PORTS];
    mien_status st = mi_onnx_shapes(r->graph, shape, NULL);
    if (st == MIEN_ENOMEM)
        return mi_onnx_fail(r, st, "no memory for shapes");
    for (int i = 0; st == MIEN_OK && i < mien_graph_outputs(r->graph); i++)
        mi_graph_output_node(r->graph, i)->shape = shape[i];
    return MIEN_OK;
}

/* Read a whole file; own says whether weights are borrowed from it. */
static mien_status read_file(const uint8_t *bytes, size_t n, mi_own own,
                             mien_graph **out, mien_error *err)
{
    mi_onnx *r = mi_alloc(1, sizeof *r);
    if (!r)
        return mi_fail(err, MIEN_ENOMEM, "onnx: no memory");
    r->file = bytes;
    r->file_n = n;
    r->own = own;
    r->err = err;
    r->index = -1;
    mien_status st = mi_graph_new(&r->graph, err);
    if (st == MIEN_OK)
        st = read_model(r, mi_cursor_of(bytes, n));
    if (st == MIEN_OK)
        st = show_shapes(r);
    if (st == MIEN_OK)
        *out = r->graph;
    else
        mien_graph_free(r->graph);
    mi_symbols_done(&r->names);
    mi_free(r);
    return st;
}

mien_status mien_onnx_read(const uint8_t *bytes, size_t n, mien_graph **out,
                           mien_error *err)
{
    return read_file(bytes, n, MI_COPY, out, err);
}

mien_status mien_onnx_read_borrowed(const uint8_t *bytes, size_t n,
                                    mien_graph **out, mien_error *err)
{
    return read_file(bytes, n, MI_BORROW, out, err);
}
