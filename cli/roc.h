/* roc.h: how well cascades find known objects. */
#ifndef MIEN_CLI_ROC_H
#define MIEN_CLI_ROC_H

#include "cli/cascades.h"

enum { CLI_ROC_MOST = 4 };

typedef struct cli_roc_job {
    int n;                      /* cascades, at most CLI_ROC_MOST */
    const char *const *cascade; /* [n] names or files */
    const char *folder;         /* of cascades, or NULL */
    const char *test;           /* the list of known objects */
    const char *picture;        /* of the curves, or NULL */
    mien_pool *pool;
} cli_roc_job;

/* Look through the pictures of a list for its objects with some cascades, and
 * print a table of the curves beside Viola and Jones' figures.  CLI_OK, or the
 * status to exit with, reported. */
int cli_roc_compare(const cli_roc_job *job);

#endif
