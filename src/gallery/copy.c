/* copy.c: copies of PEOPLE.db. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

mien_status mi_copy_file(const mi_db *from, const char *to, mien_error *err)
{
    mi_db db = {0};
    mi_db_delete(to);
    int fd = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || close(fd))
        return mi_fail(err, MIEN_EIO, "%.150s: cannot be made", to);
    mien_status st = mi_db_open_plain(to, &db, err);
    if (!st) {
        sqlite3_backup *b =
            sqlite3_backup_init(db.sql, "main", from->sql, "main");
        int whole = b && sqlite3_backup_step(b, -1) == SQLITE_DONE;
        if (!b || sqlite3_backup_finish(b) != SQLITE_OK)
            st = mi_db_fail(&db, err);
        else if (!whole) /* busy: no error to SQLite */
            st = mi_fail(err, MIEN_EIO, "%.150s: another process has it open",
                         from->path);
    }
    mi_db_close(&db);
    if (!st && !mi_db_sync(to))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", to);
    if (st)
        unlink(to);
    return st;
}

/* Copy what a server has to a file that is made. */
static mien_status copy_from_server(const mi_db *from, const char *to,
                                    mien_error *err)
{
    mi_db db = {0};
    mi_db_delete(to);
    mien_status st =
        mi_db_open(to, MI_DB_MAKE, MI_GALLERY_DATA, MI_DATA_VERSION, &db, err);
    if (st)
        return st;
    st = mi_db_begin(&db, err);
    if (!st)
        st = mi_data_new_tables(&db, err);
    if (!st)
        st = mi_data_carry(from, &db, err);
    st = mi_db_end(&db, st, err);
    if (!st)
        st = mi_db_settle(&db, err);
    mi_db_close(&db);
    if (!st && !mi_db_sync(to))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", to);
    if (st)
        mi_db_delete(to);
    return st;
}

mien_status mien_gallery_backup(mien_gallery *g, const char *to,
                                mien_error *err)
{
    if (access(to, F_OK) == 0)
        return mi_fail(err, MIEN_EIO, "%.150s: is there already", to);
    char *aside = mi_db_beside(to, ".part");
    if (!aside)
        return mi_no_memory(err);
    mien_status st = mi_log_add(g, MI_LOG_BACKED_UP, NULL, 0, "", err);
    if (!st)
        st = mi_db_is_on_server(&g->data)
                 ? copy_from_server(&g->data, aside, err)
                 : mi_copy_file(&g->data, aside, err);
    if (!st && rename(aside, to)) {
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", to);
        unlink(aside);
    }
    if (!st && !mi_db_sync(to))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", to);
    mi_free(aside);
    return st;
}
