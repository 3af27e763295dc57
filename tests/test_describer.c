/* Not as WebAssembly: reads a file. */
/* The descriptor of five points: where the face is cut out, the order of
 * colours, the length, what is refused; and the network itself, where it is
 * installed. */
#include "face_make.h"
#include "mien/face.h"

#include "face/describe.h"
#include "mien/file.h"

enum { SIDE = 112, NUMBERS = 512, DESCRIBED = MIEN_FACE_DESCRIPTOR };

/* The places of insightface, in 112 x 112. */
static const double place[5][2] = {{38.2946, 51.6963},
                                   {73.5318, 51.5014},
                                   {56.0252, 71.7366},
                                   {41.5493, 92.3655},
                                   {70.7299, 92.2041}};

/* Answers 512 sums of the means of blue, green and red. */
static mien_graph *made_describer(float weight)
{
    const make_output o = {"output", {2, {1, NUMBERS}}, NULL, weight};
    return make_network(make_input(SIDE), &o, 1);
}

/* What it answers to these means (blue first), brought to length 1. */
static void expect(const double mean[3], double out[NUMBERS])
{
    double sum = 0;
    for (int i = 0; i < NUMBERS; i++) {
        out[i] = 0;
        for (int c = 0; c < 3; c++)
            out[i] += (mean[c] - 127.5) / 127.5 * (1 + (c * NUMBERS + i) % 7);
        sum += out[i] * out[i];
    }
    for (int i = 0; i < NUMBERS; i++)
        out[i] /= sqrt(sum);
}

/* Red grows by 1 a column, green by 1 a row, blue is 40. */
static mien_image ramp(void)
{
    mien_image im = {0};
    CHECK(mien_image_new(256, 256, &im, NULL) == MIEN_OK);
    for (int y = 0; y < 256; y++)
        for (int x = 0; x < 256; x++) {
            uint8_t *p = im.data + y * im.stride + (ptrdiff_t)3 * x;
            p[0] = (uint8_t)x;
            p[1] = (uint8_t)y;
            p[2] = 40;
        }
    return im;
}

/* The five places scaled, turned by a quarter if wanted, and moved. */
static void put_points(double scale, int turned, double x, double y,
                       mien_point five[5])
{
    for (int i = 0; i < 5; i++) {
        double u = place[i][0] * scale, v = place[i][1] * scale;
        five[i] = (mien_point){(float)(x + 0.5 + (turned ? -v : u)),
                               (float)(y + 0.5 + (turned ? u : v))};
    }
}

/* The chip's middle tells the means of a ramp. */
static void test_where_it_is_cut_out(void)
{
    static const struct {
        double scale, x, y;
        int turned;
    } row[] = {
        {1, 20, 30, 0}, {0.5, 60, 90, 0}, {1.75, 10, 20, 0}, {1, 200, 40, 1}};
    mien_graph *g = made_describer(1);
    mien_image photo = ramp();
    mi_stage s = {0};
    CHECK(
        !mi_stage_init(&s, &mi_mobilefacenet_stage, g, SIDE, SIDE, NULL, NULL));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        double want[NUMBERS], half = 55.5 * row[i].scale, most = 0, length = 0;
        const double mean[3] = {40, row[i].y + half,
                                row[i].x + (row[i].turned ? -half : half)};
        float got[NUMBERS] = {0};
        mien_point five[5];
        int found = 0;
        put_points(row[i].scale, row[i].turned, row[i].x, row[i].y, five);
        expect(mean, want);
        CHECK(!mi_describe_points(&s, &photo, five, got, &found, NULL));
        for (int k = 0; k < NUMBERS; k++) {
            most = fmax(most, fabs((double)got[k] - want[k]));
            length += (double)got[k] * (double)got[k];
        }
        CHECK_MSG(found && most < 2e-3, "row %zu: off by %g", i, most);
        CHECK_NEAR(length, 1, 1e-5);
    }
    mi_stage_done(&s);
    mien_graph_free(g);
    mien_image_free(&photo);
}

/* Points on one spot, or none at all, and answers without a length. */
static void test_what_is_no_face(void)
{
    mien_graph *g = made_describer(0);
    mien_image photo = ramp();
    mi_stage s = {0};
    mien_point five[5], spot[5], wild[5];
    float got[NUMBERS] = {7};
    int found = 1;
    put_points(1, 0, 20, 20, five);
    for (int i = 0; i < 5; i++) {
        spot[i] = (mien_point){9, 9};
        wild[i] = (mien_point){(float)NAN, (float)INFINITY};
    }
    CHECK(
        !mi_stage_init(&s, &mi_mobilefacenet_stage, g, SIDE, SIDE, NULL, NULL));
    CHECK(!mi_describe_points(&s, &photo, five, got, &found, NULL) && !found);
    found = 1;
    CHECK(!mi_describe_points(&s, &photo, spot, got, &found, NULL) && !found);
    found = 1;
    CHECK(!mi_describe_points(&s, &photo, wild, got, &found, NULL) && !found);
    CHECK(got[0] == 7);
    mi_stage_done(&s);
    mien_graph_free(g);
    mien_image_free(&photo);
}

