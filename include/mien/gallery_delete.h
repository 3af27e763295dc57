/* mien/gallery_delete.h: a whole gallery, or all of one purpose, deleted.
 *
 *   mien_gallery_withdraw_purpose: everybody who is enrolled for it
 *   mien_gallery_ask_deletion -> kept in the log for a day
 *     -> mien_gallery_drop_deletion, or by somebody else:
 *   mien_gallery_delete: the keys, then the files; a certificate
 *
 * That two people have to want it is for the program to see to: by two keys
 * (mien_gallery_opened_by) where there is a terminal, by what was asked for
 * where there are requests.  Whoever may write into the folder can delete its
 * files without any of this. */
#ifndef MIEN_GALLERY_DELETE_H
#define MIEN_GALLERY_DELETE_H

#include "mien/gallery.h"
#include "mien/gallery_inferred.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a purpose ----------------------------------------------------------- */

/* What was erased with a purpose; it names nobody. */
typedef struct mien_gallery_purpose_erased {
    int people, faces, evidence, inferred, negatives;
    int thresholds;                /* that were calibrated for it */
    int64_t at;                    /* seconds since 1970 */
    int64_t entry;                 /* of the log that says so */
    char mac[MIEN_GALLERY_DIGEST]; /* of that entry */
} mien_gallery_purpose_erased;

/* Erase everybody who is enrolled for a purpose, one after the other as
 * mien_gallery_withdraw does, and what was calibrated for it.
 *
 *   g        open
 *   purpose  as it was recorded
 *   each     called for each who was erased, with the certificate and the n
 *            files of predictions that have rows about that person still; NULL:
 *            not wanted
 *   arg      given to each
 *   out      set to what was done; where it fails, to what was done before
 *
 * Fails with EARG (nobody is enrolled for it, nothing is calibrated), EIO,
 * ENOMEM: whoever is left is erased by another call. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_withdraw_purpose(
    mien_gallery *g, const char *purpose,
    void (*each)(void *arg, const mien_gallery_certificate *c,
                 const mien_gallery_inferred *file, int n),
    void *arg, mien_gallery_purpose_erased *out, mien_error *err);

/* ---- that it is wanted --------------------------------------------------- */

/* Seconds for which a deletion that was asked for can be confirmed. */
#define MIEN_GALLERY_ASKED 86400

/* A deletion that was asked for. */
typedef struct mien_gallery_asked {
    int64_t entry;              /* of the log, by which it is confirmed */
    int64_t at, until;          /* seconds since 1970 */
    char by[MIEN_GALLERY_NAME]; /* as it was said */
} mien_gallery_asked;

/* Write into the log that somebody wants the gallery to be deleted.
 *
 *   g    open
 *   by   who, UTF-8 without control characters, fewer than MIEN_GALLERY_NAME
 *        bytes
 *   out  set to it
 *
 * It ends by itself after MIEN_GALLERY_ASKED seconds, and with a restore.
 * Fails with EARG (it is asked for already; `by`), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_ask_deletion(
    mien_gallery *g, const char *by, mien_gallery_asked *out, mien_error *err);

/* Find the deletion that is asked for, also after the gallery was opened anew.
 *
 *   g      open
 *   found  set to 1: there is one
 *   out    set to it then
 *
 * Fails with EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_find_deletion(
    mien_gallery *g, int *found, mien_gallery_asked *out, mien_error *err);

/* Take it back, which the log tells; without one nothing is done.
 *
 *   g   open
 *   by  who, as for mien_gallery_ask_deletion
 *
 * Fails with EARG, EFORMAT, EIO, ENOMEM: then it is asked for still. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_drop_deletion(mien_gallery *g,
                                                             const char *by,
                                                             mien_error *err);

/* ---- the whole ----------------------------------------------------------- */

/* See that a key opens a gallery that is open.
 *
 *   g    open
 *   key  any of the three
 *
 * Fails with EARG (it does not), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_opened_by(
    mien_gallery *g, const mien_gallery_key *key, mien_error *err);

/* What shows that a gallery was deleted; it names nobody. */
typedef struct mien_gallery_deleted {
    int destroyed; /* 1: the keys are */
    int64_t at;    /* seconds since 1970 */
    int64_t people, faces, evidence, inferred, negatives;
    int64_t entry;                 /* the last of its log */
    char mac[MIEN_GALLERY_DIGEST]; /* of that entry */
} mien_gallery_deleted;

/* Delete a gallery: the keys at once and for good, then all its files.
 *
 *   g    open; once its keys are destroyed only mien_gallery_close may follow
 *   out  what was done; where it fails, whether the keys are destroyed
 *
 * The sealed key of the gallery and those of all people are overwritten in one
 * transaction that is forced to the disk.  From then on no copy of PEOPLE.db
 * can be read, but for what its log tells of no person, by whoever has the
 * log's key, nor be restored; a copy of PEOPLE.db-keys that somebody made opens
 * its copies still, by the passphrase, key file or recovery key of its day.
 * Then PEOPLE.db, PEOPLE.db-keys, their journals and what a creation or a
 * restore left beside them are deleted; copies under other names are not.
 *
 * Fails with EIO, ENOMEM: then nothing was deleted, or, with out->destroyed,
 * the text says what is left, and opening the gallery, or making one of its
 * name, deletes the rest.  Where not even that is known, the text says so,
 * further changes are refused, and opening tells. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_delete(mien_gallery *g,
                                                      mien_gallery_deleted *out,
                                                      mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
