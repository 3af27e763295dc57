/* pictures.c: labelled sets that commands read. */
#include "cli/pictures.h"
#include "cli/shell/progress.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

int cli_labels_open(const char *path, const char *images, const char *votes,
                    cli_labels *out)
{
    mien_error err = {0};
    mien_buffer notes = {0};
    const char *at = path;
    *out = (cli_labels){0};
    mien_status st = mien_labels_load(path, &out->labels, &err);
    if (!st && votes)
        st = mien_labels_vote(at = votes, &out->labels, &err);
    mien_labels_notes(&out->labels, &notes);
    cli_error_lines(&notes);
    if (st)
        cli_error_at(at, &err);
    out->folder = images ? images : out->labels.folder;
    out->set = (mien_picture_set){path, &out->labels,
                                  out->labels.pixels ? NULL : mien_folder_image,
                                  &out->folder, NULL};
    return st == MIEN_OK;
}

int cli_net_side(const mien_net *net)
{
    int side = 0;
    for (int i = 0; i < net->n_inputs; i++)
        if (net->input[i].shape.rank == 4)
            side = (int)net->input[i].shape.dim[3];
    return side;
}

/* on_picture of a search for faces; arg is its cli_progress. */
static int on_face(void *arg, int64_t done, int64_t of)
{
    (void)of;
    cli_progress_show(arg, (int)done, 0);
    return cli_interrupted();
}

int cli_labels_align(cli_labels *l, int side, mien_pool *pool, int quiet)
{
    cli_progress bar;
    const mien_aligned_options o = {l->folder, side, pool, on_face, &bar};
    mien_error err = {0};
    mien_buffer notes = {0};
    if (!side)
        return 1;
    cli_progress_start(&bar, (int)l->labels.n, quiet);
    mien_status st = mien_aligned_new(&l->labels, &o, &l->aligned, &err);
    cli_progress_hide(&bar);
    if (st) {
        cli_error_at(l->set.name, &err);
        return 0;
    }
    mien_aligned_notes(l->aligned, &notes);
    cli_error_lines(&notes);
    l->set.load = mien_aligned_image;
    l->set.arg = l->aligned;
    return 1;
}

void cli_labels_close(cli_labels *l)
{
    mien_labels_free(&l->labels);
    mien_face_boxes_free(&l->faces);
    mien_aligned_free(l->aligned);
}

int cli_labels_faces(cli_labels *l, const mien_face_boxes_options *how,
                     int quiet)
{
    mien_face_boxes_options o = *how;
    cli_progress bar;
    mien_error err = {0};
    o.load = l->set.load;
    o.from = l->set.arg;
    o.on_picture = on_face;
    o.arg = &bar;
    cli_progress_start(&bar, (int)l->labels.n, quiet);
    mien_status st = mien_face_boxes_find(&l->labels, &o, &l->faces, &err);
    cli_progress_hide(&bar);
    if (st) {
        cli_error_at(l->set.name, &err);
        return 0;
    }
    l->set.box = l->faces.box;
    if (l->faces.missed && !quiet)
        cli_error("%s: no face found in %lld of %lld pictures, which are taken "
                  "whole",
                  l->set.name, (long long)l->faces.missed,
                  (long long)l->faces.n);
    return 1;
}

/* The loss of an output of that name, or -1. */
static int loss_of(const mien_net *net, const char *name)
{
    for (int i = 0; i < net->n_losses; i++) {
        int output = net->loss[i].output;
        if (strcmp(mien_graph_output_name(net->graph, output), name) == 0)
            return i;
    }
    return -1;
}

int cli_loss_weights(const mien_net *net, const char *tasks,
                     const char *weights, float *out)
{
    cli_names task = {0}, weight = {0};
    int good = (!tasks || cli_names_read(tasks, &task)) &&
               (!weights || cli_names_read(weights, &weight));
    int given = tasks ? task.n : net->n_losses;
    if (good && weight.n && weight.n != given) {
        cli_error("--weights: %d numbers for %d outputs", weight.n, given);
        good = 0;
    }
    for (int i = 0; i < net->n_losses; i++)
        out[i] = tasks ? 0 : net->loss[i].weight;
    for (int i = 0; good && i < given; i++) {
        int loss = tasks ? loss_of(net, task.name[i]) : i;
        char *end = NULL;
        if (loss < 0) {
            cli_error("--tasks: the network has no output '%s'", task.name[i]);
            good = 0;
            break;
        }
        out[loss] =
            weight.n ? strtof(weight.name[i], &end) : net->loss[loss].weight;
        if (end && (*end || !(out[loss] >= 0))) {
            cli_error("--weights: '%s', wanted a number of 0 or more",
                      weight.name[i]);
            good = 0;
        }
    }
    cli_names_free(&task);
    cli_names_free(&weight);
    return good;
}

int cli_team_join(mien_mpi **mpi)
{
    mien_error err = {0};
    if (mien_mpi_open(0, mpi, &err) == MIEN_OK)
        return 1;
    cli_error("%s", err.text);
    return 0;
}

int cli_team_leave(mien_mpi *mpi, int status)
{
    mien_error err = {0};
    if ((status == CLI_OK || status == CLI_INTERRUPTED) &&
        mien_mpi_finish(mpi, &err) && status == CLI_OK) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    mien_mpi_free(mpi);
    return status;
}
