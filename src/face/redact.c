/* redact.c: faces are found, covered, and looked for again.
 *
 * The first round takes what any pass finds at its lowered threshold.  Later
 * rounds take what a pass finds at its usual one in the photo as it is then,
 * until nothing is found: a cover may have left a part of a face, and other
 * faces are found when large ones are gone.
 *
 * Between the first round and the first cover it is asked which faces may stay.
 * Where a face that stays and the cover of a sure one meet, the cover wins; of
 * one in doubt the face that stays does. */
#include "mien/face_redact.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "face/redact.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 5 };

/* Ways of looking; YuNet's at the usual size in all four turns. */
static const struct way {
    mien_detector detector;
    int size;
    mien_rotate rotate;
    float usual; /* threshold */
} ways[] = {{MIEN_DETECTOR_YUNET, 0, MIEN_ROTATE_0, 0.6f},
            {MIEN_DETECTOR_YUNET, 1280, MIEN_ROTATE_0, 0.6f},
            {MIEN_DETECTOR_YUNET, 320, MIEN_ROTATE_0, 0.6f},
            {MIEN_DETECTOR_YUNET, 0, MIEN_ROTATE_90, 0.6f},
            {MIEN_DETECTOR_YUNET, 0, MIEN_ROTATE_180, 0.6f},
            {MIEN_DETECTOR_YUNET, 0, MIEN_ROTATE_270, 0.6f},
            {MIEN_DETECTOR_TINY, 0, MIEN_ROTATE_0, 0.5f},
            {MIEN_DETECTOR_SSD, 0, MIEN_ROTATE_0, 0.5f}};
enum { WAYS = sizeof ways / sizeof *ways };

struct mien_redactor {
    mien_redact_options options;
    mien_analyzer *by[WAYS]; /* NULL: its network is not there */
};

/* ---- detectors ----------------------------------------------------------- */

/* A detector whose network is not there is left out. */
static mien_status open_way(mien_redactor *r, int i, mien_error *err)
{
    const struct way *w = &ways[i];
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_error why = {0};
    o.detector = w->detector;
    o.input_size = w->size;
    o.rotate = w->rotate;
    o.min_score = w->usual * r->options.strictness;
    o.pool = r->options.pool;
    int inside = w->detector == MIEN_DETECTOR_YUNET;
    if (!inside && !r->options.find)
        return MIEN_OK;
    mien_status st = mien_analyzer_find(&o, inside ? NULL : r->options.find,
                                        r->options.arg, &r->by[i], &why);
    if (st == MIEN_EIO && !inside)
        return MIEN_OK;
    if (st && err)
        *err = why;
    return st;
}

mien_status mien_redactor_new(const mien_redact_options *options,
                              mien_redactor **out, mien_error *err)
{
    mien_redact_options o = MIEN_REDACT_DEFAULTS;
    if (options)
        o = *options;
    if (!(o.strictness > 0 && o.strictness <= 1))
        return mi_fail(err, MIEN_EARG,
                       "redact: strictness %g, wanted above 0 to 1",
                       (double)o.strictness);
    if (!(o.margin >= 0 && o.margin <= 2))
        return mi_fail(err, MIEN_EARG, "redact: margin %g, wanted 0 to 2",
                       o.margin);
    mien_redactor *r = mi_alloc(1, sizeof *r);
    mien_status st = r ? MIEN_OK : mi_no_memory(err);
    if (r)
        r->options = o;
    for (int i = 0; i < WAYS && !st; i++)
        st = open_way(r, i, err);
    if (st)
        mien_redactor_free(r);
    else
        *out = r;
    return st;
}

void mien_redactor_free(mien_redactor *r)
{
    for (int i = 0; r && i < WAYS; i++)
        mien_analyzer_free(r->by[i]);
    mi_free(r);
}

unsigned mien_redactor_detectors(const mien_redactor *r)
{
    unsigned all = 0;
    for (int i = 0; i < WAYS; i++)
        if (r->by[i])
            all |= 1u << ways[i].detector;
    return all;
}

/* ---- covers -------------------------------------------------------------- */

/* Does the middle of a box lie in another? */
static int is_middle_in(mien_box a, mien_box b)
{
    float x = a.x + a.width / 2, y = a.y + a.height / 2;
    return x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height;
}

