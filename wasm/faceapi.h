/* faceapi.h: face-api.js' weights, and faces in its shapes.
 *
 *   a manifest, whose JSON a page reads -> web_weights_add, weight by weight
 *     -> web_weights_build: their bytes -> a network, as web_add_model adds it
 *   web_read -> web_faceapi: the faces read last */
#ifndef MIEN_WASM_FACEAPI_H
#define MIEN_WASM_FACEAPI_H

#include "wasm/web.h"

/* What a manifest lists. */
typedef struct web_weights web_weights;

/* One weight of it, as mien_faceapi_weight; the fields lie as JavaScript
 * writes them. */
typedef struct web_weight {
    double scale, min;
    int32_t rank, whole, packed, dim[MIEN_MAX_RANK];
} web_weight;

mien_status WEB_EXPORT(web_weights_new)(mien_web *w, web_weights **out);
void WEB_EXPORT(web_weights_free)(web_weights *list);

/* Add the next weight.  Fails with ELIMIT (more than 4096), ENOMEM. */
mien_status WEB_EXPORT(web_weights_add)(mien_web *w, web_weights *list,
                                        const char *name,
                                        const web_weight *weight);

/* Make a network of the catalogue of them and of their n bytes, which are only
 * read, and add it.  Fails as mien_faceapi_build, and with EARG (it is there
 * already). */
mien_status WEB_EXPORT(web_weights_build)(mien_web *w, const web_weights *list,
                                          const char *kind,
                                          const uint8_t *bytes, size_t n);

/* The faces of the picture read last, as mien_record_faceapi has them, but for
 * descriptors (web_descriptor). */
mien_status WEB_EXPORT(web_faceapi)(mien_web *w, const web_reader *r);

#endif
