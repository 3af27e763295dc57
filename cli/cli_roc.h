/* cli_roc.h: how well cascades find known objects. */
#ifndef MIEN_CLI_ROC_H
#define MIEN_CLI_ROC_H

#include "cli/cli_chips.h"

/* Something a cascade called an object. */
typedef struct cli_call {
    double score; /* windows that agreed, and the last stage's sum behind it */
    int right;    /* 1: an object nothing surer had found */
} cli_call;

typedef struct cli_roc {
    int n, cap; /* calls, surest first */
    cli_call *call;
    int objects, pictures;
    double seconds; /* of detection, all pictures */
} cli_roc;

/* Look through the pictures of a list for its objects.
 *
 * A call is right when its centre lies within 0.3 of the object's width of the
 * object's centre and its width within a factor of 1.5, as opencv_performance
 * has it.  CLI_OK, or the status to exit with, reported. */
int cli_roc_run(const mien_cascade *c, const cli_objects *objects,
                mien_pool *pool, cli_roc *out);
void cli_roc_free(cli_roc *r);

/* The share of objects found when at most so many calls are wrong. */
double cli_roc_at(const cli_roc *r, int wrong);

/* A table of up to 4 curves beside Viola and Jones' figures, and a picture of
 * them where path is not NULL.  CLI_OK or CLI_OUTPUT. */
int cli_roc_print(const cli_roc *const *r, const char *const *names, int n,
                  const char *path);

#endif
