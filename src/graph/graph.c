/* graph.c: a network as it is described, before anything is planned.
 *
 * Nodes, names and copied constants lie in chunks that are freed at once.  A
 * node's inputs are made before it, so a graph has no cycles.  Names are kept
 * in an open hash table with a bounded search, so that a file with many names,
 * chosen to collide or not, cannot make building slow. */
#include "graph/graph.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    CHUNK = 1 << 16,
    MAX_PROBES = 512,
    MADE_NAME = 64,
};

size_t mi_type_size(mi_type type)
{
    return type == MI_F32   ? sizeof(float)
           : type == MI_I64 ? sizeof(int64_t)
                            : 1;
}

int64_t mi_shape_len(const mien_shape *s)
{
    int64_t len = 1;
    int empty = 0;
    for (int d = 0; d < s->rank; d++) {
        if (s->dim[d] < 0 || s->dim[d] > MIEN_MAX_TENSOR)
            return -1;
        empty |= s->dim[d] == 0;
        len *= s->dim[d] == 0 ? 1 : s->dim[d];
        if (len > MIEN_MAX_TENSOR)
            return -1;
    }
    return empty ? 0 : len;
}

int mi_shape_equal(const mien_shape *a, const mien_shape *b)
{
    return a->rank == b->rank &&
           memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
}

mien_status mi_graph_new(mien_graph **out, mien_error *err)
{
    mien_graph *g = mi_alloc(1, sizeof *g);
    if (!g)
        return mi_fail(err, MIEN_ENOMEM, "graph: no memory");
    g->bad.name = g->no_name;
    g->bad.type = MI_F32;
    g->bad.n_known = -1;
    *out = g;
    return MIEN_OK;
}

void mien_graph_free(mien_graph *g)
{
    if (!g)
        return;
    while (g->chunks) {
        mi_chunk *next = g->chunks->next;
        mi_free(g->chunks);
        g->chunks = next;
    }
    mi_free(g->node);
    mi_free(g->slot);
    mi_free(g);
}

/* n bytes, zeroed, that live as long as the graph; NULL is a mistake noted. */
static void *keep(mien_graph *g, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    mi_chunk *c = g->chunks;
    if (!c || c->room - c->used < n) {
        size_t room = n > CHUNK / 4 ? n : CHUNK;
        c = mi_alloc(sizeof *c + room, 1);
        if (!c) {
            mi_fail(&g->mistake, MIEN_ENOMEM, "graph: no memory");
            return NULL;
        }
        c->room = room;
        if (room == n && g->chunks) { /* full at once: behind the open one */
            c->next = g->chunks->next;
            g->chunks->next = c;
        } else {
            c->next = g->chunks;
            g->chunks = c;
        }
    }
    void *p = (uint8_t *)(c + 1) + c->used;
    c->used += n;
    return p;
}

static char *keep_text(mien_graph *g, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = keep(g, n);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}

static uint32_t hash(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 16777619u;
    return h ^ h >> 15;
}

/* The slot of a name, or the free one where it belongs; NULL: too many tried.
 */
static int *slot_of(const mien_graph *g, const char *name)
{
    uint32_t at = hash(name);
    for (int i = 0; i < MAX_PROBES; i++, at++) {
        int *slot = &g->slot[at & (g->n_slots - 1)];
        if (*slot == 0 || strcmp(g->node[*slot - 1]->name, name) == 0)
            return slot;
    }
    return NULL;
}

mi_node *mi_graph_find(const mien_graph *g, const char *name)
{
    int *slot = g->n_slots ? slot_of(g, name) : NULL;
    return slot && *slot ? g->node[*slot - 1] : NULL;
}

/* Make the table of names twice as large; 0 without memory. */
static int grow_table(mien_graph *g)
{
    uint32_t n = g->n_slots ? 2 * g->n_slots : 256;
    int *slot = mi_alloc(n, sizeof *slot);
    if (!slot)
        return 0;
    mi_free(g->slot);
    g->slot = slot;
    g->n_slots = n;
    for (int i = 0; i < g->n; i++) {
        int *to = slot_of(g, g->node[i]->name);
        if (!to) {
            mi_fail(&g->mistake, MIEN_ELIMIT, "graph: too many names collide");
            return 0;
        }
        *to = i + 1;
    }
    return 1;
}

/* Room for one more node, in the list and in a table at most half full. */
static int grow(mien_graph *g)
{
    if (mi_push(&g->node, g->n, sizeof(mi_node *)) &&
        (2 * (uint32_t)g->n < g->n_slots || grow_table(g)))
        return 1;
    if (!g->mistake.status)
        mi_fail(&g->mistake, MIEN_ENOMEM, "graph: no memory");
    return 0;
}

static const char *why_bad_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > MI_MAX_NAME)
        return n ? "a name is too long" : "a name is empty";
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)name[i] < 32 || name[i] == 127)
            return "a name holds a control character";
    return NULL;
}

