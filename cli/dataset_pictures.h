/* dataset_pictures.h: a folder or list of pictures that is looked at. */
#ifndef MIEN_CLI_DATASET_PICTURES_H
#define MIEN_CLI_DATASET_PICTURES_H

#include "cli/pictures.h"
#include "cli/shell/progress.h"
#include "cli/table.h"

typedef struct cli_dataset_pictures {
    const char *path;   /* a folder, a list or a CSV file */
    const char *images; /* where the pictures of a list are; NULL: beside it */
    const char *votes;  /* of FER+; NULL: none */
    const char *group;  /* words, apart by commas; NULL: each label */
    const char *output; /* a folder for the report; NULL: none */
    int no_faces, no_cover, no_noise, json, quiet, threads;
    unsigned seed;
} cli_dataset_pictures;

/* What is needed to look at them. */
typedef struct cli_looking {
    const cli_dataset_pictures *ask;
    cli_labels labels;
    cli_names by;
    mien_pool *pool;
    mien_reader *reader;      /* NULL: faces are not looked for */
    mien_analyzer **analyzer; /* [threads] of it */
    cli_progress bar;
} cli_looking;

/* Read labels, and open a detector for each thread.  To be closed in any case;
 * the status to exit with, reported. */
int cli_looking_open(const cli_dataset_pictures *ask, cli_looking *l);
/* Begin to show progress; what is to be looked at, and how. */
mien_pictures_check_options cli_looking_begin(cli_looking *l);
/* End it, with what the library said; the status to exit with, reported. */
int cli_looking_end(cli_looking *l, mien_status st, const mien_error *err);
/* Release all of it. */
void cli_looking_close(cli_looking *l);

/* Check the pictures; the status to exit with, reported. */
int cli_dataset_pictures_run(const cli_dataset_pictures *ask);

#endif
