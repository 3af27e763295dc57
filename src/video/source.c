/* source.c: frames out of files, memory and devices.
 *
 * A file is opened as a file and nothing else: the only protocol is "file",
 * and the only containers are those of `containers`, of which none leads to
 * other files or to the network (playlists, concatenations and sessions do).
 * Sizes are checked before a frame is decoded; the first frame is decoded at
 * once, so that a video which opens has one;
 * frames.c reads on from there. */
#include "video/video.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char containers[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,mpegts,mpeg,mpegvideo,"
    "m4v,h264,hevc,mjpeg,flv,asf,ogg,ivf,nut,yuv4mpegpipe,obu,av1,"
    "wav,mp3,flac,aac";

enum { IO_BUFFER = 1 << 15 };

/* A source with its limits and FFmpeg's objects, nothing opened yet. */
static mien_status video_new(const char *name, int is_device,
                             const mien_video_options *o, mien_video **out,
                             mien_error *err)
{
    static const mien_video_options defaults = MIEN_VIDEO_DEFAULTS;
    o = o ? o : &defaults;
    assert(o->max_side >= 0 && o->max_pixels >= 0 && o->threads >= 0);
    size_t n = strlen(name) + 1;
    mien_video *v = mi_alloc(1, sizeof *v);
    char *copy = mi_alloc(n, 1);
    if (!v || !copy) {
        mi_free(v);
        mi_free(copy);
        return mi_no_memory(err);
    }
    memcpy(copy, name, n);
    v->name = copy;
    v->max_side = o->max_side && o->max_side < MIEN_IMAGE_MAX_SIDE
                      ? o->max_side
                      : MIEN_IMAGE_MAX_SIDE;
    v->max_pixels = o->max_pixels && o->max_pixels < MIEN_IMAGE_MAX_PIXELS
                        ? o->max_pixels
                        : MIEN_IMAGE_MAX_PIXELS;
    v->first = AV_NOPTS_VALUE;
    v->is_device = is_device;
    v->to_rgb.ff = &v->ff;
    mien_status st = mi_ffmpeg_load(&v->ff, is_device, err);
    if (st != MIEN_OK) {
        mi_free(v->name);
        mi_free(v);
        return st;
    }
    v->format = v->ff.avformat_alloc_context();
    v->packet = v->ff.av_packet_alloc();
    v->frame = v->ff.av_frame_alloc();
    if (!v->format || !v->packet || !v->frame) {
        mien_video_close(v);
        return mi_no_memory(err);
    }
    *out = v;
    return MIEN_OK;
}

mien_status mi_video_check_size(const mien_video *v, int w, int h,
                                mien_error *err)
{
    if (w <= v->max_side && h <= v->max_side && (int64_t)w * h <= v->max_pixels)
        return MIEN_OK;
    return mi_fail(err, MIEN_ELIMIT,
                   "%.90s: frames of %d x %d pixels, wanted at most %lld and "
                   "no side over %d",
                   v->name, w, h, (long long)v->max_pixels, v->max_side);
}

/* Let FFmpeg read ahead until it knows the streams.  Where it has to decode for
 * that, frames may be somewhat over the limit: then their size is learnt, and
 * mi_video_check_size can name it. */
static mien_status find_streams(mien_video *v, mien_error *err)
{
    unsigned n = v->format->nb_streams;
    AVDictionary **options = mi_alloc(n ? n : 1, sizeof(AVDictionary *));
    if (!options)
        return mi_no_memory(err);
    int r = 0;
    for (unsigned i = 0; i < n && r >= 0; i++)
        r = v->ff.av_dict_set_int(&options[i], "max_pixels", v->max_pixels * 4,
                                  0);
    if (r >= 0)
        r = v->ff.avformat_find_stream_info(v->format, options);
    for (unsigned i = 0; i < n; i++)
        v->ff.av_dict_free(&options[i]);
    mi_free(options);
    return r < 0 ? mi_ffmpeg_fail(&v->ff, err, v->name,
                                  "streams cannot be read", r)
                 : MIEN_OK;
}

