/* results.c: a part of many photos, whose results go on after a break. */
#include "cli/shell/results.h"

#include <string.h>

/* Options that change how fast, where and what is said, not the lines. */
static const char *const of_no_weight[] = {"jobs",  "threads", "quiet", "json",
                                           "shard", "results", "models"};

static int matters(const cli_option *o)
{
    for (size_t i = 0; i < sizeof of_no_weight / sizeof *of_no_weight; i++)
        if (strcmp(o->name, of_no_weight[i]) == 0)
            return 0;
    return 1;
}

/* The command and what was given that its lines depend on. */
static void put_settings(const cli_args *a, mien_buffer *out)
{
    const cli_option *o = a->command->options;
    mien_buffer_printf(out, "mien %s %s", mien_version(), a->command->name);
    for (int i = 0; o[i].name; i++)
        if (a->given[i] && matters(&o[i])) {
            mien_buffer_printf(out, " --%s", o[i].name);
            if (o[i].kind != CLI_FLAG)
                mien_buffer_puts(out, " ");
            cli_option_value(&o[i], (char *)a->values + o[i].place, out);
        }
    mien_buffer_put(out, "", 1);
}

/* CLI_OK, or the status to exit with, reported. */
static int open_file(const char *file, const cli_args *a, mien_results **out)
{
    mien_error err = {0};
    mien_buffer settings = {0};
    put_settings(a, &settings);
    mien_status st =
        settings.failed
            ? MIEN_ENOMEM
            : mien_results_open(file, (char *)settings.data, out, &err);
    if (st)
        cli_error("%s: --results: %s", a->command->name,
                  err.status ? err.text : "out of memory");
    mien_buffer_free(&settings);
    return st == MIEN_OK       ? CLI_OK
           : st == MIEN_EARG   ? CLI_USAGE
           : st == MIEN_ENOMEM ? CLI_NOTHING
                               : CLI_OUTPUT;
}

typedef struct choice {
    mien_shard shard;
    const mien_results *results; /* or NULL */
    int done;
} choice;

static int keep(void *arg, const mien_photo_file *f)
{
    choice *c = arg;
    if (!mien_shard_has(c->shard, f->name))
        return 0;
    int done = c->results && mien_results_has(c->results, f->path);
    c->done += done;
    return !done;
}

int cli_results_open(const cli_results *o, const cli_args *a, int quiet,
                     cli_files *files, mien_results **out)
{
    choice c = {0};
    mien_error err = {0};
    if (o->shard && mien_shard_read(o->shard, &c.shard, &err)) {
        cli_error("%s: --shard: %s", a->command->name, err.text);
        return CLI_USAGE;
    }
    int all = files->n, status = o->file ? open_file(o->file, a, out) : CLI_OK;
    if (status)
        return status;
    c.results = o->file ? *out : NULL;
    mien_photo_list_keep(files, keep, &c);
    if (!quiet && c.done)
        cli_error("%s: %d of %d photos were done before, %d are left", o->file,
                  c.done, c.done + files->n, files->n);
    else if (!quiet && o->shard)
        cli_error("part %s: %d of %d photos", o->shard, files->n, all);
    return CLI_OK;
}

int cli_results_close(mien_results *r, int status)
{
    mien_error err = {0};
    if (mien_results_close(r, &err) == MIEN_OK)
        return status;
    cli_error("%s", err.text);
    return CLI_OUTPUT;
}
