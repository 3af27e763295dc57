/* One photo from pixels to what is asked of each face.
 *
 *   detect -> for each face: landmarks -> aligned box -> attributes
 *                                     \-> square -> descriptor
 *             five points (MobileFaceNet) ----------/
 *
 * Attributes are read from the box around the landmarks where landmarks are
 * found (the landmark model is given), else from the detector's box: as in
 * face-api.js, src/globalApi/extractFacesAndComputeResults.ts. */
#include "mien/face.h"

#include "base/alloc.h"
#include "base/error.h"
#include "face/describe.h"
#include "face/detector.h"
#include "face/landmark.h"
#include "face/turn.h"

#include <math.h>
#include <string.h>

enum {
    AGE_GENDER = MIEN_FACE_AGE | MIEN_FACE_GENDER,
    POINTS = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR,
    ALL = POINTS | MIEN_FACE_EXPRESSION | AGE_GENDER
};

struct mien_analyzer {
    unsigned want;
    mien_describer describer;
    mi_feeder feeder;
    mi_detector detector;
    mi_stage landmarks, descriptor, expression, age_gender;
    mi_found_list found, spare;
    mien_rotate rotate;
    mien_face_times times;
    mien_face_kit *own; /* NULL: its networks are borrowed */
};

/* 1: descriptors are MobileFaceNet's. */
static int is_mobile(const mien_analyzer *a)
{
    return MI_HAS_MOBILEFACENET && a->describer == MIEN_DESCRIBER_MOBILEFACENET;
}

static mien_status plan(mi_stage *s, const mi_stage_kind *kind,
                        const mien_graph *g, int side, mien_pool *pool,
                        mien_error *err)
{
    if (!g)
        return mi_fail(err, MIEN_EARG, "face: the %s model is missing",
                       kind->task);
    return mi_stage_init(s, kind, g, side, side, pool, err);
}

/* Plan the networks that the wanted readings need. */
static mien_status plan_all(mien_analyzer *a, const mien_face_models *m,
                            mien_error *err)
{
    mien_pool *pool = a->feeder.pool;
    mien_status st = MIEN_OK;
    unsigned points = m->landmarks ? a->want : a->want & POINTS;
    if (points)
        st = plan(&a->landmarks, &mi_landmark_stage, m->landmarks,
                  MI_ATTRIBUTE_SIDE, pool, err);
    int mobile = is_mobile(a);
    if (st == MIEN_OK && (a->want & MIEN_FACE_DESCRIPTOR))
        st = plan(&a->descriptor,
                  mobile ? &mi_mobilefacenet_stage : &mi_descriptor_stage,
                  m->descriptor,
                  mobile ? MI_MOBILEFACENET_SIDE : MI_DESCRIPTOR_SIDE, pool,
                  err);
    if (st == MIEN_OK && (a->want & MIEN_FACE_EXPRESSION))
        st = plan(&a->expression, &mi_expression_stage, m->expression,
                  MI_ATTRIBUTE_SIDE, pool, err);
    if (st == MIEN_OK && (a->want & AGE_GENDER))
        st = plan(&a->age_gender, &mi_age_gender_stage, m->age_gender,
                  MI_ATTRIBUTE_SIDE, pool, err);
    return st;
}

mien_status mien_analyzer_new(const mien_face_models *models,
                              const mien_face_options *options,
                              mien_analyzer **out, mien_error *err)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    if (options)
        o = *options;
    if (o.want & ~(unsigned)ALL)
        return mi_fail(err, MIEN_EARG, "face: %#x asks for what is not known",
                       o.want & ~(unsigned)ALL);
    if ((unsigned)o.rotate > MIEN_ROTATE_AUTO)
        return mi_fail(err, MIEN_EARG, "face: no turn has number %d",
                       (int)o.rotate);
    if ((unsigned)o.describer > MIEN_DESCRIBER_MOBILEFACENET)
        return mi_fail(err, MIEN_EARG, "face: no describer has number %d",
                       (int)o.describer);
    if (o.describer == MIEN_DESCRIBER_MOBILEFACENET && !MI_HAS_MOBILEFACENET)
        return mi_fail(err, MIEN_EUNSUP, "face: no MobileFaceNet here");
    mien_analyzer *a = mi_alloc(1, sizeof *a);
    if (!a)
        return mi_fail(err, MIEN_ENOMEM, "face: no memory for an analyzer");
    a->want = o.want;
    a->rotate = o.rotate;
    a->describer = o.describer;
    a->feeder.pool = o.pool;
    mien_status st =
        mi_detector_init(&a->detector, models->detector, &o, &a->feeder, err);
    if (st == MIEN_OK)
        st = plan_all(a, models, err);
    if (st == MIEN_OK)
        *out = a;
    else
        mien_analyzer_free(a);
    return st;
}

