/* cli_smile.h: faces of a video with their eyes and smiles. */
#ifndef MIEN_CLI_SMILE_H
#define MIEN_CLI_SMILE_H

#include "cli/cli_tracks.h"

/* A cascade and how it looks. */
typedef struct cli_sight {
    char name[1024];
    mien_cascade *cascade;
    mien_cascade_options o;
} cli_sight;

/* A face of the frame of now. */
typedef struct cli_smile {
    int64_t id;
    mien_box box;
    int detected;           /* 0: followed only */
    mien_hits eyes, smiles; /* pixels of the frame */
    float votes;            /* -1 .. 1 */
    int smiling;            /* with hysteresis */
} cli_smile;

/* The votes of a face in a frame. */
typedef struct cli_vote {
    int64_t id;
    double seconds;
    float votes;
    int smiling;
} cli_vote;

typedef struct cli_smiles {
    cli_sight faces, eyes, smiles;
    float begin, end; /* votes from and until which a smile is on */
    mien_pool *pool;
    mien_tracker *tracker;
    cli_tracks all;
    int n, cap;
    cli_smile *face; /* [n] of the frame of now, by id */
    int n_votes, cap_votes;
    cli_vote *vote; /* [n_votes] of all frames */
} cli_smiles;

/* Make the tracker; sights and levels are set. */
MIEN_CHECKED mien_status cli_smiles_open(cli_smiles *s, mien_error *err);
void cli_smiles_free(cli_smiles *s);

/* Look at the next frame. */
MIEN_CHECKED mien_status cli_smiles_look(cli_smiles *s, const cli_video *v,
                                         const mien_image *frame,
                                         mien_error *err);
MIEN_CHECKED mien_status cli_smiles_draw(const cli_smiles *s, mien_image *frame,
                                         mien_error *err);

/* A table of smiles on standard output, and a picture of votes over time;
 * 0 when that failed. */
int cli_smiles_print(const cli_smiles *s);
int cli_smiles_plot(const cli_smiles *s, const char *path);

#endif
