/* file.c: whole files in and out.
 *
 * A file is written aside, forced to the disk, renamed over the old one, and
 * the folder forced to the disk, so that a crash leaves the old contents or the
 * new.  Source: Pillai et al., "All file systems are not created equal", OSDI
 * 2014. */
#include "mien/file.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, CHUNK = 1 << 16, TRIES = 100 };
static const size_t default_limit = (size_t)1 << 30;

static mien_status system_error(mien_error *err, const char *path,
                                const char *what)
{
    return mi_fail(err, errno == ENOMEM ? MIEN_ENOMEM : MIEN_EIO,
                   "%.120s: %s: %s", path, what, strerror(errno));
}

/* Append all that can be read from fd, at most limit bytes. */
static mien_status read_all(int fd, const char *path, size_t limit,
                            mien_buffer *b, mien_error *err)
{
    static const size_t chunk = CHUNK;
    uint8_t *part = mi_alloc_raw(chunk, 1);
    mien_status st = part ? MIEN_OK : mi_fail(err, MIEN_ENOMEM, "%s", path);
    while (st == MIEN_OK) {
        ssize_t n = read(fd, part, chunk);
        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            st = system_error(err, path, "cannot read");
        else if ((size_t)n > limit - b->n)
            st = mi_fail(err, MIEN_ELIMIT, "%.120s: larger than %zu bytes",
                         path, limit);
        else
            mien_buffer_put(b, part, (size_t)n);
    }
    mi_free(part);
    return st;
}

mien_status mien_file_load(const char *path, size_t limit, mien_bytes *out,
                           mien_error *err)
{
    assert(path && out);
    int is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return system_error(err, path, "cannot open");
    mien_buffer b = {0};
    struct stat about;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        (uint64_t)about.st_size <= (limit ? limit : default_limit))
        mien_buffer_reserve(&b, (size_t)about.st_size);
    mien_status st = read_all(fd, path, limit ? limit : default_limit, &b, err);
    if (!is_stdin)
        close(fd);
    if (st != MIEN_OK) {
        mien_buffer_free(&b);
        return st;
    }
    return mien_buffer_give(&b, out, err);
}

