/* Pictures that mean harm: cut short, with a bit wrong, with claims that are
 * too large, and machines without memory: an error or a picture, never a crash,
 * a leak or a touched output. */
/* Not as WebAssembly: needs the codecs. */
#include "base/alloc.h"
#include "check.h"
#include "image_make.h"

enum { SIDE = 40, KINDS = 11 };

/* One file of each kind, and its name. */
typedef struct {
    const char *name;
    mien_bytes file;
} sample;

static mien_bytes make_pgm(const uint8_t *grey, int w, int h)
{
    char head[40];
    mien_bytes b = {0};
    int n = snprintf(head, sizeof head, "P5\n# grey\n%d %d\n255\n", w, h);
    put_bytes(&b, head, (size_t)n);
    put_bytes(&b, grey, (size_t)w * h);
    return b;
}

static void make_samples(sample out[KINDS], int side)
{
    uint8_t *p = malloc((size_t)side * side * 8);
    uint8_t *numbers = malloc((size_t)side * side);
    for (int i = 0; i < side * side; i++)
        numbers[i] = (uint8_t)(i * 7 % 16);
    paint(p, side, side, 3);
    jpeg_kind j = {.in = JCS_RGB, .as = JCS_YCbCr, .orientation = 6};
    out[0] = (sample){"jpeg", make_jpeg(p, side, side, j)};
    j.progressive = 1;
    out[1] = (sample){"progressive jpeg", make_jpeg(p, side, side, j)};
    png_kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .orientation = 5};
    out[2] = (sample){"png", make_png(p, side, side, k)};
    paint(p, side, side, 4);
    j = (jpeg_kind){.in = JCS_CMYK, .as = JCS_YCCK, .restart = 2};
    out[3] = (sample){"cmyk jpeg", make_jpeg(p, side, side, j)};
    k = (png_kind){.depth = 8, .type = PNG_COLOR_TYPE_RGBA, .interlaced = 1};
    out[4] = (sample){"interlaced png", make_png(p, side, side, k)};
    out[5] = (sample){"webp", make_webp(p, side, side, 1)};
    out[6] = (sample){"lossless webp", make_webp_exif(p, side, side, 3)};
    out[7] = (sample){"webp animation",
                      make_webp_frame(p, side, side, 2, 4, side + 9, side + 8)};
    paint(p, side, side, 1);
    out[8] = (sample){"pgm", make_pgm(p, side, side)};
    gif_kind g = {side, side, 0, 0, 1, 3};
    out[9] = (sample){"gif", make_gif(numbers, side, side, g)};
    paint(p, side * 2, side, 4);
    k = (png_kind){.depth = 16, .type = PNG_COLOR_TYPE_GRAY_ALPHA};
    out[10] = (sample){"16-bit png", make_png(p, side, side, k)};
    free(p);
    free(numbers);
}

static void free_samples(sample s[KINDS])
{
    for (int i = 0; i < KINDS; i++)
        free(s[i].file.data);
}

/* A copy without a byte to spare, so that a sanitizer sees a read past it. */
static mien_status read_exactly(const uint8_t *bytes, size_t n, mien_image *out,
                                mien_error *err)
{
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    static const mien_read_options small = {
        .max_side = 1000, .max_pixels = 1 << 18, .max_scans = 30};
    mien_status st = mien_image_read(copy, n, &small, out, err);
    free(copy);
    return st;
}

static unsigned touch(const mien_image *im)
{
    unsigned sum = 0;
    for (int y = 0; y < im->h; y++)
        for (int i = 0; i < im->w * 3; i++)
            sum = sum * 31 + im->data[y * im->stride + i];
    return sum;
}

static void check_untouched(const mien_image *im, const mien_error *err,
                            const char *what)
{
    CHECK_MSG(!im->data && im->w == 0, "%s: the output was touched", what);
    CHECK_MSG(err->status != MIEN_OK && err->text[0], "%s: no words", what);
}

static void test_no_part_of_a_file_is_a_picture(void)
{
    sample s[KINDS];
    make_samples(s, 97);
    for (int k = 0; k < KINDS; k++) {
        mien_image im = {0};
        mien_error err = {0};
        mien_bytes f = s[k].file;
        CHECK_MSG(read_exactly(f.data, f.n, &im, &err) == MIEN_OK, "%s: %s",
                  s[k].name, err.text);
        mien_image_free(&im);
        for (int i = 0; i < 50; i++) {
            err = (mien_error){0};
            mien_status st = read_exactly(f.data, f.n * i / 50, &im, &err);
            CHECK_MSG(st == MIEN_EFORMAT, "%s, %d/50: status %d", s[k].name, i,
                      st);
            check_untouched(&im, &err, s[k].name);
            mien_image_free(&im);
        }
        /* one byte is missing: the end marker of a JPEG, a GIF's trailer */
        int whole = strstr(s[k].name, "jpeg") || !strcmp(s[k].name, "gif");
        CHECK_MSG(read_exactly(f.data, f.n - 1, &im, &err) ==
                      (whole ? MIEN_OK : MIEN_EFORMAT),
                  "%s without its last byte: %s", s[k].name, err.text);
        mien_image_free(&im);
    }
    free_samples(s);
}

