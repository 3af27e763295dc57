/* sheet_jsonld.h: JSON-LD as catalogues of data write it.
 *
 * A name may be plain ("license"), have a prefix ("sc:license",
 * "schema:license"), be a whole IRI ("https://schema.org/license") or be
 * another name by the context; a value may be an object elsewhere, which
 * {"@id": ...} names.  No reference is followed further than to what it names,
 * so that cycles end. */
#ifndef MI_DATASET_SHEET_JSONLD_H
#define MI_DATASET_SHEET_JSONLD_H

#include "base/json_read.h"
#include "mien/text.h"

enum {
    MI_JSONLD_TERM = 128, /* bytes of a name */
    MI_JSONLD_CONTEXTS = 4,
    MI_JSONLD_MEMBERS = 256, /* of an object that is looked at */
    MI_JSONLD_VALUES = 4096, /* of a text */
    MI_JSONLD_ALL = 16384,   /* of all texts that are made of a file */
    MI_JSONLD_LIST = 4096,   /* of a list whose objects are looked at */
    MI_JSONLD_TEXT = 65536   /* bytes of a text, about */
};

typedef struct mi_jsonld {
    json_t *root;                        /* owned */
    json_t *named;                       /* owned: "@id" to its object */
    json_t *context[MI_JSONLD_CONTEXTS]; /* objects of the context */
    int contexts;
    json_t *dataset; /* the object of the data set */
    int left;        /* values that texts may still be made of */
} mi_jsonld;

/* Read a text of at most `most` bytes and find its data set.  Zero-initialise
 * out before; release with mi_jsonld_free, also after a failure.  Fails with
 * EFORMAT, ELIMIT, ENOMEM. */
mien_status mi_jsonld_read(const uint8_t *bytes, size_t n, size_t most,
                           mi_jsonld *out, mien_error *err);
/* Release what was read. */
void mi_jsonld_free(mi_jsonld *d);

/* The name of a member within the vocabularies of schema.org, Croissant and
 * Dublin Core; 0: it is of none of them. */
int mi_jsonld_term(const mi_jsonld *d, const char *key,
                   char out[MI_JSONLD_TERM]);
/* The member with this name; NULL: there is none, or object is none. */
json_t *mi_jsonld_get(const mi_jsonld *d, json_t *object, const char *name);
/* How many values a member has: those of an array, one, or none. */
size_t mi_jsonld_count(json_t *value);
/* One of them, asserted; a reference gives what it names, where that is known.
 */
json_t *mi_jsonld_at(const mi_jsonld *d, json_t *value, size_t i);
/* Is an object of this type? */
int mi_jsonld_is(const mi_jsonld *d, json_t *object, const char *type);
/* The "@id" that a value is or has, or the text that it is; NULL: neither. */
const char *mi_jsonld_id(json_t *value);
/* Write values as text: texts on lines of their own, things by their names,
 * apart by commas.  Nothing is written of what is no text and has no name.  0:
 * there was more than a text, or all texts of a file, may hold. */
int mi_jsonld_text(mi_jsonld *d, json_t *value, mien_buffer *out);

#endif
