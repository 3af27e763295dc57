/* Faces cut out by their points, and pictures side by side. */
#include "base/alloc.h"
#include "mien/face.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { W = 300, H = 260, SIDE = 50 };

static const float at[5][2] = {
    {.35f, .42f}, {.65f, .42f}, {.5f, .58f}, {.38f, .74f}, {.62f, .74f}};

/* A photo with a bright spot at each point of a face that is turned by an
 * angle, of a size, around a middle. */
static mien_face face(double angle, double size, mien_image *photo)
{
    mien_face f = {.n_keypoints = 5};
    for (int i = 0; i < 5; i++) {
        double x = ((double)at[i][0] - .5) * size;
        double y = ((double)at[i][1] - .5) * size;
        f.keypoints[i].x = (float)(150 + cos(angle) * x - sin(angle) * y);
        f.keypoints[i].y = (float)(130 + sin(angle) * x + cos(angle) * y);
        for (int v = -9; photo && v <= 9; v++)
            for (int u = -9; u <= 9; u++) {
                int px = (int)f.keypoints[i].x + u;
                int py = (int)f.keypoints[i].y + v;
                double d = hypot((double)px + .5 - (double)f.keypoints[i].x,
                                 (double)py + .5 - (double)f.keypoints[i].y);
                if (d < size / 25)
                    memset(photo->data + (py * W + px) * 3, 255, 3);
            }
    }
    return f;
}

/* Where the light around a point of the chip has its middle. */
static void middle(const mien_image *im, int i, double *x, double *y)
{
    double sum = 0;
    *x = *y = 0;
    for (int v = -3; v <= 3; v++)
        for (int u = -3; u <= 3; u++) {
            int px = (int)(at[i][0] * SIDE) + u,
                py = (int)(at[i][1] * SIDE) + v;
            double w = im->data[(py * SIDE + px) * 3];
            sum += w;
            *x += w * (px + .5);
            *y += w * (py + .5);
        }
    *x /= sum;
    *y /= sum;
}

/* Any turn and size gives the points the same places. */
static void test_points_lie_where_they_should(void)
{
    static const double size[] = {60, 100, 200};
    for (int turn = 0; turn < 4; turn++)
        for (int s = 0; s < 3; s++) {
            mien_image photo = {0}, chip = {0};
            CHECK(!mien_image_new(W, H, &photo, NULL));
            mien_face f = face(turn * 1.1, size[s], &photo);
            CHECK(!mien_face_chip(&photo, &f, SIDE, &chip, NULL));
            CHECK(chip.w == SIDE && chip.h == SIDE);
            for (int i = 0; i < 5 && chip.data; i++) {
                double x, y;
                middle(&chip, i, &x, &y);
                CHECK_NEAR(x, (double)at[i][0] * SIDE, .3);
                CHECK_NEAR(y, (double)at[i][1] * SIDE, .3);
            }
            mien_image_free(&chip);
            mien_image_free(&photo);
        }
}

/* A margin draws the points to the middle; a box lies in its square. */
static void test_wider_chips(void)
{
    mien_similarity to = {0};
    mien_face f = face(0.4, 100, NULL);
    CHECK(!mien_face_place(&f, MIEN_CHIP_POINTS, SIDE, .5, &to, NULL));
    for (int i = 0; i < 5; i++) { /* from where it should lie to the photo */
        double x = (.5 + ((double)at[i][0] - .5) / 2) * SIDE - .5;
        double y = (.5 + ((double)at[i][1] - .5) / 2) * SIDE - .5;
        double a = (double)to.a, b = (double)to.b;
        CHECK_NEAR(a * x + b * y + (double)to.tx + .5, (double)f.keypoints[i].x,
                   .01);
        CHECK_NEAR(-b * x + a * y + (double)to.ty + .5,
                   (double)f.keypoints[i].y, .01);
    }
    f.box = (mien_box){10, 20, 30, 60};
    CHECK(!mien_face_place(&f, MIEN_CHIP_BOX, 30, .25, &to, NULL));
    CHECK_NEAR((double)to.a, 3, 1e-5);            /* 90 pixels in 30 */
    CHECK_NEAR((double)to.tx, 25 - 45 + 1, 1e-4); /* middle of pixel 0 */
    CHECK_NEAR((double)to.ty, 50 - 45 + 1, 1e-4);
    CHECK_EQ(mien_face_place(&f, MIEN_CHIP_BOX, 30, -.45, &to, NULL),
             MIEN_EARG);
    CHECK_EQ(mien_face_place(&f, MIEN_CHIP_BOX, 30, (double)NAN, &to, NULL),
             MIEN_EARG);
    f.box.width = (float)NAN;
    f.box.height = 0;
    CHECK_EQ(mien_face_place(&f, MIEN_CHIP_BOX, 30, 0, &to, NULL), MIEN_EARG);
}

static void test_what_is_refused(void)
{
    mien_image photo = {0}, chip = {0};
    mien_error err = {0};
    CHECK(!mien_image_new(W, H, &photo, NULL));
    mien_face f = face(0, 100, NULL), none = f, spot = f;
    none.n_keypoints = 0;
    for (int i = 0; i < 5; i++)
        spot.keypoints[i] = (mien_point){20, 20};
    CHECK_EQ(mien_face_chip(&photo, &none, SIDE, &chip, &err), MIEN_EARG);
    CHECK(strstr(err.text, "with 0 points"));
    CHECK_EQ(mien_face_chip(&photo, &spot, SIDE, &chip, &err), MIEN_EARG);
    CHECK_EQ(mien_face_chip(&photo, &f, 0, &chip, &err), MIEN_EARG);
    f = face(0, 200, NULL);
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 50; n++) {
        mi_alloc_fail_after(n);
        st = mien_face_chip(&photo, &f, SIDE, &chip, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || !chip.data);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_image_free(&chip);
    mien_image_free(&photo);
}

/* Five pictures in two columns; the sixth place is black. */
static void test_tiles(void)
{
    mien_image im[5] = {{0}}, out = {0};
    for (int i = 0; i < 5; i++) {
        CHECK(!mien_image_new(3, 2, &im[i], NULL));
        for (int y = 0; y < 2; y++)
            memset(im[i].data + y * im[i].stride, 10 * (i + 1), 9);
    }
    CHECK(!mien_image_tile(im, 5, 2, &out, NULL) && out.w == 6 && out.h == 6);
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 6; x++) {
            int i = y / 2 * 2 + x / 3;
            CHECK_EQ(out.data[y * out.stride + x * 3 + 1],
                     i < 5 ? 10 * (i + 1) : 0);
        }
    mien_image_free(&out);
    CHECK(!mien_image_tile(im, 2, 9, &out, NULL) && out.w == 6 && out.h == 2);
    mien_image_free(&out);
    CHECK_EQ(mien_image_tile(im, 0, 2, &out, NULL), MIEN_EARG);
    CHECK_EQ(mien_image_tile(im, 5, 0, &out, NULL), MIEN_EARG);
    im[1].w = 2;
    CHECK_EQ(mien_image_tile(im, 5, 2, &out, NULL), MIEN_EARG);
    im[1].w = 3;
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_image_tile(im, 5, 2, &out, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    for (int i = 0; i < 5; i++)
        mien_image_free(&im[i]);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_points_lie_where_they_should);
    RUN(test_wider_chips);
    RUN(test_what_is_refused);
    RUN(test_tiles);
    return check_done();
}
