/* tell.c: the pieces of answers, in CompreFace's shapes. */
#include "serve/tell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void mi_tell_error(int code, const char *message, mien_buffer *out)
{
    out->n = 0;
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "message", message);
    mien_json_int(&j, "code", code);
    mien_json_close(&j);
}

int mi_tell_no_face(const char *image, mien_buffer *out)
{
    enum { NO_FACE = 28 }; /* CompreFace's code */
    char why[60];
    snprintf(why, sizeof why, "No face is found in the %s image", image);
    mi_tell_error(NO_FACE, why, out);
    return 400;
}

static void write_box(mien_json *j, const mien_face *f)
{
    mien_json_object(j, "box");
    mien_json_real(j, "probability", (double)f->score, 6);
    mien_json_int(j, "x_max", lroundf(f->box.x + f->box.width));
    mien_json_int(j, "y_max", lroundf(f->box.y + f->box.height));
    mien_json_int(j, "x_min", lroundf(f->box.x));
    mien_json_int(j, "y_min", lroundf(f->box.y));
    mien_json_close(j);
}

static void write_landmarks(mien_json *j, const mien_face *f)
{
    mien_json_array(j, "landmarks");
    for (int i = 0; i < f->n_keypoints; i++) {
        mien_json_array(j, NULL);
        mien_json_int(j, NULL, lroundf(f->keypoints[i].x));
        mien_json_int(j, NULL, lroundf(f->keypoints[i].y));
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Age and gender, where they were asked for. */
static void write_attributes(mien_json *j, const mien_face *f, unsigned want)
{
    double p = 0;
    if (want & f->has & MIEN_FACE_AGE) {
        mien_json_object(j, "age");
        mien_json_int(j, "high", lrintf(ceilf(f->age)));
        mien_json_int(j, "low", lrintf(floorf(f->age)));
        mien_json_close(j);
    }
    if (want & f->has & MIEN_FACE_GENDER) {
        const char *name = mien_face_gender(f, &p);
        mien_json_object(j, "gender");
        mien_json_real(j, "probability", p, 6);
        mien_json_text(j, "value", name);
        mien_json_close(j);
    }
}

void mi_tell_face(mien_json *j, const mi_ask *ask, const mien_face *f)
{
    unsigned want = ask->wish.want;
    write_attributes(j, f, want);
    if (want & f->has & MIEN_FACE_DESCRIPTOR) {
        mien_json_array(j, "embedding");
        for (int i = 0; i < mien_describer_numbers(f->describer); i++)
            mien_json_real(j, NULL, (double)f->descriptor[i], 7);
        mien_json_close(j);
    }
    write_box(j, f);
    if (ask->landmarks)
        write_landmarks(j, f);
}

void mi_tell_times(mien_json *j, const char *key, const mien_reading *r)
{
    mien_json_object(j, key);
    mien_json_rounded(j, "decode", 1000 * r->decode, 1);
    mien_json_rounded(j, "detector", 1000 * r->times.detect, 1);
    mien_json_rounded(j, "calculator",
                      1000 * (r->times.landmarks + r->times.descriptor), 1);
    mien_json_rounded(j, "attributes", 1000 * r->times.attributes, 1);
    mien_json_close(j);
}

const char *mi_tell_network(mien_describer describer)
{
    const mien_model_entry *of[MIEN_FACE_MAX_MODELS];
    mien_face_options o = MIEN_FACE_DEFAULTS;
    o.want = MIEN_FACE_DESCRIPTOR;
    o.describer = describer;
    int n = mien_face_needs(&o, of);
    while (--n > 0 && strcmp(of[n]->task, "descriptor") != 0)
        ;
    return of[n]->name;
}

void mi_tell_versions(mien_json *j, unsigned want, mien_describer describer)
{
    char name[60];
    snprintf(name, sizeof name, "mien " MIEN_VERSION " %s",
             mi_tell_network(describer));
    mien_json_object(j, "plugins_versions");
    mien_json_text(j, "detector", "mien " MIEN_VERSION " yunet");
    if (want & MIEN_FACE_DESCRIPTOR)
        mien_json_text(j, "calculator", name);
    if (want & MIEN_FACE_AGE)
        mien_json_text(j, "age", "mien " MIEN_VERSION " age_gender");
    if (want & MIEN_FACE_GENDER)
        mien_json_text(j, "gender", "mien " MIEN_VERSION " age_gender");
    mien_json_close(j);
}

int mi_tell_refuse(int status, const char *why, mien_buffer *out)
{
    mi_tell_error(status, why, out);
    return status;
}

int mi_tell_status(mien_status st)
{
    switch (st) {
    case MIEN_EARG:
    case MIEN_EFORMAT:
    case MIEN_EUNSUP:
    case MIEN_ELIMIT: return 400;
    case MIEN_EIO: return 501;
    case MIEN_ENOMEM: return 503;
    case MIEN_ELOST: return 422;
    default: return 500;
    }
}
