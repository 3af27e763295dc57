/* Faces of photos, read by a model of dots: each face's box shows one. */
/* Not as WebAssembly: reads JSON with jansson, and files. */
#include "base/alloc.h"
#include "mien/faces_models.h"
#include "mien/file.h"
#include "mien/model.h"
#include "mien/picture_model.h"
#include "tests/check.h"
#include "tests/dots_make.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 5, SHOWN = 3, W = 360, H = 200 };

static char folder[] = "/tmp/mien-own-XXXXXX";
static char path[64]; /* model.onnx of the dots, with their points and side */

/* Learn the dots and save the model. */
static void learn(void)
{
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_labels l = dots();
    const mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_bytes file = {0};
    mien_error err = {0};
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/model.onnx", folder);
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, &o, &s, &err) &&
                  !mien_picture_study_learn(s, NULL, &err) &&
                  !mien_picture_study_judge(s, &err) &&
                  !mien_onnx_write(net->graph, &file, &err) &&
                  !mien_file_save(path, file.data, file.n, &err),
              "%s", err.text);
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* Where dot i lies in the photo. */
static mien_box box_of(int i)
{
    return (mien_box){(float)(20 + 110 * i), (float)(30 + 20 * i), SIDE * TIMES,
                      SIDE * TIMES};
}

/* A photo of the first dots. */
static mien_image photo_of_dots(void)
{
    mien_image im = {0};
    CHECK(!mien_image_new(W, H, &im, NULL));
    for (int i = 0; i < SHOWN; i++)
        for (int v = 0; v < SIDE * TIMES; v++)
            for (int u = 0; u < SIDE * TIMES; u++) {
                int x = (int)box_of(i).x + u, y = (int)box_of(i).y + v;
                memset(im.data + y * im.stride + (ptrdiff_t)3 * x,
                       pixels[(i * SIDE + v / TIMES) * SIDE + u / TIMES], 3);
            }
    return im;
}

/* A photo's reading with a face for each dot. */
static mien_reading reading_of_dots(void)
{
    mien_reading r = {.w = W, .h = H};
    r.faces.n = SHOWN;
    r.faces.face = mi_alloc(SHOWN, sizeof(mien_face));
    for (int i = 0; i < SHOWN && r.faces.face; i++)
        r.faces.face[i] = (mien_face){.box = box_of(i), .score = 1};
    return r;
}

static mien_own_models *load(const mien_own_models_options *o)
{
    mien_own_models *m = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_own_models_load(o, &m, &err), "%s", err.text);
    return m;
}

static const char *const side = "side";

/* Points and side of each dot are told, also of a photo of another size and of
 * one that was turned. */
static void test_faces_are_read(void)
{
    const mien_own_models_options o = {path, path, 1, &side};
    mien_own_models *m = load(&o);
    mien_model_digest d[2];
    mien_image im = photo_of_dots();
    mien_reading r = reading_of_dots(), twice = reading_of_dots();
    CHECK_EQ(mien_own_models_digests(m, d), 2);
    CHECK(strcmp(d[1].task, "landmark-model") == 0 &&
          strlen(d[1].sha256) == 64);
    CHECK_EQ(mien_own_models_read(m, &im, &r, NULL, NULL), MIEN_OK);
    CHECK(r.faces.choices == 2 && r.times.own > 0);
    CHECK(strcmp(r.faces.choice[0].task, "expression") == 0);
    CHECK(strcmp(r.faces.choice[1].task, "side") == 0);
    for (int i = 0; i < SHOWN; i++) {
        const mien_face *f = &r.faces.face[i];
        double p = 0;
        const char *chosen = mien_faces_chosen(&r.faces, 1, i, &p);
        CHECK(f->n_landmarks == 1 && f->has == MIEN_FACE_LANDMARKS);
        CHECK_NEAR(f->landmarks[0].x, f->box.x + TIMES * place[i].x, 15);
        CHECK_NEAR(f->landmarks[0].y, f->box.y + TIMES * place[i].y, 15);
        CHECK(strcmp(chosen, side_name[label[2 * i]]) == 0 && p > .5);
    }
    twice.w = 2 * W;
    twice.h = 2 * H;
    mien_faces_scale(&twice.faces, 2, 2);
    CHECK_EQ(mien_own_models_read(m, &im, &twice, NULL, NULL), MIEN_OK);
    for (int i = 0; i < SHOWN; i++)
        CHECK_NEAR(twice.faces.face[i].landmarks[0].x,
                   2 * r.faces.face[i].landmarks[0].x, 1e-2);
    mien_faces_free(&r.faces);
    mien_faces_free(&twice.faces);
    mien_image_free(&im);
    mien_own_models_free(m);
}

