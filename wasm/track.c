/* track.c: faces of a page's video. */
#include "wasm/track.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double least_step = 1e-3; /* seconds between frames */

/* Seconds of a frame, by part. */
typedef struct frame_times {
    double follow, detect, landmarks, read, all;
} frame_times;

struct web_tracker {
    web_track_wish how;
    web_picture photo;                   /* the frame of now */
    mien_analyzer *look, *points, *read; /* the last two: NULL if not wanted */
    mien_tracker *tracker;
    mien_history *history;
    mien_face_memory *memory; /* or NULL */
    mien_face_notes *notes;
    const mien_people *people; /* or NULL */
    mien_match_options match;
    int64_t frame;  /* number of the one to come */
    double seconds; /* of the last one */
    int detection;  /* 1: a detector looked at it */
    frame_times times;
};

/* An analyzer that reads only this; none for nothing. */
static mien_status open_analyzer(const mien_web *w, const web_wish *wish,
                                 unsigned want, mien_analyzer **out,
                                 mien_error *err)
{
    mien_face_options o = web_face_options(wish);
    o.want = want;
    o.rotate = MIEN_ROTATE_0;
    o.pool = web_pool(w);
    const mien_face_models models = web_face_models(w, &o);
    return mien_analyzer_new(&models, &o, out, err);
}

static mien_status open_analyzers(const mien_web *w, const web_wish *wish,
                                  web_tracker *t, mien_error *err)
{
    unsigned want = (unsigned)wish->want;
    unsigned points = want & MIEN_FACE_LANDMARKS;
    unsigned rest = want & ~(unsigned)MIEN_FACE_LANDMARKS;
    mien_status st = open_analyzer(w, wish, 0, &t->look, err);
    if (st == MIEN_OK && points)
        st = open_analyzer(w, wish, points, &t->points, err);
    if (st == MIEN_OK && rest)
        st = open_analyzer(w, wish, rest, &t->read, err);
    return st;
}

/* What follows and remembers; the analyzers are there. */
static mien_status open_memory(web_tracker *t, unsigned want, mien_error *err)
{
    mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
    mien_face_memory_options m = MIEN_FACE_MEMORY_DEFAULTS;
    o.points = t->how.points;
    m.analyzer = t->read;
    mien_status st = mien_tracker_new(&o, &t->tracker, err);
    if (st == MIEN_OK)
        st = mien_history_new(t->how.smooth, &t->history, err);
    if (st == MIEN_OK)
        st = mien_face_notes_new(t->how.most, &t->notes, err);
    if (st == MIEN_OK && t->how.compare && (want & MIEN_FACE_DESCRIPTOR))
        st = mien_face_memory_new(&m, NULL, NULL, &t->memory, err);
    return st;
}

mien_status web_tracker_new(mien_web *w, const web_wish *wish,
                            const web_track_wish *how, web_tracker **out)
{
    mien_error err = {0};
    mien_status st = how->every >= 1 ? MIEN_OK : MIEN_EARG;
    web_text_begin(w);
    if (st)
        snprintf(err.text, sizeof err.text,
                 "tracker: a detection every %d frames, wanted 1 or more",
                 how->every);
    web_tracker *t = calloc(1, sizeof *t);
    if (!t)
        return web_text_end(w, MIEN_ENOMEM, NULL);
    t->how = *how;
    t->match = (mien_match_options)MIEN_MATCH_DEFAULTS;
    if (st == MIEN_OK)
        st = open_analyzers(w, wish, t, &err);
    if (st == MIEN_OK)
        st = open_memory(t, (unsigned)wish->want, &err);
    if (st == MIEN_OK)
        *out = t;
    else
        web_tracker_free(t);
    return web_text_end(w, st, &err);
}

void web_tracker_free(web_tracker *t)
{
    if (!t)
        return;
    mien_face_memory_free(t->memory);
    mien_face_notes_free(t->notes);
    mien_history_free(t->history);
    mien_tracker_free(t->tracker);
    mien_analyzer_free(t->read);
    mien_analyzer_free(t->points);
    mien_analyzer_free(t->look);
    free(t->photo.im.data);
    free(t);
}

void web_tracker_know(web_tracker *t, const mien_people *p, int rule,
                      float threshold, int at_most)
{
    t->people = p;
    t->match.rule = (mien_match_rule)rule;
    t->match.threshold = threshold;
    t->match.at_most = at_most;
}

/* ---- a frame ------------------------------------------------------------- */

/* Add the time since *since to *sum, and start again. */
static void lap(double *since, double *sum)
{
    double t = mien_clock();
    *sum += t - *since;
    *since = t;
}

/* Let the detector look. */
static mien_status detect(web_tracker *t, mien_error *err)
{
    mien_faces faces = {0};
    mien_status st = mien_analyzer_run(t->look, &t->photo.im, &faces, err);
    if (st == MIEN_OK)
        st = mien_face_memory_detected(t->memory, t->tracker, &t->photo.im,
                                       &faces, err);
    mien_faces_free(&faces);
    t->detection = 1;
    return st;
}

