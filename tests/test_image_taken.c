/* The day on which a photo was taken, by EXIF: what counts as one, in every
 * format, and in blocks that are cut short or wrong. */
/* Not as WebAssembly: needs libexif. */
#include "base/alloc.h"
#include "check.h"
#include "heif_files.h"
#include "image/codec.h"
#include "image_make.h"
#include "mien/day.h"

#include <time.h>
#include <zlib.h>

/* ---- blocks -------------------------------------------------------------- */

enum { BLOCK = 160, ASCII = 2, UNDEFINED = 7 };

static void put16(uint8_t *p, unsigned v, int little)
{
    p[little ? 0 : 1] = (uint8_t)v;
    p[little ? 1 : 0] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, unsigned v, int little)
{
    put16(p + (little ? 0 : 2), v & 0xffff, little);
    put16(p + (little ? 2 : 0), v >> 16, little);
}

static void put_entry(uint8_t *p, unsigned tag, unsigned type, unsigned n,
                      unsigned value, int little)
{
    put16(p, tag, little);
    put16(p + 2, type, little);
    put32(p + 4, n, little);
    put32(p + 8, value, little);
}

/* What a block tells; NULL: it has not that tag. */
typedef struct dates {
    const char *original, *digitized, *changed;
    unsigned type; /* of the first two; 0: ASCII */
} dates;

/* A block of orientation 6: "Exif\0\0", TIFF header, a directory, the one of
 * the camera, the texts. */
static void make_block(const dates *d, int little, uint8_t out[BLOCK])
{
    enum { HEAD = 6, FIRST = 8, CAMERA = 50, TEXTS = 84, EACH = 20 };
    uint8_t *tiff = out + HEAD;
    const char *const text[] = {d->changed, d->original, d->digitized};
    static const unsigned tag[] = {0x132, 0x9003, 0x9004};
    memset(out, 0, BLOCK);
    memcpy(out, "Exif\0", 6);
    memcpy(tiff, little ? "II\x2a\0" : "MM\0\x2a", 4);
    put32(tiff + 4, FIRST, little);
    put16(tiff + FIRST, d->changed ? 3 : 2, little);
    put_entry(tiff + FIRST + 2, 0x112, 3, 1, 0, little);
    put16(tiff + FIRST + 10, 6, little);
    put_entry(tiff + FIRST + 14, 0x8769, 4, 1, CAMERA, little);
    put16(tiff + CAMERA, !!d->original + !!d->digitized, little);
    uint8_t *entry = tiff + CAMERA + 2;
    for (int i = 0; i < 3; i++) {
        unsigned at = TEXTS + EACH * (unsigned)i;
        if (!text[i])
            continue;
        unsigned n = (unsigned)strlen(text[i]) + 1;
        memcpy(tiff + at, text[i], n);
        put_entry(i ? entry : tiff + FIRST + 26, tag[i],
                  i && d->type ? d->type : ASCII, n, at, little);
        entry += i ? 12 : 0;
    }
}

