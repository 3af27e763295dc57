/* cmd_verify.c: do two photos show the same person? */
#include "cli/cli.h"
#include "cli/cli_record.h"
#include "cli/cli_text.h"

#include <string.h>
#include <unistd.h>

enum { OPT_THRESHOLD, OPT_DETECTOR, OPT_JSON, OPT_ORIENTATION, OPT_MODELS };

static const cli_option options[] = {
    {"threshold", 0, CLI_NUMBER, "D", NULL,
     "faces nearer than this are the same person (default 0.6)"},
    {"detector", 'd', CLI_CHOICE, "NAME", "yunet,tiny,ssd",
     "network that finds faces: yunet (default), tiny or ssd"},
    {"json", 'j', CLI_FLAG, NULL, NULL,
     "a JSON object; the default when standard output is no terminal"},
    CLI_OPTION_ORIENTATION,
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien verify passport.jpg selfie.jpg", "distance and verdict"},
    {"mien verify a.jpg b.jpg > /dev/null && echo same",
     "the exit status is the answer"},
    {"mien verify --threshold 0.5 a.jpg b.jpg", "stricter than usual"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the same person"},
    {"1", "different people"},
    {"2", "the command line is wrong"},
    {"3", "a photo could not be read, or a model is missing"},
    {"4", "output could not be written"},
    {"5", "no face was found in one of the photos"},
    {NULL, NULL},
};

typedef struct comparison {
    cli_reader reader;
    cli_reading reading[2];
    const mien_face *face[2]; /* the largest of each */
    float threshold, distance;
} comparison;

/* Read both photos; CLI_OK, or the status to exit with. */
static int read_both(const cli_args *a, comparison *c)
{
    for (int i = 0; i < 2; i++) {
        cli_reading *r = &c->reading[i];
        cli_reader_read(&c->reader, 0, a->operand[i], NULL, r);
        if (r->error.status) {
            cli_error("%s: %s", r->file, r->error.text);
            return CLI_NOTHING;
        }
    }
    for (int i = 0; i < 2; i++) {
        const cli_reading *r = &c->reading[i];
        c->face[i] = cli_largest_face(&r->faces, MIEN_FACE_DESCRIPTOR);
        if (c->face[i])
            continue;
        cli_error("%s: no face found", r->file);
        return CLI_NO_FACE;
    }
    return CLI_OK;
}

static json_t *photo_json(const cli_reading *r, const mien_face *f)
{
    json_t *o = json_object();
    cli_json_put(&o, "file", cli_json_text(r->file));
    cli_json_put(&o, "width", json_integer(r->width));
    cli_json_put(&o, "height", json_integer(r->height));
    cli_json_put(&o, "faces", json_integer(r->faces.n));
    cli_json_put(&o, "box", cli_json_box(f->box));
    cli_json_put(&o, "score", cli_json_number((double)f->score, 6));
    return o;
}

static json_t *comparison_json(const comparison *c)
{
    json_t *o = json_object(), *photos = json_array();
    json_t *models = json_object();
    for (int i = 0; i < 2; i++)
        cli_json_add(&photos, photo_json(&c->reading[i], c->face[i]));
    for (int i = 0; i < c->reader.models.n; i++)
        cli_json_put(&models, c->reader.models.model[i].entry->task,
                     cli_json_text(c->reader.models.model[i].digest));
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "same", json_boolean(c->distance < c->threshold));
    cli_json_put(&o, "distance", cli_json_number((double)c->distance, 6));
    cli_json_put(&o, "threshold", cli_json_number((double)c->threshold, 6));
    cli_json_put(&o, "photos", photos);
    cli_json_put(&o, "models", models);
    return o;
}

static void print_text(const comparison *c, mien_buffer *out)
{
    mien_buffer_printf(out, "%s\n",
                       c->distance < c->threshold ? "same person"
                                                  : "different people");
    mien_buffer_printf(out, "distance   %.4f (same below %.4g)\n",
                       (double)c->distance, (double)c->threshold);
    for (int i = 0; i < 2; i++) {
        const cli_reading *r = &c->reading[i];
        const mien_face *f = c->face[i];
        mien_buffer_puts(out, i ? "second     " : "first      ");
        cli_text_plain(r->file, out);
        mien_buffer_puts(out, ": ");
        if (r->faces.n > 1)
            mien_buffer_printf(out, "the largest of %d faces, ", r->faces.n);
        mien_buffer_printf(out, "%.0f x %.0f pixels at %.0f, %.0f\n",
                           (double)f->box.width, (double)f->box.height,
                           (double)f->box.x, (double)f->box.y);
    }
}

static int verify(const cli_args *a, comparison *c)
{
    int status = cli_reader_open(&c->reader, a->value[OPT_MODELS]);
    if (!status)
        status = read_both(a, c);
    if (status)
        return status;
    c->distance = mien_descriptor_distance(c->face[0]->descriptor,
                                           c->face[1]->descriptor);
    mien_buffer out = {0};
    if (cli_given(a, OPT_JSON) || !isatty(1))
        cli_json_print(&out, comparison_json(c), JSON_COMPACT);
    else
        print_text(c, &out);
    cli_emit(&out);
    return c->distance < c->threshold ? CLI_OK : CLI_PARTLY;
}

static int run(const cli_args *a)
{
    comparison c = {.threshold = MIEN_SAME_PERSON,
                    .reader = {.options = MIEN_FACE_DEFAULTS, .lanes = 1}};
    c.reader.options.want = MIEN_FACE_DESCRIPTOR;
    c.reader.options.detector = (mien_detector)cli_choice(a, OPT_DETECTOR, 0);
    c.reader.read.ignore_orientation = cli_given(a, OPT_ORIENTATION);
    if (!cli_float(a, OPT_THRESHOLD, 0, 4, &c.threshold))
        return CLI_USAGE;
    int status = verify(a, &c);
    for (int i = 0; i < 2; i++)
        mien_faces_free(&c.reading[i].faces);
    cli_reader_close(&c.reader);
    return status;
}

const cli_command cmd_verify = {
    "verify",
    "PHOTO PHOTO",
    2,
    2,
    "do two photos show the same person?",
    "Compare the largest face of each photo: the Euclidean distance of their "
    "descriptors, 0 for the same picture, and whether it is below the "
    "threshold. The threshold fits photos as they are taken every day; for "
    "children, for groups the network saw few of, and for poor pictures the "
    "answer is wrong more often. Verify only people who agreed to it.",
    options,
    examples,
    exits,
    run,
};
