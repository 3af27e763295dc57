/* batch.h: many photos, several at a time, answers in order. */
#ifndef MIEN_SHELL_BATCH_H
#define MIEN_SHELL_BATCH_H

#include "cli/shell/shell.h"
#include "cli/shell/results.h"

/* What became of one photo. */
typedef struct cli_outcome {
    mien_buffer text;   /* for standard output */
    mien_buffer report; /* for standard error, without "mien: "; may be empty */
    int status;         /* CLI_OK; CLI_PARTLY: it could not be read; CLI_OUTPUT:
                           something could not be written */
} cli_outcome;

typedef struct cli_batch {
    const cli_files *files;
    int jobs;  /* photos at a time */
    int quiet; /* 1: no progress bar */
    /* Do photo i.  Called on any thread; lane is 0..jobs - 1 and never shared
     * by two calls at the same time. */
    void (*work)(void *arg, int i, int lane, cli_outcome *out);
    void *arg;
    mien_results *results; /* NULL: what is given goes to standard output */
} cli_batch;

/* Do all photos and print what they give, in their order.  The status to exit
 * with: CLI_OK, CLI_PARTLY, CLI_NOTHING or CLI_OUTPUT. */
int cli_batch_run(const cli_batch *b);

/* How many photos to do at a time, and threads inside each.
 *
 *   jobs     what --jobs says, 0: one for each processor -> 1..photos
 *   threads  what --threads says, -1: nothing -> 0 or more */
void cli_batch_lanes(int photos, int *jobs, int *threads);

#endif
