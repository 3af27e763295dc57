/* training.h: what the commands that train on pictures are told. */
#ifndef MIEN_CLI_TRAINING_H
#define MIEN_CLI_TRAINING_H

#include "cli/pictures.h"

typedef struct cli_training {
    mien_picture_options o;
    mien_schedule_kind schedule;
    const char *net, *data, *images, *test, *test_images, *votes, *tasks,
        *weights, *group, *output, *models, *sheet;
    int crop, augment, align, resume, quiet, threads, compare, seeds,
        require_sheet;
    int cache;        /* MB of decoded pictures that stay in memory */
    int size, latent; /* of train faces; latent 0: the network's */
} cli_training;

/* Read, learn, judge, print and save; the status to exit with. */
int cli_train(const cli_training *v, const char *data);

#endif
