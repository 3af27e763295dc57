/* Faces of photos through an auto-encoder that knows grey squares. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/faces.h"
#include "tests/coder_make.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/coded-XXXXXX";
static char model[64], none[64], sheet[64], movie[64];

/* A model of one epoch in a file, and a picture without a face. */
static void make_files(void)
{
    mien_image grey = {0};
    CHECK(mkdtemp(folder) != NULL);
    snprintf(model, sizeof model, "%s/model.onnx", folder);
    snprintf(none, sizeof none, "%s/none.png", folder);
    snprintf(sheet, sizeof sheet, "%s/sheet.png", folder);
    snprintf(movie, sizeof movie, "%s/movie.gif", folder);
    coder_save(model, 1);
    CHECK(!mien_image_new(40, 30, &grey, NULL));
    CHECK(!mien_image_save(none, &grey, NULL));
    mien_image_free(&grey);
}

static mien_coder *coder(void)
{
    mien_coder *c = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_coder_load(model, NULL, &c, &err), "%s", err.text);
    return c;
}

/* A photo with faces and one without; what is left out is told. */
static void test_faces_again(void)
{
    const char *path[] = {"docs/sample.jpg", none};
    mien_coder *c = coder();
    mien_analyzer *yunet = NULL;
    mien_image out = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    CHECK(!mien_analyzer_find(NULL, NULL, NULL, &yunet, NULL));
    CHECK(!mien_faces_again(c, yunet, 2, path, NULL, &out, &notes, NULL));
    CHECK(out.w == 2 * SIDE && out.h == SIDE);
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "none.png: no face found"));
    mien_image_free(&out);
    CHECK(!mien_faces_again(c, NULL, 2, path, NULL, &out, NULL, NULL));
    CHECK(out.w == 4 * SIDE);
    mien_image_free(&out);
    CHECK_EQ(mien_faces_again(c, yunet, 1, path + 1, NULL, &out, NULL, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "no face in any of 1"));
    mien_buffer_free(&notes);
    mien_analyzer_free(yunet);
    mien_coder_free(c);
}

/* The first and last frames are the photos' own; between they change. */
static void test_between_two(void)
{
    const char *const path[] = {"docs/sample.jpg", none};
    mien_coder *c = coder();
    mien_image im[5] = {{0}}, pair = {0};
    mien_bytes file = {0};
    CHECK(!mien_faces_between(c, NULL, path, 5, im, NULL));
    CHECK(!mien_faces_again(c, NULL, 2, path, NULL, &pair, NULL, NULL));
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE * 3; x++) {
            const uint8_t *row = pair.data + y * pair.stride;
            int first = im[0].data[y * im[0].stride + x];
            int last = im[4].data[y * im[4].stride + x];
            CHECK(abs(first - row[3 * SIDE + x]) < 2);
            CHECK(abs(last - row[9 * SIDE + x]) < 2);
        }
    CHECK(!mien_frames_save(sheet, im, 5, 12, NULL));
    CHECK_EQ(mien_frames_save(sheet, im, 0, 12, NULL), MIEN_EARG);
    for (int i = 0; i < 5; i++)
        mien_image_free(&im[i]);
    mien_image_free(&pair);
    CHECK(!mien_faces_morph(c, NULL, path, movie, 5, 12, NULL, NULL));
    CHECK(!mien_file_load(movie, 0, &file, NULL) &&
          memcmp(file.data, "GIF89a", 6) == 0);
    mien_bytes_free(&file);
    mien_coder_free(c);
}

static void test_what_is_refused(void)
{
    const char *const path[] = {none, "/nowhere.jpg"};
    mien_coder *c = NULL;
    mien_image im[2] = {{0}};
    mien_error err = {0};
    CHECK_EQ(mien_coder_load(none, NULL, &c, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "none.png: "));
    CHECK_EQ(mien_coder_load("/nowhere", NULL, &c, NULL), MIEN_EIO);
    c = coder();
    CHECK_EQ(mien_faces_between(c, NULL, path, 2, im, &err), MIEN_EIO);
    CHECK(!im[0].data && strstr(err.text, "/nowhere.jpg"));
    mien_coder_free(c);
}

