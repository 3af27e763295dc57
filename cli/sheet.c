/* sheet.c: where a sheet of data lies, and what it allows. */
#include "cli/sheet.h"

#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>

char *cli_sheet_path(const char *given, const char *data)
{
    const char *slash = strrchr(data, '/');
    if (!given && strcmp(data, "-") == 0) {
        cli_error("-: a table from standard input has no folder for its "
                  "sheet: --sheet FILE");
        return NULL;
    }
    int whole = cli_is_folder(data);
    char *folder = whole   ? strdup(data)
                   : slash ? strndup(data, (size_t)(slash - data) + 1)
                           : strdup(".");
    char *path = !folder          ? NULL
                 : given          ? strdup(given)
                 : whole || slash ? cli_path_join(folder, "datasheet.json")
                                  : strdup("datasheet.json");
    free(folder);
    if (!path) {
        cli_error("out of memory");
        cli_memory_ended();
    }
    return path;
}

int cli_sheet_gate(const char *path, const char *sha256, mien_bytes *out)
{
    mien_bytes file = {0};
    mien_datasheet *s = NULL;
    mien_error err = {0};
    mien_status st =
        mien_file_load(path, MIEN_DATASHEET_MAX_BYTES, &file, &err);
    if (st == MIEN_EIO)
        cli_error("%s; mien dataset sheet makes it", err.text);
    else if (!st)
        st = mien_datasheet_read(file.data, file.n, &s, &err);
    if (!st)
        st = mien_datasheet_gate(s, sha256, &err);
    if (st && st != MIEN_EIO)
        cli_error_at(path, &err);
    mien_datasheet_free(s);
    if (st)
        mien_bytes_free(&file);
    else
        *out = file;
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_sheet_gate_pictures(const char *given, const char *data,
                            const cli_labels *l, mien_pool *pool,
                            char sha256[65], mien_bytes *out)
{
    mien_digests d = {0};
    mien_error err = {0};
    char *path = cli_sheet_path(given, data);
    if (!path)
        return CLI_USAGE;
    mien_status st =
        mien_digests_new(&l->labels, l->set.load, l->set.arg, pool, &d, &err);
    if (!st)
        st = mien_set_digest(&l->labels, &d, sha256, &err);
    mien_digests_free(&d);
    if (st)
        cli_error_at(data, &err);
    int status = st ? CLI_NOTHING : cli_sheet_gate(path, sha256, out);
    free(path);
    return status;
}

int cli_sheet_gate_positives(const char *given, const char *folder,
                             mien_pool *pool, char data[65], char sheet[65])
{
    cli_labels l = {0};
    mien_bytes file = {0};
    if (!cli_is_folder(folder)) {
        cli_error("--require-sheet: %s is no folder of pictures; lists of "
                  "objects and .vec files have no sheet",
                  folder);
        return CLI_USAGE;
    }
    int status = cli_labels_open(folder, NULL, NULL, &l) ? CLI_OK : CLI_NOTHING;
    if (!status && l.labels.left_out) {
        cli_error("--require-sheet: %s: %lld pictures lie beside its folders, "
                  "and in no sheet",
                  folder, (long long)l.labels.left_out);
        status = CLI_NOTHING;
    }
    if (!status)
        status = cli_sheet_gate_pictures(given, folder, &l, pool, data, &file);
    if (!status)
        mien_sha256(file.data, file.n, sheet);
    mien_bytes_free(&file);
    cli_labels_close(&l);
    return status;
}
