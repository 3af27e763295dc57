/* Constants: TensorProto to graph constants.
 *
 * float32, uint8 and int64 elements in raw_data that lie aligned are used as
 * they lie in the file, borrowed or copied as the reader was asked; everything
 * else is converted into a copy: int32 to int64, int8 to uint8 with 128 added,
 * typed fields to plain elements. */
#include "model/onnx.h"

#include "base/alloc.h"

#include <string.h>

typedef struct tensor {
    char name[MI_ONNX_MAX_NAME + 1];
    mien_shape shape;
    uint64_t type;
    int has_raw;
    mi_cursor raw;
} tensor;

typedef struct element {
    uint64_t onnx;
    mi_type type;
    size_t size;    /* in raw_data */
    uint32_t field; /* typed */
} element;

static const element elements[] = {
    {ELEMENT_FLOAT, MI_F32, 4, TENSOR_FLOATS},
    {ELEMENT_UINT8, MI_U8, 1, TENSOR_INT32S},
    {ELEMENT_INT8, MI_U8, 1, TENSOR_INT32S},
    {ELEMENT_INT32, MI_I64, 4, TENSOR_INT32S},
    {ELEMENT_INT64, MI_I64, 8, TENSOR_INT64S},
};

static const element *element_of(uint64_t onnx)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].onnx == onnx)
            return &elements[i];
    return NULL;
}

static mien_status add_dim(mi_onnx *r, tensor *t, uint64_t v)
{
    if (t->shape.rank == MIEN_MAX_RANK)
        return mi_onnx_fail(r, MIEN_ELIMIT,
                            "tensor '%.60s' has more than %d dimensions",
                            t->name, MIEN_MAX_RANK);
    if (v > MIEN_MAX_TENSOR)
        return mi_onnx_fail(r, v >> 63 ? MIEN_EFORMAT : MIEN_ELIMIT,
                            "tensor '%.60s': dimension %d is %lld, at most %d",
                            t->name, t->shape.rank, (long long)v,
                            MIEN_MAX_TENSOR);
    t->shape.dim[t->shape.rank++] = (int64_t)v;
    return MIEN_OK;
}