static int write_all(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        bytes += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Standard output, a device or a pipe: nothing to rename over. */
static mien_status write_in_place(const char *path, const void *bytes, size_t n,
                                  mien_error *err)
{
    int is_stdout = strcmp(path, "-") == 0;
    int fd = is_stdout ? 1 : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return system_error(err, path, "cannot open");
    int failed = write_all(fd, bytes, n) != 0;
    if (!is_stdout)
        failed |= close(fd) != 0;
    return failed ? system_error(err, path, "cannot write") : MIEN_OK;
}

#ifdef __wasi__ /* has neither permissions nor a way to follow links */
static int keep_mode(int fd, const struct stat *old)
{
    (void)fd;
    (void)old;
    return 0;
}
static const char *follow(const char *path, char *real)
{
    (void)real;
    return path;
}
#else
static int keep_mode(int fd, const struct stat *old)
{
    return old ? fchmod(fd, old->st_mode & 07777) : 0;
}
/* The file itself behind symbolic links, in real[PATH_SIZE]; or NULL. */
static const char *follow(const char *path, char *real)
{
    return realpath(path, real);
}
#endif

/* The folder of a path, "." if it names none, into to[PATH_SIZE]; -1 if that is
 * too long. */
static int folder_of(const char *path, char *to)
{
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (n >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(to, PATH_SIZE, "%.*s", n ? (int)n : 1, n ? path : ".");
    return 0;
}

/* A new file in the folder; its name, which nobody can foresee, is put in
 * aside[PATH_SIZE]. */
static int open_aside(const char *folder, char *aside)
{
    for (int i = 0; i < TRIES; i++) {
        uint64_t number;
        if (getentropy(&number, sizeof number) != 0)
            return -1;
        int n = snprintf(aside, PATH_SIZE, "%s/.mien-%016llx.part", folder,
                         (unsigned long long)number);
        if (n < 0 || n >= PATH_SIZE) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd); /* the file itself is safe; the name follows when it can */
    close(fd);
}

/* A file on its way to where it belongs. */
typedef struct aside {
    int fd;
    char path[PATH_SIZE], folder[PATH_SIZE], name[PATH_SIZE];
    struct stat old; /* what is replaced: the new file gets its permissions */
    int replaces;    /* 1: there is such */
} aside;

static mien_status aside_open(const char *path, const struct stat *old,
                              aside *a, mien_error *err)
{
    int n = snprintf(a->path, sizeof a->path, "%s", path);
    errno = ENAMETOOLONG;
    a->replaces = old != NULL;
    if (old)
        a->old = *old;
    a->fd = n >= 0 && n < PATH_SIZE && folder_of(path, a->folder) == 0
                ? open_aside(a->folder, a->name)
                : -1;
    return a->fd < 0 ? system_error(err, path, "cannot create") : MIEN_OK;
}

/* The file is whole, or failed, then errno says why: put it in its place, or
 * delete it. */
static mien_status aside_close(const aside *a, int failed, mien_error *err)
{
    failed = failed || keep_mode(a->fd, a->replaces ? &a->old : NULL) != 0 ||
             fsync(a->fd) != 0;
    int why = errno;
    if (close(a->fd) != 0 && !failed) {
        failed = 1;
        why = errno;
    }
    if (!failed && rename(a->name, a->path) == 0) {
        sync_folder(a->folder);
        return MIEN_OK;
    }
    errno = failed ? why : errno;
    mien_status st = system_error(err, a->path, "cannot write");
    unlink(a->name);
    return st;
}

/* Where a path leads. */
typedef struct place {
    int in_place; /* 1: no file, nothing can be renamed over it */
    const char *file;
    struct stat old;
    int replaces;         /* 1: old is what is there */
    char real[PATH_SIZE]; /* file, behind symbolic links */
} place;

static mien_status find_place(const char *path, place *p, mien_error *err)
{
    p->file = path;
    p->replaces = 0;
    p->in_place = strcmp(path, "-") == 0;
    if (p->in_place || stat(path, &p->old) != 0)
        return MIEN_OK;
    p->in_place = !S_ISREG(p->old.st_mode);
    if (p->in_place)
        return MIEN_OK;
    /* behind a symbolic link the file is replaced, not the link */
    p->replaces = 1;
    p->file = follow(path, p->real);
    return p->file ? MIEN_OK : system_error(err, path, "cannot find");
}

/* Begin it where it may be renamed over what is there. */
static mien_status open_place(const place *p, aside *a, mien_error *err)
{
    return aside_open(p->file, p->replaces ? &p->old : NULL, a, err);
}

mien_status mien_file_save(const char *path, const void *bytes, size_t n,
                           mien_error *err)
{
    assert(path && (bytes || n == 0));
    place p;
    aside a;
    mien_status st = find_place(path, &p, err);
    if (!st && p.in_place)
        return write_in_place(path, bytes, n, err);
    if (!st)
        st = open_place(&p, &a, err);
    return st ? st : aside_close(&a, write_all(a.fd, bytes, n) != 0, err);
}

/* ---- piece by piece ------------------------------------------------------ */

struct mien_file_pieces {
    aside to;
    int in_place; /* 1: standard output, a device, a pipe: to.fd alone */
    int failed;   /* an errno; 0: all went well */
};

mien_status mien_file_begin(const char *path, mien_file_pieces **out,
                            mien_error *err)
{
    assert(path && out);
    place p;
    mien_status st = find_place(path, &p, err);
    mien_file_pieces *f = st ? NULL : mi_alloc(1, sizeof *f);
    if (!st && !f)
        st = mi_no_memory(err);
    if (!st && !p.in_place) {
        st = open_place(&p, &f->to, err);
    } else if (!st) {
        f->in_place = 1;
        snprintf(f->to.path, sizeof f->to.path, "%s", path);
        f->to.fd =
            strcmp(path, "-") == 0 ? 1 : open(path, O_WRONLY | O_CLOEXEC);
        if (f->to.fd < 0)
            st = system_error(err, path, "cannot open");
    }
    if (st)
        mi_free(f);
    else
        *out = f;
    return st;
}

mien_status mien_file_add(mien_file_pieces *f, const void *bytes, size_t n,
                          mien_error *err)
{
    if (!f->failed && write_all(f->to.fd, bytes, n) != 0)
        f->failed = errno;
    errno = f->failed;
    return f->failed ? system_error(err, f->to.path, "cannot write") : MIEN_OK;
}

/* Close what is written in place, but not standard output; 0: it went well. */
static int close_in_place(const mien_file_pieces *f)
{
    return strcmp(f->to.path, "-") == 0 ? 0 : close(f->to.fd);
}

mien_status mien_file_end(mien_file_pieces *f, mien_error *err)
{
    mien_status st = MIEN_OK;
    errno = f->failed;
    if (!f->in_place) {
        st = aside_close(&f->to, f->failed != 0, err);
    } else {
        if (close_in_place(f) != 0 && !f->failed)
            f->failed = errno;
        errno = f->failed;
        if (f->failed)
            st = system_error(err, f->to.path, "cannot write");
    }
    mi_free(f);
    return st;
}

void mien_file_drop(mien_file_pieces *f)
{
    if (!f)
        return;
    if (f->in_place) {
        (void)close_in_place(f);
    } else {
        close(f->to.fd);
        unlink(f->to.name);
    }
    mi_free(f);
}
