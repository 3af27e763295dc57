/* mien/gallery_inferred.h: what models inferred about somebody who is enrolled.
 *
 *   mien_gallery_add_inferred: rows of a file of predictions, of one person
 *     -> mien_gallery_list_inferred: of which file, by which model, until when
 *     -> mien_gallery_read_inferred: the rows again
 *     -> mien_gallery_remove_inferred
 *
 * Inferred data about a person are that person's data: they are sealed with the
 * person's key, are in mien_gallery_export, go with the person, and at their
 * own end before.  The file from which they come stays where it is: that its
 * rows are erased there, too, is up to whoever keeps it. */
#ifndef MIEN_GALLERY_INFERRED_H
#define MIEN_GALLERY_INFERRED_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_GALLERY_MAX_INFERRED 64             /* files of one person */
#define MIEN_GALLERY_MAX_INFERRED_ROWS (1 << 20) /* bytes of one */

/* Rows that are to be kept; borrowed. */
typedef struct mien_gallery_inference {
    const char *file;        /* of predictions; as the name of evidence */
    const char *file_sha256; /* of its bytes */
    const char *model;       /* SHA-256 of the model's file */
    const char *until;       /* the last day; "": the person's own end, which is
                                also the latest */
    mien_bytes rows;         /* 1 to MIEN_GALLERY_MAX_INFERRED_ROWS bytes */
} mien_gallery_inference;

/* Rows that are kept. */
typedef struct mien_gallery_inferred {
    int64_t id; /* 1..2^53, of the numbers of faces; never used again */
    char file[MIEN_GALLERY_NAME];
    char file_sha256[MIEN_GALLERY_DIGEST];
    char model[MIEN_GALLERY_DIGEST];
    char day[11];                     /* on which they came, YYYY-MM-DD */
    char until[11];                   /* the last day */
    int64_t size;                     /* of the rows, in bytes */
    char sha256[MIEN_GALLERY_DIGEST]; /* of the rows */
} mien_gallery_inferred;

/* Keep what a model inferred about somebody who is enrolled.
 *
 *   g    open
 *   id   of the person
 *   in   what is kept
 *   out  set to its number; may be NULL
 *
 * Fails with EARG (nobody has the number; the person's basis has ended; a name,
 * a digest or a day that is none, or a day that is over; no rows), EIO, ELIMIT
 * (MIEN_GALLERY_MAX_INFERRED are there; too many bytes), ENOMEM: then nothing
 * changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_add_inferred(
    mien_gallery *g, int64_t id, const mien_gallery_inference *in, int64_t *out,
    mien_error *err);

/* List what was inferred about somebody, without the rows.
 *
 *   g    open
 *   id   of the person
 *   n    set to how many
 *   out  the first n are set
 *
 * Fails with EARG (nobody has the number), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_list_inferred(
    const mien_gallery *g, int64_t id, int *n,
    mien_gallery_inferred out[MIEN_GALLERY_MAX_INFERRED], mien_error *err);

/* Read the rows again.
 *
 *   g    open
 *   id   their number
 *   out  they are added, and the caller keeps them as safe as the gallery
 *
 * Fails with EARG (nothing has the number), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_read_inferred(
    const mien_gallery *g, int64_t id, mien_buffer *out, mien_error *err);

/* Erase rows; a copy that is restored later does not bring them back.
 *
 *   g   open
 *   id  their number
 *
 * Fails with EARG (nothing has the number), EIO, ENOMEM: then they are there
 * still, unless the text says that opening erases the rest. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_remove_inferred(mien_gallery *g,
                                                               int64_t id,
                                                               mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
