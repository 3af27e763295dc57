/* What goes wrong in src/face: models that are not for their task, photos of
 * odd shapes, no memory; and that threads change no bit of a real network. */
#include "face.h"
#include "face_make.h"

enum { DESCRIBE = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR };

static mien_face_options options_of(mien_detector detector, unsigned want)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = detector;
    o.want = want;
    return o;
}

/* Making the analyzer or its first run fails, says word, and leaves out. */
static void refuse(mien_face_models m, mien_face_options o, const char *word)
{
    mien_error err = {0};
    mien_analyzer *a = NULL;
    mien_image photo = make_photo(40, 30, 1);
    mien_faces f = {.n = -1};
    mien_status st = mien_analyzer_new(&m, &o, &a, &err);
    if (st == MIEN_OK)
        st = mien_analyzer_run(a, &photo, &f, &err);
    CHECK_MSG(st == MIEN_EFORMAT && err.status == st, "%s: %s %s", word,
              mien_status_name(st), err.text);
    CHECK_MSG(strstr(err.text, word), "%s: %s", word, err.text);
    CHECK(f.n == -1);
    mien_analyzer_free(a);
    mien_image_free(&photo);
}

static const float box[4] = {0.25f, 0.25f, 0.75f, 0.75f}, score[1] = {0.9f};

static void test_outputs_that_are_not_the_tasks(void)
{
    static const struct {
        make_output out;
        const char *word;
    } row[] = {
        {{"points", {2, {1, 136}}, NULL, 0}, "no output 'landmarks'"},
        {{"landmarks", {2, {1, 10}}, NULL, 0}, "[1, 10], wanted [1, 136]"},
        {{"landmarks", {1, {136}}, NULL, 0}, "[136], wanted"},
        {{"landmarks", {3, {1, 68, 2}}, NULL, 0}, "[1, 68, 2], wanted"},
        {{"landmarks", {2, {68, 2}}, NULL, 0}, "[68, 2], wanted"},
    };
    mien_graph *ssd = make_ssd(1, box, score);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        mien_graph *g = make_network(make_input(112), &row[i].out, 1);
        mien_face_models m = {.detector = ssd, .landmarks = g};
        refuse(m, options_of(MIEN_DETECTOR_SSD, MIEN_FACE_LANDMARKS),
               row[i].word);
        mien_graph_free(g);
    }
    mien_graph_free(ssd);
}

static void test_inputs_that_are_not_pixels(void)
{
    static const struct {
        mien_shape in;
        const char *word;
    } row[] = {
        {{4, {1, 4, 112, 112}}, "[1, 4, 112, 112], wanted [1, 3, h, w]"},
        {{4, {2, 3, 112, 112}}, "[2, 3, 112, 112], wanted"},
        {{4, {1, 3, 100, 112}}, "112 x 100 pixels, wanted 112 x 112"},
        {{4, {1, 3, 40000, 112}}, "[1, 3, 40000, 112], wanted"},
    };
    make_output out = {"landmarks", {2, {1, 136}}, NULL, 0};
    mien_graph *ssd = make_ssd(1, box, score);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        mien_graph *g = make_network(row[i].in, &out, 1);
        mien_face_models m = {.detector = ssd, .landmarks = g};
        refuse(m, options_of(MIEN_DETECTOR_SSD, MIEN_FACE_LANDMARKS),
               row[i].word);
        mien_graph_free(g);
    }
    mien_graph_free(ssd);
}

static void test_rank_and_number_of_inputs(void)
{
    mien_graph *flat = NULL, *two = NULL;
    CHECK(mi_graph_new(&flat, NULL) == MIEN_OK);
    mi_node *x = mi_graph_input(flat, "x", (mien_shape){2, {1, 3}});
    mi_graph_output(flat, mi_graph_node(flat, &mi_op_relu, &x, 1, NULL, "y"),
                    NULL);
    mien_face_models m = {.detector = flat};
    refuse(m, options_of(MIEN_DETECTOR_SSD, 0), "reads [1, 3], wanted");
    refuse(m, options_of(MIEN_DETECTOR_YUNET, 0), "reads [1, 3], wanted");
    CHECK(mi_graph_new(&two, NULL) == MIEN_OK);
    mi_node *in[] = {mi_graph_input(two, "a", make_input(512)),
                     mi_graph_input(two, "b", make_input(512))};
    mi_graph_output(two, mi_graph_node(two, &mi_op_add, in, 2, NULL, "y"),
                    NULL);
    m.detector = two;
    refuse(m, options_of(MIEN_DETECTOR_SSD, 0), "2 inputs, wanted 1");
    mien_graph_free(flat);
    mien_graph_free(two);
}

