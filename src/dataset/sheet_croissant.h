/* sheet_croissant.h: what files of Croissant metadata have in common. */
#ifndef MI_DATASET_SHEET_CROISSANT_H
#define MI_DATASET_SHEET_CROISSANT_H

#include "dataset/sheet.h"
#include "mien/json.h"

/* How a property holds an answer. */
typedef enum mi_croissant_kind {
    MI_CROISSANT_TEXT,
    MI_CROISSANT_NAME, /* an organization with this name */
    MI_CROISSANT_READ  /* another word for it, which is read and not written;
                          those before it come first */
} mi_croissant_kind;

/* A property, and the question that it answers. */
typedef struct mi_croissant_word {
    const char *property, *key;
    mi_croissant_kind kind;
} mi_croissant_word;

/* What an additionalProperty is, whose name is the key of a question. */
#define MI_CROISSANT_OTHERS "mien/datasheet/1"

/* What an identifier is, whose value is the digest of a set of pictures. */
#define MI_CROISSANT_PICTURES "mien/pictures/1"

/* A field of a set of records, and where its values come from. */
typedef struct mi_croissant_field_of {
    const char *set, *name, *type;
    const char *kind, *from; /* "fileObject" or "fileSet", and its "@id" */
    const char *by, *what;   /* "column" or "fileProperty", and its name */
} mi_croissant_field_of;

/* Walk the properties; NULL past the last. */
const mi_croissant_word *mi_croissant_word_at(int i);
/* The type of a column's values: "sc:Text", "sc:Date", "sc:Integer",
 * "sc:Float". */
const char *mi_croissant_type(const mien_column *c, const mien_summary *s,
                              int64_t rows);
/* Begin the object of a data set: the context, its name, and what was answered
 * or computed.  The caller closes it. */
void mi_croissant_begin(mien_json *j, const mien_datasheet *s);
/* {"@id": id}, which refers to another object. */
void mi_croissant_id(mien_json *j, const char *key, const char *id);
/* A file with its digest, in an array. */
void mi_croissant_file(mien_json *j, const char *name, const char *type,
                       const char *sha256);
/* A field, in an array. */
void mi_croissant_field(mien_json *j, const mi_croissant_field_of *f);
/* The field that a column of a file is. */
void mi_croissant_column(mien_json *j, const char *set, const char *file,
                         const char *name, const char *type);

#endif
