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
#include "cli/cli_json.h"
#include "cli/cli_smile.h"

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

/* "eye,1.2,18", "eye,1.2" or "eye": a cascade and how it looks; what is left
 * out stays as it was. */
static int read_sight(const char *text, cli_sight *out)
{
    size_t n = strcspn(text, ",");
    if (n == 0 || n >= sizeof out->name)
        return 0;
    memcpy(out->name, text, n);
    out->name[n] = 0;
    if (!text[n])
        return 1;
    char *end;
    out->o.scale = strtod(text + n + 1, &end);
    if (end == text + n + 1 || !(out->o.scale > 1 && out->o.scale <= 10))
        return 0;
    if (*end != ',')
        return !*end;
    const char *windows = end + 1;
    long v = strtol(windows, &end, 10);
    out->o.neighbors = (int)v;
    return end > windows && !*end && v > 0 && v <= 1000000;
}

static int sight_option(const cli_args *a, int option, const char *fallback,
                        cli_sight *out)
{
    const char *text = a->value[option] ? a->value[option] : fallback;
    out->o = (mien_cascade_options)MIEN_CASCADE_DEFAULTS;
    if (read_sight(fallback, out) && read_sight(text, out))
        return 1;
    cli_error("smile: --%s: found '%s', wanted a cascade, a scale factor above "
              "1 and a number of windows: %s",
              a->command->options[option].name, text, fallback);
    return 0;
}

static int load(const cli_args *a, cli_sight *s)
{
    mien_error err = {0};
    if (cli_cascade_load(s->name, a->value[OPT_CASCADES], &s->cascade, &err) ==
        MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

static json_t *hits_json(const mien_hits *hits)
{
    json_t *a = json_array();
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        mien_box box = {(float)h->x, (float)h->y, (float)h->w, (float)h->h};
        cli_json_add(&a, cli_json_box(box));
    }
    return a;
}

static void print_json(const cli_smiles *s, const cli_video *v,
                       mien_buffer *out)
{
    json_t *o = json_object(), *faces = json_array();
    cli_json_put(&o, "schema", cli_json_text("mien/1"));
    cli_json_put(&o, "frame", json_integer(v->done - 1));
    cli_json_put(&o, "seconds", cli_json_number(v->seconds, 3));
    for (int i = 0; i < s->n; i++) {
        const cli_smile *f = &s->face[i];
        json_t *one = json_object();
        cli_json_put(&one, "id", json_integer(f->id));
        cli_json_put(&one, "box", cli_json_box(f->box));
        cli_json_put(&one, "detected", json_boolean(f->detected));
        cli_json_put(&one, "eyes", hits_json(&f->eyes));
        cli_json_put(&one, "smiles", hits_json(&f->smiles));
        cli_json_put(&one, "score", cli_json_number((double)f->votes, 4));
        cli_json_put(&one, "smiling", json_boolean(f->smiling));
        cli_json_add(&faces, one);
    }
    cli_json_put(&o, "faces", faces);
    cli_json_print(out, o, JSON_COMPACT);
}

static void print_csv(const cli_smiles *s, const cli_video *v, mien_buffer *out)
{
    if (v->done == 1)
        mien_buffer_puts(
            out, "frame,seconds,id,x,y,width,height,detected,eyes,smiles,"
                 "score,smiling\n");
    for (int i = 0; i < s->n; i++) {
        const cli_smile *f = &s->face[i];
        mien_buffer_printf(out, "%lld,%.3f,%lld,%g,%g,%g,%g,%d,%d,%d,%.4f,%d\n",
                           (long long)v->done - 1, v->seconds, (long long)f->id,
                           (double)f->box.x, (double)f->box.y,
                           (double)f->box.width, (double)f->box.height,
                           f->detected, f->eyes.n, f->smiles.n,
                           (double)f->votes, f->smiling);
    }
}

static int one_frame(cli_smiles *s, cli_video *v, mien_image *frame, format how)
{
    mien_error err = {0};
    mien_buffer out = {0};
    mien_status st = cli_smiles_look(s, v, frame, &err);
    if (st == MIEN_OK && cli_video_shows(v))
        st = cli_smiles_draw(s, frame, &err);
    if (st != MIEN_OK) {
        cli_progress_hide(&v->progress);
        cli_error("frame %lld: %s", (long long)v->done - 1, err.text);
        return CLI_NOTHING;
    }
    if (how == JSON)
        print_json(s, v, &out);
    if (how == CSV)
        print_csv(s, v, &out);
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return cli_video_shows(v) ? cli_video_show(v, frame) : CLI_OK;
}

static int read_options(const cli_args *a, cli_smiles *s, format *how)
{
    if (!sight_option(a, OPT_FACE, "frontalface_default,1.3,5", &s->faces) ||
        !sight_option(a, OPT_EYES, "eye,1.2,18", &s->eyes) ||
        !sight_option(a, OPT_SMILE, "smile,1.7,20", &s->smiles) ||
        !cli_float(a, OPT_BEGIN, -1, 1, &s->begin) ||
        !cli_float(a, OPT_END, -1, 1, &s->end))
        return 0;
    if (s->end > s->begin) {
        cli_error("smile: --end %g lies above --begin %g", (double)s->end,
                  (double)s->begin);
        return 0;
    }
    if (a->value[OPT_PLOT] && !cli_figure_path(a->value[OPT_PLOT]))
        return 0;
    *how = (format)cli_choice(a, OPT_FORMAT, TABLE);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        *how = JSON;
    return 1;
}

static int watch(const cli_args *a, cli_smiles *s, format how,
                 const cli_video_ask *ask)
{
    cli_video v;
    int status = cli_video_open(&v, ask);
    for (int more = 1; !status && more;) {
        mien_image frame;
        status = cli_video_next(&v, &frame, &more);
        if (!status && more)
            status = one_frame(s, &v, &frame, how);
    }
    int seen = v.done > 0;
    status = cli_video_close(&v, status);
    if (seen && a->value[OPT_PLOT] && !cli_smiles_plot(s, a->value[OPT_PLOT]))
        status = CLI_OUTPUT;
    if (seen && how == TABLE && !cli_smiles_print(s))
        status = CLI_OUTPUT;
    return status;
}

static int run(const cli_args *a)
{
    cli_smiles s = {.begin = 0.3f, .end = -0.3f};
    cli_video_ask ask = {.title = "mien smile"};
    format how;
    mien_error err = {0};
    int threads = 0, status = CLI_OK;
    if (!read_options(a, &s, &how) ||
        !cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads) ||
        !cli_video_asked(a, OPT_CAMERA, OPT_DRAW, OPT_FRAMES, OPT_QUIET, &ask))
        return CLI_USAGE;
    if (mien_pool_new(threads, &s.pool, &err) != MIEN_OK ||
        cli_smiles_open(&s, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        status = CLI_NOTHING;
    }
    cli_sight *all[] = {&s.faces, &s.eyes, &s.smiles};
    for (int i = 0; !status && i < 3; i++)
        status = load(a, all[i]);
    if (!status && a->value[OPT_PLOT] && !cli_output_ready(a->value[OPT_PLOT]))
        status = CLI_OUTPUT;
    if (!status)
        status = watch(a, &s, how, &ask);
    cli_smiles_free(&s);
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
