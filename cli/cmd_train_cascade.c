/* cmd_train_cascade.c: train a cascade.  Options that opencv_traincascade has
 * keep its names. */
#include "cli/shell/shell.h"
#include "cli/cascades.h"
#include "cli/chips.h"
#include "cli/figure.h"
#include "cli/shell/files.h"
#include "cli/shell/progress.h"
#include "cli/roc.h"
#include "cli/sheet.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    mien_cascade_train_options o;
    mien_chips_options chip; /* w, h and seed are those of o */
    const char *positives, *negatives, *output, *crop, *test, *compare, *roc,
        *sheet;
    int boost, cache, seed, resume, threads, quiet, require_sheet;
} values;
static const values defaults = {.o = MIEN_CASCADE_TRAIN_DEFAULTS,
                                .chip = {.jitter = MIEN_JITTER},
                                .cache = 2048,
                                .seed = 1};

/* A share that a stage keeps, or the like. */
#define RATE(member, name, text) \
    CLI_ROW_REAL(member, name, 0, "R", 1e-12, 1, text)

static const cli_option options[] = {
    CLI_ROW_TEXT(positives, CLI_FILE, "positives", 'p', "DIR|FILE",
                 "pictures of the object: a folder; a list of \"picture n x y "
                 "w h ...\" lines; or OpenCV's .vec"),
    CLI_ROW_TEXT(negatives, CLI_FILE, "negatives", 'n', "DIR|FILE",
                 "scenes without the object: a folder, or a list of paths"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "the cascade, written after every stage"),
    CLI_ROW_INT(o.w, "width", 'w', "N", 4, MIEN_CASCADE_MAX_WINDOW,
                "width of the window (default {})"),
    CLI_ROW_INT(o.h, "height", 'h', "N", 4, MIEN_CASCADE_MAX_WINDOW,
                "height of the window (default {})"),
    CLI_ROW_INT(o.positives, "numPos", 0, "N", 1, INT_MAX,
                "positives a stage (default: 0.9 of those there are)"),
    CLI_ROW_INT(o.negatives, "numNeg", 0, "N", 1, INT_MAX,
                "negatives a stage (default: as many as positives)"),
    CLI_ROW_INT(o.stages, "numStages", 0, "N", 1, MIEN_CASCADE_MAX_STAGES,
                "most stages (default {})"),
    RATE(o.min_hit, "minHitRate", "positives a stage keeps (default {})"),
    RATE(o.max_false_alarm, "maxFalseAlarmRate",
         "negatives a stage keeps (default {})"),
    RATE(o.target, "acceptanceRatioBreakValue",
         "stop when this share of windows or less passes all stages"),
    CLI_ROW_CHOICE(boost, "bt", 0, "NAME", "GAB,DAB,RAB",
                   "boosting: GAB gentle (default), DAB discrete, RAB real"),
    CLI_ROW_CHOICE(o.kind, "featureType", 0, "NAME", "HAAR,LBP",
                   "features: HAAR (default) or LBP"),
    CLI_ROW_CHOICE(o.set, "mode", 0, "NAME", "BASIC,CORE,ALL",
                   "Haar features: BASIC upright ones (default), CORE more of "
                   "them, ALL those turned by 45 degrees too"),
    CLI_ROW_INT(o.depth, "maxDepth", 0, "N", 1, 8,
                "depth of a tree (default {})"),
    CLI_ROW_INT(o.max_trees, "maxWeakCount", 0, "N", 1, 10000,
                "most trees a stage (default {})"),
    RATE(o.trim, "weightTrimRate",
         "share of the weight a tree is trained on (default {})"),
    CLI_ROW_INT(cache, "cache", 0, "MB", 1, 1000000,
                "memory for sorted features (default {})"),
    CLI_ROW_TEXT(crop, CLI_TEXT, "crop", 0, "X,Y,W,H",
                 "where the object is in every picture of a folder (default: "
                 "all of it)"),
    CLI_ROW_FLAG(chip.mirror, "mirror", 0, "positives mirrored as well"),
    CLI_ROW_INT(chip.copies, "copies", 0, "N", 0, 1000,
                "more positives of each object, moved a little (default {})"),
    CLI_ROW_REAL(chip.jitter.turn, "turn", 0, "DEG", 0, 180,
                 "turn copies at most so (default {})"),
    CLI_ROW_REAL(chip.jitter.shift, "shift", 0, "R", 0, 1,
                 "move copies by this share of the width at most (default "
                 "{})"),
    CLI_ROW_REAL(chip.jitter.grow, "grow", 0, "R", 0, 0.9,
                 "change the size of copies by this share at most (default "
                 "{})"),
    CLI_ROW_TEXT(test, CLI_FILE, "test", 0, "FILE",
                 "known objects kept out of training, as \"picture n x y w h "
                 "...\": print detections against false positives"),
    CLI_ROW_TEXT(compare, CLI_CASCADE, "compare", 0, "NAME",
                 "another cascade on the same pictures"),
    CLI_ROW_TEXT(roc, CLI_FILE, "roc", 0, "FILE",
                 "draw these curves: .svg, .png or .pdf"),
    CLI_ROW_FLAG(require_sheet, "require-sheet", 0,
                 "refuse a folder of positives without a sheet (mien dataset "
                 "sheet), or of which required questions are open; a comment "
                 "in the cascade keeps the sheet's SHA-256"),
    CLI_ROW_TEXT(sheet, CLI_FILE, "sheet", 0, "FILE",
                 "with --require-sheet: the sheet (default: datasheet.json in "
                 "the folder)"),
    CLI_ROW_INT(seed, "seed", 0, "N", 0, INT_MAX,
                "for all random choices (default {})"),
    CLI_ROW_FLAG(resume, "resume", 0,
                 "go on from the stages in the output, with the same options"),
    CLI_OPTION_THREADS,
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

static const cli_row exits[] = CLI_EXITS_STOPPED(
    "trained", "positives or scenes cannot be read, or are too few",
    "interrupted; the stages so far are in the output");

typedef struct training {
    const values *v;
    mien_cascade_train_options o;
    mien_chips_options chip;
    mien_chips chips;
    mien_scene_set scenes;
    int tree;
    char data_sha256[65], sheet_sha256[65]; /* with --require-sheet */
    cli_progress progress;                  /* of the search for negatives */
} training;

/* ---- options ------------------------------------------------------------- */

/* Options of the trainer and its pictures; 0, and a report. */
static int read_options(const cli_args *a, training *t)
{
    static const mien_boost boosts[] = {MIEN_BOOST_GENTLE, MIEN_BOOST_DISCRETE,
                                        MIEN_BOOST_REAL};
    const values *v = t->v;
    if (!v->positives || !v->negatives || !v->output) {
        cli_error("train cascade: --%s is missing", !v->positives ? "positives"
                                                    : !v->negatives
                                                        ? "negatives"
                                                        : "output");
        return 0;
    }
    if (v->compare && !v->test) {
        cli_error("train cascade: --compare needs --test");
        return 0;
    }
    t->o = v->o;
    t->o.boost = boosts[v->boost];
    t->o.cache_bytes = (int64_t)v->cache << 20;
    t->o.seed = (uint32_t)v->seed;
    t->chip = v->chip;
    t->chip.w = v->o.w;
    t->chip.h = v->o.h;
    t->chip.seed = t->o.seed;
    cli_progress_start(&t->progress, 0, v->quiet);
    return cli_crop(a, &v->crop, &t->chip.crop);
}

/* ---- while it runs ------------------------------------------------------- */

static void table_line(const training *t, const mien_cascade_progress *p)
{
    mien_buffer out = {0};
    if (!t->v->quiet)
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
        if (t->tree == 0 && !t->v->quiet) {
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

/* The XML, with a comment below its first line that names the data. */
static void put_xml(const training *t, const mien_bytes *xml, mien_buffer *out)
{
    const uint8_t *line = memchr(xml->data, '\n', xml->n);
    size_t n = line ? (size_t)(line - xml->data) + 1 : 0;
    mien_buffer_put(out, xml->data, n);
    if (*t->sheet_sha256)
        mien_buffer_printf(out,
                           "<!-- mien.data_sha256 %s mien.sheet_sha256 %s "
                           "-->\n",
                           t->data_sha256, t->sheet_sha256);
    mien_buffer_put(out, xml->data + n, xml->n - n);
}

/* The stages so far; the status to exit with. */
static int save(const training *t, const mien_cascade *c)
{
    mien_bytes xml = {0}, noted = {0};
    mien_buffer out = {0};
    mien_error err = {0};
    mien_status st = mien_cascade_write(c, &xml, &err);
    if (st == MIEN_OK) {
        put_xml(t, &xml, &out);
        st = mien_buffer_give(&out, &noted, &err);
    }
    if (st == MIEN_OK)
        st = mien_file_save(t->v->output, noted.data, noted.n, &err);
    mien_bytes_free(&noted);
    mien_bytes_free(&xml);
    return st == MIEN_OK ? CLI_OK : cli_unsaved(&err);
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
        cli_error("interrupted; %s has %d stage%s; --resume goes on",
                  t->v->output, n, s);
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
        mien_buffer_printf(&out, "%s has all %d stage%s\n", t->v->output, n, s);
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

/* Name the scenes that could not be read, the first of them. */
static void report_scenes(const training *t)
{
    enum { MOST = 10 };
    int64_t bad = t->scenes.set ? mien_sample_set_failures(t->scenes.set) : 0;
    int named = 0;
    for (int64_t i = 0; bad && i < t->scenes.list.n && named < MOST; i++) {
        const mien_error *why = mien_sample_set_failure(t->scenes.set, i);
        if (why)
            cli_error("%s", why->text);
        named += why != NULL;
    }
    if (bad)
        cli_error("%lld of %lld scenes could not be read and were left out",
                  (long long)bad, (long long)t->scenes.list.n);
}

/* Begin or go on, and train; the status to exit with. */
static int train(training *t)
{
    mien_error err = {0};
    mien_cascade *begin = NULL;
    mien_cascade_trainer *trainer = NULL;
    if (t->v->resume && access(t->v->output, F_OK) != 0) {
        if (!t->v->quiet)
            cli_error("%s: is not there; begins with the first stage",
                      t->v->output);
    } else if (t->v->resume) {
        if (mien_cascade_load(t->v->output, NULL, &begin, &err) != MIEN_OK) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
    } else if (access(t->v->output, F_OK) == 0) {
        cli_error("%s: is there already; --resume goes on from it, or remove "
                  "it",
                  t->v->output);
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
    report_scenes(t);
    mien_cascade_trainer_free(trainer);
    return status;
}

/* ---- afterwards ---------------------------------------------------------- */

static int judge(const training *t)
{
    const char *which[2] = {t->v->output, t->v->compare};
    cli_roc_job job = {.n = which[1] ? 2 : 1,
                       .cascade = which,
                       .test = t->v->test,
                       .picture = t->v->roc,
                       .pool = t->o.pool};
    return cli_roc_compare(&job);
}

/* Try before the training what is wanted behind it; the status to exit with. */
static int try_judging(const values *v)
{
    mien_sample_list objects = {0};
    mien_cascade *other = NULL;
    int status = CLI_OK;
    if (v->roc && !cli_figure_path(v->roc))
        return CLI_USAGE;
    if (v->test)
        status = cli_objects_load(v->test, &objects);
    if (!status && v->compare)
        status = cli_cascade_load(v->compare, NULL, &other);
    mien_sample_list_free(&objects);
    mien_cascade_free(other);
    return status;
}

/* May a cascade learn from the positives?  The status to exit with. */
static int check_sheet(training *t)
{
    const values *v = t->v;
    if (v->sheet && !v->require_sheet) {
        cli_error("--sheet FILE wants --require-sheet");
        return CLI_USAGE;
    }
    return v->require_sheet
               ? cli_sheet_gate_positives(v->sheet, v->positives, t->o.pool,
                                          t->data_sha256, t->sheet_sha256)
               : CLI_OK;
}

/* All from the options to the curves; the status to exit with. */
static int work(const cli_args *a, training *t)
{
    if (!read_options(a, t))
        return CLI_USAGE;
    const values *v = t->v;
    int status = cli_pool_new(v->threads, &t->o.pool);
    if (status)
        return status;
    if (!cli_output_ready(v->output) || (v->roc && !cli_output_ready(v->roc)))
        return CLI_OUTPUT;
    status = try_judging(v);
    if (!status)
        status = check_sheet(t);
    if (!status)
        status = cli_scenes_load(v->negatives, &t->scenes);
    if (!status)
        status = cli_chips_load(v->positives, &t->chip, &t->chips);
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
    int64_t flat = mien_chips_flat(&t->chips);
    if (flat)
        cli_error("%lld of %lld positives have hardly any contrast: stage 0 "
                  "passes over them, as a detector does",
                  (long long)flat, (long long)t->chips.n);
    status = train(t);
    return !status && v->test ? judge(t) : status;
}

static int run(const cli_args *a)
{
    training t = {.v = a->values};
    int status = work(a, &t);
    mien_chips_free(&t.chips);
    mien_scene_set_free(&t.scenes);
    mien_pool_free(t.o.pool);
    return status;
}

const cli_command cmd_train_cascade = {
    .name = "train cascade",
    .operands = "",
    .min_operands = 0,
    .max_operands = 0,
    .summary =
        "train a cascade from pictures of an object and scenes without it",
    .description =
        "Boost stage after stage (Viola and Jones): each keeps nearly all "
        "positives and drops about half of the negatives that the stages "
        "before "
        "let through; the negatives of each stage are windows of the scenes "
        "that "
        "still pass.\n\n"
        "The table shows, for each tree N, the hit rate HR and the false alarm "
        "rate FA of the stage so far. The output is a cascade that OpenCV 4 "
        "reads; "
        "it is whole after every stage, so training can be stopped and "
        "resumed, "
        "with the same result as without a stop. Scenes must not show the "
        "object: "
        "one face among them teaches the cascade to miss it.",
    CLI_COMMAND_TABLES,
};
