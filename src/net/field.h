/* field.h: the members of an object of JSON, each checked as it is read.
 *
 * Reading is sticky: the first mistake is kept, with the place it stands at,
 * and later reads give their defaults. */
#ifndef MI_NET_FIELD_H
#define MI_NET_FIELD_H

#include "mien/base.h"

#include <jansson.h>

/* Where a reader is, and the first mistake. */
typedef struct mi_fields {
    json_t *object;        /* whose members are read */
    const json_t *numbers; /* that whole numbers may be called by name, or NULL
                            */
    char place[160];       /* "layer 'c1' (conv2d)": for messages */
    mien_status status;
    mien_error *err;
} mi_fields;

/* Note a mistake at the place; `format` says what is wrong. */
void mi_fields_wrong(mi_fields *f, mien_status st, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Refuse members whose names are not among `keys`, a list with spaces between
 * and around. */
void mi_fields_only(mi_fields *f, const char *keys);
/* A text among `words` (with spaces between): its place, 0, 1, ...; `fallback`
 * where the member is missing. */
int mi_field_word(mi_fields *f, const char *key, const char *words,
                  int fallback);
/* A whole number from low to high; a fallback below low: it must be there. */
int mi_field_int(mi_fields *f, const char *key, int low, int high,
                 int fallback);
/* One whole number for both of two, or a list of two. */
void mi_field_pair(mi_fields *f, const char *key, int low, int high,
                   int fallback, int out[2]);
/* A list of whole numbers from 0 to high, 1, 2 or 4: for all sides; down,
 * across; top, left, bottom, right. */
void mi_field_sides(mi_fields *f, const char *key, int high, int out[4]);
/* A number from low to high. */
float mi_field_real(mi_fields *f, const char *key, double low, double high,
                    double fallback);
/* true or false; false where it is missing. */
int mi_field_flag(mi_fields *f, const char *key);
/* Whole numbers from 1 to MIEN_MAX_TENSOR, at most `most`: how many. */
int mi_field_sizes(mi_fields *f, const char *key, int most, int64_t *out);
/* One number for all of n, or a list of n. */
void mi_field_reals(mi_fields *f, const char *key, int n, float fallback,
                    float *out);
/* A name into [MIEN_NET_NAME]; 0 where it is missing. */
int mi_field_name(mi_fields *f, const char *key, char *out);
/* The same of a value that is no member. */
int mi_name_of_json(mi_fields *f, const char *key, const json_t *v, char *out);

#endif
