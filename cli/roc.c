/* roc.c: how well cascades find known objects. */
#include "cli/roc.h"

#include "cli/chips.h"
#include "cli/figure.h"
#include "cli/shell/files.h"

#include <stdio.h>
#include <stdlib.h>

/* The pictures of a list, each with its objects. */
typedef struct album {
    const mien_sample_list *list;
    const char *path; /* of the list */
    int n;
    int64_t *first;      /* [n + 1] of the list's samples, by picture */
    mien_region *region; /* [n samples of the list] of the picture read last */
    int reported;        /* 1: what failed was said */
} album;

static int open_album(const mien_sample_list *list, const char *path,
                      album *out)
{
    size_t n = (size_t)list->n;
    *out = (album){.list = list, .path = path};
    out->first = cli_alloc(n + 1, sizeof *out->first);
    out->region = cli_alloc(n + 1, sizeof *out->region);
    if (!out->first || !out->region)
        return CLI_NOTHING;
    for (int64_t i = 0; i < list->n; i++)
        if (!i || list->sample[i].picture != list->sample[i - 1].picture)
            out->first[out->n++] = i;
    out->first[out->n] = list->n;
    return CLI_OK;
}

/* mien_roc_pictures.read: objects outside their picture are mistakes. */
static mien_status read_picture(void *arg, int i, mien_gray *g, int *n,
                                const mien_region **objects, mien_error *err)
{
    album *a = arg;
    int64_t k = a->first[i];
    const char *name = a->list->name[a->list->sample[k].picture];
    a->reported = 1;
    if (cli_interrupted())
        return MIEN_EIO;
    mien_status st = mien_gray_load(name, NULL, g, err);
    if (st != MIEN_OK) {
        cli_error("%s", err->text);
        return st;
    }
    *n = 0;
    *objects = a->region;
    for (; k < a->first[i + 1]; k++) {
        const mien_sample *s = &a->list->sample[k];
        if (!s->w)
            continue;
        st = mien_sample_fits(a->list, k, g->w, g->h, err);
        if (st != MIEN_OK) {
            cli_error("%s: %s", a->path, err->text);
            return st;
        }
        a->region[(*n)++] = (mien_region){s->x, s->y, s->w, s->h};
    }
    a->reported = 0;
    return MIEN_OK;
}

static int measure(const mien_cascade *c, album *a, mien_pool *pool,
                   mien_roc *out)
{
    mien_error err = {0};
    mien_roc_pictures pictures = {a->n, read_picture, a};
    if (mien_roc_measure(c, &pictures, pool, out, &err) == MIEN_OK)
        return CLI_OK;
    if (!a->reported)
        cli_error("%s", err.text);
    return cli_interrupted() ? CLI_INTERRUPTED : CLI_NOTHING;
}

static int draw(const mien_roc *r, const char *const *names, int n,
                const char *path)
{
    mien_figure *f = NULL;
    mien_error err = {0};
    int good = 0;
    if (mien_roc_figure(n, names, r, &f, &err) != MIEN_OK)
        cli_unsaved(&err);
    else
        good = cli_figure_save(f, path);
    mien_figure_free(f);
    return good ? CLI_OK : CLI_OUTPUT;
}

/* The table, and the picture of the curves if one is asked for. */
static int print(const mien_roc *r, const char *const *names, int n,
                 const char *path)
{
    mien_buffer out = {0};
    mien_record_roc_text(n, names, r, &out);
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return path ? draw(r, names, n, path) : CLI_OK;
}

/* Compare on the pictures of a list that is loaded. */
static int compare(const cli_roc_job *job, album *a)
{
    char names[CLI_ROC_MOST][64];
    const char *name[CLI_ROC_MOST] = {NULL};
    mien_roc all[CLI_ROC_MOST] = {{0}};
    int status = CLI_OK;
    for (int i = 0; !status && i < job->n; i++) {
        mien_cascade *c = NULL;
        name[i] = names[i];
        mien_cascade_short_name(job->cascade[i], names[i], sizeof names[i]);
        status = cli_cascade_load(job->cascade[i], job->folder, &c);
        if (!status)
            status = measure(c, a, job->pool, &all[i]);
        mien_cascade_free(c);
    }
    return status ? status : print(all, name, job->n, job->picture);
}

int cli_roc_compare(const cli_roc_job *job)
{
    mien_sample_list objects;
    album a = {0};
    if (job->picture && !cli_figure_path(job->picture))
        return CLI_USAGE;
    if (job->picture && !cli_output_ready(job->picture))
        return CLI_OUTPUT;
    int status = cli_objects_load(job->test, &objects);
    if (status)
        return status;
    status = open_album(&objects, job->test, &a);
    if (!status)
        status = compare(job, &a);
    free(a.first);
    free(a.region);
    mien_sample_list_free(&objects);
    return status;
}
