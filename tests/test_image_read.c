/* What the decoders answer for whole files: pixels and orientation. */
/* Not as WebAssembly: needs the codecs. */
#include "check.h"
#include "image_make.h"

static mien_image read_ok(mien_bytes file, const mien_read_options *options)
{
    mien_image im = {0};
    mien_error err = {0};
    mien_status st = mien_image_read(file.data, file.n, options, &im, &err);
    CHECK_MSG(st == MIEN_OK, "%d %s", st, err.text);
    return im;
}

static const uint8_t *at(const mien_image *im, int x, int y)
{
    return im->data + y * im->stride + (ptrdiff_t)x * 3;
}

/* ---- JPEG ------------------------------------------------------------- */

/* What libjpeg-turbo answers to a plain user: the reference. */
static void check_as_libjpeg(mien_bytes file, int w, int h, const char *name)
{
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr manager;
    c.err = jpeg_std_error(&manager);
    jpeg_create_decompress(&c);
    jpeg_mem_src(&c, file.data, file.n);
    jpeg_read_header(&c, TRUE);
    c.out_color_space = JCS_RGB;
    c.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&c);
    mien_image im = read_ok(file, NULL);
    CHECK_EQ(im.w, w);
    CHECK_EQ(im.h, h);
    uint8_t row[3 * 1024];
    JSAMPROW to = row;
    for (int y = 0; im.data && y < h; y++) {
        jpeg_read_scanlines(&c, &to, 1);
        CHECK_MSG(memcmp(row, at(&im, 0, y), (size_t)w * 3) == 0,
                  "%s: row %d of %d x %d differs", name, y, w, h);
    }
    jpeg_finish_decompress(&c);
    jpeg_destroy_decompress(&c);
    mien_image_free(&im);
}

static void test_jpeg_pixels_are_libjpegs(void)
{
    static const int size[][2] = {{1, 1}, {7, 5}, {16, 16}, {33, 17}, {90, 61}};
    static const struct {
        const char *name;
        jpeg_kind kind;
    } kinds[] = {
        {"baseline", {.in = JCS_RGB, .as = JCS_YCbCr}},
        {"full chroma", {.in = JCS_RGB, .as = JCS_YCbCr, .full_chroma = 1}},
        {"progressive", {.in = JCS_RGB, .as = JCS_YCbCr, .progressive = 1}},
        {"grey", {.in = JCS_GRAYSCALE, .as = JCS_GRAYSCALE}},
        {"stored as RGB", {.in = JCS_RGB, .as = JCS_RGB}},
        {"restarts", {.in = JCS_RGB, .as = JCS_YCbCr, .restart = 2}},
    };
    static uint8_t pixels[90 * 61 * 3];
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            int w = size[i][0], h = size[i][1];
            paint(pixels, w, h, kinds[k].kind.in == JCS_RGB ? 3 : 1);
            mien_bytes file = make_jpeg(pixels, w, h, kinds[k].kind);
            check_as_libjpeg(file, w, h, kinds[k].name);
            free(file.data);
        }
}

/* Adobe's files hold light, the others ink. */
static void test_cmyk_becomes_rgb(void)
{
    enum { W = 40, H = 24 };
    uint8_t pixels[W * H * 4];
    paint(pixels, W, H, 4);
    for (int k = 0; k < 3; k++) {
        jpeg_kind kind = {.in = JCS_CMYK,
                          .as = k == 1 ? JCS_YCCK : JCS_CMYK,
                          .quality = 98,
                          .full_chroma = 1,
                          .no_adobe = k == 2};
        mien_bytes file = make_jpeg(pixels, W, H, kind);
        mien_image im = read_ok(file, NULL);
        for (int i = 0; i < W * H && im.data; i++)
            for (int j = 0; j < 3; j++) {
                int light = pixels[i * 4 + j], black = pixels[i * 4 + 3];
                if (kind.no_adobe) {
                    light = 255 - light;
                    black = 255 - black;
                }
                CHECK_NEAR(at(&im, i % W, i / W)[j], light * black / 255.0, 5);
            }
        mien_image_free(&im);
        free(file.data);
    }
}

