/* Labelled pictures by path: a folder is listed in order, whatever links lead
 * where; lists, folders and votes are read, and say in words what they hold; a
 * sheet shows each sample with its points, and why another cannot be shown. */
/* Not as WebAssembly: needs cairo and the kit. */
#include "base/alloc.h"
#include "mien/draw.h"
#include "mien/file.h"
#include "mien/kit.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the leak sanitizer: fonts stay in fontconfig's own memory. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }

/* ---- a folder to work in ------------------------------------------------- */

static char top[600];

typedef struct path {
    char s[800];
} path;

static path in_top(const char *name)
{
    path p;
    snprintf(p.s, sizeof p.s, "%s/%s", top, name);
    return p;
}

static void put_file(const char *name, const void *bytes, size_t n)
{
    path p = in_top(name);
    char *slash = strrchr(p.s, '/');
    *slash = 0;
    CHECK_EQ(mien_folder_make(p.s, NULL), MIEN_OK);
    *slash = '/';
    CHECK_EQ(mien_file_save(p.s, bytes, n, NULL), MIEN_OK);
}

static void put_text(const char *name, const char *text)
{
    put_file(name, text, strlen(text));
}

/* A grey picture of w x h. */
static void put_picture(const char *name, int w, int h, int value)
{
    char head[40];
    uint8_t bytes[4096];
    int n = snprintf(head, sizeof head, "P5 %d %d 255\n", w, h);
    memcpy(bytes, head, (size_t)n);
    memset(bytes + n, value, (size_t)(w * h));
    put_file(name, bytes, (size_t)(n + w * h));
}

/* ---- folders ------------------------------------------------------------- */

static void test_a_folder_is_listed(void)
{
    static const char *const wanted[] = {"b/a", "b/c/x", "b.txt", "d/a",
                                         "d/c/x"};
    mien_paths p = {0};
    mien_error err = {0};
    put_text("list/b/a", "");
    put_text("list/b/c/x", "");
    put_text("list/b.txt", "");
    put_text("list/.hidden", "");
    CHECK(!symlink("..", in_top("list/b/up").s));
    CHECK(!symlink("b", in_top("list/d").s));
    CHECK(!symlink("nowhere", in_top("list/lost").s));
    CHECK_MSG(!mien_folder_list(in_top("list").s, &p, &err), "%s", err.text);
    CHECK_EQ(p.n, 5);
    int found = 0;
    for (int64_t i = 0; i < p.n; i++) {
        for (size_t k = 0; k < 5; k++)
            found += !strcmp(p.path[i], wanted[k]);
        CHECK(!i || strcmp(p.path[i - 1], p.path[i]) < 0);
    }
    CHECK_EQ(found, 5);
    mien_paths_free(&p);
    CHECK_EQ(mien_folder_list(in_top("none").s, &p, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "none: cannot open"), "%s", err.text);
    for (long n = 0, st = MIEN_ENOMEM; st && n < 100; n++) {
        mi_alloc_fail_after(n);
        st = mien_folder_list(in_top("list").s, &p, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK ? p.n == 5 : st == MIEN_ENOMEM && !p.path);
        mien_paths_free(&p);
    }
}

static void test_a_folder_too_deep(void)
{
    char deep[200] = "deep";
    mien_paths p = {0};
    mien_error err = {0};
    for (int i = 0; i < 34; i++)
        memcpy(deep + 4 + 2 * i, "/d", 3);
    put_text(deep, "");
    CHECK_EQ(mien_folder_list(in_top("deep").s, &p, &err), MIEN_ELIMIT);
    CHECK_MSG(strstr(err.text, "more than 32 folders deep"), "%s", err.text);
}

/* ---- labels -------------------------------------------------------------- */

static char *text_of(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    CHECK(!b->failed);
    return (char *)b->data;
}

