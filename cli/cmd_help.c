/* cmd_help.c: help and manual pages. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { OPT_MAN, OPT_PAGES };

static const cli_option options[] = {
    {"man", 0, CLI_FLAG, NULL, NULL,
     "print the manual page as roff; without COMMAND, that of mien itself"},
    {"pages", 0, CLI_FLAG, NULL, NULL, "print the names of the manual pages"},
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien help analyze", "the help of one command"},
    {"mien help --man model list | man -l -", "read a manual page"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "help was printed"},
    {"2", "there is no such command"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

static void print_pages(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_puts(out, "mien\n");
    for (int i = 0; (c = cli_command_at(i)); i++) {
        mien_buffer_puts(out, "mien-");
        for (const char *p = c->name; *p; p++)
            mien_buffer_printf(out, "%c", *p == ' ' ? '-' : *p);
        mien_buffer_puts(out, "\n");
    }
}

/* Does page, "analyze", "mien-analyze" or "model-list", name the command? */
static int names(const char *page, const char *command)
{
    if (strncmp(page, "mien-", 5) == 0)
        page += 5;
    while (*page && (*page == *command || (*page == '-' && *command == ' '))) {
        page++;
        command++;
    }
    return *page == *command;
}

static const cli_command *wanted(const cli_args *a)
{
    int used;
    const cli_command *c = cli_command_find(a->operand, a->n_operands, &used);
    if (c && used == a->n_operands)
        return c;
    for (int i = 0; a->n_operands == 1 && (c = cli_command_at(i)); i++)
        if (names(a->operand[0], c->name))
            return c;
    return NULL;
}

/* The command. */
static int run(const cli_args *a)
{
    mien_buffer out = {0};
    const cli_command *c = wanted(a);
    int self = !a->n_operands || strcmp(a->operand[0], "mien") == 0;
    if (cli_given(a, OPT_PAGES)) {
        print_pages(&out);
    } else if (c || self) {
        if (cli_given(a, OPT_MAN))
            cli_man_page(c, &out);
        else if (c)
            cli_help_command(c, &out);
        else
            cli_help_all(&out);
    } else if (a->n_operands > 1 || !cli_help_family(a->operand[0], &out)) {
        cli_error("help: there is no command '%s'; mien --help lists them",
                  a->operand[0]);
        return CLI_USAGE;
    }
    cli_emit(&out);
    return CLI_OK;
}

const cli_command cmd_help = {
    "help",
    "[COMMAND]",
    0,
    2,
    "help on mien or on a command",
    "Print the help of COMMAND, or the list of commands. The manual pages are "
    "made of the same text.",
    options,
    examples,
    exits,
    run,
};
