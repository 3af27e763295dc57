/* cmd_gallery_not.c: faces that are not somebody, though they look alike. */
#include "cli/gallery.h"
#include "cli/gallery_faces.h"

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    int face;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_GALLERY_FACE,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery not people.db Ada visitor.jpg",
     "who was taken for Ada, and is not"},
    {"mien gallery show people.db Ada", "by number, for 'gallery remove'"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("kept", "the gallery could not be opened, nobody has the name, a "
                      "photo could not be used, or a model is missing");

/* Read the faces and keep them. */
static int deny(const cli_args *a, mien_gallery *g,
                const mien_gallery_person *p)
{
    const values *v = a->values;
    cli_gallery_reader r;
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_reader_open(&v->read, &r);
    for (int i = 2; !status && i < a->n_operands; i++)
        status = cli_gallery_reader_one(&r, a->operand[i], v->face);
    if (!status) {
        const mien_gallery_faces faces = cli_gallery_reader_faces(&r);
        mien_status st =
            mien_gallery_add_negative(g, p->id, &faces, NULL, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    cli_gallery_reader_close(&r);
    if (status)
        return status;
    int n = mien_gallery_list_negatives(g, p->id, all);
    mien_buffer_printf(&out, "%s: %d face%s that %s somebody else now\n",
                       p->name, n, n == 1 ? "" : "s", n == 1 ? "is" : "are");
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Open the gallery and find who is not meant. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    const mien_gallery_person *p = cli_gallery_person(g, a->operand[1]);
    status = p ? deny(a, g, p) : CLI_NOTHING;
    mien_gallery_close(g);
    return status;
}

const cli_command cmd_gallery_not = {
    .name = "gallery not",
    .operands = "PEOPLE.db NAME PHOTO...",
    .min_operands = 3,
    .max_operands = MIEN_GALLERY_MAX_FACES,
    .summary = "a face that is not somebody in a gallery",
    .description =
        "Keeps a descriptor of the face in each photo as a negative of NAME: "
        "in a search a face that is nearer to it than to any face of NAME is "
        "not NAME, and the next nearest person counts. It names nobody, and "
        "holds for faces that the same network describes. The face is of "
        "somebody who agreed to nothing: it is sealed with the key of NAME, "
        "is in no export, and is erased with NAME at the latest; 'mien gallery "
        "remove' erases it before, by the number that 'mien gallery show' "
        "prints. Instead of a name, '#7' is the person of that number.",
    CLI_COMMAND_TABLES,
};
