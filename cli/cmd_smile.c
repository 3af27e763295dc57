/* cmd_smile.c: who smiles in a video, by cascades inside one another.
 *
 *   frame -> grey -> faces (1.3, 5), followed between frames
 *     each face -> eyes (1.2, 18) and smiles (1.7, 20) inside it
 *       -> +1 or -1 a frame -> votes of its track, fading -> smiles or not
 *
 * The settings are those of the article mien follows; a smile begins above one
 * level of votes and ends below a lower one, so that one frame does not decide.
 */
#include "cli/cli_cascades.h"
#include "cli/cli_figure.h"
#include "cli/cli_files.h"
#include "cli/cli_video.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_DRAW,
    OPT_CAMERA,
    OPT_FACE,
    OPT_EYES,
    OPT_SMILE,
    OPT_BEGIN,
    OPT_END,
    OPT_PLOT,
    OPT_FORMAT,
    OPT_JSON,
    OPT_FRAMES,
    OPT_THREADS,
    OPT_CASCADES,
    OPT_QUIET
};

static const cli_option options[] = {
    CLI_OPTION_DRAW_VIDEO,
    CLI_OPTION_CAMERA,
    {"face", 0, CLI_TEXT, "NAME[,F[,N]]", NULL,
     "cascade of faces, scale factor and windows that must agree (default "
     "frontalface_default,1.3,5; so of what is left out)"},
    {"eyes", 0, CLI_TEXT, "NAME[,F[,N]]", NULL,
     "the same for eyes inside a face (default eye,1.2,18)"},
    {"smile", 0, CLI_TEXT, "NAME[,F[,N]]", NULL,
     "the same for smiles inside a face (default smile,1.7,20)"},
    {"begin", 0, CLI_NUMBER, "V", NULL,
     "votes from which a smile is on (default 0.3; they lie in -1..1)"},
    {"end", 0, CLI_NUMBER, "V", NULL,
     "votes below which it is over (default -0.3)"},
    {"plot", 'p', CLI_FILE, "FILE", NULL,
     "draw votes and smiles over time: .svg, .png or .pdf"},
    {"format", 'f', CLI_CHOICE, "NAME", "table,json,csv",
     "table of smiles at the end (default), json (a line a frame) or csv (a "
     "line a face)"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "the same as --format json"},
    CLI_OPTION_FRAMES,
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads (default: one for each processor); the result is the same"},
    CLI_OPTION_CASCADES,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien smile video.mp4 --draw out.mp4 --plot smiles.svg",
     "faces, eyes and smiles drawn; a timeline"},
    {"mien smile video.mp4 --json", "a record a frame"},
    {"mien smile --camera 0", "live, in a window"},
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
    format format;
    sight faces, eyes, smiles;
    mien_smile_options o;
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

static int sight_option(const cli_args *a, int option, const char *fallback,
                        sight *s, mien_cascade_options *o)
{
    const char *text = a->value[option] ? a->value[option] : fallback;
    if (read_sight(fallback, s, o) && read_sight(text, s, o))
        return 1;
    cli_error("smile: --%s: found '%s', wanted a cascade, a scale factor above "
              "1 and a number of windows: %s",
              a->command->options[option].name, text, fallback);
    return 0;
}

/* The options; 0 after a mistake, which is reported. */
static int read_options(const cli_args *a, watching *w)
{
    mien_smile_options *o = &w->o;
    const char *plot = a->value[OPT_PLOT];
    if (!sight_option(a, OPT_FACE, "frontalface_default,1.3,5", &w->faces,
                      &o->faces.options) ||
        !sight_option(a, OPT_EYES, "eye,1.2,18", &w->eyes, &o->eyes.options) ||
        !sight_option(a, OPT_SMILE, "smile,1.7,20", &w->smiles,
                      &o->smiles.options) ||
        !cli_float(a, OPT_BEGIN, -1, 1, &o->begin) ||
        !cli_float(a, OPT_END, -1, 1, &o->end))
        return 0;
    if (o->end > o->begin) {
        cli_error("smile: --end %g lies above --begin %g", (double)o->end,
                  (double)o->begin);
        return 0;
    }
    if (plot && !cli_figure_path(plot))
        return 0;
    w->format = (format)cli_choice(a, OPT_FORMAT, TABLE);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        w->format = JSON;
    return 1;
}

