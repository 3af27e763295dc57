/* mien/gallery_store.h: a gallery whose data are on a server of PostgreSQL.
 *
 *   mien_gallery_create_on -> PEOPLE.db, which tells where; PEOPLE.db-keys
 *   mien_gallery_open ...: everything as with a gallery of files
 *   mien_gallery_backup, mien_gallery_restore: copies are files in any case
 *   mien_gallery_restore_on: from a file to a server, or to another
 *
 * The server has what PEOPLE.db otherwise has: sealed rows, numbers, the log.
 * The keys never go there: nobody reads a name or a face without
 * PEOPLE.db-keys. Whoever runs the server can delete and put back rows.  A
 * state of before the last change is refused when the gallery is opened, by its
 * generation, and a log that was changed is found; single rows that are gone or
 * older are not.
 *
 * Erasing destroys the person's key in PEOPLE.db-keys, as always: what the
 * server still has in dead rows, in its journal and in its backups is
 * unreadable from then on.
 *
 * All galleries of a database are in tables of one schema, mien_gallery, kept
 * apart by row security: a session sees the rows of its collection alone, and
 * those only if its role made it or belongs to the one that did.  So the role
 * must be no superuser.  A second process that opens the same gallery is
 * refused; a pooler that shares sessions cannot be between.
 *
 * If the connection is lost, calls fail with EIO; the gallery is then closed
 * and opened again, which tells whether a change that was under way was made.
 */
#ifndef MIEN_GALLERY_STORE_H
#define MIEN_GALLERY_STORE_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Make a gallery without people whose data are on a server.
 *
 *   path      of the new file that tells where; PATH-keys is made beside it;
 *             neither is there
 *   address   as libpq takes it: postgres://USER@HOST/DATABASE.  It is kept in
 *             the file, with a password if it has one; a file of passwords
 *             (~/.pgpass) is better.  The role may make a schema in the
 *             database, or the tables are there already
 *   key       passphrase or key file
 *   recovery  set to the one text that opens it too; show it once
 *
 * Fails with EARG (no key, no address, a superuser), EIO (a file is there or
 * cannot be made, no connection), EFORMAT (other tables), EUNSUP (no libpq, a
 * server before PostgreSQL 12), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_create_on(
    const char *path, const char *address, const mien_gallery_key *key,
    char recovery[MIEN_GALLERY_RECOVERY], mien_error *err);

/* Put a copy back as mien_gallery_restore does, its rows on a server; PEOPLE.db
 * tells where from then on, whatever it was before.  So a gallery moves from a
 * file to a server, or to another.  What a server had before stays there.
 *
 *   path     of the gallery; PEOPLE.db itself may be lost
 *   address  as for mien_gallery_create_on; NULL: where the data were
 *   from     a copy made by mien_gallery_backup, or of the file
 *   key      any of the three
 *   now      as for mien_gallery_open
 *   out      set to what was done
 *
 * Fails with EARG, EFORMAT, EIO, ELIMIT, ENOMEM, EUNSUP, as
 * mien_gallery_restore and mien_gallery_create_on do; then PEOPLE.db is as it
 * was. */
MIEN_API MIEN_CHECKED mien_status
mien_gallery_restore_on(const char *path, const char *address, const char *from,
                        const mien_gallery_key *key, int64_t now,
                        mien_gallery_restored *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
