/* gallery_video.h: who of a gallery is in a video, or before a camera. */
#ifndef MIEN_CLI_GALLERY_VIDEO_H
#define MIEN_CLI_GALLERY_VIDEO_H

#include "cli/gallery_faces.h"
#include "cli/video.h"

typedef struct cli_gallery_video {
    cli_video_ask video;
    mien_gallery *g;
    cli_gallery_reader *reader;
    const cli_gallery_faces_values *read;
    const mien_search_record *search; /* purpose and threshold */
    int every; /* frames from one detection to the next */
    int json;
} cli_gallery_video;

/* Does a path end as a video does? GIF and WebP are photos. */
int cli_gallery_is_video(const char *path);

/* Look for people; the status to exit with, reported. */
int cli_gallery_video_run(const cli_gallery_video *ask);

#endif
