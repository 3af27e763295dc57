/* hdf5_read.c: attributes and arrays of an HDF5 file, by libhdf5.
 *
 * Objects are opened name by name, and only through links that stay in the
 * file.  Of an object, what it is and how large is asked for before any of it
 * is read. */
#include "base/alloc.h"
#include "base/error.h"
#include "net/hdf5_file.h"

#include <string.h>

/* ---- objects ---------------------------------------------------------------
 */

/* Open an entry of a group, through a link that stays in the file. */
static mien_status open_entry(mi_hdf5 *f, hid_t group, const char *name,
                              hid_t *out, mien_error *err)
{
    mi_hdf5_link link;
    htri_t there = f->lib.object_kind(group) == H5I_DATASET
                       ? 0
                       : f->lib.link_exists(group, name, H5P_DEFAULT);
    if (there == 0)
        return mi_fail(err, MIEN_EFORMAT, "hdf5: there is no '%.60s'", name);
    if (there < 0 || f->lib.link_info(group, name, &link, H5P_DEFAULT) < 0)
        return mi_hdf5_fail(f, "the entry", name, err);
    if (link.type != H5L_TYPE_HARD)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: '%.60s' is a link by name or to another file, "
                       "wanted the object itself (h5repack --merge writes it)",
                       name);
    mien_status st = mi_hdf5_guard_header(f->bytes, f->n, link.u.address, err);
    if (st)
        return st;
    *out = f->lib.open_object(group, name, H5P_DEFAULT);
    return *out < 0 ? mi_hdf5_fail(f, "the entry", name, err) : MIEN_OK;
}

/* Open what is at a path; close with lib.close_object. */
static mien_status open_path(mi_hdf5 *f, const char *path, hid_t *out,
                             mien_error *err)
{
    mien_status st = MIEN_OK;
    hid_t at = f->lib.open_object(f->file, "/", H5P_DEFAULT);
    if (at < 0)
        return mi_hdf5_fail(f, "the outermost group", "", err);
    while (*path && !st) {
        char name[MI_HDF5_NAME];
        size_t n = strcspn(path, "/");
        hid_t next = -1;
        if (n >= sizeof name)
            st = mi_fail(err, MIEN_ELIMIT,
                         "hdf5: a name of %zu bytes, at most %d", n,
                         MI_HDF5_NAME - 1);
        if (!st && n) {
            memcpy(name, path, n);
            name[n] = 0;
            st = open_entry(f, at, name, &next, err);
        }
        if (!st && n) {
            (void)f->lib.close_object(at);
            at = next;
        }
        path += n + (path[n] == '/');
    }
    if (st)
        (void)f->lib.close_object(at);
    else
        *out = at;
    return st;
}

/* ---- attributes ------------------------------------------------------------
 */

/* An attribute of texts. */
typedef struct attribute {
    hid_t id, type, space;
    const char *name;
    int n;       /* texts */
    size_t size; /* bytes of each; 0: they have lengths of their own */
} attribute;

/* How many texts there are, and how long. */
static mien_status measure(mi_hdf5 *f, attribute *a, mien_error *err)
{
    hsize_t dim[H5S_MAX_RANK] = {0}, n = 1;
    a->type = f->lib.attribute_type(a->id);
    a->space = a->type < 0 ? -1 : f->lib.attribute_space(a->id);
    H5S_class_t kind =
        a->space < 0 ? H5S_NO_CLASS : f->lib.space_kind(a->space);
    int rank = kind == H5S_SIMPLE ? f->lib.space_dims(a->space, dim, NULL) : 0;
    if (kind == H5S_NO_CLASS || rank < 0)
        return mi_hdf5_fail(f, "the attribute", a->name, err);
    for (int d = 0; d < rank && n <= MI_HDF5_TEXTS; d++)
        n = dim[d] > MI_HDF5_TEXTS ? MI_HDF5_TEXTS + 1 : n * dim[d];
    a->n = kind == H5S_NULL ? 0 : (int)n;
    if (a->n == 0)
        return MIEN_OK;
    htri_t variable = f->lib.type_is_variable(a->type);
    if (f->lib.type_class(a->type) != H5T_STRING || variable < 0 ||
        n > MI_HDF5_TEXTS)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: attribute '%.60s' is not of 1 to %d texts",
                       a->name, MI_HDF5_TEXTS);
    a->size = variable ? 0 : f->lib.type_size(a->type);
    return a->size <= MI_HDF5_TEXT_BYTES / (size_t)a->n
               ? MIEN_OK
               : mi_fail(err, MIEN_ELIMIT,
                         "hdf5: attribute '%.60s' has more than %d bytes",
                         a->name, MI_HDF5_TEXT_BYTES);
}

