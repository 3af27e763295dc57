/* build.c: graphs as their users build them. */
#include "graph/graph.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

mien_status mien_graph_new(mien_graph **out, mien_error *err)
{
    return mi_graph_new(out, err);
}

mien_status mien_graph_check(const mien_graph *g, mien_error *err)
{
    return mi_graph_check(g, err);
}

mien_node *mien_graph_input(mien_graph *g, const char *name, mien_shape shape)
{
    return mi_graph_input(g, name, shape);
}

void mien_graph_output(mien_graph *g, mien_node *x, const char *name)
{
    mi_graph_output(g, x, name);
}

void mien_graph_set_meta(mien_graph *g, const char *key, const char *value)
{
    mi_graph_set_meta(g, key, value);
}

const float *mien_graph_values(const mien_graph *g, const char *name,
                               mien_shape *shape)
{
    const mi_node *n = mi_graph_find(g, name);
    if (!n || !n->value || n->type != MI_F32)
        return NULL;
    if (shape)
        *shape = n->shape;
    return n->value;
}

mien_status mien_graph_set_values(mien_graph *g, const char *name,
                                  const float *values, mien_error *err)
{
    mi_node *n = mi_graph_find(g, name);
    if (!n || !n->learned || !n->value || n->type != MI_F32)
        return mi_fail(err, MIEN_EARG, "graph: it learns no '%s'", name);
    memcpy(mi_values_of(n), values,
           (size_t)mi_shape_len(&n->shape) * sizeof *values);
    return MIEN_OK;
}

mien_shape mien_node_shape(const mien_node *x)
{
    return x->unshaped ? (mien_shape){-1, {0}} : x->shape;
}

/* ---- numbers ---------------------------------------------------------------
 */

mien_node *mien_graph_constant(mien_graph *g, mien_shape shape,
                               const float *values, const char *name)
{
    return mi_graph_constant(g, name, MI_F32, shape, values, MI_COPY);
}

mien_node *mien_graph_integers(mien_graph *g, int n, const int64_t *values)
{
    return mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {n}}, values,
                             MI_COPY);
}

mien_node *mien_graph_parameter(mien_graph *g, mien_shape shape,
                                const float *values, const char *name)
{
    return mi_graph_parameter(g, name, shape, values);
}

/* ---- any operator ----------------------------------------------------------
 */

/* Most bytes of an operator's attribute struct. */
enum { MAX_ATTR = 512 };

static const mi_attr *find_attr(const mi_op *op, const char *name)
{
    for (const mi_attr *a = op->attrs; a && a->name; a++)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

static const char *set_ints(const mien_attribute *from, void *to)
{
    mi_ints list = {from->n, {0}};
    if (from->n < 0 || from->n > MI_MAX_INTS)
        return "a list of integers is too long";
    memcpy(list.v, from->ints, (size_t)from->n * sizeof *list.v);
    memcpy(to, &list, sizeof list);
    return NULL;
}

/* Put one attribute into its field; a reason when it is none. */
static const char *set_attr(const mi_op *op, const mien_attribute *from,
                            uint8_t *attr)
{
    static const mi_attr_type types[] = {MI_ATTR_INT, MI_ATTR_FLOAT,
                                         MI_ATTR_TEXT, MI_ATTR_INTS};
    const mi_attr *a = from->name ? find_attr(op, from->name) : NULL;
    if (!a)
        return "it has no such attribute";
    void *to = attr + a->offset;
    if (a->type != types[from->kind])
        return "an attribute is of another kind";
    if (a->type == MI_ATTR_INTS)
        return set_ints(from, to);
    if (a->type == MI_ATTR_INT)
        memcpy(to, &from->i, sizeof from->i);
    if (a->type == MI_ATTR_FLOAT)
        memcpy(to, &from->f, sizeof from->f);
    if (a->type != MI_ATTR_TEXT)
        return NULL;
    if (strlen(from->text) >= MI_ATTR_TEXT_LEN)
        return "a text attribute is too long";
    memcpy(to, from->text, strlen(from->text) + 1);
    return NULL;
}

mien_node *mien_graph_op(mien_graph *g, const char *op, int n_in,
                         mien_node *const *in, int n_attributes,
                         const mien_attribute *attributes, const char *name)
{
    const mi_op *found = mi_op_find(op);
    uint8_t attr[MAX_ATTR] __attribute__((aligned(16)));
    if (!found)
        return mi_graph_wrong(g, MIEN_EARG, op, "there is no such operator");
    if (found->attr_size > sizeof attr)
        return mi_graph_wrong(g, MIEN_EUNSUP, op,
                              "its attributes are too long");
    if (found->attr_size)
        memcpy(attr, found->attr_defaults, found->attr_size);
    for (int i = 0; i < n_attributes; i++) {
        const char *why = set_attr(found, &attributes[i], attr);
        if (why)
            return mi_graph_wrong(g, MIEN_EARG, op, why);
    }
    return mi_graph_node(g, found, in, n_in, attr, name);
}
