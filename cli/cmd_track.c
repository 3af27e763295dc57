/* cmd_track.c: faces of a video found now and then and followed between.
 *
 *   frame -> grey -> corners of each box followed (KLT) -> boxes
 *     every N frames, or when points were lost: a detector -> ids that stay */
#include "cli/cli_cascades.h"
#include "cli/cli_photos.h"
#include "cli/cli_video.h"

#include <stdlib.h>

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
    int every, show_points, landmarks;
    mien_reader *reader; /* of the network, and of landmarks; or NULL */
    mien_cascade *cascade;
    mien_cascade_options options;
    mien_pool *pool;
    mien_tracker *tracker;
    mien_history *history;
    float min_score; /* 0: the detector's own */
} tracking;

/* The options; 0 after a mistake, which is reported. */
static int read_options(const cli_args *a, tracking *t, mien_tracker_options *o)
{
    float scale = 1.1f;
    t->every = 10;
    t->options.neighbors = 4;
    if (!cli_int(a, OPT_EVERY, 1, 1000000, &t->every) ||
        !cli_int(a, OPT_POINTS, 10, 1000, &o->points) ||
        !cli_float(a, OPT_MIN_SCORE, 0.01, 1, &t->min_score) ||
        !cli_float(a, OPT_SCALE, 1.01, 10, &scale) ||
        !cli_int(a, OPT_NEIGHBORS, 1, 1000000, &t->options.neighbors) ||
        !cli_int(a, OPT_MIN, 0, MIEN_IMAGE_MAX_SIDE, &t->options.min_w))
        return 0;
    t->options.scale = (double)scale;
    t->options.min_h = t->options.min_w;
    t->landmarks = cli_given(a, OPT_LANDMARKS);
    t->show_points = cli_given(a, OPT_SHOW_POINTS);
    t->format = (format)cli_choice(a, OPT_FORMAT, TABLE);
    if (cli_given(a, OPT_JSON) && !cli_given(a, OPT_FORMAT))
        t->format = JSON;
    return 1;
}

/* The network or the cascade that finds faces, and landmarks. */
static int open_detector(const cli_args *a, tracking *t)
{
    int network =
        !cli_given(a, OPT_CASCADE) && cli_choice(a, OPT_DETECTOR, 0) == 0;
    int status = CLI_OK;
    if (network || t->landmarks) {
        mien_reader_options o = MIEN_READER_DEFAULTS;
        o.face.want = t->landmarks ? MIEN_FACE_LANDMARKS : 0;
        o.face.min_score = t->min_score;
        o.models = a->value[OPT_MODELS];
        o.threads = mien_pool_size(t->pool);
        status = cli_reader_open(&o, &t->reader);
    }
    if (status || network)
        return status;
    const char *name = a->value[OPT_CASCADE] ? a->value[OPT_CASCADE] : "face";
    return cli_cascade_load(name, a->value[OPT_CASCADES], &t->cascade);
}

/* ---- a frame ------------------------------------------------------------- */

/* Find faces with the network, and tell the tracker. */
static mien_status by_network(tracking *t, const mien_image *frame,
                              mien_error *err)
{
    mien_faces faces;
    mien_status st = mien_analyzer_run(mien_reader_analyzer(t->reader, 0),
                                       frame, &faces, err);
    if (st != MIEN_OK)
        return st;
    size_t n = (size_t)faces.n + 1;
    mien_box *box = cli_alloc(n, sizeof *box);
    float *score = cli_alloc(n, sizeof *score);
    for (int i = 0; box && score && i < faces.n; i++) {
        box[i] = faces.face[i].box;
        score[i] = faces.face[i].score;
    }
    st = box && score
             ? mien_tracker_detected(t->tracker, faces.n, box, score, err)
             : MIEN_ENOMEM;
    free(box);
    free(score);
    mien_faces_free(&faces);
    return st;
}

static mien_status by_cascade(tracking *t, const mien_gray *g, mien_error *err)
{
    mien_hits hits = {0};
    mien_cascade_options o = t->options;
    o.pool = t->pool;
    if (!o.min_w)
        o.min_w = o.min_h = g->h / 10;
    mien_status st = mien_cascade_detect(t->cascade, g, &o, &hits, err);
    if (st == MIEN_OK)
        st = mien_tracker_detected_hits(t->tracker, &hits, err);
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
    mien_history_count_lost(t->history, t->tracker);
    if (st == MIEN_OK &&
        (number % t->every == 0 || mien_tracker_wants_detection(t->tracker)))
        st = t->cascade ? by_cascade(t, &g, err) : by_network(t, frame, err);
    mien_gray_free(&g);
    return st;
}

