/* Sound that is copied beside drawn frames: the same packets at the same
 * times, or a reason. */
/* Not as WebAssembly: needs ffmpeg. */
#include "base/alloc.h"
#include "tests/movies.h"

#include <math.h>

enum { RATE = 16000, MOST = 400 };

/* ---- a movie with sound -------------------------------------------------- */

/* Two streams of a file that is written. */
typedef struct muxer {
    mi_ffmpeg ff;
    AVFormatContext *in, *out;
    AVCodecContext *encoder;
    AVPacket *packet;
    AVStream *stream[2]; /* frames, sound */
    int start;           /* seconds before the first frame */
} muxer;

static void open_muxer(muxer *m, const char *from, const char *to)
{
    CHECK(mi_ffmpeg_load(&m->ff, 0, NULL) == MIEN_OK);
    const AVCodec *aac = m->ff.avcodec_find_encoder_by_name("aac");
    AVCodecContext *c = m->encoder = m->ff.avcodec_alloc_context3(aac);
    c->sample_rate = RATE;
    c->sample_fmt = AV_SAMPLE_FMT_FLTP;
    c->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    c->time_base = (AVRational){1, RATE};
    c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    CHECK(m->ff.avcodec_open2(c, aac, NULL) == 0);
    CHECK(m->ff.avformat_open_input(&m->in, from, NULL, NULL) == 0);
    CHECK(m->ff.avformat_find_stream_info(m->in, NULL) >= 0);
    CHECK(m->ff.avformat_alloc_output_context2(&m->out, NULL, NULL, to) >= 0);
    for (int i = 0; i < 2; i++)
        m->stream[i] = m->ff.avformat_new_stream(m->out, NULL);
    CHECK(m->ff.avcodec_parameters_copy(m->stream[0]->codecpar,
                                        m->in->streams[0]->codecpar) >= 0);
    m->stream[0]->codecpar->codec_tag = 0;
    CHECK(m->ff.avcodec_parameters_from_context(m->stream[1]->codecpar, c) >=
          0);
    m->stream[0]->time_base = m->in->streams[0]->time_base;
    m->stream[1]->time_base = c->time_base;
    CHECK(m->ff.avio_open(&m->out->pb, to, AVIO_FLAG_WRITE) >= 0);
    CHECK(m->ff.avformat_write_header(m->out, NULL) >= 0);
    m->packet = m->ff.av_packet_alloc();
}

/* One packet into a stream, from units of its own. */
static void put_packet(muxer *m, int stream, AVRational unit)
{
    int64_t start = m->start * unit.den / unit.num;
    m->packet->stream_index = stream;
    m->packet->pts += start;
    m->packet->dts += start;
    m->ff.av_packet_rescale_ts(m->packet, unit, m->stream[stream]->time_base);
    CHECK(m->ff.av_interleaved_write_frame(m->out, m->packet) >= 0);
}

/* A tone of so many frames of the encoder; `late` frames of it are left out. */
static void put_tone(muxer *m, int n, int late)
{
    AVFrame *f = m->ff.av_frame_alloc();
    f->nb_samples = m->encoder->frame_size;
    f->format = AV_SAMPLE_FMT_FLTP;
    f->sample_rate = RATE;
    f->ch_layout = m->encoder->ch_layout;
    CHECK(m->ff.av_frame_get_buffer(f, 0) == 0);
    for (int i = late; i <= n; i++) {
        f->pts = (int64_t)i * f->nb_samples;
        CHECK(m->ff.av_frame_make_writable(f) == 0);
        for (int k = 0; k < f->nb_samples; k++)
            ((float *)f->data[0])[k] = 0.3f * sinf(0.05f * (float)(i * k));
        CHECK(m->ff.avcodec_send_frame(m->encoder, i < n ? f : NULL) == 0);
        while (m->ff.avcodec_receive_packet(m->encoder, m->packet) == 0)
            put_packet(m, 1, m->encoder->time_base);
    }
    m->ff.av_frame_free(&f);
}

/* The moving square, from `start` on, with a tone of n packets or so. */
static void write_with_sound(const char *to, int n, int late, int start)
{
    muxer m = {.start = start};
    path silent = in_folder("silent.mkv");
    CHECK(write_movie(silent.s, W, H, FRAMES, NULL) == MIEN_OK);
    open_muxer(&m, silent.s, to);
    while (m.ff.av_read_frame(m.in, m.packet) >= 0)
        put_packet(&m, 0, m.in->streams[0]->time_base);
    put_tone(&m, n, late);
    CHECK(m.ff.av_write_trailer(m.out) >= 0);
    (void)m.ff.avio_closep(&m.out->pb);
    m.ff.avformat_free_context(m.out);
    m.ff.avformat_close_input(&m.in);
    m.ff.avcodec_free_context(&m.encoder);
    m.ff.av_packet_free(&m.packet);
    (void)unlink(silent.s);
}

