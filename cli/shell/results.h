/* results.h: a part of many photos, whose results go on after a break. */
#ifndef MIEN_SHELL_RESULTS_H
#define MIEN_SHELL_RESULTS_H

#include "cli/shell/files.h"

/* What is asked for: a member `results` of a command's values. */
typedef struct cli_results {
    const char *shard, *file;
} cli_results;

#define CLI_OPTIONS_RESULTS                                                   \
    CLI_ROW_TEXT(results.shard, CLI_TEXT, "shard", 0, "I/N",                  \
                 "part I of N: all parts together do each photo once, on as " \
                 "many machines as one likes; by the name inside FOLDER"),    \
        CLI_ROW_TEXT(                                                         \
            results.file, CLI_FILE, "results", 0, "FILE",                     \
            "append the JSON lines to FILE instead of printing them; "        \
            "started again, after a break of any kind, only the "             \
            "photos that have no line in it are done")

/* Leave only those photos in a list that fall into the part and are not in the
 * file of results, which is opened.  CLI_OK, or the status to exit with,
 * reported; also CLI_OK with an empty list.
 *
 *   quiet  1: what was done before is not told
 *   out    NULL if no file is asked for; close with cli_results_close */
int cli_results_open(const cli_results *o, const cli_args *a, int quiet,
                     cli_files *files, mien_results **out);
/* status, or CLI_OUTPUT, reported, if what was written cannot be kept. */
int cli_results_close(mien_results *r, int status);

#endif
