/* cmd_verify.c: do two photos show the same person? */
#include "cli/photos.h"

#include <unistd.h>

typedef struct values {
    float threshold;
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    int format, json;
    const char *models;
    mien_read_options read;
} values;
static const values defaults = {.threshold = -1, .rotate = MIEN_ROTATE_AUTO};

static const cli_option options[] = {
    CLI_ROW_REAL(
        threshold, "threshold", 0, "D", 0, 4,
        "faces nearer than this are the same person (default: 0.6, with "
        "mobilefacenet 1.21)"),
    CLI_OPTION_DESCRIPTOR,
    CLI_OPTION_DETECTOR(
        "network that finds faces: yunet (default), tiny or ssd"),
    CLI_OPTION_ROTATE,
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "text,json",
                   "text, or json: an object; the default when standard output "
                   "is no terminal"),
    CLI_OPTION_JSON("the same as --format json"),
    CLI_OPTIONS_READ,
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

/* Say why a photo is of no use; the status to exit with. */
static int refuse(const char *file, const mien_error *err, int json, int status)
{
    cli_outcome out = {0};
    cli_photo_failed(file, err, json, &out);
    cli_error_lines(&out.report);
    cli_emit(&out.text);
    return status;
}

/* Read both photos and choose the largest face of each; CLI_OK, or the status
 * to exit with. */
static int read_both(mien_reader *reader, int json, mien_reading got[2],
                     mien_pair_record *p)
{
    static const mien_error no_face = {MIEN_EUNSUP, "no face found"};
    for (int i = 0; i < 2; i++) {
        mien_error err = {0};
        if (mien_reader_read(reader, 0, p->file[i], NULL, &got[i], &err))
            return refuse(p->file[i], &err, json, CLI_NOTHING);
        cli_report_remarks(p->file[i], &got[i]);
    }
    for (int i = 0; i < 2; i++) {
        p->reading[i] = &got[i];
        p->face[i] = mien_faces_largest(&got[i].faces, MIEN_FACE_DESCRIPTOR);
        if (!p->face[i])
            return refuse(p->file[i], &no_face, json, CLI_NO_FACE);
    }
    return CLI_OK;
}

/* Compare with a reader; the status to exit with. */
static int verify(const cli_args *a, mien_reader *reader)
{
    const values *v = a->values;
    mien_reading got[2] = {{0}};
    mien_pair_record p = {.file = {a->operand[0], a->operand[1]}};
    mien_error err = {0};
    int json = cli_format(a, &v->format, v->json, !isatty(1));
    int status = read_both(reader, json, got, &p);
    if (!status && mien_face_verify(p.face[0], p.face[1], v->threshold,
                                    &p.verdict, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    if (!status) {
        mien_buffer out = {0};
        if (json) {
            p.model = mien_reader_digests(reader, &p.models);
            mien_record_pair(&p, &out);
        } else {
            mien_record_pair_text(&p, &out);
        }
        cli_emit(&out);
        status = p.verdict.same ? CLI_OK : CLI_PARTLY;
    }
    for (int i = 0; i < 2; i++)
        mien_faces_free(&got[i].faces);
    return status;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_reader_options o = MIEN_READER_DEFAULTS;
    mien_reader *reader = NULL;
    o.face.want = MIEN_FACE_DESCRIPTOR;
    o.face.detector = v->detector;
    o.face.describer = v->descriptor;
    o.face.rotate = v->rotate;
    o.image = v->read;
    o.models = v->models;
    int status = cli_reader_open(&o, &reader);
    if (!status)
        status = verify(a, reader);
    mien_reader_free(reader);
    return status;
}

const cli_command cmd_verify = {
    .name = "verify",
    .operands = "PHOTO PHOTO",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "do two photos show the same person?",
    .description =
        "Compare the largest face of each photo: the Euclidean distance of "
        "their "
        "descriptors, 0 for the same picture, and whether it is below the "
        "threshold. The threshold fits photos as they are taken every day; for "
        "children, for groups the network saw few of, and for poor pictures "
        "the "
        "answer is wrong more often. Verify only people who agreed to it.",
    CLI_COMMAND_TABLES,
};
