/* photos.h: what the commands that read faces in photos share. */
#ifndef MIEN_CLI_PHOTOS_H
#define MIEN_CLI_PHOTOS_H

#include "cli/shell/batch.h"

/* Open a reader; CLI_OK, or the status to exit with, reported. */
int cli_reader_open(const mien_reader_options *o, mien_reader **out);

/* Report what is not whole of a photo that was read, if anything. */
void cli_photo_warning(const char *path, const char *warning,
                       mien_buffer *report);
/* The same, and how it was turned. */
void cli_photo_remarks(const char *path, const mien_reading *r,
                       mien_buffer *report);
/* The same at once. */
void cli_report_remarks(const char *path, const mien_reading *r);

/* A photo could not be read: report it, and print its record if json. */
void cli_photo_failed(const char *path, const mien_error *error, int json,
                      cli_outcome *out);

/* The rows of a table for a person, at most 80 columns wide.
 *
 *   want  MIEN_FACE_*: the columns */
void cli_reading_table(const char *file, const mien_reading *r, unsigned want,
                       mien_buffer *out);

#endif
