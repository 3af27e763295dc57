/* results.c: lines of results that are never lost and never twice.
 *
 * Source: "JSON Lines", jsonlines.org; crc32c for the parts, since every
 * machine computes it alike. */
#include "mien/file_results.h"

#include "base/alloc.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/json_read.h"
#include "mien/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PARTS = 1000000, MOST_LINE = 1 << 24 };
static const off_t most_bytes = (off_t)64 << 30;
static const double forced_each = 1; /* seconds */

struct mien_results {
    char *path;
    int fd;
    int failed;    /* nothing can be added any more */
    double forced; /* when the lines were */
    char **file;   /* [n] sorted */
    int64_t n;
    off_t size; /* of the whole lines */
};

/* ---- parts --------------------------------------------------------------- */

mien_status mien_shard_read(const char *text, mien_shard *out, mien_error *err)
{
    char *end;
    errno = 0;
    long part = strtol(text, &end, 10), of = 0;
    int whole = *text >= '0' && *text <= '9' && *end == '/';
    if (whole) {
        const char *second = end + 1;
        of = strtol(second, &end, 10);
        whole = *second >= '0' && *second <= '9' && !*end;
    }
    if (!whole || errno || part < 1 || part > of || of > MOST_PARTS)
        return mi_fail(err, MIEN_EARG,
                       "'%.40s', wanted a part and how many there are, as in "
                       "3/16",
                       text);
    *out = (mien_shard){(int)part, (int)of};
    return MIEN_OK;
}

int mien_shard_has(mien_shard s, const char *name)
{
    uint32_t sum = mi_crc32c((const uint8_t *)name, strlen(name));
    return s.of <= 1 || sum % (uint32_t)s.of == (uint32_t)s.part - 1;
}

/* ---- what is there ------------------------------------------------------- */

static mien_status system_error(const mien_results *r, const char *what,
                                mien_error *err)
{
    return mi_fail(err, errno == ENOMEM ? MIEN_ENOMEM : MIEN_EIO,
                   "%.120s: %s: %s", r->path, what, strerror(errno));
}

/* The digit of hexadecimal numbers; -1: none. */
static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Bytes of hexadecimal digits, ended by a zero byte, into as much room as the
 * text takes; 0: there are others. */
static int bytes_of(const char *hex, char *out)
{
    for (; *hex; hex += 2, out++) {
        int high = digit_of(hex[0]), low = high < 0 ? -1 : digit_of(hex[1]);
        if (low < 0)
            return 0;
        *out = (char)(16 * high + low);
    }
    *out = 0;
    return 1;
}

/* Keep what a result is of.  lacks is set to why it does not tell, or NULL. */
static mien_status keep_name(mien_results *r, const json_t *result,
                             const char **lacks, mien_error *err)
{
    const char *name = json_string_value(json_object_get(result, "file"));
    const char *hex = json_string_value(json_object_get(result, "file_hex"));
    const char *from = hex ? hex : name;
    *lacks = name ? NULL : "it has no \"file\"";
    if (!name)
        return MIEN_OK;
    char **at = mi_push(&r->file, r->n, sizeof *at);
    size_t size = strlen(from) + 1;
    char *copy = at ? mi_alloc(size, 1) : NULL;
    if (!copy)
        return mi_no_memory(err);
    memcpy(copy, from, size);
    if (hex && !bytes_of(hex, copy)) {
        *lacks = "its \"file_hex\" is no bytes";
        mi_free(copy);
        return MIEN_OK;
    }
    *at = copy;
    r->n++;
    return MIEN_OK;
}

/* Take line `number`, without its newline. */
static mien_status take_line(mien_results *r, const uint8_t *line, size_t n,
                             int64_t number, mien_error *err)
{
    json_t *root = NULL;
    json_error_t why;
    const char *lacks = why.text;
    mien_status st = mi_json_parse(line, n, &root, &why);
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    st = st ? MIEN_OK : keep_name(r, root, &lacks, err);
    if (!st && lacks)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: line %lld is no result: %.60s",
                     r->path, (long long)number, lacks);
    json_decref(root);
    return st;
}

