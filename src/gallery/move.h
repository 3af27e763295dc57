/* move.h: descriptors of one person on their way to another. */
#ifndef MI_GALLERY_MOVE_H
#define MI_GALLERY_MOVE_H

#include "gallery/gallery.h"

/* Some descriptors of one network; zero-initialise a list of them. */
typedef struct mi_batch {
    mien_gallery_faces f;
    int against; /* 1: negatives */
    float *row;  /* [f.n, f.numbers], which f points to */
    int64_t old[MIEN_GALLERY_MAX_FACES], number[MIEN_GALLERY_MAX_FACES];
} mi_batch;
typedef struct mi_moves {
    int64_t n;
    mi_batch *batch; /* [n] by mi_push */
    mi_held held;    /* of all */
} mi_moves;

/* Copy a person's faces and negatives, those with the n numbers, or all where n
 * is 0; they get new numbers. */
mien_status mi_moves_gather(mien_gallery *g, int64_t from, int n,
                            const int64_t *face, mi_moves *out,
                            mien_error *err);
/* Overwrite and free. */
void mi_moves_free(mi_moves *m);
/* Add them to a person in memory; where it fails nothing was added. */
mien_status mi_moves_add(mien_gallery *g, int64_t into, const mi_moves *m,
                         mien_error *err);
/* Take them away there. */
void mi_moves_drop(mien_gallery *g, const mi_moves *m);
/* Put them into the data, sealed for the person. */
mien_status mi_moves_put(mien_gallery *g, const mi_person *into,
                         const mi_moves *m, mien_error *err);

#endif
