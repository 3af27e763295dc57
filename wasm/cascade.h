/* cascade.h: boosted cascades of a page: XML read, pictures searched.
 *
 *   web_cascade_new: a file's bytes -> web_cascade_find: RGBA -> JSON */
#ifndef MIEN_WASM_CASCADE_H
#define MIEN_WASM_CASCADE_H

#include "wasm/web.h"

typedef struct web_cascade web_cascade;

/* How a picture is searched, as mien_cascade_options; the fields lie as
 * JavaScript writes them: two of eight bytes, then six of four. */
typedef struct web_sweep {
    double scale, group;
    int32_t neighbors, min_w, min_h, max_w, max_h, stages;
} web_sweep;

/* Read a cascade, as mien_cascade_read: {"kind": "haar" or "lbp", "width",
 * "height" of its window, "stages", "trees", "features", "tilted"}. */
mien_status WEB_EXPORT(web_cascade_new)(mien_web *w, const uint8_t *xml,
                                        size_t n, web_cascade **out);
void WEB_EXPORT(web_cascade_free)(web_cascade *c);

/* Search a picture as web_read has them: the record of mien_record_hits, whose
 * class is the name. */
mien_status WEB_EXPORT(web_cascade_find)(mien_web *w, web_cascade *c,
                                         const char *name, const web_sweep *how,
                                         const uint8_t *rgba, int width,
                                         int height);

/* The cascade itself, borrowed. */
const mien_cascade *web_cascade_of(const web_cascade *c);

#endif