static const struct {
    dates dates;
    const char *day;
} blocks[] = {
    {{"2001:05:01 12:30:59", NULL, NULL, 0}, "2001-05-01"},
    {{NULL, "1999:12:31 23:59:59", NULL, 0}, "1999-12-31"},
    {{"2001:05:01 12:30:59", "2010:01:01 00:00:00", NULL, 0}, "2001-05-01"},
    {{"2001:02:30 12:30:59", "2010:01:01 00:00:00", NULL, 0}, "2010-01-01"},
    {{"2001:05:01", NULL, NULL, 0}, "2001-05-01"},
    {{"2001:05:01     :  ", NULL, NULL, 0}, "2001-05-01"},
    {{"1826:01:01 00:00:00", NULL, NULL, 0}, "1826-01-01"},
    {{"1825:12:31 00:00:00", NULL, NULL, 0}, ""},
    {{NULL, NULL, "2001:05:01 12:30:59", 0}, ""},
    {{NULL, NULL, NULL, 0}, ""},
    {{"0000:00:00 00:00:00", NULL, "2001:05:01 12:30:59", 0}, ""},
    {{"    :  :     :  :  ", "0000:00:00 00:00:00", NULL, 0}, ""},
    {{"                   ", NULL, NULL, 0}, ""},
    {{"2001-05-01 12:30:59", NULL, NULL, 0}, ""},
    {{"2001:05-01 12:30:59", NULL, NULL, 0}, ""},
    {{"2001:05:01T12:30:59", NULL, NULL, 0}, ""},
    {{"2001:05:0112:30:59", NULL, NULL, 0}, ""},
    {{"2001:5:1 12:30:59", NULL, NULL, 0}, ""},
    {{"+001:05:01 12:30:59", NULL, NULL, 0}, ""},
    {{"2001:13:01 12:30:59", NULL, NULL, 0}, ""},
    {{"1900:02:29 12:30:59", NULL, NULL, 0}, ""},
    {{"9998:01:01 12:30:59", NULL, NULL, 0}, ""},
    {{"2001:05", NULL, NULL, 0}, ""},
    {{"", "", NULL, 0}, ""},
    {{"2001:05:01 12:30:59", NULL, NULL, UNDEFINED}, ""},
};
enum { BLOCKS = sizeof blocks / sizeof *blocks };

static void test_what_counts_as_a_day(void)
{
    for (int i = 0; i < BLOCKS; i++)
        for (int little = 0; little < 2; little++)
            for (int head = 0; head < 2; head++) {
                uint8_t block[BLOCK];
                mi_exif got;
                memset(&got, 1, sizeof got);
                make_block(&blocks[i].dates, little, block);
                mi_exif_read(block + 6 * head, sizeof block - 6 * head, &got);
                CHECK_MSG(strcmp(got.taken, blocks[i].day) == 0,
                          "block %d: '%s', want '%s'", i, got.taken,
                          blocks[i].day);
                CHECK_EQ(got.orientation, 6);
            }
}

/* Some days from now, as EXIF has it. */
static void day_from_now(int days, char out[20])
{
    time_t at = time(NULL) + days * 86400;
    struct tm t;
    gmtime_r(&at, &t);
    strftime(out, 20, "%Y:%m:%d %H:%M:%S", &t);
}

/* Tomorrow it is in some zone already; after that nothing was taken. */
static void test_the_future_is_no_day(void)
{
    for (int days = -1; days <= 3; days++) {
        char text[20];
        uint8_t block[BLOCK];
        mi_exif got;
        day_from_now(days, text);
        make_block(&(dates){text, NULL, NULL, 0}, 0, block);
        mi_exif_read(block, sizeof block, &got);
        if (days != 1 && days != 2) /* midnight may pass meanwhile */
            CHECK_MSG((*got.taken != 0) == (days < 2), "%s: '%s'", text,
                      got.taken);
    }
}

/* What is read of any block is a day, or none. */
static void test_blocks_cut_short_or_changed(void)
{
    int told = 0;
    for (int little = 0; little < 2; little++) {
        uint8_t block[BLOCK];
        mi_exif got;
        make_block(&blocks[2].dates, little, block);
        for (size_t n = 0; n < sizeof block; n++) {
            mi_exif_read(block, n, &got);
            CHECK(!*got.taken || mien_is_day(got.taken));
        }
        for (size_t i = 0; i < 8 * sizeof block; i++) {
            block[i / 8] ^= (uint8_t)(1 << i % 8);
            mi_exif_read(block, sizeof block, &got);
            CHECK(!*got.taken || mien_is_day(got.taken));
            CHECK(got.orientation >= 1 && got.orientation <= 8);
            told += *got.taken != 0;
            block[i / 8] ^= (uint8_t)(1 << i % 8);
        }
    }
    CHECK(told > 1000);
}

/* ---- files --------------------------------------------------------------- */

