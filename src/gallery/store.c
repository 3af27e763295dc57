/* store.c: the file that says on which server a gallery's data are. */
#include "gallery/store.h"

#include "base/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char head[] = "mien gallery store 1\n";

/* Take the line that begins at *at, without control characters, into a field;
 * 0: there is none, or it does not fit. */
static int take_line(const uint8_t *bytes, size_t n, size_t *at, char *field,
                     size_t size)
{
    size_t end = *at;
    while (end < n && bytes[end] >= ' ' && bytes[end] != 127)
        end++;
    if (end == n || bytes[end] != '\n' || end == *at || end - *at >= size)
        return 0;
    memcpy(field, bytes + *at, end - *at);
    field[end - *at] = 0;
    *at = end + 1;
    return 1;
}

mien_status mi_store_parse(const uint8_t *bytes, size_t n, mi_store *out,
                           int *is, mien_error *err)
{
    size_t at = sizeof head - 1;
    mi_store s;
    *is = n >= at && memcmp(bytes, head, at) == 0;
    if (!*is)
        return MIEN_OK;
    if (!take_line(bytes, n, &at, s.address, sizeof s.address))
        return mi_fail(err, MIEN_EFORMAT,
                       "its second line is no address of a server");
    if (!take_line(bytes, n, &at, s.collection, sizeof s.collection) ||
        strspn(s.collection, "0123456789abcdef") != MI_STORE_COLLECTION - 1 ||
        at != n)
        return mi_fail(err, MIEN_EFORMAT,
                       "its third and last line is not the number of a "
                       "gallery, 32 hexadecimal digits");
    *out = s;
    return MIEN_OK;
}

mien_status mi_store_read(const char *path, mi_store *out, int *is,
                          mien_error *err)
{
    uint8_t bytes[sizeof head + sizeof(mi_store)];
    mien_error why = {0};
    *is = 0;
    FILE *f = fopen(path, "rbe");
    if (!f)
        return MIEN_OK;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    int bad = ferror(f);
    fclose(f);
    if (bad)
        return mi_fail(err, MIEN_EIO, "%.150s: cannot be read", path);
    mien_status st = mi_store_parse(bytes, n, out, is, &why);
    return st ? mi_fail(err, st, "%.90s: %s", path, why.text) : MIEN_OK;
}

mien_status mi_store_write(const char *path, const mi_store *store,
                           mien_error *err)
{
    char text[sizeof head + sizeof *store];
    mi_store same;
    int is = 0;
    int n = snprintf(text, sizeof text, "%s%s\n%s\n", head, store->address,
                     store->collection);
    if (mi_store_parse((const uint8_t *)text, (size_t)n, &same, &is, NULL))
        return mi_fail(err, MIEN_EARG, "an address of a server is one line");
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return mi_fail(err, MIEN_EIO,
                       "%.150s: is there already, or cannot be made", path);
    int good = write(fd, text, (size_t)n) == n && fsync(fd) == 0;
    good &= close(fd) == 0;
    if (!good)
        unlink(path);
    return good ? MIEN_OK
                : mi_fail(err, MIEN_EIO, "%.150s: cannot be written", path);
}
