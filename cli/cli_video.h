/* cli_video.h: frame by frame through a video or a camera, and out again. */
#ifndef MIEN_CLI_VIDEO_H
#define MIEN_CLI_VIDEO_H

#include "cli/cli.h"
#include "cli/cli_progress.h"

/* What the command line says of a video's way through a command. */
typedef struct cli_video_ask {
    const char *path, *camera; /* one of both; the other NULL */
    const char *draw;          /* a video file to write, or NULL */
    const char *title;         /* of the window that shows a camera */
    int64_t frames;            /* most to read; 0: all */
    int quiet;
} cli_video_ask;

typedef struct cli_video {
    cli_video_ask ask;
    mien_video *in;
    mien_movie *out, *window;
    mien_video_info info;
    int64_t done;     /* frames read */
    double seconds;   /* when the frame of now is shown */
    double start;     /* of the work, on the clock */
    double per_frame; /* seconds from one frame to the next, on average */
    cli_progress progress;
} cli_video;

/* Read the options of a command that reads one video: its operand or a camera,
 * and the places of these in its table.  0, and a report, when they are wrong.
 */
int cli_video_asked(const cli_args *a, int camera, int draw, int frames,
                    int quiet, cli_video_ask *out);

/* Open the source.  CLI_OK, or the status to exit with, reported. */
int cli_video_open(cli_video *v, const cli_video_ask *ask);

/* Read the next frame, borrowed until the next call.  more is set to 0 after
 * the last one, when asked to stop, and when a window was closed.  CLI_OK, or
 * a status to finish with, reported. */
int cli_video_next(cli_video *v, mien_image *frame, int *more);

/* 1: frames that are shown will be seen. */
int cli_video_shows(const cli_video *v);

/* Add a drawn frame to the output and show it.  CLI_OK or CLI_OUTPUT. */
int cli_video_show(cli_video *v, const mien_image *frame);

/* Close the source, finish the output, so that what was written can be played
 * whatever happened, and say how it went on standard error.
 *
 *   status  of the work so far
 *
 * Returns the status to exit with. */
int cli_video_close(cli_video *v, int status);

#define CLI_OPTION_CAMERA                                                \
    {                                                                    \
        "camera", 'C', CLI_TEXT, "N|DEV", NULL,                          \
            "a camera instead of a file, shown in a window where there " \
            "is a display: 0 is /dev/video0"                             \
    }
#define CLI_OPTION_FRAMES                                        \
    {                                                            \
        "frames", 0, CLI_NUMBER, "N", NULL, "stop after so many" \
    }
#define CLI_OPTION_DRAW_VIDEO                                          \
    {                                                                  \
        "draw", 'o', CLI_FILE, "FILE", NULL,                           \
            "save the video drawn on: .mp4, .mkv, .webm, .avi or .gif" \
    }

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
