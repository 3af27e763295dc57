/* sound.c: the sound of a video, copied beside its frames.
 *
 *   the file, opened again -> packets of its best sound, as they are
 *     -> moved so that the first frame is at 0 -> the movie's container
 *
 * Nothing is decoded.  Packets go in up to the time of the frame that was added
 * last; at the end, those that are left if all frames were, or else those of
 * the last frame.  Packets that end before the first frame are left out, but
 * for the START of them that decoders need to begin. */
#include "video/video.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

static const double START = 0.1; /* seconds */

/* Say why the sound is left out. */
static void leave_out(mi_sound *s, const char *why)
{
    mien_video_close(s->source);
    s->source = NULL;
    snprintf(s->why, sizeof s->why, "%s", why);
}

/* Can the file be opened again: is it one, and no pipe? */
static int is_file(const mien_video *v)
{
    struct stat about;
    return !v->is_device && !v->memory.bytes && stat(v->name, &about) == 0 &&
           S_ISREG(about.st_mode);
}

mien_status mi_sound_open(mien_movie *m, const mien_video *from,
                          mien_error *err)
{
    mi_sound *s = &m->sound;
    const AVOutputFormat *to = m->format->oformat;
    s->from = from;
    if (!*from->info.sound)
        return MIEN_OK;
    if (!is_file(from)) {
        leave_out(s, "only files are opened again for their sound");
        return MIEN_OK;
    }
    mien_error why = {0};
    mien_status st = mi_video_open_sound(from, &s->source, &why);
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    if (st != MIEN_OK) {
        leave_out(s, why.text);
        return MIEN_OK;
    }
    const AVCodecParameters *p = s->source->stream->codecpar;
    if (m->ff.avformat_query_codec(to, p->codec_id, FF_COMPLIANCE_NORMAL) !=
        1) {
        char words[96];
        snprintf(words, sizeof words, "%s files hold no %s", to->name,
                 m->ff.avcodec_get_name(p->codec_id));
        leave_out(s, words);
        return MIEN_OK;
    }
    s->stream = m->ff.avformat_new_stream(m->format, NULL);
    if (!s->stream || m->ff.avcodec_parameters_copy(s->stream->codecpar, p) < 0)
        return mi_no_memory(err);
    s->stream->codecpar->codec_tag = 0; /* the containers' own differ */
    s->stream->time_base = s->source->stream->time_base;
    return MIEN_OK;
}

void mi_sound_close(mi_sound *s)
{
    mien_video_close(s->source);
    s->source = NULL;
}

/* Move a packet so that the first frame is at 0, later than the one before. */
static void set_times(mi_sound *s, AVPacket *p)
{
    const mien_video *from = s->from;
    double unit = av_q2d(s->source->stream->time_base);
    int64_t first = 0;
    if (from->first != AV_NOPTS_VALUE)
        first = llround((double)from->first * av_q2d(from->stream->time_base) /
                        unit);
    if (p->dts == AV_NOPTS_VALUE)
        p->dts = p->pts != AV_NOPTS_VALUE ? p->pts : s->next + first;
    if (p->pts == AV_NOPTS_VALUE)
        p->pts = p->dts;
    p->dts -= first;
    p->pts -= first;
    if (s->n && p->dts < s->next)
        p->dts = s->next;
    p->pts = p->pts > p->dts ? p->pts : p->dts;
}

/* The next packet with its times, kept until it is written; 0 at the end. */
static int read_one(mi_sound *s)
{
    mien_video *v = s->source;
    double unit = av_q2d(v->stream->time_base);
    while (!s->waiting) {
        if (v->ff.av_read_frame(v->format, v->packet) < 0)
            return 0;
        AVPacket *p = v->packet;
        if (p->stream_index == v->stream->index) {
            set_times(s, p);
            s->waiting = (double)(p->pts + p->duration) * unit > -START;
        }
        if (!s->waiting)
            v->ff.av_packet_unref(p);
    }
    return 1;
}

int mi_sound_write(mien_movie *m, double until)
{
    mi_sound *s = &m->sound;
    int r = 0;
    while (s->source && r >= 0 && !m->full && read_one(s)) {
        AVPacket *p = s->source->packet;
        AVRational unit = s->source->stream->time_base;
        if ((double)p->pts * av_q2d(unit) >= until)
            break;
        if (m->part && !mi_movie_has_room(m)) {
            m->full = 1;
            break;
        }
        s->next = p->dts + (p->duration > 0 ? p->duration : 1);
        s->bytes += p->size;
        s->n++;
        s->waiting = 0;
        m->ff.av_packet_rescale_ts(p, unit, s->stream->time_base);
        p->stream_index = s->stream->index;
        p->pos = -1;
        r = m->ff.av_interleaved_write_frame(m->format, p);
    }
    return r;
}
