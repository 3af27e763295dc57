/* cmd_train_autoencoder.c: an auto-encoder of the usual rows, whose
 * reconstruction error tells the rare ones. */
#include "cli/cli_files.h"
#include "cli/cli_model.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    OPT_LAYERS = DATA_OPTIONS,
    OPT_EPOCHS,
    OPT_BATCH,
    OPT_RATE,
    OPT_ACTIVITY,
    OPT_PATIENCE,
    OPT_LSTM,
    OPT_DROPOUT,
    OPT_RESUME
};

static const cli_option options[] = {
    CLI_OPTIONS_DATA,
    {"layers", 0, CLI_TEXT, "N,N,...", NULL,
     "units of the hidden layers (default 32,16,16,32; LSTM: 32,16,32)"},
    {"epochs", 'e', CLI_NUMBER, "N", NULL, "at most so many (default 200)"},
    {"batch", 'b', CLI_NUMBER, "ROWS", NULL, "rows of a step (default 128)"},
    {"rate", 0, CLI_NUMBER, "R", NULL, "learning rate of Adam (default 0.001)"},
    {"activity", 0, CLI_NUMBER, "L1", NULL,
     "penalty on what the first layer gives (default 0.001)"},
    {"patience", 0, CLI_NUMBER, "EPOCHS", NULL,
     "stop after so many epochs without improvement (default: never)"},
    {"lstm", 0, CLI_FLAG, NULL, NULL,
     "long short-term memories over the rows of --window"},
    {"dropout", 0, CLI_NUMBER, "SHARE", NULL,
     "of the first layer, while training"},
    {"resume", 0, CLI_FLAG, NULL, NULL,
     "go on from the checkpoint in the output folder"},
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien train autoencoder breaks.csv --label y --ahead 2 --drop "
     "time,x28,x61 -o breaks/",
     "normal rows learned; breaks seen two rows ahead"},
    {"mien train autoencoder breaks.csv -l y --ahead 2 --drop time,x28,x61 "
     "--honest -o honest/",
     "split in the order of time, with a purge"},
    {"mien train autoencoder breaks.csv -l y --lstm --window 5 -o lstm/",
     "sequences of five rows"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "a model was made"},
    {"2", "the command line is wrong"},
    {"3", "the table could not be read, or cannot be learned from"},
    {"4", "output could not be written"},
    {"130", "interrupted; --resume goes on"},
    {NULL, NULL},
};

typedef struct learning {
    const cli_args *args;
    const cli_data *data;
    mien_autoencoder_options network;
    int layer[MIEN_AUTOENCODER_MAX_LAYERS];
    mien_graph *graph;
    mien_trainer *trainer;
    mien_fit *fit;
    float *train, *valid;
    mien_samples samples[2];
    const float *inputs[2];
    int epochs, progress, failed;
    double start, saved;
    mien_buffer events;
} learning;

static int failed(const mien_error *err)
{
    cli_error("%s", err->text);
    return 0;
}

/* ---- options
 * ------------------------------------------------------------------- */

static int read_layers(learning *l)
{
    const char *text = l->args->value[OPT_LAYERS];
    cli_names names;
    if (!text)
        text = l->network.lstm ? "32,16,32" : "32,16,16,32";
    if (!cli_names_read(text, &names))
        return 0;
    int n = names.n, ok = n <= MIEN_AUTOENCODER_MAX_LAYERS;
    for (int i = 0; ok && i < n; i++) {
        char *end;
        long units = strtol(names.name[i], &end, 10);
        ok = *end == 0 && units >= 1 && units <= 65536;
        l->layer[i] = (int)units;
    }
    if (!ok)
        cli_error("--layers: '%s', wanted up to %d numbers from 1 to 65536",
                  text, MIEN_AUTOENCODER_MAX_LAYERS);
    cli_names_free(&names);
    l->network.layer = l->layer;
    l->network.layers = n;
    return ok;
}

