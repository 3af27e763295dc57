/* redact.h: faces in a video covered. */
#ifndef MIEN_CLI_REDACT_H
#define MIEN_CLI_REDACT_H

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

#endif
