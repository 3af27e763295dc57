/* man.c: manual pages in roff, from the tables of the commands. */
#include "cli/shell/shell.h"

#include <ctype.h>
#include <string.h>

/* Text as roff prints it: hyphens that can be copied, no accidental requests.
 * Two line feeds start a paragraph. */
static void text(const char *p, mien_buffer *out)
{
    int line_start = 1;
    for (; *p; p++) {
        if (line_start && (*p == '.' || *p == '\''))
            mien_buffer_puts(out, "\\&");
        line_start = 0;
        if (strncmp(p, "\n\n", 2) == 0) {
            mien_buffer_puts(out, "\n.PP\n");
            p++;
            line_start = 1;
        } else if (*p == '\\') {
            mien_buffer_puts(out, "\\e");
        } else if (*p == '-') {
            mien_buffer_puts(out, "\\-");
        } else if (*p == '\'') {
            mien_buffer_puts(out, "\\(aq");
        } else if (*p == '`') {
            mien_buffer_puts(out, "\\(ga");
        } else {
            mien_buffer_put(out, p, 1);
        }
    }
}

/* "model list" -> "model-list", as roff writes it. */
static void page_name(const char *name, int upper, mien_buffer *out)
{
    for (; *name; name++) {
        char c = (char)(upper ? toupper((unsigned char)*name) : *name);
        if (c == ' ')
            mien_buffer_puts(out, "\\-");
        else
            mien_buffer_put(out, &c, 1);
    }
}

/* An option's entry in a page. */
static void option_entry(const cli_command *c, const cli_option *o,
                         mien_buffer *out)
{
    mien_buffer words = {0};
    mien_buffer_puts(out, ".TP\n");
    if (o->letter)
        mien_buffer_printf(out, "\\fB\\-%c\\fR, ", o->letter);
    mien_buffer_puts(out, "\\fB\\-\\-");
    text(o->name, out);
    mien_buffer_puts(out, "\\fR");
    if (o->argument)
        mien_buffer_printf(out, " \\fI%s\\fR", o->argument);
    mien_buffer_puts(out, "\n");
    text(cli_option_text(c, o, &words), out);
    out->failed |= words.failed;
    mien_buffer_free(&words);
    mien_buffer_puts(out, "\n");
}

static void rows(const char *title, const cli_row *r, int code,
                 mien_buffer *out)
{
    mien_buffer_printf(out, ".SH %s\n", title);
    for (; r->left; r++) {
        mien_buffer_puts(out, code ? ".TP\n\\fB" : ".TP\n");
        text(r->left, out);
        mien_buffer_puts(out, code ? "\\fR\n" : "\n");
        text(r->right, out);
        mien_buffer_puts(out, "\n");
    }
}

/* Where models are looked for, and what the environment says. */
static void places(mien_buffer *out)
{
    mien_buffer_puts(
        out, ".SH FILES\n"
             "Model files are looked for in the folder that\n"
             "\\fB\\-\\-models\\fR names, then in \\fB$MIEN_MODELS\\fR, in\n"
             "\\fI$XDG_DATA_HOME/mien/models\\fR (or\n"
             "\\fI~/.local/share/mien/models\\fR), and in\n"
             "\\fI../share/mien/models\\fR beside the folder of the program.\n"
             "The detector YuNet is built in.\n"
             ".SH ENVIRONMENT\n"
             ".TP\n\\fBMIEN_MODELS\\fR\na folder of model files\n"
             ".TP\n\\fBMIEN_ISA\\fR\n"
             "the instruction set to run with (ref, base, avx2, avx512) in\n"
             "place of the best the processor has\n");
}

/* The page of one command. */
static void command_page(const cli_command *c, mien_buffer *out)
{
    mien_buffer_puts(out, ".TH MIEN\\-");
    page_name(c->name, 1, out);
    mien_buffer_printf(out,
                       " 1 \"\" \"mien %s\" \"mien manual\"\n.SH NAME\nmien\\-",
                       mien_version());
    page_name(c->name, 0, out);
    mien_buffer_puts(out, " \\- ");
    text(c->summary, out);
    mien_buffer_printf(out, "\n.SH SYNOPSIS\n\\fBmien %s\\fR", c->name);
    if (c->options->name)
        mien_buffer_puts(out, " [\\fIOPTION\\fR]...");
    mien_buffer_puts(out, " ");
    text(c->operands, out);
    mien_buffer_puts(out, "\n.SH DESCRIPTION\n");
    text(c->description, out);
    mien_buffer_puts(out, "\n");
    if (c->options->name)
        mien_buffer_puts(out, ".SH OPTIONS\n");
    for (const cli_option *o = c->options; o->name; o++)
        option_entry(c, o, out);
    rows("EXAMPLES", c->examples, 1, out);
    rows("EXIT STATUS", c->exits, 0, out);
    places(out);
    mien_buffer_puts(out, ".SH SEE ALSO\n.BR mien (1)\n");
}

/* The page of mien itself, with all commands. */
static void main_page(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_printf(out, ".TH MIEN 1 \"\" \"mien %s\" \"mien manual\"\n",
                       mien_version());
    mien_buffer_puts(
        out, ".SH NAME\nmien \\- read the faces in photos\n"
             ".SH SYNOPSIS\n"
             "\\fBmien\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
             "[\\fIARGUMENT\\fR]...\n.br\n"
             "\\fBmien \\-\\-version\\fR\n"
             ".SH DESCRIPTION\n"
             "Find faces, their points and descriptors in photos, compare "
             "them, and handle the networks that do it.  Everything "
             "happens on this machine: mien opens no network connection "
             "and reports to nobody.  Age, gender and expression are "
             "computed only when named on the command line.\n"
             ".SH COMMANDS\n");
    for (int i = 0; (c = cli_command_at(i)); i++) {
        mien_buffer_printf(out, ".TP\n\\fBmien %s\\fR\n", c->name);
        text(c->summary, out);
        mien_buffer_puts(out, "\n");
    }
    places(out);
    mien_buffer_puts(out, ".SH SEE ALSO\n");
    for (int i = 0; (c = cli_command_at(i)); i++) {
        mien_buffer_puts(out, ".BR mien\\-");
        page_name(c->name, 0, out);
        mien_buffer_printf(out, " (1)%s\n", cli_command_at(i + 1) ? "," : "");
    }
}

void cli_man_page(const cli_command *c, mien_buffer *out)
{
    if (c)
        command_page(c, out);
    else
        main_page(out);
}
