/* loader.c: rows of labelled pictures as tensors. */
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { MOST_SIDE = 4096, AHEAD = 128, MOST_AHEAD = 65536 };

/* ---- options ------------------------------------------------------------- */

static int in_range(float v, float least, float most)
{
    return v >= least && v <= most;
}

/* A value of mien_augment that is out of its range; NULL: none is. */
static const char *wrong_change(const mien_augment *a)
{
    const struct {
        const char *name;
        float v, most;
    } range[] = {{"mirror", a->mirror, 1},         {"turn", a->turn, 180},
                 {"shift", a->shift, 1},           {"grow", a->grow, 0.9f},
                 {"shear", a->shear, 1},           {"blur", a->blur, 8},
                 {"brightness", a->brightness, 1}, {"contrast", a->contrast, 1},
                 {"cutout", a->cutout, 1},         {"mix", a->mix, 1}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        if (!in_range(range[i].v, 0, range[i].most))
            return range[i].name;
    return a->mix > 0 && a->mix < 0.05f ? "mix" : NULL;
}

/* Options but for their targets. */
static mien_status check_options(const mien_labels *labels,
                                 const mien_loader_options *o, mien_error *err)
{
    const char *wrong = wrong_change(&o->augment);
    if (o->w < 1 || o->h < 1 || o->w > MOST_SIDE || o->h > MOST_SIDE)
        return mi_fail(err, MIEN_EARG,
                       "loader: %d x %d, wanted sides of 1 to %d", o->w, o->h,
                       MOST_SIDE);
    if (!o->load && !labels->pixels)
        return mi_fail(err, MIEN_EARG,
                       "loader: no load, wanted a way to load pictures");
    if (wrong)
        return mi_fail(err, MIEN_EARG, "loader: augment.%s is out of its range",
                       wrong);
    if (!in_range(o->margin, -0.4f, 4) || o->threads < 0 || o->ahead < 0 ||
        o->threads > MIEN_LOADER_MAX_THREADS || o->ahead > MOST_AHEAD ||
        o->targets < 0 || o->targets > MIEN_LOADER_MAX_TARGETS)
        return mi_fail(err, MIEN_EARG,
                       "loader: margin %g, %d threads, %d rows ahead, %d "
                       "targets, wanted -0.4 to 4, and at most %d, %d and %d",
                       (double)o->margin, o->threads, o->ahead, o->targets,
                       MIEN_LOADER_MAX_THREADS, MOST_AHEAD,
                       MIEN_LOADER_MAX_TARGETS);
    for (int64_t i = 0; o->box && i < labels->n; i++) {
        const float b[4] = {o->box[i].x, o->box[i].y, o->box[i].width,
                            o->box[i].height};
        for (int k = 0; k < 4; k++)
            if (!in_range(b[k], -MIEN_LABELS_MAX_PLACE, MIEN_LABELS_MAX_PLACE))
                return mi_fail(err, MIEN_EARG,
                               "loader: box %lld has a %g, wanted at most %d",
                               (long long)i, (double)b[k],
                               MIEN_LABELS_MAX_PLACE);
    }
    return MIEN_OK;
}

/* ---- targets ------------------------------------------------------------- */

/* A number of a target that is unknown: the sample, or -1. */
static int64_t unknown_of(const mien_labels *l, const mien_target *t)
{
    for (int64_t i = 0; i < l->n; i++) {
        if (t->kind == MIEN_TARGET_NUMBER &&
            isnan(l->number[i * l->numbers + t->of]))
            return i;
        for (int p = 0; t->kind == MIEN_TARGET_POINTS && p < l->points; p++)
            if (isnan(l->point[i * l->points + p].x))
                return i;
    }
    return -1;
}

/* The elements of a row of a target; 0: the labels have none such. */
static int64_t size_of(const mien_loader *l, const mien_target *t)
{
    const mien_labels *labels = l->labels;
    switch (t->kind) {
    case MIEN_TARGET_POINTS: return 2 * (int64_t)labels->points;
    case MIEN_TARGET_CLASS:
        return t->of >= 0 && t->of < labels->tasks ? labels->task[t->of].classes
                                                   : 0;
    case MIEN_TARGET_SHARES: return labels->shares;
    case MIEN_TARGET_NUMBER: return t->of >= 0 && t->of < labels->numbers;
    case MIEN_TARGET_PICTURE: return l->input;
    }
    return 0;
}

/* The other side of each point or class. */
static mien_status find_mirror(int n, const mien_labels *labels,
                               const mien_label_task *task, int **out,
                               mien_error *err)
{
    *out = mi_alloc((size_t)n + 1, sizeof **out);
    if (!*out)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++)
        (*out)[i] = task ? mien_label_mirror_class(task, i)
                         : mien_labels_mirror_point(labels, i);
    return MIEN_OK;
}

