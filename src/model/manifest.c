/* tf.js weight manifests.
 *
 * [{"paths": [...], "weights": [{"name", "shape", "dtype",
 *                                "quantization": {"dtype", "scale", "min"}}]}]
 * The tensors lie one after the other, without gaps, in the order of the list.
 *
 * Source: tfjs-core, io/types.ts and io_utils.ts (format as of 4.22). */
#include "model/manifest.h"

#include "model/wire.h"

#include "base/alloc.h"
#include "base/error.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

typedef struct reader {
    const uint8_t *bytes;
    size_t n, at;
    mi_weights w;
    mien_error *err;
} reader;

/* The dimensions of a weight, and how many elements they make. */
static mien_status read_shape(reader *r, mi_weight *w, const json_t *shape)
{
    if (!json_is_array(shape) || json_array_size(shape) > MIEN_MAX_RANK)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: '%s': shape is not a list of at most %d",
                       w->name, MIEN_MAX_RANK);
    w->len = 1;
    w->shape.rank = (int)json_array_size(shape);
    for (int i = 0; i < w->shape.rank; i++) {
        const json_t *d = json_array_get(shape, (size_t)i);
        json_int_t v = json_integer_value(d);
        if (!json_is_integer(d) || v < 1 || v > MIEN_MAX_TENSOR)
            return mi_fail(r->err, MIEN_EFORMAT,
                           "manifest: '%s': dimension %d is %lld, wanted 1 to "
                           "%d",
                           w->name, i, (long long)v, MIEN_MAX_TENSOR);
        w->shape.dim[i] = v;
        w->len *= (size_t)v;
        if (w->len > MIEN_MAX_TENSOR)
            return mi_fail(r->err, MIEN_ELIMIT,
                           "manifest: '%s' has more than %d elements", w->name,
                           MIEN_MAX_TENSOR);
    }
    return MIEN_OK;
}

/* Whether a weight is float, and how it is quantised. */
static mien_status read_type(reader *r, mi_weight *w, const json_t *entry)
{
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    w->is_float = dtype && strcmp(dtype, "float32") == 0;
    if (!dtype || (!w->is_float && strcmp(dtype, "int32") != 0))
        return mi_fail(r->err, MIEN_EUNSUP,
                       "manifest: '%s': dtype %.20s, wanted float32 or int32",
                       w->name, dtype ? dtype : "missing");
    const json_t *q = json_object_get(entry, "quantization");
    if (!q)
        return MIEN_OK;

    static const char *const kinds[] = {"", "uint8", "uint16", "float16"};
    const char *packed = json_string_value(json_object_get(q, "dtype"));
    for (int i = MI_PACKED_U8; packed && i <= MI_PACKED_F16; i++)
        if (strcmp(packed, kinds[i]) == 0)
            w->packed = (mi_packed)i;
    if (w->packed == MI_PACKED_NOT)
        return mi_fail(r->err, MIEN_EUNSUP,
                       "manifest: '%s': quantised to %.20s, wanted uint8, "
                       "uint16 or float16",
                       w->name, packed ? packed : "nothing");
    if (w->packed == MI_PACKED_F16 && w->is_float)
        return MIEN_OK;
    if (w->packed == MI_PACKED_F16)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: '%s': int32 quantised to float16", w->name);
    const json_t *scale = json_object_get(q, "scale");
    const json_t *min = json_object_get(q, "min");
    w->scale = json_number_value(scale);
    w->min = json_number_value(min);
    if (!json_is_number(scale) || !json_is_number(min) ||
        !(fabs(w->scale) < 1e30) || !(fabs(w->min) < 1e30))
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: '%s': scale or min is no number in range",
                       w->name);
    return MIEN_OK;
}

/* The next weight, laid over the next bytes of the file. */
static mien_status read_weight(reader *r, const json_t *entry)
{
    mi_weight *w = &r->w.weight[r->w.n];
    const char *name = json_string_value(json_object_get(entry, "name"));
    if (!name || !name[0] || strlen(name) > MI_MANIFEST_NAME)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: weight %d has no name of 1 to %d bytes",
                       r->w.n, MI_MANIFEST_NAME);
    mi_text_show(w->name, sizeof w->name, (const uint8_t *)name, strlen(name));
    mien_status st = read_shape(r, w, json_object_get(entry, "shape"));
    if (st == MIEN_OK)
        st = read_type(r, w, entry);
    if (st != MIEN_OK)
        return st;
    static const size_t sizes[] = {4, 1, 2, 2};
    size_t bytes = sizes[w->packed] * w->len;
    if (bytes > r->n - r->at)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: '%s' wants %zu bytes at %zu, the file has "
                       "%zu",
                       w->name, bytes, r->at, r->n);
    w->data = r->bytes + r->at;
    r->at += bytes;
    r->w.n++;
    return MIEN_OK;
}

/* Room for the weights of all groups, which are lists. */
static mien_status alloc_weights(reader *r, const json_t *root)
{
    size_t n = 0;
    if (!json_is_array(root))
        return mi_fail(r->err, MIEN_EFORMAT, "manifest: not a list");
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *list =
            json_object_get(json_array_get(root, i), "weights");
        if (!json_is_array(list))
            return mi_fail(r->err, MIEN_EFORMAT,
                           "manifest: group %zu has no list of weights", i);
        n += json_array_size(list);
    }
    if (n > MI_MANIFEST_WEIGHTS)
        return mi_fail(r->err, MIEN_ELIMIT, "manifest: %zu weights, at most %d",
                       n, MI_MANIFEST_WEIGHTS);
    r->w.weight = mi_alloc(n + 1, sizeof *r->w.weight);
    if (!r->w.weight)
        return mi_fail(r->err, MIEN_ENOMEM, "manifest: no memory");
    return MIEN_OK;
}

