/* Any bytes as a cascade, unpacked if they are packed: read, written, read
 * again, which must give the same file and the same windows in a picture of
 * noise. */
#include "mien/file.h"
#include "mien/vision.h"

#include <string.h>

enum { SIDE = 48 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* Squares of noise, larger and smaller ones. */
static mien_gray picture(void)
{
    static uint8_t pixels[SIDE * SIDE];
    uint32_t seed = 1;
    for (int i = 0; i < SIDE * SIDE; i++) {
        seed = seed * 1664525u + 1013904223u;
        int block = i % SIDE / 6 + i / SIDE / 6 * 8;
        pixels[i] = (uint8_t)((seed >> 27) + (uint32_t)(block * 37 % 220));
    }
    return (mien_gray){SIDE, SIDE, SIDE, pixels};
}

static mien_status look(const mien_cascade *c, mien_hits *out)
{
    mien_gray g = picture();
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 0;
    o.scale = 1.5;
    *out = (mien_hits){0};
    return mien_cascade_detect(c, &g, &o, out, NULL);
}

static void compare(const mien_cascade *a, const mien_cascade *b)
{
    mien_hits x, y;
    mien_status one = look(a, &x), two = look(b, &y);
    must(one == two && x.n == y.n);
    if (x.n)
        must(memcmp(x.hit, y.hit, (size_t)x.n * sizeof *x.hit) == 0);
    mien_hits_free(&x);
    mien_hits_free(&y);
}

/* A cascade of bytes that may be packed. */
static mien_status read_any(const uint8_t *bytes, size_t n, mien_cascade **out,
                            mien_error *err)
{
    mien_bytes plain;
    mien_status st = mien_file_gunzip(bytes, n, 1 << 20, &plain, err);
    must(plain.n <= 1 << 20 && (st == MIEN_OK || !plain.data));
    if (st != MIEN_OK)
        return st;
    st = mien_cascade_read(plain.data ? plain.data : bytes,
                           plain.data ? plain.n : n, out, err);
    mien_bytes_free(&plain);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_cascade *a, *b = NULL;
    mien_bytes text = {0}, again = {0};
    mien_error err = {0};
    mien_status st = read_any(bytes, n, &a, &err);
    if (st != MIEN_OK) {
        must(err.status == st && err.text[0]);
        return 0;
    }
    mien_cascade_info info = mien_cascade_get_info(a);
    for (int s = 0; s < info.n_stages; s++)
        for (int t = 0; t < mien_cascade_stage(a, s).n_trees; t++)
            (void)mien_cascade_feature(a, s, t);
    must(mien_cascade_write(a, &text, NULL) == MIEN_OK);
    must(mien_cascade_read(text.data, text.n, &b, NULL) == MIEN_OK);
    must(mien_cascade_write(b, &again, NULL) == MIEN_OK);
    must(text.n == again.n && memcmp(text.data, again.data, text.n) == 0);
    compare(a, b);
    mien_bytes_free(&text);
    mien_bytes_free(&again);
    mien_cascade_free(a);
    mien_cascade_free(b);
    return 0;
}
