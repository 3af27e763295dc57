/* aligned.c: the faces of labelled pictures as chips.
 *
 * Where a face is is found once; the chip is cut again each time the picture is
 * loaded, so that memory holds points alone. */
#include "kit/image.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct found {
    const char *name; /* of the labels */
    mien_face face;
} found;

struct mien_aligned {
    const char *folder; /* or NULL */
    int side;
    int64_t n, without, unread;
    found *face; /* [n] by name */
    mien_buffer notes;
};

void mien_aligned_free(mien_aligned *a)
{
    if (!a)
        return;
    mi_free(a->face);
    mien_buffer_free(&a->notes);
    mi_free(a);
}

int64_t mien_aligned_left_out(const mien_aligned *a, int64_t *unread)
{
    if (unread)
        *unread = a->unread;
    return a->without;
}

void mien_aligned_notes(const mien_aligned *a, mien_buffer *out)
{
    mien_buffer_put(out, a->notes.data, a->notes.n);
    if (a->notes.n)
        mien_buffer_printf(out,
                           "left out: %lld pictures without a face, %lld that "
                           "could not be read\n",
                           (long long)a->without, (long long)a->unread);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const found *)a)->name, ((const found *)b)->name);
}

mien_status mien_aligned_image(void *aligned, const char *name, mien_image *out,
                               mien_error *err)
{
    mien_aligned *a = aligned;
    const found key = {.name = name};
    mien_image photo = {0};
    const found *f =
        bsearch(&key, a->face, (size_t)a->n, sizeof *a->face, by_name);
    if (!f)
        return mi_fail(err, MIEN_EARG, "no face was found in it");
    mien_status st = mien_folder_image(&a->folder, name, &photo, err);
    if (!st)
        st = mien_face_chip(&photo, &f->face, a->side, out, err);
    mien_image_free(&photo);
    return st;
}

/* Add the largest face of one picture; keep: whether there is one. */
static mien_status add_face(mien_aligned *a, mien_analyzer *yunet,
                            const char *name, uint8_t *keep, mien_error *err)
{
    mien_image photo = {0};
    mien_faces faces = {0};
    mien_error why = {0};
    *keep = 0;
    mien_status st = mien_folder_image(&a->folder, name, &photo, &why);
    if (!st)
        st = mien_analyzer_run(yunet, &photo, &faces, &why);
    const mien_face *face = st ? NULL : mien_faces_largest(&faces, 0);
    if (face) {
        a->face[a->n++] = (found){name, *face};
        *keep = 1;
    } else if (st != MIEN_ENOMEM) {
        mien_buffer_printf(&a->notes, "%s: %s\n", name,
                           st ? why.text : "no face found; left out");
        a->without += !st;
        a->unread += st != MIEN_OK;
    }
    mien_faces_free(&faces);
    mien_image_free(&photo);
    return st == MIEN_ENOMEM || a->notes.failed ? mi_no_memory(err) : MIEN_OK;
}

/* Find the faces of all pictures, and leave out those without. */
static mien_status find_faces(mien_aligned *a, mien_labels *labels,
                              const mien_aligned_options *o, mien_error *err)
{
    mien_face_options face = MIEN_FACE_DEFAULTS;
    mien_analyzer *yunet = NULL;
    uint8_t *keep = mi_alloc((size_t)labels->n + 1, 1);
    face.pool = o->pool;
    a->face = mi_alloc((size_t)labels->n + 1, sizeof *a->face);
    mien_status st = keep && a->face
                         ? mien_analyzer_find(&face, NULL, NULL, &yunet, err)
                         : mi_no_memory(err);
    for (int64_t i = 0; i < labels->n && !st; i++) {
        st = add_face(a, yunet, labels->name[i], &keep[i], err);
        if (!st && o->on_picture && o->on_picture(o->arg, i + 1, labels->n))
            st = mi_fail(err, MIEN_EARG, "stopped while faces were looked for");
    }
    if (!st && !a->n)
        st = mi_fail(err, MIEN_EARG, "no face in any of %lld pictures",
                     (long long)labels->n);
    if (!st) {
        mien_labels_keep(labels, keep);
        qsort(a->face, (size_t)a->n, sizeof *a->face, by_name);
    }
    mien_analyzer_free(yunet);
    mi_free(keep);
    return st;
}

mien_status mien_aligned_new(mien_labels *labels,
                             const mien_aligned_options *options,
                             mien_aligned **out, mien_error *err)
{
    if (!labels->name || labels->pixels || options->side < 1 ||
        options->side > MIEN_FACE_MAX_INPUT)
        return mi_fail(err, MIEN_EARG,
                       "faces are cut out of files, at 1..%d pixels; these are "
                       "%s, wanted at %d",
                       MIEN_FACE_MAX_INPUT,
                       labels->pixels ? "pictures in a list" : "files",
                       options->side);
    mien_aligned *a = mi_alloc(1, sizeof *a);
    if (!a)
        return mi_no_memory(err);
    a->folder = options->folder;
    a->side = options->side;
    mien_status st = find_faces(a, labels, options, err);
    if (st)
        mien_aligned_free(a);
    else
        *out = a;
    return st;
}

mien_status mien_chip_load(const char *path, mien_analyzer *yunet, int side,
                           mien_image *out, mien_error *err)
{
    mien_photo photo = {0};
    mien_faces faces = {0};
    mien_error why = {0};
    const mien_face *face = NULL;
    mien_status st = mi_photo_load(path, NULL, &photo, &why);
    if (!st && yunet)
        st = mien_analyzer_run(yunet, &photo.im, &faces, &why);
    if (!st && yunet)
        face = mien_faces_largest(&faces, 0);
    if (!st && yunet)
        st = face ? mien_face_chip(&photo.im, face, side, out, &why)
                  : mi_fail(&why, MIEN_EFORMAT, "no face found");
    else if (!st)
        st = mien_image_resize(&photo.im, side, side, MIEN_AREA, out, &why);
    mien_faces_free(&faces);
    mien_photo_free(&photo);
    return st ? mi_file_fail(err, st, path, why.text) : st;
}
