/* item.c: the parts that records are made of. */
#include "record/item.h"

#include <stdio.h>
#include <string.h>

void mien_record_box(mien_json *j, const char *key, mien_box box)
{
    mien_json_object(j, key);
    mien_json_rounded(j, "x", (double)box.x, 3);
    mien_json_rounded(j, "y", (double)box.y, 3);
    mien_json_rounded(j, "width", (double)box.width, 3);
    mien_json_rounded(j, "height", (double)box.height, 3);
    mien_json_close(j);
}

void mien_record_points(mien_json *j, const char *key, int n,
                        const mien_point *p)
{
    mien_json_array(j, key);
    for (int i = 0; i < n; i++) {
        mien_json_array(j, NULL);
        mien_json_rounded(j, NULL, (double)p[i].x, 3);
        mien_json_rounded(j, NULL, (double)p[i].y, 3);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_record_file(mien_json *j, const char *key, const char *file)
{
    char second[32];
    mien_buffer hex = {0};
    int whole = 1;
    mien_json_text(j, key, file);
    for (int i = 0, n; file[i]; i += n)
        whole &= mien_utf8_next(file + i, &n) >= 0;
    if (whole)
        return;
    for (const char *p = file; *p; p++)
        mien_buffer_printf(&hex, "%02x", (unsigned char)*p);
    mien_buffer_put(&hex, "", 1);
    snprintf(second, sizeof second, "%s_hex", key);
    j->out->failed |= hex.failed;
    mien_json_text(j, second, hex.failed ? NULL : (const char *)hex.data);
    mien_buffer_free(&hex);
}

void mien_record_field(const char *text, mien_buffer *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        mien_buffer_puts(out, text);
        return;
    }
    mien_buffer_puts(out, "\"");
    for (; *text; text++) {
        mien_buffer_put(out, text, 1);
        if (*text == '"')
            mien_buffer_puts(out, "\"");
    }
    mien_buffer_puts(out, "\"");
}

mien_json mi_record_begin(const char *file, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    if (file)
        mien_record_file(&j, "file", file);
    return j;
}

void mi_record_end(mien_json *j)
{
    mien_json_close(j);
    mien_buffer_puts(j->out, "\n");
}

void mi_record_models(mien_json *j, int n, const mien_model_digest *d)
{
    mien_json_object(j, "models");
    for (int i = 0; i < n; i++)
        mien_json_text(j, d[i].task, d[i].sha256);
    mien_json_close(j);
}

void mi_record_warnings(mien_json *j, const char *text, const char *remark)
{
    int first = text && *text, second = remark && *remark;
    if (!first && !second)
        return;
    mien_json_array(j, "warnings");
    if (first)
        mien_json_text(j, NULL, text);
    if (second)
        mien_json_text(j, NULL, remark);
    mien_json_close(j);
}

mien_box mi_hit_box(const mien_hit *h)
{
    return (mien_box){(float)h->x, (float)h->y, (float)h->w, (float)h->h};
}
