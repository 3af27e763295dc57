/* cli_models.h: find model files, load them, know their digests. */
#ifndef MIEN_CLI_MODELS_H
#define MIEN_CLI_MODELS_H

#include "mien/model.h"

#include <pthread.h>

enum { CLI_PATH_MAX = 4096, CLI_MODELS_MAX = 8, CLI_DIGEST = 65 };

typedef struct cli_model {
    const mien_model_entry *entry;
    mien_bytes bytes; /* of the file; empty for an embedded model */
    mien_graph *graph;
    char digest[CLI_DIGEST]; /* after cli_models_wait */
} cli_model;

/* The models a command has loaded, in the order they were asked for. */
typedef struct cli_models {
    cli_model model[CLI_MODELS_MAX];
    int n;
    pthread_t hasher;
    pthread_mutex_t lock; /* of hashing */
    int hashing;          /* a thread works out the digests */
} cli_models;

/* SHA-256 in lower-case hexadecimal. */
void cli_digest(const uint8_t *bytes, size_t n, char out[CLI_DIGEST]);

/* Folder i to look for models in, first to last; 0 past the last.
 *
 *   first  what --models says, or NULL
 *
 * A place that does not apply (an unset variable) gives an empty path. */
int cli_models_folder(const char *first, int i, char out[CLI_PATH_MAX]);

/* The path of a model file; 0 if it is in none of the folders. */
int cli_models_find(const char *first, const char *file,
                    char out[CLI_PATH_MAX]);

/* Load the catalogue's model of that name, embedded or from a folder.
 *
 *   out  borrowed from m
 *
 * 0, and a report on standard error, when it is missing or broken. */
int cli_models_load(cli_models *m, const char *first, const char *name,
                    const mien_graph **out);
/* Begin to work out the digests of what is loaded, beside other work. */
void cli_models_hash(cli_models *m);
/* Wait until they stand in the models.  Any thread. */
void cli_models_wait(cli_models *m);
void cli_models_free(cli_models *m);

#endif
