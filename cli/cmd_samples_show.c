/* cmd_samples_show.c: some of a labelled set, before training on it. */
#include "cli/shell/shell.h"

enum { SIDE = 192 /* pixels */ };

typedef struct values {
    const char *output, *images, *labels;
    int n, augment;
    unsigned seed;
} values;
static const values defaults = {.n = 9, .seed = 1};

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "draw samples side by side: .png or .jpg"),
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 'i', "DIR",
                 "where the pictures are (default: where the list is)"),
    CLI_ROW_TEXT(labels, CLI_FILE, "labels", 0, "FILE",
                 "votes of FER+ (fer2013new.csv), in place of the classes"),
    CLI_ROW_INT(n, "count", 'n', "N", 1, MIEN_SHEET_MAX,
                "how many samples are drawn (default {})"),
    CLI_ROW_INT(seed, "seed", 0, "N", 0, 4294967295.0,
                "which of them, and how they are changed (default {})"),
    CLI_ROW_FLAG(augment, "augment", 0,
                 "as training changes them: mirrored, turned, moved, ..."),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien samples show faces.csv --images photos/ -o sheet.png",
     "nine of a list, with their points"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "shown"},
    {"1", "shown, but some pictures could not be read"},
    {"2", "the command line is wrong"},
    {"3", "the samples or the votes cannot be read"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

/* Draw and save; the status to exit with. */
static int draw(const mien_labels *l, const values *v)
{
    const char *folder = v->images ? v->images : l->folder;
    const mien_augment faces = MIEN_AUGMENT_FACES;
    mien_sheet s = MIEN_SHEET_DEFAULTS;
    mien_image im = {0};
    mien_error err = {0};
    mien_buffer notes = {0};
    s.loader.load = mien_folder_image;
    s.loader.arg = &folder;
    s.loader.w = s.loader.h = SIDE;
    s.loader.square = 1;
    s.loader.seed = v->seed;
    s.loader.augment = faces;
    s.epoch = v->augment - 1;
    s.n = v->n;
    int status = CLI_NOTHING;
    if (mien_sheet_draw(l, &s, &im, &notes, &err) == MIEN_OK)
        status = mien_image_save(v->output, &im, &err) ? CLI_OUTPUT
                 : notes.n                             ? CLI_PARTLY
                                                       : CLI_OK;
    cli_error_lines(&notes);
    if (err.status)
        cli_error("%s", err.text);
    mien_image_free(&im);
    return status;
}

/* Read, draw and count; the status to exit with. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_labels l = {0};
    mien_error err = {0};
    mien_buffer out = {0}, notes = {0};
    const char *at = a->operand[0];
    mien_status st = mien_labels_load(at, &l, &err);
    if (!st && v->labels)
        st = mien_labels_vote(at = v->labels, &l, &err);
    mien_labels_notes(&l, &notes);
    cli_error_lines(&notes);
    if (st)
        cli_error_at(at, &err);
    int status = st ? CLI_NOTHING : v->output ? draw(&l, v) : CLI_OK;
    if (!st)
        mien_labels_summary(&l, &out);
    if (!cli_emit(&out) && !status)
        status = CLI_OUTPUT;
    mien_labels_free(&l);
    return status;
}

const cli_command cmd_samples_show = {
    .name = "samples show",
    .operands = "LIST|FOLDER|CSV",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "labelled pictures, before training on them",
    .description =
        "Print how many samples of which classes there are, and draw some. "
        "Read are lists of MTFL, FER2013's CSV file, folders named as classes, "
        "files named as UTKFace's, and CSV files with a header: path, NAME_x "
        "and NAME_y of points, box_x, box_y, box_width, box_height, classes, "
        "numbers. What cannot be read is left out, counted and told.",
    CLI_COMMAND_TABLES,
};
