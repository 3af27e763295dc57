/* Inputs and attributes of the node that is being converted. */
#include "model/tfjs.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- inputs -------------------------------------------------------------- */

/* Input i as the file has it; NULL: there is none, or it only gives the order,
 * as all behind it. */
static const char *input_text(const mi_tf_node *n, int i)
{
    const char *text = json_string_value(json_array_get(n->inputs, (size_t)i));
    return text && *text != '^' ? text : NULL;
}

int mi_tf_inputs(const mi_tf_node *n)
{
    int count = 0;
    while (input_text(n, count))
        count++;
    return count;
}

mien_status mi_tf_input_at(const mi_tf *t, const mi_tf_node *n, int i, int *at,
                           int *part)
{
    const mien_tfjs *m = t->model;
    const char *text = input_text(n, i);
    if (!text)
        return mi_tf_fail(t, MIEN_EFORMAT, "it has no input %d", i);
    size_t len = strcspn(text, ":");
    long which = text[len] ? strtol(text + len + 1, NULL, 10) : 0;
    *at = mi_tf_find(m->node, m->n, text, len);
    *part = which >= 0 && which < MI_TF_MAX_NODES ? (int)which : -1;
    if (*at < 0 || *part < 0)
        return mi_tf_fail(t, MIEN_EFORMAT, "its input '%.60s' is no node",
                          text);
    return MIEN_OK;
}

mien_status mi_tf_input(mi_tf *t, int i, mi_tf_value *out)
{
    int at = 0, part = 0;
    mien_status st = mi_tf_input_at(t, t->now, i, &at, &part);
    if (st != MIEN_OK)
        return st;
    *out = t->node[at].value;
    out->part = part;
    if (part != 0 && out->kind != MI_TF_PARTS)
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "result %d of its input %d, wanted the first", part,
                          i);
    return MIEN_OK;
}

mien_status mi_tf_ints(mi_tf *t, int i, int *n, int64_t *out)
{
    mi_tf_value v;
    mien_status st = mi_tf_input(t, i, &v);
    if (st != MIEN_OK)
        return st;
    if (v.kind != MI_TF_INTS)
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "its input %d is not integers that are known", i);
    *n = v.n < 0 ? 1 : v.n;
    memcpy(out, v.ints, sizeof v.ints);
    return MIEN_OK;
}

mien_status mi_tf_int(mi_tf *t, int i, int64_t *out)
{
    int n = 0;
    int64_t v[MI_TF_MAX_INTS] = {0};
    mien_status st = mi_tf_ints(t, i, &n, v);
    if (st == MIEN_OK && n != 1)
        return mi_tf_fail(t, MIEN_EFORMAT,
                          "its input %d is %d integers, wanted one", i, n);
    if (st == MIEN_OK)
        *out = v[0];
    return st;
}

/* ---- attributes ---------------------------------------------------------- */

/* 64-bit integers are texts in JSON. */
static int64_t int_of(const json_t *v, int64_t usual)
{
    const char *text = json_string_value(v);
    if (text)
        return strtoll(text, NULL, 10);
    return json_is_integer(v) ? json_integer_value(v) : usual;
}

int64_t mi_tf_attr(const mi_tf_node *n, const char *name, int64_t usual)
{
    return int_of(json_object_get(json_object_get(n->attr, name), "i"), usual);
}

int mi_tf_attr_list(const mi_tf_node *n, const char *name, int most,
                    int64_t *out)
{
    const json_t *list = json_object_get(
        json_object_get(json_object_get(n->attr, name), "list"), "i");
    int count = 0;
    for (size_t i = 0; i < json_array_size(list) && count < most; i++)
        out[count++] = int_of(json_array_get(list, i), INT64_MIN);
    return count;
}

/* Files have texts as lists of their bytes, or in base64. */
static int text_is(const json_t *s, const char *text, const char *base64)
{
    const char *value = json_string_value(s);
    size_t len = strlen(text), same = 0;
    if (value)
        return strcmp(value, base64) == 0;
    while (same < len && json_integer_value(json_array_get(s, same)) ==
                             (unsigned char)text[same])
        same++;
    return same == len && json_array_size(s) == len;
}

int mi_tf_attr_is(const mi_tf_node *n, const char *name, const char *text,
                  const char *base64)
{
    return text_is(json_object_get(json_object_get(n->attr, name), "s"), text,
                   base64);
}

/* The texts of a list. */
static const json_t *texts_of(const mi_tf_node *n, const char *name)
{
    return json_object_get(
        json_object_get(json_object_get(n->attr, name), "list"), "s");
}

