/* completion.c: completion scripts for shells, from the tables of the
 * commands.  Text in the tables holds no single quotes that would end a
 * quoted word: quoted() takes care of those it has. */
#include "cli/shell/shell.h"

#include <string.h>

/* Text for between single quotes.  escape: further characters that the shell's
 * own completion wants a backslash before. */
static void quoted(const char *p, const char *escape, mien_buffer *out)
{
    for (; *p; p++) {
        if (*p == '\'')
            mien_buffer_puts(out, "'\\''");
        else if (strchr(escape, *p))
            mien_buffer_printf(out, "\\%c", *p);
        else
            mien_buffer_put(out, p, 1);
    }
}

static void with_spaces(const char *choices, mien_buffer *out)
{
    for (; *choices; choices++)
        mien_buffer_put(out, *choices == ',' ? " " : choices, 1);
}

/* A function of bash and zsh: the names of cascades, for the command that is
 * asked to find them. */
#define CASCADES                                                         \
    "_mien_cascades() {\n"                                               \
    "    local f\n"                                                      \
    "    [ -z \"$ZSH_VERSION\" ] || emulate -L sh\n"                     \
    "    echo face\n"                                                    \
    "    for f in \"${MIEN_CASCADES:-/}\"/*.xml* "                       \
    "/usr/share/opencv4/*cascades/*.xml*; do\n"                          \
    "        f=${f##*/}; f=${f%.gz}; f=${f%.xml}; f=${f#haarcascade_}\n" \
    "        f=${f#lbpcascade_}; [ \"$f\" = '*' ] || echo \"$f\"\n"      \
    "    done\n"                                                         \
    "}\n"

static int takes_cascades(const cli_command *c)
{
    return !strncmp(c->operands, "CASCADE", 7);
}

/* ---- bash ---------------------------------------------------------------- */

/* Words that bash offers behind the last comma of what is there. */
static void bash_words(const char *words, mien_buffer *out)
{
    mien_buffer_puts(out, "COMPREPLY=($(compgen -P \"$list\" -W '");
    with_spaces(words, out);
    mien_buffer_puts(out, "' -- \"${cur##*,}\"))");
}

