/* roles.h: roles of data for commands: read beside a file, written beside one,
 * and said where a model learns from what another inferred. */
#ifndef MIEN_CLI_ROLES_H
#define MIEN_CLI_ROLES_H

#include "cli/shell/shell.h"

#define CLI_TEXT_RETENTION \
    "how many days it is kept, or the last day, YYYY-MM-DD"

/* The value of --retention as a day, "" where it was not given; CLI_OK, or
 * CLI_USAGE, reported. */
int cli_retention(const cli_args *a, const char *const *said, char out[11]);
/* Roles in a photo's JSON: the file was given, the faces are inferred.  *out is
 * NULL where --retention was not given, freed by the caller.  The status to
 * exit with, reported. */
int cli_roles_of_photos(const cli_args *a, const char *const *said,
                        mien_roles **out);
/* The name of a file without the folders it lies in. */
const char *cli_file_name(const char *path);
/* Read FILE.roles.json; *out is NULL where there is none.  The status to exit
 * with, reported. */
int cli_roles_beside(const char *path, mien_roles **out);
/* Are they still those of a file of this digest?  0, and a report. */
int cli_roles_hold(const mien_roles *r, const char *path, const char *sha256);
/* Write FILE.roles.json; the status to exit with, reported. */
int cli_roles_save(const char *path, const mien_roles *r);

#endif
