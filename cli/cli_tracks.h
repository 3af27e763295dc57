/* cli_tracks.h: tracks of a video, as they are shown, drawn and summed up. */
#ifndef MIEN_CLI_TRACKS_H
#define MIEN_CLI_TRACKS_H

#include "cli/cli_video.h"
#include "mien/face.h"

/* A track that is held in the frame of now. */
typedef struct cli_shown {
    const mien_track *track; /* borrowed until the tracker moves on */
    mien_box box;            /* its own, or smoothed */
    int story;               /* its place among the stories */
    int has_landmarks;
    mien_point landmarks[68];
} cli_shown;

/* What is known of an id over the whole video. */
typedef struct cli_story {
    int64_t id, frames, first, last, detections;
    double begin, end, points; /* seconds; points summed over frames */
    mien_one_euro smooth[4];   /* centre and size */
    mien_one_euro *landmarks;  /* [136], or NULL before they are smoothed */
} cli_story;

typedef struct cli_tracks {
    int n, cap, n_shown, cap_shown;
    cli_story *story; /* [n] by id */
    cli_shown *shown; /* [n_shown] by id */
    int64_t lost[8];  /* points by reason, all frames */
} cli_tracks;

void cli_tracks_free(cli_tracks *t);

/* Tell a tracker what a cascade found. */
MIEN_CHECKED mien_status cli_tracks_detected(mien_tracker *tracker,
                                             const mien_hits *hits,
                                             mien_error *err);

/* Count the points that this frame lost. */
void cli_tracks_count_lost(cli_tracks *t, const mien_tracker *tracker);

/* Take over the tracks of this frame. */
MIEN_CHECKED mien_status cli_tracks_update(cli_tracks *t,
                                           const mien_tracker *tracker,
                                           const cli_video *v, int smooth,
                                           mien_error *err);

/* Find the landmarks of all tracks in this frame.
 *
 *   a  wants MIEN_FACE_LANDMARKS */
MIEN_CHECKED mien_status cli_tracks_landmarks(cli_tracks *t, mien_analyzer *a,
                                              const cli_video *v,
                                              const mien_image *frame,
                                              int smooth, mien_error *err);

mien_colour cli_tracks_colour(int64_t id);

/* Boxes with their ids, and landmarks where they were found, else points. */
MIEN_CHECKED mien_status cli_tracks_draw(const cli_tracks *t,
                                         const mien_tracker *tracker,
                                         mien_image *frame, mien_error *err);

/* A table of all ids on standard output; 0 when that failed. */
int cli_tracks_print(const cli_tracks *t);

#endif