/* YuNet's outputs, all of them, for a count of cells that fits nothing. */
static mien_graph *make_yunet(int cells)
{
    static const char *const names[4] = {"cls", "obj", "bbox", "kps"};
    static const int numbers[4] = {1, 1, 4, 10};
    make_output out[12];
    char text[12][16];
    for (int i = 0; i < 12; i++) {
        snprintf(text[i], sizeof text[i], "%s_%d", names[i / 3], 8 << i % 3);
        out[i] =
            (make_output){text[i], {3, {1, cells, numbers[i / 3]}}, NULL, 0};
    }
    return make_network(make_input(-1), out, 12);
}

static void test_detectors_whose_parts_do_not_fit(void)
{
    make_output counts[] = {{"boxes", {3, {1, 2, 4}}, NULL, 0},
                            {"scores", {2, {1, 3}}, NULL, 0}};
    make_output long_side = {"cells", {4, {1, 25, 3, 4}}, NULL, 0};
    make_output anchors = {"cells", {4, {1, 24, 3, 3}}, NULL, 0};
    mien_graph *g[] = {make_network(make_input(512), counts, 2),
                       make_network(make_input(-1), &long_side, 1),
                       make_network(make_input(-1), &anchors, 1), make_yunet(7),
                       make_ssd(1, box, score)};
    mien_face_models m = {.detector = g[0]};
    refuse(m, options_of(MIEN_DETECTOR_SSD, 0), "2 boxes and 3 scores");
    m.detector = g[1];
    refuse(m, options_of(MIEN_DETECTOR_TINY, 0), "3 x 4 cells");
    m.detector = g[2];
    refuse(m, options_of(MIEN_DETECTOR_TINY, 0), "[1, 24, 3, 3], wanted");
    m.detector = g[3];
    refuse(m, options_of(MIEN_DETECTOR_YUNET, 0), "7 cells at stride 8");
    m.detector = g[4];
    refuse(m, options_of(MIEN_DETECTOR_YUNET, 0), "no output 'cls_8'");
    for (int i = 0; i < 5; i++)
        mien_graph_free(g[i]);
}

static mien_graph *built_in(void)
{
    size_t n;
    mien_graph *g = NULL;
    mien_error err = {0};
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    CHECK_MSG(mien_onnx_read(bytes, n, &g, &err) == MIEN_OK, "%s", err.text);
    return g;
}

/* One analyzer for photos of many shapes, in turn and again: the same faces
 * as an analyzer that knows no other photo. */
static void test_photos_of_all_shapes(const mien_graph *yunet)
{
    static const int shape[][2] = {{1, 1},   {3000, 2}, {2, 3000}, {64, 64},
                                   {50, 90}, {700, 33}, {31, 640}, {641, 100}};
    enum { N = sizeof shape / sizeof *shape };
    mien_face_models m = {.detector = yunet};
    mien_face_options o = options_of(MIEN_DETECTOR_YUNET, 0);
    o.min_score = 0.05f;
    mien_analyzer *all = NULL;
    CHECK(mien_analyzer_new(&m, &o, &all, NULL) == MIEN_OK);
    for (int round = 0; round < 2 * N; round++) {
        int i = round * 5 % N;
        mien_image photo = make_photo(shape[i][0], shape[i][1], 4);
        mien_analyzer *fresh = NULL;
        mien_faces f = {0}, want = {0};
        CHECK(mien_analyzer_new(&m, &o, &fresh, NULL) == MIEN_OK);
        CHECK(mien_analyzer_run(all, &photo, &f, NULL) == MIEN_OK);
        CHECK(mien_analyzer_run(fresh, &photo, &want, NULL) == MIEN_OK);
        CHECK(f.n == want.n && (!f.n || !memcmp(f.face, want.face,
                                                (size_t)f.n * sizeof *f.face)));
        mien_faces_free(&f);
        mien_faces_free(&want);
        mien_analyzer_free(fresh);
        mien_image_free(&photo);
    }
    mien_analyzer_free(all);
}

