/* sheet.h: sheets of data for commands. */
#ifndef MIEN_CLI_SHEET_H
#define MIEN_CLI_SHEET_H

#include "cli/pictures.h"
#include "cli/table.h"

/* Where the sheet of data lies: what is given, or datasheet.json in the folder
 * that they are, or beside the file; released with free.  NULL, and a report.
 */
char *cli_sheet_path(const char *given, const char *data);
/* May a model learn from data of this digest, by the sheet at path?  The sheet
 * is released with mien_bytes_free.  The status to exit with, reported. */
int cli_sheet_gate(const char *path, const char *sha256, mien_bytes *out);
/* The same of pictures whose labels were read from data, by the sheet that is
 * given or lies beside them; their digest is written to sha256. */
int cli_sheet_gate_pictures(const char *given, const char *data,
                            const cli_labels *l, mien_pool *pool,
                            char sha256[65], mien_bytes *out);

/* The same of a folder of positives, of which no picture may lie outside the
 * sheet; the digests of the data and of their sheet are written. */
int cli_sheet_gate_positives(const char *given, const char *folder,
                             mien_pool *pool, char data[65], char sheet[65]);

#define CLI_TEXT_REQUIRE_SHEET                                       \
    "refuse data without a sheet (mien dataset sheet), or of which " \
    "required questions are open; the model keeps the sheet's SHA-256"
#define CLI_TEXT_SHEET                           \
    "with --require-sheet: the sheet (default: " \
    "datasheet.json beside the data, or in the folder that they are)"

#endif
