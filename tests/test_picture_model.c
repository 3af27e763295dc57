/* A model of dots, asked about boxes of photos. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/model.h"
#include "mien/picture_model.h"
#include "tests/check.h"
#include "tests/dots_make.h"

#include <math.h>
#include <string.h>

static mien_bytes file; /* model.onnx of the dots */
static mien_labels labels;

/* Learn dots, boxed or whole, and keep the model. */
static void learn(int boxed, float margin)
{
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = NULL;
    mien_error err = {0};
    labels = dots();
    const mien_picture_set set = {"dots", &labels, NULL, NULL, NULL};
    o.view = (mien_picture_view){(mien_picture_crop)boxed, margin, 0, 0};
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, &o, &s, &err) &&
                  !mien_picture_study_learn(s, NULL, &err) &&
                  !mien_picture_study_judge(s, &err) &&
                  !mien_onnx_write(net->graph, &file, &err),
              "%s", err.text);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static mien_picture_model *model(void)
{
    mien_picture_model *m = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_picture_model_new(file.data, file.n, &m, &err), "%s",
              err.text);
    return m;
}

/* Dot i in a photo of w x h, each of its pixels `times` x `times` from x, y
 * on; grey of 10 around it. */
static mien_image photo_of(int i, int w, int h, int x, int y, int times)
{
    mien_image im = {0};
    CHECK(!mien_image_new(w, h, &im, NULL));
    for (int v = 0; v < h; v++)
        for (int u = 0; u < w; u++) {
            int p = (u - x) / times, q = (v - y) / times;
            int in = u >= x && v >= y && p < SIDE && q < SIDE;
            memset(im.data + v * im.stride + (ptrdiff_t)3 * u,
                   in ? pixels[(i * SIDE + q) * SIDE + p] : 10, 3);
        }
    return im;
}

static mien_picture_replies ask(const mien_picture_model *m,
                                const mien_image *im, int n,
                                const mien_box *box,
                                const mien_picture_ask_options *o)
{
    mien_picture_replies r = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_picture_model_ask(m, im, n, box, o, &r, &err), "%s",
              err.text);
    return r;
}

/* What the model says of the pictures that it is judged by gives the figures
 * of that judgement. */
static void test_replies_are_what_is_judged(void)
{
    learn(0, 0);
    mien_picture_model *m = model();
    const mien_picture_set set = {"dots", &labels, NULL, NULL, NULL};
    mien_picture_verdict v = {0};
    CHECK_EQ(mien_picture_model_answers(m), 3);
    mien_picture_answer a = mien_picture_model_answer(m, 1);
    CHECK(a.kind == MIEN_ANSWER_CLASSES && strcmp(a.task, "side") == 0);
    CHECK(a.units == 2 && a.names == 2 && strcmp(a.of[1], "right") == 0);
    a = mien_picture_model_answer(m, 0);
    CHECK(a.units == 2 && a.names == 1 && strcmp(a.of[0], "dot") == 0);
    CHECK_EQ(mien_picture_model_find(m, MIEN_ANSWER_NUMBER, NULL), 2);
    CHECK_EQ(mien_picture_model_find(m, MIEN_ANSWER_CLASSES, "half"), -1);
    for (int mirror = 0; mirror < 2; mirror++) {
        const mien_picture_evaluate_options how = {.mirror = mirror};
        const mien_picture_ask_options o = {.mirror = mirror};
        double loss = 0, square = 0, absolute = 0;
        for (int i = 0; i < N; i++) {
            mien_image im = photo_of(i, SIDE, SIDE, 0, 0, 1);
            mien_picture_replies r = ask(m, &im, 1, NULL, &o);
            double dx = (double)(r.value[0][0] - place[i].x);
            double dy = (double)(r.value[0][1] - place[i].y);
            square += (dx * dx + dy * dy) / 2 / N;
            loss -= log((double)r.value[1][label[2 * i]]) / N;
            absolute += fabs((double)(r.value[2][0] - number[i])) / N;
            CHECK_NEAR(r.value[1][0] + r.value[1][1], 1, 1e-6);
            mien_picture_replies_free(&r);
            mien_image_free(&im);
        }
        CHECK(!mien_picture_evaluate(file.data, file.n, &set, &how, &v, NULL));
        CHECK_NEAR(v.answer[0].points.square, square, 1e-4);
        CHECK_NEAR(v.answer[1].log_loss, loss, 1e-5);
        CHECK_NEAR(v.answer[2].absolute, absolute, 1e-5);
        mien_picture_verdict_free(&v);
    }
    mien_picture_model_free(m);
    mien_bytes_free(&file);
}

