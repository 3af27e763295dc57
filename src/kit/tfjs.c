/* tfjs.c: graph models of TensorFlow.js in files. */
#include "kit/image.h"

#include "base/error.h"
#include "mien/file.h"

#include <stdio.h>
#include <string.h>

/* The file beside model.json of that name. */
static mien_status beside(const char *path, const char *name,
                          char out[MIEN_PATH_MAX], mien_error *err)
{
    const char *slash = strrchr(path, '/');
    int n = snprintf(out, MIEN_PATH_MAX, "%.*s%s",
                     slash ? (int)(slash - path) + 1 : 0, path, name);
    if (n < 0 || n >= MIEN_PATH_MAX)
        return mi_fail(err, MIEN_ELIMIT, "%s: its path is too long", name);
    return MIEN_OK;
}

/* All weights, one file after the other. */
static mien_status read_weights(const char *path, const mien_tfjs *m,
                                mien_buffer *out, mien_error *err)
{
    const char *name;
    mien_status st = MIEN_OK;
    for (int i = 0; st == MIEN_OK && (name = mien_tfjs_shard(m, i)); i++) {
        char shard[MIEN_PATH_MAX];
        mien_bytes part = {0};
        st = beside(path, name, shard, err);
        if (st == MIEN_OK)
            st = mien_file_load(shard, 0, &part, err);
        if (st == MIEN_OK)
            mien_buffer_put(out, part.data, part.n);
        mien_bytes_free(&part);
    }
    return st == MIEN_OK && out->failed ? mi_no_memory(err) : st;
}

/* The model of the catalogue that this model.json belongs to, or NULL. */
static const mien_model_entry *entry_of(const mien_bytes *json)
{
    char digest[65];
    const mien_model_entry *e;
    mien_sha256(json->data, json->n, digest);
    for (int i = 0; (e = mien_model_at(i)); i++)
        if (e->manifest_sha256 && strcmp(e->manifest_sha256, digest) == 0)
            return e;
    return NULL;
}

/* Are the weights the catalogue's?  If not, *e is set to NULL, or that is a
 * failure. */
static mien_status check_weights(const mien_buffer *weights, int force,
                                 const mien_model_entry **e, mien_error *err)
{
    char digest[65];
    if (!*e)
        return MIEN_OK;
    mien_sha256(weights->data, weights->n, digest);
    if (strcmp((*e)->source_sha256, digest) == 0)
        return MIEN_OK;
    if (!force)
        return mi_fail(err, MIEN_EFORMAT,
                       "SHA-256 of its weights is %s, the catalogue has %s",
                       digest, (*e)->source_sha256);
    *e = NULL;
    return MIEN_OK;
}

mien_status mien_tfjs_load(const char *path, const mien_tfjs_options *options,
                           int force, const mien_model_entry **entry,
                           mien_graph **out, mien_error *err)
{
    mien_tfjs_options o = MIEN_TFJS_DEFAULTS;
    mien_bytes json = {0};
    mien_buffer weights = {0};
    mien_tfjs *m = NULL;
    mien_error why = {0};
    mien_status st = mien_file_load(path, 0, &json, err);
    if (st != MIEN_OK)
        return st;
    if (options)
        o = *options;
    o.entry = entry_of(&json);
    st = mien_tfjs_read(json.data, json.n, &m, &why);
    int apart = 0; /* 1: err is set, and begins with another path */
    if (st == MIEN_OK) {
        st = read_weights(path, m, &weights, err);
        apart = st != MIEN_OK;
    }
    if (st == MIEN_OK)
        st = check_weights(&weights, force, &o.entry, &why);
    if (st == MIEN_OK)
        st = mien_tfjs_convert(m, weights.data, weights.n, &o, out, &why);
    if (st == MIEN_OK)
        *entry = o.entry;
    mien_tfjs_free(m);
    mien_buffer_free(&weights);
    mien_bytes_free(&json);
    return st && !apart ? mi_file_fail(err, st, path, why.text) : st;
}