/* A photo that lies on its side is read as the upright one. */
static void test_turned_photos(void)
{
    const mien_own_models_options o = {NULL, path, 1, &side};
    mien_own_models *m = load(&o);
    mien_image im = photo_of_dots();
    mien_reading r = reading_of_dots();
    CHECK_EQ(mien_own_models_read(m, &im, &r, NULL, NULL), MIEN_OK);
    for (int q = 1; q < 4; q++) {
        mien_image lying = {0};
        mien_reading l = reading_of_dots();
        CHECK(!mien_image_turn(&im, 4 - q, &lying, NULL));
        l.w = lying.w;
        l.h = lying.h;
        for (int i = 0; i < SHOWN; i++) {
            mien_box b = box_of(i);
            l.faces.face[i].rotation = 90 * q;
            l.faces.face[i].box =
                q == 1 ? (mien_box){b.y, W - b.x - b.width, b.height, b.width}
                : q == 2
                    ? (mien_box){W - b.x - b.width, H - b.y - b.height, b.width,
                                 b.height}
                    : (mien_box){H - b.y - b.height, b.x, b.height, b.width};
        }
        CHECK_EQ(mien_own_models_read(m, &lying, &l, NULL, NULL), MIEN_OK);
        for (int i = 0; i < SHOWN; i++) {
            mien_point p = r.faces.face[i].landmarks[0];
            mien_point got = l.faces.face[i].landmarks[0];
            CHECK_NEAR(got.x, q == 1 ? p.y : q == 2 ? W - p.x : H - p.y, 1e-2);
            CHECK_NEAR(got.y, q == 1 ? W - p.x : q == 2 ? H - p.y : p.x, 1e-2);
            CHECK_NEAR(l.faces.choice[0].probability[2 * i],
                       r.faces.choice[0].probability[2 * i], 1e-5);
        }
        mien_faces_free(&l.faces);
        mien_image_free(&lying);
    }
    mien_faces_free(&r.faces);
    mien_image_free(&im);
    mien_own_models_free(m);
}

/* A model that was trained on whole pictures gets the square in which a face's
 * five points lie as they did there. */
static void test_frame(void)
{
    static const char five[] =
        "{\"mien\": \"net/1\", \"name\": \"five\", \"layers\": ["
        "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
        " \"scale\": 0.01},"
        "{\"kind\": \"flatten\"},"
        "{\"name\": \"points\", \"kind\": \"dense\", \"units\": 10}]}";
    static const char words[] =
        "mien/picture/1\nframe\t0.25\t0.375\t0.5\t0.25\n"
        "input\t0\t1\t16\t16\t0\nscale\t0.01\t0.01\t0.01\n"
        "answer\t0\t1\tpoints\tpoints\t1\t10\n";
    /* the square of a face of these points: 40 pixels wide, from 60, 80 on */
    const mien_point points[5] = {
        {70, 95}, {90, 95}, {80, 100}, {72, 105}, {88, 105}};
    const mien_box square = {60, 80, 40, 40};
    char file[64];
    mien_bytes bytes = {0};
    mien_picture_model *of = NULL;
    mien_picture_replies want = {0};
    mien_image im = photo_of_dots();
    mien_net *net = network(five);
    mien_graph_set_meta(net->graph, "mien.picture", words);
    snprintf(file, sizeof file, "%s/five.onnx", folder);
    CHECK(!mien_onnx_write(net->graph, &bytes, NULL) &&
          !mien_file_save(file, bytes.data, bytes.n, NULL) &&
          !mien_picture_model_new(bytes.data, bytes.n, &of, NULL) &&
          !mien_picture_model_ask(of, &im, 1, &square, NULL, &want, NULL));
    const mien_own_models_options o = {.landmarks = file};
    mien_own_models *m = load(&o);
    for (int q = 0; q < 2; q++) {
        mien_image shown = {0};
        mien_reading r = reading_of_dots();
        r.faces.n = 1;
        mien_face *f = r.faces.face;
        f->n_keypoints = 5;
        f->rotation = 90 * q;
        CHECK(!mien_image_turn(&im, q ? 3 : 0, &shown, NULL));
        r.w = shown.w;
        r.h = shown.h;
        for (int i = 0; i < 5; i++)
            f->keypoints[i] =
                q ? (mien_point){points[i].y, W - points[i].x} : points[i];
        CHECK_EQ(mien_own_models_read(m, &shown, &r, NULL, NULL), MIEN_OK);
        CHECK_EQ(f->n_landmarks, 5);
        for (int i = 0; i < 5; i++) {
            float x = want.value[0][2 * i], y = want.value[0][2 * i + 1];
            CHECK_NEAR(f->landmarks[i].x, q ? y : x, 1e-2);
            CHECK_NEAR(f->landmarks[i].y, q ? W - x : y, 1e-2);
        }
        mien_faces_free(&r.faces);
        mien_image_free(&shown);
    }
    mien_own_models_free(m);
    mien_picture_replies_free(&want);
    mien_picture_model_free(of);
    mien_bytes_free(&bytes);
    mien_net_free(net);
    mien_image_free(&im);
    CHECK(unlink(file) == 0);
}

