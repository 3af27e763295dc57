/* cmd_track.c: faces of a video found now and then and followed between.
 *
 *   frame -> grey -> corners of each box followed (KLT) -> boxes
 *     every N frames, or when points were lost: a detector -> ids that stay */
#include "cli/cascades.h"
#include "cli/photos.h"
#include "cli/video.h"

#include <stdlib.h>

typedef struct values {
    cli_video_ask video;
    int detector, neighbors, min_size, every, points, landmarks, smooth;
    int compare, format, json, show_points, threads;
    float min_score; /* 0: the detector's own */
    double scale;
    const char *cascade, *models, *cascades;
} values;
static const values defaults = {.video = {.title = "mien track"},
                                .neighbors = 4,
                                .every = 10,
                                .scale = 1.1};

static const cli_option options[] = {
    CLI_OPTION_DRAW_VIDEO,
    CLI_OPTION_CAMERA,
    CLI_ROW_CHOICE(
        detector, "detector", 'd', "NAME", "yunet,network,cascade",
        "what finds faces: yunet, the network inside mien (default), "
        "or a cascade"),
    CLI_ROW_REAL(min_score, "min-score", 0, "S", 0.01, 1,
                 "network: least score of a face, 0 to 1 (default 0.6)"),
    CLI_ROW_TEXT(cascade, CLI_CASCADE, "cascade", 'c', "NAME|FILE",
                 "what to look for with a cascade: face (mien's own), an XML "
                 "file, or a name of OpenCV's; implies --detector cascade"),
    CLI_ROW_REAL(scale, "scale", 's', "F", 1.01, 10,
                 "cascades: from one size of the window to the next (default "
                 "{})"),
    CLI_ROW_INT(neighbors, "neighbors", 'n', "N", 1, 1000000,
                "cascades: windows that must agree (default {})"),
    CLI_ROW_INT(min_size, "min-size", 0, "N", 0, MIEN_IMAGE_MAX_SIDE,
                "cascades: least size in pixels (default: a tenth of the "
                "frame's height)"),
    CLI_ROW_INT(every, "every", 'e', "N", 1, 1000000,
                "frames from one detection to the next (default {}); when "
                "points are lost it is done at once"),
    CLI_ROW_INT(points, "points", 'p', "N", 10, 1000,
                "corners that hold a box (default 60)"),
    CLI_ROW_CHOICE(compare, "compare", 0, "WHEN", "auto,on,off",
                   "compare the faces when a track is in doubt, so that its "
                   "number stays with one person: auto where the network of "
                   "descriptors is installed (default), on or off; not with "
                   "cascades"),
    CLI_ROW_FLAG(landmarks, "landmarks", 'l',
                 "find the 68 points of each face in every frame"),
    CLI_ROW_FLAG(smooth, "smooth", 0,
                 "smooth boxes and landmarks over time (One-Euro filter)"),
    CLI_ROW_CHOICE(format, "format", 'f', "NAME", "table,json,csv",
                   "table of the tracks at the end (default), json (a line a "
                   "frame) or csv (a line a box)"),
    CLI_OPTION_JSON("the same as --format json"),
    CLI_ROW_FLAG(show_points, "show-points", 0, "put the points into json"),
    CLI_OPTION_FRAMES,
    CLI_OPTION_THREADS,
    CLI_OPTION_MODELS,
    CLI_OPTION_CASCADES,
    CLI_OPTION_VIDEO_QUIET,
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
    const values *v;
    format format;
    mien_reader *reader; /* of the network, and of landmarks; or NULL */
    mien_cascade *cascade;
    mien_pool *pool;
    mien_tracker *tracker;
    mien_face_memory *memory; /* or NULL */
    const char *models;       /* where it looks first */
    mien_history *history;
} tracking;

enum { AUTO, ON, OFF }; /* of --compare */

