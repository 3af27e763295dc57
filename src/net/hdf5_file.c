/* hdf5_file.c: an HDF5 file is opened: an image in memory, which libhdf5's
 * driver for memory is handed without a copy. */
#include "base/alloc.h"
#include "base/error.h"
#include "net/hdf5_file.h"

#include <pthread.h>
#include <string.h>

/* libhdf5 as most build it is for one thread at a time. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* What libhdf5 says of a mistake: the innermost words. */
typedef struct words {
    const mi_hdf5_lib *lib;
    char text[100];
    int memory;
} words;

static herr_t take_words(unsigned n, const H5E_error2_t *e, void *to)
{
    words *w = to;
    if (n == 0 && e->desc)
        snprintf(w->text, sizeof w->text, "%s", e->desc);
    w->memory = w->memory || e->min_num == w->lib->no_space;
    return 0;
}

mien_status mi_hdf5_fail(const mi_hdf5 *f, const char *what, const char *path,
                         mien_error *err)
{
    words w = {&f->lib, "damaged", 0};
    (void)f->lib.errors_walk(H5E_DEFAULT, H5E_WALK_UPWARD, take_words, &w);
    (void)f->lib.errors_clear(H5E_DEFAULT);
    if (w.memory)
        return mi_no_memory(err);
    return mi_fail(err, MIEN_EFORMAT, "hdf5: %s of '%.60s': %s", what, path,
                   w.text);
}

/* The image is borrowed, not copied; user data is its address. */
static void *image_take(size_t size, H5FD_file_image_op_t op, void *image)
{
    (void)size;
    (void)op;
    return image;
}

static void *image_copy(void *to, const void *image, size_t size,
                        H5FD_file_image_op_t op, void *data)
{
    (void)image;
    (void)size;
    (void)op;
    (void)data;
    return to;
}

static void *image_grow(void *image, size_t size, H5FD_file_image_op_t op,
                        void *data)
{
    (void)image;
    (void)size;
    (void)op;
    (void)data;
    return NULL;
}

static herr_t image_leave(void *image, H5FD_file_image_op_t op, void *data)
{
    (void)image;
    (void)op;
    (void)data;
    return 0;
}

static void *data_take(void *data) { return data; }

static herr_t data_leave(void *data)
{
    (void)data;
    return 0;
}

/* Open the image, to be read only.  Two files of one name would be one. */
static mien_status open_image(mi_hdf5 *f, mien_error *err)
{
    char name[40];
    void *image;
    memcpy(&image, &f->bytes, sizeof image);
    H5FD_file_image_callbacks_t calls = {image_take,  image_copy, image_grow,
                                         image_leave, data_take,  data_leave,
                                         image};
    snprintf(name, sizeof name, "mien-%p", (void *)f);
    hid_t how = f->lib.properties_new(f->lib.file_access);
    if (how >= 0 && f->lib.set_memory_driver(how, 1 << 16, 0) >= 0 &&
        f->lib.set_image_callbacks(how, &calls) >= 0 &&
        f->lib.set_image(how, image, f->n) >= 0)
        f->file = f->lib.file_open(name, H5F_ACC_RDONLY, how);
    mien_status st =
        f->file < 0 ? mi_hdf5_fail(f, "the file", "", err) : MIEN_OK;
    if (how >= 0)
        (void)f->lib.properties_close(how);
    return st;
}

/* Addresses of 8 bytes that count from the first byte, types that stand where
 * they are used: what hdf5_guard.c takes for granted. */
static mien_status check_addresses(mi_hdf5 *f, mien_error *err)
{
    size_t address = 0, length = 0;
    unsigned shared = 0;
    hsize_t block = 0;
    hid_t p = f->lib.file_properties(f->file);
    int asked = p >= 0 && f->lib.sizes(p, &address, &length) >= 0 &&
                f->lib.user_block(p, &block) >= 0 &&
                f->lib.shared_messages(p, &shared) >= 0;
    mien_status st = asked ? MIEN_OK : mi_hdf5_fail(f, "the file", "", err);
    if (p >= 0)
        (void)f->lib.properties_close(p);
    if (!st && (address != 8 || length != 8 || block || shared))
        st = mi_fail(err, MIEN_EUNSUP,
                     "hdf5: addresses of %zu bytes behind %llu others and %u "
                     "tables of shared messages, wanted 8 and none (h5repack "
                     "writes it)",
                     address, (unsigned long long)block, shared);
    return st;
}

mien_status mi_hdf5_open(const uint8_t *bytes, size_t n, mi_hdf5 **out,
                         mien_error *err)
{
    if (n < 8 || memcmp(bytes, "\x89HDF\r\n\x1a\n", 8) != 0)
        return mi_fail(err, MIEN_EFORMAT, "hdf5: no HDF5 file");
    mien_status st = mi_hdf5_guard(bytes, n, err);
    if (!st)
        st = mi_hdf5_guard_root(bytes, n, err);
    mi_hdf5 *f = st ? NULL : mi_alloc(1, sizeof *f);
    if (!st && !f)
        st = mi_no_memory(err);
    if (st)
        return st;
    f->bytes = bytes;
    f->n = n;
    f->file = -1;
    pthread_mutex_lock(&one_at_a_time);
    st = mi_hdf5_load(&f->lib, err);
    if (st) {
        pthread_mutex_unlock(&one_at_a_time);
        mi_free(f);
        return st;
    }
    /* Mistakes are said by mi_fail; filters are not looked for on the disk. */
    (void)f->lib.errors_get(H5E_DEFAULT, &f->report, &f->report_to);
    (void)f->lib.errors_set(H5E_DEFAULT, NULL, NULL);
    (void)f->lib.plugins_get(&f->plugins);
    (void)f->lib.plugins_set(0);
    st = open_image(f, err);
    if (!st)
        st = check_addresses(f, err);
    if (st)
        mi_hdf5_close(f);
    else
        *out = f;
    return st;
}

void mi_hdf5_close(mi_hdf5 *f)
{
    if (!f)
        return;
    if (f->file >= 0)
        (void)f->lib.file_close(f->file);
    (void)f->lib.errors_clear(H5E_DEFAULT);
    (void)f->lib.errors_set(H5E_DEFAULT, f->report, f->report_to);
    (void)f->lib.plugins_set(f->plugins);
    pthread_mutex_unlock(&one_at_a_time);
    mi_free(f);
}
