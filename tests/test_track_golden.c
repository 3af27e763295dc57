/* OpenCV 4.6's corners and optical flow: goldens/opencv/klt.json.  Its grey is
 * imread's: of PNG by libpng's weights, of JPEG the file's own luma. */
/* Not as WebAssembly: reads PNG files. */
#include "mien/file.h"
#include "mien/vision_track.h"
#include "tests/check.h"

#include <jansson.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static int read_png(const mien_bytes *b, mien_gray *out)
{
    mien_image im;
    if (mien_image_read(b->data, b->n, NULL, &im, NULL) != MIEN_OK)
        return 0;
    if (mien_gray_new(im.w, im.h, out, NULL) != MIEN_OK)
        return 0;
    /* png_set_rgb_to_gray(0.299, 0.587), cut off to 1/32768 */
    for (int y = 0; y < im.h; y++)
        for (int x = 0; x < im.w; x++) {
            const uint8_t *p = im.data + y * im.stride + (ptrdiff_t)x * 3;
            int grey = p[0];
            if (p[0] != p[1] || p[0] != p[2])
                grey = (9797 * p[0] + 19234 * p[1] + 3737 * p[2]) >> 15;
            out->data[y * out->stride + x] = (uint8_t)grey;
        }
    mien_image_free(&im);
    return 1;
}

static int read_jpeg(const mien_bytes *b, mien_gray *out)
{
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr mgr;
    d.err = jpeg_std_error(&mgr);
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, b->data, b->n);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&d);
    if (mien_gray_new((int)d.output_width, (int)d.output_height, out, NULL) !=
        MIEN_OK)
        return 0;
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = out->data + d.output_scanline * out->stride;
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return 1;
}

static uint32_t le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* 8 bits with a palette or 24 bits, not packed. */
static int read_bmp(const mien_bytes *b, mien_gray *out)
{
    const uint8_t *p = b->data;
    int w = (int)le(p + 18), h = (int)le(p + 22), bits = p[28];
    ptrdiff_t stride = (w * bits / 8 + 3) & ~3;
    if (mien_gray_new(w, h, out, NULL) != MIEN_OK)
        return 0;
    const uint8_t *palette = p + 14 + le(p + 14);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const uint8_t *q = p + le(p + 10) + (h - 1 - y) * stride;
            const uint8_t *c = bits == 8 ? palette + 4 * (ptrdiff_t)q[x]
                                         : q + 3 * (ptrdiff_t)x;
            out->data[y * out->stride + x] =
                (uint8_t)((c[2] * 4899 + c[1] * 9617 + c[0] * 1868 + 8192) >>
                          14);
        }
    return 1;
}

static int read_gray(const char *shared, const char *name, mien_gray *out)
{
    static const char *const folders[] = {"opencv_optflow", "otb_girl",
                                          "otb_girl/img", "otb_girl/Girl/img"};
    mien_bytes b;
    char path[1024];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/data/%s/%s", shared, folders[i], name);
        if (mien_file_load(path, 0, &b, NULL) != MIEN_OK)
            continue;
        int good = b.data[0] == 'B'    ? read_bmp(&b, out)
                   : b.data[0] == 0xff ? read_jpeg(&b, out)
                                       : read_png(&b, out);
        mien_bytes_free(&b);
        return good;
    }
    return 0;
}

static double real(const json_t *pair, const char *name)
{
    return json_number_value(json_object_get(pair, name));
}

static mien_point point(const json_t *list, size_t i)
{
    const json_t *p = json_array_get(list, i);
    return (mien_point){(float)json_number_value(json_array_get(p, 0)),
                        (float)json_number_value(json_array_get(p, 1))};
}

static void check_sum(const mien_gray *g, const json_t *pair, size_t i)
{
    int64_t sum = 0;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            sum += g->data[y * g->stride + x];
    CHECK_EQ(sum, json_integer_value(
                      json_array_get(json_object_get(pair, "gray_sums"), i)));
}

