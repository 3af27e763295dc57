/* web.h: what JavaScript calls, as numbers and pointers: the exports of
 * mien.wasm.
 *
 *   web_new -> web_needs: which files -> web_add_model: their bytes
 *     -> web_reader_new -> web_read: RGBA of a canvas -> JSON, descriptors
 *     -> web_people_match (wasm/people.h): who is it
 *
 * A mien_web holds the networks that a page gave and what the last call said.
 * A call that can fail returns a mien_status; web_text then has the reason in
 * words, after a success the JSON that is promised, or nothing.  Memory that a
 * page fills comes from web_alloc. */
#ifndef MIEN_WASM_WEB_H
#define MIEN_WASM_WEB_H

#include "mien/mien.h"

#ifdef __wasm__
#define WEB_EXPORT(name) __attribute__((export_name(#name))) name
#else
#define WEB_EXPORT(name) name
#endif

typedef struct mien_web mien_web;
typedef struct web_reader web_reader;

/* What a page wants of faces, as mien_face_options; the fields lie as
 * JavaScript writes them, four bytes each. */
typedef struct web_wish {
    int32_t detector, want, input_size, max_faces, tiny_landmarks, rotate;
    float min_score, max_overlap;
    int32_t by_box; /* 1: attributes alone are read from the detector's box */
} web_wish;

/* ---- memory and texts ---------------------------------------------------- */

/* n bytes, or NULL; released with web_release. */
void *WEB_EXPORT(web_alloc)(size_t n);
void WEB_EXPORT(web_release)(void *p);

/* NULL: no memory. */
mien_web *WEB_EXPORT(web_new)(void);
/* After its readers. */
void WEB_EXPORT(web_free)(mien_web *w);

/* What the last call said: UTF-8 of web_text_size bytes, until the next. */
const uint8_t *WEB_EXPORT(web_text)(const mien_web *w);
size_t WEB_EXPORT(web_text_size)(const mien_web *w);

/* The pool of what is made from now on, with a lane for each of 1 ..
 * MIEN_POOL_MAX threads, of w; NULL: no memory, or so many are refused.  One
 * and the same from the first call on.  Only mien-threads.wasm has workers for
 * its lanes (base/pool_wasm.h). */
mien_pool *WEB_EXPORT(web_threads)(mien_web *w, int threads);

/* The same, as it is; NULL: one thread. */
mien_pool *web_pool(const mien_web *w);

/* mien_version, with a zero byte at its end. */
const char *WEB_EXPORT(web_version)(void);

/* ---- networks ------------------------------------------------------------ */

/* The networks that a wish needs: [{"name", "task", "file", "sha256"}]. */
mien_status WEB_EXPORT(web_needs)(mien_web *w, const web_wish *wish);

/* 1: the network was added. */
int WEB_EXPORT(web_has_model)(const mien_web *w, const char *name);

/* Add the file of a network of the catalogue.  The bytes, from web_alloc,
 * belong to w from then on, also when they are refused: EARG (no such model, or
 * it is there), EFORMAT (another digest), ELIMIT, ENOMEM.  digest is their
 * SHA-256, which an engine computes sooner and on another thread; NULL: it is
 * computed here. */
mien_status WEB_EXPORT(web_add_model)(mien_web *w, const char *name,
                                      const char *digest, uint8_t *bytes,
                                      size_t n);

/* ---- faces --------------------------------------------------------------- */

/* Prepare to read faces with the networks added: as mien_analyzer_new. */
mien_status WEB_EXPORT(web_reader_new)(mien_web *w, const web_wish *wish,
                                       web_reader **out);
void WEB_EXPORT(web_reader_free)(web_reader *r);

/* Read a picture of width x height pixels, [height, width, 4] as a canvas has
 * them, laid over white where it is not opaque.  The record of
 * mien_record_photo, but for descriptors.  Fails as mien_analyzer_run, and
 * with ELIMIT for pictures larger than mien_image allows. */
mien_status WEB_EXPORT(web_read)(mien_web *w, web_reader *r, const char *file,
                                 const uint8_t *rgba, int width, int height);

/* [MIEN_DESCRIPTOR] of a face read last, until the next picture; NULL: it has
 * none. */
const float *WEB_EXPORT(web_descriptor)(const web_reader *r, int face);

/* ---- objects --------------------------------------------------------------
 */

typedef struct web_finder web_finder;

/* The names of COCO's classes, in the order of their indices: ["person", ...].
 */
mien_status WEB_EXPORT(web_object_classes)(mien_web *w);

/* The network of web_finder_new, as web_needs tells it. */
mien_status WEB_EXPORT(web_finder_needs)(mien_web *w);

/* Prepare to look for objects with the network added: as
 * mien_object_detector_new; classes "" means all, 0 the usual numbers. */
mien_status WEB_EXPORT(web_finder_new)(mien_web *w, const char *classes,
                                       int max_objects, int by_class,
                                       float min_score, float max_overlap,
                                       web_finder **out);
void WEB_EXPORT(web_finder_free)(web_finder *f);

/* Look for objects in a picture as web_read has them: the record of
 * mien_record_objects. */
mien_status WEB_EXPORT(web_find)(mien_web *w, web_finder *f, const char *file,
                                 const uint8_t *rgba, int width, int height);

/* ---- inside -------------------------------------------------------------- */

/* A picture that grows to the largest so far. */
typedef struct web_picture {
    mien_image im; /* RGB */
    size_t room;   /* bytes of im.data */
} web_picture;

/* Take the pixels of a canvas, laid over white.  ELIMIT, ENOMEM. */
mien_status web_picture_take(web_picture *p, const uint8_t *rgba, int width,
                             int height, mien_error *err);

/* Add a network that was made here, which then belongs to w; after a failure,
 * EARG (no such model, or it is there) or ELIMIT, it is the caller's. */
mien_status web_add_graph(mien_web *w, const char *name, mien_graph *graph,
                          mien_error *err);

/* What the picture read last gave; its faces are borrowed until the next. */
mien_reading web_reading(const web_reader *r);

/* A network that was added; NULL: it was not. */
const mien_graph *web_graph(const mien_web *w, const char *name);

/* Write the array of web_needs. */
void web_write_needs(int n, const mien_model_entry *const *need,
                     mien_buffer *out);

/* Whether a wish is read without landmarks. */
int web_by_box(const web_wish *wish);

/* The options that a wish means. */
mien_face_options web_face_options(const web_wish *wish);

/* The networks of a page that options need; NULL for those not given. */
mien_face_models web_face_models(const mien_web *w,
                                 const mien_face_options *options);

/* Begin the text of a call. */
mien_buffer *web_text_begin(mien_web *w);

/* End it: with a failure the reason takes its place. */
mien_status web_text_end(mien_web *w, mien_status st, const mien_error *err);

#endif
