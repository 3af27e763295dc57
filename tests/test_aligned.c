/* Faces of labelled pictures as chips: of the photo in docs, and of none. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/kit.h"
#include "mien/samples_loader.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/aligned-XXXXXX";

static void path_of(const char *name, char out[256])
{
    snprintf(out, 256, "%s/%s", folder, name);
}

/* The photo twice, a grey picture, and a file that is none. */
static void make_folder(void)
{
    static const char *const copy[] = {"b.png", "a.png"};
    char path[256];
    mien_image photo = {0}, grey = {0};
    mien_error err = {0};
    CHECK(mkdtemp(folder) != NULL);
    CHECK_MSG(!mien_image_load("docs/sample.jpg", NULL, &photo, &err), "%s",
              err.text);
    for (int i = 0; i < 2; i++) {
        path_of(copy[i], path);
        CHECK(!mien_image_save(path, &photo, NULL));
    }
    CHECK(!mien_image_new(90, 80, &grey, NULL));
    path_of("none.png", path);
    CHECK(!mien_image_save(path, &grey, NULL));
    path_of("torn.png", path);
    FILE *f = fopen(path, "w");
    CHECK(f && fputs("no picture", f) >= 0);
    CHECK(f && !fclose(f));
    mien_image_free(&photo);
    mien_image_free(&grey);
}

static void remove_folder(void)
{
    static const char *const name[] = {"a.png", "b.png", "none.png",
                                       "torn.png"};
    char path[256];
    for (int i = 0; i < 4; i++) {
        path_of(name[i], path);
        unlink(path);
    }
    rmdir(folder);
}

static int stop_at_two(void *arg, int64_t done, int64_t of)
{
    *(int64_t *)arg = done;
    return done == 2 && of == 4;
}

static void test_chips_of_a_folder(void)
{
    mien_labels l = {0};
    mien_image a = {0}, b = {0}, none = {0};
    mien_aligned *found = NULL;
    mien_buffer notes = {0};
    int64_t unread = 0;
    CHECK(!mien_labels_load(folder, &l, NULL) && l.n == 4);
    const mien_aligned_options o = {.folder = folder, .side = 48};
    mien_error err = {0};
    CHECK_MSG(!mien_aligned_new(&l, &o, &found, &err), "%s", err.text);
    CHECK(l.n == 2 && !strcmp(l.name[0], "a.png"));
    CHECK_EQ(mien_aligned_left_out(found, &unread), 1);
    CHECK_EQ(unread, 1);
    mien_aligned_notes(found, &notes);
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "none.png: no face found") &&
          strstr((char *)notes.data, "torn.png: "));
    CHECK(!mien_aligned_image(found, "a.png", &a, NULL) && a.w == 48);
    CHECK(!mien_aligned_image(found, "b.png", &b, NULL));
    CHECK(a.data && b.data && !memcmp(a.data, b.data, 48 * 48 * 3));
    CHECK_EQ(mien_aligned_image(found, "none.png", &none, NULL), MIEN_EARG);
    mien_image_free(&a);
    mien_image_free(&b);
    mien_buffer_free(&notes);
    mien_aligned_free(found);
    mien_labels_free(&l);
}

static void test_refusals(void)
{
    mien_labels l = {0};
    mien_aligned *found = NULL;
    mien_error err = {0};
    int64_t done = 0;
    const char *none[] = {"none.png"};
    CHECK(!mien_labels_load(folder, &l, NULL));
    mien_aligned_options o = {folder, 0, NULL, NULL, NULL};
    CHECK_EQ(mien_aligned_new(&l, &o, &found, NULL), MIEN_EARG);
    o = (mien_aligned_options){folder, 48, NULL, stop_at_two, &done};
    CHECK_EQ(mien_aligned_new(&l, &o, &found, &err), MIEN_EARG);
    CHECK(done == 2 && strstr(err.text, "stopped") && l.n == 4);
    mien_labels_free(&l);
    CHECK(!mien_plain_paths(1, none, &l, NULL));
    o.on_picture = NULL;
    CHECK_EQ(mien_aligned_new(&l, &o, &found, &err), MIEN_EARG);
    CHECK(strstr(err.text, "no face in any of 1") && l.n == 1);
    mien_labels_free(&l);
}

/* One photo at once: the chip of the folder's, or the whole. */
static void test_a_chip_is_loaded(void)
{
    const char *names[] = {"a.png"};
    char path[256];
    mien_labels l = {0};
    mien_aligned *found = NULL;
    mien_analyzer *yunet = NULL;
    mien_image a = {0}, b = {0}, whole = {0}, none = {0};
    mien_error err = {0};
    const mien_aligned_options o = {.folder = folder, .side = 32};
    CHECK(!mien_plain_paths(1, names, &l, NULL));
    CHECK(!mien_aligned_new(&l, &o, &found, NULL));
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &yunet, NULL));
    CHECK(!mien_aligned_image(found, "a.png", &a, NULL));
    path_of("a.png", path);
    CHECK(!mien_chip_load(path, yunet, 32, &b, NULL));
    CHECK(a.data && b.data && !memcmp(a.data, b.data, 32 * 32 * 3));
    CHECK(!mien_chip_load(path, NULL, 32, &whole, NULL) && whole.w == 32);
    path_of("none.png", path);
    CHECK_EQ(mien_chip_load(path, yunet, 32, &none, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "none.png: no face found"));
    mien_image_free(&a);
    mien_image_free(&b);
    mien_image_free(&whole);
    mien_analyzer_free(yunet);
    mien_aligned_free(found);
    mien_labels_free(&l);
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        const char *names[] = {"none.png", "a.png"};
        mien_labels l = {0};
        mien_aligned *found = NULL;
        const mien_aligned_options o = {.folder = folder, .side = 16};
        CHECK(!mien_plain_paths(2, names, &l, NULL));
        mi_alloc_fail_after(n);
        st = mien_aligned_new(&l, &o, &found, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (l.n == 2 && !found));
        mien_aligned_free(found);
        mien_labels_free(&l);
    }
    CHECK(st == MIEN_OK && n > 10);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_folder();
    RUN(test_chips_of_a_folder);
    RUN(test_refusals);
    RUN(test_a_chip_is_loaded);
    RUN(test_failing_memory_is_reported);
    remove_folder();
    return check_done();
}
