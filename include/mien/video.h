/* mien/video.h: frames in and out, through FFmpeg's libraries.
 *
 *   file, GIF or camera -> mien_video_next -> mien_image -> mien_movie_add
 *
 * Frames are RGB, upright as the file's display matrix says. */
#ifndef MIEN_VIDEO_H
#define MIEN_VIDEO_H

#include "mien/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A source of frames: a file or a camera. */
typedef struct mien_video mien_video;

/* A video file being written, or a window being shown. */
typedef struct mien_movie mien_movie;

typedef struct mien_video_info {
    int w, h;        /* pixels of the first frame, upright */
    double fps;      /* frames a second; 25 when the file does not tell */
    int64_t frames;  /* how many the file says there are; 0: unknown */
    double seconds;  /* length; 0: unknown (a camera) */
    char codec[32];  /* FFmpeg's name: "h264" */
    char format[64]; /* FFmpeg's name of the container: "matroska,webm" */
    char sound[32];  /* FFmpeg's name of the sound's codec; empty: no sound */
} mien_video_info;

typedef struct mien_video_options {
    int max_side;       /* pixels; 0: MIEN_IMAGE_MAX_SIDE */
    int64_t max_pixels; /* of one frame; 0: MIEN_IMAGE_MAX_PIXELS */
    int threads;        /* of the decoder; 0: one a processor */
    int camera_w, camera_h, camera_fps; /* wished for; 0: the camera's own */
} mien_video_options;
#define MIEN_VIDEO_DEFAULTS \
    {                       \
        0, 0, 0, 0, 0, 0    \
    }

/* Open a video file or an animated GIF.
 *
 *   path     a file of this machine, "-": standard input, which is read on
 *            and never back; protocols such as http: are refused
 *   options  NULL: the defaults
 *   out      owned by the caller; free with mien_video_close
 *
 * The first frame is decoded at once: what opens has one.  Playlists and other
 * files that lead to files or addresses are refused.
 * Fails with EIO (no such file), EFORMAT (not a video, no video stream, cut off
 * before its first frame), EUNSUP (no decoder for its codec), ELIMIT, ENOMEM;
 * the text names the file. */
MIEN_API MIEN_CHECKED mien_status
mien_video_open(const char *path, const mien_video_options *options,
                mien_video **out, mien_error *err);

/* Open a camera (Video4Linux2).
 *
 *   device   "/dev/video0", or its number as text: "0"
 *   options  NULL: the defaults
 *   out      owned by the caller; free with mien_video_close
 *
 * Fails with EIO (no such device, busy, no permission; the text says which),
 * EUNSUP (mien was built without cameras), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_video_camera(const char *device, const mien_video_options *options,
                  mien_video **out, mien_error *err);

/* Tell what is known of a video.
 *
 *   v  an open video */
MIEN_API mien_video_info mien_video_get_info(const mien_video *v);

/* Read the next frame.
 *
 *   v        an open video
 *   frame    the frame, borrowed until the next call; its size may change in
 *            mid-stream
 *   seconds  when it is shown, from the start; NULL is allowed
 *   more     set to 0 after the last frame, and then frame is not touched
 *
 * A file that is cut off ends like any other after the frames that can be
 * decoded; mien_video_damaged tells.  Fails with EIO (a camera went away),
 * ELIMIT (a frame too large), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_video_next(mien_video *v,
                                                  mien_image *frame,
                                                  double *seconds, int *more,
                                                  mien_error *err);

/* Count the packets and frames so far that could not be decoded whole.
 *
 *   v  an open video */
MIEN_API int64_t mien_video_damaged(const mien_video *v);

/* Close a video or camera.
 *
 *   v  NULL is allowed */
MIEN_API void mien_video_close(mien_video *v);

typedef struct mien_movie_options {
    int quality; /* 1 (small) .. 100 (like the source); 0: 75 */
    int threads; /* of the encoder; 0: one a processor */
    int timed;   /* 1: frames have times of their own: mien_movie_add_at */
    const mien_video *sound; /* its sound is copied beside the frames, which
                                come from it; open until the movie ends; NULL:
                                no sound */
} mien_movie_options;
#define MIEN_MOVIE_DEFAULTS \
    {                       \
        0, 0, 0, NULL       \
    }

/* Begin a video file.
 *
 *   path     its ending tells the container: .mp4, .mkv, .webm, .avi, .gif,
 *            .webp (an animation, which mien_video_open does not read);
 *            frames are written to path with ".part" added, renamed by
 *            mien_movie_finish
 *   w        pixels of every frame, 2..MIEN_IMAGE_MAX_SIDE; odd sizes lose
 *            their last row or column where the codec needs even ones
 *   h        the same
 *   fps      frames a second, 0.1..1000
 *   options  NULL: the defaults
 *   out      owned by the caller; end with mien_movie_finish, or
 *            mien_movie_abandon
 *
 * Two runs need not write the same bytes: that is up to FFmpeg's encoders.
 * Fails with EARG, EIO (the place cannot be written), EUNSUP (no container of
 * that ending, no encoder in this FFmpeg), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_movie_new(
    const char *path, int w, int h, double fps,
    const mien_movie_options *options, mien_movie **out, mien_error *err);

/* Tell why the sound of a video is not copied.
 *
 *   m  a movie
 *
 * In words, such as "gif files hold no aac"; empty: it is copied, or there is
 * none.  Lives as long as the movie. */
MIEN_API const char *mien_movie_sound_left_out(const mien_movie *m);

/* Open a window that shows frames (X11 or Wayland, through FFmpeg's devices).
 *
 *   title  of the window, UTF-8
 *   w      pixels of every frame
 *   h      the same
 *   out    owned by the caller; end with mien_movie_finish
 *
 * Fails with EUNSUP (no display here, FFmpeg without such a device), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_movie_window(const char *title, int w,
                                                    int h, mien_movie **out,
                                                    mien_error *err);

/* Add a frame, a step of fps after the one before.
 *
 *   m      a movie
 *   frame  of any size; brought to the movie's
 *
 * Fails with EIO (disk full, the size of files limited, the window was closed:
 * then every later call fails too), ENOMEM (the frame is left out; the movie
 * can go on or be finished).  A disk that fills up is noticed while there is
 * room for the end: mien_movie_finish then keeps the frames so far. */
MIEN_API MIEN_CHECKED mien_status mien_movie_add(mien_movie *m,
                                                 const mien_image *frame,
                                                 mien_error *err);

/* Add a frame at its own time.
 *
 *   m        a movie begun with the option timed
 *   frame    of any size; brought to the movie's
 *   seconds  when it is shown, 0 or later, after the frame before; rounded to
 *            1/100 in a GIF and to places of fps in an AVI, which knows one
 *            rate
 *
 * Fails with EARG (a time before 0) and as mien_movie_add: EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_movie_add_at(mien_movie *m,
                                                    const mien_image *frame,
                                                    double seconds,
                                                    mien_error *err);

/* Write what is pending, close and put the file in its place.
 *
 *   m  released, whatever happens; NULL is allowed
 *
 * Fails with EIO, EARG (no frame was added), ENOMEM; then the file that was at
 * the place before is untouched.  Of .mkv, .webm, .avi and .gif what could be
 * written is kept, which plays as far as it goes. */
MIEN_API MIEN_CHECKED mien_status mien_movie_finish(mien_movie *m,
                                                    mien_error *err);

/* Throw a movie away with what was written.
 *
 *   m  released; NULL is allowed */
MIEN_API void mien_movie_abandon(mien_movie *m);

#ifdef __cplusplus
}
#endif
#endif
