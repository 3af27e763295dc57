/* cmd_gallery_optout.c: somebody who is never to be matched. */
#include "cli/basis.h"
#include "cli/gallery_faces.h"

typedef struct values {
    cli_gallery_values open;
    cli_gallery_faces_values read;
    const char *name, *expires;
    cli_words evidence;
    int face;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(name, CLI_TEXT, "name", 'n', "NAME",
                 "by which the entry can be found and withdrawn; the number of "
                 "a letter will do"),
    CLI_ROW_TEXT(expires, CLI_TEXT, "expires", 0, "DAY",
                 "YYYY-MM-DD, the last day on which it holds (default: 365 "
                 "days from today)"),
    CLI_OPTION_EVIDENCE,
    CLI_OPTION_GALLERY_FACE,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery optout people.db --name \"letter 12\" photo.jpg",
     "nobody's, whatever is looked for"},
    {"mien gallery withdraw people.db \"letter 12\"", "no longer"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("kept", "the gallery could not be opened, a photo not be used, "
                      "or a model is missing");

static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_basis basis;
    /* Who asks for it agrees to be kept for that alone. */
    if (cli_basis_for(a, "consent", MIEN_GALLERY_OPT_OUT, &v->expires, &basis))
        return CLI_USAGE;
    if (!v->name)
        return cli_wrong(a, &v->name, "a name for the entry"), CLI_USAGE;
    const cli_gallery_newcomer who = {&v->name,    NULL,
                                      &basis.note, &v->read,
                                      v->face,     "never to be matched,",
                                      &v->evidence};
    return cli_gallery_enroll(a, &v->open, &who);
}

const cli_command cmd_gallery_optout = {
    .name = "gallery optout",
    .operands = "PEOPLE.db PHOTO...",
    .min_operands = 2,
    .max_operands = MIEN_GALLERY_MAX_FACES,
    .summary = "keep somebody in a gallery who is never to be matched",
    .description =
        "Whatever a search is for, a face that is nearer to one of these than "
        "to anybody who is looked for gets no name, and the log does not tell "
        "that it was seen. A descriptor of the face is kept for that, sealed "
        "like all others, and it ends: who does not want even that cannot be "
        "kept out of the answers otherwise, but by looking for nobody. It "
        "holds for faces that the same network describes.",
    CLI_COMMAND_TABLES,
};