/* A box of a photo is the picture that it shows, wherever it lies.  One box is
 * told the same alone and among others, by one thread and by several. */
static void test_boxes(void)
{
    enum { BOXES = 5, TIMES = 5, LEFT = 135, TOP = 100 };
    mien_picture_ask_options o = {0};
    learn(0, 0);
    mien_picture_model *m = model();
    CHECK(!mien_pool_new(3, &o.pool, NULL));
    for (int i = 0; i < 6; i++) {
        mien_image small = photo_of(i, SIDE, SIDE, 0, 0, 1);
        mien_image large = photo_of(i, 400, 300, LEFT, TOP, TIMES);
        const mien_box box[BOXES] = {{LEFT, TOP, SIDE * TIMES, SIDE * TIMES},
                                     {-300, -20, 90, 90},
                                     {390, 290, 40, 60},
                                     {10.5f, 20.25f, 8, 8},
                                     {0, 0, 400, 300}};
        mien_picture_replies s = ask(m, &small, 1, NULL, NULL);
        mien_picture_replies l = ask(m, &large, BOXES, box, NULL);
        mien_picture_replies many = ask(m, &large, BOXES, box, &o);
        CHECK_NEAR(l.value[0][0], LEFT + TIMES * s.value[0][0], .01);
        CHECK_NEAR(l.value[0][1], TOP + TIMES * s.value[0][1], .01);
        CHECK_NEAR(l.value[1][0], s.value[1][0], 1e-4);
        CHECK_NEAR(l.value[2][0], s.value[2][0], 1e-4);
        for (ptrdiff_t j = 0; j < BOXES; j++) {
            mien_picture_replies one = ask(m, &large, 1, box + j, NULL);
            CHECK(memcmp(many.value[0] + 2 * j, l.value[0] + 2 * j, 8) == 0);
            CHECK(memcmp(many.value[1] + 2 * j, l.value[1] + 2 * j, 8) == 0);
            CHECK_NEAR(one.value[0][0], l.value[0][2 * j], 1e-3);
            CHECK_NEAR(one.value[0][1], l.value[0][2 * j + 1], 1e-3);
            CHECK_NEAR(one.value[1][1], l.value[1][2 * j + 1], 1e-5);
            CHECK_NEAR(one.value[2][0], l.value[2][j], 1e-5);
            mien_picture_replies_free(&one);
        }
        mien_picture_replies_free(&s);
        mien_picture_replies_free(&l);
        mien_picture_replies_free(&many);
        mien_image_free(&small);
        mien_image_free(&large);
    }
    mien_pool_free(o.pool);
    mien_picture_model_free(m);
    mien_bytes_free(&file);
}

/* A network that was trained on boxes with a margin gets that margin. */
static void test_margin(void)
{
    learn(1, .5f);
    mien_picture_model *m = model();
    mien_image im = photo_of(3, 64, 64, 16, 16, 2);
    const mien_box outer = {16, 16, 32, 32}, inner = {24, 24, 16, 16};
    mien_picture_replies whole = ask(m, &im, 1, NULL, NULL);
    mien_picture_replies grown = ask(m, &im, 1, &inner, NULL);
    mien_picture_replies wide = ask(m, &im, 1, &outer, NULL);
    CHECK_NEAR(grown.value[0][0], 16 + 2 * place[3].x, 6);
    CHECK_NEAR(grown.value[0][1], 16 + 2 * place[3].y, 6);
    CHECK(memcmp(wide.value[0], whole.value[0], 8) == 0);
    mien_picture_replies_free(&whole);
    mien_picture_replies_free(&grown);
    mien_picture_replies_free(&wide);
    mien_image_free(&im);
    mien_picture_model_free(m);
    mien_bytes_free(&file);
}

