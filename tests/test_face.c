/* The chain from boxes to attributes on networks whose answers are known, and
 * what is refused.  Needs no model files. */
#include "face.h"
#include "face_make.h"

static const float two_boxes[] = {
    0.125f, 0.25f,  0.375f, 0.625f, /* sure */
    0.125f, 0.25f,  0.40f,  0.625f, /* the same face */
    -0.25f, 0.625f, 0.25f,  1.25f}; /* cut at two edges */
static const float two_scores[] = {0.9f, 0.8f, 0.95f};

enum {
    EVERYTHING = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR |
                 MIEN_FACE_EXPRESSION | MIEN_FACE_AGE | MIEN_FACE_GENDER
};

/* Networks for everything; landmarks lie on a grid inside the crop. */
typedef struct {
    mien_graph *ssd, *landmarks, *descriptor, *expression, *age_gender;
    mien_face_models use;
} nets;

static nets make_nets(void)
{
    float grid[136], number[128];
    for (int i = 0; i < 68; i++) {
        grid[2 * i] = 0.2f + 0.6f * (float)(i % 8) / 7;
        grid[2 * i + 1] = 0.1f + 0.8f * (float)i / 67;
    }
    for (int i = 0; i < 128; i++)
        number[i] = (float)i / 128;
    static const float seven[] = {0.1f, 0.5f, 0.1f, 0.1f, 0.1f, 0.05f, 0.05f};
    static const float age[] = {31}, gender[] = {0.75f, 0.25f};
    make_output landmarks = {"landmarks", {2, {1, 136}}, grid, 0};
    make_output descriptor = {"descriptor", {2, {1, 128}}, number, 1e-3f};
    make_output expression = {"expression", {2, {1, 7}}, seven, 0};
    make_output both[] = {{"gender", {2, {1, 2}}, gender, 0},
                          {"age", {2, {1, 1}}, age, 0}};
    nets n = {make_ssd(3, two_boxes, two_scores),
              make_network(make_input(112), &landmarks, 1),
              make_network(make_input(150), &descriptor, 1),
              make_network(make_input(112), &expression, 1),
              make_network(make_input(-1), both, 2),
              {0}};
    n.use = (mien_face_models){n.ssd, n.landmarks, n.descriptor, n.expression,
                               n.age_gender};
    return n;
}

static void free_nets(nets *n)
{
    mien_graph_free(n->ssd);
    mien_graph_free(n->landmarks);
    mien_graph_free(n->descriptor);
    mien_graph_free(n->expression);
    mien_graph_free(n->age_gender);
}

static mien_face_options ssd_options(unsigned want)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.detector = MIEN_DETECTOR_SSD;
    o.want = want;
    return o;
}

static mien_faces run(const mien_face_models *m, mien_face_options o,
                      const mien_image *photo)
{
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    mien_error err = {0};
    CHECK_MSG(mien_analyzer_new(m, &o, &a, &err) == MIEN_OK, "%s", err.text);
    if (a)
        CHECK_MSG(mien_analyzer_run(a, photo, &f, &err) == MIEN_OK, "%s",
                  err.text);
    mien_analyzer_free(a);
    return f;
}

static void test_boxes_are_cut_and_scaled(const nets *n)
{
    mien_image photo = make_photo(400, 200, 1);
    mien_faces f = run(&n->use, ssd_options(0), &photo);
    CHECK_EQ(f.n, 2); /* the middle one is the first again */
    CHECK_NEAR(f.face[0].score, 0.95, 1e-6);
    CHECK_NEAR(f.face[0].box.x, 250, 1e-4);
    CHECK_NEAR(f.face[0].box.y, 0, 1e-4);
    CHECK_NEAR(f.face[0].box.width, 150, 1e-4);
    CHECK_NEAR(f.face[0].box.height, 100,
               1e-4); /* a quarter of a square of 400 */
    CHECK_NEAR(f.face[1].box.x, 100, 1e-4);
    CHECK_NEAR(f.face[1].box.y, 50, 1e-4);
    CHECK_NEAR(f.face[1].box.width, 150, 1e-4);
    CHECK_NEAR(f.face[1].box.height, 100, 1e-4);
    CHECK_EQ(f.face[0].has, 0);
    CHECK_EQ(f.face[0].n_keypoints, 0);
    CHECK_NEAR(f.face[0].aligned.width, 0, 0);
    mien_faces_free(&f);
    CHECK(f.n == 0 && !f.face);
    mien_face_options o = ssd_options(0);
    o.max_faces = 1;
    f = run(&n->use, o, &photo);
    CHECK_EQ(f.n, 1);
    mien_faces_free(&f);
    o.max_faces = 0;
    o.max_overlap = 0.999f;
    f = run(&n->use, o, &photo);
    CHECK_EQ(f.n, 3);
    mien_faces_free(&f);
    o.min_score = 0.96f;
    f = run(&n->use, o, &photo);
    CHECK_EQ(f.n, 0);
    mien_faces_free(&f);
    mien_image_free(&photo);
}

