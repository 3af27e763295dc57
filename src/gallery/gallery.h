/* gallery.h: what an open gallery holds, and how its two files change together.
 * PEOPLE.db may be a server (store.h); then its commit is meant.
 *
 * PEOPLE.db has a generation, PEOPLE.db-keys another; both are one higher after
 * each change.  A change is begun in the keys (mi_vault_begin), made in the
 * data and ended in the keys (mi_vault_done).  So a break leaves the keys one
 * ahead and saying what was begun, and anything else that differs is an older
 * copy of one of the files.  Erasing is decided by its begin, which destroys
 * the key, and acknowledged at its end; all others are decided, and can be
 * acknowledged, by the commit in the data.
 */
#ifndef MI_GALLERY_GALLERY_H
#define MI_GALLERY_GALLERY_H

#include "gallery/db.h"
#include "gallery/store.h"
#include "keys/keys.h"
#include "mien/gallery.h"
#include "mien/gallery_evidence.h"
#include "mien/gallery_inferred.h"
#include "mien/gallery_negative.h"
#include "mien/gallery_undo.h"
#include "mien/json.h"
#include "mien/match_search.h"

#include <limits.h>

enum {
    MI_GALLERY_DATA = 0x6d67616c, /* application_id of the files */
    MI_GALLERY_KEYS = 0x6d676b79,
    MI_DATA_VERSION = 3, /* of the files; 3: with what was inferred */
    MI_KEYS_VERSION = 1,
    MI_SEAL_VERSION = 1, /* of what is sealed, and how */
    MI_GALLERY_ID = 16,
    MI_WHAT = 200 /* bytes of what is sealed, with its 0 */
};

/* The highest number of a face; a double holds each below it. */
#define MI_FACE_LAST (INT64_C(1) << 53)

/* What was begun.  Numbers stand in files: add at the end. */
typedef enum mi_begun {
    MI_NOTHING,
    MI_ENROL,
    MI_ERASE,
    MI_CHANGE,
    MI_FORGET, /* faces, evidence, inferred, negatives, not a person */
    MI_DELETE  /* the gallery, whose keys are destroyed */
} mi_begun;

/* The places of MIEN_GALLERY_KINDS, from 1. */
typedef enum mi_log_kind {
    MI_LOG_CREATED = 1,
    MI_LOG_ENROLLED,
    MI_LOG_RENAMED,
    MI_LOG_WITHDRAWN,
    MI_LOG_EXPIRED,
    MI_LOG_SEARCHED,
    MI_LOG_EXPORTED,
    MI_LOG_REKEYED,
    MI_LOG_BACKED_UP,
    MI_LOG_RESTORED,
    MI_LOG_FACES_ADDED,
    MI_LOG_FACE_REMOVED,
    MI_LOG_CALIBRATED,
    MI_LOG_UPGRADED,
    MI_LOG_EVIDENCE_ADDED,
    MI_LOG_EVIDENCE_ERASED,
    MI_LOG_NEGATIVE_ADDED,
    MI_LOG_NEGATIVE_ERASED,
    MI_LOG_UNDONE,
    MI_LOG_ATTACKED,
    MI_LOG_INFERRED_ADDED,
    MI_LOG_INFERRED_ERASED,
    MI_LOG_DELETE_ASKED,
    MI_LOG_DELETE_DROPPED,
    MI_LOG_PURPOSE_ERASED
} mi_log_kind;

typedef struct mi_person {
    mien_gallery_person shown;
    mi_key key;
} mi_person;

/* Descriptors in memory. */
typedef struct mi_rows {
    mien_index *index; /* rows belong to people's numbers */
    int64_t *number;   /* [rows] their own numbers; by mi_grow */
} mi_rows;

/* Descriptors of one network. */
typedef struct mi_shelf {
    char model[MIEN_GALLERY_DIGEST];
    mi_rows face;
    mi_rows against; /* negatives, of the people whom they are not */
} mi_shelf;

/* Where the log ends. */
typedef struct mi_log_end {
    int64_t number;
    uint8_t mac[MI_KEY_MAC];
} mi_log_end;

