/* ask.h: what a request asks for, by its path, its query and its key. */
#ifndef MI_SERVE_ASK_H
#define MI_SERVE_ASK_H

#include "mien/serve.h"

typedef struct mi_ask {
    mien_serve_wish wish;
    int landmarks, status;        /* 1: they are told, too */
    char rest[MIEN_GALLERY_NAME]; /* of the path: a name, or a face's id */
    char subject[MIEN_GALLERY_NAME];
    char name[MIEN_GALLERY_NAME]; /* of a file */
    mien_basis basis;             /* basis, purpose, expiry; empty: not said */
    int has_taken;                /* 1: it says when the photo was taken: */
    char taken[11];               /* the day; empty: that it is not known */
    int page, size;
    int64_t confirm; /* the number of a deletion; 0: none */
    struct {
        char id[9], name[MIEN_SERVE_NAME_SIZE];
        char purpose[sizeof((mien_basis *)NULL)->purpose];
        char basis[sizeof((mien_basis *)NULL)->basis];
        int days;
    } key; /* what the request's key is for */
} mi_ask;

#define MI_ASK_DEFAULTS                         \
    {                                           \
        .wish = {.min_score = 0.6f}, .size = 20 \
    }

/* Write the bytes that %41 and the like stand for, in place; the length.  %00
 * stays as it is, for a text ends at a zero byte and would be another one. */
size_t mi_ask_unescape(char *text);

/* Read a parameter of a query; value NULL: it has none.  Fails with EARG. */
MIEN_CHECKED mien_status mi_ask_set(mi_ask *ask, const char *name,
                                    const char *value, mien_error *err);

#endif
