/* basis.h: why people may be looked for, as the command line says it and as a
 * note beside their photos keeps it. */
#ifndef MIEN_CLI_BASIS_H
#define MIEN_CLI_BASIS_H

#include "cli/shell/shell.h"

/* A member `basis` of a command's values. */
typedef struct cli_basis_values {
    int why; /* of MIEN_BASES */
    const char *purpose, *expires;
} cli_basis_values;
#define CLI_OPTIONS_BASIS                                                      \
    CLI_ROW_CHOICE(basis.why, "basis", 0, "WHY", MIEN_BASES,                   \
                   "why these people may be looked for: {choices}"),           \
        CLI_ROW_TEXT(basis.purpose, CLI_TEXT, "purpose", 0, "WORD",            \
                     "what they are looked for, door or album; people who "    \
                     "agreed to something else are not"),                      \
        CLI_ROW_TEXT(basis.expires, CLI_TEXT, "expires", 0, "DAY",             \
                     "YYYY-MM-DD, the last day on which that holds (default: " \
                     "365 days from today)")

/* What was said of it. */
typedef struct cli_basis {
    char today[11];
    int said;            /* 1: why and what for */
    mien_basis note;     /* then */
    const char *purpose; /* NULL: not said */
    int end;             /* 1: an end was said */
} cli_basis;

/* The day here, YYYY-MM-DD. */
void cli_today(char out[11]);

/* Read the options: CLI_OK, or CLI_USAGE, reported. */
int cli_basis_read(const cli_args *a, const cli_basis_values *v,
                   cli_basis *out);

/* The same with a reason and a purpose that a command has by itself, and the
 * value of its option for an end. */
int cli_basis_for(const cli_args *a, const char *why, const char *purpose,
                  const char *const *expires, cli_basis *out);

/* May the people of a folder, or a file, be looked for?  By the note that is
 * kept there, or by what was said, which becomes the note.  CLI_OK and the note
 * in out, or CLI_NOTHING, reported with the words to type. */
int cli_basis_allows(const cli_basis *b, const char *path, mien_basis *out);

/* What became of the profiles of a file. */
typedef struct cli_basis_file {
    const cli_basis *basis;
    int without, ended, other, taken;
} cli_basis_file;
/* take of a mien_profiles_choice, whose arg is a cli_basis_file: those whose
 * consent holds, and those that carry none. */
int cli_basis_takes(void *file, const char *name, const mien_basis *consent);
/* Say who was left out, and ask cli_basis_allows for those that carry no
 * consent: CLI_OK or CLI_NOTHING, reported. */
int cli_basis_settle(const cli_basis_file *f, const char *path);

#endif
