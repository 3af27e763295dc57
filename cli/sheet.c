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

/* Read a sheet; the status to exit with. */
static int load_sheet(const char *path, mien_bytes *file, mien_datasheet **out)
{
    mien_error err = {0};
    mien_status st = mien_file_load(path, MIEN_DATASHEET_MAX_BYTES, file, &err);
    if (st == MIEN_EIO)
        cli_error("%s; mien dataset sheet makes it", err.text);
    else if (!st)
        st = mien_datasheet_read(file->data, file->n, out, &err);
    if (st && st != MIEN_EIO)
        cli_error_at(path, &err);
    return st ? CLI_NOTHING : CLI_OK;
}

/* May a model learn from data of this digest?  The status to exit with. */
static int ask_sheet(const char *path, const mien_datasheet *s,
                     const char *sha256)
{
    mien_error err = {0};
    if (!mien_datasheet_gate(s, sha256, &err))
        return CLI_OK;
    cli_error_at(path, &err);
    return CLI_NOTHING;
}

/* Give the bytes of a sheet that opened the gate, or release them. */
static int give(int status, mien_datasheet *s, mien_bytes *file,
                mien_bytes *out)
{
    mien_datasheet_free(s);
    if (status)
        mien_bytes_free(file);
    else
        *out = *file;
    return status;
}

int cli_sheet_gate(const char *path, const char *sha256, mien_bytes *out)
{
    mien_bytes file = {0};
    mien_datasheet *s = NULL;
    int status = load_sheet(path, &file, &s);
    if (!status)
        status = ask_sheet(path, s, sha256);
    return give(status, s, &file, out);
}

/* The digest of pictures; the status to exit with. */
static int digest(const char *data, const cli_labels *l, mien_pool *pool,
                  char out[65])
{
    mien_digests d = {0};
    mien_error err = {0};
    mien_status st =
        mien_digests_new(&l->labels, l->set.load, l->set.arg, pool, &d, &err);
    if (!st)
        st = mien_set_digest(&l->labels, &d, out, &err);
    mien_digests_free(&d);
    if (st)
        cli_error_at(data, &err);
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_sheet_gate_pictures(const char *given, const char *data,
                            const cli_labels *l, mien_pool *pool,
                            char sha256[65], mien_bytes *out)
{
    mien_bytes file = {0};
    mien_datasheet *s = NULL;
    char *path = cli_sheet_path(given, data);
    if (!path)
        return CLI_USAGE;
    int status = load_sheet(path, &file, &s);
    /* What is wrong whatever the pictures are is said before all of them are
     * read. */
    if (!status)
        status = ask_sheet(path, s, mien_datasheet_digest(s));
    if (!status)
        status = digest(data, l, pool, sha256);
    if (!status)
        status = ask_sheet(path, s, sha256);
    free(path);
    return give(status, s, &file, out);
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
