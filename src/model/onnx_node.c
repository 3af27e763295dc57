/* One NodeProto: read, brought to its canonical form, added to the graph. */
#include "model/onnx.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum { MAX_ATTR_STRUCT = 768 };

/* Take one field of a NodeProto. */
static mien_status add_field(mi_onnx *r, mi_onnx_node *n, const mi_field *f)
{
    switch (f->number) {
    case NODE_INPUT:
        if (n->n_in == MI_MAX_IN)
            return mi_onnx_fail(r, MIEN_ELIMIT, "more than %d inputs",
                                MI_MAX_IN);
        n->in_name[n->n_in++] = f->bytes;
        break;
    case NODE_OUTPUT:
        if (n->n_out == MI_ONNX_MAX_OUT)
            return mi_onnx_fail(r, MIEN_ELIMIT, "more than %d results",
                                MI_ONNX_MAX_OUT);
        n->out_name[n->n_out++] = f->bytes;
        break;
    case NODE_ATTR:
        if (n->n_attr == MI_ONNX_MAX_ATTRS)
            return mi_onnx_fail(r, MIEN_ELIMIT, "more than %d attributes",
                                MI_ONNX_MAX_ATTRS);
        return mi_onnx_attr_read(r, f->bytes, &n->attr[n->n_attr++]);
    case NODE_DOMAIN:
        if (mi_cursor_left(&f->bytes) && !mi_text_is(&f->bytes, "ai.onnx")) {
            char name[40];
            mi_text_show(name, sizeof name, f->bytes.p,
                         mi_cursor_left(&f->bytes));
            return mi_onnx_fail(r, MIEN_EUNSUP, "operators of domain '%s'",
                                name);
        }
        break;
    default: break;
    }
    return MIEN_OK;
}

/* What messages say of the node, before anything else of it is read. */
static mien_status read_title(mi_onnx *r, mi_cursor c, mi_onnx_node *n)
{
    mi_field f;
    int more;
    while ((more = mi_field_next(&c, &f)) > 0) {
        size_t size = mi_cursor_left(&f.bytes);
        if (f.number == NODE_OP)
            mi_text_show(n->op_type, sizeof n->op_type, f.bytes.p, size);
        else if (f.number == NODE_NAME ||
                 (f.number == NODE_OUTPUT && !n->name[0]))
            mi_text_show(n->name, sizeof n->name, f.bytes.p, size);
    }
    return more < 0 ? mi_onnx_broken(r, &c, "node") : MIEN_OK;
}

static mien_status read_fields(mi_onnx *r, mi_cursor c)
{
    mi_onnx_node *n = &r->node;
    memset(n, 0, sizeof *n);
    mien_status st = read_title(r, c, n);
    mi_field f;
    while (st == MIEN_OK && mi_field_next(&c, &f) > 0)
        st = add_field(r, n, &f);
    if (st != MIEN_OK)
        return st;
    if (n->n_out == 0 || mi_cursor_left(&n->out_name[0]) == 0)
        return mi_onnx_fail(r, MIEN_EFORMAT, "has no named result");
    return MIEN_OK;
}

mien_status mi_onnx_use(mi_onnx *r, mi_cursor name, mi_symbol **out)
{
    char text[MI_ONNX_MAX_NAME + 1];
    mien_status st = mi_onnx_text(r, &name, "name", MI_ONNX_MAX_NAME, text);
    if (st != MIEN_OK)
        return st;
    mi_symbol *s = mi_symbols_find(&r->names, name);
    if (!s)
        return mi_onnx_fail(r, MIEN_EFORMAT, "uses '%.80s' before it is made",
                            text);
    if (s->is_extra)
        return mi_onnx_fail(r, MIEN_EUNSUP,
                            "uses '%.80s', not the first result of a node",
                            text);
    if (!s->node) {
        st = mi_onnx_constant(r, s->tensor, text, &s->signed8, &s->node);
        if (st != MIEN_OK)
            return st;
    }
    *out = s;
    return MIEN_OK;
}

static mien_status resolve(mi_onnx *r)
{
    mi_onnx_node *n = &r->node;
    for (int i = 0; i < n->n_in; i++) {
        if (mi_cursor_left(&n->in_name[i]) == 0)
            continue; /* left out */
        mi_symbol *s = NULL;
        mien_status st = mi_onnx_use(r, n->in_name[i], &s);
        if (st != MIEN_OK || !s)
            return st;
        n->in[i] = s->node;
        n->signed8[i] = (char)s->signed8;
    }
    return MIEN_OK;
}

/* A new name; node NULL: a result that is known but not supported. */
static mien_status define(mi_onnx *r, mi_cursor name, mi_node *node,
                          int signed8)
{
    char text[MI_ONNX_MAX_NAME + 1];
    mien_status st = mi_onnx_text(r, &name, "name", MI_ONNX_MAX_NAME, text);
    if (st != MIEN_OK)
        return st;
    if (mi_symbols_find(&r->names, name))
        return mi_onnx_fail(r, MIEN_EFORMAT, "makes '%.80s', which is there",
                            text);
    mi_symbol *s = mi_symbols_add(&r->names, name);
    if (!s)
        return mi_onnx_fail(r, MIEN_ENOMEM, "no memory for names");
    s->node = node;
    s->is_extra = !node;
    s->signed8 = signed8;
    return MIEN_OK;
}

