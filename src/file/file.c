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

/* old: what is replaced, or NULL; the new file gets its permissions. */
static mien_status write_aside(const char *path, const struct stat *old,
                               const void *bytes, size_t n, mien_error *err)
{
    char folder[PATH_SIZE], aside[PATH_SIZE];
    int fd = folder_of(path, folder) == 0 ? open_aside(folder, aside) : -1;
    if (fd < 0)
        return system_error(err, path, "cannot create");
    int failed = write_all(fd, bytes, n) != 0 || keep_mode(fd, old) != 0 ||
                 fsync(fd) != 0;
    int why = errno;
    if (close(fd) != 0 && !failed) {
        failed = 1;
        why = errno;
    }
    if (!failed && rename(aside, path) == 0) {
        sync_folder(folder);
        return MIEN_OK;
    }
    errno = failed ? why : errno;
    mien_status st = system_error(err, path, "cannot write");
    unlink(aside);
    return st;
}

mien_status mien_file_save(const char *path, const void *bytes, size_t n,
                           mien_error *err)
{
    assert(path && (bytes || n == 0));
    if (strcmp(path, "-") == 0)
        return write_in_place(path, bytes, n, err);
    struct stat old;
    if (stat(path, &old) != 0)
        return write_aside(path, NULL, bytes, n, err);
    if (!S_ISREG(old.st_mode))
        return write_in_place(path, bytes, n, err);
    /* behind a symbolic link the file is replaced, not the link */
    char real[PATH_SIZE];
    const char *file = follow(path, real);
    return file ? write_aside(file, &old, bytes, n, err)
                : system_error(err, path, "cannot find");
}
