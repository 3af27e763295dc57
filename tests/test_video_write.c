/* Movies that cannot be written, and what is left of them: nothing. */
/* Not as WebAssembly: needs ffmpeg. */
#include "tests/movies.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void test_wrong_arguments(void)
{
    path p = in_folder("w.mp4"), odd = in_folder("w.xyz");
    mien_movie *m = NULL;
    mien_error err = {0};
    static const mien_movie_options bad = {.quality = 101};
    CHECK(mien_movie_new(p.s, 1, H, 10, NULL, &m, &err) == MIEN_EARG);
    CHECK(mien_movie_new(p.s, W, 30001, 10, NULL, &m, &err) == MIEN_EARG);
    CHECK(mien_movie_new(p.s, W, H, 0, NULL, &m, &err) == MIEN_EARG);
    CHECK(mien_movie_new(p.s, W, H, (double)NAN, NULL, &m, &err) == MIEN_EARG);
    CHECK(mien_movie_new(p.s, W, H, 10, &bad, &m, &err) == MIEN_EARG);
    CHECK(mien_movie_new(odd.s, W, H, 10, NULL, &m, &err) == MIEN_EUNSUP);
    CHECK_MSG(strstr(err.text, ".mp4"), "%s", err.text);
    CHECK(mien_movie_new("mp4", W, H, 10, NULL, &m, &err) == MIEN_EUNSUP);
    CHECK(!m && count_files() == 0);
}

static void test_no_frames_and_abandoned(void)
{
    static const char *const names[] = {"n.mp4", "n.mkv", "n.avi", "n.gif",
                                        "n.webp"};
    for (int i = 0; i < 5; i++) {
        path p = in_folder(names[i]);
        mien_movie *m = NULL;
        mien_error err = {0};
        save(p.s, "old", 3);
        CHECK(mien_movie_new(p.s, W, H, 10, NULL, &m, NULL) == MIEN_OK);
        CHECK_EQ(count_files(), 2);
        CHECK(mien_movie_finish(m, &err) == MIEN_EARG);
        CHECK_MSG(strstr(err.text, "no frames"), "%s", err.text);
        CHECK_EQ(count_files(), 1);
        CHECK(mien_movie_new(p.s, W, H, 10, NULL, &m, NULL) == MIEN_OK);
        mien_image im = {0};
        CHECK(mien_image_new(W, H, &im, NULL) == MIEN_OK);
        CHECK(mien_movie_add(m, &im, NULL) == MIEN_OK);
        mien_image_free(&im);
        mien_movie_abandon(m);
        CHECK_EQ(count_files(), 1);
        mien_bytes b = {0};
        CHECK(mien_file_load(p.s, 0, &b, NULL) == MIEN_OK && b.n == 3);
        mien_bytes_free(&b);
        (void)unlink(p.s);
    }
    CHECK(mien_movie_finish(NULL, NULL) == MIEN_OK);
    mien_movie_abandon(NULL);
    mien_video_close(NULL);
}

/* Encoders of video want even sides; the last column and row are left out. */
static void test_odd_sizes(void)
{
    static const char *const names[] = {"o.mp4", "o.mkv", "o.avi", "o.webm",
                                        "o.gif"};
    for (int i = 0; i < 5; i++) {
        path p = in_folder(names[i]);
        mien_video *v = NULL;
        mien_error err = {0};
        CHECK_MSG(write_movie(p.s, 33, 25, 3, &err) == MIEN_OK, "%s", err.text);
        CHECK_MSG(mien_video_open(p.s, NULL, &v, &err) == MIEN_OK, "%s",
                  err.text);
        if (!v)
            continue;
        mien_video_info info = mien_video_get_info(v);
        CHECK_EQ(info.w, i == 4 ? 33 : 32);
        CHECK_EQ(info.h, i == 4 ? 25 : 24);
        mien_video_close(v);
        (void)unlink(p.s);
    }
}

static void test_places_that_cannot_be_written(void)
{
    path p = in_folder("none/a.mp4");
    mien_error err = {0};
    CHECK(write_movie(p.s, W, H, 2, &err) == MIEN_EIO);
    CHECK_MSG(strstr(err.text, "none/a.mp4"), "%s", err.text);
    path d = in_folder("d.mp4"); /* a folder of that name */
    CHECK(mkdir(d.s, 0777) == 0);
    CHECK(write_movie(d.s, W, H, 2, &err) == MIEN_EIO);
    CHECK_MSG(strstr(err.text, "d.mp4"), "%s", err.text);
    CHECK_EQ(count_files(), 1);
    (void)rmdir(d.s);
}

