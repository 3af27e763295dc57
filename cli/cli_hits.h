/* cli_hits.h: what cascades found in a photo, as text. */
#ifndef MIEN_CLI_HITS_H
#define MIEN_CLI_HITS_H

#include "cli/cli.h"
#include "cli/cli_json.h"

enum { CLI_MOST_CASCADES = 8 };

typedef struct cli_hits {
    int w, h; /* of the photo */
    int n;    /* cascades */
    const char *name[CLI_MOST_CASCADES];
    mien_hits hits[CLI_MOST_CASCADES];
    double seconds; /* of the search */
} cli_hits;

void cli_hits_free(cli_hits *s);

/* A record of the schema "mien/1": what cascades of faces found under "faces",
 * all else under "objects", each with its "class". */
json_t *cli_hits_record(const cli_hits *s, const char *file);
void cli_hits_table(const cli_hits *s, const char *file, mien_buffer *out);
void cli_hits_csv_head(mien_buffer *out);
void cli_hits_csv(const cli_hits *s, const char *file, mien_buffer *out);

#endif
