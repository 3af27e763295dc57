/* main.c: mien COMMAND [OPTION]... [ARGUMENT]... */
#include "cli/shell/shell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    cli_interrupt();
}

/* The first Ctrl-C asks the command to stop after the photo in hand, so that
 * no file is left half written; the second ends it at once.  So does a terminal
 * that goes away, but under nohup.  A closed pipe and a file that may grow no
 * further are errors of writing, not signals. */
static void set_signals(void)
{
    struct sigaction stop = {.sa_handler = on_interrupt,
                             .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&stop.sa_mask);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    if (signal(SIGHUP, SIG_IGN) != SIG_IGN)
        sigaction(SIGHUP, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static int print_version(void)
{
    mien_buffer out = {0};
    mien_buffer_printf(&out, "mien %s\ninstruction set: %s\nlibraries: ",
                       mien_version(), mien_isa());
    mien_libraries(&out);
    mien_buffer_puts(&out, "\n");
    cli_emit(&out);
    return CLI_OK;
}

/* Suggest a command, or the first word of one: "modle" is nearest to model. */
static int unknown_command(const char *word)
{
    const char *names[2 * CLI_MAX_COMMANDS];
    char first[CLI_MAX_COMMANDS][16];
    const cli_command *c;
    int n = 0;
    for (int i = 0; (c = cli_command_at(i)); i++) {
        int len = (int)strcspn(c->name, " ");
        snprintf(first[i], sizeof first[i], "%.*s", len, c->name);
        names[n++] = c->name;
        names[n++] = first[i];
    }
    const char *near = mien_text_nearest(word, names, n);
    if (near)
        cli_error("unknown command '%s'; did you mean '%s'?", word, near);
    else
        cli_error("unknown command '%s'; mien --help lists them", word);
    return CLI_USAGE;
}

static int print_help(const cli_command *c)
{
    mien_buffer out = {0};
    if (c)
        cli_help_command(c, &out);
    else
        cli_help_all(&out);
    cli_emit(&out);
    return CLI_OK;
}

/* Is help asked for before "--"?  A value such as `-o -h` does not matter; -h
 * may be an option of the command itself. */
static int wants_help(const cli_command *c, char **words, int n)
{
    int own = 0;
    for (const cli_option *o = c ? c->options : NULL; o && o->name; o++)
        own |= o->letter == 'h';
    for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 ||
            (!own && strcmp(words[i], "-h") == 0))
            return 1;
    return 0;
}

/* No command has this name.  `mien model` and `mien model --help` are asked
 * for by people who look for what there is under model. */
static int not_a_command(char **words, int n)
{
    mien_buffer family = {0};
    if (!cli_help_family(words[0], &family))
        return unknown_command(words[0]);
    if (n > 1 && wants_help(NULL, words + 1, n - 1)) {
        cli_emit(&family);
        return CLI_OK;
    }
    if (n == 1)
        fwrite(family.data, 1, family.n, stderr);
    mien_buffer_free(&family);
    if (n == 1)
        return CLI_USAGE;
    char name[64];
    snprintf(name, sizeof name, "%s %s", words[0], words[1]);
    return unknown_command(name);
}

static int run_command(int n, char **words)
{
    int used;
    const cli_command *c = cli_command_find(words, n, &used);
    if (!c)
        return not_a_command(words, n);
    if (wants_help(c, words + used, n - used))
        return print_help(c);
    cli_args args;
    if (!cli_options_read(c, words + used, n - used, &args))
        return CLI_USAGE;
    int status = c->run(&args);
    cli_options_free(&args);
    return cli_interrupted() && !c->endless ? CLI_INTERRUPTED : status;
}

int main(int argc, char **argv)
{
    set_signals();
    if (argc < 2) {
        mien_buffer out = {0};
        cli_help_all(&out);
        fwrite(out.data, 1, out.n, stderr);
        mien_buffer_free(&out);
        return CLI_USAGE;
    }
    int status;
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        status = print_version();
    else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        status = print_help(NULL);
    else
        status = run_command(argc - 1, argv + 1);
    return cli_finish(status);
}
