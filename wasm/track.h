/* track.h: faces of a page's video, with numbers that stay.
 *
 *   web_tracker_new -> web_tracker_know: who is known
 *     -> web_tracker_next: RGBA of a frame -> tracks, what was read of them
 *
 * As `mien track` does it: a detector now and then, corners between
 * (mien/vision_track.h), faces compared in doubt (mien/face_track.h); and of
 * the faces that are seen at most one a frame is read (mien/face_notes.h). */
#ifndef MIEN_WASM_TRACK_H
#define MIEN_WASM_TRACK_H

#include "wasm/web.h"

typedef struct web_tracker web_tracker;

/* How faces are followed; the fields lie as JavaScript writes them. */
typedef struct web_track_wish {
    int32_t every;       /* frames from one detection to the next, and from one
                            reading of a face to the next; at least 1 */
    int32_t points;      /* corners a box; 0: 60 */
    int32_t compare;     /* 1: faces are compared when a track is in doubt; the
                            wish wants descriptors */
    int32_t smooth;      /* 1: boxes and landmarks pass a One-Euro filter */
    int32_t most;        /* descriptors that vote; 0: 10 */
    int32_t show_points; /* 1: the corners are told */
} web_track_wish;

/* Prepare with the networks added, those of the wish.  Landmarks that are
 * wanted are found in every frame; what else is wanted is read now and then.
 * Fails as mien_analyzer_new, mien_tracker_new, and with EARG (every). */
mien_status WEB_EXPORT(web_tracker_new)(mien_web *w, const web_wish *wish,
                                        const web_track_wish *how,
                                        web_tracker **out);
void WEB_EXPORT(web_tracker_free)(web_tracker *t);

/* Say who is known; p, borrowed until the next call or the tracker's end, NULL:
 * nobody.  Rule, threshold and at_most as in mien_match_options. */
void WEB_EXPORT(web_tracker_know)(web_tracker *t, const mien_people *p,
                                  int rule, float threshold, int at_most);

/* Look at the next frame, a picture as web_read has it, shown at `seconds`.
 * Three lines: the record of mien_record_tracks, that of mien_record_notes, and
 * {"width", "height", "detection": 1 if a detector looked, "ms": {"follow",
 * "detect", "landmarks", "read", "all"}}.  Fails as mien_analyzer_run, and with
 * EARG (seconds that are no number). */
mien_status WEB_EXPORT(web_tracker_next)(mien_web *w, web_tracker *t,
                                         const uint8_t *rgba, int width,
                                         int height, double seconds);

/* [MIEN_DESCRIPTOR] of a track, read last, until the next frame; NULL: none. */
const float *WEB_EXPORT(web_tracker_descriptor)(const web_tracker *t, int id);

/* All tracks there were: [{"id", "frames", "detections", "begin", "end",
 * "points": how many held it, on average}]. */
mien_status WEB_EXPORT(web_tracker_stories)(mien_web *w, const web_tracker *t);

#endif
