/* smile.h: who smiles in a page's video, by cascades inside one another.
 *
 *   three cascades (wasm/cascade.h) -> web_smiles_new
 *     -> web_smiles_next: RGBA of a frame -> faces, eyes, smiles, votes
 *     -> web_smiles_list: every smile with its begin and end
 *
 * As `mien smile` does it (mien/vision_smile.h). */
#ifndef MIEN_WASM_SMILE_H
#define MIEN_WASM_SMILE_H

#include "wasm/cascade.h"

typedef struct web_smiles web_smiles;

/* How smiles are looked for; the fields lie as JavaScript writes them. */
typedef struct web_smile_wish {
    int32_t article;    /* 1: the strict settings of the article mien follows */
    int32_t network;    /* 1: the network of expressions judges faces; it was
                           added, with those that web_needs names with it */
    int32_t neighbours; /* windows that must agree on a smile; -1: the usual */
    float begin, end;   /* votes at which a smile is on, and below which it is
                           over */
} web_smile_wish;

/* Begin before the first frame.
 *
 *   sights  [3] cascades of faces, eyes and smiles, borrowed
 *
 * Fails as mien_smiles_new and mien_analyzer_new. */
mien_status WEB_EXPORT(web_smiles_new)(mien_web *w,
                                       const web_cascade *const *sights,
                                       const web_smile_wish *how,
                                       web_smiles **out);
void WEB_EXPORT(web_smiles_free)(web_smiles *s);

/* Look at the next frame, a picture as web_read has it, shown at `seconds`.
 * Two lines: the record of mien_record_smiles, and {"width", "height", "ms"}.
 * Fails as mien_smiles_next, and with EARG (seconds that are no number). */
mien_status WEB_EXPORT(web_smiles_next)(mien_web *w, web_smiles *s,
                                        const uint8_t *rgba, int width,
                                        int height, double seconds);

/* All faces there were: [{"id", "begin", "end", "frames", "smiling": frames,
 * "smiles": [{"begin", "end"}]}], in seconds. */
mien_status WEB_EXPORT(web_smiles_list)(mien_web *w, const web_smiles *s);

#endif
