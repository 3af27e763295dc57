/* make_ppm.c: make_ppm PHOTO OUT.ppm PART: the photo as PPM, its width and
 * height divided by PART (1 to 9), for tests that run where no codecs are. */
#include "mien/mien.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mien_status save(const char *path, const mien_image *im, mien_error *err)
{
    size_t row = (size_t)im->w * 3, n = row * (size_t)im->h;
    uint8_t *out = malloc(n + 64);
    if (!out)
        return MIEN_ENOMEM;
    size_t at =
        (size_t)snprintf((char *)out, 64, "P6\n%d %d\n255\n", im->w, im->h);
    for (int y = 0; y < im->h; y++)
        memcpy(out + at + (size_t)y * row, im->data + y * im->stride, row);
    mien_status st = mien_file_save(path, out, at + n, err);
    free(out);
    return st;
}

int main(int argc, char **argv)
{
    mien_bytes bytes = {0};
    mien_image photo = {0}, small = {0};
    mien_error err = {0};
    int part = argc == 4 ? *argv[3] - '0' : 0;
    if (part < 1 || part > 9)
        return 2;
    if (mien_file_load(argv[1], 0, &bytes, &err) ||
        mien_image_read(bytes.data, bytes.n, NULL, &photo, &err) ||
        mien_image_resize(&photo, photo.w / part, photo.h / part, MIEN_AREA,
                          &small, &err) ||
        save(argv[2], &small, &err))
        fprintf(stderr, "make_ppm: %s: %s\n", argv[1], err.text);
    mien_image_free(&small);
    mien_image_free(&photo);
    mien_bytes_free(&bytes);
    return err.status != MIEN_OK;
}
