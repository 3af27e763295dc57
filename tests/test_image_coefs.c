/* Progressive JPEG with few coefficients kept: the pixels at each size are
 * those that libjpeg makes of all of them. */
/* Not as WebAssembly: needs libjpeg. */
#include "base/alloc.h"
#include "check.h"
#include "image/jpeg_coefs.h"
#include "image_make.h"

#include <setjmp.h>

enum { W = 203, H = 117 };

typedef struct {
    mi_jpeg_coefs coefs;
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr err;
    jmp_buf leave;
    uint8_t *pixels; /* NULL: memory ended */
    int w, h;
    int64_t size;
} decoding;

static void no_memory(j_common_ptr c)
{
    decoding *d = c->client_data;
    longjmp(d->leave, 1);
}

static void no_words(j_common_ptr c) { (void)c; }

static void decode(mien_bytes f, unsigned eighths, int compact, decoding *d)
{
    struct jpeg_decompress_struct *c = &d->c;
    *d = (decoding){.coefs = {.no_memory = no_memory}};
    c->err = jpeg_std_error(&d->err);
    d->err.output_message = no_words;
    jpeg_create_decompress(c);
    c->client_data = d;
    jpeg_mem_src(c, f.data, f.n);
    jpeg_read_header(c, TRUE);
    c->scale_num = eighths;
    c->scale_denom = 8;
    c->do_block_smoothing = FALSE;
    jpeg_calc_output_dimensions(c);
    d->size = mi_jpeg_coefs_size(c);
    if (compact)
        mi_jpeg_coefs_use(c);
    if (setjmp(d->leave) == 0) {
        jpeg_start_decompress(c);
        d->w = (int)c->output_width * c->output_components;
        d->h = (int)c->output_height;
        d->pixels = malloc((size_t)d->w * (size_t)d->h);
        while (c->output_scanline < c->output_height) {
            JSAMPROW row = d->pixels + (size_t)c->output_scanline * d->w;
            jpeg_read_scanlines(c, &row, 1);
        }
    }
    jpeg_destroy_decompress(c);
    mi_jpeg_coefs_done(&d->coefs);
}

static const jpeg_kind kinds[] = {
    {.in = JCS_GRAYSCALE, .as = JCS_GRAYSCALE, .progressive = 1},
    {.in = JCS_RGB, .as = JCS_YCbCr, .progressive = 1},
    {.in = JCS_RGB, .as = JCS_YCbCr, .progressive = 1, .full_chroma = 1},
    {.in = JCS_RGB, .as = JCS_YCbCr, .progressive = 1, .restart = 3},
    {.in = JCS_CMYK, .as = JCS_YCCK, .progressive = 1, .quality = 60},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Smooth, with noise, so that every coefficient is there somewhere. */
static mien_bytes noisy(jpeg_kind kind)
{
    int channels = kind.in == JCS_CMYK ? 4 : kind.in == JCS_RGB ? 3 : 1;
    uint8_t *p = malloc((size_t)(W * H * channels));
    unsigned seed = check_seed + 7;
    paint(p, W, H, channels);
    for (int i = 0; i < W * H * channels; i++) {
        int v = p[i] + (int)(check_rand(&seed) % 31) - 15;
        p[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    mien_bytes f = make_jpeg(p, W, H, kind);
    free(p);
    return f;
}

/* Components that are subsampled may be made at 2/8 or 4/8 at others, too. */
static int is_exact(int kind, unsigned eighths)
{
    return eighths % 2 == 1 && (eighths > 2 || kind == 0 || kind == 2);
}

/* Of the first tenths of each file, which ends in one of its scans. */
static void test_the_pixels_are_libjpegs(int tenths)
{
    for (int k = 0; k < KINDS; k++) {
        mien_bytes f = noisy(kinds[k]);
        f.n = f.n * (size_t)tenths / 10;
        for (unsigned m = 1; m <= 8; m++) {
            decoding all, few;
            double sum = 0;
            decode(f, m, 0, &all);
            decode(f, m, 1, &few);
            CHECK(all.w == few.w && all.h == few.h && few.pixels);
            for (int i = 0; i < all.w * all.h; i++)
                sum += abs(all.pixels[i] - few.pixels[i]);
            sum /= all.w * all.h;
            CHECK_MSG(sum <= (is_exact(k, m) || m == 8 ? 0 : 3),
                      "kind %d, %u/8: off by %g", k, m, sum);
            free(all.pixels);
            free(few.pixels);
        }
        free(f.data);
    }
}

static void test_bytes_a_block(void)
{
    mien_bytes f = noisy(kinds[0]);
    decoding d;
    int64_t blocks = (int64_t)((W + 7) / 8) * ((H + 7) / 8);
    decode(f, 1, 1, &d);
    CHECK_EQ(d.size, blocks * (8 + 2));
    free(d.pixels);
    decode(f, 5, 1, &d);
    CHECK_EQ(d.size, blocks * (8 + 50));
    free(d.pixels);
    free(f.data);
}

static void test_no_memory(void)
{
    mien_bytes f = noisy(kinds[1]);
    decoding d = {.pixels = NULL};
    int n = 0;
    for (; !d.pixels && n < 100; n++) {
        mi_alloc_fail_after(n);
        decode(f, 3, 1, &d);
        mi_alloc_fail_after(-1);
    }
    CHECK_MSG(d.pixels && n == 16, "%d", n); /* five for each component */
    free(d.pixels);
    free(f.data);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (int tenths = 10; tenths > 3; tenths -= 2)
        RUN(test_the_pixels_are_libjpegs, tenths);
    RUN(test_bytes_a_block);
    RUN(test_no_memory);
    return check_done();
}
