/* cli_record_faceapi.c: faces in the shapes that face-api.js gives, so that
 * programs written for it read them: detection, landmarks, alignedRect,
 * descriptor, expressions, age, gender, genderProbability. */
#include "cli/cli_record.h"

static json_t *dims_json(const cli_reading *r)
{
    json_t *o = json_object();
    cli_json_put(&o, "width", json_integer(r->width));
    cli_json_put(&o, "height", json_integer(r->height));
    return o;
}

static json_t *detection_json(const cli_reading *r, mien_box box, float score)
{
    json_t *o = json_object();
    cli_json_put(&o, "imageDims", dims_json(r));
    cli_json_put(&o, "score", cli_json_number((double)score, 6));
    cli_json_put(&o, "box", cli_json_box(box));
    return o;
}

static json_t *landmarks_json(const mien_face *f)
{
    json_t *o = json_object(), *all = json_array();
    for (int i = 0; i < 68; i++) {
        json_t *xy = json_object();
        cli_json_put(&xy, "x", cli_json_number((double)f->landmarks[i].x, 3));
        cli_json_put(&xy, "y", cli_json_number((double)f->landmarks[i].y, 3));
        cli_json_add(&all, xy);
    }
    cli_json_put(&o, "positions", all);
    return o;
}

static json_t *face_json(const cli_reading *r, const mien_face *f)
{
    json_t *o = json_object();
    cli_json_put(&o, "detection", detection_json(r, f->box, f->score));
    if (f->has & MIEN_FACE_LANDMARKS) {
        cli_json_put(&o, "landmarks", landmarks_json(f));
        cli_json_put(&o, "alignedRect",
                     detection_json(r, f->aligned, f->score));
    }
    if (f->has & MIEN_FACE_DESCRIPTOR)
        cli_json_put(&o, "descriptor", cli_json_floats(f->descriptor, 128));
    if (f->has & MIEN_FACE_EXPRESSION) {
        json_t *all = json_object();
        for (int i = 0; i < 7; i++)
            cli_json_put(&all, cli_expression_name(i),
                         cli_json_number((double)f->expression[i], 6));
        cli_json_put(&o, "expressions", all);
    }
    if (f->has & MIEN_FACE_AGE)
        cli_json_put(&o, "age", cli_json_number((double)f->age, 2));
    if (f->has & MIEN_FACE_GENDER) {
        double p;
        cli_json_put(&o, "gender", cli_json_text(cli_gender(f, &p)));
        cli_json_put(&o, "genderProbability", cli_json_number(p, 6));
    }
    return o;
}

json_t *cli_record_faceapi(const cli_reading *r)
{
    json_t *all = json_array();
    for (int i = 0; i < r->faces.n; i++)
        cli_json_add(&all, face_json(r, &r->faces.face[i]));
    return all;
}