struct mien_gallery {
    char *path, *keys_path;
    mi_db data, keys;
    uint8_t id[MI_GALLERY_ID];
    mi_key key, log_key;
    int64_t generation; /* of both files */
    int64_t now;        /* 0: by the clock */
    int broken;         /* 1: a change was broken off; opening anew mends it */
    mi_log_end log;
    int people, room;
    mi_person *person; /* [people] ascending numbers */
    int shelves;
    mi_shelf *shelf;
    int64_t last_face; /* the highest number that was given */
};

/* How much the data has of somebody. */
typedef struct mi_held {
    int faces, evidence, inferred, negatives;
} mi_held;

/* Seconds since 1970, and the day, by the gallery's clock. */
int64_t mi_gallery_now(const mien_gallery *g);
/* The day, in UTC. */
void mi_gallery_day(const mien_gallery *g, char out[11]);
/* What a sealed text is: its gallery, kind and numbers. */
void mi_gallery_what(const mien_gallery *g, const char *kind, int64_t person,
                     const char *more, char out[MI_WHAT]);

/* The same with a number behind it. */
void mi_gallery_what_number(const mien_gallery *g, const char *kind,
                            int64_t person, int64_t number, char out[MI_WHAT]);

/* ---- changes ------------------------------------------------------------- */

/* A change that can be taken back until it is in the data. */
typedef struct mi_change {
    mi_begun what;
    int64_t of;          /* the number of the person; 0: of none */
    const mi_key *key;   /* MI_ENROL */
    const int64_t *gone; /* [n_gone] numbers that no copy brings back */
    int n_gone;
    /* What is done to the data, with its entry of the log. */
    mien_status (*make)(mien_gallery *g, const void *arg, mien_error *err);
    const void *arg;
} mi_change;

/* ---- vault.c: PEOPLE.db-keys --------------------------------------------- */

/* Make the file, with a new key of the gallery. */
mien_status mi_vault_make(mien_gallery *g, const mien_gallery_key *key,
                          char recovery[MIEN_GALLERY_RECOVERY],
                          mien_error *err);
/* Open it, and the gallery's key.  Of a gallery whose deletion was broken off
 * the rest is deleted, which fails with EIO, too. */
mien_status mi_vault_open(mien_gallery *g, const mien_gallery_key *key,
                          mien_error *err);
/* Open the gallery's key once more; EARG: the key does not open it. */
mien_status mi_vault_unlock(mien_gallery *g, const mien_gallery_key *key,
                            mien_error *err);
/* Seal the gallery's key anew. */
mien_status mi_vault_rekey(mien_gallery *g, const mien_gallery_key *key,
                           mien_error *err);
/* What stands as begun, and of whom. */
mien_status mi_vault_begun(const mien_gallery *g, mi_begun *what, int64_t *of,
                           int64_t *generation, mien_error *err);
/* Begin a change.  MI_ENROL keeps the key of the person, MI_ERASE destroys it;
 * what goes by its number is remembered. */
mien_status mi_vault_begin(mien_gallery *g, const mi_change *c,
                           mien_error *err);
/* The change is in the data. */
mien_status mi_vault_done(mien_gallery *g, mien_error *err);
/* The change is not in the data and will not be: as it was before. */
mien_status mi_vault_undo(mien_gallery *g, mi_begun what, int64_t of,
                          mien_error *err);
/* A number that nobody has had. */
mien_status mi_vault_next(const mien_gallery *g, int64_t *person,
                          mien_error *err);
/* Delete from the data what was removed by its number. */
mien_status mi_vault_forget_again(mien_gallery *g, mi_held *gone,
                                  mien_error *err);
/* The key of a person; *erased 1: it was destroyed. */
mien_status mi_vault_key(const mien_gallery *g, int64_t person, mi_key *out,
                         int *erased, mien_error *err);

/* ---- search.c ------------------------------------------------------------ */

/* A purpose that can be searched for, and a threshold. */
mien_status mi_search_checked(const char *purpose, float threshold,
                              mien_error *err);

/* ---- people.c: who is in memory ------------------------------------------ */

