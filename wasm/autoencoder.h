/* autoencoder.h: faces of a page through an auto-encoder.
 *
 *   web_coder_new: model.onnx
 *     -> web_coded_new: RGBA of a photo -> its face and code
 *     -> web_code_add, web_code_between, web_codes_draw, web_codes_walk: codes
 *     -> web_coder_decode, web_coded_show: pixels */
#ifndef MIEN_WASM_AUTOENCODER_H
#define MIEN_WASM_AUTOENCODER_H

#include "wasm/web.h"

typedef struct web_coder web_coder;
typedef struct web_coded web_coded;

/* How a face is shown, as mien_faces_look and mien_sharpen; the fields lie as
 * JavaScript writes them, four bytes each.  An amount of 0: not sharpened. */
typedef struct web_look {
    int32_t onto, side; /* mien_add_onto; pixels, 0: the model's */
    float trim, amount, radius, threshold;
} web_look;

/* ---- a model ------------------------------------------------------------- */

/* Prepare a model, as mien_coder_new: {"width", "height", "units", "aligned":
 * whether faces are cut out by five points, "sha256"}. */
mien_status WEB_EXPORT(web_coder_new)(mien_web *w, const uint8_t *bytes,
                                      size_t n, web_coder **out);
/* After the faces that it encoded. */
void WEB_EXPORT(web_coder_free)(web_coder *c);

/* Take the numbers of codes.json, as mien_codes_copy: k weights, then k means
 * and k variances of the model's units; they are copied. */
mien_status WEB_EXPORT(web_coder_codes)(mien_web *w, web_coder *c, int count,
                                        int k, int units, double *numbers);

/* ---- a face -------------------------------------------------------------- */

/* Encode the largest face of a picture as web_read has them, or with align 0
 * the whole: {"width", "height", "face": as in a record of faces}.  The network
 * that finds faces has to be added (web_needs). */
mien_status WEB_EXPORT(web_coded_new)(mien_web *w, web_coder *c,
                                      const uint8_t *rgba, int width,
                                      int height, int align, web_coded **out);
void WEB_EXPORT(web_coded_free)(web_coded *f);

/* [units] its code. */
const float *WEB_EXPORT(web_coded_code)(const web_coded *f);

/* ---- codes --------------------------------------------------------------- */

/* mien_code_add, mien_code_between, mien_code_distance. */
void WEB_EXPORT(web_code_add)(int n, const float *code, float strength,
                              const float *vector, float *out);
void WEB_EXPORT(web_code_between)(int n, const float *a, const float *b,
                                  float t, float *out);
double WEB_EXPORT(web_code_distance)(int n, const float *a, const float *b);

/* mien_codes_draw, [n, units] to out. */
mien_status WEB_EXPORT(web_codes_draw)(mien_web *w, const web_coder *c,
                                       uint32_t seed, double spread, int n,
                                       float *out);
/* mien_codes_walk, [steps, units] to out. */
mien_status WEB_EXPORT(web_codes_walk)(mien_web *w, const web_coder *c,
                                       uint32_t seed, double spread, int stops,
                                       int steps, float *out);

/* ---- pictures ------------------------------------------------------------ */

/* Make a face of a code: {"width", "height"}, with web_coder_pixels. */
mien_status WEB_EXPORT(web_coder_decode)(mien_web *w, web_coder *c,
                                         const float *code,
                                         const web_look *look);

/* Show a face with another code, as mien_coded_show: the same. */
mien_status WEB_EXPORT(web_coded_show)(mien_web *w, web_coder *c, web_coded *f,
                                       const float *code, const web_look *look);

/* [height, width, 4] RGBA of the picture made last, until the next. */
const uint8_t *WEB_EXPORT(web_coder_pixels)(const web_coder *c);

#endif
