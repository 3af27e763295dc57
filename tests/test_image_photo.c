/* Photos as people have them: cameras' own headers, ends that are missing,
 * files cut short, and pictures too large to be held whole. */
/* Not as WebAssembly: needs codecs. */
#include "base/alloc.h"
#include "check.h"
#include "image_make.h"

enum { W = 90, H = 120 };

static const jpeg_kind sequential = {.in = JCS_RGB, .as = JCS_YCbCr};
static const jpeg_kind progressive = {
    .in = JCS_RGB, .as = JCS_YCbCr, .progressive = 1};

static mien_bytes photo_of(jpeg_kind kind)
{
    uint8_t *p = malloc(W * H * 3);
    paint(p, W, H, 3);
    mien_bytes file = make_jpeg(p, W, H, kind);
    free(p);
    return file;
}

static mien_photo read_ok(mien_bytes f, const mien_read_options *o)
{
    mien_photo p = {0};
    mien_error err = {0};
    mien_status st = mien_photo_read(f.data, f.n, o, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%d %s", st, err.text);
    return p;
}

static int same_rows(const mien_image *a, const mien_image *b, int rows)
{
    return a->data && b->data && a->w == b->w && a->h == b->h &&
           !memcmp(a->data, b->data, (size_t)rows * (size_t)a->stride);
}

/* Where a marker stands, the nth; 0: nowhere. */
static size_t find_marker(mien_bytes f, int marker, int nth)
{
    for (size_t i = 0; i + 1 < f.n; i++)
        if (f.data[i] == 0xff && f.data[i + 1] == marker && nth-- == 0)
            return i;
    return 0;
}

/* Both ways of reading give want's pixels, and no warning. */
static void check_whole(mien_bytes f, const mien_image *want, const char *what)
{
    static const mien_read_options strict = {.strict = 1};
    mien_photo p = read_ok(f, NULL), q = read_ok(f, &strict);
    mien_image im = {0};
    mien_error err = {0};
    CHECK_MSG(mien_image_read(f.data, f.n, NULL, &im, &err) == MIEN_OK,
              "%s: %s", what, err.text);
    CHECK_MSG(same_rows(&p.im, want, want->h) && same_rows(&q.im, want, H) &&
                  same_rows(&im, want, H),
              "%s: other pixels", what);
    CHECK_MSG(!*p.warning && !*q.warning, "%s: %s", what, p.warning);
    CHECK(p.w == p.im.w && p.h == p.im.h);
    mien_photo_free(&p);
    mien_photo_free(&q);
    mien_image_free(&im);
}

/* Samsung's S7 to S22 write the bounds of a progressive scan: any there may be
 * are passed over. */
static void test_scan_bounds_of_cameras(void)
{
    static const uint8_t bounds[][3] = {
        {0, 0, 0}, {0, 63, 1}, {1, 63, 0}, {0, 62, 0}, {63, 0, 0x11}};
    mien_bytes f = photo_of(sequential);
    mien_photo want = read_ok(f, NULL);
    size_t at = find_marker(f, 0xda, 0) + 11;
    CHECK(f.data[at] == 0 && f.data[at + 1] == 63);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        memcpy(f.data + at, bounds[i], 3);
        check_whole(f, &want.im, "scan bounds");
    }
    mien_photo_free(&want);
    free(f.data);
}

static void test_the_end_marker_may_be_missing(void)
{
    jpeg_kind kinds[] = {sequential, progressive, sequential};
    kinds[2].restart = 3;
    for (int k = 0; k < 3; k++) {
        mien_bytes f = photo_of(kinds[k]);
        mien_photo want = read_ok(f, NULL);
        for (int less = 1; less <= 2; less++) {
            mien_bytes cut = {malloc(f.n), f.n - (size_t)less};
            memcpy(cut.data, f.data, cut.n);
            check_whole(cut, &want.im, "no end marker");
            free(cut.data);
        }
        mien_photo_free(&want);
        free(f.data);
    }
}

static void test_bytes_before_the_first_marker(void)
{
    static const char *const before[] = {"\n", "\r\n", " \n", "HTTP junk\n"};
    mien_bytes f = photo_of(sequential);
    mien_photo want = read_ok(f, NULL);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        mien_bytes more = {0};
        put_bytes(&more, before[i], strlen(before[i]));
        put_bytes(&more, f.data, f.n);
        check_whole(more, &want.im, before[i]);
        free(more.data);
    }
    mien_bytes inside = {0};
    put_bytes(&inside, "\xff\xd8\n", 3);
    put_bytes(&inside, f.data + 2, f.n - 2);
    check_whole(inside, &want.im, "after the first marker");
    free(inside.data);
    mien_photo_free(&want);
    free(f.data);
}

