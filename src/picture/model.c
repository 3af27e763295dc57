/* model.c: a model that was written, asked about boxes of a photo.
 *
 * Each box becomes a row of a loader, with a crop of the photo as its picture.
 * The crop begins and ends at whole blocks of the pixels that the loader makes
 * one of, so that the row is the one that the whole photo would give. */
#include "mien/picture_model.h"
#include "picture/picture.h"
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mien_picture_model {
    mien_graph *graph;
    char *words; /* of the view */
    mi_view view;
    mien_label_task task[MIEN_MAX_LOSSES]; /* the answers of classes */
    int tasks;
};

/* ---- the model ----------------------------------------------------------- */

void mien_picture_model_free(mien_picture_model *m)
{
    if (!m)
        return;
    mien_graph_free(m->graph);
    mi_free(m->words);
    mi_free(m);
}

/* Keep the answers that tell something of a picture, and their classes. */
static void keep_answers(mien_picture_model *m)
{
    mi_view *v = &m->view;
    int kept = 0;
    for (int i = 0; i < v->n_answers; i++) {
        mi_answer a = v->answer[i];
        if (!mi_answer_labelled(&a))
            continue;
        if (a.kind == MIEN_ANSWER_CLASSES) {
            a.of = m->tasks++;
            m->task[a.of] = (mien_label_task){NULL, 0, a.classes, a.class_name};
        }
        v->answer[kept++] = a;
    }
    v->n_answers = kept;
}

mien_status mien_picture_model_new(const uint8_t *bytes, size_t n,
                                   mien_picture_model **out, mien_error *err)
{
    mien_picture_model *m = mi_alloc(1, sizeof *m);
    if (!m)
        return mi_no_memory(err);
    mien_status st = mien_onnx_read(bytes, n, &m->graph, err);
    if (!st)
        st = mi_view_get(m->graph, &m->view, &m->words, err);
    if (!st)
        keep_answers(m);
    if (!st && !m->view.n_answers)
        st = mi_fail(err, MIEN_EFORMAT,
                     "the model tells nothing of a picture: it makes one again "
                     "(an auto-encoder); wanted classes, points or a number");
    if (st)
        mien_picture_model_free(m);
    else
        *out = m;
    return st;
}

int mien_picture_model_answers(const mien_picture_model *m)
{
    return m->view.n_answers;
}

mien_picture_answer mien_picture_model_answer(const mien_picture_model *m,
                                              int i)
{
    assert(i >= 0 && i < m->view.n_answers);
    const mi_answer *a = &m->view.answer[i];
    return (mien_picture_answer){
        a->name,  a->task,    a->kind,
        a->units, a->classes, (const char *const *)a->class_name};
}

int mien_picture_model_find(const mien_picture_model *m, mien_answer_kind kind,
                            const char *task)
{
    int found = -1, n = 0;
    for (int i = 0; i < m->view.n_answers; i++) {
        const mi_answer *a = &m->view.answer[i];
        if (a->kind != kind || (task && strcmp(a->task, task) != 0))
            continue;
        found = i;
        n++;
    }
    return n == 1 ? found : -1;
}

mien_box mien_picture_model_frame(const mien_picture_model *m)
{
    return m->view.frame;
}

/* ---- rows ---------------------------------------------------------------- */

enum { NAME = 12, BORDER = 2 }; /* bytes of a row's number; blocks */

/* Boxes of a photo as rows of a loader. */
typedef struct asking {
    const mien_image *photo;
    mi_view view;
    mien_labels labels;
    mien_label_task task[MIEN_MAX_LOSSES];
    char (*number)[NAME]; /* [n] the names of the rows */
    mien_box *cut;        /* [n] in pixels of the photo */
    mien_box *box;        /* [n] in pixels of the crop */
    int (*crop)[4];       /* [n] x, y, width, height in the photo */
    int64_t *row;         /* [n] */
} asking;

static void end_asking(asking *a)
{
    mi_free(a->labels.name);
    mi_free(a->labels.line);
    mi_free(a->labels.point);
    mi_free(a->number);
    mi_free(a->cut);
    mi_free(a->box);
    mi_free(a->crop);
    mi_free(a->row);
}