/* Whole pixels of a side from `from` to `to`, inside 0..size. */
static void clip(double from, double to, int size, float *at, float *length)
{
    double a = fmin(fmax(floor(from), 0), size);
    double b = fmin(fmax(ceil(to), a), size);
    *at = (float)a;
    *length = (float)(b - a);
}

mien_box mi_cover_of(mien_box f, int rotation, double margin,
                     const mien_image *photo)
{
    double by = margin * fmax((double)f.width, (double)f.height);
    double up = rotation == 0 ? 1.5 * by : by;
    double sides = rotation == 90 || rotation == 270 ? 1.5 * by : by;
    double down = rotation == 180 ? 1.5 * by : by;
    mien_box c;
    clip((double)f.x - sides, (double)f.x + (double)f.width + sides, photo->w,
         &c.x, &c.width);
    clip((double)f.y - up, (double)f.y + (double)f.height + down, photo->h,
         &c.y, &c.height);
    return c;
}

mien_box mi_cover_wider(mien_box c, double by, const mien_image *photo)
{
    mien_box wider;
    clip((double)c.x - by, (double)c.x + (double)c.width + by, photo->w,
         &wider.x, &wider.width);
    clip((double)c.y - by, (double)c.y + (double)c.height + by, photo->h,
         &wider.y, &wider.height);
    return wider;
}

int mi_cover_within(mien_box part, mien_box whole)
{
    float w = fminf(part.x + part.width, whole.x + whole.width) -
              fmaxf(part.x, whole.x);
    float h = fminf(part.y + part.height, whole.y + whole.height) -
              fmaxf(part.y, whole.y);
    return w > 0 && h > 0 && w * h >= 0.75f * part.width * part.height;
}

int mi_cover_same(mien_box a, mien_box b)
{
    return is_middle_in(a, b) && is_middle_in(b, a);
}

/* Is what lies of a face inside the photo hidden by a cover? */
static int is_hidden(mien_box face, mien_box cover, const mien_image *photo)
{
    mien_box c = mi_cover_of(face, 0, 0, photo);
    return c.x >= cover.x && c.y >= cover.y &&
           c.x + c.width <= cover.x + cover.width &&
           c.y + c.height <= cover.y + cover.height;
}

/* The least box around two. */
static mien_box both(mien_box a, mien_box b)
{
    if (!(a.width > 0 && a.height > 0))
        return b;
    if (!(b.width > 0 && b.height > 0))
        return a;
    float right = fmaxf(a.x + a.width, b.x + b.width);
    float end = fmaxf(a.y + a.height, b.y + b.height);
    mien_box c = {fminf(a.x, b.x), fminf(a.y, b.y), 0, 0};
    c.width = right - c.x;
    c.height = end - c.y;
    return c;
}

/* Add a face, or join it to one that is the same; a box in doubt makes the
 * cover of a sure one no larger. */
static mien_status note(const mien_redactor *r, const mien_image *photo,
                        const mien_face *f, float usual, mien_redaction *d,
                        mien_error *err)
{
    mien_box cover = mi_cover_of(f->box, f->rotation, r->options.margin, photo);
    int sure = f->score >= usual;
    for (int i = 0; i < d->n; i++) {
        mien_cover *c = &d->cover[i];
        if (!mi_cover_same(f->box, c->face))
            continue;
        if ((sure || c->doubt) && !is_hidden(f->box, c->cover, photo))
            c->cover = both(
                c->cover, c->doubt ? cover : mi_cover_of(f->box, 0, 0, photo));
        c->score = fmaxf(c->score, f->score);
        c->doubt &= !sure;
        return MIEN_OK;
    }
    mien_cover *last = mi_push(&d->cover, d->n, sizeof *last);
    if (!last)
        return mi_no_memory(err);
    *last = (mien_cover){f->box, cover, f->score, !sure, 0};
    d->n++;
    return MIEN_OK;
}

/* Where the first of some boxes that holds a pixel ends in its row; 0: none. */
static int end_of_kept(const mien_box *kept, int n, int x, int y)
{
    for (int i = 0; i < n; i++)
        if ((float)(x + 1) > kept[i].x &&
            (float)x < kept[i].x + kept[i].width &&
            (float)(y + 1) > kept[i].y && (float)y < kept[i].y + kept[i].height)
            return (int)ceilf(kept[i].x + kept[i].width);
    return 0;
}

