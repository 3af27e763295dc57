/* An auto-encoder of pictures without labels: squares on grey, made again. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/engine.h"
#include "mien/model.h"
#include "mien/picture.h"
#include "mien/picture_code.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { SIDE = 16, N = 240 };

static uint8_t pixels[N * SIDE * SIDE];

static const char code_text[] =
    "{\"mien\": \"net/1\", \"name\": \"coder\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
    " \"scale\": 0.00392157},"
    "{\"kind\": \"flatten\"},"
    "{\"kind\": \"dense\", \"units\": 64}, {\"name\": \"code\","
    " \"kind\": \"relu\"},"
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": 8},"
    "{\"name\": \"log_variance\", \"kind\": \"dense\", \"inputs\": \"code\","
    " \"units\": 8},"
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [8],"
    " \"fill\": \"normal\"},"
    "{\"name\": \"latent\", \"kind\": \"sample\","
    " \"inputs\": [\"mean\", \"log_variance\", \"noise\"]},"
    "{\"kind\": \"dense\", \"units\": 64}, {\"kind\": \"relu\"},"
    "{\"kind\": \"dense\", \"units\": 256},"
    "{\"kind\": \"reshape\", \"shape\": [1, 16, 16]},"
    "{\"name\": \"again\", \"kind\": \"sigmoid\"}],"
    "\"outputs\": [\"again\", \"mean\", \"log_variance\"],"
    "\"losses\": [{\"output\": \"again\", \"kind\": \"mse\", \"sum\": true,"
    " \"target\": \"image\"},"
    "{\"kind\": \"kl\", \"mean\": \"mean\","
    " \"log_variance\": \"log_variance\", \"weight\": 0.02}]}";

/* Pictures alone, without labels. */
static mien_labels unlabelled(void)
{
    unsigned seed = 9;
    for (int i = 0; i < N; i++) {
        int x = (int)(check_rand(&seed) % (SIDE - 6));
        int y = (int)(check_rand(&seed) % (SIDE - 6));
        uint8_t *p = pixels + i * SIDE * SIDE;
        for (int k = 0; k < SIDE * SIDE; k++)
            p[k] = (uint8_t)(60 + check_rand(&seed) % 20);
        for (int k = 0; k < 36; k++)
            p[(y + k / 6) * SIDE + x + k % 6] = 220;
    }
    return (mien_labels){.n = N, .w = SIDE, .h = SIDE, .pixels = pixels};
}

static mien_picture_options options(void)
{
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    o.epochs = 12;
    o.batch = 16;
    o.valid = .2;
    o.test = .2;
    o.optimizer.rate = 3e-3f;
    return o;
}

static mien_net *network(const char *text)
{
    mien_net *net = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_net_read((const uint8_t *)text, strlen(text), NULL, &net,
                            &err) == MIEN_OK,
              "%s", err.text);
    return net;
}

/* Mean squared error and divergence in bits of all pictures, by a plan. */
static void measure(const mien_graph *g, double *square, double *bits)
{
    const mien_shape shape[] = {{4, {1, 1, SIDE, SIDE}}, {2, {1, 8}}};
    mien_plan *p = NULL;
    float again[SIDE * SIDE], mean[8], log_variance[8];
    *square = *bits = 0;
    CHECK(!mien_plan_new(g, shape, 2, NULL, &p, NULL));
    for (int i = 0; i < N && p; i++) {
        const uint8_t *from = pixels + i * SIDE * SIDE;
        mien_tensor in = mien_plan_input(p, 0), noise = mien_plan_input(p, 1);
        for (int k = 0; k < SIDE * SIDE; k++)
            in.data[k] = (float)from[k] * 0.00392157f;
        memset(noise.data, 0, 8 * sizeof(float));
        mien_plan_run(p);
        mien_plan_read(p, 0, again);
        mien_plan_read(p, 1, mean);
        mien_plan_read(p, 2, log_variance);
        for (int k = 0; k < SIDE * SIDE; k++) {
            double d = (double)again[k] - from[k] / 255.0;
            *square += d * d / (SIDE * SIDE) / N;
        }
        for (int k = 0; k < 8; k++) {
            double m = (double)mean[k], v = (double)log_variance[k];
            *bits += (m * m + exp(v) - v - 1) / 2 / log(2.0) / N;
        }
    }
    mien_plan_free(p);
}

