/* Attributes: AttributeProto to an operator's attribute struct.
 *
 * The operator's own table says which attributes it has; an attribute outside
 * it must be one of `known`, with a value that changes nothing. */
#include "model/onnx.h"

#include <string.h>

/* Attributes of opsets 7..21 that no operator's table has. */
static const struct {
    const char *name;
    int any;       /* any value is harmless */
    int64_t value; /* else this one is */
} known[] = {
    {"ratio", 1, 0},        /* Dropout: of training */
    {"saturate", 1, 0},     /* Cast: of 8-bit floats */
    {"spatial", 0, 1},      /* BatchNormalization */
    {"block_size", 0, 0},   /* DequantizeLinear */
    {"output_dtype", 0, 0}, /* DequantizeLinear */
    {"noop_with_empty_axes", 0, 0},
};

/* Append the integers of a field, packed or a single one. */
static mien_status add_ints(mi_onnx *r, mi_onnx_attr *a, const mi_field *f)
{
    mi_cursor c = f->bytes;
    int packed = f->wire == MI_WIRE_BYTES;
    while (packed ? mi_cursor_left(&c) > 0 : c.p != NULL) {
        uint64_t v = packed ? mi_cursor_varint(&c) : f->value;
        if (c.bad)
            return mi_onnx_broken(r, &c, "list");
        if (a->n_ints < MI_MAX_INTS)
            a->ints[a->n_ints] = (int64_t)v;
        if (a->n_ints <= MI_MAX_INTS)
            a->n_ints++;
        if (!packed)
            break;
    }
    return MIEN_OK;
}

/* Append the floats of a field, packed or a single one. */
static mien_status add_floats(mi_onnx *r, mi_onnx_attr *a, const mi_field *f)
{
    mi_cursor c = f->bytes;
    int packed = f->wire == MI_WIRE_BYTES;
    while (packed ? mi_cursor_left(&c) > 0 : c.p != NULL) {
        uint32_t v = packed ? mi_cursor_u32le(&c) : (uint32_t)f->value;
        if (c.bad)
            return mi_onnx_broken(r, &c, "list");
        if (a->n_floats < MI_MAX_INTS)
            a->floats[a->n_floats] = mi_float_of(v);
        if (a->n_floats <= MI_MAX_INTS)
            a->n_floats++;
        if (!packed)
            break;
    }
    return MIEN_OK;
}

/* Take one field of an AttributeProto; *seen is the kind it shows. */
static mien_status add_field(mi_onnx *r, mi_onnx_attr *a, const mi_field *f,
                             int *seen)
{
    switch (f->number) {
    case ATTR_NAME: a->name = f->bytes; return MIEN_OK;
    case ATTR_TYPE: a->kind = (int)(f->value & 0xff); return MIEN_OK;
    case ATTR_F:
        a->f = mi_float_of((uint32_t)f->value);
        *seen = KIND_FLOAT;
        break;
    case ATTR_I:
        a->i = (int64_t)f->value;
        *seen = KIND_INT;
        break;
    case ATTR_S:
        a->s = f->bytes;
        *seen = KIND_TEXT;
        break;
    case ATTR_T:
        a->t = f->bytes;
        *seen = KIND_TENSOR;
        break;
    case ATTR_FLOATS: *seen = KIND_FLOATS; return add_floats(r, a, f);
    case ATTR_INTS: *seen = KIND_INTS; return add_ints(r, a, f);
    default: break;
    }
    return MIEN_OK;
}

mien_status mi_onnx_attr_read(mi_onnx *r, mi_cursor c, mi_onnx_attr *out)
{
    mi_cursor none = {c.p, c.p, c.p, 0};
    mi_onnx_attr a = {.name = none, .s = none, .t = none};
    mi_field f;
    int more, seen = 0;
    while ((more = mi_field_next(&c, &f)) > 0) {
        mien_status st = add_field(r, &a, &f, &seen);
        if (st != MIEN_OK)
            return st;
    }
    if (more < 0)
        return mi_onnx_broken(r, &c, "attribute");
    if (a.kind == 0) /* files before IR 2 do not say */
        a.kind = seen;
    *out = a;
    return MIEN_OK;
}

mi_onnx_attr *mi_onnx_attr_find(mi_onnx_node *n, const char *name)
{
    for (int i = 0; i < n->n_attr; i++)
        if (mi_text_is(&n->attr[i].name, name))
            return &n->attr[i];
    return NULL;
}

void mi_onnx_attr_remove(mi_onnx_node *n, mi_onnx_attr *a)
{
    *a = n->attr[--n->n_attr];
}

/* NULL if there are too many. */
static mi_onnx_attr *append(mi_onnx *r, const char *name, int kind)
{
    if (r->node.n_attr == MI_ONNX_MAX_ATTRS)
        return NULL;
    mi_onnx_attr *a = &r->node.attr[r->node.n_attr++];
    *a = (mi_onnx_attr){.name = mi_onnx_cursor(name), .kind = kind};
    return a;
}

