/* Faces of photos saved as chips. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/faces_crop.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/crop-XXXXXX";

static void names_of(int n, const char *const *name, mien_paths *out)
{
    mien_photo_file file[8] = {{0}};
    const mien_photo_list l = {.file = file, .n = n};
    for (int i = 0; i < n; i++)
        file[i].name = name[i];
    CHECK(!mien_crop_names(&l, out, NULL));
}

/* Names without endings, folders kept, each once. */
static void test_names_of_chips(void)
{
    static const char *const name[] = {"a.jpg",   "b/a.jpg", "a.png", "-",
                                       "b/.jpeg", "c.d/e",   "ab.x",  "a"};
    static const char *const want[] = {"a",       "b/a",   "a~2", "photo",
                                       "b/.jpeg", "c.d/e", "ab",  "a~3"};
    mien_paths p = {0};
    names_of(8, name, &p);
    for (int i = 0; i < 8; i++)
        CHECK_MSG(!strcmp(p.path[i], want[i]), "%s", p.path[i]);
    mien_paths_free(&p);
    static const char *const taken[] = {"a.jpg", "a.png", "a~2.jpg", "a.gif"};
    static const char *const free_ones[] = {"a", "a~3", "a~2", "a~4"};
    names_of(4, taken, &p);
    for (int i = 0; i < 4; i++)
        CHECK_MSG(!strcmp(p.path[i], free_ones[i]), "%s", p.path[i]);
    mien_paths_free(&p);
    names_of(0, NULL, &p);
    CHECK(p.n == 0);
    mien_paths_free(&p);
}

/* The chip in a file, or an empty image. */
static mien_image saved(const char *name)
{
    char path[100];
    mien_image im = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK_MSG(!mien_image_load(path, NULL, &im, NULL), "%s", path);
    unlink(path);
    return im;
}

/* The photo of the docs, its face, and a face that was made up. */
static mien_reader *read_sample(mien_image *photo, mien_reading *r)
{
    mien_reader *reader = NULL;
    CHECK(!mien_reader_open(NULL, &reader, NULL));
    CHECK(!mien_reader_read(reader, 0, "docs/sample.jpg", photo, r, NULL));
    CHECK(r->faces.n == 1);
    return reader;
}

/* What is saved is what mien_face_chip cuts out, at any size of the photo. */
static void test_chips_are_faces(void)
{
    mien_crop_options o = MIEN_CROP_DEFAULTS;
    mien_image photo = {0}, chip = {0};
    mien_reading r = {0};
    mien_buffer line = {0};
    mien_reader *reader = read_sample(&photo, &r);
    o.folder = folder;
    o.side = 96;
    CHECK(!mien_crop_save(&photo, &r, "p.jpg", "x/p", &o, &line, NULL));
    mien_buffer_put(&line, "", 1);
    CHECK(strstr((char *)line.data, "/x/p.png\",\"face\":{\"box\""));
    CHECK(!mien_face_chip(&photo, &r.faces.face[0], 96, &chip, NULL));
    for (int twice = 0; twice < 2; twice++) {
        if (twice) { /* a reading of a photo that was read at half its size */
            r.w *= 2;
            r.h *= 2;
            mien_faces_scale(&r.faces, 2, 2);
            CHECK(!mien_crop_save(&photo, &r, "p.jpg", "x/p", &o, NULL, NULL));
        }
        mien_image got = saved("x/p.png");
        CHECK(got.w == 96 && got.h == 96);
        CHECK(!memcmp(got.data, chip.data, (size_t)96 * 96 * 3));
        mien_image_free(&got);
    }
    mien_image_free(&chip);
    mien_image_free(&photo);
    mien_faces_free(&r.faces);
    mien_buffer_free(&line);
    mien_reader_free(reader);
}

/* All faces, by their boxes; only the largest; none. */
static void test_which_faces(void)
{
    mien_crop_options o = MIEN_CROP_DEFAULTS;
    mien_image photo = {0};
    mien_face face[2] = {{.box = {2, 2, 10, 8}}, {.box = {20, 30, 20, 20}}};
    mien_reading r = {.w = 60, .h = 60, .faces = {.n = 2, .face = face}};
    mien_error err = {0};
    CHECK(!mien_image_new(60, 60, &photo, NULL));
    for (int i = 0; i < 60 * 60; i++)
        memset(photo.data + 3 * i, i / 60 < 30 ? 200 : 100, 3);
    o.folder = folder;
    o.by = MIEN_CHIP_BOX;
    o.side = 20;
    o.ending = ".jpg";
    o.all = 1;
    CHECK(!mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL));
    mien_image a = saved("p-1.jpg"), b = saved("p-2.jpg");
    CHECK(a.w == 20 && abs(a.data[0] - 200) < 3);
    CHECK(b.w == 20 && abs(b.data[0] - 100) < 3);
    mien_image_free(&a);
    mien_image_free(&b);
    o.all = 0;
    CHECK(!mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL));
    b = saved("p.jpg");
    CHECK(abs(b.data[0] - 100) < 3);
    mien_image_free(&b);
    o.by = MIEN_CHIP_POINTS;
    CHECK_EQ(mien_crop_save(&photo, &r, "p", "p", &o, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "5 points apart"));
    o.by = MIEN_CHIP_BOX;
    o.ending = ".tif";
    CHECK_EQ(mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL), MIEN_EARG);
    o.folder = "/dev/null";
    CHECK_EQ(mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL), MIEN_EIO);
    r.faces.n = 0;
    CHECK(!mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL));
    mien_image_free(&photo);
}

static void test_failing_memory_is_reported(void)
{
    static const char *const name[] = {"a.jpg", "a.png"};
    mien_photo_file file[2] = {{.name = name[0]}, {.name = name[1]}};
    const mien_photo_list l = {.file = file, .n = 2};
    mien_crop_options o = MIEN_CROP_DEFAULTS;
    mien_image photo = {0};
    mien_face face = {.box = {2, 2, 10, 8}};
    mien_reading r = {.w = 60, .h = 60, .faces = {.n = 1, .face = &face}};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    CHECK(!mien_image_new(60, 60, &photo, NULL));
    o.folder = folder;
    o.by = MIEN_CHIP_BOX;
    for (; st == MIEN_ENOMEM && n < 200; n++) {
        mien_paths p = {0};
        mi_alloc_fail_after(n);
        st = mien_crop_names(&l, &p, NULL);
        if (!st)
            st = mien_crop_save(&photo, &r, "p", "p", &o, NULL, NULL);
        mi_alloc_fail_after(-1);
        mien_paths_free(&p);
    }
    CHECK(!st && n > 8);
    mien_image b = saved("p.png");
    mien_image_free(&b);
    mien_image_free(&photo);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    CHECK(mkdtemp(folder) != NULL);
    RUN(test_names_of_chips);
    RUN(test_chips_are_faces);
    RUN(test_which_faces);
    RUN(test_failing_memory_is_reported);
    char inside[64];
    snprintf(inside, sizeof inside, "%s/x", folder);
    rmdir(inside);
    rmdir(folder);
    return check_done();
}