/* Find the landmarks of all tracks in this frame. */
static mien_status find_landmarks(tracking *t, const mien_image *frame,
                                  mien_error *err)
{
    int n;
    mien_status st = MIEN_OK;
    const mien_shown *s = mien_history_shown(t->history, &n);
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        mien_face face;
        st = mien_analyzer_read(mien_reader_analyzer(t->reader, 0), frame,
                                s[i].track->box, &face, err);
        if (st == MIEN_OK && (face.has & MIEN_FACE_LANDMARKS))
            st = mien_history_landmarks(t->history, i, 68, face.landmarks, err);
    }
    return st;
}

/* cli_video_work.process */
static mien_status process(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    tracking *t = arg;
    mien_status st = follow(t, frame, f->number, err);
    if (st == MIEN_OK)
        st = mien_history_add(t->history, t->tracker, f->seconds, f->step, err);
    if (st == MIEN_OK && t->landmarks)
        st = find_landmarks(t, frame, err);
    if (st == MIEN_OK && t->format == JSON)
        mien_record_tracks(f->number, f->seconds, t->history,
                           t->show_points ? t->tracker : NULL, out);
    if (st == MIEN_OK && t->format == CSV)
        mien_record_tracks_csv(f->number, f->seconds, t->history, out);
    return st;
}

static mien_status draw(void *arg, mien_image *frame, mien_error *err)
{
    const tracking *t = arg;
    return mien_draw_tracks(frame, t->history, t->tracker, err);
}

/* ---- all frames ---------------------------------------------------------- */

/* A table of all ids; 0 when it could not be written. */
static int print_table(const mien_history *h)
{
    int n;
    mien_buffer out = {0};
    const mien_story *s = mien_history_stories(h, &n);
    mien_buffer_puts(&out,
                     "    id     from       to   frames  detected  points\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(&out, "%6lld  %6.2fs  %6.2fs  %7lld  %8lld  %6.1f\n",
                           (long long)s[i].id, s[i].begin, s[i].end,
                           (long long)s[i].frames, (long long)s[i].detections,
                           s[i].points / (double)s[i].frames);
    if (!n)
        mien_buffer_puts(&out, "nothing was found\n");
    mien_buffer_printf(&out, "%lld points lost\n",
                       (long long)mien_history_lost(h, MIEN_LOST_NONE));
    for (mien_lost why = MIEN_LOST_OUTSIDE; why <= MIEN_LOST_OUTLIER; why++) {
        int64_t lost = mien_history_lost(h, why);
        if (lost)
            mien_buffer_printf(&out, "  %8lld  %s\n", (long long)lost,
                               mien_lost_text(why));
    }
    return cli_emit(&out);
}

/* The whole command but its clean-up; the status to exit with. */
static int track(const cli_args *a, tracking *t)
{
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    cli_video_ask ask = {.title = "mien track"};
    cli_video_work work = {process, draw, t};
    mien_error err = {0};
    int threads = 0;
    int64_t seen = 0;
    if (!read_options(a, t, &o) ||
        !cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads) ||
        !cli_video_asked(a, OPT_CAMERA, OPT_DRAW, OPT_FRAMES, OPT_QUIET, &ask))
        return CLI_USAGE;
    mien_status st = mien_pool_new(threads, &t->pool, &err);
    o.flow.pool = t->pool;
    if (st == MIEN_OK)
        st = mien_tracker_new(&o, &t->tracker, &err);
    if (st == MIEN_OK)
        st = mien_history_new(cli_given(a, OPT_SMOOTH), &t->history, &err);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = open_detector(a, t);
    if (status)
        return status;
    status = cli_video_run(&ask, &work, &seen);
    if (t->format == TABLE && seen && !print_table(t->history))
        status = CLI_OUTPUT;
    return status;
}

static int run(const cli_args *a)
{
    tracking t = {.options = MIEN_CASCADE_DEFAULTS};
    int status = track(a, &t);
    mien_tracker_free(t.tracker);
    mien_history_free(t.history);
    mien_cascade_free(t.cascade);
    mien_reader_free(t.reader);
    mien_pool_free(t.pool);
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