/* Where a person stands; -1: nobody has the number. */
int mi_people_at(const mien_gallery *g, int64_t id);
/* The same; EARG if nobody has the number. */
mien_status mi_people_find(const mien_gallery *g, int64_t id, int *at,
                           mien_error *err);
/* Add a person without faces, whose number is above all others. */
mien_status mi_people_add(mien_gallery *g, const mi_person *p, mien_error *err);
/* EARG if the basis of the person at a place has ended. */
mien_status mi_people_holds(const mien_gallery *g, int at, mien_error *err);
/* The descriptors of a network; a new shelf if there is none. */
mien_status mi_shelf_of(mien_gallery *g, const char *model, int numbers,
                        mi_shelf **out, mien_error *err);
/* Add rows of somebody. */
mien_status mi_rows_add(mien_gallery *g, mi_rows *to, int64_t id,
                        const mien_gallery_faces *f, const int64_t *number,
                        mien_error *err);
/* Take one row off. */
void mi_rows_take_off(mi_rows *r, int64_t row);
/* Read a descriptor of a row of person, model, sealed, id: of somebody who is
 * in memory.  *row, which *out points to, is overwritten and freed by the
 * caller. */
mien_status mi_descriptor_read(const mien_gallery *g, const mi_statement *s,
                               const char *kind, mien_gallery_faces *out,
                               float **row, mien_error *err);
/* Add faces of somebody who is there. */
mien_status mi_people_add_faces(mien_gallery *g, int64_t id,
                                const mien_gallery_faces *faces,
                                const int64_t *number, mien_error *err);
/* Where a face stands; NULL: there is no such face. */
mi_shelf *mi_people_find_face(const mien_gallery *g, int64_t number,
                              int64_t *row);
/* Forget a face. */
void mi_people_drop_face(mien_gallery *g, int64_t number);
/* Put a person into the data, anew or in the place of what was there. */
mien_status mi_person_put(mien_gallery *g, const mi_person *p, mien_error *err);
/* Forget the person at a place, with all descriptors. */
void mi_people_remove(mien_gallery *g, int at);
/* Forget everybody. */
void mi_people_free(mien_gallery *g);
/* The text before the next line end, into a field; NULL: it does not fit, or
 * `at` is NULL. */
const char *mi_take_line(const char *at, char *field, size_t size);
/* What is sealed of a person, and read again. */
void mi_person_write(const mien_gallery_person *p, mien_buffer *out);
/* Read what mi_person_write wrote. */
mien_status mi_person_read(const uint8_t *bytes, size_t n,
                           mien_gallery_person *p, mien_error *err);
/* Read everybody of the data into memory. */
mien_status mi_people_load(mien_gallery *g, mien_error *err);
/* A name that can be used: UTF-8, no control characters, and nobody else's. */
mien_status mi_people_name(const mien_gallery *g, const char *name, int64_t id,
                           mien_error *err);

/* ---- log.c --------------------------------------------------------------- */

/* Add an entry to the data, in a transaction that is open.
 *
 *   detail  "" is none; sealed for the person, or without one for the log */
mien_status mi_log_add(mien_gallery *g, mi_log_kind kind, const mi_person *p,
                       int64_t person, const char *detail, mien_error *err);
/* Where the log of the data ends. */
mien_status mi_log_find_end(mien_gallery *g, mien_error *err);
/* A mac as hexadecimal digits. */
void mi_log_mac_text(const uint8_t mac[MI_KEY_MAC],
                     char out[MIEN_GALLERY_DIGEST]);

/* ---- faces.c ------------------------------------------------------------- */

/* "2 faces, 1 file of evidence, 3 negatives". */
void mi_held_text(const mi_held *held, char *out, size_t size);
/* One or more, of finite numbers. */
mien_status mi_faces_check(const mien_gallery_faces *f, mien_error *err);
/* Numbers for n faces: higher than all that are there, and by the clock, so
 * that those of faces that are gone do not come again. */
void mi_faces_number(mien_gallery *g, int n, int64_t *out);
/* Put faces into the data. */
mien_status mi_faces_put(mien_gallery *g, const mi_person *p,
                         const mien_gallery_faces *f, const int64_t *number,
                         mien_error *err);

