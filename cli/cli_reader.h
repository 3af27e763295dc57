/* cli_reader.h: from the path of a photo to its faces. */
#ifndef MIEN_CLI_READER_H
#define MIEN_CLI_READER_H

#include "cli/cli.h"
#include "cli/cli_models.h"

/* What one photo gave. */
typedef struct cli_reading {
    const char *file; /* borrowed */
    int width, height;
    mien_faces faces;
    double decode; /* seconds to read and decode the file */
    mien_face_times times;
    mien_error error; /* status 0: all of the above is there */
} cli_reading;

/* Analyzers with their models, one a lane, so that lanes may run at once. */
typedef struct cli_reader {
    mien_face_options options; /* set before opening; pool is not looked at */
    mien_read_options read;
    int tiny_landmarks; /* 1: the small landmark network */
    int lanes;          /* photos at a time, 1..MIEN_POOL_MAX */
    int threads;        /* inside one photo; 0: one for each processor */
    cli_models models;
    mien_analyzer **analyzer; /* [lanes] */
    mien_pool **pool;         /* [lanes] */
} cli_reader;

/* Load the models that the options ask for and make the analyzers.
 *
 *   folder  what --models says, or NULL
 *
 * CLI_OK; or the status to exit with, reported on standard error. */
int cli_reader_open(cli_reader *r, const char *folder);

/* Read one photo.
 *
 *   path   borrowed by out
 *   photo  receives the pixels when not NULL; free with mien_image_free
 *   out    free its faces with mien_faces_free */
void cli_reader_read(cli_reader *r, int lane, const char *path,
                     mien_image *photo, cli_reading *out);
void cli_reader_close(cli_reader *r);

/* The face of the largest area among those that have what is asked for
 * (MIEN_FACE_*), or NULL. */
const mien_face *cli_largest_face(const mien_faces *faces, unsigned has);

#endif