/* ---- orientation ------------------------------------------------------ */

/* The side where row 0 and column 0 of the file are seen.  Source: EXIF 2.32,
 * table of the tag Orientation. */
static const char sides[9][3] = {"",   "TL", "TR", "BR", "BL",
                                 "LT", "RT", "RB", "LB"};

static void place(char side, int i, int n, int *x, int *y)
{
    int far = n - 1 - i;
    if (side == 'T' || side == 'B')
        *y = side == 'T' ? i : far;
    else
        *x = side == 'L' ? i : far;
}

static void check_upright(mien_bytes file, int orientation)
{
    static const mien_read_options as_it_lies = {.ignore_orientation = 1};
    mien_image lies = read_ok(file, &as_it_lies), up = read_ok(file, NULL);
    CHECK_EQ(up.w, orientation < 5 ? lies.w : lies.h);
    CHECK_EQ(up.h, orientation < 5 ? lies.h : lies.w);
    int same = 1;
    for (int r = 0; r < lies.h; r++)
        for (int c = 0; c < lies.w; c++) {
            int x = 0, y = 0;
            place(sides[orientation][0], r, lies.h, &x, &y);
            place(sides[orientation][1], c, lies.w, &x, &y);
            same &= memcmp(at(&up, x, y), at(&lies, c, r), 3) == 0;
        }
    CHECK_MSG(same, "orientation %d", orientation);
    mien_image_free(&lies);
    mien_image_free(&up);
}

static void test_photos_are_turned_upright(void)
{
    uint8_t rgb[21 * 13 * 3], rgba[21 * 13 * 4];
    paint(rgb, 21, 13, 3);
    paint(rgba, 21, 13, 4);
    for (int o = 1; o <= 8; o++) {
        jpeg_kind jpeg = {.in = JCS_RGB, .as = JCS_YCbCr, .orientation = o};
        png_kind png = {
            .depth = 8, .type = PNG_COLOR_TYPE_RGB, .orientation = o};
        mien_bytes file[3] = {make_jpeg(rgb, 21, 13, jpeg),
                              make_png(rgb, 21, 13, png),
                              make_webp_exif(rgba, 21, 13, o)};
        for (int i = 0; i < 3; i++) {
            check_upright(file[i], o);
            free(file[i].data);
        }
    }
}

static void test_odd_orientations_are_none(void)
{
    uint8_t rgb[9 * 4 * 3];
    paint(rgb, 9, 4, 3);
    for (int o = 9; o < 12; o++) {
        jpeg_kind kind = {.in = JCS_RGB, .as = JCS_YCbCr, .orientation = o};
        mien_bytes file = make_jpeg(rgb, 9, 4, kind);
        check_upright(file, 1);
        free(file.data);
    }
}