static int make_trainer(learning *l)
{
    static const mien_loss mse = {.kind = MIEN_LOSS_MSE, .weight = 1};
    const cli_args *a = l->args;
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_penalty activity = {l->network.lstm ? "layer1" : "relu1", 1e-3f, 0};
    mien_error err = {0};
    o.losses = &mse;
    o.n_losses = 1;
    o.penalties = &activity;
    o.n_penalties = 1;
    o.pool = l->data->in.pool;
    o.seed = (uint32_t)l->data->seed;
    if (!cli_int(a, OPT_BATCH, 1, 1000000, &o.batch) ||
        !cli_float(a, OPT_RATE, 1e-9, 10, &o.optimizer.rate) ||
        !cli_float(a, OPT_ACTIVITY, 0, 1e6, &activity.l1))
        return 0;
    if (mien_autoencoder_new(&l->network, &l->graph, &err) ||
        mien_trainer_new(l->graph, &o, &l->trainer, &err))
        return failed(&err);
    return 1;
}

/* ---- epochs
 * -------------------------------------------------------------------- */

static void show(learning *l, const mien_epoch *e)
{
    double spent = mien_clock() - l->start;
    int left = (int)(spent / e->epoch * (l->epochs - e->epoch) + 0.5);
    if (l->progress)
        fprintf(
            stderr,
            "\repoch %d/%d  loss %.5f  val_loss %.5f%s  %d:%02d left \033[K",
            e->epoch, l->epochs, e->train.total, e->valid.total,
            e->improved ? " *" : "", left / 60, left % 60);
}

static int save_checkpoint(learning *l, const mien_fit *f)
{
    mien_bytes b = {0};
    mien_error err = {0};
    const char *folder = l->args->value[DATA_OUTPUT];
    if (mien_fit_save(f, &b, &err))
        return failed(&err);
    int ok = cli_model_save(folder, "checkpoint", b.data, b.n);
    mien_bytes_free(&b);
    return ok;
}

/* A checkpoint at most every two seconds, and whenever it may be the last. */
static int on_epoch(void *arg, const mien_fit *f, const mien_epoch *e)
{
    learning *l = arg;
    mien_bytes events = {0};
    int last = cli_interrupted() || e->epoch == l->epochs;
    show(l, e);
    if (!l->args->value[DATA_OUTPUT])
        return cli_interrupted();
    if (!mien_events_epoch(l->trainer, e, (double)time(NULL), &events, NULL))
        mien_buffer_put(&l->events, events.data, events.n);
    mien_bytes_free(&events);
    if (last || e->epoch == 1 || mien_clock() - l->saved > 2) {
        l->failed = !save_checkpoint(l, f);
        l->saved = mien_clock();
    }
    return cli_interrupted() || l->failed;
}

static int restore(learning *l)
{
    const char *folder = l->args->value[DATA_OUTPUT];
    mien_bytes b = {0};
    mien_error err = {0};
    if (!cli_given(l->args, OPT_RESUME))
        return 1;
    char *path = folder ? cli_path_join(folder, "checkpoint") : NULL;
    if (!path) {
        cli_error("--resume wants the folder of the run: --output DIR");
        return 0;
    }
    mien_status st = mien_file_load(path, 0, &b, &err);
    if (!st)
        st = mien_fit_restore(l->fit, b.data, b.n, &err);
    mi_free(path);
    mien_bytes_free(&b);
    return st ? failed(&err) : 1;
}

static int get_samples(learning *l)
{
    const cli_data *d = l->data;
    l->train = cli_data_floats(d, d->split.trains, d->split.train, 1,
                               &l->samples[0].n);
    l->valid = cli_data_floats(d, d->split.valids, d->split.valid, 1,
                               &l->samples[1].n);
    l->inputs[0] = l->train;
    l->inputs[1] = l->valid;
    for (int i = 0; i < 2; i++)
        l->samples[i].inputs = l->samples[i].targets = &l->inputs[i];
    return l->train && l->valid;
}

static int save_events(learning *l)
{
    char name[64];
    mien_bytes head = {0};
    mien_buffer all = {0};
    const char *folder = l->args->value[DATA_OUTPUT];
    if (!folder || !l->events.n)
        return 1;
    if (!mien_events_begin((double)time(NULL), &head, NULL))
        mien_buffer_put(&all, head.data, head.n);
    mien_buffer_put(&all, l->events.data, l->events.n);
    snprintf(name, sizeof name, "events.out.tfevents.%lld.mien",
             (long long)time(NULL));
    int ok = cli_model_save(folder, name, all.data, all.n);
    mien_bytes_free(&head);
    mien_buffer_free(&all);
    return ok;
}