static void test_points_and_numbers_arrive(const nets *n)
{
    mien_image photo = make_photo(400, 200, 1);
    mien_faces f = run(&n->use, ssd_options(EVERYTHING), &photo);
    CHECK_EQ(f.n, 2);
    const mien_face *a = &f.face[1]; /* 100, 50, 150 x 100: 25 rows before it */
    CHECK_EQ(a->has, EVERYTHING);
    CHECK_NEAR(a->landmarks[0].x, 100 + 0.2 * 150, 0.01);
    CHECK_NEAR(a->landmarks[0].y, 50 + 0.1 * 150 - 25, 0.01);
    CHECK_NEAR(a->landmarks[67].y, 50 + 0.9 * 150 - 25, 0.01);
    /* x from 0.2 to 0.8, y from 0.1 to 0.9, each grown by a fifth. */
    CHECK_NEAR(a->aligned.width, 0.6 * 150 * 1.2, 0.02);
    CHECK_NEAR(a->aligned.height, 0.8 * 150 * 1.2, 0.02);
    CHECK_NEAR(a->aligned.x, 130 - 9, 0.02);
    CHECK_NEAR(a->age, 31, 1e-5);
    CHECK_NEAR(a->male, 0.75, 1e-6);
    CHECK_NEAR(a->expression[1], 0.5, 1e-6);
    CHECK(mien_descriptor_distance(a->descriptor, f.face[0].descriptor) > 0);
    mien_faces_free(&f);
    mien_image_free(&photo);
}

/* A face whose box is given is read as one that was detected there. */
static void test_a_known_box(const nets *n)
{
    mien_image photo = make_photo(400, 200, 1);
    mien_faces f = run(&n->use, ssd_options(EVERYTHING), &photo);
    mien_face_options o = ssd_options(EVERYTHING);
    mien_analyzer *a = NULL;
    mien_error err = {0};
    CHECK(mien_analyzer_new(&n->use, &o, &a, &err) == MIEN_OK);
    for (int i = 0; a && i < f.n; i++) {
        mien_face got;
        const mien_face *want = &f.face[i];
        CHECK(mien_analyzer_read(a, &photo, want->box, &got, &err) == MIEN_OK);
        CHECK_EQ(got.has, want->has);
        CHECK_NEAR(got.score, 1, 0);
        for (int k = 0; k < 68; k++) {
            CHECK_NEAR(got.landmarks[k].x, want->landmarks[k].x, 1e-3);
            CHECK_NEAR(got.landmarks[k].y, want->landmarks[k].y, 1e-3);
        }
        CHECK_NEAR(got.age, want->age, 1e-3);
    }
    mien_face got;
    CHECK(mien_analyzer_read(a, &photo, (mien_box){-900, -900, 50, 50}, &got,
                             &err) == MIEN_OK);
    CHECK_EQ(got.has, 0);
    const mien_box wrong[] = {{0, 0, 0, 9},
                              {0, 0, 9, -1},
                              {(float)NAN, 0, 9, 9},
                              {0, 0, (float)INFINITY, 9}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(mien_analyzer_read(a, &photo, wrong[i], &got, &err),
                 MIEN_EARG);
    mien_analyzer_free(a);
    mien_faces_free(&f);
    mien_image_free(&photo);
}

static void test_only_what_was_asked_for_is_given(const nets *n)
{
    mien_image photo = make_photo(300, 200, 2);
    static const unsigned wants[] = {0,
                                     MIEN_FACE_LANDMARKS,
                                     MIEN_FACE_DESCRIPTOR,
                                     MIEN_FACE_AGE,
                                     MIEN_FACE_GENDER,
                                     MIEN_FACE_EXPRESSION,
                                     MIEN_FACE_AGE | MIEN_FACE_DESCRIPTOR};
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
        mien_faces f = run(&n->use, ssd_options(wants[i]), &photo);
        CHECK_EQ(f.n, 2);
        for (int k = 0; k < f.n; k++) {
            CHECK_EQ(f.face[k].has, wants[i]);
            CHECK((f.face[k].landmarks[0].x != 0) ==
                  !!(wants[i] & MIEN_FACE_LANDMARKS));
            CHECK((f.face[k].aligned.width > 0) == (wants[i] != 0));
        }
        mien_faces_free(&f);
    }
    /* Attributes without a landmark model: from the detector's box. */
    mien_face_models bare = n->use;
    bare.landmarks = bare.descriptor = NULL;
    mien_faces f = run(&bare, ssd_options(MIEN_FACE_AGE), &photo);
    CHECK(f.n == 2 && f.face[0].has == MIEN_FACE_AGE);
    CHECK_NEAR(f.face[0].aligned.width, 0, 0);
    mien_faces_free(&f);
    mien_image_free(&photo);
}

