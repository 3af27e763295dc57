/* YuNet: raw outputs against ONNX Runtime's, faces where the peer's SSD is sure
 * of them, and a mirrored photo read as a mirror. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/engine.h"
#include "check.h"
#include "face.h"

#include <jansson.h>

/* The top-left 320 x 320 pixels, blue first. */
static void fill(mien_tensor t, const mien_image *im)
{
    for (int y = 0; y < 320; y++)
        for (int x = 0; x < 320; x++)
            for (int c = 0; c < 3; c++) {
                size_t at =
                    t.channels_last
                        ? ((size_t)y * 320 + (size_t)x) * 3 + (size_t)c
                        : ((size_t)c * 320 + (size_t)y) * 320 + (size_t)x;
                t.data[at] = im->data[y * im->stride + 3 * x + 2 - c];
            }
}

static double compare_output(const mien_graph *g, mien_plan *p, int i,
                             json_t *outputs)
{
    const json_t *want = json_object_get(outputs, mien_graph_output_name(g, i));
    const json_t *data = json_object_get(want, "data");
    mien_tensor t = mien_plan_output(p, i);
    size_t n = 1;
    for (int k = 0; k < t.shape.rank; k++)
        n *= (size_t)t.shape.dim[k];
    CHECK_EQ(n, json_array_size(data));
    float *have = calloc(n, sizeof *have);
    mien_plan_read(p, i, have);
    double worst = 0;
    for (size_t k = 0; k < n && k < json_array_size(data); k++) {
        double w = json_number_value(json_array_get(data, k));
        worst = fmax(worst, fabs((double)have[k] - w) / fmax(1, fabs(w)));
    }
    free(have);
    return worst;
}

