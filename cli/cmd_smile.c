/* cmd_smile.c: who smiles in a video, by cascades inside one another.
 *
 *   frame -> grey -> faces, followed between frames
 *     each face -> eyes and smiles inside it, or the network of expressions
 *       -> +1 .. -1 a frame -> votes of its track, fading -> smiles or not
 *
 * A smile begins above one level of votes and ends below a lower one, so that
 * one frame does not decide. */
#include "cli/cascades.h"
#include "cli/figure.h"
#include "cli/photos.h"
#include "cli/shell/files.h"
#include "cli/video.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_video_ask video;
    const char *face, *eyes, *smile, *plot, *models, *cascades;
    float begin, end;
    int preset, scorer, format, json, threads;
} values;
static const values defaults = {
    .video = {.title = "mien smile"}, .begin = 0.3f, .end = -0.3f};

static const cli_option options[] = {
    CLI_OPTION_DRAW_VIDEO,
    CLI_OPTION_CAMERA,
    CLI_ROW_CHOICE(preset, "preset", 0, "NAME", "mien,article",
                   "mien (default, finds far more smiles) or the "
                   "strict settings of the article mien follows"),
    CLI_ROW_CHOICE(scorer, "scorer", 0, "NAME", "cascade,expression",
                   "what tells a smile: a cascade (default), or expression, "
                   "the network of expressions, which errs less"),
    CLI_ROW_TEXT(face, CLI_CASCADE, "face", 0, "NAME[,F[,N]]",
                 "cascade of faces, scale factor and windows that must agree "
                 "(default frontalface_default,1.1,5; article: 1.3,5; so of "
                 "what is left out)"),
    CLI_ROW_TEXT(eyes, CLI_CASCADE, "eyes", 0, "NAME[,F[,N]]",
                 "the same for eyes inside a face (default eye,1.2,18)"),
    CLI_ROW_TEXT(smile, CLI_CASCADE, "smile", 0, "NAME[,F[,N]]",
                 "the same for smiles inside a face (default smile,1.2,30 in "
                 "the lower half of a face of 130 pixels; article: 1.7,20 in "
                 "the face as it is)"),
    CLI_ROW_REAL(begin, "begin", 0, "V", -1, 1,
                 "votes from which a smile is on (default {}; they lie in "
                 "-1..1)"),
    CLI_ROW_REAL(end, "end", 0, "V", -1, 1,
                 "votes below which it is over (default {})"),
    CLI_ROW_TEXT(plot, CLI_FILE, "plot", 'p', "FILE",
                 "draw votes and smiles over time: .svg, .png or .pdf"),
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "table,json,csv",
                   "table of smiles at the end (default), json (a line a "
                   "frame) or csv (a line a face)"),
    CLI_OPTION_JSON("the same as --format json"),
    CLI_OPTION_FRAMES,
    CLI_OPTION_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_CASCADES,
    CLI_OPTION_VIDEO_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien smile video.mp4 --draw out.mp4 --plot smiles.svg",
     "faces, eyes and smiles drawn; a timeline"},
    {"mien smile video.mp4 --json", "a record a frame"},
    {"mien smile --camera 0 --scorer expression",
     "live, in a window, by the network of expressions"},
    {"mien smile clip.gif --face face,1.1,4", "with mien's own face cascade"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    CLI_VIDEO_EXITS,
    {NULL, NULL},
};

typedef enum format { TABLE, JSON, CSV } format;

/* A cascade that is looked for. */
typedef struct sight {
    char name[1024];
    mien_cascade *cascade;
} sight;

typedef struct watching {
    const values *v;
    format format;
    sight faces, eyes, smiles;
    mien_smile_options o;
    mien_reader *reader; /* of the network; or NULL */
    mien_smile_network network;
    mien_smiles *seen;
} watching;

/* "eye,1.2,18", "eye,1.2" or "eye": a cascade and how it looks; what is left
 * out stays as it was. */
static int read_sight(const char *text, sight *s, mien_cascade_options *o)
{
    size_t n = strcspn(text, ",");
    if (n == 0 || n >= sizeof s->name)
        return 0;
    snprintf(s->name, sizeof s->name, "%.*s", (int)n, text);
    if (!text[n])
        return 1;
    char *end;
    o->scale = strtod(text + n + 1, &end);
    if (end == text + n + 1 || !(o->scale > 1 && o->scale <= 10))
        return 0;
    if (*end != ',')
        return !*end;
    const char *windows = end + 1;
    long v = strtol(windows, &end, 10);
    o->neighbors = (int)v;
    return end > windows && !*end && v > 0 && v <= 1000000;
}

/* The cascade of an option at place in the values, usual if it is not given. */
static int read_option(const cli_args *a, const char *const *place,
                       const char *usual, sight *s, mien_cascade_options *o)
{
    snprintf(s->name, sizeof s->name, "%s", usual);
    if (!*place || read_sight(*place, s, o))
        return 1;
    char wanted[160];
    snprintf(wanted, sizeof wanted,
             "a cascade, a scale factor above 1 and a number of windows: "
             "%s,%g,%d",
             usual, o->scale, o->neighbors);
    return cli_wrong(a, place, wanted);
}

/* The options; 0 after a mistake, which is reported. */
static int read_options(const cli_args *a, watching *w)
{
    static const mien_smile_options presets[] = {MIEN_SMILE_DEFAULTS,
                                                 MIEN_SMILE_ARTICLE};
    const values *v = w->v;
    mien_smile_options *o = &w->o;
    *o = presets[v->preset];
    o->begin = v->begin;
    o->end = v->end;
    if (!read_option(a, &v->face, "frontalface_default", &w->faces,
                     &o->faces.options) ||
        !read_option(a, &v->eyes, "eye", &w->eyes, &o->eyes.options) ||
        !read_option(a, &v->smile, "smile", &w->smiles, &o->smiles.options))
        return 0;
    if (o->end > o->begin) {
        cli_error("smile: --end %g lies above --begin %g", (double)o->end,
                  (double)o->begin);
        return 0;
    }
    w->format = (format)cli_format(a, &v->format, v->json, TABLE);
    return !v->plot || cli_figure_path(v->plot);
}