static void check_corners(const json_t *pair, const mien_gray *g)
{
    const json_t *o = json_object_get(pair, "goodFeaturesToTrack");
    const json_t *want = json_object_get(pair, "corners");
    mien_corner_options options = {.max = (int)real(o, "maxCorners"),
                                   .quality = real(o, "qualityLevel"),
                                   .min_distance = real(o, "minDistance"),
                                   .block = (int)real(o, "blockSize")};
    mien_points got;
    CHECK_EQ(mien_corners_find(g, &options, &got, NULL), MIEN_OK);
    CHECK_EQ(got.n, (int)json_array_size(want));
    for (int i = 0; i < got.n && i < (int)json_array_size(want); i++) {
        mien_point p = point(want, (size_t)i);
        CHECK_MSG(got.at[i].x == p.x && got.at[i].y == p.y,
                  "corner %d: %g %g, want %g %g", i, (double)got.at[i].x,
                  (double)got.at[i].y, (double)p.x, (double)p.y);
    }
    mien_points_free(&got);
}

static int all, close_by;

/* Points from the list `start` to the list `end`. */
static void check_flow(const json_t *pair, const mien_pyramid *a,
                       const mien_pyramid *b, const mien_flow_options *o,
                       const char *const key[3])
{
    const json_t *start = json_object_get(pair, key[0]);
    const json_t *end = json_object_get(pair, key[1]);
    const json_t *status = json_object_get(pair, key[2]);
    const json_t *error = json_object_get(pair, "error");
    static mien_point from[1000];
    static mien_flow got[1000];
    int n = (int)json_array_size(start);
    for (int i = 0; i < n; i++)
        from[i] = point(start, (size_t)i);
    CHECK_EQ(mien_flow_run(a, b, o, n, from, got, NULL), MIEN_OK);
    for (int i = 0; i < n; i++) {
        mien_point to = point(end, (size_t)i);
        int found = (int)json_integer_value(json_array_get(status, (size_t)i));
        CHECK_MSG(found == (got[i].lost == MIEN_LOST_NONE),
                  "point %d: %s, want %d", i, mien_lost_text(got[i].lost),
                  found);
        if (!found)
            continue;
        all++;
        close_by += hypotf(got[i].to.x - to.x, got[i].to.y - to.y) <= 0.05f;
        if (key[1][0] == 'n')
            CHECK_NEAR(got[i].error,
                       json_number_value(json_array_get(error, (size_t)i)),
                       0.05);
    }
}

static void check_pair(const json_t *pair, const mien_gray *a,
                       const mien_gray *b)
{
    static const char *const there[3] = {"corners", "next", "status"};
    static const char *const back[3] = {"next", "back", "back_status"};
    mien_flow_options o = MIEN_FLOW_DEFAULTS;
    o.window = (int)real(pair, "winSize");
    o.levels = (int)real(pair, "maxLevel");
    o.min_eigen = real(pair, "minEigThreshold");
    mien_pyramid *p = NULL, *q = NULL;
    CHECK_EQ(mien_pyramid_new(a, &o, &p, NULL), MIEN_OK);
    CHECK_EQ(mien_pyramid_new(b, &o, &q, NULL), MIEN_OK);
    check_corners(pair, a);
    check_flow(pair, p, q, &o, there);
    check_flow(pair, q, p, &o, back);
    mien_pyramid_free(p);
    mien_pyramid_free(q);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    if (!shared)
        shared = "../shared";
    snprintf(path, sizeof path, "%s/goldens/opencv/klt.json", shared);
    json_t *root = json_load_file(path, 0, NULL);
    if (!root)
        CHECK_SKIP("no goldens of OpenCV: %s", path);
    size_t i;
    const json_t *pair;
    json_array_foreach(json_object_get(root, "pairs"), i, pair)
    {
        mien_gray a, b;
        if (!read_gray(shared, json_string_value(json_object_get(pair, "a")),
                       &a))
            CHECK_SKIP("no pictures for optical flow in %s/data", shared);
        if (!read_gray(shared, json_string_value(json_object_get(pair, "b")),
                       &b))
            CHECK_SKIP("no pictures for optical flow in %s/data", shared);
        RUN(check_sum, &a, pair, 0);
        RUN(check_sum, &b, pair, 1);
        RUN(check_pair, pair, &a, &b);
        mien_gray_free(&a);
        mien_gray_free(&b);
    }
    json_decref(root);
    printf("%d of %d points within 0.05 pixels\n", close_by, all);
    CHECK(close_by >= 0.99 * all);
    return check_done();
}
