/* Photos by path: those of folders in the order of their names, each once, and
 * what is said of folders and pictures that are not read. */
/* Not as WebAssembly: needs folders. */
#include "base/alloc.h"
#include "mien/kit.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char work[] = "/tmp/mien_test_photos_XXXXXX";

/* A path in the test's folder; four at a time. */
static const char *in_work(const char *name)
{
    static char path[4][256];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", work, name);
    return p;
}

static void touch(const char *name)
{
    FILE *f = fopen(in_work(name), "w");
    CHECK(f != NULL);
    if (f)
        fclose(f);
}

/* in/: photos, others, a folder in it, links that lead back, a pipe. */
static void fill_work(void)
{
    static const char *const names[] = {
        "in/b.JPG", "in/a.png",     "in/.hidden.jpg", "in/notes.txt",
        "in/c.tif", "in/d.TIF",     "in/e.bmp",       "in/deep/z.webp",
        "in/x.jpg", "in/deep/y.gif"};
    CHECK(mkdir(in_work("in"), 0777) == 0);
    CHECK(mkdir(in_work("in/deep"), 0777) == 0);
    CHECK(mkdir(in_work("none"), 0777) == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        touch(names[i]);
    CHECK(symlink(".", in_work("in/again")) == 0);
    CHECK(symlink("../../in", in_work("in/deep/up")) == 0);
    CHECK(symlink("gone", in_work("in/broken.jpg")) == 0);
    CHECK(mkfifo(in_work("in/pipe.jpg"), 0666) == 0);
}

/* The names of a list, with '!' behind those that are errors. */
static const char *names_of(const mien_photo_list *l)
{
    static char out[1000];
    size_t n = 0;
    out[0] = 0;
    for (int i = 0; i < l->n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%s", i ? " " : "",
                              l->file[i].name,
                              l->file[i].error.status ? "!" : "");
    return out;
}

static void check_names(const mien_photo_list *l, const char *want)
{
    CHECK_MSG(strcmp(names_of(l), want) == 0, "'%s', want '%s'", names_of(l),
              want);
}

static void test_folders(void)
{
    mien_photo_list l = {0};
    char want[300];
    CHECK_EQ(mien_photo_list_add(&l, in_work("in"), NULL), MIEN_OK);
    snprintf(want, sizeof want, "a.png b.JPG x.jpg %s/in!", work + 1);
    check_names(&l, want);
    CHECK(!strcmp(l.file[0].path, in_work("in/a.png")));
    CHECK(l.n == 4 && !strcmp(l.file[3].error.text,
                              "3 pictures passed over, of kinds that are not "
                              "read: 2 .tif, 1 .bmp"));
    mien_photo_list_free(&l);
    CHECK(!l.n && !l.file);
    l.recursive = l.each = 1;
    CHECK_EQ(mien_photo_list_add(&l, in_work("in/"), NULL), MIEN_OK);
    check_names(&l, "a.png b.JPG c.tif! d.TIF! deep/y.gif deep/z.webp e.bmp! "
                    "x.jpg");
    CHECK(!strcmp(l.file[2].error.text, ".tif files are not read"));
    mien_photo_list_free(&l);
}

static void test_what_is_no_folder(void)
{
    mien_photo_list l = {0};
    CHECK_EQ(mien_photo_list_add(&l, "-", NULL), MIEN_OK);
    CHECK_EQ(mien_photo_list_add(&l, in_work("in/b.JPG"), NULL), MIEN_OK);
    CHECK_EQ(mien_photo_list_add(&l, "gone/p.txt", NULL), MIEN_OK);
    check_names(&l, "- b.JPG p.txt");
    mien_photo_list_free(&l);
    CHECK_EQ(mien_photo_list_add(&l, in_work("none"), NULL), MIEN_OK);
    CHECK(l.n == 1 && strstr(l.file[0].error.text, "--recursive looks into"));
    mien_photo_list_free(&l);
    l.recursive = 1;
    CHECK_EQ(mien_photo_list_add(&l, in_work("none"), NULL), MIEN_OK);
    CHECK(l.n == 1 &&
          !strcmp(l.file[0].error.text, "no photos in this folder"));
    mien_photo_list_free(&l);
    mien_photo_list_free(NULL);
}

static int third(void *arg)
{
    int *calls = arg;
    return ++*calls > 2;
}

static void test_a_walk_can_be_stopped(void)
{
    int calls = 0;
    mien_photo_list l = {.stop = third, .arg = &calls, .each = 1};
    CHECK_EQ(mien_photo_list_add(&l, in_work("in"), NULL), MIEN_OK);
    CHECK_EQ(calls, 3);
    CHECK(l.stopped);
    check_names(&l, "a.png");
    mien_photo_list_free(&l);
    CHECK(!l.stopped);
    /* What was not looked at is not said to be without photos. */
    calls = 2;
    CHECK_EQ(mien_photo_list_add(&l, in_work("in"), NULL), MIEN_OK);
    CHECK(l.stopped && !l.n);
    mien_photo_list_free(&l);
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 500; n++) {
        mien_photo_list l = {.recursive = 1};
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mien_photo_list_add(&l, in_work("in"), &err);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
        if (!st)
            CHECK_EQ(l.n, 6);
        mien_photo_list_free(&l);
    }
    CHECK(st == MIEN_OK && n > 20);
}

static void test_videos_by_their_names(void)
{
    CHECK(mien_is_video_path("a/b.mp4") && mien_is_video_path("HOLIDAY.MOV"));
    CHECK(!mien_is_video_path("a.jpg") && !mien_is_video_path("a.gif"));
    CHECK(!mien_is_video_path("mp4") && !mien_is_video_path(""));
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    CHECK(mkdtemp(work) != NULL);
    fill_work();
    RUN(test_folders);
    RUN(test_what_is_no_folder);
    RUN(test_a_walk_can_be_stopped);
    RUN(test_failing_memory_is_reported);
    RUN(test_videos_by_their_names);
    char rm[64];
    snprintf(rm, sizeof rm, "rm -rf '%s'", work);
    CHECK(system(rm) == 0);
    return check_done();
}
