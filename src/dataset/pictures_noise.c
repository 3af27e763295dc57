/* pictures_noise.c: which pictures' labels are looked at, and why not.
 *
 * Of more than MIEN_PICTURES_MAX_NOISE pictures a random sample is looked at,
 * drawn before they are read, so that each is read once.  Pictures that are the
 * same or nearly so go into the same fold: a model that learned from one knows
 * the label of the other. */
#include "dataset/pictures_noise.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>

enum { LEAST_ROWS = 200 };

static int tasks_of(const mien_labels *l)
{
    return l->tasks < MIEN_PICTURES_MAX_BY ? l->tasks : MIEN_PICTURES_MAX_BY;
}

/* The sample: all, or as many as there is room for. */
static mien_status draw(const mien_pictures_check *c, mi_picture_noise *s,
                        mien_error *err)
{
    const int64_t n = c->labels->n;
    mien_random r;
    int64_t *order = mi_alloc((size_t)n + 1, sizeof *order);
    if (!order)
        return mi_no_memory(err);
    mien_random_init(&r, c->o.seed);
    mien_random_permutation(&r, n, order);
    for (int64_t i = 0; i < n; i++)
        s->slot[i] = -1;
    for (int64_t i = 0; i < s->room; i++)
        s->slot[s->room == n ? i : order[i]] = (int32_t)i;
    mi_free(order);
    return MIEN_OK;
}

mien_status mi_pictures_noise_new(mien_pictures_check *c, mien_error *err)
{
    const mien_labels *l = c->labels;
    if (c->o.no_noise || !l->tasks || !l->n)
        return MIEN_OK;
    mi_picture_noise *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    c->noise = s;
    s->room = l->n < MIEN_PICTURES_MAX_NOISE ? l->n : MIEN_PICTURES_MAX_NOISE;
    s->tasks = tasks_of(l);
    s->task = mi_alloc((size_t)s->tasks, sizeof *s->task);
    s->slot = mi_alloc((size_t)l->n, sizeof *s->slot);
    s->feature =
        mi_alloc((size_t)s->room, MI_PICTURE_FEATURES * sizeof *s->feature);
    if (c->o.analyzer)
        s->face = mi_alloc((size_t)s->room, MI_FACE_FEATURES * sizeof *s->face);
    if (!s->task || !s->slot || !s->feature || (c->o.analyzer && !s->face))
        return mi_no_memory(err);
    return draw(c, s, err);
}

mien_status mi_pictures_noise_add(mien_pictures_check *c, int64_t i,
                                  const mien_image *im, const mien_faces *faces,
                                  mien_error *err)
{
    const mi_picture_noise *s = c->noise;
    if (!s || s->slot[i] < 0)
        return MIEN_OK;
    if (s->face)
        mi_picture_face_features(faces, s->face + (size_t)s->slot[i] *
                                                      MI_FACE_FEATURES);
    return mi_picture_features(
        im, s->feature + (size_t)s->slot[i] * MI_PICTURE_FEATURES, err);
}

/* ---- folds --------------------------------------------------------------- */

/* The first of the pictures that one is like. */
static int64_t root_of(int64_t *first, int64_t i)
{
    while (first[i] != i) {
        first[i] = first[first[i]];
        i = first[i];
    }
    return i;
}

/* Pictures that are alike share a fold; of each class as many in each. */
static mien_status share_out(mi_noise_work *w, mien_error *err)
{
    const mien_pictures_check *c = w->c;
    const int64_t n = c->labels->n;
    int next[MI_NOISE_CLASSES] = {0};
    mien_random r;
    int64_t *first = mi_alloc((size_t)n, sizeof *first);
    int8_t *fold = mi_alloc((size_t)n, 1);
    mien_status st = first && fold ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; i < n && !st; i++) {
        first[i] = i;
        fold[i] = -1;
    }
    for (int64_t i = 0; i < c->pairs && !st; i++) {
        int64_t a = root_of(first, c->pair[i].a);
        int64_t b = root_of(first, c->pair[i].b);
        first[a > b ? a : b] = a > b ? b : a;
    }
    mien_random_init(&r, c->o.seed + 1);
    for (int64_t i = 0; i < w->n && !st; i++) {
        int64_t root = root_of(first, w->row[i]);
        int *turn = &next[w->of[i]];
        if (fold[root] < 0) {
            fold[root] = (int8_t)(*turn % MI_NOISE_FOLDS);
            *turn += 1 + (int)mien_random_below(&r, MI_NOISE_FOLDS - 1);
        }
        w->fold[i] = (uint8_t)fold[root];
    }
    mi_free(first);
    mi_free(fold);
    return st;
}

/* ---- rows ---------------------------------------------------------------- */

/* The class of a picture in a task, if it is in the sample and was read. */
static int class_of(const mien_pictures_check *c, int task, int64_t i)
{
    const mien_labels *l = c->labels;
    return c->noise->slot[i] >= 0 && c->measure[i].w &&
                   c->measure[i].contrast > 0
               ? l->label[i * l->tasks + task]
               : -1;
}

