/* dataset_sheet_pictures.c: the sheet of a folder or a list of pictures. */
#include "cli/dataset_pictures.h"
#include "cli/dataset_sheet.h"
#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>

/* What the pictures are called: the last part of the path; of "." and the like
 * that of the whole path.  Released with free; NULL, and a report. */
static char *name_of(const char *path)
{
    char *whole = NULL, *copy = strdup(path);
    for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/'; n--)
        copy[n - 1] = 0;
    const char *slash = copy ? strrchr(copy, '/') : NULL;
    const char *last = slash && slash[1] ? slash + 1 : copy;
    if (last && (strcmp(last, ".") == 0 || strcmp(last, "..") == 0))
        whole = realpath(path, NULL);
    if (whole && strrchr(whole, '/')[1])
        last = strrchr(whole, '/') + 1;
    char *name = last ? strdup(last) : NULL;
    free(copy);
    free(whole);
    if (!name) {
        cli_error("out of memory");
        cli_memory_ended();
    }
    return name;
}

/* Croissant of them; the status to exit with. */
static int put_croissant(const cli_sheet_values *v, const char *path,
                         const mien_datasheet *s, const mien_labels *labels)
{
    char sha256[65];
    const int folder = cli_is_folder(path);
    mien_map list = {0};
    mien_buffer out = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (!v->croissant)
        return CLI_OK;
    if (!folder)
        st = mien_file_map(path, MIEN_LABELS_MAX_BYTES, &list, &err);
    if (!st && !folder)
        mien_sha256(list.data, list.n, sha256);
    mien_file_unmap(&list);
    if (!st)
        st = mien_datasheet_croissant_pictures(
            s, labels, folder ? NULL : sha256, &out, &err);
    int status = st ? cli_unsaved(&err) : cli_deliver(v->croissant, &out);
    mien_buffer_free(&out);
    return status;
}

/* Look at the pictures, and put what they tell into the sheet.  The status to
 * exit with. */
static int look(const cli_sheet_values *v, cli_looking *l, const char *path,
                mien_datasheet *s)
{
    mien_error err = {0};
    mien_datasheet *was = NULL;
    char *name = name_of(l->ask->path);
    if (!name || !cli_sheet_open(path, &was)) {
        free(name);
        return CLI_NOTHING;
    }
    const mien_datasheet_data data = {.name = name,
                                      .group = l->by.name,
                                      .groups = l->by.n,
                                      .confirm = v->confirm};
    const mien_pictures_check_options o = cli_looking_begin(l);
    mien_status st =
        mien_datasheet_pictures(s, &l->labels.labels, &o, &data, &err);
    int status = cli_looking_end(l, st, &err);
    if (!status && !cli_sheet_is_of(was, path, name, mien_datasheet_digest(s)))
        status = CLI_NOTHING;
    mien_datasheet_free(was);
    free(name);
    return status;
}

int cli_sheet_pictures(const cli_sheet_values *v, const char *data,
                       const char *path)
{
    const cli_dataset_pictures ask = {.path = data,
                                      .images = v->images,
                                      .votes = v->votes,
                                      .group = v->group,
                                      .no_faces = v->no_faces,
                                      .no_cover = 1,
                                      .no_noise = 1,
                                      .quiet = v->quiet,
                                      .threads = v->table.threads};
    cli_looking l = {0};
    mien_datasheet *s = NULL;
    int status = cli_sheet_open(path, &s) ? CLI_OK : CLI_NOTHING;
    if (!status)
        status = cli_looking_open(&ask, &l);
    if (!status)
        status = look(v, &l, path, s);
    if (!status)
        status = cli_sheet_answer(v, NULL, s);
    if (!status)
        status = put_croissant(v, data, s, &l.labels.labels);
    if (!status)
        status = cli_sheet_put(v, path, s);
    mien_datasheet_free(s);
    cli_looking_close(&l);
    return status;
}
