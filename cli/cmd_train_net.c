/* cmd_train_net.c: networks that learn from labelled pictures: any of net.json,
 * faces' points, emotions. */
#include "cli/pictures.h"
#include "cli/table.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    mien_picture_options o;
    mien_schedule_kind schedule;
    const char *net, *data, *images, *test, *test_images, *votes, *tasks,
        *weights, *group, *output, *models;
    int crop, augment, align, resume, quiet, threads, compare, seeds;
    int size, latent; /* of train faces; latent 0: the network's */
} values;

enum { COMMON_THREADS = 1 }; /* that prepare pictures ahead */

#define OPTION_NET(text) \
    CLI_ROW_TEXT(net, CLI_FILE, "net", 'n', "NAME|FILE", text)
#define OPTIONS_TRAINING                                                       \
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 'i', "DIR",                     \
                 "where the pictures are (default: where the list is)"),       \
        CLI_ROW_TEXT(test, CLI_FILE, "test", 0, "LIST|FOLDER",                 \
                     "samples that judge (default: those the labels name for " \
                     "it, or a tenth by the seed)"),                           \
        CLI_ROW_TEXT(test_images, CLI_FOLDER, "test-images", 0, "DIR",         \
                     "where their pictures are"),                              \
        CLI_ROW_TEXT(tasks, CLI_TEXT, "tasks", 0, "NAME,...",                  \
                     "outputs that are learned (default: all)"),               \
        CLI_ROW_TEXT(                                                          \
            weights, CLI_TEXT, "weights", 0, "W,...",                          \
            "of their losses, in that order (default: the network's)"),        \
        CLI_ROW_CHOICE(crop, "crop", 0, "WHAT", "whole,box,face",              \
                       "what the network sees: the whole picture, stretched, " \
                       "the labels' box, or the largest face that YuNet "      \
                       "finds, both square: {choices} (default {})"),          \
        CLI_ROW_REAL(o.view.margin, "margin", 0, "SHARE", -0.4, 4,             \
                     "share of the box added on each side (default {})"),      \
        CLI_ROW_CHOICE(augment, "augment", 0, "HOW",                           \
                       "none,faces,points,mirror",                             \
                       "change training pictures by chance: faces mirrors, "   \
                       "turns, moves, lightens and covers, points does so "    \
                       "more, mirror does that alone: {choices} (default "     \
                       "{})"),                                                 \
        CLI_ROW_INT(o.epochs, "epochs", 'e', "N", 1, 1000000,                  \
                    "at most so many (default {})"),                           \
        CLI_ROW_INT(o.batch, "batch", 'b', "N", 1, 65536,                      \
                    "pictures of a step (default {})"),                        \
        CLI_ROW_REAL(o.optimizer.rate, "rate", 0, "R", 1e-9, 10,               \
                     "learning rate of Adam (default {})"),                    \
        CLI_ROW_CHOICE(schedule, "schedule", 0, "HOW", "constant,step,cosine", \
                       "of the rate: step falls to a tenth twice: {choices} "  \
                       "(default {})"),                                        \
        CLI_ROW_REAL(o.schedule.warmup, "warm-up", 0, "EPOCHS", 0, 1000,       \
                     "in which the rate grows from 0 (default {})"),           \
        CLI_ROW_REAL(o.optimizer.weight_decay, "decay", 0, "D", 0, 1,          \
                     "of weights, apart from the gradient (default {})"),      \
        CLI_ROW_REAL(o.average, "average", 0, "KEEP", 0, 0.99999,              \
                     "moving average of the weights, .999 (default {})"),      \
        CLI_ROW_REAL(o.smoothing, "smoothing", 0, "S", 0, 0.9,                 \
                     "spread so much of a class over all (default {})"),       \
        CLI_ROW_FLAG(o.balanced, "balanced", 0,                                \
                     "classes weigh as if they were equally many"),            \
        CLI_ROW_FLAG(o.by_eyes, "by-eyes", 0,                                  \
                     "a face weighs more if its eyes are near each other, as " \
                     "in NME"),                                                \
        CLI_ROW_INT(o.patience, "patience", 0, "EPOCHS", 0, 1000000,           \
                    "stop after so many without improvement (default {}; 0: "  \
                    "never)"),                                                 \
        CLI_ROW_INT(o.task_patience, "task-patience", 0, "EPOCHS", 0, 1000000, \
                    "the same of one output, which then is no longer learned " \
                    "from (default {}; 0: never)"),                            \
        CLI_ROW_REAL(o.valid, "valid", 0, "SHARE", 0.001, 0.9,                 \
                     "of the training samples, that tell the best epoch "      \
                     "(default {})"),                                          \
        CLI_ROW_FLAG(o.mirror, "mirror", 0,                                    \
                     "judge by the mean of a picture and its mirror"),         \
        CLI_ROW_FLAG(o.keep_twins, "keep-twins", 0,                            \
                     "learn also from pictures that judge"),                   \
        CLI_ROW_TEXT(group, CLI_TEXT, "group", 0, "TASK",                      \
                     "tell errors by the classes of a task (default: pose, "   \
                     "where it is labelled)"),                                 \
        CLI_ROW_INT(o.seed, "seed", 's', "N", 0, INT_MAX,                      \
                    "of parts, weights, orders and chance (default {})"),      \
        CLI_ROW_FLAG(resume, "resume", 0,                                      \
                     "go on from the checkpoint in the output folder"),        \
        CLI_ROW_TEXT(output, CLI_FOLDER, "output", 'o', "DIR",                 \
                     "folder for the model, its figures and its report"),      \
        CLI_OPTION_QUIET, CLI_OPTION_THREADS, CLI_OPTION_MODELS,               \
        CLI_OPTION_END