static void test_odd_faces_are_left_unread(const nets *n)
{
    /* Outside, thinner than a pixel, not a number. */
    static const float boxes[] = {0.1f, 1.2f,  0.3f, 1.5f, 0.5f, 0.5f, 0.5f,
                                  0.6f, 0.7f,  NAN,  0.9f, 0.8f, 0.1f, 0.1f,
                                  0.4f, 1e30f, 0.9f, 0.9f, 0.6f, 0.5f};
    static const float scores[] = {0.9f, 0.8f, 0.7f, 0.6f, 0.55f};
    float bad[136];
    for (int i = 0; i < 136; i++)
        bad[i] = i % 3 ? NAN : INFINITY;
    make_output o = {"landmarks", {2, {1, 136}}, bad, 0};
    mien_face_models m = n->use;
    mien_graph *odd = make_ssd(5, boxes, scores),
               *points[2] = {n->landmarks,
                             make_network(make_input(112), &o, 1)};
    m.detector = odd;
    for (int side = 1; side < 200; side += 66)
        for (int k = 0; k < 2; k++) {
            m.landmarks = points[k];
            mien_image photo = make_photo(side, 2 * side, 3);
            mien_faces f = run(&m, ssd_options(EVERYTHING), &photo);
            CHECK(f.n > 0);
            for (int i = 0; i < f.n; i++)
                CHECK(!k || !(f.face[i].has & MIEN_FACE_DESCRIPTOR));
            mien_faces_free(&f);
            mien_image_free(&photo);
        }
    mien_graph_free(odd);
    mien_graph_free(points[1]);
}

static void refuse(const mien_face_models *m, mien_face_options o,
                   mien_status want, const char *word)
{
    mien_error err = {0};
    mien_analyzer *a = NULL;
    mien_status st = mien_analyzer_new(m, &o, &a, &err);
    CHECK_MSG(st == want && err.status == st && !a, "%s: %s, %s", word,
              mien_status_name(st), err.text);
    CHECK_MSG(strstr(err.text, word), "%s: %s", word, err.text);
}