/* ---- what is cut short --------------------------------------------------- */

static void check_refused(mien_bytes f, const mien_read_options *o,
                          const char *what)
{
    mien_photo p = {.w = 7};
    mien_error err = {0};
    CHECK_MSG(mien_photo_read(f.data, f.n, o, &p, &err) == MIEN_EFORMAT,
              "%s: %s", what, err.text);
    CHECK_MSG(err.text[0] && !p.im.data && p.w == 7, "%s: touched", what);
}

/* The row from which a warning says that rows are missing. */
static int row_of(const char *warning)
{
    const char *at = strstr(warning, "row ");
    return at ? (int)strtol(at + 4, NULL, 10) : -1;
}

/* Cut anywhere: the rows before the one that is named are the whole file's, and
 * strict readers refuse. */
static void test_a_cut_jpeg_is_read_as_far_as_it_goes(void)
{
    static const mien_read_options strict = {.strict = 1};
    mien_bytes f = photo_of(sequential);
    mien_photo want = read_ok(f, NULL);
    int last = 0, read = 0;
    for (size_t n = 0; n + 2 < f.n; n++) {
        mien_bytes cut = {f.data, n};
        mien_photo p = {0};
        mien_error err = {0};
        if (mien_photo_read(cut.data, n, NULL, &p, &err) != MIEN_OK) {
            CHECK_MSG(!read && err.status == MIEN_EFORMAT, "%zu: %s", n,
                      err.text);
            continue;
        }
        int row = row_of(p.warning), good = row > 16 ? row - 16 : 0;
        if (!*p.warning) /* only bits that fill the last byte */
            row = good = H;
        CHECK_MSG(row >= last && row <= H, "%zu: row %d after %d", n, row,
                  last);
        CHECK_MSG(same_rows(&p.im, &want.im, good), "%zu: rows differ", n);
        if (*p.warning) {
            check_refused(cut, &strict, "cut");
            mien_image im = {0};
            CHECK(mien_image_read(f.data, n, NULL, &im, NULL) == MIEN_EFORMAT);
        }
        last = row;
        read++;
        mien_photo_free(&p);
    }
    CHECK(last >= H - 16 && read > (int)f.n / 3);
    mien_photo_free(&want);
    free(f.data);
}

/* Each scan makes the picture finer: what is there once the first is, is read,
 * wherever the file ends, in the middle of a marker too. */
static void test_a_cut_progressive_jpeg(void)
{
    mien_bytes f = photo_of(progressive);
    size_t first = find_marker(f, 0xda, 1);
    for (size_t n = first; n + 2 < f.n; n++) {
        mien_photo p = {0};
        mien_error err = {0};
        CHECK_MSG(mien_photo_read(f.data, n, NULL, &p, &err) == MIEN_OK &&
                      *p.warning,
                  "%zu of %zu: %s", n, f.n, err.text);
        mien_photo_free(&p);
        CHECK(mien_image_read(f.data, n, NULL, &p.im, NULL) == MIEN_EFORMAT);
    }
    free(f.data);
}

/* A piece that is lost between two restarts. */
static void test_damage_in_the_middle(void)
{
    static const mien_read_options strict = {.strict = 1};
    jpeg_kind kind = sequential;
    kind.restart = 3;
    mien_bytes f = photo_of(kind);
    size_t from = find_marker(f, 0xd2, 0), to = find_marker(f, 0xd5, 0);
    CHECK(from && to > from);
    memmove(f.data + from, f.data + to, f.n - to);
    f.n -= to - from;
    mien_photo p = read_ok(f, NULL);
    CHECK_MSG(strstr(p.warning, "byte") != NULL, "\"%s\"", p.warning);
    check_refused(f, &strict, "damage");
    mien_photo_free(&p);
    free(f.data);
}

static void test_gif_that_ends_early(void)
{
    uint8_t numbers[40 * 40];
    unsigned seed = 5;
    for (int i = 0; i < 1600; i++)
        numbers[i] = (uint8_t)(check_rand(&seed) % 16);
    mien_bytes f = make_gif(numbers, 40, 40, (gif_kind){40, 40, 0, 0, 0, -1});
    mien_photo want = read_ok(f, NULL);
    for (size_t less = 1; less < f.n / 2; less++) {
        mien_bytes cut = {f.data, f.n - less};
        mien_photo p = read_ok(cut, NULL);
        int row = *p.warning ? row_of(p.warning) : 40;
        CHECK_MSG(row > 0 && same_rows(&p.im, &want.im, row), "%zu: row %d",
                  less, row);
        mien_image im = {0};
        CHECK_EQ(mien_image_read(cut.data, cut.n, NULL, &im, NULL),
                 *p.warning ? MIEN_EFORMAT : MIEN_OK);
        mien_image_free(&im);
        mien_photo_free(&p);
    }
    mien_photo_free(&want);
    free(f.data);
}