static void test_raw_outputs(const char *what, const mien_graph *g,
                             json_t *golden)
{
    mien_shape shape = {4, {1, 3, 320, 320}};
    mien_plan *p = NULL;
    mien_error err = {0};
    mien_status st = mien_plan_new(g, &shape, 1, NULL, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", what, err.text);
    const char *name;
    json_t *outputs;
    double worst = 0;
    int photos = 0;
    json_object_foreach(json_object_get(golden, "images"), name, outputs)
    {
        char folder[512], file[256];
        snprintf(folder, sizeof folder, "%s/data/wider/images", face_shared());
        snprintf(file, sizeof file, "%s.jpg", name);
        mien_image im = {0};
        if (!p || !face_photo_load(folder, file, &im))
            continue;
        photos++;
        fill(mien_plan_input(p, 0), &im);
        mien_plan_run(p);
        CHECK_EQ(mien_graph_outputs(g), (int)json_object_size(outputs));
        for (int i = 0; i < mien_graph_outputs(g); i++)
            worst = fmax(worst, compare_output(g, p, i, outputs));
        mien_image_free(&im);
    }
    CHECK_EQ(photos, 3);
    CHECK_MSG(worst <= 1e-4, "%s: off by %g of max(1, |value|)", what, worst);
    printf("%s: %d photos, raw outputs off by %.3g at most\n", what, photos,
           worst);
    mien_plan_free(p);
}

static mien_faces find(const mien_graph *g, const mien_image *im, int size)
{
    mien_face_models models = {.detector = g};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.input_size = size;
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    mien_error err = {0};
    CHECK_MSG(mien_analyzer_new(&models, &o, &a, &err) == MIEN_OK, "%s",
              err.text);
    CHECK_MSG(a && mien_analyzer_run(a, im, &f, &err) == MIEN_OK, "%s",
              err.text);
    mien_analyzer_free(a);
    return f;
}

static double at(json_t *outputs, const char *name, int stride, size_t i)
{
    char key[16];
    snprintf(key, sizeof key, "%s_%d", name, stride);
    return json_number_value(json_array_get(
        json_object_get(json_object_get(outputs, key), "data"), i));
}

/* The surest face of a photo that is 320 x 320 itself, decoded from the golden
 * outputs by the formulas. */
static mien_face surest(json_t *outputs)
{
    mien_face best = {.score = 0};
    for (int stride = 8; stride <= 32; stride *= 2)
        for (int i = 0; i < 320 / stride * (320 / stride); i++) {
            size_t k = (size_t)i;
            int col = i % (320 / stride), row = i / (320 / stride);
            float score = (float)sqrt(at(outputs, "cls", stride, k) *
                                      at(outputs, "obj", stride, k));
            if (score <= best.score)
                continue;
            best.score = score;
            double w = stride * exp(at(outputs, "bbox", stride, 4 * k + 2));
            double h = stride * exp(at(outputs, "bbox", stride, 4 * k + 3));
            double x = stride * (col + at(outputs, "bbox", stride, 4 * k));
            double y = stride * (row + at(outputs, "bbox", stride, 4 * k + 1));
            best.box = (mien_box){(float)(x - w / 2), (float)(y - h / 2),
                                  (float)w, (float)h};
            for (size_t p = 0; p < 5; p++)
                best.keypoints[p] = (mien_point){
                    (float)(stride *
                            (col + at(outputs, "kps", stride, 10 * k + 2 * p))),
                    (float)(stride * (row + at(outputs, "kps", stride,
                                               10 * k + 2 * p + 1)))};
        }
    return best;
}

static void test_the_surest_face(const mien_graph *g, json_t *golden)
{
    const char *name;
    json_t *outputs;
    json_object_foreach(json_object_get(golden, "images"), name, outputs)
    {
        char folder[512], file[256];
        snprintf(folder, sizeof folder, "%s/data/wider/images", face_shared());
        snprintf(file, sizeof file, "%s.jpg", name);
        mien_image im = {0};
        if (!face_photo_load(folder, file, &im))
            continue;
        mien_image corner = {320, 320, im.stride, im.data};
        mien_faces f = find(g, &corner, 320);
        mien_face want = surest(outputs);
        CHECK_MSG(f.n > 0, "%s: no face, want one of %g", name,
                  (double)want.score);
        if (f.n) {
            const mien_face *have = &f.face[0];
            CHECK_NEAR(have->score, want.score, 1e-4);
            CHECK_NEAR(have->box.x, want.box.x, 0.01);
            CHECK_NEAR(have->box.y, want.box.y, 0.01);
            CHECK_NEAR(have->box.width, want.box.width, 0.01);
            CHECK_NEAR(have->box.height, want.box.height, 0.01);
            for (int p = 0; p < 5; p++) {
                CHECK_NEAR(have->keypoints[p].x, want.keypoints[p].x, 0.01);
                CHECK_NEAR(have->keypoints[p].y, want.keypoints[p].y, 0.01);
            }
        }
        mien_faces_free(&f);
        mien_image_free(&im);
    }
}

static double overlap(mien_box a, mien_box b)
{
    double w =
        fmin((double)a.x + (double)a.width, (double)b.x + (double)b.width) -
        fmax((double)a.x, (double)b.x);
    double h =
        fmin((double)a.y + (double)a.height, (double)b.y + (double)b.height) -
        fmax((double)a.y, (double)b.y);
    double both = fmax(0, w) * fmax(0, h);
    return both / ((double)a.width * (double)a.height +
                   (double)b.width * (double)b.height - both);
}

static const mien_face *likest(const mien_faces *f, mien_box box)
{
    const mien_face *best = NULL;
    for (int i = 0; i < f->n; i++)
        if (!best || overlap(f->face[i].box, box) > overlap(best->box, box))
            best = &f->face[i];
    return best;
}

/* Eyes above the mouth, all five points around the box. */
static void check_points(const mien_face *f)
{
    CHECK_EQ(f->n_keypoints, 5);
    const mien_point *k = f->keypoints;
    for (int i = 0; i < 5; i++) {
        CHECK(k[i].x > f->box.x - f->box.width / 4 &&
              k[i].x < f->box.x + 1.25f * f->box.width);
        CHECK(k[i].y > f->box.y && k[i].y < f->box.y + f->box.height);
    }
    CHECK(k[0].y + k[1].y < k[3].y + k[4].y);
}

/* Every face of which the SSD is sure, if it is not tiny. */
static void test_sure_faces_are_found(const mien_graph *g)
{
    static const char *const names[][2] = {
        {"data/face_recognition/examples", "two_people"},
        {"data/face_recognition/examples", "biden"},
        {"data/face_recognition/examples", "obama-480p"},
        {"data/dlib_faces/examples/faces", "2008_001322"},
        {"data/dlib_faces/examples/faces", "2008_001009"},
        {"data/bnk48/src/img", "example"}};
    char path[1024];
    snprintf(path, sizeof path, "%s/goldens/faceapi/faces.json", face_shared());
    json_t *all = json_load_file(path, 0, NULL);
    int looked = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char folder[512], file[64];
        snprintf(folder, sizeof folder, "%s/%s", face_shared(), names[i][0]);
        snprintf(file, sizeof file, "%s.jpg", names[i][1]);
        mien_image im = {0};
        if (!face_photo_load(folder, file, &im))
            continue;
        mien_faces f = find(g, &im, 0);
        json_t *ssd = json_object_get(json_object_get(all, names[i][1]), "ssd");
        for (size_t k = 0; k < json_array_size(ssd); k++) {
            const json_t *one = json_array_get(ssd, k);
            const json_t *b = json_object_get(one, "box");
            float v[4];
            for (size_t q = 0; q < 4; q++)
                v[q] = (float)json_number_value(json_array_get(b, q));
            if (json_number_value(json_object_get(one, "score")) < 0.9 ||
                v[2] < 25)
                continue;
            mien_box box = {v[0], v[1], v[2], v[3]};
            const mien_face *same = likest(&f, box);
            looked++;
            CHECK_MSG(same && overlap(same->box, box) > 0.4,
                      "%s: face at %g, %g is missed", file, (double)v[0],
                      (double)v[1]);
            if (same)
                check_points(same);
        }
        for (int k = 1; k < f.n; k++)
            CHECK(f.face[k].score <= f.face[k - 1].score);
        mien_faces_free(&f);
        mien_image_free(&im);
    }
    CHECK(looked > 8);
    json_decref(all);
}