static const cli_row exits[] = {
    {"0", "a model was made"},
    {"2", "the command line is wrong"},
    {"3", "the samples could not be read, or cannot be learned from"},
    {"4", "output could not be written"},
    {"130", "interrupted; --resume goes on"},
    {NULL, NULL},
};

typedef struct learning {
    const values *v;
    mien_picture_options o;
    cli_labels train, test;
    mien_bytes text; /* of the network */
    mien_net *net;
    mien_picture_study *study;
    mien_journal *journal; /* with --output */
    mien_bytes state;      /* with --resume */
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

/* ---- the network -----------------------------------------------------------
 */

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

/* ---- progress --------------------------------------------------------------
 */

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

/* ---- the run ---------------------------------------------------------------
 */

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

/* Read labels and make the study; 0, and a report. */
static int prepare(learning *l, const char *data)
{
    static const mien_augment augment[] = {
        MIEN_AUGMENT_NONE, MIEN_AUGMENT_FACES, MIEN_AUGMENT_POINTS,
        MIEN_AUGMENT_MIRROR};
    const values *v = l->v;
    mien_error err = {0};
    if (!cli_labels_open(data, v->images, v->votes, &l->train) ||
        (v->test && !cli_labels_open(v->test, v->test_images, NULL, &l->test)))
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
    l->o.augment = augment[v->augment];
    l->o.schedule.kind = v->schedule;
    l->o.schedule.factor = 0.1f;
    l->o.schedule.epochs =
        v->schedule == MIEN_RATE_STEP ? (double)l->o.epochs * 0.4 : l->o.epochs;
    l->o.optimizer.decoupled = 1;
    l->o.group = v->compare ? NULL
                 : v->group ? v->group
                            : usual_group(v->test ? &l->test : &l->train);
    l->o.threads = COMMON_THREADS;
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
                           "metrics.json, model_card.md, history.csv\n",
                           folder);
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
    if (status == CLI_INTERRUPTED && l->journal)
        cli_error("interrupted after epoch %d; --resume goes on from %s",
                  l->epochs, l->v->output);
    return status || l->helps ? status : finish(l);
}

/* Read, learn, judge, and release all. */
static int train(const values *v, const char *data)
{
    values own = *v;
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
    mien_pool_free(l.o.pool);
    return cli_team_leave(l.mpi, status);
}

/* ---- commands --------------------------------------------------------------
 */

static int run_data(const cli_args *a)
{
    return train(a->values, a->operand[0]);
}

static int run_net(const cli_args *a)
{
    values v = *(const values *)a->values;
    v.net = a->operand[0];
    if (v.data)
        return train(&v, v.data);
    cli_error("--data LIST|FOLDER is missing: what is to be learned from?");
    return CLI_USAGE;
}

static const values net_defaults = {.o = MIEN_PICTURE_DEFAULTS};
static const cli_option net_options[] = {
    CLI_ROW_TEXT(data, CLI_FILE, "data", 0, "LIST|FOLDER",
                 "labelled pictures: a list of MTFL, a CSV file, folders named "
                 "as classes, names of UTKFace"),
    OPTIONS_TRAINING};
static const cli_row net_examples[] = {
    {"mien train net net.json --data photos.csv -o run/",
     "any network of docs/networks.md"},
    {NULL, NULL},
};
const cli_command cmd_train_net = {
    .name = "train net",
    .operands = "NET",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "train any network on labelled pictures",
    .description =
        "Trains a network that is described by a text (docs/networks.md), or "
        "one that comes with mien by its name. What it is held to is found "
        "among the labels: a task of that name, points, a number. The "
        "validation part tells the best epoch; the test part judges. Pictures "
        "of the training part that stand in the others, pixel by pixel, are "
        "left out and counted. Processes that mpirun starts learn as one "
        "(docs/machines.md).",
    .options = net_options,
    .defaults = &net_defaults,
    .values_size = sizeof(values),
    .examples = net_examples,
    .exits = exits,
    .run = run_net,
};