/* Target i of the options, if the labels have it. */
static mien_status add_target(mien_loader *l, int i, mien_error *err)
{
    const mien_labels *labels = l->labels;
    const mien_target *t = &l->o.target[i];
    l->target[i] = *t;
    l->size[i] = size_of(l, t);
    l->all += l->size[i];
    if (!l->size[i])
        return mi_fail(err, MIEN_EARG, "loader: target %d is not in the labels",
                       i);
    if (!in_range(t->smooth, 0, 1))
        return mi_fail(err, MIEN_EARG,
                       "loader: target %d: smooth is %g, wanted 0 to 1", i,
                       (double)t->smooth);
    int64_t unknown = unknown_of(labels, t);
    if (unknown >= 0)
        return mi_fail(err, MIEN_EARG,
                       "loader: target %d is unknown of %.100s (line %lld); "
                       "leave it out",
                       i, labels->name[unknown],
                       (long long)labels->line[unknown]);
    if (l->o.augment.mix > 0 &&
        (t->kind == MIEN_TARGET_POINTS || t->kind == MIEN_TARGET_NUMBER))
        return mi_fail(err, MIEN_EARG,
                       "loader: mix-up (augment.mix) lays pictures over each "
                       "other, but target %d is %s: wanted classes, shares or "
                       "pictures",
                       i,
                       t->kind == MIEN_TARGET_POINTS ? "points" : "a number");
    int of = t->kind == MIEN_TARGET_CLASS ? t->of : 0;
    return t->kind == MIEN_TARGET_CLASS || t->kind == MIEN_TARGET_SHARES
               ? find_mirror((int)l->size[i], labels, &labels->task[of],
                             &l->mirror[i], err)
               : MIEN_OK;
}

/* ---- make and free ------------------------------------------------------- */

/* Memory for each thread that prepares rows. */
static mien_status make_lanes(mien_loader *l, mien_error *err)
{
    size_t n = (size_t)l->o.w * (size_t)l->o.h * 3 + 1;
    const mien_labels *labels = l->labels;
    size_t held = labels->pixels ? (size_t)labels->w * (size_t)labels->h : 0;
    l->lanes = mien_pool_size(l->o.pool) + l->o.threads;
    l->lane = mi_alloc((size_t)l->lanes, sizeof *l->lane);
    for (int i = 0; l->lane && i < l->lanes; i++) {
        mi_lane *lane = &l->lane[i];
        lane->pixels = mi_alloc(n, sizeof *lane->pixels);
        lane->spare = mi_alloc(n, sizeof *lane->spare);
        lane->own = (mi_source){labels->w, labels->h, labels->w,
                                labels->h, 1,         mi_alloc(held + 1, 4)};
        if (!lane->pixels || !lane->spare || !lane->own.pixels)
            return mi_no_memory(err);
    }
    return l->lane ? MIEN_OK : mi_no_memory(err);
}

mien_status mien_loader_new(const mien_labels *labels,
                            const mien_loader_options *options,
                            mien_loader **out, mien_error *err)
{
    mien_status st = check_options(labels, options, err);
    if (st)
        return st;
    mien_loader *l = mi_alloc(1, sizeof *l);
    if (!l)
        return mi_no_memory(err);
    size_t n = (size_t)labels->n + 1;
    l->labels = labels;
    l->o = *options;
    l->o.ahead = options->ahead ? options->ahead : AHEAD;
    l->input = (int64_t)options->w * options->h * (options->gray ? 1 : 3);
    l->all = l->input;
    l->kept = mi_alloc(n, sizeof *l->kept);
    l->error = mi_alloc(n, sizeof *l->error);
    st = l->kept && l->error ? make_lanes(l, err) : mi_no_memory(err);
    if (!st)
        st = find_mirror(labels->points, labels, NULL, &l->mirror_point, err);
    for (int i = 0; !st && i < options->targets; i++)
        st = add_target(l, i, err);
    l->o.target = l->target;
    if (!st)
        st = mi_ahead_start(l, err);
    if (!st)
        *out = l;
    else
        mien_loader_free(l);
    return st;
}

