/* GIFs that are written, read back by giflib and by mien. */
/* Not as WebAssembly: reads GIF with giflib. */
#include "base/alloc.h"
#include "mien/image.h"
#include "tests/check.h"

#include <gif_lib.h>
#include <string.h>

enum { W = 12, H = 7, FRAMES = 5 };

/* Frames of a few colours: a bar moves over grey. */
static void make_frames(mien_image im[FRAMES])
{
    for (int i = 0; i < FRAMES; i++) {
        CHECK(!mien_image_new(W, H, &im[i], NULL));
        for (int p = 0; p < W * H; p++) {
            static const uint8_t bar[3] = {200, 16, 40}, grey[3] = {96, 96, 96};
            memcpy(im[i].data + (ptrdiff_t)p * 3, p % W == 2 * i ? bar : grey,
                   3);
        }
    }
}

static void free_frames(mien_image im[FRAMES])
{
    for (int i = 0; i < FRAMES; i++)
        mien_image_free(&im[i]);
}

/* An InputFunc over bytes. */
static int give_bytes(GifFileType *gif, GifByteType *to, int n)
{
    mien_bytes *left = gif->UserData;
    if ((size_t)n > left->n)
        n = (int)left->n;
    memcpy(to, left->data, (size_t)n);
    left->data += n;
    left->n -= (size_t)n;
    return n;
}

/* Whether a frame that was read has the pixels of one that was written. */
static int is_frame(const GifFileType *g, const SavedImage *got,
                    const mien_image *im)
{
    int same = 1;
    for (int p = 0; p < W * H; p++) {
        GifColorType c = g->SColorMap->Colors[got->RasterBits[p]];
        const uint8_t *want = im->data + (ptrdiff_t)p * 3;
        same &= c.Red == want[0] && c.Green == want[1] && c.Blue == want[2];
    }
    return same;
}

/* Few colours come back as they were, the delays add up, it goes on forever. */
static void test_frames_come_back(void)
{
    mien_image im[FRAMES], first = {0};
    mien_bytes file = {0};
    int why = 0, hundredths = 0;
    make_frames(im);
    CHECK(!mien_image_write_gif(im, FRAMES, 12, &file, NULL));
    CHECK(!memcmp(file.data, "GIF89a", 6));
    CHECK(memmem(file.data, file.n, "NETSCAPE2.0\3\1\0\0", 16) != NULL);
    mien_bytes left = file;
    GifFileType *g = DGifOpen(&left, give_bytes, &why);
    CHECK(g && DGifSlurp(g) == GIF_OK);
    CHECK(g->SWidth == W && g->SHeight == H && g->ImageCount == FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        GraphicsControlBlock control;
        CHECK(DGifSavedExtensionToGCB(g, i, &control) == GIF_OK);
        CHECK(control.DelayTime == 8 || control.DelayTime == 9);
        CHECK_EQ(control.TransparentColor, NO_TRANSPARENT_COLOR);
        hundredths += control.DelayTime;
        CHECK(is_frame(g, &g->SavedImages[i], &im[i]));
    }
    CHECK_EQ(hundredths, 42); /* 5 / 12 of a second */
    CHECK(DGifCloseFile(g, &why) == GIF_OK);
    CHECK(!mien_image_read(file.data, file.n, NULL, &first, NULL));
    CHECK(!memcmp(first.data, im[0].data, (size_t)W * H * 3));
    mien_image_free(&first);
    mien_bytes_free(&file);
    free_frames(im);
}

/* Many colours come back near, in rows that do not lie side by side, too. */
static void test_many_colours(void)
{
    mien_image wide = {0}, got = {0};
    mien_bytes file = {0};
    double sum = 0;
    CHECK(!mien_image_new(128, 64, &wide, NULL));
    for (int p = 0; p < 128 * 64; p++) {
        uint8_t *to = wide.data + (ptrdiff_t)p * 3;
        to[0] = (uint8_t)(p % 128 * 2);
        to[1] = (uint8_t)(p / 128 * 4);
        to[2] = (uint8_t)(p % 128 + p / 128);
    }
    const mien_image part = {64, 64, wide.stride, wide.data + 3 * 32};
    CHECK(!mien_image_write_gif(&part, 1, 1, &file, NULL));
    CHECK(!mien_image_read(file.data, file.n, NULL, &got, NULL));
    CHECK(got.w == 64 && got.h == 64);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64 * 3; x++)
            sum += abs(got.data[y * got.stride + x] -
                       part.data[y * part.stride + x]);
    CHECK_MSG(sum / (64 * 64 * 3) < 7, "%g", sum / (64 * 64 * 3));
    mien_image_free(&got);
    mien_image_free(&wide);
    mien_bytes_free(&file);
}

static void test_what_is_refused(void)
{
    mien_image im[FRAMES];
    mien_bytes file = {0};
    mien_error err = {0};
    make_frames(im);
    CHECK_EQ(mien_image_write_gif(im, 0, 12, &file, &err), MIEN_EARG);
    CHECK_EQ(mien_image_write_gif(im, 2, 0, &file, &err), MIEN_EARG);
    CHECK_EQ(mien_image_write_gif(im, 2, (double)NAN, &file, &err), MIEN_EARG);
    CHECK(strstr(err.text, "wanted 1 or more and 0.1..50"));
    im[3].h--;
    CHECK_EQ(mien_image_write_gif(im, 5, 12, &file, &err), MIEN_EARG);
    CHECK(strstr(err.text, "frame 4 has 12 x 6 pixels, the first 12 x 7"));
    im[3].h++;
    mien_image huge = im[0];
    huge.w = huge.h = 7000;
    CHECK_EQ(mien_image_write_gif(&huge, 1, 12, &file, &err), MIEN_ELIMIT);
    CHECK(!file.data);
    free_frames(im);
}

static void test_failing_memory_is_reported(void)
{
    mien_image im[FRAMES];
    mien_bytes file = {0};
    mien_status st = MIEN_ENOMEM;
    make_frames(im);
    for (int after = 0; st == MIEN_ENOMEM && after < 50; after++) {
        mi_alloc_fail_after(after);
        st = mien_image_write_gif(im, FRAMES, 10, &file, NULL);
        mi_alloc_fail_after(-1);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_bytes_free(&file);
    free_frames(im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_frames_come_back);
    RUN(test_many_colours);
    RUN(test_what_is_refused);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