enum { W = 21, H = 13 };

/* Bytes at a place of a file, which is freed. */
static mien_bytes with_bytes(mien_bytes file, size_t at, const void *p,
                             size_t n)
{
    mien_bytes out = {0};
    put_bytes(&out, file.data, at);
    put_bytes(&out, p, n);
    put_bytes(&out, file.data + at, file.n - at);
    free(file.data);
    return out;
}

static mien_bytes jpeg_with(const uint8_t block[BLOCK], int w, int h)
{
    uint8_t rgb[100 * 100 * 3], marker[4 + BLOCK] = {0xff, 0xe1};
    paint(rgb, w, h, 3);
    put16(marker + 2, BLOCK + 2, 0);
    memcpy(marker + 4, block, BLOCK);
    jpeg_kind kind = {.in = JCS_RGB, .as = JCS_YCbCr};
    return with_bytes(make_jpeg(rgb, w, h, kind), 2, marker, sizeof marker);
}

/* A PNG with a chunk behind its header. */
static mien_bytes png_with(const char *tag, const void *p, size_t n)
{
    uint8_t rgb[W * H * 3], *chunk = calloc(n + 12, 1);
    paint(rgb, W, H, 3);
    put32(chunk, (unsigned)n, 0);
    memcpy(chunk + 4, tag, 4);
    memcpy(chunk + 8, p, n);
    put32(chunk + 8 + n, (unsigned)crc32(0, chunk + 4, (unsigned)n + 4), 0);
    png_kind kind = {.depth = 8, .type = PNG_COLOR_TYPE_RGB};
    mien_bytes out = with_bytes(make_png(rgb, W, H, kind), 33, chunk, n + 12);
    free(chunk);
    return out;
}