void mien_loader_free(mien_loader *l)
{
    if (!l)
        return;
    mi_ahead_stop(l);
    for (int64_t i = 0; i < l->labels->n; i++) {
        if (l->kept)
            mi_source_free(l->kept[i]);
        if (l->error)
            mi_free(l->error[i]);
    }
    for (int i = 0; l->lane && i < l->lanes; i++) {
        mi_free(l->lane[i].pixels);
        mi_free(l->lane[i].spare);
        mi_free(l->lane[i].own.pixels);
    }
    for (int i = 0; i < MIEN_LOADER_MAX_TARGETS; i++)
        mi_free(l->mirror[i]);
    mi_free(l->mirror_point);
    mi_free(l->kept);
    mi_free(l->error);
    mi_free(l->lane);
    mi_free(l);
}

int64_t mien_loader_target_size(const mien_loader *l, int t)
{
    assert(t >= 0 && t < l->o.targets);
    return l->size[t];
}

int64_t mien_loader_failures(const mien_loader *l)
{
    mi_loader_lock(l);
    int64_t n = l->failures;
    mi_loader_unlock(l);
    return n;
}

const mien_error *mien_loader_failure(const mien_loader *l, int64_t row)
{
    assert(row >= 0 && row < l->labels->n);
    mi_loader_lock(l);
    const mien_error *why = l->error[row];
    mi_loader_unlock(l);
    return why;
}

void mien_loader_notes(const mien_loader *l, mien_buffer *out)
{
    int told = 0;
    for (int64_t i = 0; i < l->labels->n && told < MIEN_LABELS_TOLD; i++) {
        const mien_error *why = mien_loader_failure(l, i);
        if (why)
            mien_buffer_printf(out, "%s\n", why->text);
        told += why != NULL;
    }
    if (told)
        mien_buffer_printf(out, "%lld pictures could not be read\n",
                           (long long)mien_loader_failures(l));
}

/* ---- a row --------------------------------------------------------------- */

/* A row's picture, cut and changed, and the map that did it. */
static mien_status view(mien_loader *l, int epoch, int64_t row, mi_lane *lane,
                        mi_change *c, mi_affine *a, mien_error *err)
{
    const mien_loader_options *o = &l->o;
    mi_source *s = NULL;
    int owned = 0;
    mien_status st = mi_loader_source(l, row, lane, &s, &owned, err);
    if (st)
        return st;
    *c = mi_change_of(&o->augment, o->seed, epoch, row);
    *a = mi_affine_of(mi_loader_cut(l, row, s->whole_w, s->whole_h), c, o->w,
                      o->h);
    mi_warp(s, a, o->w, o->h, lane->pixels);
    mi_change_pixels(c, o->w, o->h, lane->pixels, lane->spare);
    if (owned)
        mi_source_free(s);
    return MIEN_OK;
}

/* Pixels as planes of channels. */
static void put_input(const mien_loader_options *o, const float *pixels,
                      float *out)
{
    int64_t n = (int64_t)o->w * o->h;
    if (o->gray)
        for (int64_t i = 0; i < n; i++, pixels += 3)
            out[i] = (0.299f * pixels[0] + 0.587f * pixels[1] +
                      0.114f * pixels[2] - o->mean[0]) *
                     o->scale[0];
    for (int c = 0; c < 3 && !o->gray; c++)
        for (int64_t i = 0; i < n; i++)
            out[c * n + i] = (pixels[3 * i + c] - o->mean[c]) * o->scale[c];
}

