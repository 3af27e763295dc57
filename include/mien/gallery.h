/* mien/gallery.h: people who may be recognised, and why, until when.
 *
 *   mien_gallery_create -> PEOPLE.db and PEOPLE.db-keys
 *   mien_gallery_open: expired people are erased
 *     -> mien_gallery_enroll: a name, a basis, a purpose, an end, descriptors
 *     -> mien_gallery_search: the nearest of those enrolled for a purpose
 *     -> mien_gallery_withdraw: erased; a certificate
 *     -> mien_gallery_export: all that is held of one person
 *   mien/gallery_evidence.h: the forms that show it
 *   mien/gallery_negative.h: faces that are not somebody
 *   mien_gallery_log: what was done, each entry bound to the one before it
 *
 * Everything about people is sealed (XChaCha20-Poly1305) with a key a person,
 * which is sealed with the gallery's key, which is sealed with a passphrase
 * (Argon2id) or a key file, and once more with a recovery key.  The keys lie in
 * a file of their own: a copy of PEOPLE.db alone tells no name and no face.
 *
 * Erasing a person destroys the key in one transaction; from then on nobody
 * can read what copies and backups of PEOPLE.db hold of that person, and a
 * restore leaves it out.  A change that was acknowledged is on the disk.
 * Of one that failed with EIO as it was written nothing is left, but where the
 * disk did not even take that: then further changes are refused, and opening
 * the gallery again tells whether it was made, whole.
 *
 * One process at a time writes; calls of one gallery come from one thread. */
#ifndef MIEN_GALLERY_H
#define MIEN_GALLERY_H

#include "mien/match_calibrate.h"
#include "mien/record.h"
#include "mien/record_basis.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_GALLERY_MAX_PEOPLE 1000000
#define MIEN_GALLERY_MAX_FACES 100 /* of one person in one call */
/* Bytes of a name, with its 0; of a recovery key as text. */
#define MIEN_GALLERY_NAME 256
#define MIEN_GALLERY_RECOVERY 72
/* Characters of a SHA-256 in hexadecimal digits, with its 0. */
#define MIEN_GALLERY_DIGEST 65

typedef struct mien_gallery mien_gallery;

/* What opens a gallery: one of the three. */
typedef struct mien_gallery_key {
    const char *passphrase; /* UTF-8, not empty */
    mien_bytes file;        /* 32 bytes or more, as random as can be */
    const char *recovery;   /* as mien_gallery_create gave it */
    int least_work; /* create and rekey: 1: a passphrase is made as little work
                       to guess as can be; for tests */
} mien_gallery_key;

/* ---- the whole ----------------------------------------------------------- */

/* Make a gallery without people.
 *
 *   path      of the new file; PATH-keys is made beside it; neither is there
 *   key       passphrase or key file
 *   recovery  set to the one text that opens it too; show it once
 *
 * Fails with EARG (no key, too short a one), EIO (a file is there, or cannot
 * be made), ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_create(const char *path, const mien_gallery_key *key,
                    char recovery[MIEN_GALLERY_RECOVERY], mien_error *err);

/* What opening found. */
typedef struct mien_gallery_opened {
    int expired;   /* people who were erased since their end has come */
    int erased;    /* people whose erasing had been broken off, now done */
    int unchanged; /* changes that had been broken off before they were
                      acknowledged, and were taken back */
} mien_gallery_opened;

/* Open a gallery, and erase whose end has come.
 *
 *   path    as given to mien_gallery_create
 *   key     any of the three
 *   now     seconds since 1970; 0: the system's clock
 *   found   set to what was done; may be NULL
 *   out     owned by the caller; close with mien_gallery_close
 *
 * Fails with EARG (the key does not open it), EFORMAT (no gallery, damaged, of
 * a later mien; one of the two files is an older copy, which is refused
 * untouched: see mien_gallery_restore), EIO, ELIMIT, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_open(
    const char *path, const mien_gallery_key *key, int64_t now,
    mien_gallery_opened *found, mien_gallery **out, mien_error *err);

/* Close a gallery; keys and descriptors in memory are overwritten.
 *
 *   g  NULL is allowed */
MIEN_API void mien_gallery_close(mien_gallery *g);

