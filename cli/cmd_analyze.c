/* cmd_analyze.c: the faces in photos. */
#include "cli/cli_drawing.h"
#include "cli/cli_photos.h"

#include <float.h>
#include <limits.h>
#include <unistd.h>

enum {
    OPT_DETECTOR,
    OPT_SIZE,
    OPT_MIN_SCORE,
    OPT_MAX_OVERLAP,
    OPT_MAX_FACES,
    OPT_LANDMARKS,
    OPT_LANDMARK_MODEL,
    OPT_ATTRIBUTES,
    OPT_DESCRIPTORS,
    OPT_DRAW,
    OPT_JSON,
    OPT_FORMAT,
    OPT_RECURSIVE,
    OPT_ORIENTATION,
    OPT_JOBS,
    OPT_THREADS,
    OPT_MODELS,
    OPT_QUIET
};

static const cli_option options[] = {
    {"detector", 'd', CLI_CHOICE, "NAME", "yunet,tiny,ssd",
     "network that finds faces: yunet (default; built in), tiny or ssd "
     "(those of face-api.js)"},
    {"size", 's', CLI_NUMBER, "N", NULL,
     "side in pixels, a multiple of 32, that the detector sees the photo at; "
     "larger finds smaller faces and takes longer"},
    {"min-score", 0, CLI_NUMBER, "S", NULL,
     "leave out faces that the detector is less sure of, 0 to 1"},
    {"max-overlap", 0, CLI_NUMBER, "IOU", NULL,
     "two boxes that overlap more than this, 0 to 1, are one face"},
    {"max-faces", 0, CLI_NUMBER, "N", NULL, "at most so many, the surest"},
    {"landmarks", 'l', CLI_FLAG, NULL, NULL, "68 points of each face"},
    {"landmark-model", 0, CLI_CHOICE, "NAME", "68,tiny",
     "network for the points: 68 (default) or tiny; implies --landmarks"},
    {"attributes", 'a', CLI_LIST, "LIST", "age,gender,expression",
     "estimates to make, separated by commas: age, gender, expression; none "
     "is made unless named here"},
    {"descriptors", 0, CLI_FLAG, NULL, NULL,
     "128 numbers that tell people apart, in JSON"},
    {"draw", 'o', CLI_FILE, "FILE", NULL,
     "save the photo with the faces marked, as PNG or JPEG by FILE's ending; "
     "for several photos a folder"},
    {"json", 'j', CLI_FLAG, NULL, NULL,
     "one JSON object a photo, a line each; the default when standard output "
     "is no terminal"},
    {"format", 'f', CLI_CHOICE, "FORMAT", "table,json,faceapi",
     "table, json, or faceapi: an array of face-api.js' own shapes"},
    {"recursive", 'r', CLI_FLAG, NULL, NULL, "go into folders of folders"},
    CLI_OPTION_ORIENTATION,
    {"jobs", 'J', CLI_NUMBER, "N", NULL,
     "photos at a time (default 1; 0: one for each processor)"},
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads inside one photo (default: one for each processor, or 1 with "
     "--jobs); the answers do not depend on it"},
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
    {"mien analyze - < photo.jpg | jq '.faces | length'",
     "from standard input: how many faces?"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "every photo was read, with or without faces in it"},
    {"1", "some photos could not be read; their lines hold an error"},
    {"2", "the command line is wrong"},
    {"3", "no photo could be read, or a model is missing"},
    {"4", "output could not be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

typedef enum format { TABLE, JSON, FACEAPI } format;

typedef struct analysis {
    cli_files files;
    mien_reader_options options;
    mien_reader *reader;
    cli_drawing drawing;
    format format;
} analysis;

static int size_is_good(int size)
{
    if (size % 32 == 0)
        return 1;
    cli_error("analyze: --size: found %d, wanted a multiple of 32", size);
    return 0;
}

/* The library takes 0 for its default; a user's 0 means the least there is. */
static void mean_zero(const cli_args *a, int option, float *value)
{
    if (cli_given(a, option) && *value == 0)
        *value = FLT_MIN;
}

/* The reader's options from the command line; 0 after a mistake. */
static int read_options(const cli_args *a, mien_reader_options *out)
{
    static const unsigned attributes[] = {MIEN_FACE_AGE, MIEN_FACE_GENDER,
                                          MIEN_FACE_EXPRESSION};
    mien_face_options *o = &out->face;
    o->detector = (mien_detector)cli_choice(a, OPT_DETECTOR, 0);
    if (cli_given(a, OPT_LANDMARKS) || cli_given(a, OPT_LANDMARK_MODEL))
        o->want |= MIEN_FACE_LANDMARKS;
    if (cli_given(a, OPT_DESCRIPTORS))
        o->want |= MIEN_FACE_DESCRIPTOR;
    unsigned named = cli_list(a, OPT_ATTRIBUTES);
    for (int i = 0; i < 3; i++)
        if (named >> i & 1)
            o->want |= attributes[i];
    o->tiny_landmarks = cli_choice(a, OPT_LANDMARK_MODEL, 0);
    out->image.ignore_orientation = cli_given(a, OPT_ORIENTATION);
    out->models = a->value[OPT_MODELS];
    int good = cli_int(a, OPT_SIZE, 32, 4096, &o->input_size) &&
               size_is_good(o->input_size) &&
               cli_float(a, OPT_MIN_SCORE, 0, 1, &o->min_score) &&
               cli_float(a, OPT_MAX_OVERLAP, 0, 1, &o->max_overlap) &&
               cli_int(a, OPT_MAX_FACES, 1, INT_MAX, &o->max_faces);
    mean_zero(a, OPT_MIN_SCORE, &o->min_score);
    mean_zero(a, OPT_MAX_OVERLAP, &o->max_overlap);
    return good;
}

static format choose_format(const cli_args *a)
{
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        return JSON;
    return (format)cli_choice(a, OPT_FORMAT, isatty(1) ? TABLE : JSON);
}

/* What a photo gave, in the format that is asked for. */
static void print_reading(analysis *an, int i, const mien_reading *r,
                          mien_buffer *out)
{
    const char *path = an->files.file[i].path;
    unsigned want = an->options.face.want;
    if (an->format == JSON) {
        mien_photo_record record = {.file = path, .reading = r, .want = want};
        record.model = mien_reader_digests(an->reader, &record.models);
        mien_record_photo(&record, out);
    }
    if (an->format == FACEAPI)
        mien_record_faceapi(r, out);
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
    mien_buffer_printf(report, "%s: %s", f->path, err.text);
    return 0;
}

/* cli_batch.work: read a photo, print and draw its faces. */
static void analyze_one(void *arg, int i, int lane, cli_outcome *out)
{
    analysis *an = arg;
    const cli_file *f = &an->files.file[i];
    int drawn = an->drawing.target != NULL;
    mien_image photo = {0};
    mien_reading r;
    mien_error err = f->error;
    if (err.status || mien_reader_read(an->reader, lane, f->path,
                                       drawn ? &photo : NULL, &r, &err)) {
        cli_photo_failed(f->path, &err, an->format != TABLE, out);
        return;
    }
    print_reading(an, i, &r, &out->text);
    if (drawn && !draw(an, f, &photo, &r.faces, &out->report))
        out->status = CLI_OUTPUT;
    mien_faces_free(&r.faces);
    mien_image_free(&photo);
}

/* The whole command but its clean-up; the status to exit with. */
static int analyze(const cli_args *a, analysis *an)
{
    int several = 0;
    mien_reader_options *o = &an->options;
    if (!read_options(a, o))
        return CLI_USAGE;
    if (!cli_files_named(&an->files, a, OPT_RECURSIVE, &several))
        return CLI_NOTHING;
    if (!cli_batch_lanes(a, OPT_JOBS, OPT_THREADS, an->files.n, &o->lanes,
                         &o->threads))
        return CLI_USAGE;
    an->format = choose_format(a);
    an->drawing.target = a->value[OPT_DRAW];
    int status = cli_drawing_plan(&an->drawing, &an->files, several);
    if (!status)
        status = cli_reader_open(o, &an->reader);
    if (status)
        return status;
    cli_batch batch = {&an->files, o->lanes, cli_given(a, OPT_QUIET),
                       analyze_one, an};
    return cli_batch_run(&batch);
}

static int run(const cli_args *a)
{
    analysis an = {.options = MIEN_READER_DEFAULTS};
    int status = analyze(a, &an);
    mien_reader_free(an.reader);
    cli_files_free(&an.files);
    return status;
}

const cli_command cmd_analyze = {
    "analyze",
    "PHOTO|FOLDER|-...",
    1,
    INT_MAX,
    "find the faces in photos",
    "Find the faces in photos: JPEG, PNG, WebP, GIF (its first picture) or "
    "PPM, told apart by their contents. FOLDER stands for the photos in it, "
    "in the order of their names; - is standard input.\n\n"
    "Boxes and points are in pixels of the upright photo, x to the right, y "
    "down. Points, descriptors and attributes are computed only when asked "
    "for. A photo that cannot be read does not stop the others.\n\n"
    "Age, gender and expression are guesses from pixels, often wrong for a "
    "single person; do not decide about people by them.",
    options,
    examples,
    exits,
    run,
};
