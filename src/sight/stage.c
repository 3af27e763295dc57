/* Networks that read pixels: planned once, fed by all threads.
 *
 * A network file may come from anywhere, so that it is what its task needs is
 * checked here: one input [1, 3, h, w] and every output by name and shape. */
#include "sight/stage.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_TEXT = 6 * 12 + 2, ROWS_A_TASK = 16 };

/* "[1, 3, -1, -1]"; -1 means any. */
static void shape_text(const mien_shape *s, char text[SHAPE_TEXT])
{
    int n = snprintf(text, SHAPE_TEXT, "[");
    for (int i = 0; i < s->rank && n < SHAPE_TEXT; i++)
        n += snprintf(text + n, (size_t)(SHAPE_TEXT - n), "%s%lld",
                      i ? ", " : "", (long long)s->dim[i]);
    if (n < SHAPE_TEXT)
        snprintf(text + n, (size_t)(SHAPE_TEXT - n), "]");
}

static int shape_fits(const mien_shape *s, const mien_shape *want)
{
    if (s->rank != want->rank)
        return 0;
    for (int i = 0; i < s->rank; i++)
        if (s->dim[i] != want->dim[i] && want->dim[i] != -1)
            return 0;
    return 1;
}

/* The sides that the graph's one input is bound to; -1 where they are free. */
static mien_status sides(const char *task, const mien_graph *g, int *w, int *h,
                         mien_error *err)
{
    if (mien_graph_inputs(g) != 1)
        return mi_fail(err, MIEN_EFORMAT,
                       "the %s model has %d inputs, wanted 1", task,
                       mien_graph_inputs(g));
    mien_shape s = mien_graph_input_shape(g, 0);
    int any_batch = s.rank == 4 && (s.dim[0] == 1 || s.dim[0] == -1);
    int any_pixel = s.rank == 4 && (s.dim[1] == 3 || s.dim[1] == -1);
    if (!any_batch || !any_pixel || s.dim[2] > MIEN_IMAGE_MAX_SIDE ||
        s.dim[3] > MIEN_IMAGE_MAX_SIDE) {
        char text[SHAPE_TEXT];
        shape_text(&s, text);
        return mi_fail(err, MIEN_EFORMAT,
                       "the %s model reads %s, wanted [1, 3, h, w]", task,
                       text);
    }
    *h = (int)s.dim[2];
    *w = (int)s.dim[3];
    return MIEN_OK;
}

/* The place of an output among the graph's; -1: none of that name. */
static int output_at(const mien_graph *g, const char *name)
{
    int at = mien_graph_outputs(g) - 1;
    while (at >= 0 && strcmp(mien_graph_output_name(g, at), name) != 0)
        at--;
    return at;
}

/* "age [1, 1], gender [1, 2] of [1, 3, 112, 112]": what a graph is for. */
static void graph_text(const mien_graph *g, char *text, size_t size)
{
    enum { SHOWN = 2 };
    char shape[SHAPE_TEXT];
    mien_shape s = mien_graph_input_shape(g, 0);
    int all = mien_graph_outputs(g), n = 0;
    for (int i = 0; i < all && i < SHOWN; i++) {
        mien_shape o = mien_graph_output_shape(g, i);
        shape_text(&o, shape);
        n += snprintf(text + n, size - (size_t)n, "%s%.20s %s", i ? ", " : "",
                      mien_graph_output_name(g, i), o.rank ? shape : "");
    }
    if (all > SHOWN)
        n += snprintf(text + n, size - (size_t)n, ", %d more", all - SHOWN);
    shape_text(&s, shape);
    snprintf(text + n, size - (size_t)n, " of %s", shape);
}

mien_status mi_stage_check(const mi_stage_kind *kind, const mien_graph *g,
                           int *w, int *h, mien_error *err)
{
    mien_status st = sides(kind->task, g, w, h, err);
    for (int i = 0; st == MIEN_OK && i < kind->n_out; i++) {
        if (output_at(g, kind->out[i].name) >= 0)
            continue;
        char want[SHAPE_TEXT], found[4 * SHAPE_TEXT];
        shape_text(&kind->out[i].shape, want);
        graph_text(g, found, sizeof found);
        st = mi_fail(err, MIEN_EFORMAT,
                     "the %s model has no output '%s' %s; it gives %s",
                     kind->task, kind->out[i].name, want, found);
    }
    return st;
}

