/* cmd_faces_near.c: photos whose faces are most like another. */
#include "cli/faces.h"

#include "cli/shell/files.h"

#include <limits.h>

typedef struct values {
    cli_faces_values faces;
    int most, json, recursive;
} values;
static const values defaults = {.faces = CLI_FACES_DEFAULTS, .most = 9};
enum { SIDE = 128 /* pixels of a face in the sheet */ };

static const cli_option options[] = {
    CLI_ROW_INT(most, "count", 'n', "N", 1, 1000000,
                "photos that are shown (default {})"),
    CLI_ROW_TEXT(faces.output, CLI_FILE, "output", 'o', "FILE",
                 "draw the face and those that are near, side by side: .png or "
                 ".jpg"),
    CLI_ROW_INT(faces.size, "size", 's', "N", 16, MIEN_FACE_MAX_INPUT,
                "pixels of a face there (default 128)"),
    CLI_OPTION_JSON("a record instead of lines for people"),
    CLI_OPTION_RECURSIVE,
    CLI_OPTIONS_CODER,
    CLI_OPTION_FACES_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien faces near me.jpg photos/ -o near.png",
     "the nine photos of a folder that are most like me"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "compared", "compared, but some photos could not be read or show no face",
    "the photo, all others or the model cannot be used");

/* Draw and print what was found; the status to exit with. */
static int show(const cli_faces *f, const values *v, const char *path,
                const mien_near_list *near)
{
    mien_image sheet = {0};
    mien_buffer out = {0};
    mien_error err = {0};
    int status = CLI_OK;
    if (v->faces.output &&
        mien_near_draw(f->yunet, path, near,
                       v->faces.size ? v->faces.size : SIDE, &sheet, &err)) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    } else if (v->faces.output &&
               mien_image_save(v->faces.output, &sheet, &err)) {
        status = cli_unsaved(&err);
    }
    mien_image_free(&sheet);
    if (v->json)
        mien_near_json(path, f->model, near, &out);
    for (int i = 0; i < near->n && !v->json; i++) {
        mien_buffer_printf(&out, "%8.3f  ", near->item[i].distance);
        mien_text_plain(near->item[i].path, &out);
        mien_buffer_puts(&out, "\n");
    }
    if (!cli_emit(&out) && !status)
        status = CLI_OUTPUT;
    return !status && near->left_out ? CLI_PARTLY : status;
}

/* Compare, and show; the status to exit with. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_faces f;
    cli_files files = {.recursive = v->recursive};
    mien_near_list near = {0};
    mien_buffer notes = {0};
    mien_error err = {0};
    const mien_near_options o = {v->most, cli_faces_progress, &f};
    int status = cli_faces_open(v->faces.model, &v->faces, 0, &f);
    for (int i = 1; i < a->n_operands && !status; i++)
        status = cli_files_add(&files, a->operand[i]) ? CLI_OK : CLI_NOTHING;
    if (!status) {
        mien_status st = mien_faces_near(f.coder, f.yunet, a->operand[0],
                                         &files, &o, &near, &notes, &err);
        status = cli_faces_end(&f, st, &err, &notes);
    }
    if (!status)
        status = show(&f, v, a->operand[0], &near);
    mien_near_free(&near);
    mien_photo_list_free(&files);
    cli_faces_close(&f);
    return status;
}

const cli_command cmd_faces_near = {
    .name = "faces near",
    .operands = "PHOTO PHOTO|FOLDER...",
    .min_operands = 2,
    .max_operands = INT_MAX,
    .summary = "photos whose faces are most like another",
    .description =
        "Compares the code of a photo's largest face with those of other "
        "photos and names the nearest, by Euclid's distance of their codes. "
        "Codes hold what the whole chip shows, light and background too: who "
        "it is 'mien find' tells.",
    CLI_COMMAND_TABLES,
};