/* A mien_picture_load: the crop of a row. */
static mien_status load_crop(void *arg, const char *name, mien_image *out,
                             mien_error *err)
{
    const asking *a = arg;
    const int *c = a->crop[strtol(name, NULL, 10)];
    return mien_image_crop(a->photo, c[0], c[1], c[2], c[3], out, err);
}

/* Whole blocks of a side that hold a cut and a border, within the photo. */
static void crop_side(float from, float length, int block, int side, int *at,
                      int *len)
{
    float most = (float)side - 1;
    float low = from < 0 ? 0 : from > most ? most : from;
    float high = from + length;
    high = high < 0 ? 0 : high > most ? most : high;
    int first = (int)low / block - BORDER, last = (int)high / block + BORDER;
    *at = first < 0 ? 0 : first * block;
    int end = (last + 1) * block;
    *len = (end < side ? end : side) - *at;
}

/* What is cropped for a box, and the box there. */
static void place_box(asking *a, ptrdiff_t i, mien_box b)
{
    const mi_view *v = &a->view;
    mien_box cut = mi_cut_of(b, v->view.margin, v->view.square);
    int block = mi_shrink_of(cut, v->w, v->h), *c = a->crop[i];
    crop_side(cut.x, cut.width, block, a->photo->w, &c[0], &c[2]);
    crop_side(cut.y, cut.height, block, a->photo->h, &c[1], &c[3]);
    a->cut[i] = cut;
    a->box[i] =
        (mien_box){b.x - (float)c[0], b.y - (float)c[1], b.width, b.height};
}

static int is_box(mien_box b)
{
    const float far = 0.25f * MIEN_LABELS_MAX_PLACE;
    return b.width > 0 && b.height > 0 && b.width < far && b.height < far &&
           fabsf(b.x) < far && fabsf(b.y) < far;
}

/* Names of points, by which a mirror exchanges them. */
static void name_points(asking *a)
{
    for (int i = 0; i < a->view.n_answers; i++) {
        const mi_answer *p = &a->view.answer[i];
        if (p->kind == MIEN_ANSWER_POINTS && p->classes &&
            p->classes <= MIEN_LABELS_MAX_POINTS) {
            a->labels.points = p->classes;
            a->labels.point_name = p->class_name;
        }
    }
}

/* Memory for n rows; box NULL: the whole photo is one. */
static mien_status begin_asking(const mien_picture_model *m,
                                const mien_image *photo, int n,
                                const mien_box *box, asking *a, mien_error *err)
{
    mien_labels *l = &a->labels;
    size_t len = (size_t)n + 1;
    mien_box whole = {0, 0, (float)photo->w, (float)photo->h};
    *a = (asking){.photo = photo, .view = m->view};
    l->n = n;
    memcpy(a->task, m->task, sizeof a->task);
    l->task = a->task;
    l->tasks = m->tasks;
    name_points(a);
    if (!box || a->view.view.crop == MIEN_CROP_WHOLE)
        a->view.view.margin = 0;
    a->view.view.crop = MIEN_CROP_BOX;
    size_t points = (size_t)l->points + 1;
    l->name = mi_alloc(len, sizeof *l->name);
    l->line = mi_alloc(len, sizeof *l->line);
    l->point = mi_alloc(len * points, sizeof *l->point);
    a->number = mi_alloc(len, sizeof *a->number);
    a->cut = mi_alloc(len, sizeof *a->cut);
    a->box = mi_alloc(len, sizeof *a->box);
    a->crop = mi_alloc(len, sizeof *a->crop);
    a->row = mi_alloc(len, sizeof *a->row);
    if (!l->name || !l->line || !l->point || !a->number || !a->cut || !a->box ||
        !a->crop || !a->row)
        return mi_no_memory(err);
    for (ptrdiff_t i = 0; i < n; i++) {
        snprintf(a->number[i], NAME, "%d", (int)i);
        l->name[i] = a->number[i];
        a->row[i] = i;
        place_box(a, i, box ? box[i] : whole);
    }
    return MIEN_OK;
}

/* ---- replies ------------------------------------------------------------- */

void mien_picture_replies_free(mien_picture_replies *r)
{
    if (!r)
        return;
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        mi_free(r->value[i]);
    *r = (mien_picture_replies){0};
}

