/* window.c: frames in a window, through FFmpeg's SDL2 device.
 *
 * The device looks after the window's events whenever a frame comes; once the
 * window is closed, adding a frame fails.  SDL2 draws into nothing if no server
 * answers, so a display of this machine is called first. */
#include "video/video.h"

#include "base/error.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Does a server listen at this socket?  hidden: its name is not in the file
 * system. */
static int answers(const char *name, int hidden)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(name);
    if (n + 2 > sizeof to.sun_path)
        return 0;
    memcpy(to.sun_path + hidden, name, n);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n +
                                 (size_t)hidden);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int there = fd >= 0 && connect(fd, (const void *)&to, size) == 0;
    if (fd >= 0)
        close(fd);
    return there;
}

/* ":0" or "unix:0.0" is on this machine; another may be anywhere. */
static int x11_answers(const char *display)
{
    const char *at = strncmp(display, "unix:", 5) == 0 ? display + 4 : display;
    if (!at[0])
        return 0;
    if (at[0] != ':')
        return 1;
    char name[64];
    snprintf(name, sizeof name, "/tmp/.X11-unix/X%.*s",
             (int)strspn(at + 1, "0123456789"), at + 1);
    return answers(name, 1) || answers(name, 0);
}

static int wayland_answers(const char *display)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char name[128];
    if (!display[0] || (display[0] != '/' && !folder))
        return 0;
    if (display[0] == '/')
        return answers(display, 0);
    snprintf(name, sizeof name, "%s/%s", folder, display);
    return answers(name, 0);
}

static const AVOutputFormat *window_device(const mien_movie *m)
{
    const AVOutputFormat *d = NULL;
    while ((d = m->ff.av_output_video_device_next(d)))
        if (m->ff.av_match_name("sdl2", d->name))
            return d;
    return NULL;
}

/* Raw video, which a window takes as it is. */
static mien_status open_encoder(mien_movie *m, mien_error *err)
{
    const AVCodec *codec = m->ff.avcodec_find_encoder(AV_CODEC_ID_RAWVIDEO);
    if (!codec)
        return mi_fail(err, MIEN_EUNSUP,
                       "window: this FFmpeg has no raw video");
    m->encoder = m->ff.avcodec_alloc_context3(codec);
    if (!m->encoder)
        return mi_no_memory(err);
    m->encoder->pix_fmt = AV_PIX_FMT_RGB24;
    m->encoder->width = m->w;
    m->encoder->height = m->h;
    m->encoder->time_base = (AVRational){1, 25};
    int r = m->ff.avcodec_open2(m->encoder, codec, NULL);
    return r < 0 ? mi_ffmpeg_fail(&m->ff, err, "window",
                                  "raw video does not start", r)
                 : MIEN_OK;
}

/* Open FFmpeg's output to a window of that title. */
static mien_status open_window(mien_movie *m, mien_error *err)
{
    const AVOutputFormat *device = window_device(m);
    if (!device)
        return mi_fail(err, MIEN_EUNSUP,
                       "window: this FFmpeg has no SDL2 output");
    if (m->ff.avformat_alloc_output_context2(&m->format, device, NULL,
                                             m->path) < 0)
        return mi_no_memory(err);
    mien_status st = open_encoder(m, err);
    if (st == MIEN_OK)
        st = mi_movie_frame(m, err);
    if (st != MIEN_OK)
        return st;
    m->stream = m->ff.avformat_new_stream(m->format, NULL);
    if (!m->stream || m->ff.avcodec_parameters_from_context(m->stream->codecpar,
                                                            m->encoder) < 0)
        return mi_no_memory(err);
    m->stream->time_base = m->encoder->time_base;
    AVDictionary *options = NULL;
    int r = m->ff.av_dict_set(&options, "window_title", m->path, 0);
    if (r >= 0)
        r = m->ff.avformat_write_header(m->format, &options);
    m->ff.av_dict_free(&options);
    if (r < 0)
        return mi_fail(err, r == AVERROR(ENOMEM) ? MIEN_ENOMEM : MIEN_EUNSUP,
                       "window: the display cannot be opened");
    m->begun = 1;
    return MIEN_OK;
}

mien_status mien_movie_window(const char *title, int w, int h, mien_movie **out,
                              mien_error *err)
{
    assert(title && out && w > 0 && h > 0 && w <= MIEN_IMAGE_MAX_SIDE &&
           h <= MIEN_IMAGE_MAX_SIDE);
    const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    if (!(x11 && x11_answers(x11)) && !(wayland && wayland_answers(wayland)))
        return mi_fail(err, MIEN_EUNSUP,
                       "window: no display here (DISPLAY is '%.40s', "
                       "WAYLAND_DISPLAY is '%.40s')",
                       x11 ? x11 : "", wayland ? wayland : "");
    mien_movie *m = NULL;
    mien_status st = mi_movie_make(title, w, h, 1, &m, err);
    if (st != MIEN_OK)
        return st;
    st = open_window(m, err);
    if (st != MIEN_OK) {
        mien_movie_abandon(m);
        return st;
    }
    *out = m;
    return MIEN_OK;
}
