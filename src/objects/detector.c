/* Objects in a photo, as coco-ssd finds them.
 *
 * Of each box the class with the highest score counts; where two are equal, the
 * first.  Boxes are taken from the best score down, and one is kept unless it
 * covers a kept one by more than a share.  A box whose class is one of the ten
 * numbers that COCO never used is no object, but hides others: coco-ssd knows
 * no name for it, and fails. Source: @tensorflow-models/coco-ssd 2.2.3,
 * src/index.ts; tfjs-core 4.22, non_max_suppression_impl.ts, where a box at
 * exactly the share is hidden; here it stays. */
#include "mien/objects.h"

#include "base/alloc.h"
#include "base/error.h"
#include "sight/found.h"
#include "sight/stage.h"

#include <math.h>
#include <string.h>

#include "base/exact.h"

struct mien_object_detector {
    mien_model_file file; /* of the network, and what was read of it, ... */
    mien_graph *own;      /* ... if it was looked up; else empty */
    mi_feeder feeder;
    mi_stage stage;
    mi_found_list found;
    double min_score, max_overlap, seconds;
    int max_objects, by_class;
    int wanted; /* 1: only some classes are told */
    unsigned char want[MIEN_COCO_CLASSES];
};

enum { BOXES, SCORES };
static const mi_stage_kind kind = {
    "objects",
    2,
    {{"boxes", {4, {1, -1, 1, 4}}}, {"scores", {3, {1, -1, MIEN_COCO_IDS}}}}};

/* ---- options ------------------------------------------------------------- */

/* The classes of a list of names with commas between. */
static mien_status read_classes(mien_object_detector *d, const char *names,
                                mien_error *err)
{
    const char *p = names;
    d->wanted = names != NULL;
    while (p) {
        char name[32];
        p += strspn(p, " ");
        size_t n = strcspn(p, ","), len = n;
        while (len && p[len - 1] == ' ')
            len--;
        size_t most = len < sizeof name ? len : sizeof name - 1;
        memcpy(name, p, most);
        name[most] = 0;
        const mien_coco_class *c =
            len < sizeof name ? mien_coco_find(name) : NULL;
        if (!c)
            return mi_fail(err, MIEN_EARG,
                           "objects: found '%s', wanted names of classes with "
                           "commas between: person,dog",
                           name);
        d->want[c->index] = 1;
        p = p[n] ? p + n + 1 : NULL;
    }
    return MIEN_OK;
}

/* The options, defaults where they are 0; refused outside their range. */
static mien_status read_options(mien_object_detector *d,
                                const mien_object_options *o, mien_error *err)
{
    if (!(o->min_score >= 0 && o->min_score < 1))
        return mi_fail(err, MIEN_EARG,
                       "objects: smallest score %g, wanted 0 <= score < 1",
                       (double)o->min_score);
    if (!(o->max_overlap >= 0 && o->max_overlap <= 1))
        return mi_fail(err, MIEN_EARG,
                       "objects: largest overlap %g, wanted 0..1",
                       (double)o->max_overlap);
    if (o->max_objects < 0)
        return mi_fail(err, MIEN_EARG, "objects: at most %d, wanted >= 0",
                       o->max_objects);
    d->min_score = o->min_score > 0 ? (double)o->min_score : 0.5;
    d->max_overlap = o->max_overlap > 0 ? (double)o->max_overlap : 0.5;
    d->max_objects = o->max_objects ? o->max_objects : 20;
    d->by_class = o->by_class;
    d->feeder.pool = o->pool;
    return read_classes(d, o->classes, err);
}

/* ---- making one ---------------------------------------------------------- */

/* A detector without its network. */
static mien_status begin(const mien_object_options *options,
                         mien_object_detector **out, mien_error *err)
{
    static const mien_object_options usual = MIEN_OBJECT_DEFAULTS;
    mien_object_detector *d = mi_alloc(1, sizeof *d);
    mien_status st = d ? read_options(d, options ? options : &usual, err)
                       : mi_no_memory(err);
    if (st == MIEN_OK)
        *out = d;
    else
        mien_object_detector_free(d);
    return st;
}

/* Plan the network, which must give as many boxes as scores. */
static mien_status plan(mien_object_detector *d, const mien_graph *g,
                        mien_error *err)
{
    int w, h;
    mien_status st = mi_stage_check(&kind, g, &w, &h, err);
    if (st == MIEN_OK && (w < 1 || h < 1))
        st = mi_fail(err, MIEN_EFORMAT,
                     "the objects model reads %d x %d pixels, wanted sides "
                     "that are given",
                     w, h);
    if (st == MIEN_OK)
        st = mi_stage_init(&d->stage, &kind, g, w, h, d->feeder.pool, err);
    if (st == MIEN_OK &&
        d->stage.out[BOXES].shape.dim[1] != d->stage.out[SCORES].shape.dim[1])
        st = mi_fail(err, MIEN_EFORMAT,
                     "the objects model gives %lld boxes and %lld scores",
                     (long long)d->stage.out[BOXES].shape.dim[1],
                     (long long)d->stage.out[SCORES].shape.dim[1]);
    return st;
}

