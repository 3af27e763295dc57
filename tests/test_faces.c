/* Faces of photos through an auto-encoder that knows grey squares. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/faces.h"
#include "mien/model.h"
#include "mien/picture.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 16, N = 40 };

static const char text[] =
    "{\"mien\": \"net/1\", \"name\": \"coder\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [3, 16, 16],"
    " \"colour\": \"bgr\", \"scale\": 0.00392157},"
    "{\"name\": \"code\", \"kind\": \"flatten\"},"
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": 4},"
    "{\"name\": \"log_variance\", \"kind\": \"dense\", \"inputs\": \"code\","
    " \"units\": 4},"
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [4],"
    " \"fill\": \"normal\"},"
    "{\"name\": \"latent\", \"kind\": \"sample\","
    " \"inputs\": [\"mean\", \"log_variance\", \"noise\"]},"
    "{\"kind\": \"dense\", \"units\": 768},"
    "{\"kind\": \"reshape\", \"shape\": [3, 16, 16]},"
    "{\"name\": \"again\", \"kind\": \"sigmoid\"}],"
    "\"outputs\": [\"again\", \"mean\", \"log_variance\"],"
    "\"losses\": [{\"output\": \"again\", \"kind\": \"mse\", \"sum\": true,"
    " \"target\": \"image\"},"
    "{\"kind\": \"kl\", \"mean\": \"mean\","
    " \"log_variance\": \"log_variance\"}]}";

static char folder[] = "/tmp/coded-XXXXXX";
static char model[64], none[64], sheet[64], movie[64];

/* Pictures that are loaded: one colour each. */
static mien_status load(void *arg, const char *name, mien_image *out,
                        mien_error *err)
{
    (void)arg;
    mien_status st = mien_image_new(SIDE, SIDE, out, err);
    for (int i = 0; i < SIDE * SIDE * 3 && !st; i++)
        out->data[i] = (uint8_t)(strtol(name, NULL, 10) * (1 + i % 3));
    return st;
}

/* A model of one epoch in a file, and a picture without a face. */
static void make_files(void)
{
    mien_net *net = NULL;
    mien_labels l = {0};
    mien_picture_study *s = NULL;
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_bytes file = {0};
    mien_image grey = {0};
    char name[N][4];
    const char *path[N];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(model, sizeof model, "%s/model.onnx", folder);
    snprintf(none, sizeof none, "%s/none.png", folder);
    snprintf(sheet, sizeof sheet, "%s/sheet.png", folder);
    snprintf(movie, sizeof movie, "%s/movie.gif", folder);
    for (int i = 0; i < N; i++) {
        snprintf(name[i], sizeof name[i], "%d", 2 * i);
        path[i] = name[i];
    }
    CHECK(!mien_plain_paths(N, path, &l, NULL));
    const mien_picture_set set = {"colours", &l, load, NULL, NULL};
    o.epochs = 1;
    CHECK(
        !mien_net_read((const uint8_t *)text, strlen(text), NULL, &net, NULL));
    CHECK(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL));
    CHECK(!mien_picture_study_learn(s, NULL, NULL));
    CHECK(!mien_picture_study_judge(s, NULL));
    CHECK(!mien_onnx_write(net->graph, &file, NULL));
    CHECK(!mien_file_save(model, file.data, file.n, NULL));
    CHECK(!mien_image_new(40, 30, &grey, NULL));
    CHECK(!mien_image_save(none, &grey, NULL));
    mien_image_free(&grey);
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    mien_net_free(net);
    mien_labels_free(&l);
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
    CHECK(!mien_faces_again(c, yunet, 2, path, &out, &notes, NULL));
    CHECK(out.w == 2 * SIDE && out.h == SIDE);
    mien_buffer_put(&notes, "", 1);
    CHECK(strstr((char *)notes.data, "none.png: no face found"));
    mien_image_free(&out);
    CHECK(!mien_faces_again(c, NULL, 2, path, &out, NULL, NULL));
    CHECK(out.w == 4 * SIDE);
    mien_image_free(&out);
    CHECK_EQ(mien_faces_again(c, yunet, 1, path + 1, &out, NULL, &err),
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
    CHECK(!mien_faces_again(c, NULL, 2, path, &pair, NULL, NULL));
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
    CHECK(!mien_faces_morph(c, NULL, path, movie, 5, 12, NULL));
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
            st = mien_faces_again(c, NULL, 2, path, &out, NULL, NULL);
        if (!st)
            st = mien_faces_morph(c, NULL, path, sheet, 3, 12, NULL);
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
    RUN(test_failing_memory_is_reported);
    unlink(model);
    unlink(none);
    unlink(sheet);
    unlink(movie);
    rmdir(folder);
    return check_done();
}
