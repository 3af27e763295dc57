/* cli_draw.h: photos with the faces marked in them. */
#ifndef MIEN_CLI_DRAW_H
#define MIEN_CLI_DRAW_H

#include "base/bytes.h"
#include "cli/cli_files.h"
#include "mien/face.h"
#include "mien/vision.h"

/* Where drawn photos go. */
typedef struct cli_drawing {
    const char *target; /* a file or a folder; NULL: nothing is drawn */
    int folder;         /* 1: a folder, one file for each photo */
} cli_drawing;

/* Decide between file and folder, make the folder, and refuse a target that
 * could not be written as asked.  several is 1 when a folder was given to read.
 * CLI_OK, or a status to exit with, reported. */
int cli_drawing_plan(cli_drawing *d, const cli_files *files, int several);

/* Save a photo that was drawn on.  Any thread.
 *
 *   report  receives "PATH: why" on failure; then 0 */
int cli_drawing_save(const cli_drawing *d, const cli_file *file,
                     const mien_image *photo, mien_buffer *report);

/* Boxes, scores, attributes and points, sized for the photo. */
mien_status cli_draw_faces(mien_image *photo, const mien_faces *faces,
                           mien_error *err);

/* Rectangles that a cascade found, labelled with its name and how many windows
 * agreed. */
mien_status cli_draw_hits(mien_image *photo, const mien_hits *hits,
                          const char *name, mien_colour colour,
                          mien_error *err);

#endif
