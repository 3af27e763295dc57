/* classes.c: networks of classes that were not trained here. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

/* Cut a text at its commas; how many parts there are, at most one above the
 * limit. */
static int split(char *text, char **part)
{
    int n = 0;
    while (text && n <= MIEN_METRICS_CLASSES_MAX) {
        char *comma = strchr(text, ',');
        if (comma)
            *comma++ = 0;
        if (n < MIEN_METRICS_CLASSES_MAX)
            part[n] = text;
        n++;
        text = comma;
    }
    return n;
}

/* Refuse names that are empty or too long, and numbers that are none. */
static mien_status check(const mien_picture_classes *how, const mi_answer *a,
                         mien_error *err)
{
    size_t n = strlen(how->task);
    int good = n > 0 && n < MIEN_NET_NAME && a->classes > 1 &&
               a->classes <= MIEN_METRICS_CLASSES_MAX && isfinite(how->mean) &&
               isfinite(how->scale);
    for (int i = 0; good && i < a->classes; i++) {
        n = strlen(a->class_name[i]);
        good = n > 0 && n < MIEN_NET_NAME;
    }
    return good ? MIEN_OK
                : mi_fail(err, MIEN_EARG,
                          "picture: %d classes of '%.60s', wanted 2 to %d with "
                          "names of 1 to %d bytes, and a finite mean and scale",
                          a->classes, how->task, MIEN_METRICS_CLASSES_MAX,
                          MIEN_NET_NAME - 1);
}

/* The view of a network whose one answer is a class, written into it. */
static mien_status put_view(mien_graph *g, const mien_picture_classes *how,
                            const mi_answer *a, mien_error *err)
{
    mien_shape in = mien_graph_input_shape(g, 0);
    mien_shape out = mien_graph_output_shape(g, 0);
    mi_view v = {.n_answers = 1, .answer = {*a}};
    if (in.rank != 4 || (in.dim[1] != 1 && in.dim[1] != 3) || out.rank != 2 ||
        out.dim[1] != a->classes)
        return mi_fail(err, MIEN_EARG,
                       "picture: an input of %d axes and an output of %d with "
                       "%lld numbers, wanted a picture and %d classes",
                       in.rank, out.rank,
                       (long long)(out.rank == 2 ? out.dim[1] : 0), a->classes);
    v.channels = (int)in.dim[1];
    v.h = (int)in.dim[2];
    v.w = (int)in.dim[3];
    v.colour = v.channels == 3 ? MIEN_NET_RGB : MIEN_NET_GREY;
    for (int c = 0; c < 3; c++) {
        v.mean[c] = how->mean;
        v.scale[c] = how->scale;
    }
    const char *name = mien_graph_output_name(g, 0);
    memcpy(v.answer[0].name, name, strnlen(name, MIEN_NET_NAME - 1));
    memcpy(v.answer[0].task, how->task, strlen(how->task));
    return mi_view_put(&v, g, err);
}

mien_status mien_picture_name_classes(mien_graph *g,
                                      const mien_picture_classes *how,
                                      mien_error *err)
{
    char *class[MIEN_METRICS_CLASSES_MAX];
    size_t n = strlen(how->names) + 1;
    char *names = mi_alloc(n, 1);
    if (!names)
        return mi_no_memory(err);
    memcpy(names, how->names, n);
    mi_answer a = {
        .kind = MIEN_ANSWER_CLASSES, .class_name = class, .temperature = 1};
    a.units = a.classes = split(names, class);
    mien_status st = check(how, &a, err);
    if (!st)
        st = put_view(g, how, &a, err);
    mi_free(names);
    return st;
}