/* ---- the analyzer -------------------------------------------------------- */

static const float box[] = {0.25f, 0.25f, 0.75f, 0.75f}, score[] = {0.9f};

/* An analyzer of made networks; SSD has no five points. */
static mien_analyzer *made_analyzer(mien_graph *g[3], mien_describer d,
                                    mien_error *err)
{
    float points[136];
    for (int i = 0; i < 136; i++)
        points[i] = 0.3f + 0.4f * (float)(i * 37 % 136) / 136;
    const make_output o = {"landmarks", {2, {1, 136}}, points, 0};
    mien_face_options options = MIEN_FACE_DEFAULTS;
    mien_analyzer *a = NULL;
    options.detector = MIEN_DETECTOR_SSD;
    options.want = DESCRIBED;
    options.describer = d;
    g[0] = make_ssd(1, box, score);
    g[1] = make_network(make_input(SIDE), &o, 1);
    g[2] = made_describer(1);
    const mien_face_models m = {
        .detector = g[0], .landmarks = g[1], .descriptor = g[2]};
    if (mien_analyzer_new(&m, &options, &a, err))
        a = NULL;
    return a;
}

static void test_without_five_points(void)
{
    mien_graph *g[3];
    mien_error err = {0};
    mien_analyzer *a = made_analyzer(g, MIEN_DESCRIBER_MOBILEFACENET, &err);
    mien_image photo = make_photo(200, 160, 3);
    mien_faces f = {0};
    CHECK_MSG(a != NULL, "%s", err.text);
    CHECK(a && !mien_analyzer_run(a, &photo, &f, &err) && f.n == 1);
    if (f.n) {
        CHECK(f.face->describer == MIEN_DESCRIBER_MOBILEFACENET);
        CHECK(mien_face_described(f.face, MIEN_DESCRIBER_MOBILEFACENET));
        CHECK(!mien_face_described(f.face, MIEN_DESCRIBER_DLIB));
        CHECK(f.face->descriptor[511] != 0);
    }
    mien_faces_free(&f);
    mien_analyzer_free(a);
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
    CHECK(!made_analyzer(g, MIEN_DESCRIBER_DLIB, &err));
    CHECK(strstr(err.text, "no output 'descriptor'"));
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
    CHECK(!made_analyzer(g, (mien_describer)2, &err));
    CHECK(strstr(err.text, "describer has number 2"));
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
    mien_image_free(&photo);
}

static void test_failing_memory_is_reported(void)
{
    mien_graph *g[3];
    mien_analyzer *a = made_analyzer(g, MIEN_DESCRIBER_MOBILEFACENET, NULL);
    mien_image photo = make_photo(200, 160, 3);
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; a && st == MIEN_ENOMEM && n < 1000; n++) {
        mien_faces f = {0};
        mi_alloc_fail_after(n);
        st = mien_analyzer_run(a, &photo, &f, NULL);
        mi_alloc_fail_after(-1);
        mien_faces_free(&f);
    }
    CHECK(st == MIEN_OK && n > 2);
    mien_analyzer_free(a);
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
    mien_image_free(&photo);
}

/* A face that was found before is described by its own five points, not by
 * those made of the 68, and by its box alone where it has none. */
static void test_a_face_found_before(void)
{
    mien_graph *g[3];
    mien_error err = {0};
    mien_analyzer *a = made_analyzer(g, MIEN_DESCRIBER_MOBILEFACENET, &err);
    mien_image photo = make_photo(200, 160, 3);
    mien_face found = {.box = {50, 40, 100, 80}, .score = 0.5f}, got, other;
    const size_t bytes = sizeof got.descriptor;
    static const mien_point five[5] = {
        {80, 60}, {120, 62}, {100, 80}, {85, 100}, {115, 102}};
    CHECK(!mien_analyzer_read_face(a, &photo, &found, &got, &err));
    CHECK(!mien_analyzer_read(a, &photo, found.box, &other, &err));
    CHECK(got.score == 0.5f && !got.n_keypoints && got.has == DESCRIBED);
    CHECK(!memcmp(got.descriptor, other.descriptor, bytes));
    found.n_keypoints = 5;
    memcpy(found.keypoints, five, sizeof five);
    CHECK(!mien_analyzer_read_face(a, &photo, &found, &got, &err));
    CHECK(got.has == DESCRIBED && got.n_keypoints == 5);
    CHECK(mien_face_described(&got, MIEN_DESCRIBER_MOBILEFACENET));
    CHECK(memcmp(got.descriptor, other.descriptor, bytes) != 0);
    CHECK(!memcmp(got.keypoints, five, sizeof five));
    found.keypoints[2].x = NAN;
    CHECK(!mien_analyzer_read_face(a, &photo, &found, &got, &err) && !got.has);
    found.box.width = 0;
    got.age = 7;
    CHECK(mien_analyzer_read_face(a, &photo, &found, &got, &err) == MIEN_EARG);
    CHECK(got.age == 7);
    mien_analyzer_free(a);
    for (int i = 0; i < 3; i++)
        mien_graph_free(g[i]);
    mien_image_free(&photo);
}

