/* cmd_train_cascade.c: train a cascade.  Options that opencv_traincascade has
 * keep its names. */
#include "cli/cli.h"
#include "cli/cli_cascades.h"
#include "cli/cli_chips.h"
#include "cli/cli_files.h"
#include "cli/cli_progress.h"
#include "cli/cli_roc.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_POSITIVES,
    OPT_NEGATIVES,
    OPT_OUTPUT,
    OPT_WIDTH,
    OPT_HEIGHT,
    OPT_NUM_POS,
    OPT_NUM_NEG,
    OPT_STAGES,
    OPT_HIT,
    OPT_FALSE,
    OPT_TARGET,
    OPT_BOOST,
    OPT_FEATURE,
    OPT_MODE,
    OPT_DEPTH,
    OPT_TREES,
    OPT_TRIM,
    OPT_CACHE,
    OPT_CROP,
    OPT_MIRROR,
    OPT_COPIES,
    OPT_TURN,
    OPT_SHIFT,
    OPT_GROW,
    OPT_TEST,
    OPT_COMPARE,
    OPT_ROC,
    OPT_SEED,
    OPT_RESUME,
    OPT_THREADS,
    OPT_QUIET
};

static const cli_option options[] = {
    {"positives", 'p', CLI_FILE, "DIR|FILE", NULL,
     "pictures of the object: a folder; a list of \"picture n x y w h ...\" "
     "lines; or OpenCV's .vec"},
    {"negatives", 'n', CLI_FILE, "DIR|FILE", NULL,
     "scenes without the object: a folder, or a list of paths"},
    {"output", 'o', CLI_FILE, "FILE", NULL,
     "the cascade, written after every stage"},
    {"width", 'w', CLI_NUMBER, "N", NULL, "width of the window (default 24)"},
    {"height", 'h', CLI_NUMBER, "N", NULL, "height of the window (default 24)"},
    {"numPos", 0, CLI_NUMBER, "N", NULL,
     "positives a stage (default: 0.9 of those there are)"},
    {"numNeg", 0, CLI_NUMBER, "N", NULL,
     "negatives a stage (default: as many as positives)"},
    {"numStages", 0, CLI_NUMBER, "N", NULL, "most stages (default 20)"},
    {"minHitRate", 0, CLI_NUMBER, "R", NULL,
     "positives a stage keeps (default 0.995)"},
    {"maxFalseAlarmRate", 0, CLI_NUMBER, "R", NULL,
     "negatives a stage keeps (default 0.5)"},
    {"acceptanceRatioBreakValue", 0, CLI_NUMBER, "R", NULL,
     "stop when this share of windows or less passes all stages"},
    {"bt", 0, CLI_CHOICE, "NAME", "GAB,DAB,RAB",
     "boosting: GAB gentle (default), DAB discrete, RAB real"},
    {"featureType", 0, CLI_CHOICE, "NAME", "HAAR,LBP",
     "features: HAAR (default) or LBP"},
    {"mode", 0, CLI_CHOICE, "NAME", "BASIC,CORE,ALL",
     "Haar features: BASIC upright ones (default), CORE more of them, ALL "
     "those "
     "turned by 45 degrees too"},
    {"maxDepth", 0, CLI_NUMBER, "N", NULL, "depth of a tree (default 1)"},
    {"maxWeakCount", 0, CLI_NUMBER, "N", NULL,
     "most trees a stage (default 100)"},
    {"weightTrimRate", 0, CLI_NUMBER, "R", NULL,
     "share of the weight a tree is trained on (default 0.95)"},
    {"cache", 0, CLI_NUMBER, "MB", NULL,
     "memory for sorted features (default 2048)"},
    {"crop", 0, CLI_TEXT, "X,Y,W,H", NULL,
     "where the object is in every picture of a folder (default: all of it)"},
    {"mirror", 0, CLI_FLAG, NULL, NULL, "positives mirrored as well"},
    {"copies", 0, CLI_NUMBER, "N", NULL,
     "more positives of each object, moved a little (default 0)"},
    {"turn", 0, CLI_NUMBER, "DEG", NULL, "turn copies at most so (default 8)"},
    {"shift", 0, CLI_NUMBER, "R", NULL,
     "move copies by this share of the width at most (default 0.04)"},
    {"grow", 0, CLI_NUMBER, "R", NULL,
     "change the size of copies by this share at most (default 0.06)"},
    {"test", 0, CLI_FILE, "FILE", NULL,
     "known objects kept out of training, as \"picture n x y w h ...\": print "
     "detections against false positives"},
    {"compare", 0, CLI_TEXT, "NAME", NULL,
     "another cascade on the same pictures"},
    {"roc", 0, CLI_FILE, "FILE", NULL, "draw these curves: .svg, .png or .pdf"},
    {"seed", 0, CLI_NUMBER, "N", NULL, "for all random choices (default 1)"},
    {"resume", 0, CLI_FLAG, NULL, NULL,
     "go on from the stages in the output, with the same options"},
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads (default: one for each processor); the result is the same"},
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien train cascade --positives faces/ --negatives scenes/ -w 24 -h 24 "
     "-o mine.xml",
     "twenty stages; mine.xml grows by one at a time"},
    {"mien train cascade -p faces/ -n scenes/ -o mine.xml --resume",
     "after an interruption"},
    {"mien train cascade -p faces.vec -n bg.txt -numPos 900 -numNeg 900 "
     "-featureType LBP -o lbp.xml",
     "with files of opencv_createsamples"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "trained"},
    {"2", "the command line is wrong"},
    {"3", "positives or scenes cannot be read, or are too few"},
    {"4", "output could not be written"},
    {"130", "interrupted; the stages so far are in the output"},
    {NULL, NULL},
};

