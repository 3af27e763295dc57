/* evaluate.c: a model that was written, on labelled pictures. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

/* Judge with the view that the model came with. */
static mien_status judge(const mien_graph *g, const mi_view *view,
                         const mien_picture_set *given,
                         const mien_picture_evaluate_options *o,
                         mien_picture_verdict *out, mien_error *err)
{
    mien_picture_options plain = MIEN_PICTURE_DEFAULTS;
    mien_picture_set set = *given;
    mien_labels aligned = {0};
    mi_view v;
    mi_said said = {0};
    mien_loader *loader = NULL;
    int64_t n = given->labels->n;
    int group = o->group ? mien_labels_task(given->labels, o->group) : -1;
    if (o->group && group < 0)
        return mi_fail(err, MIEN_EARG, "the labels have no task '%s'",
                       o->group);
    mien_status st = mi_align(view, given->labels, &v, &aligned, err);
    if (st)
        return st;
    set.labels = &aligned;
    plain.pool = o->pool;
    plain.threads = o->threads;
    int64_t *row = mi_alloc((size_t)n + 1, sizeof *row);
    st = row ? mi_view_loader(&v, &set, &plain, &loader, err)
             : mi_no_memory(err);
    for (int64_t i = 0; row && i < n; i++)
        row[i] = i;
    const mi_rows r = {&v, &set, loader, row, n, NULL};
    if (!st)
        st = mi_predict(g, &r, o->mirror, o->pool, &said, err);
    if (!st)
        st = mi_judge(&r, &said, given->labels, group, out, err);
    mi_said_free(&said);
    mien_loader_free(loader);
    mi_free(row);
    mi_aligned_free(&aligned);
    return st;
}

mien_status mien_picture_evaluate(const uint8_t *bytes, size_t n,
                                  const mien_picture_set *set,
                                  const mien_picture_evaluate_options *options,
                                  mien_picture_verdict *out, mien_error *err)
{
    const mien_picture_evaluate_options zeros = {0};
    mien_graph *g = NULL;
    char *memory = NULL;
    mi_view view;
    mien_status st = mien_onnx_read(bytes, n, &g, err);
    if (!st)
        st = mi_view_get(g, &view, &memory, err);
    if (!st)
        st = judge(g, &view, set, options ? options : &zeros, out, err);
    mi_free(memory);
    mien_graph_free(g);
    return st;
}