/* ---- two faces ----------------------------------------------------------- */

static void test_faces_are_compared_within_a_network(void)
{
    static mien_face a, b;
    mien_verification v = {0};
    mien_error err = {0};
    CHECK_EQ(mien_describer_numbers(MIEN_DESCRIBER_DLIB), 128);
    CHECK_EQ(mien_describer_numbers(MIEN_DESCRIBER_MOBILEFACENET), 512);
    CHECK(mien_describer_threshold(MIEN_DESCRIBER_DLIB) == MIEN_SAME_PERSON);
    a = (mien_face){.has = DESCRIBED};
    b = (mien_face){.descriptor = {[511] = 2}};
    CHECK(mien_face_verify(&a, &b, -1, &v, &err) == MIEN_EARG &&
          strstr(err.text, "second face has no descriptor"));
    CHECK(mien_face_verify(&b, &a, -1, &v, &err) == MIEN_EARG &&
          strstr(err.text, "first face has no descriptor"));
    b.has = DESCRIBED;
    CHECK(!mien_face_verify(&a, &b, -1, &v, &err) && v.same &&
          v.distance == 0 && v.threshold == MIEN_SAME_PERSON);
    b.describer = MIEN_DESCRIBER_MOBILEFACENET;
    CHECK(mien_face_verify(&a, &b, -1, &v, &err) == MIEN_EARG &&
          strstr(err.text, "dlib (128 numbers) and mobilefacenet (512"));
    a.describer = MIEN_DESCRIBER_MOBILEFACENET;
    CHECK(!mien_face_verify(&a, &b, -1, &v, &err) && !v.same &&
          v.distance == 2);
    CHECK(v.threshold ==
          mien_describer_threshold(MIEN_DESCRIBER_MOBILEFACENET));
    CHECK(!mien_face_verify(&a, &b, 2.5f, &v, &err) && v.same);
}

/* ---- the network itself -------------------------------------------------- */

/* The first of 512, brought to length 1, by ONNX Runtime 1.20.1 (WebAssembly,
 * one thread): of mobilefacenet.onnx, and of fr_feature.onnx, its floats. */
static const float golden[2][16] = {
    {-0.046430f, 0.034501f, -0.032371f, -0.011593f, -0.010898f, -0.013883f,
     0.015863f, -0.048630f, -0.056747f, 0.000457f, 0.009046f, -0.027021f,
     0.009838f, 0.049995f, -0.072481f, -0.127521f},
    {-0.051287f, 0.039293f, -0.038581f, -0.017467f, -0.015552f, -0.018633f,
     0.015059f, -0.048121f, -0.062615f, -0.000972f, 0.009311f, -0.029574f,
     0.009840f, 0.046755f, -0.073525f, -0.130664f}};

/* The same numbers as that run was given. */
static void put_input(float *x)
{
    for (int v = 0; v < SIDE; v++)
        for (int u = 0; u < SIDE; u++)
            for (int c = 0; c < 3; c++)
                *x++ = (float)((u * u + v * (7 + c) + u * v * (c + 1)) % 255 -
                               127) /
                       128;
}

static mien_status read_model(mien_graph **out)
{
    const char *dir = getenv("MIEN_MODELS");
    char path[1024];
    mien_bytes file = {0};
    snprintf(path, sizeof path, "%s/mobilefacenet.onnx",
             dir ? dir : "build/share/mien/models");
    mien_status st = mien_file_load(path, 0, &file, NULL);
    if (!st)
        st = mien_onnx_read(file.data, file.n, out, NULL);
    mien_bytes_free(&file);
    return st;
}

/* Answers of every instruction set lie within 2e-5 of ONNX Runtime's; 8 bits
 * move a number by 1e-2 at most.  0: it is not installed. */
static int test_the_network(void)
{
    mien_graph *g = NULL;
    mi_stage s = {0};
    mien_error err = {0};
    double length = 0;
    if (read_model(&g))
        return 0;
    CHECK_MSG(
        !mi_stage_init(&s, &mi_mobilefacenet_stage, g, SIDE, SIDE, NULL, &err),
        "%s", err.text);
    if (s.plan) {
        put_input(s.pixels);
        mien_plan_run(s.plan);
        const float *got = s.out[0].data;
        for (int i = 0; i < NUMBERS; i++)
            length += (double)got[i] * (double)got[i];
        for (int i = 0; i < 16; i++) {
            CHECK_NEAR((double)got[i] / sqrt(length), golden[0][i], 2e-5);
            CHECK_NEAR((double)got[i] / sqrt(length), golden[1][i], 1e-2);
        }
    }
    mi_stage_done(&s);
    mien_graph_free(g);
    return 1;
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_where_it_is_cut_out);
    RUN(test_what_is_no_face);
    RUN(test_without_five_points);
    RUN(test_failing_memory_is_reported);
    RUN(test_a_face_found_before);
    RUN(test_faces_are_compared_within_a_network);
    if (!test_the_network())
        printf("SKIP mobilefacenet is not installed: tools/get_models.sh BUILD "
               "--with mobilefacenet\n");
    return check_done();
}