/* Points of a row in pixels of the result. */
static void place_points(const mien_loader *l, int64_t row, const mi_affine *a,
                         int mirror, mien_point *out)
{
    const mien_labels *labels = l->labels;
    for (int i = 0; i < labels->points; i++) {
        int from = mirror ? l->mirror_point[i] : i;
        out[i] = mi_affine_back(a, labels->point[row * labels->points + from]);
    }
}

/* Target i of a row; input is the row's. */
static void put_target(const mien_loader *l, int i, int64_t row,
                       const mi_change *c, const mi_affine *a,
                       const float *input, float *out)
{
    const mien_labels *labels = l->labels;
    const mien_target *t = &l->target[i];
    int64_t n = l->size[i];
    float rest = t->smooth / (float)n;
    if (t->kind == MIEN_TARGET_PICTURE) {
        memcpy(out, input, (size_t)n * sizeof *out);
    } else if (t->kind == MIEN_TARGET_NUMBER) {
        out[0] = labels->number[row * labels->numbers + t->of];
    } else if (t->kind == MIEN_TARGET_POINTS) {
        mien_point p[MIEN_LABELS_MAX_POINTS];
        place_points(l, row, a, c->mirror, p);
        for (int k = 0; k < labels->points; k++) {
            *out++ = p[k].x / (float)l->o.w;
            *out++ = p[k].y / (float)l->o.h;
        }
    } else if (t->kind == MIEN_TARGET_CLASS) {
        int label = labels->label[row * labels->tasks + t->of];
        for (int64_t k = 0; k < n; k++)
            out[k] = label < 0 ? 0 : rest;
        if (label >= 0)
            out[c->mirror ? l->mirror[i][label] : label] += 1 - t->smooth;
    } else {
        for (int64_t k = 0; k < n; k++) {
            int64_t from = c->mirror ? l->mirror[i][k] : k;
            out[k] = labels->share[row * n + from] * (1 - t->smooth) + rest;
        }
    }
}

mien_status mi_loader_row(mien_loader *l, int epoch, int64_t row, int lane,
                          float *input, float *const *targets, float *weight,
                          mien_error *err)
{
    mi_change c;
    mi_affine a;
    mien_status st = view(l, epoch, row, &l->lane[lane], &c, &a, err);
    *weight = st ? 0.0f : 1.0f;
    if (st == MIEN_ENOMEM)
        return st;
    if (st) {
        memset(input, 0, (size_t)l->input * sizeof *input);
        for (int i = 0; i < l->o.targets; i++)
            memset(targets[i], 0, (size_t)l->size[i] * sizeof(float));
        return MIEN_OK;
    }
    put_input(&l->o, l->lane[lane].pixels, input);
    for (int i = 0; i < l->o.targets; i++)
        put_target(l, i, row, &c, &a, input, targets[i]);
    return MIEN_OK;
}

/* ---- rows ---------------------------------------------------------------- */

/* Rows that are filled in by all threads. */
typedef struct filling {
    mien_loader *l;
    int epoch;
    const int64_t *rows;
    float *const *inputs, *const *targets;
    float *weights;
    mien_error *lane_error; /* [lanes] */
} filling;

enum { PENDING = -1 }; /* the weight of a row that a thread is at */

/* Where the targets of row j go. */
static void places_of(const filling *f, int j,
                      float *place[MIEN_LOADER_MAX_TARGETS])
{
    for (int i = 0; i < f->l->o.targets; i++)
        place[i] = f->targets[i] + j * f->l->size[i];
}

/* Copy row j if it is ready, prepare it if nobody is at it; with `wait` it is
 * ready afterwards. */
static mien_status fill_row(const filling *f, int j, int lane, int wait,
                            mien_error *err)
{
    mien_loader *l = f->l;
    float *place[MIEN_LOADER_MAX_TARGETS], *input = f->inputs[0] + j * l->input;
    mien_status st = MIEN_OK;
    places_of(f, j, place);
    int taken = mi_ahead_take(l, f->epoch, f->rows[j], wait, input, place,
                              &f->weights[j], &st);
    if (taken < 0)
        f->weights[j] = PENDING;
    else if (!taken)
        st = mi_loader_row(l, f->epoch, f->rows[j], lane, input, place,
                           &f->weights[j], err);
    else if (st)
        mi_no_memory(err);
    return st;
}

