/* reading.h: wishes and readings as bytes, between the program and a worker,
 * neither of which trusts the other. */
#ifndef MI_SANDBOX_READING_H
#define MI_SANDBOX_READING_H

#include "base/bytes.h"
#include "mien/serve.h"

enum { MI_READING_MOST_FACES = 10000, MI_WISH_SIZE = 12 /* bytes */ };

/* Add a wish to bytes. */
void mi_wish_write(mien_buffer *out, const mien_serve_wish *wish);

/* Take a wish from the beginning of bytes.  Fails with EFORMAT. */
MIEN_CHECKED mien_status mi_wish_read(mi_cursor *c, mien_serve_wish *out,
                                      mien_error *err);

/* Add a reading to bytes, each number with all its bits.  Fails with ELIMIT. */
MIEN_CHECKED mien_status mi_reading_write(mien_buffer *out,
                                          const mien_reading *r,
                                          mien_error *err);

/* Read a reading that mi_reading_write wrote, or that somebody made up: sizes
 * lie within the limits of photos, numbers are finite, scores and
 * probabilities 0..1, texts are one line of ASCII, a day is one of the
 * calendar, and nothing is told that was not wished.
 *
 *   out  released with mien_faces_free
 *
 * Fails with EFORMAT, ENOMEM. */
MIEN_CHECKED mien_status mi_reading_read(const uint8_t *bytes, size_t n,
                                         const mien_serve_wish *wish,
                                         mien_reading *out, mien_error *err);

#endif
