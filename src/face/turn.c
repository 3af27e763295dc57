/* turn.c: photos that lie on their side.
 *
 * A detector finds many faces that lie on their side or stand on their head,
 * but takes them for upright ones: YuNet's five points had the eyes above the
 * mouth all the same, in each of 1,300 such photos of LFW.  What tells is the
 * score. YuNet's best face of 2,500 upright photos had `sure` in all but 1.6 %
 * (LFW) to 11 % (AFLW), and no other turn beat it; turned by 180 degrees, 99.6
 * % of those of LFW had less.  So the other turns are tried where no face is
 * sure, and one is taken if its best face is surer by a margin and has at least
 * `turned`, more than any in a wrong turn had.
 *
 * The turns are tried on the photo made as small as the detector's input for
 * trials, so that turning costs next to nothing. */
#include "face/turn.h"

#include <assert.h>
#include <math.h>

static const double margin = 0.02;

static double best_score(const mi_found_list *l)
{
    return l->n ? l->found[0].score : 0;
}

/* The photo as small as the detector's usual input; out holds no pixels where
 * it is so already. */
static mien_status shrink(const mi_detector *d, const mien_image *photo,
                          mien_image *out, mien_error *err)
{
    int side = d->side < d->kind->trial ? d->side : d->kind->trial;
    double scale = side / fmax(photo->w, photo->h);
    *out = (mien_image){0};
    if (scale >= 1)
        return MIEN_OK;
    return mien_image_resize(photo, (int)fmax(1, photo->w * scale + 0.5),
                             (int)fmax(1, photo->h * scale + 0.5), MIEN_AREA,
                             out, err);
}

/* The best score of a picture in a turn. */
static mien_status try_turn(mi_detector *d, const mien_image *im, int quarters,
                            mi_found_list *spare, double *score,
                            mien_error *err)
{
    mien_image turned;
    mien_status st = mien_image_turn(im, quarters, &turned, err);
    if (st != MIEN_OK)
        return st;
    d->coarse = 1;
    st = mi_detector_run(d, &turned, spare, err);
    d->coarse = 0;
    mien_image_free(&turned);
    *score = best_score(spare);
    return st;
}

/* The turn of a photo whose best score as it lies is given; 0 if no other is
 * better. */
static mien_status choose_turn(mi_detector *d, const mien_image *photo,
                               double score, mi_found_list *spare,
                               int *quarters, mien_error *err)
{
    mien_image small;
    *quarters = 0;
    mien_status st = shrink(d, photo, &small, err);
    double best = fmax(d->kind->turned, score + margin);
    for (int i = 1; i < 4 && st == MIEN_OK; i++) {
        double own;
        st = try_turn(d, small.data ? &small : photo, i, spare, &own, err);
        if (st != MIEN_OK || own < best)
            continue;
        best = own;
        *quarters = i;
    }
    mien_image_free(&small);
    return st;
}

static mien_status turn(const mien_image *photo, int quarters, mi_turned *out,
                        mien_error *err)
{
    mien_status st = mien_image_turn(photo, quarters, &out->own, err);
    if (st != MIEN_OK)
        return st;
    out->photo = &out->own;
    out->quarters = quarters;
    return MIEN_OK;
}

/* Try other turns of a photo without a sure face; found is left as it is where
 * none is better. */
static mien_status detect_unsure(mi_detector *d, const mien_image *photo,
                                 mi_turned *out, mi_found_list *found,
                                 mi_found_list *spare, mien_error *err)
{
    int quarters;
    mien_status st =
        choose_turn(d, photo, best_score(found), spare, &quarters, err);
    if (st != MIEN_OK || !quarters)
        return st;
    st = turn(photo, quarters, out, err);
    if (st == MIEN_OK)
        st = mi_detector_run(d, out->photo, spare, err);
    if (st != MIEN_OK)
        return st;
    mi_found_list as_given = *found;
    *found = *spare;
    *spare = as_given;
    return MIEN_OK;
}

mien_status mi_turned_detect(mi_detector *d, mien_rotate want,
                             const mien_image *photo, mi_turned *out,
                             mi_found_list *found, mi_found_list *spare,
                             mien_error *err)
{
    mien_status st = MIEN_OK;
    *out = (mi_turned){.photo = photo};
    if (want != MIEN_ROTATE_0 && want != MIEN_ROTATE_AUTO)
        st = turn(photo, (int)want, out, err);
    if (st == MIEN_OK)
        st = mi_detector_run(d, out->photo, found, err);
    if (st == MIEN_OK && want == MIEN_ROTATE_AUTO &&
        best_score(found) < d->kind->sure)
        st = detect_unsure(d, photo, out, found, spare, err);
    if (st != MIEN_OK)
        mi_turned_done(out);
    return st;
}

void mi_turned_done(mi_turned *t)
{
    mien_image_free(&t->own);
    *t = (mi_turned){0};
}

/* Where a point of the turned photo lies in the photo of w x h. */
static mien_point point_back(mien_point p, int quarters, float w, float h)
{
    switch (quarters) {
    case 1: return (mien_point){p.y, h - p.x};
    case 2: return (mien_point){w - p.x, h - p.y};
    case 3: return (mien_point){w - p.y, p.x};
    default: return p;
    }
}

static mien_box box_back(mien_box b, int quarters, float w, float h)
{
    mien_point p = point_back((mien_point){b.x, b.y}, quarters, w, h);
    mien_point q =
        point_back((mien_point){b.x + b.width, b.y + b.height}, quarters, w, h);
    float across = quarters % 2 ? b.height : b.width;
    float down = quarters % 2 ? b.width : b.height;
    return (mien_box){fminf(p.x, q.x), fminf(p.y, q.y), across, down};
}

void mi_face_turn_back(mien_face *f, int quarters, int w, int h)
{
    float x = (float)w, y = (float)h;
    assert(quarters >= 0 && quarters < 4);
    f->rotation = 90 * quarters;
    if (!quarters)
        return;
    f->box = box_back(f->box, quarters, x, y);
    if (f->aligned.width > 0)
        f->aligned = box_back(f->aligned, quarters, x, y);
    for (int i = 0; i < f->n_keypoints; i++)
        f->keypoints[i] = point_back(f->keypoints[i], quarters, x, y);
    for (int i = 0; i < f->n_landmarks; i++)
        f->landmarks[i] = point_back(f->landmarks[i], quarters, x, y);
}
