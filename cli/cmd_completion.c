/* cmd_completion.c: completion scripts for shells. */
#include "cli/shell/shell.h"

#include <string.h>

static const cli_option options[] = {CLI_OPTION_END};

static const cli_row examples[] = {
    {"mien completion bash > ~/.local/share/bash-completion/completions/mien",
     "complete mien's commands and options in bash"},
    {"source <(mien completion bash)", "for this shell only"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PRINTED("the script was printed");

static int run(const cli_args *a)
{
    const char *shell = a->operand[0];
    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0 &&
        strcmp(shell, "fish") != 0) {
        cli_error("completion: found '%s', wanted bash, zsh or fish", shell);
        return CLI_USAGE;
    }
    mien_buffer out = {0};
    cli_completion(shell, &out);
    cli_emit(&out);
    return CLI_OK;
}

const cli_command cmd_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "print a script that completes commands and options",
    .description =
        "Print a script for the shell named, made of the same tables as this "
        "help.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
