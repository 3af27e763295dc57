/* cmd_help.c: help and manual pages. */
#include "cli/shell/shell.h"

#include <stdio.h>
#include <string.h>

typedef struct values {
    int man, pages;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_FLAG(
        man, "man", 0,
        "print the manual page as roff; without COMMAND, that of mien itself"),
    CLI_ROW_FLAG(pages, "pages", 0, "print the names of the manual pages"),
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
    const values *v = a->values;
    mien_buffer out = {0};
    const cli_command *c = wanted(a);
    int self = !a->n_operands || strcmp(a->operand[0], "mien") == 0;
    if (v->pages) {
        print_pages(&out);
    } else if (c || self) {
        if (v->man)
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
    .name = "help",
    .operands = "[COMMAND]",
    .min_operands = 0,
    .max_operands = 2,
    .summary = "help on mien or on a command",
    .description = "Print the help of COMMAND, or the list of commands. The "
                   "manual pages are "
                   "made of the same text.",
    CLI_COMMAND_TABLES,
};