/* A text in a PNG: what programs wrote before there was a chunk for EXIF. */
static mien_bytes with_text(const uint8_t *rgb, int compressed,
                            const char *keyword, const char *text)
{
    mien_bytes out = {0};
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    char key[80], value[2000];
    snprintf(key, sizeof key, "%s", keyword);
    snprintf(value, sizeof value, "%s", text);
    png_text t = {.compression = compressed,
                  .key = key,
                  .text = value,
                  .text_length = strlen(value)};
    png_set_write_fn(png, &out, png_take, NULL);
    png_set_IHDR(png, info, 21, 13, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_text(png, info, &t, 1);
    png_write_info(png, info);
    for (int y = 0; y < 13; y++)
        png_write_row(png, rgb + (ptrdiff_t)y * 21 * 3);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return out;
}

/* ImageMagick's: kind, length, then digits in lines. */
static void write_profile(const char *kind, int orientation, char *to)
{
    uint8_t exif[EXIF_BYTES];
    make_exif(orientation, orientation % 2, exif);
    to += snprintf(to, 40, "\n%s\n%8d\n", kind, EXIF_BYTES);
    for (int i = 0; i < EXIF_BYTES; i++)
        to += snprintf(to, 4, "%02x%s", exif[i], i % 12 == 11 ? "\n" : "");
}

static void test_orientation_in_texts_of_a_png(void)
{
    uint8_t rgb[21 * 13 * 3];
    paint(rgb, 21, 13, 3);
    for (int o = 1; o <= 8; o++) {
        char raw[400], app1[400], xmp[2][400];
        write_profile("exif", o, raw);
        write_profile("APP1", o, app1);
        snprintf(xmp[0], sizeof xmp[0],
                 "<x:xmpmeta><rdf:Description tiff:Orientation=\"%d\"/>", o);
        snprintf(xmp[1], sizeof xmp[1],
                 "<x:xmpmeta><tiff:Orientation>%d</tiff:Orientation>", o);
        mien_bytes file[] = {with_text(rgb, PNG_TEXT_COMPRESSION_zTXt,
                                       "Raw profile type exif", raw),
                             with_text(rgb, PNG_TEXT_COMPRESSION_NONE,
                                       "Raw profile type APP1", app1),
                             with_text(rgb, PNG_ITXT_COMPRESSION_NONE,
                                       "XML:com.adobe.xmp", xmp[0]),
                             with_text(rgb, PNG_ITXT_COMPRESSION_zTXt,
                                       "XML:com.adobe.xmp", xmp[1])};
        for (int i = 0; i < 4; i++) {
            check_upright(file[i], o);
            free(file[i].data);
        }
    }
}

/* Texts that say something else, or nothing, turn nothing. */
static void test_other_texts_of_a_png(void)
{
    static const char *const texts[][2] = {
        {"Raw profile type exif", ""},
        {"Raw profile type exif", "\nexif\n 6\n45786966"},
        {"Raw profile type iptc", "\niptc\n 6\n457869660000"},
        {"XML:com.adobe.xmp", "tiff:Orientation"},
        {"XML:com.adobe.xmp", "tiff:Orientation=\"9\""},
        {"Comment", "tiff:Orientation=\"6\""}};
    uint8_t rgb[21 * 13 * 3];
    paint(rgb, 21, 13, 3);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int packed = 0; packed < 2; packed++) {
            mien_bytes file =
                with_text(rgb, packed ? PNG_TEXT_COMPRESSION_zTXt : -1,
                          texts[i][0], texts[i][1]);
            check_upright(file, 1);
            free(file.data);
        }
}

/* ---- PNG -------------------------------------------------------------- */

static int over_white(double v, double alpha)
{
    return (int)floor(v * alpha / 255 + 255 - alpha + 0.5);
}

/* Sample i of a packed row, of 255. */
static int sample(const uint8_t *row, int i, int depth, int *raw)
{
    if (depth == 16) {
        *raw = row[i * 2] << 8 | row[i * 2 + 1];
        return (int)floor(*raw / 257.0 + 0.5);
    }
    int shift = 8 - depth - i * depth % 8, most = (1 << depth) - 1;
    *raw = row[i * depth / 8] >> shift & most;
    return *raw * 255 / most;
}

static const png_color palette[4] = {
    {255, 0, 0}, {0, 200, 10}, {5, 6, 250}, {90, 80, 70}};
static const uint8_t clear[3] = {0, 255, 100};
static const png_color_16 key = {0, 1, 1, 1, 1};

/* What pixel x of a row should become. */
static void expected(const uint8_t *row, int x, const png_kind *kind, int *rgb)
{
    int raw[4], v[4], alpha = 255;
    int colour = kind->type & PNG_COLOR_MASK_COLOR;
    int channels = png_channels(kind->type);
    for (int k = 0; k < channels; k++)
        v[k] = sample(row, x * channels + k, kind->depth, &raw[k]);
    if (kind->palette) {
        const png_color *c = &palette[raw[0]];
        alpha = kind->clear && raw[0] < 3 ? clear[raw[0]] : 255;
        v[0] = c->red, v[1] = c->green, v[2] = c->blue;
    } else if (kind->type & PNG_COLOR_MASK_ALPHA) {
        alpha = v[channels - 1];
    } else if (kind->key) {
        alpha =
            raw[0] == 1 && (!colour || (raw[1] == 1 && raw[2] == 1)) ? 0 : 255;
    }
    for (int k = 0; k < 3; k++)
        rgb[k] = over_white(v[colour ? k : 0], alpha);
}

