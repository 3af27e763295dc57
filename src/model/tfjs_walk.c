/* The results of a graph model, and the nodes that they need, inputs first.
 *
 * Results are what the signature names; without one, the nodes that no other
 * reads.  The loop that resizes the pictures of a batch one by one ends where
 * they are gathered again: what lies behind is not followed. */
#include "model/tfjs.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { UNSEEN, OPEN, DONE };

int mi_tf_is_batch(const mi_tf_node *n)
{
    return strcmp(n->op, "TensorArrayGatherV3") == 0;
}

static int is_source(const mi_tf_node *n)
{
    return mi_tf_is_batch(n) || strcmp(n->op, "Const") == 0 ||
           strcmp(n->op, "Placeholder") == 0;
}

/* Push the inputs of an open node that were not seen; each is one more use. */
static mien_status push_inputs(mi_tf *t, int *stack, int *top)
{
    mi_tf_node *n = t->now;
    int all = is_source(n) ? 0 : mi_tf_inputs(n);
    for (int i = 0; i < all; i++) {
        int at, part;
        mien_status st = mi_tf_input_at(t, n, i, &at, &part);
        if (st != MIEN_OK)
            return st;
        t->node[at].uses++;
        if (t->node[at].state == OPEN)
            return mi_tf_fail(t, MIEN_EFORMAT, "its input %d needs it in turn",
                              i);
        if (t->node[at].state == UNSEEN)
            stack[(*top)++] = at;
    }
    return MIEN_OK;
}

/* Everything that a result needs, into the order. */
static mien_status visit(mi_tf *t, int root, int *stack)
{
    int top = 0;
    stack[top++] = root;
    while (top) {
        mi_tf_node *n = &t->node[stack[top - 1]];
        if (n->state == UNSEEN) {
            n->state = OPEN;
            t->now = n;
            mien_status st = push_inputs(t, stack, &top);
            t->now = NULL;
            if (st != MIEN_OK)
                return st;
            continue;
        }
        if (n->state == OPEN)
            t->order[t->n_order++] = stack[top - 1];
        n->state = DONE;
        top--;
    }
    return MIEN_OK;
}

/* Results named by a signature: {"outputs": {KEY: {"name": NODE}}}. */
static mien_status named_outputs(mi_tf *t, json_t *outputs)
{
    const mien_tfjs *m = t->model;
    const char *key;
    json_t *entry;
    json_object_foreach(outputs, key, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        size_t len = name ? strcspn(name, ":") : 0;
        int at = name ? mi_tf_find(m->node, m->n, name, len) : -1;
        if (at < 0)
            return mi_tf_fail(t, MIEN_EFORMAT,
                              "the signature names a result that is no node");
        if (t->n_output < m->n)
            t->output[t->n_output++] = at;
    }
    return MIEN_OK;
}

static int in_order(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Nodes that no other reads, but for numbers of the file. */
static mien_status last_nodes(mi_tf *t)
{
    int *read = mi_alloc((size_t)t->model->n + 1, sizeof *read), at, part;
    mien_status st = read ? MIEN_OK : mi_no_memory(t->err);
    for (int i = 0; i < t->model->n && st == MIEN_OK; i++) {
        t->now = &t->node[i];
        int all = mi_tf_inputs(t->now);
        for (int k = 0; k < all && st == MIEN_OK; k++) {
            st = mi_tf_input_at(t, t->now, k, &at, &part);
            if (st == MIEN_OK)
                read[at] = 1;
        }
    }
    t->now = NULL;
    for (int i = 0; i < t->model->n && st == MIEN_OK; i++)
        if (!read[i] && strcmp(t->node[i].op, "Const") != 0)
            t->output[t->n_output++] = i;
    mi_free(read);
    return st;
}

/* The results, in the file's order, each once. */
static mien_status find_outputs(mi_tf *t)
{
    const json_t *signature = json_object_get(t->model->root, "signature");
    json_t *outputs = json_object_get(signature, "outputs");
    mien_status st =
        json_object_size(outputs) ? named_outputs(t, outputs) : last_nodes(t);
    if (st != MIEN_OK)
        return st;
    int n = 0;
    if (t->n_output)
        qsort(t->output, (size_t)t->n_output, sizeof *t->output, in_order);
    for (int i = 0; i < t->n_output; i++)
        if (i == 0 || t->output[i] != t->output[n - 1])
            t->output[n++] = t->output[i];
    t->n_output = n;
    return n ? MIEN_OK : mi_tf_fail(t, MIEN_EFORMAT, "no node is a result");
}

mien_status mi_tf_walk(mi_tf *t)
{
    mien_status st = find_outputs(t);
    size_t edges = 1;
    for (int i = 0; i < t->model->n; i++)
        edges += (size_t)mi_tf_inputs(&t->node[i]);
    int *stack = mi_alloc(edges + 1, sizeof *stack);
    if (st == MIEN_OK && !stack)
        st = mi_no_memory(t->err);
    for (int i = 0; i < t->n_output && st == MIEN_OK; i++) {
        if (t->node[t->output[i]].state == UNSEEN)
            st = visit(t, t->output[i], stack);
        t->node[t->output[i]].uses++;
    }
    mi_free(stack);
    return st;
}