/* "Conv_12": what and a number that no name has yet. */
static const char *make_name(mien_graph *g, const char *what,
                             char made[MADE_NAME])
{
    do
        snprintf(made, MADE_NAME, "%s_%u", what, g->made++);
    while (mi_graph_find(g, made));
    return made;
}

/* A node of that name (made from what if NULL), or NULL and the mistake noted;
 * it counts only after add_node. */
static mi_node *new_node(mien_graph *g, const char *name, const char *what)
{
    char made[MADE_NAME];
    if (g->n >= MI_MAX_NODES) {
        mi_fail(&g->mistake, MIEN_ELIMIT, "graph: more than %d nodes",
                MI_MAX_NODES);
        return NULL;
    }
    if (!grow(g))
        return NULL;
    if (!name)
        name = make_name(g, what, made);
    const char *why = why_bad_name(name);
    int *slot = why ? NULL : slot_of(g, name);
    if (!why && !slot)
        why = "too many names collide";
    if (!why && *slot)
        why = "the name is taken";
    if (why) {
        mi_fail(&g->mistake, MIEN_EFORMAT, "graph: node %d (%s '%.60s'): %s",
                g->n, what, name, why);
        return NULL;
    }
    mi_node *n = keep(g, sizeof *n);
    char *copy = n ? keep_text(g, name) : NULL;
    if (!copy)
        return NULL;
    n->name = copy;
    n->type = MI_F32;
    n->n_known = -1;
    n->id = g->n;
    return n;
}

static mi_node *add_node(mien_graph *g, mi_node *n)
{
    g->node[g->n++] = n;
    *slot_of(g, n->name) = g->n;
    return n;
}

static mi_node *wrong(mien_graph *g, const mi_node *n, const char *why)
{
    if (g->mistake.status == MIEN_OK)
        mi_fail(&g->mistake, MIEN_EFORMAT, "graph: node %d (%s '%.60s'): %s",
                n->id, n->op ? n->op->name : "value", n->name, why);
    return &g->bad;
}

mi_node *mi_graph_wrong(mien_graph *g, mien_status st, const char *what,
                        const char *why)
{
    if (g->mistake.status == MIEN_OK)
        mi_fail(&g->mistake, st, "graph: node %d (%s): %s", g->n, what, why);
    return &g->bad;
}

/* Why a shape cannot be, or NULL; -1 stands for a free dimension. */
static const char *why_bad_shape(const mien_shape *s, int64_t least)
{
    int64_t len = 1;
    if (s->rank < 0 || s->rank > MIEN_MAX_RANK)
        return "the rank is out of range";
    for (int d = 0; d < s->rank; d++) {
        if (s->dim[d] < least && !(least == 1 && s->dim[d] == -1))
            return "a dimension is out of range";
        if (s->dim[d] > MIEN_MAX_TENSOR)
            return "a dimension is too large";
        if (s->dim[d] > 0)
            len *= s->dim[d];
        if (len > MIEN_MAX_TENSOR)
            return "it has too many elements";
    }
    return NULL;
}

mi_node *mi_graph_input(mien_graph *g, const char *name, mien_shape shape)
{
    mi_node *n = g->mistake.status ? NULL : new_node(g, name, "input");
    if (!n)
        return &g->bad;
    const char *why = why_bad_shape(&shape, 1);
    if (!why && g->n_in == MI_MAX_PORTS)
        why = "too many inputs";
    if (why)
        return wrong(g, n, why);
    n->shape = shape;
    for (int d = 0; d < shape.rank; d++)
        if (shape.dim[d] < 0) {
            n->shape.dim[d] = 1;
            n->free |= 1u << d;
        }
    g->in[g->n_in++].node = n;
    return add_node(g, n);
}

void mi_graph_dim_name(mien_graph *g, int input, int axis, const char *name)
{
    if (g->mistake.status)
        return;
    assert(input >= 0 && input < g->n_in && axis >= 0 && axis < MIEN_MAX_RANK);
    const char *why = why_bad_name(name);
    if (why)
        wrong(g, g->in[input].node, why);
    else
        g->in[input].dim_name[axis] = keep_text(g, name);
}

mi_node *mi_graph_constant(mien_graph *g, const char *name, mi_type type,
                           mien_shape shape, const void *value, mi_own own)
{
    mi_node *n = g->mistake.status ? NULL : new_node(g, name, "constant");
    if (!n)
        return &g->bad;
    const char *why = why_bad_shape(&shape, 0);
    if (why)
        return wrong(g, n, why);
    size_t each = mi_type_size(type), len = (size_t)mi_shape_len(&shape);
    assert((value || len == 0) && (uintptr_t)value % each == 0);
    if ((int64_t)(len * each) > MI_MAX_CONSTANTS - g->constant_bytes)
        return wrong(g, n, "the constants are too large together");
    n->value = value;
    if (own == MI_COPY || !value) {
        void *copy = keep(g, len * each + 1);
        if (!copy)
            return &g->bad;
        if (len)
            memcpy(copy, value, len * each);
        n->value = copy;
    }
    g->constant_bytes += (int64_t)(len * each);
    n->type = type;
    n->shape = shape;
    if (type == MI_I64 && len <= MI_MAX_KNOWN) {
        n->n_known = (int)len;
        memcpy(n->known, n->value, len * each);
    }
    return add_node(g, n);
}