/* Take the best stream of video, and leave the others out. */
static mien_status choose_stream(mien_video *v, mien_error *err)
{
    int r = v->ff.av_find_best_stream(v->format, AVMEDIA_TYPE_VIDEO, -1, -1,
                                      NULL, 0);
    if (r < 0 ||
        v->format->streams[r]->disposition & AV_DISPOSITION_ATTACHED_PIC)
        return mi_fail(err, MIEN_EFORMAT,
                       "%.120s: no video in it (a %s file of %u streams)",
                       v->name, v->format->iformat->name,
                       v->format->nb_streams);
    v->stream = v->format->streams[r];
    for (unsigned i = 0; i < v->format->nb_streams; i++)
        if (i != (unsigned)r)
            v->format->streams[i]->discard = AVDISCARD_ALL;
    const AVCodecParameters *p = v->stream->codecpar;
    return mi_video_check_size(v, p->width, p->height, err);
}

/* The decoder of the stream, bounded by the limits. */
static mien_status open_decoder(mien_video *v, int threads, mien_error *err)
{
    const AVCodecParameters *p = v->stream->codecpar;
    if (p->codec_id == AV_CODEC_ID_NONE)
        return mi_fail(err, MIEN_EFORMAT,
                       "%.120s: its video is of no known kind, or cut off",
                       v->name);
    const AVCodec *codec = v->ff.avcodec_find_decoder(p->codec_id);
    if (!codec)
        return mi_fail(err, MIEN_EUNSUP,
                       "%.120s: no decoder for its video, codec %s", v->name,
                       v->ff.avcodec_get_name(p->codec_id));
    v->decoder = v->ff.avcodec_alloc_context3(codec);
    if (!v->decoder)
        return mi_no_memory(err);
    int r = v->ff.avcodec_parameters_to_context(v->decoder, p);
    v->decoder->max_pixels = v->max_pixels;
    v->decoder->thread_count = threads;
    v->decoder->pkt_timebase = v->stream->time_base;
    if (r >= 0)
        r = v->ff.avcodec_open2(v->decoder, codec, NULL);
    return r < 0 ? mi_ffmpeg_fail(&v->ff, err, v->name,
                                  "its decoder does not start", r)
                 : MIEN_OK;
}

/* The matrix that says how the video is turned, or NULL. */
static const int32_t *display_matrix(const mien_video *v)
{
    const AVStream *s = v->stream;
    enum { BYTES = 9 * sizeof(int32_t) };
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
    const AVPacketSideData *d = v->ff.av_packet_side_data_get(
        s->codecpar->coded_side_data, s->codecpar->nb_coded_side_data,
        AV_PKT_DATA_DISPLAYMATRIX);
    return d && d->size >= BYTES ? (const void *)d->data : NULL;
#else
    size_t n = 0;
    const void *d =
        v->ff.av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, &n);
    return n >= BYTES ? d : NULL;
#endif
}

static double usable_rate(AVRational r)
{
    double fps = r.num > 0 && r.den > 0 ? av_q2d(r) : 0;
    return fps >= 0.01 && fps <= 1000 ? fps : 0;
}

/* The codec of the sound, if there is any. */
static const char *sound_of(const mien_video *v)
{
    for (unsigned i = 0; i < v->format->nb_streams; i++) {
        const AVCodecParameters *p = v->format->streams[i]->codecpar;
        if (p->codec_type == AVMEDIA_TYPE_AUDIO)
            return v->ff.avcodec_get_name(p->codec_id);
    }
    return "";
}

/* Size, rate, length and names, guessed where the file does not say. */
static void fill_info(mien_video *v)
{
    const AVStream *s = v->stream;
    mien_video_info *info = &v->info;
    info->w = v->to_rgb.turn.transpose ? v->frame->height : v->frame->width;
    info->h = v->to_rgb.turn.transpose ? v->frame->width : v->frame->height;
    info->fps =
        usable_rate(v->ff.av_guess_frame_rate(v->format, v->stream, NULL));
    if (info->fps == 0)
        info->fps = usable_rate(s->avg_frame_rate);
    if (info->fps == 0)
        info->fps = 25;
    info->frames = s->nb_frames > 0 ? s->nb_frames : 0;
    if (s->duration > 0)
        info->seconds = (double)s->duration * av_q2d(s->time_base);
    else if (v->format->duration > 0)
        info->seconds = (double)v->format->duration / AV_TIME_BASE;
    if (v->is_device)
        info->seconds = 0;
    snprintf(info->codec, sizeof info->codec, "%s",
             v->ff.avcodec_get_name(s->codecpar->codec_id));
    snprintf(info->format, sizeof info->format, "%s", v->format->iformat->name);
    snprintf(info->sound, sizeof info->sound, "%s", sound_of(v));
}

