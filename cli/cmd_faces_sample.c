/* cmd_faces_sample.c: faces of nobody, and a walk through them. */
#include "cli/faces.h"

#include <stdlib.h>

typedef struct values {
    cli_faces_values faces;
    const char *grid;
    unsigned seed;
    double spread;
    int stops, steps;
    float fps;
} values;
static const values defaults = {.faces = CLI_FACES_DEFAULTS,
                                .grid = "8x8",
                                .seed = 1,
                                .spread = 1,
                                .stops = 8,
                                .steps = 96,
                                .fps = 12};

#define OPTIONS_DRAWING                                                        \
    CLI_ROW_INT(seed, "seed", 0, "N", 0, 4294967295.0,                         \
                "which codes are drawn (default {})"),                         \
        CLI_ROW_REAL(spread, "spread", 0, "F", 0, 10,                          \
                     "of codes around their mean: less than 1 for faces that " \
                     "are more usual (default {})"),                           \
        CLI_OPTIONS_LOOK, CLI_OPTION_FACES_MODEL, CLI_OPTION_FACES_THREADS,    \
        CLI_OPTION_FACES_QUIET

/* mien_faces_sample or mien_faces_walk. */
typedef mien_status drawing(mien_coder *c, const mien_sampling *o, int n,
                            mien_image *out, mien_error *err);

/* Draw n faces, and save them in columns; columns 0: as frames, by the name.
 * The status to exit with. */
static int draw(const cli_args *a, drawing *with, int n, int columns)
{
    const values *v = a->values;
    cli_faces f;
    mien_codes codes = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    mien_image *im = cli_alloc((size_t)n, sizeof *im), sheet = {0};
    int status = cli_faces_open(v->faces.model, &v->faces, 1, &f);
    status = im ? status : CLI_NOTHING;
    const mien_sampling o = {&codes, v->seed, v->spread, v->stops};
    if (!status) {
        mien_status st =
            mien_codes_load(f.model, f.coder, &codes, &notes, &err);
        if (!st)
            st = with(f.coder, &o, n, im, &err);
        if (!st)
            st = mien_faces_show(im, n, &f.look, &err);
        if (!st && columns)
            st = mien_image_tile(im, n, columns, &sheet, &err);
        notes.n = v->faces.quiet ? 0 : notes.n;
        status = cli_faces_end(&f, st, &err, &notes);
    }
    if (!status && (columns ? mien_image_save(v->faces.output, &sheet, &err)
                            : mien_frames_save(v->faces.output, im, n,
                                               (double)v->fps, &err)))
        status = cli_unsaved(&err);
    for (int i = 0; im && i < n; i++)
        mien_image_free(&im[i]);
    free(im);
    mien_image_free(&sheet);
    mien_codes_free(&codes);
    cli_faces_close(&f);
    return status;
}

static int run_sample(const cli_args *a)
{
    const values *v = a->values;
    char *end;
    long columns = strtol(v->grid, &end, 10), rows = 0;
    if (*end == 'x')
        rows = strtol(end + 1, &end, 10);
    if (*end || columns < 1 || rows < 1 || columns > 100 || rows > 100) {
        cli_wrong(a, &v->grid, "columns and rows, each 1..100: 8x8");
        return CLI_USAGE;
    }
    return draw(a, mien_faces_sample, (int)(columns * rows), (int)columns);
}

static int run_walk(const cli_args *a)
{
    return draw(a, mien_faces_walk, ((const values *)a->values)->steps, 0);
}

static const cli_row exits[] =
    CLI_EXITS("drawn", "the model or its codes.json cannot be used");

static const cli_option sample_options[] = {
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 "faces side by side: .png or .jpg"),
    CLI_ROW_TEXT(grid, CLI_TEXT, "grid", 0, "CxR",
                 "columns and rows (default {})"),
    OPTIONS_DRAWING, CLI_OPTION_END};
static const cli_row sample_examples[] = {
    {"mien faces sample --seed 7 --grid 8x8 --sharpen -o faces.png",
     "64 faces of nobody"},
    {NULL, NULL},
};
const cli_command cmd_faces_sample = {
    .name = "faces sample",
    .operands = "",
    .summary = "faces of nobody, of codes that are drawn",
    .description =
        "Draws codes from the mixture of normal distributions that 'mien train "
        "faces' fitted to those of its pictures (codes.json beside the model), "
        "or, where there is none, from the standard normal distribution, which "
        "is said; and decodes them.",
    .options = sample_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = sample_examples,
    .exits = exits,
    .run = run_sample,
};

static const cli_option walk_options[] = {
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 CLI_TEXT_FRAMES),
    CLI_ROW_INT(stops, "stops", 0, "N", 2, 10000,
                "faces of nobody that are passed (default {})"),
    CLI_ROW_INT(steps, "steps", 0, "N", 1, 100000, "frames (default {})"),
    CLI_ROW_REAL(fps, "fps", 0, "N", 0.1, 1000, "frames a second (default {})"),
    OPTIONS_DRAWING,
    CLI_OPTION_END};
static const cli_row walk_examples[] = {
    {"mien faces walk --seed 3 --size 128 -o walk.gif",
     "96 frames through 8 faces and back to the first"},
    {NULL, NULL},
};
const cli_command cmd_faces_walk = {
    .name = "faces walk",
    .operands = "",
    .summary = "a walk through faces of nobody",
    .description = "Draws codes as 'mien faces sample' does and goes through "
                   "them along a smooth curve that ends where it began, so "
                   "that a video can be shown again and again.",
    .options = walk_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = walk_examples,
    .exits = exits,
    .run = run_walk,
};
