/* objects.c: pictures of a page to objects. */
#include "wasm/web.h"

#include <stdio.h>
#include <stdlib.h>

/* A detector with the picture it searched last. */
struct web_finder {
    mien_object_detector *detector;
    web_picture photo;
};

static const char network[] = "ssdlite_mobilenet_v2";

mien_status web_object_classes(mien_web *w)
{
    mien_json j = mien_json_on(web_text_begin(w), 0);
    const mien_coco_class *c;
    mien_json_array(&j, NULL);
    for (int i = 0; (c = mien_coco_at(i)); i++)
        mien_json_text(&j, NULL, c->name);
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_finder_needs(mien_web *w)
{
    const mien_model_entry *need = mien_model_find(network);
    web_write_needs(1, &need, web_text_begin(w));
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_finder_new(mien_web *w, const char *classes, int max_objects,
                           int by_class, float min_score, float max_overlap,
                           web_finder **out)
{
    mien_object_options o = MIEN_OBJECT_DEFAULTS;
    const mien_graph *g = web_graph(w, network);
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    o.pool = web_pool(w);
    o.classes = *classes ? classes : NULL;
    o.max_objects = max_objects;
    o.by_class = by_class;
    o.min_score = min_score;
    o.max_overlap = max_overlap;
    web_text_begin(w);
    web_finder *f = calloc(1, sizeof *f);
    if (f && g) {
        st = mien_object_detector_new(g, &o, &f->detector, &err);
    } else if (f) {
        st = MIEN_EARG;
        snprintf(err.text, sizeof err.text, "objects: %s was not added",
                 network);
    }
    if (st == MIEN_OK)
        *out = f;
    else
        free(f);
    return web_text_end(w, st, &err);
}

void web_finder_free(web_finder *f)
{
    if (!f)
        return;
    mien_object_detector_free(f->detector);
    free(f->photo.im.data);
    free(f);
}

mien_status web_find(mien_web *w, web_finder *f, const char *file,
                     const uint8_t *rgba, int width, int height)
{
    mien_error err = {0};
    mien_objects found = {0};
    mien_buffer *text = web_text_begin(w);
    mien_status st = web_picture_take(&f->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = mien_object_detector_run(f->detector, &f->photo.im, &found, &err);
    if (st == MIEN_OK) {
        const mien_objects_record record = {
            .file = file,
            .w = width,
            .h = height,
            .objects = &found,
            .seconds = mien_object_detector_seconds(f->detector)};
        mien_record_objects(&record, text);
    }
    mien_objects_free(&found);
    return web_text_end(w, st, &err);
}
