/* plan.c: make, run and read a plan. */
#include "engine/plan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <assert.h>
#include <string.h>

/* Multiply-adds below which waking other threads costs more than it gains. */
#define SMALL_STEP 2e5

/* Temporary blocks kept to be used again. */
enum { MAX_SPARES = 8 };

struct mi_block {
    mi_block *next;
    size_t bytes;
    uint8_t pad[64 - sizeof(mi_block *) - sizeof(size_t)];
};

int mi_plan_may_hold(mien_plan *p, size_t n, size_t size)
{
    size_t left = MIEN_MAX_PLAN - p->held;
    if (size == 0 || n <= left / size)
        return 1;
    p->too_large = 1;
    return 0;
}

static mi_block *new_block(mien_plan *p, size_t n, size_t size, int zero)
{
    if (!mi_plan_may_hold(p, n, size))
        return NULL;
    size_t bytes = sizeof(mi_block) + n * size;
    mi_block *b = zero ? mi_alloc(bytes, 1) : mi_alloc_raw(bytes, 1);
    if (!b)
        return NULL;
    b->bytes = n * size;
    p->held += b->bytes;
    return b;
}

static void *keep(mien_plan *p, size_t n, size_t size, int zero)
{
    mi_block *b = new_block(p, n, size, zero);
    if (!b)
        return NULL;
    b->next = p->blocks;
    p->blocks = b;
    p->block_bytes += b->bytes;
    return b + 1;
}

void *mi_plan_alloc(mien_plan *p, size_t n, size_t size)
{
    return keep(p, n, size, 1);
}

float *mi_plan_keep_raw(mien_plan *p, size_t n)
{
    return keep(p, n, sizeof(float), 0);
}

/* A forgotten block is used again: fresh pages cost more than what most layers
 * do with them. */
static mi_block *spare_block(mien_plan *p, size_t bytes)
{
    for (mi_block **at = &p->spares; *at; at = &(*at)->next) {
        mi_block *b = *at;
        if (b->bytes < bytes)
            continue;
        *at = b->next;
        return b;
    }
    return NULL;
}

static void *temp(mien_plan *p, size_t n, size_t size)
{
    mi_block *b = n <= MIEN_MAX_PLAN / size ? spare_block(p, n * size) : NULL;
    if (!b)
        b = new_block(p, n, size, 0);
    if (!b)
        return NULL;
    b->next = p->temps;
    p->temps = b;
    return b + 1;
}

float *mi_plan_temp_raw(mien_plan *p, size_t n)
{
    return temp(p, n, sizeof(float));
}

void *mi_plan_temp(mien_plan *p, size_t n, size_t size)
{
    void *at = temp(p, n, size);
    if (at)
        memset(at, 0, n * size);
    return at;
}

static void free_blocks(mien_plan *p, mi_block **list)
{
    while (*list) {
        mi_block *next = (*list)->next;
        p->held -= (*list)->bytes;
        mi_free(*list);
        *list = next;
    }
}

/* The last few temporary blocks stay; older spares go. */
void mi_plan_forget(mien_plan *p)
{
    while (p->temps) {
        mi_block *b = p->temps;
        p->temps = b->next;
        b->next = p->spares;
        p->spares = b;
    }
    mi_block **end = &p->spares;
    for (int i = 0; i < MAX_SPARES && *end; i++)
        end = &(*end)->next;
    free_blocks(p, end);
    while (p->n_folded > 0)
        p->node[p->folded[--p->n_folded]].eval = NULL;
}

mien_status mien_plan_new(const mien_graph *g, const mien_shape *shapes,
                          int n_shapes, const mien_plan_options *options,
                          mien_plan **out, mien_error *err)
{
    assert(g && out && (shapes || n_shapes == 0));
    mien_status st = mi_graph_check(g, err);
    if (st != MIEN_OK)
        return st;
    mien_plan *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    p->graph = g;
    p->kern = mi_kern_best();
    p->pool = options ? options->pool : NULL;

    st = mi_plan_infer(p, shapes, n_shapes, err);
    if (st == MIEN_OK) {
        mi_plan_fuse(p);
        st = mi_plan_lower(p, err);
    }
    if (st == MIEN_OK)
        st = mi_plan_merge(p, err);
    if (st == MIEN_OK)
        st = mi_plan_pair(p, err);
    if (st == MIEN_OK)
        st = mi_plan_layout(p, err);
    free_blocks(p, &p->temps);
    free_blocks(p, &p->spares);
    if (st == MIEN_ENOMEM && p->too_large)
        st = mi_fail(err, MIEN_ELIMIT, "plan: more than %d MiB of memory",
                     MIEN_MAX_PLAN >> 20);
    if (st != MIEN_OK) {
        mien_plan_free(p);
        return st;
    }
    *out = p;
    return MIEN_OK;
}

void mien_plan_free(mien_plan *p)
{
    if (!p)
        return;
    free_blocks(p, &p->blocks);
    mi_free(p->memory);
    mi_free(p->scratch);
    mi_free(p);
}

static mien_tensor tensor_of(const mien_plan *p, const mi_node *n)
{
    const mi_value *v = &p->value[p->of[n->id].value];
    return (mien_tensor){v->shape, v->channels_last, v->data};
}

mien_tensor mien_plan_input(const mien_plan *p, int i)
{
    assert(i >= 0 && i < mien_graph_inputs(p->graph));
    return tensor_of(p, mi_graph_input_node(p->graph, i));
}

mien_tensor mien_plan_output(const mien_plan *p, int i)
{
    assert(i >= 0 && i < mien_graph_outputs(p->graph));
    return tensor_of(p, mi_graph_output_node(p->graph, i));
}

typedef struct {
    const mien_plan *plan;
    const mi_step *step;
} step_run;

static void run_task(void *arg, int task, int lane)
{
    const step_run *r = arg;
    r->step->run(r->plan, r->step, task,
                 r->plan->scratch + (size_t)lane * r->plan->scratch_each);
}

void mien_plan_run(mien_plan *p)
{
    for (int i = 0; i < p->n_steps; i++) {
        const mi_step *s = &p->step[i];
        step_run r = {p, s};
        mi_pool_run(s->work < SMALL_STEP ? NULL : p->pool, s->tasks, run_task,
                    &r);
    }
}

void mien_plan_read(const mien_plan *p, int i, float *out)
{
    mien_tensor t = mien_plan_output(p, i);
    size_t len = (size_t)mi_shape_len(&t.shape);
    if (!t.channels_last) {
        memcpy(out, t.data, len * sizeof *out);
        return;
    }
    size_t n = (size_t)t.shape.dim[0], c = (size_t)t.shape.dim[1];
    size_t hw = (size_t)t.shape.dim[2] * (size_t)t.shape.dim[3];
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < c; j++)
            for (size_t q = 0; q < hw; q++)
                *out++ = t.data[(k * hw + q) * c + j];
}

size_t mien_plan_memory(const mien_plan *p)
{
    return p->block_bytes + p->memory_len * sizeof *p->memory +
           p->scratch_each * (size_t)mien_pool_size(p->pool);
}
