/* faceapi.c: networks of face-api.js' own files, faces in its shapes. */
#include "wasm/faceapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WEIGHTS = 4096 };

struct web_weights {
    int n;
    mien_faceapi_weight weight[MAX_WEIGHTS]; /* [n], by these names */
    char *name[MAX_WEIGHTS];
};

mien_status web_weights_new(mien_web *w, web_weights **out)
{
    web_weights *list = calloc(1, sizeof *list);
    web_text_begin(w);
    if (list)
        *out = list;
    return web_text_end(w, list ? MIEN_OK : MIEN_ENOMEM, NULL);
}

void web_weights_free(web_weights *list)
{
    if (!list)
        return;
    for (int i = 0; i < list->n; i++)
        free(list->name[i]);
    free(list);
}

mien_status web_weights_add(mien_web *w, web_weights *list, const char *name,
                            const web_weight *weight)
{
    web_text_begin(w);
    if (list->n == MAX_WEIGHTS) {
        mien_error err = {0};
        snprintf(err.text, sizeof err.text, "manifest: more than %d weights",
                 MAX_WEIGHTS);
        return web_text_end(w, MIEN_ELIMIT, &err);
    }
    char *copy = strdup(name);
    if (!copy)
        return web_text_end(w, MIEN_ENOMEM, NULL);
    mien_faceapi_weight *to = &list->weight[list->n];
    *to = (mien_faceapi_weight){.name = copy,
                                .shape = {.rank = weight->rank},
                                .whole = weight->whole,
                                .packed = (mien_packed)weight->packed,
                                .scale = weight->scale,
                                .min = weight->min};
    for (int i = 0; i < MIEN_MAX_RANK; i++)
        to->shape.dim[i] = weight->dim[i];
    list->name[list->n++] = copy;
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_weights_build(mien_web *w, const web_weights *list,
                              const char *kind, const uint8_t *bytes, size_t n)
{
    mien_error err = {0};
    mien_graph *g = NULL;
    web_text_begin(w);
    mien_status st = mien_faceapi_build(kind, list->n, list->weight, bytes, n,
                                        NULL, &g, &err);
    if (st == MIEN_OK)
        st = web_add_graph(w, kind, g, &err);
    if (st != MIEN_OK)
        mien_graph_free(g);
    return web_text_end(w, st, &err);
}

mien_status web_faceapi(mien_web *w, const web_reader *r)
{
    mien_reading reading = web_reading(r);
    mien_faces *f = &reading.faces;
    mien_buffer *text = web_text_begin(w);
    mien_face *plain = malloc(((size_t)f->n + 1) * sizeof *plain);
    if (plain) {
        for (int i = 0; i < f->n; i++) {
            plain[i] = f->face[i];
            plain[i].has &= ~(unsigned)MIEN_FACE_DESCRIPTOR;
        }
        f->face = plain;
        mien_record_faceapi(NULL, &reading, text);
    }
    free(plain);
    return web_text_end(w, plain ? MIEN_OK : MIEN_ENOMEM, NULL);
}
