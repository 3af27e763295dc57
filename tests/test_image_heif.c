/* HEIC and AVIF: pixels, turns, transparency, limits, and bytes that lie. */
/* Not as WebAssembly: needs libheif. */
#include "base/alloc.h"
#include "check.h"
#include "mien/image.h"
#include "heif_files.h"

#include <stdlib.h>
#include <string.h>

typedef struct sample {
    const char *name;
    const uint8_t *bytes;
    size_t n;
} sample;
#define SAMPLE(name)             \
    {                            \
#name, name, sizeof name \
    }
static const sample samples[] = {SAMPLE(heic_right), SAMPLE(heic_mirror),
                                 SAMPLE(avif_plain), SAMPLE(avif_clear)};
enum { SAMPLES = sizeof samples / sizeof *samples };

/* The colours of the four quarters: above left, above right, below. */
typedef enum colour { RED, BLUE, GREEN, GREY, WHITE } colour;
static const uint8_t colours[][3] = {{200, 30, 30},
                                     {30, 60, 200},
                                     {30, 180, 60},
                                     {120, 120, 120},
                                     {255, 255, 255}};

static mien_image read_ok(const sample *s, const mien_read_options *o)
{
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_image_read(s->bytes, s->n, o, &im, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %d %s", s->name, st, err.text);
    return im;
}

static void check_quarters(const sample *s, const mien_read_options *o, int w,
                           int h, const colour want[4])
{
    mien_image im = read_ok(s, o);
    CHECK_MSG(im.w == w && im.h == h, "%s: %d x %d", s->name, im.w, im.h);
    for (int q = 0; q < 4 && im.data; q++) {
        int x = q % 2 ? w * 3 / 4 : w / 4, y = q / 2 ? h * 3 / 4 : h / 4;
        const uint8_t *p = im.data + y * im.stride + (ptrdiff_t)x * 3;
        for (int i = 0; i < 3; i++)
            CHECK_MSG(abs(p[i] - colours[want[q]][i]) <= 12,
                      "%s: quarter %d is %d %d %d", s->name, q, p[0], p[1],
                      p[2]);
    }
    mien_image_free(&im);
}

/* Properties turn it, and only once; as it lies it is not turned. */
static void test_pictures_are_upright(void)
{
    static const mien_read_options as_it_lies = {.ignore_orientation = 1};
    static const colour stored[4] = {RED, BLUE, GREEN, GREY};
    static const colour right[4] = {GREEN, RED, GREY, BLUE};
    static const colour mirror[4] = {BLUE, RED, GREY, GREEN};
    check_quarters(&samples[0], NULL, 32, 48, right);
    check_quarters(&samples[0], &as_it_lies, 48, 32, stored);
    check_quarters(&samples[1], NULL, 48, 32, mirror);
    check_quarters(&samples[1], &as_it_lies, 48, 32, stored);
    check_quarters(&samples[2], NULL, 48, 32, stored);
}

static void test_transparency_lies_over_white(void)
{
    static const colour want[4] = {RED, WHITE, GREEN, WHITE};
    check_quarters(&samples[3], NULL, 48, 32, want);
}

static void test_limits(void)
{
    static const mien_read_options narrow = {.max_side = 47},
                                   small = {.max_pixels = 1500};
    for (int i = 0; i < SAMPLES; i++) {
        mien_image im = {0};
        mien_error err = {0};
        mien_status st =
            mien_image_read(samples[i].bytes, samples[i].n, &narrow, &im, &err);
        CHECK_MSG(st == MIEN_ELIMIT && !im.data, "%s: %d %s", samples[i].name,
                  st, err.text);
        st = mien_image_read(samples[i].bytes, samples[i].n, &small, &im, &err);
        CHECK_MSG(st == MIEN_ELIMIT && strstr(err.text, "1500"), "%s: %d %s",
                  samples[i].name, st, err.text);
    }
}

/* A copy without a byte to spare; either a picture or a reason. */
static void check_hostile(const uint8_t *bytes, size_t n, const char *name)
{
    static const mien_read_options o = {.max_side = 512, .max_pixels = 1 << 18};
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_image_read(copy, n, &o, &im, &err);
    CHECK_MSG(st == MIEN_OK ? im.data != NULL : !im.data && err.text[0],
              "%s: %zu bytes", name, n);
    mien_image_free(&im);
    free(copy);
}

static void test_cut_and_changed(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        uint8_t changed[1024];
        for (size_t n = 0; n < s->n; n += 3)
            check_hostile(s->bytes, n, s->name);
        for (size_t at = 0; at < s->n; at++) {
            memcpy(changed, s->bytes, s->n);
            changed[at] ^= at % 2 ? 0xff : 1;
            check_hostile(changed, s->n, s->name);
        }
    }
}

static void test_every_allocation_may_fail(void)
{
    mien_status st = MIEN_ENOMEM;
    mien_image im = {0};
    int n = 0;
    for (; st != MIEN_OK && n < 9; n++) {
        mi_alloc_fail_after(n);
        st = mien_image_read(avif_plain, sizeof avif_plain, NULL, &im, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !im.data));
    }
    CHECK(st == MIEN_OK && n > 1);
    mien_image_free(&im);
}

/* A video has the same first box. */
static void test_a_video_is_named(void)
{
    static const char mp4[] = "\0\0\0\x18"
                              "ftypisom\0\0\2\0isommp41";
    mien_image im = {0};
    mien_error err = {0};
    CHECK(mien_image_read((const uint8_t *)mp4, sizeof mp4, NULL, &im, &err) ==
          MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "MP4 or MOV video"), "%s", err.text);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (int i = 0; i < SAMPLES; i++) {
        mien_image im = {0};
        mien_error err = {0};
        mien_status st =
            mien_image_read(samples[i].bytes, samples[i].n, NULL, &im, &err);
        mien_image_free(&im);
        if (st == MIEN_EUNSUP)
            CHECK_SKIP("%s", err.text);
    }
    RUN(test_pictures_are_upright);
    RUN(test_transparency_lies_over_white);
    RUN(test_limits);
    RUN(test_cut_and_changed);
    RUN(test_every_allocation_may_fail);
    RUN(test_a_video_is_named);
    return check_done();
}
