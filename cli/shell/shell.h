/* shell.h: how a command is described, and what every command shares.
 *
 *   cli/commands.c  the one list of commands
 *     -> options.c  reads a command line against a command's options
 *     -> help.c, man.c, completion.c  text from the same tables
 *     -> cli/cmd_*.c  one command each */
#ifndef MIEN_SHELL_SHELL_H
#define MIEN_SHELL_SHELL_H

#include "mien/mien.h"

#include <stddef.h>

/* Exit statuses; each command's help says which it uses. */
enum {
    CLI_OK = 0,
    CLI_PARTLY = 1,  /* some photos failed; verify: different people */
    CLI_USAGE = 2,   /* the command line is wrong */
    CLI_NOTHING = 3, /* nothing could be read, or a model is missing */
    CLI_OUTPUT = 4,  /* output could not be written */
    CLI_NO_FACE = 5, /* a photo to compare has no face */
    CLI_INTERRUPTED = 130
};

enum { CLI_MAX_OPTIONS = 48, CLI_MAX_COMMANDS = 96 };

/* What may stand after an option, and what it becomes. */
typedef enum cli_kind {
    CLI_FLAG,   /* nothing -> int, 1 */
    CLI_INT,    /* a whole number -> int, unsigned or int64_t */
    CLI_REAL,   /* a number -> float or double */
    CLI_CHOICE, /* one of the choices -> int or an enum: its place */
    CLI_LIST,   /* choices, separated by commas -> unsigned: a bit each */
    CLI_FILE,   /* a path, as the next two -> const char * */
    CLI_FOLDER,
    CLI_TEXT,
    CLI_CASCADE, /* a cascade's name or file, as text */
    CLI_FILES    /* a path, each time it is given -> cli_words */
} cli_kind;

/* What an option was given that may be given again and again. */
typedef struct cli_words {
    int n;
    const char **word; /* [n] */
} cli_words;

/* A row of a command's table of options.  Values lie in a struct of the
 * command, `values`; what is there before is the default. */
typedef struct cli_option {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* 0: none */
    cli_kind kind;
    unsigned size;        /* of the value */
    size_t place;         /* of the value, in `values` */
    double min, max;      /* of a number */
    const char *argument; /* as help shows it; NULL for a flag */
    const char *choices;  /* "yunet,tiny,ssd", or NULL */
    const char *text;     /* help; {} stands for the default, {range} for the
                             least and the greatest number, and {choices} */
} cli_option;

/* A row of two texts in help: an example and what it does, a status and its
 * meaning.  left NULL ends a table. */
typedef struct cli_row {
    const char *left, *right;
} cli_row;

typedef struct cli_args cli_args;

typedef struct cli_command {
    const char *name;     /* "analyze", "model list" */
    const char *operands; /* as usage shows them; "" for none */
    int min_operands, max_operands;
    const char *summary;     /* one line, no full stop */
    const char *description; /* paragraphs, a blank line between two */
    const cli_option *options;
    const void *defaults; /* [values_size] the values when nothing is given;
                             NULL: there are no options */
    size_t values_size;
    const cli_row *examples, *exits;
    int (*run)(const cli_args *args);
    int endless; /* 1: until it is interrupted, which is no failure */
} cli_command;

/* A command line that was understood. */
struct cli_args {
    const cli_command *command;
    void *values;                         /* the command's own struct */
    unsigned char given[CLI_MAX_OPTIONS]; /* 1, by the option's row */
    char **operand;
    int n_operands, n_words; /* of the command line */
};

/* ---- the list of commands ------------------------------------------------ */
/* Command i, or NULL past the last. */
const cli_command *cli_command_at(int i);
/* The command whose name stands at the start of words, or NULL.
 * used receives how many words the name takes. */
const cli_command *cli_command_find(char **words, int n, int *used);

/* ---- options ------------------------------------------------------------- */
/* Read words against the command's options.  A mistake is reported on standard
 * error; then 0.  The operands are moved to the front of words; out is released
 * with cli_options_free. */
int cli_options_read(const cli_command *c, char **words, int n, cli_args *out);
/* Release what cli_options_read filled in. */
void cli_options_free(cli_args *a);
/* Was the option given whose value lies at place, inside a->values? */
int cli_given(const cli_args *a, const void *place);
/* "wanted ...", after the option's name and what was found.  0. */
int cli_wrong(const cli_args *a, const void *place, const char *wanted);
/* Which of "table,json,...": as --format, at format, says; 1 by --json alone;
 * else fallback. */
int cli_format(const cli_args *a, const int *format, int json, int fallback);
/* Add the value of an option, which lies at `at`, as one would type it; nothing
 * for a flag. */
void cli_option_value(const cli_option *o, const void *at, mien_buffer *out);
/* The help of an option, {} and {range} filled in; it lies in room, which
 * begins empty and is released after use. */