/* Seal a descriptor for a person and put it into the data by a statement of
 * number, person, model and sealed bytes. */
mien_status mi_descriptor_put(mien_gallery *g, const mi_person *p,
                              const char *kind, const char *sql,
                              const mien_gallery_faces *f, int i,
                              int64_t number, mien_error *err);

/* ---- negative.c ---------------------------------------------------------- */

/* Add negatives of somebody to memory. */
mien_status mi_negatives_add(mien_gallery *g, int64_t id,
                             const mien_gallery_faces *f, const int64_t *number,
                             mien_error *err);
/* Forget one. */
void mi_negatives_drop(mien_gallery *g, int64_t number);
/* Put them into the data. */
mien_status mi_negatives_put(mien_gallery *g, const mi_person *p,
                             const mien_gallery_faces *f, const int64_t *number,
                             mien_error *err);
/* One row of person, model, sealed, id into memory. */
mien_status mi_negative_load(mien_gallery *g, const mi_statement *s,
                             mien_error *err);
/* *out 1: a face is nearer to a negative of the person than the distance. */
mien_status mi_negatives_deny(const mi_shelf *shelf, int64_t id,
                              const float *face, float distance, int *out,
                              mien_error *err);

/* ---- evidence.c ---------------------------------------------------------- */

/* Files on their way into the data. */
typedef struct mi_files {
    int n;
    const mien_gallery_file *file; /* [n] */
} mi_files;
/* Whether they can be kept beside `had` others. */
mien_status mi_evidence_check(const mi_files *f, int had, mien_error *err);
/* Put them into the data, by the numbers. */
mien_status mi_evidence_put(mien_gallery *g, const mi_person *p,
                            const mi_files *f, const int64_t *number,
                            mien_error *err);
/* ---- kept.c -------------------------------------------------------------- */

/* Kinds of rows.  Numbers stand in files: add at the end. */
typedef enum mi_kept_kind { MI_KEPT_EVIDENCE, MI_KEPT_INFERRED } mi_kept_kind;
enum { MI_KEPT_KINDS = 2, MI_KEPT_MOST = MIEN_GALLERY_MAX_INFERRED };
_Static_assert(MI_KEPT_MOST >= MIEN_GALLERY_MAX_EVIDENCE,
               "the most of any kind of one person");
/* A row, without its bytes. */
typedef struct mi_kept {
    mi_kept_kind kind;
    int64_t id, size;
    char name[MIEN_GALLERY_NAME], day[11], sha256[MIEN_GALLERY_DIGEST];
    /* of what was inferred */
    char file_sha256[MIEN_GALLERY_DIGEST], model[MIEN_GALLERY_DIGEST];
    char until[11];
} mi_kept;
/* EARG if it is no name of a file. */
mien_status mi_kept_name(mi_kept_kind kind, const char *name, mien_error *err);
/* Put a row into the data; bytes [e->size]. */
mien_status mi_kept_put(mien_gallery *g, const mi_person *p, const mi_kept *e,
                        const void *bytes, mien_error *err);
/* How many the data has of a person. */
mien_status mi_kept_count(const mien_gallery *g, int64_t person,
                          mi_kept_kind kind, int *out, mien_error *err);
/* Whom the data has some of, behind a person's number; 0: nobody more. */
mien_status mi_kept_next(const mien_gallery *g, mi_kept_kind kind,
                         int64_t *person, mien_error *err);
/* Those of a person, at most so many, by their numbers. */
mien_status mi_kept_list(const mien_gallery *g, int64_t id, mi_kept_kind kind,
                         int most, int *n, mi_kept *out, mien_error *err);
/* The bytes of one. */
mien_status mi_kept_read(const mien_gallery *g, mi_kept_kind kind,
                         int64_t number, mien_buffer *out, mien_error *err);
/* Erase one. */
mien_status mi_kept_remove(mien_gallery *g, mi_kept_kind kind, int64_t number,
                           mien_error *err);
