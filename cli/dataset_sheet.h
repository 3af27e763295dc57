/* dataset_sheet.h: what dataset sheet does for tables and for pictures. */
#ifndef MIEN_CLI_DATASET_SHEET_H
#define MIEN_CLI_DATASET_SHEET_H

#include "cli/sheet.h"

/* What the command is told. */
typedef struct cli_sheet_values {
    const char *output, *sheet, *answers, *group, *croissant, *ddi, *images,
        *votes, *from;
    cli_words set;
    int json, confirm, pictures, no_faces, quiet;
    cli_table_values table;
} cli_sheet_values;

/* Read the sheet that is there, or begin one; 0, and a report. */
int cli_sheet_open(const char *path, mien_datasheet **out);
/* Is the sheet that was read of these data, or an earlier state of them?  0,
 * and a report. */
int cli_sheet_is_of(const mien_datasheet *s, const char *path, const char *name,
                    const char *sha256);
/* Take proposals of --from-croissant for a table, or NULL, then confirm those
 * that were there with --confirm, then take answers of --answers and --set; the
 * status to exit with. */
int cli_sheet_answer(const cli_sheet_values *v, const mien_table *t,
                     mien_datasheet *s);
/* Keep the sheet, and write it for people; the status to exit with. */
int cli_sheet_put(const cli_sheet_values *v, const char *path,
                  const mien_datasheet *s);

/* The sheet at path of a folder or a list of pictures, renewed; the status to
 * exit with. */
int cli_sheet_pictures(const cli_sheet_values *v, const char *data,
                       const char *path);

#endif
