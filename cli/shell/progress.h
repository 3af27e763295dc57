/* progress.h: how far a long job is, on a terminal's standard error. */
#ifndef MIEN_SHELL_PROGRESS_H
#define MIEN_SHELL_PROGRESS_H

typedef struct cli_progress {
    int on; /* 0: every call does nothing */
    int total;
    int columns;  /* of the terminal */
    double start; /* seconds */
    double drawn; /* when it was last drawn; 0: it is not on the screen */
} cli_progress;

/* Start; it stays off when quiet, when there is one thing to do, and when
 * standard error is no terminal.  total 0: unknown; what is done is counted. */
void cli_progress_start(cli_progress *p, int total, int quiet);
/* Remove the bar, so that other lines can be printed. */
void cli_progress_hide(cli_progress *p);
/* Draw the bar, at most ten times a second. */
void cli_progress_show(cli_progress *p, int done, int failed);

/* Draw a text instead of a bar, as often. */
void cli_progress_text(cli_progress *p, const char *text);

#endif
