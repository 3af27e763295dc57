/* gallery_inferred.c: what models inferred about people, told. */
#include "cli/gallery.h"

#include <stdio.h>

int cli_gallery_has_inferred(const mien_gallery *g, int64_t person,
                             int64_t number)
{
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    int n = 0;
    if (mien_gallery_list_inferred(g, person, &n, e, NULL))
        return 0;
    for (int i = 0; i < n; i++)
        if (e[i].id == number)
            return 1;
    return 0;
}

const char *cli_gallery_inferred_count(int n, char room[32])
{
    *room = 0;
    if (n)
        snprintf(room, 32, ", %d inferred", n);
    return room;
}

void cli_gallery_inferred_text(mien_buffer *out, const mien_gallery_inferred *e,
                               int n)
{
    for (int i = 0; i < n; i++) {
        mien_buffer_printf(out,
                           "inferred %lld, of %s until %s, %lld bytes, by the "
                           "model %.12s, ",
                           (long long)e[i].id, e[i].day, e[i].until,
                           (long long)e[i].size, e[i].model);
        mien_text_plain(e[i].file, out);
        mien_buffer_puts(out, "\n");
    }
}

void cli_gallery_inferred_json(mien_json *j, const char *key,
                               const mien_gallery_inferred *e, int n)
{
    mien_json_array(j, key);
    for (int i = 0; i < n; i++) {
        mien_json_object(j, NULL);
        mien_json_int(j, "id", e[i].id);
        mien_json_text(j, "file", e[i].file);
        mien_json_text(j, "file_sha256", e[i].file_sha256);
        mien_json_text(j, "model_sha256", e[i].model);
        mien_json_text(j, "date", e[i].day);
        mien_json_text(j, "until", e[i].until);
        mien_json_int(j, "size", e[i].size);
        mien_json_close(j);
    }
    mien_json_close(j);
}
