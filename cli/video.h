/* video.h: frame by frame through a video or a camera, and out again. */
#ifndef MIEN_CLI_VIDEO_H
#define MIEN_CLI_VIDEO_H

#include "cli/shell/shell.h"

#include <limits.h>

/* What the options of a command that reads one video become; `video` in its
 * values. */
typedef struct cli_video_ask {
    const char *path;   /* the operand; NULL: a camera */
    const char *camera; /* or NULL */
    const char *draw;   /* a video file to write, or NULL */
    const char *title;  /* of the window that shows a camera */
    int frames;         /* most to read; 0: all */
    int quiet;
} cli_video_ask;

/* A frame in hand. */
typedef struct cli_frame {
    int64_t number; /* from 0 */
    double seconds; /* when it is shown */
    double step;    /* seconds since the frame before, on average */
    const mien_video_info *info;
} cli_frame;

/* What a command does with each frame. */
typedef struct cli_video_work {
    /* Look at a frame, and add what is to be printed. */
    mien_status (*process)(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err);
    /* Draw on it; called only where it will be seen. */
    mien_status (*draw)(void *arg, mien_image *frame, mien_error *err);
    void *arg;
} cli_video_work;

/* Check that one video is named, by the operand or a camera, and set path.  0,
 * and a report, if not. */
int cli_video_asked(const cli_args *a, cli_video_ask *ask);

/* Do the work on every frame.  The output is finished so that what was written
 * can be played whatever happened, and standard error says how it went.
 *
 *   seen  set to the number of frames that were read
 *
 * Returns the status to exit with, reported. */
int cli_video_run(const cli_video_ask *ask, const cli_video_work *work,
                  int64_t *seen);

#define CLI_OPTION_CAMERA                                               \
    CLI_ROW_TEXT(video.camera, CLI_TEXT, "camera", 'C', "N|DEV",        \
                 "a camera instead of a file, shown in a window where " \
                 "there is a display: 0 is /dev/video0")
#define CLI_OPTION_FRAMES                                   \
    CLI_ROW_INT(video.frames, "frames", 0, "N", 1, INT_MAX, \
                "stop after so many")
#define CLI_OPTION_DRAW_VIDEO                      \
    CLI_ROW_TEXT(                                  \
        video.draw, CLI_FILE, "draw", 'o', "FILE", \
        "save the video drawn on: .mp4, .mkv, .webm, .avi, .gif or .webp")
#define CLI_OPTION_VIDEO_QUIET \
    CLI_ROW_FLAG(video.quiet, "quiet", 'q', CLI_TEXT_QUIET)

/* Exit statuses of commands that read a video. */
#define CLI_VIDEO_EXITS                                             \
    {"0", "every frame was read"},                                  \
        {"1", "the video is damaged or cut off; "                   \
              "what could be read was"},                            \
        {"2", "the command line is wrong"},                         \
        {"3", "the video, the camera or a cascade cannot be read"}, \
        {"4", "output could not be written"},                       \
    {                                                               \
        "130", "interrupted; what was written so far is whole"      \
    }

#endif