static void test_options_out_of_range(const nets *n)
{
    static const float low = -0.1f;
    static const struct {
        mien_face_options o;
        const char *word;
    } row[] = {
        {{MIEN_DETECTOR_SSD, 0, 33, 0, 0, 0, NULL, 0, 0, 0}, "input size 33"},
        {{MIEN_DETECTOR_SSD, 0, -32, 0, 0, 0, NULL, 0, 0, 0}, "input size -32"},
        {{MIEN_DETECTOR_SSD, 0, 320, 0, 0, 0, NULL, 0, 0, 0}, "512 only"},
        {{MIEN_DETECTOR_TINY, 0, 8192, 0, 0, 0, NULL, 0, 0, 0},
         "input size 8192"},
        {{MIEN_DETECTOR_SSD, 0, 0, 1, 0, 0, NULL, 0, 0, 0}, "score"},
        {{MIEN_DETECTOR_SSD, 0, 0, low, 0, 0, NULL, 0, 0, 0}, "score"},
        {{MIEN_DETECTOR_SSD, 0, 0, NAN, 0, 0, NULL, 0, 0, 0}, "score"},
        {{MIEN_DETECTOR_SSD, 0, 0, 0, 1.5f, 0, NULL, 0, 0, 0}, "overlap"},
        {{MIEN_DETECTOR_SSD, 0, 0, 0, 0, -1, NULL, 0, 0, 0}, "faces"},
        {{(mien_detector)7, 0, 0, 0, 0, 0, NULL, 0, 0, 0}, "number 7"},
        {{MIEN_DETECTOR_SSD, 64, 0, 0, 0, 0, NULL, 0, 0, 0}, "0x40"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        refuse(&n->use, row[i].o, MIEN_EARG, row[i].word);
}

static void test_missing_models_are_named(const nets *n)
{
    mien_face_models none = {0}, only = {.detector = n->ssd};
    refuse(&none, ssd_options(0), MIEN_EARG, "detector model is missing");
    refuse(&only, ssd_options(MIEN_FACE_LANDMARKS), MIEN_EARG, "landmarks");
    refuse(&only, ssd_options(MIEN_FACE_EXPRESSION), MIEN_EARG, "expression");
    refuse(&only, ssd_options(MIEN_FACE_GENDER), MIEN_EARG, "age-gender");
    only.landmarks = n->landmarks;
    refuse(&only, ssd_options(MIEN_FACE_DESCRIPTOR), MIEN_EARG, "descriptor");
}

static void test_descriptor_distance(void)
{
    float a[128] = {0}, b[128] = {0};
    CHECK_NEAR(mien_descriptor_distance(a, b), 0, 0);
    a[0] = 3;
    b[127] = 4;
    CHECK_NEAR(mien_descriptor_distance(a, b), 5, 1e-6);
}

/* Each run with another number of threads gives the same bytes. */
static void test_threads_give_the_same_bits(const nets *n)
{
    mien_image photo = make_photo(640, 420, 9);
    mien_faces first = {0};
    for (int threads = 1; threads <= 4; threads++) {
        mien_pool *pool = NULL;
        CHECK(mien_pool_new(threads, &pool, NULL) == MIEN_OK);
        mien_face_options o = ssd_options(EVERYTHING);
        o.pool = pool;
        mien_faces f = run(&n->use, o, &photo);
        CHECK_EQ(f.n, 2);
        if (threads == 1) {
            first = f;
        } else {
            CHECK(f.n == first.n && memcmp(f.face, first.face,
                                           (size_t)f.n * sizeof *f.face) == 0);
            mien_faces_free(&f);
        }
        mien_pool_free(pool);
    }
    mien_faces_free(&first);
    mien_image_free(&photo);
}

static void test_faces_at_another_size(void)
{
    mien_face f = {.box = {1, 2, 3, 4},
                   .n_keypoints = 5,
                   .aligned = {5, 6, 7, 8},
                   .score = 0.5f};
    mien_faces faces = {.n = 1, .face = &f};
    f.n_landmarks = 68;
    f.keypoints[4] = (mien_point){9, 10};
    f.landmarks[67] = (mien_point){-11, 12};
    mien_faces_scale(&faces, 2, 3);
    CHECK(f.box.x == 2 && f.box.y == 6 && f.box.width == 6 &&
          f.box.height == 12);
    CHECK(f.aligned.x == 10 && f.aligned.height == 24);
    CHECK(f.keypoints[4].x == 18 && f.keypoints[4].y == 30);
    CHECK(f.landmarks[67].x == -22 && f.landmarks[67].y == 36);
    CHECK(f.score == 0.5f);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    nets n = make_nets();
    RUN(test_boxes_are_cut_and_scaled, &n);
    RUN(test_points_and_numbers_arrive, &n);
    RUN(test_a_known_box, &n);
    RUN(test_only_what_was_asked_for_is_given, &n);
    RUN(test_odd_faces_are_left_unread, &n);
    RUN(test_options_out_of_range, &n);
    RUN(test_missing_models_are_named, &n);
    RUN(test_descriptor_distance);
    RUN(test_faces_at_another_size);
    RUN(test_threads_give_the_same_bits, &n);
    free_nets(&n);
    mien_analyzer_free(NULL);
    mien_faces_free(NULL);
    return check_done();
}