/* Why a task of such classes cannot be judged; 0: it can. */
static int say_why_not(mien_noise *out, int classes, int64_t labelled)
{
    const int room = sizeof out->why;
    int said = 0;
    if (labelled == 0)
        said = snprintf(out->why, room, "no picture has a label");
    else if (classes == 1)
        said = snprintf(out->why, room, "all have the same label");
    else if (out->classes < 2)
        said = snprintf(out->why, room,
                        "of %d classes %d have %d pictures or more, wanted 2",
                        classes, out->classes, (int)MIEN_NOISE_LEAST);
    else if (out->classes > MI_NOISE_CLASSES)
        said = snprintf(out->why, room,
                        "%d classes of %d pictures or more, wanted %d at most",
                        out->classes, (int)MIEN_NOISE_LEAST,
                        (int)MI_NOISE_CLASSES);
    else if (out->pictures < LEAST_ROWS)
        said = snprintf(out->why, room,
                        "%lld pictures have a label of a class of %d or more, "
                        "wanted %d",
                        (long long)out->pictures, (int)MIEN_NOISE_LEAST,
                        (int)LEAST_ROWS);
    return said > 0;
}

/* Count the classes, and take the rows of those that have enough. */
static mien_status choose(mi_noise_work *w, int task, mien_noise *out,
                          mien_error *err)
{
    const mien_pictures_check *c = w->c;
    const int all = c->labels->task[task].classes;
    int64_t *rows = mi_alloc((size_t)all + 1, sizeof *rows);
    int *number = mi_alloc((size_t)all + 1, sizeof *number), classes = 0;
    if (!rows || !number) {
        mi_free(rows);
        mi_free(number);
        return mi_no_memory(err);
    }
    for (int64_t i = 0; i < c->labels->n; i++) {
        int k = class_of(c, task, i);
        if (k >= 0)
            rows[k]++;
    }
    for (int k = 0; k < all; k++) {
        const int enough = rows[k] >= MIEN_NOISE_LEAST;
        classes += rows[k] > 0;
        out->of += rows[k];
        number[k] = enough ? out->classes : -1;
        if (enough && out->classes < MI_NOISE_CLASSES)
            w->class_of[out->classes] = k;
        out->classes += enough;
        out->few += rows[k] > 0 && !enough;
        out->pictures += enough ? rows[k] : 0;
    }
    mien_status st = MIEN_OK;
    if (!say_why_not(out, classes, out->of)) {
        w->classes = out->classes;
        w->row = mi_alloc((size_t)out->pictures, sizeof *w->row);
        w->of = mi_alloc((size_t)out->pictures, sizeof *w->of);
        w->fold = mi_alloc((size_t)out->pictures, 1);
        st = w->row && w->of && w->fold ? MIEN_OK : mi_no_memory(err);
        for (int64_t i = 0; i < c->labels->n && !st; i++) {
            int k = class_of(c, task, i);
            if (k < 0 || number[k] < 0)
                continue;
            w->row[w->n] = i;
            w->of[w->n++] = number[k];
        }
    }
    mi_free(rows);
    mi_free(number);
    return st;
}

/* ---- tasks --------------------------------------------------------------- */

/* Choose the rows of a task, let the model learn, and judge. */
static mien_status judge_task(mien_pictures_check *c, int task, mien_error *err)
{
    mi_noise_work *w = mi_alloc(1, sizeof *w);
    mien_noise *out = &c->noise->task[task];
    if (!w)
        return mi_no_memory(err);
    w->c = c;
    out->task = c->labels->task[task].name;
    mien_status st = choose(w, task, out, err);
    const int run = !st && !*out->why;
    if (run)
        st = share_out(w, err);
    if (run && !st)
        st = mi_noise_fit(w, c->noise, err);
    out->faces = w->faces;
    if (run && !st)
        st = mi_noise_judge(w, out, err);
    mi_free(w->row);
    mi_free(w->of);
    mi_free(w->fold);
    mi_free(w->x);
    mi_free(w->probability);
    mi_free(w->wrong);
    mi_free(w);
    return st;
}

mien_status mi_pictures_noise(mien_pictures_check *c, mien_error *err)
{
    mien_status st = MIEN_OK;
    mi_picture_noise *s = c->noise;
    for (int t = 0; s && t < s->tasks && !st; t++)
        st = judge_task(c, t, err);
    if (s) { /* they are not asked for again */
        mi_free(s->feature);
        mi_free(s->face);
        s->feature = s->face = NULL;
    }
    return st;
}

void mi_pictures_noise_free(mien_pictures_check *c)
{
    mi_picture_noise *s = c->noise;
    if (!s)
        return;
    for (int t = 0; s->task && t < s->tasks; t++) {
        mi_free(s->task[t].pair);
        mi_free(s->task[t].suspect);
    }
    mi_free(s->task);
    mi_free(s->slot);
    mi_free(s->feature);
    mi_free(s->face);
    mi_free(s);
}

const mien_noise *mien_pictures_check_noise(const mien_pictures_check *c,
                                            int *n)
{
    *n = c->noise ? c->noise->tasks : 0;
    return c->noise ? c->noise->task : NULL;
}
