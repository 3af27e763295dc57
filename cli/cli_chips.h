/* cli_chips.h: pictures of an object, cut out and brought to one size. */
#ifndef MIEN_CLI_CHIPS_H
#define MIEN_CLI_CHIPS_H

#include "cli/cli.h"

/* How chips are made of pictures. */
typedef struct cli_chips_options {
    int w, h;    /* of a chip */
    int crop[4]; /* x y width height of the object in every picture of a
                    folder; width 0: the whole picture */
    int mirror;  /* 1: each chip mirrored too */
    int copies;  /* more chips of each object, moved a little */
    float turn;  /* degrees by which copies are turned at most */
    float shift; /* share of the object's width by which they are moved */
    float grow;  /* share by which they are larger or smaller */
    unsigned seed;
} cli_chips_options;

/* The rectangle given with an option as X,Y,W,H, or crop as it was.  0, and a
 * report, when it is none. */
int cli_crop(const cli_args *a, int option, int crop[4]);

/* Read positives.
 *
 *   path  a folder of pictures; a text file of "picture n x y w h ..." lines as
 *         opencv_createsamples reads it, pictures beside it; or a .vec file
 *   out   its data is released with mi_free
 *
 * Pictures that cannot be read are reported and left out.  CLI_OK, or the
 * status to exit with, reported. */
int cli_chips_load(const char *path, const cli_chips_options *o,
                   mien_chips *out);

/* A rectangle in a picture, from a text file of "picture n x y w h ...". */
typedef struct cli_object {
    const char *file; /* the picture's path */
    int x, y, w, h;
    int line; /* of the text file, from 1 */
} cli_object;

/* Objects of a text file, in its order; a picture with 0 objects is one of
 * width 0. */
typedef struct cli_objects {
    const char *path; /* of the text file, borrowed */
    int n, cap;
    cli_object *at;
    char **file; /* [n_files] */
    int n_files, cap_files;
} cli_objects;

/* Read such a file; CLI_OK, or the status to exit with, reported. */
int cli_objects_load(const char *path, cli_objects *out);
void cli_objects_free(cli_objects *o);
/* Does at least half of a rectangle lie in its picture of w x h?  0: reported.
 * where names the list. */
int cli_object_fits(const cli_object *o, const char *where, int w, int h);

void cli_chips_free(mien_chips *c);

#endif
