/* hdf5.h: what Keras keeps of a network in an HDF5 file: groups, attributes of
 * texts, arrays of floats.
 *
 *   mi_hdf5_open -> mi_hdf5_find (a path) -> mi_hdf5_texts, mi_hdf5_floats
 *
 * Read are files as h5py writes them unless told otherwise: superblock 0 or 1,
 * groups by symbol tables, object headers of version 1, arrays that lie in one
 * piece.  Any bytes may be given: every address and count is checked before it
 * is followed, and nothing in a file is ever executed.
 * Source: HDF5 File Format Specification, version 3.0. */
#ifndef MI_NET_HDF5_H
#define MI_NET_HDF5_H

#include "mien/graph.h"

/* A file in memory, borrowed. */
typedef struct mi_hdf5 {
    const uint8_t *bytes;
    size_t n;
    uint64_t root; /* where the outermost group's header lies */
} mi_hdf5;

/* Texts of an attribute: [n] in a block that mi_free releases. */
typedef struct mi_hdf5_list {
    char **text;
    int n;
} mi_hdf5_list;

enum {
    MI_HDF5_TEXTS = 4096,          /* of an attribute */
    MI_HDF5_TEXT_BYTES = 16 << 20, /* of all of them */
    MI_HDF5_NAME = 256
};

/* Fails with EFORMAT (no HDF5), EUNSUP (a newer form). */
mien_status mi_hdf5_open(const uint8_t *bytes, size_t n, mi_hdf5 *out,
                         mien_error *err);
/* Where the object at a path below a group lies: "dense_1/kernel:0".  Fails
 * with EFORMAT (damaged, or nothing there), EUNSUP. */
mien_status mi_hdf5_find(const mi_hdf5 *f, uint64_t group, const char *path,
                         uint64_t *out, mien_error *err);
/* The texts of an object's attribute; none, and no failure, if it has none of
 * that name.  Fails with EFORMAT, EUNSUP, ELIMIT, ENOMEM. */
mien_status mi_hdf5_texts(const mi_hdf5 *f, uint64_t object, const char *name,
                          mi_hdf5_list *out, mien_error *err);
/* An array of floats: its shape, and where they lie in the file, not aligned.
 * Fails with EFORMAT, EUNSUP (chunked, compressed, another type), ELIMIT. */
mien_status mi_hdf5_floats(const mi_hdf5 *f, uint64_t object, mien_shape *shape,
                           const uint8_t **data, mien_error *err);

#endif