/* Seal the gallery's key with another passphrase or key file.  The recovery key
 * stays.
 *
 *   g    open
 *   key  the new one
 *
 * Fails with EARG, EIO, ENOMEM: then the old one still opens it. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_rekey(
    mien_gallery *g, const mien_gallery_key *key, mien_error *err);

/* Write a copy of PEOPLE.db, without keys, which alone nobody can read.
 *
 *   g   open
 *   to  a file that is not there
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_backup(mien_gallery *g,
                                                      const char *to,
                                                      mien_error *err);

/* What a restore did. */
typedef struct mien_gallery_restored {
    int people;  /* of the copy, who are there again */
    int erased;  /* of the copy, who had been erased since: left out */
    int missing; /* enrolled since the copy was made: not in it */
    int faces;   /* of the copy, that had been removed since: left out */
    int evidence, inferred, negatives; /* of the copy, the same */
} mien_gallery_restored;

/* Put a copy back in the place of PEOPLE.db, whose keys are beside it still.
 *
 *   path  of the gallery; PEOPLE.db itself may be lost, older or damaged
 *   from  a copy made by mien_gallery_backup, or of the file
 *   key   any of the three
 *   now   as for mien_gallery_open
 *   out   set to what was done
 *
 * Who was erased since stays erased.
 * Fails as mien_gallery_open does; then PEOPLE.db is as it was.
 * Fails with EARG, EFORMAT, EIO, ELIMIT, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_restore(
    const char *path, const char *from, const mien_gallery_key *key,
    int64_t now, mien_gallery_restored *out, mien_error *err);

/* ---- people -------------------------------------------------------------- */

/* Somebody who is enrolled; borrowed until the gallery changes. */
typedef struct mien_gallery_person {
    int64_t id; /* 1, 2, ...; never used again */
    char name[MIEN_GALLERY_NAME];
    mien_basis basis;
    char born[11]; /* YYYY-MM-DD, or ""; mien_gallery_search_on minds it */
    int faces;
} mien_gallery_person;

/* Faces described by one network. */
typedef struct mien_gallery_faces {
    int n;
    int numbers;                     /* of a descriptor */
    const float *descriptor;         /* [n, numbers] finite */
    char model[MIEN_GALLERY_DIGEST]; /* SHA-256 of the network's file */
} mien_gallery_faces;

/* Enrol a person.
 *
 *   g       open
 *   person  name (UTF-8 without control characters), basis, born; id and faces
 *           are not looked at.  The basis is whole and has not ended; without
 *           an expiry MIEN_BASIS_DAYS from the gallery's day
 *   faces   one or more; NULL: they come later
 *   id      set to the new number; may be NULL
 *
 * Fails with EARG (no basis, no purpose, it has ended; a name that another
 * person has; numbers that are not finite), EIO, ELIMIT, ENOMEM: then nothing
 * changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_enroll(
    mien_gallery *g, const mien_gallery_person *person,
    const mien_gallery_faces *faces, int64_t *id, mien_error *err);

/* Count the people.
 *
 *   g  open */
MIEN_API int mien_gallery_count(const mien_gallery *g);

/* Look at one, in the order of their numbers.
 *
 *   g  open
 *   i  0..mien_gallery_count - 1, asserted */
MIEN_API const mien_gallery_person *
mien_gallery_person_at(const mien_gallery *g, int i);

/* Find a person by name; NULL: there is none.
 *
 *   g     open
 *   name  compared byte by byte */
MIEN_API const mien_gallery_person *mien_gallery_find(const mien_gallery *g,
                                                      const char *name);

/* Give a person another name.
 *
 *   g     open
 *   id    of the person
 *   name  as for mien_gallery_enroll
 *
 * Fails with EARG (nobody has the number; the name), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_rename(mien_gallery *g,
                                                      int64_t id,
                                                      const char *name,
                                                      mien_error *err);

/* Erase everybody whose end has come since the gallery was opened.
 *
 *   g        open
 *   expired  set to how many they were; where it fails, who came before
 *
 * Fails with EIO, ENOMEM, as mien_gallery_withdraw does. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_sweep(mien_gallery *g,
                                                     int *expired,
                                                     mien_error *err);

/* ---- faces --------------------------------------------------------------- */

/* A face that is kept; borrowed until the gallery changes. */
typedef struct mien_gallery_face {
    int64_t id;                        /* 1..2^53; never used again */
    const mien_gallery_person *person; /* whose it is */
    const char *model;                 /* SHA-256 of the network's file */
} mien_gallery_face;

