/* pictures.c: labelled sets that commands read. */
#include "cli/pictures.h"

int cli_labels_open(const char *path, const char *images, const char *votes,
                    cli_labels *out)
{
    mien_error err = {0};
    mien_buffer notes = {0};
    const char *at = path;
    *out = (cli_labels){0};
    mien_status st = mien_labels_load(path, &out->labels, &err);
    if (!st && votes)
        st = mien_labels_vote(at = votes, &out->labels, &err);
    mien_labels_notes(&out->labels, &notes);
    cli_error_lines(&notes);
    if (st)
        cli_error_at(at, &err);
    out->folder = images ? images : out->labels.folder;
    out->set = (mien_picture_set){path, &out->labels,
                                  out->labels.pixels ? NULL : mien_folder_image,
                                  &out->folder, NULL};
    return st == MIEN_OK;
}

void cli_labels_close(cli_labels *l) { mien_labels_free(&l->labels); }
