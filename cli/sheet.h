/* sheet.h: sheets of data for commands. */
#ifndef MIEN_CLI_SHEET_H
#define MIEN_CLI_SHEET_H

#include "cli/table.h"

/* Where the sheet of data lies: what is given, or datasheet.json in the folder
 * that they are, or beside the file; released with free.  NULL, and a report.
 */
char *cli_sheet_path(const char *given, const char *data);
/* May a model learn from data of this digest, by the sheet at path?  The sheet
 * is released with mien_bytes_free.  The status to exit with, reported. */
int cli_sheet_gate(const char *path, const char *sha256, mien_bytes *out);

#endif
