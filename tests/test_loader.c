/* What a loader fills in: pixels are cut out, made smaller and changed as said,
 * and points and classes go with the pixels, whatever is done to them. */
#include "tests/loader_make.h"

/* ---- pixels -------------------------------------------------------------- */

/* At its own size a picture is filled in bit by bit, and points are where they
 * were. */
static void test_a_picture_as_it_is(void)
{
    mien_labels labels = make_labels('n', 2);
    mien_loader_options o = options();
    o.w = W;
    o.h = H;
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, (int64_t)3 * W * H);
    mien_image im = {0};
    fill(l, -1, in_order, 2, &r);
    CHECK_EQ(load(NULL, "n1", &im, NULL), MIEN_OK);
    int wrong = 0;
    for (int i = 0; i < W * H; i++)
        for (int c = 0; c < 3; c++)
            wrong += fabsf(r.input[r.in + c * W * H + i] * 255 -
                           (float)im.data[3 * i + c]) > 0.001f;
    CHECK_EQ(wrong, 0);
    for (int p = 0; p < POINTS; p++) {
        const float *at = r.target[0] + r.size[0] + 2 * p;
        CHECK_NEAR(at[0], place(1, p).x / W, 1e-6);
        CHECK_NEAR(at[1], place(1, p).y / H, 1e-6);
    }
    for (int k = 0; k < 5; k++)
        CHECK_EQ((int)r.target[1][r.size[1] + k], k == 1);
    CHECK(!memcmp(r.target[2], r.input, 2 * (size_t)r.in * sizeof(float)));
    CHECK(r.weight[0] == 1 && r.weight[1] == 1);
    mien_image_free(&im);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* Smaller by whole numbers, pixels are means; in grey, weighted sums; mean and
 * scale are taken off. */
static void test_smaller_pictures_are_means(void)
{
    mien_labels labels = make_labels('n', 1);
    mien_loader_options o = options();
    o.w = W / 4;
    o.h = H / 4;
    o.gray = 1;
    o.mean[0] = 100;
    o.scale[0] = 0.5f;
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, (int64_t)W / 4 * (H / 4));
    mien_image im = {0};
    fill(l, -1, in_order, 1, &r);
    CHECK_EQ(load(NULL, "n0", &im, NULL), MIEN_OK);
    double worst = 0;
    for (int i = 0; i < o.w * o.h; i++) {
        double sum = 0;
        for (int k = 0; k < 16; k++) {
            const uint8_t *p =
                im.data + ((i / o.w * 4 + k / 4) * W + i % o.w * 4 + k % 4) * 3;
            sum += 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        }
        double want = (sum / 16 - 100) * 0.5;
        double off = fabs((double)r.input[i] - want);
        worst = off > worst ? off : worst;
    }
    CHECK_MSG(worst < 0.3, "%g", worst); /* means are rounded to 8 bits */
    mien_image_free(&im);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* A box is cut out where it is said to be, with its margin, made square. */
static void test_boxes_are_cut_out(void)
{
    static const mien_box box[] = {{10, 10, 20, 10}, {0, 0, 0, 0}};
    mien_labels labels = make_labels('r', 2);
    mien_loader_options o = options();
    o.boxed = 1;
    o.box = box;
    o.margin = 0.1f;
    o.square = 1;
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, (int64_t)3 * SIDE * SIDE);
    mien_box cut = {0};
    CHECK_EQ(mien_loader_box(l, 0, &cut, NULL), MIEN_OK);
    CHECK_NEAR(cut.x, 8, 1e-4);
    CHECK_NEAR(cut.y, 3, 1e-4);
    CHECK_NEAR(cut.width, 24, 1e-4);
    CHECK_NEAR(cut.height, 24, 1e-4);
    fill(l, -1, in_order, 2, &r);
    for (int i = 0; i < SIDE; i++) { /* a ramp stays a ramp */
        double x = 8 + (i + 0.5) * 24 / SIDE - 0.5;
        double y = 3 + (i + 0.5) * 24 / SIDE - 0.5;
        CHECK_NEAR(r.input[i] * 255, 4 * x, 0.01);
        CHECK_NEAR(r.input[SIDE * SIDE + i * SIDE] * 255, 6 * y, 0.01);
    }
    CHECK_NEAR(r.target[0][0], ((double)place(0, 0).x - 8) / 24, 1e-5);
    CHECK_NEAR(r.target[0][1], ((double)place(0, 0).y - 3) / 24, 1e-5);
    CHECK_EQ(mien_loader_box(l, 1, &cut, NULL), MIEN_OK);
    CHECK(cut.width == W && cut.height == W && cut.y == (float)(H - W) / 2);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* ---- points and classes go with the pixels ------------------------------- */

/* A mirror makes another picture; a second one makes it as it was. */
static void test_mirrored_twice(void)
{
    static const int other[POINTS] = {1, 0, 2, 4, 3};
    mien_labels labels = make_labels('n', 3);
    mien_loader_options o = options();
    mien_loader *plain = make(&labels, &o);
    o.augment.mirror = 1;
    mien_loader *l = make(&labels, &o);
    rows a = rows_of(l, (int64_t)3 * SIDE * SIDE), b = rows_of(l, a.in);
    fill(plain, 0, in_order, 3, &a);
    fill(l, 0, in_order, 3, &b);
    float worst = 0;
    for (int64_t i = 0; i < 3 * a.in; i++) {
        int64_t back = i - i % SIDE + SIDE - 1 - i % SIDE;
        float off = fabsf(a.input[i] - b.input[back]);
        worst = off > worst ? off : worst;
    }
    CHECK_MSG(worst < 1e-5f, "%g", (double)worst);
    for (int i = 0; i < 3; i++)
        for (int p = 0; p < POINTS; p++) {
            const float *at = a.target[0] + (i * POINTS + p) * 2;
            const float *to = b.target[0] + (i * POINTS + other[p]) * 2;
            CHECK_NEAR(at[0], 1 - to[0], 1e-5);
            CHECK_NEAR(at[1], to[1], 1e-5);
        }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 5; k++)
            CHECK(a.target[1][5 * i + k] == b.target[1][5 * i + 4 - k]);
    free_rows(&a);
    free_rows(&b);
    mien_loader_free(plain);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* The middle of what is bright near a place, in pixels of the result. */
