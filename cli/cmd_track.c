/* cmd_track.c: faces of a video found now and then and followed between.
 *
 *   frame -> grey -> corners of each box followed (KLT) -> boxes
 *     every N frames, or when points were lost: a detector -> ids that stay */
#include "cli/cli_cascades.h"
#include "cli/cli_json.h"
#include "cli/cli_reader.h"
#include "cli/cli_tracks.h"
#include "cli/cli_video.h"

#include "base/alloc.h"

#include <string.h>
#include <unistd.h>

enum {
    OPT_DRAW,
    OPT_CAMERA,
    OPT_DETECTOR,
    OPT_MIN_SCORE,
    OPT_CASCADE,
    OPT_SCALE,
    OPT_NEIGHBORS,
    OPT_MIN,
    OPT_EVERY,
    OPT_POINTS,
    OPT_LANDMARKS,
    OPT_SMOOTH,
    OPT_FORMAT,
    OPT_JSON,
    OPT_SHOW_POINTS,
    OPT_FRAMES,
    OPT_THREADS,
    OPT_MODELS,
    OPT_CASCADES,
    OPT_QUIET
};

static const cli_option options[] = {
    CLI_OPTION_DRAW_VIDEO,
    CLI_OPTION_CAMERA,
    {"detector", 'd', CLI_CHOICE, "NAME", "yunet,cascade",
     "what finds faces: the network inside mien (default), or a cascade"},
    {"min-score", 0, CLI_NUMBER, "S", NULL,
     "network: least score of a face, 0 to 1 (default 0.6)"},
    {"cascade", 'c', CLI_TEXT, "NAME|FILE", NULL,
     "what to look for with a cascade: face (mien's own), an XML file, or a "
     "name of OpenCV's; implies --detector cascade"},
    {"scale", 's', CLI_NUMBER, "F", NULL,
     "cascades: from one size of the window to the next (default 1.1)"},
    {"neighbors", 'n', CLI_NUMBER, "N", NULL,
     "cascades: windows that must agree (default 4)"},
    {"min-size", 0, CLI_NUMBER, "N", NULL,
     "cascades: least size in pixels (default: a tenth of the frame's height)"},
    {"every", 'e', CLI_NUMBER, "N", NULL,
     "frames from one detection to the next (default 10); when points are "
     "lost it is done at once"},
    {"points", 'p', CLI_NUMBER, "N", NULL,
     "corners that hold a box (default 60)"},
    {"landmarks", 'l', CLI_FLAG, NULL, NULL,
     "find the 68 points of each face in every frame"},
    {"smooth", 0, CLI_FLAG, NULL, NULL,
     "smooth boxes and landmarks over time (One-Euro filter)"},
    {"format", 'f', CLI_CHOICE, "NAME", "table,json,csv",
     "table of the tracks at the end (default), json (a line a frame) or csv "
     "(a line a box)"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "the same as --format json"},
    {"show-points", 0, CLI_FLAG, NULL, NULL, "put the points into json"},
    CLI_OPTION_FRAMES,
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads (default: one for each processor); the result is the same"},
    CLI_OPTION_MODELS,
    CLI_OPTION_CASCADES,
    CLI_OPTION_QUIET,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien track video.mp4 --draw out.mp4", "each face with its number"},
    {"mien track video.mp4 --json --every 25",
     "a record a frame, detection once a second"},
    {"mien track video.mp4 --landmarks --smooth --draw out.mp4",
     "68 points on each face, held still by a filter"},
    {"mien track --camera 0 --cascade face", "live, with mien's own cascade"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    CLI_VIDEO_EXITS,
    {NULL, NULL},
};

typedef enum format { TABLE, JSON, CSV } format;

typedef struct tracking {
    format format;
    int every, show_points, smooth, landmarks;
    cli_reader reader; /* yunet */
    mien_cascade *cascade;
    mien_cascade_options look;
    mien_pool *pool;
    mien_tracker *tracker;
    cli_tracks all;
    float min_score; /* 0: the detector's own */
    int has_reader;
} tracking;

static int read_options(const cli_args *a, tracking *t, mien_tracker_options *o)
{
    float scale = 1.1f;
    t->every = 10;
    t->look.neighbors = 4;
    if (!cli_int(a, OPT_EVERY, 1, 1000000, &t->every) ||
        !cli_int(a, OPT_POINTS, 10, 1000, &o->points) ||
        !cli_float(a, OPT_MIN_SCORE, 0.01, 1, &t->min_score) ||
        !cli_float(a, OPT_SCALE, 1.01, 10, &scale) ||
        !cli_int(a, OPT_NEIGHBORS, 1, 1000000, &t->look.neighbors) ||
        !cli_int(a, OPT_MIN, 0, MIEN_IMAGE_MAX_SIDE, &t->look.min_w))
        return 0;
    t->look.scale = (double)scale;
    t->look.min_h = t->look.min_w;
    t->smooth = cli_given(a, OPT_SMOOTH);
    t->landmarks = cli_given(a, OPT_LANDMARKS);
    t->show_points = cli_given(a, OPT_SHOW_POINTS);
    t->format = (format)cli_choice(a, OPT_FORMAT, TABLE);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        t->format = JSON;
    return 1;
}

static int open_detector(const cli_args *a, tracking *t)
{
    mien_error err = {0};
    int network =
        !cli_given(a, OPT_CASCADE) && cli_choice(a, OPT_DETECTOR, 0) == 0;
    int status = CLI_OK;
    if (network || t->landmarks) {
        t->reader = (cli_reader){.options = MIEN_FACE_DEFAULTS,
                                 .lanes = 1,
                                 .threads = mien_pool_size(t->pool)};
        t->reader.options.want = t->landmarks ? MIEN_FACE_LANDMARKS : 0;
        t->reader.options.min_score = t->min_score;
        t->has_reader = 1;
        status = cli_reader_open(&t->reader, a->value[OPT_MODELS]);
    }
    if (status || network)
        return status;
    const char *name = a->value[OPT_CASCADE] ? a->value[OPT_CASCADE] : "face";
    if (cli_cascade_load(name, a->value[OPT_CASCADES], &t->cascade, &err) ==
        MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

/* ---- a frame ------------------------------------------------------------- */

static mien_status by_network(tracking *t, const mien_image *frame,
                              mien_error *err)
{
    mien_faces faces;
    mien_status st =
        mien_analyzer_run(t->reader.analyzer[0], frame, &faces, err);
    if (st != MIEN_OK)
        return st;
    size_t n = (size_t)faces.n + 1;
    mien_box *box = mi_alloc(n, sizeof *box);
    float *score = mi_alloc(n, sizeof *score);
    for (int i = 0; box && score && i < faces.n; i++) {
        box[i] = faces.face[i].box;
        score[i] = faces.face[i].score;
    }
    st = box && score
             ? mien_tracker_detected(t->tracker, faces.n, box, score, err)
             : MIEN_ENOMEM;
    mi_free(box);
    mi_free(score);
    mien_faces_free(&faces);
    return st;
}

static mien_status by_cascade(tracking *t, const mien_gray *g, mien_error *err)
{
    mien_hits hits;
    mien_cascade_options o = t->look;
    o.pool = t->pool;
    if (!o.min_w)
        o.min_w = o.min_h = g->h / 10;
    mien_status st = mien_cascade_detect(t->cascade, g, &o, &hits, err);
    if (st == MIEN_OK)
        st = cli_tracks_detected(t->tracker, &hits, err);
    mien_hits_free(&hits);
    return st;
}

static mien_status follow(tracking *t, const mien_image *frame, int64_t number,
                          mien_error *err)
{
    mien_gray g;
    mien_status st = mien_gray_from(frame, &g, err);
    if (st != MIEN_OK)
        return st;
    st = mien_tracker_follow(t->tracker, &g, err);
    cli_tracks_count_lost(&t->all, t->tracker);
    if (st == MIEN_OK && ((number - 1) % t->every == 0 ||
                          mien_tracker_wants_detection(t->tracker)))
        st = t->cascade ? by_cascade(t, &g, err) : by_network(t, frame, err);
    mien_gray_free(&g);
    return st;
}

static json_t *track_json(const tracking *t, const cli_shown *s)
{
    const mien_track *k = s->track;
    json_t *o = json_object(), *lost = json_object();
    cli_json_put(&o, "id", json_integer(k->id));
    cli_json_put(&o, "box", cli_json_box(s->box));
    cli_json_put(&o, "angle", cli_json_number((double)k->angle, 2));
    cli_json_put(&o, "score", cli_json_number((double)k->score, 4));
    cli_json_put(&o, "detected", json_boolean(k->since == 0));
    cli_json_put(&o, "points", json_integer(k->n_points));
    static const char *const names[] = {
#define X(name, text) #name,
        MIEN_LOST_LIST(X)
#undef X
    };
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (k->lost[i]) {
            char low[16] = {0};
            for (size_t c = 0; names[i][c] && c + 1 < sizeof low; c++)
                low[c] = (char)(names[i][c] | 32);
            cli_json_put(&lost, low, json_integer(k->lost[i]));
        }
    cli_json_put(&o, "lost", lost);
    if (t->show_points) {
        int n;
        const mien_point *p = mien_tracker_points(t->tracker, k->id, &n);
        cli_json_put(&o, "at", cli_json_points(p, n));
    }
    if (s->has_landmarks)
        cli_json_put(&o, "landmarks", cli_json_points(s->landmarks, 68));
    return o;
}

static void print(const tracking *t, const cli_video *v, mien_buffer *out)
{
    const cli_tracks *all = &t->all;
    if (t->format == JSON) {
        json_t *o = json_object(), *tracks = json_array();
        cli_json_put(&o, "schema", cli_json_text("mien/1"));
        cli_json_put(&o, "frame", json_integer(v->done - 1));
        cli_json_put(&o, "seconds", cli_json_number(v->seconds, 3));
        for (int i = 0; i < all->n_shown; i++)
            cli_json_add(&tracks, track_json(t, &all->shown[i]));
        cli_json_put(&o, "tracks", tracks);
        cli_json_print(out, o, JSON_COMPACT);
    }
    if (t->format == CSV && v->done == 1)
        mien_buffer_puts(
            out, "frame,seconds,id,x,y,width,height,angle,score,detected,"
                 "points\n");
    for (int i = 0; t->format == CSV && i < all->n_shown; i++) {
        const cli_shown *s = &all->shown[i];
        mien_buffer_printf(
            out, "%lld,%.3f,%lld,%.2f,%.2f,%.2f,%.2f,%.2f,%.4f,%d,%d\n",
            (long long)v->done - 1, v->seconds, (long long)s->track->id,
            (double)s->box.x, (double)s->box.y, (double)s->box.width,
            (double)s->box.height, (double)s->track->angle,
            (double)s->track->score, s->track->since == 0, s->track->n_points);
    }
}

static int one_frame(tracking *t, cli_video *v, mien_image *frame)
{
    mien_error err = {0};
    mien_buffer out = {0};
    mien_status st = follow(t, frame, v->done, &err);
    if (st == MIEN_OK)
        st = cli_tracks_update(&t->all, t->tracker, v, t->smooth, &err);
    if (st == MIEN_OK && t->landmarks)
        st = cli_tracks_landmarks(&t->all, t->reader.analyzer[0], v, frame,
                                  t->smooth, &err);
    if (st == MIEN_OK && cli_video_shows(v))
        st = cli_tracks_draw(&t->all, t->tracker, frame, &err);
    if (st != MIEN_OK) {
        cli_progress_hide(&v->progress);
        cli_error("frame %lld: %s", (long long)v->done - 1, err.text);
        return CLI_NOTHING;
    }
    print(t, v, &out);
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return cli_video_shows(v) ? cli_video_show(v, frame) : CLI_OK;
}

static int track(const cli_args *a, tracking *t)
{
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    cli_video v;
    cli_video_ask ask = {.title = "mien track"};
    mien_error err = {0};
    int threads = 0;
    if (!read_options(a, t, &o) ||
        !cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads) ||
        !cli_video_asked(a, OPT_CAMERA, OPT_DRAW, OPT_FRAMES, OPT_QUIET, &ask))
        return CLI_USAGE;
    mien_status st = mien_pool_new(threads, &t->pool, &err);
    o.flow.pool = t->pool;
    if (st == MIEN_OK)
        st = mien_tracker_new(&o, &t->tracker, &err);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = open_detector(a, t);
    if (!status)
        status = cli_video_open(&v, &ask);
    else
        return status;
    for (int more = 1; !status && more;) {
        mien_image frame;
        status = cli_video_next(&v, &frame, &more);
        if (!status && more)
            status = one_frame(t, &v, &frame);
    }
    int seen = v.done > 0;
    status = cli_video_close(&v, status);
    if (t->format == TABLE && seen && !cli_tracks_print(&t->all))
        status = CLI_OUTPUT;
    return status;
}

static int run(const cli_args *a)
{
    tracking t = {.look = MIEN_CASCADE_DEFAULTS};
    int status = track(a, &t);
    mien_tracker_free(t.tracker);
    mien_cascade_free(t.cascade);
    if (t.has_reader)
        cli_reader_close(&t.reader);
    mien_pool_free(t.pool);
    cli_tracks_free(&t.all);
    return status;
}

const cli_command cmd_track = {
    "track",
    "[VIDEO]",
    0,
    1,
    "follow faces through a video",
    "Find faces every few frames, follow them between by the corners in them "
    "(pyramidal Lucas-Kanade), and give each a number that stays. A corner is "
    "kept when it comes back to where it started and moves like the rest of "
    "its box; when a box loses too many, grows or shrinks too much or leaves "
    "the picture, it waits for the detector, which is asked at once.\n\n"
    "Numbers say which boxes belong together in one video; they do not say "
    "who somebody is.",
    options,
    examples,
    exits,
    run,
};
