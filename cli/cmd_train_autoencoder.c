/* cmd_train_autoencoder.c: an auto-encoder of the usual rows, whose
 * reconstruction error tells the rare ones. */
#include "cli/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct values {
    cli_study_values study;
    cli_table_values table;
    const char *layers;
    int resume;
} values;
static const values defaults = {.study = CLI_STUDY_DEFAULTS};

static const cli_option options[] = {
    CLI_OPTIONS_STUDY,
    CLI_ROW_TEXT(layers, CLI_TEXT, "layers", 0, "N,N,...",
                 "units of the hidden layers (default 32,16,16,32; LSTM: "
                 "32,16,32)"),
    CLI_ROW_INT(study.o.autoencoder.epochs, "epochs", 'e', "N", 1, 1000000,
                "at most so many (default {})"),
    CLI_ROW_INT(study.o.autoencoder.batch, "batch", 'b', "ROWS", 1, 1000000,
                "rows of a step (default {})"),
    CLI_ROW_REAL(study.o.autoencoder.rate, "rate", 0, "R", 1e-9, 10,
                 "learning rate of Adam (default {})"),
    CLI_ROW_REAL(study.o.autoencoder.activity, "activity", 0, "L1", 0, 1e6,
                 "penalty on what the first layer gives (default {})"),
    CLI_ROW_INT(study.o.autoencoder.patience, "patience", 0, "EPOCHS", 1,
                1000000,
                "stop after so many epochs without improvement (default: "
                "never)"),
    CLI_ROW_FLAG(study.o.autoencoder.lstm, "lstm", 0,
                 "long short-term memories over the rows of --window"),
    CLI_ROW_REAL(study.o.autoencoder.dropout, "dropout", 0, "SHARE", 0, 0.95,
                 "of the first layer, while training"),
    CLI_ROW_FLAG(resume, "resume", 0,
                 "go on from the checkpoint in the output folder"),
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

static const cli_row exits[] =
    CLI_EXITS_STOPPED("a model was made",
                      "the table could not be read, or cannot be learned from",
                      "interrupted; --resume goes on");

typedef struct learning {
    const values *v;
    cli_study c;
    int layer[MIEN_AUTOENCODER_MAX_LAYERS];
    mien_journal *journal; /* with --output */
    mien_bytes state;      /* with --resume */
    int progress, epochs;  /* 1: shown; so many are done */
    double start;
    mien_error failed; /* of the journal */
} learning;

/* ---- options ------------------------------------------------------------- */

/* Units of the hidden layers from text; 0, and a report. */
static int read_layers(const char *text, int *layer, int *layers)
{
    cli_names names;
    if (!text)
        return 1;
    if (!cli_names_read(text, &names))
        return 0;
    int ok = names.n <= MIEN_AUTOENCODER_MAX_LAYERS;
    for (int i = 0; ok && i < names.n; i++) {
        char *end;
        long units = strtol(names.name[i], &end, 10);
        ok = *end == 0 && units >= 1 && units <= 65536;
        layer[i] = (int)units;
    }
    *layers = names.n;
    cli_names_free(&names);
    if (!ok)
        cli_error("--layers: '%s', wanted up to %d numbers from 1 to 65536",
                  text, MIEN_AUTOENCODER_MAX_LAYERS);
    return ok;
}

/* Options of the network and its training; 0, and a report. */
static int read_options(learning *l)
{
    mien_study_autoencoder *o = &l->c.o.autoencoder;
    l->c.o.estimator = MIEN_ESTIMATOR_AUTOENCODER;
    if (l->v->layers)
        o->layer = l->layer;
    if (l->v->resume && !l->v->study.output) {
        cli_error("--resume wants the folder of the run: --output DIR");
        return 0;
    }
    return read_layers(l->v->layers, l->layer, &o->layers);
}

/* ---- epochs -------------------------------------------------------------- */

static void show(const learning *l, const mien_epoch *e)
{
    int all = l->c.o.autoencoder.epochs;
    double spent = mien_clock() - l->start;
    int left = (int)(spent / e->epoch * (all - e->epoch) + 0.5);
    if (l->progress)
        fprintf(
            stderr,
            "\repoch %d/%d  loss %.5f  val_loss %.5f%s  %d:%02d left \033[K",
            e->epoch, all, e->train.total, e->valid.total,
            e->improved ? " *" : "", left / 60, left % 60);
}

/* Where a study stands, as a journal asks for it. */
static mien_status checkpoint(const void *study, mien_bytes *out,
                              mien_error *err)
{
    return mien_study_checkpoint(study, out, err);
}

static int on_epoch(void *arg, const mien_study *s, const mien_epoch *e)
{
    learning *l = arg;
    int last = cli_interrupted() || e->epoch == l->c.o.autoencoder.epochs;
    const mien_journal_source from = {mien_study_trainer(s), checkpoint, s,
                                      NULL};
    show(l, e);
    l->epochs = e->epoch;
    return (l->journal &&
            mien_journal_epoch(l->journal, &from, e, last, &l->failed)) ||
           cli_interrupted();
}

/* The folder of --output, and with --resume what is in it. */
static int open_journal(learning *l)
{
    mien_error err = {0};
    if (!l->v->study.output)
        return CLI_OK;
    if (mien_journal_new(l->v->study.output, &l->journal, &err))
        return cli_unsaved(&err);
    if (l->v->resume && mien_journal_checkpoint(l->journal, &l->state, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    l->c.o.autoencoder.state = l->state.data;
    l->c.o.autoencoder.state_size = l->state.n;
    return CLI_OK;
}

/* Train, and say how it ended; the status to exit with. */
static int learn(learning *l)
{
    mien_fit_end end = MIEN_FIT_EPOCHS;
    mien_error err = {0};
    int status = CLI_OK;
    l->progress = !l->v->study.quiet && isatty(STDERR_FILENO);
    l->start = mien_clock();
    if (mien_study_learn(l->c.study, &end, &err))
        status = CLI_NOTHING;
    if (l->progress)
        fputs("\r\033[K", stderr);
    if (l->failed.status) {
        err = l->failed;
        status = CLI_OUTPUT;
    } else if (l->journal && mien_journal_close(l->journal, &err)) {
        status = CLI_OUTPUT;
    }
    if (status)
        cli_unsaved(&err);
    return !status && end == MIEN_FIT_ASKED ? CLI_INTERRUPTED : status;
}

/* All from the options to the folder; the status to exit with. */
static int work(const cli_args *a, learning *l)
{
    if (!cli_study_read(a, &l->v->study, &l->c) || !read_options(l))
        return CLI_USAGE;
    l->c.o.autoencoder.on_epoch = on_epoch;
    l->c.o.autoencoder.arg = l;
    int status = open_journal(l);
    if (!status)
        status = cli_study_prepare(&l->c, &l->v->table);
    if (!status)
        status = learn(l);
    /* In the first epoch there is no checkpoint yet. */
    if (status == CLI_INTERRUPTED && l->journal && (l->epochs || l->v->resume))
        cli_error("interrupted after epoch %d; --resume goes on from %s",
                  l->epochs, l->v->study.output);
    return status ? status : cli_study_finish(&l->c);
}

static int run(const cli_args *a)
{
    learning l = {.v = a->values};
    int status = work(a, &l);
    cli_study_close(&l.c);
    mien_journal_free(l.journal);
    mien_bytes_free(&l.state);
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
    CLI_COMMAND_TABLES,
};