typedef struct training {
    mien_cascade_train_options o;
    cli_chips_options chip;
    mien_chips chips;
    cli_scenes scenes;
    const char *output;
    int quiet, tree;
    cli_progress progress; /* of the search for negatives */
} training;

/* ---- options ------------------------------------------------------------- */

static int rate(const cli_args *a, int option, double *out)
{
    return cli_double(a, option, 1e-12, 1, out);
}

static int count(const cli_args *a, int option, int64_t *out)
{
    int v = 0;
    if (!cli_given(a, option))
        return 1;
    if (!cli_int(a, option, 1, INT_MAX, &v))
        return 0;
    *out = v;
    return 1;
}

static int chip_options(const cli_args *a, training *t)
{
    const mien_sample_set_options usual = MIEN_SAMPLE_SET_DEFAULTS;
    cli_chips_options *c = &t->chip;
    *c =
        (cli_chips_options){.w = usual.w, .h = usual.h, .jitter = usual.jitter};
    c->mirror = cli_given(a, OPT_MIRROR);
    return cli_int(a, OPT_WIDTH, 4, MIEN_CASCADE_MAX_WINDOW, &c->w) &&
           cli_int(a, OPT_HEIGHT, 4, MIEN_CASCADE_MAX_WINDOW, &c->h) &&
           cli_int(a, OPT_COPIES, 0, 1000, &c->copies) &&
           cli_float(a, OPT_TURN, 0, 180, &c->jitter.turn) &&
           cli_float(a, OPT_SHIFT, 0, 1, &c->jitter.shift) &&
           cli_float(a, OPT_GROW, 0, 0.9, &c->jitter.grow) &&
           cli_crop(a, OPT_CROP, c->crop);
}

/* Options of the trainer and its pictures; 0, and a report. */
static int read_options(const cli_args *a, training *t)
{
    static const mien_boost boosts[] = {MIEN_BOOST_GENTLE, MIEN_BOOST_DISCRETE,
                                        MIEN_BOOST_REAL};
    mien_cascade_train_options *o = &t->o;
    int cache = 2048, seed = 1;
    for (int i = OPT_POSITIVES; i <= OPT_OUTPUT; i++)
        if (!cli_given(a, i)) {
            cli_error("train cascade: --%s is missing", options[i].name);
            return 0;
        }
    o->boost = boosts[cli_choice(a, OPT_BOOST, 0)];
    o->kind = (mien_feature_kind)cli_choice(a, OPT_FEATURE, 0);
    o->set = (mien_haar_set)cli_choice(a, OPT_MODE, 0);
    if (!chip_options(a, t) || !count(a, OPT_NUM_POS, &o->positives) ||
        !count(a, OPT_NUM_NEG, &o->negatives) ||
        !cli_int(a, OPT_STAGES, 1, MIEN_CASCADE_MAX_STAGES, &o->stages) ||
        !rate(a, OPT_HIT, &o->min_hit) ||
        !rate(a, OPT_FALSE, &o->max_false_alarm) ||
        !rate(a, OPT_TARGET, &o->target) || !rate(a, OPT_TRIM, &o->trim) ||
        !cli_int(a, OPT_DEPTH, 1, 8, &o->depth) ||
        !cli_int(a, OPT_TREES, 1, 10000, &o->max_trees) ||
        !cli_int(a, OPT_CACHE, 1, 1000000, &cache) ||
        !cli_int(a, OPT_SEED, 0, INT_MAX, &seed))
        return 0;
    if (cli_given(a, OPT_COMPARE) && !cli_given(a, OPT_TEST)) {
        cli_error("train cascade: --compare needs --test");
        return 0;
    }
    o->w = t->chip.w;
    o->h = t->chip.h;
    o->cache_bytes = (int64_t)cache << 20;
    o->seed = (uint32_t)seed;
    t->chip.seed = (uint32_t)seed;
    t->output = a->value[OPT_OUTPUT];
    t->quiet = cli_given(a, OPT_QUIET);
    cli_progress_start(&t->progress, 0, t->quiet);
    return 1;
}

