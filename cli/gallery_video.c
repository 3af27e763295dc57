/* gallery_video.c: who of a gallery is in a video, or before a camera.
 *
 *   frame -> boxes followed, found every N frames, told apart by their faces
 *     -> one face a frame, whose turn it is, described and searched for
 *     -> a vote of its track -> a line a track */
#include "cli/gallery_video.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct watching {
    const cli_gallery_video *ask;
    mien_pool *pool;
    mien_analyzer *detector;
    const char *models; /* looked into first */
    mien_tracker *tracker;
    mien_face_memory *memory; /* NULL: places alone tell who is who */
    mien_history *history;
    mien_face_notes *notes;
    mien_gallery_votes *votes;
    char notice[320];
} watching;

int cli_gallery_is_video(const char *path)
{
    static const char *const ends[] = {".mp4",  ".m4v", ".mov", ".mkv",
                                       ".webm", ".avi", ".mpg", ".mpeg",
                                       ".ts",   ".3gp", ".ogv", ".y4m"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (!strcasecmp(dot, ends[i]))
            return 1;
    return 0;
}

/* ---- what it needs ------------------------------------------------------- */

static mien_status open_detector(watching *w, mien_error *err)
{
    const cli_gallery_video *ask = w->ask;
    mien_face_options o = MIEN_FACE_DEFAULTS;
    w->models = ask->read->models;
    o.detector = ask->read->detector;
    o.pool = w->pool;
    return mien_analyzer_find(&o, mien_models_lookup, &w->models, &w->detector,
                              err);
}

/* Faces that are compared, so that a track stays with one person: by the
 * network of 128 numbers, whose thresholds are known. */
static mien_status open_memory(watching *w, mien_error *err)
{
    mien_face_memory_options o = {.pool = w->pool};
    if (w->ask->read->descriptor != MIEN_DESCRIBER_DLIB)
        return MIEN_OK;
    o.analyzer = mien_reader_analyzer(w->ask->reader->reader, 0);
    return mien_face_memory_new(&o, NULL, NULL, &w->memory, err);
}

/* All of it; CLI_OK, or the status to exit with, reported. */
static int open_all(watching *w)
{
    const mien_search_record *s = w->ask->search;
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    mien_error err = {0};
    mien_status st = mien_pool_new(w->ask->read->threads, &w->pool, &err);
    o.flow.pool = w->pool;
    if (!st)
        st = mien_tracker_new(&o, &w->tracker, &err);
    if (!st)
        st = mien_history_new(0, &w->history, &err);
    if (!st)
        st = mien_face_notes_new(0, &w->notes, &err);
    if (!st)
        st = mien_gallery_votes_new(w->ask->g, s->purpose, s->threshold,
                                    &w->votes, &err);
    if (!st)
        st = open_detector(w, &err);
    if (!st)
        st = open_memory(w, &err);
    if (st)
        cli_error("%s", err.text);
    snprintf(w->notice, sizeof w->notice,
             "People who are enrolled for \"%s\" are looked for here.\n"
             "A printed photo passes as a person.",
             s->purpose);
    return st ? CLI_NOTHING : CLI_OK;
}

static void close_all(watching *w)
{
    mien_gallery_votes_free(w->votes);
    mien_face_notes_free(w->notes);
    mien_history_free(w->history);
    mien_face_memory_free(w->memory);
    mien_tracker_free(w->tracker);
    mien_analyzer_free(w->detector);
    mien_pool_free(w->pool);
}

/* ---- lines --------------------------------------------------------------- */

/* Who a track is, as far as it is known. */
static void add_line(watching *w, const mien_story *s, mien_buffer *out)
{
    const cli_gallery_video *ask = w->ask;
    mien_gallery_verdict v = {.distance = NAN};
    mien_gallery_votes_of(w->votes, s->id, &v);
    mien_track_person_record r = {
        .file = ask->video.path ? ask->video.path : ask->video.camera,
        .track = s->id,
        .match = {v.person ? v.person->name : NULL,
                  v.person ? (int)v.person->id : -1, v.distance},
        .first = s->begin,
        .last = s->end,
        .votes = v.votes,
        .readings = v.readings,
        .search = ask->search};
    if (ask->json) {
        r.model = mien_reader_digests(ask->reader->reader, &r.models);
        mien_record_track_person(&r, out);
    } else {
        mien_record_track_person_csv(&r, out);
    }
}

/* All tracks at the end, and how many could not be judged. */
static int tell_all(watching *w)
{
    mien_buffer out = {0};
    int n, named = 0, searched = mien_gallery_votes_count(w->votes);
    const mien_story *s = mien_history_stories(w->history, &n);
    for (int i = 0; i < n && w->ask->video.path; i++)
        add_line(w, &s[i], &out);
    for (int i = 0; i < searched; i++)
        named += mien_gallery_votes_at(w->votes, i).person != NULL;
    if (!w->ask->video.quiet)
        fprintf(stderr,
                "%d faces followed, %d searched for, %d with a name; %d could "
                "not be read\n",
                n, searched, named, n - searched);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* ---- a frame ------------------------------------------------------------- */

static mien_status detect(watching *w, const mien_image *frame, mien_error *err)
{
    mien_faces faces;
    mien_status st = mien_analyzer_run(w->detector, frame, &faces, err);
    if (st)
        return st;
    st = mien_face_memory_detected(w->memory, w->tracker, frame, &faces, err);
    mien_faces_free(&faces);
    return st;
}

/* Where the faces are in this frame. */
static mien_status follow(watching *w, const cli_frame *f,
                          const mien_image *frame, mien_error *err)
{
    mien_gray g;
    mien_status st = mien_gray_from(frame, &g, err);
    if (st)
        return st;
    st = mien_tracker_follow(w->tracker, &g, err);
    mien_gray_free(&g);
    if (!st && (f->number % w->ask->every == 0 ||
                mien_tracker_wants_detection(w->tracker)))
        st = detect(w, frame, err);
    if (!st)
        st = mien_history_add(w->history, w->tracker, f->seconds, f->step, err);
    return st;
}

/* Describe the face whose turn it is, and search for it. */
static mien_status ask_one(watching *w, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    int n, all, changed = 0;
    mien_face face;
    mien_gallery_faces described;
    int due = mien_face_notes_due(w->notes, w->tracker, w->history, f->number,
                                  3 * w->ask->every);
    const mien_shown *s = mien_history_shown(w->history, &n);
    if (due < 0)
        return MIEN_OK;
    s += due;
    mien_status st =
        mien_analyzer_read(mien_reader_analyzer(w->ask->reader->reader, 0),
                           frame, s->track->box, &face, err);
    if (!st)
        st = mien_face_notes_add(w->notes, s->track->id, f->number, &face, err);
    if (!st && cli_gallery_reader_face(w->ask->reader, &face, &described))
        st = mien_gallery_votes_add(w->votes, s->track->id, f->seconds,
                                    &described, &changed, err);
    if (!st && changed && !w->ask->video.path)
        add_line(w, &mien_history_stories(w->history, &all)[s->story], out);
    return st;
}

/* cli_video_work.process */
static mien_status process(void *arg, const cli_frame *f,
                           const mien_image *frame, mien_buffer *out,
                           mien_error *err)
{
    watching *w = arg;
    mien_status st = follow(w, f, frame, err);
    if (!st)
        st = ask_one(w, f, frame, out, err);
    return st;
}

/* cli_video_work.draw: names, and a notice for those before a camera. */
static mien_status draw(void *arg, mien_image *frame, mien_error *err)
{
    watching *w = arg;
    int n;
    const mien_shown *s = mien_history_shown(w->history, &n);
    const char **names = cli_alloc((size_t)n + 1, sizeof *names);
    if (!names) {
        err->status = MIEN_ENOMEM;
        return MIEN_ENOMEM;
    }
    for (int i = 0; i < n; i++) {
        mien_gallery_verdict v;
        if (mien_gallery_votes_of(w->votes, s[i].track->id, &v))
            names[i] = v.person ? v.person->name : "unknown";
    }
    mien_status st = mien_draw_names(
        frame, w->history, names, w->ask->video.path ? NULL : w->notice, err);
    free(names);
    return st;
}

int cli_gallery_video_run(const cli_gallery_video *ask)
{
    watching w = {.ask = ask};
    const cli_video_work work = {process, draw, &w};
    int64_t seen = 0;
    int status = open_all(&w);
    if (!status)
        status = cli_video_run(&ask->video, &work, &seen);
    if (seen && tell_all(&w))
        status = CLI_OUTPUT;
    close_all(&w);
    return status;
}
