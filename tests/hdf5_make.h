/* hdf5_make.h: small HDF5 files as h5py writes them, for the tests of what
 * reads them: arrays of floats, groups, attributes of texts. */
#ifndef HDF5_MAKE_H
#define HDF5_MAKE_H

#include "base/bytes.h"

#include <string.h>

/* An attribute of n texts, or of one (n 0), in the header or in the heap. */
typedef struct h5_attribute {
    const char *name;
    int n;
    const char *const *text;
    int variable; /* 1: texts lie in the global heap */
} h5_attribute;

/* A float array. */
typedef struct h5_array {
    const char *name; /* "kernel:0" */
    int rank;
    int64_t dim[4];
    const float *value;
    int pieces; /* 1: the layout says that it is chunked */
} h5_array;

static inline void h5_zeros(mien_buffer *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mien_buffer_put(b, "", 1);
}

static inline void h5_u8(mien_buffer *b, unsigned v)
{
    uint8_t byte = (uint8_t)v;
    mien_buffer_put(b, &byte, 1);
}

static inline void h5_u16(mien_buffer *b, unsigned v)
{
    h5_u8(b, v & 255);
    h5_u8(b, v >> 8);
}

static inline void h5_align(mien_buffer *b) { h5_zeros(b, -b->n & 7); }

/* Begin a file; the outermost group's address is put in by h5_end. */
static inline void h5_begin(mien_buffer *b)
{
    mien_buffer_put(b, "\x89HDF\r\n\x1a\n", 8);
    mien_buffer_put(b, "\0\0\0\0\0\10\10\0\4\0\20\0\0\0\0\0", 16);
    mi_buffer_u64le(b, 0);
    mi_buffer_u64le(b, UINT64_MAX);
    mi_buffer_u64le(b, 0); /* end of the file */
    mi_buffer_u64le(b, UINT64_MAX);
    h5_zeros(b, 40); /* entry of the outermost group */
}

static inline void h5_put64(mien_buffer *b, size_t at, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        b->data[at + (size_t)i] = (uint8_t)(v >> 8 * i);
}

static inline void h5_end(mien_buffer *b, uint64_t root)
{
    h5_put64(b, 40, b->n);
    h5_put64(b, 64, root);
}

/* A message of a header, padded. */
static inline void h5_message(mien_buffer *b, unsigned type,
                              const mien_buffer *body)
{
    h5_u16(b, type);
    h5_u16(b, (unsigned)(body->n + 7) / 8 * 8);
    h5_zeros(b, 4);
    mien_buffer_put(b, body->data, body->n);
    h5_zeros(b, -body->n & 7);
}

/* A header of messages that were written one behind the other. */
static inline uint64_t h5_header(mien_buffer *b, unsigned n,
                                 const mien_buffer *messages)
{
    h5_align(b);
    uint64_t at = b->n;
    h5_u16(b, 1);
    h5_u16(b, n);
    mi_buffer_u32le(b, 1);
    mi_buffer_u32le(b, (uint32_t)messages->n);
    mi_buffer_u32le(b, 0);
    mien_buffer_put(b, messages->data, messages->n);
    return at;
}

static inline void h5_space(mien_buffer *b, int rank, const int64_t *dim)
{
    h5_u8(b, 1);
    h5_u8(b, (unsigned)rank);
    h5_zeros(b, 6);
    for (int d = 0; d < rank; d++)
        mi_buffer_u64le(b, (uint64_t)dim[d]);
}

/* The address of an array's header. */
static inline uint64_t h5_put_array(mien_buffer *b, const h5_array *a)
{
    mien_buffer m = {0}, body = {0};
    int64_t n = 1;
    for (int d = 0; d < a->rank; d++)
        n *= a->dim[d];
    h5_align(b);
    uint64_t data = b->n;
    for (int64_t i = 0; i < n; i++)
        mi_buffer_f32le(b, a->value[i]);
    h5_space(&body, a->rank, a->dim);
    h5_message(&m, 1, &body);
    body.n = 0;
    mien_buffer_put(&body, "\21\40\37\0\4\0\0\0\0\0\40\0\27\10\0\27\177\0\0\0",
                    20);
    h5_message(&m, 3, &body);
    body.n = 0;
    h5_u8(&body, 3);
    h5_u8(&body, a->pieces ? 2 : 1);
    mi_buffer_u64le(&body, data);
    mi_buffer_u64le(&body, 4 * (uint64_t)n);
    h5_message(&m, 8, &body);
    uint64_t at = h5_header(b, 3, &m);
    mien_buffer_free(&m);
    mien_buffer_free(&body);
    return at;
}