/* Logits to probabilities. */
static void to_probabilities(const mi_answer *a, float *z)
{
    double top = (double)z[0], sum = 0;
    for (int c = 1; c < a->units; c++)
        top = (double)z[c] > top ? (double)z[c] : top;
    for (int c = 0; c < a->units; c++)
        sum += exp(((double)z[c] - top) / a->temperature);
    for (int c = 0; c < a->units; c++)
        z[c] = (float)(exp(((double)z[c] - top) / a->temperature) / sum);
}

/* Points from pixels from a cut's middle to pixels of the photo. */
static void to_photo(const mi_view *v, const mi_answer *a, mien_box cut,
                     float *xy)
{
    for (int i = 0; i < a->units; i += 2) {
        xy[i] = cut.x + cut.width * (0.5f + xy[i] / (float)v->w);
        xy[i + 1] = cut.y + cut.height * (0.5f + xy[i + 1] / (float)v->h);
    }
}

/* What was said, as it is understood; the arrays change hands. */
static void take_replies(const asking *a, mi_said *said,
                         mien_picture_replies *out)
{
    *out = (mien_picture_replies){.n = a->labels.n};
    for (int i = 0; i < a->view.n_answers; i++) {
        const mi_answer *of = &a->view.answer[i];
        float *y = out->value[i] = said->said[i];
        said->said[i] = NULL;
        for (int64_t j = 0; j < out->n; j++, y += of->units)
            if (of->kind == MIEN_ANSWER_CLASSES)
                to_probabilities(of, y);
            else if (of->kind == MIEN_ANSWER_POINTS)
                to_photo(&a->view, of, a->cut[j], y);
    }
}

/* Refuse what cannot be asked. */
static mien_status check_boxes(const mien_picture_model *m, int n,
                               const mien_box *box, int mirror, mien_error *err)
{
    for (int i = 0; box && i < n; i++)
        if (!is_box(box[i]))
            return mi_fail(err, MIEN_EARG,
                           "box %d is %g x %g at %g,%g, wanted one with an "
                           "area, near the photo",
                           i, (double)box[i].width, (double)box[i].height,
                           (double)box[i].x, (double)box[i].y);
    for (int i = 0; mirror && i < m->view.n_answers; i++) {
        const mi_answer *a = &m->view.answer[i];
        if (a->kind == MIEN_ANSWER_POINTS &&
            (!a->classes || a->classes > MIEN_LABELS_MAX_POINTS))
            return mi_fail(err, MIEN_EARG,
                           "the points '%.40s' have no names, which a mirror "
                           "exchanges them by; ask without it",
                           a->name);
    }
    return MIEN_OK;
}

mien_status mien_picture_model_ask(const mien_picture_model *m,
                                   const mien_image *photo, int n,
                                   const mien_box *box,
                                   const mien_picture_ask_options *options,
                                   mien_picture_replies *out, mien_error *err)
{
    const mien_picture_ask_options zeros = {0};
    const mien_picture_ask_options *o = options ? options : &zeros;
    mien_picture_options plain = MIEN_PICTURE_DEFAULTS;
    mien_picture_set set = {.load = load_crop};
    mien_loader *loader = NULL;
    mi_said said = {0};
    asking a;
    mien_status st = check_boxes(m, n, box, o->mirror, err);
    if (st)
        return st;
    *out = (mien_picture_replies){0};
    if (n <= 0)
        return MIEN_OK;
    st = begin_asking(m, photo, n, box, &a, err);
    set.labels = &a.labels;
    set.arg = &a;
    set.box = a.box;
    plain.pool = o->pool;
    if (!st)
        st = mi_view_loader(&a.view, &set, &plain, &loader, err);
    const mi_rows rows = {&a.view, &set, loader, a.row, n, NULL};
    if (!st)
        st = mi_predict(m->graph, &rows, o->mirror, o->pool, &said, err);
    if (!st) {
        assert(mien_loader_failures(loader) == 0);
        take_replies(&a, &said, out);
    }
    mi_said_free(&said);
    mien_loader_free(loader);
    end_asking(&a);
    return st;
}
