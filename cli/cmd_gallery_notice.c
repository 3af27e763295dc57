/* cmd_gallery_notice.c: a page for the door behind which faces are recognised.
 */
#include "cli/gallery.h"
#include "cli/shell/files.h"

typedef struct values {
    cli_gallery_values open;
    const char *purpose, *responsible, *contact, *output;
} values;
static const values defaults = {0};

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "what people are looked for"),
    CLI_ROW_TEXT(responsible, CLI_TEXT, "responsible", 0, "TEXT",
                 "whose camera it is (default: a line to be filled in)"),
    CLI_ROW_TEXT(contact, CLI_TEXT, "contact", 0, "TEXT",
                 "where to ask (default: a line to be filled in)"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "a page of HTML (default: standard output)"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery notice people.db --purpose door --responsible \"The "
     "library\" "
     "--contact \"the desk\" -o notice.html",
     "a page to be printed"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("written", "the gallery could not be opened");

/* The whole command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    const mien_gallery_notice_options o = {v->purpose, v->responsible,
                                           v->contact};
    mien_gallery *g = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    int blank = 0;
    if (!v->purpose)
        return cli_wrong(a, &v->purpose, "what people are looked for"),
               CLI_USAGE;
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    mien_status st = mien_gallery_notice(g, &o, &out, &blank, &err);
    mien_gallery_close(g);
    if (st) {
        mien_buffer_free(&out);
        return cli_gallery_failed(st, &err);
    }
    if (blank)
        cli_error("%d line%s left to be filled in", blank,
                  blank == 1 ? " is" : "s are");
    return cli_deliver(v->output, &out);
}

const cli_command cmd_gallery_notice = {
    .name = "gallery notice",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "a notice for those whose faces are looked at",
    .description =
        "Writes a page to be hung up where people of a gallery are looked for: "
        "what for, why, how many are enrolled, what is kept and until when, "
        "how often it is wrong as far as 'gallery calibrate' measured it, and "
        "what everybody can ask for. It names nobody. What the gallery cannot "
        "know is left as a line. Whether the law asks for more, or forbids it, "
        "it does not tell.",
    CLI_COMMAND_TABLES,
};