/* Text i of what was read. */
static const char *text_at(const attribute *a, const void *block, int i,
                           size_t *n)
{
    const char *text = a->size ? (const char *)block + (size_t)i * a->size
                               : ((char *const *)block)[i];
    *n = !text ? 0 : a->size ? strnlen(text, a->size) : strlen(text);
    return text ? text : "";
}

/* Copy all texts into one block behind their pointers. */
static mien_status copy_texts(const attribute *a, const void *read,
                              mi_hdf5_list *out, mien_error *err)
{
    size_t pointers = (size_t)a->n * sizeof(char *), bytes = 0, n;
    for (int i = 0; i < a->n; i++) {
        (void)text_at(a, read, i, &n);
        bytes += n + 1;
    }
    if (bytes > MI_HDF5_TEXT_BYTES + (size_t)a->n)
        return mi_fail(err, MIEN_ELIMIT,
                       "hdf5: attribute '%.60s' has more than %d bytes",
                       a->name, MI_HDF5_TEXT_BYTES);
    char **block = mi_alloc(pointers + bytes, 1);
    if (!block)
        return mi_no_memory(err);
    char *to = (char *)block + pointers;
    for (int i = 0; i < a->n; i++) {
        const char *text = text_at(a, read, i, &n);
        memcpy(to, text, n);
        block[i] = to;
        to += n + 1;
    }
    *out = (mi_hdf5_list){block, a->n};
    return MIEN_OK;
}

/* The texts of an attribute that is open; libhdf5's own copies go. */
static mien_status read_texts(mi_hdf5 *f, attribute *a, mi_hdf5_list *out,
                              mien_error *err)
{
    mien_status st = measure(f, a, err);
    if (st || a->n == 0)
        return st;
    if (!a->size && f->guarded != a->name) {
        st = mi_hdf5_guard_texts(f->bytes, f->n, a->name, err);
        if (st)
            return st;
        f->guarded = a->name;
    }
    void *read = mi_alloc((size_t)a->n, a->size ? a->size : sizeof(char *));
    if (!read)
        return mi_no_memory(err);
    if (f->lib.attribute_read(a->id, a->type, read) < 0)
        st = mi_hdf5_fail(f, "the attribute", a->name, err);
    else
        st = copy_texts(a, read, out, err);
    if (!a->size)
        (void)f->lib.texts_free(a->type, a->space, H5P_DEFAULT, read);
    mi_free(read);
    return st;
}

mien_status mi_hdf5_texts(mi_hdf5 *f, const char *path, const char *name,
                          mi_hdf5_list *out, mien_error *err)
{
    attribute a = {-1, -1, -1, name, 0, 0};
    hid_t object;
    mien_status st = open_path(f, path, &object, err);
    *out = (mi_hdf5_list){NULL, 0};
    if (st)
        return st;
    htri_t there = f->lib.attribute_exists(object, name);
    if (there > 0)
        a.id = f->lib.attribute_open(object, name, H5P_DEFAULT);
    if (there < 0 || (there > 0 && a.id < 0))
        st = mi_hdf5_fail(f, "the attribute", name, err);
    else if (there > 0)
        st = read_texts(f, &a, out, err);
    if (a.space >= 0)
        (void)f->lib.space_close(a.space);
    if (a.type >= 0)
        (void)f->lib.type_close(a.type);
    if (a.id >= 0)
        (void)f->lib.attribute_close(a.id);
    (void)f->lib.close_object(object);
    return st;
}

/* ---- arrays ----------------------------------------------------------------
 */

/* Is an array one of 32-bit floats in this file?  Asked before its shape, which
 * of an array made of others would open them. */
static mien_status check_kind(mi_hdf5 *f, hid_t array, hid_t properties,
                              const char *path, mien_error *err)
{
    H5D_layout_t layout = f->lib.layout(properties);
    if (layout == H5D_LAYOUT_ERROR)
        return mi_hdf5_fail(f, "the layout", path, err);
    if ((layout != H5D_COMPACT && layout != H5D_CONTIGUOUS &&
         layout != H5D_CHUNKED) ||
        f->lib.external_files(properties) != 0)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: the numbers of '%.60s' lie in other arrays or "
                       "files, wanted in this one (h5repack writes it)",
                       path);
    hid_t type = f->lib.array_type(array);
    htri_t is = type < 0 ? -1 : f->lib.type_equal(type, f->lib.float32);
    mien_status st = is < 0 ? mi_hdf5_fail(f, "the type", path, err) : MIEN_OK;
    if (is == 0)
        st = mi_fail(err, MIEN_EUNSUP,
                     "hdf5: '%.60s' is not of 32-bit floats, least byte first",
                     path);
    if (type >= 0)
        (void)f->lib.type_close(type);
    return st;
}

