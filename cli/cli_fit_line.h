/* cli_fit_line.h: fitted curves in a panel. */
#ifndef MIEN_CLI_FIT_LINE_H
#define MIEN_CLI_FIT_LINE_H

#include "cli/cli.h"

enum { FIT_LINEAR = 1, FIT_QUADRATIC = 2, FIT_ROBUST = 4 };
#define FIT_CHOICES "linear,quadratic,robust"

/* Draw the fits asked for (bits) from x0 to x1.  What cannot be fitted is left
 * out, with a remark on standard error. */
void cli_fit_draw(mien_panel *p, unsigned fits, int64_t n, const double *x,
                  const double *y, const double range[2]);

#endif
