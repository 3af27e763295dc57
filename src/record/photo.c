/* photo.c: the record of a photo and its faces. */
#include "record/item.h"

enum {
    POINTS = 68, /* of face-api.js */
    EXPRESSIONS = 7,
    ATTRIBUTES = MIEN_FACE_AGE | MIEN_FACE_GENDER | MIEN_FACE_EXPRESSION
};

/* A float has seven significant digits. */
static void put_floats(mien_json *j, const char *key, int n, const float *v)
{
    mien_json_array(j, key);
    for (int i = 0; i < n; i++)
        mien_json_real(j, NULL, (double)v[i], 7);
    mien_json_close(j);
}

static void put_expression(mien_json *j, const char *key, const mien_face *f)
{
    mien_json_object(j, key);
    for (int i = 0; i < EXPRESSIONS; i++)
        mien_json_rounded(j, mien_expression_name(i), (double)f->expression[i],
                          6);
    mien_json_close(j);
}

/* The items of a face, in the object that is open. */
static void put_face(mien_json *j, const mien_face *f, unsigned hide)
{
    unsigned has = f->has & ~hide;
    double p;
    mien_record_box(j, "box", f->box);
    mien_json_rounded(j, "score", (double)f->score, 6);
    if (f->rotation)
        mien_json_int(j, "rotation", f->rotation);
    if (f->n_keypoints)
        mien_record_points(j, "keypoints", f->n_keypoints, f->keypoints);
    if (has & MIEN_FACE_LANDMARKS)
        mien_record_points(j, "landmarks", f->n_landmarks, f->landmarks);
    if (has & MIEN_FACE_DESCRIPTOR)
        put_floats(j, "descriptor", mien_describer_numbers(f->describer),
                   f->descriptor);
    if (has & MIEN_FACE_AGE)
        mien_json_rounded(j, "age", (double)f->age, 2);
    if (has & MIEN_FACE_GENDER) {
        mien_json_object(j, "gender");
        mien_json_text(j, "value", mien_face_gender(f, &p));
        mien_json_rounded(j, "probability", p, 6);
        mien_json_close(j);
    }
    if (has & MIEN_FACE_EXPRESSION)
        put_expression(j, "expression", f);
}

void mien_record_face(mien_json *j, const char *key, const mien_face *f,
                      unsigned hide)
{
    mien_json_object(j, key);
    put_face(j, f, hide);
    mien_json_close(j);
}

/* What models of one's own tell of face i, in its object. */
static void put_choices(mien_json *j, const mien_faces *f, int i)
{
    for (int k = 0; k < f->choices; k++) {
        const mien_face_choice *c = &f->choice[k];
        const float *p = c->probability + (ptrdiff_t)i * c->classes;
        mien_json_object(j, c->task);
        for (int n = 0; n < c->classes; n++)
            mien_json_rounded(j, c->class_name[n], (double)p[n], 6);
        mien_json_close(j);
    }
}

/* Milliseconds of each part that was asked for; all but detection needs the
 * landmarks. */
static void put_times(mien_json *j, const mien_reading *r, unsigned want)
{
    mien_json_object(j, "ms");
    mien_json_rounded(j, "decode", 1e3 * r->decode, 2);
    mien_json_rounded(j, "detect", 1e3 * r->times.detect, 2);
    if (want)
        mien_json_rounded(j, "landmarks", 1e3 * r->times.landmarks, 2);
    if (want & MIEN_FACE_DESCRIPTOR)
        mien_json_rounded(j, "descriptor", 1e3 * r->times.descriptor, 2);
    if (want & ATTRIBUTES)
        mien_json_rounded(j, "attributes", 1e3 * r->times.attributes, 2);
    if (r->times.own > 0)
        mien_json_rounded(j, "own_models", 1e3 * r->times.own, 2);
    mien_json_close(j);
}

void mien_record_taken(mien_json *j, const mien_taken_record *t)
{
    if (!t->born)
        return;
    mien_json_object(j, "taken");
    mien_json_text(j, "day", *t->day ? t->day : NULL);
    mien_json_text(j, "from", !*t->day ? NULL : t->said ? "caller" : "exif");
    mien_json_int(j, "born", t->born);
    mien_json_int(j, "born_later", t->later);
    mien_json_close(j);
}

