/* sheet_from_croissant.h: what the parts that read Croissant metadata share. */
#ifndef MI_DATASET_SHEET_FROM_CROISSANT_H
#define MI_DATASET_SHEET_FROM_CROISSANT_H

#include "dataset/sheet.h"
#include "dataset/sheet_jsonld.h"

/* sheet_from_columns.c: compare the files and the columns that are described
 * with the data that a sheet is of: lines of text are added.
 *
 *   t  the table; NULL: they are pictures
 *
 * Fails with ENOMEM. */
mien_status mi_croissant_compare(const mi_jsonld *d, const mien_datasheet *s,
                                 const mien_table *t, mien_buffer *out,
                                 mien_error *err);
/* Add a text as one line that a terminal can show, at most so many bytes of it.
 */
void mi_croissant_short(const char *text, size_t most, mien_buffer *out);
/* Is a thing the digest of a set of pictures?  Its value, or NULL. */
const char *mi_croissant_set(const mi_jsonld *d, json_t *thing);

#endif
