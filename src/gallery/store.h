/* store.h: data that are on a server of PostgreSQL, and the file that says
 * where.
 *
 * PEOPLE.db is then a text of three lines:
 *
 *   mien gallery store 1
 *   postgres://keeper@host/database
 *   0123456789abcdef0123456789abcdef
 *
 * the third is the gallery's number, by which the server keeps its rows apart
 * from those of others: its collection.  The keys are in PEOPLE.db-keys, as of
 * every gallery. */
#ifndef MI_GALLERY_STORE_H
#define MI_GALLERY_STORE_H

#include "gallery/db.h"

enum { MI_STORE_MOST = 4096, MI_STORE_COLLECTION = 33 };

/* What the file says. */
typedef struct mi_store {
    char address[MI_STORE_MOST];
    char collection[MI_STORE_COLLECTION]; /* hexadecimal digits */
} mi_store;

/* Understand the bytes of a file.
 *
 *   is  0: it is none that says where data are, and *out is untouched
 *
 * Fails with EFORMAT. */
mien_status mi_store_parse(const uint8_t *bytes, size_t n, mi_store *out,
                           int *is, mien_error *err);
/* The same for a file; of one that is not there is said that it is none. */
mien_status mi_store_read(const char *path, mi_store *out, int *is,
                          mien_error *err);
/* Write it; only its owner may read it, and it is not there yet.  Fails with
 * EARG (no address on one line), EIO. */
mien_status mi_store_write(const char *path, const mi_store *store,
                           mien_error *err);

/* Connect to where the data are.
 *
 *   path     borrowed while it is open, for messages
 *   way      MI_DB_MAKE: tables are made where there are none, and the
 *            collection may be missing; MI_DB_LOOK: others may write;
 *            MI_DB_DROP: the collection may be missing
 *   version  of the data; later ones are refused
 *
 * Fails with EARG, EFORMAT, EIO, EUNSUP, ENOMEM. */
mien_status mi_store_open(const mi_store *store, const char *path,
                          mi_db_way way, int version, mi_db *out,
                          mien_error *err);

/* Statements that make the tables, in a schema that is there. */
extern const char mi_store_schema[];

#endif