static void test_every_byte_may_be_wrong(void)
{
    sample s[KINDS];
    make_samples(s, 12);
    for (int k = 0; k < KINDS; k++) {
        mien_bytes f = s[k].file;
        int refused = 0;
        for (size_t i = 0; i < f.n; i++)
            for (int how = 0; how < 3; how++) {
                uint8_t was = f.data[i];
                f.data[i] ^= how == 0 ? 0xff : how == 1 ? 1 : 0x80;
                mien_image im = {0};
                mien_error err = {0};
                mien_status st = read_exactly(f.data, f.n, &im, &err);
                if (st == MIEN_OK)
                    touch(&im);
                else
                    check_untouched(&im, &err, s[k].name);
                refused += st != MIEN_OK;
                mien_image_free(&im);
                f.data[i] = was;
            }
        CHECK_MSG(refused > 5, "%s: %d refused", s[k].name, refused);
    }
    free_samples(s);
}

static void test_every_allocation_may_fail(void)
{
    sample s[KINDS];
    make_samples(s, 12);
    for (int k = 0; k < KINDS; k++) {
        mien_status st = MIEN_ENOMEM;
        mien_image im = {0};
        int n = 0;
        for (; st != MIEN_OK && n < 200; n++) {
            mien_error err = {0};
            mi_alloc_fail_after(n);
            st = mien_image_read(s[k].file.data, s[k].file.n, NULL, &im, &err);
            mi_alloc_fail_after(-1);
            CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "%s, %d: %s",
                      s[k].name, n, err.text);
            if (st != MIEN_OK)
                check_untouched(&im, &err, s[k].name);
        }
        CHECK_MSG(st == MIEN_OK && n > 1, "%s: %d allocations", s[k].name, n);
        mien_image_free(&im);
    }
    free_samples(s);
}

enum { WRITERS = 6 };
static mien_status make_something(int which, const mien_image *im,
                                  mien_image *out, mien_bytes *bytes)
{
    switch (which) {
    case 0: return mien_image_write_png(im, bytes, NULL);
    case 1: return mien_image_write_jpeg(im, 90, bytes, NULL);
    case 2: return mien_image_resize(im, 9, 11, MIEN_AREA, out, NULL);
    case 3: return mien_image_crop(im, -3, 2, 9, 11, out, NULL);
    case 4:
        return mien_image_warp(im, (mien_similarity){1, 0, 0, 0}, 5, 5, out,
                               NULL);
    default: return mien_image_new(30, 20, out, NULL);
    }
}

static void test_every_allocation_of_the_others_may_fail(void)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(20, 20, &im, NULL), MIEN_OK);
    paint(im.data, 20, 20, 3);
    for (int k = 0; k < WRITERS; k++) {
        mien_status st = MIEN_ENOMEM;
        mien_image out = {0};
        mien_bytes bytes = {0};
        int n = 0;
        for (; st != MIEN_OK && n < 200; n++) {
            mi_alloc_fail_after(n);
            st = make_something(k, &im, &out, &bytes);
            mi_alloc_fail_after(-1);
            CHECK_MSG(st == MIEN_OK ||
                          (st == MIEN_ENOMEM && !out.data && !bytes.data),
                      "%d, allocation %d: status %d", k, n, st);
        }
        CHECK_MSG(st == MIEN_OK && n > 1, "%d: %d allocations", k, n);
        mien_image_free(&out);
        mien_bytes_free(&bytes);
    }
    mien_image_free(&im);
}

static void check_limit(const mien_bytes *f, mien_read_options o,
                        const char *words)
{
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_image_read(f->data, f->n, &o, &im, &err);
    CHECK_MSG(st == MIEN_ELIMIT && strstr(err.text, words),
              "status %d, \"%s\", want \"%s\"", st, err.text, words);
    check_untouched(&im, &err, words);
}

/* Overwrite the size in a PNG header and its check sum.  Source: PNG, third
 * edition, annex D. */
