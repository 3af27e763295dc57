/* Movies that cannot be written, and what is left of them: nothing. */
#include "tests/movies.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void test_wrong_arguments(void)
{
    path p = in_folder("w.mp4"), odd = in_folder("w.xyz");
    mien_movie *m = NULL;
    mien_error err = {0};
    static const mien_movie_options bad = {101, 0};
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
    static const char *const names[] = {"n.mp4", "n.mkv", "n.avi", "n.gif"};
    for (int i = 0; i < 4; i++) {
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

int main(void)
{
    if (!make_folder())
        CHECK_SKIP("no folder to write in");
    test_wrong_arguments();
    test_no_frames_and_abandoned();
    test_odd_sizes();
    test_places_that_cannot_be_written();
    test_full_disk();
    CHECK_EQ(count_files(), 0);
    (void)rmdir(folder);
    return check_done();
}
