/* map.c: files as memory, where the system can map them. */
#include "mien/file.h"

#include "base/error.h"

#include <assert.h>
#include <string.h>

#ifdef __wasi__ /* has no mapping */
static int map_file(const char *path, mien_map *out)
{
    (void)path;
    (void)out;
    return 0;
}
static void unmap(mien_map *m) { (void)m; }
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* 1 if the file is one that can be mapped, and is. */
static int map_file(const char *path, mien_map *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    struct stat about;
    void *p = MAP_FAILED;
    size_t n = 0;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        (uint64_t)about.st_size <= SIZE_MAX) {
        n = (size_t)about.st_size;
        p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    if (p == MAP_FAILED)
        return 0;
    (void)madvise(p, n, MADV_SEQUENTIAL);
    *out = (mien_map){p, n, 1};
    return 1;
}

static void unmap(mien_map *m)
{
    void *p;
    memcpy(&p, &m->data, sizeof p); /* the address without its const */
    munmap(p, m->n);
}
#endif

mien_status mien_file_map(const char *path, size_t limit, mien_map *out,
                          mien_error *err)
{
    assert(path && out);
    if (strcmp(path, "-") != 0 && map_file(path, out))
        return MIEN_OK;
    mien_bytes b = {0};
    mien_status st = mien_file_load(path, limit, &b, err);
    if (st == MIEN_OK)
        *out = (mien_map){b.data, b.n, 0};
    return st;
}

void mien_file_unmap(mien_map *m)
{
    if (!m)
        return;
    if (m->mapped) {
        unmap(m);
    } else if (m->data) {
        mien_bytes b = {NULL, m->n};
        memcpy(&b.data, &m->data, sizeof b.data);
        mien_bytes_free(&b);
    }
    *m = (mien_map){0};
}