/* What an auto-encoder is said to reach is what its saved model reaches. */
static void test_pictures_made_again(void)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_picture_options o = options();
    mien_net *net = network(code_text);
    mien_picture_verdict v = {0};
    mien_graph *g = NULL;
    mien_error err = {0};
    double square = 0, bits = 0;
    mien_picture_study *s = NULL;
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, &o, &s, &err), "%s",
              err.text);
    CHECK_MSG(!mien_picture_study_learn(s, NULL, &err), "%s", err.text);
    CHECK_MSG(!mien_picture_study_judge(s, &err), "%s", err.text);
    const mien_picture_verdict *t = mien_picture_study_verdict(s, 1);
    CHECK(t->answers == 2 && t->answer[0].kind == MIEN_ANSWER_PICTURE &&
          t->answer[1].kind == MIEN_ANSWER_DIVERGENCE);
    CHECK(t->answer[0].n == t->n && t->answer[0].psnr > 12 &&
          t->answer[0].ssim > 0 && t->worst_n == 16);
    mien_picture_baseline pca = mien_picture_study_baseline(s);
    CHECK(pca.fitted > 140 && pca.judged == t->n && pca.components[0] == 64 &&
          pca.components[1] == 128);
    CHECK(pca.psnr[0] > 20 && pca.psnr[1] > pca.psnr[0] + .5);
    mien_bytes file = {0};
    CHECK(!mien_onnx_write(net->graph, &file, NULL));
    CHECK_MSG(!mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err),
              "%s", err.text);
    CHECK(!mien_onnx_read(file.data, file.n, &g, NULL));
    measure(g, &square, &bits);
    CHECK_NEAR(v.answer[0].square / square, 1, 1e-4);
    CHECK_NEAR(v.answer[0].psnr, -10 * log10(square), 1e-3);
    CHECK_NEAR(v.answer[1].bits / bits, 1, 1e-4);
    CHECK(bits > 0);
    mien_buffer b = {0};
    mien_picture_study_metrics(s, &b);
    mien_picture_study_text(s, &b);
    CHECK(!mien_picture_study_page(s, &b, &err));
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((char *)b.data, "\"kl_bits\"") &&
          strstr((char *)b.data, "\"psnr_db\"") &&
          strstr((char *)b.data, "PSNR ") &&
          strstr((char *)b.data, "dB with 64 components of") &&
          strstr((char *)b.data, "\"pca\"") &&
          strstr((char *)b.data, " bits a sample"));
    mien_buffer_free(&b);
    mien_graph_free(g);
    mien_bytes_free(&file);
    mien_picture_verdict_free(&v);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static mien_status whole(const mien_picture_set *set, mien_net *net)
{
    mien_picture_options o = options();
    mien_picture_study *s = NULL;
    mien_picture_verdict v = {0};
    mien_bytes file = {0};
    o.epochs = 1;
    o.mirror = 1;
    mien_status st = mien_picture_study_new(net, set, NULL, &o, &s, NULL);
    if (!st)
        st = mien_picture_study_learn(s, NULL, NULL);
    if (!st)
        st = mien_picture_study_judge(s, NULL);
    if (!st)
        st = mien_onnx_write(net->graph, &file, NULL);
    if (!st)
        st = mien_picture_evaluate(file.data, file.n, set, NULL, &v, NULL);
    mien_picture_verdict_free(&v);
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    return st;
}

static void test_failing_memory_is_reported(void)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_net *net = network(code_text);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    l.n = 40;
    for (; st == MIEN_ENOMEM && n < 4000; n++) {
        mi_alloc_fail_after(n);
        st = whole(&set, net);
        mi_alloc_fail_after(-1);
    }
    CHECK(st == MIEN_OK && n > 60);
    mien_net_free(net);
}

/* A model whose words do not fit its network is refused. */
static void test_hostile_words_are_refused(void)
{
    static const char *const words[] = {
        "mien/picture/1\nview\t0\t0\t0\ninput\t0\t1\t16\t16\t1\n"
        "mean\t0\t0\t0\nscale\t1\t1\t1\nanswer\t1\t3\tmean\timage\t1\t8\n",
        "mien/picture/1\nview\t0\t0\t0\ninput\t0\t1\t16\t16\t1\n"
        "mean\t0\t0\t0\nscale\t1\t1\t1\nanswer\t1\t4\tmean\tkl\t1\t9\n",
        "mien/picture/1\nview\t0\t0\t0\ninput\t0\t1\t16\t16\t1\n"
        "mean\t0\t0\t0\nscale\t0\t1\t1\n"
        "answer\t0\t6\tagain\timage\t1\t256\n"};
    mien_labels l = unlabelled();
    const mien_picture_set set = {"dots", &l, NULL, NULL, NULL};
    mien_net *net = network(code_text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        mien_bytes file = {0};
        mien_picture_verdict v = {0};
        mien_graph_set_meta(net->graph, "mien.picture", words[i]);
        CHECK(!mien_onnx_write(net->graph, &file, NULL));
        CHECK_EQ(mien_picture_evaluate(file.data, file.n, &set, NULL, &v, NULL),
                 MIEN_EFORMAT);
        mien_bytes_free(&file);
    }
    mien_net_free(net);
}

/* ---- encoding and decoding -------------------------------------------------
 */

/* The bytes of a network as a study leaves it after one epoch. */
static void make_model(mien_net *net, mien_bytes *file)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"squares", &l, NULL, NULL, NULL};
    mien_picture_options o = options();
    mien_picture_study *s = NULL;
    o.epochs = 4;
    CHECK(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL));
    CHECK(!mien_picture_study_learn(s, NULL, NULL));
    CHECK(!mien_picture_study_judge(s, NULL));
    CHECK(!mien_onnx_write(net->graph, file, NULL));
    mien_picture_study_free(s);
}

