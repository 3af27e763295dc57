/* movies.h: movies of a moving square in a folder of their own. */
#ifndef MOVIES_H
#define MOVIES_H

#include "mien/file.h"
#include "video/video.h"
#include "tests/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 600, W = 96, H = 64, FRAMES = 24, SQUARE = 16 };
static const double fps = 12.5;
static char folder[PATH];

typedef struct {
    char s[2 * PATH];
} path;

static inline path in_folder(const char *name)
{
    path p;
    snprintf(p.s, sizeof p.s, "%s/%s", folder, name);
    return p;
}

static inline int count_files(void)
{
    DIR *d = opendir(folder);
    int n = 0;
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static inline void save(const char *to, const void *bytes, size_t n)
{
    FILE *f = fopen(to, "wb");
    CHECK(f && fwrite(bytes, 1, n, f) == n);
    if (f)
        fclose(f);
}

/* ---- the movie -------------------------------------------------------- */

/* Frame i: a red square on green that grows bluer to the right, 3 pixels on
 * each frame. */
static inline void paint(mien_image *im, int i)
{
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w; x++) {
            uint8_t *c = im->data + y * im->stride + (ptrdiff_t)x * 3;
            int in =
                x >= 3 * i && x < 3 * i + SQUARE && y >= 24 && y < 24 + SQUARE;
            c[0] = in ? 220 : 30;
            c[1] = in ? 20 : 160;
            c[2] = (uint8_t)(in ? 20 : x * 200 / im->w);
        }
}

static inline mien_status write_movie(const char *to, int w, int h, int n,
                                      mien_error *err)
{
    mien_movie *m = NULL;
    mien_status st = mien_movie_new(to, w, h, fps, NULL, &m, err);
    if (st != MIEN_OK)
        return st;
    mien_image im = {0};
    st = mien_image_new(w, h, &im, err);
    for (int i = 0; i < n && st == MIEN_OK; i++) {
        paint(&im, i);
        st = mien_movie_add(m, &im, err);
    }
    mien_image_free(&im);
    if (st == MIEN_OK)
        return mien_movie_finish(m, err);
    mien_movie_abandon(m);
    return st;
}

/* Make the folder; 0 if that cannot be. */
static inline int make_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mien-video-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(folder) != NULL;
}

#endif
