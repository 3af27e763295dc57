/* Pictures to train cascades on, by path: folders, lists, what is missing. */
/* Not as WebAssembly: needs the kit. */
#include "mien/file.h"
#include "mien/kit_chips.h"

#include "base/alloc.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[200];

static const char *path_of(const char *name)
{
    static char path[4][300];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[0], "%s/%s", folder, name);
    return path[next];
}

static void put(const char *name, const void *bytes, size_t n)
{
    CHECK_EQ(mien_file_save(path_of(name), bytes, n, NULL), MIEN_OK);
}

/* A grey picture of 20 x 16 whose pixels are all different lines. */
static void put_picture(const char *name)
{
    uint8_t pgm[13 + 320] = "P5 20 16 255\n";
    for (int i = 0; i < 320; i++)
        pgm[13 + i] = (uint8_t)(i * 7);
    put(name, pgm, sizeof pgm);
}

static void make_files(void)
{
    static const char list[] = "in/a.pgm 2 1 2 8 8 10 2 8 8\n"
                               "in/none.pgm 1 0 0 8 8\n";
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mien-chips-XXXXXX", tmp ? tmp : "/tmp");
    CHECK(mkdtemp(folder) != NULL);
    CHECK_EQ(mien_folder_make(path_of("in"), NULL), MIEN_OK);
    CHECK_EQ(mien_folder_make(path_of("empty"), NULL), MIEN_OK);
    put_picture("in/a.pgm");
    put_picture("in/b.pgm");
    put("list.txt", list, sizeof list - 1);
    put("bad.txt", "in/a.pgm 1 0 0\n", 15);
    put("nothing.txt", "# no objects\n", 13);
    put("scenes.txt", "in/a.pgm\nin/b.pgm\nin/none.pgm\n", 30);
    put("short.vec", "\3\0\0\0", 4);
}

static void remove_files(void)
{
    static const char *const names[] = {
        "in/a.pgm",   "in/b.pgm",  "list.txt", "bad.txt", "nothing.txt",
        "scenes.txt", "short.vec", "in",       "empty",   ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_EQ(remove(path_of(names[i])), 0);
}

/* Load chips of 8 x 8; the notes are held in text. */
static mien_status load(const char *name, const mien_region *crop,
                        mien_chips *out, char text[400], mien_error *err)
{
    mien_chips_options o = {.w = 8, .h = 8, .mirror = 1, .seed = 1};
    mien_buffer notes = {0};
    if (crop)
        o.crop = *crop;
    mien_status st = mien_chips_load(path_of(name), &o, &notes, out, err);
    snprintf(text, 400, "%.*s", (int)notes.n, (char *)notes.data);
    mien_buffer_free(&notes);
    return st;
}

static void test_chips(void)
{
    mien_chips c = {0};
    mien_error err = {0};
    char notes[400];
    const mien_region crop = {2, 3, 8, 8};
    CHECK_EQ(load("in", &crop, &c, notes, &err), MIEN_OK);
    CHECK(c.n == 4 && c.w == 8 && c.h == 8 && !notes[0]);
    for (int i = 0; c.n == 4 && i < 8; i++) /* the first line, and mirrored */
        CHECK(c.data[i] == (uint8_t)((3 * 20 + 2 + i) * 7) &&
              c.data[64 + i] == c.data[7 - i]);
    mien_chips_free(&c);
    CHECK_EQ(load("list.txt", NULL, &c, notes, &err), MIEN_OK);
    CHECK(c.n == 4 && strstr(notes, "none.pgm"));
    mien_chips_free(&c);
}

static void test_what_is_no_picture(void)
{
    static const struct {
        const char *name;
        mien_status st;
        const char *says;
    } cases[] = {{"bad.txt", MIEN_EFORMAT, "bad.txt: line 1"},
                 {"nothing.txt", MIEN_EFORMAT, "nothing.txt: no rectangles"},
                 {"short.vec", MIEN_EFORMAT, "short.vec: "},
                 {"empty", MIEN_EFORMAT, "empty: no pictures that can be read"},
                 {"missing", MIEN_EIO, "missing: "}};
    const mien_region outside = {0, 0, 5000, 20};
    char notes[400];
    mien_chips c = {0};
    mien_error err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_status st = load(cases[i].name, NULL, &c, notes, &err);
        CHECK_MSG(st == cases[i].st && strstr(err.text, cases[i].says),
                  "%s: %d %s", cases[i].name, st, err.text);
        CHECK(!c.data);
    }
    CHECK_EQ(load("in", &outside, &c, notes, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "wanted 0,0,5000,20 inside it"), "%s", err.text);
}

static int stop_at_once(void *arg)
{
    (void)arg;
    return 1;
}

static void test_scenes(void)
{
    mien_scene_set s = {{0}, NULL};
    mien_buffer notes = {0};
    mien_error err = {0};
    CHECK_EQ(mien_scene_set_load(path_of("scenes.txt"), NULL, NULL, &notes, &s,
                                 &err),
             MIEN_OK);
    CHECK(s.list.n == 3 && s.set);
    mien_scene_set_free(&s);
    CHECK_EQ(mien_scene_set_load(path_of("in"), NULL, NULL, &notes, &s, &err),
             MIEN_OK);
    CHECK(s.list.n == 2 && !notes.n);
    mien_scene_set_free(&s);
    CHECK_EQ(
        mien_scene_set_load(path_of("empty"), NULL, NULL, &notes, &s, &err),
        MIEN_EFORMAT);
    CHECK(strstr(err.text, "no scenes") && !s.set && notes.n);
    notes.n = 0;
    CHECK_EQ(mien_scene_set_load(path_of("in"), stop_at_once, NULL, &notes, &s,
                                 &err),
             MIEN_EIO);
    CHECK(strstr(err.text, "stopped") && !s.set && !s.list.n && !notes.n);
    mien_chips_options o = {.w = 8, .h = 8, .stop = stop_at_once};
    mien_chips c = {0};
    mien_status st = mien_chips_load(path_of("in"), &o, &notes, &c, &err);
    CHECK(st != MIEN_OK || c.n == 0);
    mien_chips_free(&c);
    mien_buffer_free(&notes);
    mien_scene_set_free(NULL);
}

static void test_every_allocation_may_fail(void)
{
    mien_status st = MIEN_ENOMEM;
    int i = 0;
    for (; st == MIEN_ENOMEM && i < 400; i++) {
        mien_chips c = {0};
        char notes[400];
        mi_alloc_fail_after(i);
        st = load("in", NULL, &c, notes, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !c.data));
        mien_chips_free(&c);
    }
    CHECK(st == MIEN_OK && i > 4);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_files();
    RUN(test_chips);
    RUN(test_what_is_no_picture);
    RUN(test_scenes);
    RUN(test_every_allocation_may_fail);
    remove_files();
    return check_done();
}
