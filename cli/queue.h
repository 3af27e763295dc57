/* queue.h: what the commands about a queue share. */
#ifndef MIEN_CLI_QUEUE_H
#define MIEN_CLI_QUEUE_H

#include "cli/analysis.h"

#define CLI_OPTION_QUEUE                                                      \
    CLI_ROW_TEXT(queue, CLI_TEXT, "queue", 0, "URL",                          \
                 "database of PostgreSQL: postgres://USER@HOST/DATABASE, or " \
                 "'host=HOST dbname=DATABASE'; its password from a file, "    \
                 "$PGPASSFILE or ~/.pgpass")

/* Connect to the database that --queue, at address, names; a connection that is
 * lost later is tried again for so many seconds.  CLI_OK, or the status to exit
 * with, reported. */
int cli_queue_open(const cli_args *a, const char *const *address,
                   double patience, mien_queue **out);
/* Report a failure; the status to exit with. */
int cli_queue_failed(const mien_error *err);

/* Understand options of `mien analyze`, and write down those that its lines
 * depend on, each in one way; 0, and a report, after a mistake.
 *
 *   word  [n] as they were typed
 *   out   tries stays; released with cli_queue_settings_free */
int cli_queue_words(char **word, int n, mien_queue_settings *out);
/* Release what cli_queue_words made. */
void cli_queue_settings_free(mien_queue_settings *s);

/* Understand the words of a queue again.
 *
 *   s     kept until args are released, with cli_options_free, and room, with
 *         free
 *
 * 0, and a report, if they are none. */
int cli_queue_args(const mien_queue_settings *s, cli_args *args, char ***room);

#endif
