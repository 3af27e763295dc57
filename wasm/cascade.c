/* cascade.c: boosted cascades of a page. */
#include "wasm/cascade.h"

#include <stdlib.h>

struct web_cascade {
    mien_cascade *cascade;
    web_picture photo; /* searched last */
};

/* What a cascade is made of. */
static void write_info(const mien_cascade *c, mien_buffer *out)
{
    const mien_cascade_info i = mien_cascade_get_info(c);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "kind", i.kind == MIEN_FEATURE_LBP ? "lbp" : "haar");
    mien_json_int(&j, "width", i.w);
    mien_json_int(&j, "height", i.h);
    mien_json_int(&j, "stages", i.n_stages);
    mien_json_int(&j, "trees", i.n_trees);
    mien_json_int(&j, "features", i.n_features);
    mien_json_bool(&j, "tilted", i.has_tilted);
    mien_json_close(&j);
}

mien_status web_cascade_new(mien_web *w, const uint8_t *xml, size_t n,
                            web_cascade **out)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    mien_buffer *text = web_text_begin(w);
    web_cascade *c = calloc(1, sizeof *c);
    if (c)
        st = mien_cascade_read(xml, n, &c->cascade, &err);
    if (st == MIEN_OK) {
        write_info(c->cascade, text);
        *out = c;
    } else {
        free(c);
    }
    return web_text_end(w, st, &err);
}

void web_cascade_free(web_cascade *c)
{
    if (!c)
        return;
    mien_cascade_free(c->cascade);
    free(c->photo.im.data);
    free(c);
}

const mien_cascade *web_cascade_of(const web_cascade *c) { return c->cascade; }

/* Search the picture that was taken. */
static mien_status search(web_cascade *c, const web_sweep *how, mien_hits *out,
                          mien_error *err)
{
    mien_gray g = {0};
    mien_status st = mien_gray_from(&c->photo.im, &g, err);
    const mien_cascade_options o = {.scale = how->scale,
                                    .neighbors = how->neighbors,
                                    .min_w = how->min_w,
                                    .min_h = how->min_h,
                                    .max_w = how->max_w,
                                    .max_h = how->max_h,
                                    .group = how->group,
                                    .stages = how->stages};
    if (st == MIEN_OK)
        st = mien_cascade_detect(c->cascade, &g, &o, out, err);
    mien_gray_free(&g);
    return st;
}

mien_status web_cascade_find(mien_web *w, web_cascade *c, const char *name,
                             const web_sweep *how, const uint8_t *rgba,
                             int width, int height)
{
    mien_error err = {0};
    mien_hits hits = {0};
    mien_buffer *text = web_text_begin(w);
    double since = mien_clock();
    mien_status st = web_picture_take(&c->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = search(c, how, &hits, &err);
    if (st == MIEN_OK) {
        const mien_hits_record record = {.file = "picture",
                                         .w = width,
                                         .h = height,
                                         .n = 1,
                                         .name = &name,
                                         .hits = &hits,
                                         .seconds = mien_clock() - since};
        mien_record_hits(&record, text);
    }
    mien_hits_free(&hits);
    return web_text_end(w, st, &err);
}
