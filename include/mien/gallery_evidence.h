/* mien/gallery_evidence.h: files that show why somebody may be recognised: a
 * form that was signed, a letter.
 *
 *   mien_gallery_enroll_with: somebody comes with such files, or not at all
 *   mien_gallery_add_evidence -> mien_gallery_list_evidence
 *     -> mien_gallery_read_evidence: the bytes again
 *     -> mien_gallery_remove_evidence
 *
 * Bytes and names are sealed with the person's key, as descriptors are, and are
 * erased with the person; mien_gallery_export has them. */
#ifndef MIEN_GALLERY_EVIDENCE_H
#define MIEN_GALLERY_EVIDENCE_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_GALLERY_MAX_EVIDENCE 16      /* files of one person */
#define MIEN_GALLERY_MAX_FILE (16L << 20) /* bytes of one */

/* A file that is to be kept; borrowed. */
typedef struct mien_gallery_file {
    const char *name; /* UTF-8 without control characters, fewer than
                         MIEN_GALLERY_NAME bytes; "" is none */
    mien_bytes bytes; /* 1 to MIEN_GALLERY_MAX_FILE */
} mien_gallery_file;

/* A file that is kept. */
typedef struct mien_gallery_evidence {
    int64_t id; /* 1..2^53, of the numbers of faces; never used again */
    char name[MIEN_GALLERY_NAME];
    char day[11]; /* on which it came, YYYY-MM-DD */
    int64_t size; /* in bytes */
    char sha256[MIEN_GALLERY_DIGEST];
} mien_gallery_evidence;

/* Enrol a person, as mien_gallery_enroll does, with evidence: both, or neither.
 *
 *   g       open
 *   person  as for mien_gallery_enroll
 *   faces   the same
 *   n       files, 0 to MIEN_GALLERY_MAX_EVIDENCE
 *   file    [n]
 *   id      set to the new number; may be NULL
 *
 * Fails with EARG (also: an empty file, a name that cannot be used), EIO,
 * ELIMIT (also: too many files, too large a one), ENOMEM: then nothing
 * changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_enroll_with(
    mien_gallery *g, const mien_gallery_person *person,
    const mien_gallery_faces *faces, int n, const mien_gallery_file *file,
    int64_t *id, mien_error *err);

/* Keep another file of somebody who is enrolled.
 *
 *   g     open
 *   id    of the person
 *   file  what is kept
 *   out   set to the file's number; may be NULL
 *
 * Fails with EARG (nobody has the number; an empty file; its name), EIO, ELIMIT
 * (MIEN_GALLERY_MAX_EVIDENCE files are there; too large), ENOMEM: then nothing
 * changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_add_evidence(
    mien_gallery *g, int64_t id, const mien_gallery_file *file, int64_t *out,
    mien_error *err);

/* List the files of somebody, without their bytes.
 *
 *   g    open
 *   id   of the person
 *   n    set to how many
 *   out  the first n are set
 *
 * Fails with EARG (nobody has the number), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_list_evidence(
    const mien_gallery *g, int64_t id, int *n,
    mien_gallery_evidence out[MIEN_GALLERY_MAX_EVIDENCE], mien_error *err);

/* Read the bytes of a file that is kept.
 *
 *   g    open
 *   id   of the file
 *   out  they are added, and the caller keeps them as safe as the gallery
 *
 * Fails with EARG (no file has the number), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_read_evidence(
    const mien_gallery *g, int64_t id, mien_buffer *out, mien_error *err);

/* Erase a file; a copy that is restored later does not bring it back.
 *
 *   g   open
 *   id  of the file
 *
 * Copies of PEOPLE.db that were made before can be read of it until the person
 * is withdrawn.
 * Fails with EARG (no file has the number), EIO, ENOMEM: then it is there
 * still, unless the text says that opening erases the rest. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_remove_evidence(mien_gallery *g,
                                                               int64_t id,
                                                               mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