/* All that follows once the container is open. */
static mien_status begin(mien_video *v, int threads, mien_error *err)
{
    mien_status st = v->is_device ? MIEN_OK : find_streams(v, err);
    if (st == MIEN_OK)
        st = choose_stream(v, err);
    if (st == MIEN_OK)
        st = open_decoder(v, threads, err);
    if (st != MIEN_OK)
        return st;
    const int32_t *matrix = display_matrix(v);
    if (matrix)
        v->to_rgb.turn = mi_turn_of(matrix);
    int more = 0;
    st = mi_video_decode(v, &more, err);
    if (st == MIEN_OK && !more)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.90s: not one frame of its %s video can be decoded; it "
                     "is cut off or damaged",
                     v->name,
                     v->ff.avcodec_get_name(v->stream->codecpar->codec_id));
    if (st != MIEN_OK)
        return st;
    v->waiting = 1;
    fill_info(v);
    return MIEN_OK;
}

/* Open a file as one of the containers, with no other protocol. */
static mien_status open_format(mien_video *v, const char *url, mien_error *err)
{
    AVDictionary *options = NULL;
    int r = v->ff.av_dict_set(&options, "format_whitelist", containers, 0);
    if (r >= 0)
        r = v->ff.av_dict_set(&options, "protocol_whitelist", "file", 0);
    if (r >= 0) /* frees v->format when it fails */
        r = v->ff.avformat_open_input(&v->format, url, NULL, &options);
    v->ff.av_dict_free(&options);
    /* The file itself can be read, as check_file found: EIO is a demuxer's. */
    if (r == AVERROR_INVALIDDATA || r == AVERROR(EINVAL) || r == AVERROR_EOF ||
        r == AVERROR(EIO))
        return mi_fail(err, MIEN_EFORMAT,
                       "%.90s: not a video that mien reads (MP4, MKV, WebM, "
                       "AVI, GIF, ...), or cut off in its head",
                       v->name);
    return r < 0 ? mi_ffmpeg_fail(&v->ff, err, v->name, "cannot open", r)
                 : MIEN_OK;
}

/* Open the file at a path. */
static mien_status open_path(mien_video *v, const char *path, mien_error *err)
{
    size_t n = strlen(path) + sizeof "file:";
    char *url = mi_alloc(n, 1);
    if (!url)
        return mi_no_memory(err);
    snprintf(url, n, "file:%s", path);
    mien_status st = open_format(v, url, err);
    mi_free(url);
    return st;
}

/* What can be told of a path before FFmpeg sees it. */
static mien_status check_file(const char *path, mien_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return mi_fail(err, MIEN_EIO, "%.120s: cannot open: %s", path,
                       strerror(errno));
    if (S_ISDIR(about.st_mode))
        return mi_fail(err, MIEN_EIO, "%.120s: a folder, wanted a video file",
                       path);
    if (S_ISREG(about.st_mode) && about.st_size == 0)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: empty, wanted a video file",
                       path);
    return MIEN_OK;
}

static mien_status finish_open(mien_video *v, mien_status st,
                               const mien_video_options *options,
                               mien_video **out, mien_error *err)
{
    if (st == MIEN_OK)
        st = begin(v, options ? options->threads : 0, err);
    if (st != MIEN_OK) {
        mien_video_close(v);
        return st;
    }
    *out = v;
    return MIEN_OK;
}

mien_status mien_video_open(const char *path, const mien_video_options *options,
                            mien_video **out, mien_error *err)
{
    assert(path && out);
    if (strcmp(path, "-") == 0)
        path = "/dev/stdin";
    mien_status st = check_file(path, err);
    if (st != MIEN_OK)
        return st;
    mien_video *v = NULL;
    st = video_new(path, 0, options, &v, err);
    if (st != MIEN_OK)
        return st;
    return finish_open(v, open_path(v, path, err), options, out, err);
}

/* Take the best stream of sound, and leave the others out. */
static mien_status choose_sound(mien_video *v, const mien_video *frames,
                                mien_error *err)
{
    int r = v->ff.av_find_best_stream(v->format, AVMEDIA_TYPE_AUDIO, -1,
                                      frames->stream->index, NULL, 0);
    if (r == AVERROR_DECODER_NOT_FOUND)
        return mi_fail(err, MIEN_EUNSUP, "this FFmpeg does not know its kind");
    if (r < 0)
        return mi_fail(err, MIEN_EFORMAT, "it cannot be read");
    v->stream = v->format->streams[r];
    for (unsigned i = 0; i < v->format->nb_streams; i++)
        if (i != (unsigned)r)
            v->format->streams[i]->discard = AVDISCARD_ALL;
    return MIEN_OK;
}

