/* cli.h: how a command is described, and what every command shares.
 *
 *   cli_commands.c  the one list of commands
 *     -> cli_options.c  reads a command line against a command's options
 *     -> cli_help.c, cli_man.c, cli_completion.c  text from the same tables
 *     -> cmd_*.c  one command each */
#ifndef MIEN_CLI_H
#define MIEN_CLI_H

#include "mien/mien.h"

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

enum { CLI_MAX_OPTIONS = 40 };

/* What may stand after an option. */
typedef enum cli_kind {
    CLI_FLAG,   /* nothing */
    CLI_NUMBER, /* a number */
    CLI_CHOICE, /* one of the choices */
    CLI_LIST,   /* choices, separated by commas */
    CLI_FILE,
    CLI_FOLDER,
    CLI_TEXT /* anything */
} cli_kind;

typedef struct cli_option {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* 0: none */
    cli_kind kind;
    const char *argument; /* as help shows it; NULL for a flag */
    const char *choices;  /* "yunet,tiny,ssd", or NULL */
    const char *text;
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
    const cli_row *examples, *exits;
    int (*run)(const cli_args *args);
} cli_command;

/* A command line that was understood. */
struct cli_args {
    const cli_command *command;
    const char *value[CLI_MAX_OPTIONS]; /* by the option's place in its table;
                                           NULL: not given; "": a flag */
    char **operand;
    int n_operands;
};

/* ---- the list of commands ------------------------------------------------ */
/* Command i, or NULL past the last. */
const cli_command *cli_command_at(int i);
/* The command whose name stands at the start of words, or NULL.
 * used receives how many words the name takes. */
const cli_command *cli_command_find(char **words, int n, int *used);

/* ---- options ------------------------------------------------------------- */
/* Read words against the command's options.  A mistake is reported on standard
 * error; then 0.  The operands are moved to the front of words. */
int cli_options_read(const cli_command *c, char **words, int n, cli_args *out);
int cli_given(const cli_args *a, int option);
/* The number given with an option, or *out as it was.  0, and a report, when
 * it is no number or outside min..max. */
int cli_int(const cli_args *a, int option, long min, long max, int *out);
int cli_double(const cli_args *a, int option, double min, double max,
               double *out);
int cli_float(const cli_args *a, int option, double min, double max,
              float *out);
/* The place of an option's value among its choices; fallback if not given. */
int cli_choice(const cli_args *a, int option, int fallback);
/* Bit i is set when choice i is in the option's list. */
unsigned cli_list(const cli_args *a, int option);
/* What other tools call an option of a command. */
typedef struct cli_alias {
    const char *command, *name;
    const char *option; /* ours, which means the same; NULL: there is none */
    const char *text;   /* then: what to do */
} cli_alias;
/* NULL: no other tool calls one so. */
const cli_alias *cli_alias_find(const cli_command *c, const char *name);
/* The name nearest to word of n, or NULL if none is near. */
const char *cli_nearest(const char *word, const char *const *names, int n);

/* ---- help in its forms --------------------------------------------------- */
void cli_help_usage(const cli_command *c, mien_buffer *out);
void cli_help_command(const cli_command *c, mien_buffer *out);
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
/* Each line of a buffer as an error; releases it. */
void cli_error_lines(mien_buffer *b);
/* Write a buffer to standard output and release it.  0 when that failed; the
 * reason is kept for cli_finish. */
int cli_emit(mien_buffer *b);
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

/* n * size zeroed bytes to free(); NULL, and a report, when memory ended. */
void *cli_alloc(size_t n, size_t size);

/* A row of a table of options; of those that take one of some choices. */
#define CLI_ROW(name, letter, kind, argument, text) \
    {                                               \
        name, letter, kind, argument, NULL, text    \
    }
#define CLI_CHOICES(name, letter, kind, argument, choices, text) \
    {                                                            \
        name, letter, kind, argument, choices, text              \
    }
/* Options that several commands have. */
#define CLI_OPTION_MODELS                                                     \
    {                                                                         \
        "models", 0, CLI_FOLDER, "DIR", NULL,                                 \
            "folder of model files, looked into before $MIEN_MODELS and the " \
            "usual "                                                          \
            "places"                                                          \
    }
#define CLI_OPTION_QUIET                                                    \
    {                                                                       \
        "quiet", 'q', CLI_FLAG, NULL, NULL,                                 \
            "no progress bar and no remarks on standard error; errors stay" \
    }
#define CLI_OPTION_ORIENTATION                                              \
    {                                                                       \
        "ignore-orientation", 0, CLI_FLAG, NULL, NULL,                      \
            "take pixels as they lie in the file, without turning them as " \
            "EXIF says"                                                     \
    }
#define CLI_OPTION_END                      \
    {                                       \
        NULL, 0, CLI_FLAG, NULL, NULL, NULL \
    }

#endif
