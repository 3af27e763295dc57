/* Any bytes as what a model of pictures says of its use (first byte even), or
 * as a change of a checkpoint (odd: where, then bytes that stand there instead,
 * cut off behind them where the first byte's second bit is set).  What is
 * refused says why; a model that is taken judges every sample. */
#include "mien/model.h"
#include "mien/picture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { SIDE = 8, N = 12, PLACE = 3 };

static const char net_text[] =
    "{\"mien\": \"net/1\", \"name\": \"tiny\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 8, 8],"
    " \"scale\": 0.004}, {\"name\": \"flat\", \"kind\": \"flatten\"},"
    "{\"name\": \"points\", \"kind\": \"dense\", \"inputs\": \"flat\","
    " \"units\": 4},"
    "{\"name\": \"side\", \"kind\": \"dense\", \"inputs\": \"flat\","
    " \"units\": 2}], \"outputs\": [\"points\", \"side\"],"
    "\"losses\": [{\"output\": \"points\", \"kind\": \"mse\"},"
    "{\"output\": \"side\", \"kind\": \"cce\"}]}";

static uint8_t pixels[N * SIDE * SIDE];
static mien_point place[N][2];
static int label[N];
static char *point_name[] = {(char *)"left_eye", (char *)"right_eye"};
static char *side_name[] = {(char *)"left", (char *)"right"};
static mien_label_task task = {(char *)"side", 0, 2, side_name};
static const mien_labels labels = {.n = N,
                                   .points = 2,
                                   .point_name = point_name,
                                   .point = place[0],
                                   .tasks = 1,
                                   .task = &task,
                                   .label = label,
                                   .w = SIDE,
                                   .h = SIDE,
                                   .pixels = pixels};
static const mien_picture_set set = {"tiny", &labels, NULL, NULL, NULL};
static mien_bytes good; /* a checkpoint after one epoch */

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static mien_net *network(void)
{
    mien_net *net = NULL;
    must(!mien_net_read((const uint8_t *)net_text, sizeof net_text - 1, NULL,
                        &net, NULL));
    return net;
}

/* Learn one epoch, from a state if there is one, and keep the state after it
 * in *out if it is wanted. */
static mien_status learn(const uint8_t *state, size_t n, mien_bytes *out,
                         mien_error *err)
{
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_picture_study *s = NULL;
    mien_net *net = network();
    o.epochs = 1;
    o.batch = 4;
    o.valid = o.test = .25;
    o.state = state;
    o.state_size = n;
    must(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL));
    mien_status st = mien_picture_study_learn(s, NULL, err);
    if (!st && out)
        must(!mien_picture_study_state(s, out, NULL));
    mien_picture_study_free(s);
    mien_net_free(net);
    return st;
}

static void make_good(void)
{
    for (int i = 0; i < N; i++) {
        label[i] = i & 1;
        place[i][0] = (mien_point){label[i] ? 5 : 1, 4};
        place[i][1] = (mien_point){label[i] ? 7 : 3, 4};
        for (int k = 0; k < SIDE * SIDE; k++)
            pixels[i * SIDE * SIDE + k] = (uint8_t)(40 * i + k);
    }
    must(!learn(NULL, 0, &good, NULL));
}

/* A model whose metadata are the bytes. */
static void judge(const uint8_t *bytes, size_t n)
{
    static const char first[] = "mien/picture/1\n";
    mien_picture_verdict v = {0};
    mien_error err = {0};
    mien_bytes file = {0};
    mien_net *net = network();
    char *text = calloc(sizeof first + n, 1);
    must(text != NULL);
    memcpy(text, first, sizeof first - 1);
    memcpy(text + sizeof first - 1, bytes, n);
    mien_graph_set_meta(net->graph, "mien.picture", text);
    if (!mien_onnx_write(net->graph, &file, NULL)) {
        mien_status st =
            mien_picture_evaluate(file.data, file.n, &set, NULL, &v, &err);
        must(st ? err.status == st && err.text[0] && !v.answer
                : v.n == N && v.failures == 0 && v.answers > 0);
    }
    mien_picture_verdict_free(&v);
    mien_bytes_free(&file);
    mien_net_free(net);
    free(text);
}

/* The good checkpoint, changed. */
static void resume(int cut, const uint8_t *bytes, size_t n)
{
    mien_error err = {0};
    size_t at = ((size_t)bytes[0] << 8 | bytes[1]) % good.n;
    size_t len = n - 2 < good.n - at ? n - 2 : good.n - at;
    size_t left = cut ? at + len : good.n;
    uint8_t *state = malloc(good.n);
    must(state != NULL);
    memcpy(state, good.data, good.n);
    memcpy(state + at, bytes + 2, len);
    int same = left == good.n && memcmp(state, good.data, left) == 0;
    mien_status st = learn(state, left, NULL, &err);
    must(same ? !st : st && err.status == st && err.text[0]);
    free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < PLACE)
        return 0;
    if (!good.data)
        make_good();
    if (bytes[0] & 1)
        resume(bytes[0] & 2, bytes + 1, n - 1);
    else
        judge(bytes + 1, n - 1);
    return 0;
}
