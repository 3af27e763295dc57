/* cmd_queue_status.c: how far a queue is. */
#include "cli/queue.h"

typedef struct values {
    const char *queue;
    int json;
} values;
static const values defaults = {0};

static const cli_option options[] = {
    CLI_OPTION_QUEUE,
    CLI_OPTION_JSON("as a JSON object"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien queue status --queue postgres:///photos", "a few lines"},
    {"mien queue status --queue postgres:///photos --json | jq .failed",
     "for another program"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS("told", "the database cannot be used");

/* The same for a program. */
static void put_json(const mien_queue_state *s, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "waiting", s->waiting);
    mien_json_int(&j, "leased", s->leased);
    mien_json_int(&j, "done", s->done);
    mien_json_int(&j, "failed", s->failed);
    mien_json_int(&j, "workers", s->workers);
    mien_json_int(&j, "overdue", s->overdue);
    mien_json_rounded(&j, "oldest_seconds", s->oldest, 1);
    mien_json_rounded(&j, "per_second", s->per_second, 2);
    mien_json_array(&j, "errors");
    for (int i = 0; i < s->errors; i++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "photos", s->error[i].n);
        mien_json_text(&j, "text", s->error[i].text);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* A few lines for a person. */
static void put_text(const mien_queue_state *s, mien_buffer *out)
{
    int64_t left = s->waiting + s->leased;
    mien_buffer_printf(out, "done    %9lld\nfailed  %9lld\nleased  %9lld",
                       (long long)s->done, (long long)s->failed,
                       (long long)s->leased);
    if (s->leased)
        mien_buffer_printf(out, "  by %lld worker%s, the oldest %.0f s ago",
                           (long long)s->workers, s->workers == 1 ? "" : "s",
                           s->oldest);
    if (s->overdue)
        mien_buffer_printf(out, ", %lld overdue", (long long)s->overdue);
    mien_buffer_printf(out, "\nwaiting %9lld\n", (long long)s->waiting);
    if (s->per_second > 0)
        mien_buffer_printf(out, "%.1f a second", s->per_second);
    if (s->per_second > 0 && left)
        mien_buffer_printf(out, ", %.0f s left", (double)left / s->per_second);
    if (s->per_second > 0)
        mien_buffer_puts(out, "\n");
    for (int i = 0; i < s->errors; i++) {
        mien_buffer_printf(out, "%s%9lld  ", i ? "        " : "failed: ",
                           (long long)s->error[i].n);
        mien_text_plain(s->error[i].text, out);
        mien_buffer_puts(out, "\n");
    }
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_queue *q = NULL;
    mien_queue_state s;
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_queue_open(a, &v->queue, 30, &q);
    if (!status && mien_queue_tell(q, &s, &err))
        status = cli_queue_failed(&err);
    mien_queue_close(q);
    if (status)
        return status;
    if (v->json)
        put_json(&s, &out);
    else
        put_text(&s, &out);
    cli_emit(&out);
    return CLI_OK;
}

const cli_command cmd_queue_status = {
    .name = "queue status",
    .operands = "",
    .summary = "how far a queue of photos is",
    .description =
        "Count a queue's photos: done, failed, leased by workers, waiting. A "
        "lease is overdue when its time ended without a word of its worker: "
        "the next worker that is free takes the photo. Then the pace of the "
        "last minute, and why most of those that failed did.",
    CLI_COMMAND_TABLES,
};