/* Who gives copies of what to whom: all, or with n numbers those of them. */
typedef struct mi_giver {
    const mi_person *from, *into;
    int n;
    const int64_t *number;
} mi_giver;
/* Make them, in a transaction that is open; their numbers, of which there are
 * at most MI_KEPT_MOST. */
mien_status mi_kept_copy(mien_gallery *g, const mi_giver *by, mi_kept_kind kind,
                         int *made, int64_t *out, mien_error *err);

/* ---- inferred.c ---------------------------------------------------------- */

/* Erase what has ended. */
mien_status mi_inferred_sweep(mien_gallery *g, mien_error *err);
/* What was inferred about a person, as an array. */
mien_status mi_inferred_export(mien_json *j, const mien_gallery *g, int64_t id,
                               mien_error *err);

/* ---- merge.c ------------------------------------------------------------- */

/* Give everything of the person at one place to another, and mark the one as
 * leaving.  undo is the record that this takes back, 0: none. */
mien_status mi_give(mien_gallery *g, int from, int into, int64_t undo,
                    mien_error *err);
/* Erase who has given everything; where that fails no further change is made
 * until opening the gallery again has done it. */
mien_status mi_leave(mien_gallery *g, int64_t from, mien_error *err);
/* What leaves somebody for somebody new. */
typedef struct mi_parting {
    int64_t from; /* the person's number */
    int n;
    const int64_t *number; /* [n] of faces, evidence, negatives */
    int64_t undo;          /* the record that this takes back; 0: none */
} mi_parting;
/* Enrol somebody with it. */
mien_status mi_part(mien_gallery *g, const mi_parting *p,
                    const mien_gallery_person *who, int64_t *id,
                    mien_error *err);
/* Erase who has given everything to another. */
mien_status mi_leaving_erase(mien_gallery *g, int *erased, mien_error *err);

/* ---- undo.c -------------------------------------------------------------- */

/* What takes a change back. */
typedef struct mi_undo {
    mien_gallery_change what;
    int64_t other; /* of a split: who is new */
    int n;
    const int64_t *item;               /* [n] numbers that were added */
    const mien_gallery_person *before; /* renamed, merged; else NULL */
} mi_undo;
/* Keep it, in the transaction of the change, before its entry of the log. */
mien_status mi_undo_add(mien_gallery *g, const mi_person *p, const mi_undo *u,
                        mien_error *err);
/* Delete it. */
mien_status mi_undo_forget(mien_gallery *g, int64_t number, mien_error *err);
/* What is kept to take changes of a person back, as an array. */
mien_status mi_undo_put(const mien_gallery *g, int64_t person, mien_json *j,
                        mien_error *err);
/* Delete what tells of people whose end has come. */
mien_status mi_undo_sweep(mien_gallery *g, mien_error *err);

/* ---- change.c ------------------------------------------------------------ */

/* A transaction of the data that ends with the generation of the keys. */
mien_status mi_data_begin(mien_gallery *g, mi_log_end *before, mien_error *err);
/* The other end of it; st is what was done. */
mien_status mi_data_end(mien_gallery *g, mien_status st,
                        const mi_log_end *before, mien_error *err);
/* Make a change.  Where it fails nothing is changed, or g->broken is 1. */
mien_status mi_gallery_change(mien_gallery *g, const mi_change *c,
                              mien_error *err);
/* How much the data has of a person. */
mien_status mi_data_count(const mien_gallery *g, int64_t person, mi_held *out,
                          mien_error *err);
/* How much of what n numbers say. */
mien_status mi_items_count(const mien_gallery *g, int64_t person, int n,
                           const int64_t *number, mi_held *out,
                           mien_error *err);
/* Delete faces, evidence and negatives of a person by their numbers. */
mien_status mi_items_delete(mien_gallery *g, int64_t person, int n,
                            const int64_t *number, mien_error *err);
/* Delete the rows of a person whose key is gone, say so in the log, and leave
 * nothing of them in the files. */
mien_status mi_data_erase(mien_gallery *g, int64_t person, mi_log_kind why,
                          mi_held *gone, mien_error *err);
