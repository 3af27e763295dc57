/* shard.h: what servers say to each other about faces, as JSON: one describes
 * them, and others, each with a gallery of some of the people, say who is
 * nearest.  No photo is sent. */
#ifndef MI_SERVE_SHARD_H
#define MI_SERVE_SHARD_H

#include "serve/body.h"

#include "mien/face.h"
#include "mien/gallery_shards.h"

/* Faces of one question. */
enum { MI_SHARD_FACES = 1000 };

typedef struct mi_shard_question {
    char model[MIEN_GALLERY_DIGEST]; /* SHA-256 of the network of descriptors */
    char day[11];                    /* that they were seen on; "": not known */
    float threshold;
    int n, numbers;    /* faces, and the numbers of each */
    float *descriptor; /* [n, numbers] */
} mi_shard_question;

/* Write a question. */
void mi_shard_question_write(const mi_shard_question *q, mien_buffer *out);

/* Read one of a body, whose texts are as they were sent.
 *
 *   model    SHA-256 of the network that describes faces here
 *   numbers  of its descriptors
 *   out      release it with mi_shard_question_free
 *
 * Fails with EUNSUP (the faces are described by another network), EFORMAT,
 * ELIMIT, ENOMEM. */
MIEN_CHECKED mien_status mi_shard_question_read(const mi_body *b,
                                                const char *model, int numbers,
                                                mi_shard_question *out,
                                                mien_error *err);
/* Release its descriptors, which are overwritten. */
void mi_shard_question_free(mi_shard_question *q);

/* Write the answers to a question, without what joining them does not need: of
 * who is not near enough nothing is said. */
void mi_shard_answers_write(const mi_shard_question *q,
                            const mien_shard_answer *answer, mien_buffer *out);

/* The most bytes that the answers to n faces have. */
size_t mi_shard_answers_most(int n);

/* Read them.
 *
 *   n          faces that were asked about
 *   threshold  at which
 *   out        [n] set whole, or as it was
 *
 * Fails with EFORMAT, ELIMIT, ENOMEM. */
MIEN_CHECKED mien_status mi_shard_answers_read(const uint8_t *bytes,
                                               size_t size, int n,
                                               float threshold,
                                               mien_shard_answer *out,
                                               mien_error *err);

#endif
