/* files.h: the photos that a command line names. */
#ifndef MIEN_SHELL_FILES_H
#define MIEN_SHELL_FILES_H

#include "cli/shell/shell.h"

typedef mien_photo_file cli_file;
typedef mien_photo_list cli_files;

/* mien_photo_list_add.  0: memory ended (reported), or the user asked to stop.
 */
int cli_files_add(cli_files *f, const char *path);
/* Add all operands; several is set to 1 if a folder is among them. */
int cli_files_named(cli_files *f, const cli_args *a, int *several);

/* Take the path off the start of an error's text, "path: cannot open: why". */
void cli_without_path(const char *path, mien_error *err);

/* Can a file be written there, by its folder?  Asked before long work.  0, and
 * a report, if not. */
int cli_output_ready(const char *path);

/* Make a folder and those above it.  0, and a report, on failure. */
int cli_folder_make(const char *path);
/* Is an output (NULL: standard output) another file than an input?  0, and a
 * report. */
int cli_is_another(const char *input, const char *output);
/* 1 if a folder is there. */
int cli_is_folder(const char *path);
/* 1 if a path ends in .json, in letters of any size. */
int cli_is_json(const char *path);
/* 1 if both paths lead to one file. */
int cli_same_file(const char *a, const char *b);

/* "a/b" of two paths; released with free.  NULL when memory ended. */
char *cli_path_join(const char *a, const char *b);

#endif