mi_node *mi_graph_parameter(mien_graph *g, const char *name, mien_shape shape,
                            const float *value)
{
    mi_node *n = mi_graph_constant(g, name, MI_F32, shape, value, MI_COPY);
    if (n != &g->bad)
        n->learned = 1;
    return n;
}

static const char *why_bad_attr(const mi_op *op, const uint8_t *attr)
{
    for (const mi_attr *a = op->attrs; a && a->name; a++) {
        if (a->type == MI_ATTR_TEXT &&
            !memchr(attr + a->offset, 0, MI_ATTR_TEXT_LEN))
            return "a text attribute is too long";
        mi_ints list;
        if (a->type != MI_ATTR_INTS)
            continue;
        memcpy(&list, attr + a->offset, sizeof list);
        if (list.n < 0 || list.n > MI_MAX_INTS)
            return "an attribute's list is too long";
    }
    return NULL;
}

/* Whether a pointer is one of the graph's nodes. */
static int is_mine(const mien_graph *g, const mi_node *n)
{
    return n->id >= 0 && n->id < g->n && g->node[n->id] == n;
}

/* The shape of a new node's result, for free dimensions of 1. */
static void set_shape(mi_node *n)
{
    for (int k = 0; k < n->n_in; k++)
        if (n->in[k] && n->in[k]->unshaped)
            n->unshaped = n->in[k]->unshaped;
    if (!n->unshaped)
        n->unshaped = n->op->shape(n);
}

mi_node *mi_graph_node(mien_graph *g, const mi_op *op, mi_node *const *in,
                       int n_in, const void *attr, const char *name)
{
    mi_node *n = g->mistake.status ? NULL : new_node(g, name, op->name);
    if (!n)
        return &g->bad;
    n->op = op;
    if (n_in < op->min_in || n_in > op->max_in)
        return wrong(g, n, "the number of inputs is wrong");
    for (int k = 0; k < n_in; k++) {
        if (in[k] ? !is_mine(g, in[k]) : k < op->min_in)
            return wrong(g, n, "an input is missing");
        n->in[k] = in[k];
    }
    n->n_in = n_in;
    if (op->attr_size) {
        if (!attr)
            attr = op->attr_defaults;
        const char *why = why_bad_attr(op, attr);
        if (why)
            return wrong(g, n, why);
        n->attr = keep(g, op->attr_size);
        if (!n->attr)
            return &g->bad;
        memcpy(n->attr, attr, op->attr_size);
    }
    set_shape(n);
    return add_node(g, n);
}

void mi_graph_output(mien_graph *g, mi_node *node, const char *name)
{
    if (g->mistake.status == MIEN_OK && !is_mine(g, node))
        wrong(g, node, "it is not a node of this graph");
    if (g->mistake.status == MIEN_OK && name && strcmp(name, node->name) != 0)
        node = mi_graph_node(g, &mi_op_identity, &node, 1, NULL, name);
    if (g->mistake.status)
        return;
    if (g->n_out == MI_MAX_PORTS) {
        wrong(g, node, "too many outputs");
        return;
    }
    for (int i = 0; i < g->n_out; i++)
        if (g->out[i].node == node)
            wrong(g, node, "it is an output twice");
    g->out[g->n_out++].node = node;
}

void mi_graph_set_meta(mien_graph *g, const char *key, const char *value)
{
    if (g->mistake.status)
        return;
    if (strlen(key) > MI_MAX_META_TEXT || strlen(value) > MI_MAX_META_TEXT) {
        mi_fail(&g->mistake, MIEN_ELIMIT, "graph: metadata '%.60s' is too long",
                key);
        return;
    }
    int i = 0;
    while (i < g->n_metas && strcmp(g->metas[i].key, key) != 0)
        i++;
    if (i == MI_MAX_METAS) {
        mi_fail(&g->mistake, MIEN_ELIMIT, "graph: more than %d metadata",
                MI_MAX_METAS);
        return;
    }
    mi_meta m = {keep_text(g, key), NULL};
    m.value = m.key ? keep_text(g, value) : NULL;
    if (!m.value)
        return;
    g->metas[i] = m;
    g->n_metas += i == g->n_metas;
}

mien_status mi_graph_check(const mien_graph *g, mien_error *err)
{
    if (err && g->mistake.status)
        *err = g->mistake;
    return g->mistake.status;
}
