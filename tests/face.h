/* face.h: what the tests of src/face share: models and data by environment. */
#ifndef TESTS_FACE_H
#define TESTS_FACE_H

#include "mien/mien.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *face_folder(const char *variable, const char *usual)
{
    const char *v = getenv(variable);
    return v && *v ? v : usual;
}

static inline const char *face_shared(void)
{
    return face_folder("MIEN_SHARED", "../shared");
}

static inline const char *face_models(void)
{
    return face_folder("MIEN_MODELS", "build/share/mien/models");
}

/* A network and the bytes it lies in; graph is NULL where there is none. */
typedef struct face_model {
    mien_bytes bytes;
    mien_graph *graph;
} face_model;

static inline face_model face_model_load(const char *folder, const char *name)
{
    face_model m = {{0}, NULL};
    char path[1024];
    mien_error err = {0};
    snprintf(path, sizeof path, "%s/%s.onnx", folder, name);
    if (mien_file_load(path, 0, &m.bytes, &err) == MIEN_OK &&
        mien_onnx_read(m.bytes.data, m.bytes.n, &m.graph, &err) != MIEN_OK)
        fprintf(stderr, "%s: %s\n", path, err.text);
    return m;
}

static inline void face_model_done(face_model *m)
{
    mien_graph_free(m->graph);
    mien_bytes_free(&m->bytes);
    m->graph = NULL;
}

/* A photo as it lies in its file; 0 if it cannot be had. */
static inline int face_photo_load(const char *folder, const char *name,
                                  mien_image *out)
{
    char path[1024];
    mien_bytes bytes = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (mien_file_load(path, 0, &bytes, NULL) != MIEN_OK)
        return 0;
    mien_read_options options = MIEN_READ_DEFAULTS;
    options.ignore_orientation = 1;
    mien_error err = {0};
    mien_status st = mien_image_read(bytes.data, bytes.n, &options, out, &err);
    if (st != MIEN_OK)
        fprintf(stderr, "%s: %s\n", path, err.text);
    mien_bytes_free(&bytes);
    return st == MIEN_OK;
}

#endif
