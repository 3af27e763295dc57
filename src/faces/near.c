/* near.c: photos whose faces have the nearest codes. */
#include "mien/faces_sample.h"

#include "base/alloc.h"
#include "base/error.h"
#include "faces/code.h"
#include "mien/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { COLUMNS = 5, LEAST = 16 /* pixels of a face */ };

void mien_near_free(mien_near_list *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->n; i++)
        mi_free(l->item[i].path);
    mi_free(l->item);
    *l = (mien_near_list){0};
}

/* Do two paths lead to one file? */
static int is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* Put a photo in its place, if it is among the nearest. */
static mien_status keep(mien_near_list *l, int most, const char *path,
                        double far, mien_error *err)
{
    if (l->n == most && far >= l->item[most - 1].distance)
        return MIEN_OK;
    size_t n = strlen(path) + 1;
    char *copy = mi_alloc(n, 1);
    if (!copy)
        return mi_no_memory(err);
    memcpy(copy, path, n);
    if (l->n == most)
        mi_free(l->item[--l->n].path);
    int at = l->n++;
    for (; at > 0 && l->item[at - 1].distance > far; at--)
        l->item[at] = l->item[at - 1];
    l->item[at] = (mien_near){copy, far};
    return MIEN_OK;
}

/* What is compared with what. */
typedef struct search {
    mien_coder *coder;
    mien_analyzer *yunet;
    const char *path;
    float *code, *other; /* [units] */
    int units;
} search;

/* Compare one photo; why: it is left out. */
static mien_status compare(search *s, const mien_photo_file *file, int most,
                           mien_near_list *out, mien_error *why,
                           mien_error *err)
{
    *why = file->error;
    if (!why->status &&
        !mi_faces_code(s->coder, s->yunet, file->path, s->other, NULL, why))
        return keep(out, most, file->path,
                    mien_code_distance(s->units, s->code, s->other), err);
    out->left_out++;
    return why->status == MIEN_ENOMEM ? mi_no_memory(err) : MIEN_OK;
}

/* Compare all. */
static mien_status compare_all(search *s, const mien_photo_list *among,
                               const mien_near_options *o, mien_near_list *out,
                               mien_buffer *notes, mien_error *err)
{
    mien_status st =
        mi_faces_code(s->coder, s->yunet, s->path, s->code, NULL, err);
    for (int i = 0; i < among->n && !st; i++) {
        const mien_photo_file *f = &among->file[i];
        mien_error why = {0};
        if (!is_same(s->path, f->path))
            st = compare(s, f, o->most, out, &why, err);
        if (!st && why.status && notes)
            mien_buffer_printf(notes, "%s%s%s\n",
                               f->error.status ? f->path : "",
                               f->error.status ? ": " : "", why.text);
        if (!st && o->on_picture && o->on_picture(o->arg, i + 1, among->n))
            st = mi_fail(err, MIEN_EARG, "stopped while photos were compared");
    }
    if (!st && !out->n)
        st = mi_fail(err, MIEN_EFORMAT, "no other face in %d photos", among->n);
    return st;
}

mien_status mien_faces_near(mien_coder *c, mien_analyzer *yunet,
                            const char *path, const mien_photo_list *among,
                            const mien_near_options *options,
                            mien_near_list *out, mien_buffer *notes,
                            mien_error *err)
{
    mien_near_list got = {0};
    if (options->most < 1)
        return mi_fail(err, MIEN_EARG,
                       "%d photos that are near, wanted 1 or "
                       "more",
                       options->most);
    mien_near_options o = *options;
    o.most = o.most < among->n ? o.most : among->n;
    search s = {c, yunet, path, NULL, NULL, mien_coder_get_info(c).units};
    s.code = mi_alloc((size_t)s.units, 2 * sizeof *s.code);
    got.item = mi_alloc((size_t)o.most + 1, sizeof *got.item);
    mien_status st = s.code && got.item ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        s.other = s.code + s.units;
        st = compare_all(&s, among, &o, &got, notes, err);
    }
    mi_free(s.code);
    if (st)
        mien_near_free(&got);
    else
        *out = got;
    return st;
}

/* ---- what was found ------------------------------------------------------ */

/* Mark a face: a frame around the first, a distance on the others. */
static mien_status mark(mien_image *im, const mien_near *near, mien_error *err)
{
    const mien_colour frame = {255, 255, 255}, plate = {0, 0, 0};
    float side = (float)im->w, line = fmaxf(2, side / 32);
    mien_canvas *canvas = NULL;
    char text[32];
    mien_status st = mien_canvas_new(im, &canvas, err);
    if (st)
        return st;
    if (near) {
        snprintf(text, sizeof text, "%.2f", near->distance);
        mien_canvas_label(canvas, 0, side, text, fmaxf(8, side / 10), plate);
    } else {
        mien_canvas_box(
            canvas, (mien_box){line / 2, line / 2, side - line, side - line},
            frame, line);
    }
    st = mien_canvas_finish(canvas, err);
    mien_canvas_free(canvas);
    return st;
}

mien_status mien_near_draw(mien_analyzer *yunet, const char *path,
                           const mien_near_list *near, int side,
                           mien_image *out, mien_error *err)
{
    if (side < LEAST || side > MIEN_FACE_MAX_INPUT)
        return mi_fail(err, MIEN_EARG, "faces of %d pixels, wanted %d..%d",
                       side, LEAST, MIEN_FACE_MAX_INPUT);
    int n = near->n + 1;
    mien_image *im = mi_alloc((size_t)n, sizeof *im);
    mien_status st = im ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < n && !st; i++) {
        const mien_near *one = i ? &near->item[i - 1] : NULL;
        st = mien_chip_load(one ? one->path : path, yunet, side, &im[i], err);
        if (!st)
            st = mark(&im[i], one, err);
    }
    if (!st)
        st = mien_image_tile(im, n, COLUMNS, out, err);
    for (int i = 0; im && i < n; i++)
        mien_image_free(&im[i]);
    mi_free(im);
    return st;
}

void mien_near_json(const char *path, const char *model,
                    const mien_near_list *near, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_record_file(&j, "file", path);
    mien_record_file(&j, "model", model);
    mien_json_array(&j, "near");
    for (int i = 0; i < near->n; i++) {
        mien_json_object(&j, NULL);
        mien_record_file(&j, "file", near->item[i].path);
        mien_json_rounded(&j, "distance", near->item[i].distance, 6);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_int(&j, "left_out", near->left_out);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