void mi_cover_fill(mien_image *photo, mien_box box, const uint8_t colour[3],
                   const mien_box *kept, int n)
{
    int x0 = (int)box.x, y0 = (int)box.y;
    int x1 = x0 + (int)box.width, y1 = y0 + (int)box.height;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            int end = end_of_kept(kept, n, x, y);
            if (end)
                x = end - 1;
            else
                memcpy(photo->data + y * photo->stride + (ptrdiff_t)x * 3,
                       colour, 3);
        }
}

/* Is a face one of those that stay? */
static int is_kept(const mien_redaction *d, mien_box face)
{
    for (int i = 0; i < d->n; i++)
        if (d->cover[i].kept && mi_cover_same(face, d->cover[i].face))
            return 1;
    return 0;
}

/* Look in every way; in later rounds only what is sure counts, and not what
 * stays.
 *
 *   found  set to how many count */
static mien_status look(mien_redactor *r, const mien_image *photo,
                        mien_redaction *d, int *found, mien_error *err)
{
    mien_status st = MIEN_OK;
    *found = 0;
    for (int i = 0; i < WAYS && !st; i++) {
        mien_faces faces = {0};
        if (r->by[i])
            st = mien_analyzer_run(r->by[i], photo, &faces, err);
        for (int k = 0; k < faces.n && !st; k++) {
            const mien_face *f = &faces.face[k];
            if (d->rounds > 0 && f->score < ways[i].usual)
                continue;
            if (d->rounds > 0 && is_kept(d, f->box))
                continue;
            ++*found;
            st = note(r, photo, f, ways[i].usual, d, err);
        }
        mien_faces_free(&faces);
    }
    return st;
}

/* Ask which of the faces that were found may stay, and leave out what is no
 * more than a part of one that does. */
static mien_status ask(const mien_redactor *r, const mien_image *photo,
                       mien_redaction *d, mien_error *err)
{
    const mien_redact_options *o = &r->options;
    mien_status st = MIEN_OK;
    for (int i = 0; o->keep && i < d->n && !st; i++) {
        int keep = 0;
        if (!d->cover[i].doubt)
            st = o->keep(o->keep_arg, photo, d->cover[i].face, &keep, err);
        d->cover[i].kept = keep != 0;
    }
    int n = 0;
    for (int i = 0; !st && i < d->n; i++) {
        int part = 0;
        for (int k = 0; k < d->n && d->cover[i].doubt && !part; k++)
            part = d->cover[k].kept &&
                   mi_cover_within(d->cover[i].face, d->cover[k].face);
        if (!part)
            d->cover[n++] = d->cover[i];
    }
    if (!st)
        d->n = n;
    return st;
}

/* Cover what does not stay. */
static mien_status fill(const mien_redactor *r, mien_image *photo,
                        const mien_redaction *d, mien_error *err)
{
    int n = 0;
    mien_box *kept = mi_alloc((size_t)d->n + 1, sizeof *kept);
    if (!kept)
        return mi_no_memory(err);
    for (int i = 0; i < d->n; i++)
        if (d->cover[i].kept)
            kept[n++] = d->cover[i].face;
    for (int i = 0; i < d->n; i++) {
        const mien_cover *c = &d->cover[i];
        if (!c->kept)
            mi_cover_fill(photo, c->cover, r->options.colour, kept,
                          c->doubt ? n : 0);
    }
    mi_free(kept);
    return MIEN_OK;
}

mien_status mien_redactor_run(mien_redactor *r, mien_image *photo,
                              mien_redaction *out, mien_error *err)
{
    mien_redaction d = {0};
    mien_status st = MIEN_OK;
    int found = 1;
    while (found && d.rounds < ROUNDS && !st) {
        st = look(r, photo, &d, &found, err);
        if (!st && !d.rounds)
            st = ask(r, photo, &d, err);
        if (!st)
            st = fill(r, photo, &d, err);
        d.rounds++;
    }
    if (st) {
        mien_redaction_free(&d);
        return st;
    }
    d.left = found;
    for (int i = 0; i < d.n; i++) {
        d.doubts += d.cover[i].doubt;
        d.kept += d.cover[i].kept;
    }
    *out = d;
    return MIEN_OK;
}

void mien_redaction_free(mien_redaction *d)
{
    if (!d)
        return;
    mi_free(d->cover);
    memset(d, 0, sizeof *d);
}