/* Load a cascade; CLI_OK, or the status to exit with. */
static int load(const watching *w, sight *s, mien_sight *out)
{
    int status = cli_cascade_load(s->name, w->v->cascades, &s->cascade);
    out->cascade = s->cascade;
    return status;
}

/* ---- a frame ------------------------------------------------------------- */

/* cli_video_work.process */
static mien_status process(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    watching *w = arg;
    mien_gray g;
    mien_status st = mien_gray_from(frame, &g, err);
    if (st != MIEN_OK)
        return st;
    w->network.frame = frame;
    st = mien_smiles_next(w->seen, &g, f->seconds, f->step, err);
    mien_gray_free(&g);
    if (st == MIEN_OK && w->format == JSON)
        mien_record_smiles(f->number, f->seconds, w->seen, out);
    if (st == MIEN_OK && w->format == CSV)
        mien_record_smiles_csv(f->number, f->seconds, w->seen, out);
    return st;
}

static mien_status draw(void *arg, mien_image *frame, mien_error *err)
{
    const watching *w = arg;
    return mien_draw_smiles(frame, w->seen, err);
}

/* ---- all frames ---------------------------------------------------------- */

/* Tables of smiles and faces; 0 when they could not be written. */
static int print_table(const watching *w)
{
    mien_buffer out = {0};
    if (!mien_record_smiles_text(w->seen, &out) && !w->o.scorer)
        mien_buffer_printf(
            &out,
            "fewer windows that must agree see more smiles, and more "
            "mistakes: --smile %s,%g,%d\n",
            w->smiles.name, w->o.smiles.options.scale,
            (w->o.smiles.options.neighbors + 1) / 2);
    return cli_emit(&out);
}

/* A picture of votes over time; 0 when it could not be written. */
static int plot(const watching *w, const char *path)
{
    int n;
    mien_figure *f = NULL;
    mien_error err = {0};
    mien_history_stories(mien_smiles_history(w->seen), &n);
    if (!n) {
        cli_error("no face was found: %s is not written", path);
        return 1;
    }
    int good =
        mien_smiles_figure(w->seen, w->o.begin, w->o.end, &f, &err) == MIEN_OK;
    if (!good)
        cli_error("%s: %s", path, err.text);
    good = good && cli_figure_save(f, path);
    mien_figure_free(f);
    return good;
}

/* The network of expressions, if it is to tell smiles. */
static int open_network(watching *w)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    if (!w->v->scorer)
        return CLI_OK;
    o.face.want = MIEN_FACE_EXPRESSION;
    o.models = w->v->models;
    o.threads = mien_pool_size(w->o.pool);
    int status = cli_reader_open(&o, &w->reader);
    if (status)
        return status;
    w->network.analyzer = mien_reader_analyzer(w->reader, 0);
    w->o.scorer = mien_smile_by_network;
    w->o.scorer_arg = &w->network;
    return CLI_OK;
}

/* Load the cascades, go through the video, and sum up. */
static int watch(watching *w, const cli_video_ask *ask)
{
    const char *path = w->v->plot;
    mien_error err = {0};
    cli_video_work work = {process, draw, w};
    int64_t seen = 0;
    int status = load(w, &w->faces, &w->o.faces);
    if (!status)
        status = load(w, &w->eyes, &w->o.eyes);
    if (!status)
        status = load(w, &w->smiles, &w->o.smiles);
    if (!status)
        status = open_network(w);
    if (status)
        return status;
    if (mien_smiles_new(&w->o, &w->seen, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (path && !cli_output_ready(path))
        return CLI_OUTPUT;
    status = cli_video_run(ask, &work, &seen);
    if (seen && path && !plot(w, path))
        status = CLI_OUTPUT;
    if (seen && w->format == TABLE && !print_table(w))
        status = CLI_OUTPUT;
    return status;
}

/* The command. */
static int run(const cli_args *a)
{
    watching w = {.v = a->values};
    cli_video_ask ask = w.v->video;
    if (!read_options(a, &w) || !cli_video_asked(a, &ask))
        return CLI_USAGE;
    int status = cli_pool_new(w.v->threads, &w.o.pool);
    if (!status)
        status = watch(&w, &ask);
    mien_smiles_free(w.seen);
    mien_reader_free(w.reader);
    mien_cascade_free(w.faces.cascade);
    mien_cascade_free(w.eyes.cascade);
    mien_cascade_free(w.smiles.cascade);
    mien_pool_free(w.o.pool);
    return status;
}

const cli_command cmd_smile = {
    .name = "smile",
    .operands = "[VIDEO]",
    .min_operands = 0,
    .max_operands = 1,
    .summary = "who smiles when in a video",
    .description =
        "Find faces, and eyes and smiles inside them, with OpenCV's cascades "
        "(Debian's package opencv-data). Each frame of a face votes for or "
        "against "
        "a smile; votes fade by a tenth a frame, and a smile is on from "
        "--begin "
        "until they fall below --end. Faces are followed between frames, so "
        "that "
        "each keeps its number when the cascade misses it. With --scorer "
        "expression the vote is the network's probability of \"happy\", taken "
        "from 0..1 to -1..1.\n\n"
        "A smile cascade sees teeth and curved mouths, not joy; it errs with "
        "beards, open mouths and turned heads. How often is in docs/video.md.",
    CLI_COMMAND_TABLES,
};
