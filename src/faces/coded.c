/* coded.c: faces of photos, encoded, changed and decoded. */
#include "mien/faces.h"

#include "base/alloc.h"
#include "base/error.h"
#include "faces/code.h"
#include "kit/image.h"
#include "mien/file.h"
#include "mien/video.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

int mien_coder_find(const char *path, char *out)
{
    static const char usual[] = "vae/model.onnx";
    if (!path && access(usual, R_OK) != 0)
        return mien_models_find(NULL, "faces/model.onnx", out);
    path = path ? path : usual;
    if (strlen(path) >= MIEN_PATH_MAX)
        return 0;
    memcpy(out, path, strlen(path) + 1);
    return 1;
}

mien_status mien_coder_load(const char *path, mien_pool *pool, mien_coder **out,
                            mien_error *err)
{
    mien_bytes file = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, 0, &file, err);
    if (st)
        return st;
    st = mien_coder_new(file.data, file.n, pool, out, &why);
    mien_bytes_free(&file);
    return st ? mi_file_fail(err, st, path, why.text) : st;
}

/* The face of a photo in out[0], what is made of it in out[1]. */
static mien_status make_pair(mien_coder *c, mien_analyzer *yunet,
                             const char *path, const mien_faces_look *look,
                             float *code, mien_image out[2], mien_error *err)
{
    mien_coder_info size = mien_coder_get_info(c);
    mien_image chip = {0};
    mien_status st = mi_faces_code(c, yunet, path, code, &chip, err);
    if (!st)
        st = mien_image_resize(&chip, size.w, size.h, MIEN_AREA, &out[0], err);
    mien_image_free(&chip);
    if (!st)
        st = mien_coder_decode(c, code, &out[1], err);
    if (!st)
        st = mien_faces_show(out, 2, look, err);
    for (int i = 0; i < 2 && st; i++)
        mien_image_free(&out[i]);
    return st;
}

mien_status mien_faces_again(mien_coder *c, mien_analyzer *yunet, int n,
                             const char *const *path,
                             const mien_faces_look *look, mien_image *out,
                             mien_buffer *notes, mien_error *err)
{
    mien_image *im = mi_alloc((size_t)n + 1, 2 * sizeof *im);
    float *code = mi_alloc((size_t)mien_coder_get_info(c).units, sizeof *code);
    mien_status st = im && code ? MIEN_OK : mi_no_memory(err);
    int made = 0;
    for (int i = 0; i < n && !st; i++) {
        mien_error why = {0};
        st = make_pair(c, yunet, path[i], look, code, im + made, &why);
        made += st ? 0 : 2;
        if (st && notes)
            mien_buffer_printf(notes, "%s\n", why.text);
        st = st == MIEN_ENOMEM ? mi_no_memory(err) : MIEN_OK;
    }
    if (!st && !made)
        st = mi_fail(err, MIEN_EFORMAT, "no face in any of %d photos", n);
    if (!st)
        st = mien_image_tile(im, made, 8, out, err);
    for (int i = 0; i < made; i++)
        mien_image_free(&im[i]);
    mi_free(im);
    mi_free(code);
    return st;
}

mien_status mien_faces_between(mien_coder *c, mien_analyzer *yunet,
                               const char *const path[2], int steps,
                               mien_image *out, mien_error *err)
{
    int units = mien_coder_get_info(c).units;
    float *a = mi_alloc((size_t)units, 3 * sizeof *a);
    assert(steps > 1);
    if (!a)
        return mi_no_memory(err);
    float *b = a + units, *between = b + units;
    memset(out, 0, (size_t)steps * sizeof *out);
    mien_status st = mi_faces_code(c, yunet, path[0], a, NULL, err);
    if (!st)
        st = mi_faces_code(c, yunet, path[1], b, NULL, err);
    for (int i = 0; i < steps && !st; i++) {
        mien_code_between(units, a, b, (float)i / (float)(steps - 1), between);
        st = mien_coder_decode(c, between, &out[i], err);
    }
    for (int i = 0; i < steps && st; i++)
        mien_image_free(&out[i]);
    mi_free(a);
    return st;
}

/* Frames as a video. */
static mien_status save_movie(const char *path, const mien_image *im, int n,
                              double fps, mien_error *err)
{
    mien_movie *m = NULL;
    mien_status st = mien_movie_new(path, im[0].w, im[0].h, fps, NULL, &m, err);
    for (int i = 0; i < n && !st; i++)
        st = mien_movie_add(m, &im[i], err);
    if (!st)
        return mien_movie_finish(m, err);
    mien_movie_abandon(m);
    return st;
}

mien_status mien_frames_save(const char *path, const mien_image *im, int n,
                             double fps, mien_error *err)
{
    static const char *const still[] = {".png", ".jpg", ".jpeg"};
    const char *end = strrchr(path, '.');
    mien_image sheet = {0};
    int is_still = 0;
    if (n < 1)
        return mi_fail(err, MIEN_EARG, "%s: no frames", path);
    for (int i = 0; end && i < 3; i++)
        is_still |= strcasecmp(end, still[i]) == 0;
    if (!is_still)
        return save_movie(path, im, n, fps, err);
    mien_status st = mien_image_tile(im, n, 8, &sheet, err);
    if (!st)
        st = mien_image_save(path, &sheet, err);
    mien_image_free(&sheet);
    return st;
}

mien_status mien_faces_morph(mien_coder *c, mien_analyzer *yunet,
                             const char *const path[2], const char *to,
                             int steps, double fps, const mien_faces_look *look,
                             mien_error *err)
{
    mien_image *im = mi_alloc((size_t)steps, sizeof *im);
    if (!im)
        return mi_no_memory(err);
    mien_status st = mien_faces_between(c, yunet, path, steps, im, err);
    if (!st)
        st = mien_faces_show(im, steps, look, err);
    if (!st)
        st = mien_frames_save(to, im, steps, fps, err);
    for (int i = 0; i < steps; i++)
        mien_image_free(&im[i]);
    mi_free(im);
    return st;
}
