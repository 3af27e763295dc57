/* autoencoder.c: faces of a page through an auto-encoder. */
#include "wasm/autoencoder.h"

#include <stdio.h>
#include <stdlib.h>

struct web_coder {
    mien_coder *coder;
    mien_analyzer *yunet; /* NULL: not yet needed */
    mien_codes codes;     /* of 0 distributions: not given */
    uint8_t *pixels;      /* RGBA of the picture made last */
};

struct web_coded {
    web_picture photo;
    mien_coded face; /* borrows the photo */
};

/* ---- a model ------------------------------------------------------------- */

static void write_info(const mien_coder *c, const uint8_t *bytes, size_t n,
                       mien_buffer *out)
{
    const mien_coder_info i = mien_coder_get_info(c);
    char digest[65];
    mien_sha256(bytes, n, digest);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "width", i.w);
    mien_json_int(&j, "height", i.h);
    mien_json_int(&j, "units", i.units);
    mien_json_bool(&j, "aligned", i.aligned > 0);
    mien_json_text(&j, "sha256", digest);
    mien_json_close(&j);
}

mien_status web_coder_new(mien_web *w, const uint8_t *bytes, size_t n,
                          web_coder **out)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    mien_buffer *text = web_text_begin(w);
    web_coder *c = calloc(1, sizeof *c);
    if (c)
        st = mien_coder_new(bytes, n, NULL, &c->coder, &err);
    if (st == MIEN_OK) {
        write_info(c->coder, bytes, n, text);
        *out = c;
    } else {
        free(c);
    }
    return web_text_end(w, st, &err);
}

void web_coder_free(web_coder *c)
{
    if (!c)
        return;
    mien_coder_free(c->coder);
    mien_analyzer_free(c->yunet);
    mien_codes_free(&c->codes);
    free(c->pixels);
    free(c);
}

mien_status web_coder_codes(mien_web *w, web_coder *c, int count, int k,
                            int units, double *numbers)
{
    mien_codes given = {.count = count};
    given.mixture.k = k;
    given.mixture.d = units;
    given.mixture.weight = numbers;
    given.mixture.mean = numbers + k;
    given.mixture.variance = numbers + k + (ptrdiff_t)k * units;
    const int wanted = mien_coder_get_info(c->coder).units;
    mien_error err = {0};
    mien_codes codes = {0};
    mien_status st = MIEN_EFORMAT;
    web_text_begin(w);
    if (units == wanted)
        st = mien_codes_copy(&given, &codes, &err);
    else
        snprintf(err.text, sizeof err.text,
                 "codes of %d numbers, the model's have %d", units, wanted);
    if (st == MIEN_OK) {
        mien_codes_free(&c->codes);
        c->codes = codes;
    }
    return web_text_end(w, st, &err);
}

/* ---- a face -------------------------------------------------------------- */

/* The network that finds faces, once. */
static mien_status need_yunet(const mien_web *w, web_coder *c, mien_error *err)
{
    const mien_face_options o = MIEN_FACE_DEFAULTS;
    const mien_face_models models = web_face_models(w, &o);
    return c->yunet ? MIEN_OK : mien_analyzer_new(&models, &o, &c->yunet, err);
}

static void write_face(const web_coded *f, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "width", f->photo.im.w);
    mien_json_int(&j, "height", f->photo.im.h);
    if (f->face.face.n_keypoints)
        mien_record_face(&j, "face", &f->face.face, 0);
    mien_json_close(&j);
}

