/* analysis.h: what `mien analyze` reads of a photo, for all who do the same. */
#ifndef MIEN_CLI_ANALYSIS_H
#define MIEN_CLI_ANALYSIS_H

#include "cli/photos.h"

/* The options of `mien analyze`. */
typedef struct cli_analysis_values {
    mien_detector detector;
    mien_describer descriptor;
    mien_rotate rotate;
    int size, max_faces;
    float min_score, max_overlap;
    unsigned attributes;
    int landmarks, descriptors, json, format, recursive;
    int jobs, threads, quiet;
    const char *retention, *draw, *models, *landmark_model, *expression_model;
    mien_read_options read;
    cli_results results;
} cli_analysis_values;

typedef enum cli_analysis_format {
    CLI_TABLE,
    CLI_JSON,
    CLI_FACEAPI
} cli_analysis_format;

/* What a photo is asked. */
typedef struct cli_analysis {
    mien_reader_options options; /* begins as MIEN_READER_DEFAULTS */
    mien_reader *reader;
    mien_own_models *own; /* NULL: none */
    mien_own_models_options own_files;
    const char *attribute[3]; /* that own models are asked */
    cli_analysis_format format;
    mien_roles *roles; /* of what is printed; NULL: not told */
} cli_analysis;

/* Take the options of a command line of `mien analyze`; 0, and a report, after
 * a mistake. */
int cli_analysis_options(const cli_args *a, cli_analysis *out);
/* Open the models; CLI_OK, or the status to exit with, reported. */
int cli_analysis_open(cli_analysis *an);
/* Release what cli_analysis_open made. */
void cli_analysis_free(cli_analysis *an);

/* Read a photo.
 *
 *   photo  its pixels; NULL: not wanted; released with mien_image_free
 *   out    released with mien_faces_free
 *
 * Fails with what the photo is blamed for, or ENOMEM. */
mien_status cli_analysis_read(const cli_analysis *an, const char *path,
                              int lane, mien_image *photo, mien_reading *out,
                              mien_error *err);
/* What it gave, in the format that is asked for; several: of more than one
 * photo. */
void cli_analysis_put(const cli_analysis *an, const char *path,
                      const mien_reading *r, int several, mien_buffer *out);
/* The digests of all models that are used, a line each. */
void cli_analysis_models(const cli_analysis *an, mien_buffer *out);

#endif
