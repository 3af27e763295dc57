/* Cascades on one photo, without codecs or JSON, so in WebAssembly too: OpenCV
 * 4.6's rectangles (calls of goldens/opencv/haar.json) with the cascades of
 * Debian's opencv-data, and the library's own cascade. */
#include "mien/file.h"
#include "mien/image.h"
#include "mien/vision.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

typedef struct call {
    const char *cascade;
    double scale;
    int neighbors, min, max, n;
    int rect[8][3]; /* x, y and side */
} call;

static const call calls[] = {
    {"haarcascades/haarcascade_frontalface_default",
     1.1,
     3,
     0,
     0,
     2,
     {{366, 365, 242}, {1469, 571, 127}}},
    {"haarcascades/haarcascade_frontalface_default",
     1.3,
     5,
     0,
     0,
     2,
     {{361, 352, 262}, {1464, 568, 130}}},
    {"haarcascades/haarcascade_frontalface_alt",
     1.2,
     1,
     30,
     640,
     3,
     {{1478, 579, 116}, {356, 360, 254}, {1485, 551, 97}}},
    {"haarcascades/haarcascade_frontalcatface",
     1.3,
     1,
     30,
     0,
     1,
     {{798, 886, 53}}},
};

static mien_cascade *stock(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "/usr/share/opencv4/%s.xml", name);
    mien_bytes b;
    mien_cascade *c = NULL;
    if (mien_file_load(path, (size_t)64 << 20, &b, NULL) != MIEN_OK)
        return NULL;
    CHECK_EQ(mien_cascade_read(b.data, b.n, &c, NULL), MIEN_OK);
    mien_bytes_free(&b);
    return c;
}

static int has(const mien_hits *hits, const int rect[3])
{
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        if (h->x == rect[0] && h->y == rect[1] && h->w == rect[2] &&
            h->h == rect[2])
            return 1;
    }
    return 0;
}

/* Returns 0 where the cascade is not installed. */
static int check_call(const call *want, const mien_gray *g)
{
    mien_cascade *c = stock(want->cascade);
    if (!c)
        return 0;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.scale = want->scale;
    o.neighbors = want->neighbors;
    o.min_w = o.min_h = want->min;
    o.max_w = o.max_h = want->max;
    mien_hits hits;
    CHECK_EQ(mien_cascade_detect(c, g, &o, &hits, NULL), MIEN_OK);
    CHECK_EQ(hits.n, want->n);
    for (int i = 0; i < want->n; i++)
        CHECK_MSG(has(&hits, want->rect[i]), "%s: no %d,%d,%d", want->cascade,
                  want->rect[i][0], want->rect[i][1], want->rect[i][2]);
    mien_hits_free(&hits);
    mien_cascade_free(c);
    return 1;
}

static int test_stock_cascades_find_what_opencv_finds(const mien_gray *g)
{
    int done = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        done += check_call(&calls[i], g);
    return done;
}

/* Both faces of the photo, about where OpenCV's cascade has them. */
static void test_own_cascade_finds_the_faces(const mien_gray *g)
{
    mien_cascade *c = NULL;
    mien_hits hits;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    CHECK_EQ(mien_cascade_own("face", &c, NULL), MIEN_OK);
    CHECK_EQ(mien_cascade_detect(c, g, &o, &hits, NULL), MIEN_OK);
    for (int f = 0; f < calls[0].n; f++) {
        const int *face = calls[0].rect[f];
        int found = 0;
        for (int i = 0; i < hits.n; i++) {
            const mien_hit *h = &hits.hit[i];
            int dx = 2 * h->x + h->w - 2 * face[0] - face[2];
            int dy = 2 * h->y + h->h - 2 * face[1] - face[2];
            found += abs(dx) < face[2] / 2 && abs(dy) < face[2] / 2;
        }
        CHECK_EQ(found, 1);
    }
    mien_hits_free(&hits);
    mien_cascade_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    mien_bytes bytes = {0};
    mien_image photo = {0};
    mien_gray g;
    mien_error err = {0};
    const char *part = getenv("MIEN_PPM"); /* the whole lies beside it */
    char path[1024];
    part = part ? part : "build/share/mien/sample.ppm";
    snprintf(path, sizeof path, "%.*s_whole.ppm", (int)strlen(part) - 4, part);
    if (mien_file_load(path, 0, &bytes, &err) != MIEN_OK)
        CHECK_SKIP("%s", err.text);
    CHECK_EQ(mien_pnm_read(bytes.data, bytes.n, &photo, &err), MIEN_OK);
    CHECK_EQ(mien_gray_from(&photo, &g, &err), MIEN_OK);
    RUN(test_own_cascade_finds_the_faces, &g);
    if (!test_stock_cascades_find_what_opencv_finds(&g))
        printf("SKIP no cascades: install the package opencv-data\n");
    mien_gray_free(&g);
    mien_image_free(&photo);
    mien_bytes_free(&bytes);
    return check_done();
}
