/* redact_video.c: a video through the library's redactor, which gives each
 * frame back when it has seen those after it. */
#include "cli/redact.h"

#include "cli/shell/files.h"

#include <string.h>
#include <strings.h>

enum { SPANS = 12 }; /* of frames that a sentence names */

typedef struct covering {
    const cli_redact_video *ask;
    mien_video_redactor *redactor;
    mien_movie *movie;
    mien_buffer doubt; /* "0-3, 17" */
    int64_t from, to;  /* the span of frames in doubt that goes on; from -1:
                          none */
    int spans;
    int failed; /* CLI_USAGE, CLI_NOTHING or CLI_OUTPUT: the movie is not
                   whole */
} covering;

int cli_redact_is_video(const char *path)
{
    static const char *const ends[] = {".mp4", ".mkv", ".webm",
                                       ".avi", ".gif", ".webp"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (!strcasecmp(dot, ends[i]))
            return 1;
    return 0;
}

/* ---- which frames are in doubt ------------------------------------------- */

static void end_span(covering *c)
{
    if (c->from < 0)
        return;
    if (c->spans < SPANS)
        mien_buffer_printf(&c->doubt, "%s%lld", c->spans ? ", " : "",
                           (long long)c->from);
    if (c->spans < SPANS && c->to > c->from)
        mien_buffer_printf(&c->doubt, "-%lld", (long long)c->to);
    c->spans++;
    c->from = -1;
}

/* A frame in which no detector found a face that is covered. */
static void note(covering *c, const mien_covered_frame *f)
{
    if (!f->missed)
        return;
    if (c->from >= 0 && f->number > c->to + 1)
        end_span(c);
    if (c->from < 0)
        c->from = f->number;
    c->to = f->number;
}

/* ---- frames -------------------------------------------------------------- */

/* Write the frames that are ready.
 *
 *   end  1: all that are kept */
static mien_status take(covering *c, int end, mien_buffer *out, mien_error *err)
{
    mien_covered_frame f;
    int more = 1;
    mien_status st = MIEN_OK;
    while (!st && more) {
        st = mien_video_redactor_next(c->redactor, end, &f, &more, err);
        if (st || !more)
            break;
        note(c, &f);
        if (c->ask->json)
            mien_record_covered_frame(&f, out);
        st = mien_movie_add_at(c->movie, f.image, f.seconds, err);
        if (st)
            c->failed = CLI_OUTPUT;
    }
    if (st && !c->failed)
        c->failed = CLI_NOTHING;
    return st;
}

/* Begin the movie at the first frame: a wrong name costs nothing. */
static mien_status begin(covering *c, const mien_video_info *i, mien_error *err)
{
    const cli_redact_video *a = c->ask;
    mien_movie_options how = {.timed = 1};
    mien_status st =
        mien_movie_new(a->output, i->w, i->h, i->fps, &how, &c->movie, err);
    if (st)
        c->failed =
            st == MIEN_EARG || st == MIEN_EUNSUP ? CLI_USAGE : CLI_OUTPUT;
    else if (*i->sound && !a->video.quiet)
        cli_error("%s: its sound (%s) is left out: voices are known, too",
                  a->video.path, i->sound);
    return st;
}

/* cli_video_work.process */
static mien_status process(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    covering *c = arg;
    mien_status st = c->movie ? MIEN_OK : begin(c, f->info, err);
    if (st)
        return st;
    st = mien_video_redactor_add(c->redactor, frame, f->seconds, err);
    if (st)
        c->failed = CLI_NOTHING;
    else
        st = take(c, 0, out, err);
    return st;
}

/* Never called: the movie is the command's own. */
static mien_status draw(void *arg, mien_image *frame, mien_error *err)
{
    (void)arg;
    (void)frame;
    (void)err;
    return MIEN_OK;
}

/* ---- the end ------------------------------------------------------------- */

/* What a person should look at; the status to exit with. */
static int report(covering *c, int status)
{
    mien_video_redaction d = mien_video_redactor_sum(c->redactor);
    const cli_redact_video *a = c->ask;
    const char *path = a->video.path;
    end_span(c);
    mien_buffer_put(&c->doubt, "", 1);
    if (d.left) {
        cli_error("%s: faces are still found in %lld frames; not finished",
                  path, (long long)d.left);
        status = status ? status : CLI_PARTLY;
    }
    if (a->video.quiet)
        return status;
    if (d.window < a->how.window)
        cli_error("%s: its frames are large: %d were kept, not %d", path,
                  d.window, a->how.window);
    if (!d.covered && !d.kept)
        cli_error("%s: no face found; look whether there is one", path);
    else
        cli_error("%s: %lld frames, %lld with covers, %lld of them in doubt; "
                  "look at it",
                  path, (long long)d.frames, (long long)d.covered,
                  (long long)d.doubts);
    if (a->how.how.keep)
        cli_error("%s: faces stay to be seen in %lld frames", path,
                  (long long)d.kept);
    if (d.missed && !c->doubt.failed)
        cli_error("%s: covered where no detector found a face: frames %s%s",
                  path, (const char *)c->doubt.data,
                  c->spans > SPANS ? " and others (--json)" : "");
    return status;
}

/* Take the last frames and put the movie in its place; the status to exit
 * with. */
static int finish(covering *c, int status)
{
    mien_buffer out = {0};
    mien_error err = {0};
    mien_status st = take(c, 1, &out, &err);
    if (!st && c->ask->json) {
        mien_video_redaction d = mien_video_redactor_sum(c->redactor);
        mien_record_video_redaction(c->ask->video.path, &d, &out);
    }
    if (st) {
        mien_movie_abandon(c->movie);
    } else {
        st = mien_movie_finish(c->movie, &err);
        c->failed = st ? CLI_OUTPUT : 0;
    }
    c->movie = NULL;
    if (st)
        cli_error_at(c->ask->output, &err);
    if (!cli_emit(&out) && !st)
        return CLI_OUTPUT;
    return st ? c->failed : report(c, status);
}

int cli_redact_video_run(const cli_redact_video *ask)
{
    covering c = {.ask = ask, .from = -1};
    cli_video_work work = {process, draw, &c};
    int64_t seen = 0;
    mien_error err = {0};
    if (!cli_is_another(ask->video.path, ask->output))
        return CLI_USAGE;
    mien_status st = mien_video_redactor_new(&ask->how, &c.redactor, &err);
    if (st) {
        cli_error("%s", err.text);
        return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    int status = cli_video_run(&ask->video, &work, &seen);
    if (c.failed || status == CLI_OUTPUT)
        status = c.failed ? c.failed : status;
    else if (c.movie)
        status = finish(&c, status);
    mien_movie_abandon(c.movie);
    mien_video_redactor_free(c.redactor);
    mien_buffer_free(&c.doubt);
    return status;
}
