/* Faces of every size in inputs of every size: one that fills the photo stays
 * in one piece, small ones are found by the large input beside it, and a huge
 * photo in which nobody is found is searched again. */
#include "face.h"
#include "face_make.h"

static mien_faces find_at(const mien_graph *yunet, int size,
                          const mien_image *im)
{
    mien_face_models m = {.detector = yunet};
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    o.input_size = size;
    CHECK_EQ(mien_analyzer_new(&m, &o, &a, NULL), MIEN_OK);
    CHECK_EQ(mien_analyzer_run(a, im, &f, NULL), MIEN_OK);
    mien_analyzer_free(a);
    return f;
}

/* A square of the photo around a face, so large that the face takes a share of
 * its height, at a size in pixels. */
static mien_image close_up(const mien_image *im, mien_box face, float share,
                           int size)
{
    mien_image part = {0}, out = {0};
    float side = face.height / share;
    CHECK_EQ(mien_image_crop(im, (int)(face.x + (face.width - side) / 2),
                             (int)(face.y + (face.height - side) / 2),
                             (int)side, (int)side, &part, NULL),
             MIEN_OK);
    CHECK_EQ(
        mien_image_resize(&part, size, size, MIEN_BILINEAR_CENTRE, &out, NULL),
        MIEN_OK);
    mien_image_free(&part);
    return out;
}

static float inside(mien_box a, mien_box b)
{
    float w = fminf(a.x + a.width, b.x + b.width) - fmaxf(a.x, b.x);
    float h = fminf(a.y + a.height, b.y + b.height) - fmaxf(a.y, b.y);
    return fmaxf(w, 0) * fmaxf(h, 0) / (a.width * a.height);
}

/* One face of about that share of the height, and no parts of it. */
static void check_whole(const mien_faces *f, float share, int side, int size)
{
    int whole = 0, parts = 0;
    for (int i = 0; i < f->n; i++) {
        mien_box b = f->face[i].box;
        if (b.height > 0.65f * share * (float)side)
            whole++;
        else if (inside(b, f->face[0].box) > 0.5f)
            parts++;
    }
    CHECK_MSG(whole == 1 && parts == 0,
              "a face of %.0f %% of %d pixels at --size %d: %d whole, %d parts",
              100 * (double)share, side, size, whole, parts);
}

static void test_a_face_that_fills_the_photo(const mien_graph *yunet,
                                             const mien_image *im,
                                             const mien_faces *faces)
{
    static const int sizes[] = {0, 320, 640, 1280, 2560};
    int n = 0;
    for (int i = 0; i < faces->n; i++)
        for (int percent = 60; percent <= 100; percent += 20) {
            float share = (float)percent / 100;
            int side = percent == 80 ? 1600 : 900;
            mien_image near = close_up(im, faces->face[i].box, share, side);
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                if (n++ % check_every())
                    continue;
                mien_faces f = find_at(yunet, sizes[s], &near);
                check_whole(&f, share, side, sizes[s]);
                mien_faces_free(&f);
            }
            mien_image_free(&near);
        }
}

/* The photo, made smaller, in a corner of a grey one. */
static mien_image far_away(const mien_image *im, int w, int h, int side)
{
    mien_image small = {0}, out = {0};
    CHECK_EQ(
        mien_image_resize(im, w, w * im->h / im->w, MIEN_AREA, &small, NULL),
        MIEN_OK);
    CHECK_EQ(mien_image_new(side, h, &out, NULL), MIEN_OK);
    memset(out.data, 128, (size_t)(out.stride * out.h));
    for (int y = 0; y < small.h; y++)
        memcpy(out.data + (y + 100) * out.stride + 300,
               small.data + y * small.stride, (size_t)small.w * 3);
    mien_image_free(&small);
    return out;
}

/* Faces of 6 pixels in an input of 640, beside one that is as high as half the
 * photo. */
static void test_small_beside_large(const mien_graph *yunet,
                                    const mien_image *im,
                                    const mien_faces *faces)
{
    mien_image photo = far_away(im, 240, 1600, 2400);
    mien_image near = close_up(im, faces->face[0].box, 0.8f, 1200);
    for (int y = 0; y < near.h; y++)
        memcpy(photo.data + (y + 300) * photo.stride + (ptrdiff_t)3 * 1000,
               near.data + y * near.stride, (size_t)near.w * 3);
    mien_faces f = find_at(yunet, 0, &photo);
    CHECK_EQ(f.n, 1);
    mien_faces_free(&f);
    f = find_at(yunet, 2560, &photo);
    CHECK_EQ(f.n, 4);
    int large = 0;
    for (int i = 0; i < f.n; i++)
        large += f.face[i].box.height > 700;
    CHECK_EQ(large, 1);
    mien_faces_free(&f);
    mien_image_free(&near);
    mien_image_free(&photo);
}

/* At the usual size: only a huge photo is searched again. */
static void test_small_in_a_huge_photo(const mien_graph *yunet,
                                       const mien_image *im)
{
    mien_image huge = far_away(im, 320, 3000, 3840);
    mien_faces f = find_at(yunet, 0, &huge);
    CHECK_MSG(f.n >= 2, "%d faces", f.n);
    mien_faces_free(&f);
    f = find_at(yunet, 640, &huge);
    CHECK_EQ(f.n, 0);
    mien_faces_free(&f);
    mien_image less = {3839, huge.h, huge.stride, huge.data};
    f = find_at(yunet, 0, &less);
    CHECK_EQ(f.n, 0);
    mien_faces_free(&f);
    mien_image_free(&huge);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *path = face_folder("MIEN_PPM", "build/share/mien/sample.ppm");
    size_t n;
    const uint8_t *bytes = mien_model_embedded("yunet", &n);
    mien_bytes file = {0};
    mien_graph *yunet = NULL;
    mien_image im = {0};
    mien_error err = {0};
    if (mien_file_load(path, 0, &file, &err) != MIEN_OK)
        CHECK_SKIP("%s", err.text);
    CHECK_EQ(mien_pnm_read(file.data, file.n, &im, NULL), MIEN_OK);
    CHECK_EQ(mien_onnx_read(bytes, n, &yunet, NULL), MIEN_OK);
    mien_faces faces = find_at(yunet, 0, &im);
    CHECK_EQ(faces.n, 3);
    RUN(test_a_face_that_fills_the_photo, yunet, &im, &faces);
    RUN(test_small_beside_large, yunet, &im, &faces);
    RUN(test_small_in_a_huge_photo, yunet, &im);
    mien_faces_free(&faces);
    mien_image_free(&im);
    mien_bytes_free(&file);
    mien_graph_free(yunet);
    return check_done();
}