/* Add faces to somebody who is enrolled, under the same basis.
 *
 *   g       open
 *   id      of the person
 *   faces   one or more
 *   number  [faces->n] set to the faces' numbers; may be NULL
 *
 * Fails with EARG (nobody has the number; the basis has ended; numbers that are
 * not finite), EIO, ELIMIT, ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_add_faces(
    mien_gallery *g, int64_t id, const mien_gallery_faces *faces,
    int64_t *number, mien_error *err);

/* Erase one face; a copy that is restored later does not bring it back.
 *
 *   g   open
 *   id  of the face
 *
 * The person stays, without a face after the last one.  Copies of PEOPLE.db
 * that were made before can be read of it until the person is withdrawn.
 * Fails with EARG (no face has the number), EIO, ENOMEM: then it is there
 * still, unless the text says that opening erases the rest. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_remove_face(mien_gallery *g,
                                                           int64_t id,
                                                           mien_error *err);

/* Count the faces.
 *
 *   g  open */
MIEN_API int64_t mien_gallery_count_faces(const mien_gallery *g);

/* Look at a face.
 *
 *   g  open
 *   i  0..mien_gallery_count_faces - 1, asserted */
MIEN_API mien_gallery_face mien_gallery_face_at(const mien_gallery *g,
                                                int64_t i);

/* Find a face by its number.
 *
 *   g    open
 *   id   of the face
 *   out  set to it, if it is there
 *
 * 1: it is there. */
MIEN_API int mien_gallery_find_face(const mien_gallery *g, int64_t id,
                                    mien_gallery_face *out);

/* Two entries are one person: all faces, evidence and negatives of one come to
 * the other, and it is erased, as by mien_gallery_withdraw; what the entry said
 * stays with the other as long as mien_gallery_undo can take it back.
 *
 *   g     open
 *   into  who stays, with name, basis and end
 *   from  who goes, enrolled for the same purpose
 *
 * Fails with EARG (not two people; another purpose, its basis has ended), EIO,
 * ELIMIT (also: together more evidence or negatives than are kept of a person),
 * ENOMEM: then nothing changed, unless only erasing failed, which opening the
 * gallery again does. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_merge(mien_gallery *g,
                                                     int64_t into, int64_t from,
                                                     mien_error *err);

/* One entry is two people: some faces go to a new one with the same basis,
 * purpose, birth date and end.  Evidence and negatives stay with whom they were
 * given for.
 *
 *   g     open
 *   from  of whom
 *   name  of the new one, as for mien_gallery_enroll
 *   n     faces, at least 1
 *   face  [n] their numbers
 *   id    set to the new one's number; may be NULL
 *
 * Fails with EARG (nobody; no face of them; the name; the basis has ended),
 * EIO, ELIMIT, ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_split(mien_gallery *g, int64_t from, const char *name, int n,
                   const int64_t *face, int64_t *id, mien_error *err);

/* ---- leaving ------------------------------------------------------------- */

/* What shows that somebody was erased; it names nobody. */
typedef struct mien_gallery_certificate {
    int64_t id;
    int64_t at;                    /* seconds since 1970 */
    int faces;                     /* descriptors that were erased */
    int evidence, negatives;       /* files and negatives, the same */
    int inferred;                  /* files of predictions, the same */
    int64_t entry;                 /* of the log that says so */
    char mac[MIEN_GALLERY_DIGEST]; /* of that entry, which ends the log then */
} mien_gallery_certificate;

/* Erase a person: the key at once, then all bytes.
 *
 *   g    open
 *   id   of the person
 *   out  what was done; may be NULL
 *
 * After MIEN_OK nothing of the person is in PEOPLE.db, its keys, or their
 * journals.  Fails with EARG (nobody has the number), EIO, ENOMEM.  Where it
 * fails after the key was destroyed the text says so: the person is not found
 * again, and opening the gallery erases the rest. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_withdraw(mien_gallery *g, int64_t id,
                      mien_gallery_certificate *out, mien_error *err);

/* Write all that is held of a person as JSON: name, basis, descriptors,
 * evidence, and the entries of the log, searches that found the person among
 * them.  What could be taken back is told by its kind and the
 * name before.  Negatives are of others: how many they are, and no more.
 *
 *   g    open
 *   id   of the person
 *   out  a text is added, which the caller keeps as safe as the gallery
 *
 * Fails with EARG (nobody has the number), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_export(mien_gallery *g,
                                                      int64_t id,
                                                      mien_buffer *out,
                                                      mien_error *err);

/* ---- searching ----------------------------------------------------------- */