/* ---- times --------------------------------------------------------------- */

/* When frames were shown, as a phone records them. */
static const double times[] = {0,    0.04, 0.12, 0.13, 0.5,
                               0.54, 0.58, 1.24, 1.3,  2.0};
enum { TIMES = sizeof times / sizeof *times };

static void write_timed(const char *to, const mien_movie_options *o)
{
    mien_movie *m = NULL;
    mien_image im = {0};
    mien_error err = {0};
    CHECK_MSG(mien_movie_new(to, W, H, 25, o, &m, &err) == MIEN_OK, "%s",
              err.text);
    CHECK(mien_image_new(W, H, &im, NULL) == MIEN_OK);
    for (int i = 0; m && i < TIMES; i++) {
        paint(&im, i);
        CHECK_MSG(mien_movie_add_at(m, &im, times[i], &err) == MIEN_OK, "%s",
                  err.text);
    }
    if (m)
        CHECK(mien_movie_add_at(m, &im, -1, &err) == MIEN_EARG);
    mien_image_free(&im);
    CHECK_MSG(mien_movie_finish(m, &err) == MIEN_OK, "%s", err.text);
}

static void check_times(const char *of, double within)
{
    mien_video *v = NULL;
    mien_error err = {0};
    mien_image im;
    double seconds = 0;
    int more = 1, n = 0;
    CHECK_MSG(mien_video_open(of, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    for (; v && mien_video_next(v, &im, &seconds, &more, &err) == MIEN_OK &&
           more && n < TIMES;
         n++)
        CHECK_MSG(fabs(seconds - times[n]) <= within, "%s: frame %d at %g", of,
                  n, seconds);
    CHECK_MSG(n == TIMES && !more && !mien_video_damaged(v), "%s: %d frames",
              of, n);
    if (v)
        CHECK_NEAR(mien_video_get_info(v).seconds, 2.04, within + 0.71);
    mien_video_close(v);
}

static void test_frames_keep_their_times(void)
{
    static const mien_movie_options timed = {.timed = 1};
    static const struct {
        const char *name;
        double within; /* AVI has places of 1/25, one of which was taken */
    } files[] = {{"t.mp4", 1e-4},  {"t.mov", 1e-4},  {"t.mkv", 1e-3},
                 {"t.webm", 1e-3}, {"t.gif", 0.011}, {"t.avi", 0.041}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        path p = in_folder(files[i].name);
        write_timed(p.s, &timed);
        check_times(p.s, files[i].within);
        (void)unlink(p.s);
    }
}

/* ---- WebP, which FFmpeg writes but does not read ------------------------- */

/* A file of four frames, a tenth of a second each. */
static void write_webp(const char *to, mien_bytes *out)
{
    mien_movie *m = NULL;
    mien_image im = {0};
    CHECK(mien_movie_new(to, 32, 24, 10, NULL, &m, NULL) == MIEN_OK);
    CHECK(mien_image_new(32, 24, &im, NULL) == MIEN_OK);
    for (int i = 0; i < 4 && m; i++) {
        memset(im.data, 40 + 50 * i, 32 * 24 * 3);
        CHECK(mien_movie_add(m, &im, NULL) == MIEN_OK);
    }
    CHECK(mien_movie_finish(m, NULL) == MIEN_OK);
    CHECK(mien_file_load(to, 0, out, NULL) == MIEN_OK);
    mien_image_free(&im);
    (void)unlink(to);
}

/* Frames are there in turn, for their time, for ever. */
static void test_webp_animations(void)
{
    path p = in_folder("a.webp");
    mien_bytes b = {0};
    mien_image im = {0};
    int frames = 0;
    write_webp(p.s, &b);
    CHECK(b.n > 12 && !memcmp(b.data, "RIFF", 4));
    for (size_t at = 12; at + 24 < b.n;) {
        const uint8_t *c = b.data + at;
        if (!memcmp(c, "ANIM", 4))
            CHECK(c[12] == 0 && c[13] == 0); /* how often: for ever */
        if (!memcmp(c, "ANMF", 4)) {
            frames++;
            CHECK_EQ(c[20] | c[21] << 8, 100); /* milliseconds */
        }
        at += 8 + ((size_t)c[4] | (size_t)c[5] << 8 | (size_t)c[6] << 16);
        at += at & 1;
    }
    CHECK_EQ(frames, 4);
    CHECK(mien_image_read(b.data, b.n, NULL, &im, NULL) == MIEN_OK);
    CHECK(im.w == 32 && im.h == 24 && abs(im.data[0] - 40) < 6);
    mien_image_free(&im);
    mien_bytes_free(&b);
}

/* ---- no room ------------------------------------------------------------- */

/* Every frame another noise, so that the file grows fast. */
static void noise(mien_image *im, unsigned seed)
{
    for (int i = 0; i < im->w * im->h * 3; i++)
        im->data[i] = (uint8_t)check_rand(&seed);
}

/* How many frames a movie took before it was full; it is kept. */
static int fill_up(const char *to, mien_error *err)
{
    mien_movie *m = NULL;
    mien_image im = {0};
    int n = 0;
    if (mien_movie_new(to, W, H, 25, NULL, &m, err) != MIEN_OK)
        return 0;
    CHECK(mien_image_new(W, H, &im, NULL) == MIEN_OK);
    for (; n < 400; n++) {
        noise(&im, (unsigned)n);
        if (mien_movie_add(m, &im, err) != MIEN_OK)
            break;
    }
    CHECK(n < 400 && err->status == MIEN_EIO);
    CHECK(mien_movie_add(m, &im, NULL) == MIEN_EIO);
    mien_image_free(&im);
    mien_error why = {0};
    CHECK_MSG(mien_movie_finish(m, &why) == (n ? MIEN_OK : MIEN_EARG),
              "%s: %d frames: %s", to, n, why.text);
    return n;
}

static int frames_in(const char *of)
{
    mien_video *v = NULL;
    mien_error err = {0};
    mien_image im;
    int more = 1, n = 0;
    CHECK_MSG(mien_video_open(of, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    while (v && mien_video_next(v, &im, NULL, &more, &err) == MIEN_OK && more)
        n++;
    mien_video_close(v);
    return n;
}

/* What was written before there was no room is kept, and plays. */
static void test_what_was_written_is_kept(void)
{
    static const char *const names[] = {"k.mp4", "k.mov", "k.mkv",
                                        "k.avi", "k.gif", "k.webm"};
    struct rlimit old, small;
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small = old;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 6; i++)
        for (unsigned room = 150000; room <= 600000; room += 90000) {
            path p = in_folder(names[i]);
            mien_error err = {0};
            small.rlim_cur = room;
            CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
            int n = fill_up(p.s, &err);
            CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
            CHECK_MSG(strstr(err.text, "no room"), "%s", err.text);
            CHECK_MSG(n == 0 || frames_in(p.s) == n, "%s: %d of %d", names[i],
                      frames_in(p.s), n);
            CHECK_EQ(count_files(), n > 0);
            CHECK_MSG(n > 0 || room < 300000, "%s: nothing in %u", names[i],
                      room);
            (void)unlink(p.s);
        }
    (void)signal(SIGXFSZ, handler);
}

/* A limit on the size of files fails as a full disk does. */
static void test_full_disk(void)
{
    static const char *const names[] = {"d.mp4", "d.mkv", "d.avi", "d.gif"};
    struct rlimit old, small;
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small = old;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 4; i++) {
        path p = in_folder(names[i]);
        for (unsigned room = 0; room <= 3000; room += 600) {
            mien_error err = {0};
            small.rlim_cur = room;
            CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
            mien_status st = write_movie(p.s, W, H, FRAMES, &err);
            CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
            CHECK_MSG(st == MIEN_EIO || (st == MIEN_OK && room), "%d %s", st,
                      err.text);
            CHECK_MSG(st == MIEN_OK || strstr(err.text, names[i]), "%s",
                      err.text);
            CHECK_EQ(count_files(), st == MIEN_OK);
            (void)unlink(p.s);
        }
    }
    (void)signal(SIGXFSZ, handler);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!make_folder())
        CHECK_SKIP("no folder to write in");
    RUN(test_wrong_arguments);
    RUN(test_no_frames_and_abandoned);
    RUN(test_odd_sizes);
    RUN(test_places_that_cannot_be_written);
    RUN(test_frames_keep_their_times);
    RUN(test_webp_animations);
    RUN(test_what_was_written_is_kept);
    RUN(test_full_disk);
    CHECK_EQ(count_files(), 0);
    (void)rmdir(folder);
    return check_done();
}
