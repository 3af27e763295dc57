/* concept.h: what a concept says, and which pictures it means. */
#ifndef MI_FACES_CONCEPT_H
#define MI_FACES_CONCEPT_H

#include "mien/faces_concepts.h"

enum { MI_TERM_MAX = 160 };

/* One side of a concept: "age:0-5", or a folder. */
typedef struct mi_term {
    char text[MI_TERM_MAX];  /* the whole, without blanks around */
    char name[MI_TERM_MAX];  /* before the colon; empty: there is none */
    char value[MI_TERM_MAX]; /* behind it; without one: the text without slashes
                                at its end */
} mi_term;

/* What is asked for. */
typedef struct mi_concept_ask {
    const char *text;
    mi_term term[2];
    const mien_concept_options *options;
} mi_concept_ask;

/* Understand a text, "A - B"; options NULL: the defaults. */
mien_status mi_concept_ask_read(mi_concept_ask *out, const char *text,
                                const mien_concept_options *options,
                                mien_error *err);
/* The two sides of a text. */
mien_status mi_concept_terms(const char *text, mi_term out[2], mien_error *err);

/* Pictures of both sides. */
typedef struct mi_concept_pictures {
    mien_paths side[2];
    char digest[65]; /* of their names */
} mi_concept_pictures;

/* Release pictures. */
void mi_concept_pictures_free(mi_concept_pictures *p);

/* Find the pictures of both sides, at most options->most of each, at even
 * distances; none is a failure. */
mien_status mi_concept_find(const mi_concept_ask *ask, mi_concept_pictures *out,
                            mien_error *err);
/* 1: pictures are said: by labels, or both sides are folders that are there. */
int mi_concept_has_pictures(const mi_concept_ask *ask);
/* mien_concept_learn, from pictures that were found. */
mien_status mi_concept_of_pictures(mien_coder *c, mien_analyzer *yunet,
                                   const mi_concept_ask *ask,
                                   const mi_concept_pictures *p,
                                   mien_concept *out, mien_buffer *notes,
                                   mien_error *err);

#endif
