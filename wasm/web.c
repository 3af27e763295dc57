/* web.c: memory, texts and networks of a page. */
#include "wasm/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MODELS = 16 };

typedef struct web_model {
    const mien_model_entry *entry;
    uint8_t *bytes; /* owned; the graph points into them */
    mien_graph *graph;
} web_model;

struct mien_web {
    mien_buffer text; /* of the last call */
    mien_pool *pool;  /* NULL: one thread */
    int models;
    web_model model[MAX_MODELS];
};

mien_buffer *web_text_begin(mien_web *w)
{
    w->text.n = 0;
    w->text.failed = 0;
    return &w->text;
}

mien_status web_text_end(mien_web *w, mien_status st, const mien_error *err)
{
    if (st == MIEN_OK && w->text.failed)
        st = MIEN_ENOMEM;
    if (st != MIEN_OK) {
        mien_buffer *b = web_text_begin(w);
        mien_buffer_puts(b, err && err->text[0] ? err->text
                                                : mien_status_text(st));
    }
    return st;
}

void *web_alloc(size_t n) { return malloc(n ? n : 1); }

void web_release(void *p) { free(p); }

mien_web *web_new(void) { return calloc(1, sizeof(mien_web)); }

void web_free(mien_web *w)
{
    if (!w)
        return;
    for (int i = 0; i < w->models; i++) {
        mien_graph_free(w->model[i].graph);
        free(w->model[i].bytes);
    }
    mien_pool_free(w->pool);
    mien_buffer_free(&w->text);
    free(w);
}

const uint8_t *web_text(const mien_web *w) { return w->text.data; }

size_t web_text_size(const mien_web *w) { return w->text.n; }

const char *web_version(void) { return mien_version(); }

mien_pool *web_threads(mien_web *w, int threads)
{
    if (!w->pool && mien_pool_new(threads, &w->pool, NULL) != MIEN_OK)
        w->pool = NULL;
    return w->pool;
}

mien_pool *web_pool(const mien_web *w) { return w->pool; }

/* ---- networks ------------------------------------------------------------ */

mien_face_options web_face_options(const web_wish *wish)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = (mien_detector)wish->detector;
    o.want = (unsigned)wish->want;
    o.input_size = wish->input_size;
    o.min_score = wish->min_score;
    o.max_overlap = wish->max_overlap;
    o.max_faces = wish->max_faces;
    o.tiny_landmarks = wish->tiny_landmarks;
    o.rotate = (mien_rotate)wish->rotate;
    return o;
}

void web_write_needs(int n, const mien_model_entry *const *need,
                     mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        mien_json_object(&j, NULL);
        mien_json_text(&j, "name", need[i]->name);
        mien_json_text(&j, "task", need[i]->task);
        mien_json_text(&j, "file", need[i]->file);
        mien_json_text(&j, "sha256", need[i]->sha256);
        mien_json_close(&j);
    }
    mien_json_close(&j);
}

int web_by_box(const web_wish *wish)
{
    return wish->by_box &&
           !(wish->want & (MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR));
}

mien_status web_needs(mien_web *w, const web_wish *wish)
{
    const mien_face_options o = web_face_options(wish);
    const mien_model_entry *need[MIEN_FACE_MAX_MODELS];
    int n = mien_face_needs(&o, need), kept = 0;
    for (int i = 0; i < n; i++)
        if (strcmp(need[i]->task, "landmarks") != 0 || !web_by_box(wish))
            need[kept++] = need[i];
    web_write_needs(kept, need, web_text_begin(w));
    return web_text_end(w, MIEN_OK, NULL);
}

/* A network of a name, or NULL. */
static const web_model *model_of(const mien_web *w, const char *name)
{
    for (int i = 0; i < w->models; i++)
        if (strcmp(w->model[i].entry->name, name) == 0)
            return &w->model[i];
    return NULL;
}

const mien_graph *web_graph(const mien_web *w, const char *name)
{
    const web_model *m = model_of(w, name);
    return m ? m->graph : NULL;
}

int web_has_model(const mien_web *w, const char *name)
{
    return model_of(w, name) != NULL;
}

/* Whether there is a place for a network of a name. */
static mien_status check_name(const mien_web *w, const char *name,
                              mien_error *err)
{
    const mien_model_entry *entry = mien_model_find(name);
    if (!entry) {
        snprintf(err->text, sizeof err->text, "%.60s: no such model", name);
        return MIEN_EARG;
    }
    if (model_of(w, entry->name)) {
        snprintf(err->text, sizeof err->text, "%s: is there already",
                 entry->name);
        return MIEN_EARG;
    }
    return w->models == MAX_MODELS ? MIEN_ELIMIT : MIEN_OK;
}

/* Why a file is not the network that it is called; MIEN_OK: it may be. */
static mien_status check_file(const char *name, const char *digest,
                              const uint8_t *bytes, size_t n, mien_error *err)
{
    const mien_model_entry *entry = mien_model_find(name);
    char here[65];
    if (!digest) {
        mien_sha256(bytes, n, here);
        digest = here;
    }
    if (strcmp(digest, entry->sha256) == 0)
        return MIEN_OK;
    snprintf(err->text, sizeof err->text,
             "%s: %zu bytes with the digest %.12s..., the model's is "
             "%.12s...; the file is damaged or another one",
             entry->file, n, digest, entry->sha256);
    return MIEN_EFORMAT;
}

mien_status web_add_graph(mien_web *w, const char *name, mien_graph *graph,
                          mien_error *err)
{
    mien_status st = check_name(w, name, err);
    if (st == MIEN_OK)
        w->model[w->models++] = (web_model){mien_model_find(name), NULL, graph};
    return st;
}

mien_status web_add_model(mien_web *w, const char *name, const char *digest,
                          uint8_t *bytes, size_t n)
{
    mien_error err = {0};
    web_model m = {NULL, bytes, NULL};
    web_text_begin(w);
    mien_status st = check_name(w, name, &err);
    if (st == MIEN_OK)
        st = check_file(name, digest, bytes, n, &err);
    if (st == MIEN_OK)
        st = mien_onnx_read_borrowed(bytes, n, &m.graph, &err);
    if (st == MIEN_OK) {
        m.entry = mien_model_find(name);
        w->model[w->models++] = m;
    } else {
        free(bytes);
    }
    return web_text_end(w, st, &err);
}

mien_face_models web_face_models(const mien_web *w,
                                 const mien_face_options *options)
{
    mien_face_models out = {0};
    const mien_model_entry *need[MIEN_FACE_MAX_MODELS];
    const struct {
        const char *task;
        const mien_graph **graph;
    } place[] = {{"detector", &out.detector},
                 {"landmarks", &out.landmarks},
                 {"descriptor", &out.descriptor},
                 {"expression", &out.expression},
                 {"age-gender", &out.age_gender}};
    int n = mien_face_needs(options, need);
    for (int i = 0; i < n; i++) {
        const web_model *m = model_of(w, need[i]->name);
        for (size_t p = 0; m && p < sizeof place / sizeof *place; p++)
            if (strcmp(place[p].task, need[i]->task) == 0)
                *place[p].graph = m->graph;
    }
    return out;
}
