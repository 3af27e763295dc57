#include "engine/steps.h"

#include "base/alloc.h"
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

/* ---- memory of planning ----------------------------------------------------
 */

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

static void free_list(mien_plan *p, mi_block **list)
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
    free_list(p, end);
    while (p->n_folded > 0)
        p->node[p->folded[--p->n_folded]].eval = NULL;
}

void mi_plan_free_temps(mien_plan *p)
{
    free_list(p, &p->temps);
    free_list(p, &p->spares);
}

void mi_plan_free_blocks(mien_plan *p) { free_list(p, &p->blocks); }

/* ---- values and steps ------------------------------------------------------
 */

/* Room for one more element of an array that doubles. */
static int grow(mien_plan *p, void *array, int n, int *cap, size_t size)
{
    if (n < *cap)
        return 1;
    int more = *cap ? *cap * 2 : 64;
    void *old, *grown = mi_plan_alloc(p, (size_t)more, size);
    if (!grown)
        return 0;
    memcpy(&old, array, sizeof old);
    if (n)
        memcpy(grown, old, (size_t)n * size);
    memcpy(array, &grown, sizeof grown);
    *cap = more;
    return 1;
}

int mi_plan_add_value(mien_plan *p, const mien_shape *shape, int channels_last)
{
    if (!grow(p, &p->value, p->n_values, &p->cap_values, sizeof *p->value))
        return -1;
    p->value[p->n_values] = (mi_value){.shape = *shape,
                                       .channels_last = channels_last,
                                       .same_as = -1,
                                       .gradient = -1,
                                       .len = (size_t)mi_shape_len(shape)};
    return p->n_values++;
}

int mi_plan_add_floats(mien_plan *p, size_t n)
{
    int v = mi_plan_add_value(p, &(mien_shape){1, {1}}, 0);
    if (v < 0)
        return v;
    p->value[v].shape.dim[0] = (int64_t)n;
    p->value[v].len = n;
    return v;
}

mi_step *mi_plan_add_step(mien_plan *p, const char *what, int out)
{
    if (!grow(p, &p->step, p->n_steps, &p->cap_steps, sizeof *p->step))
        return NULL;
    mi_step *s = &p->step[p->n_steps++];
    *s = (mi_step){.what = what, .tasks = 1};
    mi_step_writes(s, out);
    s->work = (double)p->value[out].len;
    return s;
}

void mi_step_reads(mi_step *s, int v)
{
    assert(s->n_in < MI_MAX_READS);
    s->in[s->n_in++] = v;
}

void mi_step_writes(mi_step *s, int v)
{
    assert(s->n_out < MI_MAX_WRITES);
    s->out[s->n_out++] = v;
}

/* ---- running ---------------------------------------------------------------
 */

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

void mi_plan_run_steps(const mien_plan *p, int first, int end)
{
    for (int i = first; i < end; i++) {
        const mi_step *s = &p->step[i];
        step_run r = {p, s};
        mi_pool_run(s->work < SMALL_STEP ? NULL : p->pool, s->tasks, run_task,
                    &r);
    }
}