mien_status mi_onnx_build(mi_onnx *r, const char *name, mi_node **out)
{
    mi_onnx_node *n = &r->node;
    const mi_op *op = mi_op_find(n->op_type);
    if (!op)
        return mi_onnx_fail(r, MIEN_EUNSUP, "operator %s is not supported",
                            n->op_type);
    while (n->n_in > 0 && !n->in[n->n_in - 1])
        n->n_in--;
    if (n->n_in < op->min_in || n->n_in > op->max_in)
        return mi_onnx_fail(r, MIEN_EFORMAT, "%d inputs, wanted %d to %d",
                            n->n_in, op->min_in, op->max_in);
    for (int i = 0; i < n->n_in; i++) {
        if (i < op->min_in && !n->in[i])
            return mi_onnx_fail(r, MIEN_EFORMAT, "input %d is left out", i);
        if (n->signed8[i])
            return mi_onnx_fail(r, MIEN_EUNSUP,
                                "input %d is int8; only DequantizeLinear's "
                                "may be",
                                i);
    }

    _Alignas(16) unsigned char attr[MAX_ATTR_STRUCT] = {0};
    if (op->attr_size > sizeof attr)
        return mi_onnx_fail(r, MIEN_EUNSUP, "too many attributes");
    if (op->attr_size && op->attr_defaults)
        memcpy(attr, op->attr_defaults, op->attr_size);
    mien_status st = mi_onnx_attr_fill(r, op, attr);
    if (st != MIEN_OK)
        return st;
    *out = mi_graph_node(r->graph, op, n->in, n->n_in,
                         op->attr_size ? attr : NULL, name);
    mien_error why = {0};
    st = mi_graph_check(r->graph, &why);
    if (st != MIEN_OK)
        return mi_onnx_fail(r, st, "%s", why.text);
    return MIEN_OK;
}

/* A Constant node is a constant of the graph. */
static mien_status constant(mi_onnx *r, const char *name, int *signed8,
                            mi_node **out)
{
    mi_onnx_node *n = &r->node;
    if (n->n_attr != 1)
        return mi_onnx_fail(r, MIEN_EFORMAT, "%d attributes, wanted 1",
                            n->n_attr);
    const mi_onnx_attr *a = &n->attr[0];
    if (mi_text_is(&a->name, "value") && a->kind == KIND_TENSOR)
        return mi_onnx_constant(r, a->t, name, signed8, out);

    int many = a->kind == KIND_INTS || a->kind == KIND_FLOATS;
    int is_int = a->kind == KIND_INT || a->kind == KIND_INTS;
    int count = a->kind == KIND_INTS ? a->n_ints : a->n_floats;
    if ((!many && a->kind != KIND_INT && a->kind != KIND_FLOAT) ||
        count > MI_MAX_INTS)
        return mi_onnx_fail(r, MIEN_EUNSUP,
                            "a value that is neither a tensor nor at most %d "
                            "numbers",
                            MI_MAX_INTS);
    const void *v = a->kind == KIND_INTS     ? (const void *)a->ints
                    : a->kind == KIND_FLOATS ? (const void *)a->floats
                    : is_int                 ? (const void *)&a->i
                                             : (const void *)&a->f;
    mien_shape shape = {.rank = many, .dim = {count}};
    *out = mi_graph_constant(r->graph, name, is_int ? MI_I64 : MI_F32, shape, v,
                             MI_COPY);
    return MIEN_OK;
}

mien_status mi_onnx_node_read(mi_onnx *r, mi_cursor c)
{
    mi_onnx_node *n = &r->node;
    mien_status st = read_fields(r, c);
    if (st == MIEN_OK)
        st = resolve(r);
    if (st != MIEN_OK)
        return st;

    char name[MI_ONNX_MAX_NAME + 1];
    int signed8 = 0;
    mi_node *made = NULL;
    st = mi_onnx_text(r, &n->out_name[0], "name", MI_ONNX_MAX_NAME, name);
    if (st == MIEN_OK && mi_symbols_find(&r->names, n->out_name[0]))
        return mi_onnx_fail(r, MIEN_EFORMAT, "makes '%.80s', which is there",
                            name);
    if (st == MIEN_OK && strcmp(n->op_type, "Constant") == 0) {
        st = constant(r, name, &signed8, &made);
    } else if (st == MIEN_OK) {
        st = mi_onnx_canon(r);
        if (st == MIEN_OK)
            st = mi_onnx_build(r, name, &made);
    }
    for (int i = 0; st == MIEN_OK && i < n->n_out; i++)
        if (mi_cursor_left(&n->out_name[i]))
            st = define(r, n->out_name[i], i == 0 ? made : NULL, signed8);
    return st;
}