static void check_png(int w, int h, png_kind kind)
{
    unsigned r = (unsigned)(w * 31 + kind.depth + kind.type * 5);
    int bits = kind.depth * png_channels(kind.type);
    size_t each = ((size_t)w * bits + 7) / 8;
    uint8_t *rows = malloc(each * h);
    for (size_t i = 0; i < each * h; i++) {
        rows[i] = (uint8_t)check_rand(&r);
        if (kind.palette && kind.depth == 8)
            rows[i] &= 3;
        else if (kind.palette && kind.depth == 4)
            rows[i] &= 0x33;
    }
    mien_bytes file = make_png(rows, w, h, kind);
    mien_image im = read_ok(file, NULL);
    CHECK_EQ(im.w, w);
    CHECK_EQ(im.h, h);
    for (int y = 0; y < h && im.data; y++)
        for (int x = 0; x < w; x++) {
            int rgb[3];
            expected(rows + each * y, x, &kind, rgb);
            for (int k = 0; k < 3; k++)
                CHECK_MSG(abs(at(&im, x, y)[k] - rgb[k]) <= 0,
                          "depth %d type %d at %d %d %d: %d, want %d",
                          kind.depth, kind.type, x, y, k, at(&im, x, y)[k],
                          rgb[k]);
        }
    mien_image_free(&im);
    free(file.data);
    free(rows);
}

static void test_every_kind_of_png(void)
{
    static const png_kind kinds[] = {
        {.depth = 1, .type = PNG_COLOR_TYPE_GRAY},
        {.depth = 2, .type = PNG_COLOR_TYPE_GRAY},
        {.depth = 4, .type = PNG_COLOR_TYPE_GRAY},
        {.depth = 8, .type = PNG_COLOR_TYPE_GRAY},
        {.depth = 16, .type = PNG_COLOR_TYPE_GRAY},
        {.depth = 2, .type = PNG_COLOR_TYPE_GRAY, .key = &key},
        {.depth = 8, .type = PNG_COLOR_TYPE_RGB},
        {.depth = 16, .type = PNG_COLOR_TYPE_RGB},
        {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .key = &key},
        {.depth = 8, .type = PNG_COLOR_TYPE_GRAY_ALPHA},
        {.depth = 16, .type = PNG_COLOR_TYPE_GRAY_ALPHA},
        {.depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA},
        {.depth = 16, .type = PNG_COLOR_TYPE_RGB_ALPHA},
        {.depth = 1, .palette = palette, .colours = 2},
        {.depth = 2, .palette = palette, .colours = 4},
        {.depth = 4, .palette = palette, .colours = 4},
        {.depth = 8, .palette = palette, .colours = 4},
        {.depth = 2,
         .palette = palette,
         .colours = 4,
         .clear = clear,
         .n_clear = 3},
        {.depth = 8,
         .palette = palette,
         .colours = 4,
         .clear = clear,
         .n_clear = 3},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            png_kind kind = kinds[i];
            kind.interlaced = interlaced;
            if (kind.palette)
                kind.type = PNG_COLOR_TYPE_PALETTE;
            check_png(1, 1, kind);
            check_png(3, 9, kind);
            check_png(23, 17, kind);
        }
}

/* ---- WebP ------------------------------------------------------------- */

static void check_blended(mien_bytes file, const uint8_t *rgba, int w, int h)
{
    mien_image im = read_ok(file, NULL);
    CHECK_EQ(im.w, w);
    CHECK_EQ(im.h, h);
    for (int i = 0; i < w * h && im.data; i++)
        for (int k = 0; k < 3; k++)
            CHECK_EQ(at(&im, i % w, i / w)[k],
                     over_white(rgba[i * 4 + k], rgba[i * 4 + 3]));
    mien_image_free(&im);
    free(file.data);
}