static mien_status add_dims(mi_onnx *r, tensor *t, const mi_field *f)
{
    if (f->wire == MI_WIRE_VARINT)
        return add_dim(r, t, f->value);
    mi_cursor c = f->bytes;
    while (mi_cursor_left(&c)) {
        uint64_t v = mi_cursor_varint(&c);
        if (c.bad)
            return mi_onnx_broken(r, &c, "tensor's shape");
        mien_status st = add_dim(r, t, v);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* Take a field of a TensorProto that says what its elements are. */
static mien_status head_field(mi_onnx *r, tensor *t, const mi_field *f)
{
    if (f->number == TENSOR_EXTERNAL ||
        (f->number == TENSOR_LOCATION && f->value != 0))
        return mi_onnx_fail(r, MIEN_EUNSUP,
                            "tensor '%.60s' lies in another file", t->name);
    switch (f->number) {
    case TENSOR_DIMS: return add_dims(r, t, f);
    case TENSOR_TYPE: t->type = f->value; break;
    case TENSOR_RAW:
        t->has_raw = 1;
        t->raw = f->bytes;
        break;
    case TENSOR_NAME:
        return mi_onnx_text(r, &f->bytes, "name", MI_ONNX_MAX_NAME, t->name);
    default: break;
    }
    return MIEN_OK;
}

static mien_status read_head(mi_onnx *r, mi_cursor c, tensor *t)
{
    mi_field f;
    int more;
    while ((more = mi_field_next(&c, &f)) > 0) {
        mien_status st = head_field(r, t, &f);
        if (st != MIEN_OK)
            return st;
    }
    return more < 0 ? mi_onnx_broken(r, &c, "tensor") : MIEN_OK;
}

/* Where decoded elements go; out NULL only counts them. */
typedef struct sink {
    void *out;
    const element *e;
    uint64_t n, room;
} sink;

static void put(sink *s, uint64_t v)
{
    if (s->out && s->n < s->room) {
        if (s->e->type == MI_F32)
            ((float *)s->out)[s->n] = mi_float_of((uint32_t)v);
        else if (s->e->type == MI_I64)
            ((int64_t *)s->out)[s->n] = (int64_t)v;
        else
            ((uint8_t *)s->out)[s->n] =
                (uint8_t)(s->e->onnx == ELEMENT_INT8 ? v + 128 : v);
    }
    s->n++;
}

/* The typed field's elements, packed or one by one. */
static mien_status walk_typed(mi_onnx *r, mi_cursor c, sink *s)
{
    mi_field f;
    while (mi_field_next(&c, &f) > 0) {
        if (f.number != s->e->field)
            continue;
        if (f.wire != MI_WIRE_BYTES) {
            put(s, f.value);
            continue;
        }
        mi_cursor part = f.bytes;
        while (mi_cursor_left(&part) && !part.bad)
            put(s, s->e->type == MI_F32 ? mi_cursor_u32le(&part)
                                        : mi_cursor_varint(&part));
        if (part.bad)
            return mi_onnx_broken(r, &part, "tensor's elements");
    }
    return MIEN_OK;
}

/* Elements of the shape; the limit is checked after each factor. */
static mien_status count(mi_onnx *r, const tensor *t, uint64_t *out)
{
    uint64_t n = 1;
    for (int i = 0; i < t->shape.rank; i++)
        n *= (uint64_t)t->shape.dim[i];
    for (uint64_t all = 1, i = 0; i < (uint64_t)t->shape.rank; i++) {
        uint64_t d = (uint64_t)t->shape.dim[i];
        all *= d ? d : 1;
        if (all > MIEN_MAX_TENSOR)
            return mi_onnx_fail(r, MIEN_ELIMIT,
                                "tensor '%.60s' has more than %d elements",
                                t->name, MIEN_MAX_TENSOR);
    }
    *out = n;
    return MIEN_OK;
}

/* Elements from raw bytes: as they lie, or widened one by one. */
static void convert_raw(const uint8_t *p, sink *s)
{
    if (s->e->onnx != ELEMENT_INT8 && s->e->onnx != ELEMENT_INT32) {
        if (s->room)
            memcpy(s->out, p, (size_t)s->room * s->e->size);
        return;
    }
    for (uint64_t i = 0; i < s->room; i++, p += s->e->size) {
        int32_t v = 0;
        if (s->e->onnx == ELEMENT_INT32)
            memcpy(&v, p, sizeof v);
        else
            v = (int8_t)*p;
        put(s, (uint64_t)(int64_t)v);
    }
}

static mien_status short_of(mi_onnx *r, const tensor *t, uint64_t have,
                            const char *unit, uint64_t want)
{
    return mi_onnx_fail(
        r, MIEN_EFORMAT, "tensor '%.60s' has %llu %s, its shape wants %llu",
        t->name, (unsigned long long)have, unit, (unsigned long long)want);
}

/* Elements that must be converted, made in a block of their own. */
static mien_status make_copy(mi_onnx *r, mi_cursor c, const tensor *t, sink *s,
                             const char *name, mi_node **out)
{
    static const size_t size_of[] = {[MI_F32] = 4, [MI_U8] = 1, [MI_I64] = 8};
    void *block =
        mi_alloc_raw(s->room ? (size_t)s->room : 1, size_of[s->e->type]);
    if (!block)
        return mi_onnx_fail(r, MIEN_ENOMEM, "no memory for tensor '%.60s'",
                            t->name);
    *s = (sink){.out = block, .e = s->e, .room = s->room};
    mien_status st = MIEN_OK;
    if (t->has_raw)
        convert_raw(t->raw.p, s);
    else
        st = walk_typed(r, c, s);
    if (st == MIEN_OK)
        *out = mi_graph_constant(r->graph, name, s->e->type, t->shape, block,
                                 MI_COPY);
    mi_free(block);
    return st;
}

mien_status mi_onnx_constant(mi_onnx *r, mi_cursor c, const char *name,
                             int *signed8, mi_node **out)
{
    tensor t = {0};
    mien_status st = read_head(r, c, &t);
    if (st != MIEN_OK)
        return st;
    const element *e = element_of(t.type);
    if (!e)
        return mi_onnx_fail(r, MIEN_EUNSUP,
                            "tensor '%.60s' has elements of type %llu", t.name,
                            (unsigned long long)t.type);
    sink s = {.e = e};
    if ((st = count(r, &t, &s.room)) != MIEN_OK)
        return st;

    *signed8 = e->onnx == ELEMENT_INT8;
    if (!t.has_raw) {
        if ((st = walk_typed(r, c, &s)) != MIEN_OK)
            return st;
        if (s.n != s.room)
            return short_of(r, &t, s.n, "elements", s.room);
        return make_copy(r, c, &t, &s, name, out);
    }
    uint64_t bytes = mi_cursor_left(&t.raw);
    if (bytes != s.room * e->size)
        return short_of(r, &t, bytes, "bytes", s.room * e->size);
    if (e->onnx == ELEMENT_INT8 || e->onnx == ELEMENT_INT32 ||
        (uintptr_t)t.raw.p % e->size)
        return make_copy(r, c, &t, &s, name, out);
    *out = mi_graph_constant(r->graph, name, e->type, t.shape, t.raw.p, r->own);
    return MIEN_OK;
}

mien_status mi_onnx_tensor_name(mi_onnx *r, mi_cursor c, mi_cursor *name)
{
    mi_field f;
    int more;
    *name = (mi_cursor){c.p, c.p, c.p, 0};
    while ((more = mi_field_next(&c, &f)) > 0)
        if (f.number == TENSOR_NAME && f.wire == MI_WIRE_BYTES)
            *name = f.bytes;
    return more < 0 ? mi_onnx_broken(r, &c, "tensor") : MIEN_OK;
}
