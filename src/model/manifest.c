/* tf.js weight manifests.
 *
 * [{"paths": [...], "weights": [{"name", "shape", "dtype",
 *                                "quantization": {"dtype", "scale", "min"}}]}]
 * The tensors lie one after the other, without gaps, in the order of the list.
 *
 * Source: tfjs-core, io/types.ts and io_utils.ts (format as of 4.22). */
#include "model/manifest.h"

#include "model/wire.h"

#include "base/error.h"
#include "base/json_read.h"

#include <math.h>
#include <string.h>

/* The dimensions of a weight. */
static mien_status read_shape(mi_laying *l, mi_weight *w, const json_t *shape)
{
    if (!json_is_array(shape) || json_array_size(shape) > MIEN_MAX_RANK)
        return mi_fail(l->err, MIEN_EFORMAT,
                       "manifest: '%s': shape is not a list of at most %d",
                       w->name, MIEN_MAX_RANK);
    w->shape.rank = (int)json_array_size(shape);
    for (int i = 0; i < w->shape.rank; i++)
        w->shape.dim[i] = json_integer_value(json_array_get(shape, (size_t)i));
    return MIEN_OK;
}

/* Whether a weight is float, and how it is quantised. */
static mien_status read_type(mi_laying *l, mi_weight *w, const json_t *entry)
{
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    w->is_float = dtype && strcmp(dtype, "float32") == 0;
    if (!dtype || (!w->is_float && strcmp(dtype, "int32") != 0))
        return mi_fail(l->err, MIEN_EUNSUP,
                       "manifest: '%s': dtype %.20s, wanted float32 or int32",
                       w->name, dtype ? dtype : "missing");
    const json_t *q = json_object_get(entry, "quantization");
    if (!q)
        return MIEN_OK;

    static const char *const kinds[] = {"", "uint8", "uint16", "float16"};
    const char *packed = json_string_value(json_object_get(q, "dtype"));
    for (int i = MIEN_PACKED_U8; packed && i <= MIEN_PACKED_F16; i++)
        if (strcmp(packed, kinds[i]) == 0)
            w->packed = (mien_packed)i;
    if (w->packed == MIEN_PACKED_NOT)
        return mi_fail(l->err, MIEN_EUNSUP,
                       "manifest: '%s': quantised to %.20s, wanted uint8, "
                       "uint16 or float16",
                       w->name, packed ? packed : "nothing");
    const json_t *scale = json_object_get(q, "scale");
    const json_t *min = json_object_get(q, "min");
    w->scale = json_is_number(scale) ? json_number_value(scale) : (double)NAN;
    w->min = json_is_number(min) ? json_number_value(min) : (double)NAN;
    return MIEN_OK;
}

/* The next weight, laid over the next bytes of the file. */
static mien_status read_weight(mi_laying *l, const json_t *entry)
{
    mi_weight *w;
    const char *name = json_string_value(json_object_get(entry, "name"));
    mien_status st = mi_laying_name(l, name, &w);
    if (st == MIEN_OK)
        st = read_shape(l, w, json_object_get(entry, "shape"));
    if (st == MIEN_OK)
        st = read_type(l, w, entry);
    return st == MIEN_OK ? mi_laying_add(l) : st;
}

/* Room for the weights of all groups, which are lists. */
static mien_status alloc_weights(mi_laying *l, const json_t *root)
{
    size_t n = 0;
    if (!json_is_array(root))
        return mi_fail(l->err, MIEN_EFORMAT, "manifest: not a list");
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *list =
            json_object_get(json_array_get(root, i), "weights");
        if (!json_is_array(list))
            return mi_fail(l->err, MIEN_EFORMAT,
                           "manifest: group %zu has no list of weights", i);
        n += json_array_size(list);
    }
    return mi_laying_begin(l, n);
}

/* The weights of all groups; together they take the file's bytes. */
static mien_status read_groups(mi_laying *l, const json_t *root)
{
    mien_status st = alloc_weights(l, root);
    for (size_t i = 0; st == MIEN_OK && i < json_array_size(root); i++) {
        const json_t *list =
            json_object_get(json_array_get(root, i), "weights");
        for (size_t k = 0; st == MIEN_OK && k < json_array_size(list); k++)
            st = read_weight(l, json_array_get(list, k));
    }
    return st;
}

mien_status mi_manifest_of(const json_t *list, const uint8_t *bytes,
                           size_t bytes_n, mi_weights *out, mien_error *err)
{
    mi_laying l = {.bytes = bytes, .n = bytes_n, .err = err};
    return mi_laying_end(&l, read_groups(&l, list), out);
}

mien_status mi_manifest_read(const uint8_t *json, size_t json_n,
                             const uint8_t *bytes, size_t bytes_n,
                             mi_weights *out, mien_error *err)
{
    json_t *root = NULL;
    mien_status st =
        mi_json_read("manifest", json, json_n, MI_MANIFEST_MAX, &root, err);
    if (st == MIEN_OK)
        st = mi_manifest_of(root, bytes, bytes_n, out, err);
    json_decref(root);
    return st;
}
