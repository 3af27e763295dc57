/* drawing.h: where drawn photos go. */
#ifndef MIEN_CLI_DRAWING_H
#define MIEN_CLI_DRAWING_H

#include "cli/shell/files.h"

typedef struct cli_drawing {
    const char *target; /* a file or a folder; NULL: nothing is drawn */
    int folder;         /* 1: a folder, one file for each photo */
} cli_drawing;

/* Decide between file and folder, make the folder, and refuse a target that
 * could not be written as asked.  several is 1 when a folder was given to read.
 * CLI_OK, or a status to exit with, reported. */
int cli_drawing_plan(cli_drawing *d, const cli_files *files, int several);

/* Report that a photo could not be drawn on; 0. */
int cli_drawing_failed(const cli_file *file, const mien_error *err,
                       mien_buffer *report);

/* Save a photo that was drawn on.  Any thread.
 *
 *   report  receives "PATH: why" on failure; then 0 */
int cli_drawing_save(const cli_drawing *d, const cli_file *file,
                     const mien_image *photo, mien_buffer *report);

#endif
