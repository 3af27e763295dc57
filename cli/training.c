/* training.c: a network learns from labelled pictures, as the options say. */
#include "cli/sheet.h"
#include "cli/training.h"

#include <stdio.h>
#include <unistd.h>

enum { COMMON_THREADS = 1 }; /* that prepare pictures ahead */

typedef struct learning {
    const cli_training *v;
    mien_picture_options o;
    cli_labels train, test;
    mien_bytes text; /* of the network */
    mien_net *net;
    mien_picture_study *study;
    mien_journal *journal; /* with --output */
    mien_bytes state;      /* with --resume */
    mien_bytes sheet;      /* with --require-sheet */
    char data_sha256[65];  /* of the training set, with --require-sheet */
    float weight[MIEN_MAX_LOSSES];
    int epochs, shown;  /* done; 1: a progress line stands */
    int trials;         /* to come of a comparison, behind this one */
    char trial[128];    /* of a comparison, before what is told of it */
    double start, last; /* of training; when progress was shown */
    int64_t learned;    /* samples since the start */
    int64_t before;     /* samples of this epoch, when last counted */
    mien_error failed;  /* of the journal */
    mien_mpi *mpi;      /* NULL: this process is alone */
    int helps;          /* 1: another rank prints and writes */
} learning;

/* ---- the network --------------------------------------------------------- */

/* Read the network; 0, and a report. */
static int read_net(learning *l)
{
    char path[MIEN_PATH_MAX];
    const mien_net_number latent = {"latent", l->v->latent};
    const mien_net_options o = {
        .seed = l->o.seed, .number = &latent, .n_numbers = l->v->latent > 0};
    mien_error err = {0};
    if (!mien_nets_find(l->v->models, l->v->net, path)) {
        cli_error("'%s' is neither a file nor a network that comes with mien "
                  "(docs/networks.md)",
                  l->v->net);
        return 0;
    }
    mien_status st = mien_file_load(path, 0, &l->text, &err);
    if (!st)
        st = mien_net_read(l->text.data, l->text.n, &o, &l->net, &err);
    if (st)
        cli_error_at(path, &err);
    return !st;
}

/* ---- progress ------------------------------------------------------------ */

/* Show how far the epoch is; 1 once the user has interrupted. */
static int on_batch(void *arg, const mien_picture_study *s, int64_t done)
{
    learning *l = arg;
    double now = mien_clock();
    l->learned += done - (done > l->before ? l->before : 0);
    l->before = done;
    if (!l->v->quiet && isatty(STDERR_FILENO) && now - l->last > 0.25) {
        int64_t all = mien_picture_study_parts(s).train;
        double rate = (double)l->learned / (now - l->start);
        int epochs = mien_trainer_epochs(mien_picture_study_trainer(s));
        double more = (double)l->o.epochs * (1 + l->trials) - epochs;
        double left = more * (double)all - (double)done;
        int seconds = rate > 0 ? (int)(left / rate) : 0;
        fprintf(stderr,
                "\r%sepoch %d/%d  %lld/%lld  %.0f images/s  %d:%02d left "
                "\033[K",
                l->trial, epochs + 1, l->o.epochs, (long long)done,
                (long long)all, rate, seconds / 60, seconds % 60);
        l->last = now;
        l->shown = 1;
    }
    return cli_interrupted();
}

/* Say what the epoch gave, and keep it. */
static int on_epoch(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    learning *l = arg;
    const mien_journal_source from = mien_picture_study_source(s);
    int last = cli_interrupted() || e->epoch == l->o.epochs;
    l->epochs = e->epoch;
    mien_buffer words = {0};
    mien_picture_epoch_text(s, e, &words);
    if (!l->v->quiet)
        fprintf(stderr, "%s%sepoch %d/%d  %.*s\n", l->shown ? "\r\033[K" : "",
                l->trial, e->epoch, l->o.epochs, (int)words.n,
                (const char *)words.data);
    mien_buffer_free(&words);
    l->shown = 0;
    return (l->journal &&
            mien_journal_epoch(l->journal, &from, e, last, &l->failed)) ||
           cli_interrupted();
}

/* ---- the run ------------------------------------------------------------- */

