/* memory.c: faces of a video that are compared, so that numbers stay with
 * people.
 *
 *   a track begins        -> a cutting around its box, kept
 *   doubt, or REST detections since the last question
 *                         -> the face described, and its distance to the
 *                            nearest picture of the track
 *
 * A track that was lost takes a face nearer than the threshold T.  One whose
 * points lead to the face is refused it beyond 1.25 T: heads that turn reach
 * 0.73 now and then, where T is 0.6, and of the faces of two people in photos
 * 78 in a hundred lie farther apart.
 *
 * A cutting reaches half a box beyond the box, which holds all that landmarks
 * and descriptor read; it is described when it is first needed.  A picture that
 * agrees joins those of its track every REST detections, so that a face that
 * turns slowly is known again; where half of the points went it joins only if
 * it is nearer than 0.8 T, as one face may be dissolving into another. */
#include "mien/face_track.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { VIEWS = 8, REST = 5 };
static const float sure = 0.8f, far = 1.25f; /* of the threshold */

/* A face as it looked once. */
typedef struct view {
    mien_image crop; /* data NULL: none */
    mien_box box;    /* in the cutting, or in the frame */
    int described;   /* 1: descriptor is set; -1: it cannot be */
    float descriptor[MIEN_DESCRIPTOR];
} view;

typedef struct looks {
    int64_t id;
    int n, next;      /* views; the place of the one to come */
    int since_view;   /* detections since one was added */
    int since_asked;  /* detections since a face was compared */
    int against;      /* faces in a row that were beyond the threshold */
    view view[VIEWS]; /* the first stays */
} looks;

struct mien_face_memory {
    mien_face_memory_options o;
    mien_model_lookup *find;
    void *arg;
    mien_analyzer *own; /* made when it was needed; NULL: not yet */
    int n;
    looks *looks; /* [n] */
    int64_t compared, refused;
};

/* The faces of a frame while the tracker is told. */
typedef struct asking {
    mien_face_memory *m;
    const mien_image *frame;
    view *now; /* [faces] described when first asked about */
} asking;

mien_status mien_face_memory_new(const mien_face_memory_options *options,
                                 mien_model_lookup *find, void *arg,
                                 mien_face_memory **out, mien_error *err)
{
    assert((find || (options && options->analyzer)) && out);
    mien_face_memory_options o = MIEN_FACE_MEMORY_DEFAULTS;
    if (options)
        o = *options;
    if (!isfinite(o.threshold) || o.threshold < 0)
        return mi_fail(err, MIEN_EARG,
                       "faces of a video: threshold %g, wanted 0 or more",
                       (double)o.threshold);
    o.threshold = o.threshold > 0 ? o.threshold : MIEN_SAME_PERSON;
    mien_face_memory *m = mi_alloc(1, sizeof *m);
    if (!m)
        return mi_no_memory(err);
    m->o = o;
    m->find = find;
    m->arg = arg;
    *out = m;
    return MIEN_OK;
}

void mien_face_memory_free(mien_face_memory *m)
{
    if (!m)
        return;
    for (int i = 0; i < m->n; i++)
        mien_image_free(&m->looks[i].view[0].crop);
    mi_free(m->looks);
    mien_analyzer_free(m->own);
    mi_free(m);
}

int64_t mien_face_memory_compared(const mien_face_memory *m, int64_t *refused)
{
    if (refused)
        *refused = m ? m->refused : 0;
    return m ? m->compared : 0;
}

/* ---- pictures of faces -------------------------------------------------- */

/* The descriptor of a view, from its box in an image. */
static mien_status describe(mien_face_memory *m, const mien_image *im, view *v,
                            mien_error *err)
{
    mien_face face;
    mien_status st = MIEN_OK;
    if (!m->o.analyzer && !m->own) {
        mien_face_options o = MIEN_FACE_DEFAULTS;
        o.want = MIEN_FACE_DESCRIPTOR;
        o.pool = m->o.pool;
        st = mien_analyzer_find(&o, m->find, m->arg, &m->own, err);
    }
    if (st == MIEN_OK)
        st = mien_analyzer_read(m->o.analyzer ? m->o.analyzer : m->own, im,
                                v->box, &face, err);
    if (st != MIEN_OK)
        return st;
    v->described = mien_face_described(&face, MIEN_DESCRIBER_DLIB) ? 1 : -1;
    memcpy(v->descriptor, face.descriptor, sizeof v->descriptor);
    return MIEN_OK;
}

static int within(double at, int end)
{
    return at < 0 ? 0 : at > end ? end : (int)at;
}

/* Cut a face out of a frame with half its size around it; a box beside the
 * frame gives no view. */
static mien_status cut(const mien_image *frame, const mien_box *box, view *v,
                       mien_error *err)
{
    double w = (double)box->width, h = (double)box->height;
    double x = (double)box->x, y = (double)box->y;
    int left = within(x - w / 2, frame->w), top = within(y - h / 2, frame->h);
    int width = within(ceil(x + 1.5 * w), frame->w) - left;
    int height = within(ceil(y + 1.5 * h), frame->h) - top;
    v->described = -1;
    if (width < 1 || height < 1)
        return MIEN_OK;
    mien_status st = mien_image_new(width, height, &v->crop, err);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < height; i++)
        memcpy(v->crop.data + i * v->crop.stride,
               frame->data + (top + i) * frame->stride + (ptrdiff_t)3 * left,
               (size_t)3 * (size_t)width);
    v->box = (mien_box){box->x - (float)left, box->y - (float)top, box->width,
                        box->height};
    v->described = 0;
    return MIEN_OK;
}

