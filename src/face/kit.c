/* kit.c: the networks that a wish needs, looked up and checked. */
#include "mien/face.h"

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
    if (o->want & MIEN_FACE_DESCRIPTOR) {
        int mobile = o->describer == MIEN_DESCRIBER_MOBILEFACENET;
        out[n++] =
            (need){mobile ? "mobilefacenet" : "face_recognition",
                   mobile ? &mi_mobilefacenet_stage : &mi_descriptor_stage,
                   offsetof(mien_face_models, descriptor)};
    }
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
        st = mi_stage_find(all[i].kind, m->entry, find, arg, &m->file,
                           &m->graph, err);
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
