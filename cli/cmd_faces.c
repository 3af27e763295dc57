/* cmd_faces.c: faces made again by an auto-encoder, and between two. */
#include "cli/faces.h"

#include <limits.h>

typedef struct values {
    cli_faces_values faces;
    int steps;
    float fps;
} values;
static const values defaults = {
    .faces = CLI_FACES_DEFAULTS, .steps = 24, .fps = 12};

/* The sheet of reconstruct; the status to exit with. */
static int draw_pairs(const cli_args *a, cli_faces *f)
{
    const values *v = a->values;
    mien_error err = {0};
    mien_buffer notes = {0};
    mien_image sheet = {0};
    int status = CLI_NOTHING;
    if (mien_faces_again(f->coder, f->yunet, a->n_operands - 1,
                         (const char *const *)a->operand + 1, &f->look, &sheet,
                         &notes, &err))
        cli_error("%s", err.text);
    else if (mien_image_save(v->faces.output, &sheet, &err))
        status = cli_unsaved(&err);
    else
        status = notes.n ? CLI_PARTLY : CLI_OK;
    cli_error_lines(&notes);
    mien_image_free(&sheet);
    return status;
}

/* The frames of morph; the status to exit with. */
static int draw_frames(const cli_args *a, cli_faces *f)
{
    const values *v = a->values;
    mien_error err = {0};
    mien_status st = mien_faces_morph(
        f->coder, f->yunet, (const char *const *)a->operand, v->faces.output,
        v->steps, (double)v->fps, &f->look, &err);
    if (st == MIEN_EIO)
        return cli_unsaved(&err);
    if (st)
        cli_error("%s", err.text);
    return st ? CLI_NOTHING : CLI_OK;
}

/* Open a model, and draw; the status to exit with. */
static int draw(const cli_args *a, const char *model,
                int (*with)(const cli_args *, cli_faces *))
{
    cli_faces f;
    int status =
        cli_faces_open(model, &((const values *)a->values)->faces, 1, &f);
    if (!status)
        status = with(a, &f);
    cli_faces_close(&f);
    return status;
}

static int run_reconstruct(const cli_args *a)
{
    return draw(a, a->operand[0], draw_pairs);
}

static int run_morph(const cli_args *a)
{
    return draw(a, ((const values *)a->values)->faces.model, draw_frames);
}

static const cli_row exits[] = {
    {"0", "drawn"},
    {"1", "drawn, but some photos could not be read or show no face"},
    {"2", "the command line is wrong"},
    {"3", "a photo or all of them cannot be used, or the model is none"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

static const cli_option reconstruct_options[] = {
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 "pairs side by side, four in a row: .png or .jpg"),
    CLI_OPTIONS_LOOK, CLI_OPTION_FACES_ALIGN, CLI_OPTION_FACES_THREADS,
    CLI_OPTION_END};
static const cli_row reconstruct_examples[] = {
    {"mien faces reconstruct vae/model.onnx photos/*.jpg -o sheet.png",
     "each face beside what the model makes of its code"},
    {NULL, NULL},
};
const cli_command cmd_faces_reconstruct = {
    .name = "faces reconstruct",
    .operands = "MODEL PHOTO...",
    .min_operands = 2,
    .max_operands = INT_MAX,
    .summary = "faces beside what an auto-encoder makes of them",
    .description = "Draws the largest face of each photo, and beside it what a "
                   "model of 'mien train faces' makes of its code.",
    .options = reconstruct_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = reconstruct_examples,
    .exits = exits,
    .run = run_reconstruct,
};

static const cli_option morph_options[] = {
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 CLI_TEXT_FRAMES),
    CLI_ROW_INT(steps, "steps", 0, "N", 2, 1000, "frames (default {})"),
    CLI_ROW_REAL(fps, "fps", 0, "N", 0.1, 1000, "frames a second (default {})"),
    CLI_OPTIONS_LOOK,
    CLI_OPTIONS_CODER,
    CLI_OPTION_END};
static const cli_row morph_examples[] = {
    {"mien faces morph a.jpg b.jpg --model vae/model.onnx -o morph.gif",
     "24 frames from one face to the other"},
    {NULL, NULL},
};
const cli_command cmd_faces_morph = {
    .name = "faces morph",
    .operands = "PHOTO PHOTO",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "from one face to another, through an auto-encoder's codes",
    .description = "Encodes the largest face of two photos, goes in a straight "
                   "line from one code to the other, and decodes each step.",
    .options = morph_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = morph_examples,
    .exits = exits,
    .run = run_morph,
};
