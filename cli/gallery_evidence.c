/* gallery_evidence.c: evidence read from files, and told. */
#include "cli/gallery.h"

#include <string.h>

int cli_gallery_file_load(const char *path, mien_gallery_file *out)
{
    const char *slash = strrchr(path, '/');
    mien_error err = {0};
    *out = (mien_gallery_file){.name = slash ? slash + 1 : path};
    if (!mien_file_load(path, MIEN_GALLERY_MAX_FILE, &out->bytes, &err))
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

int cli_gallery_has_evidence(const mien_gallery *g, int64_t person,
                             int64_t number)
{
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    int n = 0;
    if (mien_gallery_list_evidence(g, person, &n, e, NULL))
        return 0;
    for (int i = 0; i < n; i++)
        if (e[i].id == number)
            return 1;
    return 0;
}

void cli_gallery_evidence_text(mien_buffer *out, const mien_gallery_evidence *e,
                               int n)
{
    for (int i = 0; i < n; i++) {
        mien_buffer_printf(out, "evidence %lld, of %s, %lld bytes, %.12s%s",
                           (long long)e[i].id, e[i].day, (long long)e[i].size,
                           e[i].sha256, *e[i].name ? ", " : "");
        mien_text_plain(e[i].name, out);
        mien_buffer_puts(out, "\n");
    }
}

void cli_gallery_evidence_json(mien_json *j, const char *key,
                               const mien_gallery_evidence *e, int n)
{
    mien_json_array(j, key);
    for (int i = 0; i < n; i++) {
        mien_json_object(j, NULL);
        mien_json_int(j, "id", e[i].id);
        mien_json_text(j, "name", e[i].name);
        mien_json_text(j, "date", e[i].day);
        mien_json_int(j, "size", e[i].size);
        mien_json_text(j, "sha256", e[i].sha256);
        mien_json_close(j);
    }
    mien_json_close(j);
}
