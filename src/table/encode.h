/* encode.h: what fitting and applying an encoder share. */
#ifndef MI_TABLE_ENCODE_H
#define MI_TABLE_ENCODE_H

#include "mien/table_columns.h"

/* EFORMAT for a number that is missing or infinite.  learning: 1 where the
 * encoder is fitted, 0 where it is applied. */
mien_status mi_encode_refuse(const mien_column *c, int64_t row, int learning,
                             mien_error *err);

#endif
