/* cli_scenes.h: pictures without the object, loaded when they are needed. */
#ifndef MIEN_CLI_SCENES_H
#define MIEN_CLI_SCENES_H

#include "cli/cli.h"
#include "cli/cli_files.h"

typedef struct cli_scenes {
    cli_files files;
    mien_gray *kept;   /* [files.n] those in memory */
    int64_t bytes;     /* of what is kept */
    int64_t max_bytes; /* set before opening */
} cli_scenes;

/* Find the scenes of a folder, or of a text file with a path a line.  CLI_OK,
 * or the status to exit with, reported. */
int cli_scenes_open(cli_scenes *s, const char *path);
void cli_scenes_close(cli_scenes *s);

/* For mien_scenes.load: user is a cli_scenes. */
mien_status cli_scenes_load(void *user, int64_t i, mien_gray *out,
                            mien_error *err);

#endif