/* ---- while it runs ------------------------------------------------------- */

static void table_line(const training *t, const mien_cascade_progress *p)
{
    mien_buffer out = {0};
    if (!t->quiet)
        mien_buffer_printf(&out, "| %4d | %9.6f | %9.6f |\n", p->trees, p->hit,
                           p->false_alarm);
    cli_emit(&out);
}

static void searching(training *t, const mien_cascade_progress *p)
{
    char text[96];
    snprintf(text, sizeof text,
             "stage %d: %lld negatives found in %lld windows", p->stage,
             (long long)p->negatives, (long long)p->windows);
    cli_progress_text(&t->progress, text);
}

/* A line of the table for each tree; how far the search for negatives is. */
static int on_progress(void *user, const mien_cascade_progress *p)
{
    training *t = user;
    if (p->trees > t->tree) {
        cli_progress_hide(&t->progress);
        if (t->tree == 0 && !t->quiet) {
            mien_buffer out = {0};
            mien_buffer_printf(
                &out,
                "stage %d: %lld positives of %lld, %lld negatives found "
                "in %lld windows (acceptance ratio %.3g)\n"
                "|  N   |    HR     |    FA     |\n",
                p->stage, (long long)p->positives, (long long)p->consumed,
                (long long)p->negatives, (long long)p->windows,
                (double)p->negatives / (double)p->windows);
            cli_emit(&out);
        }
        t->tree = p->trees;
        table_line(t, p);
    } else if (p->trees == 0) {
        searching(t, p);
    }
    return !cli_interrupted();
}

static int save(const training *t, const mien_cascade *c)
{
    mien_bytes xml = {0};
    mien_error err = {0};
    mien_status st = mien_cascade_write(c, &xml, &err);
    if (st == MIEN_OK)
        st = mien_file_save(t->output, xml.data, xml.n, &err);
    mien_bytes_free(&xml);
    if (st != MIEN_OK)
        cli_error("%s", err.text);
    return st == MIEN_OK ? CLI_OK : CLI_OUTPUT;
}