static void refuse(const mien_own_models_options *o, mien_status want,
                   const char *text)
{
    mien_own_models *m = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_own_models_load(o, &m, &err), want);
    CHECK_MSG(strstr(err.text, text) != NULL, "%s", err.text);
    CHECK(m == NULL);
}

static void test_refusals(void)
{
    char other[64];
    const char *const half = "half";
    const char *const many[MIEN_FACE_MAX_CHOICES] = {NULL};
    snprintf(other, sizeof other, "%s/other.onnx", folder);
    CHECK(!mien_file_save(other, "no model", 8, NULL));
    refuse(&(mien_own_models_options){.expression = "/nowhere"}, MIEN_EIO,
           "/nowhere");
    refuse(&(mien_own_models_options){.expression = other}, MIEN_EFORMAT,
           "other.onnx: ");
    refuse(&(mien_own_models_options){NULL, path, 1, &half}, MIEN_EFORMAT,
           "the model tells points (2 coordinates), side (2 classes), level "
           "(1 number); wanted classes of 'half'");
    refuse(&(mien_own_models_options){path, NULL, 1, &side}, MIEN_EARG,
           "wanted a model of landmarks");
    refuse(&(mien_own_models_options){NULL, path, MIEN_FACE_MAX_CHOICES, many},
           MIEN_EARG, "at most 7");
    const mien_own_models_options o = {NULL, path, 0, NULL};
    mien_own_models *m = load(&o);
    mien_image im = photo_of_dots();
    mien_reading r = reading_of_dots();
    mien_error err = {0};
    r.faces.face[1].box.width = 0;
    CHECK_EQ(mien_own_models_read(m, &im, &r, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "box 1 is 0 x") != NULL);
    mien_faces_free(&r.faces);
    CHECK_EQ(mien_own_models_read(m, &im, &r, NULL, &err), MIEN_OK);
    mien_own_models_free(m);
    mien_own_models_free(NULL);
    mien_image_free(&im);
    CHECK(unlink(other) == 0);
}

static void test_failing_memory_is_reported(void)
{
    const mien_own_models_options o = {path, path, 1, &side};
    mien_image im = photo_of_dots();
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 4000; n++) {
        mien_own_models *m = NULL;
        mien_reading r = reading_of_dots();
        r.faces.face[0].rotation = n % 2 ? 90 : 0;
        mi_alloc_fail_after(n);
        st = mien_own_models_load(&o, &m, NULL);
        if (!st)
            st = mien_own_models_read(m, &im, &r, NULL, NULL);
        mi_alloc_fail_after(-1);
        mien_faces_free(&r.faces);
        mien_own_models_free(m);
    }
    CHECK(st == MIEN_OK && n > 60);
    mien_image_free(&im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    learn();
    RUN(test_faces_are_read);
    RUN(test_turned_photos);
    RUN(test_frame);
    RUN(test_refusals);
    RUN(test_failing_memory_is_reported);
    CHECK(unlink(path) == 0 && rmdir(folder) == 0);
    return check_done();
}
