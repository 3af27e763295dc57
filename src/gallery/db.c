/* db.c: statements with their parameters, for whatever keeps the rows; and the
 * files. */
#include "gallery/db.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- files --------------------------------------------------------------- */

char *mi_db_beside(const char *path, const char *ending)
{
    size_t n = strlen(path) + strlen(ending) + 1;
    char *to = mi_alloc(n, 1);
    if (to)
        snprintf(to, n, "%s%s", path, ending);
    return to;
}

void mi_db_delete(const char *path)
{
    static const char *const ending[] = {"", "-journal", "-wal", "-shm"};
    char one[4096];
    for (int i = 0; i < 4; i++)
        if (snprintf(one, sizeof one, "%s%s", path, ending[i]) <
            (int)sizeof one)
            unlink(one);
}

/* Force the folder that a file lies in to the disk. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    if (slash)
        snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* not every file system can */
        close(fd);
    }
}

int mi_db_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    sync_folder(path);
    return good;
}

int mi_db_erase(const char *path)
{
    static const char *const ending[] = {"-journal", "-wal", "-shm", ""};
    char one[4096];
    int gone = 1;
    for (int i = 0; gone && i < 4; i++)
        gone = snprintf(one, sizeof one, "%s%s", path, ending[i]) <
                   (int)sizeof one &&
               (unlink(one) == 0 || errno == ENOENT);
    if (gone)
        sync_folder(path);
    return gone;
}

/* ---- open or not --------------------------------------------------------- */

void mi_db_close(mi_db *db)
{
    if (db->driver)
        db->driver->close(db);
    db->sql = NULL;
    db->server = NULL;
}

int mi_db_is_open(const mi_db *db) { return db->sql || db->server; }

int mi_db_is_on_server(const mi_db *db) { return db->server != NULL; }

mien_status mi_db_version(const mi_db *db, int64_t *out, mien_error *err)
{
    return db->driver->version(db, out, err);
}

mien_status mi_db_set_version(const mi_db *db, int version, mien_error *err)
{
    return db->driver->set_version(db, version, err);
}

/* ---- statements ---------------------------------------------------------- */

mien_status mi_db_run(const mi_db *db, const char *sql, mien_error *err)
{
    return db->driver->run(db, sql, err);
}

/* Collect the parameters of a statement; how many. */
static int gather(mi_value value[MI_DB_VALUES], const char *types,
                  va_list *args)
{
    int n = 0;
    for (; types[n]; n++) {
        mi_value *v = &value[n];
        assert(n < MI_DB_VALUES);
        *v = (mi_value){.type = types[n]};
        if (v->type == 'i') {
            v->number = va_arg(*args, int64_t);
        } else if (v->type == 't') {
            v->bytes = va_arg(*args, const char *);
            v->n = strlen(v->bytes);
        } else {
            v->bytes = va_arg(*args, const void *);
            v->n = va_arg(*args, size_t);
            v->bytes = v->bytes ? v->bytes : "";
        }
    }
    return n;
}

mien_status mi_db_prepare(const mi_db *db, mi_statement *out, mien_error *err,
                          const char *sql, const char *types, ...)
{
    mi_value value[MI_DB_VALUES];
    va_list args;
    va_start(args, types);
    int n = gather(value, types, &args);
    va_end(args);
    return db->driver->prepare(db, out, sql, n, value, err);
}

mien_status mi_db_prepare_all(const mi_db *db, mi_statement *out,
                              mien_error *err, const char *sql, int at_once)
{
    return db->driver->prepare_all(db, out, sql, at_once, err);
}

mien_status mi_db_step(mi_statement *s, int *row, mien_error *err)
{
    return s->db->driver->step(s, row, err);
}

mien_status mi_db_do(const mi_db *db, mien_error *err, const char *sql,
                     const char *types, ...)
{
    mi_statement s = {0};
    mi_value value[MI_DB_VALUES];
    int row = 0;
    va_list args;
    va_start(args, types);
    int n = gather(value, types, &args);
    va_end(args);
    mien_status st = db->driver->prepare(db, &s, sql, n, value, err);
    if (!st)
        st = mi_db_step(&s, &row, err);
    mi_db_finish(&s);
    return st;
}

int64_t mi_db_int(const mi_statement *s, int column)
{
    return s->db->driver->integer(s, column);
}

const char *mi_db_text(const mi_statement *s, int column)
{
    return s->db->driver->text(s, column);
}

mien_bytes mi_db_bytes(const mi_statement *s, int column)
{
    return s->db->driver->bytes(s, column);
}

void mi_db_finish(mi_statement *s)
{
    if (s->db)
        s->db->driver->finish(s);
    *s = (mi_statement){0};
}

int64_t mi_db_changes(const mi_db *db) { return db->driver->changes(db); }

mien_status mi_db_number(const mi_db *db, const char *sql, int64_t *out,
                         int *found, mien_error *err)
{
    mi_statement s = {0};
    mien_status st = mi_db_prepare(db, &s, err, sql, "");
    *found = 0;
    if (!st)
        st = mi_db_step(&s, found, err);
    if (!st && *found)
        *out = mi_db_int(&s, 0);
    mi_db_finish(&s);
    return st;
}

/* ---- transactions -------------------------------------------------------- */

mien_status mi_db_begin(const mi_db *db, mien_error *err)
{
    return db->driver->begin(db, err);
}

mien_status mi_db_end(const mi_db *db, mien_status st, mien_error *err)
{
    if (!st)
        st = db->driver->commit(db, err);
    if (st)
        db->driver->roll_back(db);
    return st;
}

mien_status mi_db_settle(const mi_db *db, mien_error *err)
{
    return db->driver->settle(db, err);
}
