/* mien/record_text.h: what was found, and what is inside a file, for a person:
 * tables of text; and files' insides as JSON.
 *
 *   hits, history, smiles, a cascade, a model -> mien_record_*_text
 *
 * Names from files are shown as mien_text_plain shows them.  Memory that ends
 * is noted in the buffer. */
#ifndef MIEN_RECORD_TEXT_H
#define MIEN_RECORD_TEXT_H

#include "mien/record.h"
#include "mien/vision_roc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- photos and videos ---------------------------------------------------
 */

/* Add what cascades found in a photo: a line for it, one a cascade, one a hit.
 *
 *   r    what is known
 *   out  lines are added */
MIEN_API void mien_record_hits_text(const mien_hits_record *r,
                                    mien_buffer *out);

/* Add a line a track of a whole video, and the points that were lost, by
 * reason.
 *
 *   h    after the last frame
 *   out  lines are added */
MIEN_API void mien_record_tracks_text(const mien_history *h, mien_buffer *out);

/* Add a line a smile of a whole video, then a line a face.
 *
 *   s    after the last frame
 *   out  lines are added
 *
 * Returns how many smiles there were. */
MIEN_API int mien_record_smiles_text(const mien_smiles *s, mien_buffer *out);

/* Add a comparison: the verdict, and which faces were compared.
 *
 *   r    what is known
 *   out  lines are added */
MIEN_API void mien_record_pair_text(const mien_pair_record *r,
                                    mien_buffer *out);

/* Add the detections of cascades at some numbers of false positives, beside
 * those of Viola and Jones, 2004, table 3.
 *
 *   n      cascades
 *   names  [n]
 *   r      [n] of the same pictures
 *   out    lines are added */
MIEN_API void mien_record_roc_text(int n, const char *const *names,
                                   const mien_roc *r, mien_buffer *out);

/* ---- a cascade -----------------------------------------------------------
 */

/* Some stages of a cascade, and what fell through them; all pointers are
 * borrowed. */
typedef struct mien_cascade_record {
    const char *name;
    const mien_cascade *cascade;
    int first, last; /* stages, within the cascade's */
    const mien_fall *fall;
    const char *followed; /* what the fall followed: "best window"; NULL:
                             nothing */
} mien_cascade_record;

/* Add the cascade's kind, a line a stage, and how far what was followed came.
 *
 *   r    what is known
 *   out  lines are added */
MIEN_API void mien_record_cascade_text(const mien_cascade_record *r,
                                       mien_buffer *out);

/* Add the same as a JSON object.
 *
 *   r    what is known
 *   out  {"schema", "name", "width", "height", "features", "trees", "nodes",
 *        "windows" if some were counted, "passed" if something was followed,
 *        "stages": [{"stage", "trees", "tilted", "threshold", "left", "sum"}]}
 */
MIEN_API void mien_record_cascade(const mien_cascade_record *r,
                                  mien_buffer *out);

/* ---- a model -------------------------------------------------------------
 */

/* A model and the file it was read from; all pointers are borrowed. */
typedef struct mien_model_record {
    const char *file;
    const uint8_t *bytes;
    size_t n;
    const mien_graph *graph; /* of these bytes */
} mien_model_record;

/* Add size and digest, what the catalogue says of it, inputs, outputs, number
 * of parameters, operators with their counts, metadata.
 *
 *   r    what is known
 *   out  lines are added */
MIEN_API void mien_record_model_text(const mien_model_record *r,
                                     mien_buffer *out);

/* Add the same as a JSON object.
 *
 *   r    what is known
 *   out  {"file", "bytes", "sha256", "name", "licence", "inputs", "outputs":
 *        [{"name", "shape": null where any is taken}], "parameters",
 *        "operators": {name: count}, "metadata": {key: value}}; name and
 *        licence are null where the catalogue does not know the digest */
MIEN_API void mien_record_model(const mien_model_record *r, mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
