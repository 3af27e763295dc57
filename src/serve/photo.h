/* photo.h: the faces of a photo in memory, by the networks that mien knows. */
#ifndef MI_SERVE_PHOTO_H
#define MI_SERVE_PHOTO_H

#include "mien/kit.h"
#include "mien/serve.h"

/* The least score of a face that is ever reported. */
#define MI_PHOTO_MIN_SCORE 0.1f

typedef struct mi_photos {
    mien_reader *find, *describe, *guess; /* boxes; descriptors; age, gender */
    mien_error no_describe, no_guess;     /* why describe or guess is NULL */
} mi_photos;

/* Open the networks; descriptors are those of describer.  They, age and gender
 * may be missing: what needs them fails then.  Fails with what mien_reader_open
 * fails with. */
MIEN_CHECKED mien_status mi_photos_open(mi_photos *p, const char *models,
                                        mien_describer describer, int lanes,
                                        mien_error *err);

/* NULL is allowed. */
void mi_photos_close(mi_photos *p);

/* A mien_serve_read of mi_photos. */
MIEN_CHECKED mien_status mi_photos_read(void *photos, int lane,
                                        const uint8_t *bytes, size_t n,
                                        const mien_serve_wish *wish,
                                        mien_reading *out, mien_error *err);

#endif