/* One text in a heap of its own: where it is said to lie. */
static inline void h5_heap_text(mien_buffer *b, const char *text,
                                mien_buffer *said)
{
    size_t n = strlen(text);
    h5_align(b);
    mi_buffer_u32le(said, (uint32_t)n);
    mi_buffer_u64le(said, b->n);
    mi_buffer_u32le(said, 1);
    mien_buffer_put(b, "GCOL\1\0\0\0", 8);
    mi_buffer_u64le(b, 16 + 16 + (n + 7) / 8 * 8);
    mien_buffer_put(b, "\1\0\1\0\0\0\0\0", 8);
    mi_buffer_u64le(b, n);
    mien_buffer_put(b, text, n);
    h5_align(b);
}

/* The message of an attribute. */
static inline void h5_put_attribute(mien_buffer *b, const h5_attribute *a,
                                    mien_buffer *messages)
{
    mien_buffer body = {0}, space = {0};
    int count = a->n ? a->n : 1;
    size_t size = 1, name = strlen(a->name) + 1;
    for (int i = 0; i < count; i++)
        size = strlen(a->text[i]) + 1 > size ? strlen(a->text[i]) + 1 : size;
    h5_space(&space, a->n ? 1 : 0, (int64_t[]){a->n});
    h5_u16(&body, 1);
    h5_u16(&body, (unsigned)name);
    h5_u16(&body, a->variable ? 24 : 8);
    h5_u16(&body, (unsigned)space.n);
    mien_buffer_put(&body, a->name, name);
    h5_align(&body);
    if (a->variable) {
        mien_buffer_put(&body, "\31\1\0\0\20\0\0\0\23\0\0\0\1\0\0\0", 16);
        h5_zeros(&body, 8);
    } else {
        h5_u8(&body, 0x13);
        h5_zeros(&body, 3);
        mi_buffer_u32le(&body, (uint32_t)size);
    }
    mien_buffer_put(&body, space.data, space.n);
    for (int i = 0; i < count; i++)
        if (a->variable) {
            h5_heap_text(b, a->text[i], &body);
        } else {
            mien_buffer_put(&body, a->text[i], strlen(a->text[i]));
            h5_zeros(&body, size - strlen(a->text[i]));
        }
    h5_message(messages, 12, &body);
    mien_buffer_free(&body);
    mien_buffer_free(&space);
}

/* The order of names by their letters, as libhdf5 looks for them. */
static inline void h5_sort(int n, const char *const *name, int *order)
{
    for (int i = 0; i < n; i++) {
        int k = i;
        for (; k && strcmp(name[order[k - 1]], name[i]) > 0; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
}

/* The address of a group's header: its n entries, 8 at most, and attributes.
 * A node is as large as the superblock says that nodes are. */
static inline uint64_t h5_group(mien_buffer *b, int n, const char *const *name,
                                const uint64_t *header, int n_attributes,
                                const h5_attribute *attribute)
{
    mien_buffer m = {0}, body = {0};
    size_t offset = 8, last = 0;
    int order[8] = {0};
    h5_sort(n, name, order);
    h5_align(b);
    uint64_t names = b->n;
    h5_zeros(b, 8); /* the empty name */
    for (int i = 0; i < n; i++)
        mien_buffer_put(b, name[order[i]], strlen(name[order[i]]) + 1);
    h5_align(b);
    uint64_t size = b->n - names;
    uint64_t heap = b->n;
    mien_buffer_put(b, "HEAP\0\0\0\0", 8);
    mi_buffer_u64le(b, size);
    mi_buffer_u64le(b, 1); /* nothing is free */
    mi_buffer_u64le(b, names);
    uint64_t node = b->n;
    mien_buffer_put(b, "SNOD\1\0", 6);
    h5_u16(b, (unsigned)n);
    for (int i = 0; i < n; i++) {
        last = offset;
        mi_buffer_u64le(b, offset);
        mi_buffer_u64le(b, header[order[i]]);
        h5_zeros(b, 24);
        offset += strlen(name[order[i]]) + 1;
    }
    h5_zeros(b, 40 * (8 - (size_t)n));
    uint64_t tree = b->n;
    mien_buffer_put(b, "TREE\0\0\1\0", 8);
    mi_buffer_u64le(b, UINT64_MAX);
    mi_buffer_u64le(b, UINT64_MAX);
    mi_buffer_u64le(b, 0);
    mi_buffer_u64le(b, node);
    mi_buffer_u64le(b, last);
    h5_zeros(b, 31 * 16);
    mi_buffer_u64le(&body, tree);
    mi_buffer_u64le(&body, heap);
    h5_message(&m, 17, &body);
    for (int i = 0; i < n_attributes; i++)
        h5_put_attribute(b, &attribute[i], &m);
    uint64_t at = h5_header(b, 1 + (unsigned)n_attributes, &m);
    mien_buffer_free(&m);
    mien_buffer_free(&body);
    return at;
}

#endif