/* The mean with the mirror is the same for the mirror, seen in it. */
static void test_mirror(void)
{
    const mien_picture_ask_options o = {.mirror = 1};
    learn(0, 0);
    mien_picture_model *m = model();
    for (int i = 0; i < 8; i++) {
        mien_image im = photo_of(i, SIDE, SIDE, 0, 0, 1), other;
        CHECK(!mien_image_new(SIDE, SIDE, &other, NULL));
        for (int p = 0; p < SIDE * SIDE; p++) {
            int x = SIDE - 1 - p % SIDE, y = p / SIDE;
            memcpy(other.data + y * other.stride + (ptrdiff_t)3 * x,
                   im.data + y * im.stride + (ptrdiff_t)3 * (p % SIDE), 3);
        }
        mien_picture_replies a = ask(m, &im, 1, NULL, &o);
        mien_picture_replies b = ask(m, &other, 1, NULL, &o);
        CHECK_NEAR(a.value[0][0], SIDE - b.value[0][0], 1e-4);
        CHECK_NEAR(a.value[0][1], b.value[0][1], 1e-4);
        CHECK_NEAR(a.value[1][0], b.value[1][1], 1e-5);
        mien_picture_replies_free(&a);
        mien_picture_replies_free(&b);
        mien_image_free(&im);
        mien_image_free(&other);
    }
    mien_picture_model_free(m);
    mien_bytes_free(&file);
}

/* Where points lay in whole pictures is kept; of boxes it is not. */
static void test_frame(void)
{
    static const char two[] =
        "{\"mien\": \"net/1\", \"name\": \"two\", \"layers\": ["
        "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16]},"
        "{\"kind\": \"flatten\"},"
        "{\"name\": \"points\", \"kind\": \"dense\", \"units\": 4}],"
        "\"losses\": [{\"output\": \"points\", \"kind\": \"mse\"}]}";
    static mien_point both[2 * N];
    char *name[] = {(char *)"left_eye", (char *)"right_eye"};
    mien_picture_options o = options();
    for (int i = 0; i < N; i++) {
        both[2 * i] = (mien_point){4, 10};
        both[2 * i + 1] = (mien_point){12, 6};
    }
    o.epochs = 1;
    o.group = NULL;
    for (int boxed = 0; boxed < 2; boxed++) {
        mien_labels l = dots();
        mien_net *net = network(two);
        mien_picture_study *s = NULL;
        mien_picture_model *m = NULL;
        const mien_picture_set set = {"two", &l, NULL, NULL, NULL};
        l.points = 2;
        l.point_name = name;
        l.point = both;
        o.view.crop = boxed ? MIEN_CROP_BOX : MIEN_CROP_WHOLE;
        CHECK(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL) &&
              !mien_picture_study_learn(s, NULL, NULL) &&
              !mien_picture_study_judge(s, NULL) &&
              !mien_onnx_write(net->graph, &file, NULL) &&
              !mien_picture_model_new(file.data, file.n, &m, NULL));
        mien_box frame = mien_picture_model_frame(m);
        CHECK_NEAR(frame.width, boxed ? 0 : .5, 1e-6);
        CHECK_NEAR(frame.height, boxed ? 0 : .25, 1e-6);
        CHECK_NEAR(frame.x, boxed ? 0 : .25, 1e-6);
        CHECK_NEAR(frame.y, boxed ? 0 : .375, 1e-6);
        mien_picture_model_free(m);
        mien_bytes_free(&file);
        mien_picture_study_free(s);
        mien_net_free(net);
    }
}