/* An output by its name; its shape must be what the kind wants. */
static mien_status find_output(mi_stage *s, const mi_stage_kind *kind, int i,
                               const mien_graph *g, mien_error *err)
{
    const char *name = kind->out[i].name;
    mien_tensor t = mien_plan_output(s->plan, output_at(g, name));
    if (!shape_fits(&t.shape, &kind->out[i].shape)) {
        char found[SHAPE_TEXT], want[SHAPE_TEXT];
        shape_text(&t.shape, found);
        shape_text(&kind->out[i].shape, want);
        return mi_fail(err, MIEN_EFORMAT,
                       "the %s model gives '%s' as %s, wanted %s", kind->task,
                       name, found, want);
    }
    s->out[i] = t;
    return MIEN_OK;
}

mien_status mi_stage_init(mi_stage *s, const mi_stage_kind *kind,
                          const mien_graph *g, int w, int h, mien_pool *pool,
                          mien_error *err)
{
    int bound_w = -1, bound_h = -1;
    mi_stage made = {.w = w, .h = h};
    *s = (mi_stage){0};
    mien_status st = mi_stage_check(kind, g, &bound_w, &bound_h, err);
    if (st != MIEN_OK)
        return st;
    if ((bound_w > 0 && bound_w != w) || (bound_h > 0 && bound_h != h))
        return mi_fail(err, MIEN_EFORMAT,
                       "the %s model reads %d x %d pixels, wanted %d x "
                       "%d",
                       kind->task, bound_w, bound_h, w, h);
    mien_shape in = {4, {1, 3, h, w}};
    mien_plan_options options = {.pool = pool};
    mien_error why = {0};
    st = mien_plan_new(g, &in, 1, &options, &made.plan, &why);
    if (st != MIEN_OK)
        return mi_fail(err, st, "the %s model does not read %d x %d pixels: %s",
                       kind->task, w, h, why.text);
    for (int i = 0; i < kind->n_out && st == MIEN_OK; i++)
        st = find_output(&made, kind, i, g, err);
    mien_tensor x = mien_plan_input(made.plan, 0);
    if (st == MIEN_OK && !(x.channels_last && x.data))
        st = mi_fail(err, MIEN_EFORMAT, "the %s model reads no pixels",
                     kind->task);
    made.pixels = x.data;
    if (st != MIEN_OK)
        mi_stage_done(&made);
    *s = made;
    return st;
}

void mi_stage_done(mi_stage *s)
{
    mien_plan_free(s->plan);
    *s = (mi_stage){0};
}

typedef struct {
    const mien_image *photo;
    const mi_sample *sample;
    float *out;
    uint8_t *scratch;
    size_t each; /* bytes of scratch a thread */
} sampling;

static void sample_some(void *arg, int i, int lane)
{
    const sampling *s = arg;
    int row0 = i * ROWS_A_TASK, row1 = row0 + ROWS_A_TASK;
    if (row1 > s->sample->out_h)
        row1 = s->sample->out_h;
    mi_sample_rows(s->photo, s->sample, s->out, row0, row1,
                   s->scratch + (size_t)lane * s->each);
}

mien_status mi_stage_run(mi_stage *s, mi_feeder *f, const mien_image *photo,
                         const mi_sample *sample, mien_error *err)
{
    assert(sample->out_w == s->w && sample->out_h == s->h);
    /* Whole cache lines a thread. */
    size_t each = (mi_sample_scratch(sample) + 63) / 64 * 64;
    size_t size = each * (size_t)mien_pool_size(f->pool);
    if (size > f->size) {
        uint8_t *more = mi_alloc_raw(size, 1);
        if (!more)
            return mi_fail(err, MIEN_ENOMEM, "no memory to sample with");
        mi_free(f->scratch);
        f->scratch = more;
        f->size = size;
    }
    sampling job = {photo, sample, s->pixels, f->scratch, each};
    int tasks = (s->h + ROWS_A_TASK - 1) / ROWS_A_TASK;
    mi_pool_run(f->pool, tasks, sample_some, &job);
    mien_plan_run(s->plan);
    return MIEN_OK;
}

void mi_feeder_done(mi_feeder *f)
{
    mi_free(f->scratch);
    f->scratch = NULL;
    f->size = 0;
}

mi_sample mi_sample_square(mi_crop c, int side, int centre)
{
    mi_sample s = {.x = c.x,
                   .y = c.y,
                   .w = c.w,
                   .h = c.h,
                   .filter = MIEN_BILINEAR_CORNER,
                   .out_w = side,
                   .out_h = side};
    int lack_x = c.h > c.w ? c.h - c.w : 0;
    int lack_y = c.w > c.h ? c.w - c.h : 0;
    /* Of an odd pixel the later side gets more. */
    s.left = centre ? lack_x / 2 : 0;
    s.top = centre ? lack_y / 2 : 0;
    s.right = lack_x - s.left;
    s.bottom = lack_y - s.top;
    return s;
}
