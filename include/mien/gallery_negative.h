/* mien/gallery_negative.h: faces that are not somebody, though they look alike.
 *
 *   mien_gallery_add_negative: a face that was taken for a person and is not
 *     -> mien_gallery_search: who is nearer to a negative of a person than to
 *        any face of that person is not that person; the next nearest counts
 *
 * A negative is a descriptor of somebody who agreed to nothing.  It is sealed
 * with the key of the person it is not, gives nobody a name, is not exported,
 * and is erased with that person at the latest.  It holds for faces that the
 * same network describes. */
#ifndef MIEN_GALLERY_NEGATIVE_H
#define MIEN_GALLERY_NEGATIVE_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_GALLERY_MAX_NEGATIVES 100 /* of one person */

/* A negative that is kept; borrowed until the gallery changes. */
typedef struct mien_gallery_negative {
    int64_t id;        /* 1..2^53, of the numbers of faces; never used again */
    const char *model; /* SHA-256 of the network's file */
} mien_gallery_negative;

/* Keep faces that are not a person.
 *
 *   g      open
 *   id     of the person whom they are not
 *   faces  one or more
 *   number [faces->n] set to the numbers of the negatives; may be NULL
 *
 * Fails with EARG (nobody has the number; the basis has ended; numbers that are
 * not finite), EIO, ELIMIT (more than MIEN_GALLERY_MAX_NEGATIVES), ENOMEM: then
 * nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_add_negative(
    mien_gallery *g, int64_t id, const mien_gallery_faces *faces,
    int64_t *number, mien_error *err);

/* List the negatives of a person.
 *
 *   g    open
 *   id   of the person
 *   out  as many as are returned are set
 *
 * How many they are; 0: none, or nobody has the number. */
MIEN_API int mien_gallery_list_negatives(
    const mien_gallery *g, int64_t id,
    mien_gallery_negative out[MIEN_GALLERY_MAX_NEGATIVES]);

/* Erase a negative; a copy that is restored later does not bring it back.
 *
 *   g   open
 *   id  of the negative
 *
 * Copies of PEOPLE.db that were made before can be read of it until the person
 * is withdrawn.
 * Fails with EARG (no negative has the number), EIO, ENOMEM: then it is there
 * still, unless the text says that opening erases the rest. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_remove_negative(mien_gallery *g,
                                                               int64_t id,
                                                               mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