/* ImageMagick's text: kind, length, digits. */
static mien_bytes png_text_with(const uint8_t block[BLOCK])
{
    static const char keyword[] = "Raw profile type exif";
    char text[500];
    size_t n = sizeof keyword;
    memcpy(text, keyword, n);
    n += (size_t)snprintf(text + n, sizeof text - n, "\nexif\n%8d\n", BLOCK);
    for (int i = 0; i < BLOCK; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%02x", block[i]);
    return png_with("tEXt", text, n);
}

/* Two texts: XMP says how it lies, and EXIF behind it the day. */
static mien_bytes png_texts_with(const uint8_t block[BLOCK])
{
    static const char xmp[] = "XML:com.adobe.xmp\0tiff:Orientation=\"6\"";
    const size_t n = sizeof xmp - 1;
    mien_bytes first = png_with("tEXt", xmp, n);
    mien_bytes out =
        with_bytes(png_text_with(block), 33, first.data + 33, n + 12);
    free(first.data);
    return out;
}

static mien_bytes webp_with(const uint8_t block[BLOCK])
{
    uint8_t rgba[W * H * 4], about[10] = {0x18};
    paint(rgba, W, H, 4);
    mien_bytes still = make_webp(rgba, W, H, 0), chunks = {0};
    put_u24(about + 4, W - 1);
    put_u24(about + 7, H - 1);
    put_chunk(&chunks, "VP8X", about, sizeof about);
    put_bytes(&chunks, still.data + 12, still.n - 12);
    put_chunk(&chunks, "EXIF", block + 6, BLOCK - 6);
    WebPFree(still.data);
    return make_riff(chunks);
}

/* A file says a day, however it is read; an orientation of 6 with it, or not.
 */
static void check_file(const char *name, mien_bytes file, int w, int h,
                       const char *day)
{
    mien_read_options o = MIEN_READ_DEFAULTS;
    for (int as_it_lies = 0; as_it_lies < 2; as_it_lies++) {
        mien_photo p = {0};
        mien_error err = {0};
        o.ignore_orientation = as_it_lies;
        mien_status st = mien_photo_read(file.data, file.n, &o, &p, &err);
        CHECK_MSG(st == MIEN_OK && !strcmp(p.taken, day), "%s: '%s', %s", name,
                  p.taken, err.text);
        CHECK_MSG(p.w == (as_it_lies ? W : w) && p.h == (as_it_lies ? H : h),
                  "%s: %d x %d", name, p.w, p.h);
        mien_photo_free(&p);
        CHECK(!*p.taken);
    }
    free(file.data);
}

static void test_every_format_tells(void)
{
    static const char day[] = "2001-05-01";
    uint8_t block[BLOCK], none[BLOCK];
    make_block(&blocks[0].dates, 0, block);
    make_block(&(dates){0}, 0, none);
    check_file("JPEG", jpeg_with(block, W, H), H, W, day);
    check_file("JPEG without", jpeg_with(none, W, H), H, W, "");
    check_file("PNG", png_with("eXIf", block + 6, BLOCK - 6), H, W, day);
    check_file("PNG text", png_text_with(block), H, W, day);
    check_file("PNG texts", png_texts_with(block), H, W, day);
    check_file("PNG text without", png_text_with(none), H, W, "");
    check_file("WebP", webp_with(block), H, W, day);
    check_file("PNG of none", png_with("tIME", "\7\xd1\5\1\0\0\0", 7), W, H,
               "");
}

/* A file that ends early has its day still. */
static void test_half_a_photo(void)
{
    uint8_t block[BLOCK];
    mien_photo p = {0};
    make_block(&blocks[0].dates, 1, block);
    mien_bytes file = jpeg_with(block, 100, 100);
    CHECK_EQ(mien_photo_read(file.data, file.n * 9 / 10, NULL, &p, NULL),
             MIEN_OK);
    CHECK(*p.warning && !strcmp(p.taken, "2001-05-01"));
    mien_photo_free(&p);
    free(file.data);
}

/* How an AVIF lies its properties say, not its EXIF. */
static void test_avif(void)
{
    mien_photo p = {0};
    mien_error err = {0};
    mien_status st = mien_photo_read(avif_day, sizeof avif_day, NULL, &p, &err);
    if (st == MIEN_EUNSUP) {
        printf("SKIP AVIF: %s\n", err.text);
        return;
    }
    CHECK_MSG(st == MIEN_OK && !strcmp(p.taken, "2019-08-07"), "%s '%s'",
              err.text, p.taken);
    CHECK(p.w == 16 && p.h == 8);
    mien_photo_free(&p);
    for (size_t n = 0; n < sizeof avif_day; n++)
        if (!mien_photo_read(avif_day, n, NULL, &p, NULL)) {
            CHECK(!*p.taken || mien_is_day(p.taken));
            mien_photo_free(&p);
        }
}

static void test_memory_ends(void)
{
    uint8_t block[BLOCK];
    make_block(&blocks[0].dates, 0, block);
    mien_bytes png = png_text_with(block);
    const struct {
        const uint8_t *data;
        size_t n;
    } files[] = {{png.data, png.n}, {avif_day, sizeof avif_day}};
    for (int i = 0; i < 2; i++) {
        mien_status st = MIEN_ENOMEM;
        long n = 0;
        for (; st == MIEN_ENOMEM && n < 100; n++) {
            mien_photo p = {0};
            mi_alloc_fail_after(n);
            st = mien_photo_read(files[i].data, files[i].n, NULL, &p, NULL);
            mi_alloc_fail_after(-1);
            CHECK(st ? !p.im.data : *p.taken);
            mien_photo_free(&p);
        }
        CHECK((st == MIEN_OK && n > 2) || st == MIEN_EUNSUP);
    }
    free(png.data);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_counts_as_a_day);
    RUN(test_the_future_is_no_day);
    RUN(test_blocks_cut_short_or_changed);
    RUN(test_every_format_tells);
    RUN(test_half_a_photo);
    RUN(test_avif);
    RUN(test_memory_ends);
    return check_done();
}
