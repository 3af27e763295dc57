/* video.c: frame by frame through a video or a camera, and out again. */
#include "cli/video.h"

#include "cli/shell/files.h"
#include "cli/shell/progress.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A video on its way through a command. */
typedef struct passage {
    cli_video_ask ask;
    mien_video *in;
    mien_movie *out, *window;
    mien_video_info info;
    int64_t done;     /* frames read */
    double seconds;   /* when the frame of now is shown */
    double start;     /* of the work, on the clock */
    double per_frame; /* seconds from one frame to the next, on average */
    cli_progress progress;
} passage;

static int has_display(void)
{
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    return (x && *x) || (wayland && *wayland);
}

int cli_video_asked(const cli_args *a, cli_video_ask *ask)
{
    ask->path = a->n_operands ? a->operand[0] : NULL;
    if (!ask->path == !ask->camera) {
        cli_error("%s: wanted a video or --camera%s", a->command->name,
                  ask->path ? ", not both" : "");
        return 0;
    }
    return 1;
}

/* The output is opened before work begins, so that a wrong name costs
 * nothing. */
static int open_outputs(passage *v)
{
    mien_error err = {0};
    const mien_video_info *i = &v->info;
    const char *draw = v->ask.draw;
    if (draw && v->ask.path && cli_same_file(draw, v->ask.path)) {
        cli_error("%s: is the video itself; --draw wants another file", draw);
        return CLI_USAGE;
    }
    mien_movie_options how = {.timed = 1};
    how.sound = v->in;
    if (draw && mien_movie_new(draw, i->w, i->h, i->fps, &how, &v->out, &err) !=
                    MIEN_OK) {
        int status = cli_unsaved(&err);
        return err.status == MIEN_EARG || err.status == MIEN_EUNSUP ? CLI_USAGE
                                                                    : status;
    }
    if (draw && *mien_movie_sound_left_out(v->out) && !v->ask.quiet)
        cli_error("%s: its sound (%s) is left out of %s: %s", v->ask.path,
                  i->sound, draw, mien_movie_sound_left_out(v->out));
    if (v->ask.camera && has_display() &&
        mien_movie_window(v->ask.title, i->w, i->h, &v->window, &err) !=
            MIEN_OK)
        cli_error("no window: %s", err.text);
    return CLI_OK;
}

/* Open the source, then the outputs; CLI_OK, or the status to exit with. */
static int open_video(passage *v)
{
    const cli_video_ask *ask = &v->ask;
    mien_error err = {0};
    mien_status st = ask->camera
                         ? mien_video_camera(ask->camera, NULL, &v->in, &err)
                         : mien_video_open(ask->path, NULL, &v->in, &err);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    v->info = mien_video_get_info(v->in);
    int64_t total = v->info.frames;
    if (ask->frames && (!total || ask->frames < total))
        total = ask->frames;
    v->start = mien_clock();
    v->per_frame = 1 / v->info.fps;
    cli_progress_start(&v->progress, total > INT_MAX ? 0 : (int)total,
                       ask->quiet);
    return open_outputs(v);
}

/* Read the next frame, borrowed until the next call.  more is set to 0 after
 * the last one, when asked to stop, and when a window was closed. */
static int next(passage *v, mien_image *frame, int *more)
{
    mien_error err = {0};
    double before = v->seconds;
    *more = 0;
    if (cli_interrupted())
        return CLI_INTERRUPTED;
    if (v->ask.frames && v->done == v->ask.frames)
        return CLI_OK;
    if (v->ask.camera && !v->out && !v->window && v->done && has_display())
        return CLI_OK; /* its window was closed */
    if (mien_video_next(v->in, frame, &v->seconds, more, &err) != MIEN_OK) {
        cli_progress_hide(&v->progress);
        cli_error("%s", err.text);
        *more = 0;
        return CLI_NOTHING;
    }
    if (!*more)
        return CLI_OK;
    v->per_frame =
        v->done && v->seconds > before ? v->seconds - before : 1 / v->info.fps;
    v->done++;
    cli_progress_show(&v->progress, (int)(v->done & INT_MAX), 0);
    return CLI_OK;
}

/* Add a drawn frame to the output and show it.  CLI_OK or CLI_OUTPUT. */
static int show(passage *v, const mien_image *frame)
{
    mien_error err = {0};
    if (v->window && mien_movie_add(v->window, frame, &err) != MIEN_OK) {
        mien_movie_abandon(v->window);
        v->window = NULL;
    }
    if (!v->out ||
        mien_movie_add_at(v->out, frame, v->seconds, &err) == MIEN_OK)
        return CLI_OK;
    cli_progress_hide(&v->progress);
    return cli_unsaved(&err);
}

/* Finish what was written, if anything was read; the status to exit with. */
static int finish_outputs(passage *v, int status)
{
    mien_error err = {0};
    if (v->window && mien_movie_finish(v->window, &err) != MIEN_OK)
        cli_error("%s", err.text);
    if (!v->out)
        return status;
    if (!v->done) {
        mien_movie_abandon(v->out);
        return status;
    }
    int failed = mien_movie_finish(v->out, &err) != MIEN_OK;
    if (failed)
        cli_unsaved(&err);
    else if (status == CLI_OUTPUT)
        cli_error("%s: what was written before is kept, and plays",
                  v->ask.draw);
    return failed ? CLI_OUTPUT : status;
}

/* Close everything and say how it went; the status to exit with. */
static int close_video(passage *v, int status)
{
    if (!v->in)
        return status;
    cli_progress_hide(&v->progress);
    double seconds = mien_clock() - v->start;
    status = finish_outputs(v, status);
    int64_t damaged = mien_video_damaged(v->in);
    const char *from = v->ask.camera ? v->ask.camera : v->ask.path;
    if (damaged) {
        cli_error("%s: cut off or damaged: %lld packet%s or frame%s could not "
                  "be read",
                  from, (long long)damaged, damaged == 1 ? "" : "s",
                  damaged == 1 ? "" : "s");
        status = status ? status : CLI_PARTLY;
    }
    if (!v->ask.quiet && v->done)
        fprintf(stderr, "%lld frames in %.1f s, %.1f a second\n",
                (long long)v->done, seconds, (double)v->done / seconds);
    mien_video_close(v->in);
    return status;
}

/* Do the work on a frame, print what it gives, and show it. */
static int one_frame(passage *v, const cli_video_work *w, mien_image *frame)
{
    mien_error err = {0};
    mien_buffer out = {0};
    int shown = v->out || v->window;
    cli_frame f = {v->done - 1, v->seconds, v->per_frame, &v->info};
    mien_status st = w->process(w->arg, &f, frame, &out, &err);
    if (st == MIEN_OK && shown)
        st = w->draw(w->arg, frame, &err);
    if (st != MIEN_OK) {
        mien_buffer_free(&out);
        cli_progress_hide(&v->progress);
        cli_error("frame %lld: %s", (long long)f.number, err.text);
        return CLI_NOTHING;
    }
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return shown ? show(v, frame) : CLI_OK;
}

int cli_video_run(const cli_video_ask *ask, const cli_video_work *work,
                  int64_t *seen)
{
    passage v = {.ask = *ask};
    int status = open_video(&v);
    for (int more = 1; !status && more;) {
        mien_image frame;
        status = next(&v, &frame, &more);
        if (!status && more)
            status = one_frame(&v, work, &frame);
    }
    *seen = v.done;
    return close_video(&v, status);
}
