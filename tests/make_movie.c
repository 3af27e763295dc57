/* make_movie.c: make_movie PHOTO OUT FRAMES: a window of 640 x 480 that wanders
 * over half of the photo, as a video. */
#include "mien/mien.h"

#include <stdio.h>
#include <stdlib.h>

enum { W = 640, H = 480 };

/* There and back again: 0 .. most .. 0. */
static int wander(int i, int step, int most)
{
    int at = most > 0 ? i * step % (2 * most) : 0;
    return at > most ? 2 * most - at : at;
}

static mien_status film(const mien_image *photo, const char *path, int n,
                        mien_error *err)
{
    mien_movie *m = NULL;
    int w = photo->w < W ? photo->w : W, h = photo->h < H ? photo->h : H;
    mien_status st = mien_movie_new(path, w, h, 25, NULL, &m, err);
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        int x = wander(i, 3, photo->w - w), y = wander(i, 2, photo->h - h);
        mien_image part = *photo;
        part.w = w;
        part.h = h;
        part.data += y * photo->stride + x * 3L;
        st = mien_movie_add(m, &part, err);
    }
    if (st == MIEN_OK)
        return mien_movie_finish(m, err);
    mien_movie_abandon(m);
    return st;
}

int main(int argc, char **argv)
{
    mien_bytes bytes = {0};
    mien_image photo = {0}, half = {0};
    mien_error err = {0};
    if (argc != 4)
        return 2;
    if (mien_file_load(argv[1], 0, &bytes, &err) ||
        mien_image_read(bytes.data, bytes.n, NULL, &photo, &err) ||
        mien_image_resize(&photo, photo.w / 2, photo.h / 2, MIEN_AREA, &half,
                          &err) ||
        film(&half, argv[2], (int)strtol(argv[3], NULL, 10), &err))
        fprintf(stderr, "make_movie: %s: %s\n", argv[1], err.text);
    mien_image_free(&half);
    mien_image_free(&photo);
    mien_bytes_free(&bytes);
    return err.status != MIEN_OK;
}
