/* pictures.h: what the commands that train on pictures share. */
#ifndef MIEN_CLI_PICTURES_H
#define MIEN_CLI_PICTURES_H

#include "cli/shell/shell.h"

/* A labelled set, and where its pictures are. */
typedef struct cli_labels {
    mien_labels labels;
    const char *folder;
    mien_picture_set set;
    mien_face_boxes faces; /* of cli_labels_faces */
    mien_aligned *aligned; /* of cli_labels_align */
} cli_labels;

/* Read a list, CSV file or folder; images NULL: where its pictures are said to
 * be; votes NULL: none.  Lines that cannot be read are reported.  0, and a
 * report. */
int cli_labels_open(const char *path, const char *images, const char *votes,
                    cli_labels *out);
/* Find the face of each picture, or take what a file of --output has for it;
 * progress is shown unless quiet.  0, and a report. */
int cli_labels_faces(cli_labels *l, const mien_face_boxes_options *how,
                     int quiet);
/* Pixels of a side of what a network sees. */
int cli_net_side(const mien_net *net);
/* Take the largest face of each picture alone, cut out by five points to so
 * many pixels; those without a face are named and left out.  side 0: nothing is
 * done.  0, and a report. */
int cli_labels_align(cli_labels *l, int side, mien_pool *pool, int quiet);
/* Release a set. */
void cli_labels_close(cli_labels *l);
/* Weights of a network's losses, [MIEN_MAX_LOSSES], from texts of names and of
 * numbers, apart by commas; NULL: all outputs, and the network's own.  0, and a
 * report. */
int cli_loss_weights(const mien_net *net, const char *tasks,
                     const char *weights, float *out);

/* Join the ranks that mpirun started; *mpi NULL: there are none.  0, and a
 * report. */
int cli_team_join(mien_mpi **mpi);
/* Leave with the others, unless this rank has failed.  The status to exit
 * with. */
int cli_team_leave(mien_mpi *mpi, int status);

#endif
