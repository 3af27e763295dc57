/* lower_divergence.c: the divergence of codes, where gradients begin too: a
 * mean for each column over the rows, of which those below `free` teach
 * nothing.  It is short, so that one task does all of it.  See
 * src/graph/op_loss.c for the formula. */
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/loss.h"
#include "graph/op_attr.h"

#include <math.h>

typedef struct {
    double free;
    int64_t rows, columns;
    const float *scale; /* in the gradient; read at each step */
    double *result;
    int y, weights; /* values; -1: none */
} divergence_spec;

/* The mean of a column. */
static double mean_of(const mien_plan *p, const divergence_spec *d, int64_t k)
{
    return mi_divergence_mean(d->rows, d->columns, p->value[d->y].data + k,
                              d->weights < 0 ? NULL
                                             : p->value[d->weights].data);
}

/* in: y, weights; out: the loss. */
static void run_divergence(const mien_plan *p, const mi_step *s, int task,
                           void *scratch)
{
    (void)task;
    (void)scratch;
    const divergence_spec *d = s->spec;
    double sum = 0;
    for (int64_t k = 0; k < d->columns; k++)
        sum += fmax(d->free, mean_of(p, d, k));
    *d->result = sum;
    mi_step_out(p, s, 0)[0] = (float)sum;
}

/* in: y, weights; out: the gradient of y. */
static void run_slopes(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)task;
    (void)scratch;
    const divergence_spec *d = s->spec;
    const float *weight = d->weights < 0 ? NULL : p->value[d->weights].data;
    float *out = mi_step_out(p, s, 0), each = *d->scale / (float)d->rows;
    for (int64_t k = 0; k < d->columns; k++) {
        float slope = mean_of(p, d, k) < d->free ? 0 : each;
        for (int64_t i = 0; i < d->rows; i++) {
            float *g = &out[i * d->columns + k];
            *g = slope * (weight ? weight[i] : 1) + (s->add ? *g : 0);
        }
    }
}

/* Say that a step reads the rows and their weights. */
static void read_rows(mi_step *s, divergence_spec *d)
{
    mi_step_reads(s, d->y);
    if (d->weights >= 0)
        mi_step_reads(s, d->weights);
    s->spec = d;
    s->work = 4 * (double)(d->rows * d->columns);
}

static mien_status divergence_back(mien_plan *p, const mi_step *s,
                                   mien_error *err)
{
    divergence_spec *d = s->spec;
    if (!p->value[d->y].flows)
        return MIEN_OK;
    mi_step *back = mi_gradient_step(p, "slopes", d->y);
    if (!back)
        return mi_no_memory(err);
    read_rows(back, d);
    back->run = run_slopes;
    return MIEN_OK;
}

mien_status mi_lower_divergence(mien_plan *p, mi_node *head, mien_error *err)
{
    divergence_spec *d = mi_plan_alloc(p, 1, sizeof *d);
    mi_node *weights = mi_node_in(head, 2);
    int y;
    if (!d)
        return mi_no_memory(err);
    *d = (divergence_spec){
        .free = (double)((const mi_divergence_attr *)head->attr)->free,
        .rows = head->in[0]->shape.dim[0],
        .columns = head->in[0]->shape.dim[1],
        .weights = -1};
    for (int i = 0; p->weight && i < mien_graph_outputs(p->graph); i++)
        if (mi_graph_output_node(p->graph, i)->id == head->id) {
            d->scale = &p->weight[i];
            d->result = &p->loss[i];
        }
    if (!d->result)
        return mi_lower_eval(p, head, err);
    mien_status st = mi_plan_use(p, head->in[0], 0, &d->y, err);
    if (!st && weights)
        st = mi_plan_use(p, weights, 0, &d->weights, err);
    if (!st)
        st = mi_plan_result(p, head, 0, &y, err);
    if (st)
        return st;
    mi_step *s = mi_plan_add_step(p, "divergence", y);
    if (!s)
        return mi_no_memory(err);
    read_rows(s, d);
    s->run = run_divergence;
    s->back = divergence_back;
    s->begins = 1;
    return MIEN_OK;
}
