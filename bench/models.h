/* models.h: the face networks for the measuring programs. */
#ifndef BENCH_MODELS_H
#define BENCH_MODELS_H

#include "bench/bench.h"

#define BENCH_WANT_ALL                                                   \
    (MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR | MIEN_FACE_EXPRESSION | \
     MIEN_FACE_AGE | MIEN_FACE_GENDER)

/* X(value, name on the command line, name in the catalogue) */
#define BENCH_DETECTORS(X)                \
    X(YUNET, "yunet", "yunet_n")          \
    X(TINY, "tiny", "tiny_face_detector") \
    X(SSD, "ssd", "ssd_mobilenetv1")

static inline const char *bench_detector_name(mien_detector d)
{
#define X(value, name, model)       \
    if (d == MIEN_DETECTOR_##value) \
        return name;
    BENCH_DETECTORS(X)
#undef X
    return "?";
}

static inline const char *bench_detector_model(mien_detector d)
{
#define X(value, name, model)       \
    if (d == MIEN_DETECTOR_##value) \
        return model;
    BENCH_DETECTORS(X)
#undef X
    return "?";
}

/* Leaves the program if there is no such detector. */
static inline mien_detector bench_detector_named(const char *text)
{
#define X(value, name, model)    \
    if (strcmp(text, name) == 0) \
        return MIEN_DETECTOR_##value;
    BENCH_DETECTORS(X)
#undef X
    fprintf(stderr, "no detector is called %s\n", text);
    exit(2);
}

/* Owned networks, and the same as an analyzer wants them. */
typedef struct bench_face_models {
    bench_model detector, landmarks, descriptor, expression, age_gender;
    mien_face_models use;
} bench_face_models;

static inline void bench_face_models_load(bench_face_models *m,
                                          mien_detector detector, unsigned want,
                                          mien_describer describer)
{
    bench_model_named(&m->detector, bench_detector_model(detector));
    if (want)
        bench_model_named(&m->landmarks, "face_landmark_68");
    if (want & MIEN_FACE_DESCRIPTOR)
        bench_model_named(&m->descriptor,
                          describer == MIEN_DESCRIBER_MOBILEFACENET
                              ? "mobilefacenet"
                              : "face_recognition");
    if (want & MIEN_FACE_EXPRESSION)
        bench_model_named(&m->expression, "face_expression");
    if (want & (MIEN_FACE_AGE | MIEN_FACE_GENDER))
        bench_model_named(&m->age_gender, "age_gender");
    m->use = (mien_face_models){
        .detector = m->detector.graph,
        .landmarks = m->landmarks.graph,
        .descriptor = m->descriptor.graph,
        .expression = m->expression.graph,
        .age_gender = m->age_gender.graph,
    };
}

static inline void bench_face_models_done(bench_face_models *m)
{
    bench_model_done(&m->detector);
    bench_model_done(&m->landmarks);
    bench_model_done(&m->descriptor);
    bench_model_done(&m->expression);
    bench_model_done(&m->age_gender);
}

#endif
