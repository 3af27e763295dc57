/* help.c: usage and help, from the tables of the commands. */
#include "cli/shell/shell.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 80, OPTION_COLUMN = 28 };

void cli_help_usage(const cli_command *c, mien_buffer *out)
{
    mien_buffer_printf(out, "usage: mien %s%s%s%s\n", c->name,
                       c->options->name ? " [OPTION]..." : "",
                       *c->operands ? " " : "", c->operands);
}

/* An option's letter, name and argument, its text in a column beside. */
static void option_help(const cli_command *c, const cli_option *o,
                        mien_buffer *out)
{
    char letter[4] = "  ", head[80];
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c", o->letter);
    int n = snprintf(head, sizeof head, "  %s%s --%s%s%s", letter,
                     o->letter ? "," : " ", o->name, o->argument ? " " : "",
                     o->argument ? o->argument : "");
    mien_buffer_puts(out, head);
    if (n + 2 > OPTION_COLUMN)
        mien_buffer_printf(out, "\n%*s", OPTION_COLUMN, "");
    else
        mien_buffer_printf(out, "%*s", OPTION_COLUMN - n, "");
    mien_buffer text = {0};
    mien_text_wrap(cli_option_text(c, o, &text), OPTION_COLUMN, OPTION_COLUMN,
                   COLUMNS, out);
    out->failed |= text.failed;
    mien_buffer_free(&text);
    mien_buffer_puts(out, "\n");
}

void cli_help_command(const cli_command *c, mien_buffer *out)
{
    static const cli_option help = {
        .name = "help", .letter = 'h', .text = "print this and stop"};
    cli_help_usage(c, out);
    mien_buffer_puts(out, "\n");
    mien_text_wrap(c->description, 0, 0, COLUMNS, out);
    mien_buffer_puts(out, "\n\nOptions:\n");
    for (const cli_option *o = c->options; o->name; o++)
        option_help(c, o, out);
    option_help(c, &help, out);

    mien_buffer_puts(out, "\nExamples:\n");
    for (const cli_row *r = c->examples; r->left; r++) {
        mien_buffer_printf(out, "  %s\n      ", r->left);
        mien_text_wrap(r->right, 6, 6, COLUMNS, out);
        mien_buffer_puts(out, "\n");
    }
    mien_buffer_puts(out, "\nExit status:\n");
    for (const cli_row *r = c->exits; r->left; r++) {
        mien_buffer_printf(out, "  %-4s ", r->left);
        mien_text_wrap(r->right, 7, 7, COLUMNS, out);
        mien_buffer_puts(out, "\n");
    }
}

int cli_help_family(const char *word, mien_buffer *out)
{
    const cli_command *c;
    size_t n = strlen(word);
    int found = 0;
    for (int i = 0; (c = cli_command_at(i)); i++) {
        if (strncmp(c->name, word, n) != 0 || c->name[n] != ' ')
            continue;
        if (!found++)
            mien_buffer_printf(out, "usage: mien %s COMMAND ...\n\nCommands:\n",
                               word);
        mien_buffer_printf(out, "  %-15s %s\n", c->name, c->summary);
    }
    return found;
}

void cli_help_all(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_puts(
        out, "usage: mien COMMAND [OPTION]... [ARGUMENT]...\n"
             "       mien --version\n"
             "\n"
             "Read the faces in photos, on this machine.  Nothing leaves "
             "it, and nothing is\n"
             "computed about a person that was not asked for.\n"
             "\n"
             "Commands:\n");
    for (int i = 0; (c = cli_command_at(i)); i++)
        mien_buffer_printf(out, "  %-15s %s\n", c->name, c->summary);
    mien_buffer_puts(out,
                     "\n"
                     "Example:\n"
                     "  mien analyze --landmarks --draw faces.png photo.jpg\n"
                     "\n"
                     "mien COMMAND --help tells more of a command.\n");
}