/* Without a table of colours the numbers are shades of grey. */
static void test_gif_without_colours(void)
{
    static const uint8_t gif[] = {
        'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0, 0, 0, /* screen */
        ',', 0,   0,   0,   0,   2,   0, 1, 0, 0,          /* frame */
        8,   5}; /* 7 and 254, in codes of 9 bits */
    /* clear (256), 7, 254, end (257): 36 bits, least first */
    uint64_t bits = 256 | 7ull << 9 | 254ull << 18 | 257ull << 27;
    mien_bytes f = {0};
    put_bytes(&f, gif, sizeof gif);
    for (int i = 0; i < 5; i++)
        put_bytes(&f, &(uint8_t){(uint8_t)(bits >> 8 * i)}, 1);
    put_bytes(&f, "\0;", 2);
    mien_photo p = read_ok(f, NULL);
    CHECK(p.w == 2 && p.h == 1 && !*p.warning);
    CHECK(p.im.data && p.im.data[0] == 7 && p.im.data[2] == 7 &&
          p.im.data[3] == 254);
    mien_photo_free(&p);
    free(f.data);
}

/* The sum behind the pixels is wrong, the pixels are whole. */
static void test_png_with_a_wrong_sum(void)
{
    mien_image im = {0};
    mien_bytes f = {0};
    mien_error err = {0};
    CHECK_EQ(mien_image_new(20, 10, &im, NULL), MIEN_OK);
    memset(im.data, 77, 600);
    CHECK_EQ(mien_image_write_png(&im, &f, NULL), MIEN_OK);
    f.data[f.n - 13] ^= 1; /* IEND takes the last 12 bytes */
    mien_photo p = read_ok(f, NULL);
    CHECK(same_rows(&p.im, &im, 10));
    CHECK_MSG(strstr(p.warning, "IDAT: CRC error"), "%s", p.warning);
    mien_photo_free(&p);
    static const mien_read_options strict = {.strict = 1};
    CHECK_EQ(mien_photo_read(f.data, f.n, &strict, &p, &err), MIEN_EFORMAT);
    mien_image none = {0};
    CHECK_EQ(mien_image_read(f.data, f.n, NULL, &none, NULL), MIEN_EFORMAT);
    mien_bytes_free(&f);
    mien_image_free(&im);
}

/* ---- what is too large --------------------------------------------------- */

/* A grey photo, dark but for the right half, whose size may be large. */
static mien_bytes make_large(int w, int h, int orientation, int scans)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr err;
    unsigned char *data = NULL;
    unsigned long n = 0;
    uint8_t *row = malloc((size_t)w);
    memset(row, 40, (size_t)w / 2);
    memset(row + w / 2, 210, (size_t)(w - w / 2));
    c.err = jpeg_std_error(&err);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &n);
    c.image_width = (JDIMENSION)w;
    c.image_height = (JDIMENSION)h;
    c.in_color_space = JCS_GRAYSCALE;
    c.input_components = 1;
    jpeg_set_defaults(&c);
    if (scans)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    uint8_t exif[EXIF_BYTES];
    make_exif(orientation, 0, exif);
    jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    for (int y = 0; y < h; y++)
        jpeg_write_scanlines(&c, &row, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    free(row);
    return (mien_bytes){data, n};
}

/* Orientation 6 is turned a quarter to the right: what was left is above. */
static void test_a_huge_jpeg_is_read_smaller(void)
{
    static const mien_read_options as_it_lies = {.ignore_orientation = 1};
    mien_bytes f = make_large(7001, 6003, 6, 0);
    mien_photo p = read_ok(f, NULL), q = read_ok(f, &as_it_lies);
    CHECK(p.w == 6003 && p.h == 7001 && q.w == 7001 && q.h == 6003);
    CHECK(p.im.w == 3752 && p.im.h == 4376 && q.im.w == 4376);
    CHECK(!*p.warning);
    CHECK_NEAR(p.im.data[100 * p.im.stride + 9000], 40, 1);
    CHECK_NEAR(p.im.data[4300 * p.im.stride + 9000], 210, 1);
    mien_photo_free(&p);
    mien_photo_free(&q);
    mien_error err = {0};
    mien_image im = {0};
    CHECK_EQ(mien_image_read(f.data, f.n, NULL, &im, &err), MIEN_ELIMIT);
    CHECK(strstr(err.text, "7001 x 6003 pixels") != NULL);
    mien_read_options less = {.max_pixels = 1000000};
    CHECK_EQ(mien_photo_read(f.data, f.n, &less, &p, &err), MIEN_ELIMIT);
    free(f.data);
}

