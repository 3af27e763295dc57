/* meta.c: how a model of pictures is used, in its metadata: lines of fields
 * apart by tabs.
 *
 *   mien/picture/1
 *   view      crop margin square, and the side of aligned faces
 *   frame     x y width height, of the points, if it is known
 *   input     number channels height width colour
 *   mean      a number a channel; scale the same
 *   answer    output kind name task temperature units, and the names of classes
 *             or points */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char key[] = "mien.picture", first_line[] = "mien/picture/1\n";

static void put_reals(mien_buffer *b, const char *word, const float *v)
{
    mien_buffer_printf(b, "%s\t%.9g\t%.9g\t%.9g\n", word, (double)v[0],
                       (double)v[1], (double)v[2]);
}

mien_status mi_view_put(const mi_view *v, mien_graph *g, mien_error *err)
{
    mien_buffer b = {0};
    mien_buffer_puts(&b, first_line);
    mien_buffer_printf(&b, "view\t%d\t%.9g\t%d", (int)v->view.crop,
                       (double)v->view.margin, v->view.square);
    if (v->view.aligned)
        mien_buffer_printf(&b, "\t%d", v->view.aligned);
    mien_buffer_puts(&b, "\n");
    mien_buffer_printf(&b, "input\t%d\t%d\t%d\t%d\t%d\n", v->input, v->channels,
                       v->h, v->w, (int)v->colour);
    if (v->frame.width > 0.01f && v->frame.height > 0.01f)
        mien_buffer_printf(&b, "frame\t%.9g\t%.9g\t%.9g\t%.9g\n",
                           (double)v->frame.x, (double)v->frame.y,
                           (double)v->frame.width, (double)v->frame.height);
    put_reals(&b, "mean", v->mean);
    put_reals(&b, "scale", v->scale);
    for (int i = 0; i < v->n_answers; i++) {
        const mi_answer *a = &v->answer[i];
        mien_buffer_printf(&b, "answer\t%d\t%d", a->output, (int)a->kind);
        mi_field_put(&b, a->name);
        mi_field_put(&b, a->task);
        mien_buffer_printf(&b, "\t%.9g\t%d", a->temperature, a->units);
        for (int c = 0; c < a->classes; c++)
            mi_field_put(&b, a->class_name[c]);
        mien_buffer_puts(&b, "\n");
    }
    mien_buffer_put(&b, "", 1);
    if (b.failed) {
        mien_buffer_free(&b);
        return mi_no_memory(err);
    }
    mien_graph_set_meta(g, key, (const char *)b.data);
    mien_graph_set_meta(g, "mien.task", "pictures");
    mien_buffer_free(&b);
    return mien_graph_check(g, err);
}

/* ---- reading
 * ------------------------------------------------------------------ */

enum { FIELDS = 7 + MIEN_METRICS_CLASSES_MAX, SIDE_MAX = 4096 };

/* A whole number of lo..hi; 0 if it is none. */
static int get_int(const char *s, int lo, int hi, int *out)
{
    char *end;
    long v = strtol(s, &end, 10);
    *out = (int)v;
    return *s && !*end && v >= lo && v <= hi;
}

static int get_real(const char *s, float *out)
{
    char *end;
    *out = strtof(s, &end);
    return *s && !*end && isfinite(*out);
}

static int get_name(const char *s, char out[MIEN_NET_NAME])
{
    size_t n = strlen(s);
    if (n >= MIEN_NET_NAME)
        return 0;
    memcpy(out, s, n + 1);
    return 1;
}

/* Whether an answer has as many names as it wants; points may have none. */
static int has_names(const mi_answer *a)
{
    if (a->kind == MIEN_ANSWER_CLASSES)
        return a->classes == a->units && a->classes > 1;
    return a->classes == 0 ||
           (a->kind == MIEN_ANSWER_POINTS && 2 * a->classes == a->units);
}

/* An answer's line; names of classes go to *names, which moves on. */
static int get_answer(char **f, int n, const mien_graph *g, char ***names,
                      mi_view *v)
{
    mi_answer *a = &v->answer[v->n_answers];
    int kind;
    float temperature;
    *a = (mi_answer){.of = -1, .place = -1};
    if (v->n_answers == MIEN_MAX_LOSSES || n < 7 ||
        !get_int(f[1], 0, mien_graph_outputs(g) - 1, &a->output) ||
        !get_int(f[2], 0, MIEN_ANSWER_LOSS, &kind) ||
        !get_name(f[3], a->name) || !get_name(f[4], a->task) ||
        !get_real(f[5], &temperature) || !(temperature > 0) ||
        !get_int(f[6], 1, 1 << 26, &a->units))
        return 0;
    mien_shape s = mien_graph_output_shape(g, a->output);
    int64_t units = 1;
    for (int d = 1; d < s.rank; d++)
        units *= s.dim[d] > 0 ? s.dim[d] : 1;
    a->kind = (mien_answer_kind)kind;
    a->temperature = (double)temperature;
    a->classes = n - 7;
    a->class_name = *names;
    for (int c = 0; c < a->classes; c++)
        *(*names)++ = f[7 + c];
    a->target.kind = a->kind == MIEN_ANSWER_CLASSES  ? MIEN_TARGET_CLASS
                     : a->kind == MIEN_ANSWER_POINTS ? MIEN_TARGET_POINTS
                                                     : MIEN_TARGET_NUMBER;
    v->n_answers++;
    return units == a->units && has_names(a);
}

