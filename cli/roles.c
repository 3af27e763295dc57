/* roles.c: roles of data beside a file. */
#include "cli/roles.h"

#include "cli/basis.h"
#include "cli/shell/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_retention(const cli_args *a, const char *const *said, char out[11])
{
    char today[11];
    mien_error err = {0};
    *out = 0;
    if (!*said)
        return CLI_OK;
    cli_today(today);
    if (!mien_day_until(*said, today, out, &err))
        return CLI_OK;
    cli_error("%s: --retention: %s", a->command->name, err.text);
    return CLI_USAGE;
}

int cli_roles_of_photos(const cli_args *a, const char *const *said,
                        mien_roles **out)
{
    static const mien_roles_part parts[] = {{"file", MIEN_ROLE_INPUT, 0},
                                            {"faces", MIEN_ROLE_INFERRED, 0}};
    char until[11], today[11];
    mien_error err = {0};
    *out = NULL;
    if (!*said)
        return CLI_OK;
    if (cli_retention(a, said, until))
        return CLI_USAGE;
    cli_today(today);
    const mien_roles_facts facts = {"", "", "", "", today, until, ""};
    mien_status st = mien_roles_new(&facts, out, &err);
    for (int i = 0; !st && i < 2; i++)
        st = mien_roles_add(*out, &parts[i], &err);
    if (!st)
        return CLI_OK;
    cli_error("%s", err.text);
    mien_roles_free(*out);
    *out = NULL;
    return CLI_NOTHING;
}

const char *cli_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* FILE.roles.json, released with free; NULL, and a report. */
static char *path_beside(const char *path)
{
    size_t room = strlen(path) + sizeof MIEN_ROLES_FILE;
    char *beside = cli_alloc(room, 1);
    if (beside)
        snprintf(beside, room, "%s%s", path, MIEN_ROLES_FILE);
    return beside;
}

int cli_roles_beside(const char *path, mien_roles **out)
{
    mien_bytes file = {0};
    mien_error err = {0};
    *out = NULL;
    if (strcmp(path, "-") == 0)
        return CLI_OK;
    char *beside = path_beside(path);
    if (!beside)
        return CLI_NOTHING;
    mien_status st = MIEN_OK;
    if (access(beside, F_OK) == 0) {
        st = mien_file_load(beside, MIEN_ROLES_MAX_BYTES, &file, &err);
        if (!st)
            st = mien_roles_read(file.data, file.n, out, &err);
        if (st)
            cli_error_at(beside, &err);
    }
    mien_bytes_free(&file);
    free(beside);
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_roles_hold(const mien_roles *r, const char *path, const char *sha256)
{
    mien_error err = {0};
    if (!mien_roles_check(r, sha256, &err))
        return 1;
    cli_error("%s%s: %s", path, MIEN_ROLES_FILE, err.text);
    return 0;
}

int cli_roles_save(const char *path, const mien_roles *r)
{
    mien_buffer text = {0};
    char *beside = path_beside(path);
    if (!beside)
        return CLI_NOTHING;
    mien_roles_write(r, &text);
    int status = cli_deliver(beside, &text);
    free(beside);
    return status;
}