/* ---- copying --------------------------------------------------------------
 */

/* What is compared of a packet. */
typedef struct heard {
    double seconds; /* from the first frame */
    int size;
    unsigned sum;
} heard;

/* The sound of a file; how many packets. */
static int listen(const char *file, heard out[MOST])
{
    mien_video *v = NULL, *s = NULL;
    int n = 0, more;
    double seconds;
    mien_image frame;
    CHECK(mien_video_open(file, NULL, &v, NULL) == MIEN_OK);
    CHECK(mien_video_next(v, &frame, &seconds, &more, NULL) == MIEN_OK);
    CHECK(mi_video_open_sound(v, &s, NULL) == MIEN_OK);
    double first = (double)v->first * av_q2d(v->stream->time_base);
    for (AVPacket *p = s ? s->packet : NULL;
         p && s->ff.av_read_frame(s->format, p) >= 0;
         s->ff.av_packet_unref(p)) {
        if (p->stream_index != s->stream->index || n == MOST)
            continue;
        out[n] = (heard){(double)p->pts * av_q2d(s->stream->time_base) - first,
                         p->size, 0};
        for (int i = 0; i < p->size; i++)
            out[n].sum = 31 * out[n].sum + p->data[i];
        n++;
    }
    mien_video_close(s);
    mien_video_close(v);
    return n;
}

/* Copy the first frames of a movie (0: all) with its sound; `why` becomes the
 * reason that it is left out, or "". */
static mien_status copy(const char *from, const char *to, int frames, char *why,
                        mien_error *err)
{
    mien_video *v = NULL;
    mien_movie *m = NULL;
    mien_status st = mien_video_open(from, NULL, &v, err);
    const mien_movie_options o = {.timed = 1, .sound = v, .threads = 1};
    if (st == MIEN_OK)
        st = mien_movie_new(to, W, H, fps, &o, &m, err);
    if (st == MIEN_OK)
        snprintf(why, 200, "%s", mien_movie_sound_left_out(m));
    for (int i = 0, more = 1; st == MIEN_OK && (!frames || i < frames); i++) {
        mien_image frame;
        double seconds;
        st = mien_video_next(v, &frame, &seconds, &more, err);
        if (!more)
            break;
        if (st == MIEN_OK)
            st = mien_movie_add_at(m, &frame, seconds, err);
    }
    if (st == MIEN_OK)
        st = mien_movie_finish(m, err);
    else
        mien_movie_abandon(m);
    mien_video_close(v);
    return st;
}

/* Are the first n packets of the copy those of the source? */
static void check_equal(const heard *a, const heard *b, int n, const char *name)
{
    double worst = 0;
    for (int i = 0; i < n; i++) {
        CHECK_MSG(a[i].size == b[i].size && a[i].sum == b[i].sum,
                  "%s: packet %d differs", name, i);
        worst = fmax(worst, fabs(a[i].seconds - b[i].seconds));
    }
    CHECK_MSG(worst < 0.0015, "%s: %g seconds off", name, worst);
}

static void test_all_of_it(void)
{
    static const char *const sources[] = {"a.mkv", "a.mp4"};
    static const char *const names[] = {"b.mp4", "b.mkv", "b.mov"};
    static heard a[MOST], b[MOST];
    for (int s = 0; s < 2; s++) {
        path from = in_folder(sources[s]);
        write_with_sound(from.s, 35, 0, 0); /* 2.24 s beside 1.92 of frames */
        int n = listen(from.s, a);
        CHECK(n >= 35);
        for (int i = 0; i < 3; i++) {
            char why[200];
            path to = in_folder(names[i]);
            CHECK(copy(from.s, to.s, 0, why, NULL) == MIEN_OK);
            CHECK(!*why);
            CHECK_EQ(listen(to.s, b), n);
            check_equal(a, b, n, names[i]);
            (void)unlink(to.s);
        }
        (void)unlink(from.s);
    }
}