static const values landmarks_defaults = {
    .o = MIEN_PICTURE_DEFAULTS, .net = "align", .seeds = 3};
static const cli_option landmarks_options[] = {
    OPTION_NET("network (default {}, of article 4; align_small sees faces cut "
               "out)"),
    CLI_ROW_FLAG(compare, "compare", 0,
                 "article 4's four variants side by side: all tasks, some, or "
                 "none beside the points"),
    CLI_ROW_INT(seeds, "seeds", 0, "N", 1, MIEN_COMPARE_SEEDS,
                "of each variant, from --seed on (default {})"),
    OPTIONS_TRAINING};
static const cli_row landmarks_examples[] = {
    {"mien train landmarks mtfl/training.txt --tasks "
     "points,gender,smile,glasses,pose --weights 7,2,4,1,3 -o align/",
     "five points with four tasks that help"},
    {"mien train landmarks mtfl/training.txt --tasks points -o alone/",
     "points alone"},
    {"mien train landmarks mtfl/training.txt --compare --seeds 3 -o compare/",
     "does it help to learn the other tasks?"},
    {NULL, NULL},
};
const cli_command cmd_train_landmarks = {
    .name = "train landmarks",
    .operands = "LIST",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "train a network that finds points of faces",
    .description =
        "Trains a network with one trunk and several heads on a list with "
        "points, as MTFL has them, and prints the errors of the test part: in "
        "squared pixels of what the network sees, by the distance between the "
        "eyes, and by pose. Everything else is as with 'mien train net'.",
    .options = landmarks_options,
    .defaults = &landmarks_defaults,
    .values_size = sizeof(values),
    .examples = landmarks_examples,
    .exits = exits,
    .run = run_data,
};

static const values emotion_defaults = {.o = MIEN_PICTURE_DEFAULTS,
                                        .net = "emotion_small"};
static const cli_option emotion_options[] = {
    OPTION_NET("network (default {}; emotion, mini_xception, emotion_article)"),
    CLI_ROW_TEXT(votes, CLI_FILE, "labels", 0, "FILE",
                 "votes of FER+ (fer2013new.csv), in place of the classes"),
    OPTIONS_TRAINING};
static const cli_row emotion_examples[] = {
    {"mien train emotion fer2013/train --test fer2013/test --augment faces "
     "--schedule cosine --epochs 60 -o emotion/",
     "folders named as classes"},
    {NULL, NULL},
};
const cli_command cmd_train_emotion = {
    .name = "train emotion",
    .operands = "FOLDER|CSV",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "train a network that tells expressions apart",
    .description =
        "Trains a network on faces in folders named as emotions, or on "
        "FER2013's CSV file, and prints accuracy, balanced accuracy and the "
        "rates of each class. What it tells is what people who labelled the "
        "pictures saw in them, not what somebody feels. Everything else is as "
        "with 'mien train net'.",
    .options = emotion_options,
    .defaults = &emotion_defaults,
    .values_size = sizeof(values),
    .examples = emotion_examples,
    .exits = exits,
    .run = run_data,
};

static int run_faces(const cli_args *a)
{
    const values *given = a->values;
    values v = *given;
    if (v.net && cli_given(a, &given->size)) {
        cli_error("--size and --net: which network?");
        return CLI_USAGE;
    }
    v.net = v.net ? v.net : v.size ? "face_128" : "face_64";
    return train(&v, a->operand[0]);
}

static const values faces_defaults = {.o = MIEN_PICTURE_DEFAULTS, .align = 1};
static const cli_option faces_options[] = {
    OPTION_NET("another auto-encoder: vae_64, vae_up, vae, or a file"),
    CLI_ROW_CHOICE(size, "size", 0, "PIXELS", "64,128",
                   "of a side of what it sees: {choices} (default {})"),
    CLI_ROW_INT(latent, "latent", 0, "N", 0, 4096,
                "numbers of a code (default: 128)"),
    CLI_ROW_CHOICE(align, "align", 0, "HOW", "none,five",
                   "see whole pictures, or the largest face, cut out by five "
                   "points: {choices} (default {})"),
    OPTIONS_TRAINING};
static const cli_row faces_examples[] = {
    {"mien train faces photos/ --schedule cosine -o vae/",
     "a variational auto-encoder of faces"},
    {"mien train faces drawings/ --align none --net vae_64 -o vae/",
     "of any pictures"},
    {NULL, NULL},
};
const cli_command cmd_train_faces = {
    .name = "train faces",
    .operands = "FOLDER",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "train an auto-encoder of faces",
    .description =
        "Trains a variational auto-encoder on pictures without labels, and "
        "prints how like them it makes test pictures again, and what codes "
        "hold. All else is as with 'mien train net'.",
    .options = faces_options,
    .defaults = &faces_defaults,
    .values_size = sizeof(values),
    .examples = faces_examples,
    .exits = exits,
    .run = run_faces,
};