mien_status mien_analyzer_find(const mien_face_options *options,
                               mien_model_lookup *find, void *arg,
                               mien_analyzer **out, mien_error *err)
{
    mien_analyzer *a = NULL;
    mien_face_kit *own = mi_alloc(1, sizeof *own);
    if (!own)
        return mi_no_memory(err);
    mien_status st = mien_face_kit_find(options, find, arg, own, err);
    if (st == MIEN_OK)
        st = mien_analyzer_new(&own->graphs, options, &a, err);
    if (st != MIEN_OK) {
        mien_face_kit_done(own);
        mi_free(own);
        return st;
    }
    a->own = own;
    *out = a;
    return MIEN_OK;
}

void mien_analyzer_free(mien_analyzer *a)
{
    if (!a)
        return;
    mi_detector_done(&a->detector);
    mi_stage_done(&a->landmarks);
    mi_stage_done(&a->descriptor);
    mi_stage_done(&a->expression);
    mi_stage_done(&a->age_gender);
    mi_found_done(&a->found);
    mi_found_done(&a->spare);
    mi_feeder_done(&a->feeder);
    mien_face_kit_done(a->own);
    mi_free(a->own);
    mi_free(a);
}

/* Add the time since *since to *sum, and start again. */
static void lap(double *since, double *sum)
{
    double t = mien_clock();
    *sum += t - *since;
    *since = t;
}

/* Read expression, age and gender from the crop of a face. */
static mien_status read_attributes(mien_analyzer *a, const mien_image *photo,
                                   mi_rect box, mien_face *f, mien_error *err)
{
    mi_crop crop = mi_rect_clip(mi_rect_for_size(box, photo->w, photo->h),
                                photo->w, photo->h);
    mien_status st = MIEN_OK;
    if (crop.w == 0)
        return st;
    if (a->expression.plan) {
        st = mi_read_expression(&a->expression, &a->feeder, photo, crop,
                                f->expression, err);
        f->has |= MIEN_FACE_EXPRESSION;
    }
    if (st == MIEN_OK && a->age_gender.plan) {
        st = mi_read_age_gender(&a->age_gender, &a->feeder, photo, crop,
                                &f->age, &f->male, err);
        f->has |= a->want & AGE_GENDER;
    }
    return st;
}

/* Where the detector has found no five points they are made of the 68. */
static mien_status describe_five(mien_analyzer *a, const mien_image *photo,
                                 const mi_landmarks *l, mien_face *f,
                                 mien_error *err)
{
    int found = 0;
    mien_point five[5];
    mien_status st = MIEN_OK;
    memcpy(five, f->keypoints, sizeof five);
    if (f->n_keypoints < 5 && l->crop.w > 0)
        mi_align_five(l, five);
    if (f->n_keypoints == 5 || l->crop.w > 0)
        st = mi_describe_points(&a->descriptor, photo, five, f->descriptor,
                                &found, err);
    f->has |= found ? MIEN_FACE_DESCRIPTOR : 0;
    return st;
}

/* The descriptor of a face, if it can be told. */
static mien_status describe(mien_analyzer *a, const mien_image *photo,
                            const mi_landmarks *l, mien_face *f,
                            mien_error *err)
{
    f->describer = a->describer;
    if (is_mobile(a))
        return describe_five(a, photo, l, f, err);
    if (l->crop.w == 0)
        return MIEN_OK;
    mi_crop crop = mi_rect_clip(mi_align_square(l), photo->w, photo->h);
    if (crop.w == 0)
        return MIEN_OK;
    f->has |= MIEN_FACE_DESCRIPTOR;
    return mi_describe(&a->descriptor, &a->feeder, photo, crop, f->descriptor,
                       err);
}

static void put_landmarks(const mi_landmarks *l, mien_face *f)
{
    for (int i = 0; i < MI_LANDMARKS; i++)
        f->landmarks[i] = (mien_point){(float)l->x[i], (float)l->y[i]};
    f->n_landmarks = MI_LANDMARKS;
    f->has |= MIEN_FACE_LANDMARKS;
}

/* MobileFaceNet alone does without the 68 points where there are five. */
static int wants_landmarks(const mien_analyzer *a, const mien_face *f)
{
    return a->want != MIEN_FACE_DESCRIPTOR || f->n_keypoints < 5 ||
           !is_mobile(a);
}

