/* cmd_queue_results.c: the records of a queue. */
#include "cli/queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct values {
    const char *queue, *output;
} values;
static const values defaults = {0};

static const cli_option options[] = {
    CLI_OPTION_QUEUE,
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "where they go, whole or not at all (default: standard "
                 "output)"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien queue results --queue postgres:///photos -o faces.jsonl",
     "one line a photo, in the order of adding"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PHOTOS(
    "all photos have their line", "some photos have none yet; how many is said",
    "the database cannot be used");

/* Where records go: a file beside the one that is wanted, or standard output.
 */
typedef struct sink {
    FILE *file; /* NULL: standard output */
    mien_buffer held;
} sink;

enum { HELD = 1 << 16 };

/* mien_queue_results.take: a record on its way. */
static mien_status take(void *arg, const char *record, size_t n,
                        mien_error *err)
{
    sink *s = arg;
    if (cli_interrupted()) {
        err->status = MIEN_EIO;
        snprintf(err->text, sizeof err->text, "interrupted");
        return MIEN_EIO;
    }
    if (!s->file) {
        mien_buffer_put(&s->held, record, n);
        return s->held.n < HELD || cli_emit(&s->held) ? MIEN_OK : MIEN_EIO;
    }
    if (fwrite(record, 1, n, s->file) == n)
        return MIEN_OK;
    err->status = MIEN_EIO;
    snprintf(err->text, sizeof err->text, "cannot write: %s", strerror(errno));
    return MIEN_EIO;
}

/* All records, to standard output; left is set to the photos without one. */
static int print(mien_queue *q, int64_t *left)
{
    sink s = {0};
    mien_error err = {0};
    mien_status st = mien_queue_results(q, take, &s, left, &err);
    int printed = cli_emit(&s.held);
    if (st && err.status)
        return cli_queue_failed(&err);
    return st || !printed ? CLI_OUTPUT : CLI_OK;
}

/* Let everybody read a file whom the process lets read its new files. */
static void usual_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    (void)!fchmod(fd, 0666 & ~mask);
}

/* Report what was not written. */
static int not_written(const char *path)
{
    cli_error("%s: cannot write: %s", path, strerror(errno));
    return CLI_OUTPUT;
}

/* The same into a file beside the one that is wanted, which is renamed. */
static int save(mien_queue *q, const char *path, int64_t *left)
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *aside = cli_alloc(size, 1);
    sink s = {0};
    mien_error err = {0};
    int status = CLI_OK;
    if (!aside)
        return CLI_NOTHING;
    snprintf(aside, size, "%s.XXXXXX", path);
    int fd = mkstemp(aside);
    if (fd >= 0)
        s.file = fdopen(fd, "wb");
    if (!s.file) {
        status = not_written(path);
    } else {
        usual_mode(fd);
        if (mien_queue_results(q, take, &s, left, &err))
            status = cli_queue_failed(&err);
        else if (fflush(s.file) != 0 || fsync(fd) != 0)
            status = not_written(path);
        if (fclose(s.file) != 0 && !status)
            status = not_written(path);
        if (!status && rename(aside, path) != 0)
            status = not_written(path);
    }
    if (status && fd >= 0)
        unlink(aside);
    free(aside);
    return status;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_queue *q = NULL;
    int64_t left = 0;
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    int status = cli_queue_open(a, &v->queue, 30, &q);
    if (!status)
        status = v->output ? save(q, v->output, &left) : print(q, &left);
    mien_queue_close(q);
    if (!status && left)
        cli_error("%lld photo%s no result yet", (long long)left,
                  left == 1 ? " has" : "s have");
    return status ? status : left ? CLI_PARTLY : CLI_OK;
}

const cli_command cmd_queue_results = {
    .name = "queue results",
    .operands = "",
    .summary = "the records of a queue's photos",
    .description =
        "Write the records of all photos that are done or failed, in the order "
        "in which they were added: the lines that 'mien analyze --json' gives "
        "for the same photos. All are of one moment, workers may go on "
        "meanwhile.",
    CLI_COMMAND_TABLES,
};