static int get_reals(char **f, int n, float *out)
{
    return n == 4 && get_real(f[1], &out[0]) && get_real(f[2], &out[1]) &&
           get_real(f[3], &out[2]);
}

/* Where points lie, in shares of a picture. */
static int get_frame(char **f, int n, mien_box *out)
{
    return n == 5 && get_real(f[1], &out->x) && get_real(f[2], &out->y) &&
           get_real(f[3], &out->width) && get_real(f[4], &out->height) &&
           fabsf(out->x) < 4 && fabsf(out->y) < 4 && out->width > 0.01f &&
           out->height > 0.01f && out->width < 4 && out->height < 4;
}

/* What is cut out of a picture. */
static int get_view(char **f, int n, mien_picture_view *out)
{
    int crop;
    if (n < 4 || n > 5 || !get_int(f[1], 0, MIEN_CROP_FACE, &crop) ||
        (n == 5 && !get_int(f[4], 1, SIDE_MAX, &out->aligned)))
        return 0;
    out->crop = (mien_picture_crop)crop;
    return get_real(f[2], &out->margin) && get_int(f[3], 0, 1, &out->square);
}

/* One line; 0 if it is wrong. */
static int get_line(char **f, int n, const mien_graph *g, char ***names,
                    mi_view *v)
{
    int colour;
    if (strcmp(f[0], "view") == 0)
        return get_view(f, n, &v->view);
    if (strcmp(f[0], "frame") == 0)
        return get_frame(f, n, &v->frame);
    if (strcmp(f[0], "mean") == 0)
        return get_reals(f, n, v->mean);
    if (strcmp(f[0], "scale") == 0)
        return get_reals(f, n, v->scale);
    if (strcmp(f[0], "answer") == 0)
        return get_answer(f, n, g, names, v);
    if (strcmp(f[0], "input") != 0 || n != 6 ||
        !get_int(f[1], 0, mien_graph_inputs(g) - 1, &v->input) ||
        !get_int(f[2], 1, 3, &v->channels) ||
        !get_int(f[3], 1, SIDE_MAX, &v->h) ||
        !get_int(f[4], 1, SIDE_MAX, &v->w) ||
        !get_int(f[5], 0, MIEN_NET_BGR, &colour))
        return 0;
    v->colour = (mien_net_colour)colour;
    mien_shape s = mien_graph_input_shape(g, v->input);
    return s.rank == 4 && s.dim[1] == v->channels && s.dim[2] == v->h &&
           s.dim[3] == v->w && v->channels != 2;
}

int mien_picture_is_model(const mien_graph *g)
{
    const char *text = mien_graph_meta(g, key);
    return text && strncmp(text, first_line, sizeof first_line - 1) == 0;
}

/* Whether an answer that needs no labels has its numbers. */
static int has_units(const mi_view *v, const mi_answer *a)
{
    return a->kind != MIEN_ANSWER_PICTURE ||
           a->units == v->w * v->h * v->channels;
}

mien_status mi_view_get(const mien_graph *g, mi_view *out, char **memory,
                        mien_error *err)
{
    const char *text = mien_graph_meta(g, key);
    mi_view v = {0};
    if (!text || strncmp(text, first_line, sizeof first_line - 1) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "this is no model of pictures: its metadata has no "
                       "'%s'",
                       key);
    size_t len = strlen(text) + 1;
    /* The names' places, the fields of a line, and the text itself: a name may
     * be empty, but a tab stands before it. */
    size_t places = len, all = places + FIELDS;
    char *room = mi_alloc(all * sizeof(char *) + len, 1);
    if (!room)
        return mi_no_memory(err);
    char **names = (char **)(void *)room, **f = names + places;
    char *line = (char *)(names + all);
    memcpy(line, text, len);
    line += sizeof first_line - 1;
    int good = 1;
    while (good && *line) {
        char *end = strchr(line, '\n');
        char *next = end ? end + 1 : line + strlen(line);
        if (end)
            *end = 0;
        good = get_line(f, mi_field_split(line, f, FIELDS), g, &names, &v);
        line = next;
    }
    for (int i = 0; i < v.n_answers; i++)
        good &= has_units(&v, &v.answer[i]);
    if (!good || !v.w || !v.n_answers) {
        mi_free(room);
        return mi_fail(err, MIEN_EFORMAT,
                       "the model's '%s' says nothing that fits its network",
                       key);
    }
    *memory = room;
    *out = v;
    return MIEN_OK;
}

mien_status mien_picture_view_of(const mien_graph *g, mien_picture_view *out,
                                 mien_error *err)
{
    mi_view v;
    char *memory = NULL;
    mien_status st = mi_view_get(g, &v, &memory, err);
    if (!st)
        *out = v.view;
    mi_free(memory);
    return st;
}
