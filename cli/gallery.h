/* gallery.h: what the commands of a gallery share: its key, and opening it. */
#ifndef MIEN_CLI_GALLERY_H
#define MIEN_CLI_GALLERY_H

#include "cli/shell/shell.h"

/* A member `open` of a command's values. */
typedef struct cli_gallery_values {
    const char *key_file, *passphrase_file;
    int recovery;
} cli_gallery_values;
#define CLI_OPTION_KEY_FILE                                                  \
    CLI_ROW_TEXT(open.key_file, CLI_FILE, "key-file", 0, "FILE",             \
                 "32 random bytes or more, which open the gallery; keep it " \
                 "elsewhere than the gallery")
#define CLI_OPTION_PASSPHRASE_FILE                                             \
    CLI_ROW_TEXT(open.passphrase_file, CLI_FILE, "passphrase-file", 0, "FILE", \
                 "its first line is the passphrase; - is standard input "      \
                 "(default: asked for on the terminal)")
#define CLI_OPTIONS_GALLERY                                                   \
    CLI_OPTION_KEY_FILE, CLI_OPTION_PASSPHRASE_FILE,                          \
        CLI_ROW_FLAG(open.recovery, "recovery", 0,                            \
                     "the first line, or what is asked for, is the recovery " \
                     "key")

/* What opens a gallery, as it was read or typed. */
typedef struct cli_gallery_key {
    mien_gallery_key key;
    mien_bytes file;
    char line[1024];
} cli_gallery_key;

/* Read it; twice 1: a passphrase that is typed is typed again, to be the new
 * one.  CLI_OK, or the status to exit with, reported. */
int cli_gallery_key_read(const cli_gallery_values *v, int twice,
                         cli_gallery_key *out);
/* Overwrite and release. */
void cli_gallery_key_free(cli_gallery_key *k);

/* Open a gallery and say what opening did.  CLI_OK, or the status to exit with,
 * reported. */
int cli_gallery_open(const char *path, const cli_gallery_values *v,
                     mien_gallery **out);
/* Report a failure: the status to exit with. */
int cli_gallery_failed(mien_status st, const mien_error *err);
/* Who has a name, or a number written as '#7'; NULL, and a report. */
const mien_gallery_person *cli_gallery_person(const mien_gallery *g,
                                              const char *name);
/* Read a file that is to be kept: its name is that of the path, its bytes are
 * freed by the caller.  CLI_OK, or the status to exit with, reported. */
int cli_gallery_file_load(const char *path, mien_gallery_file *out);
/* 1: the file is kept of the person. */
int cli_gallery_has_evidence(const mien_gallery *g, int64_t person,
                             int64_t number);
/* A line for each file that is kept. */
void cli_gallery_evidence_text(mien_buffer *out, const mien_gallery_evidence *e,
                               int n);
/* The same as an array. */
void cli_gallery_evidence_json(mien_json *j, const char *key,
                               const mien_gallery_evidence *e, int n);
/* 1: rows of this number, which a model inferred, are kept of the person. */
int cli_gallery_has_inferred(const mien_gallery *g, int64_t person,
                             int64_t number);
/* A line for each file of predictions of which rows are kept. */
void cli_gallery_inferred_text(mien_buffer *out, const mien_gallery_inferred *e,
                               int n);
/* The same as an array. */
void cli_gallery_inferred_json(mien_json *j, const char *key,
                               const mien_gallery_inferred *e, int n);
/* ", 3 inferred"; nothing where there is none. */
const char *cli_gallery_inferred_count(int n, char room[32]);
/* Seconds since 1970 as a day and time of UTC. */
void cli_gallery_time(int64_t at, char out[32]);

#endif
