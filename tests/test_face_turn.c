/* Photos that lie on their side: turned by quarters, their faces are found
 * where the upright photo's are, and upright photos stay as they are. */
#include "face.h"
#include "face_make.h"

enum { POINTS = MIEN_FACE_LANDMARKS };

static mien_faces read_as(const mien_face_models *m, mien_face_options o,
                          mien_rotate rotate, const mien_image *photo)
{
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    mien_error err = {0};
    o.rotate = rotate;
    CHECK_MSG(mien_analyzer_new(m, &o, &a, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(a && mien_analyzer_run(a, photo, &f, &err) == MIEN_OK, "%s",
              err.text);
    mien_analyzer_free(a);
    return f;
}

static mien_image turned(const mien_image *im, int quarters)
{
    mien_image out = {0};
    CHECK_EQ(mien_image_turn(im, quarters, &out, NULL), MIEN_OK);
    return out;
}

static void test_a_turned_picture(void)
{
    mien_image im = make_photo(71, 130, 3);
    for (int q = 0; q < 4; q++) {
        mien_image out = turned(&im, q);
        CHECK(out.w == (q % 2 ? 130 : 71) && out.h == (q % 2 ? 71 : 130));
        for (int y = 0; y < im.h; y++)
            for (int x = 0; x < im.w; x++) {
                const int at[4][2] = {{x, y},
                                      {im.h - 1 - y, x},
                                      {im.w - 1 - x, im.h - 1 - y},
                                      {y, im.w - 1 - x}};
                CHECK(!memcmp(im.data + y * im.stride + (ptrdiff_t)3 * x,
                              out.data + at[q][1] * out.stride +
                                  (ptrdiff_t)3 * at[q][0],
                              3));
            }
        mien_image_free(&out);
    }
    mi_alloc_fail_after(0);
    mien_image none = {0};
    CHECK_EQ(mien_image_turn(&im, 1, &none, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK(!none.data);
    mien_image_free(&im);
}

/* Where a point of a w x h photo lies when the photo is turned. */
static mien_point forth(mien_point p, int quarters, float w, float h)
{
    for (; quarters; quarters--) {
        p = (mien_point){h - p.y, p.x};
        float t = w;
        w = h;
        h = t;
    }
    return p;
}

static void check_point(mien_point have, mien_point want, double within)
{
    CHECK_NEAR(have.x, want.x, within);
    CHECK_NEAR(have.y, want.y, within);
}

/* The corners of a box of the w x h photo, turned, are those of the other. */
static void check_box(mien_box have, mien_box up, int quarters, int w, int h,
                      double within)
{
    mien_point a =
        forth((mien_point){up.x, up.y}, quarters, (float)w, (float)h);
    mien_point b = forth((mien_point){up.x + up.width, up.y + up.height},
                         quarters, (float)w, (float)h);
    CHECK_NEAR(have.x, fminf(a.x, b.x), within);
    CHECK_NEAR(have.y, fminf(a.y, b.y), within);
    CHECK_NEAR(have.x + have.width, fmaxf(a.x, b.x), within);
    CHECK_NEAR(have.y + have.height, fmaxf(a.y, b.y), within);
}

/* The faces of a turned photo are those of the upright one, up, in its own
 * pixels. */
static void check_faces(const mien_faces *have, const mien_faces *up,
                        int quarters, int w, int h)
{
    CHECK_EQ(have->n, up->n);
    for (int i = 0; i < up->n && i < have->n; i++) {
        const mien_face *f = &have->face[i], *u = &up->face[i];
        CHECK_EQ(f->rotation, 90 * ((4 - quarters) % 4));
        CHECK_EQ(f->has, u->has);
        CHECK_NEAR(f->score, u->score, 1e-6);
        check_box(f->box, u->box, quarters, w, h, 1e-3);
        if (u->aligned.width > 0)
            check_box(f->aligned, u->aligned, quarters, w, h, 1e-3);
        for (int k = 0; k < u->n_keypoints; k++)
            check_point(f->keypoints[k],
                        forth(u->keypoints[k], quarters, (float)w, (float)h),
                        1e-3);
        for (int k = 0; k < 68 && (u->has & POINTS); k++)
            check_point(f->landmarks[k],
                        forth(u->landmarks[k], quarters, (float)w, (float)h),
                        1e-3);
    }
}

/* However it is turned, by itself or as it is told to be. */
static void test_people_who_lie(const mien_graph *yunet, const mien_image *im)
{
    mien_face_models m = {.detector = yunet};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_faces up = read_as(&m, o, MIEN_ROTATE_0, im);
    CHECK_EQ(up.n, 3);
    for (int q = 0; q < 4; q++) {
        mien_image lies = turned(im, q);
        mien_faces f = read_as(&m, o, MIEN_ROTATE_AUTO, &lies);
        check_faces(&f, &up, q, im->w, im->h);
        mien_faces_free(&f);
        f = read_as(&m, o, (mien_rotate)((4 - q) % 4), &lies);
        check_faces(&f, &up, q, im->w, im->h);
        mien_faces_free(&f);
        f = read_as(&m, o, MIEN_ROTATE_0, &lies);
        CHECK(q == 0 || f.n == 0 || f.face[0].score < up.face[0].score);
        for (int i = 0; i < f.n; i++)
            CHECK_EQ(f.face[i].rotation, 0);
        mien_faces_free(&f);
        mien_image_free(&lies);
    }
    mien_faces_free(&up);
}

/* A photo that is larger than the input is tried smaller, and read whole. */
static void test_a_large_photo(const mien_graph *yunet, const mien_image *im)
{
    mien_face_models m = {.detector = yunet};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_image large = {0};
    CHECK_EQ(
        mien_image_resize(im, 1440, 960, MIEN_BILINEAR_CENTRE, &large, NULL),
        MIEN_OK);
    mien_faces up = read_as(&m, o, MIEN_ROTATE_AUTO, &large);
    mien_image lies = turned(&large, 1);
    mien_faces f = read_as(&m, o, MIEN_ROTATE_AUTO, &lies);
    CHECK_EQ(up.n, 3);
    check_faces(&f, &up, 1, large.w, large.h);
    mien_faces_free(&f);
    mien_faces_free(&up);
    mien_image_free(&lies);
    mien_image_free(&large);
}

static void test_nobody(const mien_graph *yunet)
{
    mien_face_models m = {.detector = yunet};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_image noise = make_photo(300, 200, 9);
    mien_faces f = read_as(&m, o, MIEN_ROTATE_AUTO, &noise);
    CHECK_EQ(f.n, 0);
    mien_faces_free(&f);
    mien_image_free(&noise);
}

static const float box[4] = {0.25f, 0.125f, 0.75f, 0.5f}, score[1] = {0.7f};

/* An SSD that finds the same unsure box in every picture, and points. */
typedef struct made {
    mien_graph *ssd, *points;
    mien_face_models use;
    mien_face_options options;
} made;

static made make(void)
{
    static float bias[136];
    for (int i = 0; i < 136; i++)
        bias[i] = 0.2f + 0.6f * (float)(i * 37 % 136) / 136;
    make_output out = {"landmarks", {2, {1, 136}}, bias, 1e-4f};
    made n = {.ssd = make_ssd(1, box, score),
              .points = make_network(make_input(112), &out, 1),
              .options = MIEN_FACE_DEFAULTS};
    n.use = (mien_face_models){.detector = n.ssd, .landmarks = n.points};
    n.options.detector = MIEN_DETECTOR_SSD;
    n.options.want = POINTS;
    return n;
}

static void made_done(made *n)
{
    mien_graph_free(n->ssd);
    mien_graph_free(n->points);
}

/* Boxes and points go back, whatever is read of a face. */
static void test_points_go_back(void)
{
    made n = make();
    mien_image im = make_photo(90, 60, 5);
    mien_faces up = read_as(&n.use, n.options, MIEN_ROTATE_0, &im);
    CHECK(up.n == 1 && up.face[0].has == POINTS);
    for (int q = 1; q < 4; q++) {
        mien_image lies = turned(&im, q);
        mien_faces f = read_as(&n.use, n.options, (mien_rotate)(4 - q), &lies);
        check_faces(&f, &up, q, im.w, im.h);
        mien_faces_free(&f);
        mien_image_free(&lies);
    }
    /* No turn is better than another: it is read as it is given. */
    mien_faces f = read_as(&n.use, n.options, MIEN_ROTATE_AUTO, &im);
    CHECK(f.n == 1 && !memcmp(&f.face[0], &up.face[0], sizeof up.face[0]));
    mien_faces_free(&f);
    mien_faces_free(&up);
    mien_image_free(&im);
    made_done(&n);
}

static void test_a_turn_that_is_none(void)
{
    made n = make();
    mien_analyzer *a = NULL;
    mien_error err = {0};
    n.options.rotate = (mien_rotate)5;
    CHECK_EQ(mien_analyzer_new(&n.use, &n.options, &a, &err), MIEN_EARG);
    CHECK(!a && strstr(err.text, "5"));
    made_done(&n);
}

/* Each allocation of turning and reading fails once. */
static void test_no_memory(const mien_face_models *m, mien_face_options o,
                           const mien_image *photo)
{
    int done = 0;
    for (long n = 0; !done && n < 100000; n++) {
        mien_analyzer *a = NULL;
        mien_faces f = {.n = -1};
        mien_error err = {0};
        CHECK_EQ(mien_analyzer_new(m, &o, &a, NULL), MIEN_OK);
        mi_alloc_fail_after(n);
        mien_status st = mien_analyzer_run(a, photo, &f, &err);
        mi_alloc_fail_after(-1);
        done = st == MIEN_OK;
        CHECK_MSG(done || (st == MIEN_ENOMEM && f.n == -1 && err.text[0]),
                  "allocation %ld: %s %s", n, mien_status_name(st), err.text);
        if (!done)
            CHECK_EQ(mien_analyzer_run(a, photo, &f, NULL), MIEN_OK);
        mien_faces_free(&f);
        mien_analyzer_free(a);
    }
    CHECK(done);
}

static void test_no_memory_to_turn(const mien_graph *yunet,
                                   const mien_image *im)
{
    made n = make();
    mien_image small = make_photo(30, 20, 6), part = {0};
    n.options.rotate = MIEN_ROTATE_90;
    test_no_memory(&n.use, n.options, &small);
    made_done(&n);
    if (im->data) {
        mien_face_models m = {.detector = yunet};
        mien_face_options o = MIEN_FACE_DEFAULTS;
        o.rotate = MIEN_ROTATE_AUTO;
        o.input_size = 128;
        CHECK_EQ(mien_image_crop(im, 60, 40, 140, 160, &part, NULL), MIEN_OK);
        mien_image lies = turned(&part, 1);
        test_no_memory(&m, o, &lies);
        mien_image_free(&lies);
    }
    mien_image_free(&part);
    mien_image_free(&small);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *path = face_folder("MIEN_PPM", "build/share/mien/sample.ppm");
    size_t n;
    const uint8_t *bytes = mien_model_embedded("yunet", &n);
    mien_bytes file = {0};
    mien_graph *yunet = NULL;
    mien_image im = {0};
    CHECK_EQ(mien_onnx_read(bytes, n, &yunet, NULL), MIEN_OK);
    RUN(test_a_turned_picture);
    RUN(test_nobody, yunet);
    RUN(test_points_go_back);
    RUN(test_a_turn_that_is_none);
    if (mien_file_load(path, 0, &file, NULL) == MIEN_OK &&
        mien_pnm_read(file.data, file.n, &im, NULL) == MIEN_OK) {
        RUN(test_people_who_lie, yunet, &im);
        RUN(test_a_large_photo, yunet, &im);
    } else {
        printf("no %s: nobody lies on their side\n", path);
    }
    RUN(test_no_memory_to_turn, yunet, &im);
    mien_image_free(&im);
    mien_bytes_free(&file);
    mien_graph_free(yunet);
    return check_done();
}
