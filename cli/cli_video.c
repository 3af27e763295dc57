/* cli_video.c: frame by frame through a video or a camera, and out again. */
#include "cli/cli_video.h"

#include "cli/cli_reader.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int has_display(void)
{
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    return (x && *x) || (wayland && *wayland);
}

static int same_file(const char *a, const char *b)
{
    struct stat s, t;
    return stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev &&
           s.st_ino == t.st_ino;
}

int cli_video_asked(const cli_args *a, int camera, int draw, int frames,
                    int quiet, cli_video_ask *out)
{
    int most = 0;
    if ((a->n_operands == 1) == cli_given(a, camera)) {
        cli_error("%s: wanted a video or --camera", a->command->name);
        return 0;
    }
    if (!cli_int(a, frames, 1, INT_MAX, &most))
        return 0;
    out->path = a->n_operands ? a->operand[0] : NULL;
    out->camera = a->value[camera];
    out->draw = a->value[draw];
    out->frames = most;
    out->quiet = cli_given(a, quiet);
    return 1;
}

/* The output is opened before work begins, so that a wrong name costs
 * nothing. */
static int open_outputs(cli_video *v)
{
    mien_error err = {0};
    const mien_video_info *i = &v->info;
    const char *draw = v->ask.draw;
    if (draw && v->ask.path && same_file(draw, v->ask.path)) {
        cli_error("%s: is the video itself; --draw wants another file", draw);
        return CLI_USAGE;
    }
    if (draw && mien_movie_new(draw, i->w, i->h, i->fps, NULL, &v->out, &err) !=
                    MIEN_OK) {
        cli_error("%s", err.text);
        return err.status == MIEN_EARG || err.status == MIEN_EUNSUP
                   ? CLI_USAGE
                   : CLI_OUTPUT;
    }
    if (v->ask.camera && has_display() &&
        mien_movie_window(v->ask.title, i->w, i->h, &v->window, &err) !=
            MIEN_OK)
        cli_error("no window: %s", err.text);
    return CLI_OK;
}

int cli_video_open(cli_video *v, const cli_video_ask *ask)
{
    mien_error err = {0};
    *v = (cli_video){.ask = *ask};
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

int cli_video_next(cli_video *v, mien_image *frame, int *more)
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

int cli_video_shows(const cli_video *v) { return v->out || v->window; }

int cli_video_show(cli_video *v, const mien_image *frame)
{
    mien_error err = {0};
    if (v->window && mien_movie_add(v->window, frame, &err) != MIEN_OK) {
        mien_movie_abandon(v->window);
        v->window = NULL;
    }
    if (!v->out || mien_movie_add(v->out, frame, &err) == MIEN_OK)
        return CLI_OK;
    cli_progress_hide(&v->progress);
    cli_error("%s", err.text);
    return CLI_OUTPUT;
}

static int finish_outputs(cli_video *v, int status)
{
    mien_error err = {0};
    if (v->window && mien_movie_finish(v->window, &err) != MIEN_OK)
        cli_error("%s", err.text);
    if (!v->out)
        return status;
    if (!v->done || status == CLI_OUTPUT) {
        mien_movie_abandon(v->out);
        return status;
    }
    if (mien_movie_finish(v->out, &err) == MIEN_OK)
        return status;
    cli_error("%s", err.text);
    return CLI_OUTPUT;
}

int cli_video_close(cli_video *v, int status)
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
    v->in = NULL;
    return status;
}
