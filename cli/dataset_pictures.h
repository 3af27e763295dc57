/* dataset_pictures.h: dataset check of a folder or list of pictures. */
#ifndef MIEN_CLI_DATASET_PICTURES_H
#define MIEN_CLI_DATASET_PICTURES_H

#include "cli/shell/shell.h"

typedef struct cli_dataset_pictures {
    const char *path;   /* a folder, a list or a CSV file */
    const char *images; /* where the pictures of a list are; NULL: beside it */
    const char *group;  /* words, apart by commas; NULL: each label */
    const char *output; /* a folder for the report; NULL: none */
    int no_faces, json, quiet, threads;
} cli_dataset_pictures;

/* Look at the pictures; the status to exit with, reported. */
int cli_dataset_pictures_run(const cli_dataset_pictures *ask);

#endif
