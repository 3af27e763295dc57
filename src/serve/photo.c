/* photo.c: the faces of a photo in memory.
 *
 * Faces are found first; what else is wanted is read only of those that are
 * sure and large enough to be told of. */
#include "serve/photo.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* A reader of one wish; one that lacks its network stays NULL, and why. */
static mien_status open_reader(mien_reader_options *o, unsigned want,
                               mien_reader **out, mien_error *why,
                               mien_error *err)
{
    o->face.want = want;
    mien_status st = mien_reader_open(o, out, why ? why : err);
    return why && st == MIEN_EIO ? MIEN_OK
           : why && st           ? mi_fail(err, st, "%s", why->text)
                                 : st;
}

mien_status mi_photos_open(mi_photos *p, const char *models,
                           mien_describer describer, int lanes, mien_error *err)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    o.models = models;
    o.lanes = lanes;
    o.threads = 1;
    o.face.rotate = MIEN_ROTATE_0;
    o.face.min_score = MI_PHOTO_MIN_SCORE;
    o.face.describer = describer;
    *p = (mi_photos){0};
    mien_status st = open_reader(&o, 0, &p->find, NULL, err);
    if (!st)
        st = open_reader(&o, MIEN_FACE_DESCRIPTOR, &p->describe,
                         &p->no_describe, err);
    if (!st)
        st = open_reader(&o, MIEN_FACE_AGE | MIEN_FACE_GENDER, &p->guess,
                         &p->no_guess, err);
    if (st)
        mi_photos_close(p);
    return st;
}

void mi_photos_close(mi_photos *p)
{
    if (!p)
        return;
    mien_reader_free(p->find);
    mien_reader_free(p->describe);
    mien_reader_free(p->guess);
    *p = (mi_photos){0};
}

/* Larger first, of equals the surer. */
static int by_area(const void *a, const void *b)
{
    const mien_face *x = a, *y = b;
    float ax = x->box.width * x->box.height;
    float ay = y->box.width * y->box.height;
    if (ax != ay)
        return ax < ay ? 1 : -1;
    return (x->score < y->score) - (x->score > y->score);
}

static void keep(mien_faces *f, const mien_serve_wish *wish)
{
    int n = 0;
    for (int i = 0; i < f->n; i++)
        if (f->face[i].score >= wish->min_score)
            f->face[n++] = f->face[i];
    f->n = n;
    if (n > 1)
        qsort(f->face, (size_t)n, sizeof *f->face, by_area);
    if (wish->limit && wish->limit < n)
        f->n = wish->limit;
}

/* Read of a face what an analyzer reads, by its box and its five points. */
static mien_status read_more(mien_analyzer *a, const mien_image *im,
                             mien_face *f, mien_face_times *t, mien_error *err)
{
    mien_face more;
    mien_status st = mien_analyzer_read_face(a, im, f, &more, err);
    if (st)
        return st;
    mien_face_times took = mien_analyzer_times(a);
    t->landmarks += took.landmarks;
    t->descriptor += took.descriptor;
    t->attributes += took.attributes;
    if (more.has & MIEN_FACE_DESCRIPTOR) {
        f->describer = more.describer;
        memcpy(f->descriptor, more.descriptor, sizeof f->descriptor);
    }
    f->age = more.has & MIEN_FACE_AGE ? more.age : f->age;
    f->male = more.has & MIEN_FACE_GENDER ? more.male : f->male;
    f->has |= more.has;
    return MIEN_OK;
}

/* What is asked for of every face, with one reader. */
static mien_status read_all(mien_reader *r, const mien_error *lacks, int lane,
                            const mien_image *im, mien_reading *got,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    if (!r)
        return mi_fail(err, MIEN_EIO, "%s", lacks->text);
    mien_analyzer *a = mien_reader_analyzer(r, lane);
    for (int i = 0; i < got->faces.n && !st; i++)
        st = read_more(a, im, &got->faces.face[i], &got->times, err);
    return st;
}

mien_status mi_photos_read(void *photos, int lane, const uint8_t *bytes,
                           size_t n, const mien_serve_wish *wish,
                           mien_reading *out, mien_error *err)
{
    const mi_photos *p = photos;
    mien_read_options o = MIEN_READ_DEFAULTS;
    mien_photo photo = {0};
    mien_reading got = {0};
    o.max_pixels = MIEN_IMAGE_MAX_PIXELS;
    double start = mien_clock();
    mien_status st = mien_photo_read(bytes, n, &o, &photo, err);
    if (st)
        return st;
    mien_analyzer *a = mien_reader_analyzer(p->find, lane);
    got.w = photo.w;
    got.h = photo.h;
    memcpy(got.taken, photo.taken, sizeof got.taken);
    got.decode = mien_clock() - start;
    st = mien_analyzer_run(a, &photo.im, &got.faces, err);
    got.times = mien_analyzer_times(a);
    if (!st)
        keep(&got.faces, wish);
    if (!st && wish->want & MIEN_FACE_DESCRIPTOR)
        st = read_all(p->describe, &p->no_describe, lane, &photo.im, &got, err);
    if (!st && wish->want & (MIEN_FACE_AGE | MIEN_FACE_GENDER))
        st = read_all(p->guess, &p->no_guess, lane, &photo.im, &got, err);
    mien_photo_free(&photo);
    if (st)
        mien_faces_free(&got.faces);
    else
        *out = got;
    return st;
}
