/* figure.h: figures into files. */
#ifndef MIEN_CLI_FIGURE_H
#define MIEN_CLI_FIGURE_H

#include "mien/plot.h"

/* Whether a path ends in .svg, .png or .pdf; 0 is reported. */
int cli_figure_path(const char *path);

/* Draw a figure into a file of such a path.  0, and a report, on failure. */
int cli_figure_save(const mien_figure *f, const char *path);

#endif
