/* gallery_disk.h: a disk that fails under SQLite, at the n-th change of a file.
 *
 *   disk_start -> SQLite's files are written through here
 *   disk_set   -> what happens at which change
 *
 * A write that does not come to its end leaves its first half.  What was
 * written and not yet forced to the disk is known, so that a power cut can lose
 * it. */
#ifndef GALLERY_DISK_H
#define GALLERY_DISK_H

#include "tests/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum disk_fault {
    DISK_GOOD,
    DISK_FAILS_ONCE,
    DISK_FAILS,          /* from then on */
    DISK_FAILS_AND_DIES, /* once, and the process is killed soon after */
    DISK_KILLED,         /* the process, by signal 9 */
    DISK_CUT /* killed, and some of what was not forced to the disk is lost */
} disk_fault;

/* What stood where something was written since the file was last forced. */
typedef struct disk_write {
    int file;
    sqlite3_int64 at;
    int n;
    uint8_t *was; /* [n] 0 behind the file's end */
} disk_write;

/* An open file, and what SQLite itself does with it. */
typedef struct disk_file {
    sqlite3_file *open;
    const sqlite3_io_methods *real;
    sqlite3_io_methods ours;
    char path[200];
} disk_file;

enum { DISK_FILES = 64, DISK_WRITES = 4096 };

static struct {
    disk_fault fault;
    long at, count;
    unsigned seed; /* which writes a cut loses; how soon it dies */
    sqlite3_vfs ours, *real;
    disk_file file[DISK_FILES];
    disk_write write[DISK_WRITES];
    int writes;
} disk;

static inline disk_file *disk_of(sqlite3_file *f)
{
    for (int i = 0; i < DISK_FILES; i++)
        if (disk.file[i].open == f)
            return &disk.file[i];
    abort();
}

/* Lose half of what was not forced, drawn write by write. */
static inline void disk_lose(void)
{
    for (int i = disk.writes - 1; i >= 0; i--) {
        const disk_write *w = &disk.write[i];
        if (check_rand(&disk.seed) & 1)
            continue;
        int fd = open(disk.file[w->file].path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            continue; /* deleted since */
        if (pwrite(fd, w->was, (size_t)w->n, w->at) != w->n)
            abort();
        close(fd);
    }
}

/* Another change; 1: it fails. */
static inline int disk_change(void)
{
    disk.count++;
    if (disk.fault == DISK_GOOD || disk.count < disk.at)
        return 0;
    if (disk.fault == DISK_FAILS_ONCE)
        return disk.count == disk.at;
    if (disk.fault == DISK_FAILS)
        return 1;
    if (disk.fault == DISK_FAILS_AND_DIES &&
        disk.count <= disk.at + disk.seed % 12)
        return disk.count == disk.at;
    if (disk.fault == DISK_CUT)
        disk_lose();
    raise(SIGKILL);
    return 1;
}

/* Whether the next change is the one at which something happens. */
static inline int disk_due(void)
{
    return disk.fault != DISK_GOOD && disk.count + 1 == disk.at;
}

/* Remember what n bytes were. */
static inline int disk_remember(disk_file *d, sqlite3_int64 at, int n)
{
    if (disk.fault != DISK_CUT)
        return SQLITE_OK;
    if (disk.writes == DISK_WRITES)
        abort();
    disk_write *w = &disk.write[disk.writes++];
    *w = (disk_write){(int)(d - disk.file), at, n, calloc(1, (size_t)n + 1)};
    int code = d->real->xRead(d->open, w->was, n, at);
    return code == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : code;
}

static inline int disk_x_write(sqlite3_file *f, const void *bytes, int n,
                               sqlite3_int64 at)
{
    disk_file *d = disk_of(f);
    int code = disk_remember(d, at, n);
    if (!code && disk_due())
        d->real->xWrite(f, bytes, n / 2, at);
    if (!code && disk_change())
        return SQLITE_FULL;
    return code ? code : d->real->xWrite(f, bytes, n, at);
}

static inline int disk_x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    disk_file *d = disk_of(f);
    sqlite3_int64 was = 0;
    int code = d->real->xFileSize(f, &was);
    if (!code && was > size)
        code = disk_remember(d, size, (int)(was - size));
    if (!code && disk_change())
        return SQLITE_IOERR_TRUNCATE;
    return code ? code : d->real->xTruncate(f, size);
}

/* The real disk is left alone: what counts is what a cut may lose. */
static inline int disk_x_sync(sqlite3_file *f, int flags)
{
    const char *path = disk_of(f)->path;
    int kept = 0;
    (void)flags;
    if (disk_change())
        return SQLITE_IOERR_FSYNC;
    for (int i = 0; i < disk.writes; i++) {
        if (!strcmp(disk.file[disk.write[i].file].path, path))
            free(disk.write[i].was);
        else
            disk.write[kept++] = disk.write[i];
    }
    disk.writes = kept;
    return SQLITE_OK;
}

static inline int disk_x_shm_map(sqlite3_file *f, int page, int size,
                                 int extend, void volatile **out)
{
    if (extend && disk_change())
        return SQLITE_IOERR_SHMMAP;
    return disk_of(f)->real->xShmMap(f, page, size, extend, out);
}

static inline int disk_x_close(sqlite3_file *f)
{
    disk_file *d = disk_of(f);
    f->pMethods = d->real;
    d->open = NULL;
    return d->real->xClose(f);
}

/* 1: what a cut may lose was written through this place. */
static inline int disk_is_written(int file)
{
    for (int i = 0; i < disk.writes; i++)
        if (disk.write[i].file == file)
            return 1;
    return 0;
}

/* A place for a file, which is not wanted any more for another. */
static inline disk_file *disk_place(void)
{
    for (int i = 0; i < DISK_FILES; i++)
        if (!disk.file[i].open && !disk_is_written(i))
            return &disk.file[i];
    abort();
}

static inline int disk_x_open(sqlite3_vfs *vfs, const char *path,
                              sqlite3_file *f, int flags, int *got)
{
    (void)vfs;
    int code = disk.real->xOpen(disk.real, path, f, flags, got);
    if (code || !path || !f->pMethods)
        return code;
    disk_file *d = disk_place();
    snprintf(d->path, sizeof d->path, "%s", path);
    d->open = f;
    d->real = f->pMethods;
    d->ours = *d->real;
    d->ours.xClose = disk_x_close;
    d->ours.xWrite = disk_x_write;
    d->ours.xTruncate = disk_x_truncate;
    d->ours.xSync = disk_x_sync;
    d->ours.xShmMap = disk_x_shm_map;
    f->pMethods = &d->ours;
    return code;
}

static inline int disk_x_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    return disk_change() ? SQLITE_IOERR_DELETE
                         : disk.real->xDelete(disk.real, path, sync);
}

/* Put the disk below SQLite. */
static inline void disk_start(void)
{
    if (sqlite3_initialize() != SQLITE_OK)
        abort();
    disk.real = sqlite3_vfs_find(NULL);
    disk.ours = *disk.real;
    disk.ours.pNext = NULL;
    disk.ours.zName = "disk";
    disk.ours.xOpen = disk_x_open;
    disk.ours.xDelete = disk_x_delete;
    if (sqlite3_vfs_register(&disk.ours, 1) != SQLITE_OK)
        abort();
}

/* From now on: what happens at the n-th change. */
static inline void disk_set(disk_fault fault, long at, unsigned seed)
{
    disk.fault = fault;
    disk.at = at;
    disk.count = 0;
    disk.seed = seed;
}

#endif
