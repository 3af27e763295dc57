/* window.c: frames in a window, through FFmpeg's SDL2 device.
 *
 * The device looks after the window's events whenever a frame comes; once the
 * window is closed, adding a frame fails. */
#include "video/video.h"

#include "base/error.h"

#include <assert.h>
#include <stdlib.h>
#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>

static const AVOutputFormat *window_device(void)
{
    const AVOutputFormat *d = NULL;
    while ((d = av_output_video_device_next(d)))
        if (av_match_name("sdl2", d->name))
            return d;
    return NULL;
}

static mien_status open_encoder(mien_movie *m, mien_error *err)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_RAWVIDEO);
    if (!codec)
        return mi_fail(err, MIEN_EUNSUP,
                       "window: this FFmpeg has no raw video");
    m->encoder = avcodec_alloc_context3(codec);
    if (!m->encoder)
        return mi_no_memory(err);
    m->encoder->pix_fmt = AV_PIX_FMT_RGB24;
    m->encoder->width = m->w;
    m->encoder->height = m->h;
    m->encoder->time_base = (AVRational){1, 25};
    int r = avcodec_open2(m->encoder, codec, NULL);
    return r < 0 ? mi_video_fail(err, "window", "raw video does not start", r)
                 : MIEN_OK;
}

static mien_status open_window(mien_movie *m, const AVOutputFormat *device,
                               mien_error *err)
{
    if (avformat_alloc_output_context2(&m->format, device, NULL, m->path) < 0)
        return mi_no_memory(err);
    mien_status st = open_encoder(m, err);
    if (st == MIEN_OK)
        st = mi_movie_frame(m, err);
    if (st != MIEN_OK)
        return st;
    m->stream = avformat_new_stream(m->format, NULL);
    if (!m->stream ||
        avcodec_parameters_from_context(m->stream->codecpar, m->encoder) < 0)
        return mi_no_memory(err);
    m->stream->time_base = m->encoder->time_base;
    AVDictionary *options = NULL;
    int r = av_dict_set(&options, "window_title", m->path, 0);
    if (r >= 0)
        r = avformat_write_header(m->format, &options);
    av_dict_free(&options);
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
    if (!(x11 && x11[0]) && !(wayland && wayland[0]))
        return mi_fail(err, MIEN_EUNSUP,
                       "window: no display here (DISPLAY and WAYLAND_DISPLAY "
                       "are not set)");
    avdevice_register_all();
    const AVOutputFormat *device = window_device();
    if (!device)
        return mi_fail(err, MIEN_EUNSUP,
                       "window: this FFmpeg has no SDL2 output");
    mien_movie *m = NULL;
    mien_status st = mi_movie_make(title, w, h, &m, err);
    if (st != MIEN_OK)
        return st;
    st = open_window(m, device, err);
    if (st != MIEN_OK) {
        mien_movie_abandon(m);
        return st;
    }
    *out = m;
    return MIEN_OK;
}
