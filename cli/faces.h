/* faces.h: what the commands share that work through an auto-encoder. */
#ifndef MIEN_CLI_FACES_H
#define MIEN_CLI_FACES_H

#include "cli/shell/progress.h"
#include "cli/shell/shell.h"

/* Options that these commands have, a member `faces` of their values. */
typedef struct cli_faces_values {
    const char *output, *model;
    int align, threads, quiet;
    int size, sharpen;
    double trim;
    mien_sharpen mask;
} cli_faces_values;
#define CLI_FACES_DEFAULTS                        \
    {                                             \
        .align = 1, .mask = MIEN_SHARPEN_DEFAULTS \
    }

/* What frames become. */
#define CLI_TEXT_FRAMES                                                        \
    "a video (.gif, .webp, .mp4, .webm, ...) or, as .png or .jpg, its frames " \
    "side by side"
#define CLI_OPTION_FACES_ALIGN                                              \
    CLI_ROW_CHOICE(faces.align, "align", 0, "HOW", "none,five",             \
                   "pictures as they are, or the largest face, cut out by " \
                   "five points, as in training: {choices} (default {})")
#define CLI_OPTION_FACES_MODEL                                           \
    CLI_ROW_TEXT(faces.model, CLI_FILE, "model", 'm', "FILE",            \
                 "model.onnx of 'mien train faces' (default: "           \
                 "vae/model.onnx, else faces/model.onnx in a folder of " \
                 "models)")
#define CLI_OPTIONS_CODER \
    CLI_OPTION_FACES_MODEL, CLI_OPTION_FACES_ALIGN, CLI_OPTION_FACES_THREADS
#define CLI_OPTION_FACES_THREADS CLI_ROW_THREADS(faces.threads)
#define CLI_OPTION_FACES_QUIET \
    CLI_ROW_FLAG(faces.quiet, "quiet", 'q', CLI_TEXT_QUIET)
#define CLI_OPTIONS_LOOK                                                    \
    CLI_ROW_INT(                                                            \
        faces.size, "size", 's', "N", 2, MIEN_FACE_MAX_INPUT,               \
        "pixels of a face as it is shown (default {}: the model's own)"),   \
        CLI_ROW_REAL(faces.trim, "trim", 0, "F", 0, 0.4,                    \
                     "share of a face that is cut off at each side, where " \
                     "pictures of the training end in black (default {})"), \
        CLI_ROW_FLAG(faces.sharpen, "sharpen", 0,                           \
                     "sharpen by an unsharp mask, as the next three say"),  \
        CLI_ROW_REAL(faces.mask.amount, "amount", 0, "F", 0, 10,            \
                     "how much of what the blur takes away is added "       \
                     "(default {})"),                                       \
        CLI_ROW_REAL(faces.mask.radius, "radius", 0, "F", 0.1, 100,         \
                     "of the blur, in pixels of the model (default {})"),   \
        CLI_ROW_REAL(faces.mask.threshold, "threshold", 0, "F", 0, 255,     \
                     "smaller differences stay (default {})")

/* What is open while such a command works. */
typedef struct cli_faces {
    mien_pool *pool;
    mien_coder *coder;
    mien_analyzer *yunet; /* NULL: photos are taken whole */
    char model[MIEN_PATH_MAX];
    mien_faces_look look;
    cli_progress progress;
    int quiet;
} cli_faces;

/* Open a model, NULL: the usual one, and YuNet; output 1: --output must be
 * given.  CLI_OK, or the status to exit
 * with, reported.  Close in either case. */
int cli_faces_open(const char *model, const cli_faces_values *v, int output,
                   cli_faces *out);
/* Release what cli_faces_open filled in. */
void cli_faces_close(cli_faces *f);
/* on_picture of long work; arg is a cli_faces. */
int cli_faces_progress(void *arg, int64_t done, int64_t of);
/* Report notes, and an error if there is one: the status to exit with. */
int cli_faces_end(cli_faces *f, mien_status st, const mien_error *err,
                  mien_buffer *notes);

#endif