mien_status web_coded_new(mien_web *w, web_coder *c, const uint8_t *rgba,
                          int width, int height, int align, web_coded **out)
{
    mien_error err = {0};
    mien_buffer *text = web_text_begin(w);
    web_coded *f = calloc(1, sizeof *f);
    mien_status st = f ? MIEN_OK : MIEN_ENOMEM;
    if (st == MIEN_OK && align)
        st = need_yunet(w, c, &err);
    if (st == MIEN_OK)
        st = web_picture_take(&f->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = mien_face_encode(c->coder, align ? c->yunet : NULL, &f->photo.im,
                              &f->face, &err);
    if (st == MIEN_OK) {
        write_face(f, text);
        *out = f;
    } else {
        web_coded_free(f);
    }
    return web_text_end(w, st, &err);
}

void web_coded_free(web_coded *f)
{
    if (!f)
        return;
    mien_coded_free(&f->face);
    free(f->photo.im.data);
    free(f);
}

const float *web_coded_code(const web_coded *f) { return f->face.code; }

/* ---- codes --------------------------------------------------------------- */

void web_code_add(int n, const float *code, float strength, const float *vector,
                  float *out)
{
    mien_code_add(n, code, strength, vector, out);
}

void web_code_between(int n, const float *a, const float *b, float t,
                      float *out)
{
    mien_code_between(n, a, b, t, out);
}

double web_code_distance(int n, const float *a, const float *b)
{
    return mien_code_distance(n, a, b);
}

mien_status web_codes_draw(mien_web *w, const web_coder *c, uint32_t seed,
                           double spread, int n, float *out)
{
    const mien_sampling o = {&c->codes, seed, spread, 2};
    mien_error err = {0};
    web_text_begin(w);
    return web_text_end(
        w,
        mien_codes_draw(mien_coder_get_info(c->coder).units, &o, n, out, &err),
        &err);
}

mien_status web_codes_walk(mien_web *w, const web_coder *c, uint32_t seed,
                           double spread, int stops, int steps, float *out)
{
    const mien_sampling o = {&c->codes, seed, spread, stops};
    mien_error err = {0};
    web_text_begin(w);
    return web_text_end(w,
                        mien_codes_walk(mien_coder_get_info(c->coder).units, &o,
                                        steps, out, &err),
                        &err);
}

/* ---- pictures ------------------------------------------------------------ */

/* Keep a picture as RGBA and tell its size. */
static mien_status keep(web_coder *c, const mien_image *im, mien_buffer *text)
{
    size_t n = (size_t)im->w * (size_t)im->h;
    uint8_t *to = realloc(c->pixels, 4 * n);
    if (!to)
        return MIEN_ENOMEM;
    c->pixels = to;
    for (int y = 0; y < im->h; y++) {
        const uint8_t *from = im->data + y * im->stride;
        for (int x = 0; x < im->w; x++, from += 3, to += 4) {
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
            to[3] = 255;
        }
    }
    mien_json j = mien_json_on(text, 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "width", im->w);
    mien_json_int(&j, "height", im->h);
    mien_json_close(&j);
    return MIEN_OK;
}

/* A look, with its mask. */
static mien_faces_look look_of(const web_look *l, mien_sharpen *mask)
{
    *mask = (mien_sharpen){(double)l->amount, (double)l->radius,
                           (double)l->threshold};
    return (mien_faces_look){(double)l->trim, l->side,
                             l->amount > 0 ? mask : NULL};
}

mien_status web_coder_decode(mien_web *w, web_coder *c, const float *code,
                             const web_look *look)
{
    mien_error err = {0};
    mien_image im = {0};
    mien_sharpen mask;
    const mien_faces_look how = look_of(look, &mask);
    mien_buffer *text = web_text_begin(w);
    mien_status st = mien_coder_decode(c->coder, code, &im, &err);
    if (st == MIEN_OK)
        st = mien_faces_show(&im, 1, &how, &err);
    if (st == MIEN_OK)
        st = keep(c, &im, text);
    mien_image_free(&im);
    return web_text_end(w, st, &err);
}

mien_status web_coded_show(mien_web *w, web_coder *c, web_coded *f,
                           const float *code, const web_look *look)
{
    mien_error err = {0};
    mien_image im = {0};
    mien_sharpen mask;
    const mien_faces_look how = look_of(look, &mask);
    mien_buffer *text = web_text_begin(w);
    mien_status st = mien_coded_show(
        c->coder, &f->face, code, (mien_add_onto)look->onto, &how, &im, &err);
    if (st == MIEN_OK)
        st = keep(c, &im, text);
    mien_image_free(&im);
    return web_text_end(w, st, &err);
}

const uint8_t *web_coder_pixels(const web_coder *c) { return c->pixels; }