/* Sample i as a picture of colours. */
static mien_image picture(int i)
{
    mien_image im = {0};
    CHECK(!mien_image_new(SIDE, SIDE, &im, NULL));
    for (int k = 0; k < SIDE * SIDE; k++)
        memset(im.data + 3 * k, pixels[i * SIDE * SIDE + k], 3);
    return im;
}

/* A picture's code decoded is what the network makes of the picture itself. */
static void test_decoding_is_the_networks(void)
{
    mien_net *net = network(code_text);
    mien_bytes file = {0};
    mien_coder *c = NULL;
    mien_plan *p = NULL;
    const mien_shape shape[] = {{4, {1, 1, SIDE, SIDE}}, {2, {1, 8}}};
    float again[SIDE * SIDE], want[8], code[8], log_variance[8];
    make_model(net, &file);
    CHECK(!mien_coder_new(file.data, file.n, NULL, &c, NULL));
    CHECK(!mien_plan_new(net->graph, shape, 2, NULL, &p, NULL));
    mien_coder_info info = mien_coder_get_info(c);
    CHECK(info.w == SIDE && info.h == SIDE && info.units == 8);
    for (int i = 0; i < 10; i++) {
        mien_image im = picture(i), made = {0};
        mien_tensor in = mien_plan_input(p, 0), noise = mien_plan_input(p, 1);
        for (int k = 0; k < SIDE * SIDE; k++)
            in.data[k] = (float)pixels[i * SIDE * SIDE + k] * 0.00392157f;
        memset(noise.data, 0, 8 * sizeof(float));
        mien_plan_run(p);
        mien_plan_read(p, 0, again);
        mien_plan_read(p, 1, want);
        CHECK(!mien_coder_encode(c, &im, code, log_variance, NULL));
        CHECK(!mien_coder_decode(c, code, &made, NULL));
        for (int k = 0; k < 8; k++)
            CHECK_NEAR(code[k], want[k], 1e-4);
        for (int k = 0; k < SIDE * SIDE; k++)
            CHECK_NEAR(made.data[3 * k + 1], again[k] / 0.00392157f, 0.6);
        mien_image_free(&im);
        mien_image_free(&made);
    }
    mien_plan_free(p);
    mien_coder_free(c);
    mien_bytes_free(&file);
    mien_net_free(net);
}

static void test_between(void)
{
    const float a[] = {0, 2}, b[] = {4, -2};
    float out[2];
    mien_code_between(2, a, b, .25f, out);
    CHECK(out[0] == 1 && out[1] == 1);
    mien_code_between(2, a, b, 1.5f, out);
    CHECK(out[0] == 6 && out[1] == -4);
}

/* Other models are refused in words; failing memory is reported. */
static void test_adding_and_distance(void)
{
    static const float code[] = {1, -2, 0}, vector[] = {2, 2, -4};
    float out[3];
    mien_code_add(3, code, 0.5f, vector, out);
    CHECK(out[0] == 2 && out[1] == -1 && out[2] == -2);
    CHECK_EQ(mien_code_distance(3, code, out), sqrt(1 + 1 + 4));
    mien_code_add(3, out, -0.5f, vector, out);
    CHECK_EQ(mien_code_distance(3, code, out), 0);
}

static void test_other_models(void)
{
    mien_net *net = network(code_text);
    mien_bytes file = {0};
    mien_coder *c = NULL;
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    CHECK(!mien_onnx_write(net->graph, &file, NULL));
    CHECK_EQ(mien_coder_new(file.data, file.n, NULL, &c, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "no model of pictures"));
    CHECK_EQ(mien_coder_new(file.data, 9, NULL, &c, NULL), MIEN_EFORMAT);
    mien_bytes_free(&file);
    mien_graph_set_meta(net->graph, "mien.picture",
                        "mien/picture/1\nview\t0\t0\t0\ninput\t0\t1\t16\t16\t1"
                        "\nmean\t0\t0\t0\nscale\t1\t1\t1\n"
                        "answer\t3\t4\tkl\tkl\t1\t8\n");
    CHECK(!mien_onnx_write(net->graph, &file, NULL));
    CHECK_EQ(mien_coder_new(file.data, file.n, NULL, &c, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "no output is held"), "%s", err.text);
    mien_bytes_free(&file);
    make_model(net, &file);
    mien_image im = picture(0), made = {0};
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        float code[8];
        c = NULL;
        mi_alloc_fail_after(n);
        st = mien_coder_new(file.data, file.n, NULL, &c, NULL);
        if (!st)
            st = mien_coder_encode(c, &im, code, NULL, NULL);
        if (!st)
            st = mien_coder_decode(c, code, &made, NULL);
        mi_alloc_fail_after(-1);
        mien_coder_free(c);
    }
    CHECK(st == MIEN_OK && n > 10);
    mien_image_free(&im);
    mien_image_free(&made);
    mien_bytes_free(&file);
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_pictures_made_again);
    RUN(test_failing_memory_is_reported);
    RUN(test_hostile_words_are_refused);
    RUN(test_decoding_is_the_networks);
    RUN(test_between);
    RUN(test_adding_and_distance);
    RUN(test_other_models);
    return check_done();
}