/* The folder of --output, and with --resume what is in it. */
static int open_journal(learning *l)
{
    mien_error err = {0};
    if (l->v->resume && !l->v->output) {
        cli_error("--resume wants the folder of the run: --output DIR");
        return CLI_USAGE;
    }
    if (!l->v->output || l->v->compare)
        return CLI_OK;
    if (mien_journal_new(l->v->output, &l->journal, &err))
        return cli_unsaved(&err);
    if (l->v->resume && mien_journal_checkpoint(l->journal, &l->state, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    l->o.state = l->v->resume ? l->state.data : NULL;
    l->o.state_size = l->state.n;
    return CLI_OK;
}

/* What errors are told by where nothing is said: pose, if it is labelled. */
static const char *usual_group(const cli_labels *l)
{
    return mien_labels_task(&l->labels, "pose") >= 0 ? "pose" : NULL;
}

/* Find the faces that --crop face cuts out, or what an earlier part of the run
 * found; 0, and a report. */
static int find_faces(learning *l, cli_labels *set, const char *name)
{
    char path[MIEN_PATH_MAX];
    mien_face_boxes_options o = {.reuse = l->v->resume, .pool = l->o.pool};
    if (l->journal) {
        snprintf(path, sizeof path, "%s/%s", l->v->output, name);
        o.file = path;
    }
    if (!cli_labels_faces(set, &o, l->v->quiet))
        return 0;
    l->o.faceless[set == &l->test] = set->faces.missed;
    return 1;
}

/* May a model learn from these pictures, as they are before faces are cut out?
 * 0, and a report. */
static int check_sheet(learning *l, const char *data)
{
    if (!l->v->require_sheet)
        return 1;
    if (cli_sheet_gate_pictures(l->v->sheet, data, &l->train, l->o.pool,
                                l->data_sha256, &l->sheet))
        return 0;
    l->o.data_sha256 = l->data_sha256;
    l->o.sheet = l->sheet.data;
    l->o.sheet_size = l->sheet.n;
    return 1;
}

/* Read labels and make the study; 0, and a report. */
static int prepare(learning *l, const char *data)
{
    static const mien_augment augment[] = {
        MIEN_AUGMENT_NONE, MIEN_AUGMENT_FACES, MIEN_AUGMENT_POINTS,
        MIEN_AUGMENT_MIRROR};
    const cli_training *v = l->v;
    mien_error err = {0};
    if (!cli_labels_open(data, v->images, v->votes, &l->train) ||
        (v->test && !cli_labels_open(v->test, v->test_images, NULL, &l->test)))
        return 0;
    if (!check_sheet(l, data))
        return 0;
    int side = v->align ? cli_net_side(l->net) : 0;
    l->o.view.aligned = side;
    if (!cli_labels_align(&l->train, side, l->o.pool, v->quiet) ||
        (v->test && !cli_labels_align(&l->test, side, l->o.pool, v->quiet)))
        return 0;
    l->o.view.crop = v->crop;
    l->o.view.square = v->crop != MIEN_CROP_WHOLE;
    if (v->crop == MIEN_CROP_FACE &&
        (!find_faces(l, &l->train, "faces.csv") ||
         (v->test && !find_faces(l, &l->test, "test_faces.csv"))))
        return 0;
    float mix = l->o.augment.mix;
    l->o.augment = augment[v->augment];
    l->o.augment.mix = mix;
    l->o.schedule.kind = v->schedule;
    l->o.schedule.factor = 0.1f;
    l->o.schedule.epochs =
        v->schedule == MIEN_RATE_STEP ? (double)l->o.epochs * 0.4 : l->o.epochs;
    l->o.optimizer.decoupled = 1;
    l->o.group = v->compare ? NULL
                 : v->group ? v->group
                            : usual_group(v->test ? &l->test : &l->train);
    l->o.threads = COMMON_THREADS;
    l->o.cache_bytes = (int64_t)l->v->cache << 20;
    l->o.on_batch = on_batch;
    l->o.on_epoch = on_epoch;
    l->o.arg = l;
    l->start = mien_clock();
    if (v->compare)
        return 1;
    if (mien_picture_study_new(l->net, &l->train.set,
                               v->test ? &l->test.set : NULL, &l->o, &l->study,
                               &err) == MIEN_OK)
        return 1;
    cli_error("%s: %s", data, err.text);
    return 0;
}

/* Train, and say how it ended; the status to exit with. */
static int learn(learning *l)
{
    mien_fit_end end = MIEN_FIT_EPOCHS;
    mien_error err = {0};
    int status = CLI_OK;
    if (!l->v->quiet)
        fprintf(stderr, "a step of %d pictures takes %.0f MB\n", l->o.batch,
                (double)mien_picture_study_bytes(l->study) / 1e6);
    l->start = mien_clock();
    if (mien_picture_study_learn(l->study, &end, &err)) {
        /* mpirun interrupts all ranks, but not at the same batch. */
        int stopped = l->mpi && cli_interrupted();
        if (!stopped)
            cli_error("%s", err.text);
        status = stopped ? CLI_INTERRUPTED : CLI_NOTHING;
    }
    if (l->shown)
        fputs("\r\033[K", stderr);
    if (l->failed.status)
        return cli_unsaved(&l->failed);
    if (l->journal && mien_journal_close(l->journal, &err))
        return cli_unsaved(&err);
    return !status && end == MIEN_FIT_ASKED ? CLI_INTERRUPTED : status;
}

/* Judge, print, save; the status to exit with. */
static int finish(learning *l)
{
    mien_error err = {0};
    mien_buffer words = {0};
    const char *folder = l->v->output;
    const cli_labels *test = l->v->test ? &l->test : &l->train;
    if (mien_faces_judge(l->study, l->v->models, &test->set, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    mien_picture_study_text(l->study, &words);
    if (folder && mien_picture_study_save(l->study, folder, &err)) {
        mien_buffer_free(&words);
        return cli_unsaved(&err);
    }
    if (folder)
        mien_buffer_printf(&words,
                           "written to %s: model.onnx, report.html, "
                           "metrics.json, model_card.md, history.csv%s\n",
                           folder, l->sheet.data ? ", datasheet.json" : "");
    return cli_emit(&words) ? CLI_OK : CLI_OUTPUT;
}

/* Say which trial begins, of how many. */
static int on_begin(void *arg, const mien_picture_comparison *c,
                    const mien_picture_trial *t)
{
    learning *l = arg;
    int all = c->variants * c->seeds;
    l->trials = all - c->trials - 1;
    l->before = 0;
    snprintf(l->trial, sizeof l->trial,
             "trial %d/%d: %s, seed %u: ", c->trials + 1, all,
             c->name[t->variant], t->seed);
    return cli_interrupted();
}

/* Train every variant and seed, print, save; the status to exit with. */
static int compare(learning *l)
{
    const mien_picture_compare_options o = {.seeds = l->v->seeds,
                                            .folder = l->v->output,
                                            .resume = l->v->resume,
                                            .on_begin = on_begin,
                                            .arg = l};
    const mien_picture_set *test = l->v->test ? &l->test.set : NULL;
    mien_picture_comparison c = {0};
    mien_buffer words = {0};
    mien_error err = {0};
    mien_status st = mien_picture_compare(
        l->text.data, l->text.n, &l->train.set, test, &l->o, &o, &c, &err);
    if (l->shown)
        fputs("\r\033[K", stderr);
    if (st == MIEN_EIO)
        return cli_unsaved(&err);
    if (st) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int whole = c.trials == c.variants * c.seeds;
    if (!l->helps)
        mien_picture_comparison_text(&c, &words);
    if (!whole && l->v->output)
        cli_error("interrupted; --resume goes on from %s", l->v->output);
    mien_picture_comparison_free(&c);
    if (!cli_emit(&words))
        return CLI_OUTPUT;
    return whole ? CLI_OK : CLI_INTERRUPTED;
}

/* All from the options to the folder; the status to exit with. */
static int work(learning *l, const char *data)
{
    if (l->v->sheet && !l->v->require_sheet) {
        cli_error("--sheet FILE wants --require-sheet");
        return CLI_USAGE;
    }
    if (!read_net(l))
        return CLI_NOTHING;
    if (!cli_loss_weights(l->net, l->v->tasks, l->v->weights, l->weight))
        return CLI_USAGE;
    if (l->v->tasks || l->v->weights)
        l->o.weight = l->weight;
    int status = open_journal(l);
    if (!status)
        status = cli_pool_new(l->v->threads, &l->o.pool);
    if (!status && !prepare(l, data))
        status = CLI_NOTHING;
    if (!status && l->v->compare)
        return compare(l);
    if (!status)
        status = learn(l);
    /* In the first epoch there is no checkpoint yet. */
    if (status == CLI_INTERRUPTED && l->journal && (l->epochs || l->v->resume))
        cli_error("interrupted after epoch %d; --resume goes on from %s",
                  l->epochs, l->v->output);
    return status || l->helps ? status : finish(l);
}

int cli_train(const cli_training *v, const char *data)
{
    cli_training own = *v;
    learning l = {.v = &own, .o = v->o};
    int status = CLI_NOTHING;
    if (cli_team_join(&l.mpi)) {
        l.o.team = mien_mpi_team(l.mpi);
        l.helps = l.o.team && l.o.team->rank;
        if (l.helps) {
            own.output = NULL;
            own.quiet = 1;
            own.resume = 0;
        }
        status = work(&l, data);
    }
    mien_picture_study_free(l.study);
    mien_net_free(l.net);
    mien_bytes_free(&l.text);
    cli_labels_close(&l.train);
    cli_labels_close(&l.test);
    mien_journal_free(l.journal);
    mien_bytes_free(&l.state);
    mien_bytes_free(&l.sheet);
    mien_pool_free(l.o.pool);
    return cli_team_leave(l.mpi, status);
}
