/* queue.c: what the commands about a queue share. */
#include "cli/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const cli_command cmd_analyze;

/* ---- a connection -------------------------------------------------------- */

static int stop(void *arg)
{
    (void)arg;
    return cli_interrupted();
}

static void lost(void *arg, const char *why)
{
    (void)arg;
    cli_error("%s; trying again", why);
}

int cli_queue_open(const cli_args *a, const char *const *address,
                   double patience, mien_queue **out)
{
    mien_queue_options o = {patience, stop, lost, NULL};
    mien_error err = {0};
    if (!*address) {
        cli_wrong(a, address, "a database, postgres://USER@HOST/DATABASE");
        return CLI_USAGE;
    }
    if (mien_queue_open(*address, &o, out, &err) == MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return err.status == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
}

int cli_queue_failed(const mien_error *err)
{
    cli_error("%s", err->text);
    if (err->status == MIEN_ENOMEM)
        cli_memory_ended();
    return CLI_NOTHING;
}

/* ---- options of analyze -------------------------------------------------- */

/* Options that say where lines go and how fast they come: each worker, or
 * another command, has its own. */
static const char *const not_kept[] = {
    "draw",  "json",    "format", "jobs",   "threads",
    "quiet", "results", "shard",  "models", "recursive"};

static int is_kept(const cli_option *o)
{
    for (size_t i = 0; i < sizeof not_kept / sizeof *not_kept; i++)
        if (strcmp(o->name, not_kept[i]) == 0)
            return 0;
    return 1;
}

/* Read words as those of `mien analyze`, which wants a photo behind them. */
static int read_words(char **word, int n, cli_args *args, char ***room)
{
    static char end[] = "--", photo[] = "-";
    char **all = cli_alloc((size_t)n + 2, sizeof *all);
    if (!all)
        return 0;
    memcpy(all, word, (size_t)n * sizeof *all);
    all[n] = end;
    all[n + 1] = photo;
    if (!cli_options_read(&cmd_analyze, all, n + 2, args)) {
        free(all);
        return 0;
    }
    *room = all;
    if (args->n_operands == 1)
        return 1;
    cli_error("'%s' is no option of mien analyze", args->operand[0]);
    cli_options_free(args);
    free(all);
    return 0;
}

/* A number with as many digits as reading it back needs. */
static void put_number(const cli_option *o, const void *at, mien_buffer *out)
{
    char text[32];
    double v = o->size == sizeof(double) ? *(const double *)at
                                         : (double)*(const float *)at;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (o->size == sizeof(double) ? strtod(text, NULL) == v
                                      : strtof(text, NULL) == (float)v)
            break;
    }
    mien_buffer_puts(out, text);
}

/* Keep a word; 0, and a report, when memory ended. */
static int keep(mien_queue_settings *out, mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    if (!b->failed)
        out->word[out->n] = strdup((char *)b->data);
    int kept = !b->failed && out->word[out->n];
    out->n += kept;
    mien_buffer_free(b);
    if (!kept) {
        cli_error("out of memory");
        cli_memory_ended();
    }
    return kept;
}

/* Each option that was given, in the order of the table. */
static int keep_given(const cli_args *args, mien_queue_settings *out)
{
    const cli_option *o = cmd_analyze.options;
    int kept = 1;
    for (int i = 0; kept && o[i].name; i++) {
        mien_buffer b = {0};
        const void *at = (const char *)args->values + o[i].place;
        if (!args->given[i])
            continue;
        if (!is_kept(&o[i])) {
            cli_error("--%s is not for a queue, which keeps what a photo's "
                      "line depends on",
                      o[i].name);
            return 0;
        }
        mien_buffer_printf(&b, "--%s", o[i].name);
        kept = keep(out, &b);
        if (!kept || o[i].kind == CLI_FLAG)
            continue;
        if (o[i].kind == CLI_REAL)
            put_number(&o[i], at, &b);
        else
            cli_option_value(&o[i], at, &b);
        kept = keep(out, &b);
    }
    return kept;
}

int cli_queue_words(char **word, int n, mien_queue_settings *out)
{
    cli_args args;
    cli_analysis an = {.options = MIEN_READER_DEFAULTS};
    char **room = NULL;
    if (!read_words(word, n, &args, &room))
        return 0;
    out->n = 0;
    out->word = cli_alloc((size_t)2 * CLI_MAX_OPTIONS, sizeof *out->word);
    int understood =
        out->word && cli_analysis_options(&args, &an) && keep_given(&args, out);
    cli_options_free(&args);
    free(room);
    if (!understood)
        cli_queue_settings_free(out);
    return understood;
}

void cli_queue_settings_free(mien_queue_settings *s)
{
    for (int i = 0; i < s->n; i++)
        free(s->word[i]);
    free(s->word);
    s->word = NULL;
    s->n = 0;
}

int cli_queue_args(const mien_queue_settings *s, cli_args *args, char ***room)
{
    return read_words(s->word, s->n, args, room);
}
