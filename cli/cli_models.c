/* cli_models.c: find model files, load them, know their digests. */
#include "cli/cli_models.h"

#include "cli/cli.h"
#include "cli/cli_files.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cli_digest(const uint8_t *bytes, size_t n, char out[CLI_DIGEST])
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(sum, bytes, n);
    sodium_bin2hex(out, CLI_DIGEST, sum, sizeof sum);
}

/* Write a/b; an empty path when a is NULL or empty, or it does not fit. */
static void join(const char *a, const char *b, char out[CLI_PATH_MAX])
{
    out[0] = 0;
    if (!a || !*a)
        return;
    int n = snprintf(out, CLI_PATH_MAX, "%s%s%s", a, *b ? "/" : "", b);
    if (n < 0 || n >= CLI_PATH_MAX)
        out[0] = 0;
}

/* ../share/mien/models as seen from the running program's folder. */
static void beside_program(char out[CLI_PATH_MAX])
{
    char path[CLI_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    out[0] = 0;
    if (n <= 0)
        return;
    path[n] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return;
        *slash = 0;
    }
    join(*path ? path : "/", "share/mien/models", out);
}

int cli_models_folder(const char *first, int i, char out[CLI_PATH_MAX])
{
    const char *data = getenv("XDG_DATA_HOME");
    switch (i) {
    case 0: join(first, "", out); return 1;
    case 1: join(getenv("MIEN_MODELS"), "", out); return 1;
    case 2:
        if (data && *data)
            join(data, "mien/models", out);
        else
            join(getenv("HOME"), ".local/share/mien/models", out);
        return 1;
    case 3: beside_program(out); return 1;
    default: return 0;
    }
}

int cli_models_find(const char *first, const char *file, char out[CLI_PATH_MAX])
{
    char folder[CLI_PATH_MAX], path[CLI_PATH_MAX];
    for (int i = 0; cli_models_folder(first, i, folder); i++) {
        join(folder, file, path);
        if (*path && access(path, F_OK) == 0) {
            memcpy(out, path, CLI_PATH_MAX);
            return 1;
        }
    }
    return 0;
}

static void report_missing(const char *first, const mien_model_entry *e)
{
    mien_buffer where = {0};
    char folder[CLI_PATH_MAX];
    for (int i = 0; cli_models_folder(first, i, folder); i++)
        if (*folder)
            mien_buffer_printf(&where, "%s%s", where.n ? ", " : "", folder);
    mien_buffer_put(&where, "", 1);
    cli_error("model %s: %s is not installed; looked in %s; "
              "`make models` in mien's source folder installs it, or "
              "`mien model convert face-api DIR -o OUT` and --models OUT",
              e->name, e->file, where.failed ? "" : (char *)where.data);
    mien_buffer_free(&where);
}

int cli_models_load(cli_models *m, const char *first, const char *name,
                    const mien_graph **out)
{
    const mien_model_entry *e = mien_model_find(name);
    if (!e || m->n == CLI_MODELS_MAX) {
        cli_error("model %s: not in the catalogue", name);
        return 0;
    }
    cli_model model = {.entry = e};
    mien_error err = {0};
    char path[CLI_PATH_MAX];
    size_t n;
    const uint8_t *bytes = mien_model_embedded(name, &n);
    if (!bytes) {
        if (!cli_models_find(first, e->file, path)) {
            report_missing(first, e);
            return 0;
        }
        if (cli_file_load(path, &model.bytes, &err) != MIEN_OK) {
            cli_error("%s: %s", path, err.text);
            return 0;
        }
        bytes = model.bytes.data;
        n = model.bytes.n;
    }
    if (mien_onnx_read_borrowed(bytes, n, &model.graph, &err) != MIEN_OK) {
        cli_error("%s: %s", model.bytes.data ? path : e->file, err.text);
        mien_bytes_free(&model.bytes);
        return 0;
    }
    *out = model.graph;
    m->model[m->n++] = model;
    return 1;
}

static void *hash_all(void *arg)
{
    cli_models *m = arg;
    for (int i = 0; i < m->n; i++) {
        cli_model *model = &m->model[i];
        size_t n = model->bytes.n;
        const uint8_t *bytes = model->bytes.data;
        if (!bytes)
            bytes = mien_model_embedded(model->entry->name, &n);
        cli_digest(bytes, n, model->digest);
    }
    return NULL;
}

void cli_models_hash(cli_models *m)
{
    pthread_mutex_init(&m->lock, NULL);
    m->hashing = pthread_create(&m->hasher, NULL, hash_all, m) == 0;
    if (!m->hashing)
        hash_all(m);
}

void cli_models_wait(cli_models *m)
{
    pthread_mutex_lock(&m->lock);
    if (m->hashing)
        pthread_join(m->hasher, NULL);
    m->hashing = 0;
    pthread_mutex_unlock(&m->lock);
}

void cli_models_free(cli_models *m)
{
    cli_models_wait(m);
    for (int i = 0; i < m->n; i++) {
        mien_graph_free(m->model[i].graph);
        mien_bytes_free(&m->model[i].bytes);
    }
    m->n = 0;
}