/* What bash offers after each option that takes a value. */
static void bash_values(const cli_command *c, mien_buffer *out)
{
    for (const cli_option *o = c->options; o->name; o++) {
        if (o->kind == CLI_FLAG)
            continue;
        mien_buffer_printf(out, "        '%s --%s'", c->name, o->name);
        if (o->letter)
            mien_buffer_printf(out, "|'%s -%c'", c->name, o->letter);
        mien_buffer_puts(out, ")\n            ");
        if (o->choices) {
            bash_words(o->choices, out);
            mien_buffer_puts(out, "; return ;;\n");
        } else if (o->kind == CLI_CASCADE) {
            bash_words("'\"$(_mien_cascades)\"'", out);
            mien_buffer_puts(out, "\n            COMPREPLY+=($(compgen -f -- "
                                  "\"$cur\")); return ;;\n");
        } else if (o->kind == CLI_FOLDER) {
            mien_buffer_puts(
                out, "COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n");
        } else if (o->kind == CLI_FILE || o->kind == CLI_FILES) {
            mien_buffer_puts(
                out, "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
        } else {
            mien_buffer_puts(out, "return ;;\n");
        }
    }
}

static void bash_options(const cli_command *c, mien_buffer *out)
{
    mien_buffer_printf(out, "        '%s') words='--help", c->name);
    for (const cli_option *o = c->options; o->name; o++)
        mien_buffer_printf(out, " --%s", o->name);
    if (takes_cascades(c))
        mien_buffer_puts(out, "'\" $(_mien_cascades)\"'");
    mien_buffer_puts(out, "' ;;\n");
}

/* Is command i the first of those whose names begin with one word of two?
 * n receives that word's length. */
static int begins_family(int i, size_t *n)
{
    const char *name = cli_command_at(i)->name;
    const char *last = i ? cli_command_at(i - 1)->name : "";
    *n = strcspn(name, " ");
    return name[*n] && (strncmp(name, last, *n + 1) != 0);
}

/* The first words of commands, each once, or the second words after first. */
static void bash_names(const char *first, mien_buffer *out)
{
    const cli_command *c;
    size_t n = first ? strcspn(first, " ") : 0, len;
    for (int i = 0; (c = cli_command_at(i)); i++) {
        if (first && strncmp(c->name, first, n) == 0 && c->name[n] == ' ')
            mien_buffer_printf(out, " %s", c->name + n + 1);
        if (!first && (begins_family(i, &len) || !c->name[len]))
            mien_buffer_printf(out, " %.*s", (int)len, c->name);
    }
}

static void bash_family(const char *name, size_t n, mien_buffer *out)
{
    mien_buffer_printf(out, "    %.*s)\n", (int)n, name);
    mien_buffer_puts(out, "        command=\"$command ${COMP_WORDS[2]}\"\n"
                          "        if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
                          "            COMPREPLY=($(compgen -W '");
    bash_names(name, out);
    mien_buffer_puts(out, "' -- \"$cur\")); return\n"
                          "        fi ;;\n");
}

static void bash_families(mien_buffer *out)
{
    size_t n;
    mien_buffer_puts(out, "    case \"$command\" in\n");
    for (int i = 0; cli_command_at(i); i++)
        if (begins_family(i, &n))
            bash_family(cli_command_at(i)->name, n, out);
    mien_buffer_puts(out, "    help) COMPREPLY=($(compgen -W '");
    bash_names(NULL, out);
    mien_buffer_puts(out, "' -- \"$cur\")); return ;;\n    esac\n");
}

/* The script for bash. */
static void bash(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_puts(
        out,
        "# bash completion of mien; made by `mien completion bash`\n" CASCADES
        "_mien() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} words= command=\n"
        "    local prev=${COMP_WORDS[COMP_CWORD-1]} list\n"
        "    # --option=value comes as three words\n"
        "    [ \"$cur\" != = ] || cur=\n"
        "    [ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    list=${cur%\"${cur##*,}\"}\n"
        "    command=${COMP_WORDS[1]}\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '--help --version");
    bash_names(NULL, out);
    mien_buffer_puts(out, "' -- \"$cur\")); return\n"
                          "    fi\n");
    bash_families(out);
    mien_buffer_puts(out, "    case \"$command $prev\" in\n");
    for (int i = 0; (c = cli_command_at(i)); i++)
        bash_values(c, out);
    mien_buffer_puts(out, "    esac\n"
                          "    case \"$command\" in\n");
    for (int i = 0; (c = cli_command_at(i)); i++)
        bash_options(c, out);
    mien_buffer_puts(
        out, "    esac\n"
             "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
             "    case \"$cur\" in -*) ;; *)\n"
             "        [ ${#COMPREPLY[@]} -gt 0 ] && [ -n \"$cur\" ] ||\n"
             "            COMPREPLY+=($(compgen -f -- \"$cur\")) ;;\n"
             "    esac\n"
             "}\n"
             "complete -o filenames -F _mien mien\n");
}

/* ---- zsh ----------------------------------------------------------------- */

/* An option with its text and values, as zsh's _arguments wants it. */
static void zsh_option(const cli_command *c, const cli_option *o,
                       mien_buffer *out)
{
    mien_buffer text = {0};
    mien_buffer_printf(out, "            '--%s%s[", o->name,
                       o->kind == CLI_FLAG ? "" : "=");
    quoted(cli_option_text(c, o, &text), "[]:", out);
    out->failed |= text.failed;
    mien_buffer_free(&text);
    mien_buffer_puts(out, "]");
    if (o->kind != CLI_FLAG)
        mien_buffer_printf(out, ":%s:", o->argument);
    if (o->choices) {
        mien_buffer_puts(out, "(");
        with_spaces(o->choices, out);
        mien_buffer_puts(out, ")");
    } else if (o->kind == CLI_FILE || o->kind == CLI_FILES) {
        mien_buffer_puts(out, "_files");
    } else if (o->kind == CLI_FOLDER) {
        mien_buffer_puts(out, "_files -/");
    } else if (o->kind == CLI_CASCADE) {
        mien_buffer_puts(out, "_mien_cascade");
    }
    mien_buffer_puts(out, "' \\\n");
}

/* The script for zsh. */
static void zsh(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_puts(out, "#compdef mien\n"
                          "# made by `mien completion zsh`\n" CASCADES
                          "_mien_cascade() {\n"
                          "    compadd -- $(_mien_cascades)\n"
                          "    _files\n"
                          "}\n"
                          "_mien() {\n"
                          "    local command=$words[2]\n"
                          "    if (( CURRENT == 2 )); then\n"
                          "        compadd -- --help --version");
    bash_names(NULL, out);
    mien_buffer_puts(out, "; return\n"
                          "    fi\n"
                          "    case $command in\n");
    size_t n;
    for (int i = 0; (c = cli_command_at(i)); i++)
        if (begins_family(i, &n)) {
            mien_buffer_printf(out, "    %.*s)\n", (int)n, c->name);
            mien_buffer_puts(out,
                             "        if (( CURRENT == 3 )); then compadd --");
            bash_names(c->name, out);
            mien_buffer_puts(out,
                             "; return; fi\n"
                             "        command=\"$command $words[3]\" ;;\n");
        }
    mien_buffer_puts(out, "    help) compadd --");
    bash_names(NULL, out);
    mien_buffer_puts(out, "; return ;;\n    esac\n    case $command in\n");
    for (int i = 0; (c = cli_command_at(i)); i++) {
        mien_buffer_printf(out, "    '%s')\n        _arguments \\\n", c->name);
        for (const cli_option *o = c->options; o->name; o++)
            zsh_option(c, o, out);
        mien_buffer_printf(out,
                           "            '--help[print help]' '*:file:%s' ;;\n",
                           takes_cascades(c) ? "_mien_cascade" : "_files");
    }
    mien_buffer_puts(out, "    esac\n}\n_mien \"$@\"\n");
}

/* ---- fish ---------------------------------------------------------------- */

/* A condition that holds after the words of a command. */
static void fish_condition(const char *name, mien_buffer *out)
{
    const char *space = strchr(name, ' ');
    mien_buffer_puts(out, "complete -c mien -n '__fish_seen_subcommand_from ");
    if (!space)
        mien_buffer_printf(out, "%s' ", name);
    else
        mien_buffer_printf(out, "%.*s; and __fish_seen_subcommand_from %s' ",
                           (int)(space - name), name, space + 1);
}

/* An option with its text and values, as a line of fish. */
static void fish_option(const cli_command *c, const cli_option *o,
                        mien_buffer *out)
{
    fish_condition(c->name, out);
    mien_buffer_printf(out, "-l %s", o->name);
    if (o->letter)
        mien_buffer_printf(out, " -s %c", o->letter);
    if (o->kind == CLI_FILE || o->kind == CLI_FOLDER || o->kind == CLI_FILES)
        mien_buffer_puts(out, " -r -F");
    else if (o->kind == CLI_CASCADE)
        mien_buffer_puts(out, " -r -F -a '(__mien_cascades)'");
    else if (o->kind != CLI_FLAG)
        mien_buffer_puts(out, " -x");
    if (o->choices) {
        mien_buffer_puts(out, " -a '");
        with_spaces(o->choices, out);
        mien_buffer_puts(out, "'");
    }
    mien_buffer_puts(out, " -d '");
    mien_buffer text = {0};
    quoted(cli_option_text(c, o, &text), "\\", out);
    out->failed |= text.failed;
    mien_buffer_free(&text);
    mien_buffer_puts(out, "'\n");
}

/* The script for fish. */
static void fish(mien_buffer *out)
{
    const cli_command *c;
    mien_buffer_puts(
        out, "# fish completion of mien; made by `mien completion fish`\n"
             "function __mien_cascades\n"
             "    echo face\n"
             "    for f in $MIEN_CASCADES/*.xml* "
             "/usr/share/opencv4/*cascades/*.xml*\n"
             "        string replace -r '^.*/(haarcascade_|lbpcascade_)?"
             "(.*?)\\.xml(\\.gz)?$' '$2' $f\n"
             "    end\n"
             "end\n"
             "complete -c mien -n __fish_use_subcommand -f -a '");
    bash_names(NULL, out);
    mien_buffer_puts(
        out, "'\ncomplete -c mien -n '__fish_seen_subcommand_from help' "
             "-f -a '");
    bash_names(NULL, out);
    mien_buffer_puts(out, "'\n");
    size_t n;
    for (int i = 0; (c = cli_command_at(i)); i++)
        if (begins_family(i, &n)) {
            mien_buffer_printf(
                out,
                "complete -c mien -n '__fish_seen_subcommand_from %.*s; "
                "and not __fish_seen_subcommand_from",
                (int)n, c->name);
            bash_names(c->name, out);
            mien_buffer_puts(out, "' -f -a '");
            bash_names(c->name, out);
            mien_buffer_puts(out, "'\n");
        }
    for (int i = 0; (c = cli_command_at(i)); i++)
        for (const cli_option *o = c->options; o->name; o++)
            fish_option(c, o, out);
}

void cli_completion(const char *shell, mien_buffer *out)
{
    if (strcmp(shell, "bash") == 0)
        bash(out);
    else if (strcmp(shell, "zsh") == 0)
        zsh(out);
    else
        fish(out);
}