/* The weights of all groups; together they take the file's bytes. */
static mien_status read_groups(reader *r, const json_t *root)
{
    mien_status st = alloc_weights(r, root);
    if (st != MIEN_OK || !r->w.weight)
        return st;
    for (size_t i = 0; st == MIEN_OK && i < json_array_size(root); i++) {
        const json_t *list =
            json_object_get(json_array_get(root, i), "weights");
        for (size_t k = 0; st == MIEN_OK && k < json_array_size(list); k++)
            st = read_weight(r, json_array_get(list, k));
    }
    if (st != MIEN_OK)
        return st;
    if (r->at != r->n)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "manifest: the weights take %zu bytes, the file has "
                       "%zu",
                       r->at, r->n);
    return MIEN_OK;
}

mien_status mi_manifest_of(const json_t *list, const uint8_t *bytes,
                           size_t bytes_n, mi_weights *out, mien_error *err)
{
    reader r = {.bytes = bytes, .n = bytes_n, .err = err};
    mien_status st = read_groups(&r, list);
    if (st == MIEN_OK)
        *out = r.w;
    else
        mi_weights_done(&r.w);
    return st;
}

/* jansson calls a text wrong when memory ends in the middle of it; a second try
 * tells. */
static json_t *root_of(const uint8_t *json, size_t n, json_error_t *why)
{
    json_t *root =
        json_loadb((const char *)json, n, JSON_REJECT_DUPLICATES, why);
    return root
               ? root
               : json_loadb((const char *)json, n, JSON_REJECT_DUPLICATES, why);
}

static int lacks_memory(void)
{
    json_t *probe = json_object();
    json_decref(probe);
    return !probe;
}

mien_status mi_manifest_json(const char *what, const uint8_t *json, size_t n,
                             json_t **out, mien_error *err)
{
    json_error_t why;
    if (n > MI_MANIFEST_MAX)
        return mi_fail(err, MIEN_ELIMIT, "%s: %zu bytes, at most %d", what, n,
                       MI_MANIFEST_MAX);
    json_t *root = root_of(json, n, &why);
    if (!root && lacks_memory())
        return mi_fail(err, MIEN_ENOMEM, "%s of %zu bytes", what, n);
    if (!root) {
        char shown[80];
        mi_text_show(shown, sizeof shown, (const uint8_t *)why.text,
                     strlen(why.text));
        return mi_fail(err, MIEN_EFORMAT, "%s: line %d, column %d: %s", what,
                       why.line, why.column, shown);
    }
    *out = root;
    return MIEN_OK;
}

mien_status mi_manifest_read(const uint8_t *json, size_t json_n,
                             const uint8_t *bytes, size_t bytes_n,
                             mi_weights *out, mien_error *err)
{
    json_t *root = NULL;
    mien_status st = mi_manifest_json("manifest", json, json_n, &root, err);
    if (st == MIEN_OK)
        st = mi_manifest_of(root, bytes, bytes_n, out, err);
    json_decref(root);
    return st;
}

/* ---- elements ------------------------------------------------------------ */

/* IEEE 754, binary16: a sign, 5 bits of exponent, 10 of fraction. */
static float half_of(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023) / 1024;
    double v = exponent == 31  ? (double)(fraction > 0 ? NAN : INFINITY)
               : exponent == 0 ? ldexp(fraction, -14)
                               : ldexp(1 + fraction, exponent - 15);
    return (float)(bits >> 15 ? -v : v);
}

/* Two bytes, the lower first. */
static unsigned pair_at(const mi_weight *w, size_t i)
{
    return w->data[2 * i] | (unsigned)w->data[2 * i + 1] << 8;
}

void mi_weight_floats(const mi_weight *w, float *out)
{
    switch (w->packed) {
    case MI_PACKED_NOT: memcpy(out, w->data, w->len * sizeof *out); return;
    case MI_PACKED_U8:
        for (size_t i = 0; i < w->len; i++)
            out[i] = (float)(w->data[i] * w->scale + w->min);
        return;
    case MI_PACKED_U16:
        for (size_t i = 0; i < w->len; i++)
            out[i] = (float)(pair_at(w, i) * w->scale + w->min);
        return;
    case MI_PACKED_F16:
        for (size_t i = 0; i < w->len; i++)
            out[i] = half_of(pair_at(w, i));
        return;
    }
}

int64_t mi_weight_int(const mi_weight *w, size_t i)
{
    if (w->packed == MI_PACKED_NOT) {
        int32_t v;
        memcpy(&v, w->data + 4 * i, sizeof v);
        return v;
    }
    double step = w->packed == MI_PACKED_U8 ? w->data[i] : pair_at(w, i);
    double v = step * w->scale + w->min;
    return llround(fmin(fmax(v, INT32_MIN), INT32_MAX));
}

void mi_weights_done(mi_weights *w)
{
    mi_free(w->weight);
    *w = (mi_weights){0};
}
