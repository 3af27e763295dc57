/* roles_read.c: roles of data from JSON. */
#include "mien/report_roles.h"

#include "base/error.h"
#include "base/json_read.h"

#include <string.h>

static mien_status no_text(const char *key, const json_t *value,
                           mien_error *err)
{
    return mi_fail(err, MIEN_EFORMAT, "roles: %s is %s, wanted is a text", key,
                   value ? "no text" : "not there");
}

/* The text of a key; "" for null. */
static mien_status text_of(const json_t *from, const char *key,
                           const char **out, mien_error *err)
{
    const json_t *value = json_object_get(from, key);
    *out = json_is_null(value) ? "" : json_string_value(value);
    return *out ? MIEN_OK : no_text(key, value, err);
}

/* A part {"name", "role"}. */
static mien_status take_part(const json_t *from, int elsewhere, mien_roles *r,
                             mien_error *err)
{
    mien_roles_part p = {.name = NULL, .elsewhere = elsewhere};
    const json_t *name = json_object_get(from, "name");
    const char *role = json_string_value(json_object_get(from, "role"));
    p.name = json_string_value(name);
    if (!p.name)
        return no_text("the name of a part", name, err);
    for (int i = 0; role && i <= MIEN_ROLE_INFERRED; i++)
        if (strcmp(role, mien_role_name((mien_role)i)) == 0) {
            p.role = (mien_role)i;
            return mien_roles_add(r, &p, err);
        }
    return mi_fail(err, MIEN_EFORMAT,
                   "roles: part '%.40s' has the role '%.20s', wanted is "
                   "training, input or inferred",
                   p.name, role ? role : "");
}

static mien_status take_parts(const json_t *from, const char *key,
                              int elsewhere, mien_roles *r, mien_error *err)
{
    const json_t *list = json_object_get(from, key);
    mien_status st = MIEN_OK;
    if (!json_is_array(list))
        return mi_fail(err, MIEN_EFORMAT, "roles: %s is no array", key);
    for (size_t i = 0; !st && i < json_array_size(list); i++)
        st = take_part(json_array_get(list, i), elsewhere, r, err);
    return st;
}

/* What stands in an object of roles. */
static mien_status take(const json_t *from, mien_roles **out, mien_error *err)
{
    mien_roles_facts f = {"", "", "", "", "", "", ""};
    const char *schema = json_string_value(json_object_get(from, "schema"));
    mien_roles *r = NULL;
    if (!schema || strcmp(schema, "mien/roles/1") != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "roles: schema is '%.40s', wanted is mien/roles/1",
                       schema ? schema : "");
    mien_status st = text_of(from, "file", &f.file, err);
    if (!st)
        st = text_of(from, "sha256", &f.sha256, err);
    if (!st)
        st = text_of(from, "model_sha256", &f.model, err);
    if (!st)
        st = text_of(from, "source", &f.source, err);
    if (!st)
        st = text_of(from, "made", &f.made, err);
    if (!st)
        st = text_of(from, "until", &f.until, err);
    if (!st)
        st = text_of(from, "kept", &f.kept, err);
    if (!st)
        st = mien_roles_new(&f, &r, err);
    if (!st)
        st = take_parts(from, "parts", 0, r, err);
    if (!st)
        st = take_parts(from, "read", 1, r, err);
    if (!st)
        *out = r;
    else
        mien_roles_free(r);
    return st;
}

mien_status mien_roles_read(const uint8_t *bytes, size_t n, mien_roles **out,
                            mien_error *err)
{
    json_t *root = NULL;
    mien_status st =
        mi_json_read("roles", bytes, n, MIEN_ROLES_MAX_BYTES, &root, err);
    if (st)
        return st;
    const json_t *within = json_object_get(root, "roles");
    st = take(within ? within : root, out, err);
    json_decref(root);
    if (st == MIEN_EARG) /* what a caller may not say, a file may not */
        st = err ? (err->status = MIEN_EFORMAT) : MIEN_EFORMAT;
    return st;
}