/* The memory of faces, where its networks are or it is asked for. */
static int open_memory(tracking *t)
{
    const values *v = t->v;
    const mien_face_memory_options o = {.pool = t->pool};
    mien_face_options wanted = MIEN_FACE_DEFAULTS;
    mien_error err = {0};
    t->models = v->models;
    wanted.want = MIEN_FACE_DESCRIPTOR;
    if (v->compare == OFF ||
        (v->compare == AUTO && mien_models_missing(v->models, &wanted)))
        return CLI_OK;
    if (mien_face_memory_new(&o, mien_models_lookup, &t->models, &t->memory,
                             &err) == MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

/* The network or the cascade that finds faces, and landmarks. */
static int open_detector(tracking *t)
{
    const values *v = t->v;
    int network = !v->cascade && v->detector < 2, status = CLI_OK;
    if (network || v->landmarks) {
        mien_reader_options o = MIEN_READER_DEFAULTS;
        o.face.want = v->landmarks ? MIEN_FACE_LANDMARKS : 0;
        o.face.min_score = v->min_score;
        o.face.rotate = MIEN_ROTATE_0;
        o.models = v->models;
        o.threads = mien_pool_size(t->pool);
        status = cli_reader_open(&o, &t->reader);
    }
    if (status || network)
        return status ? status : open_memory(t);
    return cli_cascade_load(v->cascade ? v->cascade : "face", v->cascades,
                            &t->cascade);
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
    st = mien_face_memory_detected(t->memory, t->tracker, frame, &faces, err);
    mien_faces_free(&faces);
    return st;
}

static mien_status by_cascade(tracking *t, const mien_gray *g, mien_error *err)
{
    mien_hits hits = {0};
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.scale = t->v->scale;
    o.neighbors = t->v->neighbors;
    o.pool = t->pool;
    o.min_w = o.min_h = t->v->min_size ? t->v->min_size : g->h / 10;
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
        (number % t->v->every == 0 || mien_tracker_wants_detection(t->tracker)))
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
    if (st == MIEN_OK && t->v->landmarks)
        st = find_landmarks(t, frame, err);
    if (st == MIEN_OK && t->format == JSON)
        mien_record_tracks(f->number, f->seconds, t->history,
                           t->v->show_points ? t->tracker : NULL, out);
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

/* The whole command but its clean-up; the status to exit with. */
static int track(const cli_args *a, tracking *t)
{
    const values *v = t->v;
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    cli_video_ask ask = v->video;
    cli_video_work work = {process, draw, t};
    mien_error err = {0};
    int64_t seen = 0;
    o.points = v->points;
    t->format = (format)cli_format(a, &v->format, v->json, TABLE);
    if (!cli_video_asked(a, &ask))
        return CLI_USAGE;
    mien_status st = mien_pool_new(v->threads, &t->pool, &err);
    o.flow.pool = t->pool;
    if (st == MIEN_OK)
        st = mien_tracker_new(&o, &t->tracker, &err);
    if (st == MIEN_OK)
        st = mien_history_new(v->smooth, &t->history, &err);
    if (st != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = open_detector(t);
    if (status)
        return status;
    status = cli_video_run(&ask, &work, &seen);
    mien_buffer out = {0};
    if (t->format == TABLE && seen)
        mien_record_tracks_text(t->history, &out);
    if (!cli_emit(&out))
        status = CLI_OUTPUT;
    return status;
}

static int run(const cli_args *a)
{
    tracking t = {.v = a->values};
    int status = track(a, &t);
    mien_face_memory_free(t.memory);
    mien_tracker_free(t.tracker);
    mien_history_free(t.history);
    mien_cascade_free(t.cascade);
    mien_reader_free(t.reader);
    mien_pool_free(t.pool);
    return status;
}

const cli_command cmd_track = {
    .name = "track",
    .operands = "[VIDEO]",
    .min_operands = 0,
    .max_operands = 1,
    .summary = "follow faces through a video",
    .description =
        "Find faces every few frames, follow them between by the corners in "
        "them "
        "(pyramidal Lucas-Kanade), and give each a number that stays. A corner "
        "is "
        "kept when it comes back to where it started and moves like the rest "
        "of "
        "its box; when a box loses too many, grows or shrinks too much or "
        "leaves "
        "the picture, it waits for the detector, which is asked at once.\n\n"
        "Numbers say which boxes belong together in one video; they do not say "
        "who somebody is.",
    CLI_COMMAND_TABLES,
};