/* As many frames as asked for, and the sound while they are shown. */
static void test_some_of_it(void)
{
    static heard a[MOST], b[MOST];
    char why[200];
    path from = in_folder("a.mkv"), to = in_folder("b.mp4");
    write_with_sound(from.s, 35, 0, 0);
    listen(from.s, a);
    CHECK(copy(from.s, to.s, 10, why, NULL) == MIEN_OK && !*why);
    int n = listen(to.s, b);
    CHECK_MSG(n >= 12 && n <= 15, "%d packets in 0.8 s", n);
    CHECK(a[n - 1].seconds < 10 / fps && a[n].seconds >= 10 / fps);
    check_equal(a, b, n, "some of it");
    (void)unlink(to.s);
    (void)unlink(from.s);
    write_with_sound(from.s, 35, 20, 3); /* begins when frames are over half */
    n = listen(from.s, a);
    CHECK(copy(from.s, to.s, 0, why, NULL) == MIEN_OK && !*why);
    CHECK_EQ(listen(to.s, b), n);
    check_equal(a, b, n, "late sound");
    (void)unlink(to.s);
    (void)unlink(from.s);
}

/* An AVI counts packets, so that their times are its own. */
static void test_avi(void)
{
    static heard a[MOST], b[MOST];
    char why[200];
    path from = in_folder("a.mkv"), to = in_folder("b.avi");
    write_with_sound(from.s, 35, 0, 0);
    int n = listen(from.s, a);
    CHECK(copy(from.s, to.s, 0, why, NULL) == MIEN_OK && !*why);
    CHECK_EQ(listen(to.s, b), n);
    for (int i = 0; i < n; i++)
        CHECK(a[i].size == b[i].size && a[i].sum == b[i].sum);
    (void)unlink(to.s);
    (void)unlink(from.s);
}

static void test_left_out(void)
{
    static const struct {
        const char *from, *to, *why;
    } row[] = {{"a.mkv", "b.gif", "gif files hold no aac"},
               {"a.mkv", "b.webm", "webm files hold no aac"},
               {"silent.mkv", "b.mp4", ""}};
    path from = in_folder("a.mkv"), silent = in_folder("silent.mkv");
    write_with_sound(from.s, 35, 0, 0);
    CHECK(write_movie(silent.s, W, H, FRAMES, NULL) == MIEN_OK);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char why[200] = "not set";
        path a = in_folder(row[i].from), b = in_folder(row[i].to);
        CHECK(copy(a.s, b.s, 3, why, NULL) == MIEN_OK);
        CHECK_MSG(strcmp(why, row[i].why) == 0, "%s: '%s'", row[i].to, why);
        (void)unlink(b.s);
    }
    /* Bytes in memory, and a file that is gone. */
    mien_bytes bytes = {0};
    mien_video *v = NULL;
    mien_movie *m = NULL;
    path to = in_folder("b.mp4");
    CHECK(mien_file_load(from.s, 0, &bytes, NULL) == MIEN_OK);
    for (int gone = 0; gone < 2; gone++) {
        CHECK((gone ? mien_video_open(from.s, NULL, &v, NULL)
                    : mi_video_open_memory(bytes.data, bytes.n, NULL, &v,
                                           NULL)) == MIEN_OK);
        if (gone)
            (void)unlink(from.s);
        const mien_movie_options o = {.sound = v};
        CHECK(mien_movie_new(to.s, W, H, fps, &o, &m, NULL) == MIEN_OK);
        CHECK(strstr(mien_movie_sound_left_out(m), "only files"));
        mien_movie_abandon(m);
        mien_video_close(v);
    }
    mien_bytes_free(&bytes);
    (void)unlink(silent.s);
    CHECK_EQ(count_files(), 0);
}

static void test_failing_memory(void)
{
    path from = in_folder("a.mkv"), to = in_folder("b.mkv");
    char why[200];
    write_with_sound(from.s, 10, 0, 0);
    for (long fail = 0;; fail++) {
        mi_alloc_fail_after(fail);
        mien_status st = copy(from.s, to.s, 2, why, NULL);
        mi_alloc_fail_after(-1);
        if (st == MIEN_OK) {
            CHECK(fail > 8 && !*why);
            break;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK_EQ(count_files(), 1);
    }
    (void)unlink(to.s);
    (void)unlink(from.s);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!make_folder())
        CHECK_SKIP("no folder to write in");
    RUN(test_all_of_it);
    RUN(test_some_of_it);
    RUN(test_avi);
    RUN(test_left_out);
    RUN(test_failing_memory);
    (void)rmdir(folder);
    return check_done();
}
