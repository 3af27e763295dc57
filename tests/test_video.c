/* Movies of a moving square, written and read back: sizes, counts, times and
 * colours; cut off anywhere, turned, of changing size; no memory. */
/* Not as WebAssembly: needs ffmpeg. */
#include "base/alloc.h"
#include "tests/movies.h"

#include <signal.h>
#include <sys/stat.h>

/* The mean difference from frame i as it was painted. */
static double difference(const mien_image *im, int i)
{
    mien_image want = {0};
    if (mien_image_new(im->w, im->h, &want, NULL) != MIEN_OK)
        return 1e9;
    paint(&want, i);
    double sum = 0;
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w * 3; x++)
            sum += abs(im->data[y * im->stride + x] -
                       want.data[y * want.stride + x]);
    mien_image_free(&want);
    return sum / (3.0 * im->w * im->h);
}

/* Read to the end, without looking. */
static int drain(mien_video *v)
{
    int n = 0, more = 1;
    mien_error err = {0};
    while (more && n < 10 * FRAMES) {
        mien_image im = {0};
        if (mien_video_next(v, &im, NULL, &more, &err) != MIEN_OK)
            return -1;
        n += more;
    }
    return n;
}

static void check_movie(const char *name, int w, int h, double worst)
{
    path p = in_folder(name);
    mien_error err = {0};
    mien_status st = write_movie(p.s, w, h, FRAMES, &err);
    if (st == MIEN_EUNSUP) {
        printf("%s\n", err.text);
        return;
    }
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    CHECK_EQ(count_files(), 1);
    mien_video *v = NULL;
    CHECK_MSG(mien_video_open(p.s, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    if (!v)
        return;
    mien_video_info info = mien_video_get_info(v);
    int even = !strstr(name, ".gif");
    CHECK_EQ(info.w, even ? w & ~1 : w);
    CHECK_EQ(info.h, even ? h & ~1 : h);
    CHECK_NEAR(info.fps, fps, 0.01);
    CHECK_NEAR(info.seconds, FRAMES / fps, 0.1);
    CHECK(info.frames == 0 || info.frames == FRAMES);
    CHECK(info.codec[0] && info.format[0]);
    int n = 0, more = 1;
    double most = 0;
    for (;;) {
        mien_image im = {0};
        double seconds = -1;
        CHECK(mien_video_next(v, &im, &seconds, &more, &err) == MIEN_OK);
        if (!more || !im.data)
            break;
        CHECK_NEAR(seconds, n / fps, 0.002);
        double d = difference(&im, n);
        most = d > most ? d : most;
        n++;
    }
    printf("%s: %s in %s, difference %.2f\n", name, info.codec, info.format,
           most);
    CHECK_EQ(n, FRAMES);
    CHECK_MSG(most < worst, "%s: difference %g", name, most);
    CHECK_EQ(mien_video_damaged(v), 0);
    mien_image untouched = {7, 7, 7, NULL};
    CHECK(mien_video_next(v, &untouched, NULL, &more, &err) == MIEN_OK);
    CHECK(!more && untouched.w == 7);
    mien_video_close(v);
    (void)unlink(p.s);
}

static void test_what_is_written_is_read(void)
{
    static const char *const names[] = {"a.mp4", "a.mkv",  "a.avi", "a.gif",
                                        "a.MOV", "a.webm", "a.m4v"};
    for (int i = 0; i < 7; i++) {
        check_movie(names[i], W, H, 8);
        check_movie(names[i], W + 1, H + 1, 8);
    }
}

/* A movie's frames are brought to its size. */
static void test_frames_of_other_sizes_are_scaled(void)
{
    static const char *const names[] = {"s.mp4", "s.gif"};
    static const int sides[] = {20, 200, 1, 333};
    for (int k = 0; k < 2; k++) {
        path p = in_folder(names[k]);
        mien_movie *m = NULL;
        CHECK(mien_movie_new(p.s, 64, 48, 10, NULL, &m, NULL) == MIEN_OK);
        for (int i = 0; i < 4; i++) {
            mien_image im = {0};
            CHECK(mien_image_new(sides[i], sides[i], &im, NULL) == MIEN_OK);
            memset(im.data, 50 * (i + 1), (size_t)(im.stride * im.h));
            CHECK(mien_movie_add(m, &im, NULL) == MIEN_OK);
            mien_image_free(&im);
        }
        CHECK(mien_movie_finish(m, NULL) == MIEN_OK);
        mien_video *v = NULL;
        CHECK(mien_video_open(p.s, NULL, &v, NULL) == MIEN_OK);
        for (int i = 0; i < 4 && v; i++) {
            mien_image im = {0};
            int more = 0;
            CHECK(mien_video_next(v, &im, NULL, &more, NULL) == MIEN_OK);
            CHECK(more && im.w == 64 && im.h == 48);
            if (more)
                CHECK_NEAR(im.data[20 * im.stride + 60], 50 * (i + 1), 6);
        }
        mien_video_close(v);
        (void)unlink(p.s);
    }
}

/* ---- bytes that are not a whole video --------------------------------- */

static void check_cut(const char *name)
{
    path p = in_folder(name);
    mien_error err = {0};
    mien_bytes bytes = {0};
    if (write_movie(p.s, W, H, FRAMES, &err) == MIEN_EUNSUP)
        return;
    CHECK(mien_file_load(p.s, 0, &bytes, &err) == MIEN_OK);
    int opened = 0, before = 0;
    for (int part = 0; part <= 50; part++) {
        mien_video *v = NULL;
        save(p.s, bytes.data, bytes.n * (size_t)part / 50);
        mien_status st = mien_video_open(p.s, NULL, &v, &err);
        if (st != MIEN_OK) {
            CHECK_MSG(st == MIEN_EFORMAT && strstr(err.text, name), "%s",
                      err.text);
            continue;
        }
        int n = drain(v);
        CHECK_MSG(n > 0 && n <= FRAMES, "%s, %d/50: %d", name, part, n);
        CHECK(n >= before);
        before = n;
        opened++;
        mien_video_close(v);
    }
    printf("%s: %d of 51 parts open\n", name, opened);
    CHECK_EQ(before, FRAMES);
    CHECK(opened > 10);
    mien_bytes_free(&bytes);
    (void)unlink(p.s);
}

static void test_cut_off_anywhere(void)
{
    static const char *const names[] = {"c.mp4", "c.mkv", "c.avi", "c.gif",
                                        "c.webm"};
    for (int i = 0; i < 5; i++)
        check_cut(names[i]);
}

/* Flipped bytes: no crash, and no more frames than there could be. */
static void test_flipped_bytes(void)
{
    static const char *const names[] = {"f.mp4", "f.mkv", "f.avi", "f.gif"};
    unsigned seed = 1;
    for (int i = 0; i < 4; i++) {
        path p = in_folder(names[i]);
        mien_bytes bytes = {0};
        CHECK(write_movie(p.s, W, H, FRAMES, NULL) == MIEN_OK);
        CHECK(mien_file_load(p.s, 0, &bytes, NULL) == MIEN_OK);
        for (int k = 0; k < 60; k++) {
            size_t at = check_rand(&seed) % (k % 2 ? bytes.n : 300);
            uint8_t old = bytes.data[at];
            bytes.data[at] ^= (uint8_t)(1 + check_rand(&seed) % 255);
            mien_video_options small = {1000, 1000000, 1, 0, 0, 0};
            mien_video *v = NULL;
            mien_error err = {0};
            if (mi_video_open_memory(bytes.data, bytes.n, &small, &v, &err) ==
                MIEN_OK)
                CHECK(drain(v) <= 5 * FRAMES);
            else
                CHECK(err.text[0]);
            mien_video_close(v);
            bytes.data[at] = old;
        }
        mien_bytes_free(&bytes);
        (void)unlink(p.s);
    }
}

static void refused(const char *name, mien_status want, const char *says)
{
    mien_video *v = NULL;
    mien_error err = {0};
    mien_status st = mien_video_open(name, NULL, &v, &err);
    CHECK_MSG(st == want && !v, "%s: %d %s", name, st, err.text);
    CHECK_MSG(strstr(err.text, says) && err.status == want, "%s", err.text);
    mien_video_close(v);
}

/* Silence, 8000 samples of 8 bits. */
static void save_wav(const char *to)
{
    static uint8_t wav[44 + 8000] =
        "RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0"
        "\1\0\x08\0data\x40\x1f\0";
    memset(wav + 44, 128, 8000);
    save(to, wav, sizeof wav);
}

static void test_what_is_no_video_is_refused(void)
{
    static const char text[] = "This is a letter.\nIt tells of no video.\n";
    static const char list[] = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n"
                               "http://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
    static const char joined[] = "ffconcat version 1.0\nfile '/etc/passwd'\n";
    path wav = in_folder("a.wav"), txt = in_folder("a.txt"),
         empty = in_folder("a.mp4"), m3u = in_folder("a.m3u8"),
         cat = in_folder("a.ffconcat"), missing = in_folder("missing.mp4");
    save_wav(wav.s);
    save(txt.s, text, sizeof text - 1);
    save(empty.s, "", 0);
    save(m3u.s, list, sizeof list - 1);
    save(cat.s, joined, sizeof joined - 1);
    refused(wav.s, MIEN_EFORMAT, "a.wav: no video in it");
    refused(txt.s, MIEN_EFORMAT, "a.txt: not a video");
    refused(empty.s, MIEN_EFORMAT, "a.mp4: empty");
    refused(m3u.s, MIEN_EFORMAT, "a.m3u8: not a video");
    refused(cat.s, MIEN_EFORMAT, "a.ffconcat: not a video");
    refused(missing.s, MIEN_EIO, "missing.mp4: cannot open: No such file");
    refused(folder, MIEN_EIO, "a folder");
    refused("http://127.0.0.1:9/a.mp4", MIEN_EIO, "No such file");
    refused("concat:a.mp4|b.mp4", MIEN_EIO, "No such file");
    refused("", MIEN_EIO, "No such file");
    (void)unlink(wav.s);
    (void)unlink(txt.s);
    (void)unlink(empty.s);
    (void)unlink(m3u.s);
    (void)unlink(cat.s);
}

/* A name is a name, whatever is in it. */
static void test_names_are_taken_literally(void)
{
    path p = in_folder("a:b %03d 'x' http:.mp4");
    mien_error err = {0};
    CHECK_MSG(write_movie(p.s, W, H, 3, &err) == MIEN_OK, "%s", err.text);
    mien_video *v = NULL;
    CHECK_MSG(mien_video_open(p.s, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    if (v)
        CHECK_EQ(drain(v), 3);
    mien_video_close(v);
    (void)unlink(p.s);
}

static void test_limits(void)
{
    static const mien_video_options limits[] = {{W - 1, 0, 0, 0, 0, 0},
                                                {0, W * H - 1, 0, 0, 0, 0}};
    static const char *const names[] = {"l.mp4", "l.mkv", "l.gif", "l.avi"};
    for (int i = 0; i < 4; i++) {
        path p = in_folder(names[i]);
        CHECK(write_movie(p.s, W, H, 3, NULL) == MIEN_OK);
        for (int k = 0; k < 2; k++) {
            mien_video *v = NULL;
            mien_error err = {0};
            CHECK(mien_video_open(p.s, &limits[k], &v, &err) == MIEN_ELIMIT);
            CHECK_MSG(!v && strstr(err.text, "96 x 64"), "%s", err.text);
        }
        (void)unlink(p.s);
    }
}

/* ---- turned and changing ---------------------------------------------- */

/* Write a matrix over that of the only track. */
static void turn_file(const char *name, const int *abcd)
{
    mien_bytes b = {0};
    CHECK(mien_file_load(name, 0, &b, NULL) == MIEN_OK);
    static const int place[] = {0, 1, 3, 4};
    uint8_t *tkhd = memmem(b.data, b.n, "tkhd", 4);
    CHECK(tkhd);
    for (int i = 0; i < 4 && tkhd; i++) {
        uint8_t *to = tkhd + 44 + 4 * place[i];
        to[0] = abcd[i] < 0 ? 0xff : 0;
        to[1] = abcd[i] < 0 ? 0xff : (uint8_t)abcd[i];
        to[2] = to[3] = 0;
    }
    save(name, b.data, b.n);
    mien_bytes_free(&b);
}

/* A red corner says how a picture lies. */
static void test_display_matrices_are_applied(void)
{
    static const struct {
        int abcd[4], turned, right, low; /* where the upper left corner goes */
    } turns[] = {
        {{1, 0, 0, 1}, 0, 0, 0},   {{0, 1, -1, 0}, 1, 1, 0},
        {{-1, 0, 0, -1}, 0, 1, 1}, {{0, -1, 1, 0}, 1, 0, 1},
        {{-1, 0, 0, 1}, 0, 1, 0},  {{0, 1, 1, 0}, 1, 0, 0},
    };
    path p = in_folder("t.mp4");
    for (int i = 0; i < 6; i++) {
        mien_image im = {0};
        CHECK(mien_image_new(W, H, &im, NULL) == MIEN_OK);
        for (int y = 0; y < H / 2; y++)
            for (int x = 0; x < W / 2; x++)
                im.data[y * im.stride + (ptrdiff_t)x * 3] = 200;
        mien_movie *m = NULL;
        CHECK(mien_movie_new(p.s, W, H, 10, NULL, &m, NULL) == MIEN_OK);
        CHECK(mien_movie_add(m, &im, NULL) == MIEN_OK);
        CHECK(mien_movie_finish(m, NULL) == MIEN_OK);
        mien_image_free(&im);
        turn_file(p.s, turns[i].abcd);
        mien_video *v = NULL;
        CHECK(mien_video_open(p.s, NULL, &v, NULL) == MIEN_OK);
        int more = 0;
        mien_video_info info = mien_video_get_info(v);
        CHECK_EQ(info.w, turns[i].turned ? H : W);
        CHECK(mien_video_next(v, &im, NULL, &more, NULL) == MIEN_OK && more);
        CHECK(im.w == info.w && im.h == info.h);
        for (int k = 0; k < 4; k++) {
            int x = k % 2 ? im.w * 3 / 4 : im.w / 4;
            int y = k / 2 ? im.h * 3 / 4 : im.h / 4;
            int red = k % 2 == turns[i].right && k / 2 == turns[i].low;
            CHECK_NEAR(im.data[y * im.stride + (ptrdiff_t)x * 3], red ? 200 : 0,
                       12);
        }
        mien_video_close(v);
    }
    (void)unlink(p.s);
}

/* Motion JPEG: pictures of two sizes in one file. */
/* One grey-green still colour, as a frame of a format. */
static AVFrame *still(const mi_ffmpeg *ff, int format, int range, int space)
{
    AVFrame *f = ff->av_frame_alloc();
    static const uint8_t yuv[3] = {140, 80, 70};
    f->format = format;
    f->width = W;
    f->height = H;
    f->color_range = (enum AVColorRange)range;
    f->colorspace = (enum AVColorSpace)space;
    CHECK(ff->av_frame_get_buffer(f, 0) == 0);
    for (int i = 0; i < 3; i++)
        memset(f->data[i], yuv[i], (size_t)f->linesize[i] * (i ? H / 2 : H));
    return f;
}

/* Red, green and blue of it.  Source: ITU-R BT.601-7 and BT.709-6, and for full
 * range JFIF 1.02. */
static void wanted(int full, int bt709, double *rgb)
{
    double kr = bt709 ? 0.2126 : 0.299, kb = bt709 ? 0.0722 : 0.114;
    double y = full ? 140 : (140 - 16) * 255 / 219.0;
    double cb = (80 - 128) * (full ? 1 : 255 / 224.0);
    double cr = (70 - 128) * (full ? 1 : 255 / 224.0);
    rgb[0] = y + 2 * (1 - kr) * cr;
    rgb[2] = y + 2 * (1 - kb) * cb;
    rgb[1] = (y - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
}

/* Every frame is alike, whatever the one before was and however its range is
 * said: by the frame or by FFmpeg's old formats. */
static void test_every_frame_has_its_own_colours(void)
{
    mi_ffmpeg ff;
    CHECK(mi_ffmpeg_load(&ff, 0, NULL) == MIEN_OK);
    mi_to_rgb c = {.ff = &ff};
    for (int i = 0; i < 40; i++) {
        int full = i / 4 % 2, bt709 = i / 8 % 2, old = full && i % 2;
        AVFrame *f = still(&ff, old ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P,
                           full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG,
                           bt709 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M);
        double want[3];
        wanted(full, bt709, want);
        CHECK(mi_to_rgb_run(&c, f, "still", NULL) == MIEN_OK);
        for (int k = 0; k < 3; k++)
            CHECK_NEAR(c.out.im.data[3 * 20 + k], want[k], 2.5);
        ff.av_frame_free(&f);
    }
    mi_to_rgb_done(&c);
}

static void test_size_changes_in_mid_stream(void)
{
    path p = in_folder("j.mjpeg");
    FILE *f = fopen(p.s, "wb");
    for (int i = 0; i < 12 && f; i++) {
        mien_image im = {0};
        mien_bytes b = {0};
        CHECK(mien_image_new(i < 6 ? W : 50, i < 6 ? H : 70, &im, NULL) ==
              MIEN_OK);
        paint(&im, i);
        CHECK(mien_image_write_jpeg(&im, 90, &b, NULL) == MIEN_OK);
        CHECK(fwrite(b.data, 1, b.n, f) == b.n);
        mien_bytes_free(&b);
        mien_image_free(&im);
    }
    if (f)
        fclose(f);
    mien_video *v = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_video_open(p.s, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    for (int i = 0; i < 12 && v; i++) {
        mien_image im = {0};
        int more = 0;
        CHECK(mien_video_next(v, &im, NULL, &more, &err) == MIEN_OK && more);
        CHECK_EQ(im.w, i < 6 ? W : 50);
        CHECK_EQ(im.h, i < 6 ? H : 70);
        if (more)
            CHECK(difference(&im, i) < 8);
    }
    mien_video_close(v);
    (void)unlink(p.s);
}

/* ---- devices ---------------------------------------------------------- */

static void test_cameras_that_are_not_there(void)
{
    path plain = in_folder("camera");
    save(plain.s, "x", 1);
    const struct {
        const char *device, *says;
    } cases[] = {{"/dev/mien-none", "/dev/mien-none: no such camera"},
                 {"987654", "/dev/video987654: no such camera"},
                 {"", "no such camera"},
                 {plain.s, "not a device"},
                 {"/dev/null", "/dev/null: the camera cannot be opened"}};
    for (int i = 0; i < 5; i++) {
        mien_video *v = NULL;
        mien_error err = {0};
        CHECK(mien_video_camera(cases[i].device, NULL, &v, &err) == MIEN_EIO);
        CHECK_MSG(!v && strstr(err.text, cases[i].says), "%s", err.text);
    }
    (void)unlink(plain.s);
}

/* FFmpeg's own test picture in place of a camera: it stops after a second. */
static void test_a_device_that_goes_away(void)
{
    mien_video *v = NULL;
    mien_error err = {0};
    mien_status st = mi_video_open_device(
        "lavfi", "testsrc=size=64x48:rate=10:duration=1", NULL, &v, &err);
    if (st != MIEN_OK) {
        printf("no device to test with: %s\n", err.text);
        return;
    }
    CHECK(mien_video_get_info(v).w == 64 &&
          mien_video_get_info(v).seconds == 0);
    int n = 0, more = 1;
    mien_image im = {0};
    while ((st = mien_video_next(v, &im, NULL, &more, &err)) == MIEN_OK && more)
        n++;
    CHECK_EQ(n, 10);
    CHECK(st == MIEN_EIO && strstr(err.text, "went away after 10 frames"));
    mien_video_close(v);
}

static void test_no_display(void)
{
    mien_movie *m = NULL;
    mien_error err = {0};
    (void)unsetenv("DISPLAY");
    (void)unsetenv("WAYLAND_DISPLAY");
    CHECK(mien_movie_window("mien", W, H, &m, &err) == MIEN_EUNSUP && !m);
    CHECK(strstr(err.text, "no display"));
    (void)setenv("DISPLAY", ":987", 1);
    CHECK(mien_movie_window("mien", W, H, &m, &err) == MIEN_EUNSUP && !m);
    (void)unsetenv("DISPLAY");
}

/* ---- memory ----------------------------------------------------------- */

/* Each of mien's own allocations in turn. */
static void test_no_memory(void)
{
    static const char *const names[] = {"m.mp4", "m.gif"};
    for (int i = 0; i < 2; i++) {
        path p = in_folder(names[i]);
        long n = 0;
        for (; n < 100; n++) {
            mien_error err = {0};
            mi_alloc_fail_after(n);
            mien_status st = write_movie(p.s, W, H, 2, &err);
            mi_alloc_fail_after(-1);
            if (st == MIEN_OK)
                break;
            CHECK_MSG(st == MIEN_ENOMEM, "%s", err.text);
            CHECK_EQ(count_files(), 0);
        }
        CHECK(n > 5 && n < 100);
        if (i == 0)
            turn_file(p.s, (const int[]){0, 1, -1, 0});
        for (n = 0; n < 100; n++) {
            mien_video *v = NULL;
            mien_error err = {0};
            mi_alloc_fail_after(n);
            mien_status st = mien_video_open(p.s, NULL, &v, &err);
            CHECK(st == MIEN_OK || !v);
            int more = 0;
            mien_image im = {0};
            if (st == MIEN_OK)
                st = mien_video_next(v, &im, NULL, &more, &err);
            mi_alloc_fail_after(-1);
            CHECK(st == MIEN_OK || !im.data);
            mien_video_close(v);
            if (st == MIEN_OK)
                break;
            CHECK_MSG(st == MIEN_ENOMEM, "%s", err.text);
        }
        CHECK(n > 3 && n < 100);
        (void)unlink(p.s);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!make_folder())
        CHECK_SKIP("no folder to write in");
    RUN(test_what_is_written_is_read);
    RUN(test_frames_of_other_sizes_are_scaled);
    RUN(test_cut_off_anywhere);
    RUN(test_flipped_bytes);
    RUN(test_what_is_no_video_is_refused);
    RUN(test_names_are_taken_literally);
    RUN(test_limits);
    RUN(test_display_matrices_are_applied);
    RUN(test_every_frame_has_its_own_colours);
    RUN(test_size_changes_in_mid_stream);
    RUN(test_cameras_that_are_not_there);
    RUN(test_a_device_that_goes_away);
    RUN(test_no_display);
    RUN(test_no_memory);
    CHECK_EQ(count_files(), 0);
    (void)rmdir(folder);
    return check_done();
}