mien_status mien_object_detector_new(const mien_graph *g,
                                     const mien_object_options *options,
                                     mien_object_detector **out,
                                     mien_error *err)
{
    mien_object_detector *d = NULL;
    mien_status st = begin(options, &d, err);
    if (st == MIEN_OK)
        st = plan(d, g, err);
    if (st == MIEN_OK)
        *out = d;
    else
        mien_object_detector_free(d);
    return st;
}

mien_status mien_object_detector_find(const mien_object_options *options,
                                      mien_model_lookup *find, void *arg,
                                      mien_object_detector **out,
                                      mien_error *err)
{
    const mien_model_entry *e = mien_model_find("ssdlite_mobilenet_v2");
    mien_object_detector *d = NULL;
    mien_status st = begin(options, &d, err);
    if (st == MIEN_OK)
        st = mi_stage_find(&kind, e, find, arg, &d->file, &d->own, err);
    if (st == MIEN_OK)
        st = plan(d, d->own, err);
    if (st == MIEN_OK)
        *out = d;
    else
        mien_object_detector_free(d);
    return st;
}

void mien_object_detector_free(mien_object_detector *d)
{
    if (!d)
        return;
    mi_stage_done(&d->stage);
    mi_feeder_done(&d->feeder);
    mi_found_done(&d->found);
    mien_graph_free(d->own);
    mien_bytes_free(&d->file.bytes);
    mi_free(d);
}

/* ---- a photo ------------------------------------------------------------- */

/* The likeliest class of a box, and its score. */
static int best_of(const float *scores, float *best)
{
    int at = -1;
    *best = 0;
    for (int i = 0; i < MIEN_COCO_IDS; i++)
        if (scores[i] > *best) {
            *best = scores[i];
            at = i;
        }
    return at;
}

/* All boxes with a score, in pixels of the photo. */
static mien_status collect(mien_object_detector *d, const mien_image *photo,
                           mien_error *err)
{
    int n;
    const float *score, *box;
    mien_status st = MIEN_OK;
    mien_object_detector_raw(d, &n, &score, &box);
    d->found.n = 0;
    for (int i = 0; i < n && st == MIEN_OK; i++, box += 4) {
        float best;
        int at = best_of(score + (size_t)MIEN_COCO_IDS * (size_t)i, &best);
        if (!((double)best > d->min_score))
            continue;
        double top = (double)box[0] * photo->h,
               left = (double)box[1] * photo->w;
        mi_found f = {.box = {left, top, (double)box[3] * photo->w - left,
                              (double)box[2] * photo->h - top},
                      .score = (double)best,
                      .order = i,
                      .kind = d->by_class ? at : 0};
        st = mi_found_add(&d->found, &f, err);
    }
    return st;
}

/* What is left, but for classes that are not asked for, up to the most. */
static mien_status tell(const mien_object_detector *d, mien_objects *out,
                        mien_error *err)
{
    int n;
    const float *score, *box;
    mien_objects o = {0, mi_alloc((size_t)d->found.n + 1, sizeof *o.object)};
    if (!o.object)
        return mi_no_memory(err);
    mien_object_detector_raw(d, &n, &score, &box);
    for (int i = 0; i < d->found.n && o.n < d->max_objects; i++) {
        const mi_found *f = &d->found.found[i];
        float best;
        const mien_coco_class *c = mien_coco_of(
            1 +
            best_of(score + (size_t)MIEN_COCO_IDS * (size_t)f->order, &best));
        if (c && (!d->wanted || d->want[c->index]))
            o.object[o.n++] = (mien_object){mi_rect_box(f->box), best, c};
    }
    *out = o;
    return MIEN_OK;
}

mien_status mien_object_detector_run(mien_object_detector *d,
                                     const mien_image *photo, mien_objects *out,
                                     mien_error *err)
{
    double start = mien_clock();
    const mi_sample whole = {.w = photo->w,
                             .h = photo->h,
                             .filter = MIEN_BILINEAR_CORNER,
                             .out_w = d->stage.w,
                             .out_h = d->stage.h};
    mien_status st = mi_stage_run(&d->stage, &d->feeder, photo, &whole, err);
    if (st == MIEN_OK)
        st = collect(d, photo, err);
    if (st != MIEN_OK)
        return st;
    mi_found_suppress(&d->found, d->max_overlap, 0);
    st = tell(d, out, err);
    d->seconds = mien_clock() - start;
    return st;
}

double mien_object_detector_seconds(const mien_object_detector *d)
{
    return d->seconds;
}

void mien_object_detector_raw(const mien_object_detector *d, int *n,
                              const float **scores, const float **boxes)
{
    *n = (int)d->stage.out[BOXES].shape.dim[1];
    *scores = d->stage.out[SCORES].data;
    *boxes = d->stage.out[BOXES].data;
}

void mien_objects_scale(mien_objects *o, float x, float y)
{
    for (int i = 0; i < o->n; i++) {
        mien_box *b = &o->object[i].box;
        b->x *= x;
        b->width *= x;
        b->y *= y;
        b->height *= y;
    }
}

void mien_objects_free(mien_objects *o)
{
    if (!o)
        return;
    mi_free(o->object);
    *o = (mien_objects){0, NULL};
}
