/* cli_json.c: build JSON with jansson. */
#include "cli/cli_json.h"

#include <math.h>
#include <string.h>

void cli_json_put(json_t **to, const char *key, json_t *value)
{
    if (!*to) {
        json_decref(value);
        return;
    }
    if (json_object_set_new(*to, key, value) == 0)
        return;
    json_decref(*to);
    *to = NULL;
}

void cli_json_add(json_t **to, json_t *value)
{
    if (!*to) {
        json_decref(value);
        return;
    }
    if (json_array_append_new(*to, value) == 0)
        return;
    json_decref(*to);
    *to = NULL;
}

json_t *cli_json_number(double v, int decimals)
{
    if (!isfinite(v))
        return json_null();
    double scale = pow(10, decimals);
    double rounded = round(v * scale) / scale;
    return json_real(rounded == 0 ? 0 : rounded);
}

json_t *cli_json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *plain = json_string(text);
    if (plain)
        return plain;
    mien_buffer repaired = {0};
    mien_utf8_repair(text, &repaired);
    json_t *out = repaired.failed
                      ? NULL
                      : json_stringn((const char *)repaired.data, repaired.n);
    mien_buffer_free(&repaired);
    return out;
}

json_t *cli_json_box(mien_box box)
{
    json_t *o = json_object();
    cli_json_put(&o, "x", cli_json_number((double)box.x, 3));
    cli_json_put(&o, "y", cli_json_number((double)box.y, 3));
    cli_json_put(&o, "width", cli_json_number((double)box.width, 3));
    cli_json_put(&o, "height", cli_json_number((double)box.height, 3));
    return o;
}

json_t *cli_json_points(const mien_point *p, int n)
{
    json_t *all = json_array();
    for (int i = 0; i < n; i++) {
        json_t *xy = json_array();
        cli_json_add(&xy, cli_json_number((double)p[i].x, 3));
        cli_json_add(&xy, cli_json_number((double)p[i].y, 3));
        cli_json_add(&all, xy);
    }
    return all;
}

json_t *cli_json_floats(const float *v, int n)
{
    json_t *all = json_array();
    for (int i = 0; i < n; i++)
        cli_json_add(&all,
                     isfinite(v[i]) ? json_real((double)v[i]) : json_null());
    return all;
}

static int put_bytes(const char *bytes, size_t n, void *out)
{
    mien_buffer_put(out, bytes, n);
    return 0;
}

void cli_json_print(mien_buffer *out, json_t *value, size_t flags)
{
    /* Seven digits: all that a float holds. */
    flags |= JSON_REAL_PRECISION(7) | JSON_ENCODE_ANY;
    if (!value || json_dump_callback(value, put_bytes, out, flags) != 0)
        out->failed = 1;
    mien_buffer_put(out, "\n", 1);
    json_decref(value);
}
