/* lower_loss.c: losses, where gradients begin.  Each row's sum is taken by
 * itself, in any thread, and the sums are added up in the order of rows, in
 * doubles.  See src/graph/op_loss.c for the formulas. */
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/loss.h"
#include "graph/op_attr.h"

#include <string.h>

/* Numbers worth a task of their own. */
enum { TASK_FLOATS = 8192 };

typedef struct {
    mi_loss loss;
    int64_t rows, row, per_task; /* rows in all; floats of a row */
    double count, scale;         /* of a penalty: scale */
    double l1, l2;
    const float *weight; /* of the loss, in the gradient; read at each step */
    double *result;
    int y, target, weights, sums; /* values; -1: none */
} loss_spec;

static const float *row_of(const mien_plan *p, const loss_spec *l, int value,
                           int64_t i)
{
    return value < 0 ? NULL : p->value[value].data + i * l->row;
}

static double row_weight(const mien_plan *p, const loss_spec *l, int64_t i)
{
    return l->weights < 0 ? 1 : (double)p->value[l->weights].data[i];
}

static int64_t rows_end(const loss_spec *l, int task)
{
    int64_t end = (task + 1) * l->per_task;
    return end < l->rows ? end : l->rows;
}

/* Whether a row gives its squared errors. */
static int is_square(const mi_loss *l)
{
    return l->op == &mi_op_mean_squared_error || l->op == &mi_op_gaussian_loss;
}

/* in: y, targets; out: a double a row. */
static void run_rows(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const loss_spec *l = s->spec;
    double *sums = (double *)(void *)mi_step_out(p, s, 0);
    int squares = is_square(&l->loss);
    for (int64_t i = task * l->per_task; i < rows_end(l, task); i++) {
        const float *y = row_of(p, l, l->y, i);
        const float *t = row_of(p, l, l->target, i);
        if (l->loss.op == &mi_op_penalty)
            sums[i] = mi_penalty_of(l->l1, l->l2, l->row, y);
        else if (squares) /* floats: short enough for their precision */
            sums[i] = (double)p->kern->dist2_f32((int)l->row, y, t);
        else
            sums[i] = mi_loss_row(&l->loss, l->row, y, t);
    }
}

/* The rows' mean, from their sums. */
static double mean_of(const mien_plan *p, const loss_spec *l)
{
    const double *sums = (const double *)(void *)p->value[l->sums].data;
    double sum = 0;
    for (int64_t i = 0; i < l->rows; i++)
        sum += row_weight(p, l, i) * sums[i];
    return sum * l->scale / l->count;
}

/* in: sums, weights; out: the loss. */
static void run_total(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)task;
    (void)scratch;
    const loss_spec *l = s->spec;
    double slope;
    *l->result = mi_loss_total(&l->loss, mean_of(p, l), (double)l->row, &slope);
    mi_step_out(p, s, 0)[0] = (float)*l->result;
}

/* in: y, targets, weights, sums; out: the gradient of y. */
static void run_slopes(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const loss_spec *l = s->spec;
    double slope = 1;
    if (l->loss.op == &mi_op_gaussian_loss)
        mi_loss_total(&l->loss, mean_of(p, l), (double)l->row, &slope);
    double all = slope * (double)*l->weight * l->scale / l->count;
    for (int64_t i = task * l->per_task; i < rows_end(l, task); i++) {
        const float *y = row_of(p, l, l->y, i);
        const float *t = row_of(p, l, l->target, i);
        float *g = mi_step_out(p, s, 0) + i * l->row;
        double scale = row_weight(p, l, i) * all;
        if (l->loss.op == &mi_op_penalty) {
            mi_penalty_slopes(l->l1, l->l2, l->row, y, scale, s->add, g);
        } else if (is_square(&l->loss)) {
            float twice = (float)(2 * scale);
            for (int64_t j = 0; j < l->row; j++)
                g[j] = twice * (y[j] - t[j]) + (s->add ? g[j] : 0);
        } else {
            mi_loss_slopes(&l->loss, l->row, y, t, scale, s->add, g);
        }
    }
}

