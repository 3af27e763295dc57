/* cmd_gallery_enroll.c: somebody into a gallery, by photos. */
#include "cli/basis.h"
#include "cli/gallery.h"
#include "cli/gallery_faces.h"

#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    cli_basis_values basis;
    cli_gallery_faces_values read;
    const char *name, *born;
    int face;
} values;
static const values defaults = {.read = CLI_GALLERY_FACES_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(name, CLI_TEXT, "name", 'n', "NAME", "who it is"),
    CLI_OPTIONS_BASIS,
    CLI_ROW_TEXT(born, CLI_TEXT, "born", 0, "DAY",
                 "YYYY-MM-DD, kept with the person"),
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
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("enrolled", "the gallery could not be opened, a photo not be "
                          "used, or a model is missing");

/* Read the faces and enrol; the status to exit with. */
static int enroll(const cli_args *a, const cli_basis *basis, mien_gallery *g)
{
    const values *v = a->values;
    cli_gallery_reader r;
    mien_gallery_person p = {.basis = basis->note};
    mien_error err = {0};
    mien_buffer out = {0};
    int64_t id = 0;
    size_t n = strlen(v->name);
    memcpy(p.name, v->name, n < sizeof p.name ? n : sizeof p.name - 1);
    if (v->born)
        memcpy(p.born, v->born, strnlen(v->born, sizeof p.born - 1));
    int status = cli_gallery_reader_open(&v->read, &r);
    for (int i = 1; !status && i < a->n_operands; i++)
        status = cli_gallery_reader_one(&r, a->operand[i], v->face);
    if (!status) {
        const mien_gallery_faces faces = cli_gallery_reader_faces(&r);
        mien_status st = mien_gallery_enroll(g, &p, &faces, &id, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
    }
    cli_gallery_reader_close(&r);
    if (status)
        return status;
    mien_buffer_printf(&out, "%s: enrolled as %lld, for %s, until %s\n", p.name,
                       (long long)id, p.basis.purpose, p.basis.expiry);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Check what was said, open the gallery, enrol. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_basis basis;
    mien_gallery *g = NULL;
    int status = cli_basis_read(a, &v->basis, &basis);
    if (status)
        return status;
    if (!v->name || !basis.said) {
        cli_error("gallery enroll: needs --name, --basis and --purpose: who it "
                  "is, why and what for they may be recognised");
        return CLI_USAGE;
    }
    if (strlen(v->name) >= MIEN_GALLERY_NAME)
        return cli_wrong(a, &v->name, "fewer than 256 bytes"), CLI_USAGE;
    if (v->born && !mien_is_day(v->born))
        return cli_wrong(a, &v->born, "a day, YYYY-MM-DD"), CLI_USAGE;
    status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    status = enroll(a, &basis, g);
    mien_gallery_close(g);
    return status;
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
        "next opened.",
    CLI_COMMAND_TABLES,
};