void mien_record_photo(const mien_photo_record *r, mien_buffer *out)
{
    const mien_reading *got = r->reading;
    mien_json j = mi_record_begin(r->file, out);
    mien_json_int(&j, "width", got->w);
    mien_json_int(&j, "height", got->h);
    mi_record_warnings(&j, got->warning, got->remark);
    mien_json_array(&j, "faces");
    for (int i = 0; i < got->faces.n; i++) {
        mien_json_object(&j, NULL);
        put_face(&j, &got->faces.face[i], r->hide);
        put_choices(&j, &got->faces, i);
        if (r->match) {
            mien_json_text(&j, "name", r->match[i].name);
            mien_json_rounded(&j, "distance", (double)r->match[i].distance, 6);
        }
        mien_json_close(&j);
    }
    mien_json_close(&j);
#ifndef __wasm__
    if (r->search)
        mi_record_search(&j, r->search);
#endif
    if (r->taken)
        mien_record_taken(&j, r->taken);
    if (r->expression_model)
        mien_record_file(&j, "expression_model", r->expression_model);
    if (r->landmark_model)
        mien_record_file(&j, "landmark_model", r->landmark_model);
    mi_record_models(&j, r->models, r->model);
    put_times(&j, got, r->want);
    if (r->roles)
        mien_roles_json(r->roles, "roles", &j);
    mi_record_end(&j);
}

void mien_record_failed(const char *file, const mien_error *error,
                        mien_buffer *out)
{
    mien_json j = mi_record_begin(file, out);
    mien_json_object(&j, "error");
    mien_json_text(&j, "status", mien_status_name(error->status));
    mien_json_text(&j, "text", error->text);
    mien_json_close(&j);
    mi_record_end(&j);
}

/* ---- face-api.js --------------------------------------------------------- */

static void put_detection(mien_json *j, const char *key, const mien_reading *r,
                          mien_box box, float score)
{
    mien_json_object(j, key);
    mien_json_object(j, "imageDims");
    mien_json_int(j, "width", r->w);
    mien_json_int(j, "height", r->h);
    mien_json_close(j);
    mien_json_rounded(j, "score", (double)score, 6);
    mien_record_box(j, "box", box);
    mien_json_close(j);
}

static void put_positions(mien_json *j, const mien_face *f)
{
    mien_json_object(j, "landmarks");
    mien_json_array(j, "positions");
    for (int i = 0; i < POINTS; i++) {
        mien_json_object(j, NULL);
        mien_json_rounded(j, "x", (double)f->landmarks[i].x, 3);
        mien_json_rounded(j, "y", (double)f->landmarks[i].y, 3);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* A face as face-api.js has it. */
static void put_theirs(mien_json *j, const char *file, const mien_reading *r,
                       const mien_face *f)
{
    double p;
    mien_json_object(j, NULL);
    if (file)
        mien_record_file(j, "file", file);
    put_detection(j, "detection", r, f->box, f->score);
    if (f->has & MIEN_FACE_LANDMARKS && f->n_landmarks == POINTS) {
        put_positions(j, f);
        put_detection(j, "alignedRect", r, f->aligned, f->score);
    }
    if (f->has & MIEN_FACE_DESCRIPTOR)
        put_floats(j, "descriptor", mien_describer_numbers(f->describer),
                   f->descriptor);
    if (f->has & MIEN_FACE_EXPRESSION)
        put_expression(j, "expressions", f);
    if (f->has & MIEN_FACE_AGE)
        mien_json_rounded(j, "age", (double)f->age, 2);
    if (f->has & MIEN_FACE_GENDER) {
        mien_json_text(j, "gender", mien_face_gender(f, &p));
        mien_json_rounded(j, "genderProbability", p, 6);
    }
    mien_json_close(j);
}

void mien_record_faceapi(const char *file, const mien_reading *r,
                         mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_array(&j, NULL);
    for (int i = 0; i < r->faces.n; i++)
        put_theirs(&j, file, r, &r->faces.face[i]);
    mi_record_end(&j);
}
