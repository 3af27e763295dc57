/* What the detectors share: options, and plans for input shapes. */
#include "face/detector.h"

#include "base/error.h"

#include <string.h>

const mi_detector_kind *mi_detector_kind_of(mien_detector d)
{
    switch (d) {
    case MIEN_DETECTOR_YUNET: return &mi_detector_yunet;
    case MIEN_DETECTOR_TINY: return &mi_detector_tiny;
    case MIEN_DETECTOR_SSD: return &mi_detector_ssd;
    }
    return NULL;
}

/* Refuse options outside their range, naming the range. */
static mien_status check_options(const mien_face_options *o,
                                 const mi_detector_kind *kind, mien_error *err)
{
    int side = o->input_size;
    if (side < 0 || side > MIEN_FACE_MAX_INPUT || side % 32 != 0)
        return mi_fail(err, MIEN_EARG,
                       "face: input size %d, wanted a multiple of 32 up to %d",
                       side, MIEN_FACE_MAX_INPUT);
    if (kind->bound && side != 0 && side != kind->side)
        return mi_fail(err, MIEN_EARG,
                       "face: input size %d, this detector has %d only", side,
                       kind->side);
    if (!(o->min_score >= 0 && o->min_score < 1))
        return mi_fail(err, MIEN_EARG,
                       "face: smallest score %g, wanted 0 <= score < 1",
                       (double)o->min_score);
    if (!(o->max_overlap >= 0 && o->max_overlap <= 1))
        return mi_fail(err, MIEN_EARG, "face: largest overlap %g, wanted 0..1",
                       (double)o->max_overlap);
    if (o->max_faces < 0)
        return mi_fail(err, MIEN_EARG, "face: at most %d faces, wanted >= 0",
                       o->max_faces);
    return MIEN_OK;
}

mien_status mi_detector_init(mi_detector *d, const mien_graph *g,
                             const mien_face_options *o, mi_feeder *feeder,
                             mien_error *err)
{
    *d = (mi_detector){0};
    const mi_detector_kind *kind = mi_detector_kind_of(o->detector);
    if (!kind)
        return mi_fail(err, MIEN_EARG, "face: no detector has number %d",
                       (int)o->detector);
    mien_status st = check_options(o, kind, err);
    if (st == MIEN_OK && !g)
        st = mi_fail(err, MIEN_EARG, "face: the %s model is missing",
                     kind->stage->task);
    mi_detector made = {.kind = kind, .graph = g, .feeder = feeder};
    if (st == MIEN_OK)
        st = mi_stage_check(kind->stage, g, &made.bound_w, &made.bound_h, err);
    if (st != MIEN_OK)
        return st;
    made.min_score = o->min_score > 0 ? (double)o->min_score : kind->min_score;
    made.max_overlap =
        o->max_overlap > 0 ? (double)o->max_overlap : kind->max_overlap;
    made.max_faces = o->max_faces ? o->max_faces : kind->max_faces;
    made.side = o->input_size ? o->input_size : kind->side;
    made.usual = o->input_size == 0;
    if (kind->plans_first)
        st = mi_detector_plan(&made, made.side, made.side, err);
    if (st == MIEN_OK)
        *d = made;
    return st;
}

void mi_detector_done(mi_detector *d)
{
    for (int i = 0; i < MI_DETECTOR_PLANS; i++)
        mi_stage_done(&d->plan[i]);
}

mien_status mi_detector_plan(mi_detector *d, int w, int h, mien_error *err)
{
    int i = 0;
    while (i < MI_DETECTOR_PLANS && d->plan[i].plan &&
           (d->plan[i].w != w || d->plan[i].h != h))
        i++;
    mi_stage found = {0};
    if (i < MI_DETECTOR_PLANS && d->plan[i].plan) {
        found = d->plan[i];
    } else {
        mien_status st = mi_stage_init(&found, d->kind->stage, d->graph, w, h,
                                       d->feeder->pool, err);
        if (st != MIEN_OK)
            return st;
        if (i == MI_DETECTOR_PLANS)
            mi_stage_done(&d->plan[--i]);
    }
    memmove(&d->plan[1], &d->plan[0], (size_t)i * sizeof found);
    d->plan[0] = found;
    return MIEN_OK;
}

mien_status mi_detector_run(mi_detector *d, const mien_image *photo,
                            mi_found_list *out, mien_error *err)
{
    out->n = 0;
    return d->kind->detect(d, photo, out, err);
}
