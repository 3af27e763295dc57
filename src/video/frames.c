/* frames.c: the frames of an open video, one after the other.
 *
 *   demuxer -> packets -> decoder, its threads -> AVFrame -> mi_to_rgb
 *
 * What cannot be decoded is counted and passed over; the end of a file is where
 * no packet can be read any more, for whatever reason; a device has no end but
 * going away.  Source: FFmpeg's documentation of the "send/receive encoding and
 * decoding API". */
#include "video/video.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CAMERA_WAIT_MS = 10000 };

/* One packet of the stream into v->packet; FFmpeg's code. */
static int read_packet(mien_video *v)
{
    for (int waited = 0;;) {
        int r = v->ff.av_read_frame(v->format, v->packet);
        if (r == AVERROR(EAGAIN) && waited < CAMERA_WAIT_MS) {
            v->ff.av_usleep(1000);
            waited++;
            continue;
        }
        if (r < 0 || v->packet->stream_index == v->stream->index)
            return r;
        v->ff.av_packet_unref(v->packet);
    }
}

/* How long the stream says it is, in seconds from time 0; 0: it does not. */
static double told_seconds(const mien_video *v)
{
    const AVDictionaryEntry *e =
        v->ff.av_dict_get(v->stream->metadata, "DURATION", NULL, 0);
    if (!e)
        return v->format->nb_streams == 1 ? v->info.seconds : 0;
    double seconds = 0; /* "01:02:03.5" */
    const char *p = e->value;
    for (int part = 0; part < 3; part++) {
        char *end;
        seconds = 60 * seconds + strtod(p, &end);
        p = end + (*end == ':');
    }
    return seconds;
}

/* Matroska's demuxer takes a file that is cut off for one that ends there. */
static int ends_early(const mien_video *v)
{
    if (!v->given || strncmp(v->info.format, "matroska", 8) != 0)
        return 0;
    double first = v->first == AV_NOPTS_VALUE ? 0 : (double)v->first;
    double end = first * av_q2d(v->stream->time_base) + v->seconds;
    double frame = fmax(1 / v->info.fps, v->lasts);
    return end + frame + fmax(0.1, 2 * frame) < told_seconds(v);
}

/* Give the decoder its next packet, or tell it that there are no more. */
static mien_status feed(mien_video *v, mien_error *err)
{
    int r = read_packet(v);
    if (r == AVERROR(ENOMEM))
        return mi_no_memory(err);
    if (r < 0 && v->is_device)
        return mi_fail(err, MIEN_EIO,
                       "%.90s: the camera went away after %lld frames", v->name,
                       (long long)v->given);
    if (r < 0) {
        v->damaged += r != AVERROR_EOF;
        v->drained = 1;
        (void)v->ff.avcodec_send_packet(v->decoder, NULL);
        return MIEN_OK;
    }
    v->damaged += (v->packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    r = v->ff.avcodec_send_packet(v->decoder, v->packet);
    v->ff.av_packet_unref(v->packet);
    if (r == AVERROR(ENOMEM))
        return mi_no_memory(err);
    v->damaged += r < 0;
    return MIEN_OK;
}

mien_status mi_video_decode(mien_video *v, int *more, mien_error *err)
{
    for (;;) {
        int r = v->ff.avcodec_receive_frame(v->decoder, v->frame);
        if (r == 0) {
            if (v->frame->width < 1 || v->frame->height < 1)
                continue;
            v->damaged += (v->frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
                          v->frame->decode_error_flags != 0;
            *more = 1;
            return mi_video_check_size(v, v->frame->width, v->frame->height,
                                       err);
        }
        if (r == AVERROR(ENOMEM))
            return mi_no_memory(err);
        if (r == AVERROR_EOF || (r == AVERROR(EAGAIN) && v->drained)) {
            *more = 0;
            return MIEN_OK;
        }
        if (r != AVERROR(EAGAIN)) {
            v->damaged++;
            continue;
        }
        mien_status st = feed(v, err);
        if (st != MIEN_OK)
            return st;
    }
}

/* When the frame is shown; frames without a time stamp follow the one before.
 */
static double time_of(mien_video *v)
{
    int64_t t = v->frame->best_effort_timestamp;
    v->lasts =
        (double)mi_frame_duration(v->frame) * av_q2d(v->stream->time_base);
    double next = v->given ? v->seconds + 1 / v->info.fps : 0;
    if (t == AV_NOPTS_VALUE)
        return next;
    if (v->first == AV_NOPTS_VALUE)
        v->first = t;
    double seconds =
        ((double)t - (double)v->first) * av_q2d(v->stream->time_base);
    return v->given && seconds < v->seconds ? v->seconds : seconds;
}

mien_status mien_video_next(mien_video *v, mien_image *frame, double *seconds,
                            int *more, mien_error *err)
{
    assert(v && frame && more);
    int got = v->waiting;
    if (!got) {
        mien_status st = mi_video_decode(v, &got, err);
        if (st != MIEN_OK)
            return st;
    }
    v->waiting = 0;
    if (!got) {
        v->damaged += ends_early(v);
        v->ended = 1;
        *more = 0;
        return MIEN_OK;
    }
    mien_status st = mi_to_rgb_run(&v->to_rgb, v->frame, v->name, err);
    if (st != MIEN_OK)
        return st;
    v->seconds = time_of(v);
    v->given++;
    if (seconds)
        *seconds = v->seconds;
    *frame = v->to_rgb.out.im;
    *more = 1;
    return MIEN_OK;
}

mien_video_info mien_video_get_info(const mien_video *v) { return v->info; }

int64_t mien_video_damaged(const mien_video *v) { return v->damaged; }

void mien_video_close(mien_video *v)
{
    if (!v)
        return;
    v->ff.avcodec_free_context(&v->decoder);
    v->ff.avformat_close_input(&v->format);
    if (v->io)
        v->ff.av_freep(&v->io->buffer);
    v->ff.avio_context_free(&v->io);
    v->ff.av_packet_free(&v->packet);
    v->ff.av_frame_free(&v->frame);
    mi_to_rgb_done(&v->to_rgb);
    mi_free(v->name);
    mi_free(v);
}
