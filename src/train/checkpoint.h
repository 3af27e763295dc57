/* checkpoint.h: where a fit stands, and what of: lines "key, tab, value" that
 * say which data and choices, an empty line, and the fit's state.
 *
 * A training goes on from a checkpoint of the same lines alone: one of another
 * seed or split would have learned from what is now to judge it. */
#ifndef MI_TRAIN_CHECKPOINT_H
#define MI_TRAIN_CHECKPOINT_H

#include "mien/text.h"
#include "mien/train.h"

/* Put a checkpoint together; head, which ends with the empty line, is let go.
 * Fails with ENOMEM. */
mien_status mi_checkpoint_write(mien_buffer *head, const mien_fit *f,
                                mien_bytes *out, mien_error *err);
/* Check that bytes begin with a head, which stays: with its first line, the
 * name of their form, or they are no such checkpoint.  Fails with EFORMAT, EARG
 * (another head: the text names the first line that differs, with both values),
 * ENOMEM (the head could not be put together). */
mien_status mi_checkpoint_check(const mien_buffer *head, const uint8_t *bytes,
                                size_t n, mien_error *err);
/* Go on from bytes whose head is this one, which is let go.  Fails with what
 * mi_checkpoint_check fails with, EFORMAT, ENOMEM. */
mien_status mi_checkpoint_read(mien_buffer *head, const uint8_t *bytes,
                               size_t n, mien_fit *f, mien_error *err);

#endif