/* The purpose of people who are never to be matched.  Whatever a search is for,
 * a face that is nearest to one of theirs, of the same network, is nobody's. */
#define MIEN_GALLERY_OPT_OUT "opt-out"

/* Who a face is. */
typedef struct mien_gallery_match {
    const mien_gallery_person *person; /* NULL: nobody is near enough */
    float distance; /* of the nearest descriptor; NaN: none was compared, or the
                       nearest is of somebody who is never to be matched, or
                       all who are compared are ruled out by negatives */
    int compared;   /* people enrolled for the purpose, with this network */
} mien_gallery_match;

/* Count whom a search can find: people enrolled for a purpose, of whom a face
 * was described by a network.
 *
 *   g         open
 *   purpose   as for mien_gallery_search, or MIEN_GALLERY_OPT_OUT: who is never
 *             to be matched; NULL: everybody else, for whatever purpose
 *   model     SHA-256 of the network's file
 *   enrolled  set to how many are enrolled for the purpose; those beyond the
 *             answer are found by no search with this network; NULL is allowed
 *
 * Whose end has come is in neither. */
MIEN_API int mien_gallery_comparable(const mien_gallery *g, const char *purpose,
                                     const char *model, int *enrolled);

/* Find who a face is among those enrolled for a purpose.
 *
 *   g          open
 *   purpose    as it was recorded, compared byte by byte; not
 *              MIEN_GALLERY_OPT_OUT
 *   face       one descriptor (n is 1) and its network
 *   threshold  a distance below it is the same person; above 0, finite
 *   out        set to the answer
 *
 * Who is nearest, but farther than a negative of the same person
 * (mien/gallery_negative.h), is passed over.
 * The search is in the log before it is answered.  People whose end has come
 * since the gallery was opened are not found.
 * Fails with EARG (a purpose for which nobody was ever enrolled is none: it is
 * answered with nobody), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_search(
    mien_gallery *g, const char *purpose, const mien_gallery_faces *face,
    float threshold, mien_gallery_match *out, mien_error *err);

/* The same for a face that was seen on a day: who was born later is not looked
 * at.  Whose birth date is not kept is, and so is who is never to be matched.
 *
 *   g          open
 *   purpose    as for mien_gallery_search
 *   day        YYYY-MM-DD, or "": it is not known
 *   face       as for mien_gallery_search
 *   threshold  the same
 *   out        set to the answer
 *
 * Fails with EARG (also: no day of the calendar), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_search_on(mien_gallery *g, const char *purpose, const char *day,
                       const mien_gallery_faces *face, float threshold,
                       mien_gallery_match *out, mien_error *err);

/* Tell on which day a photo counts as taken, and whom that leaves out of a
 * search.
 *
 *   g        open
 *   purpose  as for mien_gallery_search
 *   said     YYYY-MM-DD, the day by whoever asks, which counts; "": they say
 *            that it is not known, whatever the photo says; NULL: they say
 *            nothing
 *   photo    mien_photo.taken: counts where nothing is said
 *   out      its day is what mien_gallery_search_on takes; who was enrolled for
 *            the purpose and whose end has not come is counted
 *
 * Where the camera's clock was wrong, so is the day, and somebody may be left
 * out who is in the photo. */
MIEN_API void mien_gallery_taken(const mien_gallery *g, const char *purpose,
                                 const char *said, const char *photo,
                                 mien_taken_record *out);

/* ---- how near is near enough --------------------------------------------- */

/* A threshold for the people of one purpose, described by one network. */
typedef struct mien_gallery_threshold {
    float threshold; /* nearer is a match; NaN: too few to say */
    double wanted;   /* the share of pairs of two people that was asked for */
    /* What calibrating found, on those who were enrolled then; of one that was
     * kept, false_match and strangers have value, low and high, true_match the
     * value. */
    mien_pair_rate false_match, true_match;
    mien_pair_rate strangers; /* people who would be named if they were not
                                 enrolled, and all others were */
    int64_t at;               /* when, in seconds since 1970 */
    int people;               /* on how many */
    int worst;                /* the group that asked for it; -1: all */
} mien_gallery_threshold;

