/* movie.c: images into video files.
 *
 *   image -> mi_from_rgb -> encoder, its threads -> container -> path.part
 *     -> path, when all is on the disk
 *
 * The quality q of 1..100 is made each encoder's own measure, smaller is
 * better:  x264's crf 45 - 33 t,  VP9's and VP8's crf 60 - 45 t,  MPEG-4's and
 * Motion JPEG's quantiser 2 + 29 (1 - t)^2,  with t = (q - 1) / 99; WebP's is
 * q itself.  Nothing that tells of the machine or the time is written. */
#include "video/video.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ENCODERS = 3 };

/* Parts of a second that frames with times of their own are put at: 120000
 * has 24000/1001 and 30000/1001 in it; MPEG-4's pictures hold 16 bits. */
enum { FINE = 120000, COARSE = 60000, HUNDREDTHS = 100, THOUSANDTHS = 1000 };
enum { GIF_LEAST = 2 }; /* players take a hundredth for a tenth */

typedef struct kind {
    const char *ending, *container;
    const char *encoders[ENCODERS]; /* the first that there is */
    int ticks;   /* a second; 0: the container knows one rate, whose places are
                    left empty */
    int streams; /* 1: what is there of it plays without its end */
} kind;
static const kind kinds[] = {
    {".mp4", "mp4", {"libx264", "mpeg4"}, FINE, 0},
    {".m4v", "mp4", {"libx264", "mpeg4"}, FINE, 0},
    {".mov", "mov", {"libx264", "mpeg4"}, FINE, 0},
    {".mkv", "matroska", {"libx264", "libvpx-vp9", "mpeg4"}, FINE, 1},
    {".webm", "webm", {"libvpx-vp9", "libvpx"}, FINE, 1},
    {".avi", "avi", {"mpeg4", "mjpeg"}, 0, 1},
    {".gif", "gif", {"gif"}, HUNDREDTHS, 1},
    {".webp", "webp", {"libwebp_anim"}, THOUSANDTHS, 0},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const kind *kind_of(const char *path)
{
    size_t n = strlen(path);
    for (int i = 0; i < KINDS; i++) {
        size_t k = strlen(kinds[i].ending);
        if (n > k && strcasecmp(path + n - k, kinds[i].ending) == 0)
            return &kinds[i];
    }
    return NULL;
}

static const AVCodec *encoder_of(const mien_movie *m, const kind *to)
{
    const AVCodec *codec = NULL;
    for (int i = 0; i < ENCODERS && to->encoders[i] && !codec; i++)
        codec = m->ff.avcodec_find_encoder_by_name(to->encoders[i]);
    return codec;
}

/* ---- making ----------------------------------------------------------- */

mien_status mi_movie_make(const char *name, int w, int h, int devices,
                          mien_movie **out, mien_error *err)
{
    size_t n = strlen(name) + 1;
    mien_movie *m = mi_alloc(1, sizeof *m);
    char *copy = mi_alloc(n, 1);
    if (!m || !copy) {
        mi_free(m);
        mi_free(copy);
        return mi_no_memory(err);
    }
    memcpy(copy, name, n);
    m->path = copy;
    m->w = w;
    m->h = h;
    m->step = m->least = 1;
    m->from_rgb.ff = &m->ff;
    mien_status st = mi_ffmpeg_load(&m->ff, devices, err);
    if (st != MIEN_OK) {
        mi_free(m->path);
        mi_free(m);
        return st;
    }
    m->packet = m->ff.av_packet_alloc();
    m->frame = m->ff.av_frame_alloc();
    if (!m->packet || !m->frame) {
        mien_movie_abandon(m);
        return mi_no_memory(err);
    }
    *out = m;
    return MIEN_OK;
}

mien_status mi_movie_frame(mien_movie *m, mien_error *err)
{
    AVFrame *f = m->frame;
    f->format = m->encoder->pix_fmt;
    f->width = m->encoder->width;
    f->height = m->encoder->height;
    f->colorspace = m->encoder->colorspace;
    f->color_range = m->encoder->color_range;
    return m->ff.av_frame_get_buffer(f, 0) < 0 ? mi_no_memory(err) : MIEN_OK;
}

static void set_text(const mien_movie *m, const char *name, const char *value)
{
    /* one it has not: no harm */
    (void)m->ff.av_opt_set(m->encoder->priv_data, name, value, 0);
}

/* Quality 1..100 as what each encoder calls it. */
static void set_quality(const mien_movie *m, int quality)
{
    AVCodecContext *c = m->encoder;
    double t = ((quality ? quality : 75) - 1) / 99.0;
    char crf[16];
    if (strcmp(c->codec->name, "libx264") == 0) {
        snprintf(crf, sizeof crf, "%d", (int)lround(45 - 33 * t));
        set_text(m, "crf", crf);
        set_text(m, "preset", "veryfast");
    } else if (strncmp(c->codec->name, "libvpx", 6) == 0) {
        snprintf(crf, sizeof crf, "%d", (int)lround(60 - 45 * t));
        set_text(m, "crf", crf);
        set_text(m, "deadline", "good");
        set_text(m, "cpu-used", "5");
        set_text(m, "row-mt", "1");
        if (c->codec_id == AV_CODEC_ID_VP8) /* its crf needs an upper bound */
            c->bit_rate = (int64_t)c->width * c->height * 8;
    } else if (c->codec_id == AV_CODEC_ID_WEBP) {
        c->flags |= AV_CODEC_FLAG_QSCALE;
        c->global_quality = FF_QP2LAMBDA * (quality ? quality : 75);
    } else if (c->codec_id != AV_CODEC_ID_GIF) {
        c->flags |= AV_CODEC_FLAG_QSCALE;
        c->global_quality =
            (int)lround(FF_QP2LAMBDA * (2 + 29 * (1 - t) * (1 - t)));
    }
}

/* The unit of time stamps: a frame, or a fine one for times of their own. */
static AVRational unit_of(const mien_movie *m, const AVCodec *codec,
                          AVRational rate, const mien_movie_options *o)
{
    int ticks = kind_of(m->path)->ticks;
    if (ticks > COARSE && codec->id == AV_CODEC_ID_MPEG4)
        ticks = COARSE;
    return o && o->timed && ticks ? (AVRational){1, ticks} : av_inv_q(rate);
}

static enum AVPixelFormat pixels_of(const AVCodec *codec)
{
    return codec->id == AV_CODEC_ID_GIF     ? AV_PIX_FMT_PAL8
           : codec->id == AV_CODEC_ID_MJPEG ? AV_PIX_FMT_YUVJ420P
                                            : AV_PIX_FMT_YUV420P;
}

/* The encoder for frames of the movie's size and rate. */
static mien_status open_encoder(mien_movie *m, const AVCodec *codec, double fps,
                                const mien_movie_options *o, mien_error *err)
{
    AVCodecContext *c = m->encoder = m->ff.avcodec_alloc_context3(codec);
    if (!c)
        return mi_no_memory(err);
    c->pix_fmt = pixels_of(codec);
    int even = c->pix_fmt != AV_PIX_FMT_PAL8;
    c->width = even ? m->w & ~1 : m->w;
    c->height = even ? m->h & ~1 : m->h;
    c->framerate =
        m->ff.av_d2q(fps, 60000); /* MPEG-4 holds no more than 65535 */
    c->time_base = unit_of(m, codec, c->framerate, o);
    m->step = llround(1 / fps / av_q2d(c->time_base));
    m->step = m->step > 0 ? m->step : 1;
    m->least = codec->id == AV_CODEC_ID_GIF && o && o->timed ? GIF_LEAST : 1;
    c->gop_size = 60;
    c->thread_count = o ? o->threads : 0;
    if (even) {
        c->colorspace = AVCOL_SPC_SMPTE170M;
        c->color_range = codec->id == AV_CODEC_ID_MJPEG ? AVCOL_RANGE_JPEG
                                                        : AVCOL_RANGE_MPEG;
    }
    c->flags |= AV_CODEC_FLAG_BITEXACT;
    if (m->format->oformat->flags & AVFMT_GLOBALHEADER)
        c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    set_quality(m, o ? o->quality : 0);
    int r = m->ff.avcodec_open2(c, codec, NULL);
    return r < 0 ? mi_ffmpeg_fail(&m->ff, err, m->path,
                                  "its encoder does not start", r)
                 : MIEN_OK;
}

static mien_status open_stream(mien_movie *m, double fps, mien_error *err)
{
    m->stream = m->ff.avformat_new_stream(m->format, NULL);
    if (!m->stream || m->ff.avcodec_parameters_from_context(m->stream->codecpar,
                                                            m->encoder) < 0)
        return mi_no_memory(err);
    m->stream->time_base = m->encoder->time_base;
    m->stream->avg_frame_rate = m->encoder->framerate;
    m->stream->r_frame_rate = m->ff.av_d2q(fps, 60000);
    return MIEN_OK;
}

static mien_status write_failed(mien_movie *m, int r, mien_error *err)
{
    m->broken = 1;
    if (r == AVERROR(ENOMEM))
        return mi_fail(err, MIEN_ENOMEM, "%.120s: no memory", m->path);
    char words[80] = "";
    (void)m->ff.av_strerror(r, words, sizeof words);
    return m->part ? mi_fail(err, MIEN_EIO, "%.110s: cannot write: %s", m->path,
                             words)
                   : mi_fail(err, MIEN_EIO, "%.110s: the window was closed",
                             m->path);
}

/* A write may fail after the call that asked for it has returned. */
static int late_error(const mien_movie *m, int r)
{
    return r >= 0 && m->format->pb && m->format->pb->error < 0
               ? m->format->pb->error
               : r;
}

/* Open the file that is written beside the one wanted. */
static mien_status open_file(mien_movie *m, mien_error *err)
{
    size_t n = strlen(m->path) + sizeof "file:.part";
    char *url = mi_alloc(n, 1);
    m->part = mi_alloc(n, 1);
    if (!url || !m->part) {
        mi_free(url);
        return mi_no_memory(err);
    }
    snprintf(m->part, n, "%s.part", m->path);
    snprintf(url, n, "file:%s", m->part);
    int r = m->ff.avio_open(&m->format->pb, url, AVIO_FLAG_WRITE);
    m->format->url = m->ff.av_strdup(url); /* +faststart opens it again */
    mi_free(url);
    if (r < 0) {
        mi_free(m->part); /* nothing there to remove */
        m->part = NULL;
        return mi_ffmpeg_fail(&m->ff, err, m->path, "cannot write there", r);
    }
    return m->format->url ? MIEN_OK : mi_no_memory(err);
}

static mien_status begin(mien_movie *m, mien_error *err)
{
    AVDictionary *options = NULL;
    m->format->flags |= AVFMT_FLAG_BITEXACT;
    int r = m->ff.av_dict_set(&options, "movflags", "+faststart", 0);
    if (r >= 0 && m->encoder->codec_id == AV_CODEC_ID_WEBP)
        r = m->ff.av_dict_set(&options, "loop", "0", 0); /* as GIF: for ever */
    if (r >= 0)
        r = m->ff.avformat_write_header(m->format, &options);
    m->ff.av_dict_free(&options);
    m->begun = r >= 0;
    r = late_error(m, r);
    return r < 0 ? write_failed(m, r, err) : MIEN_OK;
}

/* Refuse sizes, rates, options and names outside their range. */
static mien_status check(const char *path, int w, int h, double fps,
                         const mien_movie_options *o, mien_error *err)
{
    if (w < 2 || h < 2 || w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_EARG, "%.90s: %d x %d pixels, wanted 2..%d",
                       path, w, h, MIEN_IMAGE_MAX_SIDE);
    if (!(fps >= 0.1 && fps <= 1000))
        return mi_fail(err, MIEN_EARG,
                       "%.90s: %g frames a second, wanted 0.1..1000", path,
                       fps);
    if (o && (o->quality < 0 || o->quality > 100 || o->threads < 0))
        return mi_fail(err, MIEN_EARG,
                       "%.90s: quality %d, threads %d, wanted 1..100 and 0.. ",
                       path, o->quality, o->threads);
    if (!kind_of(path))
        return mi_fail(err, MIEN_EUNSUP,
                       "%.110s: wanted a name ending in .mp4, .mkv, .webm, "
                       ".avi, .mov, .gif or .webp",
                       path);
    return MIEN_OK;
}

/* The container, without anything written. */
static mien_status open_container(mien_movie *m, const char *name,
                                  mien_error *err)
{
    int r = m->ff.avformat_alloc_output_context2(&m->format, NULL, name, NULL);
    return r >= 0
               ? MIEN_OK
               : mi_fail(err, r == AVERROR(ENOMEM) ? MIEN_ENOMEM : MIEN_EUNSUP,
                         "%.120s: this FFmpeg does not write %s", m->path,
                         name);
}

/* Choose the encoder by the name, and open all that writing needs. */
static mien_status fill(mien_movie *m, double fps,
                        const mien_movie_options *options, mien_error *err)
{
    const kind *to = kind_of(m->path);
    const AVCodec *codec = encoder_of(m, to);
    if (!codec)
        return mi_fail(err, MIEN_EUNSUP,
                       "%.110s: this FFmpeg has no encoder for %s, such as %s",
                       m->path, to->ending, to->encoders[0]);
    mien_status st = open_container(m, to->container, err);
    if (st == MIEN_OK && codec->id == AV_CODEC_ID_GIF &&
        !(m->palette = mi_palette_new()))
        st = mi_no_memory(err);
    if (st == MIEN_OK)
        st = open_encoder(m, codec, fps, options, err);
    if (st == MIEN_OK)
        st = open_stream(m, fps, err);
    if (st == MIEN_OK && options && options->sound)
        st = mi_sound_open(m, options->sound, err);
    if (st == MIEN_OK)
        st = mi_movie_frame(m, err);
    if (st == MIEN_OK)
        st = open_file(m, err);
    return st == MIEN_OK ? begin(m, err) : st;
}

/* A movie with its head written. */
static mien_status movie_new(const char *path, int w, int h, double fps,
                             const mien_movie_options *options,
                             mien_movie **out, mien_error *err)
{
    mien_movie *m = NULL;
    mien_status st = mi_movie_make(path, w, h, 0, &m, err);
    if (st == MIEN_OK)
        st = fill(m, fps, options, err);
    *out = m;
    return st;
}

mien_status mien_movie_new(const char *path, int w, int h, double fps,
                           const mien_movie_options *options, mien_movie **out,
                           mien_error *err)
{
    assert(path && out);
    mien_movie *m = NULL;
    mien_status st = check(path, w, h, fps, options, err);
    if (st == MIEN_OK)
        st = movie_new(path, w, h, fps, options, &m, err);
    if (st == MIEN_EIO && m && m->sound.source) {
        mien_movie_options mute = *options; /* a container may refuse it late */
        mute.sound = NULL;
        mien_movie_abandon(m);
        st = movie_new(path, w, h, fps, &mute, &m, err);
        if (st == MIEN_OK)
            snprintf(m->sound.why, sizeof m->sound.why,
                     "%s files do not take it as it is",
                     m->format->oformat->name);
    }
    if (st != MIEN_OK) {
        mien_movie_abandon(m);
        return st;
    }
    *out = m;
    return MIEN_OK;
}

const char *mien_movie_sound_left_out(const mien_movie *m)
{
    return m->sound.why;
}

static mien_status no_room(mien_movie *m, mien_error *err)
{
    m->full = 1;
    return mi_fail(err, MIEN_EIO,
                   "%.110s: cannot write: no room left on the disk, or for a "
                   "file of that size",
                   m->path);
}

/* ---- frames ----------------------------------------------------------- */

/* frame NULL: what the encoder still holds. */
static int encode(mien_movie *m, const AVFrame *frame)
{
    int r = m->ff.avcodec_send_frame(m->encoder, frame);
    while (r >= 0) {
        r = m->ff.avcodec_receive_packet(m->encoder, m->packet);
        if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
            return late_error(m, 0);
        if (r < 0)
            return r;
        m->received++;
        m->bytes += m->packet->size;
        if (m->packet->size > m->largest)
            m->largest = m->packet->size;
        if (m->packet->duration <= 0)
            m->packet->duration = m->step;
        m->ff.av_packet_rescale_ts(m->packet, m->encoder->time_base,
                                   m->stream->time_base);
        m->packet->stream_index = m->stream->index;
        r = late_error(m,
                       m->ff.av_interleaved_write_frame(m->format, m->packet));
    }
    return r;
}

/* Add a frame at a time in the encoder's unit. */
static mien_status add(mien_movie *m, const mien_image *frame, int64_t at,
                       mien_error *err)
{
    assert(m && frame && frame->data && frame->w > 0 && frame->h > 0);
    if (m->broken)
        return write_failed(m, AVERROR(EIO), err);
    if (m->full || (m->part && !mi_movie_has_room(m)))
        return no_room(m, err);
    if (m->ff.av_frame_make_writable(m->frame) < 0)
        return mi_no_memory(err);
    mien_status st = mi_from_rgb_run(&m->from_rgb, frame, m->w, m->h,
                                     m->palette, m->frame, err);
    if (st != MIEN_OK)
        return st;
    if (m->n && at < m->last + m->least)
        at = m->last + m->least;
    m->last = m->frame->pts = at;
    int r = encode(m, m->frame);
    if (r < 0)
        return write_failed(m, r, err);
    m->n++;
    r = mi_sound_write(m, (double)at * av_q2d(m->encoder->time_base));
    return r < 0 ? write_failed(m, r, err) : MIEN_OK;
}

mien_status mien_movie_add(mien_movie *m, const mien_image *frame,
                           mien_error *err)
{
    return add(m, frame, m->n ? m->last + m->step : 0, err);
}

mien_status mien_movie_add_at(mien_movie *m, const mien_image *frame,
                              double seconds, mien_error *err)
{
    if (!(seconds >= 0 && seconds < 1e9))
        return mi_fail(err, MIEN_EARG,
                       "%.110s: a frame at %g seconds, wanted 0 or later",
                       m->path, seconds);
    return add(m, frame, llround(seconds / av_q2d(m->encoder->time_base)), err);
}

/* ---- ending ----------------------------------------------------------- */

static void movie_free(mien_movie *m)
{
    m->ff.avcodec_free_context(&m->encoder);
    mi_sound_close(&m->sound);
    if (m->format && m->part)
        (void)m->ff.avio_closep(&m->format->pb);
    m->ff.avformat_free_context(m->format);
    m->ff.av_packet_free(&m->packet);
    m->ff.av_frame_free(&m->frame);
    mi_from_rgb_done(&m->from_rgb);
    mi_palette_free(m->palette);
    mi_free(m->path);
    mi_free(m->part);
    mi_free(m);
}

/* Force the file to the disk and give it its name. */
static mien_status put_in_place(const mien_movie *m, mien_error *err)
{
    int fd = open(m->part, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -1 : fsync(fd);
    int e = errno;
    if (fd >= 0)
        close(fd);
    if (r == 0 && rename(m->part, m->path) == 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EIO, "%.120s: cannot write: %s", m->path,
                   strerror(r == 0 ? errno : e));
}

/* Write the sound that is left: all of it behind the last frame of its video,
 * or as long as a frame is shown. */
static int finish_sound(mien_movie *m)
{
    double end = (double)(m->last + m->step) * av_q2d(m->encoder->time_base);
    return m->sound.source && !m->broken
               ? mi_sound_write(m, m->sound.from->ended ? HUGE_VAL : end)
               : 0;
}

/* Flush the encoder, end the file and put it in its place. */
static mien_status finish_file(mien_movie *m, mien_error *err)
{
    int keeps = m->n && kind_of(m->path)->streams;
    if (m->broken && !keeps)
        return mi_fail(err, MIEN_EIO,
                       "%.110s: not written, since writing failed before",
                       m->path);
    if (m->n == 0)
        return mi_fail(err, MIEN_EARG,
                       "%.110s: not written, since it has no frames", m->path);
    int r = finish_sound(m);
    r = r < 0 ? r : encode(m, NULL);
    if (r >= 0 || keeps)
        r = late_error(m, m->ff.av_write_trailer(m->format));
    m->begun = 0;
    int closed = m->ff.avio_closep(&m->format->pb);
    r = r < 0 ? r : closed;
    return r < 0 && !keeps ? write_failed(m, r, err) : put_in_place(m, err);
}

mien_status mien_movie_finish(mien_movie *m, mien_error *err)
{
    if (!m)
        return MIEN_OK;
    mien_status st = m->part ? finish_file(m, err) : MIEN_OK;
    if (st != MIEN_OK || !m->part) {
        mien_movie_abandon(m);
        return st;
    }
    movie_free(m);
    return MIEN_OK;
}

void mien_movie_abandon(mien_movie *m)
{
    if (!m)
        return;
    if (m->begun) /* containers free their memory in the trailer only */
        (void)m->ff.av_write_trailer(m->format);
    if (m->part)
        (void)unlink(m->part);
    movie_free(m);
}
