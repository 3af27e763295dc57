/* text.h: text on a terminal and in JSON: UTF-8, width, wrapping. */
#ifndef MIEN_SHELL_TEXT_H
#define MIEN_SHELL_TEXT_H

#include "mien/text.h"

/* Add text as a terminal may show it: UTF-8 repaired, control characters as
 * '?'. */
void cli_text_plain(const char *text, mien_buffer *out);
/* Columns that a text takes on a terminal. */
int cli_text_width(const char *text);
/* Add text broken at spaces, each line after the first moved in by indent
 * columns; column is where the first line starts. */
void cli_text_wrap(const char *text, int column, int indent, int columns,
                   mien_buffer *out);

#endif