/* A panorama is wider than what is held in memory may be. */
static void test_a_wide_jpeg(void)
{
    mien_bytes f = make_large(60000, 700, 1, 0);
    mien_photo p = read_ok(f, NULL);
    CHECK(p.w == 60000 && p.h == 700);
    CHECK_MSG(p.im.w <= 30000 && p.im.w == p.im.h * 60000 / 700, "%d x %d",
              p.im.w, p.im.h);
    mien_photo_free(&p);
    free(f.data);
    f = make_large(60000, 600, 1, 0); /* not too many pixels, too wide */
    p = read_ok(f, NULL);
    CHECK(p.w == 60000 && p.im.w == 30000 && p.im.h == 300);
    mien_photo_free(&p);
    free(f.data);
}

/* Of several scans less is kept, and the pixels are the same. */
static void test_a_huge_progressive_jpeg(void)
{
    mien_bytes f = make_large(7001, 6003, 6, 1);
    mien_bytes g = make_large(7001, 6003, 6, 0);
    mien_photo p = read_ok(f, NULL), q = read_ok(g, NULL);
    CHECK(p.w == 6003 && p.h == 7001 && !*p.warning);
    CHECK(same_rows(&p.im, &q.im, q.im.h));
    mien_photo_free(&p);
    mien_photo_free(&q);
    size_t at = find_marker(f, 0xc2, 0);
    memcpy(f.data + at + 5, "\x3e\x80\x4e\x20", 4); /* 16000 x 20000 */
    mien_error err = {0};
    CHECK_EQ(mien_photo_read(f.data, f.n, NULL, &p, &err), MIEN_ELIMIT);
    CHECK_MSG(strstr(err.text, "300000000") != NULL, "%s", err.text);
    free(f.data);
    free(g.data);
}

/* ---- what is no photo that mien reads ------------------------------------ */

static void test_other_formats_are_named(void)
{
    static const struct {
        const char *bytes, *name;
        size_t n;
    } files[] = {{"BM\x36\0\0\0\0\0\0\0\x36\0", "BMP", 12},
                 {"II*\0\x8\0\0\0\0\0\xff\xd8\xff", "TIFF", 13},
                 {"MM\0*\0\0\0\x8\0\0\0\0", "TIFF", 12},
                 {"\xff\x0a\x7f\x7f\x7f", "JPEG XL", 5},
                 {"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", 12},
                 {"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", 12},
                 {"8BPS\0\1", "Photoshop", 6},
                 {"%PDF-1.4", "PDF", 8},
                 {"no photo", "no JPEG", 8}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        mien_image im = {0};
        mien_error err = {0};
        CHECK_EQ(mien_image_read((const uint8_t *)files[i].bytes, files[i].n,
                                 NULL, &im, &err),
                 MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, files[i].name), "%s: %s", files[i].name,
                  err.text);
    }
}

static void test_every_allocation_may_fail(void)
{
    mien_bytes f = make_large(4000, 1000, 6, 0), cut = photo_of(progressive);
    cut.n = find_marker(cut, 0xc4, 3) + 3;
    mien_bytes files[2] = {f, cut};
    for (int i = 0; i < 2; i++) {
        mien_status st = MIEN_ENOMEM;
        mien_photo p = {0};
        int n = 0;
        for (; st != MIEN_OK && n < 50; n++) {
            mien_error err = {0};
            mi_alloc_fail_after(n);
            st = mien_photo_read(files[i].data, files[i].n, NULL, &p, &err);
            mi_alloc_fail_after(-1);
            CHECK_MSG(st == MIEN_OK || (err.text[0] && !p.im.data), "%d: %s", n,
                      err.text);
        }
        CHECK_MSG(st == MIEN_OK && n > 2, "%d: %d allocations", i, n);
        mien_photo_free(&p);
        mien_photo_free(NULL);
        free(files[i].data);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_scan_bounds_of_cameras);
    RUN(test_the_end_marker_may_be_missing);
    RUN(test_bytes_before_the_first_marker);
    RUN(test_a_cut_jpeg_is_read_as_far_as_it_goes);
    RUN(test_a_cut_progressive_jpeg);
    RUN(test_damage_in_the_middle);
    RUN(test_gif_that_ends_early);
    RUN(test_gif_without_colours);
    RUN(test_png_with_a_wrong_sum);
    RUN(test_a_huge_jpeg_is_read_smaller);
    RUN(test_a_wide_jpeg);
    RUN(test_a_huge_progressive_jpeg);
    RUN(test_other_formats_are_named);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