/* Enlarged and sharpened as the two functions by themselves do. */
static void test_how_faces_are_shown(void)
{
    const mien_sharpen mask = {1.5, 0.5, 0}, wider = {1.5, 1, 0};
    const mien_faces_look look = {0, 2 * SIDE, &mask}, plain = {0, 0, NULL};
    const mien_faces_look bad = {0, 1, NULL}, trimmed = {0.25, 0, NULL};
    const mien_faces_look most = {0.5, 0, NULL};
    mien_image im = {0}, large = {0}, sharp = {0}, part = {0};
    unsigned seed = 4;
    CHECK(!mien_image_new(SIDE, SIDE, &im, NULL));
    for (int i = 0; i < SIDE * SIDE * 3; i++)
        im.data[i] = (uint8_t)check_rand(&seed);
    CHECK(!mien_image_resize(&im, 2 * SIDE, 2 * SIDE, MIEN_BILINEAR_CENTRE,
                             &large, NULL));
    CHECK(!mien_image_sharpen(&large, &wider, &sharp, NULL));
    CHECK(!mien_faces_show(&im, 1, &plain, NULL) && im.w == SIDE);
    CHECK(!mien_faces_show(&im, 1, NULL, NULL) && im.w == SIDE);
    CHECK_EQ(mien_faces_show(&im, 1, &bad, NULL), MIEN_EARG);
    CHECK_EQ(mien_faces_show(&im, 1, &most, NULL), MIEN_EARG);
    CHECK(!mien_image_copy(&im, &part, NULL));
    CHECK(!mien_faces_show(&part, 1, &trimmed, NULL) && part.w == SIDE / 2);
    for (int y = 0; y < part.h; y++)
        CHECK(!memcmp(part.data + y * part.stride,
                      im.data + (y + 4) * im.stride + 4 * 3,
                      (size_t)part.w * 3));
    mien_image_free(&part);
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 20; n++) {
        mi_alloc_fail_after(n);
        st = mien_faces_show(&im, 1, &look, NULL);
        mi_alloc_fail_after(-1);
        CHECK(im.w == (st ? SIDE : 2 * SIDE));
    }
    CHECK(!st && !memcmp(im.data, sharp.data, (size_t)im.stride * im.h));
    mien_image_free(&im);
    mien_image_free(&large);
    mien_image_free(&sharp);
}

/* A model is looked for, or taken as it is said. */
static void test_which_model(void)
{
    static char longer[MIEN_PATH_MAX + 1];
    char path[MIEN_PATH_MAX] = "", before[MIEN_PATH_MAX];
    memset(longer, 'a', MIEN_PATH_MAX);
    CHECK(mien_coder_find("x.onnx", path) && !strcmp(path, "x.onnx"));
    CHECK(!mien_coder_find(longer, path));
    CHECK(getcwd(before, sizeof before) && !chdir(folder));
    setenv("MIEN_MODELS", folder, 1);
    CHECK(!mien_coder_find(NULL, path));
    CHECK(!mkdir("faces", 0700) && !link("model.onnx", "faces/model.onnx"));
    CHECK(mien_coder_find(NULL, path) && strstr(path, "/faces/model.onnx"));
    CHECK(!rename("faces", "vae"));
    CHECK(mien_coder_find(NULL, path) && !strcmp(path, "vae/model.onnx"));
    CHECK(!unlink("vae/model.onnx") && !rmdir("vae") && !chdir(before));
}

/* A model whose codes overflow. */
static void test_codes_that_are_no_numbers(void)
{
    const char *const path[] = {"docs/sample.jpg", none};
    mien_bytes file = {0};
    mien_graph *g = NULL;
    mien_coder *c = NULL;
    mien_image im[2] = {{0}};
    mien_error err = {0};
    char meta[1000] = "", bad[64];
    snprintf(bad, sizeof bad, "%s/bad.onnx", folder);
    CHECK(!mien_file_load(model, 0, &file, NULL));
    CHECK(!mien_onnx_read(file.data, file.n, &g, NULL));
    const char *usual = mien_graph_meta(g, "mien.picture");
    const char *scale = strstr(usual, "scale");
    snprintf(meta, sizeof meta, "%.*sscale\t3e38\t3e38\t3e38%s",
             (int)(scale - usual), usual, strchr(scale, '\n'));
    mien_graph_set_meta(g, "mien.picture", meta);
    mien_bytes_free(&file);
    CHECK(!mien_onnx_write(g, &file, NULL));
    CHECK(!mien_file_save(bad, file.data, file.n, NULL));
    CHECK_MSG(!mien_coder_load(bad, NULL, &c, &err), "%s", err.text);
    CHECK_EQ(mien_faces_between(c, NULL, path, 2, im, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "sample.jpg: the model makes"), "%s", err.text);
    unlink(bad);
    mien_coder_free(c);
    mien_graph_free(g);
    mien_bytes_free(&file);
}

static void test_failing_memory_is_reported(void)
{
    const char *const path[] = {none, none};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 3000; n++) {
        mien_coder *c = NULL;
        mien_image out = {0};
        mi_alloc_fail_after(n);
        st = mien_coder_load(model, NULL, &c, NULL);
        if (!st)
            st = mien_faces_again(c, NULL, 2, path, NULL, &out, NULL, NULL);
        if (!st)
            st = mien_faces_morph(c, NULL, path, sheet, 3, 12, NULL, NULL);
        mi_alloc_fail_after(-1);
        mien_image_free(&out);
        mien_coder_free(c);
    }
    CHECK(st == MIEN_OK && n > 20);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make_files();
    RUN(test_faces_again);
    RUN(test_between_two);
    RUN(test_what_is_refused);
    RUN(test_how_faces_are_shown);
    RUN(test_codes_that_are_no_numbers);
    RUN(test_which_model);
    RUN(test_failing_memory_is_reported);
    unlink(model);
    unlink(none);
    unlink(sheet);
    unlink(movie);
    rmdir(folder);
    return check_done();
}
