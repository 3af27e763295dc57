/* Article 6's published network, read from Keras' file, against the answers of
 * another reader; and judged as a model of pictures. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/image.h"
#include "mien/model.h"
#include "mien/picture.h"

#include "tests/golden_json.h"
#include "tests/keras_make.h"

static mien_net *published(const char *shared, int logits)
{
    char path[1024];
    static uint8_t bytes[4 << 20];
    mien_net *net = NULL;
    mien_error err = {0};
    snprintf(path, sizeof path, "%s/data/emotion_keras/model_v6_23.hdf5",
             shared);
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    const mien_keras_options o = {logits};
    CHECK_MSG(mien_keras_read(bytes, n, &o, &net, NULL, &err) == MIEN_OK, "%s",
              err.text);
    return net;
}

/* The grey of a PNG, over 255. */
static int grey_of(const char *path, float *x)
{
    static uint8_t bytes[1 << 20];
    mien_image image = {0};
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    if (mien_image_read(bytes, n, NULL, &image, NULL) != MIEN_OK)
        return 0;
    int fits = image.w == 48 && image.h == 48;
    for (int i = 0; fits && i < 48 * 48; i++)
        x[i] =
            (float)image
                .data[(size_t)(i / 48) * image.stride + (size_t)(i % 48) * 3] /
            255;
    mien_image_free(&image);
    return fits;
}

static void test_published_network(void)
{
    const char *shared = getenv("MIEN_SHARED"), *name;
    char path[1024];
    json_t *golden = golden_load("keras/emotion.json", path), *want;
    shared = shared ? shared : "../shared";
    mien_net *net = published(shared, 0);
    if (!net || !golden) {
        printf("the published network is not there: left out\n");
        mien_net_free(net);
        json_decref(golden);
        return;
    }
    int images = 0;
    json_object_foreach(json_object_get(golden, "images"), name, want)
    {
        float x[48 * 48], y[7];
        snprintf(path, sizeof path, "%s/data/fer2013/test/%s", shared, name);
        if (!grey_of(path, x) || answer(net, x, y) != 7)
            continue;
        images++;
        for (size_t i = 0; i < 7; i++)
            CHECK_NEAR(y[i], json_number_value(json_array_get(want, i)), 1e-5);
    }
    CHECK_EQ((size_t)images,
             json_object_size(json_object_get(golden, "images")));
    mien_net_free(net);
    golden_done(golden);
}

/* The same network without its softmax, judged as a model of pictures: the log
 * loss is the one of the golden's probabilities. */
static void test_published_network_is_judged(void)
{
    enum { MOST = 32 };
    static uint8_t pixels[MOST * 48 * 48];
    static const char *const classes[] = {"angry",    "disgusted", "fearful",
                                          "happy",    "neutral",   "sad",
                                          "surprised"};
    const char *shared = getenv("MIEN_SHARED"), *name;
    char path[1024], *class_name[7];
    int label[MOST];
    mien_label_task task = {(char *)"class", 0, 7, class_name};
    mien_labels l = {.tasks = 1,
                     .task = &task,
                     .label = label,
                     .w = 48,
                     .h = 48,
                     .pixels = pixels};
    const mien_picture_set set = {"golden", &l, NULL, NULL, NULL};
    const mien_picture_classes how = {
        "class", "angry,disgusted,fearful,happy,neutral,sad,surprised", 0,
        1 / 255.0f};
    mien_picture_verdict v = {0};
    mien_bytes onnx = {0};
    mien_error err = {0};
    json_t *golden = golden_load("keras/emotion.json", path), *want;
    shared = shared ? shared : "../shared";
    mien_net *net = published(shared, 1);
    double loss = 0;
    memcpy(class_name, classes, sizeof class_name);
    json_object_foreach(json_object_get(golden, "images"), name, want)
    {
        float x[48 * 48];
        snprintf(path, sizeof path, "%s/data/fer2013/test/%s", shared, name);
        if (l.n == MOST || !net || !grey_of(path, x))
            continue;
        for (int i = 0; i < 48 * 48; i++)
            pixels[l.n * 48 * 48 + i] = (uint8_t)(x[i] * 255 + .5f);
        for (int c = 0; c < 7; c++)
            if (strncmp(name, classes[c], strlen(classes[c])) == 0)
                label[l.n] = c;
        loss -=
            log(json_number_value(json_array_get(want, (size_t)label[l.n++])));
    }
    if (l.n) {
        CHECK_MSG(
            !mien_picture_name_classes(net->graph, &how, &err) &&
                !mien_onnx_write(net->graph, &onnx, &err) &&
                !mien_picture_evaluate(onnx.data, onnx.n, &set, NULL, &v, &err),
            "%s", err.text);
        CHECK(v.answers == 1 && v.n == l.n);
        if (v.answers == 1)
            CHECK_NEAR(v.answer[0].log_loss, loss / (double)l.n, 1e-4);
    }
    mien_picture_verdict_free(&v);
    mien_bytes_free(&onnx);
    mien_net_free(net);
    golden_done(golden);
}

int main(int argc, char **argv)
{
    char path[1024];
    check_start(argc, argv);
    json_t *there = golden_load("keras/emotion.json", path);
    if (!there)
        CHECK_SKIP("%s is not there", path);
    json_decref(there);
    RUN(test_published_network);
    RUN(test_published_network_is_judged);
    return check_done();
}
