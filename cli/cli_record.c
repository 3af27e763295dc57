/* cli_record.c: the JSON record of a photo.  docs say what its fields mean. */
#include "cli/cli_record.h"

static const char *const expressions[] = {
#define X(index, name) #name,
    MIEN_EXPRESSION_LIST(X)
#undef X
};
enum { n_expressions = sizeof expressions / sizeof *expressions };

const char *cli_expression_name(int i) { return expressions[i]; }

const char *cli_gender(const mien_face *f, double *probability)
{
    double male = (double)f->male;
    *probability = male > 0.5 ? male : 1 - male;
    return male > 0.5 ? "male" : "female";
}

const char *cli_expression(const mien_face *f, double *probability)
{
    int best = 0;
    for (int i = 1; i < n_expressions; i++)
        if (f->expression[i] > f->expression[best])
            best = i;
    *probability = (double)f->expression[best];
    return expressions[best];
}

static json_t *gender_json(const mien_face *f)
{
    double p;
    json_t *o = json_object();
    cli_json_put(&o, "value", cli_json_text(cli_gender(f, &p)));
    cli_json_put(&o, "probability", cli_json_number(p, 6));
    return o;
}

static json_t *expression_json(const mien_face *f)
{
    json_t *o = json_object();
    for (int i = 0; i < n_expressions; i++)
        cli_json_put(&o, expressions[i],
                     cli_json_number((double)f->expression[i], 6));
    return o;
}

json_t *cli_record_face(const mien_face *f)
{
    json_t *o = json_object();
    cli_json_put(&o, "box", cli_json_box(f->box));
    cli_json_put(&o, "score", cli_json_number((double)f->score, 6));
    if (f->n_keypoints)
        cli_json_put(&o, "keypoints",
                     cli_json_points(f->keypoints, f->n_keypoints));
    if (f->has & MIEN_FACE_LANDMARKS)
        cli_json_put(&o, "landmarks", cli_json_points(f->landmarks, 68));
    if (f->has & MIEN_FACE_DESCRIPTOR)
        cli_json_put(&o, "descriptor", cli_json_floats(f->descriptor, 128));
    if (f->has & MIEN_FACE_AGE)
        cli_json_put(&o, "age", cli_json_number((double)f->age, 2));
    if (f->has & MIEN_FACE_GENDER)
        cli_json_put(&o, "gender", gender_json(f));
    if (f->has & MIEN_FACE_EXPRESSION)
        cli_json_put(&o, "expression", expression_json(f));
    return o;
}

static json_t *models_json(cli_models *m)
{
    cli_models_wait(m);
    json_t *o = json_object();
    for (int i = 0; i < m->n; i++)
        cli_json_put(&o, m->model[i].entry->task,
                     cli_json_text(m->model[i].digest));
    return o;
}

/* Milliseconds of each part that was asked for; all but detection needs the
 * landmarks. */
static json_t *ms_json(const cli_reading *r, unsigned want)
{
    enum {
        ATTRIBUTES = MIEN_FACE_AGE | MIEN_FACE_GENDER | MIEN_FACE_EXPRESSION
    };
    json_t *o = json_object();
    cli_json_put(&o, "decode", cli_json_number(1e3 * r->decode, 2));
    cli_json_put(&o, "detect", cli_json_number(1e3 * r->times.detect, 2));
    if (want)
        cli_json_put(&o, "landmarks",
                     cli_json_number(1e3 * r->times.landmarks, 2));
    if (want & MIEN_FACE_DESCRIPTOR)
        cli_json_put(&o, "descriptor",
                     cli_json_number(1e3 * r->times.descriptor, 2));
    if (want & ATTRIBUTES)
        cli_json_put(&o, "attributes",
                     cli_json_number(1e3 * r->times.attributes, 2));
    return o;
}

json_t *cli_record(cli_reader *r, const cli_reading *reading)
{
    json_t *o = json_object(), *faces = json_array();
    for (int i = 0; i < reading->faces.n; i++)
        cli_json_add(&faces, cli_record_face(&reading->faces.face[i]));
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "file", cli_json_text(reading->file));
    cli_json_put(&o, "width", json_integer(reading->width));
    cli_json_put(&o, "height", json_integer(reading->height));
    cli_json_put(&o, "faces", faces);
    cli_json_put(&o, "models", models_json(&r->models));
    cli_json_put(&o, "ms", ms_json(reading, r->options.want));
    return o;
}

json_t *cli_record_failed(const char *file, const mien_error *error)
{
    json_t *o = json_object(), *e = json_object();
    cli_json_put(&e, "status", cli_json_text(mien_status_name(error->status)));
    cli_json_put(&e, "text", cli_json_text(error->text));
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "file", cli_json_text(file));
    cli_json_put(&o, "error", e);
    return o;
}