static mien_point bright_near(const float *plane, float x, float y)
{
    double sum = 0, sx = 0, sy = 0;
    for (int j = 0; j < SIDE * 2; j++)
        for (int i = 0; i < SIDE * 2; i++) {
            double dx = i + 0.5 - (double)x, dy = j + 0.5 - (double)y;
            double v = (double)plane[j * SIDE * 2 + i];
            if (dx * dx + dy * dy > 25 || v < 0.1)
                continue;
            sum += v;
            sx += v * (i + 0.5);
            sy += v * (j + 0.5);
        }
    CHECK_MSG(sum > 1, "nothing bright near %g %g", (double)x, (double)y);
    return (mien_point){(float)(sx / sum), (float)(sy / sum)};
}

/* The dots of a picture are where the targets say, however it is moved. */
static void test_points_follow_their_pixels(void)
{
    mien_labels labels = make_labels('d', LISTED);
    mien_loader_options o = options();
    o.w = o.h = SIDE * 2;
    o.augment = (mien_augment){.mirror = 0.5f,
                               .turn = 30,
                               .shift = 0.05f,
                               .grow = 0.2f,
                               .shear = 0.2f};
    mien_loader *l = make(&labels, &o);
    rows r = rows_of(l, (int64_t)3 * o.w * o.h);
    int found = 0, mirrored = 0;
    for (int epoch = 0; epoch < 4; epoch++) {
        fill(l, epoch, in_order, LISTED, &r);
        for (int i = 0; i < LISTED * POINTS; i++) {
            float x = r.target[0][2 * i] * (float)o.w;
            float y = r.target[0][2 * i + 1] * (float)o.h;
            if (x < 6 || y < 6 || x > (float)o.w - 6 || y > (float)o.h - 6)
                continue;
            /* the colour tells left eye from right eye, unless mirrored */
            int pose = i / POINTS % 5;
            int is = r.target[1][i / POINTS * 5 + pose] > 0;
            static const int other[POINTS] = {1, 0, 2, 4, 3};
            int p = i % POINTS, colour = p % 3;
            if (pose == 2)
                continue; /* frontal in a mirror, too */
            colour = is ? colour : other[p] % 3;
            mirrored += !is;
            mien_point b = bright_near(r.input + i / POINTS * r.in +
                                           (ptrdiff_t)colour * o.w * o.h,
                                       x, y);
            CHECK_NEAR(b.x, x, 0.35);
            CHECK_NEAR(b.y, y, 0.35);
            found++;
        }
    }
    CHECK_MSG(found > 60 && mirrored > 10 && mirrored < found - 10,
              "%d points, %d mirrored", found, mirrored);
    free_rows(&r);
    mien_loader_free(l);
    mien_labels_free(&labels);
}

/* Light, contrast, blur and a hole: each does what it says and no more. */
static void test_pixels_are_changed(void)
{
    mien_labels labels = make_labels('n', 1);
    rows r[5];
    mien_loader *l = NULL;
    for (int k = 0; k < 5; k++) {
        mien_loader_options o = options();
        o.augment.brightness = k == 1 ? 0.2f : 0;
        o.augment.contrast = k == 2 ? 0.5f : 0;
        o.augment.blur = k == 3 ? 4 : 0;
        o.augment.cutout = k == 4 ? 0.9f : 0;
        l = make(&labels, &o);
        r[k] = rows_of(l, (int64_t)3 * SIDE * SIDE);
        fill(l, 1, in_order, 1, &r[k]);
        mien_loader_free(l);
    }
    double mean[5] = {0}, spread[5] = {0};
    int grey[5] = {0}, n = (int)r[0].in;
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < n; i++)
            mean[k] += (double)r[k].input[i] / n;
        for (int i = 0; i < n; i++)
            spread[k] += fabs((double)r[k].input[i] - mean[k]) / n;
        for (int i = 0; i < n / 3; i++)
            grey[k] += r[k].input[i] == 0.5f && r[k].input[i + n / 3] == 0.5f &&
                       r[k].input[i + 2 * n / 3] == 0.5f;
        free_rows(&r[k]);
    }
    CHECK(fabs(mean[1] - mean[0]) > 0.005 && fabs(mean[1] - mean[0]) < 0.2);
    CHECK_NEAR(mean[2], mean[0], 0.01);
    CHECK(fabs(spread[2] / spread[0] - 1) > 0.02);
    CHECK(fabs(spread[2] / spread[0] - 1) < 0.5);
    CHECK(spread[3] < 0.7 * spread[0] && fabs(mean[3] - mean[0]) < 0.02);
    CHECK(grey[0] == 0 && grey[4] > 0);
    int side = (int)sqrt(grey[4]);
    CHECK_EQ(side * side, grey[4]);
    mien_labels_free(&labels);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_picture_as_it_is);
    RUN(test_smaller_pictures_are_means);
    RUN(test_boxes_are_cut_out);
    RUN(test_mirrored_twice);
    RUN(test_points_follow_their_pixels);
    RUN(test_pixels_are_changed);
    return check_done();
}
