/* PBM, PGM and PPM: every kind and maxval, comments, and files that lie. */
#include "base/alloc.h"
#include "check.h"
#include "mien/image.h"

#include <stdlib.h>
#include <string.h>

static mien_image read_ok(const void *bytes, size_t n)
{
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_pnm_read(bytes, n, &im, &err);
    CHECK_MSG(st == MIEN_OK, "%.12s: %s", (const char *)bytes, err.text);
    return im;
}

static void check_pixels(const void *bytes, size_t n, int w, int h,
                         const uint8_t *want)
{
    mien_image im = read_ok(bytes, n);
    CHECK(im.w == w && im.h == h);
    for (int i = 0; im.data && i < w * h; i++) {
        const uint8_t *p = im.data + i / w * im.stride + i % w * 3;
        CHECK_MSG(p[0] == want[3 * i] && p[1] == want[3 * i + 1] &&
                      p[2] == want[3 * i + 2],
                  "%.12s: pixel %d: %d %d %d, want %d %d %d",
                  (const char *)bytes, i, p[0], p[1], p[2], want[3 * i],
                  want[3 * i + 1], want[3 * i + 2]);
    }
    mien_image_free(&im);
}

/* The same of grey values. */
static void check_grey(const void *bytes, size_t n, int w, int h,
                       const uint8_t *want)
{
    uint8_t rgb[300];
    for (int i = 0; i < w * h; i++)
        memset(rgb + 3 * i, want[i], 3);
    check_pixels(bytes, n, w, h, rgb);
}

static void test_plain_files(void)
{
    static const char pbm[] = "P1\n# a bitmap\n3 2\n101\n0 1 0";
    static const char pgm[] = "P2 3 1 # grey\n15\n0 7\t15\n";
    static const char ppm[] = "P3\r\n2 1\r\n255\r\n1 2 3\r\n254 255 0";
    static const char wide[] = "P2 2 1 65535 32896 65535";
    check_grey(pbm, sizeof pbm - 1, 3, 2,
               (const uint8_t[]){0, 255, 0, 255, 0, 255});
    check_grey(pgm, sizeof pgm - 1, 3, 1, (const uint8_t[]){0, 119, 255});
    check_pixels(ppm, sizeof ppm - 1, 2, 1,
                 (const uint8_t[]){1, 2, 3, 254, 255, 0});
    check_grey(wide, sizeof wide - 1, 2, 1, (const uint8_t[]){128, 255});
}

static void test_bitmaps(void)
{
    static const uint8_t file[] = {'P',  '4',  '\n', '9',  ' ', '2',
                                   '\n', 0xa5, 0x80, 0x0f, 0x00};
    static const uint8_t want[] = {0,   255, 0,   255, 255, 0, 255, 0, 0,
                                   255, 255, 255, 255, 0,   0, 0,   0, 255};
    check_grey(file, sizeof file, 9, 2, want);
}

/* Every value of every maxval is rounded to the nearest of 255. */
static void test_every_maxval(void)
{
    static const int maxvals[] = {1,    2,     3,     15,   63,   100,
                                  127,  254,   255,   256,  1023, 4095,
                                  9999, 32767, 65534, 65535};
    for (size_t i = 0; i < sizeof maxvals / sizeof *maxvals; i++)
        for (int colour = 0; colour < 2; colour++) {
            int max = maxvals[i], n = 300;
            uint8_t file[4000];
            int at = snprintf((char *)file, 60, "P%d\n%d 1\n%d\n", 5 + colour,
                              colour ? n / 3 : n, max);
            for (int k = 0; k < n; k++) {
                int v = (int)((int64_t)k * max / (n - 1));
                if (max > 255)
                    file[at++] = (uint8_t)(v >> 8);
                file[at++] = (uint8_t)v;
            }
            mien_image im = read_ok(file, (size_t)at);
            for (int k = 0; im.data && k < n; k++) {
                int v = (int)((int64_t)k * max / (n - 1));
                int want = (int)floor(v * 255.0 / max + 0.5);
                CHECK_MSG(im.data[colour ? k : 3 * k] == want,
                          "%d of %d: %d, want %d", v, max,
                          im.data[colour ? k : 3 * k], want);
            }
            mien_image_free(&im);
        }
}

/* A sample above maxval counts as maxval; a plain one is a mistake. */
static void test_samples_above_maxval(void)
{
    static const char binary[] = "P5 2 1 100\n\x64\xff";
    check_grey(binary, sizeof binary - 1, 2, 1, (const uint8_t[]){255, 255});
}

static void test_what_is_refused(void)
{
    static const char *const texts[] = {"P1",
                                        "P1 2 1 0",
                                        "P1 2 1 02",
                                        "P2 1 1 9 10",
                                        "P2 1 1 9 -1",
                                        "P3 1 1 255 1 2",
                                        "P4 9 1\n\xff",
                                        "P5 1 1 0\nx",
                                        "P5 1 1 65536\nxx",
                                        "P6 1 1 65535\nxxxxx",
                                        "P7 1 1 1\nx",
                                        "P2 1 1",
                                        "P2 1 1 #255\n 1",
                                        "P5 1 1 255",
                                        "P1 0 1 "};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n = strlen(texts[i]);
        uint8_t *copy = malloc(n); /* without a byte to spare */
        memcpy(copy, texts[i], n);
        mien_image im = {0};
        mien_error err = {0};
        CHECK_MSG(mien_pnm_read(copy, n, &im, &err) == MIEN_EFORMAT &&
                      err.text[0] && !im.data,
                  "%s: %d %s", texts[i], err.status, err.text);
        mien_image_free(&im);
        free(copy);
    }
    mien_image im = {0};
    static const char large[] = "P1 40000 1 0";
    CHECK(mien_pnm_read((const uint8_t *)large, sizeof large, &im, NULL) ==
          MIEN_ELIMIT);
    mi_alloc_fail_after(0);
    CHECK(mien_pnm_read((const uint8_t *)"P1 1 1 0", 8, &im, NULL) ==
          MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_plain_files);
    RUN(test_bitmaps);
    RUN(test_every_maxval);
    RUN(test_samples_above_maxval);
    RUN(test_what_is_refused);
    return check_done();
}