static mien_status too_many(mi_onnx *r)
{
    return mi_onnx_fail(r, MIEN_ELIMIT, "more than %d attributes",
                        MI_ONNX_MAX_ATTRS);
}

mien_status mi_onnx_attr_ints(mi_onnx *r, const char *name, const int64_t *v,
                              int n)
{
    mi_onnx_attr *a = append(r, name, KIND_INTS);
    if (!a)
        return too_many(r);
    for (int i = 0; i < n && i < MI_MAX_INTS; i++)
        a->ints[a->n_ints++] = v[i];
    return MIEN_OK;
}

mien_status mi_onnx_attr_int(mi_onnx *r, const char *name, int64_t v)
{
    mi_onnx_attr *a = append(r, name, KIND_INT);
    if (!a)
        return too_many(r);
    a->i = v;
    return MIEN_OK;
}

mien_status mi_onnx_attr_text(mi_onnx *r, const char *name, const char *text)
{
    mi_onnx_attr *a = append(r, name, KIND_TEXT);
    if (!a)
        return too_many(r);
    a->s = mi_onnx_cursor(text);
    return MIEN_OK;
}

static int is_harmless(const mi_onnx_attr *a)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (mi_text_is(&a->name, known[i].name))
            return known[i].any ||
                   (a->kind == KIND_INT && a->i == known[i].value);
    return 0;
}

/* Fail for an attribute that is not of the operator's type. */
static mien_status wrong_kind(mi_onnx *r, const mi_onnx_attr *a,
                              const mi_attr *want)
{
    static const char *const names[] = {[0] = "none",
                                        [KIND_FLOAT] = "float",
                                        [KIND_INT] = "integer",
                                        [KIND_TEXT] = "text",
                                        [KIND_TENSOR] = "tensor",
                                        [5] = "graph",
                                        [KIND_FLOATS] = "floats",
                                        [KIND_INTS] = "integers"};
    static const char *const wants[] = {[MI_ATTR_INT] = "integer",
                                        [MI_ATTR_FLOAT] = "float",
                                        [MI_ATTR_TEXT] = "text",
                                        [MI_ATTR_INTS] = "integers",
                                        [MI_ATTR_TENSOR] = "tensor"};
    int known_kind = a->kind >= 0 && a->kind <= KIND_INTS;
    return mi_onnx_fail(
        r, MIEN_EFORMAT, "attribute %s is of type %s, wanted %s", want->name,
        known_kind ? names[a->kind] : "other", wants[want->type]);
}

/* Put an attribute into its field of the operator's struct. */
static mien_status fill_one(mi_onnx *r, const mi_onnx_attr *a,
                            const mi_attr *want, void *out)
{
    static const int kinds[] = {[MI_ATTR_INT] = KIND_INT,
                                [MI_ATTR_FLOAT] = KIND_FLOAT,
                                [MI_ATTR_TEXT] = KIND_TEXT,
                                [MI_ATTR_INTS] = KIND_INTS,
                                [MI_ATTR_TENSOR] = KIND_TENSOR};
    if (a->kind != kinds[want->type])
        return wrong_kind(r, a, want);

    char *field = (char *)out + want->offset;
    if (want->type == MI_ATTR_INT) {
        memcpy(field, &a->i, sizeof a->i);
    } else if (want->type == MI_ATTR_FLOAT) {
        memcpy(field, &a->f, sizeof a->f);
    } else if (want->type == MI_ATTR_TEXT) {
        return mi_onnx_text(r, &a->s, want->name, MI_ATTR_TEXT_LEN - 1, field);
    } else if (want->type == MI_ATTR_INTS) {
        if (a->n_ints > MI_MAX_INTS)
            return mi_onnx_fail(r, MIEN_ELIMIT,
                                "attribute %s has more than %d entries",
                                want->name, MI_MAX_INTS);
        mi_ints v = {.n = a->n_ints};
        memcpy(v.v, a->ints, sizeof v.v);
        memcpy(field, &v, sizeof v);
    }
    return MIEN_OK;
}

mien_status mi_onnx_attr_fill(mi_onnx *r, const mi_op *op, void *out)
{
    for (int i = 0; i < r->node.n_attr; i++) {
        const mi_onnx_attr *a = &r->node.attr[i];
        const mi_attr *want = op->attrs;
        while (want && want->name && !mi_text_is(&a->name, want->name))
            want++;
        if (want && want->name) {
            mien_status st = fill_one(r, a, want, out);
            if (st != MIEN_OK)
                return st;
            continue;
        }
        if (!is_harmless(a)) {
            char name[40];
            mi_text_show(name, sizeof name, a->name.p,
                         mi_cursor_left(&a->name));
            return mi_onnx_fail(r, MIEN_EUNSUP,
                                "attribute %s, or its value, is not supported",
                                name);
        }
    }
    return MIEN_OK;
}