/* Every allocation of making and running fails once. */
static void test_no_memory(mien_face_models m, mien_face_options o)
{
    mien_image photo = make_photo(70, 60, 6);
    int made = 0;
    for (long n = 0; made != 2; n++) {
        mien_analyzer *a = NULL;
        mien_faces f = {.n = -1};
        mien_error err = {0};
        mi_alloc_fail_after(n);
        mien_status st = mien_analyzer_new(&m, &o, &a, &err);
        made = st == MIEN_OK;
        if (made)
            st = mien_analyzer_run(a, &photo, &f, &err);
        made += st == MIEN_OK;
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && f.n == -1 &&
                                    err.status == st && err.text[0]),
                  "allocation %ld: %s %s", n, mien_status_name(st), err.text);
        /* What is left after a failed run still works. */
        if (made == 1)
            CHECK(mien_analyzer_run(a, &photo, &f, &err) == MIEN_OK);
        if (f.n > 0)
            mien_faces_free(&f);
        mien_analyzer_free(a);
        if (n > 100000)
            break;
    }
    CHECK(made == 2);
    mien_image_free(&photo);
}

/* Real networks where they are installed, on noise in a known box. */
static void test_threads_give_the_same_bits(const mien_graph *yunet)
{
    mien_graph *ssd = make_ssd(1, box, score);
    face_model points = face_model_load(face_models(), "face_landmark_68");
    face_model numbers = face_model_load(face_models(), "face_recognition");
    mien_face_models m[2] = {{.detector = yunet},
                             {ssd, points.graph, numbers.graph, NULL, NULL}};
    mien_face_options o[2] = {
        options_of(MIEN_DETECTOR_YUNET, 0),
        options_of(MIEN_DETECTOR_SSD,
                   points.graph && numbers.graph ? DESCRIBE : 0)};
    o[0].min_score = 0.02f;
    mien_image photo = make_photo(333, 250, 8);
    for (int k = 0; k < 2; k++) {
        mien_faces first = {0};
        for (int threads = 1; threads <= 4; threads++) {
            CHECK(mien_pool_new(threads, &o[k].pool, NULL) == MIEN_OK);
            mien_analyzer *a = NULL;
            mien_faces f = {0};
            CHECK(mien_analyzer_new(&m[k], &o[k], &a, NULL) == MIEN_OK);
            CHECK(mien_analyzer_run(a, &photo, &f, NULL) == MIEN_OK);
            CHECK(f.n > 0);
            if (threads == 1)
                first = f;
            CHECK(f.n == first.n && memcmp(f.face, first.face,
                                           (size_t)f.n * sizeof *f.face) == 0);
            if (threads > 1)
                mien_faces_free(&f);
            mien_analyzer_free(a);
            mien_pool_free(o[k].pool);
        }
        mien_faces_free(&first);
    }
    mien_image_free(&photo);
    face_model_done(&points);
    face_model_done(&numbers);
    mien_graph_free(ssd);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_outputs_that_are_not_the_tasks);
    RUN(test_inputs_that_are_not_pixels);
    RUN(test_rank_and_number_of_inputs);
    RUN(test_detectors_whose_parts_do_not_fit);
    mien_graph *yunet = built_in();
    RUN(test_photos_of_all_shapes, yunet);
    mien_face_options o = options_of(MIEN_DETECTOR_YUNET, 0);
    o.min_score = 0.001f;
    RUN(test_no_memory, (mien_face_models){.detector = yunet}, o);
    mien_graph *ssd = make_ssd(1, box, score);
    make_output points = {"landmarks", {2, {1, 136}}, NULL, 0.001f};
    mien_graph *landmarks = make_network(make_input(112), &points, 1);
    RUN(test_no_memory,
        (mien_face_models){.detector = ssd, .landmarks = landmarks},
        options_of(MIEN_DETECTOR_SSD, MIEN_FACE_LANDMARKS));
    RUN(test_threads_give_the_same_bits, yunet);
    mien_graph_free(ssd);
    mien_graph_free(landmarks);
    mien_graph_free(yunet);
    return check_done();
}