static int print_stage(const mien_stage_report *r)
{
    mien_buffer out = {0};
    mien_buffer_printf(
        &out,
        "stage %d: %d tree%s, hit rate %.4f, false alarms %.4f; all "
        "stages: hit rate %.4f, false alarms %.3g; %.1f s\n",
        r->stage, r->n_trees, r->n_trees == 1 ? "" : "s", r->hit,
        r->false_alarm, r->cascade_hit, r->cascade_false_alarm, r->seconds);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Say why no further stage is trained; last is of the stage that was not. */
static int say_end(const training *t, const mien_stage_report *last, int n)
{
    mien_buffer out = {0};
    const char *s = n == 1 ? "" : "s";
    if (cli_interrupted() && n)
        cli_error("interrupted; %s has %d stage%s; --resume goes on", t->output,
                  n, s);
    else if (cli_interrupted())
        cli_error("interrupted before the first stage was done");
    else if (!n)
        cli_error("no stage was trained: %lld negatives found in %lld windows",
                  (long long)last->negatives, (long long)last->windows);
    else if (last->windows)
        mien_buffer_printf(
            &out,
            "ends with %d stage%s: they leave only %lld negatives in "
            "%lld windows\n",
            n, s, (long long)last->negatives, (long long)last->windows);
    else
        mien_buffer_printf(&out, "%s has all %d stage%s\n", t->output, n, s);
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return cli_interrupted() ? CLI_INTERRUPTED : n ? CLI_OK : CLI_NOTHING;
}

/* Train stage after stage, saving each; the status to exit with. */
static int stages(training *t, mien_cascade_trainer *trainer)
{
    mien_stage_report r = {0};
    int n = 0;
    for (int more = 1; more;) {
        mien_error err = {0};
        n = mien_cascade_get_info(mien_cascade_trainer_get(trainer)).n_stages;
        t->tree = 0;
        mien_status st = mien_cascade_trainer_stage(trainer, &r, &more, &err);
        cli_progress_hide(&t->progress);
        if (st != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
        const mien_cascade *c = mien_cascade_trainer_get(trainer);
        if (mien_cascade_get_info(c).n_stages == n)
            return say_end(t, &r, n);
        int status = save(t, c);
        if (!status)
            status = print_stage(&r);
        if (status)
            return status;
    }
    return CLI_OK;
}

/* Begin or go on, and train; the status to exit with. */
static int train(const cli_args *a, training *t)
{
    mien_error err = {0};
    mien_cascade *begin = NULL;
    mien_cascade_trainer *trainer = NULL;
    if (cli_given(a, OPT_RESUME)) {
        if (mien_cascade_load(t->output, NULL, &begin, &err) != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
    } else if (access(t->output, F_OK) == 0) {
        cli_error("%s: is there already; --resume goes on from it, or remove "
                  "it",
                  t->output);
        return CLI_USAGE;
    }
    if (t->o.positives > t->chips.n) {
        cli_error("train cascade: --numPos: found %lld, there are %lld "
                  "positives",
                  (long long)t->o.positives, (long long)t->chips.n);
        mien_cascade_free(begin);
        return CLI_NOTHING;
    }
    mien_scenes scenes = mien_sample_set_scenes(t->scenes.set);
    t->o.progress = on_progress;
    t->o.user = t;
    mien_status st = mien_cascade_trainer_new(&t->o, &t->chips, &scenes, begin,
                                              &trainer, &err);
    mien_cascade_free(begin);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return st == MIEN_EARG && t->chips.n > 1 ? CLI_USAGE : CLI_NOTHING;
    }
    int status = stages(t, trainer);
    mien_cascade_trainer_free(trainer);
    return status;
}

/* ---- afterwards ---------------------------------------------------------- */

static int judge(const cli_args *a, const training *t)
{
    const char *which[2] = {t->output, a->value[OPT_COMPARE]};
    cli_roc_job job = {.n = which[1] ? 2 : 1,
                       .cascade = which,
                       .test = a->value[OPT_TEST],
                       .picture = a->value[OPT_ROC],
                       .pool = t->o.pool};
    return cli_roc_compare(&job);
}

/* All from the options to the curves; the status to exit with. */
static int work(const cli_args *a, training *t)
{
    if (!read_options(a, t))
        return CLI_USAGE;
    int threads = 0;
    mien_error err = {0};
    if (!cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads))
        return CLI_USAGE;
    if (mien_pool_new(threads, &t->o.pool, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (!cli_output_ready(t->output))
        return CLI_OUTPUT;
    if (cli_given(a, OPT_ROC) && !cli_output_ready(a->value[OPT_ROC]))
        return CLI_OUTPUT;
    int status = cli_scenes_open(&t->scenes, a->value[OPT_NEGATIVES]);
    if (!status)
        status = cli_chips_load(a->value[OPT_POSITIVES], &t->chip, &t->chips);
    if (status == CLI_INTERRUPTED)
        cli_error("interrupted before the first stage was done");
    if (status)
        return status;
    mien_buffer out = {0};
    mien_buffer_printf(&out, "%lld positives of %d x %d, %lld scenes\n",
                       (long long)t->chips.n, t->chips.w, t->chips.h,
                       (long long)t->scenes.list.n);
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    status = train(a, t);
    return !status && cli_given(a, OPT_TEST) ? judge(a, t) : status;
}

static int run(const cli_args *a)
{
    training t = {0};
    int status = work(a, &t);
    mien_chips_free(&t.chips);
    cli_scenes_close(&t.scenes);
    mien_pool_free(t.o.pool);
    return status;
}

const cli_command cmd_train_cascade = {
    "train cascade",
    "",
    0,
    0,
    "train a cascade from pictures of an object and scenes without it",
    "Boost stage after stage (Viola and Jones): each keeps nearly all "
    "positives and drops about half of the negatives that the stages before "
    "let through; the negatives of each stage are windows of the scenes that "
    "still pass.\n\n"
    "The table shows, for each tree N, the hit rate HR and the false alarm "
    "rate FA of the stage so far. The output is a cascade that OpenCV 4 reads; "
    "it is whole after every stage, so training can be stopped and resumed, "
    "with the same result as without a stop. Scenes must not show the object: "
    "one face among them teaches the cascade to miss it.",
    options,
    examples,
    exits,
    run,
};