int mi_tf_attr_texts(const mi_tf_node *n, const char *name)
{
    return (int)json_array_size(texts_of(n, name));
}

int mi_tf_attr_has(const mi_tf_node *n, const char *name, const char *text,
                   const char *base64)
{
    const json_t *list = texts_of(n, name);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_is(json_array_get(list, i), text, base64))
            return 1;
    return 0;
}

/* ---- values -------------------------------------------------------------- */

const char *mi_tf_name_of(const mi_tf_node *n)
{
    /* as TensorFlow's object detection calls what it finds */
    if (strcmp(n->name, "Postprocessor/Slice") == 0)
        return "scores";
    if (strcmp(n->name, "Postprocessor/ExpandDims_1") == 0)
        return "boxes";
    return n->name;
}

mien_status mi_tf_check(const mi_tf *t, const mi_node *made)
{
    mien_error why = {0};
    mien_status st = mi_graph_check(t->g, &why);
    if (st == MIEN_OK && made->unshaped)
        return mi_tf_fail(t, MIEN_EFORMAT, "%s", made->unshaped);
    return st ? mi_tf_fail(t, st, "%s", why.text) : MIEN_OK;
}

mi_node *mi_tf_list(mi_tf *t, const int64_t *v, int n)
{
    mien_shape shape = {.rank = 1, .dim = {n}};
    return mi_graph_constant(t->g, NULL, MI_I64, shape, v, MI_COPY);
}

/* A part of a node that is taken apart: x[part] along its axis. */
static mi_node *part_node(mi_tf *t, const mi_tf_value *v)
{
    const int64_t from = v->part, to = from + 1, axis = v->axis;
    mi_node *in[] = {v->node, mi_tf_list(t, &from, 1), mi_tf_list(t, &to, 1),
                     mi_tf_list(t, &axis, 1)};
    mi_node *x = mi_graph_node(t->g, &mi_op_slice, in, 4, NULL, NULL);
    mi_node *flat[] = {x, in[3]};
    return mi_graph_node(t->g, &mi_op_squeeze, flat, 2, NULL, NULL);
}

/* Floats of the file as a constant. */
static mien_status weight_node(mi_tf *t, const mi_weight *w, mi_node **out)
{
    float *v = mi_alloc_raw(w->len, sizeof *v);
    if (!v)
        return mi_no_memory(t->err);
    mi_weight_floats(w, v);
    *out = mi_graph_constant(t->g, NULL, MI_F32, w->shape, v, MI_COPY);
    mi_free(v);
    return mi_tf_check(t, *out);
}

mien_status mi_tf_node_of(mi_tf *t, const mi_tf_value *v, int *pixels,
                          mi_node **out)
{
    mien_status st = MIEN_OK;
    int is_pixels = v->kind == MI_TF_CONV || v->pixels;
    switch (v->kind) {
    case MI_TF_WEIGHT: st = weight_node(t, v->weight, out); break;
    case MI_TF_CONV:
        v->conv->last = !pixels;
        *out = mi_tf_conv_node(t, v->conv, &st);
        break;
    case MI_TF_NODE: *out = v->node; break;
    case MI_TF_PARTS:
        *out = part_node(t, v);
        st = mi_tf_check(t, *out);
        break;
    case MI_TF_NONE:
    case MI_TF_INTS:
        return mi_tf_fail(t, MIEN_EUNSUP, "integers where floats are wanted");
    }
    if (st == MIEN_OK && is_pixels && !pixels) {
        mi_transpose_attr last = {{4, {0, 2, 3, 1}}};
        *out = mi_graph_node(t->g, &mi_op_transpose, out, 1, &last, NULL);
        st = mi_tf_check(t, *out);
    }
    if (pixels)
        *pixels = is_pixels;
    return st;
}

mien_status mi_tf_tensor(mi_tf *t, int i, int *pixels, mi_node **out)
{
    mi_tf_value v;
    int at = 0, part;
    mien_status st = mi_tf_input(t, i, &v);
    if (st == MIEN_OK)
        st = mi_tf_node_of(t, &v, pixels, out);
    if (st != MIEN_OK || v.kind != MI_TF_CONV)
        return st;
    /* added once, whoever else reads it */
    st = mi_tf_input_at(t, t->now, i, &at, &part);
    mi_tf_value *kept = &t->node[at].value;
    mi_node *node = *out;
    if (!pixels) /* what was turned round */
        node = node->in[0];
    mi_tf_conv_free(kept->conv);
    *kept = mi_tf_made(node, 1);
    return st;
}