static void mirror(mien_image *im)
{
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w / 2; x++)
            for (int c = 0; c < 3; c++) {
                uint8_t *row = im->data + y * im->stride;
                uint8_t *a = &row[3 * x + c];
                uint8_t *b = &row[3 * (im->w - 1 - x) + c];
                uint8_t t = *a;
                *a = *b;
                *b = t;
            }
}

/* Within a tenth of the face: the network itself is not quite symmetric. */
static void test_a_mirrored_photo_gives_mirrored_faces(const mien_graph *g)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s/data/face_recognition/examples",
             face_shared());
    mien_image im = {0};
    if (!face_photo_load(folder, "two_people.jpg", &im))
        return;
    mien_faces f = find(g, &im, 0);
    mirror(&im);
    mien_faces m = find(g, &im, 0);
    CHECK(f.n == 2 && m.n == 2);
    for (int i = 0; i < f.n; i++) {
        mien_box b = f.face[i].box;
        b.x = (float)im.w - b.x - b.width;
        const mien_face *same = likest(&m, b);
        CHECK(same && overlap(same->box, b) > 0.85);
        static const int other[5] = {1, 0, 2, 4, 3};
        for (int k = 0; same && k < 5; k++) {
            mien_point p = f.face[i].keypoints[other[k]];
            CHECK_NEAR(same->keypoints[k].x, (float)im.w - p.x, b.width / 10);
            CHECK_NEAR(same->keypoints[k].y, p.y, b.width / 10);
        }
    }
    mien_faces_free(&f);
    mien_faces_free(&m);
    mien_image_free(&im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char path[1024], folder[512];
    snprintf(path, sizeof path, "%s/goldens/yunet/yunet_n_320.json",
             face_shared());
    json_t *golden = json_load_file(path, 0, NULL);
    if (!golden)
        CHECK_SKIP("no %s", path);
    snprintf(folder, sizeof folder, "%s/data/yunet", face_shared());
    face_model fixed = face_model_load(folder, "yunet_n_320_320");
    mien_error err = {0};
    mien_graph *built_in = NULL;
    size_t n;
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    CHECK_MSG(mien_onnx_read(bytes, n, &built_in, &err) == MIEN_OK, "%s",
              err.text);
    if (fixed.graph && built_in) {
        RUN(test_raw_outputs, "yunet_n_320_320", fixed.graph, golden);
        RUN(test_raw_outputs, "built in", built_in, golden);
        RUN(test_the_surest_face, built_in, golden);
        RUN(test_the_surest_face, fixed.graph, golden);
        RUN(test_sure_faces_are_found, built_in);
        RUN(test_sure_faces_are_found, fixed.graph);
        RUN(test_a_mirrored_photo_gives_mirrored_faces, built_in);
    }
    CHECK(fixed.graph && built_in);
    mien_graph_free(built_in);
    face_model_done(&fixed);
    json_decref(golden);
    return check_done();
}