static void test_labels_of_a_folder(void)
{
    mien_labels l = {0};
    mien_image im = {0};
    mien_buffer b = {0};
    mien_error err = {0};
    put_picture("set/train/happy/1.pgm", 8, 6, 50);
    put_picture("set/train/sad/2.PGM", 8, 6, 90);
    put_picture("set/3.pgm", 8, 6, 90);
    put_text("set/train/sad/notes.txt", "");
    CHECK_MSG(!mien_labels_load(in_top("set").s, &l, &err), "%s", err.text);
    CHECK(l.n == 2 && l.left_out == 1 && !strcmp(l.folder, in_top("set").s));
    const char *folder = l.folder;
    CHECK_EQ(mien_folder_image(&folder, l.name[1], &im, NULL), MIEN_OK);
    CHECK(im.w == 8 && im.h == 6 && im.data[4] == 90);
    mien_image_free(&im);
    CHECK_EQ(mien_folder_image(NULL, in_top("set/3.pgm").s, &im, NULL),
             MIEN_OK);
    mien_image_free(&im);
    CHECK_EQ(mien_folder_image(&folder, "gone.pgm", &im, &err), MIEN_EIO);
    CHECK_MSG(!strstr(err.text, "gone"), "%s", err.text);
    mien_labels_summary(&l, &b);
    mien_labels_notes(&l, &b);
    CHECK_MSG(!strcmp(text_of(&b), "2 samples\nclass: happy 1, sad 1\n"
                                   "3.pgm: lies in no folder, wanted one "
                                   "named as its class\n"
                                   "1 of 3 samples left out\n"),
              "%s", (char *)b.data);
    mien_buffer_free(&b);
    mien_labels_free(&l);
    CHECK_EQ(mien_labels_load(in_top("list").s, &l, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "list: no pictures in this folder"), "%s",
              err.text);
}

static void test_labels_of_a_file(void)
{
    mien_labels l = {0};
    mien_buffer b = {0};
    mien_error err = {0};
    put_text("set/list.csv", "path,mood,eye_x,eye_y,age,box_x,box_y,box_width,"
                             "box_height\n3.pgm,gay,1,2,30.5,0,0,2,2\n"
                             "4.pgm,,1,2,,,,,\n");
    CHECK_MSG(!mien_labels_load(in_top("set/list.csv").s, &l, &err), "%s",
              err.text);
    path folder = in_top("set/");
    CHECK(!strcmp(l.folder, folder.s));
    mien_labels_caption(&l, 0, NULL, &b);
    mien_buffer_puts(&b, "|");
    mien_labels_caption(&l, 1, NULL, &b);
    mien_buffer_puts(&b, "|");
    mien_labels_summary(&l, &b);
    CHECK_MSG(!strcmp(text_of(&b), "gay, age 30.5||2 samples, 1 points each, "
                                   "1 boxes\nmood: gay 1, unknown 1\n"
                                   "age: 30.5 to 30.5, mean 30.5\n"),
              "%s", (char *)b.data);
    mien_buffer_free(&b);
    mien_labels_free(&l);
    CHECK_EQ(mien_labels_load(in_top("set/none.csv").s, &l, &err), MIEN_EIO);
    put_text("bad.txt", "a 1 2\n");
    CHECK_EQ(mien_labels_load(in_top("bad.txt").s, &l, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "bad.txt: line 1: x3 ''"), "%s", err.text);
}

static void test_votes_of_a_file(void)
{
    mien_labels l = {0};
    mien_buffer b = {0};
    mien_error err = {0};
    put_text("fer.csv", "emotion,pixels,Usage\n0,1 2 3 4,Training\n");
    put_text("votes.csv", "Usage,Image name,neutral,happiness,surprise,sadness,"
                          "anger,disgust,fear,contempt,unknown,NF\n"
                          "Training,a,1,3,0,0,0,0,0,0,0,0\n");
    CHECK_MSG(!mien_labels_load(in_top("fer.csv").s, &l, &err), "%s", err.text);
    CHECK_EQ(mien_labels_vote(in_top("fer.csv").s, &l, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "fer.csv: "), "%s", err.text);
    CHECK_MSG(!mien_labels_vote(in_top("votes.csv").s, &l, &err), "%s",
              err.text);
    mien_labels_caption(&l, 0, NULL, &b);
    CHECK_MSG(!strcmp(text_of(&b), "happiness 75 %"), "%s", (char *)b.data);
    mien_buffer_free(&b);
    mien_labels_free(&l);
}

/* ---- sheets -------------------------------------------------------------- */

static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    (void)arg;
    if (name[0] == 'x') {
        if (err)
            *err = (mien_error){MIEN_EFORMAT, "no picture"};
        return MIEN_EFORMAT;
    }
    mien_status st = mien_image_new(40, 40, out, err);
    if (!st)
        memset(out->data, 10 * (name[0] - 'a'), 40 * 40 * 3);
    return st;
}

static mien_labels five(void)
{
    static const char text[] =
        "path,mood,eye_x,eye_y\na,gay,20,10\nb,sad,20,10\nxy,gay,20,10\n"
        "d,a long name of a class that goes on and on and on and on,20,10\n"
        "e,sad,90,10\n";
    mien_labels l = {0};
    CHECK_EQ(mien_labels_read((const uint8_t *)text, sizeof text - 1, &l, NULL),
             MIEN_OK);
    l.point[4].x = 42; /* just outside */
    return l;
}

