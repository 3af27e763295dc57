/* cmd_analyze.c: the faces in photos. */
#include "cli/analysis.h"
#include "cli/drawing.h"
#include "cli/roles.h"

#include <limits.h>
#include <unistd.h>

typedef cli_analysis_values values;
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
    CLI_ROW_TEXT(
        retention, CLI_TEXT, "retention", 0, "DAYS|DAY",
        "in JSON: under \"roles\", what was inferred and until when it "
        "is kept"),
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

/* The whole command's own. */
typedef struct work {
    cli_files files;
    cli_analysis faces;
    mien_results *results; /* NULL: standard output */
    cli_drawing drawing;
} work;

/* Mark the faces and save the photo; 0, and a report, on failure. */
static int draw(const work *w, const cli_file *f, mien_image *photo,
                const mien_faces *faces, mien_buffer *report)
{
    mien_error err = {0};
    if (mien_draw_faces(photo, faces, &err) == MIEN_OK)
        return cli_drawing_save(&w->drawing, f, photo, report);
    return cli_drawing_failed(f, &err, report);
}

/* cli_batch.work: read a photo, print and draw its faces. */
static void analyze_one(void *arg, int i, int lane, cli_outcome *out)
{
    work *w = arg;
    const cli_file *f = &w->files.file[i];
    int drawn = w->drawing.target != NULL;
    mien_image photo = {0};
    mien_reading r = {0};
    mien_error err = f->error;
    if (err.status || cli_analysis_read(&w->faces, f->path, lane,
                                        drawn ? &photo : NULL, &r, &err)) {
        cli_photo_failed(f->path, &err, w->faces.format != CLI_TABLE, out);
        return;
    }
    cli_photo_remarks(f->path, &r, &out->report);
    if (w->faces.format == CLI_TABLE && i > 0)
        mien_buffer_puts(&out->text, "\n");
    cli_analysis_put(&w->faces, f->path, &r, w->files.n > 1, &out->text);
    if (drawn)
        mien_faces_scale(&r.faces, (float)photo.w / (float)r.w,
                         (float)photo.h / (float)r.h);
    if (drawn && !draw(w, f, &photo, &r.faces, &out->report))
        out->status = CLI_OUTPUT;
    mien_faces_free(&r.faces);
    mien_image_free(&photo);
}

/* The whole command but its clean-up; the status to exit with. */
static int analyze(const cli_args *a, work *w)
{
    const values *v = a->values;
    int several = 0;
    mien_reader_options *o = &w->faces.options;
    if (!cli_analysis_options(a, &w->faces))
        return CLI_USAGE;
    w->files.recursive = v->recursive;
    if (!cli_files_named(&w->files, a, &several))
        return CLI_NOTHING;
    w->faces.format = (cli_analysis_format)cli_format(
        a, &v->format, v->json,
        isatty(1) && !v->results.file ? CLI_TABLE : CLI_JSON);
    if (v->results.file && w->faces.format != CLI_JSON) {
        cli_error("analyze: --results holds JSON, a line a photo; take away "
                  "--format");
        return CLI_USAGE;
    }
    if (v->retention && w->faces.format != CLI_JSON) {
        cli_error("analyze: --retention is for JSON; give --json");
        return CLI_USAGE;
    }
    w->drawing.target = v->draw;
    int status = cli_roles_of_photos(a, &v->retention, &w->faces.roles);
    if (!status)
        status = cli_drawing_plan(&w->drawing, &w->files, several);
    if (!status)
        status =
            cli_results_open(&v->results, a, v->quiet, &w->files, &w->results);
    if (status || !w->files.n)
        return status;
    cli_batch_lanes(w->files.n, &o->lanes, &o->threads);
    status = cli_analysis_open(&w->faces);
    if (status)
        return status;
    cli_batch batch = {&w->files,   o->lanes, v->quiet,
                       analyze_one, w,        w->results};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    work w = {.faces = {.options = MIEN_READER_DEFAULTS}};
    int status = analyze(a, &w);
    status = cli_results_close(w.results, status);
    cli_analysis_free(&w.faces);
    mien_photo_list_free(&w.files);
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