/* Everything but the box. */
static mien_status read_face(mien_analyzer *a, const mien_image *photo,
                             mi_rect box, mien_face *f, mien_error *err)
{
    mien_status st = MIEN_OK;
    mi_landmarks l = {.crop = {0}};
    double since = mien_clock();
    if (a->landmarks.plan && wants_landmarks(a, f))
        st = mi_landmarks_find(&a->landmarks, &a->feeder, photo, box, &l, err);
    if (st == MIEN_OK && l.crop.w > 0) {
        box = mi_rect_scale(
            mi_rect_scale(mi_align_around(&l), 1.0 / photo->w, 1.0 / photo->h),
            photo->w, photo->h);
        f->aligned = mi_rect_box(box);
        if (a->want & MIEN_FACE_LANDMARKS)
            put_landmarks(&l, f);
    }
    lap(&since, &a->times.landmarks);
    if (st == MIEN_OK)
        st = read_attributes(a, photo, box, f, err);
    lap(&since, &a->times.attributes);
    if (st == MIEN_OK && a->descriptor.plan)
        st = describe(a, photo, &l, f, err);
    lap(&since, &a->times.descriptor);
    return st;
}

/* Read every face that was found in a photo. */
static mien_status read_found(mien_analyzer *a, const mien_image *photo,
                              mien_faces *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    mien_faces faces = {.n = a->found.n};
    if (faces.n) {
        faces.face = mi_alloc((size_t)faces.n, sizeof *faces.face);
        if (!faces.face)
            return mi_fail(err, MIEN_ENOMEM, "face: no memory for %d faces",
                           faces.n);
    }
    for (int i = 0; i < faces.n && st == MIEN_OK; i++) {
        const mi_found *found = &a->found.found[i];
        mien_face *f = &faces.face[i];
        f->box = mi_rect_box(found->box);
        f->score = (float)found->score;
        f->n_keypoints = found->n_keypoints;
        for (int k = 0; k < found->n_keypoints; k++)
            f->keypoints[k] = found->keypoints[k];
        st = read_face(a, photo, found->box, f, err);
    }
    if (st == MIEN_OK)
        *out = faces;
    else
        mien_faces_free(&faces);
    return st;
}

mien_status mien_analyzer_run(mien_analyzer *a, const mien_image *photo,
                              mien_faces *out, mien_error *err)
{
    mi_turned turned;
    mien_faces faces = {0};
    a->times = (mien_face_times){0};
    double since = mien_clock();
    mien_status st = mi_turned_detect(&a->detector, a->rotate, photo, &turned,
                                      &a->found, &a->spare, err);
    lap(&since, &a->times.detect);
    if (st != MIEN_OK)
        return st;
    st = read_found(a, turned.photo, &faces, err);
    for (int i = 0; i < faces.n; i++)
        mi_face_turn_back(&faces.face[i], turned.quarters, photo->w, photo->h);
    mi_turned_done(&turned);
    if (st == MIEN_OK)
        *out = faces;
    return st;
}

mien_status mien_analyzer_read_face(mien_analyzer *a, const mien_image *photo,
                                    const mien_face *found, mien_face *out,
                                    mien_error *err)
{
    const mien_box box = found->box;
    const float *b = (const float[]){box.x, box.y, box.width, box.height};
    for (int i = 0; i < 4; i++)
        if (!isfinite(b[i]) || (i >= 2 && b[i] <= 0))
            return mi_fail(err, MIEN_EARG,
                           "face: box %g, %g, %g x %g, wanted finite numbers "
                           "and an area",
                           (double)b[0], (double)b[1], (double)b[2],
                           (double)b[3]);
    mi_rect r = {(double)box.x, (double)box.y, (double)box.width,
                 (double)box.height};
    mien_face f = {.box = box, .score = found->score};
    if (found->n_keypoints == 5) {
        f.n_keypoints = 5;
        memcpy(f.keypoints, found->keypoints, sizeof f.keypoints);
    }
    a->times = (mien_face_times){0};
    mien_status st = read_face(a, photo, r, &f, err);
    if (!st)
        *out = f;
    return st;
}

mien_status mien_analyzer_read(mien_analyzer *a, const mien_image *photo,
                               mien_box box, mien_face *out, mien_error *err)
{
    const mien_face known = {.box = box, .score = 1};
    return mien_analyzer_read_face(a, photo, &known, out, err);
}

mien_face_times mien_analyzer_times(const mien_analyzer *a) { return a->times; }

void mien_faces_free(mien_faces *f)
{
    if (!f)
        return;
    mi_free(f->face);
    for (int i = 0; i < f->choices; i++)
        mi_free(f->choice[i].probability);
    *f = (mien_faces){0};
}
