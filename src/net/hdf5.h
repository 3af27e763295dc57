/* hdf5.h: what Keras keeps of a network in an HDF5 file: attributes of texts
 * and arrays of floats, by path.
 *
 *   mi_hdf5_open -> mi_hdf5_texts, mi_hdf5_floats -> mi_hdf5_close
 *
 * libhdf5 reads the file, from memory; hdf5_guard.c looks before at what it
 * trusts, and every size is checked before it is read by.  Nothing outside the
 * file is opened: links and arrays that lead there are refused. */
#ifndef MI_NET_HDF5_H
#define MI_NET_HDF5_H

#include "mien/graph.h"

typedef struct mi_hdf5 mi_hdf5;

/* Texts of an attribute: [n] in a block that mi_free releases. */
typedef struct mi_hdf5_list {
    char **text;
    int n;
} mi_hdf5_list;

enum {
    MI_HDF5_TEXTS = 4096,          /* of an attribute */
    MI_HDF5_TEXT_BYTES = 16 << 20, /* of all of them */
    MI_HDF5_NAME = 256             /* between two slashes of a path */
};

/* Open a file in memory, borrowed until mi_hdf5_close.  One file is open at a
 * time: a second thread waits.  Fails with EFORMAT (no HDF5, damaged), EUNSUP
 * (libhdf5 is missing, or something that is not read), ENOMEM. */
mien_status mi_hdf5_open(const uint8_t *bytes, size_t n, mi_hdf5 **out,
                         mien_error *err);
/* NULL is allowed. */
void mi_hdf5_close(mi_hdf5 *f);
/* The texts of an attribute of the object at a path ("" is the outermost
 * group); none, and no failure, if it has none of that name.  Fails with
 * EFORMAT (damaged, or no such object), EUNSUP, ELIMIT, ENOMEM. */
mien_status mi_hdf5_texts(mi_hdf5 *f, const char *path, const char *name,
                          mi_hdf5_list *out, mien_error *err);
/* The array of floats at a path, of no more numbers than the file has bytes:
 * its shape, and its numbers, which mi_free releases.  Fails with EFORMAT,
 * EUNSUP (another type or filter, numbers in another file), ELIMIT, ENOMEM. */
mien_status mi_hdf5_floats(mi_hdf5 *f, const char *path, mien_shape *shape,
                           float **data, mien_error *err);

#endif