/* Follow into the frame, and detect if it is time. */
static mien_status follow(web_tracker *t, double *since, mien_error *err)
{
    mien_gray g;
    mien_status st = mien_gray_from(&t->photo.im, &g, err);
    if (st != MIEN_OK)
        return st;
    st = mien_tracker_follow(t->tracker, &g, err);
    mien_gray_free(&g);
    mien_history_count_lost(t->history, t->tracker);
    lap(since, &t->times.follow);
    if (st == MIEN_OK && (t->frame % t->how.every == 0 ||
                          mien_tracker_wants_detection(t->tracker)))
        st = detect(t, err);
    lap(since, &t->times.detect);
    return st;
}

/* Find the landmarks of all tracks. */
static mien_status find_landmarks(web_tracker *t, mien_error *err)
{
    int n;
    mien_status st = MIEN_OK;
    const mien_shown *s = mien_history_shown(t->history, &n);
    for (int i = 0; st == MIEN_OK && t->points && i < n; i++) {
        mien_face face;
        st = mien_analyzer_read(t->points, &t->photo.im, s[i].track->box, &face,
                                err);
        if (st == MIEN_OK && (face.has & MIEN_FACE_LANDMARKS))
            st = mien_history_landmarks(t->history, i, face.n_landmarks,
                                        face.landmarks, err);
    }
    return st;
}

/* Read the face whose turn it is. */
static mien_status read_due(web_tracker *t, mien_error *err)
{
    int n, due = mien_face_notes_due(t->notes, t->tracker, t->history, t->frame,
                                     t->how.every);
    if (due < 0 || !t->read)
        return MIEN_OK;
    mien_face face;
    const mien_track *track = mien_history_shown(t->history, &n)[due].track;
    mien_status st =
        mien_analyzer_read(t->read, &t->photo.im, track->box, &face, err);
    face.score = track->score;
    return st == MIEN_OK
               ? mien_face_notes_add(t->notes, track->id, t->frame, &face, err)
               : st;
}

/* The whole way of a frame that was taken. */
static mien_status process(web_tracker *t, double seconds, mien_error *err)
{
    double begin = mien_clock(), since = begin;
    double step = t->frame ? seconds - t->seconds : 1;
    t->times = (frame_times){0};
    t->detection = 0;
    mien_status st = follow(t, &since, err);
    if (st == MIEN_OK)
        st = mien_history_add(t->history, t->tracker, seconds,
                              step > least_step ? step : least_step, err);
    if (st == MIEN_OK)
        st = find_landmarks(t, err);
    lap(&since, &t->times.landmarks);
    if (st == MIEN_OK)
        st = read_due(t, err);
    lap(&since, &t->times.read);
    t->times.all = since - begin;
    return st;
}

/* The third line of web_tracker_next. */
static void write_times(const web_tracker *t, mien_buffer *out)
{
    const frame_times *s = &t->times;
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "width", t->photo.im.w);
    mien_json_int(&j, "height", t->photo.im.h);
    mien_json_bool(&j, "detection", t->detection);
    mien_json_object(&j, "ms");
    mien_json_rounded(&j, "follow", s->follow * 1e3, 3);
    mien_json_rounded(&j, "detect", s->detect * 1e3, 3);
    mien_json_rounded(&j, "landmarks", s->landmarks * 1e3, 3);
    mien_json_rounded(&j, "read", s->read * 1e3, 3);
    mien_json_rounded(&j, "all", s->all * 1e3, 3);
    mien_json_close(&j);
    mien_json_close(&j);
}

/* The lines of a frame. */
static void write_frame(const web_tracker *t, mien_buffer *out)
{
    const mien_notes_record notes = {t->history, t->notes, t->people,
                                     &t->match};
    mien_record_tracks(t->frame, t->seconds, t->history,
                       t->how.show_points ? t->tracker : NULL, out);
    mien_record_notes(&notes, out);
    write_times(t, out);
}

mien_status web_tracker_next(mien_web *w, web_tracker *t, const uint8_t *rgba,
                             int width, int height, double seconds)
{
    mien_error err = {0};
    mien_buffer *text = web_text_begin(w);
    mien_status st = isfinite(seconds) ? MIEN_OK : MIEN_EARG;
    if (st)
        snprintf(err.text, sizeof err.text,
                 "tracker: a frame at %g seconds, wanted a number", seconds);
    if (st == MIEN_OK)
        st = web_picture_take(&t->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = process(t, seconds, &err);
    if (st == MIEN_OK) {
        t->seconds = seconds;
        write_frame(t, text);
        t->frame++;
    }
    return web_text_end(w, st, &err);
}

/* ---- what is known ------------------------------------------------------- */

const float *web_tracker_descriptor(const web_tracker *t, int id)
{
    const mien_face_note *known = mien_face_notes_of(t->notes, id);
    if (!known || !(known->face.has & MIEN_FACE_DESCRIPTOR))
        return NULL;
    return known->face.descriptor;
}

mien_status web_tracker_stories(mien_web *w, const web_tracker *t)
{
    int n;
    const mien_story *s = mien_history_stories(t->history, &n);
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_json_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", s[i].id);
        mien_json_int(&j, "frames", s[i].frames);
        mien_json_int(&j, "detections", s[i].detections);
        mien_json_rounded(&j, "begin", s[i].begin, 3);
        mien_json_rounded(&j, "end", s[i].end, 3);
        mien_json_rounded(&j, "points", s[i].points / (double)s[i].frames, 2);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}
