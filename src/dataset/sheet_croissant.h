/* sheet_croissant.h: what files of Croissant metadata have in common. */
#ifndef MI_DATASET_SHEET_CROISSANT_H
#define MI_DATASET_SHEET_CROISSANT_H

#include "dataset/sheet.h"
#include "mien/json.h"

/* Begin the object of a data set: the context, its name, and what was answered
 * or computed.  The caller closes it. */
void mi_croissant_begin(mien_json *j, const mien_datasheet *s);
/* {"@id": id}, which refers to another object. */
void mi_croissant_id(mien_json *j, const char *key, const char *id);
/* A file with its digest, in an array. */
void mi_croissant_file(mien_json *j, const char *name, const char *type,
                       const char *sha256);

#endif