const char *cli_option_text(const cli_command *c, const cli_option *o,
                            mien_buffer *room);
/* What other tools call an option of a command. */
typedef struct cli_alias {
    const char *command, *name;
    const char *option; /* ours, which means the same; NULL: there is none */
    const char *text;   /* then: what to do */
} cli_alias;
/* NULL: no other tool calls one so. */
const cli_alias *cli_alias_find(const cli_command *c, const char *name);

/* ---- help in its forms --------------------------------------------------- */
/* How a command is called, in a line. */
void cli_help_usage(const cli_command *c, mien_buffer *out);
/* The help of one command. */
void cli_help_command(const cli_command *c, mien_buffer *out);
/* The help of mien itself, with a line a command. */
void cli_help_all(mien_buffer *out);
/* The commands of two words that begin with word, "model": how many. */
int cli_help_family(const char *word, mien_buffer *out);
/* The manual page of a command, or of mien itself when c is NULL. */
void cli_man_page(const cli_command *c, mien_buffer *out);
/* shell: "bash", "zsh" or "fish" */
void cli_completion(const char *shell, mien_buffer *out);

/* ---- output -------------------------------------------------------------- */
/* "mien: " and the text on standard error, control characters made harmless. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "path: why", or why alone where it names the path already. */
void cli_error_at(const char *path, const mien_error *err);
/* Report why something was not written.  CLI_OUTPUT. */
int cli_unsaved(const mien_error *err);
/* Let a command that fails exit with CLI_NOTHING, whatever it returns: memory
 * ended, which was reported.  Any thread. */
void cli_memory_ended(void);
/* Each line of a buffer as an error; releases it. */
void cli_error_lines(mien_buffer *b);
/* Write a buffer to standard output and release it.  0 when that failed; the
 * reason is kept for cli_finish. */
int cli_emit(mien_buffer *b);
/* Write a buffer to a file, or to standard output where path is NULL, and
 * release it.  CLI_OK, or the status to exit with, reported. */
int cli_deliver(const char *path, mien_buffer *b);
/* Write a buffer to FOLDER/NAME and release it. */
MIEN_CHECKED mien_status cli_folder_put(const char *folder, const char *name,
                                        mien_buffer *b, mien_error *err);
/* Flush standard output.  The status to exit with: status itself, or
 * CLI_OUTPUT (reported, unless the reader has gone). */
int cli_finish(int status);
/* Has the user asked to stop? */
int cli_interrupted(void);
/* The same, asked for by the signal handler and by tests. */
void cli_interrupt(void);

/* Make threads; CLI_OK, or CLI_NOTHING, reported. */
int cli_pool_new(int threads, mien_pool **out);

/* n * size zeroed bytes to free(); NULL, and a report, when memory ended. */
void *cli_alloc(size_t n, size_t size);

/* The tables of a command, which every file names alike. */
#define CLI_COMMAND_TABLES                                                    \
    .options = options, .defaults = &defaults, .values_size = sizeof(values), \
    .examples = examples, .exits = exits, .run = run

/* Tables of exit statuses: what 0 means, 1, 3, and 130 where a command can be
 * interrupted; 2 and 4 mean the same everywhere. */
#define CLI_EXIT_USAGE                   \
    {                                    \
        "2", "the command line is wrong" \
    }
#define CLI_EXIT_OUTPUT                    \
    {                                      \
        "4", "output could not be written" \
    }
#define CLI_EXITS_PRINTED(done)                                      \
    {                                                                \
        {"0", done}, CLI_EXIT_USAGE, CLI_EXIT_OUTPUT, { NULL, NULL } \
    }
#define CLI_EXITS(done, nothing)                                      \
    {                                                                 \
        {"0", done}, CLI_EXIT_USAGE, {"3", nothing}, CLI_EXIT_OUTPUT, \
        {                                                             \
            NULL, NULL                                                \
        }                                                             \
    }
#define CLI_EXITS_STOPPED(done, nothing, stopped)                     \
    {                                                                 \
        {"0", done}, CLI_EXIT_USAGE, {"3", nothing}, CLI_EXIT_OUTPUT, \
            {"130", stopped},                                         \
        {                                                             \
            NULL, NULL                                                \
        }                                                             \
    }
#define CLI_EXITS_PHOTOS(done, partly, nothing)                     \
    {                                                               \
        {"0", done}, {"1", partly}, CLI_EXIT_USAGE, {"3", nothing}, \
            CLI_EXIT_OUTPUT, {"130", "interrupted"},                \
        {                                                           \
            NULL, NULL                                              \
        }                                                           \
    }

/* Rows of a table of options; `values` is the type that a file gives its
 * struct, member where the value goes. */
