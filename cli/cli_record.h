/* cli_record.h: what a photo gave, as text: JSON, face-api.js' JSON, a table.
 */
#ifndef MIEN_CLI_RECORD_H
#define MIEN_CLI_RECORD_H

#include "cli/cli_json.h"
#include "cli/cli_reader.h"

/* One record of the schema "mien/1"; NULL when memory ended. */
json_t *cli_record(cli_reader *r, const cli_reading *reading);
/* The record of a photo that could not be read. */
json_t *cli_record_failed(const char *file, const mien_error *error);
/* One face: only what was asked for is there. */
json_t *cli_record_face(const mien_face *f);

/* An array of face-api.js' own shapes, one for each face. */
json_t *cli_record_faceapi(const cli_reading *reading);

/* The rows of a table for a person, at most 80 columns wide. */
void cli_record_table(const cli_reading *reading, unsigned want,
                      mien_buffer *out);

/* "male" or "female", and the probability of it. */
const char *cli_gender(const mien_face *f, double *probability);
/* The likeliest expression, and its probability. */
const char *cli_expression(const mien_face *f, double *probability);
/* The name of expression i, 0..6. */
const char *cli_expression_name(int i);

#endif