/* The shape, of no more numbers than the file has bytes. */
static mien_status read_shape(mi_hdf5 *f, hid_t array, const char *path,
                              mien_shape *s, int64_t *numbers, mien_error *err)
{
    hsize_t dim[MIEN_MAX_RANK] = {0};
    hid_t space = f->lib.array_space(array);
    H5S_class_t kind = space < 0 ? H5S_NO_CLASS : f->lib.space_kind(space);
    int rank = space < 0 ? -1 : f->lib.space_rank(space);
    int fits = kind != H5S_NULL && rank <= MIEN_MAX_RANK;
    uint64_t n = 1, most = f->n < MIEN_MAX_TENSOR ? f->n : MIEN_MAX_TENSOR;
    if (rank > 0 && fits)
        rank = f->lib.space_dims(space, dim, NULL);
    mien_status st = kind == H5S_NO_CLASS || rank < 0
                         ? mi_hdf5_fail(f, "the shape", path, err)
                         : MIEN_OK;
    for (int d = 0; d < rank && fits; d++) {
        s->dim[d] = dim[d] <= most ? (int64_t)dim[d] : 0;
        n *= (uint64_t)s->dim[d];
        fits = n > 0 && n <= most;
    }
    s->rank = fits && !st ? rank : 0;
    if (!st && !fits)
        st = mi_fail(err, MIEN_ELIMIT,
                     "hdf5: the array '%.60s' of %d axes is said to have no "
                     "numbers or more than %llu, as many as the file has bytes",
                     path, rank, (unsigned long long)most);
    if (space >= 0)
        (void)f->lib.space_close(space);
    *numbers = (int64_t)n;
    return st;
}

/* Read what lies in one piece: of bytes of the file, or of the header. */
static mien_status read_piece(mi_hdf5 *f, hid_t array, H5D_layout_t layout,
                              const char *path, size_t bytes, float *data,
                              mien_error *err)
{
    uint64_t at = layout == H5D_CONTIGUOUS ? f->lib.array_place(array) : 0;
    if (f->lib.array_bytes(array) < bytes || bytes > f->n ||
        at > f->n - bytes) {
        (void)f->lib.errors_clear(H5E_DEFAULT);
        return mi_fail(err, MIEN_EFORMAT,
                       "hdf5: the array '%.60s' of %zu bytes is cut short or "
                       "was never written",
                       path, bytes);
    }
    if (layout == H5D_CONTIGUOUS)
        memcpy(data, f->bytes + at, bytes);
    else if (f->lib.array_read(array, f->lib.float32, H5S_ALL, H5S_ALL,
                               H5P_DEFAULT, data) < 0)
        return mi_hdf5_fail(f, "the array", path, err);
    return MIEN_OK;
}

/* The numbers of an open array. */
static mien_status read_array(mi_hdf5 *f, const mi_hdf5_chunks *c,
                              mien_shape *shape, float **out, mien_error *err)
{
    int64_t n = 0;
    mien_status st = check_kind(f, c->array, c->properties, c->path, err);
    if (!st)
        st = read_shape(f, c->array, c->path, shape, &n, err);
    if (st)
        return st;
    H5D_layout_t layout = f->lib.layout(c->properties);
    float *data = mi_alloc((size_t)n, sizeof *data);
    if (!data)
        st = mi_no_memory(err);
    else if (layout == H5D_CHUNKED)
        st = mi_hdf5_read_chunks(f, c, data, err);
    else
        st = read_piece(f, c->array, layout, c->path, (size_t)n * sizeof *data,
                        data, err);
    if (st)
        mi_free(data);
    else
        *out = data;
    return st;
}

mien_status mi_hdf5_floats(mi_hdf5 *f, const char *path, mien_shape *shape,
                           float **data, mien_error *err)
{
    mi_hdf5_chunks c = {-1, -1, path, shape};
    mien_status st = open_path(f, path, &c.array, err);
    if (st)
        return st;
    if (f->lib.object_kind(c.array) != H5I_DATASET)
        st = mi_fail(err, MIEN_EFORMAT, "hdf5: '%.60s' is no array", path);
    if (!st) {
        c.properties = f->lib.array_properties(c.array);
        st = c.properties < 0 ? mi_hdf5_fail(f, "the array", path, err)
                              : read_array(f, &c, shape, data, err);
    }
    if (c.properties >= 0)
        (void)f->lib.properties_close(c.properties);
    (void)f->lib.close_object(c.array);
    return st;
}
