/* state.h: what every checkpoint begins with, eight letters and a check sum of
 * all that follows. */
#ifndef MI_TRAIN_STATE_H
#define MI_TRAIN_STATE_H

#include "base/bytes.h"

/* Write the letters and leave a place for the sum. */
void mi_state_begin(mien_buffer *b, const char *magic);
/* Fill the sum in and hand the bytes over; b is used up. */
mien_status mi_state_end(mien_buffer *b, mien_bytes *out, mien_error *err);
/* Check letters and sum, and go past them.  Fails with EFORMAT. */
mien_status mi_state_open(mi_cursor *c, const char *magic, mien_error *err);

#endif