#define CLI_PLACE(member) \
    sizeof(((values *)0)->member), offsetof(values, member)
#define CLI_ROW_FLAG(member, name, letter, text)                          \
    {                                                                     \
        name, letter, CLI_FLAG, CLI_PLACE(member), 0, 0, NULL, NULL, text \
    }
#define CLI_ROW_INT(member, name, letter, argument, min, max, text)         \
    {                                                                       \
        name, letter, CLI_INT, CLI_PLACE(member), min, max, argument, NULL, \
            text                                                            \
    }
#define CLI_ROW_REAL(member, name, letter, argument, min, max, text)         \
    {                                                                        \
        name, letter, CLI_REAL, CLI_PLACE(member), min, max, argument, NULL, \
            text                                                             \
    }
#define CLI_ROW_CHOICE(member, name, letter, argument, choices, text)         \
    {                                                                         \
        name, letter, CLI_CHOICE, CLI_PLACE(member), 0, 0, argument, choices, \
            text                                                              \
    }
#define CLI_ROW_LIST(member, name, letter, argument, choices, text)         \
    {                                                                       \
        name, letter, CLI_LIST, CLI_PLACE(member), 0, 0, argument, choices, \
            text                                                            \
    }
#define CLI_ROW_TEXT(member, kind, name, letter, argument, text)          \
    {                                                                     \
        name, letter, kind, CLI_PLACE(member), 0, 0, argument, NULL, text \
    }
/* Options that several commands have. */
#define CLI_OPTION_MODELS                                                  \
    CLI_ROW_TEXT(models, CLI_FOLDER, "models", 0, "DIR",                   \
                 "folder of model files, looked into before $MIEN_MODELS " \
                 "and the usual places")
#define CLI_TEXT_QUIET \
    "no progress bar and no remarks on standard error; errors stay"
#define CLI_OPTION_QUIET CLI_ROW_FLAG(quiet, "quiet", 'q', CLI_TEXT_QUIET)
/* How photos are read: into a member read, a mien_read_options. */
#define CLI_OPTIONS_READ                                                      \
    CLI_ROW_FLAG(read.ignore_orientation, "ignore-orientation", 0,            \
                 "take pixels as they lie in the file, without turning them " \
                 "as EXIF says"),                                             \
        CLI_ROW_FLAG(read.strict, "strict", 0,                                \
                     "refuse a photo that is cut short or damaged, instead "  \
                     "of reading what is there with a remark"),               \
        CLI_ROW_INT(read.max_pixels, "max-pixels", 0, "N", 1, 1000000000,     \
                    "refuse photos of more pixels (default 40000000; JPEG, "  \
                    "which is read at a smaller size where it has more: "     \
                    "300000000)")
#define CLI_OPTION_ROTATE                                             \
    CLI_ROW_CHOICE(                                                   \
        rotate, "rotate", 0, "TURN", "0,90,180,270,auto",             \
        "degrees by which photos are turned clockwise before they "   \
        "are read: {choices} (default): a photo without a sure face " \
        "is turned if its face is surer so")
#define CLI_OPTION_RECURSIVE \
    CLI_ROW_FLAG(recursive, "recursive", 'r', "look through folders of folders")
#define CLI_OPTION_JOBS                                   \
    CLI_ROW_INT(jobs, "jobs", 'J', "N", 0, MIEN_POOL_MAX, \
                "photos at a time (default {}; 0: one for each processor)")
#define CLI_OPTION_PHOTO_THREADS                                              \
    CLI_ROW_INT(threads, "threads", 't', "N", 0, MIEN_POOL_MAX,               \
                "threads inside one photo (default: one for each processor, " \
                "or 1 with --jobs)")
#define CLI_OPTION_JSON(text) CLI_ROW_FLAG(json, "json", 'j', text)
#define CLI_ROW_THREADS(member)                                   \
    CLI_ROW_INT(member, "threads", 't', "N", 0, MIEN_POOL_MAX,    \
                "threads (default: one for each processor); the " \
                "result is the same")
#define CLI_OPTION_THREADS CLI_ROW_THREADS(threads)
#define CLI_OPTION_DETECTOR(text) \
    CLI_ROW_CHOICE(detector, "detector", 'd', "NAME", "yunet,tiny,ssd", text)
#define CLI_OPTION_DESCRIPTOR                                                 \
    CLI_ROW_CHOICE(descriptor, "descriptor", 0, "NAME", "dlib,mobilefacenet", \
                   "network that describes faces: dlib (default), or "        \
                   "mobilefacenet, installed only by name; its training "     \
                   "data: not stated")
#define CLI_OPTION_END                                  \
    {                                                   \
        NULL, 0, CLI_FLAG, 0, 0, 0, 0, NULL, NULL, NULL \
    }

#endif