typedef struct mien_gallery_calibrate_options {
    double false_match;   /* wanted share of pairs of two people that match, in
                             (0, 0.5] */
    const int32_t *group; /* [mien_gallery_count] a person's declared group, by
                             the place of mien_gallery_person_at, 0..groups - 1,
                             or -1; NULL: none is declared.  It is not kept */
    int groups;           /* 0..MIEN_CALIBRATE_MAX_GROUPS */
    mien_pool *pool;      /* NULL: the caller does all */
} mien_gallery_calibrate_options;
#define MIEN_GALLERY_CALIBRATE_DEFAULTS \
    {                                   \
        0.001, NULL, 0, NULL            \
    }

/* Find the threshold for a wanted share of false matches, and keep it, unless
 * too few faces are there to say.
 *
 *   g         open
 *   purpose   whose people are compared
 *   model     SHA-256 of the network's file
 *   options   NULL: MIEN_GALLERY_CALIBRATE_DEFAULTS
 *   out       what was found
 *   by_group  [groups] as for mien_match_calibrate; NULL is allowed
 *
 * Fails with EARG (nobody is enrolled for it, by this network; an option out of
 * range), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_calibrate(
    mien_gallery *g, const char *purpose, const char *model,
    const mien_gallery_calibrate_options *options, mien_gallery_threshold *out,
    mien_pair_rate *by_group, mien_error *err);

/* Look up the threshold that was kept.
 *
 *   g        open
 *   purpose  as it was calibrated
 *   model    SHA-256 of the network's file
 *   found    set to 1: there is one; 0: there is none
 *   out      set then
 *
 * Fails with EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_threshold_of(
    mien_gallery *g, const char *purpose, const char *model, int *found,
    mien_gallery_threshold *out, mien_error *err);

/* ---- the log ------------------------------------------------------------- */

/* What is written down.  Names stand in files: add at the end. */
#define MIEN_GALLERY_KINDS                                                  \
    "created,enrolled,renamed,withdrawn,expired,searched,exported,rekeyed," \
    "backed-up,restored,faces-added,face-removed,calibrated,upgraded,"      \
    "evidence-added,evidence-erased,negative-added,negative-erased,undone," \
    "attacked,inferred-added,inferred-erased,delete-asked,delete-dropped,"  \
    "purpose-erased"

/* An entry, without what is sealed in it. */
typedef struct mien_gallery_entry {
    int64_t number;     /* 1, 2, ... */
    int64_t at;         /* seconds since 1970 */
    char kind[16];      /* one of MIEN_GALLERY_KINDS */
    int64_t person;     /* 0: of none */
    const char *detail; /* what else is known; "": nothing, or it was sealed for
                           somebody who was erased, or is sealed */
    char mac[MIEN_GALLERY_DIGEST];
} mien_gallery_entry;

/* The key with which the log, and nothing else, can be checked.
 *
 *   g    open
 *   out  a text as that of a recovery key */
MIEN_API void mien_gallery_log_key(const mien_gallery *g,
                                   char out[MIEN_GALLERY_RECOVERY]);

/* Check and read the log, all of it.
 *
 *   g      open
 *   entry  called for each, in order; NULL: they are only checked
 *   arg    given to entry
 *   last   set to the last number; its mac is the check of all before it, and
 *          may be kept elsewhere: a log that was cut or written anew has not
 *          that entry with that mac
 *
 * Fails with EFORMAT: an entry is missing, out of place or changed, which the
 * text numbers; EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_log(
    mien_gallery *g, void (*entry)(void *arg, const mien_gallery_entry *e),
    void *arg, int64_t *last, mien_error *err);

/* The same with the log's key alone, of a gallery that stays closed.
 *
 *   path     of PEOPLE.db
 *   log_key  from mien_gallery_log_key
 *   entry    as above; what was sealed for people is not told
 *   arg      given to entry
 *   last     as above
 *
 * Fails with EARG (no such key), EFORMAT, EIO, ENOMEM, EUNSUP. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_audit(const char *path, const char *log_key,
                   void (*entry)(void *arg, const mien_gallery_entry *e),
                   void *arg, int64_t *last, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
