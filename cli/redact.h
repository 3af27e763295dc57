/* redact.h: faces in a video covered. */
#ifndef MIEN_CLI_REDACT_H
#define MIEN_CLI_REDACT_H

#include "cli/gallery_faces.h"
#include "cli/video.h"

typedef struct cli_redact_video {
    cli_video_ask video; /* path, frames and quiet count */
    const char *output;
    mien_video_redact_options how;
    int json;
} cli_redact_video;

/* Does a path end as a video does that can be written? */
int cli_redact_is_video(const char *path);

/* Cover the faces of a video; the status to exit with, reported. */
int cli_redact_video_run(const cli_redact_video *ask);

/* ---- redact_keep.c: who may stay ----------------------------------------- */

/* Members of a command's values. */
typedef struct cli_redact_keep_values {
    const char *db, *keep, *purpose;
    int enrolled;
} cli_redact_keep_values;

/* A gallery that is asked who a face is. */
typedef struct cli_redact_keep {
    const cli_redact_keep_values *v;
    mien_gallery *g;
    cli_gallery_reader r;
    cli_gallery_nearness near;
    int64_t person; /* who may stay; -1: all of the purpose */
} cli_redact_keep;

/* Open the gallery and the networks that describe faces; CLI_OK, or the status
 * to exit with, reported.  Close in either case. */
int cli_redact_keep_open(const cli_redact_keep_values *v,
                         const cli_gallery_values *open, double tolerance,
                         const cli_gallery_faces_values *read,
                         cli_redact_keep *out);
/* Close both; one of zeros is allowed. */
void cli_redact_keep_close(cli_redact_keep *k);

/* A mien_redact_keep; arg is a cli_redact_keep. */
mien_status cli_redact_keep_face(void *arg, const mien_image *photo,
                                 mien_box face, int *keep, mien_error *err);

#endif
