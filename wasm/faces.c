/* faces.c: pictures of a page to faces. */
#include "wasm/web.h"

#include <stdlib.h>

/* An analyzer with the picture it read last. */
struct web_reader {
    mien_analyzer *analyzer;
    unsigned want;
    web_picture photo; /* read last */
    mien_faces faces;  /* of it */
};

mien_status web_reader_new(mien_web *w, const web_wish *wish, web_reader **out)
{
    mien_face_options o = web_face_options(wish);
    mien_face_models models = web_face_models(w, &o);
    o.pool = web_pool(w);
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    web_text_begin(w);
    if (web_by_box(wish))
        models.landmarks = NULL;
    web_reader *r = calloc(1, sizeof *r);
    if (r) {
        r->want = o.want;
        st = mien_analyzer_new(&models, &o, &r->analyzer, &err);
    }
    if (st == MIEN_OK)
        *out = r;
    else
        free(r);
    return web_text_end(w, st, &err);
}

void web_reader_free(web_reader *r)
{
    if (!r)
        return;
    mien_faces_free(&r->faces);
    mien_analyzer_free(r->analyzer);
    free(r->photo.im.data);
    free(r);
}

mien_reading web_reading(const web_reader *r)
{
    return (mien_reading){.w = r->photo.im.w,
                          .h = r->photo.im.h,
                          .faces = r->faces,
                          .times = mien_analyzer_times(r->analyzer)};
}

/* The record of the picture read last, without descriptors, which a page takes
 * as numbers (web_descriptor). */
static void write_record(const web_reader *r, const char *file,
                         mien_buffer *out)
{
    const mien_reading reading = web_reading(r);
    const mien_photo_record record = {.file = file,
                                      .reading = &reading,
                                      .want = r->want,
                                      .hide = MIEN_FACE_DESCRIPTOR};
    mien_record_photo(&record, out);
}

mien_status web_read(mien_web *w, web_reader *r, const char *file,
                     const uint8_t *rgba, int width, int height)
{
    mien_error err = {0};
    mien_faces faces = {0};
    mien_buffer *text = web_text_begin(w);
    mien_status st = web_picture_take(&r->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = mien_analyzer_run(r->analyzer, &r->photo.im, &faces, &err);
    if (st == MIEN_OK) {
        mien_faces_free(&r->faces);
        r->faces = faces;
        write_record(r, file, text);
    }
    return web_text_end(w, st, &err);
}

const float *web_descriptor(const web_reader *r, int face)
{
    if (face < 0 || face >= r->faces.n ||
        !(r->faces.face[face].has & MIEN_FACE_DESCRIPTOR))
        return NULL;
    return r->faces.face[face].descriptor;
}