/* A model with other words about its use; the status of reading it. */
static mien_status read_with(const char *words, mien_picture_model **out,
                             mien_error *err)
{
    mien_net *net = network(net_text);
    mien_bytes other = {0};
    if (words)
        mien_graph_set_meta(net->graph, "mien.picture", words);
    CHECK(!mien_onnx_write(net->graph, &other, NULL));
    mien_status st = mien_picture_model_new(other.data, other.n, out, err);
    mien_bytes_free(&other);
    mien_net_free(net);
    return st;
}

static void test_refusals(void)
{
    const mien_box bad[] = {
        {0, 0, 0, 5}, {0, 0, 5, -1}, {NAN, 0, 5, 5}, {1e9f, 0, 5, 5}};
    const mien_picture_ask_options o = {.mirror = 1};
    mien_picture_model *m = NULL;
    mien_picture_replies r = {0};
    mien_error err = {0};
    CHECK(mien_picture_model_new((const uint8_t *)"no", 2, &m, &err));
    CHECK_EQ(read_with(NULL, &m, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "no model of pictures") != NULL);
    CHECK_EQ(read_with("mien/picture/1\ninput\t0\t1\t16\t16\t0\n"
                       "answer\t2\t4\tx\tx\t1\t1\n",
                       &m, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "auto-encoder") != NULL);
    CHECK_EQ(read_with("mien/picture/1\ninput\t0\t1\t16\t16\t0\n"
                       "answer\t0\t1\tx\tx\t1\t2\ta\tb\n",
                       &m, &err),
             MIEN_EFORMAT);
    CHECK_EQ(read_with("mien/picture/1\nframe\t0\t0\tnan\t1\n"
                       "input\t0\t1\t16\t16\t0\n"
                       "answer\t0\t1\tpoints\tpoints\t1\t2\n",
                       &m, &err),
             MIEN_EFORMAT);
    CHECK(m == NULL);
    CHECK_EQ(read_with("mien/picture/1\ninput\t0\t1\t16\t16\t0\n"
                       "answer\t0\t1\tpoints\tpoints\t1\t2\n",
                       &m, &err),
             MIEN_OK);
    mien_image im = photo_of(0, SIDE, SIDE, 0, 0, 1);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(mien_picture_model_ask(m, &im, 1, bad + i, NULL, &r, &err),
                 MIEN_EARG);
    CHECK(strstr(err.text, "box 0 is 5 x 5") != NULL);
    CHECK_EQ(mien_picture_model_ask(m, &im, 1, NULL, &o, &r, &err), MIEN_EARG);
    CHECK(strstr(err.text, "'points' have no names") != NULL);
    CHECK_EQ(mien_picture_model_ask(m, &im, 0, bad, NULL, &r, &err), MIEN_OK);
    CHECK(r.n == 0 && !r.value[0]);
    mien_picture_replies_free(NULL);
    mien_picture_model_free(NULL);
    mien_image_free(&im);
    mien_picture_model_free(m);
}

static void test_failing_memory_is_reported(void)
{
    const mien_box box[] = {{2, 2, 20, 20}, {5, 5, 40, 40}};
    const mien_picture_ask_options o = {.mirror = 1};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    learn(0, 0);
    mien_image im = photo_of(0, 64, 64, 8, 8, 2);
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_picture_model *m = NULL;
        mien_picture_replies r = {0};
        mi_alloc_fail_after(n);
        st = mien_picture_model_new(file.data, file.n, &m, NULL);
        if (!st)
            st = mien_picture_model_ask(m, &im, 2, box, &o, &r, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || (!r.n && !r.value[0]));
        mien_picture_replies_free(&r);
        mien_picture_model_free(m);
    }
    CHECK(st == MIEN_OK && n > 30);
    mien_image_free(&im);
    mien_bytes_free(&file);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_replies_are_what_is_judged);
    RUN(test_boxes);
    RUN(test_margin);
    RUN(test_mirror);
    RUN(test_frame);
    RUN(test_refusals);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