/* Add the step that begins the gradients with the slopes of the loss. */
static mien_status loss_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    loss_spec *l = s->spec;
    if (!p->value[l->y].flows)
        return MIEN_OK;
    mi_step *back = mi_gradient_step(p, "slopes", l->y);
    if (!back)
        return mi_no_memory(err);
    const int sums = l->loss.op == &mi_op_gaussian_loss ? l->sums : -1;
    const int reads[] = {l->y, l->target, l->weights, sums};
    for (int i = 0; i < 4; i++)
        if (reads[i] >= 0)
            mi_step_reads(back, reads[i]);
    back->tasks = (int)((l->rows + l->per_task - 1) / l->per_task);
    back->work = 10 * (double)(l->rows * l->row);
    back->spec = l;
    back->run = run_slopes;
    return MIEN_OK;
}

/* Values of the inputs: all in the order that y lies in, but for classes along
 * the last axis. */
static mien_status use_values(mien_plan *p, mi_node *head, loss_spec *l,
                              mien_error *err)
{
    int last = mi_plan_lies_last(p, head->in[0]) &&
               head->op != &mi_op_softmax_cross_entropy;
    mi_node *target = mi_node_in(head, 1), *weights = mi_node_in(head, 2);
    mi_node *classes = mi_node_in(head, 3);
    l->target = l->weights = -1;
    mien_status st = mi_plan_use(p, head->in[0], last, &l->y, err);
    if (!st && target)
        st = mi_plan_use(p, target, last, &l->target, err);
    if (!st && weights)
        st = mi_plan_use(p, weights, 0, &l->weights, err);
    if (st || !classes)
        return st;
    const float *from = NULL;
    size_t n = (size_t)mi_shape_len(&classes->shape);
    float *kept = mi_plan_keep_raw(p, n);
    if (!kept)
        return mi_no_memory(err);
    st = mi_plan_floats(p, classes, &from, err);
    if (!st)
        memcpy(kept, from, n * sizeof *kept);
    l->loss.class_weights = kept;
    return st;
}

/* Rows, what is divided by, and the weight of the output that the loss is. */
static void describe(const mien_plan *p, const mi_node *head, loss_spec *l)
{
    const mien_shape *y = &head->in[0]->shape;
    int64_t len = mi_shape_len(y);
    l->loss = mi_loss_of(head);
    l->rows = y->rank ? y->dim[0] : 1;
    l->count = mi_loss_count(&l->loss, y);
    l->scale = 1;
    if (head->op == &mi_op_penalty) {
        const mi_penalty_attr *a = head->attr;
        l->l1 = (double)a->l1;
        l->l2 = (double)a->l2;
        l->rows = 1;
        l->count = 1;
        l->scale = mi_penalty_scale(head);
    }
    l->row = len / l->rows;
    l->per_task = TASK_FLOATS / l->row + 1;
    for (int i = 0; p->weight && i < mien_graph_outputs(p->graph); i++)
        if (mi_graph_output_node(p->graph, i)->id == head->id) {
            l->weight = &p->weight[i];
            l->result = &p->loss[i];
        }
}

mien_status mi_lower_loss(mien_plan *p, mi_node *head, mien_error *err)
{
    loss_spec *l = mi_plan_alloc(p, 1, sizeof *l);
    if (!l)
        return mi_no_memory(err);
    describe(p, head, l);
    if (!l->result)
        return mi_lower_eval(p, head, err);
    int y;
    mien_status st = use_values(p, head, l, err);
    if (!st)
        st = mi_plan_result(p, head, 0, &y, err);
    if (st)
        return st;
    l->sums = mi_plan_add_floats(p, 2 * (size_t)l->rows);
    mi_step *s = l->sums < 0 ? NULL : mi_plan_add_step(p, "loss", l->sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, l->y);
    if (l->target >= 0)
        mi_step_reads(s, l->target);
    s->tasks = (int)((l->rows + l->per_task - 1) / l->per_task);
    s->work = 10 * (double)(l->rows * l->row);
    s->spec = l;
    s->run = run_rows;
    s = mi_plan_add_step(p, "total", y);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, l->sums);
    if (l->weights >= 0)
        mi_step_reads(s, l->weights);
    s->spec = l;
    s->run = run_total;
    s->back = loss_back;
    s->begins = 1;
    return MIEN_OK;
}