static void test_webp(void)
{
    enum { W = 29, H = 18 };
    uint8_t rgba[W * H * 4];
    paint(rgba, W, H, 4);
    check_blended(make_webp(rgba, W, H, 0), rgba, W, H);
    check_blended(make_webp_exif(rgba, W, H, 1), rgba, W, H);
    for (int i = 0; i < W * H; i++)
        rgba[i * 4 + 3] = 255;
    check_blended(make_webp(rgba, W, H, 0), rgba, W, H);
    mien_bytes file = make_webp(rgba, W, H, 1);
    mien_image im = read_ok(file, NULL);
    for (int i = 0; i < W * H && im.data; i++)
        for (int k = 0; k < 3; k++)
            CHECK_NEAR(at(&im, i % W, i / W)[k], rgba[i * 4 + k], 16);
    mien_image_free(&im);
    free(file.data);
}

static void test_webp_animation_shows_its_first_frame(void)
{
    uint8_t rgba[6 * 5 * 4];
    paint(rgba, 6, 5, 4);
    mien_bytes file = make_webp_frame(rgba, 6, 5, 4, 2, 12, 8);
    mien_image im = read_ok(file, NULL);
    CHECK_EQ(im.w, 12);
    CHECK_EQ(im.h, 8);
    for (int y = 0; y < 8 && im.data; y++)
        for (int x = 0; x < 12; x++) {
            int in = x >= 4 && x < 10 && y >= 2 && y < 7;
            const uint8_t *p = rgba + (in ? ((y - 2) * 6 + x - 4) * 4 : 0);
            for (int k = 0; k < 3; k++)
                CHECK_EQ(at(&im, x, y)[k], in ? over_white(p[k], p[3]) : 255);
        }
    mien_image_free(&im);
    free(file.data);
    file = make_webp_frame(rgba, 6, 5, 8, 2, 12, 8);
    mien_error err = {0};
    CHECK_EQ(mien_image_read(file.data, file.n, NULL, &im, &err), MIEN_EFORMAT);
    free(file.data);
}

/* ---- GIF -------------------------------------------------------------- */

static void check_gif(int w, int h, gif_kind kind)
{
    uint8_t numbers[32 * 32];
    for (int i = 0; i < w * h; i++)
        numbers[i] = (uint8_t)((i % w + 3 * (i / w)) % 16);
    mien_bytes file = make_gif(numbers, w, h, kind);
    mien_image im = read_ok(file, NULL);
    CHECK_EQ(im.w, kind.screen_w);
    CHECK_EQ(im.h, kind.screen_h);
    for (int y = 0; y < im.h; y++)
        for (int x = 0; x < im.w; x++) {
            int u = x - kind.left, v = y - kind.top;
            int in = u >= 0 && u < w && v >= 0 && v < h;
            int c = in ? numbers[v * w + u] : -1;
            const uint8_t want[3] = {(uint8_t)(16 * c), (uint8_t)(255 - 16 * c),
                                     (uint8_t)(7 * c)};
            static const uint8_t white[3] = {255, 255, 255};
            CHECK_MSG(memcmp(at(&im, x, y),
                             c >= 0 && c != kind.clear ? want : white, 3) == 0,
                      "gif at %d %d", x, y);
        }
    mien_image_free(&im);
    free(file.data);
}

static void test_gif(void)
{
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        check_gif(1, 1, (gif_kind){1, 1, 0, 0, interlaced, -1});
        check_gif(20, 15, (gif_kind){20, 15, 0, 0, interlaced, -1});
        check_gif(20, 15, (gif_kind){20, 15, 0, 0, interlaced, 5});
        check_gif(9, 4, (gif_kind){20, 15, 3, 7, interlaced, 2});
        check_gif(9, 12, (gif_kind){10, 10, 5, 5, interlaced, -1});
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_jpeg_pixels_are_libjpegs);
    RUN(test_cmyk_becomes_rgb);
    RUN(test_photos_are_turned_upright);
    RUN(test_odd_orientations_are_none);
    RUN(test_orientation_in_texts_of_a_png);
    RUN(test_other_texts_of_a_png);
    RUN(test_every_kind_of_png);
    RUN(test_webp);
    RUN(test_webp_animation_shows_its_first_frame);
    RUN(test_gif);
    return check_done();
}
