/* classes.c: networks of classes that were not trained here. */
#include "picture/picture.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* Refuse names that no line of metadata could hold, and numbers that are none.
 */
static mien_status check(const mien_picture_classes *how, mien_error *err)
{
    size_t n = strlen(how->task);
    int good = n > 0 && n < MIEN_NET_NAME && how->classes > 1 &&
               how->classes <= MIEN_METRICS_CLASSES_MAX &&
               isfinite(how->mean) && isfinite(how->scale);
    for (int i = 0; good && i < how->classes; i++) {
        n = strlen(how->class_name[i]);
        good = n > 0 && n < MIEN_NET_NAME;
    }
    return good ? MIEN_OK
                : mi_fail(err, MIEN_EARG,
                          "picture: %d classes of '%.60s', wanted 2 to %d with "
                          "names of 1 to %d bytes, and a finite mean and scale",
                          how->classes, how->task, MIEN_METRICS_CLASSES_MAX,
                          MIEN_NET_NAME - 1);
}

mien_status mien_picture_name_classes(mien_graph *g,
                                      const mien_picture_classes *how,
                                      mien_error *err)
{
    mien_shape in = mien_graph_input_shape(g, 0);
    mien_shape out = mien_graph_output_shape(g, 0);
    mi_view v = {.n_answers = 1};
    mi_answer *a = &v.answer[0];
    mien_status st = check(how, err);
    if (st)
        return st;
    if (in.rank != 4 || (in.dim[1] != 1 && in.dim[1] != 3) || out.rank != 2 ||
        out.dim[1] != how->classes)
        return mi_fail(err, MIEN_EARG,
                       "picture: an input of %d axes and an output of %d with "
                       "%lld numbers, wanted a picture and %d classes",
                       in.rank, out.rank,
                       (long long)(out.rank == 2 ? out.dim[1] : 0),
                       how->classes);
    v.channels = (int)in.dim[1];
    v.h = (int)in.dim[2];
    v.w = (int)in.dim[3];
    v.colour = v.channels == 3 ? MIEN_NET_RGB : MIEN_NET_GREY;
    for (int c = 0; c < 3; c++) {
        v.mean[c] = how->mean;
        v.scale[c] = how->scale;
    }
    memcpy(a->name, mien_graph_output_name(g, 0),
           strnlen(mien_graph_output_name(g, 0), sizeof a->name - 1));
    memcpy(a->task, how->task, strlen(how->task));
    a->kind = MIEN_ANSWER_CLASSES;
    a->units = a->classes = how->classes;
    a->temperature = 1;
    char *name[MIEN_METRICS_CLASSES_MAX];
    for (int i = 0; i < how->classes; i++)
        memcpy(&name[i], &how->class_name[i], sizeof name[i]);
    a->class_name = name;
    return mi_view_put(&v, g, err);
}
