/* cmd_train_net.c: networks that learn from labelled pictures: any of net.json,
 * faces' points, emotions, auto-encoders of faces. */
#include "cli/sheet.h"
#include "cli/training.h"

#include <limits.h>

typedef cli_training values;

#define DEFAULTS .o = MIEN_PICTURE_DEFAULTS, .cache = 512

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
        CLI_ROW_REAL(o.augment.mix, "mix", 0, "A", 0, 1,                       \
                     "mix-up of two pictures and their classes: alpha of its " \
                     "Beta distribution, .2 (default {})"),                    \
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
        CLI_ROW_INT(o.plateau, "plateau", 0, "EPOCHS", 0, 1000000,             \
                    "without improvement after which the rate is halved "      \
                    "(default {}; 0: never)"),                                 \
        CLI_ROW_REAL(o.optimizer.clip_norm, "clip", 0, "NORM", 0, 1e9,         \
                     "longest gradient of a step; longer ones are shortened "  \
                     "(default {}; 0: none)"),                                 \
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
        CLI_ROW_INT(cache, "cache", 0, "MB", 0, 1000000,                       \
                    "memory for decoded pictures; those that do not fit are "  \
                    "decoded in each epoch (default {})"),                     \
        CLI_ROW_INT(o.seed, "seed", 's', "N", 0, INT_MAX,                      \
                    "of parts, weights, orders and chance (default {})"),      \
        CLI_ROW_INT(o.part_seed, "part-seed", 0, "N", 0, INT_MAX,              \
                    "of the parts alone, so that other seeds have the same "   \
                    "(default {}: that of --seed)"),                           \
        CLI_ROW_FLAG(require_sheet, "require-sheet", 0,                        \
                     CLI_TEXT_REQUIRE_SHEET),                                  \
        CLI_ROW_TEXT(sheet, CLI_FILE, "sheet", 0, "FILE", CLI_TEXT_SHEET),     \
        CLI_ROW_FLAG(resume, "resume", 0,                                      \
                     "go on from the checkpoint in the output folder"),        \
        CLI_ROW_TEXT(output, CLI_FOLDER, "output", 'o', "DIR",                 \
                     "folder for the model, its figures and its report"),      \
        CLI_OPTION_QUIET, CLI_OPTION_THREADS, CLI_OPTION_MODELS,               \
        CLI_OPTION_END

static const cli_row exits[] = CLI_EXITS_STOPPED(
    "a model was made",
    "the samples could not be read, or cannot be learned from",
    "interrupted; --resume goes on");

static int run_data(const cli_args *a)
{
    return cli_train(a->values, a->operand[0]);
}

static int run_net(const cli_args *a)
{
    values v = *(const values *)a->values;
    v.net = a->operand[0];
    if (v.data)
        return cli_train(&v, v.data);
    cli_error("--data LIST|FOLDER is missing: what is to be learned from?");
    return CLI_USAGE;
}

static const values net_defaults = {DEFAULTS};
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

static const values landmarks_defaults = {DEFAULTS, .net = "align", .seeds = 3};
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

static const values emotion_defaults = {DEFAULTS, .net = "emotion_small"};
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
    return cli_train(&v, a->operand[0]);
}

static const values faces_defaults = {DEFAULTS, .align = 1};
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