/* Go through the lines; r->size becomes the end of the last whole one. */
static mien_status take_lines(mien_results *r, const mien_map *m,
                              mien_error *err)
{
    mien_status st = MIEN_OK;
    const uint8_t *at = m->data, *end;
    size_t left = m->n;
    for (int64_t number = 1; !st && left; number++) {
        end = memchr(at, '\n', left);
        if (!end)
            break;
        size_t n = (size_t)(end - at);
        if (n > MOST_LINE)
            st = mi_fail(err, MIEN_ELIMIT,
                         "%.120s: line %lld has %zu bytes, at most %d", r->path,
                         (long long)number, n, MOST_LINE);
        else
            st = take_line(r, at, n, number, err);
        at = end + 1;
        left -= n + 1;
        r->size += (off_t)n + 1;
    }
    return st;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the file has, and where it goes on. */
static mien_status read_file(mien_results *r, mien_error *err)
{
    struct stat s;
    if (fstat(r->fd, &s) != 0)
        return system_error(r, "cannot read", err);
    if (!S_ISREG(s.st_mode))
        return mi_fail(err, MIEN_EIO, "%.120s: no regular file", r->path);
    if (s.st_size > most_bytes)
        return mi_fail(err, MIEN_ELIMIT, "%.120s: %lld bytes, at most %lld",
                       r->path, (long long)s.st_size, (long long)most_bytes);
    mien_map m = {0};
    mien_status st = mien_file_map(r->path, 0, &m, err);
    if (!st)
        st = take_lines(r, &m, err);
    mien_file_unmap(&m);
    if (!st && r->size < s.st_size && ftruncate(r->fd, r->size) != 0)
        st = system_error(r, "cannot cut its last line off", err);
    if (!st && lseek(r->fd, r->size, SEEK_SET) < 0)
        st = system_error(r, "cannot write", err);
    if (!st && r->n)
        qsort(r->file, (size_t)r->n, sizeof *r->file, by_name);
    return st;
}

/* ---- settings ------------------------------------------------------------ */

/* Write down what the results depend on, or compare it. */
static mien_status check_settings(const mien_results *r, const char *settings,
                                  mien_error *err)
{
    size_t n = strlen(r->path) + sizeof ".settings", length = strlen(settings);
    char *path = mi_alloc(n, 1);
    mien_bytes was = {0};
    if (!path)
        return mi_no_memory(err);
    snprintf(path, n, "%s.settings", r->path);
    int there = access(path, F_OK) == 0;
    mien_status st = MIEN_OK;
    if (there)
        st = mien_file_load(path, 1 << 20, &was, err);
    else if (r->size)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.100s: it has results, but %.100s is not there", r->path,
                     path);
    else
        st = mien_file_save(path, settings, length, err);
    if (!st && there && r->size &&
        (was.n != length ||
         (length && memcmp(was.data, settings, length) != 0)))
        st = mi_fail(err, MIEN_EARG,
                     "%.100s was begun with %.*s, not %.100s; name another "
                     "file, or remove this one",
                     r->path, (int)(was.n < 100 ? was.n : 100),
                     (const char *)was.data, settings);
    else if (!st && there && !r->size)
        st = mien_file_save(path, settings, length, err);
    mien_bytes_free(&was);
    mi_free(path);
    return st;
}

/* ---- the file ------------------------------------------------------------ */

static void release(mien_results *r)
{
    if (r->fd >= 0)
        close(r->fd);
    for (int64_t i = 0; i < r->n; i++)
        mi_free(r->file[i]);
    mi_free(r->file);
    mi_free(r->path);
    mi_free(r);
}

mien_status mien_results_open(const char *path, const char *settings,
                              mien_results **out, mien_error *err)
{
    size_t n = strlen(path) + 1;
    mien_results *r = mi_alloc(1, sizeof *r);
    char *copy = r ? mi_alloc(n, 1) : NULL;
    if (!copy) {
        mi_free(r);
        return mi_no_memory(err);
    }
    memcpy(copy, path, n);
    *r = (mien_results){.path = copy, .forced = mien_clock()};
    mien_status st = MIEN_OK;
    r->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (r->fd < 0)
        st = system_error(r, "cannot open", err);
    else if (flock(r->fd, LOCK_EX | LOCK_NB) != 0)
        st = errno == EWOULDBLOCK
                 ? mi_fail(err, MIEN_EIO,
                           "%.120s: another process writes to it", path)
                 : system_error(r, "cannot lock", err);
    if (!st)
        st = read_file(r, err);
    if (!st)
        st = check_settings(r, settings, err);
    if (st)
        release(r);
    else
        *out = r;
    return st;
}

int64_t mien_results_count(const mien_results *r) { return r->n; }

int mien_results_has(const mien_results *r, const char *file)
{
    return r->n && bsearch(&file, r->file, (size_t)r->n, sizeof *r->file,
                           by_name) != NULL;
}

/* Write all bytes; 0 and errno if not. */
static int write_whole(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return 0;
        bytes += done;
        n -= (size_t)done;
    }
    return 1;
}

mien_status mien_results_add(mien_results *r, const char *line, size_t n,
                             mien_error *err)
{
    if (r->failed)
        return mi_fail(err, MIEN_EIO, "%.120s: it could not be written before",
                       r->path);
    if (!write_whole(r->fd, line, n)) {
        mien_status st = system_error(r, "cannot write", err);
        r->failed = 1;
        (void)!ftruncate(r->fd, r->size); /* else the next opening cuts it */
        return st;
    }
    r->size += (off_t)n;
    if (mien_clock() - r->forced < forced_each)
        return MIEN_OK;
    r->forced = mien_clock();
    r->failed = fdatasync(r->fd) != 0;
    return r->failed ? system_error(r, "cannot write", err) : MIEN_OK;
}

mien_status mien_results_close(mien_results *r, mien_error *err)
{
    if (!r)
        return MIEN_OK;
    mien_status st = MIEN_OK;
    if (!r->failed && fdatasync(r->fd) != 0)
        st = system_error(r, "cannot write", err);
    release(r);
    return st;
}
