/* The converted networks give face-api.js' answers.
 *
 * Expected numbers: face-api.js 1.7.15 with tf.js 4.22 (wasm backend) in node,
 * each network's forwardInput on the picture made below, a few elements spread
 * over each result in ONNX's order. */
#include "mien/engine.h"
#include "mien/file.h"
#include "mien/model.h"

#include "check.h"
#include "graph/graph.h"
#include "kern/kern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model;
    int output, side;
    int64_t len;
    float most; /* largest magnitude */
    int n, at[8];
    float want[8];
} answer;

static const answer answers[] = {
    {"tiny_face_detector",
     0,
     160,
     625,
     30.95128F,
     8,
     {0, 89, 178, 267, 356, 445, 534, 624},
     {0.42847306F, -0.57926565F, 0.11613242F, -0.68901396F, -7.2019820F,
      0.073867731F, 0.76969451F, -16.534590F}},
    {"ssd_mobilenetv1",
     0,
     512,
     20472,
     1.364475F,
     8,
     {0, 2924, 5848, 8773, 11697, 14622, 17546, 20471},
     {-0.0094521958F, 0.12986857F, 0.39185944F, 0.86133629F, 0.35972476F,
      0.68140638F, 1.0222193F, 0.90535802F}},
    {"ssd_mobilenetv1",
     1,
     512,
     5118,
     0.2889211F,
     8,
     {0, 731, 1462, 2193, 2924, 3655, 4386, 5117},
     {0.0049702353F, 0.0025970370F, 0.0029416743F, 0.0042210356F,
      0.00017798258F, 0.0061761560F, 0.0069847358F, 0.034861505F}},
    {"face_landmark_68",
     0,
     112,
     136,
     0.8249580F,
     8,
     {0, 19, 38, 57, 77, 96, 115, 135},
     {0.23502643F, 0.58241469F, 0.42156616F, 0.47087622F, 0.57431835F,
      0.62821627F, 0.49733454F, 0.52954400F}},
    {"face_landmark_68_tiny",
     0,
     112,
     136,
     0.8881041F,
     8,
     {0, 19, 38, 57, 77, 96, 115, 135},
     {0.14974160F, 0.84790808F, 0.32448110F, 0.40053758F, 0.33799329F,
      0.38308093F, 0.73988360F, 0.69079459F}},
    {"face_recognition",
     0,
     150,
     128,
     0.3714723F,
     8,
     {0, 18, 36, 54, 72, 90, 108, 127},
     {-0.050580725F, -0.13964689F, -0.0066098562F, 0.043807983F, -0.088594951F,
      0.0041082837F, 0.0059953332F, -0.0010740841F}},
    {"face_expression",
     0,
     112,
     7,
     0.8317372F,
     7,
     {0, 1, 2, 3, 4, 5, 6},
     {0.044153593F, 0.062576458F, 0.83173716F, 0.0056919572F, 0.053933043F,
      0.00067539728F, 0.0012323012F}},
    {"age_gender", 0, 112, 1, 27.06819F, 1, {0}, {27.068186F}},
    {"age_gender",
     1,
     112,
     2,
     0.9711980F,
     2,
     {0, 1},
     {0.97119796F, 0.028802013F}},
};

/* A picture of slopes and noise, [3, side, side], 0..254. */
static float *picture(int side)
{
    size_t area = (size_t)side * (size_t)side;
    float *v = malloc(3 * area * sizeof *v);
    unsigned seed = 7;
    for (size_t i = 0; i < 3 * area; i++) {
        size_t p = i % area, y = p / (size_t)side, x = p % (size_t)side;
        unsigned noise = check_rand(&seed) % 64;
        v[i] = (float)((y * 3 + x * 2 + i / area * 40) % 192 + noise);
    }
    return v;
}

static void set_input(const mien_plan *p, const float *planes)
{
    mien_tensor t = mien_plan_input(p, 0);
    size_t area = (size_t)(t.shape.dim[2] * t.shape.dim[3]);
    for (size_t i = 0; i < area; i++)
        for (size_t c = 0; c < 3; c++)
            t.data[t.channels_last ? i * 3 + c : c * area + i] =
                planes[c * area + i];
}

/* within: of the largest number */
static void compare(const mien_plan *p, const answer *a, float within)
{
    mien_shape s = mien_plan_output(p, a->output).shape;
    int64_t len = mi_shape_len(&s);
    CHECK_EQ(len, a->len);
    if (len != a->len)
        return;
    float *got = malloc((size_t)len * sizeof *got), most = 0;
    mien_plan_read(p, a->output, got);
    for (int64_t i = 0; i < len; i++)
        most = fmaxf(most, fabsf(got[i]));
    CHECK_MSG(fabsf(most - a->most) <= within * a->most,
              "%s: largest is %g, want %g", a->model, (double)most,
              (double)a->most);
    for (int i = 0; i < a->n; i++)
        CHECK_MSG(fabsf(got[a->at[i]] - a->want[i]) <= within * a->most,
                  "%s, output %d: [%d] is %.8g, want %.8g", a->model, a->output,
                  a->at[i], (double)got[a->at[i]], (double)a->want[i]);
    free(got);
}

/* Run a network that was read. */
static void ask(const mien_graph *g, const answer *a, int exact, float within)
{
    const mien_plan_options options = {.exact = exact};
    mien_shape s = {4, {1, 3, a->side, a->side}};
    mien_error err = {0};
    mien_plan *p = NULL;
    mien_status st = mien_plan_new(g, &s, 1, &options, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", a->model, err.text);
    if (st == MIEN_OK) {
        float *planes = picture(a->side);
        set_input(p, planes);
        mien_plan_run(p);
        compare(p, a, within);
        free(planes);
    }
    mien_plan_free(p);
}

/* 0 if the model is not installed. */
static int test_answer(const answer *a)
{
    const char *dir = getenv("MIEN_MODELS");
    char path[1024];
    mien_bytes file = {0};
    mien_error err = {0};
    mien_graph *g = NULL;
    snprintf(path, sizeof path, "%s/%s.onnx",
             dir ? dir : "build/share/mien/models", a->model);
    if (mien_file_load(path, 0, &file, &err) != MIEN_OK)
        return 0;
    int ok = mien_onnx_read(file.data, file.n, &g, &err) == MIEN_OK;
    CHECK_MSG(ok, "%s: %s", path, err.text);
    if (ok) {
        ask(g, a, 1, 1e-5F);
        ask(g, a, 0, mi_kern_best()->words ? 1e-3F : 1e-5F);
    }
    mien_graph_free(g);
    mien_bytes_free(&file);
    return 1;
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    check_seed = 0; /* the answers are known for these numbers */
    int missing = 0, n = (int)(sizeof answers / sizeof *answers);
    for (int i = 0; i < n; i++)
        missing += !test_answer(&answers[i]);
    if (missing == n)
        CHECK_SKIP("the converted networks are not installed");
    return check_done();
}
