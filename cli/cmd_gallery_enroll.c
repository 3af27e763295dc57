/* cmd_gallery_enroll.c: somebody into a gallery, by photos. */
#include "cli/basis.h"
#include "cli/gallery.h"
#include "cli/gallery_faces.h"

typedef struct values {
    cli_gallery_values open;
    cli_basis_values basis;
    cli_gallery_faces_values read;
    const char *name, *born;
    cli_words evidence;
    int face;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(name, CLI_TEXT, "name", 'n', "NAME", "who it is"),
    CLI_OPTIONS_BASIS,
    CLI_ROW_TEXT(born, CLI_TEXT, "born", 0, "DAY",
                 "YYYY-MM-DD, kept with the person"),
    CLI_OPTION_EVIDENCE,
    CLI_OPTION_GALLERY_FACE,
    CLI_OPTIONS_GALLERY_FACES,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery enroll people.db --name Ada --basis consent --purpose door "
     "ada1.jpg ada2.jpg",
     "for a year"},
    {"mien gallery enroll people.db --name Bob --basis consent --purpose door "
     "--expires 2999-01-01 bob.jpg",
     "until a day"},
    {"mien gallery enroll people.db --name Cy --basis consent --purpose door "
     "--evidence form.pdf cy.jpg",
     "with what Cy signed"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("enrolled", "the gallery could not be opened, a photo not be "
                          "used, or a model is missing");

/* Check what was said, open the gallery, enrol. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_basis basis;
    int status = cli_basis_read(a, &v->basis, &basis);
    if (status)
        return status;
    if (!v->name || !basis.said) {
        cli_error("gallery enroll: needs --name, --basis and --purpose: who it "
                  "is, why and what for they may be recognised");
        return CLI_USAGE;
    }
    if (v->born && !mien_is_day(v->born))
        return cli_wrong(a, &v->born, "a day, YYYY-MM-DD"), CLI_USAGE;
    const cli_gallery_newcomer who = {&v->name,    v->born, &basis.note,
                                      &v->read,    v->face, "enrolled as",
                                      &v->evidence};
    return cli_gallery_enroll(a, &v->open, &who);
}

const cli_command cmd_gallery_enroll = {
    .name = "gallery enroll",
    .operands = "PEOPLE.db PHOTO...",
    .min_operands = 2,
    .max_operands = MIEN_GALLERY_MAX_FACES,
    .summary = "add somebody to a gallery, with a basis, a purpose and an end",
    .description =
        "Keeps a descriptor of the face in each photo, not the photo. Without "
        "a basis and a purpose nobody is enrolled; without an end it is in "
        "365 days, and whoever's end has come is erased when the gallery is "
        "next opened. Evidence is enrolled with the person, or neither is: "
        "'mien gallery evidence'.",
    CLI_COMMAND_TABLES,
};
