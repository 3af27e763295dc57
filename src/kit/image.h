/* image.h: photos from files, for records. */
#ifndef MI_KIT_IMAGE_H
#define MI_KIT_IMAGE_H

#include "mien/kit.h"

/* mien_photo_load, whose text does not name the file. */
mien_status mi_photo_load(const char *path, const mien_read_options *options,
                          mien_photo *out, mien_error *err);
/* Fail with "path: why", the path cut where the whole does not fit. */
mien_status mi_file_fail(mien_error *err, mien_status st, const char *path,
                         const char *why);

#endif