static void fill_task(void *arg, int j, int lane)
{
    filling *f = arg;
    assert(f->rows[j] >= 0 && f->rows[j] < f->l->labels->n);
    mien_error why = {0};
    if (fill_row(f, j, lane, 0, &why))
        f->lane_error[lane] = why;
}

/* Mix rows with each other from both ends: j with n - 1 - j. */
static void mix_up(const filling *f, int n)
{
    const mien_loader *l = f->l;
    for (int j = 0, other = n - 1; j < other; j++, other--) {
        mi_change c =
            mi_change_of(&l->o.augment, l->o.seed, f->epoch, f->rows[j]);
        if (f->weights[j] <= 0 || f->weights[other] <= 0)
            continue;
        for (int i = -1; i < l->o.targets; i++) {
            int64_t size = i < 0 ? l->input : l->size[i];
            float *base = i < 0 ? f->inputs[0] : f->targets[i];
            float *a = base + j * size, *b = base + other * size;
            for (int64_t k = 0; k < size; k++) {
                float x = a[k], y = b[k];
                a[k] = c.mix * x + (1 - c.mix) * y;
                b[k] = c.mix * y + (1 - c.mix) * x;
            }
        }
    }
}

mien_status mien_loader_fill(mien_loader *l, int epoch, const int64_t *rows,
                             int n, float *const *inputs, float *const *targets,
                             float *weights, mien_error *err)
{
    mien_error failed[MIEN_POOL_MAX + 1];
    filling f = {l, epoch, rows, inputs, targets, NULL, failed};
    int threads = mien_pool_size(l->o.pool);
    f.weights = weights;
    for (int i = 0; i < threads; i++)
        failed[i].status = MIEN_OK;
    mi_ahead_tick(l);
    mi_pool_run(l->o.pool, n, fill_task, &f);
    mien_status st = MIEN_OK;
    for (int j = 0; j < n; j++)
        if (f.weights[j] < 0 && !st)
            st = fill_row(&f, j, 0, 1, err);
    for (int i = 0; i < threads && !st; i++)
        if (failed[i].status)
            st = mi_fail(err, failed[i].status, "%s", failed[i].text);
    if (!st && l->o.augment.mix > 0 && epoch >= 0)
        mix_up(&f, n);
    return st;
}

void mien_loader_prefetch(mien_loader *l, int epoch, const int64_t *rows, int n)
{
    for (int i = 0; i < n; i++)
        assert(rows[i] >= 0 && rows[i] < l->labels->n);
    mi_ahead_ask(l, epoch, rows, n);
}

/* ---- pictures ------------------------------------------------------------ */

mien_status mien_loader_picture(mien_loader *l, int epoch, int64_t row,
                                mien_image *out, mien_point *point, int *label,
                                mien_error *err)
{
    assert(row >= 0 && row < l->labels->n);
    mi_change c;
    mi_affine a;
    const mien_labels *labels = l->labels;
    mien_status st = view(l, epoch, row, &l->lane[0], &c, &a, err);
    if (!st)
        st = mien_image_new(l->o.w, l->o.h, out, err);
    if (st)
        return st;
    for (int64_t i = 0; i < (int64_t)l->o.w * l->o.h * 3; i++)
        out->data[i] = (uint8_t)(l->lane[0].pixels[i] + 0.5f);
    if (point)
        place_points(l, row, &a, c.mirror, point);
    for (int t = 0; label && t < labels->tasks; t++) {
        label[t] = labels->label[row * labels->tasks + t];
        if (c.mirror)
            label[t] = mien_label_mirror_class(&labels->task[t], label[t]);
    }
    return MIEN_OK;
}

mien_status mien_loader_box(mien_loader *l, int64_t row, mien_box *out,
                            mien_error *err)
{
    assert(row >= 0 && row < l->labels->n);
    mi_source *s = NULL;
    int owned = 0;
    mien_status st = mi_loader_source(l, row, &l->lane[0], &s, &owned, err);
    if (st)
        return st;
    *out = mi_loader_cut(l, row, s->whole_w, s->whole_h);
    if (owned)
        mi_source_free(s);
    return MIEN_OK;
}
