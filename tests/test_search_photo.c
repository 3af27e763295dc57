/* Cascades in photos: one that was read at half its size gives rectangles of
 * the whole. */
/* Not as WebAssembly: needs the kit. */
#include "mien/kit.h"

#include "base/alloc.h"
#include "tests/cascade_make.h"
#include "tests/check.h"

#include <string.h>

/* A photo of a made picture; w and h are what the file is said to have. */
static mien_photo photo_of(int by)
{
    mien_gray g = made_picture(60, 50, 6);
    mien_photo p = {.w = 60 * by, .h = 50 * by};
    CHECK_EQ(mien_image_new(60, 50, &p.im, NULL), MIEN_OK);
    for (int y = 0; y < 50; y++)
        for (int x = 0; x < 60; x++)
            memset(p.im.data + (size_t)y * p.im.stride + (size_t)x * 3,
                   g.data[y * g.stride + x], 3);
    mien_gray_free(&g);
    return p;
}

static mien_cascade *cascade;

static mien_search search_of(void)
{
    mien_search s = {.n = 1, .options = MIEN_CASCADE_DEFAULTS};
    s.cascade = (const mien_cascade *const *)&cascade;
    s.options.neighbors = 1;
    return s;
}

static void test_a_smaller_photo(void)
{
    mien_photo whole = photo_of(1), half = photo_of(2);
    mien_search s = search_of();
    mien_hits a = {0}, b = {0};
    s.options.min_w = s.options.min_h = 14;
    CHECK_EQ(mien_search_photo(&s, &whole, 0, &a, NULL), MIEN_OK);
    s.options.min_w = s.options.min_h = 28;
    CHECK_EQ(mien_search_photo(&s, &half, 0, &b, NULL), MIEN_OK);
    CHECK(a.n > 0 && a.n == b.n);
    for (int i = 0; i < a.n && i < b.n; i++)
        CHECK(b.hit[i].x == 2 * a.hit[i].x && b.hit[i].y == 2 * a.hit[i].y &&
              b.hit[i].w == 2 * a.hit[i].w && b.hit[i].h == 2 * a.hit[i].h);
    mien_hits_scale(&b, 0.5);
    for (int i = 0; i < a.n && i < b.n; i++)
        CHECK(b.hit[i].x == a.hit[i].x && b.hit[i].w == a.hit[i].w);
    mien_hits_free(&a);
    mien_hits_free(&b);
    mien_image_free(&whole.im);
    mien_image_free(&half.im);
}

static void test_parts(void)
{
    mien_photo half = photo_of(2);
    mien_search s = search_of();
    mien_hits h = {0};
    mien_error err = {0};
    s.part = (mien_region){120, 0, 20, 20};
    CHECK_EQ(mien_search_photo(&s, &half, 0, &h, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "the part 120,0,20,20 lies outside a photo of "
                               "120 x 100"),
              "%s", err.text);
    s.part.x = 119; /* a pixel is inside, too little for a window */
    CHECK_EQ(mien_search_photo(&s, &half, 1, &h, &err), MIEN_OK);
    CHECK_EQ(h.n, 0);
    mien_hits_free(&h);
    mien_image_free(&half.im);
}

static void test_every_allocation_may_fail(void)
{
    mien_photo half = photo_of(2);
    mien_search s = search_of();
    mien_status st = MIEN_ENOMEM;
    int i = 0;
    for (; st == MIEN_ENOMEM && i < 200; i++) {
        mien_hits h = {0};
        mi_alloc_fail_after(i);
        st = mien_search_photo(&s, &half, 1, &h, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !h.hit));
        mien_hits_free(&h);
    }
    CHECK(st == MIEN_OK && i > 2);
    mien_image_free(&half.im);
}

int main(int argc, char **argv)
{
    const made_as face = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};
    check_start(argc, argv);
    cascade = made_cascade(&face, 12);
    RUN(test_a_smaller_photo);
    RUN(test_parts);
    RUN(test_every_allocation_may_fail);
    mien_cascade_free(cascade);
    return check_done();
}
