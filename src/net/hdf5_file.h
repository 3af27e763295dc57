/* hdf5_file.h: an HDF5 file while it is being read. */
#ifndef MI_NET_HDF5_FILE_H
#define MI_NET_HDF5_FILE_H

#include "net/hdf5.h"
#include "net/hdf5_lib.h"

struct mi_hdf5 {
    mi_hdf5_lib lib;
    const uint8_t *bytes;
    size_t n;
    hid_t file;
    const char *guarded; /* attributes of this name were looked at */
    /* What the program had set, put back at the end. */
    H5E_auto2_t report;
    void *report_to;
    unsigned plugins;
};

/* An array in chunks. */
typedef struct mi_hdf5_chunks {
    hid_t array, properties;
    const char *path;
    const mien_shape *shape;
} mi_hdf5_chunks;

/* hdf5_guard.c: refuse bytes that libhdf5 would follow without looking. */
mien_status mi_hdf5_guard(const uint8_t *bytes, size_t n, mien_error *err);
/* The same for attributes of a name, before their texts are read. */
mien_status mi_hdf5_guard_texts(const uint8_t *bytes, size_t n,
                                const char *attribute, mien_error *err);
/* hdf5_header.c: refuse an object whose header's messages are not as long as
 * what stands in them. */
mien_status mi_hdf5_guard_header(const uint8_t *bytes, size_t n, uint64_t at,
                                 mien_error *err);
/* The same for the outermost group. */
mien_status mi_hdf5_guard_root(const uint8_t *bytes, size_t n, mien_error *err);
/* hdf5_chunk.c: the numbers of an array in chunks, into data. */
mien_status mi_hdf5_read_chunks(mi_hdf5 *f, const mi_hdf5_chunks *c,
                                float *data, mien_error *err);
/* Fail with the innermost thing that libhdf5 says: ENOMEM where it had no
 * memory, else EFORMAT and "hdf5: WHAT of 'PATH': ...". */
mien_status mi_hdf5_fail(const mi_hdf5 *f, const char *what, const char *path,
                         mien_error *err);

#endif
