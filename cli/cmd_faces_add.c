/* cmd_faces_add.c: a concept added to the face of a photo. */
#include "cli/faces.h"

#include <stdlib.h>

typedef struct values {
    cli_faces_values faces;
    const char *concept, *labels, *images;
    int most, strip, onto;
    float strength;
} values;
static const values defaults = {
    .faces = CLI_FACES_DEFAULTS, .most = 500, .strength = 1, .strip = 1};

static const cli_option options[] = {
    CLI_ROW_TEXT(concept, CLI_TEXT, "concept", 'c', "'A - B'",
                 "what is added and what is taken away: age:0-5 - age:30-40, "
                 "gender:female - gender:male, glasses:1 - glasses:2, or two "
                 "folders, with/ - without/"),
    CLI_ROW_TEXT(labels, CLI_FILE, "labels", 'l', "LIST|FOLDER|CSV",
                 "labelled pictures that tell A from B, as 'mien samples show' "
                 "reads them; not needed for a concept that is stored beside "
                 "the model"),
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 'i', "DIR",
                 "where these pictures are (default: where the list is)"),
    CLI_ROW_INT(most, "count", 'n', "N", 1, 1000000,
                "pictures of a side, at even distances (default {})"),
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 ".png or .jpg; a strip also as .gif, .webp, .mp4"),
    CLI_ROW_REAL(strength, "strength", 0, "F", -4, 4,
                 "how often the concept is added, 0..2; below 0 it is taken "
                 "away (default {})"),
    CLI_ROW_INT(strip, "strip", 0, "N", 1, 200,
                "so many pictures, from strength 0 to --strength"),
    CLI_ROW_CHOICE(onto, "onto", 0, "WHAT", "code,face,photo",
                   "what is shown: the face as the model makes it, or the "
                   "change on the face's own pixels, or in the whole photo: "
                   "{choices} (default code)"),
    CLI_OPTIONS_LOOK,
    CLI_OPTIONS_CODER,
    CLI_OPTION_FACES_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien faces add --concept 'age:0-5 - age:30-40' --labels utkface/ me.jpg "
     "-o young.png",
     "younger; the concept stays in concepts.json beside the model"},
    {"mien faces add --concept 'glasses:1 - glasses:2' --labels "
     "mtfl/training.txt --strip 5 --onto face --size 256 me.jpg -o glasses.png",
     "five strengths, on the face's own pixels"},
    {"mien faces add --concept 'with/ - without/' me.jpg -o hat.png",
     "from two folders"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "drawn"},
    {"2", "the command line is wrong, or nothing tells the concept"},
    {"3", "the photo, the labels or the model cannot be used"},
    {"4", "output could not be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

/* Add the concept and save; the status to exit with. */
static int add(cli_faces *f, const values *v, const char *photo,
               const mien_concept *concept)
{
    mien_error err = {0};
    mien_buffer notes = {0};
    mien_image *im = cli_alloc((size_t)v->strip, sizeof *im);
    float *strength = cli_alloc((size_t)v->strip, sizeof *strength);
    if (!im || !strength) {
        free(im);
        free(strength);
        return CLI_NOTHING;
    }
    for (int i = 0; i < v->strip; i++)
        strength[i] = v->strip > 1
                          ? v->strength * (float)i / (float)(v->strip - 1)
                          : v->strength;
    const mien_add_options o = {(mien_add_onto)v->onto, f->look, v->strip,
                                strength};
    mien_status st =
        mien_faces_add(f->coder, f->yunet, photo, concept, &o, im, &err);
    int status = cli_faces_end(f, st, &err, &notes);
    if (!st && mien_frames_save(v->faces.output, im, v->strip, 4, &err))
        status = cli_unsaved(&err);
    for (int i = 0; i < v->strip; i++)
        mien_image_free(&im[i]);
    free(im);
    free(strength);
    return status;
}

/* Get the concept, and add it; the status to exit with. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_faces f;
    mien_concept concept = {0};
    mien_concept_options o = {v->labels, v->images, v->most, cli_faces_progress,
                              &f};
    mien_buffer notes = {0};
    mien_error err = {0};
    if (!v->concept) {
        cli_error("--concept 'A - B' is missing");
        return CLI_USAGE;
    }
    int status = cli_faces_open(v->faces.model, &v->faces, 1, &f);
    if (!status) {
        mien_status st = mien_concept_get(f.coder, f.model, f.yunet, v->concept,
                                          &o, &concept, &notes, &err);
        if (v->faces.quiet)
            notes.n = 0;
        status = cli_faces_end(&f, st, &err, &notes);
    }
    if (!status)
        status = add(&f, v, a->operand[0], &concept);
    mien_concept_free(&concept);
    cli_faces_close(&f);
    return status;
}

const cli_command cmd_faces_add = {
    .name = "faces add",
    .operands = "PHOTO",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "a face made younger, with glasses, ... by its code",
    .description =
        "Adds to the code of a photo's largest face the mean code of pictures "
        "with something minus the mean code of pictures without it, and "
        "decodes the sum. A side of a concept is NAME:CLASS (by name, or by "
        "the number that the list has), NAME:LOW-HIGH, NAME:LOW- or "
        "NAME:VALUE of a number, or a folder.\n\n"
        "What was learned is stored in concepts.json beside the model, with "
        "where it comes from, and is used again.",
    CLI_COMMAND_TABLES,
};