static looks *looks_of(const mien_face_memory *m, int64_t id)
{
    for (int i = 0; i < m->n; i++)
        if (m->looks[i].id == id)
            return &m->looks[i];
    return NULL;
}

/* Begin with the first picture of a track. */
static mien_status add_looks(mien_face_memory *m, int64_t id,
                             const mien_image *frame, const mien_box *box,
                             mien_error *err)
{
    looks *l = mi_push(&m->looks, m->n, sizeof *l);
    if (!l)
        return mi_no_memory(err);
    l->id = id;
    l->n = l->next = 1;
    mien_status st = cut(frame, box, &l->view[0], err);
    m->n += st == MIEN_OK;
    return st;
}

/* Add a picture that is surely a track's, if it is time for one. */
static void add_view(looks *l, const view *v)
{
    if (l->since_view < REST)
        return;
    l->view[l->next] = *v;
    l->n = l->n < VIEWS ? l->n + 1 : VIEWS;
    l->next = l->next + 1 < VIEWS ? l->next + 1 : 1;
    l->since_view = 0;
}

/* Forget the tracks that ended. */
static void forget(mien_face_memory *m, const mien_tracker *tracker)
{
    int n, kept = 0;
    const mien_track *t = mien_tracker_tracks(tracker, &n);
    for (int i = 0; i < m->n; i++) {
        int lives = 0;
        for (int j = 0; j < n && !lives; j++)
            lives = t[j].id == m->looks[i].id;
        if (lives)
            m->looks[kept++] = m->looks[i];
        else
            mien_image_free(&m->looks[i].view[0].crop);
    }
    m->n = kept;
}

/* ---- comparing ---------------------------------------------------------- */

/* The distance to the nearest view of a track; -1 if it has none. */
static mien_status nearest(mien_face_memory *m, looks *l, const float *to,
                           float *distance, mien_error *err)
{
    view *first = &l->view[0];
    mien_status st = MIEN_OK;
    *distance = -1;
    if (!first->described)
        st = describe(m, &first->crop, first, err);
    if (st != MIEN_OK)
        return st;
    mien_image_free(&first->crop);
    for (int i = 0; i < l->n; i++) {
        float d = mien_descriptor_distance(l->view[i].descriptor, to);
        if (l->view[i].described == 1 && (*distance < 0 || d < *distance))
            *distance = d;
    }
    return MIEN_OK;
}

/* Is a face the track's, by its distance? */
static int judge(const mien_face_memory *m, looks *l, const view *v,
                 mien_doubt doubt, float distance)
{
    float limit = m->o.threshold;
    l->since_asked = distance < limit ? 0 : REST;
    if (distance < (doubt == MIEN_DOUBT_POINTS ? sure * limit : limit))
        add_view(l, v);
    return distance < (doubt == MIEN_DOUBT_LOST ? limit : far * limit);
}

/* mien_track_same */
static mien_status is_same(void *arg, int64_t id, int box, mien_doubt doubt,
                           int *same, mien_error *err)
{
    asking *a = arg;
    view *v = &a->now[box];
    looks *l = looks_of(a->m, id);
    float distance = -1;
    mien_status st = MIEN_OK;
    if (!l || (doubt == MIEN_DOUBT_NONE && l->since_asked < REST))
        return MIEN_OK;
    if (!v->described)
        st = describe(a->m, a->frame, v, err);
    if (st == MIEN_OK && v->described == 1)
        st = nearest(a->m, l, v->descriptor, &distance, err);
    if (st != MIEN_OK || distance < 0)
        return st;
    *same = judge(a->m, l, v, doubt, distance);
    a->m->compared++;
    a->m->refused += !*same;
    return MIEN_OK;
}

/* Tell the tracker, and keep the first pictures of the tracks that begin. */
static mien_status tell(asking *a, mien_tracker *tracker, mien_detections *d,
                        mien_error *err)
{
    mien_status st = mien_tracker_detected_same(tracker, d, err);
    if (st != MIEN_OK || !a->m)
        return st;
    forget(a->m, tracker);
    for (int i = 0; i < d->n && st == MIEN_OK; i++) {
        looks *l = looks_of(a->m, d->id[i]);
        if (l) {
            l->since_view++;
            l->since_asked++;
        } else if (d->id[i]) {
            st = add_looks(a->m, d->id[i], a->frame, &d->box[i], err);
        }
    }
    return st;
}

mien_status mien_face_memory_detected(mien_face_memory *m,
                                      mien_tracker *tracker,
                                      const mien_image *frame,
                                      const mien_faces *faces, mien_error *err)
{
    assert(tracker && frame && faces);
    size_t n = (size_t)faces->n + 1;
    mien_box *box = mi_alloc(n, sizeof *box);
    float *score = mi_alloc(n, sizeof *score);
    int64_t *id = mi_alloc(n, sizeof *id);
    asking a = {m, frame, mi_alloc(n, sizeof *a.now)};
    mien_detections d = {faces->n, box, score, m ? is_same : NULL, &a, id};
    mien_status st = box && score && id && a.now ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; st == MIEN_OK && i < faces->n; i++) {
        box[i] = a.now[i].box = faces->face[i].box;
        score[i] = faces->face[i].score;
    }
    if (st == MIEN_OK)
        st = tell(&a, tracker, &d, err);
    mi_free(box);
    mi_free(score);
    mi_free(id);
    mi_free(a.now);
    return st;
}
