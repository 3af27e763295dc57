/* chips.h: pictures to train cascades on, as a command line names them. */
#ifndef MIEN_CLI_CHIPS_H
#define MIEN_CLI_CHIPS_H

#include "cli/shell/shell.h"

/* How chips are made of pictures. */
typedef struct cli_chips_options {
    int w, h;    /* of a chip */
    int crop[4]; /* x y width height of the object in every picture of a
                    folder; width 0: the whole picture */
    int mirror;  /* 1: each chip mirrored too */
    int copies;  /* more chips of each object, moved a little */
    mien_jitter jitter;
    uint32_t seed;
} cli_chips_options;

/* The rectangle that the option at place gives as X,Y,W,H, or crop as it was.
 * 0, and a report, when it is none. */
int cli_crop(const cli_args *a, const char *const *place, int crop[4]);

/* Read positives.
 *
 *   path  a folder of pictures; a text file of "picture n x y w h ..." lines as
 *         opencv_createsamples reads it, pictures beside it; or a .vec file
 *   out   released with mien_chips_free
 *
 * Pictures that cannot be read are reported and left out.  CLI_OK, or the
 * status to exit with, reported. */
int cli_chips_load(const char *path, const cli_chips_options *o,
                   mien_chips *out);

/* Read a text file of "picture n x y w h ..." lines.  CLI_OK, or the status to
 * exit with, reported. */
int cli_objects_load(const char *path, mien_sample_list *out);

/* Scenes of a folder, or of a text file with a path a line. */
typedef struct cli_scenes {
    mien_sample_list list;
    mien_sample_set *set;
} cli_scenes;

/* Find scenes, of which 1 GiB stays in memory.  CLI_OK, or the status to exit
 * with, reported. */
int cli_scenes_open(cli_scenes *s, const char *path);
/* Release what cli_scenes_open filled in. */
void cli_scenes_close(cli_scenes *s);

#endif
