/* test_pipeline.c: from pixels to everything that is said of a face, in every
 * build, WebAssembly too.  The photo is face-api.js' demo/sample1.jpg at a
 * quarter of its size (tests/make_ppm.c); what is wanted here was computed by
 * the native build, which test_face_golden holds to face-api.js. */
#include "tests/check.h"
#include "tests/face.h"

enum { EVERYTHING = 31, FACES = 3 };

/* What a person sees in the photo, from left to right. */
static const struct {
    float x, y, width, height; /* pixels, as YuNet has it */
    int expression;            /* the likeliest */
    float age;
} wanted[FACES] = {{104, 89, 45, 61, 1, 26},
                   {209, 106, 49, 57, 2, 28},
                   {367, 54, 53, 56, 1, 28}};

typedef struct networks {
    face_model detector, landmarks, descriptor, expression, age_gender;
} networks;

static const char *const detector_file[] = {NULL, "tiny_face_detector",
                                            "ssd_mobilenetv1"};

static int load(mien_detector detector, networks *n)
{
    const char *folder = face_models();
    mien_error err = {0};
    if (detector == MIEN_DETECTOR_YUNET) {
        size_t len = 0;
        const uint8_t *bytes = mien_model_embedded("yunet", &len);
        CHECK_EQ(mien_onnx_read(bytes, len, &n->detector.graph, &err), MIEN_OK);
    } else {
        n->detector = face_model_load(folder, detector_file[detector]);
    }
    n->landmarks = face_model_load(folder, "face_landmark_68");
    n->descriptor = face_model_load(folder, "face_recognition");
    n->expression = face_model_load(folder, "face_expression");
    n->age_gender = face_model_load(folder, "age_gender");
    return n->detector.graph && n->landmarks.graph && n->descriptor.graph &&
           n->expression.graph && n->age_gender.graph;
}

static void done(networks *n)
{
    face_model_done(&n->detector);
    face_model_done(&n->landmarks);
    face_model_done(&n->descriptor);
    face_model_done(&n->expression);
    face_model_done(&n->age_gender);
}

static const mien_face *nearest(const mien_faces *f, float x, float y)
{
    const mien_face *best = NULL;
    float least = 20;
    for (int i = 0; i < f->n; i++) {
        const mien_box *b = &f->face[i].box;
        float far = hypotf(b->x + b->width / 2 - x, b->y + b->height / 2 - y);
        if (far < least) {
            least = far;
            best = &f->face[i];
        }
    }
    return best;
}

static int likeliest(const float *p)
{
    int best = 0;
    for (int i = 1; i < 7; i++)
        best = p[i] > p[best] ? i : best;
    return best;
}

static void check_face(const mien_face *f, int i, mien_detector detector)
{
    CHECK_EQ(f->has, EVERYTHING);
    if (detector == MIEN_DETECTOR_YUNET) {
        CHECK_NEAR(f->box.x, wanted[i].x, 4);
        CHECK_NEAR(f->box.y, wanted[i].y, 4);
        CHECK_NEAR(f->box.width, wanted[i].width, 6);
        CHECK_NEAR(f->box.height, wanted[i].height, 7);
    }
    CHECK_EQ(likeliest(f->expression), wanted[i].expression);
    CHECK_NEAR(f->age, wanted[i].age, 6);
    CHECK(f->male < 0.3f);
    /* iBUG: 36..41 and 42..47 the eyes, 30 the nose, 57 the lower lip. */
    CHECK(f->landmarks[36].x < f->landmarks[45].x);
    CHECK(f->landmarks[30].y < f->landmarks[57].y);
    float length = 0;
    for (int k = 0; k < 128; k++)
        length += f->descriptor[k] * f->descriptor[k];
    CHECK(length > 0.5f && length < 4);
}

static void test_faces_are_found_and_read(mien_detector detector,
                                          const mien_image *photo)
{
    networks n = {0};
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    mien_error err = {0};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = detector;
    o.want = EVERYTHING;
    CHECK(load(detector, &n));
    const mien_face_models models = {n.detector.graph, n.landmarks.graph,
                                     n.descriptor.graph, n.expression.graph,
                                     n.age_gender.graph};
    CHECK_EQ(mien_analyzer_new(&models, &o, &a, &err), MIEN_OK);
    if (a)
        CHECK_EQ(mien_analyzer_run(a, photo, &f, &err), MIEN_OK);
    CHECK_EQ(f.n, FACES);

    const mien_face *face[FACES] = {NULL};
    for (int i = 0; i < FACES; i++) {
        face[i] = nearest(&f, wanted[i].x + wanted[i].width / 2,
                          wanted[i].y + wanted[i].height / 2);
        CHECK(face[i] != NULL);
        if (face[i])
            check_face(face[i], i, detector);
    }
    if (face[0] && face[1])
        CHECK(mien_descriptor_distance(face[0]->descriptor,
                                       face[1]->descriptor) > 0.4f);
    mien_faces_free(&f);
    mien_analyzer_free(a);
    done(&n);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    mien_bytes bytes = {0};
    mien_image photo = {0};
    mien_error err = {0};
    const char *path = face_folder("MIEN_PPM", "build/share/mien/sample.ppm");
    if (mien_file_load(path, 0, &bytes, &err) != MIEN_OK)
        CHECK_SKIP("%s", err.text);
    CHECK_EQ(mien_pnm_read(bytes.data, bytes.n, &photo, &err), MIEN_OK);
    networks all = {0};
    int there = load(MIEN_DETECTOR_SSD, &all);
    done(&all);
    if (!there)
        CHECK_SKIP("no networks in %s", face_models());

    RUN(test_faces_are_found_and_read, MIEN_DETECTOR_YUNET, &photo);
    RUN(test_faces_are_found_and_read, MIEN_DETECTOR_TINY, &photo);
    RUN(test_faces_are_found_and_read, MIEN_DETECTOR_SSD, &photo);
    mien_image_free(&photo);
    mien_bytes_free(&bytes);
    return check_done();
}
