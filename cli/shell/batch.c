/* batch.c: many photos, several at a time, answers in order. */
#include "cli/shell/batch.h"

#include "cli/shell/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct batch_state {
    const cli_batch *batch;
    cli_progress progress;
    pthread_mutex_t lock; /* over all that follows */
    cli_outcome *outcome; /* [n] */
    char *ready;          /* [n] outcome i is there */
    int next;             /* the first one not yet printed */
    int failed;
    int status; /* CLI_OUTPUT once something could not be written */
    atomic_int stop;
} batch_state;

/* What a photo gave, to where it goes; 0, and a report, if it does not. */
static int give(mien_results *results, mien_buffer *text)
{
    mien_error err = {0};
    if (!results)
        return cli_emit(text);
    mien_status st = text->failed ? MIEN_ENOMEM : MIEN_OK;
    if (st)
        cli_error("out of memory");
    else if (text->n)
        st = mien_results_add(results, (char *)text->data, text->n, &err);
    if (err.status)
        cli_error("%s", err.text);
    mien_buffer_free(text);
    return st == MIEN_OK;
}

/* Print outcome s->next.  The lock is held. */
static void print_next(batch_state *s)
{
    cli_outcome *o = &s->outcome[s->next++];
    s->failed += o->status == CLI_PARTLY;
    if (o->status == CLI_OUTPUT)
        s->status = CLI_OUTPUT;
    if (o->report.n || o->text.n)
        cli_progress_hide(&s->progress);
    mien_buffer_put(&o->report, "", 1);
    if (o->report.failed) {
        cli_error("out of memory");
        cli_memory_ended();
    } else if (o->report.n > 1)
        cli_error("%s", (char *)o->report.data);
    mien_buffer_free(&o->report);
    if (!give(s->batch->results, &o->text)) {
        s->status = CLI_OUTPUT;
        atomic_store(&s->stop, 1);
    }
}

static void do_one(void *arg, int i, int lane)
{
    batch_state *s = arg;
    if (cli_interrupted() || atomic_load(&s->stop))
        return;
    s->batch->work(s->batch->arg, i, lane, &s->outcome[i]);

    pthread_mutex_lock(&s->lock);
    s->ready[i] = 1;
    while (s->next < s->batch->files->n && s->ready[s->next] &&
           !atomic_load(&s->stop))
        print_next(s);
    cli_progress_show(&s->progress, s->next, s->failed);
    pthread_mutex_unlock(&s->lock);
}

static int final_status(const batch_state *s, int n)
{
    if (s->status)
        return s->status;
    if (s->failed == n)
        return CLI_NOTHING;
    return s->failed ? CLI_PARTLY : CLI_OK;
}

int cli_batch_run(const cli_batch *b)
{
    int n = b->files->n, status = CLI_NOTHING;
    mien_pool *pool = NULL;
    mien_error err = {0};
    batch_state s = {.batch = b};
    s.outcome = cli_alloc((size_t)n, sizeof *s.outcome);
    s.ready = cli_alloc((size_t)n, 1);
    if (!s.outcome || !s.ready) {
        status = CLI_NOTHING;
    } else if (b->jobs > 1 && mien_pool_new(b->jobs, &pool, &err) != MIEN_OK) {
        cli_error("%s", err.text);
    } else {
        pthread_mutex_init(&s.lock, NULL);
        cli_progress_start(&s.progress, n, b->quiet);
        mien_pool_run(pool, n, do_one, &s);
        cli_progress_hide(&s.progress);
        pthread_mutex_destroy(&s.lock);
        status = final_status(&s, n);
    }
    for (int i = s.next; i < n && s.outcome; i++) {
        mien_buffer_free(&s.outcome[i].text);
        mien_buffer_free(&s.outcome[i].report);
    }
    mien_pool_free(pool);
    free(s.outcome);
    free(s.ready);
    return status;
}

void cli_batch_lanes(int photos, int *jobs, int *threads)
{
    mien_pool *probe = NULL;
    if (*jobs == 0 && mien_pool_new(0, &probe, NULL) == MIEN_OK)
        *jobs = mien_pool_size(probe);
    mien_pool_free(probe);
    if (*jobs > photos)
        *jobs = photos;
    if (*jobs < 1)
        *jobs = 1;
    if (*threads < 0)
        *threads = *jobs > 1 ? 1 : 0;
}
