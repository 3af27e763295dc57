/* cmd_analyze.c: the faces in photos. */
#include "cli/drawing.h"
#include "cli/photos.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    int size, max_faces;
    float min_score, max_overlap;
    unsigned attributes;
    int landmarks, descriptors, json, format, recursive;
    int jobs, threads, quiet;
    const char *draw, *models, *landmark_model, *expression_model;
    mien_read_options read;
    cli_results results;
} values;
static const values defaults = {
    .jobs = 1, .threads = -1, .rotate = MIEN_ROTATE_AUTO};

static const cli_option options[] = {
    CLI_OPTION_DETECTOR("network that finds faces: yunet (default; built in), "
                        "tiny or ssd (those of face-api.js)"),
    CLI_OPTION_ROTATE,
    CLI_ROW_INT(size, "size", 's', "N", 32, 4096,
                "side in pixels, a multiple of 32, that the detector sees the "
                "photo at; larger finds smaller faces and takes longer"),
    CLI_ROW_REAL(min_score, "min-score", 0, "S", 0, 1,
                 "leave out faces that the detector is less sure of, {range}"),
    CLI_ROW_REAL(max_overlap, "max-overlap", 0, "IOU", 0, 1,
                 "two boxes that overlap more than this, {range}, are one "
                 "face"),
    CLI_ROW_INT(max_faces, "max-faces", 0, "N", 1, INT_MAX,
                "at most so many, the surest"),
    CLI_ROW_FLAG(landmarks, "landmarks", 'l', "68 points of each face"),
    CLI_ROW_TEXT(landmark_model, CLI_FILE, "landmark-model", 0, "NAME|FILE",
                 "network for the points: 68 (default), tiny, or a file of "
                 "'mien train landmarks', align/model.onnx, whose points take "
                 "their place; implies --landmarks"),
    CLI_ROW_LIST(attributes, "attributes", 'a', "LIST",
                 "age,gender,expression,smile,glasses,pose",
                 "estimates to make, separated by commas: age, gender, "
                 "expression; with a file as --landmark-model smile, glasses, "
                 "pose, too; none is made unless named here"),
    CLI_ROW_TEXT(expression_model, CLI_FILE, "expression-model", 0, "FILE",
                 "model of 'mien train emotion' or of another training on "
                 "pictures with one task of classes, told as the expression"),
    CLI_ROW_FLAG(descriptors, "descriptors", 0,
                 "numbers that tell people apart, in JSON: 128, or 512 of "
                 "mobilefacenet"),
    CLI_OPTION_DESCRIPTOR,
    CLI_ROW_TEXT(draw, CLI_FILE, "draw", 'o', "FILE",
                 "save the photo with the faces marked, as PNG or JPEG by "
                 "FILE's ending; for several photos a folder"),
    CLI_OPTION_JSON("one JSON object a photo, a line each; the default when "
                    "standard output is no terminal"),
    CLI_ROW_CHOICE(format, "format", 'f', "FORMAT", "table,json,faceapi",
                   "table, json, or faceapi: an array of face-api.js' own "
                   "shapes, with \"file\" in each face of several photos"),
    CLI_ROW_FLAG(recursive, "recursive", 'r', "go into folders of folders"),
    CLI_OPTIONS_READ,
    CLI_OPTION_JOBS,
    CLI_ROW_INT(threads, "threads", 't', "N", 0, MIEN_POOL_MAX,
                "threads inside one photo (default: one for each processor, "
                "or 1 with --jobs); the answers do not depend on it"),
    CLI_OPTIONS_RESULTS,
    CLI_OPTION_MODELS,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien analyze photo.jpg", "a table of the faces"},
    {"mien analyze --landmarks --attributes age,expression --draw out.png "
     "photo.jpg",
     "points and two attributes, and a picture of them"},
    {"mien analyze --json --jobs 2 holiday/ > faces.jsonl",
     "a folder, one line a photo"},
    {"mien analyze --expression-model emotion/model.onnx photo.jpg",
     "expressions by a model of one's own"},
    {"mien analyze --landmark-model align/model.onnx -a smile,glasses --draw "
     "out.png photo.jpg",
     "its five points, and two of its answers"},
    {"mien analyze - < photo.jpg | jq '.faces | length'",
     "from standard input: how many faces?"},
    {"mien analyze --shard 3/16 --results part3.jsonl photos/",
     "the third of sixteen parts; the same again goes on after a break"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS_PHOTOS("every photo was read, with or without faces in it",
                     "some photos could not be read; their lines hold an error",
                     "no photo could be read, or a model is missing");

typedef enum format { TABLE, JSON, FACEAPI } format;

/* The places of --attributes: those of networks that come with mien first. */
enum { EXPRESSION = 2, BUILT_IN = 3, ATTRIBUTES = 6 };

typedef struct analysis {
    cli_files files;
    mien_reader_options options;
    mien_reader *reader;
    mien_own_models *own;  /* NULL: none */
    mien_results *results; /* NULL: standard output */
    mien_own_models_options own_files;
    const char *attribute[ATTRIBUTES - BUILT_IN];
    cli_drawing drawing;
    format format;
} analysis;

/* Which models of one's own there are, and what they are to tell; 0 after a
 * mistake. */
static int own_models(const values *v, analysis *an)
{
    mien_own_models_options *out = &an->own_files;
    static const char *const name[] = {"smile", "glasses", "pose"};
    const char *mistake = NULL, *file = v->landmark_model;
    if (file && (strcmp(file, "68") == 0 || strcmp(file, "tiny") == 0))
        file = NULL;
    out->landmarks = file;
    out->expression = v->expression_model;
    out->attribute = an->attribute;
    for (int i = BUILT_IN; i < ATTRIBUTES; i++)
        if (v->attributes >> i & 1)
            an->attribute[out->attributes++] = name[i - BUILT_IN];
    if (out->attributes && !file)
        mistake = "--attributes smile, glasses and pose want a file of 'mien "
                  "train landmarks' as --landmark-model";
    if ((out->expression || file) && v->format == FACEAPI)
        mistake = "face-api.js' shapes have no place for what models of one's "
                  "own tell; --format json has";
    if (mistake)
        cli_error("analyze: %s", mistake);
    return !mistake;
}

/* The reader's options from the command line; 0 after a mistake.  The library
 * takes 0 for its default; a user's 0 means the least there is. */
static int read_options(const cli_args *a, analysis *an)
{
    static const unsigned attributes[] = {MIEN_FACE_AGE, MIEN_FACE_GENDER,
                                          MIEN_FACE_EXPRESSION};
    const values *v = a->values;
    mien_reader_options *out = &an->options;
    mien_face_options *o = &out->face;
    if (v->size % 32 != 0) {
        cli_error("analyze: --size: found %d, wanted a multiple of 32",
                  v->size);
        return 0;
    }
    if (!own_models(v, an))
        return 0;
    if ((v->landmarks || v->landmark_model) && !an->own_files.landmarks)
        o->want |= MIEN_FACE_LANDMARKS;
    if (v->descriptors || cli_given(a, &v->descriptor))
        o->want |= MIEN_FACE_DESCRIPTOR;
    for (int i = 0; i < BUILT_IN; i++)
        if (v->attributes >> i & 1 && !(i == EXPRESSION && v->expression_model))
            o->want |= attributes[i];
    o->detector = v->detector;
    o->describer = v->descriptor;
    o->rotate = v->rotate;
    o->tiny_landmarks =
        v->landmark_model && strcmp(v->landmark_model, "tiny") == 0;
    o->input_size = v->size;
    o->max_faces = v->max_faces;
    o->min_score = cli_given(a, &v->min_score) ? fmaxf(v->min_score, FLT_MIN)
                                               : o->min_score;
    o->max_overlap = cli_given(a, &v->max_overlap)
                         ? fmaxf(v->max_overlap, FLT_MIN)
                         : o->max_overlap;
    out->image = v->read;
    out->models = v->models;
    out->lanes = v->jobs;
    out->threads = v->threads;
    return 1;
}

/* What a photo gave, in the format that is asked for. */
static void print_reading(analysis *an, int i, const mien_reading *r,
                          mien_buffer *out)
{
    const char *path = an->files.file[i].path;
    unsigned want = an->options.face.want;
    if (an->format == JSON) {
        mien_model_digest all[MIEN_FACE_MAX_MODELS + 2];
        mien_photo_record record = {.file = path, .reading = r, .want = want};
        record.expression_model = an->own_files.expression;
        record.landmark_model = an->own_files.landmarks;
        const mien_model_digest *d =
            mien_reader_digests(an->reader, &record.models);
        memcpy(all, d, (size_t)record.models * sizeof *all);
        if (an->own)
            record.models +=
                mien_own_models_digests(an->own, all + record.models);
        record.model = all;
        mien_record_photo(&record, out);
    }
    if (an->format == FACEAPI)
        mien_record_faceapi(an->files.n > 1 ? path : NULL, r, out);
    if (an->format == TABLE && i > 0)
        mien_buffer_puts(out, "\n");
    if (an->format == TABLE)
        cli_reading_table(path, r, want, out);
}

/* Mark the faces and save the photo; 0, and a report, on failure. */
static int draw(const analysis *an, const cli_file *f, mien_image *photo,
                const mien_faces *faces, mien_buffer *report)
{
    mien_error err = {0};
    if (mien_draw_faces(photo, faces, &err) == MIEN_OK)
        return cli_drawing_save(&an->drawing, f, photo, report);
    return cli_drawing_failed(f, &err, report);
}

/* cli_batch.work: read a photo, print and draw its faces. */
static void analyze_one(void *arg, int i, int lane, cli_outcome *out)
{
    analysis *an = arg;
    const cli_file *f = &an->files.file[i];
    int drawn = an->drawing.target != NULL, seen = drawn || an->own;
    mien_image photo = {0};
    mien_reading r = {0};
    mien_error err = f->error;
    if (err.status ||
        mien_reader_read(an->reader, lane, f->path, seen ? &photo : NULL, &r,
                         &err) ||
        (an->own && mien_own_models_read(an->own, &photo, &r, NULL, &err))) {
        cli_photo_failed(f->path, &err, an->format != TABLE, out);
        mien_faces_free(&r.faces);
        mien_image_free(&photo);
        return;
    }
    cli_photo_remarks(f->path, &r, &out->report);
    print_reading(an, i, &r, &out->text);
    if (drawn)
        mien_faces_scale(&r.faces, (float)photo.w / (float)r.w,
                         (float)photo.h / (float)r.h);
    if (drawn && !draw(an, f, &photo, &r.faces, &out->report))
        out->status = CLI_OUTPUT;
    mien_faces_free(&r.faces);
    mien_image_free(&photo);
}

/* The whole command but its clean-up; the status to exit with. */
static int analyze(const cli_args *a, analysis *an)
{
    const values *v = a->values;
    int several = 0;
    mien_reader_options *o = &an->options;
    if (!read_options(a, an))
        return CLI_USAGE;
    an->files.recursive = v->recursive;
    if (!cli_files_named(&an->files, a, &several))
        return CLI_NOTHING;
    an->format = (format)cli_format(
        a, &v->format, v->json, isatty(1) && !v->results.file ? TABLE : JSON);
    if (v->results.file && an->format != JSON) {
        cli_error("analyze: --results holds JSON, a line a photo; take away "
                  "--format");
        return CLI_USAGE;
    }
    an->drawing.target = v->draw;
    int status = cli_drawing_plan(&an->drawing, &an->files, several);
    if (!status)
        status = cli_results_open(&v->results, a, v->quiet, &an->files,
                                  &an->results);
    if (status || !an->files.n)
        return status;
    cli_batch_lanes(an->files.n, &o->lanes, &o->threads);
    status = cli_reader_open(o, &an->reader);
    mien_error err = {0};
    if (!status && (an->own_files.expression || an->own_files.landmarks) &&
        mien_own_models_load(&an->own_files, &an->own, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    if (status)
        return status;
    cli_batch batch = {&an->files,  o->lanes, v->quiet,
                       analyze_one, an,       an->results};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    analysis an = {.options = MIEN_READER_DEFAULTS};
    int status = analyze(a, &an);
    status = cli_results_close(an.results, status);
    mien_reader_free(an.reader);
    mien_own_models_free(an.own);
    mien_photo_list_free(&an.files);
    return status;
}

const cli_command cmd_analyze = {
    .name = "analyze",
    .operands = "PHOTO|FOLDER|-...",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .summary = "find the faces in photos",
    .description =
        "Find the faces in photos: JPEG, PNG, WebP, GIF (its first "
        "picture), HEIC, AVIF or PNM, told apart by their contents. FOLDER "
        "stands for the photos in it, in the order of their names; - is "
        "standard input.\n\n"
        "Boxes and points are in pixels of the upright photo, x to the right, "
        "y down; the box of a face at the edge reaches beyond it, so that x or "
        "y "
        "may be negative. Points, descriptors and attributes are computed only "
        "when "
        "asked for. A photo that cannot be read does not stop the others. One "
        "that "
        "is cut short or damaged is read as far as it goes, with a remark "
        "(\"warnings\" in JSON). A JPEG of more than 40 million pixels is "
        "decoded at a smaller size, up to 300 million; boxes and points are in "
        "its own pixels, a picture that is drawn (--draw) is of the smaller "
        "size.\n\n"
        "--expression-model and --landmark-model take models that were trained "
        "with mien: they are asked about the box of each face, cut out as in "
        "their training, and what they tell stands in JSON as {\"CLASS\": "
        "probability}.\n\n"
        "--shard shares photos out among processes and machines that need not "
        "know of each other, as GNU parallel or a Slurm array start them; "
        "--results is a file for one of them. A photo that could not be read "
        "has its line there, too.\n\n"
        "Age, gender and expression are guesses from pixels, often wrong for a "
        "single person; do not decide about people by them.",
    CLI_COMMAND_TABLES,
};