mien_status mi_video_open_sound(const mien_video *v, mien_video **out,
                                mien_error *err)
{
    mien_video *s = NULL;
    mien_status st = video_new(v->name, 0, NULL, &s, err);
    if (st != MIEN_OK)
        return st;
    st = open_path(s, v->name, err);
    if (st == MIEN_OK)
        st = find_streams(s, err);
    if (st == MIEN_OK)
        st = choose_sound(s, v, err);
    if (st != MIEN_OK) {
        mien_video_close(s);
        return st;
    }
    *out = s;
    return MIEN_OK;
}

static int read_memory(void *opaque, uint8_t *to, int n)
{
    mi_memory *m = opaque;
    int64_t left = m->n - m->at;
    if (left <= 0)
        return AVERROR_EOF;
    n = n < left ? n : (int)left;
    memcpy(to, m->bytes + m->at, (size_t)n);
    m->at += n;
    return n;
}

static int64_t seek_memory(void *opaque, int64_t to, int whence)
{
    mi_memory *m = opaque;
    if (whence == AVSEEK_SIZE)
        return m->n;
    whence &= ~AVSEEK_FORCE;
    int64_t from = whence == SEEK_CUR ? m->at : whence == SEEK_END ? m->n : 0;
    if (to < -from || to > m->n - from)
        return AVERROR(EINVAL);
    m->at = from + to;
    return m->at;
}

mien_status mi_video_open_memory(const uint8_t *bytes, size_t n,
                                 const mien_video_options *options,
                                 mien_video **out, mien_error *err)
{
    mien_video *v = NULL;
    mien_status st = video_new("video", 0, options, &v, err);
    if (st != MIEN_OK)
        return st;
    v->memory = (mi_memory){bytes, (int64_t)n, 0};
    uint8_t *buffer = v->ff.av_malloc(IO_BUFFER);
    if (buffer)
        v->io = v->ff.avio_alloc_context(buffer, IO_BUFFER, 0, &v->memory,
                                         read_memory, NULL, seek_memory);
    if (!v->io) {
        v->ff.av_free(buffer);
        return finish_open(v, mi_no_memory(err), options, out, err);
    }
    v->format->pb = v->io;
    return finish_open(v, open_format(v, NULL, err), options, out, err);
}

static int device_options(const mien_video *v, const mien_video_options *o,
                          AVDictionary **to)
{
    int r = 0;
    char size[32];
    if (o && o->camera_w > 0 && o->camera_h > 0) {
        snprintf(size, sizeof size, "%dx%d", o->camera_w, o->camera_h);
        r = v->ff.av_dict_set(to, "video_size", size, 0);
    }
    if (r >= 0 && o && o->camera_fps > 0)
        r = v->ff.av_dict_set_int(to, "framerate", o->camera_fps, 0);
    return r;
}

mien_status mi_video_open_device(const char *driver, const char *device,
                                 const mien_video_options *options,
                                 mien_video **out, mien_error *err)
{
    mien_video *v = NULL;
    mien_status st = video_new(device, 1, options, &v, err);
    if (st != MIEN_OK)
        return st;
    const AVInputFormat *input = v->ff.av_find_input_format(driver);
    if (!input)
        return finish_open(v,
                           mi_fail(err, MIEN_EUNSUP,
                                   "%.120s: this FFmpeg has no cameras (%s)",
                                   device, driver),
                           options, out, err);
    AVDictionary *wishes = NULL;
    int r = device_options(v, options, &wishes);
    if (r >= 0)
        r = v->ff.avformat_open_input(&v->format, device, input, &wishes);
    v->ff.av_dict_free(&wishes);
    if (r < 0) {
        (void)mi_ffmpeg_fail(&v->ff, err, device, "the camera cannot be opened",
                             r);
        st = r == AVERROR(ENOMEM) ? MIEN_ENOMEM : MIEN_EIO;
        if (err)
            err->status = st;
    }
    return finish_open(v, st, options, out, err);
}