static void write_png_size(uint8_t *png, unsigned w, unsigned h)
{
    const unsigned field[2] = {w, h};
    for (int i = 0; i < 8; i++)
        png[16 + i] = (uint8_t)(field[i / 4] >> (24 - i % 4 * 8));
    uint32_t crc = 0xffffffff;
    for (int i = 12; i < 29; i++) {
        crc ^= png[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    for (int i = 0; i < 4; i++)
        png[29 + i] = (uint8_t)(~crc >> (24 - i * 8));
}

/* Headers of 40000 x 40000 are refused before any memory is taken for them;
 * so are pictures above the caller's own limits. */
static void test_claims_are_not_believed(void)
{
    static const char ppm[] = "P6 40000 40000 255\n";
    static const uint8_t gif[] = "GIF89a\x40\x9c\x40\x9c\0\0\0,";
    mien_bytes claims[2] = {{0}, {0}};
    put_bytes(&claims[0], ppm, sizeof ppm);
    put_bytes(&claims[1], gif, sizeof gif);
    for (int i = 0; i < 2; i++) {
        check_limit(&claims[i], (mien_read_options)MIEN_READ_DEFAULTS,
                    "at most 30000");
        free(claims[i].data);
    }
    sample s[KINDS];
    make_samples(s, 33);
    for (int k = 0; k < KINDS; k++) {
        check_limit(&s[k].file, (mien_read_options){.max_side = 32}, "32");
        check_limit(&s[k].file, (mien_read_options){.max_pixels = 1000},
                    "1000");
    }
    check_limit(&s[1].file, (mien_read_options){.max_scans = 3}, "3 scans");
    /* the size in the headers of PNG and JPEG, overwritten */
    write_png_size(s[2].file.data, 40000, 40000);
    check_limit(&s[2].file, (mien_read_options)MIEN_READ_DEFAULTS, "40000");
    write_png_size(s[2].file.data, 30000, 1334); /* 40.02 megapixels */
    check_limit(&s[2].file, (mien_read_options)MIEN_READ_DEFAULTS, "40000000");
    uint8_t *p = s[0].file.data;
    for (size_t i = 0; i + 9 < s[0].file.n; i++)
        if (p[i] == 0xff && p[i + 1] == 0xc0) {
            memcpy(p + i + 5, "\x9c\x40\x9c\x40", 4);
            break;
        }
    check_limit(&s[0].file, (mien_read_options)MIEN_READ_DEFAULTS, "40000");
    free_samples(s);
}

static void test_harmless_bytes_in_a_jpeg(void)
{
    sample s[KINDS];
    make_samples(s, 33);
    mien_bytes f = s[0].file, more = {0};
    /* nothings between the first marker and the next, and after the end */
    put_bytes(&more, f.data, 2);
    put_bytes(&more, "camera", 6);
    put_bytes(&more, f.data + 2, f.n - 2);
    put_bytes(&more, "maker's own data", 16);
    more.data[2] = 0xff; /* a JPEG starts with ff d8 ff */
    more.data[3] = 0xfe; /* a comment */
    more.data[4] = 0;
    more.data[5] = 2;
    mien_image want = {0}, im = {0};
    mien_error err = {0};
    CHECK_EQ(mien_image_read(f.data, f.n, NULL, &want, NULL), MIEN_OK);
    CHECK_MSG(mien_image_read(more.data, more.n, NULL, &im, &err) == MIEN_OK,
              "%s", err.text);
    CHECK(im.w == want.w && im.h == want.h &&
          !memcmp(im.data, want.data, (size_t)im.h * im.stride));
    mien_image_free(&im);
    mien_image_free(&want);
    free(more.data);
    free_samples(s);
}

static void test_what_is_no_picture(void)
{
    static const char *const texts[] = {
        "",
        "x",
        "\xff\xd8",
        "\xff\xd8\xff",
        "GIF89a",
        "\x89PNG\r\n\x1a\n",
        "RIFF\4   WEBP",
        "P6",
        "P5 1 1 255\n",
        "P5 0 1 255\nx",
        "P5 -1 1 255\n",
        "this is a text and no picture, whatever it is called",
        "P5 1 1 0\nx"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mien_image im = {0};
        mien_error err = {0};
        CHECK_MSG(read_exactly((const uint8_t *)texts[i], strlen(texts[i]), &im,
                               &err) == MIEN_EFORMAT,
                  "text %zu: %s", i, err.text);
        check_untouched(&im, &err, texts[i]);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_no_part_of_a_file_is_a_picture);
    RUN(test_every_byte_may_be_wrong);
    RUN(test_every_allocation_may_fail);
    RUN(test_every_allocation_of_the_others_may_fail);
    RUN(test_claims_are_not_believed);
    RUN(test_harmless_bytes_in_a_jpeg);
    RUN(test_what_is_no_picture);
    return check_done();
}