static const uint8_t *pixel(const mien_image *im, int x, int y)
{
    return im->data + y * im->stride + (ptrdiff_t)x * 3;
}

/* Are there letters, dark on white? */
static int has_text(const mien_image *im, int x0, int y0, int w, int h)
{
    int dark = 0;
    for (int y = y0; y < y0 + h; y++)
        for (int x = x0; x < x0 + w; x++)
            dark += pixel(im, x, y)[0] < 100;
    return dark > 5;
}

static void test_a_sheet(void)
{
    enum { SIDE = 80, GAP = 6, TEXT = 64 };
    mien_labels l = five();
    mien_sheet s = MIEN_SHEET_DEFAULTS;
    mien_image im = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    s.loader.load = load;
    s.loader.w = s.loader.h = SIDE;
    CHECK_MSG(!mien_sheet_draw(&l, &s, &im, &notes, &err), "%s", err.text);
    CHECK(im.w == 3 * (SIDE + GAP) + GAP);
    CHECK(im.h == 2 * (SIDE + GAP + TEXT) + GAP);
    for (int i = 0; i < 5; i++) { /* all of them, in order */
        int x = GAP + i % 3 * (SIDE + GAP),
            y = GAP + i / 3 * (SIDE + GAP + TEXT);
        static const int value[] = {0, 10, 208, 30, 40};
        const uint8_t *corner = pixel(&im, x + 2, y + SIDE - 3);
        const uint8_t *dot = pixel(&im, x + 40, y + 20);
        CHECK_MSG(corner[0] == value[i] && corner[2] == value[i], "%d: %d", i,
                  corner[0]);
        CHECK_EQ(dot[1] > dot[0] + 100, i != 2 && i != 4);
        CHECK(has_text(&im, x, y + SIDE, SIDE, TEXT));
        CHECK(pixel(&im, x - 2, y + 2)[0] == 255);
    }
    CHECK_MSG(
        !strcmp(text_of(&notes),
                "xy (line 3): no picture\n1 pictures could not be read\n"),
        "%s", (char *)notes.data);
    mien_image_free(&im);
    mien_buffer_free(&notes);
    s.n = 2;
    CHECK_EQ(mien_sheet_draw(&l, &s, &im, NULL, NULL), MIEN_OK);
    CHECK(im.w == 2 * (SIDE + GAP) + GAP && im.h == SIDE + 2 * GAP + TEXT);
    mien_image_free(&im);
    mien_labels_free(&l);
}

static void test_sheets_that_are_refused(void)
{
    mien_labels l = five(), none = {0};
    mien_sheet s = MIEN_SHEET_DEFAULTS;
    mien_image im = {0};
    mien_error err = {0};
    s.loader.load = load;
    s.n = 0;
    CHECK_EQ(mien_sheet_draw(&l, &s, &im, NULL, &err), MIEN_EARG);
    s.n = MIEN_SHEET_MAX + 1;
    CHECK_EQ(mien_sheet_draw(&l, &s, &im, NULL, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "401 of 5 samples"), "%s", err.text);
    s.n = 4;
    CHECK_EQ(mien_sheet_draw(&none, &s, &im, NULL, &err), MIEN_EARG);
    s.loader.load = NULL;
    CHECK_EQ(mien_sheet_draw(&l, &s, &im, NULL, &err), MIEN_EARG);
    s.loader.load = load;
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st && n < 300; n++) {
        mi_alloc_fail_after(n);
        st = mien_sheet_draw(&l, &s, &im, NULL, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !im.data));
    }
    CHECK_EQ(st, MIEN_OK);
    mien_image_free(&im);
    mien_labels_free(&l);
}

int main(int argc, char **argv)
{
    const char *tmp = getenv("TMPDIR");
    check_start(argc, argv);
    snprintf(top, sizeof top, "%s/mien_sheet_XXXXXX",
             tmp && strlen(tmp) < 500 ? tmp : "/tmp");
    if (!mkdtemp(top))
        CHECK_SKIP("no temporary folder");
    RUN(test_a_folder_is_listed);
    RUN(test_a_folder_too_deep);
    put_text("list/b/a", "");
    RUN(test_labels_of_a_folder);
    RUN(test_labels_of_a_file);
    RUN(test_votes_of_a_file);
    RUN(test_a_sheet);
    RUN(test_sheets_that_are_refused);
    path clean;
    snprintf(clean.s, sizeof clean.s, "rm -rf '%s'", top);
    CHECK_EQ(system(clean.s), 0);
    return check_done();
}