static int load(const cli_args *a, sight *s, mien_sight *out)
{
    int status = cli_cascade_load(s->name, a->value[OPT_CASCADES], &s->cascade);
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

/* A table of smiles, and one of faces; 0 when it could not be written. */
static int print_table(const watching *w)
{
    int n, smiles = 0;
    double begin, end;
    mien_buffer out = {0};
    const mien_story *s =
        mien_history_stories(mien_smiles_history(w->seen), &n);
    mien_buffer_puts(&out, "    id     smile    until  length\n");
    for (int i = 0; i < n; i++)
        for (int k = 0; mien_smiles_at(w->seen, s[i].id, k, &begin, &end);
             k++) {
            mien_buffer_printf(&out, "%6lld  %7.2fs  %7.2fs  %6.2f s\n",
                               (long long)s[i].id, begin, end, end - begin);
            smiles++;
        }
    if (!smiles)
        mien_buffer_printf(
            &out,
            "no smile was seen; fewer windows that must agree see more, "
            "and more mistakes: --smile %s,%g,%d\n",
            w->smiles.name, w->o.smiles.options.scale,
            (w->o.smiles.options.neighbors + 1) / 2);
    mien_buffer_puts(&out, "\n    id      from       to  frames  smiling\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(&out, "%6lld  %7.2fs  %7.2fs  %6lld  %5.1f %%\n",
                           (long long)s[i].id, s[i].begin, s[i].end,
                           (long long)s[i].frames,
                           100. * (double)mien_smiles_frames(w->seen, s[i].id) /
                               (double)s[i].frames);
    if (!n)
        mien_buffer_puts(&out, "no face was found\n");
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

/* Load the cascades, go through the video, and sum up. */
static int watch(const cli_args *a, watching *w, const cli_video_ask *ask)
{
    const char *path = a->value[OPT_PLOT];
    mien_error err = {0};
    cli_video_work work = {process, draw, w};
    int64_t seen = 0;
    int status = load(a, &w->faces, &w->o.faces);
    if (!status)
        status = load(a, &w->eyes, &w->o.eyes);
    if (!status)
        status = load(a, &w->smiles, &w->o.smiles);
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
    watching w = {.o = MIEN_SMILE_DEFAULTS};
    cli_video_ask ask = {.title = "mien smile"};
    mien_error err = {0};
    int threads = 0, status = CLI_NOTHING;
    if (!read_options(a, &w) ||
        !cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads) ||
        !cli_video_asked(a, OPT_CAMERA, OPT_DRAW, OPT_FRAMES, OPT_QUIET, &ask))
        return CLI_USAGE;
    if (mien_pool_new(threads, &w.o.pool, &err) == MIEN_OK)
        status = watch(a, &w, &ask);
    else
        cli_error("%s", err.text);
    mien_smiles_free(w.seen);
    mien_cascade_free(w.faces.cascade);
    mien_cascade_free(w.eyes.cascade);
    mien_cascade_free(w.smiles.cascade);
    mien_pool_free(w.o.pool);
    return status;
}

const cli_command cmd_smile = {
    "smile",
    "[VIDEO]",
    0,
    1,
    "who smiles when in a video",
    "Find faces, and eyes and smiles inside them, with OpenCV's cascades "
    "(Debian's package opencv-data). Each frame of a face votes for or against "
    "a smile; votes fade by a tenth a frame, and a smile is on from --begin "
    "until they fall below --end. Faces are followed between frames, so that "
    "each keeps its number when the cascade misses it.\n\n"
    "A smile cascade sees teeth and curved mouths, not joy; it errs with "
    "beards, open mouths and turned heads.",
    options,
    examples,
    exits,
    run,
};