static int learn(learning *l, mien_fit_end *end)
{
    mien_fit_options o = MIEN_FIT_DEFAULTS;
    mien_error err = {0};
    const char *folder = l->args->value[DATA_OUTPUT];
    if (!cli_int(l->args, OPT_EPOCHS, 1, 1000000, &o.epochs) ||
        !cli_int(l->args, OPT_PATIENCE, 1, 1000000, &o.patience) ||
        (folder && !cli_folder_make(folder)) || !get_samples(l) ||
        !make_trainer(l))
        return 0;
    l->epochs = o.epochs;
    l->progress = !cli_given(l->args, DATA_QUIET) && isatty(STDERR_FILENO);
    o.on_epoch = on_epoch;
    o.arg = l;
    if (mien_fit_new(l->trainer, &o, &l->fit, &err))
        return failed(&err);
    if (!restore(l))
        return 0;
    l->start = mien_clock();
    mien_status st =
        mien_fit_run(l->fit, &l->samples[0], &l->samples[1], end, &err);
    if (l->progress)
        fputs("\r\033[K", stderr);
    return (st ? failed(&err) : !l->failed) && save_events(l);
}

/* ---- the command
 * ---------------------------------------------------------------- */

static void put_settings(const learning *l, mien_buffer *out)
{
    int n;
    const mien_epoch *e = mien_fit_history(l->fit, &n);
    int best = mien_fit_best(l->fit);
    mien_buffer_printf(out, "%s auto-encoder, hidden layers",
                       l->network.lstm ? "LSTM" : "dense");
    for (int i = 0; i < l->network.layers; i++)
        mien_buffer_printf(out, "%s %d", i ? "," : "", l->network.layer[i]);
    mien_buffer_printf(
        out,
        "; learned from %lld normal rows\n%d epochs, the best %d: loss "
        "%.5f, validation loss %.5f\n",
        (long long)l->samples[0].n, n, best, best ? e[best - 1].train.total : 0,
        best ? e[best - 1].valid.total : 0);
}

static int finish(learning *l, cli_model *m)
{
    int n;
    put_settings(l, &m->settings);
    mien_buffer_put(&m->words, m->settings.data, m->settings.n);
    m->parts.autoencoder = l->graph;
    m->parts.network = &l->network;
    m->epoch = mien_fit_history(l->fit, &n);
    m->epochs = n;
    m->best = mien_fit_best(l->fit);
    return cli_model_finish(m);
}

static int run(const cli_args *a)
{
    cli_data d;
    cli_model m = {.data = &d, .title = "Auto-encoder"};
    learning l = {.args = a, .data = &d};
    mien_fit_end end = MIEN_FIT_EPOCHS;
    int status = CLI_NOTHING;
    if (!cli_data_open(a, 1, &d))
        return CLI_NOTHING;
    cli_data_describe(&d, &m.words);
    cli_data_warn(&d, &m.words);
    l.network.inputs = d.width;
    l.network.window = d.window;
    l.network.lstm = cli_given(a, OPT_LSTM);
    l.network.seed = (uint32_t)d.seed;
    if (cli_float(a, OPT_DROPOUT, 0, 0.95, &l.network.dropout) &&
        read_layers(&l) && learn(&l, &end))
        status = end == MIEN_FIT_ASKED ? CLI_INTERRUPTED : finish(&l, &m);
    if (status == CLI_INTERRUPTED && a->value[DATA_OUTPUT])
        cli_error("interrupted after epoch %d; --resume goes on from %s",
                  mien_trainer_epochs(l.trainer), a->value[DATA_OUTPUT]);
    mien_fit_free(l.fit);
    mien_trainer_free(l.trainer);
    mien_graph_free(l.graph);
    mi_free(l.train);
    mi_free(l.valid);
    mien_buffer_free(&l.events);
    cli_model_done(&m);
    cli_data_close(&d);
    return status;
}

const cli_command cmd_train_autoencoder = {
    .name = "train autoencoder",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "learn what is usual; tell rare events by what is not",
    .description =
        "Trains an auto-encoder on the rows of the training part that are no "
        "events.  A row's score is its mean squared reconstruction error; the "
        "threshold is chosen on the validation part, the test part judges.\n\n"
        "The epoch with the lowest validation loss is kept.  A checkpoint in "
        "the output folder lets an interrupted run go on with --resume, to the "
        "same bits.\n\n"
        "A random split of rows that follow each other in time flatters: "
        "--honest splits in the order of time.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
