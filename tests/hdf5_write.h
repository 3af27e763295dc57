/* hdf5_write.h: files that libhdf5 itself writes, for the tests of what reads
 * them.  It is loaded, as there. */
#ifndef HDF5_WRITE_H
#define HDF5_WRITE_H

#include "mien/file.h"
#include "net/hdf5_lib.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* X(function) */
#define H5_WRITERS(X)       \
    X(H5Fcreate)            \
    X(H5Fclose)             \
    X(H5Pcreate)            \
    X(H5Pclose)             \
    X(H5Pset_libver_bounds) \
    X(H5Pset_sizes)         \
    X(H5Pset_chunk)         \
    X(H5Pset_deflate)       \
    X(H5Pset_shuffle)       \
    X(H5Pset_fletcher32)    \
    X(H5Pset_layout)        \
    X(H5Pset_external)      \
    X(H5Pset_virtual)       \
    X(H5Screate)            \
    X(H5Screate_simple)     \
    X(H5Sclose)             \
    X(H5Gcreate2)           \
    X(H5Gclose)             \
    X(H5Dcreate2)           \
    X(H5Dwrite)             \
    X(H5Dwrite_chunk)       \
    X(H5Dclose)             \
    X(H5Acreate2)           \
    X(H5Awrite)             \
    X(H5Aclose)             \
    X(H5Tcopy)              \
    X(H5Tset_size)          \
    X(H5Tclose)             \
    X(H5Lcreate_soft)       \
    X(H5Lcreate_external)

typedef struct h5_writer {
#define FIELD(function) __typeof__(function) *function;
    H5_WRITERS(FIELD)
#undef FIELD
    hid_t file_access, file_create, array_create, text;
    mi_hdf5_lib read;
    char path[40]; /* of the file being written */
} h5_writer;

/* 0: libhdf5 is not there. */
static inline int h5_writer_load(h5_writer *w)
{
    Dl_info from; /* the file that was loaded, by a function of it */
    void *open, *handle = NULL;
    memset(w, 0, sizeof *w);
    if (mi_hdf5_load(&w->read, NULL) != MIEN_OK)
        return 0;
    memcpy(&open, &w->read.open, sizeof open);
    if (dladdr(open, &from))
        handle = dlopen(from.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return 0;
#define FIND(function)                      \
    {                                       \
        void *p = dlsym(handle, #function); \
        memcpy(&w->function, &p, sizeof p); \
        if (!p)                             \
            return 0;                       \
    }
    H5_WRITERS(FIND)
#undef FIND
    const struct {
        const char *name;
        hid_t *to;
    } ids[] = {{"H5P_CLS_FILE_ACCESS_ID_g", &w->file_access},
               {"H5P_CLS_FILE_CREATE_ID_g", &w->file_create},
               {"H5P_CLS_DATASET_CREATE_ID_g", &w->array_create},
               {"H5T_C_S1_g", &w->text}};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const void *p = dlsym(handle, ids[i].name);
        if (!p)
            return 0;
        memcpy(ids[i].to, p, sizeof *ids[i].to);
    }
    memcpy(w->path, "/tmp/mien-hdf5-XXXXXX", sizeof "/tmp/mien-hdf5-XXXXXX");
    int fd = mkstemp(w->path);
    return fd >= 0 && close(fd) == 0;
}

/* A file for h5w_give; `newer`: as version 1.8 and later may write it; `small`:
 * with addresses of 4 bytes. */
static inline hid_t h5w_file(const h5_writer *w, int newer, int small)
{
    hid_t access = w->H5Pcreate(w->file_access);
    hid_t create = w->H5Pcreate(w->file_create);
    if (newer)
        w->H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    if (small)
        w->H5Pset_sizes(create, 4, 4);
    hid_t file = w->H5Fcreate(w->path, H5F_ACC_TRUNC, create, access);
    w->H5Pclose(access);
    w->H5Pclose(create);
    return file;
}

/* The bytes of a file, which is closed. */
static inline void h5w_give(const h5_writer *w, hid_t file, mien_buffer *to)
{
    mien_bytes bytes = {0};
    w->H5Fclose(file);
    to->n = 0;
    if (mien_file_load(w->path, 0, &bytes, NULL) == MIEN_OK)
        mien_buffer_put(to, bytes.data, bytes.n);
    mien_bytes_free(&bytes);
    remove(w->path);
}

/* An attribute of n texts (0: one), of variable length or not. */
static inline void h5w_texts(const h5_writer *w, hid_t at, const char *name,
                             int n, const char *const *text, int variable)
{
    static char fixed[8][4096];
    const hsize_t dim = (hsize_t)n;
    hid_t type = w->H5Tcopy(w->text);
    hid_t space =
        n ? w->H5Screate_simple(1, &dim, NULL) : w->H5Screate(H5S_SCALAR);
    w->H5Tset_size(type, variable ? H5T_VARIABLE : sizeof fixed[0]);
    hid_t id = w->H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    for (int i = 0; i < (n ? n : 1) && !variable; i++)
        strncpy(fixed[i], text[i], sizeof fixed[i] - 1);
    w->H5Awrite(id, type, variable ? (const void *)text : fixed);
    w->H5Aclose(id);
    w->H5Sclose(space);
    w->H5Tclose(type);
}

/* An array of floats, made by properties, which are closed; value NULL: not
 * written.  Open. */
static inline hid_t h5w_array(const h5_writer *w, hid_t at, const char *name,
                              int rank, const hsize_t *dim, hid_t properties,
                              const float *value)
{
    hid_t space = w->H5Screate_simple(rank, dim, NULL);
    hid_t array = w->H5Dcreate2(at, name, w->read.float32, space, H5P_DEFAULT,
                                properties, H5P_DEFAULT);
    if (value)
        w->H5Dwrite(array, w->read.float32, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                    value);
    w->H5Sclose(space);
    if (properties != H5P_DEFAULT)
        w->H5Pclose(properties);
    return array;
}

#endif