/* Erase one who is in memory. */
mien_status mi_gallery_erase(mien_gallery *g, int at, mi_log_kind why,
                             mi_held *gone, mien_error *err);

/* ---- item.c -------------------------------------------------------------- */

/* The end of a change that added n numbers to somebody: what takes it back, and
 * its entry of the log. */
mien_status mi_items_came(mien_gallery *g, const mi_person *p, int n,
                          const int64_t *number, mi_log_kind kind,
                          const char *detail, mien_error *err);
/* Erase a face, a negative or a file of evidence of the person at a place.
 *
 *   gone  set to 1: it is not there any more, also where it fails in between,
 *         though its bytes may be */
mien_status mi_item_remove(mien_gallery *g, int at, int64_t number,
                           mi_log_kind kind, int *gone, mien_error *err);

/* ---- copy.c, restore.c --------------------------------------------------- */

/* Copy what a file has, whole, to a file that is made. */
mien_status mi_copy_file(const mi_db *from, const char *to, mien_error *err);
/* Delete what a restore left that was broken off: the copy may have people who
 * were erased since. */
mien_status mi_copy_forget(const char *path, mien_error *err);

/* ---- upgrade.c ----------------------------------------------------------- */

/* Make the tables that are missing; a server has all. */
mien_status mi_data_tables(const mi_db *db, mien_error *err);
/* Make an earlier version this one. */
mien_status mi_data_upgrade(mien_gallery *g, mien_error *err);

/* ---- delete.c ------------------------------------------------------------ */

/* 1 in *out: the keys are destroyed, and PEOPLE.db-keys, which is open, is what
 * is left of a deletion. */
mien_status mi_deletion_begun(const mien_gallery *g, int *out, mien_error *err);
/* Delete the files of a gallery whose keys are destroyed; both are closed then.
 * EIO: some are left. */
mien_status mi_deletion_end(mien_gallery *g, mien_error *err);
/* The same where PEOPLE.db-keys says that it was begun; otherwise nothing. */
mien_status mi_deletion_resume(mien_gallery *g, mien_error *err);

/* ---- calibrate.c --------------------------------------------------------- */

/* Delete the thresholds of a purpose, in a transaction that is open; how many
 * they were. */
mien_status mi_threshold_forget(mien_gallery *g, const char *purpose, int *n,
                                mien_error *err);

/* ---- create.c ------------------------------------------------------------ */

/* Make the tables of the data in an empty file; a server has them. */
mien_status mi_data_new_tables(const mi_db *db, mien_error *err);

/* ---- carry.c: rows from one store to another ----------------------------- */

/* Delete all rows but the gallery's own. */
mien_status mi_data_clear(const mi_db *db, mien_error *err);
/* Copy all rows of the data, and their version, into tables that are empty but
 * for the gallery's own row, in a transaction that is open there. */
mien_status mi_data_carry(const mi_db *from, const mi_db *to, mien_error *err);
/* Tell every text and all bytes of every row, with the name of the table. */
mien_status mi_data_tell(const mi_db *db,
                         void (*tell)(void *arg, const char *table,
                                      const mien_bytes *value),
                         void *arg, mien_error *err);

/* ---- open.c -------------------------------------------------------------- */

/* A gallery with paths and clock and nothing open. */
mien_status mi_gallery_new(const char *path, int64_t now, mien_gallery **out,
                           mien_error *err);
/* The name by which a server keeps the gallery's rows. */
void mi_gallery_collection(const mien_gallery *g,
                           char out[MI_STORE_COLLECTION]);
/* Where the data at a path are, if on a server: *is 1.  EFORMAT: they are of
 * another gallery, if this one's number is known. */
mien_status mi_gallery_store(const mien_gallery *g, const char *path,
                             mi_store *out, int *is, mien_error *err);
/* Where they will be: at an address of a server. */
mien_status mi_gallery_store_at(const mien_gallery *g, const char *address,
                                mi_store *out, mien_error *err);
/* Open PEOPLE.db, which has to be of the same gallery; its generation.  What
 * tables an older version lacks it has then, empty. */
mien_status mi_data_open(mien_gallery *g, int64_t *generation, mien_error *err);

#endif
