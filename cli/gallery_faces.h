/* gallery_faces.h: described faces of photos, for a gallery. */
#ifndef MIEN_CLI_GALLERY_FACES_H
#define MIEN_CLI_GALLERY_FACES_H

#include "cli/gallery.h"

#include <limits.h>

/* A member `read` of a command's values. */
typedef struct cli_gallery_faces_values {
    const char *models;
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    mien_read_options read;
    int threads;
} cli_gallery_faces_values;
#define CLI_GALLERY_FACES_DEFAULTS  \
    {                               \
        .rotate = MIEN_ROTATE_AUTO, \
    }
#define CLI_OPTIONS_GALLERY_FACES                                            \
    CLI_ROW_CHOICE(read.detector, "detector", 'd', "NAME", "yunet,tiny,ssd", \
                   "network that finds faces: {choices} (default {})"),      \
        CLI_ROW_CHOICE(read.descriptor, "descriptor", 0, "NAME",             \
                       "dlib,mobilefacenet",                                 \
                       "network that describes faces: {choices} (default "   \
                       "{}); people are found by the network they were "     \
                       "enrolled with; of mobilefacenet, installed by name " \
                       "only, the training data are not stated"),            \
        CLI_ROW_TEXT(read.models, CLI_FOLDER, "models", 0, "DIR",            \
                     "folder of model files, looked into before "            \
                     "$MIEN_MODELS and the usual places"),                   \
        CLI_ROW_THREADS(read.threads)

/* A member `face` of a command's values. */
#define CLI_OPTION_GALLERY_FACE                                                \
    CLI_ROW_INT(face, "face", 0, "N", 0, INT_MAX,                              \
                "of a photo with several faces, the one of this number, from " \
                "the surest (default: a photo has to show one face)")

/* A member `evidence` of a command's values. */
#define CLI_OPTION_EVIDENCE                                               \
    CLI_ROW_TEXT(evidence, CLI_FILES, "evidence", 0, "FILE",              \
                 "a form or letter that shows why, kept sealed with the " \
                 "person; may be given again")

/* Somebody who is to be enrolled by photos. */
typedef struct cli_gallery_newcomer {
    const char *const *name; /* the value of the option */
    const char *born;        /* a day, or NULL */
    const mien_basis *basis;
    const cli_gallery_faces_values *read;
    int face;                  /* number of the face; 0: the only one */
    const char *as;            /* what the line says: NAME: AS 7, ... */
    const cli_words *evidence; /* files; NULL: none */
} cli_gallery_newcomer;
/* Enrol somebody by the photos that are the operands behind the gallery, and
 * say so; the status to exit with, reported. */
int cli_gallery_enroll(const cli_args *a, const cli_gallery_values *open,
                       const cli_gallery_newcomer *who);

/* Faces that were read, and the network that described them. */
typedef struct cli_gallery_reader {
    mien_reader *reader;
    mien_describer descriptor;
    float *row; /* [n, numbers] */
    int n, numbers;
    char model[MIEN_GALLERY_DIGEST];
} cli_gallery_reader;

/* Open the networks; CLI_OK, or the status to exit with, reported.  Close in
 * either case. */
int cli_gallery_reader_open(const cli_gallery_faces_values *v,
                            cli_gallery_reader *out);
/* Release, with all that was read. */
void cli_gallery_reader_close(cli_gallery_reader *r);
/* Add the one face of a photo, or that of a number; the same. */
int cli_gallery_reader_one(cli_gallery_reader *r, const char *path, int number);
/* The SHA-256 of the network that describes. */
const char *cli_gallery_reader_model(cli_gallery_reader *r);
/* All that were added; borrowed. */
mien_gallery_faces cli_gallery_reader_faces(cli_gallery_reader *r);
/* A face of a photo: 0 if it could not be described. */
int cli_gallery_reader_face(cli_gallery_reader *r, const mien_face *f,
                            mien_gallery_faces *out);

/* ---- gallery_near.c ------------------------------------------------------ */

/* A member `tolerance` of a command's values. */
#define CLI_OPTION_GALLERY_TOLERANCE                                           \
    CLI_ROW_REAL(tolerance, "tolerance", 0, "D", 0.001, 4,                     \
                 "largest distance at which a face gets a name; smaller is "   \
                 "stricter (default: what 'gallery calibrate' kept, else the " \
                 "network's)")

/* How near is near enough, and what is known of it. */
typedef struct cli_gallery_nearness {
    mien_gallery_threshold kept;
    char day[11];              /* of it */
    mien_search_record search; /* points into both */
} cli_gallery_nearness;

/* Which threshold counts: the one that was said (tolerance > 0), else the one
 * that the gallery keeps, else the network's; a sentence says which.  CLI_OK,
 * or the status to exit with, reported.
 *
 *   out  stays where it is, as it points into itself */
int cli_gallery_near(mien_gallery *g, cli_gallery_reader *r,
                     const char *purpose, double tolerance,
                     cli_gallery_nearness *out);

#endif
