/* mien/picture_code.h: what a variational auto-encoder makes of a picture.
 *
 *   model.onnx -> mien_coder_new
 *     -> mien_coder_encode: a picture -> its code
 *     -> mien_coder_decode: a code -> a picture
 *   codes of two pictures -> mien_code_between: steps from one to the other
 *   codes.json -> mien_codes_read -> mien_mixture_draw: codes of new pictures
 *
 * Encoder and decoder are one network in one file: a picture and noise come in,
 * latent = mean + exp(log variance / 2) noise lies between, and the picture
 * made again, mean and log_variance come out.  With noise of zeros it encodes.
 * It decodes any code when it is shown a fixed picture, whose mean and variance
 * are known, and the noise (code - mean) exp(-log variance / 2). */
#ifndef MIEN_PICTURE_CODE_H
#define MIEN_PICTURE_CODE_H

#include "mien/engine.h"
#include "mien/image.h"
#include "mien/num_mixture.h"
#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model ready to encode and decode. */
typedef struct mien_coder mien_coder;

typedef struct mien_coder_info {
    int w, h;    /* of its pictures */
    int units;   /* numbers of a code */
    int aligned; /* side of the faces that were cut out by five points for its
                    training; 0: pictures were taken whole */
} mien_coder_info;

/* Prepare a model.
 *
 *   bytes  [n] model.onnx of a study whose network has an output that is held
 *          to the picture, outputs "mean" and "log_variance" of one length,
 *          and an input of noise of that length
 *   n      how many bytes
 *   pool   NULL: one thread; borrowed while the coder lives
 *   out    owned by the caller; free with mien_coder_free
 *
 * Fails with EFORMAT (another model; the text says what it lacks), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_coder_new(const uint8_t *bytes, size_t n,
                                                 mien_pool *pool,
                                                 mien_coder **out,
                                                 mien_error *err);

/* Release a coder.
 *
 *   c  NULL is allowed */
MIEN_API void mien_coder_free(mien_coder *c);

/* Its sizes.
 *
 *   c  a coder */
MIEN_API mien_coder_info mien_coder_get_info(const mien_coder *c);

/* Encode a picture.
 *
 *   c             one call at a time
 *   im            any size, stretched to the model's
 *   mean          [units] the code
 *   log_variance  [units] or NULL
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_coder_encode(mien_coder *c,
                                                    const mien_image *im,
                                                    float *mean,
                                                    float *log_variance,
                                                    mien_error *err);

/* Make a picture of a code.
 *
 *   c     one call at a time
 *   code  [units]
 *   out   w x h; free with mien_image_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_coder_decode(mien_coder *c,
                                                    const float *code,
                                                    mien_image *out,
                                                    mien_error *err);

/* A code on the line between two.
 *
 *   n    units
 *   a    [n] at 0
 *   b    [n] at 1
 *   t    any number: beyond 0..1 it lies outside of them
 *   out  [n] may be a or b */
MIEN_API void mien_code_between(int n, const float *a, const float *b, float t,
                                float *out);

/* Add a direction, as a concept is one, to a code.
 *
 *   n         units
 *   code      [n]
 *   strength  how often: 0 not, -1 taken away
 *   vector    [n]
 *   out       [n] may be code */
MIEN_API void mien_code_add(int n, const float *code, float strength,
                            const float *vector, float *out);

/* Tell how far two codes lie apart, by Euclid.
 *
 *   n  units
 *   a  [n]
 *   b  [n] */
MIEN_API double mien_code_distance(int n, const float *a, const float *b);

/* ---- where codes lie ------------------------------------------------------
 */

enum {
    MIEN_CODES_MAX_BYTES = 1 << 25,
    MIEN_CODES_MAX_UNITS = 65536 /* numbers of a code */
};

/* How the codes of the pictures that were learned from are spread.  Release
 * with mien_codes_free. */
typedef struct mien_codes {
    int64_t count; /* pictures */
    mien_mixture mixture;
} mien_codes;

/* Release what codes were read.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_codes_free(mien_codes *c);

/* Copy codes, as from numbers of one's own.
 *
 *   c    looked through first; its lists are borrowed
 *   out  release with mien_codes_free
 *
 * Fails with EFORMAT (sizes out of range, numbers that are no weights or
 * variances), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_codes_copy(const mien_codes *c,
                                                  mien_codes *out,
                                                  mien_error *err);

/* Write codes.json.
 *
 *   c    as fitted or read
 *   out  the text is added */
MIEN_API void mien_codes_write(const mien_codes *c, mien_buffer *out);

/* Read codes.json (not in the WebAssembly library), which lies beside the
 * model.onnx of an auto-encoder.
 *
 *   bytes  [n] any bytes may be given
 *   n      how many
 *   out    release with mien_codes_free
 *
 * Fails with EFORMAT (no such JSON, lists of other lengths, numbers that are no
 * weights or variances), EUNSUP (another version), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_codes_read(const uint8_t *bytes,
                                                  size_t n, mien_codes *out,
                                                  mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
