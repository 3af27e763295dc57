/* faces.c: pictures of a page to faces. */
#include "wasm/web.h"

#include <stdlib.h>
#include <string.h>

/* An analyzer with the picture it read last. */
struct web_reader {
    mien_analyzer *analyzer;
    unsigned want;
    mien_image photo; /* RGB, of the largest size so far */
    size_t room;      /* bytes of photo.data */
    mien_faces faces; /* of the last picture */
};

mien_status web_reader_new(mien_web *w, const web_wish *wish, web_reader **out)
{
    const mien_face_options o = web_face_options(wish);
    const mien_face_models models = web_face_models(w, &o);
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    web_text_begin(w);
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
    free(r->photo.data);
    free(r);
}

/* Room for the RGB of w x h pixels, kept from picture to picture. */
static mien_status make_room(web_reader *r, int w, int h)
{
    if (w < 1 || h < 1 || w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE ||
        (int64_t)w * h > MIEN_IMAGE_MAX_PIXELS)
        return MIEN_ELIMIT;
    size_t n = (size_t)w * (size_t)h * 3;
    if (n > r->room) {
        free(r->photo.data);
        r->photo.data = malloc(n);
        r->room = r->photo.data ? n : 0;
    }
    r->photo.w = w;
    r->photo.h = h;
    r->photo.stride = 3 * (ptrdiff_t)w;
    return r->room ? MIEN_OK : MIEN_ENOMEM;
}

/* RGBA as a canvas has it, its alpha over white. */
static void take_pixels(const uint8_t *restrict rgba, size_t n,
                        uint8_t *restrict rgb)
{
    for (size_t i = 0; i < n; i++) {
        unsigned a = rgba[4 * i + 3];
        for (int c = 0; c < 3; c++) {
            unsigned v = rgba[4 * i + c];
            rgb[3 * i + c] =
                (uint8_t)(a == 255 ? v : (v * a + 255 * (255 - a) + 127) / 255);
        }
    }
}

/* The record of the picture read last, without descriptors, which a page takes
 * as numbers (web_descriptor). */
static void write_record(const web_reader *r, const char *file,
                         mien_buffer *out)
{
    const mien_reading reading = {.w = r->photo.w,
                                  .h = r->photo.h,
                                  .faces = r->faces,
                                  .times = mien_analyzer_times(r->analyzer)};
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
    mien_status st = make_room(r, width, height);
    if (st == MIEN_OK) {
        take_pixels(rgba, (size_t)width * (size_t)height, r->photo.data);
        st = mien_analyzer_run(r->analyzer, &r->photo, &faces, &err);
    }
    if (st == MIEN_OK) {
        mien_faces_free(&r->faces);
        r->faces = faces;
        write_record(r, file, text);
    }
    return web_text_end(w, st, &err);
}

mien_status web_read_box(mien_web *w, web_reader *r, const char *file,
                         const mien_box *box)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    mien_buffer *text = web_text_begin(w);
    mien_faces_free(&r->faces);
    r->faces.face = calloc(1, sizeof *r->faces.face);
    if (r->faces.face)
        st = mien_analyzer_read(r->analyzer, &r->photo, *box, r->faces.face,
                                &err);
    if (st == MIEN_OK) {
        r->faces.n = 1;
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
