/* kit.c: the networks that a wish needs, looked up and checked.
 *
 * A file may be called face_recognition.onnx and hold another network; that is
 * found out here, by its outputs, and said with the place it came from. */
#include "mien/face.h"

#include "base/error.h"
#include "face/describe.h"
#include "face/detector.h"
#include "face/landmark.h"

#include <stdio.h>
#include <string.h>

enum { NEEDS = MIEN_FACE_MAX_MODELS };

/* A network that options need. */
typedef struct need {
    const char *name; /* in the catalogue */
    const mi_stage_kind *kind;
    size_t at; /* of its graph in mien_face_models */
} need;

/* What options need, the detector first; how many. */
static int needs_of(const mien_face_options *o, need out[NEEDS])
{
    enum {
        AGE_GENDER = MIEN_FACE_AGE | MIEN_FACE_GENDER,
        POINTS = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR |
                 MIEN_FACE_EXPRESSION | AGE_GENDER
    };
    static const char *const detectors[] = {"yunet", "tiny_face_detector",
                                            "ssd_mobilenetv1"};
    const mi_detector_kind *d = mi_detector_kind_of(o->detector);
    int n = 0;
    if (d)
        out[n++] = (need){detectors[o->detector], d->stage,
                          offsetof(mien_face_models, detector)};
    if (o->want & POINTS)
        out[n++] = (need){
            o->tiny_landmarks ? "face_landmark_68_tiny" : "face_landmark_68",
            &mi_landmark_stage, offsetof(mien_face_models, landmarks)};
    if (o->want & MIEN_FACE_DESCRIPTOR)
        out[n++] = (need){"face_recognition", &mi_descriptor_stage,
                          offsetof(mien_face_models, descriptor)};
    if (o->want & MIEN_FACE_EXPRESSION)
        out[n++] = (need){"face_expression", &mi_expression_stage,
                          offsetof(mien_face_models, expression)};
    if (o->want & AGE_GENDER)
        out[n++] = (need){"age_gender", &mi_age_gender_stage,
                          offsetof(mien_face_models, age_gender)};
    return n;
}

int mien_face_needs(const mien_face_options *options,
                    const mien_model_entry **out)
{
    static const mien_face_options usual = MIEN_FACE_DEFAULTS;
    need all[NEEDS];
    int n = needs_of(options ? options : &usual, all);
    for (int i = 0; i < n; i++)
        out[i] = mien_model_find(all[i].name);
    return n;
}

/* The end of a place tells more than its start, when it is long. */
static const char *end_of(const char *place)
{
    enum { SHOWN = 60 };
    size_t n = strlen(place);
    return n > SHOWN ? place + n - SHOWN : place;
}

/* Read a network into m, whose entry is set. */
static mien_status read_model(mien_face_model *m, const mi_stage_kind *kind,
                              mien_model_lookup *find, void *arg,
                              mien_error *err)
{
    size_t n;
    int w, h;
    mien_error why = {0};
    mien_status st = MIEN_OK;
    const uint8_t *bytes = mien_model_embedded(m->entry->name, &n);
    if (!bytes && !find)
        return mi_fail(err, MIEN_EIO, "model %s: a file, and no way to find it",
                       m->entry->name);
    if (!bytes) {
        st = find(arg, m->entry, &m->file, err);
        bytes = m->file.bytes.data;
        n = m->file.bytes.n;
    }
    if (st != MIEN_OK)
        return st;
    st = mien_onnx_read_borrowed(bytes, n, &m->graph, &why);
    if (st == MIEN_OK)
        st = mi_stage_check(kind, m->graph, &w, &h, &why);
    if (st == MIEN_OK)
        return st;
    const char *place = *m->file.place ? m->file.place : m->entry->file;
    return mi_fail(err, st, "%s: %s", end_of(place), why.text);
}

mien_status mien_face_kit_find(const mien_face_options *options,
                               mien_model_lookup *find, void *arg,
                               mien_face_kit *out, mien_error *err)
{
    static const mien_face_options usual = MIEN_FACE_DEFAULTS;
    need all[NEEDS];
    mien_face_kit kit = {.n = 0};
    mien_status st = MIEN_OK;
    int n = needs_of(options ? options : &usual, all);
    for (int i = 0; i < n && st == MIEN_OK; i++) {
        mien_face_model *m = &kit.model[kit.n++];
        m->entry = mien_model_find(all[i].name);
        st = read_model(m, all[i].kind, find, arg, err);
        const mien_graph *g = m->graph;
        memcpy((char *)&kit.graphs + all[i].at, &g, sizeof g);
    }
    if (st == MIEN_OK)
        *out = kit;
    else
        mien_face_kit_done(&kit);
    return st;
}

void mien_face_kit_done(mien_face_kit *kit)
{
    if (!kit)
        return;
    for (int i = 0; i < kit->n; i++) {
        mien_graph_free(kit->model[i].graph);
        mien_bytes_free(&kit->model[i].file.bytes);
    }
    *kit = (mien_face_kit){.n = 0};
}
